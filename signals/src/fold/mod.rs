//! Folding: text in a form in which spellings of the same word are equal, with the place in the
//! original of every folded byte.
//!
//! Each fold is one pass over the original, character by character, so that offsets are exact.
//! Every character is *decomposed*; nothing is composed again. Two texts have the same composed
//! form exactly where they have the same decomposed form, so comparing here is comparing after
//! NFKC, without look-ahead.
//!
//! | fold | what becomes equal |
//! |---|---|
//! | [`Fold::Nfkc`] | compatibility forms, runs of white space; no invisible characters |
//! | [`Fold::Exact`] | also upper and lower case (full case folding) |
//! | [`Fold::Strict`] | also spellings of one word: see below |
//!
//! The strict fold adds:
//! - Arabic-script letter variants go one way, towards Arabic letters, for every language that is
//!   written in them: ی → ي, ک → ك, ە → ه, أ → ا. پ چ ژ گ and the like stay distinct.
//! - Tatweel goes. Of the phrase ligatures, U+FDFD has no decomposition in Unicode and gets one.
//! - Decimal digits of every script become ASCII; dashes `-`; apostrophes `'`; Arabic punctuation
//!   its Latin counterpart.
//! - ß đ ð ø ł æ œ þ ħ ŋ ə ı become ss d d o l ae oe th h n e i, and a dot above an i goes, so that
//!   I, İ, ı and i are one letter.
//! - **Marks.** A mark may be dropped only where its canonical combining class is 1 (overlays below
//!   U+0900), 10 to 36, or at least 200: nuktas, viramas and the vowels of South and South-East
//!   Asian scripts stay. Of those, a mark is dropped where it is an Arabic, Hebrew or Syriac mark,
//!   or stands on a letter of those scripts. On any other letter it stays, because ñ, å, ş and й
//!   are letters of their own; but where more than [`MARKS_KEPT`] pile up on one base, which no
//!   orthography does, all of them go.

pub(crate) mod lookalikes;
pub mod profiles;
pub(crate) mod table;
pub mod views;
mod writer;

use icu_properties::CodePointMapData;
use icu_properties::props::GeneralCategory;
use model::{Span, Utf16Span};
use std::ops::Range;
pub(crate) use writer::Piece;
use writer::{Stretch, Writer};

/// Most droppable marks on one base that the strict fold takes for spelling.
pub const MARKS_KEPT: usize = 4;

/// Which differences a fold removes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fold {
    /// Compatibility forms, white space and invisible characters (Unicode Annex 15, NFKC).
    Nfkc,
    /// Those and case: the fold of the grade *exact*.
    Exact,
    /// Those and variants of spelling: the fold of the grade *strict fold*.
    Strict,
}

/// A folded text, with its words and the place of every byte in the original.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folded {
    text: String,
    stretches: Vec<Stretch>,
    words: Vec<Range<u32>>,
    pieces: Vec<Piece>,
    /// What its characters are, as the bits of the table.
    seen: u32,
}

impl Folded {
    /// The folded text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Where the character of the folded text that has the byte `at` comes from: the first byte of
    /// a character of the original. It never falls as `at` rises.
    ///
    /// # Panics
    /// Where `at` is not within the folded text.
    #[must_use]
    pub fn offset(&self, at: usize) -> usize {
        assert!(at < self.text.len(), "a place behind the folded text has no source");
        let at = self.text.floor_char_boundary(at);
        let stretch = self.stretches.partition_point(|stretch| stretch.folded as usize <= at);
        stretch.checked_sub(1).map_or(at, |stretch| {
            let Stretch { folded, source } = self.stretches[stretch];
            at - folded as usize + source as usize
        })
    }

    /// The words, as ranges of the folded text.
    ///
    /// A word is a run of letters, digits and the marks on them. In scripts that are written
    /// without spaces (Han, Kana, Thai, Lao, Khmer, Myanmar) each letter is a word by itself.
    #[must_use]
    pub fn words(&self) -> &[Range<u32>] {
        &self.words
    }

    /// The parts of words and the symbols that are looked up; none but in the strict fold.
    pub(crate) fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// What its characters are, as the bits of the table.
    pub(crate) fn seen(&self) -> u32 {
        self.seen
    }

