//! Compact text: folded letters and digits alone, with one space between words, for comparing
//! texts by their runs of letters.
//!
//! It starts from the strict fold, leaves out links, mentions and punctuation, and keeps the place
//! of every letter. Shingles and fingerprints of it are 32-bit hashes.

use crate::fold::{Fold, Folded, fold, is_mark};
use std::ops::Range;

/// What digits and signs within words are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Digits {
    /// Themselves.
    Kept,
    /// Letters where people write them for letters, as 3 for e: digits everywhere, signs between
    /// letters.
    AsLetters,
}

/// A text's letters and digits.
#[derive(Debug)]
pub struct Compact {
    folded: Folded,
    letters: Vec<char>,
    /// For each letter, its place in the folded text.
    places: Vec<u32>,
}

impl Compact {
    /// Compacts a text.
    #[must_use]
    pub fn of(text: &str, digits: Digits) -> Self {
        let mut compact =
            Self { folded: fold(text, Fold::Strict), letters: Vec::new(), places: Vec::new() };
        let folded = compact.folded.text().to_owned();
        let mut start = 0;
        for token in folded.split(' ') {
            if !is_link_or_mention(token) {
                compact.add(token, start, digits);
            }
            start += token.len() + 1;
        }
        if compact.letters.last() == Some(&' ') {
            compact.letters.pop();
            compact.places.pop();
        }
        compact
    }

    /// The letters and digits, with one space between words.
    #[must_use]
    pub fn letters(&self) -> &[char] {
        &self.letters
    }

    /// The range of `source` that a non-empty range of letters comes from.
    ///
    /// # Panics
    /// Where `source` is not the text that was compacted, or the range is empty or out of bounds.
    #[must_use]
    pub fn source_range(&self, source: &str, letters: Range<usize>) -> Range<usize> {
        let last = letters.end - 1;
        let end = self.places[last] as usize + self.letter_bytes(self.places[last] as usize);
        self.folded.source_range(source, self.places[letters.start] as usize..end)
    }

    fn letter_bytes(&self, place: usize) -> usize {
        self.folded.text()[place..].chars().next().map_or(1, char::len_utf8)
    }

    fn add(&mut self, token: &str, start: usize, digits: Digits) {
        let mut rest = token.char_indices().peekable();
        while let Some((at, c)) = rest.next() {
            let before_letter = rest.peek().is_some_and(|&(_, next)| next.is_alphanumeric());
            let after_letter = self.letters.last().is_some_and(|&last| last != ' ');
            let meant = match digits {
                Digits::Kept => c,
                Digits::AsLetters => meant(c, after_letter && before_letter),
            };
            if meant.is_alphanumeric() || is_mark(meant) {
                self.push(meant, start + at);
            } else if c != '\'' {
                self.space(start + at);
            }
        }
        self.space(start + token.len());
    }

    fn push(&mut self, letter: char, place: usize) {
        self.letters.push(letter);
        self.places.push(place as u32);
    }

    fn space(&mut self, place: usize) {
        if self.letters.last().is_some_and(|&last| last != ' ') {
            self.push(' ', place.min(self.folded.text().len().saturating_sub(1)));
        }
    }
}

/// The letter that a digit or sign is written for.
fn meant(c: char, between_letters: bool) -> char {
    match c {
        '0' => 'o',
        '1' => 'i',
        '3' => 'e',
        '4' => 'a',
        '5' => 's',
        '7' => 't',
        '8' => 'b',
        '@' if between_letters => 'a',
        '$' if between_letters => 's',
        '!' | '|' if between_letters => 'i',
        '€' if between_letters => 'e',
        '+' if between_letters => 't',
        c => c,
    }
}

/// Whether a token of a text is a link or a mention.
pub(crate) fn is_link_or_mention(token: &str) -> bool {
    token.starts_with('@') || token.contains("://") || token.starts_with("www.")
}

/// Hashes of all runs of `length` letters, in order; of the whole where it is shorter.
#[must_use]
pub fn run_hashes(letters: &[char], length: usize) -> Vec<u32> {
    if letters.is_empty() {
        return Vec::new();
    }
    letters.windows(length.min(letters.len())).map(hash_run).collect()
}

fn hash_run(run: &[char]) -> u32 {
    let joined = |hash: u64, &c: &char| {
        (hash.rotate_left(5) ^ u64::from(c)).wrapping_mul(0x517C_C1B7_2722_0A95)
    };
    mixed(run.iter().fold(0, joined))
}

/// A hash whose every bit depends on every bit of the number.
#[must_use]
pub fn mixed(number: u64) -> u32 {
    let number = (number ^ (number >> 32)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let number = (number ^ (number >> 29)).wrapping_mul(0x94D0_49BB_1331_11EB);
    (number >> 32) as u32
}

/// Winnowing (Schleimer, Wilkerson and Aiken, 2003): places of the least hash of every `window`
/// neighbouring ones, so that two texts that share a run of `window` hashes share one of them.
#[must_use]
pub fn winnow(hashes: &[u32], window: usize) -> Vec<usize> {
    let mut chosen: Vec<usize> = Vec::new();
    for start in 0..(hashes.len() + 1).saturating_sub(window).max(1).min(hashes.len()) {
        let end = (start + window).min(hashes.len());
        if let Some(&last) = chosen.last()
            && last >= start
        {
            // The chosen one is still in the window: only the new hash can beat it.
            if hashes[end - 1] <= hashes[last] && end - 1 > last {
                chosen.push(end - 1);
            }
            continue;
        }
        // The last of equal ones, which stays in the window longest.
        if let Some(place) = (start..end).rev().min_by_key(|&place| hashes[place]) {
            chosen.push(place);
        }
    }
    chosen
}
