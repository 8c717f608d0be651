//! The feed of everything that happened, and the sealed log.

use crate::api::caller::Caller;
use crate::api::extract::Query;
use crate::api::problem::{Kind, Problem, ProblemBody};
use crate::state::AppState;
use audit::tree::Tile;
use axum::Json;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use engine::{EventRow, Published, Scope};
use model::limits;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which part of the feed is asked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct EventsQuery {
    /// The cursor of the page before; without it the feed from its beginning.
    after: Option<u64>,
    /// At most so many, 1 to 500; 100 without it.
    limit: Option<usize>,
}

/// A page of the feed.
#[derive(Debug, Serialize, ToSchema)]
pub struct Events {
    /// Events, oldest first; for a key with a service of its own, without those of others.
    events: Vec<EventRow>,
    /// The cursor to ask for the next page with.
    #[serde(skip_serializing_if = "Option::is_none")]
    cursor: Option<u64>,
}

/// Read the feed of everything that happened.
#[utoipa::path(
    get, path = "/v1/events", tag = "log", security(("key" = [])), params(EventsQuery),
    responses((status = 200, body = Events))
)]
pub async fn events(
    State(state): State<AppState>,
    caller: Caller,
    Query(query): Query<EventsQuery>,
) -> Result<Json<Events>, Problem> {
    caller.need(Scope::Report)?;
    let limit = query.limit.unwrap_or(100).clamp(1, limits::PAGE_ROWS);
    let mut events = state.engine.events(query.after, limit).await?;
    let cursor = events.last().map(|event| event.seq).or(query.after);
    events.retain(|event| caller.may_hear(&event.body));
    Ok(Json(Events { events, cursor }))
}

/// Which records are asked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct RecordsQuery {
    /// The first record, from 0.
    from: Option<u64>,
    /// At most so many, 1 to 500; 100 without it.
    limit: Option<usize>,
}

/// A page of the sealed log.
#[derive(Debug, Serialize, ToSchema)]
pub struct Records {
    /// Records in their order.
    records: Vec<RecordDetail>,
    /// How many there are.
    total: u64,
}

/// One record of the sealed log.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecordDetail {
    /// The record as it is encoded, in hexadecimal; its hash is made from these bytes.
    bytes: String,
    /// Its hash, in hexadecimal.
    hash: String,
    /// The record in words, where it can be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    record: Option<serde_json::Value>,
}

/// Read records of the sealed log.
#[utoipa::path(
    get, path = "/v1/records", tag = "log", security(("key" = [])), params(RecordsQuery),
    responses((status = 200, body = Records))
)]
pub async fn records(
    State(state): State<AppState>,
    caller: Caller,
    Query(query): Query<RecordsQuery>,
) -> Result<Json<Records>, Problem> {
    caller.need(Scope::Report)?;
    caller.speaks_for_all()?;
    let limit = query.limit.unwrap_or(100).clamp(1, limits::PAGE_ROWS);
    let total = state.engine.head().await?.next;
    let rows = state.engine.records(query.from.unwrap_or(0), limit).await?;
    let records = rows
        .into_iter()
        .map(|(bytes, hash)| RecordDetail {
            record: audit::decode(&bytes).ok().map(|record| audit::to_json(&record)),
            bytes: hex::encode(bytes),
            hash: hex::encode(hash),
        })
        .collect();
    Ok(Json(Records { records, total }))
}

/// A signed checkpoint.
#[derive(Debug, Serialize, ToSchema)]
pub struct CheckpointDetail {
    /// The checkpoint as a C2SP signed note.
    note: String,
    /// The key to verify it with, as `name+id+key`.
    verifier_key: String,
}

/// Read a signed checkpoint of the sealed log.
#[utoipa::path(
    get, path = "/v1/records/checkpoint", tag = "log", security(("key" = [])),
    responses((status = 200, body = CheckpointDetail))
)]
pub async fn checkpoint(
    State(state): State<AppState>,
    caller: Caller,
) -> Result<Json<CheckpointDetail>, Problem> {
    caller.need(Scope::Report)?;
    let head = state.engine.head().await?;
    let note = state.log_key.checkpoint(&head, state.engine.now());
    Ok(Json(CheckpointDetail { note, verifier_key: state.log_key.verifier_key() }))
}

/// Somebody who may read the published log: anybody where the settings open it, otherwise a caller
/// whose key has the scope report and is bound to no service.
pub struct LogReader;

impl FromRequestParts<AppState> for LogReader {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        if !state.settings.transparency.public {
            let caller = Caller::from_request_parts(parts, state).await?;
            caller.need(Scope::Report)?;
            caller.speaks_for_all()?;
        }
        Ok(Self)
    }
}

/// Read the published checkpoint of the log.
///
/// A C2SP checkpoint with the signatures of witnesses. Without a key where the settings open the
/// published log.
#[utoipa::path(
    get, path = "/v1/log/checkpoint", tag = "log", security(("key" = [])),
    responses(
        (status = 200, body = String, content_type = "text/plain"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn published_checkpoint(
    State(state): State<AppState>,
    _: LogReader,
) -> Result<Response, Problem> {
    let note = published(&state).await?.note;
    // The next one may come at any time.
    let headers = [(CONTENT_TYPE, "text/plain; charset=utf-8"), (CACHE_CONTROL, "max-age=2")];
    Ok((headers, note).into_response())
}

/// Read a tile of the published log.
///
/// `LEVEL/INDEX` gives hashes and `entries/INDEX` records, by C2SP tlog-tiles: the index in groups
/// of three digits such as `x001/234`, and `.p/WIDTH` behind it for a partial tile. A tile never
/// changes. Without a key where the settings open the published log.
#[utoipa::path(
    get, path = "/v1/log/tile/{path}", tag = "log", security(("key" = [])),
    params(("path" = String, Path, description = "Such as `0/x001/234` or `entries/000.p/7`")),
    responses(
        (status = 200, body = Vec<u8>, content_type = "application/octet-stream"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn tile(
    State(state): State<AppState>,
    _: LogReader,
    Path(path): Path<String>,
) -> Result<Response, Problem> {
    let tile = Tile::parse(&format!("tile/{path}"));
    let tile = tile.map_err(|error| Problem::new(Kind::NotFound, error.to_string()))?;
    let head = published(&state).await?.head;
    let bytes = state.engine.tile(&tile, head.size).await?.ok_or_else(|| {
        let size = head.size;
        let detail = format!("The published log of {size} records has no {tile}.");
        Problem::new(Kind::NotFound, detail)
    })?;
    // What only some may read no shared cache may keep.
    let caching = match state.settings.transparency.public {
        true => "public, max-age=31536000, immutable",
        false => "private, max-age=31536000, immutable",
    };
    let headers = [(CONTENT_TYPE, "application/octet-stream"), (CACHE_CONTROL, caching)];
    Ok((headers, bytes).into_response())
}

async fn published(state: &AppState) -> Result<Published, Problem> {
    state.engine.published().await?.ok_or_else(|| {
        let detail = "No checkpoint was published yet; see transparency.publish_seconds.";
        Problem::new(Kind::NotFound, detail)
    })
}
