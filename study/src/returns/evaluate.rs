//! How good the study is where the truth is known: in a simulated world, or a reviewed sample.

use super::calibration::{Outcome, Reliability, reliability_of};
use super::{Candidate, Offer, Returns, Searched};
use crate::stats::{Confidence, End, Estimate, Lifetime, SurvivalStep, auc, kaplan_meier, wilson};
use hashbrown::{HashMap, HashSet};
use serde::{Deserialize, Serialize};

/// Which accounts are returns of which, by id.
///
/// Returns of returns belong together: all accounts of a chain are returns of each other.
#[derive(Debug, Clone, Default)]
pub struct Truth {
    /// The first account of each chain, by the accounts of it.
    root_of: HashMap<String, String>,
    pairs: Vec<(String, String)>,
}

/// How good the study was.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    /// How many returns there were of the accounts that were looked for.
    pub returns: u64,
    /// The share of them that are listed first, with its 95 % interval.
    pub recall_at_1: Estimate,
    /// Among the first five.
    pub recall_at_5: Estimate,
    /// Among the first ten.
    pub recall_at_10: Estimate,
    /// The share of them that are possible links.
    pub linked: Estimate,
    /// The mean of one over the rank; 0 for those not listed.
    pub mean_reciprocal_rank: f64,
    /// The chance that a return is ranked above another new account of its window, those not
    /// listed taken as tied.
    pub auc_pairs: f64,
    /// The chance that a new account that is a return has a higher posterior than one that is
    /// none, with its interval; none where there is no return, or nothing else.
    pub auc_accounts: Option<Estimate>,
    /// What a reviewer with a fixed budget finds.
    pub budget: Budget,
    /// How many new accounts are no return.
    pub benign: u64,
    /// How many of those are in a possible link.
    pub benign_linked: u64,
    /// The same for each 10,000 of them, with its interval.
    pub false_links_per_10_000: Estimate,
    /// Possible links between a return and a suspended account that it is no return of.
    pub crossed: u64,
    /// How often candidates of a posterior were returns.
    pub reliability: Vec<Reliability>,
}

/// The candidates of the highest posteriors, as many as reviewers can look at.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Budget {
    /// How many are looked at; fewer than asked for where there are no more.
    pub looked_at: u64,
    /// How many of them are returns.
    pub returns: u64,
}

/// In how many days returns become possible links.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Detection {
    /// The share that is not yet a possible link, from each day on (Kaplan and Meier).
    pub steps: Vec<SurvivalStep>,
    /// The day by which half of them are; none where fewer are.
    pub median_days: Option<f64>,
}

impl Truth {
    /// From pairs of a suspended account and its return.
    #[must_use]
    pub fn new(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        let pairs: Vec<(String, String)> = pairs.into_iter().collect();
        let root_of = roots(&pairs);
        Self { root_of, pairs }
    }

    /// Whether a new account is a return of an old one.
    #[must_use]
    pub fn outcome(&self, old: &str, new: &str) -> Outcome {
        match (self.root_of.get(old), self.root_of.get(new)) {
            (Some(a), Some(b)) if a == b && old != new => Outcome::Return,
            _ => Outcome::NoReturn,
        }
    }

    /// Whether an account is a return of any.
    fn is_return(&self, account: &str) -> bool {
        self.root_of.get(account).is_some_and(|root| root != account)
    }
}

/// The first account of the chain of each account.
fn roots(pairs: &[(String, String)]) -> HashMap<String, String> {
    let parent: HashMap<&str, &str> =
        pairs.iter().map(|(old, new)| (new.as_str(), old.as_str())).collect();
    let root = |id: &str| {
        // As many steps as there are pairs end every chain, and a circle too.
        let mut root = id;
        for _ in 0..pairs.len() {
            let Some(before) = parent.get(root) else { break };
            root = before;
        }
        root.to_owned()
    };
    let ids = pairs.iter().flat_map(|(old, new)| [old, new]);
    ids.map(|id| (id.clone(), root(id))).collect()
}

