//! A directed graph as two packed lists of lists.

use super::{Along, Error};
use crate::dataset::Follows;
use crate::watch::{Watch, step};
use serde::{Deserialize, Serialize};

/// How many edges are read between two words with the watcher; a power of two.
pub(super) const STRIDE: u64 = 1 << 20;

/// A list of nodes for each node.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Lists {
    /// Where the list of each node starts, and behind them the end of the last.
    starts: Vec<u32>,
    nodes: Vec<u32>,
}

impl Lists {
    fn of(&self, node: u32) -> &[u32] {
        let node = node as usize;
        &self.nodes[self.starts[node] as usize..self.starts[node + 1] as usize]
    }

    /// For each node those in whose lists it stands; sorted, whatever the order was before.
    fn turned(&self) -> Self {
        let nodes = self.starts.len() - 1;
        let mut starts = vec![0u32; nodes + 1];
        self.nodes.iter().for_each(|node| starts[*node as usize + 1] += 1);
        add_up(&mut starts);
        let mut next = starts[..nodes].to_vec();
        let mut turned = vec![0u32; self.nodes.len()];
        for node in 0..nodes as u32 {
            for other in self.of(node) {
                let place = &mut next[*other as usize];
                turned[*place as usize] = node;
                *place += 1;
            }
        }
        Self { starts, nodes: turned }
    }

    /// Keeps one of equal neighbours in sorted lists, and says how many were dropped.
    fn drop_duplicates(&mut self) -> u64 {
        let before = self.nodes.len();
        let mut kept = 0;
        let mut start = 0;
        for node in 0..self.starts.len() - 1 {
            let end = self.starts[node + 1] as usize;
            self.starts[node] = kept as u32;
            for at in start..end {
                if at == start || self.nodes[at] != self.nodes[at - 1] {
                    self.nodes[kept] = self.nodes[at];
                    kept += 1;
                }
            }
            start = end;
        }
        if let Some(end) = self.starts.last_mut() {
            *end = kept as u32;
        }
        self.nodes.truncate(kept);
        self.nodes.shrink_to_fit();
        (before - kept) as u64
    }
}

/// Turns counts, each one place behind its own, into starts.
pub(super) fn add_up(counts: &mut [u32]) {
    let mut sum = 0;
    for count in counts {
        sum += *count;
        *count = sum;
    }
}

/// What was given but is no edge of a simple graph.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dropped {
    /// Edges that were given before.
    pub duplicates: u64,
    /// Edges from a node to itself.
    pub loops: u64,
}

/// A directed graph without weights: each edge once, no loops, every list of neighbours sorted.
///
/// Takes 8 bytes for each edge and 8 for each node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Graph {
    outs: Lists,
    ins: Lists,
    dropped: Dropped,
}

impl Graph {
    /// The memory in bytes that building a graph takes at most, where so many edges are given,
    /// duplicates among them.
    #[must_use]
    pub fn bytes_needed(nodes: u32, edges: u64) -> u64 {
        8 * edges + 12 * (u64::from(nodes) + 1)
    }

    /// Builds a graph of so many nodes from edges (from, to) in any order.
    ///
    /// `edges` is called twice and must give the same edges both times, so that nobody needs to
    /// hold them: the first reading counts them, the second puts them in place. Duplicates and
    /// loops are dropped and counted in [`Graph::dropped`].
    ///
    /// # Errors
    /// [`Error::NoNodes`]; [`Error::NoSuchNode`] for an edge out of range; [`Error::TooLarge`]
    /// where [`Graph::bytes_needed`] is more than `limit_bytes` or there are 2^32 edges or more,
    /// before the memory is taken; [`Error::Unsteady`]; [`Error::Stopped`].
    pub fn build<I: Iterator<Item = (u32, u32)>>(
        nodes: u32,
        limit_bytes: u64,
        edges: impl Fn() -> I,
        watch: &mut dyn Watch,
    ) -> Result<Self, Error> {
        if nodes == 0 {
            return Err(Error::NoNodes);
        }
        let (starts, total, loops) = count(nodes, edges(), watch)?;
        let needed_bytes = Self::bytes_needed(nodes, total);
        if needed_bytes > limit_bytes || total > u64::from(u32::MAX) {
            return Err(Error::TooLarge { nodes, edges: total, needed_bytes, limit_bytes });
        }
        let ins = place(starts, total, edges(), watch)?;
        let mut outs = ins.turned();
        drop(ins);
        step(watch, "graph_sorted", 1, 2)?;
        let duplicates = outs.drop_duplicates();
        let ins = outs.turned();
        step(watch, "graph_sorted", 2, 2)?;
        Ok(Self { outs, ins, dropped: Dropped { duplicates, loops } })
    }

    /// The graph of who follows whom among so many accounts.
    ///
    /// # Errors
    /// As [`Graph::build`].
    pub fn of_follows(
        accounts: u32,
        follows: &Follows,
        limit_bytes: u64,
        watch: &mut dyn Watch,
    ) -> Result<Self, Error> {
        let edges = || follows.from.iter().copied().zip(follows.to.iter().copied());
        Self::build(accounts, limit_bytes, edges, watch)
    }

