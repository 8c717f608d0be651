//! Groups of accounts out of significant pairs.
//!
//! Pairs belong to one group where they hang together by triangles: three accounts of which each
//! two are significant tie their three pairs together, and so on from triangle to triangle (truss
//! communities of order 3, Huang and others 2014). A single pair between two campaigns, or an
//! account that is in both, does not make one of them; such an account is in both groups. Where
//! several accounts are in both, the communities within a group are told apart by the Leiden
//! method. An account that is tied to one other only goes with that one.

use super::pairs::PairTest;
use crate::graph::{self, Grouping, Weighted, communities};
use crate::{Stopped, Watch};
use std::collections::BTreeMap;

/// A group is part of another one that holds so much of it.
const CONTAINED: f64 = 0.8;

/// A group of accounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cluster {
    /// The accounts, ascending.
    pub accounts: Vec<u32>,
    /// The pairs that tie them, as places in the list that was given, ascending.
    pub pairs: Vec<u32>,
}

/// The groups that pairs of accounts make, of at least so many accounts, the largest first.
///
/// Each pair has the smaller number first, and is given once.
#[must_use]
pub fn clusters(pairs: &[(u32, u32)], min_accounts: usize) -> Vec<Cluster> {
    let graph = Graph::new(pairs);
    let mut groups = Groups::new(pairs.len());
    for node in 0..graph.nodes.len() {
        graph.tie_around(node, &mut groups);
    }
    let mut members: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for pair in 0..pairs.len() as u32 {
        members.entry(groups.of(pair)).or_default().push(pair);
    }
    let mut found: Vec<Cluster> = members
        .into_values()
        .map(|own| Cluster { accounts: accounts_of(pairs, &own), pairs: own })
        .filter(|cluster| cluster.accounts.len() >= min_accounts)
        .collect();
    found.sort_by(|a, b| {
        b.accounts.len().cmp(&a.accounts.len()).then_with(|| a.accounts.cmp(&b.accounts))
    });
    found
}

fn accounts_of(pairs: &[(u32, u32)], own: &[u32]) -> Vec<u32> {
    let ends = own.iter().map(|pair| pairs[*pair as usize]);
    let mut accounts: Vec<u32> = ends.flat_map(|(a, b)| [a, b]).collect();
    accounts.sort_unstable();
    accounts.dedup();
    accounts
}

/// The groups from which campaigns are grown: the communities within each of the clusters, and the
/// accounts that are tied mostly to one of these without being in any cluster.
///
/// `pairs` are sorted by their accounts, each given once.
///
/// # Errors
/// [`Stopped`] where the watcher says so.
///
/// # Panics
/// Where there are 2^31 pairs or more.
pub fn seeds(
    pairs: &[PairTest],
    min_accounts: usize,
    watch: &mut dyn Watch,
) -> Result<Vec<Vec<u32>>, Stopped> {
    let ends: Vec<(u32, u32)> = pairs.iter().map(|pair| (pair.a, pair.b)).collect();
    let mut seeds = Vec::new();
    for cluster in clusters(&ends, min_accounts) {
        let own: Vec<&PairTest> = cluster.pairs.iter().map(|pair| &pairs[*pair as usize]).collect();
        let parts = communities_of(&cluster.accounts, &own, watch)?;
        seeds.extend(parts.into_iter().filter(|part| part.len() >= min_accounts));
    }
    attach(pairs, &mut seeds);
    Ok(seeds)
}

/// The communities of a cluster, by how surprising its pairs are.
fn communities_of(
    accounts: &[u32],
    pairs: &[&PairTest],
    watch: &mut dyn Watch,
) -> Result<Vec<Vec<u32>>, Stopped> {
    let place = |account: u32| accounts.partition_point(|other| *other < account) as u32;
    let edges = || {
        let weight = |pair: &PairTest| (-pair.log10_p).max(1e-3) as f32;
        pairs.iter().map(move |pair| (place(pair.a), place(pair.b), weight(pair)))
    };
    let nodes = accounts.len() as u32;
    let graph = Weighted::build(nodes, u64::MAX, edges, watch).map_err(stopped)?;
    let found = communities(&graph, Grouping::default(), watch).map_err(stopped)?;
    let mut parts = vec![Vec::new(); found.sizes.len()];
    for (account, part) in accounts.iter().zip(&found.of) {
        parts[*part as usize].push(*account);
    }
    Ok(parts)
}

/// A graph of significant pairs is never empty, too large or of unfit weights.
fn stopped(error: graph::Error) -> Stopped {
    match error {
        graph::Error::Stopped(stopped) => stopped,
        other => unreachable!("a cluster is a graph: {other}"),
    }
}

