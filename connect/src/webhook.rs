//! Standard Webhooks: who sent a webhook, and that nobody changed it.
//!
//! Source: the Standard Webhooks specification 1.0.0, symmetric signatures (`v1`, HMAC-SHA256).
//! What is signed is `id.timestamp.body`, with the timestamp in whole seconds. A sender that
//! changes its secret signs with the old and the new one for a while; one match is enough.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use model::Timestamp;
use sha2::Sha256;
use std::fmt;

/// Fewest bytes of a secret.
pub const SECRET_BYTES_MIN: usize = 24;
/// Most bytes of a secret.
pub const SECRET_BYTES_MAX: usize = 64;
/// Most signatures of one webhook that are looked at.
const SIGNATURES: usize = 16;
const PREFIX: &str = "whsec_";
const VERSION: &str = "v1,";

/// Why a text or bytes are not a secret. It never repeats what was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SecretProblem {
    /// The text lacks the prefix.
    #[error("a webhook secret starts with `whsec_`")]
    Prefix,
    /// What follows the prefix is not base64.
    #[error("what follows `whsec_` in a webhook secret is base64 with its padding")]
    Encoding,
    /// The secret is too short or too long.
    #[error(
        "a webhook secret has {SECRET_BYTES_MIN} to {SECRET_BYTES_MAX} bytes before base64; \
         this one has {0}"
    )]
    Length(usize),
}

/// A secret that a service and Seawall share; its value never shows in debug output.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Vec<u8>);

impl Secret {
    /// Reads a secret as it is written, `whsec_` and base64.
    ///
    /// # Errors
    /// Where the prefix, the base64 or the length is not that of a secret.
    pub fn parse(text: &str) -> Result<Self, SecretProblem> {
        let encoded = text.trim().strip_prefix(PREFIX).ok_or(SecretProblem::Prefix)?;
        Self::from_bytes(&STANDARD.decode(encoded).map_err(|_| SecretProblem::Encoding)?)
    }

    /// Takes random bytes, which the caller draws, as a new secret.
    ///
    /// # Errors
    /// Where there are fewer than [`SECRET_BYTES_MIN`] or more than [`SECRET_BYTES_MAX`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SecretProblem> {
        if (SECRET_BYTES_MIN..=SECRET_BYTES_MAX).contains(&bytes.len()) {
            Ok(Self(bytes.to_vec()))
        } else {
            Err(SecretProblem::Length(bytes.len()))
        }
    }

    /// The secret as it is written, to be shown once to its owner or to be stored encrypted.
    #[must_use]
    pub fn expose(&self) -> String {
        format!("{PREFIX}{}", STANDARD.encode(&self.0))
    }

    fn mac(&self, id: &str, timestamp: &str, body: &[u8]) -> Hmac<Sha256> {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes keys of any length");
        for part in [id.as_bytes(), b".", timestamp.as_bytes(), b".", body] {
            mac.update(part);
        }
        mac
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(not shown)")
    }
}

/// The three headers of a webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Headers {
    /// `webhook-id`: the same for every attempt at one event.
    pub id: String,
    /// `webhook-timestamp`: when this attempt was made, in seconds since 1970.
    pub timestamp: String,
    /// `webhook-signature`: one or more signatures, separated by spaces.
    pub signature: String,
}

impl Headers {
    /// The names and values, to be set on a request.
    #[must_use]
    pub fn pairs(&self) -> [(&'static str, &str); 3] {
        [
            ("webhook-id", &self.id),
            ("webhook-timestamp", &self.timestamp),
            ("webhook-signature", &self.signature),
        ]
    }
}

/// Why a webhook is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignatureProblem {
    /// The timestamp is not a whole number of seconds in the accepted years.
    #[error("webhook-timestamp is not a whole number of seconds since 1970")]
    Timestamp,
    /// The webhook was made longer ago than is tolerated, so it may be a replay.
    #[error("the webhook was made {0} seconds ago, longer than is tolerated")]
    TooOld(i64),
    /// The webhook claims to be made in the future beyond what clocks differ.
    #[error("the webhook is dated {0} seconds ahead of this clock")]
    TooNew(i64),
    /// No signature fits any secret.
    #[error("no signature of the webhook fits a known secret")]
    NoMatch,
}

