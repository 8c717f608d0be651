//! An undirected graph with weights, as packed lists.

use super::adjacency::{STRIDE, add_up};
use super::{Along, Dropped, Error, Graph, NOBODY};
use crate::watch::{Watch, step};

/// A neighbour and the weight of the edge to it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Link {
    /// The neighbour.
    pub node: u32,
    /// Finite and above 0.
    pub weight: f32,
}

/// What can be seen as an undirected graph with weights.
pub trait Linked {
    /// How many nodes there are.
    fn nodes(&self) -> u32;

    /// Says every neighbour of a node with the weight of the edge to it. A neighbour may come more
    /// than once; the weights then add up. The edge is said at both of its ends alike, and none
    /// leads to the node itself.
    ///
    /// # Panics
    /// Where there is no such node.
    fn each_link(&self, node: u32, say: impl FnMut(u32, f32));
}

/// Directions are not looked at; every edge weighs 1, a mutual one 2.
impl Linked for Graph {
    fn nodes(&self) -> u32 {
        self.nodes()
    }

    fn each_link(&self, node: u32, mut say: impl FnMut(u32, f32)) {
        for side in self.sides(node, Along::Both) {
            side.iter().for_each(|other| say(*other, 1.0));
        }
    }
}

/// An undirected graph with weights: each edge once, no loops, every list of neighbours sorted.
///
/// Takes 16 bytes for each edge and 4 for each node.
#[derive(Debug, Clone, PartialEq)]
pub struct Weighted {
    starts: Vec<u32>,
    links: Vec<Link>,
    dropped: Dropped,
}

impl Linked for Weighted {
    fn nodes(&self) -> u32 {
        self.nodes()
    }

    fn each_link(&self, node: u32, mut say: impl FnMut(u32, f32)) {
        self.links(node).iter().for_each(|link| say(link.node, link.weight));
    }
}

impl Weighted {
    /// The memory in bytes that building a graph takes at most, where so many edges are given,
    /// duplicates among them.
    #[must_use]
    pub fn bytes_needed(nodes: u32, edges: u64) -> u64 {
        32 * edges + 12 * (u64::from(nodes) + 1)
    }

    /// Builds a graph of so many nodes from edges (one end, other end, weight) in any order.
    ///
    /// `edges` is called twice and must give the same edges both times. The weights of an edge that
    /// is given more than once, either way, add up, and [`Weighted::dropped`] counts what was given
    /// again; loops are dropped.
    ///
    /// # Errors
    /// As [`Graph::build`], with [`Weighted::bytes_needed`]; [`Error::NotAWeight`].
    pub fn build<I: Iterator<Item = (u32, u32, f32)>>(
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
        if needed_bytes > limit_bytes || total > u64::from(u32::MAX / 2) {
            return Err(Error::TooLarge { nodes, edges: total, needed_bytes, limit_bytes });
        }
        let mut graph = place(starts, edges(), watch)?.turned();
        step(watch, "graph_sorted", 1, 1)?;
        let duplicates = graph.add_duplicates() / 2;
        graph.dropped = Dropped { duplicates, loops };
        Ok(graph)
    }

    /// The edges of a directed graph among some of its nodes, which are renumbered by their places
    /// in `members`: 1 for an edge, 2 for a mutual one.
    ///
    /// # Errors
    /// [`Error::NoNodes`] where there are no members; [`Error::NoSuchNode`] where a member is no
    /// node or is named twice; [`Error::TooLarge`]; [`Error::Stopped`].
    pub fn among(
        graph: &Graph,
        members: &[u32],
        limit_bytes: u64,
        watch: &mut dyn Watch,
    ) -> Result<Self, Error> {
        let nodes = graph.nodes();
        let mut number = vec![NOBODY; nodes as usize];
        for (place, node) in (0u32..).zip(members) {
            let known = number.get_mut(*node as usize).filter(|number| **number == NOBODY);
            let Some(number) = known else {
                let what = format!("member {place}");
                return Err(Error::NoSuchNode { what, node: *node, nodes });
            };
            *number = place;
        }
        let edges = || {
            (0u32..).zip(members).flat_map(|(from, node)| {
                let others = graph.outs(*node).iter().map(|other| number[*other as usize]);
                others.filter(|to| *to != NOBODY).map(move |to| (from, to, 1.0))
            })
        };
        Self::build(members.len() as u32, limit_bytes, edges, watch)
    }

    /// A graph from lists that are as they must be: each edge at both of its ends.
    pub(super) fn of_lists(starts: Vec<u32>, links: Vec<Link>) -> Self {
        Self { starts, links, dropped: Dropped::default() }
    }

    /// How many nodes there are.
    #[must_use]
    pub fn nodes(&self) -> u32 {
        (self.starts.len() - 1) as u32
    }

    /// How many edges there are.
    #[must_use]
    pub fn edges(&self) -> u32 {
        (self.links.len() / 2) as u32
    }

