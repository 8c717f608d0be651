//! Views: a text as it would be read where it is encoded, reversed or turned upside down, with the
//! place in the original of every character.
//!
//! | view | what is read |
//! |---|---|
//! | [`decoded`] | `&#116;`, `&#x74;`, `&eacute;`, `%74`: the characters that they stand for |
//! | [`reversed`] | what stands in a bidirectional override: its characters from last to first |
//! | [`upright`] | words of turned letters: their letters, from last to first |
//!
//! A view is made only where there is something to read otherwise.

use super::is_mark;
use super::lookalikes::{is_turned, turned};
use std::ops::Range;

/// Where a character of a view comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Origin {
    /// Its place in the view.
    at: u32,
    start: u32,
    end: u32,
    how: Reading,
}

/// How a character of a view comes from the original.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reading {
    /// As it stands there.
    Plain,
    /// Out of an encoding that something needs, as `%C3%A9` in an address or `&amp;` in HTML.
    Encoded,
    /// Out of a form that nothing needs: an encoded ASCII letter, a reversed or turned word.
    Hidden,
}

/// A text as it would be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    text: String,
    origins: Vec<Origin>,
}

impl View {
    fn new(bytes: usize) -> Self {
        Self { text: String::with_capacity(bytes), origins: Vec::with_capacity(bytes) }
    }

    fn push(&mut self, c: char, from: Range<usize>, how: Reading) {
        let (start, end) = (from.start as u32, from.end as u32);
        self.origins.push(Origin { at: self.text.len() as u32, start, end, how });
        self.text.push(c);
    }

    /// What is read.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The least range of the original that holds a range of the view, and the furthest way in
    /// which anything of it was read.
    #[must_use]
    pub fn source_range(&self, range: Range<usize>) -> (Range<usize>, Reading) {
        let from = self.origins.partition_point(|origin| (origin.at as usize) < range.start);
        let to = self.origins.partition_point(|origin| (origin.at as usize) < range.end);
        let inside = &self.origins[from..to];
        let start = inside.iter().map(|origin| origin.start).min().unwrap_or(0) as usize;
        let end = inside.iter().map(|origin| origin.end).max().unwrap_or(0) as usize;
        let how = inside.iter().map(|origin| origin.how).max().unwrap_or(Reading::Plain);
        (start..end, how)
    }

    /// This view of a view, as a view of what that one is of.
    #[must_use]
    pub fn over(mut self, below: &Self) -> Self {
        for origin in &mut self.origins {
            let (range, how) = below.source_range(origin.start as usize..origin.end as usize);
            origin.start = range.start as u32;
            origin.end = range.end as u32;
            origin.how = origin.how.max(how);
        }
        self
    }
}

/// A text with its character references and percent-encoding decoded once; `None` where it has
/// none.
#[must_use]
pub fn decoded(text: &str) -> Option<View> {
    if !text.bytes().any(|byte| byte == b'&' || byte == b'%') {
        return None;
    }
    let mut view = View::new(text.len());
    let mut any = false;
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let read = match c {
            '&' => reference(&text[at..]),
            '%' => percent(&text.as_bytes()[at..]),
            _ => None,
        };
        let (letter, len, how) = match read {
            Some((letter, len)) if letter.is_ascii_alphanumeric() => (letter, len, Reading::Hidden),
            Some((letter, len)) => (letter, len, Reading::Encoded),
            None => (c, c.len_utf8(), Reading::Plain),
        };
        any |= read.is_some();
        view.push(letter, at..at + len, how);
        at += len;
    }
    any.then_some(view)
}

/// Longest character reference that is read, in bytes.
const REFERENCE_BYTES: usize = 12;

/// Named characters that hide nothing or stand for a letter, as HTML has them.
const NAMED: &[(&str, char)] = &[
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("nbsp", '\u{A0}'),
    ("shy", '\u{AD}'),
    ("zwnj", '\u{200C}'),
    ("zwj", '\u{200D}'),
    ("lrm", '\u{200E}'),
    ("rlm", '\u{200F}'),
];

