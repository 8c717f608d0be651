//! Studies for programs: order one, follow it, take its result; and tell who follows whom.

use crate::api::caller::{Caller, Posted};
use crate::api::extract::{Path, Query};
use crate::api::problem::{Problem, ProblemBody};
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use engine::{Error, Scope, StudyOrder, StudyView};
use model::{Follow, ServiceId, Study, StudyId, limits};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Order a study. It runs in the background; its state says when it is finished.
#[utoipa::path(
    post, path = "/v1/studies", tag = "studies", security(("key" = [])),
    request_body = StudyOrder,
    responses(
        (status = 202, body = Study),
        (status = 422, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn order(
    State(state): State<AppState>,
    posted: Posted,
) -> Result<(StatusCode, Json<Study>), Problem> {
    posted.caller.need(Scope::Study)?;
    let order: StudyOrder = posted.json()?;
    posted.caller.speaks_for(&order.service)?;
    let study = state.engine.order_study(order, &posted.origin()).await?;
    Ok((StatusCode::ACCEPTED, Json(study)))
}

/// Which studies are asked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct StudiesQuery {
    /// At most so many, 1 to 500; 50 without it.
    limit: Option<usize>,
    /// Leaving out so many.
    offset: Option<usize>,
}

/// A page of studies.
#[derive(Debug, Serialize, ToSchema)]
pub struct Studies {
    /// Studies, the latest first.
    studies: Vec<StudyView>,
}

/// List studies.
#[utoipa::path(
    get, path = "/v1/studies", tag = "studies", security(("key" = [])), params(StudiesQuery),
    responses((status = 200, body = Studies))
)]
pub async fn list(
    State(state): State<AppState>,
    caller: Caller,
    Query(query): Query<StudiesQuery>,
) -> Result<Json<Studies>, Problem> {
    caller.need(Scope::Study)?;
    let rows = query.limit.unwrap_or(50).clamp(1, limits::PAGE_ROWS);
    let mut studies = state.engine.studies(rows, query.offset.unwrap_or(0)).await?;
    studies.retain(|view| caller.speaks_for(&view.study.service).is_ok());
    Ok(Json(Studies { studies }))
}

/// Reads a study that the caller may speak for.
async fn seen(state: &AppState, caller: &Caller, id: &str) -> Result<StudyView, Problem> {
    caller.need(Scope::Study)?;
    let absent = |_| Error::NotFound { what: "study", id: id.to_owned() };
    let id = StudyId::new(id).map_err(absent)?;
    let view = state.engine.study(&id).await?;
    caller.speaks_for(&view.study.service)?;
    Ok(view)
}

/// Read a study with how far it is.
#[utoipa::path(
    get, path = "/v1/studies/{id}", tag = "studies", security(("key" = [])),
    params(("id" = String, Path, description = "The study")),
    responses(
        (status = 200, body = StudyView),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn read(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<StudyView>, Problem> {
    Ok(Json(seen(&state, &caller, &id).await?))
}

/// Take the result of a study as JSON, accounts under the study's pseudonyms.
#[utoipa::path(
    get, path = "/v1/studies/{id}/result", tag = "studies", security(("key" = [])),
    params(("id" = String, Path, description = "The study")),
    responses(
        (status = 200, body = serde_json::Value, description = "The result; its form is that of \
         the kind of study"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn result(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let view = seen(&state, &caller, &id).await?;
    let result = state.engine.study_result(&view.study.id).await?;
    let absent = || Error::NotFound { what: "result of the study", id: id.to_string() };
    let result = result.ok_or_else(absent)?;
    let reading =
        crate::studies::Reading::of_report(crate::console::text::Language::English, &view);
    let masked = crate::studies::masked(&reading, &result)?;
    Ok(([(header::CONTENT_TYPE, "application/json")], masked).into_response())
}

/// Stop a study that waits or runs; its finished parts are kept.
#[utoipa::path(
    post, path = "/v1/studies/{id}/stop", tag = "studies", security(("key" = [])),
    params(("id" = String, Path, description = "The study")),
    responses(
        (status = 200, body = Study),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn stop(
    State(state): State<AppState>,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Json<Study>, Problem> {
    let view = seen(&state, &posted.caller, &id).await?;
    Ok(Json(state.engine.stop_study(&view.study.id, &posted.origin()).await?))
}

/// Who follows whom on a service.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Follows {
    /// The service.
    service: ServiceId,
    /// The follows, at most 10,000; what was told of a pair before is replaced.
    follows: Vec<Follow>,
}

/// How many follows were taken.
#[derive(Debug, Serialize, ToSchema)]
pub struct FollowsTaken {
    /// How many.
    taken: usize,
}

/// Tell who follows whom, for studies.
#[utoipa::path(
    post, path = "/v1/follows", tag = "studies", security(("key" = [])), request_body = Follows,
    responses(
        (status = 200, body = FollowsTaken),
        (status = 422, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn follows(
    State(state): State<AppState>,
    posted: Posted,
) -> Result<Json<FollowsTaken>, Problem> {
    posted.caller.need(Scope::Submit)?;
    let given: Follows = posted.json()?;
    posted.caller.speaks_for(&given.service)?;
    let (engine, origin) = (&state.engine, posted.origin());
    let taken = engine.receive_follows(&given.service, given.follows, &origin).await?;
    Ok(Json(FollowsTaken { taken }))
}
