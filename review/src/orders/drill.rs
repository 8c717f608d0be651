//! How a drill went: what took how long, and what went by.

use super::order::{Order, OrderEventKind, OrderStatus};
use law::Standing;
use model::Timestamp;
use serde::Serialize;

/// How an order was handled, in figures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Grade {
    /// Whether it was done, and in time.
    pub outcome: DrillOutcome,
    /// Seconds from receipt until somebody knew who it comes from.
    pub authenticated_after: Option<i64>,
    /// Seconds from receipt until somebody said that it is carried out, or why it cannot be.
    pub answered_after: Option<i64>,
    /// Seconds from receipt until everything was done.
    pub done_after: Option<i64>,
    /// Warnings that went out before somebody acted.
    pub warnings: usize,
    /// Fields of the form that were wrong at the end.
    pub form_problems: usize,
    /// Links of which nobody said what they are.
    pub unclear_links: usize,
}

/// How an order ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DrillOutcome {
    /// Done in time.
    InTime,
    /// Done, or refused on a ground of the law, as the law allows.
    Answered,
    /// Done too late.
    Late,
    /// Its time went by, and it is not done.
    Missed,
    /// Its time has not run out.
    Running,
}

/// How an order was handled, as it stands at `now`.
#[must_use]
pub fn grade(order: &Order, now: Timestamp) -> Grade {
    let after = |kinds: &[OrderEventKind]| {
        let event = order.events.iter().find(|event| kinds.contains(&event.kind))?;
        Some(event.at.seconds_since(order.received_at))
    };
    let answers = [OrderEventKind::Begun, OrderEventKind::Stopped, OrderEventKind::Refused];
    let alerted =
        |kind: OrderEventKind| matches!(kind, OrderEventKind::Alerted | OrderEventKind::Missed);
    let before_answer = order.events.iter().take_while(|event| !answers.contains(&event.kind));
    Grade {
        outcome: outcome(order, now),
        authenticated_after: after(&[OrderEventKind::Authenticated]),
        answered_after: after(&answers),
        done_after: after(&[OrderEventKind::Done]),
        warnings: before_answer.filter(|event| alerted(event.kind)).count(),
        form_problems: order.problems.len(),
        unclear_links: order.targets.iter().filter(|target| target.is_unclear()).count(),
    }
}

fn outcome(order: &Order, now: Timestamp) -> DrillOutcome {
    match order.status {
        OrderStatus::Refused | OrderStatus::Impossible | OrderStatus::Superseded => {
            return DrillOutcome::Answered;
        }
        OrderStatus::Received
        | OrderStatus::Executing
        | OrderStatus::Executed
        | OrderStatus::Ceased => {}
    }
    match order.standing(now) {
        Some(Standing::Missed { at: Some(_), .. }) => DrillOutcome::Late,
        Some(Standing::Missed { at: None, .. }) => DrillOutcome::Missed,
        Some(Standing::Met { .. }) => DrillOutcome::InTime,
        Some(Standing::Running { .. } | Standing::Stopped { .. }) => DrillOutcome::Running,
        None if order.status == OrderStatus::Executed => DrillOutcome::Answered,
        None => DrillOutcome::Running,
    }
}
