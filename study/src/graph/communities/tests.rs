//! The tests of the module beside this file.

use super::super::testing::{GRAPHS, built, edge_lists, weighted, weighted_lists};
use super::super::{NodeSet, components};
use super::*;
use crate::graph::Graph;
use crate::{Go, Stopped, Unwatched};
use proptest::prelude::*;

fn found(graph: &impl Linked, settings: Grouping) -> Communities {
    communities(graph, settings, &mut Unwatched).unwrap()
}

/// Modularity as it was defined, over all pairs of nodes.
fn by_definition(graph: &impl Linked, of: &[u32], resolution: f64) -> f64 {
    let nodes = graph.nodes() as usize;
    let mut weight = vec![vec![0.0; nodes]; nodes];
    for (node, row) in (0u32..).zip(&mut weight) {
        graph.each_link(node, |other, link| row[other as usize] += f64::from(link));
    }
    let strength: Vec<f64> = weight.iter().map(|row| row.iter().sum()).collect();
    let all: f64 = strength.iter().sum();
    let pairs = (0..nodes).flat_map(|a| (0..nodes).map(move |b| (a, b)));
    let same = pairs.filter(|(a, b)| of[*a] == of[*b]);
    let sum: f64 =
        same.map(|(a, b)| weight[a][b] - resolution * strength[a] * strength[b] / all).sum();
    if all == 0.0 { 0.0 } else { sum / all }
}

/// Cliques of `size` nodes in a ring, each linked to the next by one edge.
fn ring_of_cliques(cliques: u32, size: u32) -> Graph {
    let mut edges = Vec::new();
    for clique in 0..cliques {
        let first = clique * size;
        let inside = (0..size).flat_map(|a| (0..a).map(move |b| (first + a, first + b)));
        edges.extend(inside);
        edges.push((first, (clique + 1) % cliques * size + 1));
    }
    built(cliques * size, &edges)
}

#[test]
fn cliques_are_communities() {
    let graph = ring_of_cliques(8, 5);
    for seed in 0..5 {
        let groups = found(&graph, Grouping { seed, ..Grouping::default() });
        let wanted: Vec<u32> = (0..40).map(|node| node / 5).collect();
        assert_eq!((&groups.of, &groups.sizes), (&wanted, &vec![5; 8]));
        assert!((groups.modularity - 0.784_091).abs() < 1e-6, "{}", groups.modularity);
    }
}

#[test]
fn resolution_decides_how_fine() {
    let graph = ring_of_cliques(40, 4);
    let sizes = |resolution| found(&graph, Grouping { resolution, ..Grouping::default() }).sizes;
    let (coarse, usual, fine) = (sizes(0.2), sizes(1.0), sizes(100.0));
    assert!(coarse.len() < usual.len() && usual.len() <= 40, "{coarse:?} {usual:?}");
    assert_eq!(fine, vec![1; 160]);
}

#[test]
fn graphs_without_edges_have_communities_of_one() {
    let groups = found(&built(3, &[]), Grouping::default());
    let of = vec![0, 1, 2];
    assert_eq!(groups, Communities { of, sizes: vec![1; 3], modularity: 0.0, rounds: 1 });
}

#[test]
fn bad_settings_are_named() {
    let graph = built(2, &[(0, 1)]);
    let ask = |settings| communities(&graph, settings, &mut Unwatched).unwrap_err().to_string();
    let usual = Grouping::default();
    let cases = [
        (
            ask(Grouping { resolution: 0.0, ..usual }),
            "resolution is 0, and goes from 0.001 to 1000",
        ),
        (ask(Grouping { most_rounds: 0, ..usual }), "most_rounds is 0, and goes from 1 to 100"),
        (
            modularity(&graph, &[0], 1.0).unwrap_err().to_string(),
            "the groups has 1 entries for 2 nodes; make it from the same graph",
        ),
        (
            modularity(&graph, &[0, 2], 1.0).unwrap_err().to_string(),
            "group 1 names node 2, but nodes go from 0 to one below 2",
        ),
    ];
    for (said, wanted) in cases {
        assert_eq!(said, wanted);
    }
}

