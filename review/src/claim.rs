//! Who is at a case: claims are leases, so that nobody blocks a case by going home.

use crate::ReviewError;
use crate::apply::{note, standing};
use model::{Case, CaseEventKind, CaseStatus, QueueName, Timestamp, UserId, limits};

pub(crate) fn claim(case: &mut Case, by: UserId, at: Timestamp) -> Result<(), ReviewError> {
    refuse_decided(case)?;
    refuse_other(case, &by, at)?;
    let until = at.plus_seconds(limits::CLAIM_LEASE_SECONDS);
    // A console renews every few minutes; only the first claim belongs in the history.
    if holder(case, at) != Some(&by) {
        note(case, CaseEventKind::Claimed(by.clone()), at);
    }
    case.status = CaseStatus::Claimed { by, until };
    Ok(())
}

pub(crate) fn release(case: &mut Case, by: UserId, at: Timestamp) -> Result<(), ReviewError> {
    refuse_decided(case)?;
    refuse_other(case, &by, at)?;
    // Giving back a claim that has ended is not worth an error: it does what was meant.
    if !matches!(&case.status, CaseStatus::Claimed { by: holder, .. } if *holder == by) {
        return Err(ReviewError::NotClaimed);
    }
    case.status = CaseStatus::Open;
    note(case, CaseEventKind::Released(by), at);
    Ok(())
}

pub(crate) fn move_to(
    case: &mut Case,
    by: &UserId,
    queue: QueueName,
    at: Timestamp,
) -> Result<(), ReviewError> {
    refuse_decided(case)?;
    refuse_other(case, by, at)?;
    if case.queue == queue {
        return Err(ReviewError::SameQueue { queue });
    }
    case.status = CaseStatus::Open;
    case.queue = queue.clone();
    note(case, CaseEventKind::Moved(queue), at);
    Ok(())
}

/// Requires a claim of that person that still holds.
pub(crate) fn require(case: &Case, by: &UserId, at: Timestamp) -> Result<(), ReviewError> {
    refuse_other(case, by, at)?;
    match &case.status {
        CaseStatus::Claimed { by: holder, until } if holder == by => {
            if at < *until {
                Ok(())
            } else {
                Err(ReviewError::ClaimEnded { until: *until })
            }
        }
        CaseStatus::Claimed { .. } | CaseStatus::Open | CaseStatus::Decided => {
            Err(ReviewError::NotClaimed)
        }
    }
}

/// Refuses a decided case, naming the decision.
pub(crate) fn refuse_decided(case: &Case) -> Result<(), ReviewError> {
    match standing(case) {
        Some(decision) => Err(ReviewError::AlreadyDecided { decision }),
        None => Ok(()),
    }
}

fn refuse_other(case: &Case, by: &UserId, at: Timestamp) -> Result<(), ReviewError> {
    match &case.status {
        CaseStatus::Claimed { by: holder, until } if holder != by && at < *until => {
            Err(ReviewError::ClaimedByOther { by: holder.clone(), until: *until })
        }
        CaseStatus::Claimed { .. } | CaseStatus::Open | CaseStatus::Decided => Ok(()),
    }
}

fn holder(case: &Case, at: Timestamp) -> Option<&UserId> {
    match &case.status {
        CaseStatus::Claimed { by, until } if at < *until => Some(by),
        CaseStatus::Claimed { .. } | CaseStatus::Open | CaseStatus::Decided => None,
    }
}
