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
        let bits = (words * BITS_PER_WORD / 64 + 1).next_power_of_two();
        let mut known = Self { bits: vec![0; bits] };
        for text in texts {
            let folded = fold(text, Fold::Strict);
            for word in folded.words() {
                let word = &folded.text()[word.start as usize..word.end as usize];
                known.add(&without_accents(word));
            }
        }
        known
    }

    fn add(&mut self, bare: &str) {
        for place in self.places(bare) {
            self.bits[place / 64] |= 1 << (place % 64);
        }
    }

    /// Whether a word in the strict fold without accents is known.
    pub(crate) fn has(&self, bare: &str) -> bool {
        self.places(bare).iter().all(|place| self.bits[place / 64] & (1 << (place % 64)) != 0)
    }

    fn places(&self, bare: &str) -> [usize; HASHES as usize] {
        let hash = bare.bytes().fold(0, |hash, byte| mix(hash ^ u64::from(byte)));
        let all = self.bits.len() * 64 - 1;
        std::array::from_fn(|n| mix(hash.wrapping_add(n as u64)) as usize & all)
    }
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
        }
    }
}