    /// The range of the original that a non-empty range of the folded text comes from, extended
    /// over marks, invisible characters and tatweel that follow it.
    ///
    /// # Panics
    /// Where `source` is not the text that was folded, or the range is empty or out of bounds.
    #[must_use]
    pub fn source_range(&self, source: &str, folded: Range<usize>) -> Range<usize> {
        assert!(folded.start < folded.end, "an empty range has no source");
        let start = self.offset(folded.start);
        let last = self.offset(folded.end - 1);
        let mut rest = source[last..].chars();
        let mut end = last + rest.next().map_or(0, char::len_utf8);
        end += rest.take_while(|&c| trails(c)).map(char::len_utf8).sum::<usize>();
        start..end
    }
}

/// Whether a character belongs to the word before it without being a letter of it.
fn trails(c: char) -> bool {
    if c.is_ascii() {
        return false;
    }
    c == table::TATWEEL || is_invisible(c) || is_mark(c)
}

/// Whether a character is a combining mark.
#[must_use]
pub fn is_mark(c: char) -> bool {
    use GeneralCategory::{EnclosingMark, NonspacingMark, SpacingMark};
    let category = CodePointMapData::<GeneralCategory>::new().get(c);
    matches!(category, EnclosingMark | NonspacingMark | SpacingMark)
}

/// Whether a character is ignored in matching because it shows nothing by itself: soft hyphen,
/// zero-width and bidirectional characters, fillers, variation selectors, tags.
///
/// They are ordinary in Persian, Kurdish and Arabic; never take them for evidence.
#[must_use]
pub fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{00AD}'
            | '\u{034F}'
            | '\u{061C}'
            | '\u{115F}'..='\u{1160}'
            | '\u{17B4}'..='\u{17B5}'
            | '\u{180B}'..='\u{180F}'
            | '\u{200B}'..='\u{200F}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}'
            | '\u{3164}'
            | '\u{FE00}'..='\u{FE0F}'
            | '\u{FEFF}'
            | '\u{FFA0}'
            | '\u{FFF0}'..='\u{FFF8}'
            | '\u{1BCA0}'..='\u{1BCA3}'
            | '\u{1D173}'..='\u{1D17A}'
            | '\u{E0000}'..='\u{E0FFF}'
    )
}

/// Folds a text in one pass.
///
/// # Panics
/// Where the text is longer than 4 GiB; items are bounded far below.
#[must_use]
pub fn fold(text: &str, how: Fold) -> Folded {
    assert!(u32::try_from(text.len()).is_ok(), "a text beyond 4 GiB");
    let mut writer = Writer::new(text.len(), how);
    writer.all(text);
    writer.finish()
}

/// Makes spans of ranges of `text`, with UTF-16 offsets, in one pass over the text.
///
/// # Panics
/// Where a range does not lie on character boundaries of the text.
#[must_use]
pub fn spans_of(text: &str, ranges: &[Range<usize>]) -> Vec<Span> {
    let mut edges: Vec<usize> = ranges.iter().flat_map(|range| [range.start, range.end]).collect();
    edges.sort_unstable();
    edges.dedup();
    let mut units = Vec::with_capacity(edges.len());
    let (mut byte, mut unit) = (0, 0);
    for &edge in &edges {
        unit += text[byte..edge].chars().map(char::len_utf16).sum::<usize>();
        byte = edge;
        units.push(unit);
    }
    let unit_at = |byte: usize| edges.binary_search(&byte).map_or(0, |index| units[index]);
    ranges
        .iter()
        .map(|range| Span {
            start: range.start,
            end: range.end,
            utf16: Utf16Span { start: unit_at(range.start), end: unit_at(range.end) },
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every character of Unicode, and every 97th code point of planes without any: folding what
    /// was folded changes nothing, and what the exact fold makes equal the strict fold makes equal.
    #[test]
    fn every_character_folds_once() {
        let codes = (0..0x3_2400).chain((0x3_2400..=0x10_FFFF).step_by(97));
        for c in codes.filter_map(char::from_u32) {
            let text = c.to_string();
            let exact = fold(&text, Fold::Exact);
            let strict = fold(&text, Fold::Strict);
            for (how, once) in [
                (Fold::Nfkc, &fold(&text, Fold::Nfkc)),
                (Fold::Exact, &exact),
                (Fold::Strict, &strict),
            ] {
                assert_eq!(
                    fold(once.text(), how).text(),
                    once.text(),
                    "U+{:04X} {how:?}",
                    c as u32
                );
                assert!(once.text().len() <= text.len() * model::limits::FOLD_EXPANSION);
            }
            let again = fold(exact.text(), Fold::Strict);
            assert_eq!(again.text(), strict.text(), "U+{:04X}", c as u32);
        }
    }
}
