//! Errors over HTTP: RFC 9457 problem details, and the status of each, chosen here alone.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

/// Problem details (RFC 9457).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProblemBody {
    /// What kind of problem it is; stays the same over versions.
    #[schema(example = "urn:seawall:problem:invalid")]
    pub r#type: String,
    /// The kind in words.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// What is wrong with this request and what to do.
    pub detail: String,
    /// The places that are wrong, where there are several.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<Wrong>,
}

/// One place that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Wrong {
    /// Which item of the request, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index: Option<usize>,
    /// The field.
    pub place: String,
    /// What is wrong and what is accepted.
    pub problem: String,
}

/// A kind of problem: its stable word, its status and its title.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The request cannot be read at all.
    Malformed,
    /// No key, or one that is not known or was revoked.
    Unauthenticated,
    /// The key may not do this.
    Forbidden,
    /// There is no such thing.
    NotFound,
    /// The path knows no such method.
    Method,
    /// The state does not allow it.
    Conflict,
    /// The body is too large.
    TooLarge,
    /// The body is of a kind that the call does not read.
    ContentType,
    /// The content is not acceptable.
    Invalid,
    /// The idempotency key came with another request.
    KeyReused,
    /// Too many requests.
    TooMany,
    /// The deadline of the request passed.
    Deadline,
    /// The disk is full.
    Full,
    /// Too much work waits.
    Busy,
    /// Something failed within.
    Internal,
}

impl Kind {
    fn row(self) -> (&'static str, StatusCode, &'static str) {
        match self {
            Self::Malformed => ("malformed", StatusCode::BAD_REQUEST, "Cannot be read"),
            Self::Unauthenticated => {
                ("unauthenticated", StatusCode::UNAUTHORIZED, "No valid API key")
            }
            Self::Forbidden => ("forbidden", StatusCode::FORBIDDEN, "Not allowed with this key"),
            Self::NotFound => ("not-found", StatusCode::NOT_FOUND, "Not found"),
            Self::Method => ("method", StatusCode::METHOD_NOT_ALLOWED, "Wrong method"),
            Self::Conflict => ("conflict", StatusCode::CONFLICT, "Not possible as things stand"),
            Self::TooLarge => ("too-large", StatusCode::PAYLOAD_TOO_LARGE, "Too large"),
            Self::ContentType => {
                ("content-type", StatusCode::UNSUPPORTED_MEDIA_TYPE, "Wrong content type")
            }
            Self::Invalid => ("invalid", StatusCode::UNPROCESSABLE_ENTITY, "Not acceptable"),
            Self::KeyReused => {
                ("key-reused", StatusCode::UNPROCESSABLE_ENTITY, "Idempotency key reused")
            }
            Self::TooMany => ("too-many", StatusCode::TOO_MANY_REQUESTS, "Too many requests"),
            Self::Deadline => ("deadline", StatusCode::GATEWAY_TIMEOUT, "Deadline passed"),
            Self::Full => ("disk-full", StatusCode::INSUFFICIENT_STORAGE, "Disk full"),
            Self::Busy => ("busy", StatusCode::SERVICE_UNAVAILABLE, "Busy"),
            Self::Internal => ("internal", StatusCode::INTERNAL_SERVER_ERROR, "Failed within"),
        }
    }
}

/// A problem on its way to the caller.
#[derive(Debug)]
pub struct Problem {
    kind: Kind,
    detail: String,
    errors: Vec<Wrong>,
}

impl Problem {
    /// Makes one.
    pub fn new(kind: Kind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into(), errors: Vec::new() }
    }

    /// Makes one about several places.
    pub fn places(errors: Vec<Wrong>) -> Self {
        let detail = match errors.first() {
            Some(first) if errors.len() == 1 => format!("{}: {}", first.place, first.problem),
            Some(first) => format!(
                "{} places are wrong; the first is {}: {}. Nothing was kept.",
                errors.len(),
                first.place,
                first.problem
            ),
            None => "not acceptable".to_owned(),
        };
        Self { kind: Kind::Invalid, detail, errors }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (word, status, title) = self.kind.row();
        let body = ProblemBody {
            r#type: format!("urn:seawall:problem:{word}"),
            title: title.to_owned(),
            status: status.as_u16(),
            detail: self.detail,
            errors: self.errors,
        };
        let mut response = (status, Json(body)).into_response();
        let headers = response.headers_mut();
        let media_type = HeaderValue::from_static("application/problem+json");
        headers.insert(header::CONTENT_TYPE, media_type);
        match self.kind {
            Kind::Unauthenticated => {
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            Kind::TooMany | Kind::Busy => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
            }
            _ => {}
        }
        response
    }
}

