//! A service that receives signed actions, well or badly.

#![allow(clippy::unwrap_used, missing_docs, dead_code)]

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use connect::{Headers, Secret, verify};
use model::Timestamp;
use serde_json::Value;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

/// One webhook that came in.
#[derive(Debug, Clone)]
pub struct Heard {
    pub id: String,
    pub event: Value,
    /// The status that it was answered with.
    pub answered: u16,
}

/// A service on this machine.
#[derive(Clone)]
pub struct Receiver {
    pub port: u16,
    pub secret: String,
    state: Arc<Mutex<Manner>>,
}

#[derive(Default)]
struct Manner {
    /// What the next webhooks are answered with; 204 when it is empty.
    next: VecDeque<u16>,
    heard: Vec<Heard>,
    statements: Vec<Heard>,
    forged: usize,
}

impl Receiver {
    /// Starts one that answers its first webhooks with these statuses, and 204 after them.
    pub async fn start(statuses: &[u16]) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let secret = Secret::from_bytes(&[7; 32]).unwrap().expose();
        let manner = Manner { next: statuses.iter().copied().collect(), ..Manner::default() };
        let receiver = Self { port, secret, state: Arc::new(Mutex::new(manner)) };
        let router = Router::new().route("/hook", post(hear)).with_state(receiver.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        receiver
    }

    /// The statements for people that came in.
    pub fn statements(&self) -> Vec<Heard> {
        self.state.lock().unwrap().statements.clone()
    }

    /// Every action that came in with a right signature.
    pub fn heard(&self) -> Vec<Heard> {
        let state = self.state.lock().unwrap();
        assert_eq!(state.forged, 0, "webhooks came with a wrong signature");
        state.heard.clone()
    }

    /// What was taken: the webhooks that were answered well.
    pub fn taken(&self) -> Vec<Heard> {
        self.heard().into_iter().filter(|heard| heard.answered == 204).collect()
    }
}

async fn hear(State(receiver): State<Receiver>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let text = |name: &str| headers[name].to_str().unwrap().to_owned();
    let signed = Headers {
        id: text("webhook-id"),
        timestamp: text("webhook-timestamp"),
        signature: text("webhook-signature"),
    };
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    let now = Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap()).unwrap();
    let secrets = [Secret::parse(&receiver.secret).unwrap()];
    let mut state = receiver.state.lock().unwrap();
    if verify(&secrets, &signed, &body, now, 300).is_err() {
        state.forged += 1;
        return StatusCode::UNAUTHORIZED;
    }
    let event: Value = serde_json::from_slice(&body).unwrap();
    if event["type"] == connect::STATEMENT_MADE {
        state.statements.push(Heard { id: signed.id, event, answered: 204 });
        return StatusCode::NO_CONTENT;
    }
    let answered = state.next.pop_front().unwrap_or(204);
    state.heard.push(Heard { id: signed.id, event, answered });
    StatusCode::from_u16(answered).unwrap()
}
