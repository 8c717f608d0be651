//! The desk for other consoles: notices, cases, decisions, deliveries.

use crate::api::caller::{Caller, Posted};
use crate::api::extract::{Path, Query};
use crate::api::problem::{Kind, Problem, ProblemBody};
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use engine::{CaseFilter, DecisionInput, Deconfliction, Delivery, NoticeInput, NoticeTaken, Scope};
use model::{
    Action, ActionId, Case, CaseId, Decision, Notice, QueueName, Timestamp, UserId, limits,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Make a notice: a claim about an item or account (Regulation (EU) 2022/2065 Art 16).
#[utoipa::path(
    post, path = "/v1/notices", tag = "desk", security(("key" = [])), request_body = NoticeInput,
    responses(
        (status = 201, body = NoticeTaken),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn notice(
    State(state): State<AppState>,
    posted: Posted,
) -> Result<(StatusCode, Json<NoticeTaken>), Problem> {
    posted.caller.need(Scope::Notice)?;
    let input: NoticeInput = posted.json()?;
    posted.caller.speaks_for(&input.service)?;
    Ok((StatusCode::CREATED, Json(state.engine.notice(input, &posted.origin()).await?)))
}

/// Which cases are asked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct CasesQuery {
    /// Of this queue alone.
    queue: Option<String>,
    /// `open`, `claimed` or `decided`.
    status: Option<String>,
    /// At most so many, 1 to 500; 50 without it.
    limit: Option<usize>,
    /// Leaving out so many.
    offset: Option<usize>,
}

/// A page of cases.
#[derive(Debug, Serialize, ToSchema)]
pub struct Cases {
    /// Cases: those that wait in the order in which they should be taken, decided ones newest
    /// first.
    cases: Vec<Case>,
}

/// List cases.
#[utoipa::path(
    get, path = "/v1/cases", tag = "desk", security(("key" = [])), params(CasesQuery),
    responses(
        (status = 200, body = Cases),
        (status = 422, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn cases(
    State(state): State<AppState>,
    caller: Caller,
    Query(query): Query<CasesQuery>,
) -> Result<Json<Cases>, Problem> {
    caller.need(Scope::Review)?;
    if let Some(status) = &query.status
        && !["open", "claimed", "decided"].contains(&status.as_str())
    {
        let detail = format!("status: `{status}` is none of open, claimed, decided");
        return Err(Problem::new(Kind::Invalid, detail));
    }
    let queue = query
        .queue
        .map(QueueName::new)
        .transpose()
        .map_err(|error| Problem::new(Kind::Invalid, format!("queue: {error}")))?;
    let filter = CaseFilter {
        queue,
        status: query.status,
        service: caller.service().cloned(),
        account: None,
        limit: query.limit.unwrap_or(50).clamp(1, limits::PAGE_ROWS),
        offset: query.offset.unwrap_or(0),
    };
    let cases = state.engine.cases(&filter).await?;
    Ok(Json(Cases { cases }))
}

/// A case with what belongs to it.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaseDetail {
    /// The case.
    case: Case,
    /// The notices that joined it.
    notices: Vec<Notice>,
    /// Where a referral unit referred to it: open orders and preservations about the same items. A
    /// fact, which holds nothing up.
    #[serde(skip_serializing_if = "Deconfliction::is_empty")]
    deconfliction: Deconfliction,
    /// Its decisions, oldest first, reversed ones too.
    decisions: Vec<Decision>,
    /// The deliveries of its actions.
    deliveries: Vec<DeliveryDetail>,
    /// Strikes on the account that stand.
    strikes: u64,
    /// The last part of the address, after `/appeal/`, at which the person concerned sees the
    /// decision that stands and appeals against it; for the service's own message to the person.
    #[serde(skip_serializing_if = "Option::is_none")]
    appeal_link: Option<String>,
}

/// Where the delivery of an action stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeliveryDetail {
    /// The action.
    action: Action,
    /// `pending`, `delivered` or `dead`.
    #[schema(value_type = String)]
    state: Delivery,
    /// Attempts so far.
    attempts: u32,
    /// When it was delivered.
    #[serde(skip_serializing_if = "Option::is_none")]
    delivered_at: Option<Timestamp>,
    /// What went wrong last.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
}

impl From<engine::OutboxRow> for DeliveryDetail {
    fn from(row: engine::OutboxRow) -> Self {
        Self {
            action: row.action,
            state: row.state,
            attempts: row.attempts,
            delivered_at: row.delivered,
            problem: row.problem,
        }
    }
}

/// Read a case; that somebody saw it is a record.
#[utoipa::path(
    get, path = "/v1/cases/{id}", tag = "desk", security(("key" = [])),
    params(("id" = String, Path, description = "The case's id")),
    responses(
        (status = 200, body = CaseDetail),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn case(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<CaseDetail>, Problem> {
    caller.need(Scope::Review)?;
    let id = case_id(&id)?;
    caller.speaks_for(&state.engine.case(&id).await?.service)?;
    let view = state.engine.view_case(&id, &caller.actor(), "api").await?;
    Ok(Json(CaseDetail {
        appeal_link: view.case.decision.as_ref().map(|made| state.engine.appeal_link(made)),
        case: view.case,
        notices: view.notices,
        deconfliction: view.deconfliction,
        decisions: view.decisions,
        deliveries: view.deliveries.into_iter().map(DeliveryDetail::from).collect(),
        strikes: view.strikes,
    }))
}

/// A decision with the person who makes it.
#[derive(Debug, Serialize, ToSchema)]
pub struct DecisionBody {
    /// The login of the reviewer who decides; the key vouches for the person.
    reviewer: String,
    /// The decision.
    #[serde(flatten)]
    decision: DecisionInput,
}

impl DecisionBody {
    /// Reads the two parts one after the other: read as one, a wrong field has no place.
    fn read(posted: &Posted) -> Result<Self, Problem> {
        #[derive(Deserialize)]
        struct Who {
            reviewer: String,
        }
        let Who { reviewer } = posted.json()?;
        Ok(Self { reviewer, decision: posted.json()? })
    }
}

/// Decide a case for a reviewer, who claims it by that.
#[utoipa::path(
    post, path = "/v1/cases/{id}/decisions", tag = "desk", security(("key" = [])),
    params(("id" = String, Path, description = "The case's id")), request_body = DecisionBody,
    responses(
        (status = 201, body = Case),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn decide(
    State(state): State<AppState>,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<(StatusCode, Json<Case>), Problem> {
    posted.caller.need(Scope::Review)?;
    let (id, body) = (case_id(&id)?, DecisionBody::read(&posted)?);
    posted.caller.speaks_for(&state.engine.case(&id).await?.service)?;
    let user = reviewer(&state, &body.reviewer).await?;
    let origin = posted.origin();
    let case = state.engine.claim_and_decide(&id, &body.decision, &user, &origin).await?;
    Ok((StatusCode::CREATED, Json(case)))
}

/// A reversal with the person who makes it.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ReversalBody {
    /// The login of the reviewer who reverses.
    reviewer: String,
    /// Why.
    reason: String,
}

/// Reverse the decision on a case: everything that it took is given back.
#[utoipa::path(
    post, path = "/v1/cases/{id}/reversals", tag = "desk", security(("key" = [])),
    params(("id" = String, Path, description = "The case's id")), request_body = ReversalBody,
    responses(
        (status = 201, body = Case),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn undo(
    State(state): State<AppState>,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<(StatusCode, Json<Case>), Problem> {
    posted.caller.need(Scope::Review)?;
    let (id, body) = (case_id(&id)?, posted.json::<ReversalBody>()?);
    posted.caller.speaks_for(&state.engine.case(&id).await?.service)?;
    let user = reviewer(&state, &body.reviewer).await?;
    let case = state.engine.undo(&id, &body.reason, &user, &posted.origin()).await?;
    Ok((StatusCode::CREATED, Json(case)))
}

/// Which deliveries are asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct DeliveriesQuery {
    /// `pending`, `delivered` or `dead`.
    #[param(value_type = String)]
    state: Delivery,
}

/// A page of deliveries.
#[derive(Debug, Serialize, ToSchema)]
pub struct Deliveries {
    /// Deliveries, oldest first; at most 500, of the key's service alone where it has one.
    deliveries: Vec<DeliveryDetail>,
}

/// List deliveries in one state.
#[utoipa::path(
    get, path = "/v1/deliveries", tag = "desk", security(("key" = [])), params(DeliveriesQuery),
    responses((status = 200, body = Deliveries))
)]
pub async fn deliveries(
    State(state): State<AppState>,
    caller: Caller,
    Query(query): Query<DeliveriesQuery>,
) -> Result<Json<Deliveries>, Problem> {
    caller.need(Scope::Report)?;
    let mut rows = state.engine.outbox(query.state, limits::PAGE_ROWS).await?;
    rows.retain(|row| caller.speaks_for(&row.action.service).is_ok());
    Ok(Json(Deliveries { deliveries: rows.into_iter().map(DeliveryDetail::from).collect() }))
}

/// Send an action again that was given up or delivered.
#[utoipa::path(
    post, path = "/v1/deliveries/{action}/redelivery", tag = "desk", security(("key" = [])),
    params(("action" = String, Path, description = "The action's id")),
    responses(
        (status = 202, description = "On its way"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn redeliver(
    State(state): State<AppState>,
    Path(action): Path<String>,
    posted: Posted,
) -> Result<StatusCode, Problem> {
    posted.caller.need(Scope::Admin)?;
    let id =
        ActionId::new(action).map_err(|error| Problem::new(Kind::NotFound, error.to_string()))?;
    posted.caller.speaks_for(&state.engine.delivery(&id).await?.action.service)?;
    state.engine.redeliver(&id, &posted.origin()).await?;
    Ok(StatusCode::ACCEPTED)
}

fn case_id(text: &str) -> Result<CaseId, Problem> {
    CaseId::new(text).map_err(|error| Problem::new(Kind::NotFound, error.to_string()))
}

/// The login of the person whom a request acts for, and the rest of the request. Read as one, a
/// wrong field has no place.
pub(super) fn for_person<T: DeserializeOwned>(posted: &Posted) -> Result<(String, T), Problem> {
    let mut body: serde_json::Map<String, serde_json::Value> = posted.json()?;
    let login = body.remove("reviewer").and_then(|login| login.as_str().map(str::to_owned));
    let login = login.ok_or_else(|| Problem::new(Kind::Invalid, "reviewer: give the login"))?;
    let rest = serde_json::from_value(body.into())
        .map_err(|error| Problem::new(Kind::Invalid, error.to_string()))?;
    Ok((login, rest))
}

pub(super) async fn reviewer(state: &AppState, login: &str) -> Result<UserId, Problem> {
    let user = state.engine.user_by_login(login).await?.filter(|user| !user.is_disabled);
    user.map(|user| user.id).ok_or_else(|| {
        Problem::new(Kind::Invalid, format!("reviewer: nobody with the login `{login}` may decide"))
    })
}
