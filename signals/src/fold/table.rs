//! What each character folds to, in blocks of 256 characters that are made when the first of them
//! is met.

use super::lookalikes::{self, StandIn};
use super::{Fold, is_invisible, is_mark};
use icu_casemap::CaseMapper;
use icu_normalizer::DecomposingNormalizerBorrowed;
use icu_properties::CodePointMapData;
use icu_properties::props::{CanonicalCombiningClass, GeneralCategory, Script};
use std::sync::OnceLock;

pub(crate) const TATWEEL: char = '\u{0640}';
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
pub(crate) enum Class {
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

/// Properties of a folded character, as bits; those below [`OF_WORDS`] are gathered by words.
pub(crate) mod bits {
    /// A decimal digit.
    pub const DIGIT: u32 = 1;
    /// A letter of Latin.
    pub const LATIN: u32 = 1 << 1;
    /// A letter of Cyrillic.
    pub const CYRILLIC: u32 = 1 << 2;
    /// A letter of Greek.
    pub const GREEK: u32 = 1 << 3;
    /// A letter of the Arabic script.
    pub const ARABIC: u32 = 1 << 4;
    /// A letter of any other script.
    pub const OTHER_SCRIPT: u32 = 1 << 5;
    /// A shape that ordinary words do not have.
    pub const UNUSUAL: u32 = 1 << 6;
    /// A mark that was kept and that an accent-insensitive comparison leaves out.
    pub const ACCENT: u32 = 1 << 7;
    /// The bits that are gathered by words.
    pub const OF_WORDS: u32 = (1 << 8) - 1;
    /// An upper-case letter of the original.
    pub const UPPER: u32 = 1 << 8;
    /// A lower-case letter of the original.
    pub const LOWER: u32 = 1 << 9;
    /// Yeh or noon without dots: unusual where another letter follows.
    pub const UNDOTTED_FINAL: u32 = 1 << 10;
    /// A symbol that stands in for letters.
    pub const SYMBOL: u32 = 1 << 11;
    /// A symbol that stands in for letters, and between words as well.
    pub const PUNCTUATION: u32 = 1 << 12;
    /// Tatweel and the high hamza, which the strict fold looks at one by one.
    pub const SPECIAL: u32 = 1 << 13;
    /// A mark that may be dropped.
    pub const DROPPABLE: u32 = 1 << 14;
    /// The star, which stands for any vowel.
    pub const STAR: u32 = 1 << 15;
    /// What an encoded character begins with.
    pub const ENCODES: u32 = 1 << 16;
    /// A bidirectional override.
    pub const OVERRIDES: u32 = 1 << 17;
}

/// One folded character.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Unit {
    pub c: char,
    /// Its class among look-alikes.
    pub code: u32,
    pub bytes: [u8; 4],
    pub bits: u32,
    pub len: u8,
    /// The canonical combining class that it is sorted by.
    pub combining: u8,
    pub class: Class,
}

impl Unit {
    fn is_simple(&self) -> bool {
        self.class == Class::Letter && self.combining == 0 && self.bits & bits::SPECIAL == 0
    }

    pub fn is_iota(&self) -> bool {
        self.c == IOTA && self.combining > 0
    }

    pub fn is_tatweel(&self) -> bool {
        self.c == TATWEEL
    }

    /// Whether the strict fold drops this mark on a letter: vocalisation, and dots above an i.
    pub fn is_dropped_on(&self, base: char) -> bool {
        let is_dot = self.c == DOT_ABOVE && base == 'i';
        self.bits & bits::DROPPABLE != 0 && (vocalised(base) || vocalised(self.c) || is_dot)
    }
}

/// A character that folds to one letter or digit, perhaps with one mark on it; in sixteen bytes,
/// so that the alphabets of a text stay close at hand.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Simple {
    /// What it folds to; for other characters nothing of this holds.
    pub c: char,
    pub code: u32,
    pub bytes: [u8; 4],
    /// Those of its bits up to [`bits::UNDOTTED_FINAL`]; simple letters have no others.
    pub bits: u16,
    /// How many of the bytes are of it; none where the character is not simple.
    pub len: u8,
    /// The mark on it where no other mark follows: [`NO_MARK`], [`DROPPED`], or one that is kept.
    pub mark: u8,
}

