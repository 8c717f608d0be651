//! A probability sample of the frontier, for people to code.
//!
//! The frontier is cut by score into strata; those in which members are expected give more of the
//! sample (Neyman 1934), and none less than a floor. Accounts that the operator sets apart
//! (newsrooms, researchers, counter-speech) are a stratum of their own, whatever their score, so
//! that how often they are taken for members is known separately.

use super::finding::{Frontier, Period};
use super::parameters::number;
use super::{Census, Error, Pseudonyms, Reach};
use crate::Dataset;
use crate::stats::{Draws, Stratum, neyman, normal_quantile, sample, shuffle};
use serde::{Deserialize, Serialize};
use statrs::function::erf::erfc;
use std::f64::consts::SQRT_2;

/// The strata end at these shares of the frontier, highest score first (STUDIES: cut points that
/// a rare population needs).
pub const CUTS: [f64; 9] = [0.005, 0.01, 0.02, 0.04, 0.08, 0.15, 0.30, 0.60, 1.0];
/// Accounts that one sample can hold.
pub const SAMPLE_MAX: u64 = 100_000;

/// How accounts are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// More from where members are expected.
    Stratified,
    /// Each as likely as the other; those set apart are a stratum of their own all the same.
    Simple,
}

/// What is expected before anybody codes. It decides how well the sample is spent, and never what
/// comes out: the estimate holds whatever was expected.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// The share of members in the frontier; .0001 to .9.
    pub share: f64,
    /// How well the score separates (area under the curve); .55 to .999.
    pub separation: f64,
}

impl Default for Expected {
    fn default() -> Self {
        Self { share: 0.02, separation: 0.9 }
    }
}

/// How a sample is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Plan {
    /// How many accounts are drawn; 30 to 100,000.
    pub accounts: u64,
    /// The least from each stratum, or all of a smaller one; 2 to 10,000.
    pub floor: u64,
    /// What is drawn follows from it.
    pub seed: u64,
    /// How accounts are drawn.
    pub method: Method,
    /// What is expected.
    pub expected: Expected,
    /// The share of accounts that two people code; .1 to 1. Errors of those that one person codes
    /// alone are corrected by what the doubly coded ones show.
    pub coded_twice: f64,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            accounts: 1_500,
            floor: 30,
            seed: 1,
            method: Method::Stratified,
            expected: Expected::default(),
            coded_twice: 1.0,
        }
    }
}

impl Plan {
    fn check(&self) -> Result<(), Error> {
        number("accounts", self.accounts, 30, SAMPLE_MAX)?;
        number("floor", self.floor, 2, 10_000)?;
        share("expected.share", self.expected.share, 0.000_1, 0.9)?;
        share("expected.separation", self.expected.separation, 0.55, 0.999)?;
        share("coded_twice", self.coded_twice, 0.1, 1.0)
    }
}

fn share(name: &'static str, given: f64, from: f64, to: f64) -> Result<(), Error> {
    if (from..=to).contains(&given) {
        return Ok(());
    }
    let problem = format!("is {given}; give a share from {from} to {to}");
    Err(Error::Parameter { name, problem })
}

/// Which accounts a stratum holds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Holds {
    /// Those from one share of the frontier to another, by falling score.
    Scores {
        /// Where it begins, from 0.
        from: f64,
        /// Where it ends, to 1.
        to: f64,
    },
    /// Those that are set apart.
    SetApart,
}

/// One stratum of a sample.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct DrawnStratum {
    /// Which accounts it holds.
    pub holds: Holds,
    /// How many accounts it has.
    pub size: u64,
    /// How many of them are drawn.
    pub drawn: u64,
}

/// One account to be coded. Who codes it sees the account alone, and neither stratum nor score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DrawnItem {
    /// Its pseudonym, or its id where ids were asked for.
    pub account: String,
    /// Its stratum, a place in [`SampleDraw::strata`].
    pub stratum: u16,
    /// Its score.
    pub score: f32,
    /// Why it is set apart; empty where it is not.
    pub set_apart: String,
    /// How many people code it: 1 or 2.
    pub coders: u8,
}

/// A sample that was drawn, with all that an estimate from it needs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SampleDraw {
    /// How it was drawn.
    pub plan: Plan,
    /// What makes an account a member.
    pub membership: String,
    /// How the frontier was defined.
    pub reach: Reach,
    /// How the frontier was reached.
    pub frontier: Frontier,
    /// The dates of the dataset.
    pub period: Option<Period>,
    /// How many accounts are members because the operator named them as seeds. They are not drawn.
    pub known_members: u64,
    /// How many accounts are left out of the frame because they look automated.
    pub left_out: u64,
    /// How many accounts of the frame are set apart, by reason in the order of the alphabet.
    pub set_apart: Vec<(String, u64)>,
    /// The score that 4 % of the frame have or exceed.
    pub high_score: f32,
    /// The strata.
    pub strata: Vec<DrawnStratum>,
    /// The accounts, in the order in which they are to be coded, which is one by chance: whatever
    /// number of them is coded in this order is itself a sample.
    pub items: Vec<DrawnItem>,
}

impl SampleDraw {
    /// How the frontier is defined, in words.
    pub(super) fn frontier_words(&self) -> String {
        let ways: Vec<&str> = self.reach.ways.iter().map(|way| way.words()).collect();
        format!(
            "{} accounts reached from {} seeds in at most {} steps by: {}; at most {} accounts, \
             and \
             not on from one with more than {} ties of one way.",
            self.frontier.accounts,
            self.known_members,
            self.reach.levels,
            ways.join(", "),
            self.reach.accounts_at_most,
            self.reach.ties_at_most
        )
    }
}

