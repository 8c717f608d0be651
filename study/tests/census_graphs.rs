//! The census on two labelled networks: political blogs, whose label follows the graph, and
//! streamers, whose label hardly does.

#![allow(clippy::unwrap_used)]

#[path = "support/graphs.rs"]
mod graphs;

use graphs::{Labelled, load};
use study::Unwatched;
use study::census::{
    Answer, Census, Code, Coding, Parameters, Plan, Pseudonyms, Standing, draw, estimate, run,
};
use study::stats::{Confidence, Draws, auc_value, sample};

/// A census from 2 % of the nodes of one label.
fn census(graph: &Labelled, label: u8, seed: u64) -> (Census, Vec<u32>) {
    let seeds = seeds(graph, label, seed);
    let ids = seeds.iter().map(|node| node.to_string()).collect();
    let mut parameters =
        Parameters::new("to test", "public research data", "bears the label", 30, ids);
    parameters.reach.levels = 6;
    (run(&graph.dataset, &parameters, &Pseudonyms::ids(), &mut Unwatched).unwrap(), seeds)
}

/// Two of a hundred nodes of a label.
fn seeds(graph: &Labelled, label: u8, seed: u64) -> Vec<u32> {
    let members: Vec<u32> = graph.nodes_of(label);
    let wanted = (members.len() as f64 * 0.02).round() as u64;
    let drawn = sample(members.len() as u64, wanted, &mut Draws::new(seed, 0)).unwrap();
    drawn.into_iter().map(|at| members[at as usize]).collect()
}

/// The separation over the whole frame, with the labels that the census never saw.
fn separation(graph: &Labelled, census: &Census, label: u8) -> f64 {
    let frame = &census.frame;
    let scores: Vec<f64> = frame.score.iter().map(|score| f64::from(*score)).collect();
    let members: Vec<bool> =
        frame.account.iter().map(|account| graph.label(*account) == label).collect();
    auc_value(&scores, &members).unwrap()
}

/// The standing after a sample was coded by two who make no error.
fn standing(graph: &Labelled, census: &Census, label: u8) -> Standing {
    let plan = Plan { accounts: 500, ..Plan::default() };
    let draw = draw(census, &graph.dataset, &Pseudonyms::ids(), plan).unwrap();
    let mut coding = Coding::default();
    for item in &draw.items {
        let account = graph.dataset.accounts.find(&item.account).unwrap();
        let is_member = graph.label(account) == label;
        for coder in ["one", "two"] {
            coding.codes.push(Code {
                account: item.account.clone(),
                coder: coder.into(),
                answer: if is_member { Answer::Member } else { Answer::NotMember },
                at_us: 0,
            });
        }
    }
    let given = estimate(&draw, &coding, Confidence::P95).unwrap();
    let truth = graph.nodes_of(label).len() as f64 - graph.unreached(census, label);
    let members = given.members.clopper_pearson;
    assert!(members.low <= truth && truth <= members.high, "{members:?}, truth {truth}");
    given.standing
}

#[test]
fn political_blogs_separate_from_two_of_a_hundred_seeds() {
    let Some(graph) = load("polblogs") else { return };
    for label in [0, 1] {
        let mut mean = 0.0;
        for seed in 0..20 {
            let (census, _) = census(&graph, label, seed);
            mean += separation(&graph, &census, label) / 20.0;
        }
        assert!(mean >= 0.95, "label {label}: {mean}");
        let (census, seeds) = census(&graph, label, 1);
        assert!(seeds.len() >= 12, "{}", seeds.len());
        let standing = standing(&graph, &census, label);
        assert!(matches!(standing, Standing::Sound { .. }), "label {label}: {standing:?}");
    }
}

#[test]
fn a_label_that_does_not_follow_the_graph_is_refused() {
    let Some(graph) = load("DE") else { return };
    for label in [0, 1] {
        let (census, _) = census(&graph, label, 1);
        let separation = separation(&graph, &census, label);
        assert!(separation < 0.7, "label {label}: {separation}");
        match standing(&graph, &census, label) {
            Standing::Refused { separation, remedy } => {
                assert!(separation.low < 0.7 && !remedy.is_empty(), "{separation:?}");
            }
            other => panic!("label {label}: {other:?}"),
        }
    }
}
