//! Verdicts: what the rules say of one item, with reasons. A verdict has no effect by itself.

use crate::{ActionKind, ItemRef, QueueName, RuleName, Timestamp};
use serde::{Deserialize, Serialize};

/// What the rules ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Nothing: the item passes.
    Allow,
    /// A person looks at it.
    Review,
    /// A rule that its owner opted in to automation acts, a case is opened and closed with it, and
    /// a person can undo it.
    Act,
}

impl Outcome {
    /// The word for it in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Review => "review",
            Self::Act => "act",
        }
    }
}

/// One rule that fired, and why.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct FiredRule {
    /// The rule.
    pub name: RuleName,
    /// The policy that it rests on.
    pub policy: String,
    /// The values that its condition read, as `name = value`, in the order of the condition.
    pub because: Vec<String>,
}

/// The versions that a verdict was made with; enough to make it again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Versions {
    /// SHA-256 of the rule files, in lower-case hexadecimal.
    pub rules: String,
    /// Revision of the banks.
    pub banks: u64,
    /// Version of the code that measures signals.
    pub signals: u32,
}

/// What the rules say of one item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Verdict {
    /// The item.
    pub item: ItemRef,
    /// When it was judged.
    pub at: Timestamp,
    /// What the rules ask for: the strictest of all that fired.
    pub outcome: Outcome,
    /// Every rule that fired, in the order of the rule set.
    pub rules: Vec<FiredRule>,
    /// The labels that the fired rules ask for, sorted, each once.
    pub labels: Vec<String>,
    /// The queue of the fired rule with the highest priority.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue: Option<QueueName>,
    /// The highest priority of the fired rules, 0 to 100.
    pub priority: u8,
    /// The action that the strictest fired rule proposes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<ActionKind>,
    /// Whether the case is about the item or about its account.
    #[serde(default)]
    pub about_account: bool,
    /// Why no rule acts although one asked to, where that is so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withheld: Option<String>,
    /// The versions that it was made with.
    pub versions: Versions,
}
