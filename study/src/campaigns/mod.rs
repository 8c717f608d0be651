//! Coordinated campaigns: what accounts did together, and how much of it chance explains.
//!
//! The way from posts to evidence, each step in a file of its own:
//!
//! 1. **Actions** ([`traces`]): who passed on, posted, linked to or answered what, and when.
//! 2. **Candidates** ([`candidates`]): pairs of accounts that acted on the same objects within a
//!    window, in enough distinct posts to be worth a test.
//! 3. **Pairs** ([`pairs`]): how likely that is, were every post a little earlier or later
//!    ([`null`]). Traces are joined by taking, for each pair, the most surprising of all traces
//!    and of all traces together, its chance times as many as were tried (Bonferroni): one post
//!    has text, link and hashtag at once, so traces depend on each other in every way, and this
//!    holds whatever the dependence. The chance is that of so many co-actions given at least one,
//!    for the family over which false discoveries are held is that of all pairs with one.
//! 4. **Groups** ([`clusters`], [`members`]): what pairs hang together, who else acted with them,
//!    and whether the crowd did too.
//! 5. **Evidence** ([`findings`], [`evidence`]): accounts, objects, times, how many by chance.
//!
//! Beside it stand bursts of hashtags, and two ways to act together without sharing
//! anything: texts of one make and deletion in lockstep.
//!
//! Automated accounts that pass on one feed do act together, and their evidence is as strong as
//! any. They are told apart by what is declared: accounts that the operator set apart, and
//! programs that are named in [`Parameters::feed_clients`]. Such groups are listed as explained,
//! beside the findings and not among them.

pub mod candidates;
pub mod clusters;
pub mod coaction;
pub mod compat;

pub mod evidence;
pub mod findings;
pub mod ledger;
pub mod members;
pub mod null;
pub mod pairs;
pub mod parameters;
#[cfg(test)]
mod planted;
pub mod screen;
pub mod significance;
pub mod similar;
pub mod stream;
pub mod traces;

pub use findings::{CampaignFinding, Campaigns};
pub use parameters::{BadParameter, Parameters};

use crate::dataset::Posts;
use crate::{Dataset, Stopped, Watch, step};
use evidence::{Found, Teller};
use findings::{Basis, Noise, Remark, TraceSummary};
use ledger::Ledger;
use screen::{Grouped, Screened, Significant};

