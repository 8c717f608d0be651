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
    /// How often candidates of a posterior were returns. Between the accounts of a chain of
    /// returns, which compete, only pairs of neighbours count.
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
        reliability: reliability_of(direct(returns, truth)),
    }
}

/// The posteriors and outcomes of all candidates but those farther apart in a chain of returns.
fn direct<'a>(
    returns: &'a Returns,
    truth: &'a Truth,
) -> impl Iterator<Item = (f64, Outcome, f64)> + 'a {
    let neighbours: HashSet<(&str, &str)> =
        truth.pairs.iter().map(|(old, new)| (old.as_str(), new.as_str())).collect();
    let all = returns.searched.iter().flat_map(|one| {
        one.candidates.iter().map(move |candidate| (one.account.as_str(), candidate))
    });
    all.filter_map(move |(old, candidate)| {
        let outcome = truth.outcome(old, &candidate.account);
        let counts =
            outcome == Outcome::NoReturn || neighbours.contains(&(old, candidate.account.as_str()));
        counts.then_some((candidate.posterior, outcome, 1.0))
    })
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::returns::{Control, Coverage, Parameters, Standing};

    fn pair(old: &str, new: &str) -> (String, String) {
        (old.to_owned(), new.to_owned())
    }

    #[test]
    fn a_chain_of_returns_belongs_together() {
        let truth = Truth::new([pair("a", "b"), pair("b", "c"), pair("x", "y")]);
        for (old, new, wanted) in [
            ("a", "b", Outcome::Return),
            ("a", "c", Outcome::Return),
            ("b", "c", Outcome::Return),
            ("a", "y", Outcome::NoReturn),
            ("a", "a", Outcome::NoReturn),
            ("a", "z", Outcome::NoReturn),
            ("z", "z", Outcome::NoReturn),
        ] {
            assert_eq!(truth.outcome(old, new), wanted, "{old} {new}");
        }
        // A circle cannot be, but must not hang.
        let circle = Truth::new([pair("a", "b"), pair("b", "a")]);
        assert_eq!(circle.pairs.len(), 2);
    }

    /// A result with these candidates: suspended account, new account, posterior; those of at least
    /// a half are possible links.
    fn result(candidates: &[(&str, &[(&str, f64)])], first_days: f64) -> Returns {
        let candidate = |(rank, (account, posterior)): (u32, &(&str, f64))| Candidate {
            rank,
            account: (*account).to_owned(),
            handle: String::new(),
            created_at_us: None,
            standing: Standing::Open,
            score: 0.0,
            likelihood_ratio: 1.0,
            posterior: *posterior,
            offer: if *posterior >= 0.5 { Offer::PossibleLink } else { Offer::Below },
            evidence: Vec::new(),
        };
        let searched = candidates.iter().map(|(account, of)| Searched {
            account: (*account).to_owned(),
            handle: String::new(),
            suspended_at_us: 0,
            new_accounts: 101,
            compared: 9,
            prior: 0.01,
            candidates: (1..).zip(of.iter()).map(candidate).collect(),
        });
        Returns {
            parameters: Parameters { first_days, ..Parameters::default() },
            calibration: String::new(),
            coverage: Coverage { new_accounts: 104, ..Coverage::default() },
            control: Control::default(),
            searched: searched.collect(),
            bounds: Vec::new(),
            notes: crate::dataset::Notes::default(),
        }
    }

    #[test]
    fn measures_against_the_truth() {
        let truth =
            Truth::new([pair("a", "ra"), pair("b", "rb"), pair("c", "rc"), pair("not", "rn")]);
        let returns = result(
            &[
                ("a", &[("ra", 0.9), ("n1", 0.4)]),
                ("b", &[("n2", 0.8), ("ra", 0.6), ("rb", 0.3)]),
                ("c", &[]),
                ("d", &[("n2", 0.7)]),
            ],
            30.0,
        );
        let found = evaluate(&returns, &truth, 3);
        assert_eq!(found.returns, 3);
        let shares = [found.recall_at_1, found.recall_at_5, found.recall_at_10, found.linked];
        let thirds = [1.0, 2.0, 2.0, 1.0];
        for (share, third) in shares.iter().zip(thirds) {
            assert!((share.value - third / 3.0).abs() < 1e-12, "{share:?}");
        }
        assert!((found.mean_reciprocal_rank - (1.0 + 1.0 / 3.0) / 3.0).abs() < 1e-12);
        // Of 100 others: none, two, and half of them above.
        assert!((found.auc_pairs - (1.0 + 0.98 + 0.5) / 3.0).abs() < 1e-12);
        assert_eq!(found.budget, Budget { looked_at: 3, returns: 1 });
        assert_eq!((found.benign, found.benign_linked, found.crossed), (100, 1, 1));
        assert!((found.false_links_per_10_000.value - 100.0).abs() < 1e-9);
        let auc = found.auc_accounts.unwrap();
        assert!(auc.value > 0.5 && auc.value < 1.0, "{auc:?}");
        let all: u64 = found.reliability.iter().map(|row| row.pairs).sum();
        assert_eq!(all, 6);
    }

    #[test]
    fn of_nothing_nothing_is_known() {
        let found = evaluate(&result(&[], 30.0), &Truth::default(), 10);
        assert_eq!((found.returns, found.benign, found.auc_accounts), (0, 104, None));
        assert_eq!((found.recall_at_10.low, found.recall_at_10.high), (0.0, 1.0));
        assert!(found.auc_pairs.abs() < 1e-12 && found.reliability.is_empty());
        assert_eq!(days_to_detection(&[], &Truth::default()).median_days, None);
    }

    #[test]
    fn days_count_until_a_link_is_possible() {
        let truth = Truth::new([pair("a", "ra"), pair("b", "rb"), pair("c", "rc")]);
        let runs = [
            result(&[("a", &[("ra", 0.2)]), ("b", &[("rb", 0.6)])], 1.0),
            result(&[("a", &[("ra", 0.7)]), ("b", &[("rb", 0.6)]), ("c", &[("n", 0.9)])], 7.0),
        ];
        let found = days_to_detection(&runs, &truth);
        let steps: Vec<(f64, u64)> =
            found.steps.iter().map(|step| (step.time, step.happened)).collect();
        assert_eq!(steps, [(1.0, 1), (7.0, 1)]);
        assert_eq!(found.median_days, Some(7.0));
    }
}
