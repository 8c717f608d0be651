//! Who visits: session, language, preferences; and what a form must bring.

use super::exposures::owed;
use super::orders::{Pressing, pressing};
use super::page::{Page, Refused, Tab};
use super::text::Language;
use crate::state::AppState;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use engine::{Actor, Origin, Role, Session};
use model::UserId;
use sha2::{Digest, Sha256};
use url::form_urlencoded;

/// The cookie of the session.
pub const SESSION: &str = "seawall_session";
/// The cookie of the language.
pub const LANGUAGE: &str = "seawall_language";
/// The cookie that says whether pictures are shown in grey.
pub const PICTURES: &str = "seawall_pictures";

/// What is known of a visitor before anybody signs in.
#[derive(Debug, Clone)]
pub struct Visitor {
    /// The language to answer in.
    pub language: Language,
    /// Whether pictures are shown in grey.
    pub is_grey: bool,
    /// The page's address without language and messages, for the language switch.
    pub here: String,
    /// A message of the step before, by its name.
    pub done: Option<String>,
}

/// A person who signed in.
#[derive(Debug, Clone)]
pub struct Person {
    /// The session.
    pub session: Session,
    /// What the person may do.
    pub role: Role,
    /// Language and preferences.
    pub visitor: Visitor,
    /// Whether the person is on duty for orders.
    pub is_on_duty: bool,
    /// What the person must have in sight of them.
    pub pressing: Vec<Pressing>,
    /// What exposure decisions ask for soon.
    pub owed: Option<Pressing>,
}

/// A person whose role sees records, deliveries, banks and rules.
#[derive(Debug, Clone)]
pub struct Lead(pub Person);

/// A person whose role sees studies.
#[derive(Debug, Clone)]
pub struct Analyst(pub Person);

/// A form that a person sent from a page of this console.
#[derive(Debug, Clone)]
pub struct Posted {
    /// Who.
    pub person: Person,
    fields: Vec<(String, String)>,
}

/// The fields of a form, in the order in which they came.
pub type Fields = Vec<(String, String)>;

impl Person {
    /// The id that the engine knows the person by.
    pub fn id(&self) -> &UserId {
        &self.session.user.id
    }

    /// The person as the one who acts.
    pub fn actor(&self) -> Actor {
        Actor::User(self.id().clone())
    }

    /// The person as the origin of a step.
    pub fn origin(&self) -> Origin {
        Origin::user(self.id().clone())
    }

    /// Whether records, deliveries, banks and rules are shown.
    pub fn is_lead(&self) -> bool {
        match self.role {
            Role::Reviewer | Role::Analyst => false,
            Role::Lead | Role::Admin => true,
        }
    }

    /// Whether studies are shown.
    pub fn is_analyst(&self) -> bool {
        match self.role {
            Role::Reviewer => false,
            Role::Analyst | Role::Lead | Role::Admin => true,
        }
    }
}

impl Posted {
    /// The first value of a field; empty where it did not come.
    pub fn get(&self, name: &str) -> &str {
        first(&self.fields, name)
    }
}

/// The first value of a field; empty where it did not come.
pub fn first<'a>(fields: &'a [(String, String)], name: &str) -> &'a str {
    fields.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
}

/// Reads one cookie.
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(';')).find_map(|pair| {
        let (known, value) = pair.trim().split_once('=')?;
        (known == name).then_some(value)
    })
}

/// Reads what is known of a visitor from the request.
pub fn visitor(parts: &Parts) -> Visitor {
    let query = query(parts);
    let wanted = first(&query, "lang");
    let accepted = parts.headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok());
    let language = Language::parse(wanted)
        .or_else(|| cookie(&parts.headers, LANGUAGE).and_then(Language::parse))
        .or_else(|| accepted.and_then(accepted_language))
        .unwrap_or(Language::English);
    let done = first(&query, "done");
    Visitor {
        language,
        is_grey: cookie(&parts.headers, PICTURES) == Some("grey"),
        here: here(parts.uri.path(), &query),
        done: (!done.is_empty()).then(|| done.to_owned()),
    }
}