/// Why a study of campaigns gave no result.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// It cannot be made as asked.
    #[error(transparent)]
    Parameters(#[from] BadParameter),
    /// It was stopped.
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

/// Looks for campaigns in a dataset.
///
/// # Errors
/// [`Error::Parameters`] where a parameter cannot be used, [`Error::Stopped`] where the watcher
/// stops it; what was done by then is kept with the watcher.
pub fn run(
    dataset: &Dataset,
    parameters: &Parameters,
    watch: &mut dyn Watch,
) -> Result<Campaigns, Error> {
    parameters.check()?;
    let ledger = ledger(dataset, parameters, watch)?;
    let unit_us = unit_us(&dataset.posts);
    let (windows, mut remarks) = usable(parameters, unit_us);
    let mut screened = Vec::new();
    for window_s in windows {
        let part = format!("pairs-{window_s}");
        let work =
            |watch: &mut dyn Watch| screen::screen(&ledger, parameters, window_s, unit_us, watch);
        screened.push(kept(watch, &part, work)?);
    }
    let pairs = screen::significant(&mut screened, parameters.false_discovery);
    let work =
        |watch: &mut dyn Watch| grouped(&ledger, parameters, unit_us, &screened, &pairs, watch);
    let groups = kept(watch, "groups", work)?;
    let noise = noise(&ledger, parameters, unit_us, &screened, watch)?;
    remarks.extend(screened.iter().flat_map(|window| window.remarks.clone()));
    let teller = Teller::new(dataset, &ledger, parameters);
    let told = groups.iter().map(|group| teller.tell(&co_action(&ledger, group))).collect();
    let (findings, explained) = sorted(told);
    let limit = parameters.limits.findings as usize;
    let posts = &dataset.posts;
    Ok(Campaigns {
        parameters: parameters.clone(),
        posts: posts.len() as u64,
        accounts: dataset.accounts.len() as u64,
        first_us: posts.at_us.first().copied().unwrap_or(0),
        last_us: posts.at_us.last().copied().unwrap_or(0),
        notes: dataset.notes.clone(),
        remarks,
        traces: summaries(&ledger, &pairs),
        windows: screened.into_iter().map(|window| window.summary).collect(),
        findings_total: findings.len() as u64,
        findings: findings.into_iter().take(limit).collect(),
        explained_total: explained.len() as u64,
        explained: explained.into_iter().take(limit).collect(),
        bursts: Vec::new(),
        bursts_total: 0,
        noise,
    })
}

fn ledger(
    dataset: &Dataset,
    parameters: &Parameters,
    watch: &mut dyn Watch,
) -> Result<Ledger, Stopped> {
    let rules = traces::TextRules::default();
    let mut all = Vec::new();
    for (done, trace) in parameters.traces.iter().enumerate() {
        step(watch, "read_actions", done as u64, parameters.traces.len() as u64)?;
        all.push(traces::actions(dataset, *trace, &rules));
    }
    Ok(Ledger::new(all, dataset.accounts.len(), dataset.posts.len()))
}

/// A part that was kept, or else is done now and kept.
fn kept<T: serde::Serialize + serde::de::DeserializeOwned>(
    watch: &mut dyn Watch,
    part: &str,
    work: impl FnOnce(&mut dyn Watch) -> Result<T, Stopped>,
) -> Result<T, Stopped> {
    let before = watch.kept(part).and_then(|json| serde_json::from_str(&json).ok());
    if let Some(before) = before {
        return Ok(before);
    }
    let done = work(watch)?;
    let json = serde_json::to_string(&done).expect("numbers and words can be written");
    watch.keep(part, &json);
    Ok(done)
}

/// The unit in which nearly all times are whole: a minute, a second, or none.
fn unit_us(posts: &Posts) -> i64 {
    let whole = |unit: i64| {
        let whole = posts.at_us.iter().filter(|at| **at % unit == 0).count();
        whole * 10 >= posts.len() * 9
    };
    [60_000_000, 1_000_000].into_iter().find(|unit| whole(*unit)).unwrap_or(0)
}

/// The windows that times are fine enough for.
fn usable(parameters: &Parameters, unit_us: i64) -> (Vec<u32>, Vec<Remark>) {
    let unit_s = (unit_us / 1_000_000) as u32;
    let (usable, too_fine): (Vec<u32>, Vec<u32>) =
        parameters.windows_s.iter().partition(|window_s| **window_s >= unit_s);
    let remark = |window_s: u32| Remark::WindowTooFine { window_s, unit_s };
    (usable, too_fine.into_iter().map(remark).collect())
}

fn grouped(
    ledger: &Ledger,
    parameters: &Parameters,
    unit_us: i64,
    screened: &[Screened],
    pairs: &[Significant],
    watch: &mut dyn Watch,
) -> Result<Vec<Grouped>, Stopped> {
    let windows: Vec<_> = screened.iter().map(|window| window.summary.clone()).collect();
    screen::groups(ledger, parameters, unit_us, &windows, pairs, watch)
}

/// The same on copies whose posts are all moved by chance.
fn noise(
    ledger: &Ledger,
    parameters: &Parameters,
    unit_us: i64,
    screened: &[Screened],
    watch: &mut dyn Watch,
) -> Result<Vec<Noise>, Stopped> {
    let mut all = Vec::new();
    for repeat in 0..parameters.noise_repeats {
        let part = format!("noise-{repeat}");
        let work = |watch: &mut dyn Watch| {
            let moved =
                ledger.moved(i64::from(parameters.jitter_s) * 1_000_000, parameters.seed, repeat);
            let mut again = Vec::new();
            for window in screened {
                let window_s = window.summary.window_s;
                again.push(screen::screen(&moved, parameters, window_s, unit_us, watch)?);
            }
            let pairs = screen::significant(&mut again, parameters.false_discovery);
            let groups = grouped(&moved, parameters, unit_us, &again, &pairs, watch)?;
            let accounts = groups.iter().map(|group| group.members.len() as u64).sum();
            Ok(Noise { pairs: pairs.len() as u64, groups: groups.len() as u64, accounts })
        };
        all.push(kept(watch, &part, work)?);
    }
    Ok(all)
}

fn co_action<'a>(ledger: &Ledger, group: &'a Grouped) -> Found<'a> {
    let (objects, posts) = evidence::together(ledger, &group.members);
    let pairs = group.pairs.iter().map(|of| (of.pair, of.level)).collect();
    Found { basis: Basis::CoAction, members: &group.members, pairs, posts, objects }
}

/// Findings and explained groups, each strongest first.
fn sorted(mut told: Vec<CampaignFinding>) -> (Vec<CampaignFinding>, Vec<CampaignFinding>) {
    told.sort_by(|a, b| {
        b.strength.total_cmp(&a.strength).then_with(|| a.first_us.cmp(&b.first_us))
    });
    told.into_iter().partition(|finding| finding.explanation.is_none())
}

