//! Shares from samples in which each one names the next (respondent-driven sampling).
//!
//! Valid only for chains with a limit on how many each may name, with replacement or a small share
//! of all, long enough to forget their seeds, over a network in which everybody can be reached. A
//! full snowball is no such sample.

use super::agreement::middle_of;
use super::{Confidence, Draws, Error, Estimate};
use serde::{Deserialize, Serialize};

/// Of this many times the sample, one repeat draws no more.
const MOST_GROWTH: usize = 50;

/// One of the sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recruit {
    /// How many ties it has, at least 1.
    pub ties: u64,
    /// Whether it has what is counted.
    pub counts: bool,
    /// Who named it, as a place earlier in the sample; none of a seed.
    pub named_by: Option<u32>,
}

/// The share with its interval, and what was cut.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ReferralEstimate {
    /// The share of those who have what is counted.
    pub share: Estimate,
    /// How many started a chain.
    pub seeds: u64,
    /// The length of the longest chain, in steps.
    pub longest_chain: u64,
    /// Repeats in which the resampled chains had to be cut.
    pub repeats_cut: u64,
}

/// The share by the second estimator of respondent-driven sampling (Volz and Heckathorn, J. Off.
/// Stat. 24, 2008): each counts with one over its ties. The interval is that of the tree bootstrap
/// (Baraff, McCormick and Raftery, PNAS 113, 2016), which draws seeds, then those named by each,
/// and so on, with replacement.
///
/// # Errors
/// Where nobody was sampled, one has no tie, or is named by somebody later, or there is no repeat.
pub fn referral_share(
    sample: &[Recruit],
    repeats: u32,
    seed: u64,
    confidence: Confidence,
) -> Result<ReferralEstimate, Error> {
    const WHAT: &str = "a sample by referral";
    if sample.is_empty() || repeats == 0 {
        return Err(Error::TooFew { what: "recruits, or repeats", have: 0, need: 1 });
    }
    if sample.iter().any(|one| one.ties == 0) {
        return Err(Error::Unfit { what: WHAT, why: "everyone in it has at least one tie" });
    }
    let named_later =
        |(at, one): (usize, &Recruit)| one.named_by.is_some_and(|by| by as usize >= at);
    if sample.iter().enumerate().any(named_later) {
        let why = "everyone must stand after who named them; sort it by time";
        return Err(Error::Unfit { what: WHAT, why });
    }
    let mut named: Vec<Vec<u32>> = vec![Vec::new(); sample.len()];
    let mut seeds = Vec::new();
    let mut depth = vec![0_u64; sample.len()];
    for (at, one) in sample.iter().enumerate() {
        match one.named_by {
            Some(by) => {
                named[by as usize].push(at as u32);
                depth[at] = depth[by as usize] + 1;
            }
            None => seeds.push(at as u32),
        }
    }
    let value = share(sample, 0..sample.len() as u32);
    let mut draws = Draws::new(seed, 0);
    let mut repeats_cut = 0;
    let mut again: Vec<f64> = (0..repeats)
        .map(|_| {
            let (tree, cut) = resample(&seeds, &named, &mut draws);
            repeats_cut += u64::from(cut);
            share(sample, tree.into_iter())
        })
        .collect();
    let (low, high) = middle_of(&mut again, confidence);
    let share = Estimate { value, low: low.min(value), high: high.max(value) };
    let longest_chain = depth.into_iter().max().unwrap_or(0);
    Ok(ReferralEstimate { share, seeds: seeds.len() as u64, longest_chain, repeats_cut })
}

fn share(sample: &[Recruit], members: impl Iterator<Item = u32>) -> f64 {
    let (mut with, mut all) = (0.0, 0.0);
    for at in members {
        let weight = (sample[at as usize].ties as f64).recip();
        all += weight;
        with += if sample[at as usize].counts { weight } else { 0.0 };
    }
    with / all
}

fn resample(seeds: &[u32], named: &[Vec<u32>], draws: &mut Draws) -> (Vec<u32>, bool) {
    let draw = |from: &[u32], draws: &mut Draws| from[draws.below(from.len() as u64) as usize];
    let mut tree: Vec<u32> = (0..seeds.len()).map(|_| draw(seeds, draws)).collect();
    let mut next = 0;
    while next < tree.len() {
        let from = &named[tree[next] as usize];
        if tree.len() + from.len() > named.len() * MOST_GROWTH {
            return (tree, true);
        }
        tree.extend((0..from.len()).map(|_| draw(from, draws)));
        next += 1;
    }
    (tree, false)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recruit(ties: u64, counts: bool, named_by: Option<u32>) -> Recruit {
        Recruit { ties, counts, named_by }
    }

    #[test]
    fn each_counts_with_one_over_its_ties() {
        let sample =
            [recruit(1, true, None), recruit(4, false, Some(0)), recruit(2, false, Some(1))];
        let given = referral_share(&sample, 50, 1, Confidence::P95).unwrap();
        assert!((given.share.value - 1.0 / 1.75).abs() < 1e-12, "{given:?}");
        assert_eq!((given.seeds, given.longest_chain, given.repeats_cut), (1, 2, 0));
    }

    #[test]
    fn samples_that_cannot_be_used() {
        for sample in [
            vec![],
            vec![recruit(0, true, None)],
            vec![recruit(1, true, Some(0))],
            vec![recruit(1, true, None), recruit(1, true, Some(2)), recruit(1, true, None)],
        ] {
            assert!(referral_share(&sample, 50, 1, Confidence::P95).is_err(), "{sample:?}");
        }
        assert!(referral_share(&[recruit(1, true, None)], 0, 1, Confidence::P95).is_err());
    }

    /// A population whose members have three times the ties of the others, in a ring of groups; a
    /// chain by two coupons over random ties.
    fn chain(draws: &mut Draws, size: usize) -> Vec<Recruit> {
        const POPULATION: u64 = 3_000;
        let is_member = |one: u64| one.is_multiple_of(5);
        // One tie end in 5 + 2 = 7 parts, three of which are a member's: 3/7 of ends.
        let step = |draws: &mut Draws| loop {
            let one = draws.below(POPULATION);
            if is_member(one) || draws.below(3) == 0 {
                return one;
            }
        };
        (0..size)
            .map(|at| {
                let member = is_member(step(draws));
                let named_by = (at >= 6).then(|| ((at - 6) / 2) as u32);
                recruit(if member { 30 } else { 10 }, member, named_by)
            })
            .collect()
    }

    #[test]
    fn weights_undo_that_the_well_tied_are_found_more_often() {
        let mut draws = Draws::new(4, 0);
        let (mut held, mut raw, mut mean) = (0, 0.0, 0.0);
        for round in 0..200 {
            let sample = chain(&mut draws, 300);
            let given = referral_share(&sample, 200, round, Confidence::P95).unwrap();
            raw += sample.iter().filter(|one| one.counts).count() as f64 / 300.0 / 200.0;
            mean += given.share.value / 200.0;
            held += u32::from((given.share.low..=given.share.high).contains(&0.2));
        }
        assert!(raw > 0.38 && (mean - 0.2).abs() < 0.01, "{raw} {mean}");
        assert!(held >= 186, "the tree bootstrap is wide, never narrow: {held} of 200");
    }
}