    /// How many nodes there are.
    #[must_use]
    pub fn nodes(&self) -> u32 {
        (self.outs.starts.len() - 1) as u32
    }

    /// How many edges there are.
    #[must_use]
    pub fn edges(&self) -> u32 {
        self.outs.nodes.len() as u32
    }

    /// What was given but left out.
    #[must_use]
    pub fn dropped(&self) -> Dropped {
        self.dropped
    }

    /// Those that a node points at, sorted.
    ///
    /// # Panics
    /// Where there is no such node.
    #[must_use]
    pub fn outs(&self, node: u32) -> &[u32] {
        self.outs.of(node)
    }

    /// Those that point at a node, sorted.
    ///
    /// # Panics
    /// Where there is no such node.
    #[must_use]
    pub fn ins(&self, node: u32) -> &[u32] {
        self.ins.of(node)
    }

    /// The neighbours of a node that way, in one or two sorted lists.
    ///
    /// # Panics
    /// Where there is no such node.
    #[must_use]
    pub fn sides(&self, node: u32, along: Along) -> [&[u32]; 2] {
        match along {
            Along::Out => [self.outs(node), &[]],
            Along::In => [self.ins(node), &[]],
            Along::Both => [self.outs(node), self.ins(node)],
        }
    }

    /// How many neighbours a node has that way; one that is met both ways counts twice.
    ///
    /// # Panics
    /// Where there is no such node.
    #[must_use]
    pub fn degree(&self, node: u32, along: Along) -> u32 {
        self.sides(node, along).iter().map(|side| side.len() as u32).sum()
    }

    /// Whether there is an edge.
    ///
    /// # Panics
    /// Where there is no node of one of the numbers.
    #[must_use]
    pub fn has(&self, from: u32, to: u32) -> bool {
        let (list, node) = self.where_an_edge_stands(from, to);
        list.binary_search(&node).is_ok()
    }

    /// The shorter of the two lists in which an edge stands, if it is there, and as whom.
    pub(super) fn where_an_edge_stands(&self, from: u32, to: u32) -> (&[u32], u32) {
        let (outs, ins) = (self.outs(from), self.ins(to));
        if outs.len() <= ins.len() { (outs, to) } else { (ins, from) }
    }

    /// Every edge, sorted by from, then to.
    pub fn each_edge(&self) -> impl Iterator<Item = (u32, u32)> {
        let one = |from| self.outs(from).iter().map(move |to| (from, *to));
        (0..self.nodes()).flat_map(one)
    }
}

/// How many edges go to each node, each count one place behind its node; how many edges there are,
/// and how many loops.
fn count(
    nodes: u32,
    edges: impl Iterator<Item = (u32, u32)>,
    watch: &mut dyn Watch,
) -> Result<(Vec<u32>, u64, u64), Error> {
    let mut counts = vec![0u32; nodes as usize + 1];
    let (mut total, mut loops) = (0, 0);
    let expected = edges.size_hint().0 as u64;
    for (at, (from, to)) in (0u64..).zip(edges) {
        if at & (STRIDE - 1) == 0 {
            step(watch, "edges_counted", at, expected.max(at))?;
        }
        if from >= nodes || to >= nodes {
            let node = if from >= nodes { from } else { to };
            return Err(Error::NoSuchNode { what: format!("edge {at}"), node, nodes });
        }
        if from == to {
            loops += 1;
            continue;
        }
        total += 1;
        // A count that goes round belongs to a graph that is refused for its size.
        let count = &mut counts[to as usize + 1];
        *count = count.wrapping_add(1);
    }
    Ok((counts, total, loops))
}

