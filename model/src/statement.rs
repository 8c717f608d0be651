//! Statements: what a person is told about a decision, and what the DSA Transparency Database is.

use crate::{AccountId, ActionKind, CaseId, DecisionId, ItemId, ServiceId, StatementId, Timestamp};
use serde::{Deserialize, Serialize};

/// What a statement is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum StatementKind {
    /// The reasons for a restriction (Regulation (EU) 2022/2065 Article 17).
    Restriction,
    /// A restriction that was made on an order of an authority alone (Article 9(5); Regulation (EU)
    /// 2021/784 Article 11).
    Order,
    /// The notice that a decision was reversed.
    Reversal,
}

impl StatementKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Restriction, Self::Order, Self::Reversal];

    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Restriction => "restriction",
            Self::Order => "order",
            Self::Reversal => "reversal",
        }
    }

    /// The kind of that word, if there is one.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// One text of a statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct StatementText {
    /// Its language as a BCP 47 tag, such as `ar`.
    pub language: String,
    /// The text, in plain words with line breaks.
    pub text: String,
}

/// What a person is told about a decision. It goes to the service, which hands it on: Seawall knows
/// accounts, not people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Statement {
    /// Its id.
    pub id: StatementId,
    /// What it is for.
    pub kind: StatementKind,
    /// The service.
    pub service: ServiceId,
    /// The account that is told.
    pub account: AccountId,
    /// The items concerned; none where it is the account itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<ItemId>,
    /// The case.
    pub case: CaseId,
    /// The decision that it tells of, or whose reversal it tells of.
    pub decision: DecisionId,
    /// What was done, or given back.
    pub action: ActionKind,
    /// The text for the person.
    pub told: StatementText,
    /// The same in other languages, for those who decide and check.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<StatementText>,
    /// When it was made.
    pub at: Timestamp,
    /// Until when an authority has it held back; it then goes by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_until: Option<Timestamp>,
    /// The address at which the person sees the decision and complains against it; none where no
    /// complaint is open or the installation has no public address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub appeal_link: Option<String>,
    /// The statement of the decision that was reversed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reverses: Option<StatementId>,
}
