//! What is preserved of removed content: seen for three purposes alone, prolonged, held.

use crate::api::caller::{Caller, Form, Posted};
use crate::api::extract::{Path, Query};
use crate::api::problem::{Kind, Problem, ProblemBody};
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use engine::{AccessInput, PreservationFilter, ProlongInput, Scope};
use model::{Access, CapturedArchive, CaseId, Preservation, PreservationId, limits};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which preservations are asked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct EvidenceQuery {
    /// Of this case alone.
    case: Option<String>,
    /// At most so many, 1 to 500; 50 without it.
    limit: Option<usize>,
    /// Leaving out so many.
    offset: Option<usize>,
}

/// A page of preservations.
#[derive(Debug, Serialize, ToSchema)]
pub struct Preservations {
    /// Preservations without their content: what ends first comes first, deleted ones last.
    preservations: Vec<Preservation>,
}

/// List what is preserved of removed content (Regulation (EU) 2021/784 Art 6).
#[utoipa::path(
    get, path = "/v1/evidence", tag = "evidence", security(("key" = [])), params(EvidenceQuery),
    responses(
        (status = 200, body = Preservations),
        (status = 422, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn list(
    State(state): State<AppState>,
    caller: Caller,
    Query(query): Query<EvidenceQuery>,
) -> Result<Json<Preservations>, Problem> {
    caller.need(Scope::Review)?;
    let case = query.case.map(CaseId::new).transpose();
    let filter = PreservationFilter {
        case: case.map_err(|error| Problem::new(Kind::Invalid, format!("case: {error}")))?,
        service: caller.service().cloned(),
        limit: query.limit.unwrap_or(50).clamp(1, limits::PAGE_ROWS),
        offset: query.offset.unwrap_or(0),
    };
    Ok(Json(Preservations { preservations: state.engine.preservations(&filter).await? }))
}

/// Read what is said of a preservation, without its content.
#[utoipa::path(
    get, path = "/v1/evidence/{id}", tag = "evidence", security(("key" = [])),
    params(("id" = String, Path, description = "The preservation's id")),
    responses(
        (status = 200, body = Preservation),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn read(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Preservation>, Problem> {
    Ok(Json(allowed(&state, &caller, &id).await?))
}

/// The preservation that a caller may know of.
async fn allowed(state: &AppState, caller: &Caller, id: &str) -> Result<Preservation, Problem> {
    caller.need(Scope::Review)?;
    let id =
        PreservationId::new(id).map_err(|error| Problem::new(Kind::NotFound, error.to_string()))?;
    let preservation = state.engine.preservation(&id).await?;
    caller.speaks_for(&preservation.service)?;
    Ok(preservation)
}

fn access_number(text: &str) -> Result<u32, Problem> {
    let detail = || format!("there is no access `{text}`; accesses have numbers from 1");
    text.parse().map_err(|_| Problem::new(Kind::NotFound, detail()))
}

/// Ask for access, for one of the three purposes and with a reason; that is a record.
#[utoipa::path(
    post, path = "/v1/evidence/{id}/accesses", tag = "evidence", security(("key" = [])),
    params(("id" = String, Path, description = "The preservation's id")),
    request_body = AccessInput,
    responses(
        (status = 201, body = Access),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn ask(
    State(state): State<AppState>,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<(StatusCode, Json<Access>), Problem> {
    let preservation = allowed(&state, &posted.caller, &id).await?;
    let input: AccessInput = posted.json()?;
    let access = state.engine.ask_access(&preservation.id, &input, &posted.origin()).await?;
    Ok((StatusCode::CREATED, Json(access)))
}

/// Allow somebody else's access, where a second person has to.
#[utoipa::path(
    post, path = "/v1/evidence/{id}/accesses/{number}/leave", tag = "evidence",
    security(("key" = [])),
    params(
        ("id" = String, Path, description = "The preservation's id"),
        ("number" = u32, Path, description = "The access's number"),
    ),
    responses(
        (status = 201, body = Preservation),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn allow(
    State(state): State<AppState>,
    Path((id, number)): Path<(String, String)>,
    posted: Posted,
) -> Result<(StatusCode, Json<Preservation>), Problem> {
    let preservation = allowed(&state, &posted.caller, &id).await?;
    let (number, origin) = (access_number(&number)?, posted.origin());
    let changed = state.engine.allow_access(&preservation.id, number, &origin).await?;
    Ok((StatusCode::CREATED, Json(changed)))
}

/// Read an original under an access of the same key; that is a record.
#[utoipa::path(
    get, path = "/v1/evidence/{id}/accesses/{number}/originals/{name}", tag = "evidence",
    security(("key" = [])),
    params(
        ("id" = String, Path, description = "The preservation's id"),
        ("number" = u32, Path, description = "The access's number"),
        ("name" = String, Path, description = "The original's name, such as `1.json`"),
    ),
    responses(
        (status = 200, description = "The bytes", content_type = "application/octet-stream"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn original(
    State(state): State<AppState>,
    caller: Caller,
    Path((id, number, name)): Path<(String, String, String)>,
) -> Result<Response, Problem> {
    let preservation = allowed(&state, &caller, &id).await?;
    let number = access_number(&number)?;
    let read = state.engine.read_original(&preservation.id, number, &name, &caller.actor()).await;
    let (bytes, _) = read?;
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream"),
        (header::CONTENT_DISPOSITION, "attachment"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, bytes).into_response())
}

/// Keep longer, because an authority or court asks for it for pending proceedings (Art 6(2)).
#[utoipa::path(
    post, path = "/v1/evidence/{id}/prolongations", tag = "evidence", security(("key" = [])),
    params(("id" = String, Path, description = "The preservation's id")),
    request_body = ProlongInput,
    responses(
        (status = 201, body = Preservation),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn prolong(
    State(state): State<AppState>,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<(StatusCode, Json<Preservation>), Problem> {
    let preservation = allowed(&state, &posted.caller, &id).await?;
    let input: ProlongInput = posted.json()?;
    let changed = state.engine.prolong(&preservation.id, &input, &posted.origin()).await?;
    Ok((StatusCode::CREATED, Json(changed)))
}

/// Why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReasonBody {
    /// Why, in words.
    reason: String,
}

/// Hold a preservation against deletion, since another duty stands against it.
#[utoipa::path(
    post, path = "/v1/evidence/{id}/holds", tag = "evidence", security(("key" = [])),
    params(("id" = String, Path, description = "The preservation's id")),
    request_body = ReasonBody,
    responses(
        (status = 201, body = Preservation),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn hold(
    State(state): State<AppState>,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<(StatusCode, Json<Preservation>), Problem> {
    let preservation = allowed(&state, &posted.caller, &id).await?;
    let body: ReasonBody = posted.json()?;
    let held = state.engine.hold(&preservation.id, &body.reason, &posted.origin()).await?;
    Ok((StatusCode::CREATED, Json(held)))
}

/// Lift the holds of a preservation.
#[utoipa::path(
    post, path = "/v1/evidence/{id}/releases", tag = "evidence", security(("key" = [])),
    params(("id" = String, Path, description = "The preservation's id")),
    request_body = ReasonBody,
    responses(
        (status = 201, body = Preservation),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn release(
    State(state): State<AppState>,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<(StatusCode, Json<Preservation>), Problem> {
    let preservation = allowed(&state, &posted.caller, &id).await?;
    let body: ReasonBody = posted.json()?;
    let origin = posted.origin();
    let released = state.engine.release_hold(&preservation.id, &body.reason, &origin).await?;
    Ok((StatusCode::CREATED, Json(released)))
}

/// Keep a WARC file of captured pages with what is preserved of a case.
///
/// The body is the file, unpacked, as `application/warc`. It is kept to the byte, as long and for
/// the same purposes as what a decision removed or disabled. The same file again is answered with
/// the first. The command `seawall evidence import` takes larger files.
#[utoipa::path(
    post, path = "/v1/cases/{id}/archives", tag = "evidence", security(("key" = [])),
    params(("id" = String, Path, description = "The case's id")),
    request_body(content = Vec<u8>, content_type = "application/warc"),
    responses(
        (status = 201, body = CapturedArchive),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn import(
    State(state): State<AppState>,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<(StatusCode, Json<CapturedArchive>), Problem> {
    posted.caller.need(Scope::Review)?;
    let id = CaseId::new(id).map_err(|error| Problem::new(Kind::NotFound, error.to_string()))?;
    posted.caller.speaks_for(&state.engine.case(&id).await?.service)?;
    match posted.form() {
        Form::Other => {}
        Form::Json | Form::Text | Form::Multipart => {
            return Err(posted.wrong_form("`application/warc`"));
        }
    }
    let kept = state.engine.import_archive(&id, posted.body.to_vec(), &posted.origin()).await?;
    Ok((StatusCode::CREATED, Json(kept)))
}
