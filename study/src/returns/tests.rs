//! The study as a whole, on planted datasets and on bad ones.

use super::planted::{DAY, Plan, START, planted};
use super::*;
use crate::dataset::{Builder, Profile, ProfileRow};
use crate::{Go, Unwatched};
use std::collections::BTreeMap;

fn learnt() -> Calibration {
    let pairs = |seed| {
        let (dataset, truth) = planted(Plan { seed, ..Plan::default() });
        known_pairs(&dataset, &Parameters::default(), &truth, &mut Unwatched).unwrap()
    };
    calibrate(&[pairs(1), pairs(2)].concat(), "planted").unwrap()
}

#[test]
fn finds_planted_returns() {
    let (dataset, truth) = planted(Plan { seed: 3, ..Plan::default() });
    let parameters = Parameters { base_rate: 0.5, ..Parameters::default() };
    let returns = run_with(&dataset, &parameters, &learnt(), &mut Unwatched).unwrap();
    let found = evaluate(&returns, &truth, 30);
    assert!(found.recall_at_10.value >= 0.8, "{found:#?}");
    assert_eq!((found.benign_linked, found.crossed), (0, 0), "{found:#?}");
    let all = returns.searched.iter().flat_map(|one| &one.candidates);
    for candidate in all {
        assert_eq!(candidate.evidence.len(), Group::ALL.len());
        let sum: f64 = candidate.evidence.iter().map(|one| one.reading.log_ratio()).sum();
        assert!((sum - candidate.score).abs() < 1e-9, "{candidate:#?}");
        assert!(candidate.posterior > 0.0 && candidate.posterior < 1.0, "{candidate:#?}");
    }
    let json = serde_json::to_string(&returns).unwrap();
    assert_eq!(serde_json::from_str::<Returns>(&json).unwrap(), returns);
}

/// Keeps parts, and stops after so many steps.
struct Stopping {
    left: u32,
    parts: BTreeMap<String, String>,
}

impl Watch for Stopping {
    fn progress(&mut self, _stage: &'static str, done: u64, total: u64) -> Go {
        assert!(done <= total);
        self.left = self.left.saturating_sub(1);
        if self.left == 0 { Go::Stop } else { Go::On }
    }

    fn kept(&mut self, part: &str) -> Option<String> {
        self.parts.get(part).cloned()
    }

    fn keep(&mut self, part: &str, json: &str) {
        assert!(self.parts.insert(part.to_owned(), json.to_owned()).is_none(), "{part} twice");
    }
}

#[test]
fn what_was_stopped_goes_on_and_gives_the_same() {
    let plan = Plan { members: 96, newcomers: 40, returns: 10, suspended: 90, seed: 5 };
    let (dataset, _) = planted(plan);
    let parameters = Parameters::default();
    let whole = run(&dataset, &parameters, &mut Unwatched).unwrap();
    let mut watch = Stopping { left: 1, parts: BTreeMap::new() };
    let mut runs = 1;
    let resumed = loop {
        match run(&dataset, &parameters, &mut watch) {
            Ok(returns) => break returns,
            Err(error) => assert_eq!(error, Error::Stopped(Stopped)),
        }
        // Room for what is always done again, and for one part of 64 accounts.
        watch.left = 78;
        runs += 1;
    };
    assert!(runs >= 3, "{runs}");
    assert_eq!(watch.parts.len(), 2);
    assert_eq!(serde_json::to_string(&resumed).unwrap(), serde_json::to_string(&whole).unwrap());
    watch.parts.insert("returns-000064".to_owned(), "{}".to_owned());
    watch.left = 1_000;
    let broken = run(&dataset, &parameters, &mut watch).unwrap_err().to_string();
    assert!(
        broken.starts_with("returns: the kept part `returns-000064` cannot be read"),
        "{broken}"
    );
}

/// Accounts with these handles, bios and avatars; the first is suspended, the others are new.
fn profiles(all: &[(&str, &str, Option<[u8; 32]>)]) -> Dataset {
    let mut builder = Builder::new();
    for (number, (handle, bio, avatar_pdq)) in all.iter().enumerate() {
        let first = number == 0;
        let profile = Profile {
            handle: (*handle).to_owned(),
            bio: (*bio).to_owned(),
            avatar_pdq: *avatar_pdq,
            created_at_us: Some(if first { START } else { START + 51 * DAY + number as i64 }),
            suspended_at_us: first.then_some(START + 50 * DAY),
            ..Profile::default()
        };
        builder.profile(ProfileRow { id: &format!("a{number:04}"), profile });
    }
    builder.build()
}

/// The largest number of nats that a group gives to anybody who is listed.
fn most_nats(returns: &Returns, group: Group) -> Option<f64> {
    let all = returns.searched.iter().flat_map(|one| &one.candidates);
    let of = all.flat_map(|one| &one.evidence).filter(|one| one.group == group);
    of.filter_map(|one| match one.reading {
        Reading::Measured { nats, .. } => Some(nats),
        Reading::Missing { .. } => None,
    })
    .reduce(f64::max)
}

fn listing_all() -> Parameters {
    Parameters { listed_ratio: 1.0, ..Parameters::default() }
}