/// For each node those that point at it, in the order of the edges.
fn place(
    mut starts: Vec<u32>,
    total: u64,
    edges: impl Iterator<Item = (u32, u32)>,
    watch: &mut dyn Watch,
) -> Result<Lists, Error> {
    add_up(&mut starts);
    let nodes = starts.len() - 1;
    let mut next = starts[..nodes].to_vec();
    let mut placed = vec![0u32; total as usize];
    let mut done = 0;
    for (from, to) in edges {
        if done & (STRIDE - 1) == 0 {
            step(watch, "edges_placed", done, total)?;
        }
        if from == to {
            continue;
        }
        let known = (to as usize) < nodes && (from as usize) < nodes;
        if !known || next[to as usize] == starts[to as usize + 1] {
            return Err(Error::Unsteady);
        }
        let place = &mut next[to as usize];
        placed[*place as usize] = from;
        *place += 1;
        done += 1;
    }
    if done < total {
        return Err(Error::Unsteady);
    }
    Ok(Lists { starts, nodes: placed })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{GRAPHS, built, edge_lists};
    use super::*;
    use crate::{Go, Stopped, Unwatched};
    use proptest::prelude::*;
    use std::cell::Cell;
    use std::collections::BTreeSet;

    const PLENTY: u64 = u64::MAX;

    fn build(nodes: u32, edges: &[(u32, u32)]) -> Result<Graph, Error> {
        Graph::build(nodes, PLENTY, || edges.iter().copied(), &mut Unwatched)
    }

    #[test]
    fn neighbours_are_sorted_and_each_once() {
        let graph = build(4, &[(2, 1), (0, 3), (0, 1), (1, 1), (2, 1), (0, 1), (1, 0)]).unwrap();
        assert_eq!((graph.nodes(), graph.edges()), (4, 4));
        assert_eq!(graph.dropped(), Dropped { duplicates: 2, loops: 1 });
        let outs: Vec<&[u32]> = (0..4).map(|node| graph.outs(node)).collect();
        let ins: Vec<&[u32]> = (0..4).map(|node| graph.ins(node)).collect();
        assert_eq!(outs, [&[1, 3][..], &[0], &[1], &[]]);
        assert_eq!(ins, [&[1][..], &[0, 2], &[], &[0]]);
        assert_eq!(graph.sides(0, Along::Both), [&[1, 3][..], &[1]]);
        assert_eq!(graph.degree(0, Along::Both), 3);
        assert!(graph.has(0, 3) && !graph.has(3, 0));
        assert_eq!(graph.each_edge().collect::<Vec<_>>(), [(0, 1), (0, 3), (1, 0), (2, 1)]);
    }

    #[test]
    fn bad_input_is_named() {
        let range = |what: &str, node| Error::NoSuchNode { what: what.into(), node, nodes: 2 };
        let cases = [
            (0, vec![], Error::NoNodes),
            (2, vec![(0, 1), (2, 0)], range("edge 1", 2)),
            (2, vec![(0, 9)], range("edge 0", 9)),
        ];
        for (nodes, edges, wanted) in cases {
            assert_eq!(build(nodes, &edges), Err(wanted), "{nodes} {edges:?}");
        }
        let text = build(2, &[(0, 9)]).unwrap_err().to_string();
        assert_eq!(text, "edge 0 names node 9, but nodes go from 0 to one below 2");
    }

    #[test]
    fn memory_is_estimated_before_it_is_taken() {
        let edges = [(0, 1), (1, 2), (2, 0)];
        let needed_bytes = Graph::bytes_needed(3, 3);
        let limited =
            |limit| Graph::build(3, limit, || edges.iter().copied(), &mut Unwatched).map(drop);
        assert_eq!(limited(needed_bytes), Ok(()));
        let limit_bytes = needed_bytes - 1;
        let wanted = Error::TooLarge { nodes: 3, edges: 3, needed_bytes, limit_bytes };
        assert_eq!(limited(limit_bytes), Err(wanted));
    }

    #[test]
    fn edges_that_change_are_refused() {
        let readings: [&[(u32, u32)]; 4] = [&[(0, 1)], &[(0, 1); 3], &[(0, 1), (1, 2)], &[(0, 7)]];
        for second in readings {
            let first = Cell::new(true);
            let edges = || {
                let edges = if first.replace(false) { &[(0, 1), (2, 1)][..] } else { second };
                edges.iter().copied()
            };
            let refused = Graph::build(3, PLENTY, edges, &mut Unwatched);
            assert_eq!(refused, Err(Error::Unsteady), "{second:?}");
        }
    }

    #[test]
    fn a_watcher_stops_it() {
        struct After(u32);
        impl Watch for After {
            fn progress(&mut self, _: &'static str, done: u64, total: u64) -> Go {
                assert!(done <= total);
                self.0 = self.0.saturating_sub(1);
                if self.0 == 0 { Go::Stop } else { Go::On }
            }
        }
        for steps in 1..=4 {
            let edges = || [(0, 1), (1, 0)].into_iter();
            let stopped = Graph::build(2, PLENTY, edges, &mut After(steps));
            assert_eq!(stopped, Err(Error::Stopped(Stopped)), "{steps}");
        }
    }

    #[test]
    fn follows_become_edges() {
        let follows = Follows { from: vec![0, 1], to: vec![2, 0], at_us: vec![0, 0] };
        let graph = Graph::of_follows(3, &follows, PLENTY, &mut Unwatched).unwrap();
        assert_eq!(graph.each_edge().collect::<Vec<_>>(), [(0, 2), (1, 0)]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(GRAPHS))]

        #[test]
        fn both_directions_hold_the_same_edges((nodes, edges) in edge_lists()) {
            let graph = built(nodes, &edges);
            let wanted: BTreeSet<(u32, u32)> =
                edges.iter().copied().filter(|(from, to)| from != to).collect();
            let outs: Vec<_> = graph.each_edge().collect();
            prop_assert_eq!(&outs, &wanted.iter().copied().collect::<Vec<_>>());
            let ins: BTreeSet<(u32, u32)> = (0..nodes)
                .flat_map(|to| graph.ins(to).iter().map(move |from| (*from, to)))
                .collect();
            prop_assert_eq!(ins, wanted);
            prop_assert!((0..nodes).all(|node| graph.ins(node).is_sorted()));
            let Dropped { duplicates, loops } = graph.dropped();
            prop_assert_eq!(outs.len() as u64 + duplicates + loops, edges.len() as u64);
        }
    }
}
