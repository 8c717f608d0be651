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

use icu_casemap::CaseMapper;
use icu_normalizer::DecomposingNormalizerBorrowed;
use icu_properties::CodePointMapData;
use icu_properties::props::{CanonicalCombiningClass, GeneralCategory, Script};
use model::{Span, Utf16Span};
use std::ops::Range;
use std::sync::OnceLock;

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

impl Fold {
    fn table(self) -> &'static [OnceLock<Block>; BLOCKS] {
        match self {
            Self::Nfkc => &NFKC,
            Self::Exact => &EXACT,
            Self::Strict => &STRICT,
        }
    }
}

/// A folded text, with its words and the place of every byte in the original.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folded {
    text: String,
    offsets: Vec<u32>,
    words: Vec<Range<u32>>,
}

impl Folded {
    /// The folded text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// For each byte of the folded text, the first byte of the character of the original that it
    /// comes from; never falling.
    #[must_use]
    pub fn offsets(&self) -> &[u32] {
        &self.offsets
    }

    /// The words, as ranges of the folded text.
    ///
    /// A word is a run of letters, digits and the marks on them. In scripts that are written
    /// without spaces (Han, Kana, Thai, Lao, Khmer, Myanmar) each letter is a word by itself.
    #[must_use]
    pub fn words(&self) -> &[Range<u32>] {
        &self.words
    }

    /// The range of the original that a non-empty range of the folded text comes from, extended
    /// over marks, invisible characters and tatweel that follow it.
    ///
    /// # Panics
    /// Where `source` is not the text that was folded, or the range is empty or out of bounds.
    #[must_use]
    pub fn source_range(&self, source: &str, folded: Range<usize>) -> Range<usize> {
        assert!(folded.start < folded.end, "an empty range has no source");
        let start = self.offsets[folded.start] as usize;
        let last = self.offsets[folded.end - 1] as usize;
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
    c == TATWEEL || is_invisible(c) || is_mark(c)
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
    let table = how.table();
    let mut at = usize::MAX;
    let mut block: Option<&Block> = None;
    for (offset, c) in text.char_indices() {
        let index = (c as usize) >> 8;
        if index != at {
            block = Some(table[index].get_or_init(|| Block::build(index, how)));
            at = index;
        }
        let Some(block) = block else { continue };
        for &unit in block.units((c as usize) & 0xFF) {
            writer.push(unit, offset as u32);
        }
    }
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

const TATWEEL: char = '\u{0640}';
const HIGH_HAMZA: char = '\u{0674}';
const DOT_ABOVE: char = '\u{0307}';
/// What the iota subscript U+0345, a mark, becomes under case folding: a letter that must be
/// sorted as the mark it was, and never dropped.
const IOTA: char = 'ι';
/// The one phrase ligature that Unicode does not decompose.
const BISMILLAH: (char, &str) = ('\u{FDFD}', "بسم الله الرحمن الرحيم");

const BLOCKS: usize = 0x1100;
static NFKC: [OnceLock<Block>; BLOCKS] = [const { OnceLock::new() }; BLOCKS];
static EXACT: [OnceLock<Block>; BLOCKS] = [const { OnceLock::new() }; BLOCKS];
static STRICT: [OnceLock<Block>; BLOCKS] = [const { OnceLock::new() }; BLOCKS];

/// What a folded character is to words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    /// A space, the only one.
    Space,
    /// Punctuation, a symbol, a control character.
    Separator,
    /// A letter or digit.
    Letter,
    /// A letter that is a word by itself.
    LoneLetter,
    /// A mark that belongs to the letter before.
    Mark,
}

/// One folded character.
#[derive(Debug, Clone, Copy)]
struct Unit {
    c: char,
    /// The canonical combining class that it is sorted by.
    combining: u8,
    class: Class,
}

/// What the 256 characters of one block fold to; made when the first of them is met.
#[derive(Debug)]
struct Block {
    /// For each character, the end of its units; they start where those of the one before end.
    ends: Vec<u16>,
    units: Vec<Unit>,
}

impl Block {
    fn build(index: usize, how: Fold) -> Self {
        let mut block = Self { ends: Vec::with_capacity(256), units: Vec::with_capacity(256) };
        for low in 0..256 {
            if let Some(c) = char::from_u32((index << 8 | low) as u32) {
                units_of(c, how, &mut block.units);
            }
            block.ends.push(block.units.len() as u16);
        }
        block
    }

