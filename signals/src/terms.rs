//! Terms: words and phrases of the banks, found as whole words.
//!
//! Candidates come from the strict fold; the grade comes from the original. A term is found where
//! the words of its strict fold stand next to each other in the strict fold of the text with the
//! same separators between them (runs of white space are one space), and punctuation that the
//! entry has before or behind its words is there too. Then the span of the original is folded
//! again: equal under the exact fold is [`Grade::Exact`], otherwise [`Grade::StrictFold`]. An
//! entry whose case is exact must be equal under NFKC and has no other grade.
//!
//! Whole words: a letter or digit beside the term means that the term is not there. Marks,
//! invisible characters and tatweel are no boundary, so vocalised Arabic is one word; apostrophes,
//! hyphens, underscores, `#` and `@` are boundaries. In scripts without spaces (Han, Kana, Thai,
//! Lao, Khmer, Myanmar) every letter is a word by itself, so that terms match within a line.
//! Letters that Arabic joins to the front of a word (و ف ب ك ل ال) are part of the word: they make
//! other words as often as they are prefixes, so an operator lists the forms that are meant.
//!
//! The index keys each term by its rarest word, or by its rarest pair of neighbouring words where
//! it has more than one, behind a bitmap that most words of ordinary text do not pass.

use crate::fold::{Fold, Folded, fold, spans_of};
use model::{CaseSensitivity, Grade, Span, limits};
use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasherDefault, Hasher};
use std::ops::Range;

/// A term that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct TermHit {
    /// The term's place in the list that the index was built from.
    pub entry: usize,
    /// The most direct way in which it was found.
    pub grade: Grade,
    /// Where, for that grade; the first [`limits::MATCH_SPANS`] places.
    pub spans: Vec<Span>,
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
/// Where it has no letter or digit, or more than [`limits::TERM_CHARS`] characters after folding.
pub fn check_term(value: &str) -> Result<(), TermProblem> {
    Term::new(value, CaseSensitivity::Folded).map(|_| ())
}

/// An index of terms.
#[derive(Debug, Default)]
pub struct TermIndex {
    terms: Vec<Indexed>,
    postings: Vec<Posting>,
    keys: HashMap<u64, Range<u32>, BuildHasherDefault<KeyHasher>>,
    prefilter: Prefilter,
}

impl TermIndex {
    /// Builds the index of a list of terms. Texts that [`check_term`] refuses are left out.
    ///
    /// # Panics
    /// Where there are more terms than [`limits::BANK_ENTRIES`].
    #[must_use]
    pub fn build<'a>(entries: impl IntoIterator<Item = (&'a str, CaseSensitivity)>) -> Self {
        let mut terms = Vec::new();
        let mut keys_of = Vec::new();
        for (entry, (value, case)) in entries.into_iter().enumerate() {
            assert!(entry < limits::BANK_ENTRIES, "more terms than a bank may have");
            if let Ok((term, keys)) = Term::new(value, case) {
                terms.push(Indexed { entry: entry as u32, term });
                keys_of.push(keys);
            }
        }
        let postings = rarest(&keys_of);
        let mut index =
            Self { terms, prefilter: Prefilter::new(postings.len()), ..Self::default() };
        for run in postings.chunk_by(|a, b| a.0 == b.0) {
            let start = index.postings.len() as u32;
            index.postings.extend(run.iter().map(|&(_, posting)| posting));
            index.keys.insert(run[0].0, start..index.postings.len() as u32);
            index.prefilter.insert(run[0].0);
        }
        index
    }

    /// How many terms are in the index.
    #[must_use]
    pub fn len(&self) -> usize {
        self.terms.len()
    }

    /// Whether no term is in the index.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// Finds every term in a text, one hit for each, in the order of the list.
    #[must_use]
    pub fn search(&self, text: &str) -> Vec<TermHit> {
        self.search_folded(text, &fold(text, Fold::Strict))
    }

    /// As [`Self::search`], with the text's strict fold that the caller has already.
    ///
    /// # Panics
    /// Where `folded` is not the strict fold of `text`.
    #[must_use]
    pub fn search_folded(&self, text: &str, folded: &Folded) -> Vec<TermHit> {
        let mut found: BTreeMap<u32, Found> = BTreeMap::new();
        if self.terms.is_empty() {
            return Vec::new();
        }
        let mut before = None;
        for (index, word) in folded.words().iter().enumerate() {
            let hash = hash(&folded.text().as_bytes()[word.start as usize..word.end as usize]);
            self.look_up(text, folded, index, hash, &mut found);
            if let Some(before) = before {
                self.look_up(text, folded, index - 1, pair(before, hash), &mut found);
            }
            before = Some(hash);
        }
        hits(text, found)
    }

    /// Checks every term that is keyed by `key`, which was met at the word `index`.
    fn look_up(
        &self,
        text: &str,
        folded: &Folded,
        index: usize,
        key: u64,
        found: &mut BTreeMap<u32, Found>,
    ) {
        if !self.prefilter.may_have(key) {
            return;
        }
        let Some(range) = self.keys.get(&key) else { return };
        for posting in &self.postings[range.start as usize..range.end as usize] {
            let Some(first) = index.checked_sub(posting.word as usize) else { continue };
            let Indexed { entry, term } = &self.terms[posting.term as usize];
            if let Some(place) = term.place(folded, first) {
                let found = found.entry(*entry).or_default();
                if found.wants_more() {
                    found.add(term.grade(text, folded, place));
                }
            }
        }
    }
}

