//! Named profiles: what well-known normalisers make of a text, for data that comes from them.
//!
//! Matching uses none of these: the Sorani profile goes the opposite way to the Arabic and Persian
//! ones, so no one text can have all three. [`super::fold`] goes one way for all languages.
//!
//! | profile | as in |
//! |---|---|
//! | [`Profile::LuceneArabic`] | Apache Lucene's `ArabicNormalizer` |
//! | [`Profile::LucenePersian`] | Apache Lucene's `PersianNormalizer` |
//! | [`Profile::LuceneSorani`] | Apache Lucene's `SoraniNormalizer`, for each word by itself |
//! | [`Profile::IcuFolding`] | Apache Lucene's `ICUFoldingFilter` (Unicode Technical Report 30) |
//!
//! Each is stated again from its published behaviour. The ICU profile drops marks by the property
//! `Diacritic` where the original has a list of them, so that it may differ on rare marks.

use super::is_invisible;
use super::table::ascii_digit;
use icu_casemap::CaseMapper;
use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};
use icu_properties::props::{DefaultIgnorableCodePoint, Diacritic, GeneralCategory};
use icu_properties::{CodePointMapData, CodePointSetData};

/// A normaliser that others use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// Alef, yeh and teh marbuta to one form; no tatweel, no harakat.
    LuceneArabic,
    /// Persian and Urdu yeh, kaf and heh to Arabic ones; no hamza above.
    LucenePersian,
    /// Arabic letters to those of Sorani Kurdish; no tatweel, harakat or format characters.
    LuceneSorani,
    /// NFKC and case folding without accents, in ASCII digits.
    IcuFolding,
}

impl Profile {
    /// Every profile, in the order of the documentation.
    pub const ALL: [Self; 4] =
        [Self::LuceneArabic, Self::LucenePersian, Self::LuceneSorani, Self::IcuFolding];

    /// Its name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::LuceneArabic => "lucene_arabic",
            Self::LucenePersian => "lucene_persian",
            Self::LuceneSorani => "lucene_sorani",
            Self::IcuFolding => "icu_folding",
        }
    }
}

/// What the normaliser of a profile makes of a text.
///
/// ```
/// use signals::fold::profiles::{Profile, normalize};
/// assert_eq!(normalize("ELİF", Profile::IcuFolding), "elif");
/// ```
#[must_use]
pub fn normalize(text: &str, profile: Profile) -> String {
    match profile {
        Profile::LuceneArabic => text.chars().filter_map(arabic).collect(),
        Profile::LucenePersian => text.chars().filter_map(persian).collect(),
        Profile::LuceneSorani => {
            text.split_inclusive(char::is_whitespace).flat_map(sorani_word).collect()
        }
        Profile::IcuFolding => icu(text),
    }
}

fn arabic(c: char) -> Option<char> {
    match c {
        '\u{0640}' | '\u{064B}'..='\u{0652}' => None,
        '\u{0622}' | '\u{0623}' | '\u{0625}' => Some('\u{0627}'),
        '\u{0649}' => Some('\u{064A}'),
        '\u{0629}' => Some('\u{0647}'),
        other => Some(other),
    }
}

fn persian(c: char) -> Option<char> {
    match c {
        '\u{0654}' => None,
        '\u{06CC}' | '\u{06D2}' => Some('\u{064A}'),
        '\u{06A9}' => Some('\u{0643}'),
        '\u{06C0}' | '\u{06C1}' => Some('\u{0647}'),
        other => Some(other),
    }
}

/// One word with the white space behind it.
fn sorani_word(word: &str) -> Vec<char> {
    const HEH: char = '\u{0647}';
    const AE: char = '\u{06D5}';
    const RREH: char = '\u{0695}';
    let letters = word.trim_end().len();
    let mut out: Vec<char> = Vec::new();
    for (at, c) in word[..letters].char_indices() {
        let is_last = at + c.len_utf8() == letters;
        match c {
            '\u{064A}' | '\u{0649}' => out.push('\u{06CC}'),
            '\u{0643}' => out.push('\u{06A9}'),
            '\u{200C}' => {
                if let Some(before) = out.last_mut().filter(|before| **before == HEH) {
                    *before = AE;
                }
            }
            HEH if is_last => out.push(AE),
            '\u{0629}' => out.push(AE),
            '\u{06BE}' => out.push(HEH),
            '\u{0631}' if out.is_empty() => out.push(RREH),
            '\u{0692}' => out.push(RREH),
            '\u{0640}' | '\u{064B}'..='\u{0652}' => {}
            other if is_format(other) => {}
            other => out.push(other),
        }
    }
    out.extend(word[letters..].chars());
    out
}

fn is_format(c: char) -> bool {
    CodePointMapData::<GeneralCategory>::new().get(c) == GeneralCategory::Format
}

fn icu(text: &str) -> String {
    let decompose = DecomposingNormalizerBorrowed::new_nfkd();
    let cased = CaseMapper::new().fold_string(&decompose.normalize(text)).into_owned();
    let mut folded = String::with_capacity(cased.len());
    for c in decompose.normalize(&cased).chars().filter(|&c| !is_left_out(c)) {
        match c {
            'đ' | 'ð' => folded.push('d'),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'ø' => folded.push('o'),
            'ł' => folded.push('l'),
            'ħ' => folded.push('h'),
            'ı' => folded.push('i'),
            other => folded.push(ascii_digit(other).unwrap_or(other)),
        }
    }
    ComposingNormalizerBorrowed::new_nfc().normalize(&folded).into_owned()
}

fn is_left_out(c: char) -> bool {
    let is_mark =
        CodePointMapData::<GeneralCategory>::new().get(c) == GeneralCategory::NonspacingMark;
    (is_mark && (CodePointSetData::new::<Diacritic>().contains(c) || c < '\u{0370}'))
        || CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c)
        || is_invisible(c)
}