/// A simple letter without a mark.
pub(crate) const NO_MARK: u8 = 0;
/// A simple letter with a mark that the fold drops. Greater numbers are of marks that are kept.
pub(crate) const DROPPED: u8 = 1;

/// What the 256 characters of one block fold to.
#[derive(Debug)]
pub(crate) struct Block {
    /// For each character that folds to a simple letter, that letter.
    simple: Box<[Simple; 256]>,
    /// The marks that simple letters keep; the first has the number after [`DROPPED`].
    marks: Vec<Unit>,
    /// For each character, the end of its units; they start where those of the one before end.
    ends: [u16; 256],
    units: Vec<Unit>,
}

impl Block {
    fn build(index: usize, how: Fold) -> Self {
        let mut block = Self {
            simple: Box::new([Simple::NONE; 256]),
            marks: Vec::new(),
            ends: [0; 256],
            units: Vec::with_capacity(256),
        };
        for low in 0..256 {
            let start = block.units.len();
            if let Some(c) = char::from_u32((index << 8 | low) as u32) {
                units_of(c, how, &mut block.units);
            }
            block.ends[low] = block.units.len() as u16;
            if let Some(simple) = Simple::of(&block.units[start..], how, &mut block.marks) {
                block.simple[low] = simple;
            }
        }
        block
    }

    /// What the character with those low eight bits is as a simple letter; of no length where it is
    /// none.
    #[inline(always)]
    pub fn simple(&self, low: u8) -> &Simple {
        &self.simple[low as usize]
    }

    /// The mark that a simple letter keeps, if any.
    #[inline(always)]
    pub fn mark(&self, simple: &Simple) -> Option<&Unit> {
        let number = simple.mark.checked_sub(DROPPED + 1)?;
        self.marks.get(number as usize)
    }

    /// The units of the character with those low eight bits.
    #[inline]
    pub fn units(&self, low: u8) -> &[Unit] {
        let start = if low == 0 { 0 } else { self.ends[low as usize - 1] };
        &self.units[start as usize..self.ends[low as usize] as usize]
    }
}

impl Simple {
    const NONE: Self = Self { c: '\0', code: 0, bytes: [0; 4], bits: 0, len: 0, mark: NO_MARK };

    /// What a character with those units is, if it is simple; a mark that it keeps is added.
    fn of(units: &[Unit], how: Fold, marks: &mut Vec<Unit>) -> Option<Self> {
        let (letter, rest) = units.split_first().filter(|(letter, _)| letter.is_simple())?;
        let mark = match rest {
            [] => NO_MARK,
            [mark] if mark.combining == 0 || mark.is_iota() => return None,
            [mark] if how == Fold::Strict && mark.is_dropped_on(letter.c) => DROPPED,
            [mark] => {
                marks.push(*mark);
                u8::try_from(marks.len()).ok()?.checked_add(DROPPED)?
            }
            _ => return None,
        };
        let Unit { c, code, bytes, bits, len, .. } = *letter;
        Some(Self { c, code, bytes, bits: u16::try_from(bits).ok()?, len, mark })
    }
}

/// The block of the characters with those high bits.
#[inline]
pub(crate) fn block(index: usize, how: Fold) -> &'static Block {
    let table = match how {
        Fold::Nfkc => &NFKC,
        Fold::Exact => &EXACT,
        Fold::Strict => &STRICT,
    };
    table[index].get_or_init(|| Block::build(index, how))
}

/// The units that one character folds to.
#[inline]
pub(crate) fn units(c: char, how: Fold) -> &'static [Unit] {
    block((c as usize) >> 8, how).units(c as u8)
}

/// The first character that a character folds to strictly, by itself; itself if none.
pub(super) fn simple_fold(c: char) -> char {
    let mut first = None;
    parts(c, Fold::Strict, |folded, _| _ = first.get_or_insert(folded));
    first.unwrap_or(c)
}

/// Whether marks on a letter are vocalisation: Hebrew, Arabic and Syriac.
fn vocalised(base: char) -> bool {
    matches!(base, '\u{0590}'..='\u{077F}' | '\u{0860}'..='\u{08FF}' | '\u{FB1D}'..='\u{FDFF}')
}

fn units_of(c: char, how: Fold, units: &mut Vec<Unit>) {
    let of_source = source_bits(c);
    parts(c, how, |folded, combining| {
        let mut unit = unit(folded, combining, how);
        unit.bits |= of_source;
        units.push(unit);
    });
}

