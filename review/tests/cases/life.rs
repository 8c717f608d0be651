//! What follows from each event that is accepted.

use crate::sample::*;
use model::{
    AccountId, Action, ActionKind, ActionTarget, Case, CaseEventKind, CaseStatus, OrderId,
    ProtectedPurpose, Ruling, Subject, limits,
};
use review::{Cause, Deciding, ReviewEvent, open};

fn history(case: &Case) -> Vec<String> {
    let line = |kind: &CaseEventKind| match kind {
        CaseEventKind::Opened => "opened".to_owned(),
        CaseEventKind::ItemJoined(item) => format!("item {item}"),
        CaseEventKind::NoticeJoined(notice) => format!("notice {notice}"),
        CaseEventKind::Claimed(by) => format!("claimed {by}"),
        CaseEventKind::Released(by) => format!("released {by}"),
        CaseEventKind::Moved(queue) => format!("moved {queue}"),
        CaseEventKind::Decided(decision) => format!("decided {decision}"),
        CaseEventKind::Reversed { decision, by, .. } => format!("reversed {decision} {by}"),
    };
    case.events.iter().map(|event| line(&event.kind)).collect()
}

fn lines(actions: &[Action]) -> Vec<String> {
    let target = |target: &ActionTarget| match target {
        ActionTarget::Item(item) => item.to_string(),
        ActionTarget::Account(account) => account.to_string(),
    };
    let line = |action: &Action| {
        let kind = action.kind.as_str();
        let reverses = action.reverses.as_ref().map_or(String::new(), |id| format!(" of {id}"));
        format!("{}: {kind} {}{reverses}", action.id, target(&action.target))
    };
    actions.iter().map(line).collect()
}

#[test]
fn opens_with_its_cause() {
    let case = item_case();
    assert_eq!(history(&case), ["opened", "item p1"]);
    assert_eq!((case.priority, case.status.clone()), (50, CaseStatus::Open));
    assert_eq!(case.queue, queue("general"));
    assert_eq!((case.items.len(), case.verdicts.len(), case.revision), (1, 1, 0));
    assert_eq!(case.proposed, Some(ActionKind::Remove));

    let case = notice_case(Subject::Item(item("p1")));
    assert_eq!(history(&case), ["opened", "notice notice_n1"]);
    assert_eq!(case.items, [item("p1")]);
    assert_eq!(case.policies, ["spam"]);
    let case = notice_case(Subject::Account(AccountId::new("a1").unwrap()));
    assert!(case.items.is_empty());
}

#[test]
fn the_higher_priority_wins_and_brings_its_queue() {
    for (priority, queue_named, expected) in [
        (49, Some("urgent"), (50, "general")),
        (50, Some("urgent"), (50, "general")),
        (51, Some("urgent"), (51, "urgent")),
        (51, None, (51, "general")),
        (255, Some("urgent"), (100, "urgent")),
    ] {
        let joining =
            review::ItemJoining { priority, queue: queue_named.map(queue), ..on_item("p1") };
        let case = done(&item_case(), ReviewEvent::JoinItem(joining), 5);
        assert_eq!((case.priority, case.queue.as_str()), expected, "{priority}");
        let moved = history(&case).contains(&"moved urgent".to_owned());
        assert_eq!(moved, expected.1 == "urgent");
    }
}

#[test]
fn joining_adds_what_is_new() {
    let joining = review::ItemJoining {
        labels: vec!["new".into(), "seen".into()],
        policies: vec!["spam".into()],
        proposed: Some(ActionKind::Suspend),
        score: Some(700),
        priority: 60,
        ..on_item("p1")
    };
    let case = done(&item_case(), ReviewEvent::JoinItem(joining), 5);
    assert_eq!(case.items, [item("p1")]);
    assert_eq!(case.verdicts.len(), 2);
    assert_eq!(case.labels, ["seen", "new"]);
    assert_eq!(case.policies, ["violent-extremism", "spam"]);
    assert_eq!((case.proposed, case.score), (Some(ActionKind::Suspend), Some(700)));
    // A weaker verdict does not talk a stronger proposal down.
    let proposed = Some(ActionKind::Label);
    let weaker = review::ItemJoining { proposed, score: Some(300), ..on_item("p1") };
    let case = done(&case, ReviewEvent::JoinItem(weaker), 6);
    assert_eq!(case.score, Some(700));
    assert_eq!(case.proposed, Some(ActionKind::Suspend));
    let again = done(&case, ReviewEvent::JoinNotice(on_notice("n1")), 7);
    let again = done(&again, ReviewEvent::JoinNotice(on_notice("n1")), 8);
    assert_eq!(again.notices.len(), 1);
}

