//! A graph and the edges that came since it was built.

use super::{Along, Error, Graph, NOBODY, NodeSet};
use foldhash::quality::RandomState;
use hashbrown::{HashMap, HashSet};

/// Neighbours that were added, as a chain for each node, newest first.
#[derive(Debug, Clone)]
struct Chains {
    /// The nodes that have a chain. Most have none, which this says from a few kilobytes.
    chained: NodeSet,
    /// The newest link of each that has.
    first: HashMap<u32, u32, RandomState>,
    links: Vec<Link>,
}

#[derive(Debug, Clone, Copy)]
struct Link {
    node: u32,
    /// The link that is next, or [`NOBODY`].
    next: u32,
    /// How many links the chain has from here on.
    len: u32,
}

impl Chains {
    fn new(nodes: u32) -> Self {
        let chained = NodeSet::none(nodes);
        Self { chained, first: HashMap::default(), links: Vec::new() }
    }

    fn first(&self, of: u32) -> u32 {
        if !self.chained.has(of) {
            return NOBODY;
        }
        self.first.get(&of).copied().unwrap_or(NOBODY)
    }

    fn len(&self, of: u32) -> u32 {
        self.links.get(self.first(of) as usize).map_or(0, |link| link.len)
    }

    fn add(&mut self, of: u32, node: u32) {
        let len = self.len(of) + 1;
        self.chained.insert(of);
        let next = self.first.insert(of, self.links.len() as u32).unwrap_or(NOBODY);
        self.links.push(Link { node, next, len });
    }

    fn each(&self, of: u32) -> impl Iterator<Item = u32> {
        let mut at = self.first(of);
        std::iter::from_fn(move || {
            let link = self.links.get(at as usize)?;
            at = link.next;
            Some(link.node)
        })
    }
}

/// A graph with edges added to it, without building it anew. Takes a quarter of a byte for each
/// node and some 90 bytes for each edge added; build anew from [`Grown::each_edge`] when they are
/// many.
#[derive(Debug, Clone)]
pub struct Grown<'a> {
    graph: &'a Graph,
    outs: Chains,
    ins: Chains,
    added: Vec<(u32, u32)>,
    known: HashSet<(u32, u32), RandomState>,
}

impl<'a> Grown<'a> {
    /// A graph to which nothing was added yet.
    #[must_use]
    pub fn new(graph: &'a Graph) -> Self {
        let nodes = graph.nodes();
        Self {
            graph,
            outs: Chains::new(nodes),
            ins: Chains::new(nodes),
            added: Vec::new(),
            known: HashSet::default(),
        }
    }

    /// Adds edges, and says how many are new; loops never are.
    ///
    /// # Errors
    /// [`Error::NoSuchNode`], and then none is added.
    pub fn add(&mut self, edges: &[(u32, u32)]) -> Result<u32, Error> {
        let nodes = self.graph.nodes();
        for (at, (from, to)) in edges.iter().enumerate() {
            if let Some(node) = [*from, *to].into_iter().find(|node| *node >= nodes) {
                return Err(Error::NoSuchNode { what: format!("added edge {at}"), node, nodes });
            }
        }
        // In order, since near lists are found faster than far ones.
        let mut edges = edges.to_vec();
        edges.sort_unstable();
        // All lists first and then what they hold, so that waits for far memory overlap.
        let lists: Vec<(&[u32], u32)> =
            edges.iter().map(|(from, to)| self.graph.where_an_edge_stands(*from, *to)).collect();
        let is_there: Vec<bool> =
            lists.iter().map(|(list, node)| list.binary_search(node).is_ok()).collect();
        let before = self.added.len();
        self.known.reserve(edges.len());
        for ((from, to), is_there) in edges.into_iter().zip(is_there) {
            if from != to && !is_there && self.known.insert((from, to)) {
                self.outs.add(from, to);
                self.ins.add(to, from);
                self.added.push((from, to));
            }
        }
        Ok((self.added.len() - before) as u32)
    }

    /// The graph without what was added.
    #[must_use]
    pub fn graph(&self) -> &'a Graph {
        self.graph
    }

    /// The edges that were added, in the order in which they came; those of one call sorted.
    #[must_use]
    pub fn added(&self) -> &[(u32, u32)] {
        &self.added
    }

    /// Every edge, for building the graph anew.
    pub fn each_edge(&self) -> impl Iterator<Item = (u32, u32)> {
        self.graph.each_edge().chain(self.added.iter().copied())
    }

    /// How many neighbours a node has that way, as [`Graph::degree`].
    ///
    /// # Panics
    /// Where there is no such node.
    #[must_use]
    pub fn degree(&self, node: u32, along: Along) -> u32 {
        let more = match along {
            Along::Out => self.outs.len(node),
            Along::In => self.ins.len(node),
            Along::Both => self.outs.len(node) + self.ins.len(node),
        };
        self.graph.degree(node, along) + more
    }

    /// Says every neighbour of a node that way: the sorted ones of the graph, then what was added.
    ///
    /// # Panics
    /// Where there is no such node.
    pub fn each(&self, node: u32, along: Along, mut say: impl FnMut(u32)) {
        for side in self.graph.sides(node, along) {
            side.iter().for_each(|other| say(*other));
        }
        match along {
            Along::Out => self.outs.each(node).for_each(say),
            Along::In => self.ins.each(node).for_each(say),
            Along::Both => self.outs.each(node).chain(self.ins.each(node)).for_each(say),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{GRAPHS, built, edge_lists};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_edge_is_new_once() {
        let graph = built(3, &[(0, 1)]);
        let mut grown = Grown::new(&graph);
        let cases: [(&[(u32, u32)], u32); 3] =
            [(&[(1, 2), (0, 1), (1, 0), (1, 2)], 2), (&[(1, 0), (2, 2)], 0), (&[(0, 2)], 1)];
        for (edges, wanted) in cases {
            assert_eq!(grown.add(edges), Ok(wanted), "{edges:?}");
        }
        let what = "added edge 1".to_owned();
        let refused = grown.add(&[(2, 1), (0, 3)]);
        assert_eq!(refused, Err(Error::NoSuchNode { what, node: 3, nodes: 3 }));
        assert_eq!(grown.added(), [(1, 0), (1, 2), (0, 2)]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(GRAPHS))]

        #[test]
        fn a_grown_graph_is_the_graph_of_all_edges(
            (nodes, edges) in edge_lists(),
            part in 0.0..1.0,
        ) {
            let (first, rest) = edges.split_at((edges.len() as f64 * part) as usize);
            let graph = built(nodes, first);
            let mut grown = Grown::new(&graph);
            grown.add(rest).unwrap();
            let whole = built(nodes, &edges);
            let mut all: Vec<_> = grown.each_edge().collect();
            all.sort_unstable();
            prop_assert_eq!(all, whole.each_edge().collect::<Vec<_>>());
            for along in [Along::Out, Along::In, Along::Both] {
                for node in 0..nodes {
                    let mut around = Vec::new();
                    grown.each(node, along, |other| around.push(other));
                    prop_assert_eq!(around.len() as u32, grown.degree(node, along));
                    around.sort_unstable();
                    let mut wanted = whole.sides(node, along).concat();
                    wanted.sort_unstable();
                    prop_assert_eq!(around, wanted);
                }
            }
        }
    }
}
