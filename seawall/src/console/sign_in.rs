//! Signing in and out, and the preferences that live in cookies.

use super::page::{Answer, Page, Refused, Tab, refusal, render};
use super::visit::{self, Fields, Posted, SESSION, first};
use crate::state::AppState;
use askama::Template;
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use engine::{Error, SignIn};
use url::form_urlencoded;

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage<'a> {
    page: Page,
    problem: Option<String>,
    login: &'a str,
    to: &'a str,
}

/// Shows the form.
pub async fn page(request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let visitor = visit::visitor(&parts);
    let query = parts.uri.query().unwrap_or("").as_bytes();
    let query: Fields = form_urlencoded::parse(query).into_owned().collect();
    let page = Page::outside(&visitor, Tab::None);
    let to = local(first(&query, "to"));
    render(&SignInPage { page, problem: None, login: "", to }, StatusCode::OK)
}

/// Signs a person in.
pub async fn sign_in(State(state): State<AppState>, request: Request) -> Answer {
    let (parts, body) = request.into_parts();
    let visitor = visit::visitor(&parts);
    let page = Page::outside(&visitor, Tab::None);
    if !visit::comes_from_here(&parts.headers) {
        return Err(Refused::form(&page));
    }
    let bytes: Bytes =
        axum::body::to_bytes(body, 65_536).await.map_err(|_| Refused::form(&page))?;
    let fields: Fields = form_urlencoded::parse(&bytes).into_owned().collect();
    let typed = SignIn {
        login: first(&fields, "login").trim().to_owned(),
        password: first(&fields, "password").to_owned(),
        code: first(&fields, "code").to_owned(),
    };
    let to = local(first(&fields, "to"));
    match state.engine.sign_in(typed).await {
        Ok(session) => {
            let secure = secure(&state);
            let cookie =
                format!("{SESSION}={}; Path=/; HttpOnly; SameSite=Strict{secure}", session.token);
            Ok(with_cookie(Redirect::to(to).into_response(), &cookie))
        }
        Err(error @ (Error::SignInRefused | Error::SignInBlocked { .. } | Error::Busy)) => {
            let problem = Some(refusal(page.t, &error));
            let login = first(&fields, "login");
            let shown = SignInPage { page, problem, login, to };
            Ok(render(&shown, StatusCode::UNPROCESSABLE_ENTITY))
        }
        Err(error) => Err(Refused::by(&page, error)),
    }
}

/// Ends the session.
pub async fn sign_out(State(state): State<AppState>, headers: HeaderMap, posted: Posted) -> Answer {
    if let Some(token) = visit::cookie(&headers, SESSION) {
        let page = Page::new(&posted.person, Tab::None);
        state.engine.sign_out(token).await.map_err(|error| Refused::by(&page, error))?;
    }
    let secure = secure(&state);
    let cookie = format!("{SESSION}=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict{secure}");
    Ok(with_cookie(Redirect::to("/sign-in?done=signed-out").into_response(), &cookie))
}

/// Keeps whether pictures are shown in grey.
pub async fn preferences(State(state): State<AppState>, posted: Posted) -> Response {
    let wanted = if posted.get("pictures") == "grey" { "grey" } else { "colour" };
    let (name, secure) = (visit::PICTURES, secure(&state));
    let cookie =
        format!("{name}={wanted}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax{secure}");
    with_cookie(Redirect::to(local(posted.get("to"))).into_response(), &cookie)
}

fn secure(state: &AppState) -> &'static str {
    if state.settings.server.secure_cookies { "; Secure" } else { "" }
}

fn with_cookie(mut answer: Response, cookie: &str) -> Response {
    if let Ok(cookie) = HeaderValue::from_str(cookie) {
        answer.headers_mut().append(header::SET_COOKIE, cookie);
    }
    answer
}

/// An address within the console, so that a sign-in never leads elsewhere.
fn local(to: &str) -> &str {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/-_.~?&=%".contains(c);
    let is_local = to.starts_with('/') && !to.starts_with("//") && to.chars().all(plain);
    if is_local && !to.starts_with("/sign-") { to } else { "/queues" }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::text::Language;
    use super::super::visit::Visitor;
    use super::*;

    #[test]
    fn a_sign_in_leads_nowhere_else() {
        for (to, expected) in [
            ("/cases/case_1", "/cases/case_1"),
            ("/cases?queue=a%20b&page=2", "/cases?queue=a%20b&page=2"),
            ("", "/queues"),
            ("//evil.example.org", "/queues"),
            ("/\\evil.example.org", "/queues"),
            ("https://evil.example.org", "/queues"),
            ("/queues\r\nSet-Cookie: a=b", "/queues"),
            ("/sign-out", "/queues"),
        ] {
            assert_eq!(local(to), expected, "{to}");
        }
    }

    #[test]
    fn the_form_keeps_the_login_and_never_the_password() {
        for language in [Language::English, Language::Arabic] {
            let visitor =
                Visitor { language, is_grey: false, here: "/sign-in?".into(), done: None };
            let page = Page::outside(&visitor, Tab::None);
            let problem = Some(refusal(language, &Error::SignInRefused));
            let shown = SignInPage { page, problem, login: "\"><script>", to: "/queues" };
            let html = shown.render().unwrap();
            assert!(html.contains("role=\"alert\""));
            assert!(!html.contains("\"><script>"));
            assert!(html.contains("autocomplete=\"one-time-code\""));
        }
    }
}
