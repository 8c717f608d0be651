//! Who calls: the key, what it may do, how often, and whether the request was made before.

use crate::api::problem::{Kind, Problem};
use crate::state::AppState;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{Extensions, Method, Uri, header};
use engine::{Actor, KeyRow, Once, Origin, Scope};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use model::{KeyId, ServiceId, limits};
use sha2::{Digest, Sha256};
use std::num::NonZeroU32;

/// Requests by key.
pub struct Rates(DefaultKeyedRateLimiter<KeyId>);

impl Rates {
    /// Starts counting.
    #[must_use]
    pub fn new() -> Self {
        let most = NonZeroU32::new(limits::KEY_REQUESTS_PER_SECOND).unwrap_or(NonZeroU32::MIN);
        Self(RateLimiter::keyed(Quota::per_second(most)))
    }

    /// Forgets keys that have been quiet.
    pub fn forget(&self) {
        self.0.retain_recent();
        self.0.shrink_to_fit();
    }
}

/// A caller with a valid key.
#[derive(Debug, Clone)]
pub struct Caller {
    key: KeyRow,
}

impl Caller {
    /// Requires a scope.
    ///
    /// # Errors
    /// Where the key lacks it; the problem says which it has.
    pub fn need(&self, scope: Scope) -> Result<(), Problem> {
        if scope.is_in(&self.key.scopes) {
            return Ok(());
        }
        let detail = format!(
            "This call needs the scope `{}`; the key has: {}.",
            scope.as_str(),
            self.key.scopes
        );
        Err(Problem::new(Kind::Forbidden, detail))
    }

    /// Requires that the key may speak for a service.
    ///
    /// # Errors
    /// Where the key is bound to another service.
    pub fn speaks_for(&self, service: &ServiceId) -> Result<(), Problem> {
        match &self.key.service {
            Some(own) if own != service => {
                let detail = format!("This key speaks for `{own}`, not for `{service}`.");
                Err(Problem::new(Kind::Forbidden, detail))
            }
            Some(_) | None => Ok(()),
        }
    }

    /// The one service that the key may speak for, if it is bound to one.
    #[must_use]
    pub fn service(&self) -> Option<&ServiceId> {
        self.key.service.as_ref()
    }

    /// Requires that the key is bound to no service.
    ///
    /// # Errors
    /// Where it is bound to one: what is asked for concerns all services.
    pub fn speaks_for_all(&self) -> Result<(), Problem> {
        match &self.key.service {
            Some(own) => {
                let detail = format!("This concerns all services, and the key speaks for `{own}`.");
                Err(Problem::new(Kind::Forbidden, detail))
            }
            None => Ok(()),
        }
    }

    /// Whether the key may hear of an event: one of a service that it speaks for.
    #[must_use]
    pub fn may_hear(&self, event: &serde_json::Value) -> bool {
        let service = event.get("service").and_then(serde_json::Value::as_str);
        self.key.service.as_ref().is_none_or(|own| service == Some(own.as_str()))
    }

    /// Who it is, for records.
    #[must_use]
    pub fn actor(&self) -> Actor {
        Actor::Key(self.key.id.clone())
    }
}

impl FromRequestParts<AppState> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let refused = |detail: &str| Problem::new(Kind::Unauthenticated, detail);
        let sent = parts
            .headers
            .get(header::AUTHORIZATION)
            .ok_or_else(|| refused("Send the header `Authorization: Bearer KEY`."))?
            .to_str()
            .ok()
            .and_then(|value| value.strip_prefix("Bearer "))
            .ok_or_else(|| refused("The header must read `Authorization: Bearer KEY`."))?;
        let key = state.engine.key(sent.trim()).await?;
        let key = key.ok_or_else(|| refused("This key is not known here."))?;
        if let Some(at) = key.revoked {
            return Err(refused(&format!("This key was revoked at {at}; ask for a new one.")));
        }
        if state.rates.0.check_key(&key.id).is_err() {
            let most = limits::KEY_REQUESTS_PER_SECOND;
            let detail = format!("At most {most} requests a second with one key.");
            return Err(Problem::new(Kind::TooMany, detail));
        }
        Ok(Self { key })
    }
}

/// The form of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// JSON, or lines of it; also where no content type was sent.
    Json,
    /// Plain text, such as CSV.
    Text,
    /// Parts of a form.
    Multipart,
    /// Anything else.
    Other,
}

/// A POST: the caller, the whole body, and the idempotency key.
pub struct Posted {
    /// Who calls.
    pub caller: Caller,
    /// The body.
    pub body: Bytes,
    /// The content type.
    pub content_type: String,
    /// What the server's layers noted of the request, such as the limit on its body.
    pub extensions: Extensions,
    once: Option<Once>,
}

impl Posted {
    /// Where the request comes from, for the engine.
    #[must_use]
    pub fn origin(&self) -> Origin {
        Origin { actor: self.caller.actor(), once: self.once.clone() }
    }

