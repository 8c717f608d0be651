//! How many edges a node has with a set of members.

use super::{Error, Graph, NodeSet};
use serde::{Deserialize, Serialize};

/// For every node of a graph, its edges with a set of members, as columns.
///
/// The members themselves have entries too: their edges with the other members.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Within {
    /// How many members point at the node.
    pub in_from_set: Vec<u32>,
    /// At how many members the node points.
    pub out_to_set: Vec<u32>,
    /// With how many members it is mutual.
    pub reciprocated: Vec<u32>,
}

impl Graph {
    /// Counts the edges that each node has with a set of members. Takes time by the edges of the
    /// members, not by those of the graph.
    ///
    /// # Errors
    /// [`Error::NotOfThisGraph`] where the set is of another number of nodes.
    pub fn within(&self, members: &NodeSet) -> Result<Within, Error> {
        let nodes = self.nodes();
        if members.nodes() != nodes {
            let given = members.nodes() as usize;
            return Err(Error::NotOfThisGraph { what: "the set of members", given, nodes });
        }
        let none = || vec![0u32; nodes as usize];
        let mut within = Within { in_from_set: none(), out_to_set: none(), reciprocated: none() };
        for member in members.iter() {
            let (outs, ins) = (self.outs(member), self.ins(member));
            outs.iter().for_each(|node| within.in_from_set[*node as usize] += 1);
            ins.iter().for_each(|node| within.out_to_set[*node as usize] += 1);
            each_common(outs, ins, |node| within.reciprocated[node as usize] += 1);
        }
        Ok(within)
    }
}

/// Says every node that stands in both of two sorted lists. Which list goes on cannot be foreseen,
/// so that both go on by counts and not by branches.
fn each_common(a: &[u32], b: &[u32], mut say: impl FnMut(u32)) {
    let (mut at_a, mut at_b) = (0, 0);
    while let (Some(first), Some(second)) = (a.get(at_a), b.get(at_b)) {
        if first == second {
            say(*first);
        }
        at_a += usize::from(first <= second);
        at_b += usize::from(second <= first);
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{GRAPHS, built, edge_lists};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_set_of_another_graph_is_refused() {
        let wanted = Error::NotOfThisGraph { what: "the set of members", given: 3, nodes: 2 };
        assert_eq!(built(2, &[(0, 1)]).within(&NodeSet::none(3)), Err(wanted));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(GRAPHS))]

        #[test]
        fn counts_are_those_of_looking_at_every_pair(
            (nodes, edges) in edge_lists(),
            bits in any::<u64>(),
        ) {
            let graph = built(nodes, &edges);
            let members: Vec<u32> =
                (0..nodes).filter(|node| bits >> (node % 64) & 1 == 1).collect();
            let within = graph.within(&NodeSet::of(nodes, members.clone()).unwrap()).unwrap();
            let count = |test: &dyn Fn(u32) -> bool| {
                members.iter().filter(|member| test(**member)).count() as u32
            };
            for node in 0..nodes {
                let at = node as usize;
                let to = |member| graph.has(node, member);
                let from = |member| graph.has(member, node);
                prop_assert_eq!(within.in_from_set[at], count(&from));
                prop_assert_eq!(within.out_to_set[at], count(&to));
                let mutual = |member| to(member) && from(member);
                prop_assert_eq!(within.reciprocated[at], count(&mutual));
            }
        }
    }
}
