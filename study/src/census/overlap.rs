//! Sizes from lists that overlap, and from chains of referral.
//!
//! Other ways to the same question, with other weaknesses. Agreement with the coded sample makes
//! both more credible; where they differ, the sample counts.

use super::Error;
use crate::Dataset;
use crate::dataset::StudyAction;
use crate::stats::{
    Confidence, Estimate, LogLinear, MAX_LISTS, Recruit, ReferralEstimate, TwoLists, chapman,
    log_linear, referral_share,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Fewer shared accounts than this make an estimate unsteady.
const FEW_SHARED: u64 = 10;
/// Chains should be at least so long to forget their seeds.
const SHORT_CHAIN: u64 = 5;
/// Fewer seeds make an interval too narrow.
const FEW_SEEDS: u64 = 3;

/// Members found in one way or at one time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListOfAccounts {
    /// What the list is, such as `snowball from other seeds`.
    pub name: String,
    /// Ids of the accounts on it, coded as members.
    pub accounts: Vec<String>,
    /// From when on it was collected, in microseconds since 1970.
    pub from_us: i64,
    /// Until when.
    pub to_us: i64,
}

/// How many members there are, from lists that overlap.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OverlapEstimate {
    /// How many there are. A lower bound: see the warnings.
    pub total: Estimate,
    /// How many are on some list.
    pub seen: u64,
    /// Names and sizes of the lists.
    pub lists: Vec<(String, u64)>,
    /// The model of three or more lists; none for two, which are taken to be independent.
    pub model: Option<LogLinear>,
    /// What the figure takes for granted.
    pub assumptions: Vec<String>,
    /// What is known to be wrong with it.
    pub warnings: Vec<OverlapWarning>,
}

/// What is known to be wrong with an estimate from lists.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum OverlapWarning {
    /// Some accounts are easier to find than others, so that the lists share too many: the figure
    /// is
    /// a lower bound. True of every network.
    LowerBound,
    /// Accounts came onto a list, or could have, and were suspended before the last list ended: the
    /// population was not closed, and the figure is too high or too low.
    NotClosed {
        /// How many accounts of the lists were suspended meanwhile.
        suspended: u64,
        /// How long the lists took together, in days.
        days: f64,
    },
    /// The lists share few accounts.
    FewShared {
        /// How many are on two or more.
        shared: u64,
    },
    /// The lists depend on each other.
    Dependent {
        /// What the total would be if they did not.
        if_independent: f64,
    },
    /// Two lists cannot show whether they depend on each other; three can.
    DependenceUnknown,
}

/// Estimates a size from two to five lists of accounts.
///
/// Two lists: Chapman. Three or more: log-linear models with dependence between pairs.
///
/// # Errors
/// [`Error::Parameter`] for fewer lists or more, a list that is empty, or one that ends before it
/// begins; [`Error::Stats`] where three or more lists share nothing.
pub fn overlap(
    dataset: &Dataset,
    lists: &[ListOfAccounts],
    confidence: Confidence,
) -> Result<OverlapEstimate, Error> {
    check_lists(lists)?;
    let mut patterns: BTreeMap<&str, usize> = BTreeMap::new();
    for (at, list) in lists.iter().enumerate() {
        list.accounts.iter().for_each(|id| *patterns.entry(id).or_default() |= 1 << at);
    }
    let mut counts = vec![0_u64; 1 << lists.len()];
    patterns.values().for_each(|pattern| counts[*pattern] += 1);
    let shared = patterns.values().filter(|pattern| pattern.count_ones() >= 2).count() as u64;
    let size = |at: usize| patterns.values().filter(|pattern| *pattern >> at & 1 == 1).count();
    let (total, model) = if lists.len() == 2 {
        let two = TwoLists { first: size(0) as u64, second: size(1) as u64, both: shared };
        (chapman(two, confidence)?, None)
    } else {
        let model = log_linear(&counts, confidence)?;
        (model.total, Some(model))
    };
    let names = lists.iter().enumerate().map(|(at, list)| (list.name.clone(), size(at) as u64));
    Ok(OverlapEstimate {
        total,
        seen: patterns.len() as u64,
        lists: names.collect(),
        assumptions: assumptions(),
        warnings: warnings(dataset, lists, &patterns, shared, model.as_ref()),
        model,
    })
}

fn check_lists(lists: &[ListOfAccounts]) -> Result<(), Error> {
    let wrong = |name, problem: String| Err(Error::Parameter { name, problem });
    if !(2..=MAX_LISTS).contains(&lists.len()) {
        return wrong("lists", format!("are {}; give two to {MAX_LISTS}", lists.len()));
    }
    for list in lists {
        if list.accounts.is_empty() {
            return wrong("lists", format!("hold the empty list `{}`; leave it out", list.name));
        }
        if list.to_us < list.from_us {
            return wrong("lists", format!("hold `{}`, which ends before it begins", list.name));
        }
    }
    Ok(())
}

