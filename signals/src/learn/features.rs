//! The runs of letters and words that a text is learned and scored by.

use super::{EXPLAINED, LETTERS_READ, Weighed};
use crate::compact::{Compact, Digits};
use std::collections::BTreeSet;
use std::ops::Range;

/// Fewest and most letters of a run within a word, the space on either side among them.
const LETTERS: std::ops::RangeInclusive<usize> = 2..=5;

/// A run of letters or words, at the first place where it stands.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) hash: u64,
    /// The words that it is part of.
    words: Range<usize>,
}

/// The runs of a text, each once.
#[derive(Debug)]
pub(super) struct Features {
    pub(super) runs: Vec<Run>,
    compact: Compact,
    /// The words, as ranges of the compact letters.
    words: Vec<Range<usize>>,
}

impl Features {
    pub(super) fn of(text: &str) -> Self {
        // Folding shortens a text at most to a few bytes a letter, so that more need not be folded.
        let text = &text[..text.floor_char_boundary(LETTERS_READ * 4)];
        let compact = Compact::of(text, Digits::Kept);
        let words = words_of(compact.letters());
        let mut features = Self { runs: Vec::new(), compact, words };
        features.fill();
        features
    }

    fn fill(&mut self) {
        let mut seen = BTreeSet::new();
        let letters = self.compact.letters();
        let mut before = None;
        for (number, word) in self.words.iter().enumerate() {
            let padded: Vec<char> = std::iter::once(' ')
                .chain(letters[word.clone()].iter().copied())
                .chain([' '])
                .collect();
            let mut add = |hash: u64, words: Range<usize>| {
                if seen.insert(hash) {
                    self.runs.push(Run { hash, words });
                }
            };
            for length in LETTERS {
                for run in padded.windows(length) {
                    add(hash(length as u64, run), number..number + 1);
                }
            }
            let whole = hash(0, &letters[word.clone()]);
            add(whole, number..number + 1);
            if let Some(before) = before {
                add(joined(joined(1, before), whole), number - 1..number + 1);
            }
            before = Some(whole);
        }
    }

    /// The words that the parts of a score are of, the heaviest [`EXPLAINED`] of them. A part is
    /// shared evenly by the words of its run.
    pub(super) fn explain(
        &self,
        text: &str,
        parts: impl Iterator<Item = (usize, f64)>,
    ) -> Vec<Weighed> {
        let mut weights = vec![0.0; self.words.len()];
        for (run, weight) in parts {
            let words = self.runs[run].words.clone();
            let each = weight / words.len() as f64;
            weights[words].iter_mut().for_each(|sum| *sum += each);
        }
        let mut heaviest: Vec<usize> = (0..weights.len()).filter(|&w| weights[w] != 0.0).collect();
        heaviest.sort_by(|&a, &b| weights[b].abs().total_cmp(&weights[a].abs()).then(a.cmp(&b)));
        heaviest.truncate(EXPLAINED);
        heaviest.sort_unstable();
        let text = &text[..text.floor_char_boundary(LETTERS_READ * 4)];
        let weighed = |word: usize| Weighed {
            range: self.compact.source_range(text, self.words[word].clone()),
            weight: weights[word],
        };
        heaviest.into_iter().map(weighed).collect()
    }
}

fn words_of(letters: &[char]) -> Vec<Range<usize>> {
    let mut start = 0;
    let mut words = Vec::new();
    for word in letters[..letters.len().min(LETTERS_READ)].split(|&c| c == ' ') {
        if !word.is_empty() {
            words.push(start..start + word.len());
        }
        start += word.len() + 1;
    }
    words
}

fn hash(kind: u64, letters: &[char]) -> u64 {
    letters.iter().fold(joined(0, kind), |hash, &c| joined(hash, u64::from(c)))
}

fn joined(hash: u64, next: u64) -> u64 {
    let hash = (hash.rotate_left(23) ^ next).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    hash ^ (hash >> 32)
}