/// Signs a webhook with every secret in force; the newest secret comes first by convention.
///
/// Without secrets the signature is empty, which no receiver accepts.
#[must_use]
pub fn sign(secrets: &[Secret], id: &str, at: Timestamp, body: &[u8]) -> Headers {
    let timestamp = at.micros().div_euclid(1_000_000).to_string();
    let signatures: Vec<String> = secrets
        .iter()
        .map(|secret| {
            let mac = secret.mac(id, &timestamp, body).finalize().into_bytes();
            format!("{VERSION}{}", STANDARD.encode(mac))
        })
        .collect();
    Headers { id: id.to_owned(), timestamp, signature: signatures.join(" ") }
}

/// Verifies that a webhook comes from the holder of one of the secrets, unchanged and fresh.
///
/// Signatures of versions other than `v1` are passed over. Each comparison takes the same time
/// whatever the signature holds.
///
/// # Errors
/// Where the timestamp is unreadable or more than `tolerance_seconds` away from `now`, or where no
/// signature fits.
pub fn verify(
    secrets: &[Secret],
    headers: &Headers,
    body: &[u8],
    now: Timestamp,
    tolerance_seconds: u32,
) -> Result<(), SignatureProblem> {
    let made = made_at(&headers.timestamp).ok_or(SignatureProblem::Timestamp)?;
    let age_seconds = now.micros().div_euclid(1_000_000) - made.micros() / 1_000_000;
    if age_seconds > i64::from(tolerance_seconds) {
        return Err(SignatureProblem::TooOld(age_seconds));
    }
    if -age_seconds > i64::from(tolerance_seconds) {
        return Err(SignatureProblem::TooNew(-age_seconds));
    }
    let fits = |mac: &[u8]| {
        secrets.iter().any(|secret| {
            let expected = secret.mac(&headers.id, &headers.timestamp, body);
            expected.verify_slice(mac).is_ok()
        })
    };
    let found = headers
        .signature
        .split(' ')
        .take(SIGNATURES)
        .filter_map(|signature| STANDARD.decode(signature.strip_prefix(VERSION)?).ok())
        .any(|mac| fits(&mac));
    if found { Ok(()) } else { Err(SignatureProblem::NoMatch) }
}

