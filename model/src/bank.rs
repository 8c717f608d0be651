//! Bank entries: known things to match.

use crate::{EntryId, Timestamp};
use serde::{Deserialize, Serialize};

/// What sort of thing an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    /// A word or phrase, matched as whole words.
    Term,
    /// A known text, matched where an item repeats it with changes, quotes it or is cut from it.
    Text,
    /// A passage of a long public text, such as scripture, a law or a song. Quoting it is no match,
    /// and terms within such a quotation are none.
    Passage,
    /// A URL, matched in canonical form.
    Url,
    /// The beginning of a URL, matched with what lies below it.
    UrlPrefix,
    /// A domain, matched with its subdomains.
    Domain,
    /// An account of a platform, as `platform/name`, matched in links to it.
    Handle,
    /// An invitation of a platform, as `platform/code`, matched in links to it.
    Invite,
    /// An account of a service that Seawall works for, as `service/id`.
    Account,
    /// SHA-256 of a file, 64 hexadecimal digits.
    Sha256,
    /// MD5 of a file, 32 hexadecimal digits.
    Md5,
    /// PDQ hash of a picture, 64 hexadecimal digits.
    Pdq,
    /// PDQ hashes of a video's frames, as `frame,quality,hash,seconds` separated by `;`.
    Vpdq,
}

impl EntryKind {
    /// Every kind, in the order of the documentation.
    pub const ALL: [Self; 13] = [
        Self::Term,
        Self::Text,
        Self::Passage,
        Self::Url,
        Self::UrlPrefix,
        Self::Domain,
        Self::Handle,
        Self::Invite,
        Self::Account,
        Self::Sha256,
        Self::Md5,
        Self::Pdq,
        Self::Vpdq,
    ];

    /// The word for it in bank files and JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Term => "term",
            Self::Text => "text",
            Self::Passage => "passage",
            Self::Url => "url",
            Self::UrlPrefix => "url_prefix",
            Self::Domain => "domain",
            Self::Handle => "handle",
            Self::Invite => "invite",
            Self::Account => "account",
            Self::Sha256 => "sha256",
            Self::Md5 => "md5",
            Self::Pdq => "pdq",
            Self::Vpdq => "vpdq",
        }
    }

    /// The kind of that word, if there is one.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// Whether the case of letters matters to a term.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CaseSensitivity {
    /// Case is folded.
    #[default]
    Folded,
    /// Letters must have the entry's case, for acronyms.
    Exact,
}

/// A looser way of finding a term that its curator asks for, because it also finds other words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TermView {
    /// One letter inserted, left out, replaced or exchanged with its neighbour; words that are
    /// known to be ordinary are not taken for it.
    Typos,
    /// Arabic in Latin letters with digits, such as `3` for ع; only words with such a digit.
    Arabizi,
    /// Pronouns that Arabic joins to the end of a word.
    Suffixes,
}

impl TermView {
    /// Every view, in the order of the documentation.
    pub const ALL: [Self; 3] = [Self::Typos, Self::Arabizi, Self::Suffixes];

    /// The word for it in bank files and JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Typos => "typos",
            Self::Arabizi => "arabizi",
            Self::Suffixes => "suffixes",
        }
    }

    /// The view of that word, if there is one.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|view| view.as_str() == word)
    }
}

/// What finding an entry does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum EntryEffect {
    /// It is a match.
    #[default]
    Match,
    /// It takes matches of other entries in the same place away: a known good picture, a phrase
    /// that contains a term and means something else. It is no match itself.
    Suppress,
}

impl EntryEffect {
    /// Whether it is the ordinary one, which is not written down.
    #[must_use]
    pub fn is_match(&self) -> bool {
        *self == Self::Match
    }
}

/// Whether an entry is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum EntryStatus {
    /// It matches.
    #[default]
    Active,
    /// It suddenly matched much: it still matches, but no rule acts on it until a person has
    /// spoken.
    Quarantined,
    /// A person said that it does not belong in the bank: it does not match until one confirms it.
    Disputed,
    /// It was taken out by a person and no longer matches.
    Retired,
}

impl EntryStatus {
    /// Whether an entry of this status is found in items.
    #[must_use]
    pub fn matches(self) -> bool {
        match self {
            Self::Active | Self::Quarantined => true,
            Self::Disputed | Self::Retired => false,
        }
    }
}