/// Most places of one term whose grade is checked in one text. Only a text that repeats a variant
/// spelling thousands of times meets it, and the spans kept are far fewer.
const PLACES_GRADED: usize = 4_096;

/// What was found of one term.
#[derive(Debug, Default)]
struct Found {
    graded: usize,
    exact: Vec<Range<usize>>,
    strict: Vec<Range<usize>>,
}

impl Found {
    fn wants_more(&self) -> bool {
        self.exact.len() < limits::MATCH_SPANS && self.graded < PLACES_GRADED
    }

    fn add(&mut self, graded: Option<(Grade, Range<usize>)>) {
        self.graded += 1;
        match graded {
            Some((Grade::Exact, range)) => self.exact.push(range),
            Some(_) if self.strict.len() >= limits::MATCH_SPANS => {}
            Some((_, range)) => self.strict.push(range),
            None => {}
        }
    }
}

fn hits(text: &str, found: BTreeMap<u32, Found>) -> Vec<TermHit> {
    let chosen: Vec<(u32, Grade, Vec<Range<usize>>)> = found
        .into_iter()
        .filter_map(|(entry, found)| match (found.exact, found.strict) {
            (exact, strict) if exact.is_empty() && strict.is_empty() => None,
            (exact, strict) if exact.is_empty() => Some((entry, Grade::StrictFold, strict)),
            (exact, _) => Some((entry, Grade::Exact, exact)),
        })
        .collect();
    let ranges: Vec<Range<usize>> =
        chosen.iter().flat_map(|(_, _, ranges)| ranges.iter().cloned()).collect();
    let mut spans = spans_of(text, &ranges).into_iter();
    chosen
        .into_iter()
        .map(|(entry, grade, ranges)| TermHit {
            entry: entry as usize,
            grade,
            spans: spans.by_ref().take(ranges.len()).collect(),
        })
        .collect()
}

#[derive(Debug)]
struct Indexed {
    /// Place in the list that the index was built from.
    entry: u32,
    term: Term,
}

/// One term in its folded forms.
#[derive(Debug)]
struct Term {
    strict: Box<str>,
    /// What the span of a direct match folds to: exact fold, or NFKC where case matters.
    direct: Box<str>,
    case: CaseSensitivity,
    /// Bytes of the strict fold before its first word.
    before: u16,
    /// Bytes of the strict fold behind its last word.
    behind: u16,
    /// Number of words.
    words: u16,
}

impl Term {
    /// Folds a term, and gives the keys that it could be found by: its words, or its pairs of
    /// neighbouring words where it has more than one.
    fn new(value: &str, case: CaseSensitivity) -> Result<(Self, Vec<u64>), TermProblem> {
        let value = value.trim();
        let folded = fold(value, Fold::Strict);
        let (Some(first), Some(last)) = (folded.words().first(), folded.words().last()) else {
            return Err(TermProblem::NoWord);
        };
        let chars = folded.text().chars().count();
        if chars > limits::TERM_CHARS {
            return Err(TermProblem::TooLong { chars, limit: limits::TERM_CHARS });
        }
        // Folding can make white space of what was none, such as a spacing accent.
        let text = folded.text();
        let (start, end) = (text.len() - text.trim_start().len(), text.trim_end().len());
        // As a span of a text is folded again, so is the entry: what the strict fold drops before
        // and behind it counts neither here nor there.
        let own = &value[folded.source_range(value, start..end)];
        let term = Self {
            strict: text[start..end].into(),
            direct: fold(own, direct_fold(case)).text().trim().into(),
            case,
            before: (first.start as usize - start) as u16,
            behind: (end - last.end as usize) as u16,
            words: folded.words().len() as u16,
        };
        let word =
            |word: &Range<u32>| hash(&text.as_bytes()[word.start as usize..word.end as usize]);
        let hashes: Vec<u64> = folded.words().iter().map(word).collect();
        let keys = match hashes.len() {
            1 => hashes,
            _ => hashes.windows(2).map(|words| pair(words[0], words[1])).collect(),
        };
        Ok((term, keys))
    }

