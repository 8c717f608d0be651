//! The form by which anybody gives notice of content on a service (DSA Art 16).
//!
//! A field that people do not see catches robots that fill in everything: what it catches is
//! answered as if it had been taken. It is proof of nothing else.

use super::{Frame, failed, render, told};
use crate::console::text::Language;
use crate::console::visit::{Fields, comes_from_here, first};
use crate::state::AppState;
use askama::Template;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use engine::{Error, NoticeInput, Origin};
use model::{NoticeGround, NoticeKind, ServiceId};
use url::form_urlencoded;

/// What somebody typed.
#[derive(Debug, Clone, Default)]
struct Typed {
    ground: String,
    location: String,
    reason: String,
    name: String,
    email: String,
    has_good_faith: bool,
    /// What only a robot fills in.
    website: String,
}

/// A choice of the form.
struct Choice {
    value: &'static str,
    words: &'static str,
    is_chosen: bool,
}

#[derive(Template)]
#[template(path = "public_notice.html")]
struct NoticePage {
    frame: Frame,
    service: ServiceId,
    grounds: Vec<Choice>,
    typed: Typed,
    problem: Option<&'static str>,
}

/// Shows the form of a service.
pub async fn page(
    State(state): State<AppState>,
    Path(service): Path<String>,
    request: Request,
) -> Response {
    let frame = Frame::of(&request.into_parts().0);
    match service_of(&state, &service) {
        Some(service) => form(frame, service, Typed::default(), None),
        None => unknown(&frame),
    }
}

/// A service that this installation takes notices for by the form.
fn service_of(state: &AppState, name: &str) -> Option<ServiceId> {
    let service = ServiceId::new(name).ok()?;
    state.settings.notices.services.contains(&service).then_some(service)
}

fn unknown(frame: &Frame) -> Response {
    let t = frame.t;
    told(frame, StatusCode::NOT_FOUND, t.no_notices_here(), t.no_notices_here_long())
}

fn form(frame: Frame, service: ServiceId, typed: Typed, problem: Option<&'static str>) -> Response {
    let status = match problem {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let t = frame.t;
    let choice = |ground: NoticeGround| Choice {
        value: ground.as_str(),
        words: notice_ground_words(t, ground),
        is_chosen: typed.ground == ground.as_str(),
    };
    let grounds = NoticeGround::ALL.into_iter().map(choice).collect();
    render(&NoticePage { frame, service, grounds, typed, problem }, status)
}

/// A ground in words.
pub fn notice_ground_words(t: Language, ground: NoticeGround) -> &'static str {
    match ground {
        NoticeGround::Illegal => t.notice_illegal(),
        NoticeGround::ChildAbuse => t.notice_child_abuse(),
        NoticeGround::AgainstTerms => t.notice_against_terms(),
    }
}

/// Takes a notice.
pub async fn give(
    State(state): State<AppState>,
    Path(service): Path<String>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let frame = Frame::of(&parts);
    let Some(service) = service_of(&state, &service) else { return unknown(&frame) };
    let t = frame.t;
    let Ok(bytes) = axum::body::to_bytes(body, super::FORM_BYTES).await else {
        return form(frame, service, Typed::default(), Some(t.notice_too_long()));
    };
    let typed = read(&bytes);
    if !comes_from_here(&parts.headers) {
        return form(frame, service, typed, Some(t.form_from_elsewhere()));
    }
    if !typed.website.is_empty() {
        tracing::info!(%service, "a form that only a robot fills in was left");
        return told(&frame, StatusCode::OK, t.notice_taken(), t.notice_taken_long());
    }
    let Some(ground) = NoticeGround::parse(&typed.ground) else {
        return form(frame, service, typed, Some(t.choose_notice_ground()));
    };
    let input = input(&typed, ground, &service, t);
    match state.engine.notice(input, &Origin::outside()).await {
        Ok(taken) => taken_page(&frame, taken.id.as_str()),
        Err(Error::NotifierSuspended { .. }) => {
            let words = law::redress::Phrase::Suspended.words(t.tag());
            told(&frame, StatusCode::FORBIDDEN, t.notice_not_taken(), words)
        }
        Err(Error::Invalid { place, .. }) => form(frame, service, typed, Some(problem(t, &place))),
        Err(error) => failed(&frame, &error),
    }
}

