//! Cases and events with invented values.

use model::{
    AccountId, Action, ActionKind, Case, CaseId, Decider, DecisionId, Finding, FindingKind, ItemId,
    NoticeId, PolicyId, ProtectedPurpose, QueueName, RuleName, Ruling, ServiceId, Subject,
    Timestamp, UserId, VerdictId,
};
use review::{
    Cause, Deciding, ItemJoining, Ladder, NoticeJoining, Opening, ReviewError, ReviewEvent, apply,
    open,
};

pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::parse("2026-01-01T00:00:00Z").unwrap().plus_seconds(seconds)
}

pub(crate) fn item(name: &str) -> ItemId {
    ItemId::new(name).unwrap()
}

pub(crate) fn user(name: &str) -> UserId {
    UserId::new(format!("user_{name}")).unwrap()
}

pub(crate) fn queue(name: &str) -> QueueName {
    QueueName::new(name).unwrap()
}

pub(crate) fn on_item(name: &str) -> ItemJoining {
    ItemJoining {
        item: item(name),
        verdict: VerdictId::new(format!("verdict_{name}")).unwrap(),
        labels: vec!["seen".to_owned()],
        policies: vec!["violent-extremism".to_owned()],
        priority: 50,
        queue: None,
        due_at: None,
        proposed: Some(ActionKind::Remove),
        score: None,
    }
}

pub(crate) fn on_notice(name: &str) -> NoticeJoining {
    NoticeJoining {
        notice: NoticeId::new(format!("notice_{name}")).unwrap(),
        priority: 50,
        policy: Some("spam".to_owned()),
        queue: None,
        due_at: None,
    }
}

pub(crate) fn opening(subject: Subject, cause: Cause) -> Opening {
    Opening {
        id: CaseId::new("case_1").unwrap(),
        service: ServiceId::new("forum").unwrap(),
        subject,
        account: AccountId::new("a1").unwrap(),
        queue: queue("general"),
        at: at(0),
        cause,
    }
}

/// A case about the item `p1`.
pub(crate) fn item_case() -> Case {
    open(opening(Subject::Item(item("p1")), Cause::Item(on_item("p1"))))
}

/// A case about an account, with the items `p1` and `p2`.
pub(crate) fn account_case() -> Case {
    let subject = Subject::Account(AccountId::new("a1").unwrap());
    let case = open(opening(subject, Cause::Item(on_item("p1"))));
    done(&case, ReviewEvent::JoinItem(on_item("p2")), 1)
}

/// A case about an item or account that somebody gave notice of, before any item was judged.
pub(crate) fn notice_case(subject: Subject) -> Case {
    open(opening(subject, Cause::Notice(on_notice("n1"))))
}

pub(crate) fn finding(purpose: ProtectedPurpose) -> Finding {
    Finding { kind: FindingKind::ProtectedPurpose(purpose), note: String::new() }
}

/// What Rana decides: a violation, with the finding that nothing protected is served.
pub(crate) fn deciding(id: &str, action: Option<ActionKind>) -> Deciding {
    Deciding {
        id: DecisionId::new(format!("decision_{id}")).unwrap(),
        by: Decider::Reviewer(user("rana")),
        ruling: Ruling::Violation,
        action,
        labels: if action == Some(ActionKind::Label) { vec!["graphic".into()] } else { vec![] },
        policy: PolicyId::new("violent-extremism").unwrap(),
        policy_version: 3,
        reason: "It calls people to join the Ashen Front.".to_owned(),
        findings: vec![finding(ProtectedPurpose::None)],
        order: None,
    }
}

/// What a rule decides.
pub(crate) fn by_rule(id: &str, action: Option<ActionKind>) -> Deciding {
    let by = Decider::Rule(RuleName::new("known-picture").unwrap());
    Deciding { by, reason: String::new(), findings: Vec::new(), ..deciding(id, action) }
}

pub(crate) fn claim(name: &str) -> ReviewEvent {
    ReviewEvent::Claim { by: user(name) }
}

pub(crate) fn undo(name: &str) -> ReviewEvent {
    ReviewEvent::Undo { by: user(name), reason: "The appeal is right.".to_owned() }
}

/// Applies an event that is accepted, and gives the case.
pub(crate) fn done(case: &Case, event: ReviewEvent, seconds: i64) -> Case {
    acted(case, event, seconds).0
}

/// Applies an event that is accepted.
pub(crate) fn acted(case: &Case, event: ReviewEvent, seconds: i64) -> (Case, Vec<Action>) {
    let (next, actions) = apply(case, event, &Ladder::default(), at(seconds)).unwrap();
    assert_eq!(next.revision, case.revision + 1);
    (next, actions)
}

/// Applies an event that is refused.
pub(crate) fn refused(case: &Case, event: ReviewEvent, seconds: i64) -> ReviewError {
    apply(case, event, &Ladder::default(), at(seconds)).unwrap_err()
}

/// Claims for Rana at 10 s and decides at 20 s.
pub(crate) fn decided(case: &Case, deciding: Deciding) -> (Case, Vec<Action>) {
    let case = done(case, claim("rana"), 10);
    acted(&case, ReviewEvent::Decide(deciding), 20)
}
