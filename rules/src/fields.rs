//! The one list of item fields that rules read.

use model::{Item, Presence, SignalType, Timestamp, limits};

/// How a field is read from an item; it decides the field's type and presence.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Read {
    Bool(fn(&Item) -> bool),
    Int(fn(&Item) -> i64),
    MaybeInt(fn(&Item) -> Option<i64>),
    Text(fn(&Item) -> &str),
    MaybeText(fn(&Item) -> Option<&str>),
    List(fn(&Item) -> &[String]),
}

/// Whether an explanation may quote a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quoted {
    /// Its value, cut where it is long.
    Value,
    /// Its length alone, because it is what a person wrote.
    Length,
}

/// One row of the list [`ITEM_FIELDS`]: what a field is called and means.
#[derive(Debug, Clone, Copy)]
pub struct FieldSpec {
    /// Its name in rules, such as `item.audience`.
    pub name: &'static str,
    /// What it means, in one sentence.
    pub meaning: &'static str,
    /// The only words that its text can be; empty where any text is possible.
    pub words: &'static [&'static str],
    pub(crate) read: Read,
    pub(crate) quoted: Quoted,
    /// Bytes that one text of it has at most.
    pub(crate) bytes: usize,
}

impl FieldSpec {
    const fn new(name: &'static str, read: Read, bytes: usize, meaning: &'static str) -> Self {
        Self { name, meaning, words: &[], read, quoted: Quoted::Value, bytes }
    }

    const fn words(self, words: &'static [&'static str]) -> Self {
        Self { words, ..self }
    }

    const fn unquoted(self) -> Self {
        Self { quoted: Quoted::Length, ..self }
    }

    /// The type of its value.
    #[must_use]
    pub const fn value(&self) -> SignalType {
        match self.read {
            Read::Bool(_) => SignalType::Bool,
            Read::Int(_) | Read::MaybeInt(_) => SignalType::Int,
            Read::Text(_) | Read::MaybeText(_) => SignalType::Text,
            Read::List(_) => SignalType::TextList,
        }
    }

    /// Whether it is always there.
    #[must_use]
    pub const fn presence(&self) -> Presence {
        match self.read {
            Read::Bool(_) | Read::Int(_) | Read::Text(_) | Read::List(_) => Presence::Always,
            Read::MaybeInt(_) | Read::MaybeText(_) => Presence::MayBeMissing,
        }
    }
}

/// What the names of fields that Seawall does not know begin with. Such a field may be missing and
/// has no type of its own: `item.extra.NAME.orValue(default)` reads it as the default's type.
pub const EXTRA_PREFIXES: [&str; 2] = ["item.extra.", "item.author.extra."];

/// Every field of an item that a rule can read, beside the unknown fields that are kept with it.
pub static ITEM_FIELDS: &[FieldSpec] = &[
    FieldSpec::new(
        "item.service",
        Read::Text(|item| item.service.as_str()),
        limits::ID_BYTES,
        "The service that the item is on.",
    ),
    FieldSpec::new(
        "item.id",
        Read::Text(|item| item.id.as_str()),
        limits::ID_BYTES,
        "The item's id on its service.",
    ),
    FieldSpec::new(
        "item.kind",
        Read::Text(|item| item.kind.as_str()),
        limits::ID_BYTES,
        "What sort of thing the item is.",
    )
    .words(&["post", "message", "image", "video", "link", "profile", "page"]),
    FieldSpec::new(
        "item.text",
        Read::Text(|item| &item.text),
        limits::ITEM_TEXT_BYTES,
        "The item's text, as it was written; empty where it has none.",
    )
    .unquoted(),
    FieldSpec::new(
        "item.language",
        Read::MaybeText(|item| item.language.as_deref()),
        limits::ID_BYTES,
        "The item's language as a BCP 47 tag, as the service says; never a ground by itself.",
    ),
    FieldSpec::new(
        "item.audience",
        Read::Text(|item| item.audience.as_str()),
        limits::ID_BYTES,
        "Who can see the item.",
    )
    .words(&["public", "limited", "private"]),
    FieldSpec::new(
        "item.created_at",
        Read::Int(|item| seconds(item.created_at)),
        0,
        "When the item was made, in seconds since 1970.",
    ),
    FieldSpec::new(
        "item.links",
        Read::List(|item| &item.links),
        limits::LINK_BYTES,
        "The links that the item carries beside those in its text.",
    ),
    FieldSpec::new(
        "item.media_count",
        Read::Int(|item| i64::try_from(item.media.len()).unwrap_or(i64::MAX)),
        0,
        "How many pictures, videos and files the item has.",
    ),
    FieldSpec::new(
        "item.is_reply",
        Read::Bool(|item| item.in_reply_to.is_some()),
        0,
        "Whether the item answers another.",
    ),
    FieldSpec::new(
        "item.is_repost",
        Read::Bool(|item| item.repost_of.is_some()),
        0,
        "Whether the item passes another on.",
    ),
    FieldSpec::new(
        "item.author.id",
        Read::Text(|item| item.author.id.as_str()),
        limits::ID_BYTES,
        "The account that the item comes from.",
    ),
    FieldSpec::new(
        "item.author.handle",
        Read::MaybeText(|item| item.author.handle.as_deref()),
        limits::NAME_BYTES,
        "The name by which the account is mentioned.",
    ),
    FieldSpec::new(
        "item.author.display_name",
        Read::MaybeText(|item| item.author.display_name.as_deref()),
        limits::NAME_BYTES,
        "The name that the account shows.",
    ),
    FieldSpec::new(
        "item.author.bio",
        Read::MaybeText(|item| item.author.bio.as_deref()),
        limits::BIO_BYTES,
        "What the account says of itself.",
    )
    .unquoted(),
    FieldSpec::new(
        "item.author.created_at",
        Read::MaybeInt(|item| item.author.created_at.map(seconds)),
        0,
        "When the account was made, in seconds since 1970.",
    ),
    FieldSpec::new(
        "item.author.followers",
        Read::MaybeInt(|item| item.author.followers.map(|n| i64::try_from(n).unwrap_or(i64::MAX))),
        0,
        "How many accounts follow the account.",
    ),
];

fn seconds(at: Timestamp) -> i64 {
    at.micros().div_euclid(1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Audience, Kind};

    fn words(name: &str) -> &'static [&'static str] {
        ITEM_FIELDS.iter().find(|field| field.name == name).map_or(&[], |field| field.words)
    }

    #[test]
    fn lists_the_words_that_the_model_has() {
        assert_eq!(words("item.kind"), Kind::ALL.map(Kind::as_str));
        let audiences = [Audience::Public, Audience::Limited, Audience::Private];
        assert_eq!(words("item.audience"), audiences.map(Audience::as_str));
    }

    #[test]
    fn names_each_field_once() {
        let names: std::collections::BTreeSet<_> = ITEM_FIELDS.iter().map(|f| f.name).collect();
        assert_eq!(names.len(), ITEM_FIELDS.len());
        assert!(names.iter().all(|name| name.starts_with("item.")));
    }
}
