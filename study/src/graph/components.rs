//! What hangs together.

use super::{Error, Graph, NOBODY, NodeSet};
use crate::watch::{Watch, step};
use serde::{Deserialize, Serialize};

/// How many nodes are joined between two words with the watcher; a power of two.
const STRIDE: u32 = 1 << 18;

/// The connected parts of a graph, largest first; of two of one size, first the one that has the
/// smaller node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Components {
    /// The component of each node; [`NOBODY`] for nodes that were not looked at.
    pub of: Vec<u32>,
    /// How many nodes each component has.
    pub sizes: Vec<u32>,
}

/// The connected components, whichever way the edges go. With a set, only its members and their
/// edges among each other are looked at.
///
/// # Errors
/// [`Error::NotOfThisGraph`] where the set is of another number of nodes; [`Error::Stopped`].
pub fn components(
    graph: &Graph,
    within: Option<&NodeSet>,
    watch: &mut dyn Watch,
) -> Result<Components, Error> {
    let nodes = graph.nodes();
    if let Some(given) = within.map(NodeSet::nodes).filter(|given| *given != nodes) {
        let (what, given) = ("the set of members", given as usize);
        return Err(Error::NotOfThisGraph { what, given, nodes });
    }
    let is_in = |node: u32| within.is_none_or(|set| set.has(node));
    let mut joined = Joined::new(nodes);
    for node in 0..nodes {
        if node & (STRIDE - 1) == 0 {
            step(watch, "components", u64::from(node), u64::from(nodes))?;
        }
        if is_in(node) {
            let others = graph.outs(node).iter().filter(|other| is_in(**other));
            others.for_each(|other| joined.join(node, *other));
        }
    }
    let of = (0..nodes).map(|node| if is_in(node) { joined.root(node) } else { NOBODY }).collect();
    Ok(by_size(of))
}

/// Renumbers groups, which may have any numbers below that of nodes, by their size.
pub(super) fn by_size(mut of: Vec<u32>) -> Components {
    let mut size = vec![0u32; of.len()];
    let mut first_seen = Vec::new();
    for group in of.iter().filter(|group| **group != NOBODY) {
        if size[*group as usize] == 0 {
            first_seen.push(*group);
        }
        size[*group as usize] += 1;
    }
    first_seen.sort_by_key(|group| std::cmp::Reverse(size[*group as usize]));
    let sizes = first_seen.iter().map(|group| size[*group as usize]).collect();
    let mut number = size;
    (0u32..).zip(&first_seen).for_each(|(rank, group)| number[*group as usize] = rank);
    for group in of.iter_mut().filter(|group| **group != NOBODY) {
        *group = number[*group as usize];
    }
    Components { of, sizes }
}

/// Disjoint sets, where each set is named by one of its nodes.
pub(super) struct Joined(Vec<u32>);

impl Joined {
    pub(super) fn new(nodes: u32) -> Self {
        Self((0..nodes).collect())
    }

    pub(super) fn root(&mut self, mut node: u32) -> u32 {
        while self.0[node as usize] != node {
            let above = self.0[node as usize];
            self.0[node as usize] = self.0[above as usize];
            node = above;
        }
        node
    }

    pub(super) fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.root(a), self.root(b));
        self.0[a.max(b) as usize] = a.min(b);
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{GRAPHS, built, edge_lists};
    use super::*;
    use crate::Unwatched;
    use proptest::prelude::*;

    fn reached(graph: &Graph, members: &NodeSet, from: u32) -> NodeSet {
        let mut found = NodeSet::of(graph.nodes(), [from]).unwrap();
        let mut waiting = vec![from];
        while let Some(node) = waiting.pop() {
            for other in [graph.outs(node), graph.ins(node)].concat() {
                if members.has(other) && found.insert(other) {
                    waiting.push(other);
                }
            }
        }
        found
    }

    #[test]
    fn components_are_numbered_by_size() {
        let graph = built(7, &[(6, 5), (1, 2), (3, 2), (0, 4)]);
        let all = components(&graph, None, &mut Unwatched).unwrap();
        assert_eq!(all, Components { of: vec![1, 0, 0, 0, 1, 2, 2], sizes: vec![3, 2, 2] });
        let set = NodeSet::of(7, [0, 1, 3, 5, 6]).unwrap();
        let some = components(&graph, Some(&set), &mut Unwatched).unwrap();
        let of = vec![1, 2, NOBODY, 3, NOBODY, 0, 0];
        assert_eq!(some, Components { of, sizes: vec![2, 1, 1, 1] });
        let refused = components(&graph, Some(&NodeSet::none(1)), &mut Unwatched);
        let what = "the set of members";
        assert_eq!(refused, Err(Error::NotOfThisGraph { what, given: 1, nodes: 7 }));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(GRAPHS))]

        #[test]
        fn a_component_is_what_is_reached((nodes, edges) in edge_lists(), bits in any::<u64>()) {
            let graph = built(nodes, &edges);
            let some = (0..nodes).filter(|node| bits >> node & 1 == 1);
            let set = NodeSet::of(nodes, some).unwrap();
            let found = components(&graph, Some(&set), &mut Unwatched).unwrap();
            prop_assert!(found.sizes.is_sorted_by(|a, b| a >= b));
            prop_assert_eq!(found.sizes.iter().sum::<u32>(), set.len());
            for node in set.iter() {
                let own = found.of[node as usize];
                let same = (0..nodes).filter(|other| found.of[*other as usize] == own);
                prop_assert_eq!(reached(&graph, &set, node), NodeSet::of(nodes, same).unwrap());
            }
        }
    }
}
