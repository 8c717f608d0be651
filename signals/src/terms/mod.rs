//! Terms: words and phrases of the banks, found as whole words, also where they are disguised.
//!
//! Candidates are generated loosely and accepted strictly. Each word of a text has a key in which
//! letters that look alike are one, so that a word and its disguises have the key of the term; the
//! keys of neighbouring pieces are joined without reading them again. Whether a candidate is the
//! term, and how directly, is asked of the original, letter by letter.
//!
//! - [`Grade::Exact`]: equal after NFKC and case folding, at whole words.
//! - [`Grade::StrictFold`]: equal after the strict fold; also behind letters that Arabic joins to
//!   the front of a word (و ف ب ك ل ال …), and before pronouns where the term's curator asks.
//! - [`Grade::AccentInsensitive`]: equal after the strict fold without accents, or with vowels
//!   drawn out.
//! - [`Grade::Disguised`]: what it reads as: look-alikes, digits and symbols for letters, Arabic
//!   letters without dots, separators between letters, a phrase without its spaces, Cyrillic in
//!   Latin letters, stars for vowels; encoded, reversed and turned text. Where it is told which
//!   words are ordinary, also a long word with two neighbouring letters exchanged.
//! - [`Grade::Fuzzy`]: all but one edit, or the consonants in Arabizi; only where the term's
//!   curator asks for it.
//!
//! An entry whose case is exact must be equal under NFKC and has no other grade. Terms of fewer
//! than [`LOOSE_LETTERS`] letters have the first two grades alone.
//!
//! Whole words: a letter or digit beside the term means that the term is not there. Marks,
//! invisible characters and tatweel are no boundary, so vocalised Arabic is one word; apostrophes,
//! hyphens, underscores, `#` and `@` are boundaries, and so is a capital behind a small letter, for
//! the last but one grade. In scripts without spaces (Han, Kana, Thai, Lao, Khmer, Myanmar) every
//! letter is a word by itself, so that terms match within a line.
//!
//! Zero-width and bidirectional characters, tatweel, vocalisation and letter variants are ordinary
//! writing: they are folded away and never make a grade worse.

mod accept;
mod arabizi;
mod exchanged;
mod index;
pub(crate) mod key;
mod known;
mod lint;
mod search;
mod seen;
mod split;
mod term;
mod typos;

use crate::fold::{Fold, Folded, fold};
pub use known::KnownWords;
pub use lint::{TermWarning, lint};
use model::{BankEntry, CaseSensitivity, Grade, Span, TermView};
pub use seen::{SeenWords, SeenWordsProblem};
pub use term::LOOSE_LETTERS;
use term::Term;

pub use index::TermIndex;

/// One entry of a list of terms.
#[derive(Debug, Clone, Copy)]
pub struct TermEntry<'a> {
    /// The term as its curator wrote it.
    pub value: &'a str,
    /// Whether the case of its letters matters.
    pub case: CaseSensitivity,
    /// Looser ways in which it is found too.
    pub views: &'a [TermView],
    /// Other terms of which one must be in the text, in any grade; none asks for nothing.
    pub requires: &'a [String],
    /// Other terms of which none may be in the text, in the first three grades.
    pub unless: &'a [String],
}

impl<'a> TermEntry<'a> {
    /// What an entry of a bank asks for.
    #[must_use]
    pub fn of(entry: &'a BankEntry) -> Self {
        let BankEntry { value, case, views, requires, unless, .. } = entry;
        Self { value, case: *case, views, requires, unless }
    }

    /// A term whose case is folded, with nothing else.
    #[must_use]
    pub fn plain(value: &'a str) -> Self {
        Self { value, case: CaseSensitivity::Folded, views: &[], requires: &[], unless: &[] }
    }
}

/// A term that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct TermHit {
    /// The term's place in the list that the index was built from.
    pub entry: usize,
    /// The most direct way in which it was found.
    pub grade: Grade,
    /// Where, for that grade; the first [`model::limits::MATCH_SPANS`] places.
    pub spans: Vec<Span>,
}

/// What a search found.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TermHits {
    /// One hit for each term found, in the order of the list.
    pub hits: Vec<TermHit>,
    /// Candidates that were not looked at, because the text has more than a text may have.
    pub unchecked: usize,
}

/// Why a text cannot be a term.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TermProblem {
    /// Nothing of it is a letter or digit.
    #[error("has no letter or digit left after folding, so it can never be found as a word")]
    NoWord,
    /// It is too long.
    #[error("has {chars} characters after folding; at most {limit} are accepted")]
    TooLong {
        /// Characters after folding.
        chars: usize,
        /// Characters allowed.
        limit: usize,
    },
}

/// Says whether a text can be a term.
///
/// # Errors
/// Where it has no letter or digit, or more than [`model::limits::TERM_CHARS`] characters after
/// folding.
pub fn check_term(value: &str) -> Result<(), TermProblem> {
    Term::new(&TermEntry::plain(value)).map(|_| ())
}

impl TermIndex {
    /// Finds every term in a text, one hit for each, in the order of the list.
    #[must_use]
    pub fn search(&self, text: &str) -> Vec<TermHit> {
        self.search_folded(text, &fold(text, Fold::Strict)).hits
    }

    /// As [`Self::search`], with the text's strict fold that the caller has already, and with what
    /// was left out.
    ///
    /// # Panics
    /// Where `folded` is not the strict fold of `text`.
    #[must_use]
    pub fn search_folded(&self, text: &str, folded: &Folded) -> TermHits {
        search::search(self, text, folded)
    }
}
