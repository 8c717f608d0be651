//! Warnings on entries that will be found where they are not meant.

use super::TermEntry;
use super::term::{LOOSE_LETTERS, Term};
use crate::fold::table::bits;
use model::{CaseSensitivity, TermView};

/// What is doubtful about a term, in words that its curator can act on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TermWarning {
    /// It has so few letters that it is a word, a name or a part of one in some language.
    #[error(
        "has {letters} letters: so short a word is ordinary in some language; give other terms of \
         which one must be there too (`requires`), or a longer form"
    )]
    Short {
        /// Letters and digits of the term.
        letters: u16,
    },
    /// It is an acronym whose case does not count.
    #[error(
        "is an acronym, and its small letters are ordinary words in many languages: set its \
         `case` to `exact`"
    )]
    Acronym,
    /// It is all digits.
    #[error("is a number: it is found wherever somebody writes that number")]
    Number,
    /// It is asked to be found with typing errors, and is short.
    #[error(
        "has {letters} letters and is to be found with typing errors: below eight letters these \
         are most often other words"
    )]
    ShortForTypos {
        /// Letters and digits of the term.
        letters: u16,
    },
    /// It is asked to be found in Arabizi, and has no Arabic letters.
    #[error("is to be found in Arabizi and has no Arabic letters: the view does nothing")]
    NoArabic,
}

/// Letters below which typing errors make other words of a word.
const TYPO_LETTERS: u16 = 8;
/// Most letters of an acronym.
const ACRONYM_LETTERS: usize = 6;

/// What is doubtful about a term; nothing of a text that [`super::check_term`] refuses.
#[must_use]
pub fn lint(entry: &TermEntry) -> Vec<TermWarning> {
    let Ok((term, _)) = Term::new(entry) else { return Vec::new() };
    let mut warnings = Vec::new();
    let letters = term.letters;
    let of_letters = bits::LATIN | bits::CYRILLIC | bits::GREEK | bits::ARABIC;
    let is_word = term.bits & of_letters != 0;
    if is_word && letters < LOOSE_LETTERS && entry.requires.is_empty() {
        warnings.push(TermWarning::Short { letters });
    }
    let value = entry.value.trim();
    let is_acronym = value.chars().count() <= ACRONYM_LETTERS
        && value.chars().filter(|c| c.is_uppercase()).count() >= 2
        && !value.chars().any(char::is_lowercase);
    if is_acronym && entry.case == CaseSensitivity::Folded {
        warnings.push(TermWarning::Acronym);
    }
    if term.bits & bits::DIGIT != 0 && term.bits & !bits::DIGIT == 0 {
        warnings.push(TermWarning::Number);
    }
    if entry.views.contains(&TermView::Typos) && letters < TYPO_LETTERS {
        warnings.push(TermWarning::ShortForTypos { letters });
    }
    let no_arabic = term.bits & bits::ARABIC == 0;
    if no_arabic && entry.views.iter().any(|view| *view != TermView::Typos) {
        warnings.push(TermWarning::NoArabic);
    }
    warnings
}
