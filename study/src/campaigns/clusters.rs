//! Groups of accounts out of significant pairs.
//!
//! Pairs belong to one group where they hang together by triangles: three accounts of which each
//! two are significant tie their three pairs together, and so on from triangle to triangle (truss
//! communities of order 3, Huang and others 2014). A single pair between two campaigns, or an
//! account that is in both, does not make one of them; such an account is in both groups. An
//! account that is tied to one other only is in none.

use std::collections::BTreeMap;

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

/// Joins groups of accounts of which one holds at least half of the smaller other, until none does.
///
/// Groups and the accounts in each are ascending; so is what comes back, with the places of the
/// groups that went into each.
#[must_use]
pub fn joined(groups: &[Vec<u32>]) -> Vec<(Vec<u32>, Vec<usize>)> {
    let mut joined: Vec<(Vec<u32>, Vec<usize>)> =
        groups.iter().enumerate().map(|(at, group)| (group.clone(), vec![at])).collect();
    loop {
        let Some((left, right)) = overlap(&joined) else { return joined };
        let (accounts, places) = joined.remove(right);
        let into = &mut joined[left];
        into.0.extend(accounts);
        into.0.sort_unstable();
        into.0.dedup();
        into.1.extend(places);
        into.1.sort_unstable();
    }
}

/// The first two groups that overlap by half of the smaller one.
fn overlap(groups: &[(Vec<u32>, Vec<usize>)]) -> Option<(usize, usize)> {
    let mut of_account: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (at, (accounts, _)) in groups.iter().enumerate() {
        accounts.iter().for_each(|account| of_account.entry(*account).or_default().push(at));
    }
    let mut shared: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    for places in of_account.values() {
        for (n, right) in places.iter().enumerate() {
            places[..n].iter().for_each(|left| *shared.entry((*left, *right)).or_default() += 1);
        }
    }
    let half = |place: (usize, usize), shared: usize| {
        shared * 2 >= groups[place.0].0.len().min(groups[place.1].0.len())
    };
    shared.into_iter().find(|(place, shared)| half(*place, *shared)).map(|(place, _)| place)
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
    fn groups_that_overlap_by_half_are_joined() {
        type Case<'a> = (&'a [&'a [u32]], &'a [(&'a [u32], &'a [usize])]);
        let cases: [Case; 5] = [
            (&[], &[]),
            (&[&[1, 2, 3], &[4, 5]], &[(&[1, 2, 3], &[0]), (&[4, 5], &[1])]),
            (&[&[1, 2, 3, 4], &[4, 5, 6]], &[(&[1, 2, 3, 4], &[0]), (&[4, 5, 6], &[1])]),
            (&[&[1, 2, 3, 4], &[3, 4, 5, 6]], &[(&[1, 2, 3, 4, 5, 6], &[0, 1])]),
            (
                &[&[1, 2], &[8, 9], &[2, 3], &[3, 4]],
                &[(&[1, 2, 3, 4], &[0, 2, 3]), (&[8, 9], &[1])],
            ),
        ];
        for (groups, expected) in cases {
            let groups: Vec<Vec<u32>> = groups.iter().map(|group| group.to_vec()).collect();
            let told = joined(&groups);
            let told: Vec<_> =
                told.iter().map(|(group, of)| (group.as_slice(), of.as_slice())).collect();
            assert_eq!(told, expected, "{groups:?}");
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
