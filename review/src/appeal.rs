//! Appeals: whether one is heard, by whom, and what follows from the answer.
//!
//! An appeal is heard by a person who neither decided nor reversed on the case before (Regulation
//! (EU) 2022/2065 Art 20(4) and (6)). Where it is right, the decision is reversed by the same way
//! as any other, and what the person decides instead takes its place at once, so that the case is
//! never open to whoever decided it first.

use crate::decide::check_reason;
use crate::event::{Deciding, ReviewEvent};
use crate::{Ladder, ReviewError, apply};
use model::{
    Action, ActionKind, Appeal, AppealAnswer, AppealBasis, AppealGround, AppealId, AppealOutcome,
    AppealRefusal, AppealStatus, Appellant, Case, CaseEventKind, Decider, Decision, DecisionId,
    Ruling, Timestamp, UserId,
};
use std::collections::BTreeSet;

/// An appeal as it comes in.
#[derive(Debug, Clone, PartialEq)]
pub struct Filing {
    /// Its id, freshly drawn.
    pub id: AppealId,
    /// Who asks.
    pub by: Appellant,
    /// Why, of a list.
    pub ground: AppealGround,
    /// Why, in the person's words.
    pub reason: String,
    /// Where the answer goes.
    pub email: Option<String>,
    /// The language that the person is answered in.
    pub language: String,
    /// The language of the item, where it is known.
    pub content_language: Option<String>,
    /// The rule of law that it is answered under.
    pub basis: AppealBasis,
    /// When it is to be answered by.
    pub due_at: Timestamp,
}

/// What is known about the right of somebody to appeal.
#[derive(Debug, Clone, Copy)]
pub struct Standing<'a> {
    /// The decision that the appeal is against.
    pub decision: &'a Decision,
    /// Whether the decision is about the person, or the notice about its case.
    pub link: Link,
    /// Every earlier appeal against the decision.
    pub earlier: &'a [Appeal],
    /// Until when an appeal is taken.
    pub open_until: Timestamp,
}

/// What ties an appellant to a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// The decision is about the person, or the notice is about its case.
    Concerned,
    /// It is not.
    None,
    /// It is, and the person's notices and complaints are not dealt with for a time.
    Suspended,
}

/// Takes an appeal: it waits to be heard, or is refused with the reason. Both are kept.
#[must_use]
pub fn file(filing: Filing, case: &Case, standing: Standing<'_>, at: Timestamp) -> Appeal {
    let status = match refusal(&filing.by, standing, at) {
        Some(because) => AppealStatus::Refused(because),
        None => AppealStatus::Open,
    };
    let Filing { id, by, ground, reason, email, language, content_language, basis, due_at } =
        filing;
    Appeal {
        id,
        service: case.service.clone(),
        case: case.id.clone(),
        decision: standing.decision.id.clone(),
        by,
        ground,
        reason,
        email,
        language,
        content_language,
        basis,
        at,
        due_at,
        status,
        revision: 0,
    }
}

fn refusal(by: &Appellant, standing: Standing<'_>, at: Timestamp) -> Option<AppealRefusal> {
    let Standing { decision, link, earlier, open_until } = standing;
    let was_heard = |appeal: &Appeal| !matches!(appeal.status, AppealStatus::Refused(_));
    match link {
        Link::None => Some(AppealRefusal::NoStanding),
        _ if earlier.iter().any(|appeal| appeal.by == *by && was_heard(appeal)) => {
            Some(AppealRefusal::Twice)
        }
        _ if decision.reversed_at.is_some() || !objects(by, decision) => {
            Some(AppealRefusal::NothingToAppeal)
        }
        _ if at > open_until => Some(AppealRefusal::Late),
        Link::Suspended => Some(AppealRefusal::Suspended),
        Link::Concerned => None,
    }
}