/// Names of the letters of Latin-1 from U+00C0 to U+00FF, with lower case 32 behind upper.
const LATIN_1: &str = "Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml \
                       Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times \
                       Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc \
                       atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc \
                       iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute \
                       ucirc uuml yacute thorn yuml";

/// The character that a text begins with a reference to, and the bytes of that. The semicolon may
/// be missing behind a number, as browsers have it.
fn reference(text: &str) -> Option<(char, usize)> {
    let bytes = text.as_bytes();
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'#';
    let len = bytes.iter().take(REFERENCE_BYTES).skip(1).take_while(|byte| is_part(byte)).count();
    let body = &text[1..=len];
    let ends = bytes.get(1 + len) == Some(&b';');
    let Some(number) = body.strip_prefix('#') else {
        let c = NAMED.iter().find(|(name, _)| *name == body).map(|(_, c)| *c).or_else(|| {
            let at = LATIN_1.split_ascii_whitespace().position(|name| name == body)?;
            char::from_u32(0xC0 + at as u32)
        })?;
        return ends.then_some((c, len + 2));
    };
    let (digits, radix) = match number.strip_prefix(['x', 'X']) {
        Some(digits) => (digits, 16),
        None => (number, 10),
    };
    let used = digits.bytes().take_while(|byte| (*byte as char).is_digit(radix)).count();
    let c = char::from_u32(u32::from_str_radix(&digits[..used], radix).ok()?)?;
    let unread = digits.len() - used;
    let len = 1 + len - unread;
    Some((c, len + usize::from(unread == 0 && ends)))
}

/// The character that bytes begin with in percent-encoding, and the bytes of that.
fn percent(bytes: &[u8]) -> Option<(char, usize)> {
    let byte = |at: usize| -> Option<u8> {
        let triple = bytes.get(at * 3..at * 3 + 3)?;
        let digit = |byte: u8| (byte as char).to_digit(16);
        (triple[0] == b'%').then_some(())?;
        Some((digit(triple[1])? * 16 + digit(triple[2])?) as u8)
    };
    let first = byte(0)?;
    let count = match first {
        0x20..=0x7E => 1,
        0xC2..=0xDF => 2,
        0xE0..=0xEF => 3,
        0xF0..=0xF4 => 4,
        _ => return None,
    };
    let mut utf8 = [0; 4];
    for (at, slot) in utf8.iter_mut().enumerate().take(count) {
        *slot = byte(at)?;
    }
    let c = std::str::from_utf8(&utf8[..count]).ok()?.chars().next()?;
    Some((c, count * 3))
}

const OVERRIDES: [char; 2] = ['\u{202D}', '\u{202E}'];
const POP: char = '\u{202C}';

/// A text in which what stands between a bidirectional override and its end is turned round;
/// `None` where it has no override.
///
/// Displayed text has the characters of a right-to-left override from right to left. Embeddings
/// within an override are not told apart; the Unicode Bidirectional Algorithm (UAX 9) does.
#[must_use]
pub fn reversed(text: &str) -> Option<View> {
    if !text.contains(OVERRIDES) {
        return None;
    }
    let mut view = View::new(text.len());
    let mut inside: Option<Vec<(usize, char)>> = None;
    for (at, c) in text.char_indices() {
        if OVERRIDES.contains(&c) || c == POP || c == '\n' {
            turn_round(&mut view, inside.take().unwrap_or_default());
            inside = OVERRIDES.contains(&c).then(Vec::new);
            if c == '\n' {
                view.push(c, at..at + 1, Reading::Plain);
            }
        } else if let Some(inside) = &mut inside {
            inside.push((at, c));
        } else {
            view.push(c, at..at + c.len_utf8(), Reading::Plain);
        }
    }
    turn_round(&mut view, inside.unwrap_or_default());
    Some(view)
}

/// Adds characters from the last to the first, each with the marks behind it.
fn turn_round(view: &mut View, mut chars: Vec<(usize, char)>) {
    while let Some(base) = chars.iter().rposition(|(_, c)| !is_mark(*c)).or(match chars.len() {
        0 => None,
        _ => Some(0),
    }) {
        for (at, c) in chars.drain(base..) {
            view.push(c, at..at + c.len_utf8(), Reading::Hidden);
        }
    }
}

