//! From actions to groups: the pairs that are significant in each window, and what they make.

use super::candidates::{Candidates, candidates};
use super::clusters::seeds;
use super::coaction;
use super::findings::{Remark, WindowSummary};
use super::ledger::Ledger;
use super::members::{Group, Rules, settle};
use super::null::Null;
use super::pairs::{PairTest, Room, Test};
use super::parameters::Parameters;
use super::significance::levels;
use crate::{Stopped, Watch, step};
use serde::{Deserialize, Serialize};

/// A window is narrow where the jitter is at least so many times as long: only there does moving
/// posts show anything. Wide windows are for [`super::gatherings`].
const NARROW: i64 = 6;
/// Progress is told after so many pairs.
const TOLD_EVERY: usize = 1 << 14;

/// Whether a window is narrow, beside the jitter of the study.
#[must_use]
pub fn is_narrow(parameters: &Parameters, window_s: u32) -> bool {
    i64::from(parameters.jitter_s) >= NARROW * i64::from(window_s)
}

/// The null model of a narrow window.
#[must_use]
pub fn null_of(parameters: &Parameters, window_s: u32, unit_us: i64) -> Null {
    let us = |seconds: u32| i64::from(seconds) * 1_000_000;
    Null { window_us: us(window_s), jitter_us: us(parameters.jitter_s), unit_us }
}

/// What was found in one window.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Screened {
    /// What was tested; the number of significant pairs is told once all windows are known.
    pub summary: WindowSummary,
    /// Pairs whose chance is small enough to be of interest.
    pub tests: Vec<PairTest>,
    /// What was given up.
    pub remarks: Vec<Remark>,
}

/// Tests all pairs of accounts in one window.
///
/// # Errors
/// [`Stopped`] where the watcher says so.
pub fn screen(
    ledger: &Ledger,
    parameters: &Parameters,
    window_s: u32,
    unit_us: i64,
    watch: &mut dyn Watch,
) -> Result<Screened, Stopped> {
    let null = null_of(parameters, window_s, unit_us);
    let limits = coaction::Limits {
        pairs_per_object: parameters.limits.pairs_per_object,
        edges: parameters.limits.pairs as usize,
    };
    let found = candidates(ledger, null.window_us, parameters.min_objects, &limits, watch)?;
    let test = Test { null, min_objects: parameters.min_objects, min_lift: parameters.min_lift };
    let mut room = Room::default();
    let mut tests = Vec::new();
    for (done, (a, b)) in found.pairs.iter().enumerate() {
        if done.is_multiple_of(TOLD_EVERY) {
            step(watch, "test_pairs", done as u64, found.pairs.len() as u64)?;
        }
        let interesting = parameters.false_discovery.log10();
        let tested = test.pair(ledger, *a, *b, &mut room);
        tests.extend(tested.filter(|tested| tested.log10_p <= interesting));
    }
    let summary = WindowSummary {
        window_s,
        jitter_s: (null.jitter_us / 1_000_000) as u32,
        pairs: found.family,
        tested: found.pairs.len() as u64,
        significant: 0,
    };
    Ok(Screened { summary, tests, remarks: remarks(&found, window_s) })
}

fn remarks(found: &Candidates, window_s: u32) -> Vec<Remark> {
    let objects = found.capped.iter().map(|(trace, objects)| Remark::ObjectsCapped {
        trace: *trace,
        window_s,
        objects: *objects,
    });
    let pairs = Remark::PairsCapped { window_s, co_actions: found.without_room };
    objects.chain((found.without_room > 0).then_some(pairs)).collect()
}

/// A pair that is significant among all pairs in all windows.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Significant {
    /// The pair.
    pub pair: PairTest,
    /// The smallest false-discovery level at which it is.
    pub level: f64,
}

/// Which pairs are significant among all pairs of accounts with a co-action, in all windows
/// together; each in the window where it is most so. Fills in the summaries.
#[must_use]
pub fn significant(screened: &mut [Screened], false_discovery: f64) -> Vec<Significant> {
    let family = screened.iter().map(|window| window.summary.pairs).sum();
    let tests = screened.iter().flat_map(|window| &window.tests);
    let chances: Vec<f64> = tests.map(|test| test.log10_p).collect();
    let mut level = levels(&chances, family).into_iter();
    let mut all = Vec::new();
    for window in screened {
        let of_window: Vec<Significant> = window
            .tests
            .iter()
            .zip(level.by_ref())
            .filter(|(_, level)| *level <= false_discovery)
            .map(|(pair, level)| Significant { pair: *pair, level })
            .collect();
        window.summary.significant = of_window.len() as u64;
        all.extend(of_window);
    }
    all.sort_by(|left, right| {
        let key = |of: &Significant| (of.pair.a, of.pair.b);
        let by_window = left.pair.window_s.cmp(&right.pair.window_s);
        key(left)
            .cmp(&key(right))
            .then(left.pair.log10_p.total_cmp(&right.pair.log10_p))
            .then(by_window)
    });
    all.dedup_by_key(|of| (of.pair.a, of.pair.b));
    all
}

/// A group with its evidence, and the pairs that it began with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Grouped {
    /// Its accounts.
    pub members: Group,
    /// The significant pairs among them.
    pub pairs: Vec<Significant>,
}

/// Makes groups of significant pairs.
///
/// # Errors
/// [`Stopped`] where the watcher says so.
pub fn groups(
    ledger: &Ledger,
    parameters: &Parameters,
    nulls: &[Null],
    pairs: &[Significant],
    watch: &mut dyn Watch,
) -> Result<Vec<Grouped>, Stopped> {
    let rules = Rules {
        nulls: nulls.to_vec(),
        min_objects: parameters.min_objects,
        min_accounts: parameters.min_accounts as usize,
        false_discovery: parameters.false_discovery,
        min_lift: parameters.member_lift(),
    };
    let tests: Vec<PairTest> = pairs.iter().map(|of| of.pair).collect();
    let seeds = seeds(&tests, rules.min_accounts, watch)?;
    let settled = settle(ledger, &rules, &tests, &seeds, watch)?;
    Ok(settled.into_iter().map(|members| with_pairs(members, pairs)).collect())
}

fn with_pairs(members: Group, pairs: &[Significant]) -> Grouped {
    let is_member =
        |account: u32| members.binary_search_by_key(&account, |member| member.account).is_ok();
    let own = pairs.iter().filter(|of| is_member(of.pair.a) && is_member(of.pair.b));
    Grouped { pairs: own.copied().collect(), members }
}