fn assumptions() -> Vec<String> {
    [
        "Nobody enters or leaves the population between the lists.",
        "An account on two lists is known to be the same one.",
        "Being on one list does not make another likelier, but for the pairs that the model names.",
        "Every member is as likely to be on a list as any other.",
    ]
    .map(str::to_owned)
    .to_vec()
}

fn warnings(
    dataset: &Dataset,
    lists: &[ListOfAccounts],
    patterns: &BTreeMap<&str, usize>,
    shared: u64,
    model: Option<&LogLinear>,
) -> Vec<OverlapWarning> {
    let from_us = lists.iter().map(|list| list.from_us).min().unwrap_or(0);
    let to_us = lists.iter().map(|list| list.to_us).max().unwrap_or(0);
    let suspended: BTreeSet<u32> = dataset
        .actions
        .iter()
        .filter(|row| row.action == StudyAction::Suspend)
        .filter(|row| (from_us..=to_us).contains(&row.at_us))
        .filter(|row| patterns.contains_key(dataset.accounts.text(row.account)))
        .map(|row| row.account)
        .collect();
    let suspended = suspended.len() as u64;
    let days = (to_us - from_us) as f64 / 86_400e6;
    let if_independent = model.filter(|model| !model.dependent.is_empty());
    [
        Some(OverlapWarning::LowerBound),
        (suspended > 0).then_some(OverlapWarning::NotClosed { suspended, days }),
        (shared < FEW_SHARED).then_some(OverlapWarning::FewShared { shared }),
        if_independent
            .map(|model| OverlapWarning::Dependent { if_independent: model.if_independent }),
        model.is_none().then_some(OverlapWarning::DependenceUnknown),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// A share from a sample by referral, with what is known to be wrong with it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReferralReport {
    /// The share.
    pub estimate: ReferralEstimate,
    /// What the figure takes for granted.
    pub assumptions: Vec<String>,
    /// What is known to be wrong with it.
    pub warnings: Vec<ReferralWarning>,
}

/// What is known to be wrong with a sample by referral.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum ReferralWarning {
    /// Somebody named more than the limit allows: this is a snowball and no sample by referral.
    Snowball {
        /// How many one named.
        named: u64,
        /// How many one may name.
        limit: u64,
    },
    /// Chains are too short to forget their seeds.
    ShortChains {
        /// The longest, in steps.
        longest: u64,
    },
    /// The interval rests on few seeds.
    FewSeeds {
        /// How many.
        seeds: u64,
    },
    /// Repeats had to be cut, so that the interval is not reliable.
    Cut {
        /// How many.
        repeats: u64,
    },
}

/// Estimates a share from a sample in which each names the next, at most `limit` of them
/// (Volz and Heckathorn; tree bootstrap).
///
/// # Errors
/// [`Error::Stats`] where the sample is empty, out of order, or one has no tie.
pub fn referral(
    sample: &[Recruit],
    limit: u64,
    repeats: u32,
    seed: u64,
    confidence: Confidence,
) -> Result<ReferralReport, Error> {
    let estimate = referral_share(sample, repeats, seed, confidence)?;
    let mut named = vec![0_u64; sample.len()];
    sample.iter().filter_map(|one| one.named_by).for_each(|by| named[by as usize] += 1);
    let named = named.into_iter().max().unwrap_or(0);
    let ReferralEstimate { seeds, longest_chain: longest, repeats_cut: repeats, .. } = estimate;
    let warnings = [
        (named > limit).then_some(ReferralWarning::Snowball { named, limit }),
        (longest < SHORT_CHAIN).then_some(ReferralWarning::ShortChains { longest }),
        (seeds < FEW_SEEDS).then_some(ReferralWarning::FewSeeds { seeds }),
        (repeats > 0).then_some(ReferralWarning::Cut { repeats }),
    ];
    let assumptions = [
        "Ties are mutual, and everybody can be reached from everybody over them.",
        "Each names others at random among those to whom it is tied.",
        "The number of ties of each is known without error.",
        "The sample is a small part of all.",
    ];
    Ok(ReferralReport {
        estimate,
        assumptions: assumptions.map(str::to_owned).to_vec(),
        warnings: warnings.into_iter().flatten().collect(),
    })
}

#[cfg(test)]
#[path = "overlap_tests.rs"]
mod tests;
