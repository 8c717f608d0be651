//! Decisions, and taking them back.

use crate::apply::note;
use crate::event::Deciding;
use crate::{ReviewError, claim};
use model::{
    Action, ActionId, ActionKind, ActionTarget, Case, CaseEventKind, CaseStatus, Decider, Decision,
    DecisionId, Finding, FindingKind, ProtectedPurpose, Ruling, Strike, Timestamp, UserId, limits,
};

/// Leaves room for the ids of actions, which are made from it. Ids drawn by Seawall have 41 bytes.
const DECISION_ID_BYTES: usize = limits::ID_BYTES / 2;

/// Decides the case. A person needs a claim that holds; a rule decides at once, also while a
/// person is at the case, because its owner opted in to that.
pub(crate) fn decide(
    case: &mut Case,
    deciding: Deciding,
    at: Timestamp,
) -> Result<Vec<Action>, ReviewError> {
    claim::refuse_decided(case)?;
    check_decider(case, &deciding, at)?;
    check_id(case, &deciding.id)?;
    check_labels(&deciding)?;
    check_findings(&deciding.findings)?;
    if let Some(action) = deciding.action {
        check_action(case, &deciding, action)?;
    }
    let decision = decision(case, deciding, at);
    note(case, CaseEventKind::Decided(decision.id.clone()), at);
    case.actions = actions(case, &decision);
    case.strike = strike(case, &decision);
    case.decision = Some(decision);
    case.status = CaseStatus::Decided;
    Ok(case.actions.clone())
}

/// Takes the decision back: each of its actions is answered by one that gives back what it took.
pub(crate) fn undo(
    case: &mut Case,
    by: UserId,
    reason: String,
    at: Timestamp,
) -> Result<Vec<Action>, ReviewError> {
    if case.status != CaseStatus::Decided {
        return Err(ReviewError::NotDecided);
    }
    check_reason(&reason)?;
    let decision = case.decision.take().expect("a decided case has a decision").id;
    let restores = case.actions.drain(..).map(|action| restore(action, at)).collect();
    case.strike = None;
    case.status = CaseStatus::Open;
    note(case, CaseEventKind::Reversed { decision, by, reason }, at);
    Ok(restores)
}

fn check_decider(case: &Case, deciding: &Deciding, at: Timestamp) -> Result<(), ReviewError> {
    match &deciding.by {
        Decider::Reviewer(by) => {
            claim::require(case, by, at)?;
            check_reason(&deciding.reason)
        }
        Decider::Rule(_) if !deciding.findings.is_empty() => Err(ReviewError::FindingByRule),
        Decider::Rule(_) => check_length(&deciding.reason),
    }
}

pub(crate) fn check_reason(reason: &str) -> Result<(), ReviewError> {
    if reason.trim().is_empty() {
        return Err(ReviewError::ReasonMissing);
    }
    check_length(reason)
}

fn check_length(text: &str) -> Result<(), ReviewError> {
    let (bytes, limit) = (text.len(), limits::REASON_BYTES);
    if bytes > limit { Err(ReviewError::ReasonTooLong { bytes, limit }) } else { Ok(()) }
}

fn check_id(case: &Case, id: &DecisionId) -> Result<(), ReviewError> {
    if id.as_str().len() > DECISION_ID_BYTES {
        return Err(ReviewError::DecisionIdTooLong { limit: DECISION_ID_BYTES });
    }
    // The ids of actions follow from it: used twice, the service would not carry out the second.
    let is_used = |kind: &CaseEventKind| matches!(kind, CaseEventKind::Decided(used) if used == id);
    if case.events.iter().any(|event| is_used(&event.kind)) {
        return Err(ReviewError::DecisionIdUsed { id: id.clone() });
    }
    Ok(())
}

fn check_labels(deciding: &Deciding) -> Result<(), ReviewError> {
    let labels = &deciding.labels;
    match (deciding.action == Some(ActionKind::Label), labels.is_empty()) {
        (true, true) => return Err(ReviewError::LabelsMissing),
        (false, false) => return Err(ReviewError::LabelsUnused),
        (true, false) | (false, true) => {}
    }
    if labels.len() > limits::DECISION_LABELS {
        return Err(ReviewError::LabelsTooMany { limit: limits::DECISION_LABELS });
    }
    if labels.iter().any(|label| label.trim().is_empty() || label.len() > limits::NAME_BYTES) {
        return Err(ReviewError::LabelLength { limit: limits::NAME_BYTES });
    }
    Ok(())
}