#[test]
fn the_earliest_promise_holds() {
    let joining = |due| ReviewEvent::JoinItem(review::ItemJoining { due_at: due, ..on_item("p1") });
    let case = done(&item_case(), joining(Some(at(900))), 1);
    let case = done(&case, joining(None), 2);
    assert_eq!(case.due_at, Some(at(900)));
    let to = |name, seconds| ReviewEvent::Move {
        by: user("rana"),
        queue: queue(name),
        due_at: Some(at(seconds)),
    };
    let case = done(&case, to("slow", 5_000), 3);
    assert_eq!(case.due_at, Some(at(900)));
    assert_eq!(done(&case, to("fast", 60), 4).due_at, Some(at(60)));
}

#[test]
fn claiming_releasing_and_moving() {
    let case = done(&item_case(), claim("rana"), 10);
    let case = done(&case, claim("rana"), 100);
    let case = done(&case, ReviewEvent::Release { by: user("rana") }, 200);
    assert_eq!(case.status, CaseStatus::Open);
    let case = done(&case, claim("omar"), 300);
    let to = ReviewEvent::Move { by: user("omar"), queue: queue("arabic"), due_at: None };
    let case = done(&case, to, 400);
    assert_eq!((case.status.clone(), case.queue.as_str()), (CaseStatus::Open, "arabic"));
    let expected = [
        "opened",
        "item p1",
        "claimed user_rana",
        "released user_rana",
        "claimed user_omar",
        "moved arabic",
    ];
    assert_eq!(history(&case), expected);
}

#[test]
fn each_action_reaches_its_targets() {
    use ActionKind::{Disable, Label, Remove, Restrict, Suspend, Warn};
    for (action, count, strikes) in [
        (Some(Remove), 2, true),
        (Some(Disable), 2, true),
        (Some(Restrict), 2, true),
        (Some(Label), 2, false),
        (Some(Suspend), 1, true),
        (Some(Warn), 1, false),
        (None, 0, false),
    ] {
        let (case, actions) = decided(&account_case(), deciding("d1", action));
        assert_eq!(case.status, CaseStatus::Decided);
        assert_eq!((actions.len(), case.strike.is_some()), (count, strikes), "{action:?}");
        assert_eq!(case.actions, actions);
        for (index, action) in actions.iter().enumerate() {
            assert_eq!(action.id.as_str(), format!("action_d1_{index}"));
            assert_eq!((&action.case, action.at), (&case.id, at(20)));
        }
    }
}

#[test]
fn undo_gives_everything_back() {
    let (decided, taken) = decided(&account_case(), deciding("d1", Some(ActionKind::Remove)));
    assert_eq!(lines(&taken), ["action_d1_0: remove p1", "action_d1_1: remove p2"]);
    let strike = decided.strike.clone().unwrap();
    assert_eq!((strike.account.as_str(), strike.decision.as_str()), ("a1", "decision_d1"));

    let (case, restored) = acted(&decided, undo("omar"), 30);
    let expected = [
        "action_d1_0_restore: restore p1 of action_d1_0",
        "action_d1_1_restore: restore p2 of action_d1_1",
    ];
    assert_eq!(lines(&restored), expected);
    assert!(restored.iter().all(|action| action.at == at(30)));
    assert_eq!(
        (case.status.clone(), &case.strike, &case.decision),
        (CaseStatus::Open, &None, &None)
    );
    assert!(case.actions.is_empty());
    let history = history(&case);
    assert_eq!(history[4..], ["decided decision_d1", "reversed decision_d1 user_omar"]);
    let Some(CaseEventKind::Reversed { reason, .. }) = case.events.last().map(|e| &e.kind) else {
        panic!("the reversal is the last event")
    };
    assert_eq!(reason, "The appeal is right.");
}

