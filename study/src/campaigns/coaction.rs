//! Pairs of accounts that acted on the same object within a time of each other.
//!
//! Pairs of actions are found by a window that slides over the actions of each object in the order
//! of time, and are handed on one by one; they are never all held. Where an object has more of them
//! than [`Limits::pairs_per_object`], every action is paired only with those that are next before
//! it, and a [`Cap`] says so.

use super::traces::Actions;
use foldhash::quality::RandomState;
use hashbrown::{HashSet, HashTable};
use serde::{Deserialize, Serialize};
use std::hash::BuildHasher as _;

/// How much is looked at and held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Most pairs of actions that are looked at on one object, pairs of one account with itself
    /// among them.
    pub pairs_per_object: u64,
    /// Most pairs of accounts that are held; about 80 bytes each.
    pub edges: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { pairs_per_object: 1_000_000, edges: 20_000_000 }
    }
}

/// An object with more pairs of actions than are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cap {
    /// The object (see [`Actions::label`]).
    pub object: u32,
    /// How many actions there are on it.
    pub actions: u64,
    /// How many pairs of actions within the window were not looked at, pairs of one account with
    /// itself among them.
    pub pairs_skipped: u64,
}

/// Two accounts and what they did within the window of each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edge {
    /// The account with the smaller number.
    pub a: u32,
    /// The other.
    pub b: u32,
    /// How many pairs of actions.
    pub pairs: u32,
    /// On how many different objects.
    pub objects: u32,
    /// How many different posts of `a` are in a pair.
    pub posts_a: u32,
    /// How many different posts of `b`.
    pub posts_b: u32,
    /// The time between the two actions of each pair, added up, in microseconds.
    pub apart_us: i64,
    /// When the first action of any pair was, in microseconds since 1970.
    pub first_us: i64,
    /// When the last was.
    pub last_us: i64,
}

impl Edge {
    /// Two accounts that did nothing together yet.
    fn new(a: u32, b: u32) -> Self {
        Self {
            a,
            b,
            pairs: 0,
            objects: 0,
            posts_a: 0,
            posts_b: 0,
            apart_us: 0,
            first_us: i64::MAX,
            last_us: i64::MIN,
        }
    }

    /// Counts a pair of actions, but neither its object nor its posts.
    pub(super) fn add(&mut self, first_us: i64, second_us: i64) {
        self.pairs = self.pairs.saturating_add(1);
        let apart_us = second_us.saturating_sub(first_us);
        self.apart_us = self.apart_us.saturating_add(apart_us);
        self.first_us = self.first_us.min(first_us);
        self.last_us = self.last_us.max(second_us);
    }

    /// Counts a post of `a`, of `b`, or of both.
    pub(super) fn add_posts(&mut self, counts: [bool; 2]) {
        self.posts_a += u32::from(counts[0]);
        self.posts_b += u32::from(counts[1]);
    }

    /// The mean time between the two actions of a pair, in seconds.
    #[must_use]
    pub fn mean_apart_s(&self) -> f64 {
        self.apart_us as f64 / 1e6 / f64::from(self.pairs.max(1))
    }
}

/// Every pair of accounts that did something together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edges {
    /// The pairs, sorted by `a`, then `b`.
    pub edges: Vec<Edge>,
    /// The objects with too many pairs of actions, by their number.
    pub capped: Vec<Cap>,
    /// Pairs of actions whose accounts are not held, because [`Limits::edges`] was reached.
    pub pairs_without_room: u64,
}

/// A pair of actions of two accounts on one object: rows of [`Actions`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair {
    /// The earlier action; where both are of one instant, the one that stands first.
    pub first: usize,
    /// The later one.
    pub second: usize,
    /// The time between the two, in microseconds.
    pub apart_us: i64,
}