fn check_findings(findings: &[Finding]) -> Result<(), ReviewError> {
    // There is one kind of finding, so that a second one is a second answer to the same question.
    if findings.len() > 1 {
        return Err(ReviewError::FindingRepeated);
    }
    findings.iter().try_for_each(|finding| check_length(&finding.note))
}

fn check_action(case: &Case, deciding: &Deciding, action: ActionKind) -> Result<(), ReviewError> {
    if action == ActionKind::Restore {
        return Err(ReviewError::RestoreIsUndo);
    }
    let is_against_somebody = action.takes() || action.is_for_account();
    if deciding.ruling == Ruling::NoViolation && is_against_somebody {
        return Err(ReviewError::NotAViolation { action });
    }
    if !action.is_for_account() && case.items.is_empty() {
        return Err(ReviewError::NoItem { action });
    }
    match &deciding.by {
        Decider::Reviewer(_) if deciding.order.is_some() => Ok(()),
        Decider::Reviewer(_) if action.takes() => check_purpose(&deciding.findings, action),
        Decider::Reviewer(_) | Decider::Rule(_) => Ok(()),
    }
}

/// A person takes something only after finding that no protected purpose is served.
fn check_purpose(findings: &[Finding], action: ActionKind) -> Result<(), ReviewError> {
    let [Finding { kind: FindingKind::ProtectedPurpose(purpose), .. }] = findings else {
        return Err(ReviewError::FindingMissing { action });
    };
    match *purpose {
        ProtectedPurpose::None => Ok(()),
        purpose @ (ProtectedPurpose::Journalism
        | ProtectedPurpose::Research
        | ProtectedPurpose::Education
        | ProtectedPurpose::Art
        | ProtectedPurpose::CounterSpeech
        | ProtectedPurpose::Satire
        | ProtectedPurpose::Quotation
        | ProtectedPurpose::OrdinarySpeech) => {
            Err(ReviewError::PurposeProtected { purpose, action })
        }
    }
}

fn decision(case: &Case, deciding: Deciding, at: Timestamp) -> Decision {
    let Deciding { id, by, ruling, action, labels, .. } = deciding;
    let Deciding { policy, policy_version, reason, findings, order, .. } = deciding;
    let (case, reversed_at) = (case.id.clone(), None);
    Decision {
        id,
        case,
        by,
        at,
        ruling,
        action,
        labels,
        policy,
        policy_version,
        reason,
        findings,
        reversed_at,
        order,
    }
}

/// One action for the account, or one for each item of the case.
fn actions(case: &Case, decision: &Decision) -> Vec<Action> {
    let Some(kind) = decision.action else { return Vec::new() };
    let targets = if kind.is_for_account() {
        vec![ActionTarget::Account(case.account.clone())]
    } else {
        case.items.iter().cloned().map(ActionTarget::Item).collect()
    };
    let action = |(index, target)| Action {
        id: action_id(&decision.id, index),
        kind,
        service: case.service.clone(),
        target,
        decision: decision.id.clone(),
        case: case.id.clone(),
        reverses: None,
        still_held_by: Vec::new(),
        labels: decision.labels.clone(),
        at: decision.at,
    };
    targets.into_iter().enumerate().map(action).collect()
}

/// The id follows from the decision and the place, so that repeating the work repeats the id.
fn action_id(decision: &DecisionId, index: usize) -> ActionId {
    let id = decision.as_str();
    let drawn = id.strip_prefix(DecisionId::PREFIX).unwrap_or(id);
    new_id(format!("{}{drawn}_{index}", ActionId::PREFIX))
}

fn new_id(text: String) -> ActionId {
    ActionId::new(text).expect("it is made from a short id without control characters")
}

/// What gives back an action. A warning is retracted, and a label is taken off.
fn restore(action: Action, at: Timestamp) -> Action {
    let id = new_id(format!("{}_restore", action.id));
    Action { id, kind: ActionKind::Restore, reverses: Some(action.id), at, ..action }
}

fn strike(case: &Case, decision: &Decision) -> Option<Strike> {
    let is_own = decision.order.is_none();
    let counts = is_own && decision.ruling == Ruling::Violation && decision.action?.takes();
    counts.then(|| Strike {
        service: case.service.clone(),
        account: case.account.clone(),
        decision: decision.id.clone(),
        at: decision.at,
    })
}
