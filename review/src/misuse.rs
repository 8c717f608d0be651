//! Misuse of notices: warned first, suspended for a time, by a person, by the four circumstances of
//! Regulation (EU) 2022/2065 Art 23; and how often somebody's notices were right.

use crate::ReviewError;
use crate::decide::check_reason;
use model::{MisuseFactors, MisuseMeasure, MisuseStep, Notifier, Timestamp, UserId, limits};
use serde::{Deserialize, Serialize};

/// Days of which notices are counted, and within which a warning holds.
pub const MISUSE_DAYS: i64 = 180;
/// The most days that a suspension lasts.
pub const SUSPENSION_DAYS: u16 = 365;

/// What a person does about a notifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum MisuseAct {
    /// Warns.
    Warn,
    /// Suspends for so many days.
    Suspend {
        /// Days, 1 to [`SUSPENSION_DAYS`].
        days: u16,
    },
    /// Takes a suspension back.
    Lift,
}

/// Takes a step about a notifier.
///
/// `unfounded_since_warning` counts the manifestly unfounded notices that came after the last
/// warning.
///
/// # Errors
/// Where no reason is given, nothing was unfounded, a suspension comes without a warning that holds
/// or without anything unfounded after it or lasts too long, or there is nothing to take back.
pub fn act_on_misuse(
    notifier: &Notifier,
    (act, factors): (MisuseAct, MisuseFactors),
    unfounded_since_warning: u64,
    (by, reason): (UserId, &str),
    at: Timestamp,
) -> Result<Notifier, ReviewError> {
    check_reason(reason)?;
    let measure = match act {
        MisuseAct::Warn if factors.unfounded == 0 => return Err(ReviewError::NothingUnfounded),
        MisuseAct::Warn => MisuseMeasure::Warned,
        MisuseAct::Suspend { days } => {
            check_suspension(notifier, days, unfounded_since_warning, at)?;
            MisuseMeasure::Suspended { until: at.plus_seconds(i64::from(days) * 86_400) }
        }
        MisuseAct::Lift if notifier.suspended_until(at).is_none() => {
            return Err(ReviewError::NotSuspended);
        }
        MisuseAct::Lift => MisuseMeasure::Lifted,
    };
    let mut next = notifier.clone();
    if next.steps.len() >= limits::CASE_EVENTS {
        next.steps.remove(0);
    }
    next.steps.push(MisuseStep { measure, factors, by, reason: reason.to_owned(), at });
    next.revision += 1;
    Ok(next)
}

fn check_suspension(
    notifier: &Notifier,
    days: u16,
    unfounded_since_warning: u64,
    at: Timestamp,
) -> Result<(), ReviewError> {
    if !(1..=SUSPENSION_DAYS).contains(&days) {
        return Err(ReviewError::SuspensionLength { limit: SUSPENSION_DAYS });
    }
    let holds = |warned: Timestamp| warned >= at.plus_seconds(-MISUSE_DAYS * 86_400);
    if !notifier.warned_at().is_some_and(holds) || unfounded_since_warning == 0 {
        return Err(ReviewError::NotifierNotWarned);
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use model::{Gravity, Intention};

    fn at(day: i64) -> Timestamp {
        Timestamp::parse("2026-01-01T00:00:00Z").unwrap().plus_seconds(day * 86_400)
    }

    fn factors(unfounded: u64) -> MisuseFactors {
        let (gravity, intention) = (Gravity::Minor, Intention::NotIdentifiable);
        MisuseFactors { unfounded, decided: 10, gravity, intention }
    }

    fn act(
        notifier: &Notifier,
        act: MisuseAct,
        unfounded: u64,
        since: u64,
        day: i64,
    ) -> Result<Notifier, ReviewError> {
        let by = UserId::new("user_lead").unwrap();
        act_on_misuse(notifier, (act, factors(unfounded)), since, (by, "Again."), at(day))
    }

    #[test]
    fn a_notifier_is_warned_before_the_suspension() {
        let new = Notifier::new("flagger_1".to_owned());
        let suspend = MisuseAct::Suspend { days: 30 };
        assert_eq!(act(&new, suspend, 9, 9, 1), Err(ReviewError::NotifierNotWarned));
        assert_eq!(act(&new, MisuseAct::Warn, 0, 0, 1), Err(ReviewError::NothingUnfounded));
        let warned = act(&new, MisuseAct::Warn, 5, 0, 1).unwrap();
        assert_eq!(warned.suspended_until(at(2)), None);
        for (since, day, expected) in [
            (0, 10, Err(ReviewError::NotifierNotWarned)),
            (1, 10, Ok(at(40))),
            (1, 181, Ok(at(211))),
            (1, 182, Err(ReviewError::NotifierNotWarned)),
        ] {
            let result = act(&warned, suspend, 5, since, day);
            let until = result.map(|next| next.suspended_until(at(day)).unwrap());
            assert_eq!(until, expected, "{since} {day}");
        }
    }

    #[test]
    fn a_suspension_ends_by_itself_or_is_taken_back() {
        let new = Notifier::new("flagger_1".to_owned());
        let warned = act(&new, MisuseAct::Warn, 5, 0, 1).unwrap();
        let suspended = act(&warned, MisuseAct::Suspend { days: 10 }, 6, 1, 2).unwrap();
        assert_eq!(suspended.suspended_until(at(11)), Some(at(12)));
        assert_eq!(suspended.suspended_until(at(12)), None);
        let lifted = act(&suspended, MisuseAct::Lift, 6, 1, 5).unwrap();
        assert_eq!((lifted.suspended_until(at(5)), lifted.revision), (None, 3));
        assert_eq!(act(&lifted, MisuseAct::Lift, 6, 1, 5), Err(ReviewError::NotSuspended));
        for days in [0, SUSPENSION_DAYS + 1] {
            let result = act(&warned, MisuseAct::Suspend { days }, 6, 1, 2);
            assert_eq!(result, Err(ReviewError::SuspensionLength { limit: SUSPENSION_DAYS }));
        }
    }
}
