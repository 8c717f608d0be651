//! The pages for people outside: appeals by a signed link, and notices.
//!
//! Nobody signs in here, nothing is kept in the browser, and no script runs: each page is one form
//! or one answer. They have a content policy of their own, and one address may ask only so often.

mod appeal;
mod limit;
mod notice;

pub use appeal::ground_words;
pub use limit::Visits;
pub use notice::notice_ground_words;

use crate::console::files;
use crate::console::text::Language;
use crate::console::visit::{self, Visitor};
use crate::state::AppState;
use askama::Template;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;

/// The largest form that is read, in bytes: a reason of full length, as browsers encode it.
const FORM_BYTES: usize = 4 * model::limits::REASON_BYTES;

/// The pages for people outside.
pub fn router(state: &AppState) -> Router<AppState> {
    Router::new()
        .route("/appeal/{link}", get(appeal::page).post(appeal::file))
        .route("/notice/{service}", get(notice::page).post(notice::give))
        .layer(DefaultBodyLimit::max(FORM_BYTES))
        .layer(from_fn_with_state(state.clone(), limit::slow_down))
        .layer(from_fn(guard))
}

/// What every answer says about itself.
const HEADERS: &[(&str, &str)] = &[
    (
        "content-security-policy",
        "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; \
         form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    ),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("x-frame-options", "DENY"),
    ("x-robots-tag", "noindex, nofollow"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
    ("cache-control", "no-store"),
];

async fn guard(request: Request, next: Next) -> Response {
    let mut answer = next.run(request).await;
    for (name, value) in HEADERS {
        answer.headers_mut().insert(*name, HeaderValue::from_static(value));
    }
    answer
}

/// The frame of a page.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The language, which is also where all texts come from.
    pub t: Language,
    /// The page's address up to the language, for the switch.
    pub here: String,
    /// Address of the styles.
    pub styles: String,
}

impl Frame {
    fn of(parts: &Parts) -> Self {
        let Visitor { language, here, .. } = visit::visitor(parts);
        Self { t: language, here, styles: files::address("console.css") }
    }

    /// The address of a form on this page, in the same language.
    fn action(&self) -> String {
        format!("{}lang={}", self.here, self.t.tag())
    }
}

#[derive(Template)]
#[template(path = "public_told.html")]
struct ToldPage<'a> {
    frame: &'a Frame,
    heading: &'a str,
    words: &'a str,
}

/// A page that says one thing.
fn told(frame: &Frame, status: StatusCode, heading: &str, words: &str) -> Response {
    render(&ToldPage { frame, heading, words }, status)
}

fn render(page: &impl Template, status: StatusCode) -> Response {
    match page.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page could not be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// What the engine refuses or cannot do, for somebody outside.
fn failed(frame: &Frame, error: &engine::Error) -> Response {
    let t = frame.t;
    if let engine::Error::NotFound { .. } = error {
        return told(frame, StatusCode::NOT_FOUND, t.link_unknown(), t.link_unknown_long());
    }
    tracing::error!(%error, "a page for somebody outside could not be made");
    let status = StatusCode::SERVICE_UNAVAILABLE;
    told(frame, status, t.outside_failed(), t.outside_failed_long())
}