    fn units(&self, low: usize) -> &[Unit] {
        let start = if low == 0 { 0 } else { self.ends[low - 1] };
        &self.units[start as usize..self.ends[low] as usize]
    }
}

fn units_of(c: char, how: Fold, units: &mut Vec<Unit>) {
    let normalizer = DecomposingNormalizerBorrowed::new_nfkd();
    let mut buffer = [0; 4];
    let mut decomposed = normalizer.normalize(c.encode_utf8(&mut buffer)).into_owned();
    if how == Fold::Strict && c == BISMILLAH.0 {
        decomposed = BISMILLAH.1.to_owned();
    }
    if is_invisible(c) {
        return;
    }
    for part in decomposed.chars().filter(|&part| !is_invisible(part)) {
        let combining = combining_class(part);
        let mut cased = part.to_string();
        if how != Fold::Nfkc {
            cased = CaseMapper::new().fold_string(&cased).into_owned();
            cased = normalizer.normalize(&cased).into_owned();
        }
        for letter in cased.chars() {
            let combining = combining.max(combining_class(letter));
            match how {
                Fold::Nfkc | Fold::Exact => units.push(unit(letter, combining)),
                Fold::Strict => strict(letter, |folded| units.push(unit(folded, combining))),
            }
        }
    }
}

fn combining_class(c: char) -> u8 {
    CodePointMapData::<CanonicalCombiningClass>::new().get(c).0
}

fn unit(c: char, combining: u8) -> Unit {
    let c = if c.is_whitespace() { ' ' } else { c };
    Unit { c, combining, class: class_of(c) }
}

fn class_of(c: char) -> Class {
    if c == ' ' {
        return Class::Space;
    }
    if is_mark(c) {
        return Class::Mark;
    }
    if !c.is_alphanumeric() {
        return Class::Separator;
    }
    // The prolonged sound mark is a letter of Kana that Unicode counts to no script.
    let lone = c == '\u{30FC}'
        || matches!(
            CodePointMapData::<Script>::new().get(c),
            Script::Han
                | Script::Hiragana
                | Script::Katakana
                | Script::Thai
                | Script::Lao
                | Script::Khmer
                | Script::Myanmar
        );
    if lone { Class::LoneLetter } else { Class::Letter }
}

/// What the strict fold makes of one character that is decomposed and case-folded already.
fn strict(c: char, mut push: impl FnMut(char)) {
    let one = match c {
        'æ' => return "ae".chars().for_each(push),
        'œ' => return "oe".chars().for_each(push),
        'þ' => return "th".chars().for_each(push),
        'đ' | 'ð' => 'd',
        'ø' => 'o',
        'ł' => 'l',
        'ħ' => 'h',
        'ŋ' => 'n',
        'ə' => 'e',
        'ı' => 'i',
        '\u{02BB}' | '\u{02BC}' | '\u{2018}' | '\u{2019}' | '\u{201B}' => '\'',
        '\u{060C}' => ',',
        '\u{061B}' => ';',
        '\u{061F}' => '?',
        '\u{066A}' => '%',
        '\u{066B}' | '\u{06D4}' => '.',
        '\u{066C}' => ',',
        '\u{2212}' => '-',
        c if c.is_ascii() => c,
        c => arabic(c).or_else(|| dash_or_digit(c)).unwrap_or(c),
    };
    push(one);
}

/// The Arabic letter that an Arabic-script letter is a variant of.
fn arabic(c: char) -> Option<char> {
    Some(match c {
        '\u{0671}'..='\u{0673}' => '\u{0627}',
        '\u{0649}' | '\u{06CC}'..='\u{06CE}' | '\u{06D0}'..='\u{06D3}' => '\u{064A}',
        '\u{06C4}'..='\u{06CB}' | '\u{06CF}' => '\u{0648}',
        '\u{0629}' | '\u{06BE}' | '\u{06C0}'..='\u{06C3}' | '\u{06D5}' | '\u{06FF}' => '\u{0647}',
        '\u{06A9}'..='\u{06AC}' | '\u{06AE}' | '\u{063B}' | '\u{063C}' => '\u{0643}',
        '\u{0762}'..='\u{0764}' => '\u{0643}',
        '\u{06B0}'..='\u{06B4}' => '\u{06AF}',
        '\u{06B5}'..='\u{06B8}' => '\u{0644}',
        '\u{0692}' | '\u{0695}' => '\u{0631}',
        _ => return None,
    })
}

/// The hyphen for a dash, and the ASCII digit for a decimal digit.
///
/// Unicode keeps decimal digits in whole runs of ten that start with zero, so the distance to the
/// start of the run tells the digit.
fn dash_or_digit(c: char) -> Option<char> {
    let categories = CodePointMapData::<GeneralCategory>::new();
    match categories.get(c) {
        GeneralCategory::DashPunctuation => Some('-'),
        GeneralCategory::DecimalNumber => {
            let is_digit = |code: u32| categories.get32(code) == GeneralCategory::DecimalNumber;
            let before = (0..c as u32).rev().take_while(|&code| is_digit(code)).count();
            char::from_digit((before % 10) as u32, 10)
        }
        _ => None,
    }
}

/// Whether the strict fold may drop a mark of this combining class at all.
fn droppable(mark: Unit) -> bool {
    mark.c != IOTA
        && match mark.combining {
            1 => mark.c < '\u{0900}',
            10..=36 | 200.. => true,
            _ => false,
        }
}

/// Whether marks on a letter are vocalisation: Hebrew, Arabic and Syriac.
fn vocalised(base: char) -> bool {
    matches!(base, '\u{0590}'..='\u{077F}' | '\u{0860}'..='\u{08FF}' | '\u{FB1D}'..='\u{FDFF}')
}

struct Writer {
    folded: Folded,
    how: Fold,
    /// Marks since the last character that is none, and where each came from.
    marks: Vec<Unit>,
    mark_offsets: Vec<u32>,
    /// Whether one of them is the iota subscript, which folds to a letter.
    iota_waits: bool,
    /// The last character that is no mark.
    base: char,
    /// Whether the last word still goes on.
    word: Word,
}

#[derive(PartialEq, Eq)]
enum Word {
    Closed,
    /// Letters and marks belong to it.
    Open,
    /// Only marks belong to it.
    Lone,
}

impl Writer {
    fn new(bytes: usize, how: Fold) -> Self {
        let folded = Folded {
            text: String::with_capacity(bytes + 8),
            offsets: Vec::with_capacity(bytes + 8),
            words: Vec::with_capacity(bytes / 6 + 1),
        };
        let (marks, mark_offsets) = (Vec::new(), Vec::new());
        let (iota_waits, base, word) = (false, ' ', Word::Closed);
        Self { folded, how, marks, mark_offsets, iota_waits, base, word }
    }