/// Calls `push` with each folded character and the combining class that it is sorted by.
fn parts(c: char, how: Fold, mut push: impl FnMut(char, u8)) {
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
                Fold::Nfkc | Fold::Exact => push(letter, combining),
                Fold::Strict => strict(letter, |folded| push(folded, combining)),
            }
        }
    }
}

fn combining_class(c: char) -> u8 {
    CodePointMapData::<CanonicalCombiningClass>::new().get(c).0
}

fn unit(c: char, combining: u8, how: Fold) -> Unit {
    let c = if c.is_whitespace() { ' ' } else { c };
    let mut bytes = [0; 4];
    let len = c.encode_utf8(&mut bytes).len() as u8;
    let class = class_of(c);
    let mut unit = Unit { c, code: c as u32, bytes, bits: 0, len, combining, class };
    if how == Fold::Strict {
        unit.bits = bits_of(&unit);
        unit.code = lookalikes::class_of(c) as u32;
    }
    unit
}

/// What the original character tells that its fold does not.
fn source_bits(c: char) -> u32 {
    match CodePointMapData::<GeneralCategory>::new().get(c) {
        _ if matches!(c, '\u{0649}' | '\u{06BA}') => bits::UNDOTTED_FINAL,
        _ if lookalikes::is_unusual(c) => bits::UNUSUAL,
        GeneralCategory::UppercaseLetter => bits::UPPER,
        GeneralCategory::LowercaseLetter => bits::LOWER,
        _ => 0,
    }
}

fn bits_of(unit: &Unit) -> u32 {
    let c = unit.c;
    if unit.combining > 0 || unit.class == Class::Mark {
        return if droppable(unit) { bits::DROPPABLE } else { 0 };
    }
    match unit.class {
        Class::Letter | Class::LoneLetter if c == TATWEEL || c == HIGH_HAMZA => {
            bits::SPECIAL | bits::ARABIC
        }
        Class::Letter | Class::LoneLetter if c.is_numeric() => bits::DIGIT,
        Class::Letter | Class::LoneLetter => match CodePointMapData::<Script>::new().get(c) {
            Script::Latin => bits::LATIN,
            Script::Cyrillic => bits::CYRILLIC,
            Script::Greek => bits::GREEK,
            Script::Arabic => bits::ARABIC,
            Script::Common | Script::Inherited => 0,
            _ => bits::OTHER_SCRIPT,
        },
        Class::Separator | Class::Space => match lookalikes::symbol(c) {
            Some(_) if c == lookalikes::STAR => bits::SYMBOL | bits::STAR,
            Some(StandIn::Punctuation) => bits::SYMBOL | bits::PUNCTUATION,
            Some(_) => bits::SYMBOL,
            None if matches!(c, '&' | '%') => bits::ENCODES,
            None => 0,
        },
        Class::Mark => 0,
    }
}

/// Whether an accent-insensitive comparison leaves a folded mark out.
pub(crate) fn is_accent(c: char) -> bool {
    !c.is_ascii() && units(c, Fold::Strict).iter().any(|unit| unit.bits & bits::DROPPABLE != 0)
}

/// Whether the strict fold may drop a mark of this combining class at all.
fn droppable(mark: &Unit) -> bool {
    mark.c != IOTA
        && match mark.combining {
            1 => mark.c < '\u{0900}',
            10..=36 | 200.. => true,
            _ => false,
        }
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
fn dash_or_digit(c: char) -> Option<char> {
    match CodePointMapData::<GeneralCategory>::new().get(c) {
        GeneralCategory::DashPunctuation => Some('-'),
        GeneralCategory::DecimalNumber => ascii_digit(c),
        _ => None,
    }
}

/// The ASCII digit for a decimal digit of any script.
///
/// Unicode keeps decimal digits in whole runs of ten that start with zero, so the distance to the
/// start of the run tells the digit.
pub(super) fn ascii_digit(c: char) -> Option<char> {
    let categories = CodePointMapData::<GeneralCategory>::new();
    let is_digit = |code: u32| categories.get32(code) == GeneralCategory::DecimalNumber;
    if !is_digit(c as u32) {
        return None;
    }
    let before = (0..c as u32).rev().take_while(|&code| is_digit(code)).count();
    char::from_digit((before % 10) as u32, 10)
}
