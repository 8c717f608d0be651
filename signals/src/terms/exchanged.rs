//! Two neighbouring letters exchanged in a long word that is not known to be ordinary.
//!
//! A word and the same letters in another order have the same sum, so one look-up finds every
//! candidate; whether only two neighbours were exchanged is asked letter by letter.

use super::KnownWords;
use super::key::{KeyHasher, Prefilter, mix};
use super::term::Term;
use super::typos::{bare_word, stands_with};
use crate::fold::Folded;
use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::ops::Range;

/// Fewest letters of a word in which two may be exchanged.
pub(super) const LETTERS: usize = 7;
/// Most letters of it.
const LONGEST: usize = 48;

/// The long words of all terms.
#[derive(Debug, Default)]
pub(super) struct Exchanged {
    /// For each sum of letters, terms and which of their words.
    sums: HashMap<u64, Vec<(u32, u16)>, BuildHasherDefault<KeyHasher>>,
    filter: Prefilter,
}

impl Exchanged {
    /// Makes the index of terms, each with its number.
    pub fn build<'t>(terms: impl Iterator<Item = (u32, &'t Term)>) -> Self {
        let mut exchanged = Self::default();
        for (number, term) in terms.filter(|(_, term)| term.is_disguisable()) {
            for (at, word) in term.strict_words().enumerate() {
                if (LETTERS..=LONGEST).contains(&word.chars().count()) {
                    let of_sum = exchanged.sums.entry(sum(word)).or_default();
                    of_sum.push((number, at as u16));
                }
            }
        }
        exchanged.filter = Prefilter::new(exchanged.sums.len());
        exchanged.sums.keys().for_each(|&sum| exchanged.filter.insert(sum));
        exchanged
    }

    /// Calls `found` with each term that stands at a word of a text but for two letters exchanged,
    /// and the words that it takes.
    pub fn at(
        &self,
        folded: &Folded,
        word: usize,
        terms: &[Term],
        known: &KnownWords,
        mut found: impl FnMut(u32, Range<usize>),
    ) {
        let range = &folded.words()[word];
        let there = &folded.text()[range.start as usize..range.end as usize];
        let sum = sum(there);
        if !self.filter.may_have(sum) {
            return;
        }
        let Some(candidates) = self.sums.get(&sum) else { return };
        if known.has(&bare_word(folded, word)) {
            return;
        }
        for &(number, at) in candidates {
            let term = &terms[number as usize];
            let Some(first) = word.checked_sub(at as usize) else { continue };
            let is_it = |_: &str| {
                let mut words = term.strict_words().skip(at as usize);
                words.next().is_some_and(|word| is_one_exchange(there, word))
            };
            if stands_with(folded, term, first, at as usize, is_it) {
                found(number, first..first + term.words as usize);
            }
        }
    }
}

/// The sum of the letters and marks of a word.
fn sum(word: &str) -> u64 {
    mix(word.chars().fold(0, |sum: u64, c| sum.wrapping_add(mix(u64::from(c as u32)))))
}

/// Whether two neighbours exchanged make one word of the other. The last two do not count, because
/// endings differ in that way between languages, nor do those of the Arabic article.
fn is_one_exchange(one: &str, other: &str) -> bool {
    let mut differ = one.chars().zip(other.chars()).enumerate().filter(|(_, (a, b))| a != b);
    let (Some((at, (a, b))), Some((next, (c, d)))) = (differ.next(), differ.next()) else {
        return false;
    };
    let is_ending = other.chars().nth(next + 1).is_none();
    let is_article = at == 0 && matches!((a, b), ('ا', 'ل') | ('ل', 'ا'));
    let is_exchange = next == at + 1 && (a, b) == (d, c) && differ.next().is_none();
    is_exchange && !is_ending && !is_article && one.len() == other.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_exchange() {
        for (one, other, is_one) in [
            ("lighthouse", "lihgthouse", true),
            ("lighthouse", "ilghthouse", true),
            ("lighthouse", "lighthuose", true),
            ("lighthouse", "lighthoues", false),
            ("lighthouse", "lighthouse", false),
            ("lighthouse", "lighthuoes", false),
            ("lighthouse", "lithghouse", false),
            ("lighthouse", "lighthouses", false),
            ("لامكانية", "المكانية", false),
            // Endings of other words, more often than errors.
            ("salarie\u{301}s", "salaires", false),
        ] {
            assert_eq!(is_one_exchange(one, other), is_one, "{one} {other}");
            assert!(!is_one || sum(one) == sum(other), "{one} {other}");
        }
        assert_ne!(sum("resume"), sum("rasume"));
    }
}
