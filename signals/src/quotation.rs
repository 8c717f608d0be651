//! Quotation: passages of long public texts (scripture, laws, songs) that stand word for word in a
//! text, so that a term within one is labelled as quoted and not taken for a match.
//!
//! Texts are compared in [compact](crate::compact) form, so vocalisation, case, punctuation and
//! spelling variants that the strict fold removes make no difference, and every other letter does.
//! Winnowed fingerprints bring up places; the letters themselves decide, from whole word to whole
//! word. A passage counts from [`WORDS_NEEDED`] words or [`LETTERS_NEEDED`] letters on.

use crate::compact::{Compact, Digits, run_hashes, winnow};
use std::ops::Range;

/// Letters of a fingerprint, and how many neighbouring ones one is chosen from: every shared run of
/// [`SHORTEST_RUN`] letters and spaces has a common fingerprint.
const FINGERPRINT: usize = 10;
const WINNOWED_FROM: usize = 6;

/// Letters and spaces of the shortest run that is always brought up.
pub const SHORTEST_RUN: usize = FINGERPRINT + WINNOWED_FROM - 1;

/// A run of at least so many words is a quotation, where it has [`SHORTEST_RUN`] letters too.
pub const WORDS_NEEDED: usize = 5;

/// A run of at least so many letters of at least two words is a quotation.
pub const LETTERS_NEEDED: usize = 30;

/// Most places of the texts that one fingerprint brings up.
pub const BROUGHT_UP: usize = 64;

/// Most letters, spaces among them, of all texts together.
pub const LIBRARY_LETTERS: usize = 256 << 20;

/// A passage that is quoted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quotation {
    /// Its byte range in the text that was searched.
    pub range: Range<usize>,
    /// The place of the quoted text in the list that the library was built from.
    pub entry: usize,
    /// Where it stands there, counted in words from 0; the earliest place where there are several.
    pub from_word: usize,
    /// How many words are quoted.
    pub words: usize,
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Quotations {
    /// Passages in the order of the text, none within another.
    pub passages: Vec<Quotation>,
    /// Whether a fingerprint was in more than [`BROUGHT_UP`] places, so that a longer passage may
    /// have been missed.
    pub limited: bool,
}

impl Quotations {
    /// Whether a byte range of the text lies wholly within one quoted passage.
    #[must_use]
    pub fn cover(&self, range: &Range<usize>) -> bool {
        let within =
            |passage: &Range<usize>| passage.start <= range.start && range.end <= passage.end;
        self.passages.iter().any(|quotation| within(&quotation.range))
    }
}

/// Why texts cannot be a library.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LibraryError {
    /// They are too long together.
    #[error(
        "the quoted texts have more than {LIBRARY_LETTERS} letters together, reached in the text \
         at place {entry}; leave some out"
    )]
    TooLong {
        /// The place in the list of the text where the limit was passed.
        entry: usize,
    },
}

/// Long public texts, indexed for their passages.
#[derive(Debug, Default)]
pub struct Library {
    /// All texts in compact form, one after the other with a line break between.
    letters: Vec<char>,
    /// Where each text begins.
    starts: Vec<usize>,
    /// Fingerprints with their places, sorted.
    fingerprints: Vec<(u32, u32)>,
}

