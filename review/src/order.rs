//! In which order cases wait.

use model::{Case, CaseStatus, SCORE_UNKNOWN, Timestamp};
use std::cmp::{Ordering, Reverse};

/// Orders cases as they should be looked at, first to last.
///
/// Overdue cases come first; then the higher priority, the higher score (where none is known,
/// [`SCORE_UNKNOWN`]), the earlier due time (none is last), the earlier opening, and last the id,
/// so that the order is the same for everybody.
#[must_use]
pub fn order(a: &Case, b: &Case, now: Timestamp) -> Ordering {
    let key = |case: &Case| {
        let in_time = !is_overdue(case, now);
        let score = case.score.unwrap_or(SCORE_UNKNOWN);
        let first = (in_time, Reverse(case.priority), Reverse(score));
        (first, case.due_at.is_none(), case.due_at, case.opened_at)
    };
    key(a).cmp(&key(b)).then_with(|| a.id.cmp(&b.id))
}

/// Whether the case should have been decided by now.
#[must_use]
pub fn is_overdue(case: &Case, now: Timestamp) -> bool {
    case.status != CaseStatus::Decided && case.due_at.is_some_and(|due_at| due_at < now)
}

/// Whether anybody may claim the case now.
#[must_use]
pub fn is_available(case: &Case, now: Timestamp) -> bool {
    match &case.status {
        CaseStatus::Open => true,
        CaseStatus::Claimed { until, .. } => *until <= now,
        CaseStatus::Decided => false,
    }
}
