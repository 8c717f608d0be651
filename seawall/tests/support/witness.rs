//! A small witness that does what C2SP tlog-witness says, over HTTP.

use audit::tree::{AddCheckpoint, TreeHead, verify_consistency, verify_tree_head};
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::{Engine, engine::general_purpose::STANDARD};
use ed25519_dalek::{Signer, SigningKey};
use sha2::{Digest, Sha256};
use std::sync::{Arc, Mutex};

/// A running witness.
#[derive(Clone)]
pub struct Witness {
    name: &'static str,
    key: SigningKey,
    pub port: u16,
    /// The verifier key of the one log that it knows.
    log: Arc<Mutex<Option<String>>>,
    /// What it signed last.
    latest: Arc<Mutex<Option<TreeHead>>>,
    /// Requests that it had.
    pub asked: Arc<Mutex<u64>>,
}

impl Witness {
    /// Starts one that knows no log yet.
    pub async fn start(name: &'static str, seed: u8) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let witness = Self {
            name,
            key: SigningKey::from_bytes(&[seed; 32]),
            port: listener.local_addr().unwrap().port(),
            log: Arc::default(),
            latest: Arc::default(),
            asked: Arc::default(),
        };
        let add = axum::routing::post(add_checkpoint);
        let router = axum::Router::new().route("/add-checkpoint", add).with_state(witness.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        witness
    }

    /// Lets it know the log with this verifier key.
    pub fn register(&self, verifier_key: &str) {
        *self.log.lock().unwrap() = Some(verifier_key.to_owned());
    }

    /// Puts another tree in the place of the one that it signed last.
    pub fn believe(&self, head: Option<TreeHead>) {
        *self.latest.lock().unwrap() = head;
    }

    pub fn latest(&self) -> Option<TreeHead> {
        *self.latest.lock().unwrap()
    }

    fn key_id(&self) -> Vec<u8> {
        let key = self.key.verifying_key();
        Sha256::digest([self.name.as_bytes(), b"\n\x04", key.as_bytes()].concat())[..4].to_vec()
    }

    /// Its verifier key, for settings and for whoever verifies.
    pub fn verifier_key(&self) -> String {
        let typed = [&[4], &self.key.verifying_key().as_bytes()[..]].concat();
        format!("{}+{}+{}", self.name, hex::encode(self.key_id()), STANDARD.encode(typed))
    }

    /// Its table in the settings.
    pub fn settings(&self) -> String {
        let (port, key) = (self.port, self.verifier_key());
        format!("\n[[witness]]\nurl = \"http://127.0.0.1:{port}/\"\nkey = \"{key}\"\n")
    }

    fn line(&self, note: &str) -> String {
        let seconds = 1_774_000_000u64;
        let body = note.split_once("\n\n").unwrap().0;
        let signature =
            self.key.sign(format!("cosignature/v1\ntime {seconds}\n{body}\n").as_bytes());
        let bytes = [&self.key_id(), &seconds.to_be_bytes()[..], &signature.to_bytes()].concat();
        format!("— {} {}\n", self.name, STANDARD.encode(bytes))
    }

    fn add(&self, body: &str) -> Response {
        let bare = |status: StatusCode| status.into_response();
        let Ok(request) = AddCheckpoint::parse(body) else { return bare(StatusCode::BAD_REQUEST) };
        let Some(log) = self.log.lock().unwrap().clone() else {
            return bare(StatusCode::NOT_FOUND);
        };
        let (origin, key) = audit::read_verifier_key(&log).unwrap();
        let Ok(checkpoint) = verify_tree_head(&request.note, &origin, &key) else {
            return bare(StatusCode::FORBIDDEN);
        };
        let mut latest = self.latest.lock().unwrap();
        let size = latest.map_or(0, |head| head.size);
        let conflict = || {
            let kind = [(header::CONTENT_TYPE, "text/x.tlog.size")];
            (StatusCode::CONFLICT, kind, format!("{size}\n")).into_response()
        };
        if request.old != size {
            return conflict();
        }
        if let Some(before) = *latest {
            if before.size == checkpoint.head.size && before != checkpoint.head {
                return conflict();
            }
            if verify_consistency(&before, &checkpoint.head, &request.proof).is_err() {
                return bare(StatusCode::UNPROCESSABLE_ENTITY);
            }
        }
        *latest = Some(checkpoint.head);
        let other = "— other.example AAAAAAAAAAAAAA==\n";
        format!("{other}{}", self.line(&request.note)).into_response()
    }
}

async fn add_checkpoint(State(witness): State<Witness>, body: String) -> Response {
    *witness.asked.lock().unwrap() += 1;
    witness.add(&body)
}