fn summaries(ledger: &Ledger, pairs: &[Significant]) -> Vec<TraceSummary> {
    let of = |actions: &traces::Actions| {
        let own = pairs.iter().filter(|of| of.pair.trace == Some(actions.trace));
        TraceSummary {
            trace: actions.trace,
            actions: actions.len() as u64,
            objects: actions.objects() as u64,
            significant: own.count() as u64,
        }
    };
    ledger.traces().iter().map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::planted::{Planted, planted};
    use super::*;
    use crate::{Go, Unwatched};
    use std::collections::{BTreeMap, BTreeSet};

    fn parameters() -> Parameters {
        Parameters {
            windows_s: vec![10, 60],
            feed_clients: vec!["feedbot".into()],
            ..Parameters::default()
        }
    }

    fn listed(findings: &[CampaignFinding]) -> BTreeSet<&str> {
        let accounts = findings.iter().flat_map(|finding| &finding.accounts);
        accounts.map(|account| account.account.as_str()).collect()
    }

    fn share(of: &[String], listed: &BTreeSet<&str>) -> f64 {
        of.iter().filter(|name| listed.contains(name.as_str())).count() as f64 / of.len() as f64
    }

    #[test]
    fn finds_what_was_planted_and_leaves_the_crowds_alone() {
        let Planted { dataset, campaigns, controls } = planted(1, 5_000, 3);
        let found = run(&dataset, &parameters(), &mut Unwatched).unwrap();
        let findings = listed(&found.findings);
        for (name, accounts) in &campaigns {
            assert!(share(accounts, &findings) >= 0.95, "{name}: {}", share(accounts, &findings));
        }
        for (name, accounts) in &controls {
            assert!(share(accounts, &findings) <= 0.01, "{name}: {}", share(accounts, &findings));
        }
        let planted: BTreeSet<&str> = campaigns.values().flatten().map(String::as_str).collect();
        let others = findings.difference(&planted).count();
        assert!(others * 20 <= findings.len(), "{others} others among {}", findings.len());
        assert_eq!(found.noise, [Noise { pairs: 0, groups: 0, accounts: 0 }]);
        assert_eq!(share(&controls["feed"], &listed(&found.explained)), 1.0);
        for finding in &found.findings {
            let kinds: BTreeSet<&str> =
                finding.accounts.iter().map(|of| of.account.split('-').next().unwrap()).collect();
            assert_eq!(kinds.len(), 1, "one finding for one campaign: {kinds:?}");
        }
    }

    /// Keeps parts, and stops after so many calls.
    #[derive(Default)]
    struct Keeper {
        parts: BTreeMap<String, String>,
        left: u64,
        kept: Vec<String>,
    }

    impl Watch for Keeper {
        fn progress(&mut self, _: &'static str, _: u64, _: u64) -> Go {
            self.left = self.left.saturating_sub(1);
            if self.left == 0 { Go::Stop } else { Go::On }
        }

        fn kept(&mut self, part: &str) -> Option<String> {
            self.parts.get(part).cloned()
        }

        fn keep(&mut self, part: &str, json: &str) {
            self.kept.push(part.to_owned());
            self.parts.insert(part.to_owned(), json.to_owned());
        }
    }

    #[test]
    fn goes_on_after_a_stop_and_comes_to_the_same() {
        let Planted { dataset, .. } = planted(2, 500, 2);
        let whole = run(&dataset, &parameters(), &mut Unwatched).unwrap();
        let mut keeper = Keeper { left: 60, ..Keeper::default() };
        let mut stops = 0;
        let resumed = loop {
            match run(&dataset, &parameters(), &mut keeper) {
                Ok(found) => break found,
                Err(error) => assert_eq!(error, Error::Stopped(Stopped)),
            }
            stops += 1;
            keeper.left = 60 + 20 * stops;
        };
        assert!(stops >= 2, "{stops}");
        assert_eq!(resumed, whole);
        let once: BTreeSet<&String> = keeper.kept.iter().collect();
        assert_eq!(once.len(), keeper.kept.len(), "no part is made twice");
        let json = serde_json::to_string(&whole).unwrap();
        assert_eq!(serde_json::from_str::<Campaigns>(&json).unwrap(), whole);
    }

    #[test]
    fn nothing_gives_nothing() {
        let found = run(&Dataset::default(), &Parameters::default(), &mut Unwatched).unwrap();
        assert_eq!((found.posts, found.findings_total, found.bursts_total), (0, 0, 0));
    }

    #[test]
    fn bad_parameters_are_refused_before_anything_is_done() {
        let parameters = Parameters { min_lift: 0.0, ..Parameters::default() };
        let error = run(&Dataset::default(), &parameters, &mut Unwatched).unwrap_err();
        assert_eq!(error.to_string(), "the parameter `min_lift` is 0; it must be from 1 to 1000");
    }
}
