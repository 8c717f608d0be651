//! Exposure decisions of authorities, the steps on them, and the reports on specific measures.

use super::orders::LetterDetail;
use crate::api::caller::{Caller, Posted};
use crate::api::extract::{Path, Query};
use crate::api::problem::{Kind, Problem, ProblemBody};
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use engine::{ExposureInput, ExposureView, RecentOrders, ReportText, Scope};
use model::{ExposureId, limits};
use review::exposures::{Exposure, ExposureStatus, ExposureStep, MeasuresReport, Obligation};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// An exposure decision with the person who notes it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExposureBody {
    /// The login of the person; the key vouches for the person.
    reviewer: String,
    /// The decision.
    #[serde(flatten)]
    input: ExposureInput,
}

/// Note a decision that a service is exposed to terrorist content (Regulation (EU) 2021/784,
/// Article 5(4)). What is owed counts from its notification.
#[utoipa::path(
    post, path = "/v1/exposures", tag = "exposures", security(("key" = [])),
    request_body = ExposureBody,
    responses(
        (status = 201, body = ExposureDetail),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn note(
    State(state): State<AppState>,
    posted: Posted,
) -> Result<(StatusCode, Json<ExposureDetail>), Problem> {
    posted.caller.need(Scope::Review)?;
    let (login, input): (String, ExposureInput) = by_person(&posted)?;
    posted.caller.speaks_for(&input.service)?;
    let user = super::desk::reviewer(&state, &login).await?;
    let exposure = state.engine.note_exposure(input, &user, &posted.origin()).await?;
    Ok((StatusCode::CREATED, Json(detail(state.engine.view_of_exposure(exposure).await?))))
}

/// Reads a body that names the person beside what is done.
fn by_person<T: serde::de::DeserializeOwned>(posted: &Posted) -> Result<(String, T), Problem> {
    let mut body: serde_json::Map<String, serde_json::Value> = posted.json()?;
    let login = body.remove("reviewer").and_then(|login| login.as_str().map(str::to_owned));
    let login = login.ok_or_else(|| Problem::new(Kind::Invalid, "reviewer: give the login"))?;
    let rest = serde_json::from_value(body.into())
        .map_err(|error| Problem::new(Kind::Invalid, error.to_string()))?;
    Ok((login, rest))
}

/// Which exposure decisions are asked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct ExposuresQuery {
    /// `in_force`, `amended`, `under_review` or `withdrawn`.
    status: Option<String>,
    /// At most so many, 1 to 500; 50 without it.
    limit: Option<usize>,
}

/// A page of exposure decisions.
#[derive(Debug, Serialize, ToSchema)]
pub struct Exposures {
    /// Decisions: those with something due first, the nearest due time first, then the newest.
    exposures: Vec<Exposure>,
}

