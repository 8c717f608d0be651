//! Words as a service sees them, by how many accounts: what words are known from.

use super::KnownWords;
use super::key::mix;
use super::known::identity;
use super::term::without_accents;
use crate::fold::{Fold, Folded, fold};

/// Sets of slots; a word has its place in one of them.
const SETS: usize = 1 << 16;
/// Words that a set holds at most.
const WAYS: usize = 8;
/// Longest word that is counted, in characters.
const LONGEST: usize = 48;
/// What the bytes begin with: a name and the version of format, folding and hashes.
const HEAD: &[u8; 8] = b"SEENWRD1";

/// How many accounts write each word, for as many words as there is room for.
///
/// An account is one of 32, by its hash, so that a word is counted once for an account however
/// often that writes it, and the count is never more than the number of accounts. Where there is
/// no room for a word, the one of its set with the fewest accounts makes room: words that many
/// write stay. It never takes more than [`SeenWords::BYTES`] bytes.
///
/// Those who disguise a word could make the disguise known by writing it from many accounts. So
/// [observe](Self::observe) no text in which a term was found or that was decided on.
///
/// ```
/// use signals::terms::SeenWords;
/// let mut seen = SeenWords::default();
/// (0..40).for_each(|account| seen.observe("the old harbour", &format!("account {account}")));
/// let known = SeenWords::parse(&seen.to_bytes())?.known();
/// assert!(known.known("Harbour") && !known.known("harbuor"));
/// # Ok::<(), signals::terms::SeenWordsProblem>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenWords {
    sets: Vec<[Slot; WAYS]>,
}

/// A word by the low bits of its identity, and the accounts that wrote it as bits; no bit where the
/// slot is empty. Slots in use stand before empty ones.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Slot {
    word: u32,
    accounts: u32,
}

/// Why bytes are no [`SeenWords`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SeenWordsProblem {
    /// They begin otherwise.
    #[error("the words seen are of another version: begin anew with none")]
    OtherVersion,
    /// They end too early, go on too long, or hold what is never written.
    #[error("the words seen are damaged at byte {at}: begin anew with none")]
    Damaged {
        /// The first byte of the set that cannot be read.
        at: usize,
    },
}

impl Default for SeenWords {
    fn default() -> Self {
        Self { sets: vec![[Slot::default(); WAYS]; SETS] }
    }
}

impl SeenWords {
    /// The most bytes that it takes in memory, and nearly so when written down.
    pub const BYTES: usize = SETS * WAYS * size_of::<Slot>();

    /// Fewest accounts of 32 that write a word for it to be known.
    pub const KNOWN_ACCOUNTS: u32 = 6;

    /// Counts the words of a text for an account.
    pub fn observe(&mut self, text: &str, account: &str) {
        self.observe_folded(&fold(text, Fold::Strict), account);
    }

    /// As [`Self::observe`], with the text's strict fold that the caller has already.
    pub fn observe_folded(&mut self, folded: &Folded, account: &str) {
        let account = account.bytes().fold(0, |hash, byte| mix(hash ^ u64::from(byte)));
        let account = 1 << (account % u64::from(u32::BITS));
        let is_counted = |word: &&str| {
            word.chars().nth(LONGEST).is_none() && !word.bytes().any(|byte| byte.is_ascii_digit())
        };
        let words = folded.words().iter();
        let words = words.map(|word| &folded.text()[word.start as usize..word.end as usize]);
        for word in words.filter(is_counted) {
            let word = identity(&without_accents(word));
            let slot = Slot { word: word as u32, accounts: account };
            add(&mut self.sets[set_of(word)], slot);
        }
    }

    /// Adds what others saw. The order matters only for words that there is no room for.
    pub fn merge(&mut self, other: &Self) {
        for (set, others) in self.sets.iter_mut().zip(&other.sets) {
            in_use(others).iter().for_each(|slot| add(set, *slot));
        }
    }

    /// Words that are counted.
    #[must_use]
    pub fn len(&self) -> usize {
        self.sets.iter().map(|set| in_use(set).len()).sum()
    }

    /// Whether no word is counted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The words that at least [`Self::KNOWN_ACCOUNTS`] accounts wrote.
    #[must_use]
    pub fn known(&self) -> KnownWords {
        let sets = self.sets.iter().enumerate();
        let slots = sets.flat_map(|(set, slots)| in_use(slots).iter().map(move |s| (set, s)));
        let often = slots.filter(|(_, slot)| slot.accounts.count_ones() >= Self::KNOWN_ACCOUNTS);
        let words: Vec<u64> =
            often.map(|(set, slot)| (set as u64) << 32 | u64::from(slot.word)).collect();
        KnownWords::of(&words)
    }

    /// The words as bytes: a head, then for each set how many words it holds (one byte) and each of
    /// them (four bytes for the word and four for its accounts, little-endian).
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = HEAD.to_vec();
        for set in &self.sets {
            let slots = in_use(set);
            bytes.push(slots.len() as u8);
            for slot in slots {
                bytes.extend(slot.word.to_le_bytes());
                bytes.extend(slot.accounts.to_le_bytes());
            }
        }
        bytes
    }

    /// Reads what [`Self::to_bytes`] wrote.
    ///
    /// # Errors
    /// Where the bytes are of another version or damaged.
    pub fn parse(bytes: &[u8]) -> Result<Self, SeenWordsProblem> {
        let mut rest = bytes.strip_prefix(HEAD).ok_or(SeenWordsProblem::OtherVersion)?;
        let mut seen = Self::default();
        for set in &mut seen.sets {
            let at = bytes.len() - rest.len();
            rest = read_set(rest, set).ok_or(SeenWordsProblem::Damaged { at })?;
        }
        match rest.len() {
            0 => Ok(seen),
            left => Err(SeenWordsProblem::Damaged { at: bytes.len() - left }),
        }
    }
}

