//! What joins a case while it is open.

use crate::ReviewError;
use crate::apply::{note, push_bounded, standing};
use crate::event::{ItemJoining, NoticeJoining};
use model::{Case, CaseEventKind, QueueName, Subject, Timestamp, limits};

pub(crate) fn item(
    case: &mut Case,
    joining: ItemJoining,
    at: Timestamp,
) -> Result<(), ReviewError> {
    refuse_decided(case)?;
    if matches!(&case.subject, Subject::Item(item) if *item != joining.item) {
        return Err(ReviewError::OtherItem { item: joining.item });
    }
    if !case.items.contains(&joining.item) {
        if case.items.len() >= limits::CASE_ITEMS {
            return Err(ReviewError::ItemsFull { limit: limits::CASE_ITEMS });
        }
        case.items.push(joining.item.clone());
    }
    push_bounded(&mut case.verdicts, joining.verdict);
    add_new(&mut case.labels, joining.labels);
    add_new(&mut case.policies, joining.policies);
    if case.proposed.is_none() || (joining.proposed.is_some() && joining.priority > case.priority) {
        case.proposed = joining.proposed;
    }
    case.score = case.score.max(joining.score);
    promise(case, joining.due_at);
    note(case, CaseEventKind::ItemJoined(joining.item), at);
    raise(case, joining.priority, joining.queue, at);
    Ok(())
}

pub(crate) fn notice(
    case: &mut Case,
    joining: NoticeJoining,
    at: Timestamp,
) -> Result<(), ReviewError> {
    refuse_decided(case)?;
    if !case.notices.contains(&joining.notice) {
        if case.notices.len() >= limits::CASE_NOTICES {
            return Err(ReviewError::NoticesFull { limit: limits::CASE_NOTICES });
        }
        case.notices.push(joining.notice.clone());
    }
    add_new(&mut case.policies, joining.policy);
    promise(case, joining.due_at);
    note(case, CaseEventKind::NoticeJoined(joining.notice), at);
    raise(case, joining.priority, joining.queue, at);
    Ok(())
}

/// Keeps the earliest promise: nothing that happens later makes people wait longer.
pub(crate) fn promise(case: &mut Case, due_at: Option<Timestamp>) {
    case.due_at = case.due_at.into_iter().chain(due_at).min();
}

fn refuse_decided(case: &Case) -> Result<(), ReviewError> {
    match standing(case) {
        Some(decision) => Err(ReviewError::JoinsDecided { decision }),
        None => Ok(()),
    }
}

/// The higher priority wins, and brings its queue along.
fn raise(case: &mut Case, priority: u8, queue: Option<QueueName>, at: Timestamp) {
    if priority.min(100) <= case.priority {
        return;
    }
    case.priority = priority.min(100);
    if let Some(queue) = queue.filter(|queue| *queue != case.queue) {
        case.queue = queue.clone();
        note(case, CaseEventKind::Moved(queue), at);
    }
}

/// Adds what is not there yet, first come first.
fn add_new(known: &mut Vec<String>, texts: impl IntoIterator<Item = String>) {
    for text in texts {
        if !known.contains(&text) {
            known.push(text);
        }
    }
}
