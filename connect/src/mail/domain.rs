//! Which domains signed a message (DKIM, RFC 6376).

use mail_auth::common::cache::NoCache;
use mail_auth::common::parse::TxtRecordParser;
use mail_auth::common::verify::DomainKey;
use mail_auth::{
    AuthenticatedMessage, DkimResult, Error, MX, MessageAuthenticator, Parameters, ResolverCache,
    Txt,
};
use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;
use std::time::Instant;

/// Why a key that was not written down is not known.
const NOT_ASKED: &str = "the name system is not asked";

/// The keys of domains: those that the operator wrote down, and, where that is wanted, those that
/// the domains publish in the name system.
pub struct DomainKeys {
    known: Known,
    authenticator: MessageAuthenticator,
}

impl std::fmt::Debug for DomainKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DomainKeys").field("known", &self.known.keys.len()).finish()
    }
}

/// Why keys of domains cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyProblem {
    /// A key cannot be read.
    #[error(
        "the key of `{name}` cannot be read: write it as the domain publishes it, v=DKIM1; p=…"
    )]
    Key {
        /// The name it stands under.
        name: String,
    },
    /// The name system cannot be asked.
    #[error("the name system cannot be asked: {detail}")]
    Names {
        /// What is wrong.
        detail: String,
    },
}

/// Whether the name system is asked for keys that were not written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asking {
    Yes,
    No,
}

struct Known {
    keys: HashMap<String, Arc<DomainKey>>,
    asking: Asking,
}

impl ResolverCache<String, Txt> for Known {
    fn get<Q>(&self, name: &Q) -> Option<Txt>
    where
        String: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        match (self.keys.get(name), self.asking) {
            (Some(key), _) => Some(Txt::DomainKey(key.clone())),
            (None, Asking::Yes) => None,
            (None, Asking::No) => Some(Txt::Error(Error::DnsError(NOT_ASKED.to_owned()))),
        }
    }

    fn remove<Q>(&self, name: &Q) -> Option<Txt>
    where
        String: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        self.get(name)
    }

    /// What the name system said is not kept: messages are few, and keys change.
    fn insert(&self, _: String, _: Txt, _: Instant) {}
}

