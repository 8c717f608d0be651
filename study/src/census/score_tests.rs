//! What the score is by hand, what bounds it, and what hidden seeds say.

use super::super::testing::planted;
use super::super::ties::Ties;
use super::*;
use crate::Unwatched;
use crate::census::Reach;
use crate::census::snowball::snowball;
use crate::stats::auc_value;
use proptest::prelude::*;

fn graph(nodes: u32, edges: &[(u32, u32)]) -> Graph {
    Graph::build(nodes, u64::MAX, || edges.iter().copied(), &mut Unwatched).unwrap()
}

#[test]
fn a_single_contact_does_not_top_the_list() {
    // Seed 0 and 1 to 11 are all tied to each other; 12 has the seed as its only contact; the ring
    // of 20 to 219 is far away, but for 13, which is tied to both; 14 has no contact.
    let knit = (0..12).flat_map(|a| (a + 1..12).map(move |b| (a, b)));
    let ring = (20..220).map(|a| (a, if a == 219 { 20 } else { a + 1 }));
    let edges: Vec<(u32, u32)> = knit.chain(ring).chain([(12, 0), (13, 5), (13, 20)]).collect();
    let graph = graph(220, &edges);
    let given = scores(&graph, &[0], &mut Unwatched).unwrap();
    let score = &given.score;
    assert!(score[1] > score[12] && score[12] > score[13] && score[13] > score[100], "{score:?}");
    assert!((score[1] - score[2]).abs() < 1e-4, "alike: {score:?}");
    assert!((score[100] - -CUT * 2.0 / 4.0).abs() < 1e-6, "nobody walks so far: {score:?}");
    assert!(score[14] == 0.0 && given.near[14] == -CUT, "no contact says nothing");
    assert!((score[12] - given.near[0] / 3.0).abs() < 1e-6 && given.settled);
}

proptest! {
    #[test]
    fn scores_stay_within_their_bounds(
        edges in prop::collection::vec((0_u32..30, 0_u32..30), 1..90),
        seed in 0_u32..30,
    ) {
        let given = scores(&graph(30, &edges), &[seed], &mut Unwatched).unwrap();
        prop_assert!(given.score.iter().all(|score| score.abs() < CUT));
        prop_assert!(given.near.iter().all(|near| near.abs() <= CUT));
    }
}

#[test]
fn planted_members_are_found_and_hidden_seeds_say_so() {
    let world = planted(3_000, 150, 1);
    let ties = Ties::of(&world.dataset, u64::MAX, &mut Unwatched).unwrap();
    let seeds: Vec<u32> = (0..12).collect();
    let given = scores(ties.all(), &seeds, &mut Unwatched).unwrap();
    let score: Vec<f64> = given.score[12..].iter().map(|score| f64::from(*score)).collect();
    let is_member: Vec<bool> = (12..3_000).map(|account| account < 150).collect();
    let separation = auc_value(&score, &is_member).unwrap();
    assert!(separation > 0.95, "{separation}");
    let reach = Reach { levels: 4, ..Reach::default() };
    let found = snowball(&ties, &seeds, &reach, &mut Unwatched).unwrap();
    let hidden = hidden_seeds(ties.all(), &seeds, &found, &mut Unwatched).unwrap().unwrap();
    assert_eq!(hidden.hidden, 6);
    assert!(hidden.found_again.low > 0.7, "{hidden:?}");
    let few = hidden_seeds(ties.all(), &seeds[..9], &found, &mut Unwatched);
    assert_eq!(few, Ok(None));
}
