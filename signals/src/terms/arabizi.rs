//! Arabizi: Arabic in Latin letters, with digits for letters that Latin has not.
//!
//! Both sides are reduced to their consonants, because vowels are written freely. So few letters
//! say little, and a word counts only where a digit stands between its letters as chat writes it.

use super::term::Term;
use std::collections::BTreeMap;

/// Fewest consonants of a term that is found.
const CONSONANTS: usize = 3;
/// Longest word that is read, in characters.
const LONGEST: usize = 40;

/// The consonants of the terms whose curators ask for Arabizi.
#[derive(Debug, Default)]
pub(super) struct Arabizi {
    keys: BTreeMap<String, Vec<u32>>,
}

impl Arabizi {
    /// Makes the index of terms, each with its number.
    pub fn build<'t>(terms: impl Iterator<Item = (u32, &'t Term)>) -> Self {
        let mut keys: BTreeMap<String, Vec<u32>> = BTreeMap::new();
        for (number, term) in terms.filter(|(_, term)| term.words == 1 && term.is_disguisable()) {
            let key = of_arabic(term.bare());
            if key.chars().count() >= CONSONANTS {
                keys.entry(key).or_default().push(number);
            }
        }
        Self { keys }
    }

    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The terms that a folded word of Latin letters and digits may be, with `'` for what marks a
    /// letter in chat.
    pub fn of(&self, word: &str) -> impl Iterator<Item = u32> {
        let is_chat = |c: char| "2356789".contains(c);
        let plausible = word.chars().count() <= LONGEST
            && word.contains(is_chat)
            && word.chars().filter(char::is_ascii_alphabetic).count() >= 2;
        let readings = if plausible { of_latin(word) } else { Vec::new() };
        readings.into_iter().filter_map(|key| self.keys.get(&key)).flatten().copied()
    }
}

fn push(key: &mut String, consonant: char) {
    // A consonant that is doubled in one writing is single in the other.
    if !key.ends_with(consonant) {
        key.push(consonant);
    }
}

/// The consonants of a term, in capitals that stand for sounds.
fn of_arabic(bare: &str) -> String {
    let mut key = String::new();
    let word = bare.strip_prefix("ال").filter(|rest| rest.chars().count() >= 4).unwrap_or(bare);
    let last = word.chars().count().saturating_sub(1);
    for (at, c) in word.chars().enumerate() {
        let sound = match c {
            'ب' | 'پ' => 'B',
            'ت' | 'ط' | 'ث' | 'ٹ' => 'T',
            'ج' | 'گ' => 'J',
            'ح' => 'H',
            'ه' if at != last => 'H',
            'خ' => 'X',
            'د' | 'ذ' | 'ض' | 'ظ' => 'D',
            'ر' => 'R',
            'ز' => 'Z',
            'س' => 'S',
            'ص' => 'P',
            'ش' | 'چ' => 'C',
            'ع' => 'A',
            'غ' => 'G',
            'ف' | 'ڤ' => 'F',
            'ق' | 'ك' => 'K',
            'ل' => 'L',
            'م' => 'M',
            'ن' => 'N',
            _ => continue,
        };
        push(&mut key, sound);
    }
    key
}

/// The readings of a Latin word as consonants: a few letters are read in two ways.
fn of_latin(word: &str) -> Vec<String> {
    let word = ["al", "el", "il"]
        .iter()
        .find_map(|article| word.strip_prefix(article))
        .filter(|rest| rest.chars().count() >= 4)
        .unwrap_or(word);
    let letters: Vec<char> = word.chars().filter(|&c| c != '-').collect();
    let two_ways = letters.iter().any(|c| "9s4".contains(*c));
    (0..=usize::from(two_ways)).map(|way| reading(&letters, way == 1)).collect()
}

fn reading(letters: &[char], other: bool) -> String {
    let mut key = String::new();
    let mut at = 0;
    while at < letters.len() {
        let next = letters.get(at + 1).copied().unwrap_or(' ');
        let is_last = at + 1 == letters.len();
        let (sound, len) = match (letters[at], next) {
            ('s' | 'c', 'h') => (Some('C'), 2),
            ('t', 'h') => (Some('T'), 2),
            ('d', 'h') => (Some('D'), 2),
            ('g', 'h') | ('3', '\'') => (Some('G'), 2),
            ('k', 'h') | ('7', '\'') => (Some('X'), 2),
            ('9', '\'') | ('6', '\'') => (Some('D'), 2),
            ('b' | 'p', _) => (Some('B'), 1),
            ('t' | '6', _) => (Some('T'), 1),
            ('j' | 'g', _) => (Some('J'), 1),
            ('7', _) => (Some('H'), 1),
            ('h', _) if !is_last => (Some('H'), 1),
            ('5' | 'x', _) => (Some('X'), 1),
            ('d', _) => (Some('D'), 1),
            ('4', _) => (Some(if other { 'C' } else { 'D' }), 1),
            ('r', _) => (Some('R'), 1),
            ('z', _) => (Some('Z'), 1),
            ('s', _) => (Some(if other { 'P' } else { 'S' }), 1),
            ('9', _) => (Some(if other { 'K' } else { 'P' }), 1),
            ('3', _) => (Some('A'), 1),
            ('f' | 'v', _) => (Some('F'), 1),
            ('q' | 'k' | '8' | 'c', _) => (Some('K'), 1),
            ('l', _) => (Some('L'), 1),
            ('m', _) => (Some('M'), 1),
            ('n', _) => (Some('N'), 1),
            _ => (None, 1),
        };
        if let Some(sound) = sound {
            push(&mut key, sound);
        }
        at += len;
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terms::TermEntry;

    #[test]
    fn digits_open_the_view() {
        for (term, word, found) in [
            ("مطعم", "mat3am", false),
            ("جامعة", "jam3a", true),
            ("جامعه", "game3a", true),
            ("الجامعة", "al-jami3a", true),
            ("جامعة", "jamia", false),
            ("محطات", "ma7atat", true),
            ("صباح", "saba7", false),
            ("مصباح", "mesba7", true),
            ("مصباح", "me9ba7", true),
            ("جامعة", "3rd", false),
        ] {
            let (term, _) = Term::new(&TermEntry::plain(term)).unwrap();
            let index = Arabizi::build(std::iter::once((7, &term)));
            assert_eq!(index.of(word).any(|number| number == 7), found, "{word}");
        }
    }
}
