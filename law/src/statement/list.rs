//! The database's fields, enumerations and limits, as data beside the code that can be corrected.

use jiff::civil::Date;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// One field of a statement in the database, with every rule about it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldSpec {
    /// Its name.
    pub field: String,
    /// What its value is.
    pub value: ValueKind,
    /// When it must, may or must not be there.
    pub presence: Presence,
    /// The list that its words come from.
    #[serde(default)]
    pub words: Option<String>,
    /// Its longest text, in characters.
    #[serde(default)]
    pub max_chars: Option<usize>,
    /// How many digits it has.
    #[serde(default)]
    pub digits: Option<usize>,
    /// Its earliest date.
    #[serde(default)]
    pub earliest: Option<Date>,
    /// Its latest date.
    #[serde(default)]
    pub latest: Option<Date>,
    /// The date that it may not lie before.
    #[serde(default)]
    pub not_before: Option<String>,
    /// The field whose word it may not repeat.
    #[serde(default)]
    pub differs_from: Option<String>,
    /// The one endpoint that takes it.
    #[serde(default)]
    pub endpoint: Option<Endpoint>,
    /// The article of Regulation (EU) 2022/2065 that it serves, or `database` where it is the
    /// database's own.
    pub article: String,
    /// What else is to be known.
    #[serde(default)]
    pub note: Option<String>,
}

/// What the value of a field is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ValueKind {
    /// One word of a list.
    Word,
    /// Words of a list, none twice.
    Words,
    /// A text.
    Text,
    /// An address of the web.
    Link,
    /// A day, as `2026-01-31`.
    Date,
    /// Letters without accents, digits, `-` and `_`.
    Id,
    /// Digits alone.
    Digits,
    /// An object with the one key `EAN-13`.
    Product,
}

/// When a field must, may or must not be there.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "when", rename_all = "snake_case")]
pub enum Presence {
    /// It must be there.
    Always,
    /// It may be there.
    Optional,
    /// At least one of these must be there.
    OneOf {
        /// The fields, itself among them.
        fields: Vec<String>,
    },
    /// It must be there where the other field has that word, and nowhere else.
    ExactlyWith {
        /// The other field.
        field: String,
        /// The word.
        word: String,
    },
    /// It may be there where the other field is, with that word if one is named, and nowhere else.
    OnlyWith {
        /// The other field.
        field: String,
        /// The word.
        #[serde(default)]
        word: Option<String>,
    },
    /// It may be there except where the other field has that word.
    NeverWith {
        /// The other field.
        field: String,
        /// The word.
        word: String,
    },
}

/// One of the database's two ways in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Endpoint {
    /// One statement in a request.
    Single,
    /// Up to a hundred, of which all or none are taken.
    Batch,
}

/// What the database's interface looks like and how much it takes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Interface {
    /// The path of one statement, after the base address.
    pub single_path: String,
    /// The path of a batch.
    pub batch_path: String,
    /// The path that tells whether a puid is known, before the puid.
    pub existing_path: String,
    /// Most statements of a batch.
    pub batch_most: usize,
    /// Most requests in a second.
    pub requests_per_second: u32,
    /// Most requests in a minute.
    pub requests_per_minute: u32,
    /// How long a puid stays locked after an attempt, in seconds: a second attempt within it is
    /// answered as a duplicate.
    pub lock_seconds: i64,
}

#[derive(Deserialize)]
struct Fields {
    fields: Vec<FieldSpec>,
}

#[derive(Deserialize)]
struct Words {
    lists: BTreeMap<String, Vec<(String, String)>>,
}

static FIELDS: LazyLock<Fields> =
    LazyLock::new(|| own(include_str!("../../data/statement_fields.json")));
static WORDS: LazyLock<Words> =
    LazyLock::new(|| own(include_str!("../../data/statement_words.json")));
static INTERFACE: LazyLock<Interface> =
    LazyLock::new(|| own(include_str!("../../data/transparency_database.json")));

fn own<T: serde::de::DeserializeOwned>(text: &str) -> T {
    serde_json::from_str(text).expect("the crate's own data has the form that a test reads")
}

/// Every field of a statement, in the database's order.
#[must_use]
pub fn fields() -> &'static [FieldSpec] {
    &FIELDS.fields
}

/// The codes of a list with their labels, in the database's order; none where there is no such
/// list.
#[must_use]
pub fn words_of(list: &str) -> &'static [(String, String)] {
    WORDS.lists.get(list).map_or(&[], Vec::as_slice)
}

/// The names of all lists.
pub fn lists() -> impl Iterator<Item = &'static str> {
    WORDS.lists.keys().map(String::as_str)
}

/// What the database's interface looks like.
#[must_use]
pub fn interface() -> &'static Interface {
    &INTERFACE
}

/// The code of a list, as the list holds it.
pub(crate) fn code_of(list: &str, code: &str) -> Option<&'static str> {
    words_of(list).iter().find(|(known, _)| known == code).map(|(known, _)| known.as_str())
}