fn query(parts: &Parts) -> Fields {
    form_urlencoded::parse(parts.uri.query().unwrap_or("").as_bytes()).into_owned().collect()
}

/// The first language of the header that the console has.
fn accepted_language(header: &str) -> Option<Language> {
    header.split(',').find_map(|part| Language::parse(part.split(';').next()?.trim()))
}

fn here(path: &str, query: &[(String, String)]) -> String {
    let kept = query.iter().filter(|(name, _)| !matches!(name.as_str(), "lang" | "done"));
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(kept).finish();
    if query.is_empty() { format!("{path}?") } else { format!("{path}?{query}&") }
}

/// Reads the session, if there is one.
///
/// # Errors
/// Where the store fails.
pub async fn session(
    state: &AppState,
    headers: &HeaderMap,
) -> Result<Option<Session>, engine::Error> {
    match cookie(headers, SESSION) {
        Some(token) => state.engine.session(token).await,
        None => Ok(None),
    }
}

/// The visitor in the language of the person, where none was asked for.
pub fn as_person(mut visitor: Visitor, session: Session, parts: &Parts) -> Option<Person> {
    let role = Role::parse(&session.user.role)?;
    let is_chosen =
        !first(&query(parts), "lang").is_empty() || cookie(&parts.headers, LANGUAGE).is_some();
    if !is_chosen && let Some(language) = Language::parse(&session.user.language) {
        visitor.language = language;
    }
    let (is_on_duty, pressing) = (false, Vec::new());
    Some(Person { session, role, visitor, is_on_duty, pressing, owed: None })
}

impl FromRequestParts<AppState> for Person {
    type Rejection = Response;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &AppState,
    ) -> Result<Self, Self::Rejection> {
        let visitor = visitor(parts);
        let found = session(state, &parts.headers).await;
        let session = found.map_err(|error| {
            Refused::by(&Page::outside(&visitor, Tab::None), error).into_response()
        })?;
        let to_sign_in = || {
            let to = form_urlencoded::byte_serialize(parts.uri.path().as_bytes());
            Redirect::to(&format!("/sign-in?to={}", to.collect::<String>())).into_response()
        };
        let person = session.and_then(|session| as_person(visitor, session, parts));
        let mut person = person.ok_or_else(to_sign_in)?;
        let sight = async {
            person.is_on_duty = state.engine.is_on_duty(person.id()).await?;
            person.pressing = pressing(state, &person).await?;
            person.owed = owed(state, &person).await?;
            Ok(())
        };
        let seen: Result<(), engine::Error> = sight.await;
        seen.map_err(|error| {
            Refused::by(&Page::outside(&person.visitor, Tab::None), error).into_response()
        })?;
        Ok(person)
    }
}

impl FromRequestParts<AppState> for Lead {
    type Rejection = Response;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &AppState,
    ) -> Result<Self, Self::Rejection> {
        let person = Person::from_request_parts(parts, state).await?;
        if person.is_lead() {
            return Ok(Self(person));
        }
        Err(Refused::forbidden(&Page::new(&person, Tab::None)).into_response())
    }
}

impl FromRequestParts<AppState> for Analyst {
    type Rejection = Response;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &AppState,
    ) -> Result<Self, Self::Rejection> {
        let person = Person::from_request_parts(parts, state).await?;
        if person.is_analyst() {
            return Ok(Self(person));
        }
        Err(Refused::forbidden(&Page::new(&person, Tab::None)).into_response())
    }
}

impl FromRequest<AppState> for Posted {
    type Rejection = Response;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Self::Rejection> {
        let (mut parts, body) = request.into_parts();
        let person = Person::from_request_parts(&mut parts, state).await?;
        let is_ours = comes_from_here(&parts.headers);
        let refused = || Refused::form(&Page::new(&person, Tab::None)).into_response();
        let request = Request::from_parts(parts, body);
        let Ok(bytes) = Bytes::from_request(request, state).await else {
            return Err(StatusCode::PAYLOAD_TOO_LARGE.into_response());
        };
        let fields: Fields = form_urlencoded::parse(&bytes).into_owned().collect();
        if !is_ours || !is_same(first(&fields, "form_token"), &person.session.form_token) {
            return Err(refused());
        }
        Ok(Self { person, fields })
    }
}

