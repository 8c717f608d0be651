//! A stand-in for the DSA Transparency Database: its calls, its validation, its odd answers, on
//! this machine. Operators rehearse with it, and tests submit to it; nothing of it leaves the
//! machine.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use law::statement::{Endpoint, Fault, check, interface};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

/// How a stand-in behaves.
#[derive(Debug, Clone)]
pub struct Manner {
    /// The token that it takes.
    pub token: String,
    /// Each so many attempts, it takes what it is sent, and the answer is lost on its way; 0 never.
    pub lose_every: u64,
    /// Each so many attempts, it fails and leaves the ids locked; 0 never.
    pub fail_every: u64,
    /// Each so many attempts, it answers that there were too many; 0 never.
    pub busy_every: u64,
    /// How long an id stays locked after an attempt that failed.
    pub lock: Duration,
}

#[derive(Debug, Clone)]
struct Held {
    uuid: String,
    fields: Value,
}

#[derive(Debug, Default)]
struct Shelf {
    attempts: u64,
    held: BTreeMap<String, Held>,
    locked: BTreeMap<String, Instant>,
}

/// The running stand-in.
#[derive(Clone)]
struct StandIn {
    manner: Arc<Manner>,
    shelf: Arc<Mutex<Shelf>>,
}

/// What happens to an attempt beside its validation.
enum Luck {
    Fine,
    AnswerLost,
    Fails,
    TooMany,
}

/// The router of a stand-in, under `/api/v1` like the database.
pub fn router(manner: Manner) -> Router {
    let stand_in = StandIn { manner: Arc::new(manner), shelf: Arc::default() };
    let paths = interface();
    Router::new()
        .route(&format!("/api/v1{}", paths.single_path), post(single))
        .route(&format!("/api/v1{}", paths.batch_path), post(batch))
        .route(&format!("/api/v1{}{{puid}}", paths.existing_path), get(existing))
        .route("/api/v1/statement/{uuid}", get(read))
        .route("/api/v1/rehearsal", get(rehearsal))
        .with_state(stand_in)
}

impl StandIn {
    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    fn refuse_token(&self, headers: &HeaderMap) -> Option<Response> {
        let sent = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let is_known = sent == Some(&format!("Bearer {}", self.manner.token));
        let body = json!({ "message": "Unauthenticated." });
        (!is_known).then(|| (StatusCode::UNAUTHORIZED, Json(body)).into_response())
    }

    fn luck(&self, shelf: &mut Shelf) -> Luck {
        shelf.attempts += 1;
        let falls_on = |every: u64| every > 0 && shelf.attempts.is_multiple_of(every);
        match () {
            () if falls_on(self.manner.busy_every) => Luck::TooMany,
            () if falls_on(self.manner.fail_every) => Luck::Fails,
            () if falls_on(self.manner.lose_every) => Luck::AnswerLost,
            () => Luck::Fine,
        }
    }
}

async fn single(State(db): State<StandIn>, headers: HeaderMap, body: Bytes) -> Response {
    if let Some(refused) = db.refuse_token(&headers) {
        return refused;
    }
    let statement: Value = serde_json::from_slice(&body).unwrap_or(Value::Null);
    let faults = check(&statement, Endpoint::Single);
    if !faults.is_empty() {
        let body = json!({ "message": "The given data was invalid.", "errors": named(&faults) });
        return (StatusCode::UNPROCESSABLE_ENTITY, Json(body)).into_response();
    }
    take(
        &db,
        vec![statement],
        |stored| stored.into_iter().next().unwrap_or_default(),
        |known| {
            json!({
                "message": "The identifier given is not unique within this platform.",
                "errors": { "puid": ["The identifier given is not unique within this platform."] },
                "existing": { "puid": known.first() },
            })
        },
    )
}

async fn batch(State(db): State<StandIn>, headers: HeaderMap, body: Bytes) -> Response {
    if let Some(refused) = db.refuse_token(&headers) {
        return refused;
    }
    let body: Value = serde_json::from_slice(&body).unwrap_or(Value::Null);
    let statements = body["statements"].as_array().cloned().unwrap_or_default();
    if statements.is_empty() || statements.len() > interface().batch_most {
        let body = json!({ "errors": { "statements": ["send 1 to 100"] } });
        return (StatusCode::UNPROCESSABLE_ENTITY, Json(body)).into_response();
    }
    let mut errors = Map::new();
    for (place, statement) in statements.iter().enumerate() {
        let faults = check(statement, Endpoint::Batch);
        if !faults.is_empty() {
            errors.insert(format!("statement_{place}"), named(&faults));
        }
    }
    if !errors.is_empty() {
        return (StatusCode::UNPROCESSABLE_ENTITY, Json(json!({ "errors": errors })))
            .into_response();
    }
    take(
        &db,
        statements,
        |stored| json!({ "statements": stored }),
        |known| {
            json!({
                "message": "The platform identifier(s) are not all unique within this call.",
                "errors": { "puid": ["not unique"], "existing_puids": known },
            })
        },
    )
}

