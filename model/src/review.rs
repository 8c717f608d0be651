//! Decisions and what follows from them.

use crate::{
    AccountId, ActionId, CaseId, DecisionId, ItemId, PolicyId, RuleName, ServiceId, Timestamp,
    UserId,
};
use serde::{Deserialize, Serialize};

/// An effect that the service must carry out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ActionKind {
    /// Take the item away; it stays restorable.
    Remove,
    /// Make the item unavailable while it is looked into.
    Disable,
    /// Show the item to fewer people, or behind a warning.
    Restrict,
    /// Put a label on the item.
    Label,
    /// Suspend the account.
    Suspend,
    /// Warn the account.
    Warn,
    /// Give back what an earlier action took.
    Restore,
}

impl ActionKind {
    /// Every kind, in the order of the documentation.
    pub const ALL: [Self; 7] = [
        Self::Remove,
        Self::Disable,
        Self::Restrict,
        Self::Label,
        Self::Suspend,
        Self::Warn,
        Self::Restore,
    ];

    /// The word for it in JSON and rules.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Remove => "remove",
            Self::Disable => "disable",
            Self::Restrict => "restrict",
            Self::Label => "label",
            Self::Suspend => "suspend",
            Self::Warn => "warn",
            Self::Restore => "restore",
        }
    }

    /// The kind of that word, if there is one.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// Whether it takes something from somebody, so that it counts as a strike and needs a finding.
    #[must_use]
    pub fn takes(self) -> bool {
        match self {
            Self::Remove | Self::Disable | Self::Restrict | Self::Suspend => true,
            Self::Label | Self::Warn | Self::Restore => false,
        }
    }

    /// How much it takes, from nothing: an appeal that is right in part is met with something that
    /// takes less.
    #[must_use]
    pub fn severity(self) -> u8 {
        match self {
            Self::Restore => 0,
            Self::Label => 1,
            Self::Warn => 2,
            Self::Restrict => 3,
            Self::Disable => 4,
            Self::Remove => 5,
            Self::Suspend => 6,
        }
    }

    /// Whether it is done to the account rather than to the items.
    #[must_use]
    pub fn is_for_account(self) -> bool {
        match self {
            Self::Suspend | Self::Warn => true,
            Self::Remove | Self::Disable | Self::Restrict | Self::Label | Self::Restore => false,
        }
    }
}

/// What an action is done to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ActionTarget {
    /// An item.
    Item(ItemId),
    /// An account.
    Account(AccountId),
}

/// An effect that the service must carry out, once, by its id.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Action {
    /// Its id; the service carries out each id once.
    pub id: ActionId,
    /// What is to be done.
    pub kind: ActionKind,
    /// The service that does it.
    pub service: ServiceId,
    /// What it is done to.
    pub target: ActionTarget,
    /// The decision that it follows from.
    pub decision: DecisionId,
    /// The case of that decision.
    pub case: CaseId,
    /// For [`ActionKind::Restore`]: the action that is given back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reverses: Option<ActionId>,
    /// For [`ActionKind::Restore`]: other actions against the same item or account that still hold,
    /// so that it stays restricted. Labels that are given back come off all the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub still_held_by: Vec<ActionId>,
    /// For [`ActionKind::Label`]: the labels.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<String>,
    /// When it was decided.
    pub at: Timestamp,
}

/// Who decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Decider {
    /// A person.
    Reviewer(UserId),
    /// A rule that its owner opted in to automation.
    Rule(RuleName),
}

/// Whether the policy was broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Ruling {
    /// The policy was broken.
    Violation,
    /// It was not.
    NoViolation,
}

/// What content may serve that must be protected (Regulation (EU) 2021/784 Art 1(3), and ordinary
/// expression beside it).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ProtectedPurpose {
    /// None was found.
    None,
    /// News and journalism.
    Journalism,
    /// Research.
    Research,
    /// Education.
    Education,
    /// Art.
    Art,
    /// Speech against terrorism.
    CounterSpeech,
    /// Satire.
    Satire,
    /// Quotation, documentation or evidence.
    Quotation,
    /// Worship, mourning and other ordinary speech.
    OrdinarySpeech,
}

impl ProtectedPurpose {
    /// Every purpose, in the order of the form.
    pub const ALL: [Self; 9] = [
        Self::None,
        Self::Journalism,
        Self::Research,
        Self::Education,
        Self::Art,
        Self::CounterSpeech,
        Self::Satire,
        Self::Quotation,
        Self::OrdinarySpeech,
    ];

    /// The word for it in JSON and forms.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Journalism => "journalism",
            Self::Research => "research",
            Self::Education => "education",
            Self::Art => "art",
            Self::CounterSpeech => "counter_speech",
            Self::Satire => "satire",
            Self::Quotation => "quotation",
            Self::OrdinarySpeech => "ordinary_speech",
        }
    }

    /// The purpose of that word, if there is one.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.as_str() == word)
    }
}

/// What a finding is about, with its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    /// Whether the content serves a protected purpose.
    ProtectedPurpose(ProtectedPurpose),
}

/// A recorded human answer that a decision needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Finding {
    /// What was found.
    #[serde(flatten)]
    pub kind: FindingKind,
    /// Why, in the reviewer's words; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// What was decided on a case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Decision {
    /// Its id.
    pub id: DecisionId,
    /// The case.
    pub case: CaseId,
    /// Who decided.
    pub by: Decider,
    /// When.
    pub at: Timestamp,
    /// Whether the policy was broken.
    pub ruling: Ruling,
    /// What is to be done; `None` leaves everything as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<ActionKind>,
    /// Labels, for [`ActionKind::Label`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<String>,
    /// The policy that it rests on.
    pub policy: PolicyId,
    /// Version of that policy.
    pub policy_version: u32,
    /// Why, in words.
    pub reason: String,
    /// The findings that it needed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Finding>,
    /// Who reversed it, and when; a reversed decision counts for nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reversed_at: Option<Timestamp>,
    /// The order of an authority that it carries out; none for the service's own decisions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<crate::OrderId>,
}

/// A decision counted against an account; gone when the decision is reversed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Strike {
    /// The service.
    pub service: ServiceId,
    /// The account.
    pub account: AccountId,
    /// The decision that counts.
    pub decision: DecisionId,
    /// When it was decided.
    pub at: Timestamp,
}

/// A named state of an item or account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Label {
    /// Its name.
    pub name: String,
    /// Why it was put on.
    pub reason: String,
    /// When it goes by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
}