    /// What was given but is no edge by itself.
    #[must_use]
    pub fn dropped(&self) -> Dropped {
        self.dropped
    }

    /// The neighbours of a node, sorted.
    ///
    /// # Panics
    /// Where there is no such node.
    #[must_use]
    pub fn links(&self, node: u32) -> &[Link] {
        let node = node as usize;
        &self.links[self.starts[node] as usize..self.starts[node + 1] as usize]
    }

    /// Every edge once, from its smaller end, sorted.
    pub fn each_edge(&self) -> impl Iterator<Item = (u32, u32, f32)> {
        (0..self.nodes()).flat_map(|from| {
            let above = self.links(from).iter().filter(move |link| link.node > from);
            above.map(move |link| (from, link.node, link.weight))
        })
    }

    /// The same graph with sorted lists, since every edge stands at both of its ends.
    fn turned(&self) -> Self {
        let nodes = self.nodes();
        let mut next = self.starts[..nodes as usize].to_vec();
        let mut links = vec![Link { node: 0, weight: 0.0 }; self.links.len()];
        for node in 0..nodes {
            for link in self.links(node) {
                let place = &mut next[link.node as usize];
                links[*place as usize] = Link { node, weight: link.weight };
                *place += 1;
            }
        }
        Self { starts: self.starts.clone(), links, dropped: self.dropped }
    }

    /// Makes one of equal neighbours in sorted lists, and says how many went.
    fn add_duplicates(&mut self) -> u64 {
        let before = self.links.len();
        let (mut kept, mut start) = (0, 0);
        for node in 0..self.starts.len() - 1 {
            let end = self.starts[node + 1] as usize;
            let first = kept;
            self.starts[node] = kept as u32;
            for at in start..end {
                let link = self.links[at];
                if kept > first && self.links[kept - 1].node == link.node {
                    self.links[kept - 1].weight += link.weight;
                } else {
                    self.links[kept] = link;
                    kept += 1;
                }
            }
            start = end;
        }
        if let Some(end) = self.starts.last_mut() {
            *end = kept as u32;
        }
        self.links.truncate(kept);
        self.links.shrink_to_fit();
        (before - kept) as u64
    }
}

/// How many links each node has, each count one place behind its node; how many edges there are,
/// and how many loops.
fn count(
    nodes: u32,
    edges: impl Iterator<Item = (u32, u32, f32)>,
    watch: &mut dyn Watch,
) -> Result<(Vec<u32>, u64, u64), Error> {
    let mut counts = vec![0u32; nodes as usize + 1];
    let (mut total, mut loops) = (0, 0);
    let expected = edges.size_hint().0 as u64;
    for (at, (a, b, weight)) in (0u64..).zip(edges) {
        if at & (STRIDE - 1) == 0 {
            step(watch, "edges_counted", at, expected.max(at))?;
        }
        if a >= nodes || b >= nodes {
            let node = if a >= nodes { a } else { b };
            return Err(Error::NoSuchNode { what: format!("edge {at}"), node, nodes });
        }
        if !(weight.is_finite() && weight > 0.0) {
            return Err(Error::NotAWeight { edge: at, weight });
        }
        if a == b {
            loops += 1;
            continue;
        }
        total += 1;
        // A count that goes round belongs to a graph that is refused for its size.
        for end in [a, b] {
            let count = &mut counts[end as usize + 1];
            *count = count.wrapping_add(1);
        }
    }
    Ok((counts, total, loops))
}

