//! Texts as small numbers.

use foldhash::quality::RandomState;
use hashbrown::HashTable;
use std::hash::BuildHasher as _;

/// Texts, each once, numbered from 0 in the order in which they were first seen.
///
/// Holds up to 4,294,967,294 texts of together up to 2^64 bytes. Hashing is keyed, so that ids
/// chosen by an adversary cannot slow it down; no result depends on the key.
#[derive(Debug, Clone, Default)]
pub struct Names {
    bytes: String,
    ends: Vec<usize>,
    table: HashTable<Entry>,
    keys: RandomState,
}

/// A text by its number, with half of its hash: so texts that differ are hardly ever compared, and
/// none is hashed again when the table grows.
#[derive(Debug, Clone, Copy)]
struct Entry {
    hash: u32,
    number: u32,
}

impl Entry {
    /// The same half everywhere in the hash that the table goes by.
    fn spread(hash: u32) -> u64 {
        u64::from(hash) * ((1 << 32) + 1)
    }
}

impl Names {
    /// No text yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The number of a text, a new one where it was not seen before.
    ///
    /// # Panics
    /// At the 4,294,967,295th text.
    pub fn number(&mut self, text: &str) -> u32 {
        let hash = self.keys.hash_one(text) as u32;
        let Self { bytes, ends, table, .. } = self;
        let same = |one: &Entry| one.hash == hash && text_at(bytes, ends, one.number) == text;
        if let Some(found) = table.find(Entry::spread(hash), same) {
            return found.number;
        }
        let number = u32::try_from(ends.len()).expect("fewer than 2^32 texts");
        assert!(number < u32::MAX, "the last number is kept free for `none`");
        bytes.push_str(text);
        ends.push(bytes.len());
        let new = Entry { hash, number };
        table.insert_unique(Entry::spread(hash), new, |other| Entry::spread(other.hash));
        number
    }

    /// The number of a text, where it was seen.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<u32> {
        let hash = self.keys.hash_one(text) as u32;
        let is_text = |number| text_at(&self.bytes, &self.ends, number) == text;
        let same = |one: &Entry| one.hash == hash && is_text(one.number);
        self.table.find(Entry::spread(hash), same).map(|one| one.number)
    }

    /// The text of a number.
    ///
    /// # Panics
    /// Where the number was never given out.
    #[must_use]
    pub fn text(&self, number: u32) -> &str {
        text_at(&self.bytes, &self.ends, number)
    }

    /// How many texts there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The texts in the order of their numbers.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        (0..self.ends.len()).map(|index| text_at(&self.bytes, &self.ends, index as u32))
    }
}

fn text_at<'a>(bytes: &'a str, ends: &[usize], number: u32) -> &'a str {
    let index = number as usize;
    let start = if index == 0 { 0 } else { ends[index - 1] };
    &bytes[start..ends[index]]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_each_text_once() {
        let mut names = Names::new();
        let given = ["b", "", "a", "b", "ab", "a", ""];
        let numbers: Vec<u32> = given.iter().map(|text| names.number(text)).collect();
        assert_eq!(numbers, [0, 1, 2, 0, 3, 2, 1]);
        assert_eq!(names.iter().collect::<Vec<_>>(), ["b", "", "a", "ab"]);
        assert_eq!((names.text(3), names.find("ab"), names.find("c")), ("ab", Some(3), None));
        assert_eq!((names.len(), names.is_empty()), (4, false));
    }

    #[test]
    fn many_texts_keep_their_numbers() {
        let mut names = Names::new();
        for round in 0..2 {
            for n in 0..10_000_u32 {
                assert_eq!(names.number(&format!("account-{n}")), n, "round {round}");
            }
        }
    }
}