/// Reads one set; gives the bytes behind it.
fn read_set<'b>(bytes: &'b [u8], set: &mut [Slot; WAYS]) -> Option<&'b [u8]> {
    let (&count, mut rest) = bytes.split_first()?;
    for at in 0..usize::from(count) {
        let (word, behind) = rest.split_first_chunk()?;
        let (accounts, behind) = behind.split_first_chunk()?;
        let slot =
            Slot { word: u32::from_le_bytes(*word), accounts: u32::from_le_bytes(*accounts) };
        let is_there = set[..at.min(WAYS)].iter().any(|other| other.word == slot.word);
        if slot.accounts == 0 || is_there {
            return None;
        }
        *set.get_mut(at)? = slot;
        rest = behind;
    }
    Some(rest)
}

fn set_of(word: u64) -> usize {
    (word >> 32) as usize % SETS
}

fn in_use(set: &[Slot; WAYS]) -> &[Slot] {
    &set[..set.iter().take_while(|slot| slot.accounts != 0).count()]
}

/// Adds a word's accounts. Where the set is full, the word with the fewest accounts goes, the last
/// of them; never one with more than the new word has.
fn add(set: &mut [Slot; WAYS], new: Slot) {
    if let Some(slot) = set.iter_mut().find(|slot| slot.accounts != 0 && slot.word == new.word) {
        slot.accounts |= new.accounts;
        return;
    }
    let accounts = |slot: &Slot| slot.accounts.count_ones();
    let least = match set.iter().position(|slot| slot.accounts == 0) {
        Some(empty) => empty,
        None => (0..WAYS).rev().min_by_key(|&at| accounts(&set[at])).expect("a set has slots"),
    };
    if accounts(&set[least]) <= accounts(&new) {
        set[least] = new;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(texts: &[(&str, &str)]) -> SeenWords {
        let mut seen = SeenWords::default();
        texts.iter().for_each(|(text, account)| seen.observe(text, account));
        seen
    }

    #[test]
    fn a_word_is_known_that_many_accounts_write() {
        let mut seen = seen(&[("once résumé l4ntern", "one")]);
        for account in 0..20 {
            seen.observe("Résumé, قِطار", &format!("account {account}"));
            seen.observe("often", "one");
        }
        let known = seen.known();
        for (word, is_known) in [
            ("resume", true),
            ("RÉSUMÉ", true),
            ("قطار", true),
            ("once", false),
            ("often", false),
            ("l4ntern", false),
            ("two words", false),
        ] {
            assert_eq!(known.known(word), is_known, "{word}");
        }
        assert_eq!(seen.len(), 4);
    }

    #[test]
    fn the_words_that_fewest_write_make_room() {
        let mut set = [Slot::default(); WAYS];
        for word in 0..8 {
            add(&mut set, Slot { word, accounts: if word == 3 { 1 } else { 3 } });
        }
        add(&mut set, Slot { word: 8, accounts: 4 });
        assert_eq!(set[3], Slot { word: 8, accounts: 4 }, "the new word takes the place of 3");
        add(&mut set, Slot { word: 8, accounts: 1 });
        add(&mut set, Slot { word: 9, accounts: 8 });
        assert!(set.iter().all(|slot| slot.word != 9), "all others have more accounts");
        assert_eq!(set[3].accounts, 5);
    }

    #[test]
    fn merging_is_having_seen_both() {
        let texts =
            [("the old harbour", "a"), ("old ships", "b"), ("the harbour", "c"), ("ships", "a")];
        let (mut one, other) = (seen(&texts[..2]), seen(&texts[2..]));
        one.merge(&other);
        one.merge(&other);
        assert_eq!(one, seen(&texts));
        assert!(!one.is_empty() && SeenWords::default().is_empty());
    }

    #[test]
    fn bytes_are_read_again_or_refused() {
        use SeenWordsProblem::{Damaged, OtherVersion};
        let seen = seen(&[("the old harbour", "a"), ("old ships", "b")]);
        let bytes = seen.to_bytes();
        assert_eq!(SeenWords::parse(&bytes), Ok(seen));
        assert!(bytes.len() < SeenWords::BYTES);
        let start = HEAD.len();
        let set = |count: u8, slots: &[[u8; 8]]| [&HEAD[..], &[count], &slots.concat()].concat();
        let slot = [1, 1, 1, 1, 1, 0, 0, 0];
        for (damaged, problem) in [
            (Vec::new(), OtherVersion),
            (b"SEENWRD0".to_vec(), OtherVersion),
            (HEAD.to_vec(), Damaged { at: start }),
            (bytes[..bytes.len() - 1].to_vec(), Damaged { at: bytes.len() - 1 }),
            ([&bytes[..], &[0]].concat(), Damaged { at: bytes.len() }),
            (set(9, &[[0; 8]; 9]), Damaged { at: start }),
            (set(1, &[[1, 1, 1, 1, 0, 0, 0, 0]]), Damaged { at: start }),
            (set(2, &[slot, slot]), Damaged { at: start }),
            (set(255, &[slot; 255]), Damaged { at: start }),
        ] {
            assert_eq!(SeenWords::parse(&damaged), Err(problem));
        }
    }
}
