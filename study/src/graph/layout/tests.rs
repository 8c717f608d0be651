//! The tests of the module beside this file.

use super::super::testing::{GRAPHS, weighted, weighted_lists};
use super::super::{Grouping, communities};
use super::*;
use crate::{Go, Stopped, Unwatched};
use proptest::prelude::*;

fn drawn(graph: &Weighted, of: &[u32]) -> Vec<[f32; 2]> {
    layout(graph, of, &mut Unwatched).unwrap()
}

fn distance(a: [f32; 2], b: [f32; 2]) -> f32 {
    (a[0] - b[0]).hypot(a[1] - b[1])
}

/// Groups of `size` nodes; in each, every node has an edge to the next few.
fn grouped(groups: u32, size: u32) -> (Weighted, Vec<u32>) {
    let mut edges = Vec::new();
    for first in (0..groups).map(|group| group * size) {
        let inside = (0..size).flat_map(|a| (1..5).map(move |b| (a, (a + b) % size)));
        edges.extend(inside.map(|(a, b)| (first + a, first + b, 1.0)));
        edges.push((first, (first + size) % (groups * size), 1.0));
    }
    let of = (0..groups * size).map(|node| node / size).collect();
    (weighted(groups * size, &edges), of)
}

#[test]
fn communities_are_drawn_apart() {
    let (graph, of) = grouped(6, 40);
    let places = drawn(&graph, &of);
    let middle = |group: usize| {
        let own = &places[group * 40..(group + 1) * 40];
        own.iter().fold([0.0; 2], |sum, place| [sum[0] + place[0] / 40.0, sum[1] + place[1] / 40.0])
    };
    let nearest = |place: [f32; 2]| {
        let far = |group: &usize| distance(middle(*group), place);
        (0..6).min_by(|a, b| far(a).total_cmp(&far(b))).unwrap()
    };
    let at_home = places.iter().zip(&of).filter(|(place, own)| nearest(**place) == **own as usize);
    assert!(at_home.count() >= 230, "{places:?}");
}

#[test]
fn linked_nodes_are_drawn_near_each_other() {
    let (graph, _) = grouped(12, 25);
    let groups = communities(&graph, Grouping::default(), &mut Unwatched).unwrap();
    let places = drawn(&graph, &groups.of);
    let mean = |pairs: &[(u32, u32)]| {
        let sum: f32 =
            pairs.iter().map(|(a, b)| distance(places[*a as usize], places[*b as usize])).sum();
        sum / pairs.len() as f32
    };
    let linked: Vec<(u32, u32)> = graph.each_edge().map(|(a, b, _)| (a, b)).collect();
    let all: Vec<(u32, u32)> = (0..300).flat_map(|a| (0..a).map(move |b| (a, b))).collect();
    assert!(mean(&linked) < 0.4 * mean(&all), "{} {}", mean(&linked), mean(&all));
}

#[test]
fn bad_input_is_named() {
    let graph = weighted(2, &[(0, 1, 1.0)]);
    let ask = |graph: &Weighted, of: &[u32]| layout(graph, of, &mut Unwatched).unwrap_err();
    let cases = [
        (ask(&graph, &[0]), "the groups has 1 entries for 2 nodes; make it from the same graph"),
        (ask(&graph, &[0, 2]), "group 1 names node 2, but nodes go from 0 to one below 2"),
        (
            ask(&weighted(50_001, &[]), &[]),
            "50001 nodes cannot be drawn, at most 50000; draw the members alone, or the strongest",
        ),
    ];
    for (said, wanted) in cases {
        assert_eq!(said.to_string(), wanted);
    }
}

#[test]
fn a_watcher_stops_it() {
    struct At(&'static str);
    impl Watch for At {
        fn progress(&mut self, stage: &'static str, _: u64, _: u64) -> Go {
            if stage == self.0 { Go::Stop } else { Go::On }
        }
    }
    let graph = weighted(2, &[(0, 1, 1.0)]);
    for stage in ["layout_communities", "layout_nodes"] {
        let stopped = layout(&graph, &[0, 0], &mut At(stage));
        assert_eq!(stopped, Err(Error::Stopped(Stopped)), "{stage}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(GRAPHS))]

    #[test]
    fn places_are_within_the_frame_and_reach_it(
        (nodes, edges) in weighted_lists(),
        groups in 1u32..5,
    ) {
        let graph = weighted(nodes, &edges);
        let of: Vec<u32> = (0..nodes).map(|node| (node * 7 % groups).min(nodes - 1)).collect();
        let places = drawn(&graph, &of);
        prop_assert_eq!(&places, &drawn(&graph, &of));
        prop_assert_eq!(places.len(), nodes as usize);
        let widest = places.iter().flatten().fold(0.0f32, |widest, value| widest.max(value.abs()));
        prop_assert!(places.iter().flatten().all(|value| value.is_finite()));
        prop_assert!(widest <= 1.0 && (nodes == 1 || widest > 0.999), "{widest}");
        let mut apart = places.clone();
        apart.sort_by(|a, b| a.partial_cmp(b).unwrap());
        prop_assert!(apart.windows(2).all(|pair| pair[0] != pair[1]), "{places:?}");
    }
}
