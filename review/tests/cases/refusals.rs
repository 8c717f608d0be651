//! Each refusal, with its short word.

use crate::sample::*;
use model::{
    AccountId, ActionKind, Case, CaseStatus, DecisionId, ProtectedPurpose, Ruling, Subject, limits,
};
use review::{Deciding, ReviewEvent};

/// Applies the event at 20 s and compares the short word of its refusal.
fn check(what: &str, case: &Case, event: ReviewEvent, code: &str) {
    let error = refused(case, event, 20);
    assert_eq!(error.code(), code, "{what}: {error}");
}

fn check_decision(what: &str, change: impl Fn(&mut Deciding), code: &str) {
    let case = done(&item_case(), claim("rana"), 10);
    let mut deciding = deciding("d1", Some(ActionKind::Remove));
    change(&mut deciding);
    check(what, &case, ReviewEvent::Decide(deciding), code);
}

#[test]
fn claims() {
    let open = item_case();
    let claimed = done(&open, claim("rana"), 10);
    let (decided, _) = decided(&open, deciding("d1", None));
    let release = |name| ReviewEvent::Release { by: user(name) };
    let move_to = |name, to| ReviewEvent::Move { by: user(name), queue: queue(to), due_at: None };
    check("claim of another", &claimed, claim("omar"), "claimed_by_other");
    check("claim of a decided case", &decided, claim("rana"), "already_decided");
    check("release by another", &claimed, release("omar"), "claimed_by_other");
    check("release without claim", &open, release("omar"), "not_claimed");
    check("release of a decided case", &decided, release("rana"), "already_decided");
    check("move by another", &claimed, move_to("omar", "other"), "claimed_by_other");
    check("move to the same queue", &open, move_to("rana", "general"), "same_queue");
    check("move of a decided case", &decided, move_to("rana", "other"), "already_decided");
}

#[test]
fn says_until_when_somebody_else_is_at_it() {
    let claimed = done(&item_case(), claim("rana"), 10);
    assert_eq!(
        refused(&claimed, claim("omar"), 20).to_string(),
        "user_rana is at this case until 2026-01-01T00:15:10Z. Take another one, or try again \
         after that."
    );
}

#[test]
fn leases_end_to_the_second() {
    let claimed = done(&item_case(), claim("rana"), 0);
    let last = limits::CLAIM_LEASE_SECONDS - 1;
    let decide = || ReviewEvent::Decide(deciding("d1", None));
    assert_eq!(refused(&claimed, claim("omar"), last).code(), "claimed_by_other");
    assert_eq!(refused(&claimed, decide(), last + 1).code(), "claim_ended");
    done(&claimed, decide(), last);
    let taken = done(&claimed, claim("omar"), last + 1);
    assert_eq!(refused(&taken, decide(), last + 2).code(), "claimed_by_other");
    // Renewal by the same person moves the end.
    let renewed = done(&claimed, claim("rana"), last);
    let until = at(last + limits::CLAIM_LEASE_SECONDS);
    assert_eq!(renewed.status, CaseStatus::Claimed { by: user("rana"), until });
    done(&renewed, decide(), last + 1);
}

#[test]
fn decisions() {
    let decide = ReviewEvent::Decide(deciding("d1", None));
    check("without claim", &item_case(), decide.clone(), "not_claimed");
    let other = done(&item_case(), claim("omar"), 10);
    check("with the claim of another", &other, decide.clone(), "claimed_by_other");
    let (decided, _) = decided(&item_case(), deciding("d0", None));
    check("twice", &decided, decide, "already_decided");
    let automatic = ReviewEvent::Decide(by_rule("d2", None));
    check("twice, by a rule", &decided, automatic, "already_decided");

    check_decision("no reason", |d| d.reason.clear(), "reason_missing");
    check_decision("blank reason", |d| d.reason = " \n\t".into(), "reason_missing");
    let long = "r".repeat(limits::REASON_BYTES + 1);
    check_decision("long reason", |d| d.reason.clone_from(&long), "reason_too_long");
    check_decision("long note", |d| d.findings[0].note.clone_from(&long), "reason_too_long");
    let long = DecisionId::new(format!("decision_{}", "d".repeat(200))).unwrap();
    check_decision("long id", |d| d.id = long.clone(), "decision_id_too_long");
    check_decision("restore", |d| d.action = Some(ActionKind::Restore), "restore_is_undo");
}