/// Whether the decision has something that the person can object to: something done, for whoever it
/// was done to; something left as it is, for whoever gave notice of it. What carries out an order
/// is objected to before the authority or its courts, not here.
#[must_use]
pub fn objects(by: &Appellant, decision: &Decision) -> bool {
    if decision.order.is_some() {
        return false;
    }
    match by {
        Appellant::Affected => decision.action.is_some(),
        Appellant::Notifier(_) => !decision.action.is_some_and(ActionKind::takes),
    }
}

/// What a person answers to an appeal.
#[derive(Debug, Clone, PartialEq)]
pub struct Hearing {
    /// Who hears it.
    pub by: UserId,
    /// How it comes out.
    pub outcome: AppealOutcome,
    /// Why, in words for the person who asked.
    pub reason: String,
    /// What is decided instead; with [`AppealOutcome::Upheld`] nothing is.
    pub instead: Option<Deciding>,
}

/// What an answer changes.
#[derive(Debug, Clone, PartialEq)]
pub struct Heard {
    /// The appeal, answered.
    pub appeal: Appeal,
    /// The case after each step: reversed, claimed, decided anew; empty where the decision stands.
    pub cases: Vec<Case>,
    /// The actions that give back what the decision took.
    pub restores: Vec<Action>,
    /// The actions of what was decided instead.
    pub actions: Vec<Action>,
}

/// Answers an appeal.
///
/// `decided_before` are the decisions on the case, reversed ones too.
///
/// # Errors
/// Where the appeal is not open, its decision no longer stands, the person had a part in deciding
/// the case, gives no reason, or decides instead what does not go with the outcome.
pub fn hear(
    appeal: &Appeal,
    case: &Case,
    decided_before: &[Decision],
    hearing: Hearing,
    ladder: &Ladder,
    at: Timestamp,
) -> Result<Heard, ReviewError> {
    if appeal.status != AppealStatus::Open {
        return Err(ReviewError::AppealNotOpen);
    }
    let Some(decision) = case.decision.as_ref().filter(|one| one.id == appeal.decision) else {
        return Err(ReviewError::AppealMoot { decision: appeal.decision.clone() });
    };
    if involved(case, decided_before).contains(&hearing.by) {
        return Err(ReviewError::HeardByInvolved);
    }
    check_reason(&hearing.reason)?;
    check_instead(&appeal.by, decision, &hearing)?;
    let Hearing { by, outcome, reason, instead } = hearing;
    let replaced = match instead {
        None => Replaced::default(),
        Some(deciding) => replace(case, &appeal.id, &by, deciding, ladder, at)?,
    };
    let new = replaced.cases.last().and_then(|case| case.decision.as_ref());
    let instead = new.map(|decision| decision.id.clone());
    let answer = AppealAnswer { by, at, outcome, reason, instead, still_standing: Vec::new() };
    let appeal = answered(appeal, answer);
    let Replaced { cases, restores, actions } = replaced;
    Ok(Heard { appeal, cases, restores, actions })
}

/// The appeal with an answer.
fn answered(appeal: &Appeal, answer: AppealAnswer) -> Appeal {
    let revision = appeal.revision + 1;
    Appeal { status: AppealStatus::Answered(answer), revision, ..appeal.clone() }
}

/// Answers an open appeal whose decision was reversed by the desk itself, before anybody heard it.
#[must_use]
pub fn overtaken(appeal: &Appeal, by: UserId, reason: &str, at: Timestamp) -> Appeal {
    let (outcome, reason) = (AppealOutcome::Reversed, reason.to_owned());
    let (instead, still_standing) = (None, Vec::new());
    answered(appeal, AppealAnswer { by, at, outcome, reason, instead, still_standing })
}

/// Everybody who decided on the case or reversed a decision on it.
///
/// The history of a case is bounded, so the decisions are asked too.
#[must_use]
pub fn involved(case: &Case, decided_before: &[Decision]) -> BTreeSet<UserId> {
    let deciders = decided_before.iter().chain(&case.decision).filter_map(|one| match &one.by {
        Decider::Reviewer(user) => Some(user.clone()),
        Decider::Rule(_) => None,
    });
    let reversers = case.events.iter().filter_map(|event| match &event.kind {
        CaseEventKind::Reversed { by, .. } => Some(by.clone()),
        CaseEventKind::Opened
        | CaseEventKind::ItemJoined(_)
        | CaseEventKind::NoticeJoined(_)
        | CaseEventKind::Claimed(_)
        | CaseEventKind::Released(_)
        | CaseEventKind::Moved(_)
        | CaseEventKind::Decided(_) => None,
    });
    deciders.chain(reversers).collect()
}