fn named(faults: &[Fault]) -> Value {
    let mut errors: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for fault in faults {
        errors.entry(&fault.field).or_default().push(format!("{} {}", fault.field, fault.problem));
    }
    json!(errors)
}

/// Takes valid statements, all or none.
fn take(
    db: &StandIn,
    statements: Vec<Value>,
    taken: impl FnOnce(Vec<Value>) -> Value,
    duplicates: impl FnOnce(Vec<&str>) -> Value,
) -> Response {
    let mut shelf = db.shelf();
    let luck = db.luck(&mut shelf);
    if matches!(luck, Luck::TooMany) {
        let body = Json(json!({ "message": "Too Many Attempts." }));
        return (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "1")], body).into_response();
    }
    let (now, lock) = (Instant::now(), db.manner.lock);
    shelf.locked.retain(|_, since| now.duration_since(*since) < lock);
    let puids = || statements.iter().filter_map(|one| one["puid"].as_str());
    let mut known: Vec<&str> = Vec::new();
    for (place, puid) in puids().enumerate() {
        let is_there = shelf.held.contains_key(puid) || shelf.locked.contains_key(puid);
        if is_there || puids().take(place).any(|earlier| earlier == puid) {
            known.push(puid);
        }
    }
    if !known.is_empty() {
        return (StatusCode::UNPROCESSABLE_ENTITY, Json(duplicates(known))).into_response();
    }
    if matches!(luck, Luck::Fails) {
        let puids: Vec<String> = puids().map(str::to_owned).collect();
        shelf.locked.extend(puids.into_iter().map(|puid| (puid, now)));
        return (StatusCode::INTERNAL_SERVER_ERROR, "Server Error").into_response();
    }
    let stored = statements.into_iter().map(|fields| store(&mut shelf, fields)).collect();
    match luck {
        Luck::AnswerLost => (StatusCode::BAD_GATEWAY, "").into_response(),
        Luck::Fine | Luck::Fails | Luck::TooMany => {
            (StatusCode::CREATED, Json(taken(stored))).into_response()
        }
    }
}

fn store(shelf: &mut Shelf, fields: Value) -> Value {
    let puid = fields["puid"].as_str().unwrap_or_default().to_owned();
    let uuid = format!("00000000-0000-4000-8000-{:012}", shelf.held.len() + 1);
    let held = Held { uuid, fields };
    let shown = shown(&held);
    shelf.held.insert(puid, held);
    shown
}

fn shown(held: &Held) -> Value {
    let mut shown = held.fields.clone();
    shown["uuid"] = held.uuid.clone().into();
    shown["platform_name"] = "Stand-in".into();
    shown
}

/// Answers as the database does: 302 with a body where the id is known, and a place to go that a
/// caller must not follow.
async fn existing(
    State(db): State<StandIn>,
    Path(puid): Path<String>,
    headers: HeaderMap,
) -> Response {
    if let Some(refused) = db.refuse_token(&headers) {
        return refused;
    }
    match db.shelf().held.get(&puid) {
        Some(held) => {
            let place = [(header::LOCATION, "/follow-me-not")];
            (StatusCode::FOUND, place, Json(shown(held))).into_response()
        }
        None => {
            let body = json!({ "message": "statement of reason not found" });
            (StatusCode::NOT_FOUND, Json(body)).into_response()
        }
    }
}

async fn read(State(db): State<StandIn>, Path(uuid): Path<String>, headers: HeaderMap) -> Response {
    if let Some(refused) = db.refuse_token(&headers) {
        return refused;
    }
    let shelf = db.shelf();
    match shelf.held.values().find(|held| held.uuid == uuid) {
        Some(held) => Json(shown(held)).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// What the database has no call for: how the rehearsal went.
async fn rehearsal(State(db): State<StandIn>, headers: HeaderMap) -> Response {
    if let Some(refused) = db.refuse_token(&headers) {
        return refused;
    }
    let shelf = db.shelf();
    let statements: Vec<Value> = shelf.held.values().map(shown).collect();
    Json(json!({ "attempts": shelf.attempts, "statements": statements })).into_response()
}