#[test]
fn a_watcher_stops_it() {
    struct At(&'static str);
    impl Watch for At {
        fn progress(&mut self, stage: &'static str, done: u64, total: u64) -> Go {
            assert!(done <= total);
            if stage == self.0 { Go::Stop } else { Go::On }
        }
    }
    let graph = ring_of_cliques(4, 4);
    for stage in ["moving", "refining", "joining", "level"] {
        let stage = ["communities_", stage].concat().leak();
        let stopped = communities(&graph, Grouping::default(), &mut At(stage));
        assert_eq!(stopped, Err(Error::Stopped(Stopped)), "{stage}");
    }
}

/// As usual, and where no smaller graph is ever made.
fn both_ways(graph: &impl Linked, settings: Grouping) -> [Communities; 2] {
    [usize::MAX, 0].map(|most| grouped(graph, settings, most, &mut Unwatched).unwrap())
}

fn check(graph: &impl Linked, edges: &[(u32, u32)], settings: Grouping) {
    let nodes = graph.nodes();
    assert_eq!(both_ways(graph, settings)[0], found(graph, settings), "the same twice");
    let plain = built(nodes, edges);
    let alone: Vec<u32> = (0..nodes).collect();
    let before = modularity(graph, &alone, settings.resolution).unwrap();
    for groups in both_ways(graph, settings) {
        let wanted = by_definition(graph, &groups.of, settings.resolution);
        assert!((groups.modularity - wanted).abs() < 1e-6, "{} {wanted}", groups.modularity);
        assert!(groups.modularity >= before - 1e-9, "{} is below {before}", groups.modularity);
        for community in 0..groups.sizes.len() as u32 {
            let members = (0..nodes).filter(|node| groups.of[*node as usize] == community);
            let set = NodeSet::of(nodes, members).unwrap();
            let parts = components(&plain, Some(&set), &mut Unwatched).unwrap();
            assert_eq!(parts.sizes, [groups.sizes[community as usize]], "connected");
        }
    }
    let rounds = |most_rounds| {
        let settings = Grouping { most_rounds, ..settings };
        both_ways(graph, settings).map(|groups| groups.modularity)
    };
    for most_rounds in 1..4 {
        let (more, fewer) = (rounds(most_rounds + 1), rounds(most_rounds));
        assert!((0..2).all(|way| more[way] >= fewer[way] - 1e-9), "{most_rounds} rounds");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4 * GRAPHS))]

    #[test]
    fn communities_are_connected_and_rounds_never_lose(
        (nodes, edges) in weighted_lists(),
        resolution in prop::sample::select(vec![0.1, 0.5, 1.0, 2.0]),
        seed in any::<u64>(),
    ) {
        let plain: Vec<(u32, u32)> = edges.iter().map(|(a, b, _)| (*a, *b)).collect();
        let settings = Grouping { resolution, seed, ..Grouping::default() };
        check(&weighted(nodes, &edges), &plain, settings);
    }

    #[test]
    fn directed_graphs_are_grouped_alike((nodes, edges) in edge_lists(), seed in any::<u64>()) {
        let settings = Grouping { seed, ..Grouping::default() };
        check(&built(nodes, &edges), &edges, settings);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(GRAPHS))]

    #[test]
    fn small_graphs_are_grouped_best((nodes, edges) in weighted_lists(), seed in any::<u64>()) {
        let nodes = nodes.min(7);
        let edges: Vec<_> = edges.iter().map(|(a, b, w)| (a % nodes, b % nodes, *w)).collect();
        let graph = weighted(nodes, &edges);
        let settings = Grouping { seed, most_rounds: 20, ..Grouping::default() };
        let reached = found(&graph, settings).modularity;
        let best = every_grouping(nodes)
            .iter()
            .map(|of| modularity(&graph, of, 1.0).unwrap())
            .fold(f64::MIN, f64::max);
        prop_assert!(reached >= best - 0.1, "{reached} is far from {best}");
    }
}

/// Every way to put nodes into groups.
fn every_grouping(nodes: u32) -> Vec<Vec<u32>> {
    (0..nodes).fold(vec![vec![]], |all, _| {
        let longer = |of: &Vec<u32>| {
            let next = of.iter().max().map_or(0, |most| most + 1);
            (0..=next).map(|group| [of.as_slice(), &[group]].concat()).collect::<Vec<_>>()
        };
        all.iter().flat_map(longer).collect()
    })
}