/// Compares digests, so that the time it takes tells nothing about the value.
fn is_same(given: &str, expected: &str) -> bool {
    Sha256::digest(given.as_bytes()) == Sha256::digest(expected.as_bytes())
}

/// Whether a browser says that a form was sent from a page of this console.
///
/// Browsers that say nothing are let through to the form's token. `Origin: null` is what a browser
/// sends for a page that asks it to tell no address, as these pages do.
pub fn comes_from_here(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text(header::HeaderName::from_static("sec-fetch-site")) {
        return site == "same-origin";
    }
    match (text(header::ORIGIN), text(header::HOST)) {
        (None | Some("null"), _) => true,
        (Some(origin), Some(host)) => {
            origin.split_once("://").is_some_and(|(_, origin)| origin == host)
        }
        (Some(_), None) => false,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use axum::http::{HeaderName, HeaderValue};

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let pair = |(name, value): &(&'static str, &'static str)| {
            (HeaderName::from_static(name), HeaderValue::from_static(value))
        };
        pairs.iter().map(pair).collect()
    }

    #[test]
    fn a_form_comes_from_here_or_is_refused() {
        let host = ("host", "desk.example.org");
        for (given, expected) in [
            (vec![host], true),
            (vec![host, ("sec-fetch-site", "same-origin")], true),
            (vec![host, ("sec-fetch-site", "same-site")], false),
            (vec![host, ("sec-fetch-site", "cross-site")], false),
            (vec![host, ("sec-fetch-site", "none")], false),
            (vec![host, ("origin", "https://desk.example.org")], true),
            (vec![host, ("origin", "https://evil.example.org")], false),
            (vec![host, ("origin", "https://evil.org?desk.example.org")], false),
            (vec![host, ("origin", "null")], true),
            (vec![("origin", "https://desk.example.org")], false),
            (vec![("origin", "null"), ("sec-fetch-site", "cross-site")], false),
        ] {
            assert_eq!(comes_from_here(&headers(&given)), expected, "{given:?}");
        }
    }

    #[test]
    fn cookies_are_found_by_their_whole_name() {
        let headers = headers(&[("cookie", "a=1; seawall_session=abc; xseawall_session=no")]);
        assert_eq!(cookie(&headers, SESSION), Some("abc"));
        assert_eq!(cookie(&headers, "session"), None);
    }

    #[test]
    fn the_language_is_the_one_asked_for() {
        for (uri, cookie, accept, expected) in [
            ("/queues?lang=ar", "seawall_language=en", "en", Language::Arabic),
            ("/queues", "seawall_language=ar", "en", Language::Arabic),
            ("/queues", "", "fr-FR, ar;q=0.5", Language::Arabic),
            ("/queues", "", "fr", Language::English),
            ("/queues?lang=xx", "", "ar", Language::Arabic),
        ] {
            let request = Request::builder()
                .uri(uri)
                .header("cookie", cookie)
                .header("accept-language", accept)
                .body(())
                .unwrap();
            let (parts, ()) = request.into_parts();
            assert_eq!(visitor(&parts).language, expected, "{uri} {cookie} {accept}");
        }
    }

    #[test]
    fn the_switch_keeps_the_page() {
        let request = Request::builder()
            .uri("/cases?queue=a%26b&lang=ar&done=moved&page=2")
            .body(())
            .unwrap();
        let (parts, ()) = request.into_parts();
        let visitor = visitor(&parts);
        assert_eq!(visitor.here, "/cases?queue=a%26b&page=2&");
        assert_eq!(visitor.done.as_deref(), Some("moved"));
    }

    #[test]
    fn form_tokens_are_compared_whole() {
        assert!(is_same("abc", "abc"));
        assert!(!is_same("", "abc"));
        assert!(!is_same("abcd", "abc"));
    }
}