/// The links of each node in the order of the edges.
fn place(
    mut starts: Vec<u32>,
    edges: impl Iterator<Item = (u32, u32, f32)>,
    watch: &mut dyn Watch,
) -> Result<Weighted, Error> {
    add_up(&mut starts);
    let nodes = starts.len() - 1;
    let total = starts[nodes] as usize;
    let mut next = starts[..nodes].to_vec();
    let mut links = vec![Link { node: 0, weight: 0.0 }; total];
    let mut done = 0;
    for (a, b, weight) in edges.filter(|(a, b, _)| a != b) {
        if done & (2 * STRIDE as usize - 1) == 0 {
            step(watch, "edges_placed", done as u64, total as u64)?;
        }
        for (end, node) in [(a, b), (b, a)] {
            let known = (end as usize) < nodes && weight.is_finite() && weight > 0.0;
            if !known || next[end as usize] == starts[end as usize + 1] {
                return Err(Error::Unsteady);
            }
            let place = &mut next[end as usize];
            links[*place as usize] = Link { node, weight };
            *place += 1;
        }
        done += 2;
    }
    if done < total {
        return Err(Error::Unsteady);
    }
    Ok(Weighted::of_lists(starts, links))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{GRAPHS, built, edge_lists, weighted, weighted_lists};
    use super::*;
    use crate::Unwatched;
    use proptest::prelude::*;
    use std::cell::Cell;
    use std::collections::BTreeMap;

    fn build(nodes: u32, edges: &[(u32, u32, f32)]) -> Result<Weighted, Error> {
        Weighted::build(nodes, u64::MAX, || edges.iter().copied(), &mut Unwatched)
    }

    #[test]
    fn weights_of_one_edge_add_up() {
        let edges = [(2, 0, 1.0), (0, 1, 0.5), (0, 2, 2.0), (1, 1, 9.0), (2, 0, 4.0)];
        let graph = build(4, &edges).unwrap();
        assert_eq!(graph.each_edge().collect::<Vec<_>>(), [(0, 1, 0.5), (0, 2, 7.0)]);
        assert_eq!(graph.links(2), [Link { node: 0, weight: 7.0 }]);
        assert_eq!((graph.nodes(), graph.edges()), (4, 2));
        assert_eq!(graph.dropped(), Dropped { duplicates: 2, loops: 1 });
    }

    #[test]
    fn bad_input_is_named() {
        let range = |node| Error::NoSuchNode { what: "edge 0".into(), node, nodes: 2 };
        let cases = [
            (0, (0, 0, 1.0), Error::NoNodes),
            (2, (0, 2, 1.0), range(2)),
            (2, (3, 0, 1.0), range(3)),
            (2, (0, 1, 0.0), Error::NotAWeight { edge: 0, weight: 0.0 }),
            (2, (0, 1, -1.0), Error::NotAWeight { edge: 0, weight: -1.0 }),
            (2, (1, 0, f32::INFINITY), Error::NotAWeight { edge: 0, weight: f32::INFINITY }),
        ];
        for (nodes, edge, wanted) in cases {
            assert_eq!(build(nodes, &[edge]), Err(wanted), "{nodes} {edge:?}");
        }
        assert!(matches!(build(2, &[(0, 1, f32::NAN)]), Err(Error::NotAWeight { edge: 0, .. })));
        let edges = || std::iter::once((0, 1, 1.0));
        let refused = Weighted::build(2, 10, edges, &mut Unwatched);
        let wanted = Error::TooLarge { nodes: 2, edges: 1, needed_bytes: 68, limit_bytes: 10 };
        assert_eq!(refused, Err(wanted));
    }

    #[test]
    fn edges_that_change_are_refused() {
        let readings: [&[(u32, u32, f32)]; 4] =
            [&[], &[(0, 1, 1.0); 2], &[(0, 2, 1.0)], &[(0, 1, f32::NAN)]];
        for second in readings {
            let first = Cell::new(true);
            let edges = || {
                let edges = if first.replace(false) { &[(0, 1, 1.0)][..] } else { second };
                edges.iter().copied()
            };
            let refused = Weighted::build(3, u64::MAX, edges, &mut Unwatched);
            assert_eq!(refused, Err(Error::Unsteady), "{second:?}");
        }
    }

    #[test]
    fn members_are_cut_out_and_renumbered() {
        let graph = built(5, &[(4, 1), (1, 4), (1, 0), (2, 1), (3, 4)]);
        let cut = |members: &[u32]| Weighted::among(&graph, members, u64::MAX, &mut Unwatched);
        let among = cut(&[4, 2, 1]).unwrap();
        assert_eq!(among.each_edge().collect::<Vec<_>>(), [(0, 2, 2.0), (1, 2, 1.0)]);
        let wrong = |node| Error::NoSuchNode { what: "member 1".into(), node, nodes: 5 };
        assert_eq!(cut(&[4, 4]), Err(wrong(4)));
        assert_eq!(cut(&[4, 5]), Err(wrong(5)));
        assert_eq!(cut(&[]), Err(Error::NoNodes));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(GRAPHS))]

        #[test]
        fn edges_are_those_that_were_given((nodes, edges) in weighted_lists()) {
            let graph = weighted(nodes, &edges);
            let mut wanted = BTreeMap::new();
            for (a, b, weight) in edges.iter().filter(|(a, b, _)| a != b) {
                *wanted.entry((*a.min(b), *a.max(b))).or_insert(0.0) += weight;
            }
            let found: BTreeMap<_, _> = graph.each_edge().map(|(a, b, w)| ((a, b), w)).collect();
            prop_assert_eq!(found, wanted);
            for node in 0..nodes {
                prop_assert!(graph.links(node).is_sorted_by(|a, b| a.node < b.node));
                for link in graph.links(node) {
                    let back = Link { node, weight: link.weight };
                    prop_assert!(graph.links(link.node).contains(&back));
                }
            }
        }

        #[test]
        fn a_directed_graph_is_linked_both_ways((nodes, edges) in edge_lists()) {
            let graph = built(nodes, &edges);
            for a in 0..nodes {
                let mut found = vec![0.0; nodes as usize];
                graph.each_link(a, |node, weight| found[node as usize] += weight);
                for b in 0..nodes {
                    let wanted = u8::from(graph.has(a, b)) + u8::from(graph.has(b, a));
                    prop_assert_eq!(found[b as usize], f32::from(wanted));
                }
            }
        }
    }
}
