//! No order of events breaks what must always hold. The checks know nothing of the code: they keep
//! their own book of what was taken and given back.

use crate::sample::*;
use model::{
    Action, ActionId, ActionKind, Case, CaseStatus, Decider, ProtectedPurpose, Ruling, limits,
};
use proptest::prelude::*;
use review::{Deciding, Ladder, ReviewEvent, apply};
use std::collections::{BTreeMap, BTreeSet};

/// One event to try, and how many seconds after the one before.
type Step = (i64, ReviewEvent);

fn any_deciding() -> impl Strategy<Value = Deciding> {
    let action = prop::option::of(prop::sample::select(&ActionKind::ALL[..]));
    let findings = prop::collection::vec(prop::sample::select(&ProtectedPurpose::ALL[..2]), 0..3);
    let flags = (any::<bool>(), any::<bool>(), any::<bool>());
    ("[a-f]{3}", "rana|omar", action, findings, flags).prop_map(
        |(id, name, action, findings, (is_rule, is_violation, has_reason))| {
            let mut deciding = if is_rule { by_rule(&id, action) } else { deciding(&id, action) };
            if !is_rule {
                deciding.by = Decider::Reviewer(user(&name));
                deciding.findings = findings.into_iter().map(finding).collect();
            }
            deciding.ruling = if is_violation { Ruling::Violation } else { Ruling::NoViolation };
            if !has_reason && findings_are_few(&deciding) {
                deciding.reason.clear();
            }
            deciding
        },
    )
}

fn findings_are_few(deciding: &Deciding) -> bool {
    deciding.findings.len() < 2
}

fn any_event() -> impl Strategy<Value = ReviewEvent> {
    let joining = ("p[0-3]", 0_u8..=120).prop_map(|(name, priority)| {
        ReviewEvent::JoinItem(review::ItemJoining { priority, ..on_item(&name) })
    });
    let release = "rana|omar".prop_map(|name| ReviewEvent::Release { by: user(&name) });
    let moving = ("rana|omar", "general|arabic").prop_map(|(name, to)| ReviewEvent::Move {
        by: user(&name),
        queue: queue(&to),
        due_at: None,
    });
    prop_oneof![
        2 => joining,
        1 => "n[0-3]".prop_map(|name| ReviewEvent::JoinNotice(on_notice(&name))),
        4 => "rana|omar".prop_map(|name| claim(&name)),
        1 => release,
        1 => moving,
        6 => any_deciding().prop_map(ReviewEvent::Decide),
        2 => "rana|omar".prop_map(|name| undo(&name)),
    ]
}

fn any_steps() -> impl Strategy<Value = Vec<Step>> {
    let wait = prop_oneof![4 => 0_i64..60, 1 => 0_i64..2_000];
    prop::collection::vec((wait, any_event()), 1..60)
}

/// What a service would have done that carries out every action once.
#[derive(Default)]
struct Book {
    seen: BTreeSet<ActionId>,
    in_force: BTreeMap<ActionId, Action>,
}

impl Book {
    fn carry_out(&mut self, actions: &[Action]) {
        for action in actions {
            assert!(self.seen.insert(action.id.clone()), "{} is ordered twice", action.id);
            match &action.reverses {
                Some(reversed) => {
                    let taken = self.in_force.remove(reversed).expect("it is in force");
                    assert_eq!(action.kind, ActionKind::Restore);
                    assert_eq!((&action.target, &action.labels), (&taken.target, &taken.labels));
                }
                None => {
                    assert_ne!(action.kind, ActionKind::Restore);
                    self.in_force.insert(action.id.clone(), action.clone());
                }
            }
        }
    }
}

fn check_case(case: &Case, book: &Book) {
    let is_decided = case.status == CaseStatus::Decided;
    assert_eq!(is_decided, case.decision.is_some());
    // What stands on the case is what is in force at the service, no more and no less.
    let standing: BTreeMap<_, _> =
        case.actions.iter().map(|action| (action.id.clone(), action.clone())).collect();
    assert_eq!(standing, book.in_force);
    if let Some(decision) = &case.decision {
        assert!(case.actions.iter().all(|action| action.decision == decision.id));
        check_decision(case, decision);
    } else {
        assert_eq!((case.strike.as_ref(), case.actions.len()), (None, 0));
    }
    assert!(case.priority <= 100);
    assert!(case.events.len() <= limits::CASE_EVENTS);
    let distinct: BTreeSet<_> = case.items.iter().collect();
    assert_eq!(distinct.len(), case.items.len());
}

fn check_decision(case: &Case, decision: &model::Decision) {
    let takes = decision.action.is_some_and(ActionKind::takes);
    assert_eq!(case.strike.is_some(), takes);
    if takes {
        assert_eq!(decision.ruling, Ruling::Violation);
        let is_person = matches!(decision.by, Decider::Reviewer(_));
        let none_found = decision.findings == [finding(ProtectedPurpose::None)];
        assert_eq!(none_found, is_person, "a person found that nothing protected is served");
    }
    if matches!(decision.by, Decider::Reviewer(_)) {
        assert!(!decision.reason.is_empty());
    }
}

/// Whether somebody else's claim holds before the event.
fn is_blocked(case: &Case, event: &ReviewEvent, now: i64) -> bool {
    let by = match event {
        ReviewEvent::Claim { by } | ReviewEvent::Release { by } => by,
        ReviewEvent::Move { by, .. } => by,
        ReviewEvent::Decide(Deciding { by: Decider::Reviewer(by), .. }) => by,
        ReviewEvent::Decide(_) | ReviewEvent::Undo { .. } => return false,
        ReviewEvent::JoinItem(_) | ReviewEvent::JoinNotice(_) => return false,
    };
    matches!(&case.status, CaseStatus::Claimed { by: holder, until }
        if holder != by && at(now) < *until)
}

/// Runs the steps and tells how many were accepted.
fn run(mut case: Case, steps: Vec<Step>) -> usize {
    let (mut book, mut now, mut accepted) = (Book::default(), 100, 0);
    for (wait, event) in steps {
        now += wait;
        let blocked = is_blocked(&case, &event, now);
        let is_undo = matches!(event, ReviewEvent::Undo { .. });
        let Ok((next, actions)) = apply(&case, event, &Ladder::default(), at(now)) else {
            continue;
        };
        assert!(!blocked, "nobody passes somebody else's claim");
        assert_eq!(next.revision, case.revision + 1);
        assert_eq!(next.events.first(), case.events.first());
        book.carry_out(&actions);
        check_case(&next, &book);
        if is_undo {
            assert_eq!(actions.len(), case.actions.len());
            assert_eq!((book.in_force.len(), &next.status), (0, &CaseStatus::Open));
        }
        case = next;
        accepted += 1;
    }
    accepted
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_order_of_events_breaks_a_case_about_an_account(steps in any_steps()) {
        run(account_case(), steps);
    }

    #[test]
    fn no_order_of_events_breaks_a_case_about_an_item(steps in any_steps()) {
        run(item_case(), steps);
    }
}

#[test]
fn the_machine_gets_somewhere() {
    let decide = |id| ReviewEvent::Decide(deciding(id, Some(ActionKind::Remove)));
    let steps = vec![
        (0, claim("rana")),
        (1, decide("d1")),
        (1, undo("omar")),
        (1, claim("rana")),
        (1, decide("d2")),
        (1, decide("d3")),
    ];
    assert_eq!(run(account_case(), steps), 5);
}
