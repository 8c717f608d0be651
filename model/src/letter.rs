//! Letters: what Seawall writes to people outside, as e-mails that are made durable before they go.

use crate::{LetterId, ServiceId, Timestamp, limits};
use serde::{Deserialize, Serialize};

/// What a letter is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum LetterKind {
    /// An authority is told that its order came in.
    OrderReceived,
    /// An authority is told when its order was carried out (TCO Art 3(6), Annex II; DSA Art 9(1)).
    OrderDone,
    /// An authority is told why its order cannot be carried out (TCO Art 3(7), (8), Annex III).
    OrderImpossible,
    /// A sender is told that what was sent is not carried out.
    OrderRefused,
    /// A person on duty is told that a clock runs out.
    Alert,
    /// A notifier has a receipt (DSA Art 16(4)).
    NoticeReceived,
    /// A notifier is told of the decision (DSA Art 16(5)), or warned.
    NoticeDecided,
    /// A person who complained has a receipt, or is told of the outcome (DSA Art 20).
    Appeal,
    /// A person is told why something was restricted, or that it no longer is (DSA Art 17, 9(5)).
    Statement,
    /// An authority is told of a threat to life (TCO Art 14(5), DSA Art 18).
    Threat,
    /// An authority gets a report on specific measures (TCO Art 5(5)).
    MeasuresReport,
}

impl LetterKind {
    /// Its word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OrderReceived => "order_received",
            Self::OrderDone => "order_done",
            Self::OrderImpossible => "order_impossible",
            Self::OrderRefused => "order_refused",
            Self::Alert => "alert",
            Self::NoticeReceived => "notice_received",
            Self::NoticeDecided => "notice_decided",
            Self::Appeal => "appeal",
            Self::Statement => "statement",
            Self::Threat => "threat",
            Self::MeasuresReport => "measures_report",
        }
    }
}

/// A file that goes with a letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Attachment {
    /// Its name, such as `annex-2.json`.
    pub name: String,
    /// Its media type.
    pub media_type: String,
    /// Its text.
    pub text: String,
}

/// An e-mail that is to be sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Letter {
    /// Its id.
    pub id: LetterId,
    /// The service on whose behalf it is written.
    pub service: ServiceId,
    /// What it is for.
    pub kind: LetterKind,
    /// The id of what it is about: an order, a notice, an appeal, a decision.
    pub about: String,
    /// The address that it goes to.
    pub to: String,
    /// The language that it is written in, such as `en` or `ar`.
    pub language: String,
    /// Its subject line.
    pub subject: String,
    /// Its text.
    pub body: String,
    /// Files that go with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// The message that it answers, as its Message-ID.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answers: Option<String>,
    /// When it was written.
    pub at: Timestamp,
}

/// Why a text is not taken as an address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is not an e-mail address of the form name@host")]
pub struct AddressProblem {
    /// What was given, cut short.
    given: String,
}

/// Checks that a text can be the address of a letter. Whether somebody reads what is sent there
/// only sending tells.
///
/// # Errors
/// Where it has not one `@` with a name before and a host after it, has white space, control
/// characters or signs that head lines cannot carry, or is longer than [`limits::ADDRESS_BYTES`].
pub fn check_address(text: &str) -> Result<(), AddressProblem> {
    let is_fit = |c: char| !c.is_whitespace() && !c.is_control() && !"<>()[],;:\\\"".contains(c);
    let is_address = text.len() <= limits::ADDRESS_BYTES
        && text.chars().all(is_fit)
        && text.split_once('@').is_some_and(|(name, host)| {
            let labels_fit = host.split('.').all(|label| !label.is_empty());
            !name.is_empty() && !host.contains('@') && labels_fit
        });
    if is_address {
        return Ok(());
    }
    Err(AddressProblem { given: text.chars().take(64).collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_other_texts() {
        for (text, expected) in [
            ("desk@authority.example", true),
            ("desk+orders@sub.authority.example", true),
            ("مكتب@authority.example", true),
            ("root@localhost", true),
            ("", false),
            ("desk", false),
            ("@authority.example", false),
            ("desk@", false),
            ("desk@host..example", false),
            ("a@b@c.example", false),
            ("desk@authority.example\r\nBcc: all@service.example", false),
            ("Desk <desk@authority.example>", false),
            ("a@b.example,c@d.example", false),
        ] {
            assert_eq!(check_address(text).is_ok(), expected, "{text:?}");
        }
        let long = format!("{}@host.example", "a".repeat(limits::ADDRESS_BYTES));
        assert!(check_address(&long).is_err());
    }
}
