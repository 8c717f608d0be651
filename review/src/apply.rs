//! The life of a case: one event after another.

use crate::event::{Cause, Opening, ReviewEvent};
use crate::{Ladder, ReviewError, claim, decide, join};
use model::limits;
use model::{Action, Case, CaseEvent, CaseEventKind, CaseStatus, DecisionId, Subject, Timestamp};

/// How soon a case is looked at that an order of an authority opened, should it ever wait.
const ORDER_PRIORITY: u8 = 100;

/// Opens a case with what it is opened for already in it.
///
/// # Panics
/// Where the cause is an item and the subject another item, which is a mistake of the caller.
#[must_use]
pub fn open(opening: Opening) -> Case {
    let Opening { id, service, subject, account, queue, at, cause } = opening;
    let (priority, named) = match &cause {
        Cause::Item(joining) => (joining.priority, joining.queue.clone()),
        Cause::Notice(joining) => (joining.priority, joining.queue.clone()),
        Cause::Order => (ORDER_PRIORITY, None),
    };
    let mut case = Case {
        id,
        service,
        items: items_of(&subject),
        subject,
        account,
        queue: named.unwrap_or(queue),
        priority: priority.min(100),
        score: None,
        status: CaseStatus::Open,
        opened_at: at,
        due_at: None,
        verdicts: Vec::new(),
        notices: Vec::new(),
        labels: Vec::new(),
        policies: Vec::new(),
        proposed: None,
        decision: None,
        actions: Vec::new(),
        strike: None,
        events: Vec::new(),
        revision: 0,
    };
    note(&mut case, CaseEventKind::Opened, at);
    let joined = match cause {
        Cause::Item(joining) => join::item(&mut case, joining, at),
        Cause::Notice(joining) => join::notice(&mut case, joining, at),
        Cause::Order => Ok(()),
    };
    joined.expect("a new case has room, and is about the item that it is opened for");
    case
}

/// A case about an item is about it from the start, so that a decision on a notice reaches it.
fn items_of(subject: &Subject) -> Vec<model::ItemId> {
    match subject {
        Subject::Item(item) => vec![item.clone()],
        Subject::Account(_) => Vec::new(),
    }
}

/// Takes a case one event further, and gives the actions that follow from it.
///
/// The ladder is the one in force. No event acts on it: it proposes through [`crate::suggested`],
/// and the person decides.
///
/// The revision grows by one. The history of a case keeps its first event and the latest
/// [`limits::CASE_EVENTS`] − 1; what is dropped from it is still in the log.
///
/// # Errors
/// Where the event is refused; the case then stays as it is.
pub fn apply(
    case: &Case,
    event: ReviewEvent,
    _ladder: &Ladder,
    at: Timestamp,
) -> Result<(Case, Vec<Action>), ReviewError> {
    let mut next = case.clone();
    let actions = match event {
        ReviewEvent::JoinItem(joining) => join::item(&mut next, joining, at).map(none)?,
        ReviewEvent::JoinNotice(joining) => join::notice(&mut next, joining, at).map(none)?,
        ReviewEvent::Claim { by } => claim::claim(&mut next, by, at).map(none)?,
        ReviewEvent::Release { by } => claim::release(&mut next, by, at).map(none)?,
        ReviewEvent::Move { by, queue, due_at } => {
            claim::move_to(&mut next, &by, queue, at)?;
            join::promise(&mut next, due_at);
            Vec::new()
        }
        ReviewEvent::Decide(deciding) => decide::decide(&mut next, deciding, at)?,
        ReviewEvent::Undo { by, reason } => decide::undo(&mut next, by, reason, at)?,
    };
    next.revision += 1;
    Ok((next, actions))
}

fn none((): ()) -> Vec<Action> {
    Vec::new()
}

/// Adds a line to the history, and drops the oldest after the first where it would grow too long.
pub(crate) fn note(case: &mut Case, kind: CaseEventKind, at: Timestamp) {
    push_bounded(&mut case.events, CaseEvent { at, kind });
}

/// Adds to a history that keeps its first and its latest entries, of which there are at most
/// [`limits::CASE_EVENTS`]: how it began and what is going on now matter most.
pub(crate) fn push_bounded<T>(history: &mut Vec<T>, entry: T) {
    if history.len() >= limits::CASE_EVENTS {
        history.remove(1);
    }
    history.push(entry);
}

/// The decision that stands on the case, if it is decided.
///
/// # Panics
/// Where a decided case has no decision, which nothing here can make.
pub(crate) fn standing(case: &Case) -> Option<DecisionId> {
    match &case.status {
        CaseStatus::Decided => {
            Some(case.decision.as_ref().expect("a decided case has a decision").id.clone())
        }
        CaseStatus::Open | CaseStatus::Claimed { .. } => None,
    }
}
