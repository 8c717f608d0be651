//! A case: looking at it, claiming, deciding, undoing, moving.

use super::case_form::{Filled, Incomplete, seen};
use super::case_screen::{Around, CaseScreen, Kept};
use super::page::{Answer, Page, Refused, Tab, refusal, render};
use super::visit::{Person, Posted};
use crate::state::AppState;
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use engine::{Delivery, Error, Seen};
use model::{CaseId, QueueName, UserId};
use serde::Deserialize;
use std::collections::BTreeMap;
use url::form_urlencoded;

/// What the address of a case may say.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    queue: String,
}

/// Reads the id in the address; what is none leads nowhere.
pub fn case_id(page: &Page, id: &str) -> Result<CaseId, Refused> {
    CaseId::new(id).map_err(|_| Refused::not_found(page))
}

/// Shows a case; the look at it is a record.
pub async fn page(
    State(state): State<AppState>,
    person: Person,
    Path(id): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Answer {
    let page = frame(&person, &wanted.queue);
    let id = case_id(&page, &id)?;
    screen(&state, &person, page, &id, Kept::default()).await
}

fn frame(person: &Person, queue: &str) -> Page {
    let mut page = Page::new(person, Tab::Cases);
    queue.clone_into(&mut page.next_queue);
    page
}

async fn screen(state: &AppState, person: &Person, page: Page, id: &CaseId, kept: Kept) -> Answer {
    let engine = &state.engine;
    let refused = |error| Refused::by(&page, error);
    let view = engine.view_case(id, &person.actor(), "review").await.map_err(refused)?;
    let policies = engine.policies().await.map_err(refused)?;
    let logins = logins(state).await.map_err(refused)?;
    let queues = engine.queues().iter();
    let queues: Vec<(String, String)> =
        queues.map(|queue| (queue.name.to_string(), queue.title.clone())).collect();
    let rules = engine.rules();
    let latest = view.verdicts.first();
    let threats = engine.threats_of_case(id).await.map_err(refused)?;
    let score = latest.and_then(|row| engine.explain_score(&view.case, &row.item));
    let around = Around {
        logins: &logins,
        policies: &policies,
        rules: rules.rules(),
        queues: &queues,
        me: person.id(),
        now: engine.now(),
        score: score.as_ref(),
        threats: &threats,
    };
    let is_problem = kept.problem.is_some();
    let status = if is_problem { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(render(&CaseScreen::new(page, &view, &around, kept), status))
}

/// The logins of everybody, to write names instead of ids.
pub async fn logins(state: &AppState) -> Result<BTreeMap<UserId, String>, Error> {
    let users = state.engine.users().await?;
    Ok(users.into_iter().map(|user| (user.id, user.login)).collect())
}

/// The login of a person, or the id of one who is not known any more.
pub fn login(logins: &BTreeMap<UserId, String>, user: &UserId) -> String {
    logins.get(user).cloned().unwrap_or_else(|| user.to_string())
}

fn to_case(id: &CaseId, done: &str, queue: &str) -> Response {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("done", done);
    if !queue.is_empty() {
        query.append_pair("queue", queue);
    }
    Redirect::to(&format!("/cases/{id}?{}", query.finish())).into_response()
}

/// Shows the case again with what the engine refused; failures of ours get their own page.
async fn again(
    state: &AppState,
    posted: &Posted,
    id: &CaseId,
    error: Error,
    mut kept: Kept,
) -> Answer {
    let mut page = frame(&posted.person, posted.get("queue"));
    page.done = None;
    match error {
        Error::Review(_)
        | Error::Order(_)
        | Error::Threat(_)
        | Error::Exposure(_)
        | Error::Contended
        | Error::SomethingJoined { .. }
        | Error::KeyReused { .. }
        | Error::Invalid { .. } => {
            kept.problem = Some(refusal(page.t, &error));
            screen(state, &posted.person, page, id, kept).await
        }
        error => Err(Refused::by(&page, error)),
    }
}

/// Claims the case, or renews the claim.
pub async fn claim(
    State(state): State<AppState>,
    Path(id): Path<String>,
    posted: Posted,
) -> Answer {
    let id = case_id(&frame(&posted.person, ""), &id)?;
    match state.engine.claim(&id, posted.person.id()).await {
        Ok(_) => Ok(to_case(&id, "claimed", posted.get("queue"))),
        Err(error) => again(&state, &posted, &id, error, Kept::default()).await,
    }
}

/// Gives the case back undecided.
pub async fn release(
    State(state): State<AppState>,
    Path(id): Path<String>,
    posted: Posted,
) -> Answer {
    let id = case_id(&frame(&posted.person, ""), &id)?;
    match state.engine.release(&id, posted.person.id()).await {
        Ok(_) => Ok(to_case(&id, "released", posted.get("queue"))),
        Err(error) => again(&state, &posted, &id, error, Kept::default()).await,
    }
}

/// Moves the case to another queue.
pub async fn move_to(
    State(state): State<AppState>,
    Path(id): Path<String>,
    posted: Posted,
) -> Answer {
    let page = frame(&posted.person, "");
    let id = case_id(&page, &id)?;
    let to = QueueName::new(posted.get("to")).map_err(|_| Refused::not_found(&page))?;
    match state.engine.move_case(&id, to, posted.person.id()).await {
        Ok(_) => Ok(to_case(&id, "moved", posted.get("queue"))),
        Err(error) => again(&state, &posted, &id, error, Kept::default()).await,
    }
}

/// Decides the case; what the desk refuses is shown with everything that was filled in.
pub async fn decide(
    State(state): State<AppState>,
    Path(id): Path<String>,
    posted: Posted,
) -> Answer {
    let mut page = frame(&posted.person, posted.get("queue"));
    let id = case_id(&page, &id)?;
    let filled = Filled::sent(|name| posted.get(name));
    let mut kept = Kept { filled: Some(filled.clone()), ..Kept::default() };
    if posted.get("step") == "claim" {
        return match state.engine.claim(&id, posted.person.id()).await {
            Ok(_) => {
                page.done = Some(page.t.done_claimed());
                screen(&state, &posted.person, page, &id, kept).await
            }
            Err(error) => again(&state, &posted, &id, error, kept).await,
        };
    }
    let refused = |error| Refused::by(&page, error);
    let case = state.engine.case(&id).await.map_err(refused)?;
    kept.problem = match filled.decision() {
        Err(Incomplete::Choice) => Some(page.t.choose_something().to_owned()),
        Err(Incomplete::Policy) => Some(page.t.choose_policy().to_owned()),
        Ok(_) if posted.get("seen") != seen(&case) && case.decision.is_none() => {
            Some(page.t.something_joined().to_owned())
        }
        Ok(mut input) => {
            // Nothing may join between this look and the commit either.
            input.seen = Some(Seen::of(&case));
            let (person, origin) = (posted.person.id(), posted.person.origin());
            return match state.engine.decide(&id, &input, person, &origin).await {
                Ok(_) => Ok(to_case(&id, "decided", posted.get("queue"))),
                Err(error) => again(&state, &posted, &id, error, kept).await,
            };
        }
    };
    screen(&state, &posted.person, page, &id, kept).await
}

/// Undoes the decision that stands.
pub async fn undo(State(state): State<AppState>, Path(id): Path<String>, posted: Posted) -> Answer {
    let id = case_id(&frame(&posted.person, ""), &id)?;
    let reason = posted.get("reason").replace("\r\n", "\n");
    let (person, origin) = (posted.person.id(), posted.person.origin());
    match state.engine.undo(&id, &reason, person, &origin).await {
        Ok(_) => Ok(to_case(&id, "undone", posted.get("queue"))),
        Err(error) => {
            let kept = Kept { undo_reason: reason, ..Kept::default() };
            again(&state, &posted, &id, error, kept).await
        }
    }
}

/// How many actions of the case are on their way, for the script that waits for them. Not a look
/// at content, so not a record.
pub async fn pending(
    State(state): State<AppState>,
    person: Person,
    Path(id): Path<String>,
) -> Answer {
    let page = Page::new(&person, Tab::Cases);
    let id = case_id(&page, &id)?;
    let rows = state.engine.deliveries_of_case(&id).await;
    let rows = rows.map_err(|error| Refused::by(&page, error))?;
    let pending = rows.iter().filter(|row| row.state == Delivery::Pending).count();
    Ok(Json(serde_json::json!({ "pending": pending })).into_response())
}