#[test]
fn labels_and_warnings_are_taken_back_too() {
    let (case, taken) = decided(&item_case(), deciding("d1", Some(ActionKind::Label)));
    let (_, restored) = acted(&case, undo("omar"), 30);
    assert_eq!(
        (&taken[0].labels, &restored[0].labels),
        (&vec!["graphic".into()], &taken[0].labels)
    );
    let (case, _) = decided(&item_case(), deciding("d2", Some(ActionKind::Warn)));
    let (_, restored) = acted(&case, undo("omar"), 30);
    assert_eq!(lines(&restored), ["action_d2_0_restore: restore a1 of action_d2_0"]);
}

#[test]
fn a_case_can_be_decided_again_after_undo() {
    let (case, _) = decided(&item_case(), deciding("d1", Some(ActionKind::Remove)));
    let case = done(&done(&case, undo("omar"), 30), claim("omar"), 40);
    let acquittal = Deciding {
        ruling: Ruling::NoViolation,
        by: model::Decider::Reviewer(user("omar")),
        findings: vec![finding(ProtectedPurpose::Journalism)],
        ..deciding("d2", None)
    };
    let (case, actions) = acted(&case, ReviewEvent::Decide(acquittal), 50);
    let decision = case.decision.unwrap();
    assert_eq!((actions.len(), decision.id.as_str()), (0, "decision_d2"));
    assert_eq!(decision.findings, [finding(ProtectedPurpose::Journalism)]);
}

#[test]
fn a_rule_decides_at_once_and_a_person_undoes_it() {
    let remove = || ReviewEvent::Decide(by_rule("d1", Some(ActionKind::Remove)));
    let (case, actions) = acted(&item_case(), remove(), 1);
    assert_eq!((actions.len(), case.strike.is_some()), (1, true));
    assert_eq!(acted(&case, undo("omar"), 2).1.len(), 1);
    // Also while a person is at the case.
    assert_eq!(acted(&done(&item_case(), claim("rana"), 1), remove(), 2).1.len(), 1);
}

#[test]
fn a_protected_purpose_allows_what_takes_nothing() {
    for (ruling, action) in [
        (Ruling::NoViolation, None),
        (Ruling::NoViolation, Some(ActionKind::Label)),
        (Ruling::Violation, Some(ActionKind::Label)),
        (Ruling::Violation, Some(ActionKind::Warn)),
    ] {
        let findings = vec![finding(ProtectedPurpose::Satire)];
        let deciding = Deciding { ruling, findings, ..deciding("d1", action) };
        let (case, _) = decided(&item_case(), deciding);
        assert_eq!(case.strike, None);
    }
}

#[test]
fn the_history_keeps_its_first_and_latest_events() {
    let mut case = item_case();
    for n in 0..1_200 {
        case = done(&case, ReviewEvent::JoinItem(on_item("p1")), n);
    }
    case = done(&case, claim("rana"), 2_000);
    assert_eq!(case.events.len(), limits::CASE_EVENTS);
    assert_eq!(case.verdicts.len(), limits::CASE_EVENTS);
    let history = history(&case);
    assert_eq!((history[0].as_str(), history[999].as_str()), ("opened", "claimed user_rana"));
    assert_eq!(case.events[1].at, at(202));
}

#[test]
fn the_same_event_twice_gives_the_same_bytes() {
    let case = done(&account_case(), claim("rana"), 10);
    let decide = || ReviewEvent::Decide(deciding("d1", Some(ActionKind::Remove)));
    let bytes = |(case, actions)| serde_json::to_string(&(case, actions)).unwrap();
    assert_eq!(bytes(acted(&case, decide(), 20)), bytes(acted(&case, decide(), 20)));
}

#[test]
fn an_order_is_carried_out_without_a_finding_and_is_no_strike() {
    let opened = open(opening(Subject::Item(item("a1")), Cause::Order));
    let case = done(&opened, claim("rana"), 10);
    let carried_out = Deciding {
        findings: Vec::new(),
        order: Some(OrderId::new("order_1").unwrap()),
        ..deciding("d1", Some(ActionKind::Disable))
    };
    let (case, actions) = acted(&case, ReviewEvent::Decide(carried_out), 20);
    assert_eq!((case.priority, case.strike.is_none(), actions.len()), (100, true, 1));
    let (case, restored) = acted(&case, undo("omar"), 30);
    assert_eq!(lines(&restored), ["action_d1_0_restore: restore a1 of action_d1_0"]);
    assert_eq!(case.status, CaseStatus::Open);
}