/// List exposure decisions.
#[utoipa::path(
    get, path = "/v1/exposures", tag = "exposures", security(("key" = [])),
    params(ExposuresQuery),
    responses(
        (status = 200, body = Exposures),
        (status = 422, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn list(
    State(state): State<AppState>,
    caller: Caller,
    Query(query): Query<ExposuresQuery>,
) -> Result<Json<Exposures>, Problem> {
    caller.need(Scope::Review)?;
    let status = query.status.as_deref().map(|word| {
        let names = ExposureStatus::ALL.map(ExposureStatus::as_str).join(", ");
        let detail = format!("status: `{word}` is none of {names}");
        ExposureStatus::parse(word).ok_or_else(|| Problem::new(Kind::Invalid, detail))
    });
    let limit = query.limit.unwrap_or(50).clamp(1, limits::PAGE_ROWS);
    let mut exposures = state.engine.exposures(status.transpose()?, limit).await?;
    exposures.retain(|exposure| caller.speaks_for(&exposure.service).is_ok());
    Ok(Json(Exposures { exposures }))
}

/// A report that is being written.
#[derive(Debug, Serialize, ToSchema)]
pub struct DraftDetail {
    /// The report as it would be sent.
    report: MeasuresReport,
    /// SHA-256 of it, which a person names to confirm it.
    sha256: String,
}

/// An exposure decision with what belongs to it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExposureDetail {
    /// The decision.
    exposure: Exposure,
    /// Where it stands.
    status: ExposureStatus,
    /// What is owed or was, the earliest due time first.
    obligations: Vec<Obligation>,
    /// How many removal orders came within twelve months.
    orders: RecentOrders,
    /// The report that is being written.
    #[serde(skip_serializing_if = "Option::is_none")]
    draft: Option<DraftDetail>,
    /// The letters about it, oldest first.
    letters: Vec<LetterDetail>,
}

fn detail(view: ExposureView) -> ExposureDetail {
    let draft = |text: ReportText| DraftDetail { report: text.report, sha256: text.sha256 };
    ExposureDetail {
        status: view.exposure.status(),
        obligations: view.obligations,
        orders: view.orders,
        draft: view.draft.map(draft),
        letters: view.letters.into_iter().map(LetterDetail::from).collect(),
        exposure: view.exposure,
    }
}

/// Read an exposure decision, with what it asks for by when.
#[utoipa::path(
    get, path = "/v1/exposures/{id}", tag = "exposures", security(("key" = [])),
    params(("id" = String, Path, description = "The decision's id")),
    responses(
        (status = 200, body = ExposureDetail),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn read(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<ExposureDetail>, Problem> {
    caller.need(Scope::Review)?;
    let view = state.engine.exposure_view(&exposure_id(&id)?).await?;
    caller.speaks_for(&view.exposure.service)?;
    Ok(Json(detail(view)))
}

/// A step with the person who takes it.
#[derive(Debug, Serialize, ToSchema)]
pub struct StepBody {
    /// The login of the person; the key vouches for the person.
    reviewer: String,
    /// The step.
    #[serde(flatten)]
    step: ExposureStep,
}

/// Take a step on an exposure decision for a person: put a measure in place, note what the
/// authority decided, ask it for review, write a report and confirm it as sent.
#[utoipa::path(
    post, path = "/v1/exposures/{id}/steps", tag = "exposures", security(("key" = [])),
    params(("id" = String, Path, description = "The decision's id")), request_body = StepBody,
    responses(
        (status = 201, body = ExposureDetail),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn step(
    State(state): State<AppState>,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<(StatusCode, Json<ExposureDetail>), Problem> {
    posted.caller.need(Scope::Review)?;
    let id = exposure_id(&id)?;
    let (login, step): (String, ExposureStep) = by_person(&posted)?;
    posted.caller.speaks_for(&state.engine.read_exposure(&id).await?.service)?;
    let user = super::desk::reviewer(&state, &login).await?;
    let exposure = state.engine.step_on_exposure(&id, step, &user, &posted.origin()).await?;
    Ok((StatusCode::CREATED, Json(detail(state.engine.view_of_exposure(exposure).await?))))
}

/// Read a report as it was sent: the bytes whose SHA-256 the sealed log has.
#[utoipa::path(
    get, path = "/v1/exposures/{id}/reports/{number}", tag = "exposures",
    security(("key" = [])),
    params(
        ("id" = String, Path, description = "The decision's id"),
        ("number" = u32, Path, description = "The report's number, from 1"),
    ),
    responses(
        (status = 200, body = MeasuresReport),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn report(
    State(state): State<AppState>,
    caller: Caller,
    Path((id, number)): Path<(String, String)>,
) -> Result<Response, Problem> {
    caller.need(Scope::Review)?;
    let unknown = || Problem::new(Kind::NotFound, format!("there is no report `{number}`"));
    let number = number.parse().map_err(|_| unknown())?;
    let text = state.engine.measures_report(&exposure_id(&id)?, number).await?;
    caller.speaks_for(&text.report.service)?;
    Ok(([(header::CONTENT_TYPE, "application/json")], text.json).into_response())
}

fn exposure_id(text: &str) -> Result<ExposureId, Problem> {
    ExposureId::new(text).map_err(|error| Problem::new(Kind::NotFound, error.to_string()))
}