impl From<engine::Error> for Problem {
    fn from(error: engine::Error) -> Self {
        use engine::Error;
        let detail = error.to_string();
        match error {
            Error::NotFound { .. } => Self::new(Kind::NotFound, detail),
            Error::Invalid { place, problem } => {
                Self::places(vec![Wrong { index: None, place, problem }])
            }
            Error::Rules(problems) => Self::new(Kind::Invalid, problems.render()),
            Error::Review(_)
            | Error::Order(_)
            | Error::Threat(_)
            | Error::Exposure(_)
            | Error::SomethingJoined { .. } => Self::new(Kind::Conflict, detail),
            Error::KeyReused { .. } => Self::new(Kind::KeyReused, detail),
            Error::NotifierSuspended { .. } => Self::new(Kind::Forbidden, detail),
            Error::Contended | Error::Busy => Self::new(Kind::Busy, detail),
            Error::SignInRefused | Error::SignInBlocked { .. } => {
                Self::new(Kind::Unauthenticated, detail)
            }
            Error::Store(inner) => Self::from_store(&inner, detail),
            Error::Vault(_) if is_full(&detail) => {
                tracing::error!(detail, "there is no room for evidence");
                Self::new(Kind::Full, NO_ROOM)
            }
            Error::Vault(_)
            | Error::Broken(_)
            | Error::Tree(_)
            | Error::Dataset { .. }
            | Error::Worker { .. }
            | Error::Random { .. }
            | Error::Damaged { .. } => Self::internal(&detail),
        }
    }
}

/// What a caller is told where evidence has no room; where the disk is, it is not told.
const NO_ROOM: &str = "the disk of the evidence is full; free some space, then send it again";

fn is_full(detail: &str) -> bool {
    detail.contains("No space left")
}

impl Problem {
    fn from_store(error: &engine::StoreError, detail: String) -> Self {
        use engine::StoreError;
        match error {
            StoreError::Busy => Self::new(Kind::Busy, detail),
            StoreError::Full { .. } => Self::new(Kind::Full, detail),
            StoreError::Conflict { .. } => Self::new(Kind::Conflict, detail),
            StoreError::Closed
            | StoreError::Open { .. }
            | StoreError::Later { .. }
            | StoreError::Damaged { .. }
            | StoreError::Database { .. } => Self::internal(&detail),
        }
    }

    /// What failed within is logged; the caller learns that it did, and not how.
    fn internal(detail: &str) -> Self {
        tracing::error!(detail, "a request failed");
        Self::new(Kind::Internal, "Something failed within; the log of the server says what.")
    }
}

/// Answers a call that does not exist.
pub async fn no_such_call(uri: axum::http::Uri) -> Problem {
    let detail = format!("There is no call {}; see /v1/openapi.json.", uri.path());
    Problem::new(Kind::NotFound, detail)
}

/// Answers a method that a path does not know.
pub async fn wrong_method(method: axum::http::Method, uri: axum::http::Uri) -> Problem {
    let detail = format!("{} knows no {method}; see /v1/openapi.json.", uri.path());
    Problem::new(Kind::Method, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caller_learns_when_to_come_back_and_how_to_say_who_it_is() {
        for (kind, status, name, value) in [
            (Kind::TooMany, 429, header::RETRY_AFTER, Some("1")),
            (Kind::Busy, 503, header::RETRY_AFTER, Some("1")),
            (Kind::Unauthenticated, 401, header::WWW_AUTHENTICATE, Some("Bearer")),
            (Kind::Full, 507, header::RETRY_AFTER, None),
            (Kind::ContentType, 415, header::RETRY_AFTER, None),
        ] {
            let response = Problem::new(kind, "words").into_response();
            assert_eq!(response.status().as_u16(), status, "{kind:?}");
            let found = response.headers().get(name).and_then(|found| found.to_str().ok());
            assert_eq!(found, value, "{kind:?}");
        }
    }

    #[test]
    fn what_failed_within_is_not_told() {
        let error = engine::Error::Worker { detail: "a path of ours".to_owned() };
        let problem = Problem::from(error);
        assert_eq!(problem.kind, Kind::Internal);
        assert!(!problem.detail.contains("path"), "{}", problem.detail);
    }
}
