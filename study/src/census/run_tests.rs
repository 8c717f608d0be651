//! The whole census: what it gives, that it repeats and resumes, and what it refuses.

use super::super::testing::{dataset, parameters, planted};
use super::*;
use crate::census::{Cut, Reach, Way};
use crate::{Go, Unwatched, graph};
use std::collections::BTreeMap;

fn ids(words: &str, seeds: &str) -> Result<Census, Error> {
    run(&dataset(words), &parameters(seeds), &Pseudonyms::ids(), &mut Unwatched)
}

#[test]
fn rows_hold_the_evidence() {
    let words = "s>a t>a a>s a>b b>a a+s s?a c>b d>c news>s lone";
    let census = ids(words, "s t nobody s").unwrap();
    let seeds = &census.seeds;
    assert_eq!((seeds.given, seeds.known, seeds.unknown_count, seeds.isolated), (4, 2, 1, 0));
    assert_eq!(seeds.unknown, ["nobody"]);
    let listed: Vec<&str> = census.listed.iter().map(|row| row.account.as_str()).collect();
    assert_eq!(listed.len(), 3, "d is three steps away: {listed:?}");
    let row = census.listed.iter().find(|row| row.account == "a").unwrap();
    assert_eq!((row.in_from_set, row.out_to_set, row.reciprocated), (2, 1, 1));
    assert_eq!((row.followers, row.following, row.hops, row.core), (3, 2, 1, 1));
    assert!((row.followers_in_set - wilson_low(2, 3, CONFIDENCE)).abs() < 1e-12);
    assert_eq!((row.interactions.reposts_of_set, row.interactions.answered_by_set), (1, 1));
    assert_eq!(row.path, [Step { account: "s".into(), by: Way::Follows }]);
    assert!((row.nearness - f64::from(census.frame.score[0]).exp()).abs() < 20.0);
    let far = census.listed.iter().find(|row| row.account == "c");
    assert_eq!(far, None, "c follows b, who is two steps away");
    assert_eq!((census.frontier.accounts, census.frontier.not_reached), (5, 3));
    let found: Vec<u64> = census.frontier.levels.iter().map(|level| level.found).collect();
    assert_eq!(found, [2, 2, 1]);
    assert_eq!(census.hidden_seeds, None, "two seeds cannot be split");
    assert_eq!((census.communities.among, census.pseudonymous), (5, false));
    assert_eq!(census.period, Some(Period { from_us: 0, to_us: 9_000_000 }));
}

#[test]
fn ranks_fall_and_the_frame_holds_everybody() {
    let world = planted(2_000, 100, 5);
    let census = world.census(12);
    assert!(census.frame.score.windows(2).all(|pair| pair[0] >= pair[1]));
    assert!(census.listed.iter().enumerate().all(|(at, row)| row.rank == at as u64 + 1));
    assert_eq!(census.frame.account.len() as u64 + 12, census.frontier.accounts);
    assert_eq!(census.listed.len(), 1_000);
    assert_eq!(
        census.cuts,
        [Cut::Listed { accounts: 1_000, of: census.frame.account.len() as u64 }]
    );
    let found = census.hidden_seeds.unwrap();
    assert!(found.hidden == 6 && found.found_again.value > 0.8, "{found:?}");
    assert_eq!(census.frame.reasons, ["newsroom"]);
    let apart = census.frame.set_apart_by_reason();
    let newsrooms = census.frame.set_apart.iter().filter(|reason| **reason == 1).count() as u64;
    assert_eq!(apart, [("newsroom".to_owned(), newsrooms)]);
    let members = census.listed[..50].iter();
    let members = members.filter(|row| row.out_to_set > 0 || row.in_from_set > 0).count();
    assert!(members > 30, "{members} of the first fifty are tied to seeds");
}

#[test]
fn accounts_are_named_by_pseudonyms() {
    let world = planted(500, 50, 5);
    let census = world.census(12);
    assert!(census.pseudonymous);
    let json = serde_json::to_string(&census.listed).unwrap();
    let json = json + &serde_json::to_string(&census.communities).unwrap();
    assert!((0..500).all(|account| !json.contains(&format!("\"n{account}\""))));
    let first = &census.listed[0].account;
    let found = world.names().accounts(&world.dataset, &[first]);
    assert_eq!(found, [Some(census.frame.account[0])]);
}

/// Stops after so many words, and keeps parts.
#[derive(Default)]
struct Keeper {
    parts: BTreeMap<String, String>,
    left: Option<u64>,
    stages: Vec<&'static str>,
}

impl Watch for Keeper {
    fn progress(&mut self, stage: &'static str, done: u64, total: u64) -> Go {
        assert!(done <= total, "{stage}: {done} of {total}");
        if self.stages.last() != Some(&stage) {
            self.stages.push(stage);
        }
        match &mut self.left {
            None => Go::On,
            Some(0) => Go::Stop,
            Some(left) => {
                *left -= 1;
                Go::On
            }
        }
    }

