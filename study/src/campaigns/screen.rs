//! From actions to groups: the pairs that are significant in each window, and what they make.

use super::candidates::{Candidates, candidates};
use super::clusters::clusters;
use super::coaction;
use super::findings::{Remark, WindowSummary};
use super::ledger::Ledger;
use super::members::{Against, Group, Rules, settle};
use super::null::Null;
use super::pairs::{PairTest, Room, Test, crowd};
use super::parameters::Parameters;
use super::significance::levels;
use crate::{Stopped, Watch, step};
use serde::{Deserialize, Serialize};

/// A window is wide where the jitter is not so many times as long. It is tested with a jitter that
/// is, and held against the crowd from the beginning, since interest alone brings people together
/// within as long a time.
const NARROW: i64 = 6;
/// Progress is told after so many pairs.
const TOLD_EVERY: usize = 1 << 14;

/// What a window is tested with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Width {
    /// The null model alone decides at first.
    Narrow,
    /// The crowd is asked from the beginning.
    Wide,
}

/// The null model of a window, and how wide it is.
#[must_use]
pub fn null_of(parameters: &Parameters, window_s: u32, unit_us: i64) -> (Null, Width) {
    let window_us = i64::from(window_s) * 1_000_000;
    let jitter_us = i64::from(parameters.jitter_s) * 1_000_000;
    let width = if jitter_us >= NARROW * window_us { Width::Narrow } else { Width::Wide };
    let jitter_us = jitter_us.max(NARROW * window_us);
    (Null { window_us, jitter_us, unit_us }, width)
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
    let (null, width) = null_of(parameters, window_s, unit_us);
    let limits = coaction::Limits {
        pairs_per_object: parameters.limits.pairs_per_object,
        edges: parameters.limits.pairs as usize,
    };
    let found = candidates(ledger, null.window_us, parameters.min_objects, &limits, watch)?;
    let test = Test {
        null,
        min_objects: parameters.min_objects,
        min_lift: parameters.min_lift,
        crowd: match width {
            Width::Narrow => Vec::new(),
            Width::Wide => crowd(ledger, null.window_us),
        },
    };
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

/// Makes groups of significant pairs: those of narrow windows first, then those of wide windows
/// between accounts that are not in one group already.
///
/// # Errors
/// [`Stopped`] where the watcher says so.
pub fn groups(
    ledger: &Ledger,
    parameters: &Parameters,
    unit_us: i64,
    windows: &[WindowSummary],
    pairs: &[Significant],
    watch: &mut dyn Watch,
) -> Result<Vec<Grouped>, Stopped> {
    let mut found: Vec<Grouped> = Vec::new();
    for (width, growing) in [(Width::Narrow, Against::Null), (Width::Wide, Against::Crowd)] {
        let nulls = windows.iter().map(|window| null_of(parameters, window.window_s, unit_us));
        let nulls: Vec<Null> = nulls.filter(|(_, of)| *of == width).map(|(null, _)| null).collect();
        let is_of_width = |window_s: u32| {
            nulls.iter().any(|null| null.window_us == i64::from(window_s) * 1_000_000)
        };
        let some: Vec<Significant> = pairs
            .iter()
            .filter(|of| is_of_width(of.pair.window_s) && !known(&found, of.pair.a, of.pair.b))
            .copied()
            .collect();
        let rules = Rules {
            nulls: nulls.clone(),
            min_objects: parameters.min_objects,
            min_accounts: parameters.min_accounts as usize,
            false_discovery: parameters.false_discovery,
            growing,
        };
        found.extend(grown(ledger, &rules, &some, watch)?);
    }
    Ok(found)
}

fn known(found: &[Grouped], a: u32, b: u32) -> bool {
    let within = |group: &Grouped, account: u32| {
        group.members.binary_search_by_key(&account, |member| member.account).is_ok()
    };
    found.iter().any(|group| within(group, a) && within(group, b))
}

fn grown(
    ledger: &Ledger,
    rules: &Rules,
    pairs: &[Significant],
    watch: &mut dyn Watch,
) -> Result<Vec<Grouped>, Stopped> {
    let ends: Vec<(u32, u32)> = pairs.iter().map(|of| (of.pair.a, of.pair.b)).collect();
    let seeds: Vec<Vec<u32>> =
        clusters(&ends, rules.min_accounts).into_iter().map(|seed| seed.accounts).collect();
    let settled = settle(ledger, rules, &seeds, watch)?;
    let with_pairs = |members: Group| {
        let is_member = |account: u32| {
            members.binary_search_by_key(&account, |member: &_| member.account).is_ok()
        };
        let own = pairs.iter().filter(|of| is_member(of.pair.a) && is_member(of.pair.b));
        Grouped { pairs: own.copied().collect(), members }
    };
    Ok(settled.into_iter().map(|(members, _)| with_pairs(members)).collect())
}
