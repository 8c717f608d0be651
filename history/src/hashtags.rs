//! Hashtags in a text.
//!
//! A hashtag is `#` or its full-width form, then characters of words as UTS #18 has them: letters
//! and digits of every script, their marks, connectors such as `_`, and the joiners that Persian
//! and scripts of India need within words. At least one is a letter, so that `#1` is none. What
//! stands before it is neither such a character nor one of `/ & = ? #`, so that parts of links and
//! of character entities are none.

use crate::limits;
use regex::Regex;
use std::sync::LazyLock;

static HASHTAG: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:\A|[^\w/&=?#＃])[#＃]\w+").expect("the expression is tested below")
});

/// The hashtags of a text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hashtags<'t> {
    /// In the order in which they stand, without `#`, as they are written; one that stands twice is
    /// there twice. At most [`limits::ITEM_HASHTAGS`].
    pub tags: Vec<&'t str>,
    /// Whether there are more.
    pub cut: bool,
}

/// Finds the hashtags of a text.
#[must_use]
pub fn hashtags(text: &str) -> Hashtags<'_> {
    if !text.contains(['#', '＃']) {
        return Hashtags::default();
    }
    let mut found = HASHTAG.find_iter(text).filter_map(|found| {
        let tag = found.as_str().rsplit(['#', '＃']).next()?;
        let fits = tag.chars().count() <= limits::HASHTAG_CHARS;
        (fits && tag.chars().any(char::is_alphabetic)).then_some(tag)
    });
    let tags = found.by_ref().take(limits::ITEM_HASHTAGS).collect();
    Hashtags { tags, cut: found.next().is_some() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_hashtags_of_every_script() {
        let cases: [(&str, &[&str]); 14] = [
            ("", &[]),
            ("no mark", &[]),
            ("#one and #Two, #three.", &["one", "Two", "three"]),
            ("#same #same", &["same", "same"]),
            ("＃広い #街", &["広い", "街"]),
            ("كتاب #سلام_عليكم", &["سلام_عليكم"]),
            ("#می\u{200c}خواهم", &["می\u{200c}خواهم"]),
            ("#हिन्दी!", &["हिन्दी"]),
            ("#cafe\u{301}s", &["cafe\u{301}s"]),
            ("#1 #2026 #2nd", &["2nd"]),
            ("a#b b# #", &[]),
            ("##twice", &[]),
            ("https://x.example/#part https://x.example/?q=#y &#39;s", &[]),
            ("(#open)[#shut]\n#next", &["open", "shut", "next"]),
        ];
        for (text, expected) in cases {
            assert_eq!(hashtags(text), Hashtags { tags: expected.to_vec(), cut: false }, "{text}");
        }
    }

    #[test]
    fn is_bounded() {
        let long = format!("#{} #short", "x".repeat(limits::HASHTAG_CHARS + 1));
        assert_eq!(hashtags(&long).tags, ["short"]);
        for (count, cut) in [(0, false), (1, true)] {
            let many = "#a ".repeat(limits::ITEM_HASHTAGS + count);
            let found = hashtags(&many);
            assert_eq!((found.tags.len(), found.cut), (limits::ITEM_HASHTAGS, cut));
        }
    }
}
