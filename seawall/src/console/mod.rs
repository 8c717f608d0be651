//! The reviewers' console: server-rendered pages whose core path works without script.
//!
//! A page is a handler, a template and a test side by side. It holds no policy: what is allowed is
//! asked of the engine, and its refusals are shown. Every answer bears a content policy that
//! starts at `'none'`.

mod appeals;
mod banks;
mod case;
mod case_form;
mod case_screen;
mod cases;
mod coding;
mod deliveries;
mod evidence;
mod exposures;
pub mod files;
mod finding;
mod form_fields;
mod highlight;
mod keys;
mod ladder;
mod media;
mod notifiers;
mod orders;
mod overview;
mod page;
mod queues;
mod records;
mod sign_in;
mod studies;
pub mod text;
mod threats;
pub mod visit;
pub mod when;

pub use keys::in_words as keys_in_words;
pub use studies::{about, kind_words};

use crate::state::AppState;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use page::{Page, Refused, Tab};
use text::Language;
use url::form_urlencoded;

/// The pages of the console, with what an unknown address gives as fallback.
pub fn router() -> Router<AppState> {
    Router::new()
        .route("/", get(|| async { Redirect::to("/queues") }))
        .route("/sign-in", get(sign_in::page).post(sign_in::sign_in))
        .route("/sign-out", post(sign_in::sign_out))
        .route("/preferences", post(sign_in::preferences))
        .route("/queues", get(queues::page))
        .route("/next", post(queues::next))
        .route("/cases", get(cases::page))
        .route("/cases/{id}", get(case::page))
        .route("/cases/{id}/pending", get(case::pending))
        .route("/cases/{id}/claim", post(case::claim))
        .route("/cases/{id}/release", post(case::release))
        .route("/cases/{id}/move", post(case::move_to))
        .route("/cases/{id}/decide", post(case::decide))
        .route("/cases/{id}/undo", post(case::undo))
        .route("/cases/{id}/media/{sha256}", get(media::preview))
        .route("/appeals", get(appeals::list))
        .route("/appeals/{id}", get(appeals::page).post(appeals::hear))
        .route("/ladder", get(ladder::page).post(ladder::change))
        .route("/notifiers", get(notifiers::page).post(notifiers::judge))
        .route("/cases/{id}/notices/{notice}/assess", post(notifiers::assess))
        .route("/studies", get(studies::list))
        .route("/studies/new/{kind}", get(studies::new).post(studies::order))
        .route("/studies/{id}", get(studies::page))
        .route("/studies/{id}/status", get(studies::status))
        .route("/studies/{id}/network.json", get(studies::network))
        .route("/studies/{id}/findings/{number}", get(finding::page))
        .route("/studies/{id}/findings/{number}/unmask", post(finding::unmask))
        .route("/studies/{id}/accounts/{pseudonym}", get(studies::account))
        .route("/studies/{id}/accounts/{pseudonym}/unmask", post(studies::unmask))
        .route("/studies/{id}/accounts/{pseudonym}/case", post(studies::open_case))
        .route("/studies/{id}/export/{name}", get(studies::export))
        .route("/studies/{id}/do/{step}", post(studies::step))
        .route("/studies/{id}/coding", get(coding::page).post(coding::code))
        .route("/studies/{id}/settle", get(coding::settling).post(coding::settle))
        .route("/records", get(records::page))
        .route("/records/verify", post(records::verify))
        .route("/deliveries", get(deliveries::page))
        .route("/deliveries/redeliver", post(deliveries::redeliver))
        .route("/orders", get(orders::list))
        .route("/orders/new", get(orders::new).post(orders::take))
        .route("/orders/pressing", get(orders::pressing_part))
        .route("/orders/{id}", get(orders::page).post(orders::act))
        .route("/cases/{id}/threat", get(threats::new).post(threats::raise))
        .route("/threats", get(threats::list))
        .route("/threats/{id}", get(threats::page).post(threats::act))
        .route("/exposures", get(exposures::list).post(exposures::note))
        .route("/exposures/{id}", get(exposures::page).post(exposures::step))
        .route("/exposures/{id}/report", get(exposures::draft))
        .route("/exposures/{id}/reports/{number}", get(exposures::report))
        .route("/exposures/{id}/reports/{number}/json", get(exposures::report_json))
        .route("/evidence", get(evidence::list))
        .route("/evidence/{id}", get(evidence::page))
        .route("/evidence/{id}/{step}", post(evidence::step))
        .route("/evidence/{id}/originals/{number}/{name}", get(evidence::original))
        .route("/banks", get(banks::page))
        .route("/banks/opinion", post(banks::speak))
        .route("/rules", get(overview::rules))
        .route("/keys-help", get(overview::keys))
        .route("/static/{*path}", get(files::file))
        .fallback(not_found)
        .layer(from_fn(guard))
}

async fn not_found(State(state): State<AppState>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let visitor = visit::visitor(&parts);
    let session = visit::session(&state, &parts.headers).await.ok().flatten();
    let person = session.and_then(|session| visit::as_person(visitor.clone(), session, &parts));
    let page = match &person {
        Some(person) => Page::new(person, Tab::None),
        None => Page::outside(&visitor, Tab::None),
    };
    Refused::not_found(&page).into_response()
}

/// What every answer of the console says about itself.
const HEADERS: &[(&str, &str)] = &[
    (
        "content-security-policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
         font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; \
         base-uri 'none'",
    ),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("x-frame-options", "DENY"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
    ("cache-control", "no-store"),
];

async fn guard(request: Request, next: Next) -> Response {
    let wanted = wanted_language(&request);
    let mut answer = next.run(request).await;
    for (name, value) in HEADERS {
        let value = HeaderValue::from_static(value);
        answer.headers_mut().entry(*name).or_insert(value);
    }
    if let Some(language) = wanted {
        let (name, tag) = (visit::LANGUAGE, language.tag());
        let cookie = format!("{name}={tag}; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly");
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            answer.headers_mut().append(header::SET_COOKIE, cookie);
        }
    }
    answer
}

/// The language that the address asks for; it is remembered in a cookie.
fn wanted_language(request: &Request) -> Option<Language> {
    let query = request.uri().query()?;
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    pairs.find(|(name, _)| name == "lang").and_then(|(_, tag)| Language::parse(&tag))
}
