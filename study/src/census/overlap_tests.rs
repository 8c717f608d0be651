//! Lists that overlap and chains of referral, with what is said of them.

use super::super::testing::dataset;
use super::*;
use crate::dataset::Builder;

fn list(name: &str, from: u32, to: u32, days: (i64, i64)) -> ListOfAccounts {
    ListOfAccounts {
        name: name.into(),
        accounts: (from..to).map(|account| format!("n{account}")).collect(),
        from_us: days.0 * 86_400_000_000,
        to_us: days.1 * 86_400_000_000,
    }
}

#[test]
fn two_lists_are_a_lower_bound() {
    let lists = [list("first", 0, 200, (0, 7)), list("second", 150, 300, (7, 14))];
    let given = overlap(&dataset("n0 n1"), &lists, Confidence::P95).unwrap();
    assert!((given.total.value - (201.0 * 151.0 / 51.0 - 1.0)).abs() < 1e-9);
    assert_eq!((given.seen, given.model.is_none()), (300, true));
    assert_eq!(given.lists, [("first".to_owned(), 200), ("second".to_owned(), 150)]);
    let wanted = [OverlapWarning::LowerBound, OverlapWarning::DependenceUnknown];
    assert_eq!(given.warnings, wanted);
    assert_eq!(given.assumptions.len(), 4);
}

#[test]
fn suspensions_between_the_lists_break_the_closure() {
    let mut builder = Builder::new();
    for (account, day, action) in [
        ("n5", 3, StudyAction::Suspend),
        ("n5", 4, StudyAction::Suspend),
        ("n6", 20, StudyAction::Suspend),
        ("n7", 5, StudyAction::Restore),
        ("elsewhere", 5, StudyAction::Suspend),
    ] {
        builder.action(account, action, day * 86_400_000_000);
    }
    let lists = [list("first", 0, 20, (0, 7)), list("second", 15, 30, (7, 14))];
    let given = overlap(&builder.build(), &lists, Confidence::P95).unwrap();
    let not_closed = OverlapWarning::NotClosed { suspended: 1, days: 14.0 };
    assert!(given.warnings.contains(&not_closed), "{:?}", given.warnings);
    assert!(given.warnings.contains(&OverlapWarning::FewShared { shared: 5 }));
}

#[test]
fn three_lists_show_dependence() {
    // The first two lists hold the same accounts but for a few; the third is another half.
    let mut lists =
        [list("a", 0, 100, (0, 1)), list("b", 5, 105, (0, 1)), list("c", 0, 200, (0, 1))];
    lists[2].accounts.retain(|id| id[1..].parse::<u32>().unwrap().is_multiple_of(2));
    let given = overlap(&dataset("n0"), &lists, Confidence::P95).unwrap();
    let model = given.model.unwrap();
    assert!(!model.dependent.is_empty() && given.total.value > model.if_independent);
    let dependent = OverlapWarning::Dependent { if_independent: model.if_independent };
    assert!(given.warnings.contains(&dependent));
    assert!(!given.warnings.contains(&OverlapWarning::DependenceUnknown));
}

#[test]
fn lists_that_cannot_be_used() {
    let one = list("one", 0, 5, (0, 1));
    let empty = list("none", 0, 0, (0, 1));
    let backward = list("back", 0, 5, (2, 1));
    let far = |from| list("far", from, from + 3, (0, 1));
    for (lists, wanted) in [
        (vec![one.clone()], "give two to 5"),
        (vec![one.clone(); 6], "give two to 5"),
        (vec![one.clone(), empty], "empty list `none`"),
        (vec![one.clone(), backward], "`back`, which ends before it begins"),
        (vec![far(0), far(10), far(20)], "at least 1 needed"),
    ] {
        let given = overlap(&dataset("n0"), &lists, Confidence::P95).unwrap_err().to_string();
        assert!(given.contains(wanted), "{given}");
    }
}

#[test]
fn a_full_snowball_is_no_sample_by_referral() {
    let recruit = |named_by| Recruit { ties: 3, counts: true, named_by };
    let snowball: Vec<Recruit> =
        [None].into_iter().chain((0..9).map(|_| Some(0))).map(recruit).collect();
    let given = referral(&snowball, 3, 50, 1, Confidence::P95).unwrap();
    let wanted = [
        ReferralWarning::Snowball { named: 9, limit: 3 },
        ReferralWarning::ShortChains { longest: 1 },
        ReferralWarning::FewSeeds { seeds: 1 },
    ];
    assert_eq!(given.warnings, wanted);
    let chains: Vec<Recruit> = (0..40_u32).map(|at| recruit(at.checked_sub(4))).collect();
    let given = referral(&chains, 3, 50, 1, Confidence::P95).unwrap();
    assert_eq!((given.warnings, given.assumptions.len()), (vec![], 4));
    assert!(referral(&[], 3, 50, 1, Confidence::P95).is_err());
}
