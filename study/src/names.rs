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
    table: HashTable<u32>,
    keys: RandomState,
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
        let hash = self.keys.hash_one(text);
        let Self { bytes, ends, table, keys } = self;
        let same = |number: &u32| text_at(bytes, ends, *number) == text;
        if let Some(found) = table.find(hash, same) {
            return *found;
        }
        let number = u32::try_from(ends.len()).expect("fewer than 2^32 texts");
        assert!(number < u32::MAX, "the last number is kept free for `none`");
        bytes.push_str(text);
        ends.push(bytes.len());
        table.insert_unique(hash, number, |other| keys.hash_one(text_at(bytes, ends, *other)));
        number
    }

    /// The number of a text, where it was seen.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<u32> {
        let hash = self.keys.hash_one(text);
        let same = |number: &u32| text_at(&self.bytes, &self.ends, *number) == text;
        self.table.find(hash, same).copied()
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
