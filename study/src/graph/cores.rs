//! How tightly knit the surroundings of a node are.

use super::adjacency::add_up;
use super::{Error, Graph, NodeSet};
use crate::watch::{Watch, step};
use std::cmp::Ordering;

/// How many nodes are peeled between two words with the watcher; a power of two.
const STRIDE: u32 = 1 << 16;

/// The core number of each node: the largest k so that the node is among nodes which all have k
/// neighbours or more among themselves. Directions are not looked at, and a mutual edge counts
/// once. With a set, only its members and their edges among each other are looked at; all other
/// nodes have 0.
///
/// Peels nodes off in the order of their degrees (Batagelj and Zaveršnik 2003), in time by edges.
///
/// # Errors
/// [`Error::NotOfThisGraph`] where the set is of another number of nodes; [`Error::Stopped`].
pub fn cores(
    graph: &Graph,
    within: Option<&NodeSet>,
    watch: &mut dyn Watch,
) -> Result<Vec<u32>, Error> {
    let nodes = graph.nodes();
    if let Some(given) = within.map(NodeSet::nodes).filter(|given| *given != nodes) {
        let (what, given) = ("the set of members", given as usize);
        return Err(Error::NotOfThisGraph { what, given, nodes });
    }
    let is_in = |node: u32| within.is_none_or(|set| set.has(node));
    let mut degree = vec![0u32; nodes as usize];
    for node in (0..nodes).filter(|node| is_in(*node)) {
        each_neighbour(graph, node, |other| degree[node as usize] += u32::from(is_in(other)));
    }
    let mut order = Order::of(&degree);
    for at in 0..nodes {
        if at & (STRIDE - 1) == 0 {
            step(watch, "cores", u64::from(at), u64::from(nodes))?;
        }
        let node = order.nodes[at as usize];
        if !is_in(node) {
            continue;
        }
        let own = degree[node as usize];
        each_neighbour(graph, node, |other| {
            if is_in(other) && degree[other as usize] > own {
                order.move_down(other, degree[other as usize]);
                degree[other as usize] -= 1;
            }
        });
    }
    Ok(degree)
}

/// Nodes in the order of their degrees, where a degree can fall by one.
struct Order {
    nodes: Vec<u32>,
    /// Where each node stands in `nodes`.
    place: Vec<u32>,
    /// Where the nodes of each degree start.
    starts: Vec<u32>,
}

impl Order {
    fn of(degree: &[u32]) -> Self {
        let most = degree.iter().max().copied().unwrap_or(0) as usize;
        let mut starts = vec![0u32; most + 2];
        degree.iter().for_each(|degree| starts[*degree as usize + 1] += 1);
        add_up(&mut starts);
        let mut next = starts.clone();
        let mut nodes = vec![0u32; degree.len()];
        let mut place = vec![0u32; degree.len()];
        for (node, degree) in degree.iter().enumerate() {
            let next = &mut next[*degree as usize];
            place[node] = *next;
            nodes[*next as usize] = node as u32;
            *next += 1;
        }
        Self { nodes, place, starts }
    }

    /// Puts a node of that degree at the end of those with one less.
    fn move_down(&mut self, node: u32, degree: u32) {
        let first = self.starts[degree as usize];
        let here = self.place[node as usize];
        let other = self.nodes[first as usize];
        self.nodes.swap(first as usize, here as usize);
        self.place[node as usize] = first;
        self.place[other as usize] = here;
        self.starts[degree as usize] += 1;
    }
}

/// Says every neighbour of a node in either direction, once.
fn each_neighbour(graph: &Graph, node: u32, mut say: impl FnMut(u32)) {
    let (mut a, mut b) = (graph.outs(node), graph.ins(node));
    while let ([first, rest_a @ ..], [second, rest_b @ ..]) = (a, b) {
        let order = first.cmp(second);
        say(*first.min(second));
        if order != Ordering::Greater {
            a = rest_a;
        }
        if order != Ordering::Less {
            b = rest_b;
        }
    }
    a.iter().chain(b).for_each(|other| say(*other));
}

#[cfg(test)]
mod tests {
    use super::super::testing::{GRAPHS, built, edge_lists};
    use super::*;
    use crate::Unwatched;
    use proptest::prelude::*;

    /// Takes away nodes with fewer than k neighbours until none is left to take, for every k.
    fn by_definition(graph: &Graph, members: &[u32]) -> Vec<u32> {
        let mut core = vec![0; graph.nodes() as usize];
        for k in 1..=graph.nodes() {
            let mut left = members.to_vec();
            loop {
                let linked = |a, b| graph.has(a, b) || graph.has(b, a);
                let has_k = |a: &u32| left.iter().filter(|b| linked(*a, **b)).count() >= k as usize;
                let kept: Vec<u32> = left.iter().copied().filter(has_k).collect();
                if kept.len() == left.len() {
                    break;
                }
                left = kept;
            }
            left.iter().for_each(|node| core[*node as usize] = k);
        }
        core
    }

    #[test]
    fn a_set_of_another_graph_is_refused() {
        let refused = cores(&built(2, &[]), Some(&NodeSet::none(5)), &mut Unwatched);
        let what = "the set of members";
        assert_eq!(refused, Err(Error::NotOfThisGraph { what, given: 5, nodes: 2 }));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(GRAPHS))]

        #[test]
        fn cores_are_those_of_the_definition((nodes, edges) in edge_lists(), bits in any::<u64>()) {
            let graph = built(nodes, &edges);
            let all: Vec<u32> = (0..nodes).collect();
            prop_assert_eq!(
                cores(&graph, None, &mut Unwatched).unwrap(),
                by_definition(&graph, &all)
            );
            let some: Vec<u32> = (0..nodes).filter(|node| bits >> node & 1 == 1).collect();
            let set = NodeSet::of(nodes, some.clone()).unwrap();
            prop_assert_eq!(
                cores(&graph, Some(&set), &mut Unwatched).unwrap(),
                by_definition(&graph, &some)
            );
        }
    }
}
