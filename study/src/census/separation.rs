//! Whether the score finds members at all, measured on the coded sample, and whether the census
//! stands.

use super::coding::Settled;
use super::{Answer, Holds, SampleDraw};
use crate::stats::{Confidence, Draws, Estimate, auc, middle_of, normal_quantile};
use serde::{Deserialize, Serialize};

/// A census is refused where the lower limit of its separation is below this. At .7, a member
/// scores above another account in seven of ten pairs; below it, a list by score is mostly made of
/// others, and a sample by score saves hardly any coding. A coin reaches .5.
pub const WEAK_BELOW: f64 = 0.7;
/// Samples from which the interval is made.
const REPEATS: usize = 1_000;

/// Whether a census stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum Standing {
    /// The whole sample is coded, and the score separates.
    Sound {
        /// The chance that a member scores above another account of the frame.
        separation: Estimate,
    },
    /// The census is refused: the score does not separate, or not surely. A list of the highest
    /// scores is no list of likely members and must not be shown. The number of members still rests
    /// on the sample, and is as sure as its interval says.
    Refused {
        /// The chance that a member scores above another account of the frame.
        separation: Estimate,
        /// What can be done.
        remedy: String,
    },
    /// Nothing can be said of the score, since the sample holds no members, or only members.
    Unmeasured {
        /// How many members are coded.
        members: u64,
        /// How many others.
        others: u64,
        /// What can be done.
        remedy: String,
    },
    /// Accounts of the sample are still to be coded or adjudicated: no result yet.
    Partial {
        /// How many are settled.
        settled: u64,
        /// Of how many.
        of: u64,
    },
}

/// Whether a census stands by what is settled.
pub(super) fn standing(draw: &SampleDraw, settled: &[Settled], confidence: Confidence) -> Standing {
    let done = settled.iter().filter(|one| **one != Settled::Open).count();
    if done < settled.len() {
        return Standing::Partial { settled: done as u64, of: settled.len() as u64 };
    }
    let coded = Coded::of(draw, settled);
    let Some(separation) = coded.separation(draw.plan.seed, confidence) else {
        let members = coded.items.iter().filter(|item| item.is_member).count();
        let others = coded.items.len() - members;
        let remedy = "draw and code more accounts, or name other seeds; the interval of the \
                      estimate holds without it";
        let (members, others) = (members as u64, others as u64);
        return Standing::Unmeasured { members, others, remedy: remedy.into() };
    };
    if separation.low >= WEAK_BELOW {
        return Standing::Sound { separation };
    }
    let remedy = if separation.high >= WEAK_BELOW {
        "the sample is too small to say: code more accounts; or name more and other seeds"
    } else {
        "membership does not follow these ties: name other seeds or other ways, or estimate from a \
         simple sample without a score"
    };
    Standing::Refused { separation, remedy: remedy.into() }
}

/// A coded account.
#[derive(Debug, Clone, Copy)]
struct One {
    score: f32,
    stratum: usize,
    is_member: bool,
}

/// The coded accounts that are not set apart, by score.
struct Coded {
    items: Vec<One>,
    /// For each stratum, places in `items`.
    strata: Vec<Vec<usize>>,
    /// How many accounts of the frame each stratum has.
    sizes: Vec<f64>,
}

impl Coded {
    fn of(draw: &SampleDraw, settled: &[Settled]) -> Self {
        let mut items = Vec::new();
        for (item, settled) in draw.items.iter().zip(settled) {
            let stratum = usize::from(item.stratum);
            let is_member = match settled {
                Settled::As(Answer::Member) => true,
                Settled::As(Answer::NotMember) => false,
                Settled::As(Answer::Unsure) | Settled::Open => continue,
            };
            if draw.strata[stratum].holds != Holds::SetApart {
                items.push(One { score: item.score, stratum, is_member });
            }
        }
        items.sort_by(|a, b| a.score.total_cmp(&b.score));
        let mut strata = vec![Vec::new(); draw.strata.len()];
        items.iter().enumerate().for_each(|(at, item)| strata[item.stratum].push(at));
        let sizes = draw.strata.iter().map(|stratum| stratum.size as f64).collect();
        Self { items, strata, sizes }
    }

