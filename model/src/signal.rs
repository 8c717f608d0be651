//! Signals: measured facts about an item, and the matches that they rest on.

use crate::{EntryId, EntryKind, MediaId, limits};
use serde::{Deserialize, Serialize};

/// The type of a signal's value, as rules see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignalType {
    /// True or false.
    Bool,
    /// A whole number.
    Int,
    /// A number.
    Float,
    /// A text.
    Text,
    /// Any number of texts.
    TextList,
}

/// Whether a signal is always there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// It is measured for every item.
    Always,
    /// It may be missing; a rule that reads it must say what then.
    MayBeMissing,
}

/// One row of the list `SIGNALS`: what a signal is called, means and comes from.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct SignalSpec {
    /// Its name in rules, such as `term.count`.
    pub name: &'static str,
    /// The type of its value.
    pub value: SignalType,
    /// Whether it is always there.
    pub presence: Presence,
    /// Its unit, such as `bits of 256`, or empty.
    pub unit: &'static str,
    /// What it means, in one sentence.
    pub meaning: &'static str,
    /// The paper, standard or data that it rests on.
    pub source: &'static str,
}

impl SignalSpec {
    /// Whether a value is of the type and presence that this row says.
    #[must_use]
    pub fn fits(&self, value: &SignalValue) -> bool {
        match value {
            SignalValue::Bool(_) => self.value == SignalType::Bool,
            SignalValue::Int(_) => self.value == SignalType::Int,
            SignalValue::Float(number) => self.value == SignalType::Float && number.is_finite(),
            SignalValue::Text(_) => self.value == SignalType::Text,
            SignalValue::TextList(_) => self.value == SignalType::TextList,
            SignalValue::Missing(_) => self.presence == Presence::MayBeMissing,
        }
    }
}

/// A signal that could not be measured, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missing {
    /// Why, in words that a reviewer understands.
    pub reason: String,
}

impl Missing {
    /// Makes one from its reason.
    #[must_use]
    pub fn because(reason: impl Into<String>) -> Self {
        Self { reason: reason.into() }
    }
}

/// The value of one signal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignalValue {
    /// True or false.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number; always finite.
    Float(f64),
    /// A text.
    Text(String),
    /// Any number of texts.
    TextList(Vec<String>),
    /// Not measured, and why.
    Missing(Missing),
}

/// How directly a match was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Grade {
    /// Equal after NFKC and case folding (terms), canonical form (URLs), or to the byte (hashes).
    Exact,
    /// Equal after the strict fold of letter variants and of marks that spelling leaves out.
    StrictFold,
    /// Equal once accents are left out too, which can make another word of it.
    AccentInsensitive,
    /// Written so that it reads as the entry but is not spelled as it: other letters' shapes,
    /// digits for letters, separators between them.
    Disguised,
    /// Within a few edits of the entry, which its curator asked for.
    Fuzzy,
    /// Within the distance that the field takes for the same picture.
    Near,
}

/// A span of UTF-16 code units, as browsers count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Utf16Span {
    /// First code unit.
    pub start: usize,
    /// One past the last code unit.
    pub end: usize,
}

/// A span of the original text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Span {
    /// First byte, on a character boundary.
    pub start: usize,
    /// One past the last byte, on a character boundary.
    pub end: usize,
    /// The same span in UTF-16 code units.
    pub utf16: Utf16Span,
}

/// One entry of a bank that was found in an item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Match {
    /// The bank.
    pub bank: String,
    /// What sort of entry it is.
    pub kind: EntryKind,
    /// The entry's value, as its curator wrote it.
    pub entry: String,
    /// The entry's id, where the bank is stored in Seawall.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry_id: Option<EntryId>,
    /// The policy that the entry names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// The labels that the entry names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<String>,
    /// How directly it was found.
    pub grade: Grade,
    /// Where in the item's text; empty for media and for links beside the text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub spans: Vec<Span>,
    /// Where it was found if not in the text: the link as the item has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// Distance of the two hashes, in bits of 256; for perceptual hashes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distance_bits: Option<u32>,
    /// The medium in which it was found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media: Option<MediaId>,
    /// Whether the entry suddenly matched much and no person has spoken since, so that no rule acts
    /// on it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_quarantined: bool,
}

/// Everything measured about one item: a value for each row of `SIGNALS`, in that order, and the
/// matches in the order text, links, account, media.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Signals {
    /// One value for each row of the list `SIGNALS`, in its order.
    pub values: Vec<SignalValue>,
    /// The matches; at most [`limits::ITEM_MATCHES`].
    pub matches: Vec<Match>,
}

impl Signals {
    /// Asserts that the matches are within their bound, as every maker of signals must.
    ///
    /// # Panics
    /// Where there are more than [`limits::ITEM_MATCHES`].
    pub fn assert_bounded(&self) {
        assert!(self.matches.len() <= limits::ITEM_MATCHES, "matches beyond the limit");
    }
}

/// How often nearly the same text came before.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NearItems {
    /// Items.
    pub items: u64,
    /// Accounts that they are of, the author of the present item not counted.
    pub other_accounts: u64,
}

/// What Seawall knows of an account and item from before, read from the store for a measurement.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct History {
    /// Items of the account in the hour before, this one not counted; `None` where not known.
    pub account_items_1h: Option<u64>,
    /// Strikes on the account that stand; `None` where not known.
    pub account_strikes: Option<u64>,
    /// Decisions against items of the account that stand; `None` where not known.
    pub account_violations: Option<u64>,
    /// Notices about the item so far; `None` where not known.
    pub item_notices: Option<u64>,
    /// Labels on the account that have not expired.
    pub account_labels: Vec<String>,
    /// Items of the day before whose text is nearly that of this one; `None` where no rule asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub near_items_24h: Option<NearItems>,
    /// What studies found about the account; none where no study that is kept names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_studies: Option<crate::StudySignals>,
}