    /// Reads the body as JSON of a type.
    ///
    /// # Errors
    /// Where it is not UTF-8, not JSON or of another shape; the field is named.
    pub fn json<T: serde::de::DeserializeOwned>(&self) -> Result<T, Problem> {
        match self.form() {
            Form::Json => crate::api::read::json(&self.body),
            Form::Text | Form::Multipart | Form::Other => {
                Err(self.wrong_form("`application/json`"))
            }
        }
    }

    /// The form that the body has, as its content type says.
    #[must_use]
    pub fn form(&self) -> Form {
        let essence = self.content_type.split(';').next().unwrap_or_default();
        match essence.trim().to_ascii_lowercase().as_str() {
            "multipart/form-data" => Form::Multipart,
            json if json.ends_with("json") || json.ends_with("jsonl") => Form::Json,
            text if text.starts_with("text/") => Form::Text,
            _ => Form::Other,
        }
    }

    /// The problem of a body in another form than the call takes.
    #[must_use]
    pub fn wrong_form(&self, taken: &str) -> Problem {
        let detail = format!("The content type is `{}`; send {taken}.", self.content_type);
        Problem::new(Kind::ContentType, detail)
    }
}

impl FromRequest<AppState> for Posted {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let caller = Caller::from_request_parts(&mut parts, state).await?;
        let token = idempotency_key(&parts)?;
        let content_type = parts
            .headers
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or("application/json")
            .to_owned();
        let (method, uri) = (parts.method.clone(), parts.uri.clone());
        let extensions = parts.extensions.clone();
        let request = Request::from_parts(parts, body);
        let body = Bytes::from_request(request, state).await.map_err(|rejection| {
            let limit = limits::REQUEST_BYTES;
            match rejection.status() {
                axum::http::StatusCode::PAYLOAD_TOO_LARGE => Problem::new(
                    Kind::TooLarge,
                    format!("The body is larger than {limit} bytes. Send fewer items at once."),
                ),
                _ => Problem::new(Kind::Malformed, format!("The body did not arrive: {rejection}")),
            }
        })?;
        let once = token.map(|token| Once { token, digest: digest(&method, &uri, &body) });
        Ok(Self { caller, body, content_type, extensions, once })
    }
}

fn idempotency_key(parts: &Parts) -> Result<Option<String>, Problem> {
    let Some(value) = parts.headers.get("idempotency-key") else { return Ok(None) };
    let text = value
        .to_str()
        .ok()
        .filter(|text| !text.is_empty() && text.len() <= limits::IDEMPOTENCY_KEY_BYTES);
    let limit = limits::IDEMPOTENCY_KEY_BYTES;
    let detail = format!("`Idempotency-Key` must be 1 to {limit} printable ASCII characters.");
    text.map(|text| Some(text.to_owned())).ok_or_else(|| Problem::new(Kind::Invalid, detail))
}

/// What makes two requests the same. How the answer is wanted (`wait`) does not count.
fn digest(method: &Method, uri: &Uri, body: &[u8]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update(method.as_str());
    hasher.update([0]);
    hasher.update(uri.path());
    hasher.update([0]);
    hasher.update(body);
    hasher.finalize().into()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_asks_too_often_is_slowed_and_no_other() {
        let (rates, busy, quiet) =
            (Rates::new(), KeyId::new("key_1").unwrap(), KeyId::new("key_2").unwrap());
        let most = limits::KEY_REQUESTS_PER_SECOND;
        let allowed = (0..2 * most).filter(|_| rates.0.check_key(&busy).is_ok()).count();
        assert!(allowed >= most as usize, "only {allowed} were allowed");
        let drained = (0..most).any(|_| rates.0.check_key(&busy).is_err());
        assert!(drained, "a key may ask without end");
        assert!(rates.0.check_key(&quiet).is_ok());
    }

    #[test]
    fn the_form_of_a_body_is_what_its_content_type_says() {
        let caller = Caller {
            key: KeyRow {
                id: KeyId::new("key_1").unwrap(),
                digest: String::new(),
                name: String::new(),
                scopes: "submit".to_owned(),
                service: None,
                at: model::Timestamp::from_micros(0).unwrap(),
                revoked: None,
            },
        };
        for (content_type, form) in [
            ("application/json", Form::Json),
            ("Application/JSON; charset=utf-8", Form::Json),
            ("application/activity+json", Form::Json),
            ("application/x-ndjson", Form::Json),
            ("application/jsonl", Form::Json),
            ("text/csv;header=present", Form::Text),
            ("multipart/form-data; boundary=x", Form::Multipart),
            ("application/x-www-form-urlencoded", Form::Other),
            ("jsonx/y", Form::Other),
            ("", Form::Other),
        ] {
            let (caller, content_type) = (caller.clone(), content_type.to_owned());
            let posted = Posted {
                caller,
                body: Bytes::new(),
                content_type,
                extensions: Extensions::new(),
                once: None,
            };
            assert_eq!(posted.form(), form, "{}", posted.content_type);
        }
    }
}