#[test]
fn nobody_to_look_for_or_among_is_an_empty_result() {
    for dataset in [Dataset::default(), profiles(&[("lamp", "", None)])] {
        let returns = run(&dataset, &Parameters::default(), &mut Unwatched).unwrap();
        assert!(returns.searched.iter().all(|one| one.candidates.is_empty()));
        assert_eq!(returns.coverage.suspended, returns.searched.len() as u64);
        assert_eq!((returns.coverage.pairs, returns.control.links), (0, 0));
    }
}

#[test]
fn what_is_missing_is_said_and_counts_for_nothing() {
    let dataset = profiles(&[("quaylamp", "", None), ("quaylamp_2", "", None), ("", "", None)]);
    // Everything is listed, whatever its ratio.
    let plain = calibration::plain();
    let returns = run_with(&dataset, &listing_all(), &plain, &mut Unwatched).unwrap();
    assert_eq!(returns.coverage.empty_handles, 1);
    assert_eq!(returns.coverage.silent, 2);
    let candidate = &returns.searched[0].candidates[0];
    assert_eq!(candidate.account, "a0001");
    let missing = |group: Group| match &candidate.evidence[group as usize].reading {
        Reading::Missing { because } => Some(*because),
        Reading::Measured { .. } => None,
    };
    for (group, because) in [
        (Group::Handle, None),
        (Group::DisplayName, Some(MissingBecause::OldUnknown)),
        (Group::Bio, Some(MissingBecause::OldUnknown)),
        (Group::Avatar, Some(MissingBecause::OldUnknown)),
        (Group::EarlyFollowers, Some(MissingBecause::OldUnknown)),
        (Group::PostingHours, Some(MissingBecause::OldTooFewPosts)),
        (Group::Client, Some(MissingBecause::OldTooFewPosts)),
        (Group::Language, Some(MissingBecause::OldTooFewPosts)),
        (Group::Style, Some(MissingBecause::OldTooFewPosts)),
        (Group::Links, Some(MissingBecause::OldUnknown)),
        (Group::Timing, None),
        (Group::Announcement, None),
    ] {
        assert_eq!(missing(group), because, "{group:?}");
    }
}

#[test]
fn what_everybody_has_tells_nothing() {
    let default_picture = Some([7; 32]);
    let common = "tea and bread";
    let many: Vec<(&str, &str, Option<[u8; 32]>)> =
        (0..1_500).map(|_| ("anna_1", common, default_picture)).collect();
    let returns =
        run_with(&profiles(&many), &listing_all(), &calibration::plain(), &mut Unwatched).unwrap();
    assert_eq!(returns.coverage.common_avatars, 1_500);
    assert_eq!(returns.searched[0].compared, 0, "nothing to search by");
    let common = returns.bounds.iter().find(|bound| bound.limit == Limit::CommonTerm).unwrap();
    assert!(common.reached >= 3 && common.value == 1_000, "{common:?}");
    // With fewer accounts the same is searched by, and still tells next to nothing.
    let returns =
        run_with(&profiles(&many[..200]), &listing_all(), &calibration::plain(), &mut Unwatched)
            .unwrap();
    for group in [Group::Handle, Group::Bio, Group::Avatar] {
        let nats = most_nats(&returns, group).unwrap();
        assert!(nats < 0.01, "{group:?} {nats}");
    }
}

#[test]
fn what_only_two_have_tells_much() {
    let mut all: Vec<(String, String)> =
        (0..300).map(|n| (format!("reader{n}"), "tea and bread".to_owned())).collect();
    all[0] = ("quay_lamp".into(), "keeper of the vermilion sextant pages.example/x1".into());
    all[200] = ("quаy.lаmp77".into(), "vermilion sextant! pages.example/x1".into());
    let mut avatar = [3; 32];
    avatar[4] ^= 7;
    let all: Vec<(&str, &str, Option<[u8; 32]>)> = (0..)
        .zip(&all)
        .map(|(at, (handle, bio))| {
            let picture = match at {
                0 => Some([3; 32]),
                200 => Some(avatar),
                _ => None,
            };
            (handle.as_str(), bio.as_str(), picture)
        })
        .collect();
    let returns =
        run_with(&profiles(&all), &listing_all(), &calibration::plain(), &mut Unwatched).unwrap();
    let found = &returns.searched[0].candidates;
    assert_eq!(found.iter().map(|one| one.account.as_str()).collect::<Vec<_>>(), ["a0200"]);
    let facts: Vec<&Fact> = found[0].evidence.iter().flat_map(|one| one.reading.facts()).collect();
    let term = |term: &str| SharedTerm { term: term.to_owned(), accounts: 2 };
    for wanted in [
        Fact::SharedStem { stem: "quaylamp".to_owned(), accounts: 2 },
        Fact::LookAlike { skeleton: "quaylarnp".to_owned() },
        Fact::Counter { old: String::new(), new: "77".to_owned() },
        Fact::NearAvatar { distance_bits: 3, accounts: 2 },
        Fact::SharedTerms { terms: vec![term("sextant"), term("vermilion")] },
        Fact::SharedTerms { terms: vec![term("pages.example/x1")] },
    ] {
        assert!(facts.contains(&&wanted), "{wanted:?} is not in {facts:#?}");
    }
}

#[test]
fn parameters_out_of_range_are_refused() {
    let parameters = Parameters { base_rate: 2.0, ..Parameters::default() };
    let error = run(&Dataset::default(), &parameters, &mut Unwatched).unwrap_err();
    assert_eq!(error.to_string(), "returns: `base_rate` is 2; give a number from 0.0001 to 0.9");
}
