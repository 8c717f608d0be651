//! The index: terms by the keys that lead to them.

use super::arabizi::Arabizi;
use super::exchanged::Exchanged;
use super::key::{Key, KeyHasher, Prefilter};
use super::term::{Keys, Term, romanised, suffixed};
use super::typos::Typos;
use super::{KnownWords, TermEntry};
use crate::fold::table::bits;
use crate::fold::{Fold, fold};
use model::{Grade, TermView, limits};
use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::ops::Range;

/// An index of terms.
#[derive(Debug, Default)]
pub struct TermIndex {
    pub(super) terms: Vec<Term>,
    /// How many of the terms are entries of the list: those behind them are what entries require
    /// or exclude.
    entries: usize,
    /// For each entry, its place in the list.
    places: Vec<u32>,
    pub(super) conditions: HashMap<u32, Conditions>,
    postings: Vec<Posting>,
    forms: Vec<Form>,
    keys: HashMap<u64, Range<u32>, BuildHasherDefault<KeyHasher>>,
    prefilter: Prefilter,
    /// Whether any term has letters of the Arabic script.
    pub(super) has_arabic: bool,
    pub(super) typos: Typos,
    pub(super) arabizi: Arabizi,
    pub(super) known: Option<KnownWords>,
    /// Only where words are known.
    pub(super) exchanged: Exchanged,
}

/// Another form of a term, in the strict fold, and the grade at which it is the term.
#[derive(Debug)]
pub(super) struct Form {
    pub text: Box<str>,
    pub grade: Grade,
    /// Scripts of which a word must stand beside it, as bits; none asks for nothing.
    pub beside: u32,
}

/// Other terms that decide whether a term counts, by their number.
#[derive(Debug, Default)]
pub(super) struct Conditions {
    pub requires: Vec<u32>,
    pub unless: Vec<u32>,
}

/// Where a key leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Posting {
    pub term: u32,
    pub part: Part,
}

/// What of a term a key is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    /// Its words from this one: one, or two of a phrase.
    Words(u16),
    /// All of it, as one run of letters.
    Whole,
    /// A form of it, by number.
    Form(u32),
}

impl TermIndex {
    /// Builds the index of a list of terms. Texts that [`super::check_term`] refuses are left out,
    /// also among what a term requires or excludes.
    ///
    /// # Panics
    /// Where there are more terms than [`limits::BANK_ENTRIES`].
    #[must_use]
    pub fn build<'a>(entries: impl IntoIterator<Item = TermEntry<'a>>) -> Self {
        let mut builder = Builder::default();
        let mut conditional: Vec<(u32, TermEntry)> = Vec::new();
        for (place, entry) in entries.into_iter().enumerate() {
            assert!(place < limits::BANK_ENTRIES, "more terms than a bank may have");
            if let Some(number) = builder.add(&entry) {
                builder.index.places.push(place as u32);
                if !(entry.requires.is_empty() && entry.unless.is_empty()) {
                    conditional.push((number, entry));
                }
            }
        }
        builder.index.entries = builder.index.terms.len();
        builder.conditions(&conditional);
        builder.finish()
    }

    /// The same index with words that are known to be ordinary, against which looser views are
    /// checked.
    #[must_use]
    pub fn with_known_words(mut self, known: KnownWords) -> Self {
        self.known = Some(known);
        let terms = self.terms.iter().enumerate();
        self.exchanged = Exchanged::build(terms.map(|(number, term)| (number as u32, term)));
        self
    }

    /// How many terms are in the index.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries
    }

    /// Whether no term is in the index.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries == 0
    }

    /// The place in the list of a term; `None` for one that only others require or exclude.
    pub(super) fn place(&self, term: u32) -> Option<usize> {
        self.places.get(term as usize).map(|&place| place as usize)
    }

    pub(super) fn form(&self, form: u32) -> &Form {
        &self.forms[form as usize]
    }

    /// Where a key leads.
    #[inline]
    pub(super) fn postings(&self, key: Key) -> &[Posting] {
        let key = key.mixed();
        if !self.prefilter.may_have(key) {
            return &[];
        }
        let Some(range) = self.keys.get(&key) else { return &[] };
        &self.postings[range.start as usize..range.end as usize]
    }
}

