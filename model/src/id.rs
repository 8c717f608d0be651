//! Identifiers that cannot be mixed up: one type for each kind of thing.
//!
//! Ids that a service gives (`ServiceId`, `AccountId`, `ItemId`, `MediaId`) are opaque text. Ids
//! that Seawall gives carry a prefix that names their kind, such as `case_0198…`.

use crate::limits;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Why a text is not a valid identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdProblem {
    /// The text is empty.
    #[error("an id must not be empty")]
    Empty,
    /// The text is longer than [`limits::ID_BYTES`].
    #[error("an id must be at most {limit} bytes long; this one has {bytes}")]
    TooLong {
        /// Bytes given.
        bytes: usize,
        /// Bytes allowed.
        limit: usize,
    },
    /// The text contains a control character.
    #[error("an id must not contain control characters (found U+{0:04X})")]
    Control(u32),
    /// The text lacks the prefix that names the kind of thing.
    #[error("`{given}` is not the id of a {kind}: it must start with `{prefix}`")]
    Prefix {
        /// What was given.
        given: String,
        /// The kind of thing.
        kind: &'static str,
        /// The expected prefix.
        prefix: &'static str,
    },
}

fn check(text: &str) -> Result<(), IdProblem> {
    if text.is_empty() {
        return Err(IdProblem::Empty);
    }
    if text.len() > limits::ID_BYTES {
        return Err(IdProblem::TooLong { bytes: text.len(), limit: limits::ID_BYTES });
    }
    match text.chars().find(|c| c.is_control()) {
        Some(c) => Err(IdProblem::Control(c as u32)),
        None => Ok(()),
    }
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $kind:literal, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        #[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(value_type = String))]
        pub struct $name(String);

        impl $name {
            /// The prefix that every id of this kind bears; empty for ids that a service gives.
            pub const PREFIX: &'static str = $prefix;

            /// Takes a text as an id.
            ///
            /// # Errors
            /// Where the text is empty, too long, has control characters or the wrong prefix.
            pub fn new(text: impl Into<String>) -> Result<Self, IdProblem> {
                let text = text.into();
                check(&text)?;
                if !text.starts_with($prefix) {
                    return Err(IdProblem::Prefix { given: text, kind: $kind, prefix: $prefix });
                }
                Ok(Self(text))
            }

            /// Makes an id from a fresh UUID (version 7), which the caller draws.
            #[must_use]
            pub fn from_uuid(uuid: uuid::Uuid) -> Self {
                Self(format!("{}{}", $prefix, uuid.simple()))
            }

            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl TryFrom<String> for $name {
            type Error = IdProblem;
            fn try_from(text: String) -> Result<Self, IdProblem> {
                Self::new(text)
            }
        }
        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }
        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }
        impl std::str::FromStr for $name {
            type Err = IdProblem;
            fn from_str(text: &str) -> Result<Self, IdProblem> {
                Self::new(text)
            }
        }
    };
}

id!(/// A platform that Seawall protects; named by the operator.
    ServiceId, "service", "");
id!(/// An account on a service, as the service names it.
    AccountId, "account", "");
id!(/// An item, as its service names it; unique within the service.
    ItemId, "item", "");
id!(/// A picture or video within an item.
    MediaId, "medium", "");
id!(/// A policy: the norm or legal ground that a rule or decision rests on.
    PolicyId, "policy", "");
id!(/// A queue of cases.
    QueueName, "queue", "");
id!(/// A rule, unique within its rule set.
    RuleName, "rule", "");
id!(/// One acknowledged submission of an item.
    SubmissionId, "submission", "sub_");
id!(/// What the rules said of one item at one time.
    VerdictId, "verdict", "verdict_");
id!(/// Somebody's claim about an item.
    NoticeId, "notice", "notice_");
id!(/// Everything open about one subject.
    CaseId, "case", "case_");
id!(/// What was decided on a case.
    DecisionId, "decision", "decision_");
id!(/// An effect that the service must carry out.
    ActionId, "action", "action_");
id!(/// One entry of a bank.
    EntryId, "entry", "entry_");
id!(/// A person who signs in.
    UserId, "user", "user_");
id!(/// An API key.
    KeyId, "key", "key_");
id!(/// A study of accounts: census, campaigns or returns.
    StudyId, "study", "study_");
id!(/// A binding demand of an authority.
    OrderId, "order", "order_");
id!(/// A decision that a service is exposed to terrorist content.
    ExposureId, "exposure", "exposure_");
id!(/// An authority that may order, ask or be told; named by the operator.
    AuthorityId, "authority", "");
id!(/// A report of a threat to life, or to the people who work for a service.
    ThreatId, "threat", "threat_");
id!(/// What is preserved of one removal.
    PreservationId, "preservation", "preservation_");
id!(/// An e-mail that Seawall sends.
    LetterId, "letter", "letter_");
id!(/// What a person is told about a decision.
    StatementId, "statement", "statement_");
id!(/// A request to decide again.
    AppealId, "appeal", "appeal_");
id!(/// A trusted flagger or referral unit, as the operator registered it.
    FlaggerId, "flagger", "flagger_");