/// Hands on every pair of actions of two accounts on one object, at most `window_us` apart (both
/// ends belong to it): by object, then by the later action, then by the earlier one.
pub fn for_each_pair(
    actions: &Actions,
    window_us: i64,
    limits: &Limits,
    mut pair: impl FnMut(Pair),
) -> Vec<Cap> {
    let mut moments = Vec::new();
    let mut capped = Vec::new();
    for group in actions.groups() {
        moments.clear();
        moments.extend(group.map(|row| Moment { at_us: actions.at_us[row], row: row as u32 }));
        let cap = pairs_of(&moments, window_us, limits, |first, second, apart_us| {
            let (first, second) = (first as usize, second as usize);
            if actions.account[first] != actions.account[second] {
                pair(Pair { first, second, apart_us });
            }
        });
        capped.extend(cap.map(|skipped| cap_of(actions, moments[0].row, &moments, skipped)));
    }
    capped
}

fn cap_of(actions: &Actions, row: u32, moments: &[Moment], pairs_skipped: u64) -> Cap {
    let object = actions.object[row as usize];
    Cap { object, actions: moments.len() as u64, pairs_skipped }
}

/// When an action was, or is taken to have been.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Moment {
    at_us: i64,
    row: u32,
}

/// The pairs of one object, whose actions are in the order of time; gives how many were skipped,
/// where some were.
fn pairs_of(
    moments: &[Moment],
    window_us: i64,
    limits: &Limits,
    mut pair: impl FnMut(u32, u32, i64),
) -> Option<u64> {
    let nearest = nearest(moments, window_us, limits.pairs_per_object);
    let mut low = 0;
    let mut skipped = 0;
    for (at, second) in moments.iter().enumerate() {
        while apart(moments[low], *second) > window_us {
            low += 1;
        }
        let begin = low.max(at.saturating_sub(nearest));
        skipped += (begin - low) as u64;
        for first in &moments[begin..at] {
            pair(first.row, second.row, apart(*first, *second));
        }
    }
    (skipped > 0).then_some(skipped)
}

/// How many actions before each one are looked at.
fn nearest(moments: &[Moment], window_us: i64, most: u64) -> usize {
    let actions = moments.len() as u64;
    if actions * actions.saturating_sub(1) / 2 <= most {
        return usize::MAX;
    }
    let mut low = 0;
    let mut within = 0;
    for (at, second) in moments.iter().enumerate() {
        while apart(moments[low], *second) > window_us {
            low += 1;
        }
        within += (at - low) as u64;
    }
    if within <= most { usize::MAX } else { (most / actions).max(1) as usize }
}

fn apart(first: Moment, second: Moment) -> i64 {
    second.at_us.saturating_sub(first.at_us)
}

/// Every pair of accounts that acted on the same object at most `window_us` apart (both ends belong
/// to it), with how often.
#[must_use]
pub fn edges(actions: &Actions, window_us: i64, limits: &Limits) -> Edges {
    let mut gathered = Gathered::new(repeated_posts(actions));
    let mut pairs_without_room = 0;
    let capped = for_each_pair(actions, window_us, limits, |pair| {
        if !gathered.add(actions, pair, limits.edges) {
            pairs_without_room += 1;
        }
    });
    Edges { edges: gathered.table.sorted(), capped, pairs_without_room }
}

/// Posts with several objects, by row; empty where there is none. Their share in an edge is counted
/// once, however many of their objects it has.
fn repeated_posts(actions: &Actions) -> Vec<bool> {
    let rows = actions.post.iter().max().map_or(0, |post| *post as usize + 1);
    let mut seen = vec![false; rows];
    let mut repeated = Vec::new();
    for post in actions.post.iter().map(|post| *post as usize) {
        if seen[post] {
            repeated.resize(rows, false);
            repeated[post] = true;
        }
        seen[post] = true;
    }
    repeated
}

/// Edges while they grow, each with something beside it, and where each is.
#[derive(Debug)]
pub(super) struct EdgeTable<T> {
    rows: Vec<(Edge, T)>,
    places: HashTable<u32>,
    keys: RandomState,
}

impl<T: Copy + Default> EdgeTable<T> {
    pub(super) fn new() -> Self {
        Self { rows: Vec::new(), places: HashTable::new(), keys: RandomState::default() }
    }

