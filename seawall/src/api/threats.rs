//! Reports of threats to life, and to the people who work for a service.

use crate::api::caller::{Caller, Posted};
use crate::api::extract::{Path, Query};
use crate::api::orders::LetterDetail;
use crate::api::problem::{Kind, Problem, ProblemBody};
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use engine::{Scope, ThreatAct, ThreatInput, ThreatView};
use model::{CaseId, ThreatId, limits};
use review::threats::{Threat, ThreatStatus};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A threat with the person who reports it.
#[derive(Debug, Serialize, ToSchema)]
pub struct RaiseBody {
    /// The login of the person; the key vouches for the person.
    reviewer: String,
    /// The threat.
    #[serde(flatten)]
    threat: ThreatInput,
}

/// Report a threat from a case, for a person. It is taken also where its form is not whole, what it
/// shows is preserved at once, and it goes out when a second person confirms it.
///
/// To life or safety: Regulation (EU) 2022/2065 Article 18, Regulation (EU) 2021/784 Article 14(5).
#[utoipa::path(
    post, path = "/v1/cases/{id}/threats", tag = "threats", security(("key" = [])),
    params(("id" = String, Path, description = "The case's id")), request_body = RaiseBody,
    responses(
        (status = 201, body = Threat),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn raise(
    State(state): State<AppState>,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<(StatusCode, Json<Threat>), Problem> {
    posted.caller.need(Scope::Review)?;
    let case = CaseId::new(id).map_err(|error| Problem::new(Kind::NotFound, error.to_string()))?;
    posted.caller.speaks_for(&state.engine.case(&case).await?.service)?;
    let (login, input): (String, ThreatInput) = super::desk::for_person(&posted)?;
    let user = super::desk::reviewer(&state, &login).await?;
    let threat = state.engine.raise_threat(&case, &input, &user, &posted.origin()).await?;
    Ok((StatusCode::CREATED, Json(threat)))
}

/// Which reports are asked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct ThreatsQuery {
    /// `raised`, `sent`, `delivered` or `dismissed`.
    status: Option<String>,
    /// At most so many, 1 to 500; 50 without it.
    limit: Option<usize>,
}

/// A page of reports.
#[derive(Debug, Serialize, ToSchema)]
pub struct Threats {
    /// Reports, newest first.
    threats: Vec<Threat>,
}

/// List reports of threats.
#[utoipa::path(
    get, path = "/v1/threats", tag = "threats", security(("key" = [])), params(ThreatsQuery),
    responses(
        (status = 200, body = Threats),
        (status = 422, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn list(
    State(state): State<AppState>,
    caller: Caller,
    Query(query): Query<ThreatsQuery>,
) -> Result<Json<Threats>, Problem> {
    caller.need(Scope::Review)?;
    let status = query.status.as_deref().map(|word| {
        let names = ThreatStatus::ALL.map(ThreatStatus::as_str).join(", ");
        let detail = format!("status: `{word}` is none of {names}");
        ThreatStatus::parse(word).ok_or_else(|| Problem::new(Kind::Invalid, detail))
    });
    let limit = query.limit.unwrap_or(50).clamp(1, limits::PAGE_ROWS);
    let mut threats = state.engine.threats(status.transpose()?, limit).await?;
    threats.retain(|threat| caller.speaks_for(&threat.service).is_ok());
    Ok(Json(Threats { threats }))
}

/// A report with its letters.
#[derive(Debug, Serialize, ToSchema)]
pub struct ThreatDetail {
    /// The report.
    threat: Threat,
    /// The letters about it, oldest first.
    letters: Vec<LetterDetail>,
}

impl From<ThreatView> for ThreatDetail {
    fn from(view: ThreatView) -> Self {
        let letters = view.letters.into_iter().map(LetterDetail::from).collect();
        Self { threat: view.threat, letters }
    }
}

/// Read a report of a threat.
#[utoipa::path(
    get, path = "/v1/threats/{id}", tag = "threats", security(("key" = [])),
    params(("id" = String, Path, description = "The report's id")),
    responses(
        (status = 200, body = ThreatDetail),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn read(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<ThreatDetail>, Problem> {
    caller.need(Scope::Review)?;
    let view = state.engine.threat_view(&threat_id(&id)?, &caller.actor()).await?;
    caller.speaks_for(&view.threat.service)?;
    Ok(Json(ThreatDetail::from(view)))
}

/// A step with the person who takes it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ThreatActBody {
    /// The login of the person; the key vouches for the person.
    reviewer: String,
    /// The step.
    #[serde(flatten)]
    act: ThreatAct,
}

/// Take a step on a report for a person: put right, confirm, dismiss, note who was told.
#[utoipa::path(
    post, path = "/v1/threats/{id}/acts", tag = "threats", security(("key" = [])),
    params(("id" = String, Path, description = "The report's id")), request_body = ThreatActBody,
    responses(
        (status = 201, body = ThreatDetail),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn act(
    State(state): State<AppState>,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<(StatusCode, Json<ThreatDetail>), Problem> {
    posted.caller.need(Scope::Review)?;
    let id = threat_id(&id)?;
    posted.caller.speaks_for(&state.engine.threat(&id).await?.service)?;
    let (login, act): (String, ThreatAct) = super::desk::for_person(&posted)?;
    let user = super::desk::reviewer(&state, &login).await?;
    state.engine.act_on_threat(&id, &act, &user, &posted.origin()).await?;
    let view = state.engine.threat_view(&id, &posted.caller.actor()).await?;
    Ok((StatusCode::CREATED, Json(ThreatDetail::from(view))))
}

fn threat_id(text: &str) -> Result<ThreatId, Problem> {
    ThreatId::new(text).map_err(|error| Problem::new(Kind::NotFound, error.to_string()))
}
