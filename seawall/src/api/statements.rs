//! Statements: what people were told, and where that stands.

use crate::api::caller::Caller;
use crate::api::extract::{Path, Query};
use crate::api::problem::{Kind, Problem, ProblemBody};
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use engine::{Delivery, Scope, StatementRow, SubmissionView};
use model::{ServiceId, Statement, StatementId, Timestamp, limits};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which statements are asked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct StatementsQuery {
    /// Of this service alone.
    service: Option<String>,
    /// After the statement with this id.
    after: Option<String>,
    /// At most so many, 1 to 500; 50 without it.
    limit: Option<usize>,
}

/// A page of statements.
#[derive(Debug, Serialize, ToSchema)]
pub struct Statements {
    /// Statements in the order in which they were made.
    statements: Vec<StatementDetail>,
}

/// A statement and where it stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct StatementDetail {
    /// The statement.
    #[serde(flatten)]
    statement: Statement,
    /// `pending`, `delivered` or `dead`; one that is held back is pending.
    #[schema(value_type = String)]
    state: Delivery,
    /// Attempts at delivery so far.
    attempts: u32,
    /// When the service took it.
    #[serde(skip_serializing_if = "Option::is_none")]
    delivered_at: Option<Timestamp>,
    /// What went wrong last.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
}

impl From<StatementRow> for StatementDetail {
    fn from(row: StatementRow) -> Self {
        Self {
            statement: row.statement,
            state: row.state,
            attempts: row.attempts,
            delivered_at: row.delivered,
            problem: row.problem,
        }
    }
}

/// A statement with its submissions to the DSA Transparency Database.
#[derive(Debug, Serialize, ToSchema)]
pub struct StatementWithSubmissions {
    /// The statement.
    #[serde(flatten)]
    statement: StatementDetail,
    /// Its submissions, one for each item or account restricted; none where they are off.
    submissions: Vec<SubmissionView>,
}

/// List statements.
#[utoipa::path(
    get, path = "/v1/statements", tag = "statements", security(("key" = [])),
    params(StatementsQuery),
    responses(
        (status = 200, body = Statements),
        (status = 422, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn list(
    State(state): State<AppState>,
    caller: Caller,
    Query(query): Query<StatementsQuery>,
) -> Result<Json<Statements>, Problem> {
    caller.need(Scope::Review)?;
    let invalid = |place: &str, problem: &dyn std::fmt::Display| {
        Problem::new(Kind::Invalid, format!("{place}: {problem}"))
    };
    let service = query.service.map(ServiceId::new).transpose();
    let service = service.map_err(|problem| invalid("service", &problem))?;
    let after = query.after.map(StatementId::new).transpose();
    let after = after.map_err(|problem| invalid("after", &problem))?;
    if let Some(service) = &service {
        caller.speaks_for(service)?;
    }
    let service = service.or(caller.service().cloned());
    let rows = query.limit.unwrap_or(50).clamp(1, limits::PAGE_ROWS);
    let rows = state.engine.statements(service.as_ref(), after.as_ref(), rows).await?;
    Ok(Json(Statements { statements: rows.into_iter().map(StatementDetail::from).collect() }))
}

/// Read a statement, with its submissions to the DSA Transparency Database.
#[utoipa::path(
    get, path = "/v1/statements/{id}", tag = "statements", security(("key" = [])),
    params(("id" = String, Path, description = "The statement's id")),
    responses(
        (status = 200, body = StatementWithSubmissions),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn read(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<StatementWithSubmissions>, Problem> {
    caller.need(Scope::Review)?;
    let id =
        StatementId::new(id).map_err(|error| Problem::new(Kind::NotFound, error.to_string()))?;
    let row = state.engine.statement(&id).await?;
    caller.speaks_for(&row.statement.service)?;
    let submissions = state.engine.submissions_of(&id).await?;
    Ok(Json(StatementWithSubmissions { statement: row.into(), submissions }))
}