/// Adds accounts that are in no cluster to the seed that most of their evidence ties them to.
fn attach(pairs: &[PairTest], seeds: &mut [Vec<u32>]) {
    let mut seed_of: BTreeMap<u32, usize> = BTreeMap::new();
    for (place, seed) in seeds.iter().enumerate() {
        seed.iter().for_each(|account| _ = seed_of.entry(*account).or_insert(place));
    }
    let mut loose: BTreeMap<u32, BTreeMap<Option<usize>, f64>> = BTreeMap::new();
    for pair in pairs {
        for (own, other) in [(pair.a, pair.b), (pair.b, pair.a)] {
            if !seed_of.contains_key(&own) {
                let ties = loose.entry(own).or_default();
                *ties.entry(seed_of.get(&other).copied()).or_default() -= pair.log10_p;
            }
        }
    }
    for (account, ties) in loose {
        let all: f64 = ties.values().sum();
        let best = ties.into_iter().max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)));
        if let Some((Some(seed), weight)) = best
            && weight * 2.0 >= all
        {
            seeds[seed].push(account);
        }
    }
    seeds.iter_mut().for_each(|seed| seed.sort_unstable());
}

/// Joins groups of which each holds half of the other, or of which one holds nearly all of the
/// other, until there are none. Accounts in each are ascending, and remain so.
#[must_use]
pub fn joined(groups: &[Vec<u32>]) -> Vec<Vec<u32>> {
    let mut joined = groups.to_vec();
    while let Some((left, right)) = overlap(&joined) {
        let accounts = joined.remove(right);
        let into = &mut joined[left];
        into.extend(accounts);
        into.sort_unstable();
        into.dedup();
    }
    joined
}

/// The first two groups that are to be joined.
fn overlap(groups: &[Vec<u32>]) -> Option<(usize, usize)> {
    let mut of_account: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (at, accounts) in groups.iter().enumerate() {
        accounts.iter().for_each(|account| of_account.entry(*account).or_default().push(at));
    }
    let mut shared: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    for places in of_account.values() {
        for (n, right) in places.iter().enumerate() {
            places[..n].iter().for_each(|left| *shared.entry((*left, *right)).or_default() += 1);
        }
    }
    let are_one = |(left, right): (usize, usize), shared: usize| {
        let (left, right) = (groups[left].len(), groups[right].len());
        shared * 2 >= left.max(right) || shared as f64 >= CONTAINED * left.min(right) as f64
    };
    shared.into_iter().find(|(place, shared)| are_one(*place, *shared)).map(|(place, _)| place)
}

/// Accounts and pairs as a graph; nodes are places in the sorted list of accounts.
struct Graph {
    nodes: Vec<u32>,
    starts: Vec<u32>,
    /// Neighbour and pair, by node, then neighbour.
    edges: Vec<(u32, u32)>,
}

impl Graph {
    fn new(pairs: &[(u32, u32)]) -> Self {
        let mut nodes: Vec<u32> = pairs.iter().flat_map(|(a, b)| [*a, *b]).collect();
        nodes.sort_unstable();
        nodes.dedup();
        let place = |account: u32| nodes.partition_point(|node| *node < account) as u32;
        let mut edges: Vec<(u32, u32, u32)> = Vec::with_capacity(pairs.len() * 2);
        for (pair, (a, b)) in pairs.iter().enumerate() {
            let (a, b, pair) = (place(*a), place(*b), pair as u32);
            edges.extend([(a, b, pair), (b, a, pair)]);
        }
        edges.sort_unstable();
        let mut starts = vec![0; nodes.len() + 1];
        edges.iter().for_each(|(from, _, _)| starts[*from as usize + 1] += 1);
        (0..nodes.len()).for_each(|node| starts[node + 1] += starts[node]);
        let edges = edges.into_iter().map(|(_, to, pair)| (to, pair)).collect();
        Self { nodes, starts, edges }
    }

    fn of(&self, node: usize) -> &[(u32, u32)] {
        &self.edges[self.starts[node] as usize..self.starts[node + 1] as usize]
    }

    fn tied(&self, left: u32, right: u32) -> bool {
        self.of(left as usize).binary_search_by_key(&right, |edge| edge.0).is_ok()
    }

    /// Ties the pairs of one account whose other accounts are tied, directly or through others of
    /// its neighbours. Whoever is reached leaves the list of those still to be asked, so that a
    /// group in which all are tied to all costs no more than its pairs.
    fn tie_around(&self, node: usize, groups: &mut Groups) {
        let mut left: Vec<(u32, u32)> = self.of(node).to_vec();
        while let Some(begin) = left.pop() {
            let mut reached = vec![begin];
            while let Some((neighbour, pair)) = reached.pop() {
                left.retain(|(other, other_pair)| {
                    let tied = self.tied(neighbour, *other);
                    if tied {
                        groups.tie(pair, *other_pair);
                        reached.push((*other, *other_pair));
                    }
                    !tied
                });
            }
        }
    }
}

/// Which pairs are tied (union by smaller number, with halved paths).
struct Groups(Vec<u32>);

impl Groups {
    fn new(size: usize) -> Self {
        Self((0..size as u32).collect())
    }

    fn of(&mut self, mut pair: u32) -> u32 {
        while self.0[pair as usize] != pair {
            let above = self.0[self.0[pair as usize] as usize];
            self.0[pair as usize] = above;
            pair = above;
        }
        pair
    }