    /// The place of the edge of two different accounts, a new one where there is none and there are
    /// fewer than `most`.
    pub(super) fn place(&mut self, one: u32, other: u32, most: usize) -> Option<usize> {
        let (a, b) = (one.min(other), one.max(other));
        let Self { rows, places, keys } = self;
        let hash = keys.hash_one(packed(a, b));
        let same = |place: &u32| {
            let edge = &rows[*place as usize].0;
            (edge.a, edge.b) == (a, b)
        };
        if let Some(place) = places.find(hash, same) {
            return Some(*place as usize);
        }
        let place = rows.len();
        let number = u32::try_from(place).ok().filter(|_| place < most)?;
        rows.push((Edge::new(a, b), T::default()));
        places.insert_unique(hash, number, |other| {
            let edge = &rows[*other as usize].0;
            keys.hash_one(packed(edge.a, edge.b))
        });
        Some(place)
    }

    pub(super) fn row(&mut self, place: usize) -> &mut (Edge, T) {
        &mut self.rows[place]
    }

    /// How many edges there are.
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// The edges, sorted by their accounts.
    pub(super) fn sorted(&self) -> Vec<Edge> {
        let mut edges: Vec<Edge> = self.rows.iter().map(|row| row.0).collect();
        edges.sort_unstable_by_key(|edge| (edge.a, edge.b));
        edges
    }
}

/// Edges of one trace while they grow.
struct Gathered {
    /// Beside each edge the last actions of `a` and `b` that were counted, as their rows plus one;
    /// 0 before the first.
    table: EdgeTable<[u32; 2]>,
    repeated: Vec<bool>,
    /// Edges, as places, with the posts of several objects that were counted there.
    counted: HashSet<(u32, u32), RandomState>,
}

impl Gathered {
    fn new(repeated: Vec<bool>) -> Self {
        Self { table: EdgeTable::new(), repeated, counted: HashSet::default() }
    }

    /// Counts a pair, unless there is no room for its accounts.
    fn add(&mut self, actions: &Actions, pair: Pair, most: usize) -> bool {
        let (first, second) = (actions.account[pair.first], actions.account[pair.second]);
        let Some(place) = self.table.place(first, second, most) else { return false };
        let (edge, last) = self.table.row(place);
        let rows =
            if first == edge.a { [pair.first, pair.second] } else { [pair.second, pair.first] };
        let begins =
            edge.pairs == 0 || actions.object[last[0] as usize - 1] != actions.object[pair.first];
        edge.objects += u32::from(begins);
        edge.add(actions.at_us[pair.first], actions.at_us[pair.second]);
        let new = [0, 1].map(|side| is_new(&mut last[side], rows[side]));
        let counts = [0, 1].map(|side| new[side] && self.counts(place, actions.post[rows[side]]));
        self.table.row(place).0.add_posts(counts);
        true
    }

    /// Whether a post that is new to the edge on this object is new to it altogether.
    fn counts(&mut self, place: usize, post: u32) -> bool {
        let is_repeated = self.repeated.get(post as usize).is_some_and(|repeated| *repeated);
        !is_repeated || self.counted.insert((place as u32, post))
    }
}

/// Whether an action was not counted before. Pairs come by their later action, and the earliest
/// action that can be in a pair only ever moves on: so whatever stands before the last counted
/// action of an account, and can still be in a pair, was counted too.
fn is_new(counted: &mut u32, row: usize) -> bool {
    let is_new = row >= *counted as usize;
    if is_new {
        *counted = row as u32 + 1;
    }
    is_new
}

fn packed(a: u32, b: u32) -> u64 {
    u64::from(a) << 32 | u64::from(b)
}

#[cfg(test)]
mod tests {
    use super::super::traces::{Action, Trace};
    use super::*;
    use proptest::prelude::*;
    use std::collections::{BTreeMap, BTreeSet};

    const NO_LIMIT: Limits = Limits { pairs_per_object: u64::MAX, edges: usize::MAX };

    /// Few objects, accounts and posts, so that they meet.
    fn some_actions() -> impl Strategy<Value = Actions> {
        let row = (0_u32..4, 0_u32..5, 0_i64..40);
        proptest::collection::vec(row, 0..60).prop_map(|rows| {
            let mut actions = Vec::new();
            for (post, (object, account, at_us)) in (0_u32..).zip(rows) {
                actions.push(Action { object, account, at_us, post });
                if post % 3 == 0 {
                    actions.push(Action { object: object + 1, account, at_us, post });
                }
            }
            Actions::pack(Trace::Link, actions)
        })
    }

