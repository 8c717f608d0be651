//! Items: submit, check, and what was said of them.

use crate::api::caller::{Caller, Form, Posted};
use crate::api::extract::{Path, Query};
use crate::api::problem::{Kind, Problem, ProblemBody};
use crate::api::read;
use crate::state::AppState;
use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Multipart, State};
use axum::http::{Request, StatusCode, header};
use axum::response::{IntoResponse, Response};
use engine::{Checked, Incoming, Replayed, Scope, Submitted};
use futures_util::StreamExt;
use futures_util::stream::iter;
use model::{CaseId, ItemId, Match, MediaId, Missing, ServiceId, Verdict, VerdictId, limits};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use utoipa::{IntoParams, ToSchema};

/// Addresses of one item that are asked at once.
const FETCHES_OF_ITEM: usize = 4;

/// How the answer is wanted.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct SubmitQuery {
    /// `verdict`: the answer holds the verdicts. Otherwise it holds ids alone, with status 202.
    wait: Option<Wait>,
}

/// What is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Wait {
    /// The verdicts.
    Verdict,
}

/// The answer to a submission.
#[derive(Debug, Serialize, ToSchema)]
pub struct Submission {
    /// One row for each item, in the order of the request.
    items: Vec<SubmissionRow>,
}

/// What became of one item.
#[derive(Debug, Serialize, ToSchema)]
pub struct SubmissionRow {
    /// The service.
    service: ServiceId,
    /// The item.
    item: ItemId,
    /// The id of the verdict.
    verdict_id: VerdictId,
    /// The case that it opened or joined.
    #[serde(skip_serializing_if = "Option::is_none")]
    case: Option<CaseId>,
    /// Whether the same content under the same id was judged before.
    is_repeated: bool,
    /// The verdict, where it was waited for.
    #[serde(skip_serializing_if = "Option::is_none")]
    verdict: Option<Verdict>,
    /// What was found, where the verdict was waited for.
    #[serde(skip_serializing_if = "Option::is_none")]
    matches: Option<Vec<Match>>,
}

impl SubmissionRow {
    fn of(submitted: Submitted, wait: Option<Wait>) -> Self {
        let wanted = wait.is_some();
        Self {
            service: submitted.service,
            item: submitted.item,
            verdict_id: submitted.verdict_id,
            case: submitted.case,
            is_repeated: submitted.is_repeated,
            verdict: wanted.then_some(submitted.verdict),
            matches: wanted.then_some(submitted.matches),
        }
    }
}

