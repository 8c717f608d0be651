//! Delivering a webhook: one attempt, what became of it, and how long to wait for the next.

use crate::cloud_event::CONTENT_TYPE;
use crate::guard::{Client, ConnectError, header_text};
use crate::webhook::{Secret, sign};
use model::{Timestamp, limits};
use reqwest::header::RETRY_AFTER;

/// Where the webhooks of a service go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// The URL that takes them.
    pub url: String,
    /// The secrets in force, the newest first; more than one while a secret is being changed.
    pub secrets: Vec<Secret>,
}

/// A webhook that its receiver took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delivered {
    /// The HTTP status of its answer, 200 to 299.
    pub status: u16,
}

/// Whether another attempt is worth making.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryProblemKind {
    /// Try again later.
    Retry,
    /// Trying again changes nothing until a person changes the endpoint.
    Permanent,
}

/// Why a webhook was not delivered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct DeliveryProblem {
    /// Whether another attempt is worth making.
    pub kind: DeliveryProblemKind,
    /// What happened, in words for the operator.
    pub detail: String,
    /// How long the receiver asks to be left alone, at most [`limits::DELIVERY_BACKOFF_SECONDS`].
    pub retry_after_seconds: Option<i64>,
}

impl DeliveryProblem {
    fn permanent(detail: impl Into<String>) -> Self {
        Self {
            kind: DeliveryProblemKind::Permanent,
            detail: detail.into(),
            retry_after_seconds: None,
        }
    }
}

impl Client {
    /// Makes one attempt at delivering a webhook, signed with every secret of the endpoint.
    ///
    /// `id` stays the same over all attempts; `at` is when this attempt is made. The status alone
    /// decides: 2xx is taken as delivered, and 410 as the receiver's word that it wants no more.
    /// Every other status, 4xx and 3xx among them, is tried again, as Standard Webhooks asks:
    /// receivers answer 400 or 404 in the middle of a deployment, and an action must not be lost to
    /// that.
    ///
    /// # Errors
    /// Where the webhook was not taken; the kind says whether to try again.
    pub async fn deliver(
        &self,
        endpoint: &Endpoint,
        id: &str,
        at: Timestamp,
        body: &[u8],
    ) -> Result<Delivered, DeliveryProblem> {
        if endpoint.secrets.is_empty() {
            let detail = "the endpoint has no secret; unsigned webhooks are not sent";
            return Err(DeliveryProblem::permanent(detail));
        }
        let signed = sign(&endpoint.secrets, id, at, body);
        let [id, timestamp, signature] = signed.pairs();
        let headers = [("content-type", CONTENT_TYPE), id, timestamp, signature];
        match self.send_post(&endpoint.url, &headers, body.to_vec()).await {
            Ok((host, response)) => {
                let wait = header_text(response.headers(), &RETRY_AFTER);
                let wait = wait.and_then(|text| retry_after_seconds(&text, at));
                judged(&host, response.status().as_u16(), wait)
            }
            Err(error) => Err(not_sent(&error)),
        }
    }
}

fn judged(host: &str, status: u16, wait: Option<i64>) -> Result<Delivered, DeliveryProblem> {
    let detail = match status {
        200..=299 => return Ok(Delivered { status }),
        410 => {
            let detail = format!("{host} answered 410: it wants no more webhooks at this URL");
            return Err(DeliveryProblem::permanent(detail));
        }
        300..=399 => format!(
            "{host} answered {status}, a redirect, which is not followed: give the final URL"
        ),
        _ => format!("{host} answered {status}"),
    };
    Err(DeliveryProblem { kind: DeliveryProblemKind::Retry, detail, retry_after_seconds: wait })
}

fn not_sent(error: &ConnectError) -> DeliveryProblem {
    let kind = match error {
        ConnectError::Url { .. } | ConnectError::Refused { .. } | ConnectError::Header { .. } => {
            DeliveryProblemKind::Permanent
        }
        ConnectError::TooLarge { .. }
        | ConnectError::Timeout { .. }
        | ConnectError::Unreachable { .. }
        | ConnectError::Start(_) => DeliveryProblemKind::Retry,
    };
    DeliveryProblem { kind, detail: error.to_string(), retry_after_seconds: None }
}

