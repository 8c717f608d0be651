//! Estimates on planted networks, and what is said where nothing can be.

use super::super::testing::{Planted, coded, planted};
use super::*;
use crate::census::{Census, Code, Method, Plan};

fn world() -> (Planted, Census) {
    let world = planted(6_000, 300, 8);
    let census = world.census(25);
    (world, census)
}

fn plan(accounts: u64) -> Plan {
    Plan { accounts, ..Plan::default() }
}

#[test]
fn a_coded_sample_gives_the_planted_number() {
    let (world, census) = world();
    let reached = 300.0;
    for method in [Method::Stratified, Method::Simple] {
        let draw = world.draw(&census, Plan { method, ..plan(900) });
        let coding = coded(&draw, &world.truth(&draw), 0, 0);
        let given = estimate(&draw, &coding, Confidence::P95).unwrap();
        for figure in [given.members.wilson, given.members.clopper_pearson] {
            assert!(figure.low <= reached && reached <= figure.high, "{method:?} {figure:?}");
        }
        let width = |figure: Estimate| figure.width();
        assert!(width(given.members.clopper_pearson) > width(given.members.wilson));
        assert!(matches!(given.standing, Standing::Sound { .. }), "{:?}", given.standing);
        let coded: u64 = given.strata.iter().map(|one| one.coded).sum();
        assert_eq!((given.assumptions.coded, coded, given.assumptions.drawn), (900, 900, 900));
        assert_eq!((given.best, given.undecided.accounts), (Basis::Settled, 0));
        let agreed = given.agreement.kappa.unwrap();
        assert!(agreed.same == 1.0 && given.agreement.to_adjudicate.is_empty());
    }
}

#[test]
fn precision_falls_from_stratum_to_stratum_and_those_set_apart_are_apart() {
    let (world, census) = world();
    let draw = world.draw(&census, plan(1_200));
    let coding = coded(&draw, &world.truth(&draw), 0, 0);
    let given = estimate(&draw, &coding, Confidence::P95).unwrap();
    assert_eq!(given.precision.len(), 9);
    assert!(given.precision[0].members.value > 0.9, "{:?}", given.precision[0]);
    let last = given.precision.last().unwrap();
    assert!(last.members.value < 0.08 && last.top == 1.0);
    assert_eq!(last.accounts + given.set_apart[0].accounts, census.frame.account.len() as u64);
    let [newsrooms] = &given.set_apart[..] else { panic!("{:?}", given.set_apart) };
    assert_eq!((newsrooms.reason.as_str(), newsrooms.members), ("newsroom", 0));
    assert!(newsrooms.coded >= 30 && newsrooms.share.unwrap().value == 0.0);
    assert!(newsrooms.high_and_not_members > 0, "they follow members: {newsrooms:?}");
}

#[test]
fn errors_of_coders_are_measured_and_taken_out() {
    let (world, census) = world();
    let draw = world.draw(&census, Plan { coded_twice: 0.5, ..plan(2_500) });
    let coding = coded(&draw, &world.truth(&draw), 100, 30);
    let given = estimate(&draw, &coding, Confidence::P95).unwrap();
    let corrected = given.corrected.unwrap();
    let share = |measured: Measured| measured.right / measured.of;
    assert!((share(corrected.specificity) - 0.97).abs() < 0.02, "{corrected:?}");
    assert!((share(corrected.sensitivity) - 0.9).abs() < 0.08, "{corrected:?}");
    let (low, high) = (corrected.members.low, corrected.members.high);
    assert!(low <= 300.0 && 300.0 <= high, "{corrected:?}");
    // One coder alone takes 30 of a thousand others for members: too many.
    assert!(given.members.wilson.value > 1.15 * corrected.members.value, "{given:?}");
    assert_eq!(given.best, Basis::Corrected);
    let none = coded(&draw, &vec![false; draw.items.len()], 0, 0);
    let given = estimate(&draw, &none, Confidence::P95).unwrap();
    assert_eq!((given.best, given.corrected), (Basis::Uncorrected, None));
}

#[test]
fn a_sample_without_a_member_has_an_upper_limit_and_no_standing() {
    let (world, census) = world();
    let draw = world.draw(&census, plan(400));
    let coding = coded(&draw, &vec![false; 400], 0, 0);
    let given = estimate(&draw, &coding, Confidence::P95).unwrap();
    let members = given.members.clopper_pearson;
    assert!(members.value == 25.0 && members.low == 25.0 && members.high > 50.0, "{members:?}");
    let Standing::Unmeasured { members, others, remedy } = given.standing else {
        panic!("{:?}", given.standing)
    };
    assert!(members == 0 && others > 300 && remedy.contains("code more"), "{members} {others}");
    assert_eq!(given.corrected, None, "no member shows how many are missed");
    assert_eq!(given.agreement.kappa, None);
}