/// Submit one item or up to 1,000.
///
/// Everything is durable before the answer. The body is one item, a list of items, or
/// `{"items": [...]}`; or multipart with a part `item` and one file for each medium, named by the
/// medium's id. Where any item is not acceptable, none is kept and every problem is named.
#[utoipa::path(
    post, path = "/v1/items", tag = "items", params(SubmitQuery), security(("key" = [])),
    request_body(content = model::Item, description = "An item, a list, or {\"items\": [...]}"),
    responses(
        (status = 200, body = Submission, description = "Judged; with `wait=verdict`"),
        (status = 202, body = Submission, description = "Kept and judged; ids alone"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn submit(
    State(state): State<AppState>,
    Query(query): Query<SubmitQuery>,
    posted: Posted,
) -> Result<Response, Problem> {
    posted.caller.need(Scope::Submit)?;
    let incoming = incoming(&state, &posted).await?;
    let submitted = state.engine.submit(incoming, &posted.origin()).await?;
    ::metrics::counter!("seawall_items_total").increment(submitted.len() as u64);
    let items = submitted.into_iter().map(|one| SubmissionRow::of(one, query.wait)).collect();
    let status = if query.wait.is_some() { StatusCode::OK } else { StatusCode::ACCEPTED };
    Ok((status, Json(Submission { items })).into_response())
}

/// How long the caller waits.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct CheckQuery {
    /// After so many milliseconds the answer is a problem instead of a verdict; 1 to 60,000.
    deadline_ms: Option<u64>,
}

/// The answer to a check.
#[derive(Debug, Serialize, ToSchema)]
pub struct Checks {
    /// One row for each item, in the order of the request.
    items: Vec<Checked>,
}

/// Judge items and keep nothing.
#[utoipa::path(
    post, path = "/v1/check", tag = "items", params(CheckQuery), security(("key" = [])),
    request_body(content = model::Item, description = "An item, a list, or {\"items\": [...]}"),
    responses(
        (status = 200, body = Checks),
        (status = 422, body = ProblemBody, content_type = "application/problem+json"),
        (status = 504, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn check(
    State(state): State<AppState>,
    Query(query): Query<CheckQuery>,
    posted: Posted,
) -> Result<Json<Checks>, Problem> {
    posted.caller.need(Scope::Submit)?;
    let millis = query.deadline_ms.unwrap_or(60_000).clamp(1, 60_000);
    let work = async {
        let mut items = Vec::new();
        for incoming in incoming(&state, &posted).await? {
            items.push(state.engine.check(incoming).await?);
        }
        Ok(Json(Checks { items }))
    };
    match tokio::time::timeout(Duration::from_millis(millis), work).await {
        Ok(outcome) => outcome,
        Err(_) => {
            let detail = format!("No verdict within {millis} ms; nothing was kept.");
            Err(Problem::new(Kind::Deadline, detail))
        }
    }
}

/// A verdict with what it was made from.
#[derive(Debug, Serialize, ToSchema)]
pub struct VerdictDetail {
    /// Its id.
    id: VerdictId,
    /// The verdict.
    verdict: Verdict,
    /// What was found.
    matches: Vec<Match>,
    /// The signals by name.
    signals: std::collections::BTreeMap<String, serde_json::Value>,
    /// The case that it opened or joined.
    #[serde(skip_serializing_if = "Option::is_none")]
    case: Option<CaseId>,
}

/// Read a verdict with the signals that it was made from.
#[utoipa::path(
    get, path = "/v1/verdicts/{id}", tag = "items", security(("key" = [])),
    params(("id" = String, Path, description = "The verdict's id")),
    responses(
        (status = 200, body = VerdictDetail),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn verdict(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<VerdictDetail>, Problem> {
    caller.need(Scope::Review)?;
    let row = state.engine.verdict(&verdict_id(&id)?).await?;
    caller.speaks_for(&row.item.service)?;
    let names = signals::SIGNALS.iter().map(|spec| spec.name.to_owned());
    let values = row
        .signals
        .values
        .iter()
        .map(|value| serde_json::to_value(value).unwrap_or(serde_json::Value::Null));
    Ok(Json(VerdictDetail {
        id: row.id,
        verdict: row.verdict,
        matches: row.signals.matches,
        signals: names.zip(values).collect(),
        case: row.case,
    }))
}

/// Make a verdict again from its inputs and versions.
#[utoipa::path(
    get, path = "/v1/verdicts/{id}/replay", tag = "items", security(("key" = [])),
    params(("id" = String, Path, description = "The verdict's id")),
    responses(
        (status = 200, body = Replayed),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn replay(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Replayed>, Problem> {
    caller.need(Scope::Review)?;
    let id = verdict_id(&id)?;
    caller.speaks_for(&state.engine.verdict(&id).await?.item.service)?;
    Ok(Json(state.engine.replay(&id).await?))
}

fn verdict_id(text: &str) -> Result<VerdictId, Problem> {
    VerdictId::new(text).map_err(|error| Problem::new(Kind::NotFound, error.to_string()))
}

/// Reads the items of a request and fetches the media that they name by address.
async fn incoming(state: &AppState, posted: &Posted) -> Result<Vec<Incoming>, Problem> {
    let mut incoming = match posted.form() {
        Form::Multipart => vec![multipart(state, posted).await?],
        Form::Json => read::items(&posted.body)?,
        Form::Text | Form::Other => {
            return Err(posted.wrong_form("`application/json` or `multipart/form-data`"));
        }
    };
    for one in &incoming {
        posted.caller.speaks_for(&one.item.service)?;
    }
    fetch_all(state, &mut incoming).await;
    Ok(incoming)
}

/// Reads one item in a part `item`, and files named by the ids of its media.
async fn multipart(state: &AppState, posted: &Posted) -> Result<Incoming, Problem> {
    let unreadable = |error: String| Problem::new(Kind::Malformed, format!("multipart: {error}"));
    let mut request = Request::builder()
        .header(header::CONTENT_TYPE, &posted.content_type)
        .body(Body::from(posted.body.clone()))
        .map_err(|error| unreadable(error.to_string()))?;
    // The limit on the body goes with the request; without it axum has a lower one of its own.
    *request.extensions_mut() = posted.extensions.clone();
    let mut parts = Multipart::from_request(request, state)
        .await
        .map_err(|error| unreadable(error.to_string()))?;
    let (mut item, mut files): (Option<Bytes>, Vec<(String, Bytes)>) = (None, Vec::new());
    while let Some(part) = parts.next_field().await.map_err(|e| unreadable(e.to_string()))? {
        let name = part.name().unwrap_or_default().to_owned();
        let bytes = part.bytes().await.map_err(|error| unreadable(error.to_string()))?;
        if name == "item" && item.is_none() {
            item = Some(bytes);
        } else if name == "item" || files.iter().any(|(known, _)| *known == name) {
            return Err(unreadable(format!("the part `{name}` is there twice")));
        } else {
            files.push((name, bytes));
        }
    }
    let item = item.ok_or_else(|| unreadable("there is no part `item`".to_owned()))?;
    let mut read = read::items(&item)?;
    let Some(mut one) = read.pop().filter(|_| read.is_empty()) else {
        return Err(unreadable("the part `item` must hold one item".to_owned()));
    };
    for (name, bytes) in files {
        let id = one.item.media.iter().find(|medium| medium.id.as_str() == name);
        let Some(id) = id.map(|medium| medium.id.clone()) else {
            return Err(unreadable(format!("no medium of the item has the id `{name}`")));
        };
        if one.media.iter().any(|(known, _)| *known == id) {
            return Err(unreadable(format!("the medium `{name}` comes in `bytes` and as a part")));
        }
        one.media.push((id, Ok(bytes.to_vec())));
    }
    Ok(one)
}

/// Fetches the media that came neither in the items nor beside them. What does not come is missing,
/// and no reason to refuse the item.
///
/// A few addresses are asked at a time, and one request fetches no more bytes than it could have
/// brought along itself: whoever posts chooses the addresses.
async fn fetch_all(state: &AppState, incoming: &mut [Incoming]) {
    let mut left = limits::REQUEST_BYTES;
    for one in incoming {
        let wanted = wanted(one);
        let fetching = iter(wanted).map(|(id, url)| async move { (id, fetch(state, &url).await) });
        let fetched: Vec<_> = fetching.buffered(FETCHES_OF_ITEM).collect().await;
        for (id, bytes) in fetched {
            let bytes = bytes.and_then(|bytes| {
                left = left.checked_sub(bytes.len()).ok_or_else(|| {
                    let limit = limits::REQUEST_BYTES;
                    Missing::because(format!("one request fetches at most {limit} bytes"))
                })?;
                Ok(bytes)
            });
            one.media.push((id, bytes));
        }
    }
}

/// The media of an item that are to be fetched.
fn wanted(incoming: &Incoming) -> Vec<(MediaId, String)> {
    let is_given = |id: &MediaId| incoming.media.iter().any(|(known, _)| known == id);
    let media = incoming.item.media.iter();
    let absent = media.filter(|medium| medium.bytes.is_none() && !is_given(&medium.id));
    absent.filter_map(|medium| Some((medium.id.clone(), medium.url.clone()?))).collect()
}

async fn fetch(state: &AppState, url: &str) -> Result<Vec<u8>, Missing> {
    let ended = |_| Missing::because("the server is stopping");
    let _turn = state.fetches.acquire().await.map_err(ended)?;
    match state.outside.fetch(url, limits::MEDIA_BYTES).await {
        Ok(fetched) if fetched.status == 200 => Ok(fetched.bytes),
        Ok(fetched) => {
            let status = fetched.status;
            Err(Missing::because(format!("its address answered with status {status}")))
        }
        Err(error) => Err(Missing::because(format!("it could not be fetched: {error}"))),
    }
}
