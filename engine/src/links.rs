//! Signed links: what somebody outside is let in by, without an account here.
//!
//! A link names a decision and whom it is for, and bears an HMAC over both (RFC 2104, SHA-256, the
//! first 16 bytes), so that nobody can make one for a decision that was not theirs. It does not
//! expire: the same link takes the appeal and later shows how it came out.

use crate::Engine;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use model::{Appellant, Decision, DecisionId, NoticeId};
use sha2::Sha256;
use std::fmt;

/// Bytes of the HMAC that a link bears.
const TAG_BYTES: usize = 16;
/// Longest link that is looked at, in bytes.
const LINK_BYTES: usize = 512;

/// The key of the installation that links are signed with; it is kept like the log's key.
#[derive(Clone, Copy)]
pub struct LinkKey([u8; 32]);

impl LinkKey {
    /// Takes 32 random bytes as the key.
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    fn tag(&self, message: &str) -> Hmac<Sha256> {
        self.keyed("seawall appeal link", message)
    }

    /// A digest of a text that nobody can work out without the key.
    pub(crate) fn digest(&self, what_for: &str, text: &str) -> [u8; 32] {
        self.keyed(what_for, text).finalize().into_bytes().into()
    }

    /// What the key is used for stands before the text, so that one use is never taken for another.
    fn keyed(&self, what_for: &str, text: &str) -> Hmac<Sha256> {
        let mac = <Hmac<Sha256> as KeyInit>::new_from_slice(&self.0);
        let mut mac = mac.expect("HMAC takes keys of every length");
        for part in [what_for, "\n", text] {
            mac.update(part.as_bytes());
        }
        mac
    }
}

impl fmt::Debug for LinkKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LinkKey")
    }
}

fn link(key: &LinkKey, decision: &DecisionId, by: &Appellant) -> String {
    let decision = bare(decision.as_str(), DecisionId::PREFIX);
    let message = match by {
        Appellant::Affected => format!("a.{decision}"),
        Appellant::Notifier(notice) => {
            format!("n.{decision}.{}", bare(notice.as_str(), NoticeId::PREFIX))
        }
    };
    let tag = key.tag(&message).finalize().into_bytes();
    format!("{message}.{}", BASE64_URL_SAFE_NO_PAD.encode(&tag[..TAG_BYTES]))
}

fn bare<'a>(id: &'a str, prefix: &str) -> &'a str {
    id.strip_prefix(prefix).unwrap_or(id)
}

/// Reads a link; `None` where it is not one that this key signed.
fn read(key: &LinkKey, link: &str) -> Option<(DecisionId, Appellant)> {
    if link.len() > LINK_BYTES {
        return None;
    }
    let (message, tag) = link.rsplit_once('.')?;
    let tag = BASE64_URL_SAFE_NO_PAD.decode(tag).ok().filter(|tag| tag.len() == TAG_BYTES)?;
    key.tag(message).verify_truncated_left(&tag).ok()?;
    let mut parts = message.split('.');
    let (kind, decision) = (parts.next()?, parts.next()?);
    let by = match (kind, parts.next()) {
        ("a", None) => Appellant::Affected,
        ("n", Some(notice)) => {
            Appellant::Notifier(NoticeId::new(format!("{}{notice}", NoticeId::PREFIX)).ok()?)
        }
        _ => return None,
    };
    let decision = DecisionId::new(format!("{}{decision}", DecisionId::PREFIX)).ok()?;
    parts.next().is_none().then_some((decision, by))
}

impl Engine {
    /// The link by which the person concerned sees a decision and appeals against it: the last part
    /// of the address, after `/appeal/`.
    #[must_use]
    pub fn appeal_link(&self, decision: &Decision) -> String {
        self.affected_link(&decision.id)
    }

    pub(crate) fn affected_link(&self, decision: &DecisionId) -> String {
        link(&self.inner.redress.link_key, decision, &Appellant::Affected)
    }

    /// The link by which somebody who gave notice appeals against the decision on it.
    #[must_use]
    pub fn notifier_link(&self, decision: &DecisionId, notice: &NoticeId) -> String {
        link(&self.inner.redress.link_key, decision, &Appellant::Notifier(notice.clone()))
    }

    /// The whole address of a link, where the installation has a public address.
    #[must_use]
    pub fn link_address(&self, link: &str) -> String {
        format!("{}/appeal/{link}", self.inner.redress.public_address.trim_end_matches('/'))
    }

    /// Whom a link is for and about which decision; `None` where it is none of ours.
    pub(crate) fn read_link(&self, link: &str) -> Option<(DecisionId, Appellant)> {
        read(&self.inner.redress.link_key, link)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn decision() -> DecisionId {
        DecisionId::new("decision_0198abcd").unwrap()
    }

    #[test]
    fn a_link_says_what_it_was_made_for() {
        let key = LinkKey::new([7; 32]);
        let notifier = Appellant::Notifier(NoticeId::new("notice_5").unwrap());
        for by in [Appellant::Affected, notifier] {
            let made = link(&key, &decision(), &by);
            assert_eq!(read(&key, &made), Some((decision(), by)));
            assert_eq!(read(&LinkKey::new([8; 32]), &made), None, "another key");
        }
    }

    #[test]
    fn no_changed_link_is_read() {
        let key = LinkKey::new([7; 32]);
        let made = link(&key, &decision(), &Appellant::Affected);
        for place in 0..made.len() {
            for other in ['a', 'n', '.', '0', 'Z'] {
                let mut changed: Vec<char> = made.chars().collect();
                changed[place] = other;
                let changed: String = changed.into_iter().collect();
                // The last digit of the tag has bits that count for nothing, and only one form.
                assert!(changed == made || read(&key, &changed).is_none(), "{changed}");
            }
        }
        let long = format!("{made}{}", "A".repeat(LINK_BYTES));
        for text in ["", ".", "a.b", "a..", &made[1..], &made[..made.len() - 1], &long] {
            assert_eq!(read(&key, text), None, "{text}");
        }
    }

    #[test]
    fn a_notifiers_link_is_not_the_persons() {
        let key = LinkKey::new([7; 32]);
        let made = link(&key, &decision(), &Appellant::Affected);
        let tag = made.rsplit_once('.').unwrap().1;
        assert_eq!(read(&key, &format!("n.0198abcd.5.{tag}")), None);
        assert!(!format!("{key:?}").contains('7'));
    }
}
