//! In which order cases wait, and which may be claimed.

use crate::sample::*;
use model::{ActionKind, Case, CaseId};
use proptest::prelude::*;
use review::{Ladder, apply, is_available, is_overdue, order};
use std::cmp::Ordering;

fn waiting(name: &str, priority: u8, due: Option<i64>, opened: i64) -> Case {
    Case {
        id: CaseId::new(format!("case_{name}")).unwrap(),
        priority,
        due_at: due.map(at),
        opened_at: at(opened),
        ..item_case()
    }
}

#[test]
fn a_score_orders_cases_of_one_priority_alone() {
    let scored = |name: &str, priority, score| Case { score, ..waiting(name, priority, None, 9) };
    let expected = [
        scored("high", 60, Some(1)),
        scored("likely", 50, Some(900)),
        scored("so so", 50, Some(501)),
        scored("unknown", 50, None),
        scored("unlikely", 50, Some(499)),
        scored("low", 40, Some(1000)),
    ];
    let mut cases = expected.to_vec();
    cases.reverse();
    cases.sort_by(|a, b| order(a, b, at(100)));
    assert_eq!(cases, expected);
}

#[test]
fn overdue_first_then_priority_due_time_opening_and_id() {
    let expected = [
        waiting("late and high", 90, Some(50), 9),
        waiting("late", 10, Some(40), 9),
        waiting("later", 10, Some(60), 9),
        waiting("high", 80, None, 9),
        waiting("due soon", 50, Some(200), 9),
        waiting("due", 50, Some(300), 1),
        waiting("no promise, old", 50, None, 1),
        waiting("no promise, new a", 50, None, 2),
        waiting("no promise, new b", 50, None, 2),
        waiting("low", 0, Some(150), 0),
    ];
    let mut cases = expected.to_vec();
    cases.reverse();
    cases.sort_by(|a, b| order(a, b, at(100)));
    let names = |cases: &[Case]| cases.iter().map(|case| case.id.to_string()).collect::<Vec<_>>();
    assert_eq!(names(&cases), names(&expected));
}

#[test]
fn a_case_is_overdue_after_its_due_time() {
    for (now, expected) in [(99, false), (100, false), (101, true)] {
        assert_eq!(is_overdue(&waiting("c", 1, Some(100), 0), at(now)), expected, "{now}");
    }
    assert!(!is_overdue(&waiting("c", 1, None, 0), at(1_000_000)));
    let (decided, _) = decided(&waiting("c", 1, Some(100), 0), deciding("d", None));
    assert!(!is_overdue(&decided, at(1_000_000)));
}

#[test]
fn a_case_is_available_when_nobody_is_at_it() {
    let open = item_case();
    let claimed = done(&open, claim("rana"), 0);
    let (decided, _) = decided(&open, deciding("d", Some(ActionKind::Remove)));
    for (case, now, expected) in [
        (&open, 0, true),
        (&claimed, 1, false),
        (&claimed, 899, false),
        (&claimed, 900, true),
        (&decided, 5_000, false),
    ] {
        assert_eq!(is_available(case, at(now)), expected, "{:?} at {now}", case.status);
        // What is available can be claimed by anybody, and nothing else can.
        let claim = apply(case, claim("omar"), &Ladder::default(), at(now));
        assert_eq!(claim.is_ok(), expected);
    }
}

fn any_case() -> impl Strategy<Value = Case> {
    let parts = ("[ab]", 0_u8..3, prop::option::of(0_i64..4), 0_i64..3);
    parts.prop_map(|(name, priority, due, opened)| waiting(&name, priority, due, opened))
}

proptest! {
    #[test]
    fn is_a_total_order(a in any_case(), b in any_case(), c in any_case(), now in 0_i64..4) {
        let order = |x: &Case, y: &Case| order(x, y, at(now));
        prop_assert_eq!(order(&a, &b), order(&b, &a).reverse());
        if order(&a, &b) != Ordering::Greater && order(&b, &c) != Ordering::Greater {
            prop_assert_ne!(order(&a, &c), Ordering::Greater);
        }
    }
}