/// Measures a result against the truth. A return whose suspended account was looked for counts as
/// missed wherever it is not listed, whatever the reason.
#[must_use]
pub fn evaluate(returns: &Returns, truth: &Truth, budget: u64) -> Evaluation {
    let searched: HashMap<&str, &Searched> =
        returns.searched.iter().map(|one| (one.account.as_str(), one)).collect();
    let found: Vec<(&Searched, Option<&Candidate>)> = truth
        .pairs
        .iter()
        .filter_map(|(old, new)| {
            let one = *searched.get(old.as_str())?;
            Some((one, one.candidates.iter().find(|candidate| candidate.account == *new)))
        })
        .collect();
    let count = found.len() as u64;
    let among = |most: u32| share(&found, |candidate| candidate.rank <= most);
    let reciprocal = found.iter().filter_map(|pair| pair.1).map(|one| 1.0 / f64::from(one.rank));
    let mean = |sum: f64| sum / count.max(1) as f64;
    let all = || {
        returns.searched.iter().flat_map(|one| {
            one.candidates
                .iter()
                .map(|candidate| (candidate, truth.outcome(&one.account, &candidate.account)))
        })
    };
    let wrong: Vec<&str> = all()
        .filter(|(one, is)| one.offer == Offer::PossibleLink && *is == Outcome::NoReturn)
        .map(|(one, _)| one.account.as_str())
        .collect();
    let benign_linked =
        wrong.iter().filter(|id| !truth.is_return(id)).collect::<HashSet<_>>().len() as u64;
    let known = truth.pairs.iter().map(|(_, new)| new).collect::<HashSet<_>>().len() as u64;
    let benign = returns.coverage.new_accounts.saturating_sub(known);
    Evaluation {
        returns: count,
        recall_at_1: among(1),
        recall_at_5: among(5),
        recall_at_10: among(10),
        linked: share(&found, |candidate| candidate.offer == Offer::PossibleLink),
        mean_reciprocal_rank: mean(reciprocal.sum()),
        auc_pairs: mean(found.iter().map(|pair| placement(pair.0, pair.1)).sum()),
        auc_accounts: auc_accounts(returns, truth, benign),
        budget: within_budget(all(), budget),
        benign,
        benign_linked,
        false_links_per_10_000: wilson_or_none(benign_linked, benign).scaled(10_000.0),
        crossed: wrong.iter().filter(|id| truth.is_return(id)).count() as u64,
        reliability: reliability_of(all().map(|(one, outcome)| (one.posterior, outcome, 1.0))),
    }
}

fn share(
    found: &[(&Searched, Option<&Candidate>)],
    counts: impl Fn(&Candidate) -> bool,
) -> Estimate {
    let hits = found.iter().filter(|pair| pair.1.is_some_and(&counts)).count();
    wilson_or_none(hits as u64, found.len() as u64)
}

/// Of nothing everything is possible.
fn wilson_or_none(hits: u64, of: u64) -> Estimate {
    wilson(hits, of, Confidence::P95).unwrap_or(Estimate { value: 0.0, low: 0.0, high: 1.0 })
}

/// The share of the window that is ranked below a return.
fn placement(searched: &Searched, candidate: Option<&Candidate>) -> f64 {
    let others = searched.new_accounts.saturating_sub(1).max(1) as f64;
    let above = |rank: f64| 1.0 - rank / others;
    match candidate {
        Some(candidate) => above(f64::from(candidate.rank - 1)),
        None => above(f64::midpoint(searched.candidates.len() as f64, others)).max(0.0),
    }
}

fn auc_accounts(returns: &Returns, truth: &Truth, benign: u64) -> Option<Estimate> {
    let mut best: HashMap<&str, f64> = HashMap::new();
    for candidate in returns.searched.iter().flat_map(|one| &one.candidates) {
        let best = best.entry(&candidate.account).or_default();
        *best = best.max(candidate.posterior);
    }
    let returned: HashSet<&str> = truth.pairs.iter().map(|(_, new)| new.as_str()).collect();
    let listed_benign: Vec<f64> =
        best.iter().filter(|(id, _)| !returned.contains(*id)).map(|(_, best)| *best).collect();
    let unlisted = (benign as usize).saturating_sub(listed_benign.len());
    let mut scores: Vec<f64> =
        returned.iter().map(|id| best.get(id).copied().unwrap_or(-1.0)).collect();
    let belongs = scores.len();
    scores.extend(listed_benign);
    scores.extend(std::iter::repeat_n(-1.0, unlisted));
    let belongs: Vec<bool> = (0..scores.len()).map(|at| at < belongs).collect();
    auc(&scores, &belongs, Confidence::P95).ok()
}

fn within_budget<'a>(all: impl Iterator<Item = (&'a Candidate, Outcome)>, budget: u64) -> Budget {
    let mut all: Vec<(&Candidate, Outcome)> = all.collect();
    all.sort_by(|a, b| b.0.posterior.total_cmp(&a.0.posterior).then(a.0.account.cmp(&b.0.account)));
    all.truncate(budget as usize);
    let returns = all.iter().filter(|(_, outcome)| *outcome == Outcome::Return).count();
    Budget { looked_at: all.len() as u64, returns: returns as u64 }
}

/// After how many of their first days returns become possible links.
///
/// Takes the results of runs that differ in `first_days` alone, in rising order. What is known of a
/// profile is taken as known from the first day on.
#[must_use]
pub fn days_to_detection(runs: &[Returns], truth: &Truth) -> Detection {
    let linked = |run: &Returns, old: &str, new: &str| {
        let one = run.searched.iter().find(|one| one.account == old);
        one.is_some_and(|one| {
            let mut links = one.candidates.iter().filter(|one| one.offer == Offer::PossibleLink);
            links.any(|candidate| candidate.account == new)
        })
    };
    let last = runs.last().map_or(0.0, |run| run.parameters.first_days);
    let lifetimes: Vec<Lifetime> = truth
        .pairs
        .iter()
        .map(|(old, new)| match runs.iter().find(|run| linked(run, old, new)) {
            Some(run) => Lifetime { time: run.parameters.first_days, end: End::Happened },
            None => Lifetime { time: last, end: End::Censored },
        })
        .collect();
    let steps = kaplan_meier(&lifetimes, Confidence::P95).unwrap_or_default();
    let median = steps.iter().find(|step| step.surviving.value <= 0.5).map(|step| step.time);
    Detection { steps, median_days: median }
}