/// A text in which runs of words in turned letters stand upright; `None` where it has none.
#[must_use]
pub fn upright(text: &str) -> Option<View> {
    if !text.contains(is_turned) {
        return None;
    }
    let mut upright = Upright { view: View::new(text.len()), run: Vec::new(), word: Vec::new() };
    for (at, c) in text.char_indices() {
        if c.is_alphabetic() {
            upright.word.push((at, c));
        } else {
            upright.end_word();
            if !c.is_whitespace() {
                upright.end_run();
            }
            upright.run.push((at, c));
        }
    }
    upright.end_word();
    upright.end_run();
    Some(upright.view)
}

struct Upright {
    view: View,
    /// Words whose letters all can be turned letters, and the white space behind them.
    run: Vec<(usize, char)>,
    word: Vec<(usize, char)>,
}

impl Upright {
    fn end_word(&mut self) {
        if self.word.iter().all(|&(_, c)| turned(c).is_some()) {
            return self.run.append(&mut self.word);
        }
        self.end_run();
        for (at, c) in self.word.drain(..) {
            self.view.push(c, at..at + c.len_utf8(), Reading::Plain);
        }
    }

    /// Adds the run, from its last letter to its first where any of it is turned.
    fn end_run(&mut self) {
        let mut run = std::mem::take(&mut self.run);
        let hidden = run.iter().any(|&(_, c)| is_turned(c));
        let letters = run.iter().rposition(|(_, c)| c.is_alphabetic()).map_or(0, |last| last + 1);
        let first = run.iter().position(|(_, c)| c.is_alphabetic()).unwrap_or(letters);
        if hidden {
            run[first..letters].reverse();
        }
        for (at, c) in run {
            let range = at..at + c.len_utf8();
            match turned(c) {
                Some(upright) if hidden => self.view.push(upright, range, Reading::Hidden),
                Some(_) | None => self.view.push(c, range, Reading::Plain),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(view: Option<View>, text: &str, expected: Option<&str>) {
        assert_eq!(view.as_ref().map(View::text), expected, "{text}");
        let Some(view) = view else { return };
        assert_eq!(view.source_range(0..view.text.len()).0, 0..text.len(), "{text}");
    }

    #[test]
    fn references_and_percent_encoding() {
        for (text, expected) in [
            ("&#116;e&#x72;m&amp;", Some("term&")),
            ("&#116e &eacute;t&Eacute;", Some("te étÉ")),
            ("%74%65rm %C3%A9 %D9%82", Some("term é ق")),
            ("100% & more &; &#; &#xZZ; %zz %C3%zz &unknown;", None),
            ("&#1114112; %FF &", None),
            ("plain", None),
        ] {
            check(decoded(text), text, expected);
        }
        let view = decoded("a &#116;&#101;rm").unwrap();
        assert_eq!(view.source_range(2..6), (2..16, Reading::Hidden));
        let view = decoded("R&amp;D").unwrap();
        assert_eq!(view.source_range(0..3), (0..7, Reading::Encoded));
        assert_eq!(view.source_range(0..1), (0..1, Reading::Plain));
    }

    #[test]
    fn overrides_and_turned_letters() {
        for (text, expected) in [
            ("a \u{202E}mret\u{202C} b", Some("a term b")),
            ("\u{202E}m\u{301}ret", Some("term\u{301}")),
            ("\u{202B}mret\u{202C}", None),
        ] {
            assert_eq!(reversed(text).as_ref().map(View::text), expected, "{text}");
        }
        for (text, expected) in
            [("ɯɹǝʇ", Some("term")), ("hand ʍou, hand", Some("hand now, hand")), ("now", None)]
        {
            assert_eq!(upright(text).as_ref().map(View::text), expected, "{text}");
        }
    }

    #[test]
    fn a_view_of_a_view_is_a_view_of_the_original() {
        let text = "&#x202E;mr&#101;t";
        let below = decoded(text).unwrap();
        let view = reversed(below.text()).unwrap().over(&below);
        let at = view.text().find("term").unwrap();
        assert_eq!(view.source_range(at..at + 4), (8..text.len(), Reading::Hidden));
    }
}
