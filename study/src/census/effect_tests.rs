//! Survival and reach around a measure.

use super::*;
use crate::dataset::{Builder, PostRow, Profile, ProfileRow};

const DAY: i64 = DAY_US;

/// Four accounts of 100, 10, 1 and 50 followers that post once a day for forty days while they may:
/// `loud` is suspended on day 20, `back` on day 20 and restored on day 30; `quiet` remains, and
/// `loud2` appears on day 25.
fn dataset() -> Dataset {
    let mut builder = Builder::new();
    for (id, followers, made) in
        [("loud", 100, 0), ("back", 10, -9), ("quiet", 1, 10), ("loud2", 50, 25)]
    {
        let profile = Profile {
            followers: Some(followers),
            created_at_us: Some(made * DAY),
            ..Profile::default()
        };
        builder.profile(ProfileRow { id, profile });
    }
    for (id, days) in [
        ("loud", (0..20).collect::<Vec<_>>()),
        ("back", (0..20).chain(30..40).collect()),
        ("quiet", (10..40).collect()),
        ("loud2", (25..40).collect()),
        ("elsewhere", (0..40).collect()),
    ] {
        for day in days {
            let post = format!("{id}{day}");
            let at_us = day * DAY + 7;
            builder.post(&PostRow { id: &post, account: id, at_us, ..PostRow::default() });
        }
    }
    builder.action("loud", StudyAction::Suspend, 20 * DAY);
    builder.action("back", StudyAction::Suspend, 20 * DAY);
    builder.action("back", StudyAction::Restore, 30 * DAY);
    builder.action("quiet", StudyAction::Remove, 12 * DAY);
    builder.build()
}

fn plan(returns: &[(&str, &str)]) -> EffectPlan {
    let own = |text: &str| text.to_owned();
    EffectPlan {
        accounts: ["loud", "back", "quiet", "gone"].map(own).to_vec(),
        returns: returns.iter().map(|(new, old)| (own(new), own(old))).collect(),
        from_us: 0,
        pivot_us: 20 * DAY,
        to_us: 40 * DAY,
        step_days: 5,
    }
}

#[test]
fn accounts_and_reach_both_count() {
    let given = effect(&dataset(), &plan(&[("loud2", "loud")]), Confidence::P95).unwrap();
    let wanted = Watched { known: 3, unknown: 1, suspended: 2, restored: 1, returns: 1 };
    assert_eq!(given.watched, wanted);
    assert_eq!(given.survival.len(), 1);
    let step = given.survival[0];
    assert_eq!((step.time, step.at_risk, step.happened), (20.0, 3, 2));
    assert_eq!(given.reach.len(), 8);
    let audience = |step: usize| {
        let Reached { remaining, restored, returned, .. } = given.reach[step];
        (remaining.audience, restored.audience, returned.audience)
    };
    assert_eq!(audience(0), (550.0, 0.0, 0.0));
    assert_eq!(audience(3), (555.0, 0.0, 0.0));
    assert_eq!(audience(4), (5.0, 0.0, 0.0));
    assert_eq!(audience(5), (5.0, 0.0, 250.0));
    assert_eq!(audience(7), (5.0, 50.0, 250.0));
    assert_eq!(given.reach[7].restored.posts, 5);
    let regained = given.regained.unwrap();
    let before = (2.0 * 550.0 + 2.0 * 555.0) / 4.0;
    assert!((regained.before - before).abs() < 1e-9 && (regained.lost - 550.0).abs() < 1e-9);
    assert!((regained.after - (4.0 * 5.0 + 3.0 * 250.0 + 2.0 * 50.0) / 4.0).abs() < 1e-9);
    assert!((regained.back - 212.5).abs() < 1e-9);
    assert!((regained.share_of_lost.unwrap() - 212.5 / 550.0).abs() < 1e-9);
    assert!((regained.share_of_all - 217.5 / before).abs() < 1e-9);
    assert_eq!(given.warnings, [EffectWarning::AudienceIsOfOneDay]);
}

#[test]
fn returns_that_do_not_fit_do_not_count() {
    for returns in [&[("loud2", "elsewhere")][..], &[("nobody", "loud")], &[("quiet", "loud")], &[]]
    {
        let given = effect(&dataset(), &plan(returns), Confidence::P95).unwrap();
        assert_eq!(given.watched.returns, 0, "{returns:?}");
        assert!(given.warnings.contains(&EffectWarning::NoReturns));
        assert!(given.reach.iter().all(|step| step.returned == Came::default()));
    }
}

#[test]
fn unknown_audiences_and_beginnings_are_told() {
    let mut plan = plan(&[]);
    plan.accounts = vec!["elsewhere".into()];
    let given = effect(&dataset(), &plan, Confidence::P95).unwrap();
    let wanted = [
        EffectWarning::AudienceIsOfOneDay,
        EffectWarning::AudienceFromDataset { accounts: 1 },
        EffectWarning::NoReturns,
        EffectWarning::BeginUnknown { accounts: 1 },
    ];
    assert_eq!(given.warnings, wanted);
    assert_eq!((given.survival.len(), given.regained), (0, None), "nobody follows it");
    assert_eq!(given.reach[0].remaining, Came { posts: 5, audience: 0.0 });
}

#[test]
fn sides_without_a_whole_step_cannot_be_compared() {
    for (pivot, step_days) in [(2, 5), (38, 5), (20, 30)] {
        let plan = EffectPlan { pivot_us: pivot * DAY, step_days, ..plan(&[]) };
        let given = effect(&dataset(), &plan, Confidence::P95).unwrap();
        assert_eq!(given.regained, None, "{pivot} {step_days}");
    }
}

#[test]
fn a_profile_may_know_of_a_suspension() {
    let mut builder = Builder::new();
    let profile = Profile { suspended_at_us: Some(3 * DAY), ..Profile::default() };
    builder.profile(ProfileRow { id: "loud", profile });
    let given = effect(&builder.build(), &plan(&[]), Confidence::P95).unwrap();
    assert_eq!((given.watched.suspended, given.survival[0].time), (1, 3.0));
}

#[test]
fn plans_that_cannot_be_used() {
    let check = |change: fn(&mut EffectPlan), wanted: &str| {
        let mut plan = plan(&[]);
        change(&mut plan);
        let given = effect(&dataset(), &plan, Confidence::P95).unwrap_err().to_string();
        assert!(given.contains(wanted), "{given}");
    };
    check(|p| p.step_days = 0, "`step_days` is 0; give a number from 1 to 365");
    check(|p| p.pivot_us = p.to_us + 1, "do not follow each other");
    check(|p| p.to_us = p.from_us, "do not follow each other");
    check(|p| p.to_us = 40_000 * DAY, "are 8000 steps");
    check(|p| p.accounts = vec!["nobody".into()], "none of the dataset's");
}