/// Digits alone: what is signed is the text, so that `+5` and `5` must not both be taken for 5.
fn made_at(text: &str) -> Option<Timestamp> {
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let micros = text.parse::<i64>().ok()?.checked_mul(1_000_000)?;
    Timestamp::from_micros(micros).ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use http::{HeaderMap, HeaderName, HeaderValue};
    use proptest::prelude::*;
    use standardwebhooks::Webhook;

    const BODY: &[u8] = br#"{"test": 2432232314}"#;

    fn secret(fill: u8) -> Secret {
        Secret::from_bytes(&[fill; 32]).unwrap()
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(seconds * 1_000_000).unwrap()
    }

    fn now() -> Timestamp {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        at(i64::try_from(since.as_secs()).unwrap())
    }

    fn header_map(headers: &Headers) -> HeaderMap {
        let pair = |(name, value): (&'static str, &str)| {
            (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap())
        };
        headers.pairs().into_iter().map(pair).collect()
    }

    /// The example that the libraries of the specification share.
    #[test]
    fn gives_the_signature_of_the_specification() {
        let secret = Secret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let headers = sign(&[secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", at(1_614_265_330), BODY);
        assert_eq!(headers.timestamp, "1614265330");
        assert_eq!(headers.signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn the_peer_accepts_what_we_sign() {
        let (old, new) = (secret(1), secret(2));
        let headers = header_map(&sign(&[new.clone(), old.clone()], "action_1", now(), BODY));
        for known in [&old, &new] {
            Webhook::new(&known.expose()).unwrap().verify(BODY, &headers).unwrap();
        }
        let stranger = Webhook::new(&secret(3).expose()).unwrap();
        assert!(stranger.verify(BODY, &headers).is_err());
        let known = Webhook::new(&old.expose()).unwrap();
        assert!(known.verify(b"changed", &headers).is_err());
    }

    #[test]
    fn we_accept_what_the_peer_signs() {
        let secret = secret(9);
        let peer = Webhook::new(&secret.expose()).unwrap();
        let signature = peer.sign("msg_1", 1_700_000_000, BODY).unwrap();
        let timestamp = "1700000000".to_owned();
        let headers = Headers { id: "msg_1".into(), timestamp, signature };
        assert_eq!(verify(&[secret], &headers, BODY, at(1_700_000_010), 300), Ok(()));
    }

    #[test]
    fn refuses_what_was_changed_or_is_stale() {
        let signed = || sign(&[secret(1)], "a", at(1_000_000), BODY);
        type Change = fn(&mut Headers);
        let no_match = Err(SignatureProblem::NoMatch);
        let cases: [(&str, Change, i64, Result<(), SignatureProblem>); 12] = [
            ("as it was", |_| {}, 1_000_000, Ok(())),
            ("at the edge", |_| {}, 1_000_300, Ok(())),
            ("ahead, at the edge", |_| {}, 999_700, Ok(())),
            ("too old", |_| {}, 1_000_301, Err(SignatureProblem::TooOld(301))),
            ("too new", |_| {}, 999_699, Err(SignatureProblem::TooNew(301))),
            ("other id", |h| h.id.push('b'), 1_000_000, no_match.clone()),
            ("other time", |h| h.timestamp = "1000001".into(), 1_000_000, no_match.clone()),
            ("no signature", |h| h.signature.clear(), 1_000_000, no_match.clone()),
            ("asymmetric", |h| h.signature.replace_range(..2, "v1a"), 1_000_000, no_match.clone()),
            ("cut", |h| h.signature.truncate(20), 1_000_000, no_match.clone()),
            ("signs", |h| h.timestamp = "+1000000".into(), 0, Err(SignatureProblem::Timestamp)),
            ("absurd", |h| h.timestamp = "9".repeat(18), 0, Err(SignatureProblem::Timestamp)),
        ];
        for (name, change, now, expected) in cases {
            let mut headers = signed();
            change(&mut headers);
            assert_eq!(verify(&[secret(1)], &headers, BODY, at(now), 300), expected, "{name}");
        }
        let now = at(1_000_000);
        assert_eq!(verify(&[secret(1)], &signed(), b"other", now, 300), no_match);
        assert_eq!(verify(&[secret(2)], &signed(), BODY, now, 300), no_match);
        assert_eq!(verify(&[], &signed(), BODY, now, 300), no_match);
    }

    #[test]
    fn any_of_several_signatures_is_enough() {
        let both = sign(&[secret(1), secret(2)], "a", at(5), BODY);
        assert_eq!(both.signature.split(' ').count(), 2);
        assert_eq!(verify(&[secret(2)], &both, BODY, at(5), 0), Ok(()));
        assert_eq!(verify(&[secret(7), secret(1)], &both, BODY, at(5), 0), Ok(()));
        let unsigned = sign(&[], "a", at(5), BODY);
        assert_eq!(unsigned.signature, "");
        assert!(verify(&[secret(1)], &unsigned, BODY, at(5), 0).is_err());
    }

    #[test]
    fn reads_secrets() {
        let of = |bytes: usize| format!("whsec_{}", STANDARD.encode(vec![7; bytes]));
        for (text, expected) in [
            (of(24), None),
            (of(64), None),
            (format!(" {}\n", of(32)), None),
            (of(23), Some(SecretProblem::Length(23))),
            (of(65), Some(SecretProblem::Length(65))),
            (String::new(), Some(SecretProblem::Prefix)),
            ("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".into(), Some(SecretProblem::Prefix)),
            ("whsec_not base64".into(), Some(SecretProblem::Encoding)),
            ("whsec_".into(), Some(SecretProblem::Length(0))),
        ] {
            assert_eq!(Secret::parse(&text).err(), expected, "{text}");
        }
    }

    #[test]
    fn never_shows_its_value() {
        let secret = secret(65);
        assert_eq!(format!("{secret:?}"), "Secret(not shown)");
        assert_eq!(Secret::parse(&secret.expose()).unwrap(), secret);
        let problem = Secret::parse("whsec_hunter2!").unwrap_err();
        assert!(!format!("{problem} {problem:?}").contains("hunter2"));
    }

    proptest! {
        #[test]
        fn arbitrary_text_never_panics(
            text in "\\PC*", id in "\\PC*", timestamp in "\\PC*|[0-9]*", signature in "\\PC*",
            body: Vec<u8>,
        ) {
            let _ = Secret::parse(&text);
            let headers = Headers { id, timestamp, signature };
            prop_assert!(verify(&[secret(1)], &headers, &body, at(1), 5).is_err());
        }

        #[test]
        fn what_is_signed_verifies(
            key in prop::collection::vec(any::<u8>(), 24..=64), id in "[a-z0-9_]{1,40}",
            body: Vec<u8>, seconds in 0_i64..7_000_000_000,
        ) {
            let secrets = [Secret::from_bytes(&key).unwrap()];
            let headers = sign(&secrets, &id, at(seconds), &body);
            prop_assert_eq!(verify(&secrets, &headers, &body, at(seconds), 0), Ok(()));
        }
    }
}
