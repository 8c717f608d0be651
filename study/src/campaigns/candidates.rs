//! Which pairs of accounts acted together often enough to be tested.
//!
//! Pairs with a single co-action are by far the most, and need no room: a first pass counts
//! co-actions in a sieve of small counters, where pairs may share a counter, and a second pass
//! keeps only pairs whose counter is high enough. No pair that should be tested is lost that way.

use super::coaction::{Limits, Pair, for_each_pair};
use super::ledger::Ledger;
use super::traces::{Actions, Trace};
use crate::{Stopped, Watch, step};
use hashbrown::HashSet;

/// The fewest and the most counters of the sieve, one byte each.
const COUNTERS: (u64, u64) = (1 << 16, 1 << 28);
/// Progress is told after so many pairs of actions.
const TOLD_EVERY: u64 = 1 << 22;

/// The pairs to be tested in one window, and how many there were.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Candidates {
    /// Pairs of accounts, the smaller number first, ascending.
    pub pairs: Vec<(u32, u32)>,
    /// How many pairs of accounts have at least one co-action, in any trace. Counted by how full
    /// the sieve is, which is exact to about 1 in 1,000.
    pub family: u64,
    /// Objects whose actions were too dense to be compared all, by trace.
    pub capped: Vec<(Trace, u64)>,
    /// Pairs that there was no room for.
    pub without_room: u64,
}

/// Finds the pairs with at least `least` co-actions in distinct pairs of posts, over all traces.
///
/// # Errors
/// [`Stopped`] where the watcher says so.
pub fn candidates(
    ledger: &Ledger,
    window_us: i64,
    least: u32,
    limits: &Limits,
    watch: &mut dyn Watch,
) -> Result<Candidates, Stopped> {
    let mut sieve = Sieve::new(ledger, window_us);
    let mut found = Candidates::default();
    for (done, actions) in ledger.traces().iter().enumerate() {
        let mut told = Told::new("count_pairs", done, ledger.traces().len(), watch);
        let caps = for_each_pair(actions, window_us, limits, |pair| {
            if told.go() && is_first_of_posts(ledger, actions, done, pair) {
                sieve.count(accounts(actions, pair));
            }
        });
        told.end()?;
        if !caps.is_empty() {
            found.capped.push((actions.trace, caps.len() as u64));
        }
    }
    found.family = sieve.distinct();
    let mut kept = HashSet::new();
    for (done, actions) in ledger.traces().iter().enumerate() {
        let mut told = Told::new("choose_pairs", done, ledger.traces().len(), watch);
        for_each_pair(actions, window_us, limits, |pair| {
            let accounts = accounts(actions, pair);
            if told.go() && sieve.at_least(accounts, least) && !kept.contains(&accounts) {
                if kept.len() < limits.edges {
                    kept.insert(accounts);
                } else {
                    found.without_room += 1;
                }
            }
        });
        told.end()?;
    }
    found.pairs = kept.into_iter().collect();
    found.pairs.sort_unstable();
    Ok(found)
}

fn accounts(actions: &Actions, pair: Pair) -> (u32, u32) {
    let (first, second) = (actions.account[pair.first], actions.account[pair.second]);
    (first.min(second), first.max(second))
}

/// Whether this is the first object that the two posts share: two posts are one co-action, however
/// many links and hashtags they have in common.
fn is_first_of_posts(ledger: &Ledger, actions: &Actions, place: usize, pair: Pair) -> bool {
    let left = ledger.objects_of(actions.post[pair.first]);
    let right = ledger.objects_of(actions.post[pair.second]);
    if left.len() == 1 || right.len() == 1 {
        return true;
    }
    let shared = left.iter().find(|object| right.binary_search(object).is_ok());
    shared.is_some_and(|object| {
        ledger.place_of(*object) == place
            && ledger.trace_of(*object).1 == actions.object[pair.first]
    })
}

/// Tells how far a pass is, and remembers that it was to be stopped.
struct Told<'a> {
    stage: &'static str,
    done: u64,
    total: u64,
    seen: u64,
    stopped: Result<(), Stopped>,
    watch: &'a mut dyn Watch,
}

impl<'a> Told<'a> {
    fn new(stage: &'static str, done: usize, total: usize, watch: &'a mut dyn Watch) -> Self {
        let (done, total) = (done as u64, total as u64);
        Self { stage, done, total, seen: 0, stopped: Ok(()), watch }
    }

    fn go(&mut self) -> bool {
        self.seen += 1;
        if self.seen.is_multiple_of(TOLD_EVERY) && self.stopped.is_ok() {
            self.stopped = step(self.watch, self.stage, self.done, self.total);
        }
        self.stopped.is_ok()
    }

    fn end(self) -> Result<(), Stopped> {
        self.stopped?;
        step(self.watch, self.stage, self.done + 1, self.total)
    }
}

/// Small counters that pairs of accounts share.
struct Sieve {
    counters: Vec<u8>,
    used: u64,
}

impl Sieve {
    /// As large as the pairs of actions ask for.
    fn new(ledger: &Ledger, window_us: i64) -> Self {
        let pairs: u64 =
            ledger.traces().iter().map(|actions| pairs_within(actions, window_us)).sum();
        let size = (pairs.saturating_mul(2)).clamp(COUNTERS.0, COUNTERS.1).next_power_of_two();
        Self { counters: vec![0; size as usize], used: 0 }
    }

    fn place(&self, (a, b): (u32, u32)) -> usize {
        mixed(u64::from(a) << 32 | u64::from(b)) as usize & (self.counters.len() - 1)
    }