/// Draws a sample of the frame of a census.
///
/// # Errors
/// [`Error::Parameter`]; [`Error::OtherDataset`] where the census was made of another dataset or
/// with other pseudonyms; [`Error::Stats`] where the floors alone exceed the sample.
pub fn draw(
    census: &Census,
    dataset: &Dataset,
    pseudonyms: &Pseudonyms,
    plan: Plan,
) -> Result<SampleDraw, Error> {
    plan.check()?;
    let name = |account: u32| {
        let known = (account as usize) < dataset.accounts.len();
        known.then(|| pseudonyms.of(dataset.accounts.text(account))).ok_or(Error::OtherDataset)
    };
    let first = census.frame.account.first().copied().ok_or(Error::EmptyFrontier)?;
    if census.listed.first().is_none_or(|row| name(first).as_ref() != Ok(&row.account)) {
        return Err(Error::OtherDataset);
    }
    let strata = Strata::of(census, plan);
    let wanted = neyman(&strata.expected, plan.accounts, plan.floor)?;
    let mut items = Vec::new();
    for (stratum, (places, wanted)) in strata.places.iter().zip(&wanted).enumerate() {
        let mut draws = Draws::new(plan.seed, stratum as u64 + 1);
        let drawn = sample(places.len() as u64, *wanted, &mut draws)?;
        // Drawn in an order by chance, so that the first ones are themselves a sample.
        let twice = (plan.coded_twice * drawn.len() as f64).ceil() as usize;
        for (at, drawn) in drawn.into_iter().enumerate() {
            let place = places[drawn as usize] as usize;
            items.push(DrawnItem {
                account: name(census.frame.account[place])?,
                stratum: stratum as u16,
                score: census.frame.score[place],
                set_apart: census.frame.reason(place).to_owned(),
                coders: if at < twice { 2 } else { 1 },
            });
        }
    }
    shuffle(&mut items, &mut Draws::new(plan.seed, 0));
    let drawn = strata.holds.iter().zip(&strata.places).zip(wanted);
    let drawn = drawn.map(|((holds, places), drawn)| DrawnStratum {
        holds: *holds,
        size: places.len() as u64,
        drawn,
    });
    Ok(SampleDraw {
        plan,
        membership: census.parameters.membership.clone(),
        reach: census.parameters.reach.clone(),
        frontier: census.frontier.clone(),
        period: census.period,
        known_members: census.seeds.known,
        left_out: census.screening.left_out,
        set_apart: census.frame.set_apart_by_reason(),
        high_score: census.frame.score[(census.frame.score.len() - 1) * 4 / 100],
        strata: drawn.collect(),
        items,
    })
}

/// The frame cut into strata; a stratum without accounts is left out.
struct Strata {
    holds: Vec<Holds>,
    /// Places in the frame.
    places: Vec<Vec<u32>>,
    expected: Vec<Stratum>,
}

impl Strata {
    fn of(census: &Census, plan: Plan) -> Self {
        let is_apart = |place: &u32| census.frame.set_apart[*place as usize] != 0;
        let places = 0..census.frame.account.len() as u32;
        let (apart, scored): (Vec<u32>, Vec<u32>) = places.partition(is_apart);
        let cuts = match plan.method {
            Method::Stratified => &CUTS[..],
            Method::Simple => &CUTS[CUTS.len() - 1..],
        };
        let mut strata = Self { holds: Vec::new(), places: Vec::new(), expected: Vec::new() };
        let (mut from, mut begin) = (0.0, 0);
        for to in cuts {
            let end = (to * scored.len() as f64).round() as usize;
            let share = expected_share(plan.expected, from, *to);
            strata.add(Holds::Scores { from, to: *to }, scored[begin..end].to_vec(), share);
            (from, begin) = (*to, end);
        }
        strata.add(Holds::SetApart, apart, plan.expected.share);
        strata
    }

    fn add(&mut self, holds: Holds, places: Vec<u32>, share: f64) {
        if places.is_empty() {
            return;
        }
        let spread = (share * (1.0 - share)).sqrt();
        self.expected.push(Stratum { size: places.len() as u64, spread });
        self.holds.push(holds);
        self.places.push(places);
    }
}

/// The share of members expected between two shares of the frontier, where scores of members and
/// of the others are normal, as far apart as the expected separation says (the binormal model).
fn expected_share(expected: Expected, from: f64, to: f64) -> f64 {
    let apart = SQRT_2 * normal_quantile(expected.separation);
    let above = |x: f64| 0.5 * erfc(x / SQRT_2);
    let both = |x: f64| expected.share * above(x - apart) + (1.0 - expected.share) * above(x);
    // The score above which a share of the frontier lies.
    let score_at = |share: f64| {
        let (mut low, mut high) = (-40.0, 40.0);
        for _ in 0..100 {
            let middle = f64::midpoint(low, high);
            *(if both(middle) > share { &mut low } else { &mut high }) = middle;
        }
        f64::midpoint(low, high)
    };
    let members_above = |share: f64| match share {
        share if share <= 0.0 => 0.0,
        share if share >= 1.0 => expected.share,
        share => expected.share * above(score_at(share) - apart),
    };
    ((members_above(to) - members_above(from)) / (to - from)).clamp(0.0, 1.0)
}

#[cfg(test)]
#[path = "draw_tests.rs"]
mod tests;