/// What an opinion says of an entry. The latest of all decides the entry's status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum OpinionKind {
    /// It belongs in the bank: it matches.
    Confirms,
    /// It does not belong in the bank: it does not match.
    Disputes,
    /// It suddenly matches much: it matches, and no rule acts on it. Only Seawall itself says this.
    Quarantines,
}

impl OpinionKind {
    /// Every kind, in the order of the documentation.
    pub const ALL: [Self; 3] = [Self::Confirms, Self::Disputes, Self::Quarantines];

    /// The word for it in JSON and on the command line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Confirms => "confirms",
            Self::Disputes => "disputes",
            Self::Quarantines => "quarantines",
        }
    }

    /// The kind of that word, if there is one.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// The status of an entry of which this was said last.
    #[must_use]
    pub fn status(self) -> EntryStatus {
        match self {
            Self::Confirms => EntryStatus::Active,
            Self::Disputes => EntryStatus::Disputed,
            Self::Quarantines => EntryStatus::Quarantined,
        }
    }
}

/// What somebody said of an entry; every one is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Opinion {
    /// The entry.
    pub entry: EntryId,
    /// What was said.
    pub kind: OpinionKind,
    /// Who said it: a person, a key, or `seawall`.
    pub by: String,
    /// Why, in the speaker's words; at most [`crate::limits::REASON_BYTES`].
    pub note: String,
    /// When.
    pub at: Timestamp,
}

/// What holds for all entries of one bank that do not say otherwise themselves.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct BankSettings {
    /// Largest distance of perceptual hashes, 0 to 63 bits of 256; `None` for 31.
    #[serde(default)]
    pub distance_bits: Option<u8>,
    /// Least quality of a picture that is compared, 0 to 100; `None` for 50.
    #[serde(default)]
    pub quality: Option<u8>,
    /// Items in one hour from which on an entry may be taken for flooding; 0 for never, `None` for
    /// [`crate::limits::FLOOD_ITEMS`].
    #[serde(default)]
    pub flood_items: Option<u32>,
}

/// One known thing to match, with where it comes from and which policy it stands for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct BankEntry {
    /// Its id, where the bank is stored in Seawall.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<EntryId>,
    /// The bank that it is in.
    pub bank: String,
    /// What sort of thing it is.
    pub kind: EntryKind,
    /// Its value, as its curator wrote it.
    pub value: String,
    /// Its language as a BCP 47 tag, where that is known. It informs; it never gates a match.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// The policy that it stands for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// Where it comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// What its curator says of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Whether the case of its letters matters.
    #[serde(default)]
    pub case: CaseSensitivity,
    /// What finding it does.
    #[serde(default, skip_serializing_if = "EntryEffect::is_match")]
    pub effect: EntryEffect,
    /// Looser ways in which a term is found too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub views: Vec<TermView>,
    /// Other terms of which one must be in the text for a term to count.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requires: Vec<String>,
    /// Other terms of which none may be in the text for a term to count.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unless: Vec<String>,
    /// Largest distance of a perceptual hash, in bits of 256; `None` for that of its bank.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distance_bits: Option<u8>,
    /// Least quality of a picture that is compared with a perceptual hash, 0 to 100; `None` for
    /// that of its bank.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quality: Option<u8>,
    /// When it ceases to match.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// How sure its source is, 0 to 100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<u8>,
    /// Labels that a match puts on the item.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<String>,
    /// Whether it is in force.
    #[serde(default)]
    pub status: EntryStatus,
}

/// A row of a bank file that is no entry: where, what, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[error("{file}:{line}: {field}: {problem}")]
pub struct EntryProblem {
    /// The file, or the bank's name.
    pub file: String,
    /// The line, from 1.
    pub line: u64,
    /// The column's name.
    pub field: String,
    /// What is wrong and what is accepted.
    pub problem: String,
}
/// Entries that changed between two revisions of the banks, each with its status at the later one.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct BankChange {
    /// Those that joined, in the order in which they did.
    pub added: Vec<BankEntry>,
    /// Those that were there before and were retired or spoken of.
    pub moved: Vec<BankEntry>,
}