    /// The separation over the frame, each account counting for those that it stands for; none
    /// where there is only one group.
    ///
    /// A simple sample has the interval of [`auc`]. That of a stratified one is made of repeats in
    /// which every coded account gets a new weight by chance within its stratum (the Bayesian
    /// bootstrap of Rubin, Ann. Statist. 9, 1981), and half a member is added somewhere in the
    /// strata that show none: most of the frame lies there, and a few members that the sample
    /// missed
    /// would lower the separation much.
    fn separation(&self, seed: u64, confidence: Confidence) -> Option<Estimate> {
        let scores: Vec<f64> = self.items.iter().map(|item| item.score.into()).collect();
        let members: Vec<bool> = self.items.iter().map(|item| item.is_member).collect();
        let plain = auc(&scores, &members, confidence).ok()?;
        if self.strata.iter().filter(|places| !places.is_empty()).count() < 2 {
            return Some(plain);
        }
        let as_coded: Vec<Mass> = self.items.iter().map(|item| self.as_coded(item)).collect();
        let value = self.area(&as_coded)?;
        let mut draws = Draws::new(seed, u64::MAX);
        let mut again: Vec<f64> =
            (0..REPEATS).filter_map(|_| self.area(&self.redrawn(&mut draws))).collect();
        let (low, high) = middle_of(&mut again, confidence);
        Some(Estimate { value, low: low.min(value), high: high.max(value) })
    }

    fn as_coded(&self, item: &One) -> Mass {
        let size = self.sizes[item.stratum] / self.strata[item.stratum].len() as f64;
        if item.is_member { Mass { members: size, others: 0.0 } } else { Mass::others(size) }
    }

    /// The coded accounts with new weights.
    fn redrawn(&self, draws: &mut Draws) -> Vec<Mass> {
        let mut mass = vec![Mass::default(); self.items.len()];
        let (mut empty, mut empty_items, mut empty_size) = (Vec::new(), 0.0, 0.0);
        for (stratum, places) in self.strata.iter().enumerate().filter(|one| !one.1.is_empty()) {
            let weights: Vec<f64> = places.iter().map(|_| exponential(draws)).collect();
            let scale = self.sizes[stratum] / weights.iter().sum::<f64>();
            let mut members = 0;
            for (place, weight) in places.iter().zip(weights) {
                let is_member = self.items[*place].is_member;
                members += usize::from(is_member);
                let into = &mut mass[*place];
                *(if is_member { &mut into.members } else { &mut into.others }) = weight * scale;
            }
            if members == 0 {
                empty.push(stratum);
                empty_items += places.len() as f64;
                empty_size += self.sizes[stratum];
            }
        }
        if empty_items > 0.0 {
            let half = half_of_one(draws);
            let missed = empty_size * half / (half + empty_items);
            for stratum in empty {
                let places = &self.strata[stratum];
                let each = missed * self.sizes[stratum] / empty_size / places.len() as f64;
                places.iter().for_each(|place| mass[*place].members += each);
            }
        }
        mass
    }

    /// The chance that a member scores above another, ties counting half.
    fn area(&self, mass: &[Mass]) -> Option<f64> {
        let (mut below, mut members, mut sum, mut at) = (0.0, 0.0, 0.0, 0);
        for tied in self.items.chunk_by(|a, b| a.score == b.score) {
            let own = &mass[at..at + tied.len()];
            let with: f64 = own.iter().map(|one| one.members).sum();
            let without: f64 = own.iter().map(|one| one.others).sum();
            sum += with * (below + without / 2.0);
            below += without;
            members += with;
            at += tied.len();
        }
        (members * below > 0.0).then(|| sum / (members * below))
    }
}

/// How many members and others of the frame a coded account stands for.
#[derive(Debug, Clone, Copy, Default)]
struct Mass {
    members: f64,
    others: f64,
}

impl Mass {
    fn others(others: f64) -> Self {
        Self { members: 0.0, others }
    }
}

/// The weight of one in a Bayesian bootstrap.
fn exponential(draws: &mut Draws) -> f64 {
    -(-draws.unit()).ln_1p()
}

/// The weight of half an observation: half the square of a normal number.
fn half_of_one(draws: &mut Draws) -> f64 {
    normal_quantile(draws.unit().max(f64::MIN_POSITIVE)).powi(2) / 2.0
}

#[cfg(test)]
#[path = "separation_tests.rs"]
mod tests;