    fn count(&mut self, pair: (u32, u32)) {
        let place = self.place(pair);
        let counter = &mut self.counters[place];
        self.used += u64::from(*counter == 0);
        *counter = counter.saturating_add(1);
    }

    fn at_least(&self, pair: (u32, u32), least: u32) -> bool {
        u32::from(self.counters[self.place(pair)]) >= least.min(255)
    }

    /// How many pairs were counted, by how many counters stayed empty (linear counting, Whang and
    /// others 1990).
    fn distinct(&self) -> u64 {
        let size = self.counters.len() as f64;
        let empty = (size - self.used as f64).max(1.0);
        (size * (size / empty).ln()).round() as u64
    }
}

/// How many pairs of actions on one object lie within the window.
fn pairs_within(actions: &Actions, window_us: i64) -> u64 {
    let mut pairs = 0;
    for rows in actions.groups() {
        let mut low = rows.start;
        for row in rows {
            while actions.at_us[row].saturating_sub(actions.at_us[low]) > window_us {
                low += 1;
            }
            pairs += (row - low) as u64;
        }
    }
    pairs
}

/// The finisher of the generator SplitMix64: every bit of the number moves every bit of the result.
/// It has no key, so that the same dataset gives the same result; accounts that share a counter
/// cost a test, and nothing else.
fn mixed(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Unwatched;
    use crate::campaigns::traces::Action;
    use crate::watch::Impatient;
    use std::collections::BTreeMap;

    /// Draws without a generator: enough disorder for a test.
    fn world(accounts: u32, posts: u32, objects: u32) -> Ledger {
        let draw = |post: u32, what: u64, bound: u32| {
            (mixed(u64::from(post) << 8 | what) % u64::from(bound)) as u32
        };
        let trace = |what: u64| -> Vec<Action> {
            let row = |post: u32| Action {
                object: draw(post, what, objects),
                account: draw(post, 1, accounts),
                at_us: i64::from(post) * 10,
                post,
            };
            (0..posts).map(row).collect()
        };
        let link = Actions::pack(Trace::Link, trace(2));
        let tag = Actions::pack(Trace::Hashtag, trace(3));
        Ledger::new(vec![link, tag], accounts as usize, posts as usize)
    }

    /// Distinct pairs of posts for each pair of accounts, by comparing all with all.
    fn by_all_pairs(ledger: &Ledger, window_us: i64) -> BTreeMap<(u32, u32), u32> {
        let mut posts = BTreeMap::new();
        for actions in ledger.traces() {
            for row in 0..actions.len() {
                posts.insert(actions.post[row], (actions.account[row], actions.at_us[row]));
            }
        }
        let mut counted = BTreeMap::new();
        for (p, (a, at)) in &posts {
            for (q, (b, then)) in posts.range(p + 1..) {
                let shared = ledger
                    .objects_of(*p)
                    .iter()
                    .any(|object| ledger.objects_of(*q).contains(object));
                if a != b && shared && (then - at).abs() <= window_us {
                    *counted.entry((*a.min(b), *a.max(b))).or_insert(0) += 1;
                }
            }
        }
        counted
    }

    #[test]
    fn keeps_every_pair_that_should_be_tested_and_counts_all() {
        let ledger = world(30, 600, 40);
        for (window_us, least) in [(100, 2), (1_000, 3), (10_000, 10)] {
            let all = by_all_pairs(&ledger, window_us);
            let limits = Limits::default();
            let found = candidates(&ledger, window_us, least, &limits, &mut Unwatched).unwrap();
            let off = found.family.abs_diff(all.len() as u64);
            assert!(off <= 3, "{} of {}", found.family, all.len());
            for (pair, count) in &all {
                let kept = found.pairs.binary_search(pair).is_ok();
                assert!(kept || *count < least, "{pair:?} with {count} is lost");
            }
            let fit = all.values().filter(|count| **count >= least).count();
            assert!(found.pairs.len() <= fit + 5, "{} kept for {fit}", found.pairs.len());
            assert_eq!((found.capped, found.without_room), (vec![], 0));
        }
    }

    #[test]
    fn two_posts_are_one_co_action_whatever_they_share() {
        let rows = |objects: &[u32]| -> Vec<Action> {
            objects
                .iter()
                .flat_map(|object| {
                    (0..2).map(|n| Action { object: *object, account: n, at_us: 0, post: n })
                })
                .collect()
        };
        let traces = vec![
            Actions::pack(Trace::Link, rows(&[1])),
            Actions::pack(Trace::Hashtag, rows(&[1, 2, 3])),
        ];
        let ledger = Ledger::new(traces, 2, 2);
        let limits = Limits::default();
        let found = |least| candidates(&ledger, 10, least, &limits, &mut Unwatched).unwrap().pairs;
        assert_eq!((found(1), found(2)), (vec![(0, 1)], vec![]));
    }

    #[test]
    fn what_is_given_up_is_told() {
        let ledger = world(30, 600, 4);
        let limits = Limits { pairs_per_object: 100, edges: 5 };
        let found = candidates(&ledger, 10_000, 2, &limits, &mut Unwatched).unwrap();
        assert_eq!(found.pairs.len(), 5);
        assert!(found.without_room > 0);
        assert_eq!(found.capped, [(Trace::Link, 4), (Trace::Hashtag, 4)]);
    }

    #[test]
    fn stops_when_told() {
        let limits = Limits::default();
        let ledger = world(5, 50, 3);
        assert_eq!(candidates(&ledger, 10, 2, &limits, &mut Impatient), Err(Stopped));
    }
}