/// Reads `Retry-After` (RFC 9110 section 10.2.3), in seconds or as a date.
pub(crate) fn retry_after_seconds(text: &str, now: Timestamp) -> Option<i64> {
    let text = text.trim();
    let seconds = if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        // A number too large for the type is long all the same.
        text.parse::<i64>().unwrap_or(i64::MAX)
    } else {
        let date = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text).ok()?;
        date.as_second() - now.micros().div_euclid(1_000_000)
    };
    Some(seconds.clamp(0, limits::DELIVERY_BACKOFF_SECONDS))
}

/// How long to wait after so many failed attempts (from 1), in seconds.
///
/// It doubles from 5 seconds up to [`limits::DELIVERY_BACKOFF_SECONDS`]. `jitter` is drawn by the
/// caller, 0 to 1000 (larger counts as 1000): it takes up to half of the wait away, so that many
/// failed deliveries don't come back all at once. With [`limits::DELIVERY_ATTEMPTS`] attempts the
/// last is made one and a half to three days after the first.
#[must_use]
pub fn backoff_seconds(attempt: u32, jitter: u32) -> i64 {
    let doublings = attempt.saturating_sub(1).min(20);
    let longest = (5_i64 << doublings).min(limits::DELIVERY_BACKOFF_SECONDS);
    longest - longest * i64::from(jitter.min(1_000)) / 2_000
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::cloud_event::{action_event, tests::action};
    use crate::guard::{Guard, HostPort};
    use crate::test_server::{Manner, Server};
    use crate::webhook::{Headers, verify};
    use proptest::prelude::*;
    use std::time::Duration;

    const ID: &str = "action_0199";

    fn at() -> Timestamp {
        Timestamp::parse("2026-03-01T10:00:00Z").unwrap()
    }

    fn endpoint(url: impl Into<String>) -> Endpoint {
        Endpoint { url: url.into(), secrets: vec![Secret::from_bytes(&[7; 32]).unwrap()] }
    }

    fn allowing(server: &Server) -> Client {
        let allow = vec![HostPort::parse(&format!("127.0.0.1:{}", server.port)).unwrap()];
        Client::with_timeout(Guard { allow }, Duration::from_millis(400)).unwrap()
    }

    async fn attempt(server: &Server) -> Result<Delivered, DeliveryProblem> {
        allowing(server).deliver(&endpoint(server.url()), ID, at(), b"{}").await
    }

    #[tokio::test]
    async fn what_arrives_verifies() {
        let server = Server::answering("202 Accepted", "", "").await;
        let (endpoint, body) = (endpoint(server.url()), action_event(&action("harbour")));
        let delivered = allowing(&server).deliver(&endpoint, ID, at(), &body).await.unwrap();
        assert_eq!(delivered, Delivered { status: 202 });
        let request = server.requests().remove(0);
        let (head, received) = request.split_once("\r\n\r\n").unwrap();
        let header = |name: &str| {
            let line = head.lines().find_map(|line| line.strip_prefix(name));
            line.unwrap().trim_start_matches(": ").to_owned()
        };
        let headers = Headers {
            id: header("webhook-id"),
            timestamp: header("webhook-timestamp"),
            signature: header("webhook-signature"),
        };
        assert_eq!(headers.id, ID);
        assert_eq!(header("content-type"), CONTENT_TYPE);
        assert_eq!(received.as_bytes(), body);
        assert_eq!(verify(&endpoint.secrets, &headers, received.as_bytes(), at(), 0), Ok(()));
    }

    #[tokio::test]
    async fn statuses_are_judged() {
        use DeliveryProblemKind::{Permanent, Retry};
        for (status, headers, expected) in [
            ("200 OK", "", Ok(200)),
            ("204 None", "", Ok(204)),
            ("301 Moved", "location: http://127.0.0.1:1/\r\n", Err((Retry, None))),
            ("400 Bad", "", Err((Retry, None))),
            ("401 Who", "", Err((Retry, None))),
            ("404 Where", "", Err((Retry, None))),
            ("408 Slow", "", Err((Retry, None))),
            ("410 Gone", "retry-after: 5\r\n", Err((Permanent, None))),
            ("425 Early", "", Err((Retry, None))),
            ("429 Many", "retry-after: 120\r\n", Err((Retry, Some(120)))),
            ("500 Oops", "", Err((Retry, None))),
            ("503 Busy", "retry-after: 999999\r\n", Err((Retry, Some(21_600)))),
            ("503 Busy", "retry-after: Sun, 01 Mar 2026 10:02:00 GMT\r\n", Err((Retry, Some(120)))),
            ("503 Busy", "retry-after: soon\r\n", Err((Retry, None))),
        ] {
            let server = Server::answering(status, headers, "").await;
            let found = attempt(&server).await;
            let found = found
                .map(|delivered| delivered.status)
                .map_err(|problem| (problem.kind, problem.retry_after_seconds));
            assert_eq!(found, expected, "{status}");
        }
    }

    #[tokio::test]
    async fn an_answer_that_drips_is_delivered_by_its_status() {
        let start = b"HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n".to_vec();
        let server = Server::start(Manner::Drips(start)).await;
        assert_eq!(attempt(&server).await, Ok(Delivered { status: 200 }));
    }

    #[tokio::test]
    async fn silence_is_tried_again() {
        let server = Server::start(Manner::Stalls).await;
        let problem = attempt(&server).await.unwrap_err();
        assert_eq!(problem.kind, DeliveryProblemKind::Retry);
        assert!(problem.detail.contains("400 ms"), "{problem}");
    }

    #[tokio::test]
    async fn what_cannot_work_is_permanent_and_not_sent() {
        let server = Server::answering("200 OK", "", "").await;
        let (guarded, allowed) = (Client::new(Guard::default()).unwrap(), allowing(&server));
        let unsigned = Endpoint { url: server.url(), secrets: vec![] };
        for (client, endpoint, id, part) in [
            (&guarded, &endpoint(server.url()), ID, "not on the public internet (loopback)"),
            (&guarded, &endpoint("http://localhost/"), ID, "loopback"),
            (&guarded, &endpoint("ftp://example.com/"), ID, "only http"),
            (&allowed, &endpoint(server.url()), "two\nlines", "webhook-id"),
            (&allowed, &unsigned, ID, "no secret"),
        ] {
            let problem = client.deliver(endpoint, id, at(), b"{}").await.unwrap_err();
            assert_eq!(problem.kind, DeliveryProblemKind::Permanent, "{problem}");
            assert!(problem.detail.contains(part), "{problem}");
        }
        assert_eq!(server.requests().len(), 0);
    }

    #[test]
    fn waits_grow_to_the_limit() {
        for (attempt, jitter, expected) in [
            (0, 0, 5),
            (1, 0, 5),
            (2, 0, 10),
            (7, 0, 320),
            (13, 0, 20_480),
            (14, 0, 21_600),
            (u32::MAX, 0, 21_600),
            (1, 1_000, 3),
            (14, 1_000, 10_800),
            (14, 500, 16_200),
            (14, u32::MAX, 10_800),
        ] {
            assert_eq!(backoff_seconds(attempt, jitter), expected, "{attempt} {jitter}");
        }
        let total = |jitter| -> i64 {
            (1..limits::DELIVERY_ATTEMPTS).map(|attempt| backoff_seconds(attempt, jitter)).sum()
        };
        assert!(total(1_000) > 36 * 3_600 - 3_600 && total(0) < 72 * 3_600, "{}", total(1_000));
    }

    proptest! {
        #[test]
        fn waits_are_bounded_and_never_shrink(attempt: u32, jitter in 0_u32..=1_000) {
            let wait = backoff_seconds(attempt, jitter);
            prop_assert!((2..=limits::DELIVERY_BACKOFF_SECONDS).contains(&wait));
            prop_assert!(backoff_seconds(attempt.saturating_add(1), jitter) >= wait);
        }

        #[test]
        fn arbitrary_retry_after_never_panics(text in "\\PC*|[0-9]{0,40}") {
            if let Some(seconds) = retry_after_seconds(&text, at()) {
                prop_assert!((0..=limits::DELIVERY_BACKOFF_SECONDS).contains(&seconds));
            }
        }
    }
}
