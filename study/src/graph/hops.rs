//! How far nodes are from seeds, and who led to whom.

use super::{Along, Error, Graph, NOBODY, checked_seeds};
use crate::watch::{Watch, step};
use serde::{Deserialize, Serialize};

/// The way by which each node was found from seeds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hops {
    /// How many steps each node is from the nearest seed, which has 0; [`NOBODY`] where it was not
    /// reached.
    pub hops: Vec<u32>,
    /// Who led to each node: the one of the smallest place in the queue of those one step nearer;
    /// [`NOBODY`] for seeds and nodes that were not reached.
    pub led_by: Vec<u32>,
    /// How many nodes were found at each distance, from 0.
    pub found: Vec<u32>,
}

impl Hops {
    /// The way from a seed to a node, both included; empty where the node was not reached.
    ///
    /// # Panics
    /// Where there is no such node.
    #[must_use]
    pub fn path(&self, node: u32) -> Vec<u32> {
        if self.hops[node as usize] == NOBODY {
            return Vec::new();
        }
        let before = |node: &u32| Some(self.led_by[*node as usize]).filter(|one| *one != NOBODY);
        let mut path: Vec<u32> = std::iter::successors(Some(node), before).collect();
        path.reverse();
        path
    }
}

/// Finds what can be reached from seeds in at most so many steps, nearest first; among equally
/// near nodes in the order of who led to them, and then of their numbers.
///
/// # Errors
/// [`Error::NoSeeds`], [`Error::NoSuchNode`], [`Error::Stopped`].
pub fn hops(
    graph: &Graph,
    seeds: &[u32],
    along: Along,
    most_hops: u32,
    watch: &mut dyn Watch,
) -> Result<Hops, Error> {
    let mut now = checked_seeds(graph.nodes(), seeds)?;
    let nobody = || vec![NOBODY; graph.nodes() as usize];
    let mut found = Hops { hops: nobody(), led_by: nobody(), found: Vec::new() };
    now.iter().for_each(|seed| found.hops[*seed as usize] = 0);
    let mut seen = 0;
    for distance in 1.. {
        seen += now.len() as u64;
        found.found.push(now.len() as u32);
        step(watch, "hops", seen, u64::from(graph.nodes()))?;
        if distance > most_hops {
            break;
        }
        let mut next = Vec::new();
        for node in now {
            for other in graph.sides(node, along).into_iter().flatten() {
                if found.hops[*other as usize] == NOBODY {
                    found.hops[*other as usize] = distance;
                    found.led_by[*other as usize] = node;
                    next.push(*other);
                }
            }
        }
        now = next;
        if now.is_empty() {
            break;
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{GRAPHS, built, edge_lists};
    use super::*;
    use crate::Unwatched;
    use proptest::prelude::*;

    #[test]
    fn the_first_in_the_queue_leads() {
        let graph = built(7, &[(0, 2), (1, 2), (1, 3), (3, 4), (2, 4), (4, 5)]);
        let found = hops(&graph, &[1, 0, 1], Along::Out, 2, &mut Unwatched).unwrap();
        assert_eq!(found.hops, [0, 0, 1, 1, 2, NOBODY, NOBODY]);
        assert_eq!(found.led_by, [NOBODY, NOBODY, 0, 1, 2, NOBODY, NOBODY]);
        assert_eq!(found.found, [2, 2, 1]);
        assert_eq!(found.path(4), [0, 2, 4]);
        assert_eq!((found.path(1), found.path(5)), (vec![1], vec![]));
        let only = hops(&graph, &[6], Along::Both, 9, &mut Unwatched).unwrap();
        assert_eq!(only.found, [1]);
        assert_eq!(hops(&graph, &[], Along::In, 1, &mut Unwatched), Err(Error::NoSeeds));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(GRAPHS))]

        #[test]
        fn paths_are_edges_and_no_shorter_ones_exist(
            (nodes, edges) in edge_lists(),
            seed in 0u32..24,
            along in prop::sample::select(vec![Along::Out, Along::In, Along::Both]),
        ) {
            let graph = built(nodes, &edges);
            let found = hops(&graph, &[seed % nodes], along, u32::MAX, &mut Unwatched).unwrap();
            for node in 0..nodes {
                let path = found.path(node);
                let steps = path.len().checked_sub(1).map_or(NOBODY, |steps| steps as u32);
                prop_assert_eq!(steps, found.hops[node as usize]);
                for pair in path.windows(2) {
                    prop_assert!(graph.sides(pair[0], along).concat().contains(&pair[1]));
                }
                for other in graph.sides(node, along).concat() {
                    let further = found.hops[node as usize].saturating_add(1);
                    prop_assert!(found.hops[other as usize] <= further);
                }
            }
        }
    }
}