fn taken_page(frame: &Frame, reference: &str) -> Response {
    let t = frame.t;
    let words = format!("{} {}", t.notice_taken_long(), t.notice_reference(reference));
    told(frame, StatusCode::OK, t.notice_taken(), &words)
}

fn read(bytes: &[u8]) -> Typed {
    let fields: Fields = form_urlencoded::parse(bytes).into_owned().collect();
    let text = |name| first(&fields, name).trim().to_owned();
    Typed {
        ground: text("ground"),
        location: text("location"),
        reason: text("reason"),
        name: text("name"),
        email: text("email"),
        has_good_faith: first(&fields, "good_faith") == "yes",
        website: text("website"),
    }
}

fn input(typed: &Typed, ground: NoticeGround, service: &ServiceId, t: Language) -> NoticeInput {
    let given = |text: &String| (!text.is_empty()).then(|| text.clone());
    NoticeInput {
        kind: NoticeKind::User,
        service: service.clone(),
        subject: None,
        reason: typed.reason.clone(),
        policy: None,
        name: given(&typed.name),
        email: given(&typed.email),
        good_faith: typed.has_good_faith,
        language: Some(t.tag().to_owned()),
        ground,
        location: given(&typed.location),
        asks_to_wait: false,
    }
}

fn problem(t: Language, place: &str) -> &'static str {
    match place {
        "reason" => t.notice_no_reason(),
        "location" => t.notice_no_location(),
        "name" => t.notice_no_name(),
        "email" => t.notice_no_email(),
        "good_faith" => t.notice_no_good_faith(),
        _ => t.notice_too_long(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn shown(t: Language, typed: Typed, problem: Option<&'static str>) -> String {
        let (here, styles) = ("/notice/forum?".to_owned(), "/static/console.css".to_owned());
        let grounds = vec![Choice { value: "illegal", words: "x", is_chosen: true }];
        let service = ServiceId::new("forum").unwrap();
        let frame = Frame { t, here, styles };
        NoticePage { frame, service, grounds, typed, problem }.render().unwrap()
    }

    #[test]
    fn the_form_keeps_what_was_typed_and_says_what_is_missing() {
        let typed = read(b"ground=illegal&location=p1&reason=%3Cb%3E&name=N&good_faith=yes");
        assert!(typed.has_good_faith && typed.website.is_empty());
        let html = shown(Language::English, typed, Some("Something is missing."));
        for words in ["&#60;b&#62;", "value=\"p1\"", "Something is missing.", "name=\"website\""] {
            assert!(html.contains(words), "{words}");
        }
        assert!(!html.contains("<script"));
    }

    #[test]
    fn each_missing_element_has_its_words() {
        for t in [Language::English, Language::Arabic] {
            let places = ["reason", "location", "name", "email", "good_faith", "else"];
            let words: std::collections::BTreeSet<_> =
                places.into_iter().map(|place| problem(t, place)).collect();
            assert_eq!(words.len(), 6);
        }
        let arabic = shown(Language::Arabic, Typed::default(), None);
        assert!(arabic.contains("dir=\"rtl\""));
    }

    #[test]
    fn what_was_left_empty_is_not_given() {
        let typed = Typed { reason: "why".to_owned(), ..Typed::default() };
        let service = ServiceId::new("forum").unwrap();
        let made = input(&typed, NoticeGround::ChildAbuse, &service, Language::Arabic);
        assert_eq!((made.name, made.email, made.location), (None, None, None));
        assert_eq!(made.language.as_deref(), Some("ar"));
    }
}
