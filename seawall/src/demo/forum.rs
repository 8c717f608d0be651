//! The invented forum of the demo: what its visitors see, and the actions that arrive.

use askama::Template;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use connect::{Headers, Secret};
use engine::Clock;
use model::{Action, ActionKind, ActionTarget, Item};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;

/// Posts and actions that the page shows.
const SHOWN: usize = 60;
/// Difference of clocks that a signature may show, in seconds.
const TOLERANCE_SECONDS: u32 = 300;

/// The forum; cheap to clone.
#[derive(Clone)]
pub struct Harbour {
    secret: Arc<Secret>,
    pages: Arc<Mutex<Pages>>,
}

#[derive(Default)]
struct Pages {
    posts: VecDeque<Post>,
    actions: VecDeque<String>,
    /// Ids of actions that were carried out: each is carried out once.
    done: BTreeSet<String>,
    state: BTreeMap<String, ActionKind>,
}

struct Post {
    id: String,
    account: String,
    handle: String,
    text: String,
    pictures: usize,
}

#[derive(Template)]
#[template(path = "demo/forum.html")]
struct Page {
    posts: Vec<PostRow>,
    actions: Vec<String>,
}

struct PostRow {
    id: String,
    handle: String,
    text: String,
    pictures: usize,
    state: &'static str,
    is_gone: bool,
}

impl Harbour {
    /// Opens the forum with the secret that Seawall signs with.
    pub fn new(secret: Secret) -> Self {
        Self { secret: Arc::new(secret), pages: Arc::default() }
    }

    /// Shows new posts.
    pub fn posted(&self, items: &[Item]) {
        let mut pages = self.lock();
        for item in items {
            pages.posts.push_front(Post {
                id: item.id.to_string(),
                account: item.author.id.to_string(),
                handle: item.author.handle.clone().unwrap_or_default(),
                text: item.text.clone(),
                pictures: item.media.len(),
            });
        }
        pages.posts.truncate(1_000);
    }

    /// Serves the forum's page and takes the actions.
    pub async fn serve(self, listener: TcpListener) {
        let router = Router::new()
            .route("/", get(page))
            .route("/style.css", get(style))
            .route("/hook", post(hook))
            .with_state(self);
        if let Err(error) = axum::serve(listener, router).await {
            tracing::error!(%error, "the forum ended");
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Pages> {
        self.pages.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    fn carry_out(&self, action: &Action) {
        let mut pages = self.lock();
        if !pages.done.insert(action.id.to_string()) {
            return;
        }
        let target = match &action.target {
            ActionTarget::Item(item) => format!("item {item}"),
            ActionTarget::Account(account) => format!("account {account}"),
        };
        match action.kind {
            ActionKind::Restore => {
                pages.state.remove(&target);
            }
            kind => {
                pages.state.insert(target.clone(), kind);
            }
        }
        let line = format!("{} {target} ({})", action.kind.as_str(), action.id);
        println!("the forum carries out: {line}");
        pages.actions.push_front(line);
        pages.actions.truncate(SHOWN);
    }
}

/// The words for what was done to a post or account.
fn in_words(kind: Option<&ActionKind>) -> (&'static str, bool) {
    match kind {
        None | Some(ActionKind::Restore) => ("", false),
        Some(ActionKind::Remove) => ("removed", true),
        Some(ActionKind::Disable) => ("disabled", true),
        Some(ActionKind::Restrict) => ("shown to fewer people", false),
        Some(ActionKind::Label) => ("labelled", false),
        Some(ActionKind::Suspend) => ("account suspended", true),
        Some(ActionKind::Warn) => ("account warned", false),
    }
}

async fn page(State(harbour): State<Harbour>) -> Response {
    let pages = harbour.lock();
    let posts = pages.posts.iter().take(SHOWN).map(|post| {
        let of_item = pages.state.get(&format!("item {}", post.id));
        let of_account = pages.state.get(&format!("account {}", post.account));
        let (state, is_gone) = in_words(of_item.or(of_account));
        PostRow {
            id: post.id.clone(),
            handle: post.handle.clone(),
            text: post.text.clone(),
            pictures: post.pictures,
            state,
            is_gone,
        }
    });
    let page = Page { posts: posts.collect(), actions: pages.actions.iter().cloned().collect() };
    let Ok(text) = page.render() else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
    let policy = "default-src 'none'; style-src 'self'; frame-ancestors 'none'";
    ([(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy))], Html(text))
        .into_response()
}

async fn style() -> Response {
    let text = include_str!("../../templates/demo/forum.css");
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], text).into_response()
}

/// Takes an action: checks the signature, carries it out once, and says so.
async fn hook(State(harbour): State<Harbour>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let text = |name: &str| {
        headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
    };
    let signed = Headers {
        id: text("webhook-id"),
        timestamp: text("webhook-timestamp"),
        signature: text("webhook-signature"),
    };
    let now = Clock::system().now();
    let secrets = std::slice::from_ref(harbour.secret.as_ref());
    if connect::verify(secrets, &signed, &body, now, TOLERANCE_SECONDS).is_err() {
        return StatusCode::UNAUTHORIZED;
    }
    let event: Option<serde_json::Value> = serde_json::from_slice(&body).ok();
    if event.as_ref().is_some_and(|event| event["type"] == connect::STATEMENT_MADE) {
        println!("the forum hands a statement on to its author");
        return StatusCode::NO_CONTENT;
    }
    let action = event.and_then(|event| event.get("data").cloned());
    let action: Option<Action> = action.and_then(|data| serde_json::from_value(data).ok());
    let Some(action) = action else { return StatusCode::UNPROCESSABLE_ENTITY };
    harbour.carry_out(&action);
    StatusCode::NO_CONTENT
}