    /// The same from the definition: every two actions are compared.
    fn by_definition(actions: &Actions, window_us: i64) -> Vec<Edge> {
        type Sets = (BTreeSet<u32>, BTreeSet<u32>, BTreeSet<u32>);
        let mut found: BTreeMap<(u32, u32), (Edge, Sets)> = BTreeMap::new();
        for x in 0..actions.len() {
            for y in 0..actions.len() {
                let (a, b) = (actions.account[x], actions.account[y]);
                let apart_us = (actions.at_us[x] - actions.at_us[y]).abs();
                if actions.object[x] != actions.object[y] || a >= b || apart_us > window_us {
                    continue;
                }
                let (edge, sets) =
                    found.entry((a, b)).or_insert_with(|| (Edge::new(a, b), Sets::default()));
                edge.pairs += 1;
                edge.apart_us += apart_us;
                edge.first_us = edge.first_us.min(actions.at_us[x]).min(actions.at_us[y]);
                edge.last_us = edge.last_us.max(actions.at_us[x]).max(actions.at_us[y]);
                sets.0.insert(actions.object[x]);
                sets.1.insert(actions.post[x]);
                sets.2.insert(actions.post[y]);
            }
        }
        let counted = found.into_values().map(|(edge, (objects, posts_a, posts_b))| Edge {
            objects: objects.len() as u32,
            posts_a: posts_a.len() as u32,
            posts_b: posts_b.len() as u32,
            ..edge
        });
        counted.collect()
    }

    proptest! {
        #[test]
        fn edges_are_what_they_are_defined_to_be(actions in some_actions(), window in 0_i64..20) {
            let found = edges(&actions, window, &NO_LIMIT);
            prop_assert_eq!(&found.edges, &by_definition(&actions, window));
            prop_assert!(found.capped.is_empty());
        }
    }

    fn hot(shares: u32, gap_us: i64) -> Actions {
        let rows = (0..shares).map(|post| Action {
            object: 7,
            account: post,
            at_us: i64::from(post) * gap_us,
            post,
        });
        Actions::pack(Trace::Hashtag, rows.collect())
    }

    #[test]
    fn a_cap_that_bites_is_told_and_keeps_the_nearest() {
        let actions = hot(100, 10);
        for (most, wanted_edges, wanted_cap) in [
            (4_950, 4_950, None),
            (4_949, 3_675, Some(1_275)),
            (100, 99, Some(4_851)),
            (1, 99, Some(4_851)),
        ] {
            let limits = Limits { pairs_per_object: most, ..NO_LIMIT };
            let found = edges(&actions, 1_000, &limits);
            assert_eq!(found.edges.len(), wanted_edges, "{most}");
            let cap = |pairs_skipped| Cap { object: 7, actions: 100, pairs_skipped };
            assert_eq!(found.capped, wanted_cap.map(cap).into_iter().collect::<Vec<_>>());
            assert!(found.edges.iter().any(|edge| edge.b == edge.a + 1));
        }
    }

    #[test]
    fn edges_without_room_are_told() {
        let limits = Limits { edges: 10, ..NO_LIMIT };
        let found = edges(&hot(6, 1), 100, &limits);
        assert_eq!((found.edges.len(), found.pairs_without_room), (10, 5));
    }

    #[test]
    fn a_hundred_thousand_shares_are_done_in_bounds() {
        let found = edges(&hot(100_000, 1), 1_000_000, &Limits::default());
        let wanted = 100_000_u64 * 99_999 / 2 - found.edges.len() as u64;
        assert_eq!(found.capped[0].pairs_skipped, wanted);
        assert_eq!(found.edges.len(), 999_945);
    }

    #[test]
    fn times_at_the_ends_of_the_range_do_no_harm() {
        let rows = [i64::MIN, -1, i64::MAX].iter().zip(0_u32..);
        let rows =
            rows.map(|(at_us, post)| Action { object: 0, account: post, at_us: *at_us, post });
        let actions = Actions::pack(Trace::Link, rows.collect());
        for (window, wanted) in [(0, 0), (i64::MAX - 1, 0), (i64::MAX, 3)] {
            assert_eq!(edges(&actions, window, &NO_LIMIT).edges.len(), wanted, "{window}");
        }
    }
}