    fn kept(&mut self, part: &str) -> Option<String> {
        self.parts.get(part).cloned()
    }

    fn keep(&mut self, part: &str, json: &str) {
        self.parts.insert(part.to_owned(), json.to_owned());
    }
}

#[test]
fn a_stopped_census_goes_on_and_comes_out_the_same() {
    let world = planted(800, 60, 5);
    let mut parameters = parameters("");
    parameters.seeds = (0..12).map(|seed| format!("n{seed}")).collect();
    let whole = run(&world.dataset, &parameters, &world.names(), &mut Unwatched).unwrap();
    let whole = serde_json::to_string(&whole).unwrap();
    let mut keeper = Keeper::default();
    let mut stops = 0;
    for left in 0.. {
        keeper.left = Some(left);
        match run(&world.dataset, &parameters, &world.names(), &mut keeper) {
            Err(Error::Stopped(_)) => stops += 1,
            given => {
                assert_eq!(serde_json::to_string(&given.unwrap()).unwrap(), whole);
                break;
            }
        }
    }
    assert!(stops > 5, "{stops}");
    let parts: Vec<&str> = keeper.parts.keys().map(String::as_str).collect();
    assert_eq!(parts, ["groups", "hidden_seeds", "scores", "screening", "snowball"]);
    keeper.parts.values_mut().for_each(|json| json.truncate(3));
    keeper.left = None;
    let again = run(&world.dataset, &parameters, &world.names(), &mut keeper).unwrap();
    assert_eq!(serde_json::to_string(&again).unwrap(), whole, "what cannot be read is made again");
}

#[test]
fn automated_accounts_can_be_left_out() {
    let mut builder = crate::dataset::Builder::new();
    for (from, to) in [("s", "a"), ("s", "b"), ("a", "b")] {
        builder.follow(&crate::dataset::FollowRow { from, to, at_us: None });
    }
    for at in 0..50_i64 {
        let (id, at_us) = (at.to_string(), at * 3_600_000_000);
        let post = crate::dataset::PostRow {
            id: &id,
            account: "b",
            at_us,
            text: "same",
            ..Default::default()
        };
        builder.post(&post);
    }
    let dataset = builder.build();
    let mut given = parameters("s");
    let kept = run(&dataset, &given, &Pseudonyms::ids(), &mut Unwatched).unwrap();
    let row = kept.listed.iter().find(|row| row.account == "b").unwrap();
    assert_eq!(row.automated.len(), 2, "{row:?}");
    assert_eq!((kept.screening.accounts, kept.screening.left_out), (1, 0));
    given.screened = Screened::LeftOut;
    let out = run(&dataset, &given, &Pseudonyms::ids(), &mut Unwatched).unwrap();
    assert!(out.listed.iter().all(|row| row.account != "b") && out.frame.account.len() == 1);
    assert_eq!((out.screening.left_out, out.frontier.accounts), (1, 3));
}

#[test]
fn what_cannot_be_counted_is_refused() {
    let no_known = Error::NoKnownSeed { given: 2, first: "x".into() };
    assert_eq!(ids("a>b", "x y"), Err(no_known));
    assert_eq!(ids("a>b lone alone", "lone alone"), Err(Error::SeedsIsolated(2)));
    assert_eq!(ids("", "a").unwrap_err(), Error::NoKnownSeed { given: 1, first: "a".into() });
    let mut narrow = parameters("a");
    narrow.reach = Reach { ways: vec![Way::Reposts], ..Reach::default() };
    let none = run(&dataset("a>b"), &narrow, &Pseudonyms::ids(), &mut Unwatched);
    assert_eq!(none, Err(Error::EmptyFrontier));
    let empty = Error::Parameter { name: "the number of seeds", problem: String::new() };
    let given = ids("a>b", "").unwrap_err();
    assert_eq!(std::mem::discriminant(&given), std::mem::discriminant(&empty));
}

#[test]
fn a_graph_larger_than_the_memory_is_refused() {
    let world = planted(20_000, 100, 5);
    let mut given = parameters("n0 n1");
    given.memory_bytes = 1_000_000;
    let refused = run(&world.dataset, &given, &world.names(), &mut Unwatched).unwrap_err();
    assert!(matches!(refused, Error::Graph(graph::Error::TooLarge { .. })), "{refused}");
    assert!(refused.to_string().contains("raise the limit"), "{refused}");
}

#[test]
fn isolated_seeds_are_counted_and_do_no_harm() {
    let census = ids("a>b b>c lone", "a lone").unwrap();
    assert_eq!((census.seeds.known, census.seeds.isolated), (2, 1));
    assert_eq!(census.frame.account.len(), 2);
}
