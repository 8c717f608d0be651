//! Orders of authorities, the authorities, who is on duty, and the letters that go out.

use crate::api::caller::{Caller, Posted};
use crate::api::extract::{Path, Query};
use crate::api::problem::{Kind, Problem, ProblemBody};
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use engine::{
    Actor, Authority, Delivery, Duty, LetterRow, OrderAct, OrderInput, OrderTaken, OrderView, Scope,
};
use model::{Letter, LetterId, OrderId, Timestamp, limits};
use review::orders::{Channel, Obstacle, Order, OrderStatus};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Hand in an order of an authority. Its clock starts now, also where the form is not whole: what
/// is missing is answered in the order itself.
///
/// Removal orders (Regulation (EU) 2021/784, Annex I), orders to act and to provide information
/// (Regulation (EU) 2022/2065, Articles 9 and 10). With a key that is registered for an authority
/// the order is known to be authentic; with any other key a person calls the authority back first.
#[utoipa::path(
    post, path = "/v1/orders", tag = "orders", security(("key" = [])), request_body = OrderInput,
    responses(
        (status = 201, body = OrderTaken),
        (status = 422, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn hand_in(
    State(state): State<AppState>,
    posted: Posted,
) -> Result<(StatusCode, Json<OrderTaken>), Problem> {
    posted.caller.need(Scope::Order)?;
    let input: OrderInput = posted.json()?;
    posted.caller.speaks_for(&input.service)?;
    Ok((StatusCode::CREATED, Json(state.engine.order(input, &posted.origin()).await?)))
}

/// Which orders are asked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct OrdersQuery {
    /// `received`, `executing`, `executed`, `impossible`, `refused`, `ceased` or `superseded`.
    status: Option<String>,
    /// At most so many, 1 to 500; 50 without it.
    limit: Option<usize>,
}

/// A page of orders.
#[derive(Debug, Serialize, ToSchema)]
pub struct Orders {
    /// Orders: those that are due first in the order in which they are, then the newest.
    orders: Vec<Order>,
}

/// List orders.
#[utoipa::path(
    get, path = "/v1/orders", tag = "orders", security(("key" = [])), params(OrdersQuery),
    responses(
        (status = 200, body = Orders),
        (status = 422, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn list(
    State(state): State<AppState>,
    caller: Caller,
    Query(query): Query<OrdersQuery>,
) -> Result<Json<Orders>, Problem> {
    caller.need(Scope::Review)?;
    let status = query.status.as_deref().map(|word| {
        let names: Vec<&str> = OrderStatus::ALL.into_iter().map(OrderStatus::as_str).collect();
        let detail = format!("status: `{word}` is none of {}", names.join(", "));
        OrderStatus::parse(word).ok_or_else(|| Problem::new(Kind::Invalid, detail))
    });
    let limit = query.limit.unwrap_or(50).clamp(1, limits::PAGE_ROWS);
    let mut orders = state.engine.orders(status.transpose()?, limit).await?;
    orders.retain(|order| caller.speaks_for(&order.service).is_ok());
    Ok(Json(Orders { orders }))
}

/// An order with what belongs to it.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrderDetail {
    /// The order.
    order: Order,
    /// Why it cannot be carried out yet; empty where it can.
    obstacles: Vec<Obstacle>,
    /// By when it is due, where something is.
    #[serde(skip_serializing_if = "Option::is_none")]
    due: Option<Timestamp>,
    /// The letters about it, oldest first.
    letters: Vec<LetterDetail>,
}

/// Where a letter stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct LetterDetail {
    /// The letter.
    letter: Letter,
    /// `pending`, `delivered` or `dead`.
    #[schema(value_type = String)]
    state: Delivery,
    /// Attempts so far.
    attempts: u32,
    /// When the mail server took it.
    #[serde(skip_serializing_if = "Option::is_none")]
    sent_at: Option<Timestamp>,
    /// What went wrong last.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
}

impl From<LetterRow> for LetterDetail {
    fn from(row: LetterRow) -> Self {
        let LetterRow { letter, state, attempts, sent, problem, .. } = row;
        Self { letter, state, attempts, sent_at: sent, problem }
    }
}

fn detail(order: Order, letters: Vec<LetterRow>) -> OrderDetail {
    OrderDetail {
        obstacles: order.obstacles(),
        due: order.due(),
        letters: letters.into_iter().map(LetterDetail::from).collect(),
        order,
    }
}

/// Read an order: with a key of review, or with the key that it was handed in with.
#[utoipa::path(
    get, path = "/v1/orders/{id}", tag = "orders", security(("key" = [])),
    params(("id" = String, Path, description = "The order's id")),
    responses(
        (status = 200, body = OrderDetail),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn read(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<OrderDetail>, Problem> {
    let may_review = caller.need(Scope::Review);
    if may_review.is_err() {
        caller.need(Scope::Order).or_else(|_| caller.need(Scope::Review))?;
    }
    let view = match order_id(&id) {
        Ok(id) => state.engine.order_view(&id).await.map_err(Problem::from),
        Err(problem) => Err(problem),
    };
    let is_own = |view: &OrderView| match (&view.order.channel, caller.actor()) {
        (Channel::Key(key), Actor::Key(own)) => *key == own,
        _ => false,
    };
    let sends_alone = may_review.is_err();
    let mut view = match (view, may_review) {
        (Ok(view), _) if is_own(&view) => view,
        // Whether there is an order of somebody else is not told.
        (_, Err(refused)) => return Err(refused),
        (view, Ok(())) => view?,
    };
    if !is_own(&view) {
        caller.speaks_for(&view.order.service)?;
    }
    if sends_alone {
        // It rests on what the sender says of itself, and names an order that may be another's.
        view.order.amends = None;
    }
    Ok(Json(detail(view.order, view.letters)))
}

/// A step with the person who takes it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ActBody {
    /// The login of the person; the key vouches for the person.
    reviewer: String,
    /// The step.
    #[serde(flatten)]
    act: OrderAct,
}

/// Take a step on an order for a person: call back, correct, locate, execute, stop, refuse.
#[utoipa::path(
    post, path = "/v1/orders/{id}/acts", tag = "orders", security(("key" = [])),
    params(("id" = String, Path, description = "The order's id")), request_body = ActBody,
    responses(
        (status = 201, body = OrderDetail),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn act(
    State(state): State<AppState>,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<(StatusCode, Json<OrderDetail>), Problem> {
    posted.caller.need(Scope::Review)?;
    let id = order_id(&id)?;
    let (login, act): (String, OrderAct) = super::desk::for_person(&posted)?;
    posted.caller.speaks_for(&state.engine.read_order(&id).await?.service)?;
    let user = super::desk::reviewer(&state, &login).await?;
    let order = state.engine.act_on_order(&id, act, &user, &posted.origin()).await?;
    let letters = state.engine.letters_about(id.as_str()).await?;
    Ok((StatusCode::CREATED, Json(detail(order, letters))))
}

/// Every authority that is registered.
#[derive(Debug, Serialize, ToSchema)]
pub struct Authorities {
    /// The authorities, by their ids.
    authorities: Vec<Authority>,
}

/// List the authorities that are registered.
#[utoipa::path(
    get, path = "/v1/authorities", tag = "orders", security(("key" = [])),
    responses((status = 200, body = Authorities))
)]
pub async fn authorities(
    State(state): State<AppState>,
    caller: Caller,
) -> Result<Json<Authorities>, Problem> {
    caller.need(Scope::Review)?;
    Ok(Json(Authorities { authorities: state.engine.authorities().await? }))
}

/// Register an authority, or change what is known of it.
#[utoipa::path(
    post, path = "/v1/authorities", tag = "orders", security(("key" = [])),
    request_body = Authority,
    responses(
        (status = 201, description = "Known from now on"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn register(
    State(state): State<AppState>,
    posted: Posted,
) -> Result<StatusCode, Problem> {
    posted.caller.need(Scope::Admin)?;
    let authority: Authority = posted.json()?;
    state.engine.register_authority(authority, &posted.origin()).await?;
    Ok(StatusCode::CREATED)
}

/// Who is on duty.
#[derive(Debug, Serialize, ToSchema)]
pub struct Duties {
    /// Duties that last or come, in the order in which they begin.
    duties: Vec<Duty>,
}

/// List who is on duty now and later.
#[utoipa::path(
    get, path = "/v1/duties", tag = "orders", security(("key" = [])),
    responses((status = 200, body = Duties))
)]
pub async fn duties(
    State(state): State<AppState>,
    caller: Caller,
) -> Result<Json<Duties>, Problem> {
    caller.need(Scope::Review)?;
    Ok(Json(Duties { duties: state.engine.duties().await? }))
}

/// Somebody who is to be on duty.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DutyBody {
    /// The login of the person.
    reviewer: String,
    /// Where warnings go meanwhile.
    #[serde(default)]
    address: Option<String>,
    /// From when on.
    from: Timestamp,
    /// Until when.
    until: Timestamp,
}

/// The id of a duty.
#[derive(Debug, Serialize, ToSchema)]
pub struct DutyTaken {
    /// Its id.
    id: String,
}

/// Put somebody on duty.
#[utoipa::path(
    post, path = "/v1/duties", tag = "orders", security(("key" = [])), request_body = DutyBody,
    responses(
        (status = 201, body = DutyTaken),
        (status = 422, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn take_duty(
    State(state): State<AppState>,
    posted: Posted,
) -> Result<(StatusCode, Json<DutyTaken>), Problem> {
    posted.caller.need(Scope::Admin)?;
    let DutyBody { reviewer, address, from, until } = posted.json()?;
    let user = super::desk::reviewer(&state, &reviewer).await?;
    let duty = Duty { id: String::new(), user, address, from, until };
    let id = state.engine.take_duty(&duty, &posted.origin()).await?;
    Ok((StatusCode::CREATED, Json(DutyTaken { id })))
}

/// Which letters are asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct LettersQuery {
    /// `pending`, `delivered` or `dead`.
    #[param(value_type = String)]
    state: Delivery,
}

/// A page of letters.
#[derive(Debug, Serialize, ToSchema)]
pub struct Letters {
    /// Letters, newest first; at most 500, of the key's service alone where it has one.
    letters: Vec<LetterDetail>,
}

/// List letters in one state.
#[utoipa::path(
    get, path = "/v1/letters", tag = "orders", security(("key" = [])), params(LettersQuery),
    responses((status = 200, body = Letters))
)]
pub async fn letters(
    State(state): State<AppState>,
    caller: Caller,
    Query(query): Query<LettersQuery>,
) -> Result<Json<Letters>, Problem> {
    caller.need(Scope::Report)?;
    let mut rows = state.engine.letters(query.state, limits::PAGE_ROWS).await?;
    rows.retain(|row| caller.speaks_for(&row.letter.service).is_ok());
    Ok(Json(Letters { letters: rows.into_iter().map(LetterDetail::from).collect() }))
}

/// Send a letter again that was given up.
#[utoipa::path(
    post, path = "/v1/letters/{id}/again", tag = "orders", security(("key" = [])),
    params(("id" = String, Path, description = "The letter's id")),
    responses(
        (status = 202, description = "On its way"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn again(
    State(state): State<AppState>,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<StatusCode, Problem> {
    posted.caller.need(Scope::Admin)?;
    posted.caller.speaks_for_all()?;
    let id = LetterId::new(id).map_err(|error| Problem::new(Kind::NotFound, error.to_string()))?;
    state.engine.send_letter_again(&id, &posted.origin()).await?;
    Ok(StatusCode::ACCEPTED)
}

fn order_id(text: &str) -> Result<OrderId, Problem> {
    OrderId::new(text).map_err(|error| Problem::new(Kind::NotFound, error.to_string()))
}
