//! One edit away: a letter inserted, left out, replaced, or exchanged with its neighbour.
//!
//! Two words are one edit apart only where taking one letter out of one or both makes them equal.
//! So the index has each word of a term without each of its letters, and a word of a text is
//! looked up in the same way (Mor and Fraenkel 1982, symmetric deletion).

use super::KnownWords;
use super::key::{KeyHasher, Prefilter, mix};
use super::term::{Term, without_accents};
use crate::fold::Folded;
use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::ops::Range;

/// Fewest letters of a word that is found with a typing error.
const LETTERS: usize = 5;
/// Most letters of a word that is looked up.
const LONGEST: usize = 48;

/// The words of the terms whose curators ask for typing errors.
#[derive(Debug, Default)]
pub(super) struct Typos {
    keys: HashMap<u64, Vec<(u32, u16)>, BuildHasherDefault<KeyHasher>>,
    filter: Prefilter,
}

impl Typos {
    /// Makes the index of terms, each with its number.
    pub fn build<'t>(terms: impl Iterator<Item = (u32, &'t Term)>) -> Self {
        let mut typos = Self::default();
        for (number, term) in terms.filter(|(_, term)| term.is_disguisable()) {
            for (at, word) in term.bare_words().enumerate() {
                let letters: Vec<char> = word.chars().collect();
                if (LETTERS..=LONGEST).contains(&letters.len()) {
                    for key in keys_without_one(&letters) {
                        typos.keys.entry(key).or_default().push((number, at as u16));
                    }
                }
            }
        }
        typos.filter = Prefilter::new(typos.keys.len());
        typos.keys.keys().for_each(|&key| typos.filter.insert(key));
        typos
    }

    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Calls `found` with each term that stands at a word of a text but for one edit of that
    /// word, and the words that it takes.
    pub fn at(
        &self,
        folded: &Folded,
        word: usize,
        terms: &[Term],
        known: Option<&KnownWords>,
        mut found: impl FnMut(u32, Range<usize>),
    ) {
        let bare = bare_word(folded, word);
        let letters: Vec<char> = bare.chars().collect();
        let fits = (LETTERS - 1..=LONGEST + 1).contains(&letters.len());
        if !fits || known.is_some_and(|known| known.has(&bare)) {
            return;
        }
        let mut met: Vec<(u32, u16)> = Vec::new();
        for key in keys_without_one(&letters) {
            if self.filter.may_have(key) {
                met.extend(self.keys.get(&key).into_iter().flatten());
            }
        }
        met.sort_unstable();
        met.dedup();
        for (number, at) in met {
            let term = &terms[number as usize];
            let Some(first) = word.checked_sub(at as usize) else { continue };
            let is_it = |word: &str| is_one_edit(&letters, &word.chars().collect::<Vec<char>>());
            if stands_with(folded, term, first, at as usize, is_it) {
                found(number, first..first + term.words as usize);
            }
        }
    }
}

/// Whether a term stands at the words from `first`, but for its word `edited`, of which `is_it` is
/// asked.
pub(super) fn stands_with(
    folded: &Folded,
    term: &Term,
    first: usize,
    edited: usize,
    is_it: impl Fn(&str) -> bool,
) -> bool {
    if first + term.words as usize > folded.words().len() {
        return false;
    }
    term.bare_words().enumerate().all(|(at, word)| match at == edited {
        true => is_it(word),
        false => bare_word(folded, first + at) == word,
    }) && (1..term.words as usize).all(|at| {
        let words = folded.words();
        words[first + at].start - words[first + at - 1].end == 1
    })
}

/// A word of a text without accents.
pub(super) fn bare_word(folded: &Folded, word: usize) -> String {
    let range = &folded.words()[word];
    without_accents(&folded.text()[range.start as usize..range.end as usize])
}

/// Keys of a word, and of the word without each of its letters.
fn keys_without_one(letters: &[char]) -> impl Iterator<Item = u64> {
    let hash = |left_out: usize| {
        let kept = letters.iter().enumerate().filter(move |(at, _)| *at != left_out);
        kept.fold(1, |hash: u64, (_, &c)| {
            hash.wrapping_mul(0xD6E8_FEB8_6659_FD93).wrapping_add(u64::from(c as u32))
        })
    };
    (0..=letters.len()).map(move |left_out| mix(hash(left_out)))
}

/// Whether one edit makes one word of the other.
fn is_one_edit(one: &[char], other: &[char]) -> bool {
    let same = one.iter().zip(other).take_while(|(a, b)| a == b).count();
    let (a, b) = (&one[same..], &other[same..]);
    match a.len() as isize - b.len() as isize {
        0 if a.is_empty() => false,
        0 => a[1..] == b[1..] || (a.len() > 1 && a[0] == b[1] && a[1] == b[0] && a[2..] == b[2..]),
        1 => a[1..] == *b,
        -1 => *a == b[1..],
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_edit() {
        let chars = |word: &str| word.chars().collect::<Vec<char>>();
        for (one, other, is_one) in [
            ("harbour", "harbuor", true),
            ("harbour", "harbor", true),
            ("harbour", "harbouur", true),
            ("harbour", "harbeur", true),
            ("harbour", "harbour", false),
            ("harbour", "hrabuor", false),
            ("harbour", "haror", false),
            ("ab", "ba", true),
        ] {
            assert_eq!(is_one_edit(&chars(one), &chars(other)), is_one, "{one} {other}");
            assert_eq!(is_one_edit(&chars(other), &chars(one)), is_one, "{other} {one}");
            let other = keys_without_one(&chars(other)).collect::<Vec<_>>();
            let shared = keys_without_one(&chars(one)).any(|key| other.contains(&key));
            assert!(shared || !is_one, "{one}");
        }
    }
}