    fn push(&mut self, unit: Unit, offset: u32) {
        if unit.combining > 0 {
            self.iota_waits |= unit.c == IOTA;
            self.marks.push(unit);
            self.mark_offsets.push(offset);
            return;
        }
        if self.how == Fold::Strict && unit.c == TATWEEL {
            // The exact fold keeps it, so marks behind it belong to a waiting iota, not before it.
            if self.iota_waits {
                self.flush();
            }
            return;
        }
        // The high hamza after alef, waw or yeh is how U+0675 to U+0678 decompose: a mark in all
        // but name. By itself it stays.
        if self.how == Fold::Strict
            && unit.c == HIGH_HAMZA
            && !self.iota_waits
            && matches!(self.base, '\u{0627}' | '\u{0648}' | '\u{064A}')
        {
            return;
        }
        if !self.marks.is_empty() {
            self.flush();
        }
        self.base = unit.c;
        self.write(unit, offset);
    }

    /// Writes the waiting marks in canonical order. The offsets stay in the order of the original,
    /// so that they never fall.
    fn flush(&mut self) {
        let mut marks = std::mem::take(&mut self.marks);
        let mut offsets = std::mem::take(&mut self.mark_offsets);
        marks.sort_by_key(|mark| mark.combining);
        if self.iota_waits {
            // It may begin a word, and must not begin at the place of a mark sorted past it.
            let first = offsets[0];
            offsets.fill(first);
        }
        let piled = marks.iter().filter(|mark| droppable(**mark)).count() > MARKS_KEPT;
        for (&mark, &offset) in marks.iter().zip(&offsets) {
            let dropped = self.how == Fold::Strict
                && droppable(mark)
                && (piled
                    || vocalised(self.base)
                    || vocalised(mark.c)
                    || (mark.c == DOT_ABOVE && self.base == 'i'));
            if !dropped {
                self.write(mark, offset);
            }
            if mark.c == IOTA {
                self.base = IOTA;
            }
        }
        marks.clear();
        offsets.clear();
        self.iota_waits = false;
        self.marks = marks;
        self.mark_offsets = offsets;
    }

    fn write(&mut self, unit: Unit, offset: u32) {
        let start = self.folded.text.len() as u32;
        if unit.class == Class::Space && self.folded.text.ends_with(' ') {
            return;
        }
        self.folded.text.push(unit.c);
        let end = self.folded.text.len() as u32;
        self.folded.offsets.extend((start..end).map(|_| offset));
        let goes_on = match unit.class {
            Class::Space | Class::Separator => {
                self.word = Word::Closed;
                return;
            }
            Class::Letter => self.word == Word::Open,
            Class::LoneLetter => false,
            Class::Mark if self.word == Word::Closed => return,
            Class::Mark => true,
        };
        match self.folded.words.last_mut() {
            Some(word) if goes_on => word.end = end,
            Some(_) | None => self.folded.words.push(start..end),
        }
        match unit.class {
            Class::Letter => self.word = Word::Open,
            Class::LoneLetter => self.word = Word::Lone,
            Class::Space | Class::Separator | Class::Mark => {}
        }
    }

    fn finish(mut self) -> Folded {
        self.flush();
        self.folded
    }
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