#[test]
fn what_is_not_settled_is_never_shown_as_whole() {
    let (world, census) = world();
    let draw = world.draw(&census, plan(900));
    let truth = world.truth(&draw);
    let mut coding = coded(&draw, &truth, 0, 0);
    let last = draw.items.last().unwrap().account.clone();
    coding.codes.retain(|code| code.account != last || code.coder != "two");
    let given = estimate(&draw, &coding, Confidence::P95).unwrap();
    assert_eq!(given.standing, Standing::Partial { settled: 899, of: 900 });
    let stop = |code: &Code| draw.items[..9].iter().any(|item| item.account == code.account);
    coding.codes.retain(stop);
    let early = estimate(&draw, &coding, Confidence::P95);
    assert!(matches!(early, Err(Error::StratumNotCoded { .. })), "{early:?}");
}

#[test]
fn undecided_accounts_give_a_range() {
    let (world, census) = world();
    let draw = world.draw(&census, plan(900));
    let mut coding = coded(&draw, &world.truth(&draw), 0, 0);
    for item in &draw.items[..50] {
        let unsure = Code {
            account: item.account.clone(),
            coder: "three".into(),
            answer: Answer::Unsure,
            at_us: 2,
        };
        coding.adjudications.push(unsure);
    }
    let given = estimate(&draw, &coding, Confidence::P95).unwrap();
    assert_eq!(given.undecided.accounts, 50);
    let Undecided { if_none, if_all, .. } = given.undecided;
    let value = given.members.wilson.value;
    assert!(if_none < value && value < if_all && if_none > 25.0, "{:?} {value}", given.undecided);
    assert_eq!(given.assumptions.coded, 850);
}

#[test]
fn the_published_limits_say_what_is_not_reached() {
    let (world, census) = world();
    let mut draw = world.draw(&census, plan(400));
    let coding = coded(&draw, &world.truth(&draw), 0, 0);
    draw.left_out = 7;
    draw.frontier.levels[1].left_out = 11;
    draw.frontier.levels[1].not_followed = 13;
    let given = estimate(&draw, &coding, Confidence::P95).unwrap().assumptions;
    let text = given.limits.join("\n");
    for wanted in [
        "not reached",
        "25 seeds are counted",
        "is not a person",
        "suspended or deleted",
        "11 accounts were found and left out",
        "13 times an account led nowhere",
        "7 accounts that look automated are left out",
    ] {
        assert!(text.contains(wanted), "{wanted}: {text}");
    }
    assert_eq!(given.membership, "was planted");
    assert_eq!(given.confidence, Confidence::P95);
}

#[test]
fn errors_of_codes_are_clear() {
    let (world, census) = world();
    let draw = world.draw(&census, plan(400));
    let none = estimate(&draw, &Coding::default(), Confidence::P95);
    assert_eq!(none, Err(Error::NoCodes));
    let mut alone = coded(&draw, &world.truth(&draw), 0, 0);
    alone.codes.retain(|code| code.coder == "one");
    let alone = estimate(&draw, &alone, Confidence::P95);
    assert_eq!(alone, Err(Error::OneCoder { coders: vec!["one".into()] }));
}

#[test]
fn results_are_stored_and_read_again() {
    let (world, census) = world();
    let draw = world.draw(&census, plan(400));
    let coding = coded(&draw, &world.truth(&draw), 50, 20);
    let given = estimate(&draw, &coding, Confidence::P95).unwrap();
    let json = serde_json::to_string(&given).unwrap();
    assert_eq!(serde_json::from_str::<PopulationEstimate>(&json).unwrap(), given);
    let json = serde_json::to_string(&draw).unwrap();
    assert_eq!(serde_json::from_str::<SampleDraw>(&json).unwrap(), draw);
    let again = estimate(&draw, &coding, Confidence::P95).unwrap();
    assert_eq!(again, given);
}

#[test]
fn intervals_hold_the_planted_number() {
    let (world, census) = world();
    let names = world.by_pseudonym();
    let truth = 275.0 / census.frame.account.len() as f64;
    let mut held = [0; 2];
    for seed in 0..100 {
        let draw = world.draw(&census, Plan { seed, ..plan(500) });
        let count = |stratum: &crate::census::DrawnStratum| StratumCount {
            size: stratum.size,
            coded: stratum.drawn,
            members: 0,
        };
        let mut strata: Vec<StratumCount> = draw.strata.iter().map(count).collect();
        for item in draw.items.iter().filter(|item| names[&item.account] < 300) {
            strata[usize::from(item.stratum)].members += 1;
        }
        let given = share_of_strata(&strata, Confidence::P95);
        for (held, figure) in held.iter_mut().zip([given.wilson, given.clopper_pearson]) {
            *held += u32::from(figure.low <= truth && truth <= figure.high);
        }
    }
    assert!(held[0] >= 90 && held[1] >= held[0], "{held:?} of 100");
}

#[test]
#[should_panic(expected = "a stratum of")]
fn a_stratum_without_codings_has_no_share() {
    let _ = share_of_strata(&[StratumCount { size: 5, coded: 0, members: 0 }], Confidence::P95);
}
