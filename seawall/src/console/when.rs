//! Times for people: how long ago or until when, with the exact instant beside it.

use super::text::{Language, Noun};
use askama::Template;
use askama::filters::HtmlSafe;
use model::Timestamp;

/// A moment as a page shows it.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(
    ext = "html",
    source = r#"<time datetime="{{ iso }}" title="{{ exact }}">{{ relative }}</time>"#
)]
pub struct When {
    /// For machines, RFC 3339.
    pub iso: String,
    /// For people who need it exactly, in UTC.
    pub exact: String,
    /// How long ago, or in how long.
    pub relative: String,
}

impl HtmlSafe for When {}

/// Seconds that nobody counts.
const JUST_NOW: i64 = 5;

impl When {
    /// Says when `at` is, seen from `now`.
    pub fn new(language: Language, at: Timestamp, now: Timestamp) -> Self {
        let seconds = now.seconds_since(at);
        let span = span(language, seconds.unsigned_abs());
        let relative = match seconds {
            ..0 => language.in_span(span),
            0..JUST_NOW => language.just_now().to_owned(),
            JUST_NOW.. => language.ago(span),
        };
        Self { iso: at.to_string(), exact: exact(at), relative }
    }
}

/// When something is due, and whether that has passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// For machines, RFC 3339.
    pub iso: String,
    /// In UTC.
    pub exact: String,
    /// `due in 12 minutes`, `overdue by 2 hours`.
    pub words: String,
    /// Whether the time has passed.
    pub is_overdue: bool,
}

impl Due {
    /// Says when something is due, seen from `now`.
    pub fn new(language: Language, at: Timestamp, now: Timestamp) -> Self {
        let seconds = at.seconds_since(now);
        let span = span(language, seconds.unsigned_abs());
        let is_overdue = seconds < 0;
        let words = if is_overdue { language.overdue_by(span) } else { language.due_in(span) };
        Self { iso: at.to_string(), exact: exact(at), words, is_overdue }
    }
}

/// `2026-11-22 14:53:07 UTC`.
pub fn exact(at: Timestamp) -> String {
    let iso = at.to_string();
    let seconds = iso.get(..19).unwrap_or(&iso);
    format!("{} UTC", seconds.replace('T', " "))
}

/// `14:53`, in UTC.
pub fn clock(at: Timestamp) -> String {
    let iso = at.to_string();
    format!("{} UTC", iso.get(11..16).unwrap_or(&iso))
}

/// A length of time in its largest whole unit.
pub fn span(language: Language, seconds: u64) -> String {
    let (number, noun) = match seconds {
        0..60 => (seconds, Noun::Second),
        60..3_600 => (seconds / 60, Noun::Minute),
        3_600..172_800 => (seconds / 3_600, Noun::Hour),
        _ => (seconds / 86_400, Noun::Day),
    };
    language.count(number, noun)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    #[test]
    fn says_how_long_ago() {
        let now = at("2026-11-22T12:00:00Z");
        for (given, english, arabic) in [
            ("2026-11-22T12:00:00Z", "just now", "الآن"),
            ("2026-11-22T11:59:53Z", "7 seconds ago", "منذ 7 ثوانٍ"),
            ("2026-11-22T11:00:00Z", "1 hour ago", "منذ ساعة واحدة"),
            ("2026-11-21T12:00:00Z", "24 hours ago", "منذ 24 ساعة"),
            ("2026-11-01T12:00:00Z", "21 days ago", "منذ 21 يومًا"),
            ("2026-11-22T12:05:00Z", "in 5 minutes", "بعد 5 دقائق"),
        ] {
            assert_eq!(When::new(Language::English, at(given), now).relative, english);
            assert_eq!(When::new(Language::Arabic, at(given), now).relative, arabic);
        }
    }

    #[test]
    fn says_when_something_is_due() {
        let now = at("2026-11-22T12:00:00Z");
        let soon = Due::new(Language::English, at("2026-11-22T12:12:30Z"), now);
        assert_eq!((soon.words.as_str(), soon.is_overdue), ("due in 12 minutes", false));
        let late = Due::new(Language::English, at("2026-11-22T10:00:00Z"), now);
        assert_eq!((late.words.as_str(), late.is_overdue), ("overdue by 2 hours", true));
    }

    #[test]
    fn writes_the_instant() {
        let when =
            When::new(Language::English, at("2026-11-22T12:00:01.25Z"), at("2026-11-22T12:00:02Z"));
        assert_eq!(
            when.to_string(),
            "<time datetime=\"2026-11-22T12:00:01.25Z\" title=\"2026-11-22 12:00:01 UTC\">\
             just now</time>"
        );
        assert_eq!(clock(at("2026-11-22T09:05:59Z")), "09:05 UTC");
    }
}