    /// The range of the folded text where the term stands if its first word is the word `first`.
    fn place(&self, folded: &Folded, first: usize) -> Option<Range<usize>> {
        let words = folded.words();
        let last = words.get(first + self.words as usize - 1)?;
        let start = (words[first].start as usize).checked_sub(self.before as usize)?;
        let end = last.end as usize + self.behind as usize;
        let there = folded.text().as_bytes().get(start..end)?;
        (there == self.strict.as_bytes()).then_some(start..end)
    }

    fn grade(
        &self,
        text: &str,
        folded: &Folded,
        place: Range<usize>,
    ) -> Option<(Grade, Range<usize>)> {
        let source = folded.source_range(text, place.clone());
        let direct = fold(&text[source.clone()], direct_fold(self.case));
        // One character of the original can stand for more than the term, as phrase ligatures do;
        // the words have been compared already, so it is enough that the term is within.
        let within = cuts_a_character(folded.offsets(), &place);
        let is_direct = direct.text().trim() == &*self.direct
            || (within && direct.text().contains(&*self.direct));
        match (is_direct, self.case) {
            (true, _) => Some((Grade::Exact, source)),
            (false, CaseSensitivity::Folded) => Some((Grade::StrictFold, source)),
            (false, CaseSensitivity::Exact) => None,
        }
    }
}

fn direct_fold(case: CaseSensitivity) -> Fold {
    match case {
        CaseSensitivity::Folded => Fold::Exact,
        CaseSensitivity::Exact => Fold::Nfkc,
    }
}

fn cuts_a_character(offsets: &[u32], place: &Range<usize>) -> bool {
    let cut = |at: usize| at > 0 && at < offsets.len() && offsets[at - 1] == offsets[at];
    cut(place.start) || cut(place.end)
}

/// Where a key leads: the term, and which of its words the key begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Posting {
    term: u32,
    word: u16,
}

/// For each term, the key that the fewest terms share; sorted by key.
fn rarest(keys_of: &[Vec<u64>]) -> Vec<(u64, Posting)> {
    let mut counts: HashMap<u64, u32, BuildHasherDefault<KeyHasher>> = HashMap::default();
    for &key in keys_of.iter().flatten() {
        *counts.entry(key).or_default() += 1;
    }
    let mut postings: Vec<(u64, Posting)> = keys_of
        .iter()
        .enumerate()
        .filter_map(|(term, keys)| {
            let (word, &key) = keys.iter().enumerate().min_by_key(|(_, key)| counts[*key])?;
            Some((key, Posting { term: term as u32, word: word as u16 }))
        })
        .collect();
    postings.sort_unstable();
    postings
}

/// Hash of one folded word: eight bytes at a time, multiplied and mixed.
///
/// Hits are compared byte by byte afterwards, so a collision costs time and never truth.
fn hash(bytes: &[u8]) -> u64 {
    let mut state = bytes.len() as u64;
    let mut chunks = bytes.chunks_exact(8);
    for chunk in &mut chunks {
        let part = chunk.iter().rev().fold(0, |part, &byte| part << 8 | u64::from(byte));
        state = mix(state ^ part);
    }
    let rest = chunks.remainder().iter().rev().fold(0, |part, &byte| part << 8 | u64::from(byte));
    mix(state ^ rest)
}

/// Key of two neighbouring words.
fn pair(first: u64, second: u64) -> u64 {
    mix(first.rotate_left(23) ^ second)
}

fn mix(value: u64) -> u64 {
    let product = u128::from(value ^ 0x9E37_79B9_7F4A_7C15) * 0xD6E8_FEB8_6659_FD93;
    (product >> 64) as u64 ^ product as u64
}

/// Takes keys, which are mixed already, as they are.
#[derive(Debug, Default)]
struct KeyHasher(u64);

impl Hasher for KeyHasher {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        self.0 = hash(bytes);
    }
    fn write_u64(&mut self, key: u64) {
        self.0 = key;
    }
}

/// A bitmap with about sixteen bits for each key, so that one word in sixteen passes by chance.
#[derive(Debug)]
struct Prefilter {
    bits: Vec<u64>,
}

impl Default for Prefilter {
    fn default() -> Self {
        Self::new(0)
    }
}

impl Prefilter {
    fn new(keys: usize) -> Self {
        Self { bits: vec![0; (keys / 4 + 1).next_power_of_two()] }
    }

    fn place(&self, key: u64) -> (usize, u64) {
        ((key >> 6) as usize & (self.bits.len() - 1), 1 << (key & 63))
    }

    fn insert(&mut self, key: u64) {
        let (word, bit) = self.place(key);
        self.bits[word] |= bit;
    }

    fn may_have(&self, key: u64) -> bool {
        let (word, bit) = self.place(key);
        self.bits[word] & bit != 0
    }
}
