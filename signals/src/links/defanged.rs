//! Addresses that are written so that nobody follows them by accident: `hxxps://harbour[.]example`.
//!
//! Researchers, reporters and moderators write them as often as those who hide them, so such a
//! spelling is no evidence of anything; it is read as the address that it means.

use std::ops::Range;

/// What stands for what in a defanged address. Longer ones come first where one begins another.
const PARTS: &[(&str, &str)] = &[
    ("hxxps", "https"),
    ("hxxp", "http"),
    ("h**ps", "https"),
    ("h**p", "http"),
    ("[://]", "://"),
    ("[:]//", "://"),
    ("[:]", ":"),
    ("[.]", "."),
    ("(.)", "."),
    ("{.}", "."),
    ("[dot]", "."),
    ("(dot)", "."),
    ("{dot}", "."),
    ("[/]", "/"),
];

/// A text with its defanged parts written out, and where each byte comes from.
pub(super) struct Refanged {
    /// The text.
    pub text: String,
    /// For each replacement, the end of it in the new text and the end of what it replaced.
    ends: Vec<(usize, usize)>,
}

impl Refanged {
    /// Writes out the defanged parts; `None` where there are none, as in most texts.
    pub(super) fn of(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let mut new = Self { text: String::new(), ends: Vec::new() };
        let mut done = 0;
        let mut at = 0;
        while at < bytes.len() {
            let Some((written, meant)) = part_at(bytes, at) else {
                at += 1;
                continue;
            };
            new.text.push_str(&text[done..at]);
            new.text.push_str(meant);
            at += written.len();
            done = at;
            new.ends.push((new.text.len(), at));
        }
        if new.ends.is_empty() {
            return None;
        }
        new.text.push_str(&text[done..]);
        Some(new)
    }

    /// The range of the original that a range of the new text comes from.
    pub(super) fn source(&self, range: Range<usize>) -> Range<usize> {
        self.start(range.start)..self.end(range.end)
    }

    /// Whether something of the range was written out.
    pub(super) fn touches(&self, range: &Range<usize>) -> bool {
        let source = self.source(range.clone());
        source.len() != range.len() || self.ends.iter().any(|(end, _)| range.contains(&(end - 1)))
    }

    fn start(&self, at: usize) -> usize {
        match self.ends.partition_point(|(end, _)| *end <= at) {
            0 => self.before_first(at),
            place => self.within(place, at),
        }
    }

    fn end(&self, at: usize) -> usize {
        let place = self.ends.partition_point(|(end, _)| *end < at);
        match self.ends.get(place) {
            // The end of a replacement is the end of what it replaced.
            Some(&(end, source)) if end == at => source,
            _ if place == 0 => self.before_first(at),
            _ => self.within(place, at),
        }
    }

    /// Places before the first replacement are the same in both texts.
    fn before_first(&self, at: usize) -> usize {
        at.min(self.ends.first().map_or(at, |&(_, source)| source))
    }

    /// A place behind the replacement `place - 1`, and not behind what the next one replaced.
    fn within(&self, place: usize, at: usize) -> usize {
        let (end, source) = self.ends[place - 1];
        let next = self.ends.get(place).map_or(usize::MAX, |&(_, source)| source);
        (source + (at - end)).min(next)
    }
}

fn part_at(bytes: &[u8], at: usize) -> Option<(&'static str, &'static str)> {
    if !matches!(bytes[at], b'h' | b'H' | b'[' | b'(' | b'{') {
        return None;
    }
    let rest = &bytes[at..];
    let part = PARTS.iter().find(|(written, _)| {
        rest.get(..written.len())
            .is_some_and(|there| there.eq_ignore_ascii_case(written.as_bytes()))
    })?;
    // `hxxp` counts where an address follows, and a dot between two letters.
    let follows = rest.get(part.0.len()).copied();
    let fits = match part.1 {
        "http" | "https" => matches!(follows, Some(b':' | b'[' | b'(')),
        _ => follows.is_some_and(|byte| !byte.is_ascii_whitespace()),
    };
    fits.then_some(*part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_replaced_is_found_again() {
        for (text, new, within, source) in [
            (
                "see hxxps://a[.]example/x now",
                "see https://a.example/x now",
                "https://a.example/x",
                "hxxps://a[.]example/x",
            ),
            ("a(dot)b[.]example", "a.b.example", "a.b.example", "a(dot)b[.]example"),
            ("x a[.]b[.]c y", "x a.b.c y", "b.c", "b[.]c"),
            ("x a[.]b[.]c y", "x a.b.c y", "a.b", "a[.]b"),
            ("é hxxp[:]//é[.]example é", "é http://é.example é", "é.example", "é[.]example"),
        ] {
            let refanged = Refanged::of(text).unwrap();
            assert_eq!(refanged.text, new);
            let start = new.rfind(within).unwrap();
            let found = refanged.source(start..start + within.len());
            assert_eq!(&text[found], source, "{text}");
        }
        for plain in ["", "a.example", "f(x)", "[1] see (2).", "hxxp is a word", "list[.] end"] {
            assert!(Refanged::of(plain).is_none(), "{plain}");
        }
    }
}
