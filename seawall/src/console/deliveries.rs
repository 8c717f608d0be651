//! Deliveries: actions on their way, and those that were given up.

use super::case_screen::{action_words, delivery_words, target_words};
use super::page::{Answer, Page, Refused, Tab, render};
use super::text::Language;
use super::visit::{Lead, Posted};
use super::when::When;
use crate::state::AppState;
use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use engine::{Delivery, OutboxRow};
use model::{ActionId, Timestamp, limits};
use serde::Deserialize;

/// What the address asks for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    state: String,
}

struct Line {
    id: String,
    kind: &'static str,
    service: String,
    target: String,
    case: String,
    attempts: u32,
    at: When,
    next: Option<When>,
    problem: Option<String>,
}

struct StateLink {
    name: &'static str,
    words: &'static str,
    is_current: bool,
}

#[derive(Template)]
#[template(path = "deliveries.html")]
struct DeliveriesPage {
    page: Page,
    states: Vec<StateLink>,
    state: Delivery,
    lines: Vec<Line>,
}

/// The states, in the order of the page.
const STATES: [Delivery; 4] =
    [Delivery::Pending, Delivery::Dead, Delivery::Delivered, Delivery::Withdrawn];

/// Shows the deliveries in one state.
pub async fn page(
    State(state): State<AppState>,
    Lead(person): Lead,
    Query(wanted): Query<Wanted>,
) -> Answer {
    let page = Page::new(&person, Tab::Deliveries);
    let wanted = STATES.into_iter().find(|one| one.as_str() == wanted.state);
    let wanted = wanted.unwrap_or(Delivery::Pending);
    let rows = state.engine.outbox(wanted, limits::PAGE_ROWS).await;
    let rows = rows.map_err(|error| Refused::by(&page, error))?;
    Ok(render(&deliveries_page(page, wanted, &rows, state.engine.now()), StatusCode::OK))
}

fn deliveries_page(
    page: Page,
    state: Delivery,
    rows: &[OutboxRow],
    now: Timestamp,
) -> DeliveriesPage {
    let t = page.t;
    let link = |one: Delivery| StateLink {
        name: one.as_str(),
        words: delivery_words(t, one).0,
        is_current: one == state,
    };
    let states = STATES.into_iter().map(link).collect();
    let lines = rows.iter().map(|row| line(t, row, now)).collect();
    DeliveriesPage { states, state, lines, page }
}

fn line(t: Language, row: &OutboxRow, now: Timestamp) -> Line {
    let next = match row.state {
        Delivery::Pending => Some(When::new(t, row.next, now)),
        Delivery::Delivered => row.delivered.map(|at| When::new(t, at, now)),
        Delivery::Dead | Delivery::Withdrawn => None,
    };
    Line {
        id: row.action.id.to_string(),
        kind: action_words(t, row.action.kind),
        service: row.action.service.to_string(),
        target: target_words(&row.action.target),
        case: row.action.case.to_string(),
        attempts: row.attempts,
        at: When::new(t, row.action.at, now),
        next,
        problem: row.problem.clone(),
    }
}

/// Sends an action again.
pub async fn redeliver(State(state): State<AppState>, posted: Posted) -> Answer {
    let mut page = Page::new(&posted.person, Tab::Deliveries);
    page.here = "/deliveries?".to_owned();
    if !posted.person.is_lead() {
        return Err(Refused::forbidden(&page));
    }
    let id = ActionId::new(posted.get("action")).map_err(|_| Refused::not_found(&page))?;
    let sent = state.engine.redeliver(&id, &posted.person.origin()).await;
    sent.map_err(|error| Refused::by(&page, error))?;
    Ok(Redirect::to("/deliveries?done=redelivered").into_response())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::case_screen::tests::a_delivery;
    use super::super::page::tests::frame;
    use super::*;

    fn shown(state: Delivery) -> String {
        let now = Timestamp::parse("2026-11-22T12:00:00Z").unwrap();
        let row = a_delivery(state);
        deliveries_page(frame(Language::English, Tab::Deliveries), state, &[row], now)
            .render()
            .unwrap()
    }

    #[test]
    fn only_what_was_given_up_can_be_sent_again() {
        assert!(!shown(Delivery::Pending).contains("Send again"));
        assert!(!shown(Delivery::Delivered).contains("Send again"));
        let dead = shown(Delivery::Dead);
        assert!(dead.contains("Send again") && dead.contains("value=\"token\""));
        assert!(dead.contains("connection refused"));
    }
}