impl DomainKeys {
    /// Takes the keys that were written down, by names such as `key1._domainkey.authority.example`,
    /// and, with `ask`, asks the name system of the machine for others.
    ///
    /// # Errors
    /// Where a key cannot be read, or the machine names no name server.
    pub fn new<'a>(
        written: impl IntoIterator<Item = (&'a str, &'a str)>,
        ask: bool,
    ) -> Result<Self, KeyProblem> {
        let mut keys = HashMap::new();
        for (name, key) in written {
            let wrong = |_| KeyProblem::Key { name: name.to_owned() };
            let read = DomainKey::parse(key.as_bytes()).map_err(wrong)?;
            let full = format!("{}.", name.trim_end_matches('.').to_ascii_lowercase());
            keys.insert(full, Arc::new(read));
        }
        let asking = if ask { Asking::Yes } else { Asking::No };
        let authenticator = match asking {
            Asking::Yes => MessageAuthenticator::new_system_conf(),
            // It is never asked: what is not written down is answered before.
            Asking::No => MessageAuthenticator::new_quad9(),
        };
        let names = |error: &dyn std::fmt::Display| KeyProblem::Names { detail: error.to_string() };
        let authenticator = authenticator.map_err(|error| names(&error))?;
        Ok(Self { known: Known { keys, asking }, authenticator })
    }

    /// The domains whose signature over the whole message and its `From` line holds, in lower case.
    /// One that cannot be checked is left out: nothing is believed on doubt.
    pub async fn signed_by(&self, message: &[u8]) -> Vec<String> {
        let Some(message) = AuthenticatedMessage::parse(message) else { return Vec::new() };
        let parameters = Parameters {
            params: &message,
            cache_txt: Some(&self.known),
            cache_mx: None::<&NoCache<String, Arc<Vec<MX>>>>,
            cache_ptr: None::<&NoCache<IpAddr, Arc<Vec<String>>>>,
            cache_ipv4: None::<&NoCache<String, Arc<Vec<Ipv4Addr>>>>,
            cache_ipv6: None::<&NoCache<String, Arc<Vec<Ipv6Addr>>>>,
        };
        let checked = self.authenticator.verify_dkim(parameters).await;
        let held = checked.iter().filter(|one| *one.result() == DkimResult::Pass);
        let whole = held.filter_map(|one| one.signature()).filter(|signature| {
            // A signature over a part of the text lets anybody write more below it.
            let names_sender = signature.h.iter().any(|head| head.eq_ignore_ascii_case("from"));
            signature.l == 0 && names_sender
        });
        whole.map(|signature| signature.d.to_ascii_lowercase()).collect()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use base64::{Engine, engine::general_purpose::STANDARD};
    use ring::signature::{Ed25519KeyPair, KeyPair};
    use sha2::{Digest, Sha256};

    const NAME: &str = "key1._domainkey.authority.example";

    fn pair() -> Ed25519KeyPair {
        Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap()
    }

    fn keys() -> DomainKeys {
        let public = STANDARD.encode(pair().public_key().as_ref());
        let record = format!("v=DKIM1; k=ed25519; p={public}");
        DomainKeys::new([(NAME, record.as_str())], false).unwrap()
    }

    /// Signs a message as RFC 6376 says, in the relaxed forms, by hand.
    fn signed(heads: &[(&str, &str)], signs: &str, body: &str, tags: &str) -> String {
        let hash = STANDARD.encode(Sha256::digest(body));
        let begin = format!(
            "v=1; a=ed25519-sha256; c=relaxed/relaxed; d=authority.example; s=key1; \
             h={signs};{tags} \
             bh={hash}; b="
        );
        let mut text = String::new();
        for name in signs.split(':') {
            let (_, value) =
                heads.iter().find(|(head, _)| head.eq_ignore_ascii_case(name)).unwrap();
            text.push_str(&format!("{name}:{value}\r\n"));
        }
        text.push_str(&format!("dkim-signature:{begin}"));
        let signature = STANDARD.encode(pair().sign(&Sha256::digest(text)));
        let heads: String =
            heads.iter().map(|(head, value)| format!("{head}: {value}\r\n")).collect();
        format!("DKIM-Signature: {begin}{signature}\r\n{heads}\r\n{body}")
    }

    const HEADS: &[(&str, &str)] = &[("From", "orders@authority.example"), ("Subject", "an order")];
    const BODY: &str = "order_reference: 17\r\n";

    #[tokio::test]
    async fn a_whole_signature_names_its_domain() {
        let message = signed(HEADS, "from:subject", BODY, "");
        assert_eq!(keys().signed_by(message.as_bytes()).await, ["authority.example"]);
    }

    #[tokio::test]
    async fn nothing_is_believed_that_was_changed_or_not_signed() {
        let message = signed(HEADS, "from:subject", BODY, "");
        let part = signed(HEADS, "from:subject", BODY, " l=21;");
        let nobody = signed(HEADS, "subject", BODY, "");
        for (what, message) in [
            ("another text", message.replace("17", "18")),
            ("another sender", message.replace("orders@", "else@")),
            ("another subject", message.replace("an order", "two orders")),
            ("another domain", message.replace("d=authority", "d=other")),
            ("a key that is not known", message.replace("s=key1", "s=key2")),
            ("a part of the text", format!("{part}urls: https://forum.example/p/9\r\n")),
            ("the sender not signed", nobody),
            ("no signature", format!("From: orders@authority.example\r\n\r\n{BODY}")),
            ("no message", String::new()),
        ] {
            let found = keys().signed_by(message.as_bytes()).await;
            assert!(found.is_empty(), "{what}: {found:?}");
        }
    }

    #[test]
    fn keys_are_checked_when_they_are_written_down() {
        let problem = DomainKeys::new([(NAME, "v=DKIM1; p=!!")], false).unwrap_err();
        assert_eq!(problem, KeyProblem::Key { name: NAME.to_owned() });
    }
}
