//! What the tests of graphs share: small random graphs and slow, obvious answers.

use super::{Along, Graph, Weighted};
use crate::Unwatched;
use proptest::prelude::*;

/// How many random graphs a law is tried on.
pub(super) const GRAPHS: u32 = 96;

/// A number of nodes and edges among them, some twice, some loops.
pub(super) fn edge_lists() -> impl Strategy<Value = (u32, Vec<(u32, u32)>)> {
    (1u32..24).prop_flat_map(|nodes| {
        let edge = (0..nodes, 0..nodes);
        (Just(nodes), prop::collection::vec(edge, 0..90))
    })
}

/// A graph without a limit of memory.
pub(super) fn built(nodes: u32, edges: &[(u32, u32)]) -> Graph {
    Graph::build(nodes, u64::MAX, || edges.iter().copied(), &mut Unwatched).unwrap()
}

/// Personalised PageRank by a thousand rounds over a full matrix.
pub(super) fn dense_ranks(graph: &Graph, seeds: &[u32], along: Along, home: f64) -> Vec<f64> {
    let nodes = graph.nodes() as usize;
    let mut start = vec![0.0; nodes];
    seeds.iter().for_each(|seed| start[*seed as usize] = 1.0 / seeds.len() as f64);
    let mut matrix = vec![vec![0.0; nodes]; nodes];
    for node in 0..graph.nodes() {
        let around = graph.sides(node, along).concat();
        let row = &mut matrix[node as usize];
        around.iter().for_each(|other| row[*other as usize] += 1.0 / around.len() as f64);
        if around.is_empty() {
            row.clone_from(&start);
        }
    }
    let mut rank = start.clone();
    for _ in 0..1_000 {
        let reached = |to: usize| (0..nodes).map(|from| rank[from] * matrix[from][to]).sum::<f64>();
        rank = (0..nodes).map(|to| home * start[to] + (1.0 - home) * reached(to)).collect();
    }
    rank
}

/// A number of nodes and edges with weights in halves, which add up without rounding.
pub(super) fn weighted_lists() -> impl Strategy<Value = (u32, Vec<(u32, u32, f32)>)> {
    (1u32..24).prop_flat_map(|nodes| {
        let edge = (0..nodes, 0..nodes, (1u8..9).prop_map(|halves| f32::from(halves) / 2.0));
        (Just(nodes), prop::collection::vec(edge, 0..70))
    })
}

/// A weighted graph without a limit of memory.
pub(super) fn weighted(nodes: u32, edges: &[(u32, u32, f32)]) -> Weighted {
    Weighted::build(nodes, u64::MAX, || edges.iter().copied(), &mut Unwatched).unwrap()
}