#[derive(Default)]
struct Builder {
    index: TermIndex,
    keys_of: Vec<Keys>,
    /// Keys of forms.
    forms: Vec<(u64, Posting)>,
    typos: Vec<u32>,
    arabizi: Vec<u32>,
}

impl Builder {
    fn add(&mut self, entry: &TermEntry) -> Option<u32> {
        let (term, keys) = Term::new(entry).ok()?;
        let number = self.index.terms.len() as u32;
        for form in suffixed(entry, &term) {
            self.add_form(number, Form { text: form.into(), grade: Grade::StrictFold, beside: 0 });
        }
        for (form, beside) in romanised(entry, &term) {
            self.add_form(number, Form { text: form.into(), grade: Grade::Disguised, beside });
        }
        if entry.views.contains(&TermView::Typos) {
            self.typos.push(number);
        }
        if entry.views.contains(&TermView::Arabizi) {
            self.arabizi.push(number);
        }
        self.index.terms.push(term);
        self.keys_of.push(keys);
        Some(number)
    }

    fn add_form(&mut self, term: u32, form: Form) {
        let folded = fold(&form.text, Fold::Strict);
        let pieces = folded.pieces().iter().filter(|piece| !piece.is_symbol());
        let key = pieces.fold(Key::EMPTY, |key, piece| key.join(piece.key));
        let part = Part::Form(self.index.forms.len() as u32);
        self.forms.push((key.mixed(), Posting { term, part }));
        self.index.forms.push(form);
    }

    /// Adds what entries require or exclude, each once, as terms behind the entries.
    fn conditions(&mut self, conditional: &[(u32, TermEntry)]) {
        let mut numbers: HashMap<String, Option<u32>> = HashMap::new();
        for (number, entry) in conditional {
            let mut number_of = |value: &String| {
                let added = || self.add(&TermEntry::plain(value));
                *numbers.entry(value.clone()).or_insert_with(added)
            };
            let requires = entry.requires.iter().filter_map(&mut number_of).collect();
            let unless = entry.unless.iter().filter_map(&mut number_of).collect();
            self.index.conditions.insert(*number, Conditions { requires, unless });
        }
    }

    fn finish(mut self) -> TermIndex {
        let mut postings = self.rarest();
        postings.append(&mut self.forms);
        for (number, keys) in self.keys_of.iter().enumerate() {
            // The only pair of a phrase of two words is all of it.
            if keys.parts.len() > 1 && self.index.terms[number].is_joinable() {
                let posting = Posting { term: number as u32, part: Part::Whole };
                postings.push((keys.whole.mixed(), posting));
            }
        }
        postings.sort_unstable();
        let mut index = self.index;
        let count = postings.chunk_by(|a, b| a.0 == b.0).count();
        index.prefilter = Prefilter::new(count);
        index.keys.reserve(count);
        for run in postings.chunk_by(|a, b| a.0 == b.0) {
            let start = index.postings.len() as u32;
            index.postings.extend(run.iter().map(|&(_, posting)| posting));
            index.keys.insert(run[0].0, start..index.postings.len() as u32);
            index.prefilter.insert(run[0].0);
        }
        let term = |&number: &u32| (number, &index.terms[number as usize]);
        index.has_arabic = index.terms.iter().any(|term| term.bits & bits::ARABIC != 0);
        index.typos = Typos::build(self.typos.iter().map(term));
        index.arabizi = Arabizi::build(self.arabizi.iter().map(term));
        index
    }

    /// For each term, the key that the fewest terms share.
    fn rarest(&self) -> Vec<(u64, Posting)> {
        let mut counts: HashMap<u64, u32, BuildHasherDefault<KeyHasher>> = HashMap::default();
        for key in self.keys_of.iter().flat_map(|keys| &keys.parts) {
            *counts.entry(key.mixed()).or_default() += 1;
        }
        let rarest = |keys: &Keys| {
            let parts = keys.parts.iter().map(|key| key.mixed()).enumerate();
            parts.min_by_key(|(_, key)| counts[key])
        };
        let terms = self.keys_of.iter().enumerate();
        terms
            .filter_map(|(number, keys)| {
                let (word, key) = rarest(keys)?;
                Some((key, Posting { term: number as u32, part: Part::Words(word as u16) }))
            })
            .collect()
    }
}
