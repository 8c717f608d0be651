//! Those who give notice: trusted flaggers and referral units by name, and everybody else by a key
//! that tells them apart without saying who they are.

use crate::{FlaggerId, KeyId, NoticeKind, ServiceId, Timestamp, UserId};
use serde::{Deserialize, Serialize};

/// A trusted flagger (Regulation (EU) 2022/2065 Art 22) or a referral unit, as the operator
/// registered it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Flagger {
    /// Its id.
    pub id: FlaggerId,
    /// Its name.
    pub name: String,
    /// What it is: a trusted flagger or a referral unit.
    pub kind: NoticeKind,
    /// Who awarded the status, such as the coordinator of a Member State; empty for a unit.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub awarded_by: String,
    /// The one service that it speaks about; `None` for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<ServiceId>,
    /// Where answers go that a notice names no address for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The API key by which its notices come in.
    pub key: KeyId,
    /// Whether its notices still go first.
    pub is_active: bool,
    /// When it was registered.
    pub at: Timestamp,
    /// Grows by one with each change.
    pub revision: u64,
}

/// How grave unfounded notices and their consequences are, as a person weighs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Gravity {
    /// They cost time.
    Minor,
    /// They led, or could have led, to somebody being restricted.
    Serious,
}

impl Gravity {
    /// Every answer, in the order of the form.
    pub const ALL: [Self; 2] = [Self::Minor, Self::Serious];

    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Minor => "minor",
            Self::Serious => "serious",
        }
    }

    /// The answer of that word, if there is one.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == word)
    }
}

/// What the notifier meant by it, where it can be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Intention {
    /// It cannot be told.
    NotIdentifiable,
    /// They believed in it.
    Mistaken,
    /// They meant to harm or to silence somebody.
    Deliberate,
}

impl Intention {
    /// Every answer, in the order of the form.
    pub const ALL: [Self; 3] = [Self::NotIdentifiable, Self::Mistaken, Self::Deliberate];

    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotIdentifiable => "not_identifiable",
            Self::Mistaken => "mistaken",
            Self::Deliberate => "deliberate",
        }
    }

    /// The answer of that word, if there is one.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == word)
    }
}

/// The four circumstances that misuse is judged by (Regulation (EU) 2022/2065 Art 23(3)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct MisuseFactors {
    /// How many notices of the last half year a person found manifestly unfounded.
    pub unfounded: u64,
    /// How many notices of that time were decided, which the number above is in proportion to.
    pub decided: u64,
    /// How grave they are.
    pub gravity: Gravity,
    /// What was meant by them.
    pub intention: Intention,
}

/// What was done about a notifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum MisuseMeasure {
    /// A warning.
    Warned,
    /// Notices and appeals are not dealt with until then.
    Suspended {
        /// Until when.
        until: Timestamp,
    },
    /// A suspension was taken back.
    Lifted,
}

impl MisuseMeasure {
    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Warned => "warned",
            Self::Suspended { .. } => "suspended",
            Self::Lifted => "lifted",
        }
    }
}

/// One step that a person took about a notifier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct MisuseStep {
    /// What was done.
    pub measure: MisuseMeasure,
    /// What it was judged by.
    pub factors: MisuseFactors,
    /// Who did it; never a rule.
    pub by: UserId,
    /// Why, in words for the notifier.
    pub reason: String,
    /// When.
    pub at: Timestamp,
}

/// How a notifier stands: what was done about misuse.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Notifier {
    /// What tells the notifier apart: `flagger_…`, or a keyed digest of the e-mail address.
    pub key: String,
    /// What was done, oldest first; at most [`crate::limits::CASE_EVENTS`].
    pub steps: Vec<MisuseStep>,
    /// Grows by one with each change.
    pub revision: u64,
}

impl Notifier {
    /// Somebody about whom nothing was done.
    #[must_use]
    pub fn new(key: String) -> Self {
        Self { key, steps: Vec::new(), revision: 0 }
    }

    /// Until when notices are not dealt with, if they are not at that time.
    #[must_use]
    pub fn suspended_until(&self, now: Timestamp) -> Option<Timestamp> {
        match self.steps.last()?.measure {
            MisuseMeasure::Suspended { until } if until > now => Some(until),
            MisuseMeasure::Suspended { .. } | MisuseMeasure::Warned | MisuseMeasure::Lifted => None,
        }
    }

    /// When the notifier was last warned.
    #[must_use]
    pub fn warned_at(&self) -> Option<Timestamp> {
        let warnings = self.steps.iter().filter(|step| step.measure == MisuseMeasure::Warned);
        warnings.map(|step| step.at).max()
    }
}
