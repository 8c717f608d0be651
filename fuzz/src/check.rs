//! What several targets assert, and how they take their input apart.

use model::{Item, Span, Timestamp, parse_item_value};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::borrow::Cow;
use std::fmt::Debug;
use std::ops::Range;

/// The input as text. Bytes that are no UTF-8 become U+FFFD, so that a change of one byte does not
/// cost the rest of the input.
pub fn text(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

/// The parts of an input before and after its first empty line; the second is empty without one.
pub fn two(text: &str) -> (&str, &str) {
    text.split_once("\n\n").unwrap_or((text, ""))
}

/// The first byte as a choice of one of so many, and the rest.
pub fn choice(bytes: &[u8], of: usize) -> (usize, &[u8]) {
    match bytes.split_first() {
        Some((first, rest)) => (usize::from(*first) % of, rest),
        None => (0, bytes),
    }
}

/// Asserts that a range is of whole characters of a text, and of at least one.
pub fn range(text: &str, range: &Range<usize>) {
    let there = text.get(range.clone());
    assert!(there.is_some_and(|there| !there.is_empty()), "{range:?} of {} bytes", text.len());
}

/// Asserts that a span is of whole characters, and tells the same place in both units.
pub fn span(text: &str, span: &Span) {
    range(text, &(span.start..span.end));
    let units = |end: usize| text[..end].encode_utf16().count();
    assert_eq!(span.utf16.start, units(span.start), "the start of {span:?}");
    assert_eq!(span.utf16.end, units(span.end), "the end of {span:?}");
}

/// Asserts that a value is read back from the JSON that is written of it.
pub fn json<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T) {
    let written = serde_json::to_string(value).expect("a value can be written");
    let read: T = serde_json::from_str(&written).expect("what was written can be read");
    assert_eq!(&read, value, "read back from {written}");
}

/// A time that is the same in every run.
pub fn now() -> Timestamp {
    Timestamp::parse("2026-06-01T12:00:00Z").expect("the time is valid")
}

/// An item with a text, and something in most of its other fields.
pub fn item(text: &str) -> Item {
    let value = serde_json::json!({
        "service": "harbour", "id": "p1", "kind": "post", "created_at": "2026-06-01T11:00:00Z",
        "author": {
            "id": "a1", "handle": "reader", "display_name": "A Reader", "followers": 120,
            "created_at": "2026-05-01T00:00:00Z", "tier": "new",
        },
        "text": text, "language": "en", "links": ["https://harbour.example/pier/7?x=1"],
        "media": [{"id": "m1", "kind": "image"}], "thread": "t1", "board": {"name": "sea"},
    });
    parse_item_value(&value).expect("the item is an item")
}