impl Library {
    /// Builds a library of texts.
    ///
    /// # Errors
    /// Where the texts have more than [`LIBRARY_LETTERS`] letters together.
    pub fn build<'a>(texts: impl IntoIterator<Item = &'a str>) -> Result<Self, LibraryError> {
        let mut library = Self::default();
        for (entry, text) in texts.into_iter().enumerate() {
            let start = library.letters.len();
            library.starts.push(start);
            for line in text.lines() {
                library.add_line(line, start);
            }
            if library.letters.len() > LIBRARY_LETTERS {
                return Err(LibraryError::TooLong { entry });
            }
            let hashes = run_hashes(&library.letters[start..], FINGERPRINT);
            let places = winnow(&hashes, WINNOWED_FROM);
            let place = |at: usize| (hashes[at], (start + at) as u32);
            library.fingerprints.extend(places.into_iter().map(place));
            library.letters.push('\n');
        }
        library.fingerprints.sort_unstable();
        library.fingerprints.shrink_to_fit();
        library.letters.shrink_to_fit();
        Ok(library)
    }

    /// Lines are compacted one by one, so that a fold of the whole need not be held.
    fn add_line(&mut self, line: &str, start: usize) {
        let compact = Compact::of(line, Digits::Kept);
        if !compact.letters().is_empty() {
            if self.letters.len() > start {
                self.letters.push(' ');
            }
            self.letters.extend_from_slice(compact.letters());
        }
    }

    /// How many texts it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.starts.len()
    }

    /// Whether it has no text.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.starts.is_empty()
    }

    /// Bytes of memory held, nearly.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        size_of_val(&*self.letters) + size_of_val(&*self.fingerprints) + size_of_val(&*self.starts)
    }

    /// Finds the quoted passages of a text.
    #[must_use]
    pub fn search(&self, text: &str) -> Quotations {
        let compact = Compact::of(text, Digits::Kept);
        let letters = compact.letters();
        let hashes = run_hashes(letters, FINGERPRINT);
        let mut found = Quotations::default();
        let mut runs: Vec<Run> = Vec::new();
        for place in winnow(&hashes, WINNOWED_FROM) {
            if runs.last().is_some_and(|run| run.item.end >= place + FINGERPRINT) {
                continue;
            }
            let known = self.places(hashes[place]);
            found.limited |= known.len() > BROUGHT_UP;
            let known = known.iter().take(BROUGHT_UP);
            let runs_here = known.filter_map(|&(_, at)| self.run(letters, place, at as usize));
            // The longest, and the earliest of those; earlier ones that it covers go.
            if let Some(run) = runs_here.max_by_key(|run| (run.item.len(), !run.start)) {
                while runs.last().is_some_and(|last| last.item.start >= run.item.start) {
                    runs.pop();
                }
                runs.push(run);
            }
        }
        found.passages = runs.into_iter().map(|run| self.quotation(&compact, text, run)).collect();
        found
    }

    fn places(&self, fingerprint: u32) -> &[(u32, u32)] {
        let from = self.fingerprints.partition_point(|&(hash, _)| hash < fingerprint);
        let rest = &self.fingerprints[from..];
        &rest[..rest.partition_point(|&(hash, _)| hash == fingerprint)]
    }

    /// The longest run of whole words around a place of the item and a place of the library, where
    /// it is long enough.
    fn run(&self, item: &[char], place: usize, at: usize) -> Option<Run> {
        let mut before = item[..place].iter().rev().zip(self.letters[..at].iter().rev());
        let back = before.position(|(a, b)| a != b).unwrap_or(place.min(at));
        let mut after = item[place..].iter().zip(&self.letters[at..]);
        let most = (item.len() - place).min(self.letters.len() - at);
        let forth = after.position(|(a, b)| a != b).unwrap_or(most);
        let (mut start, mut end) = (place - back, place + forth);
        let shift = |here: usize| here + at - place;
        let edge = |letters: &[char], here: usize| {
            let is_gap = |at: usize| letters.get(at).is_none_or(|c| c.is_whitespace());
            here == 0 || is_gap(here - 1) || is_gap(here)
        };
        while start < end && !(edge(item, start) && edge(&self.letters, shift(start))) {
            start += 1;
        }
        while end > start && !(edge(item, end) && edge(&self.letters, shift(end))) {
            end -= 1;
        }
        while start < end && item[start] == ' ' {
            start += 1;
        }
        while end > start && item[end - 1] == ' ' {
            end -= 1;
        }
        let run = &item[start..end];
        let words = run.split(|&c| c == ' ').filter(|word| !word.is_empty()).count();
        let count = run.iter().filter(|&&c| c != ' ').count();
        let enough = words >= WORDS_NEEDED && run.len() >= SHORTEST_RUN
            || words >= 2 && count >= LETTERS_NEEDED;
        enough.then(|| Run { item: start..end, start: shift(start), words })
    }

    fn quotation(&self, compact: &Compact, text: &str, run: Run) -> Quotation {
        let entry = self.starts.partition_point(|&start| start <= run.start) - 1;
        let before = &self.letters[self.starts[entry]..run.start];
        let from_word = before.iter().filter(|&&c| c == ' ').count();
        let range = compact.source_range(text, run.item);
        Quotation { range, entry, from_word, words: run.words }
    }
}

/// A run of letters that the item and the library share.
struct Run {
    item: Range<usize>,
    /// Where it starts in the library.
    start: usize,
    words: usize,
}