#[test]
fn labels() {
    let with = |labels: &[&str]| {
        let labels: Vec<String> = labels.iter().map(|&label| label.to_owned()).collect();
        move |d: &mut Deciding| (d.action, d.labels) = (Some(ActionKind::Label), labels.clone())
    };
    check_decision("none", with(&[]), "labels_missing");
    check_decision("blank", with(&["good", " "]), "label_length");
    check_decision("long", with(&[&"l".repeat(limits::NAME_BYTES + 1)]), "label_length");
    check_decision("many", with(&["l"; limits::DECISION_LABELS + 1]), "labels_too_many");
    check_decision("for remove", |d| d.labels = vec!["graphic".into()], "labels_unused");
    check_decision(
        "for nothing",
        |d| (d.action, d.labels) = (None, vec!["graphic".into()]),
        "labels_unused",
    );
}

#[test]
fn nothing_is_taken_where_a_protected_purpose_is_served() {
    for action in ActionKind::ALL.into_iter().filter(|action| action.takes()) {
        check_decision("no finding", |d| *d = no_finding(action), "finding_missing");
        for purpose in ProtectedPurpose::ALL.into_iter().skip(1) {
            let protect = |d: &mut Deciding| {
                (d.action, d.findings) = (Some(action), vec![finding(purpose)]);
            };
            check_decision(purpose.as_str(), protect, "purpose_protected");
        }
    }
    let twice = vec![finding(ProtectedPurpose::None); 2];
    check_decision("two answers", |d| d.findings.clone_from(&twice), "finding_repeated");
    let found = Deciding {
        findings: vec![finding(ProtectedPurpose::None)],
        ..by_rule("d1", Some(ActionKind::Remove))
    };
    check("finding by a rule", &item_case(), ReviewEvent::Decide(found), "finding_by_rule");
}

fn no_finding(action: ActionKind) -> Deciding {
    Deciding { findings: Vec::new(), ..deciding("d1", Some(action)) }
}

#[test]
fn nothing_is_done_against_somebody_who_broke_no_policy() {
    use ActionKind::{Disable, Remove, Restrict, Suspend, Warn};
    for action in [Remove, Disable, Restrict, Suspend, Warn] {
        let acquit = |d: &mut Deciding| {
            (d.action, d.ruling) = (Some(action), Ruling::NoViolation);
        };
        check_decision(action.as_str(), acquit, "not_a_violation");
        let rule = Deciding { ruling: Ruling::NoViolation, ..by_rule("d1", Some(action)) };
        check("by a rule", &item_case(), ReviewEvent::Decide(rule), "not_a_violation");
    }
}

#[test]
fn a_case_without_items_has_nothing_to_remove() {
    let case = notice_case(Subject::Account(AccountId::new("a1").unwrap()));
    let case = done(&case, claim("rana"), 10);
    for action in [ActionKind::Remove, ActionKind::Label] {
        let event = ReviewEvent::Decide(deciding("d1", Some(action)));
        check(action.as_str(), &case, event, "no_item");
    }
    let suspend = ReviewEvent::Decide(deciding("d1", Some(ActionKind::Suspend)));
    assert_eq!(acted(&case, suspend, 20).1.len(), 1);
}

#[test]
fn undoing() {
    check("an open case", &item_case(), undo("rana"), "not_decided");
    check("a claimed case", &done(&item_case(), claim("rana"), 1), undo("rana"), "not_decided");
    let (decided, _) = decided(&item_case(), deciding("d1", Some(ActionKind::Remove)));
    let with = |reason: String| ReviewEvent::Undo { by: user("omar"), reason };
    check("no reason", &decided, with("  ".into()), "reason_missing");
    let long = "r".repeat(limits::REASON_BYTES + 1);
    check("long reason", &decided, with(long), "reason_too_long");
    let reopened = done(&done(&decided, undo("omar"), 30), claim("rana"), 40);
    let again = ReviewEvent::Decide(deciding("d1", Some(ActionKind::Remove)));
    assert_eq!(refused(&reopened, again, 50).code(), "decision_id_used");
}

#[test]
fn joining() {
    let (decided, _) = decided(&item_case(), deciding("d1", None));
    let join = |name: &str| ReviewEvent::JoinItem(on_item(name));
    check("item of a decided case", &decided, join("p1"), "joins_decided");
    let notice = ReviewEvent::JoinNotice(on_notice("n1"));
    check("notice of a decided case", &decided, notice, "joins_decided");
    check("another item", &item_case(), join("p2"), "other_item");
}

#[test]
fn full_cases() {
    let mut case = account_case();
    case.items = (0..limits::CASE_ITEMS).map(|n| item(&format!("p{n}"))).collect();
    check("items", &case, ReviewEvent::JoinItem(on_item("one more")), "items_full");
    // A later version of an item that is there needs no room.
    done(&case, ReviewEvent::JoinItem(on_item("p7")), 20);

    let names = 0..limits::CASE_NOTICES;
    case.notices = names.map(|n| on_notice(&format!("n{n}")).notice).collect();
    check("notices", &case, ReviewEvent::JoinNotice(on_notice("one more")), "notices_full");
    done(&case, ReviewEvent::JoinNotice(on_notice("n7")), 20);
}
