//! Words that are known to be ordinary, against which looser views are checked.

use super::key::mix;
use super::term::without_accents;
use crate::fold::{Fold, fold};

/// Words that a service's own text has often.
///
/// A word that is one edit away from a term, or half of one, is most often just a word. Which
/// words are ordinary only the service's own text tells. The set is a Bloom filter: of words that
/// were not added one in a few thousand is taken for known.
#[derive(Debug, Clone)]
pub struct KnownWords {
    bits: Vec<u64>,
}

const BITS_PER_WORD: usize = 20;
const HASHES: u64 = 5;

impl KnownWords {
    /// Makes a set of so many words at most, from texts of one or more words.
    #[must_use]
    pub fn build<'a>(words: usize, texts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut known = Self::with_room(words);
        for text in texts {
            let folded = fold(text, Fold::Strict);
            for word in folded.words() {
                let word = &folded.text()[word.start as usize..word.end as usize];
                known.add(identity(&without_accents(word)));
            }
        }
        known
    }

    /// The set of words with those identities.
    pub(super) fn of(words: &[u64]) -> Self {
        let mut known = Self::with_room(words.len());
        words.iter().for_each(|&word| known.add(word));
        known
    }

    fn with_room(words: usize) -> Self {
        Self { bits: vec![0; (words * BITS_PER_WORD / 64 + 1).next_power_of_two()] }
    }

    fn add(&mut self, word: u64) {
        for place in self.places(word) {
            self.bits[place / 64] |= 1 << (place % 64);
        }
    }

    /// Whether all words of a text are known; a text without words is not.
    #[must_use]
    pub fn known(&self, text: &str) -> bool {
        let folded = fold(text, Fold::Strict);
        let is_known = |word: &std::ops::Range<u32>| {
            self.has(&without_accents(&folded.text()[word.start as usize..word.end as usize]))
        };
        !folded.words().is_empty() && folded.words().iter().all(is_known)
    }

    /// Whether a word in the strict fold without accents is known.
    pub(crate) fn has(&self, bare: &str) -> bool {
        let places = self.places(identity(bare));
        places.iter().all(|place| self.bits[place / 64] & (1 << (place % 64)) != 0)
    }

    fn places(&self, word: u64) -> [usize; HASHES as usize] {
        let all = self.bits.len() * 64 - 1;
        std::array::from_fn(|n| mix(word.wrapping_add(n as u64)) as usize & all)
    }
}

/// What is kept of a word in the strict fold without accents: a hash of 48 bits.
pub(super) fn identity(bare: &str) -> u64 {
    bare.bytes().fold(0, |hash, byte| mix(hash ^ u64::from(byte))) >> 16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_added_is_known() {
        let known = KnownWords::build(100, ["Some résumé text", "قِطار"]);
        for (word, is_known) in
            [("some", true), ("resume", true), ("قطار", true), ("other", false), ("som", false)]
        {
            assert_eq!(known.has(word), is_known, "{word}");
            assert_eq!(known.known(word), is_known, "{word}");
        }
        assert!(
            known.known("SOME text, Résumé") && !known.known("some other") && !known.known("!")
        );
    }
}