/// What is decided instead goes with the outcome, and never against the person who asked.
fn check_instead(by: &Appellant, before: &Decision, hearing: &Hearing) -> Result<(), ReviewError> {
    let (outcome, instead) = (hearing.outcome, hearing.instead.as_ref());
    let does_not_go = || ReviewError::AnswerDoesNotGo { outcome };
    let Some(instead) = instead else {
        return match outcome {
            AppealOutcome::Upheld => Ok(()),
            AppealOutcome::Reversed | AppealOutcome::Partly => Err(does_not_go()),
        };
    };
    let is_right = match (outcome, by) {
        (AppealOutcome::Upheld, _) => false,
        (AppealOutcome::Reversed, Appellant::Affected) => {
            instead.ruling == Ruling::NoViolation && instead.action.is_none()
        }
        (AppealOutcome::Partly, Appellant::Affected) => {
            severity(instead.action) < severity(before.action) && instead.action.is_some()
        }
        (AppealOutcome::Reversed, Appellant::Notifier(_)) => {
            instead.ruling == Ruling::Violation && instead.action.is_some_and(ActionKind::takes)
        }
        (AppealOutcome::Partly, Appellant::Notifier(_)) => {
            severity(instead.action) > severity(before.action)
        }
    };
    if is_right { Ok(()) } else { Err(does_not_go()) }
}

fn severity(action: Option<ActionKind>) -> u8 {
    action.map_or(0, ActionKind::severity)
}

/// A decision and what took its place.
#[derive(Default)]
struct Replaced {
    cases: Vec<Case>,
    restores: Vec<Action>,
    actions: Vec<Action>,
}

/// Reverses the decision and decides anew, by the same steps as the desk.
fn replace(
    case: &Case,
    appeal: &AppealId,
    by: &UserId,
    deciding: Deciding,
    ladder: &Ladder,
    at: Timestamp,
) -> Result<Replaced, ReviewError> {
    let undo = ReviewEvent::Undo { by: by.clone(), reason: appeal.to_string() };
    let (undone, restores) = apply(case, undo, ladder, at)?;
    let (claimed, _) = apply(&undone, ReviewEvent::Claim { by: by.clone() }, ladder, at)?;
    let deciding = Deciding { by: Decider::Reviewer(by.clone()), ..deciding };
    // One microsecond later, so that what takes its place reaches the service after what gives
    // back.
    let next = Timestamp::from_micros(at.micros() + 1).unwrap_or(at);
    let (decided, actions) = apply(&claimed, ReviewEvent::Decide(deciding), ladder, next)?;
    Ok(Replaced { cases: vec![undone, claimed, decided], restores, actions })
}

/// Notes on the restores which actions of other cases still hold the same target, so that it stays
/// restricted whatever is given back; gives the decisions that keep from the person what the case
/// took. A label comes off and a warning is retracted all the same, so those have none.
#[must_use]
pub fn still_held(before: &Case, restores: &mut [Action], others: &[Case]) -> Vec<DecisionId> {
    let takes = |action: &&Action| action.kind.takes();
    let mut decisions = BTreeSet::new();
    for restore in restores {
        let actions = others.iter().flat_map(|case| &case.actions).filter(takes);
        let held: Vec<&Action> = actions.filter(|one| one.target == restore.target).collect();
        let is_reversed = |action: &Action| restore.reverses.as_ref() == Some(&action.id);
        if before.actions.iter().filter(takes).any(is_reversed) {
            decisions.extend(held.iter().map(|action| action.decision.clone()));
        }
        restore.still_held_by = held.into_iter().map(|action| action.id.clone()).collect();
    }
    decisions.into_iter().collect()
}