    fn tie(&mut self, left: u32, right: u32) {
        let (left, right) = (self.of(left), self.of(right));
        self.0[left.max(right) as usize] = left.min(right);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(pairs: &[(u32, u32)], min_accounts: usize, expected: &[&[u32]]) {
        let mut sorted = pairs.to_vec();
        sorted.sort_unstable();
        let found = clusters(&sorted, min_accounts);
        let accounts: Vec<&[u32]> = found.iter().map(|found| found.accounts.as_slice()).collect();
        assert_eq!(accounts, expected, "{pairs:?}");
        for cluster in &found {
            assert_eq!(accounts_of(&sorted, &cluster.pairs), cluster.accounts);
        }
    }

    /// Every pair of some accounts.
    fn all(accounts: &[u32]) -> Vec<(u32, u32)> {
        let after = |at: usize| accounts[at + 1..].iter().map(move |other| (accounts[at], *other));
        (0..accounts.len()).flat_map(after).collect()
    }

    #[test]
    fn groups_hang_together_by_triangles() {
        check(&[], 3, &[]);
        check(&[(1, 2)], 3, &[]);
        check(&[(1, 2)], 2, &[&[1, 2]]);
        check(&[(1, 2), (2, 3), (3, 4), (1, 4)], 3, &[]);
        check(&all(&[1, 2, 3]), 3, &[&[1, 2, 3]]);
        check(&[(1, 2), (1, 3), (2, 3), (2, 4), (3, 4), (4, 5)], 3, &[&[1, 2, 3, 4]]);
        check(&all(&[1, 2, 3]), 4, &[]);
    }

    #[test]
    fn neither_a_bridge_nor_a_shared_account_makes_one_group_of_two() {
        let two = [all(&[1, 2, 3, 4]), all(&[11, 12, 13])].concat();
        check(&two, 3, &[&[1, 2, 3, 4], &[11, 12, 13]]);
        check(&[two.clone(), vec![(4, 11)]].concat(), 3, &[&[1, 2, 3, 4], &[11, 12, 13]]);
        let shared = [two, vec![(4, 11), (4, 12), (4, 13)]].concat();
        check(&shared, 3, &[&[1, 2, 3, 4], &[4, 11, 12, 13]]);
    }

    #[test]
    fn groups_that_hold_half_of_each_other_are_joined() {
        type Case<'a> = (&'a [&'a [u32]], &'a [&'a [u32]]);
        let cases: [Case; 8] = [
            (&[], &[]),
            (&[&[1, 2, 3], &[4, 5]], &[&[1, 2, 3], &[4, 5]]),
            (&[&[1, 2, 3, 4], &[4, 5, 6]], &[&[1, 2, 3, 4], &[4, 5, 6]]),
            (&[&[1, 2, 3, 4], &[3, 4, 5, 6]], &[&[1, 2, 3, 4, 5, 6]]),
            // What comes of joining is held against the others again.
            (&[&[1, 2], &[8, 9], &[2, 3], &[1, 3]], &[&[1, 2, 3], &[8, 9]]),
            (&[&[1, 2], &[2, 3], &[3, 4]], &[&[1, 2, 3], &[3, 4]]),
            // Nearly all of a small group lies in a large one; more than half is not enough.
            (
                &[&[1, 2, 3, 4, 5, 6, 7, 8, 9], &[6, 7, 8, 9, 10]],
                &[&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]],
            ),
            (
                &[&[1, 2, 3, 4, 5, 6, 7, 8, 9], &[7, 8, 9, 10, 11]],
                &[&[1, 2, 3, 4, 5, 6, 7, 8, 9], &[7, 8, 9, 10, 11]],
            ),
        ];
        for (groups, expected) in cases {
            let groups: Vec<Vec<u32>> = groups.iter().map(|group| group.to_vec()).collect();
            assert_eq!(joined(&groups), expected, "{groups:?}");
        }
    }

    /// Pairs that share a triangle are in one group: by going through all triples.
    fn by_triples(pairs: &[(u32, u32)]) -> Vec<u32> {
        let mut of: Vec<u32> = (0..pairs.len() as u32).collect();
        let find = |a: u32, b: u32| pairs.iter().position(|pair| *pair == (a.min(b), a.max(b)));
        for _ in 0..pairs.len() {
            for (at, (a, b)) in pairs.iter().enumerate() {
                for c in 0..12 {
                    if let (Some(left), Some(right)) = (find(*a, c), find(*b, c)) {
                        let least = of[at].min(of[left]).min(of[right]);
                        (of[at], of[left], of[right]) = (least, least, least);
                    }
                }
            }
        }
        of
    }

    proptest! {
        #[test]
        fn groups_are_those_of_all_triples(
            pairs in prop::collection::btree_set((0..12_u32, 0..12_u32), 0..40),
        ) {
            let pairs: Vec<_> = pairs.into_iter().filter(|(a, b)| a < b).collect();
            let of = by_triples(&pairs);
            let mut expected: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
            for (pair, group) in of.iter().enumerate() {
                expected.entry(*group).or_default().push(pair as u32);
            }
            let mut found: Vec<_> =
                clusters(&pairs, 2).into_iter().map(|found| found.pairs).collect();
            found.sort();
            prop_assert_eq!(found, expected.into_values().collect::<Vec<_>>());
        }
    }
}
