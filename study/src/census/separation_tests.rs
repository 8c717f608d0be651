//! When a census stands, and when it is refused.

use super::super::testing::planted;
use super::*;
use crate::census::Plan;
use crate::stats::auc_value;

/// The standing of a sample in which an account is a member where `is` says so of its score.
fn standing_where(is: impl Fn(usize, f32) -> bool, accounts: u64) -> Standing {
    let world = planted(3_000, 150, 6);
    let census = world.census(15);
    let draw = world.draw(&census, Plan { accounts, ..Plan::default() });
    let settled: Vec<Settled> = draw
        .items
        .iter()
        .enumerate()
        .map(|(at, item)| {
            let is_member = is(at, item.score);
            Settled::As(if is_member { Answer::Member } else { Answer::NotMember })
        })
        .collect();
    standing(&draw, &settled, Confidence::P95)
}

#[test]
fn a_score_that_separates_stands() {
    let given = standing_where(|_, score| score > 0.5, 600);
    let Standing::Sound { separation } = given else { panic!("{given:?}") };
    assert!(separation.value > 0.999 && separation.low > 0.8, "{separation:?}");
}

#[test]
fn a_score_that_says_nothing_is_refused_with_figure_and_remedy() {
    let given = standing_where(|at, _| at % 5 == 0, 600);
    let Standing::Refused { separation, remedy } = given else { panic!("{given:?}") };
    assert!(separation.low < 0.5 && separation.high > 0.5 && separation.high < 0.7);
    assert!(remedy.contains("name other seeds"), "{remedy}");
}

#[test]
fn few_members_are_not_enough_to_stand() {
    let given = standing_where(|at, _| at == 3 || at == 4, 400);
    let Standing::Refused { separation, remedy } = given else { panic!("{given:?}") };
    assert!(separation.low < WEAK_BELOW, "{separation:?}");
    assert!(remedy.contains("code more") || remedy.contains("other seeds"), "{remedy}");
}

#[test]
fn one_group_alone_is_not_measured() {
    let none = standing_where(|_, _| false, 400);
    assert!(matches!(none, Standing::Unmeasured { members: 0, .. }), "{none:?}");
    let all = standing_where(|_, _| true, 400);
    assert!(matches!(all, Standing::Unmeasured { others: 0, .. }), "{all:?}");
}

#[test]
fn the_interval_of_a_stratified_sample_holds_that_of_the_frame() {
    let world = planted(6_000, 900, 8);
    let census = world.census(10);
    let frame = &census.frame;
    let kept: Vec<usize> =
        (0..frame.account.len()).filter(|at| frame.set_apart[*at] == 0).collect();
    let scores: Vec<f64> = kept.iter().map(|at| frame.score[*at].into()).collect();
    let members: Vec<bool> = kept.iter().map(|at| frame.account[*at] < 900).collect();
    let truth = auc_value(&scores, &members).unwrap();
    let names = world.by_pseudonym();
    let (mut held, mut above) = (0, 0);
    for seed in 0..100 {
        let draw = world.draw(&census, Plan { seed, accounts: 400, ..Plan::default() });
        let settled: Vec<Settled> = draw
            .items
            .iter()
            .map(|item| names[&item.account] < 900)
            .map(|is| Settled::As(if is { Answer::Member } else { Answer::NotMember }))
            .collect();
        let given = Coded::of(&draw, &settled).separation(seed, Confidence::P95).unwrap();
        held += u32::from((given.low..=given.high).contains(&truth));
        above += u32::from(given.low > truth);
    }
    assert!(held >= 90 && above <= 5, "{held} of 100 hold {truth}, {above} lie above");
}
