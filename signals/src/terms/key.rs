//! Keys: hashes of words and phrases that can be joined without reading their letters again.

use std::hash::Hasher;

/// The base of the polynomial that a key is.
const BASE: u64 = 0xD6E8_FEB8_6659_FD93;
/// What a class of letters is multiplied with, so that classes lie far apart.
const SPREAD: u64 = 0x9E37_79B9_7F4A_7C15;
/// Most classes of letters that are counted; longer words are keyed alike, and compared anyway.
const LETTERS: usize = 256;

const POWERS: [u64; LETTERS] = {
    let mut powers = [1u64; LETTERS];
    let mut at = 1;
    while at < LETTERS {
        powers[at] = powers[at - 1].wrapping_mul(BASE);
        at += 1;
    }
    powers
};

/// The key of a run of letters: a polynomial over their classes, each class once where it stands
/// several times in a row.
///
/// Hits are compared letter by letter afterwards, so that a collision costs time and never truth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Key {
    hash: u64,
    first: u32,
    last: u32,
    count: u16,
}

impl Key {
    pub const EMPTY: Self = Self { hash: 0, first: 0, last: 0, count: 0 };

    /// The key of one letter.
    #[inline]
    pub fn of(code: u32) -> Self {
        Self { hash: value(code), first: code, last: code, count: 1 }
    }

    /// Adds a letter.
    #[inline]
    pub fn push(&mut self, code: u32) {
        if code == self.last {
            return;
        }
        if self.count == 0 {
            *self = Self::of(code);
            return;
        }
        self.hash = self.hash.wrapping_mul(BASE).wrapping_add(value(code));
        self.last = code;
        self.count = self.count.saturating_add(1);
    }

    /// The key of these letters and those of another key behind them.
    #[inline]
    pub fn join(self, other: Self) -> Self {
        if self.count == 0 || other.count == 0 {
            return if self.count == 0 { other } else { self };
        }
        let power = |count: u16| POWERS[(count as usize).min(LETTERS - 1)];
        let (mut count, mut hash) = (other.count, other.hash);
        if self.last == other.first {
            count -= 1;
            hash = hash.wrapping_sub(value(other.first).wrapping_mul(power(count)));
        }
        Self {
            hash: self.hash.wrapping_mul(power(count)).wrapping_add(hash),
            first: self.first,
            last: other.last,
            count: self.count.saturating_add(count),
        }
    }

    /// The key of what stands behind `front`, with which these letters begin; `next` is the first
    /// letter behind it.
    pub fn behind(self, front: Self, next: u32) -> Self {
        let merged = front.last == next;
        let count = self.count.saturating_sub(front.count);
        let power = POWERS[(count as usize).min(LETTERS - 1)];
        let hash = self.hash.wrapping_sub(front.hash.wrapping_mul(power));
        if merged {
            let hash = hash.wrapping_add(value(next).wrapping_mul(power));
            return Self { hash, first: next, last: self.last, count: count.saturating_add(1) };
        }
        Self { hash, first: next, last: self.last, count }
    }

    /// The key as the index has it.
    #[inline]
    pub fn mixed(self) -> u64 {
        mix(self.hash ^ u64::from(self.count))
    }
}

#[inline]
fn value(code: u32) -> u64 {
    (u64::from(code) + 1).wrapping_mul(SPREAD)
}

#[inline]
pub(crate) fn mix(value: u64) -> u64 {
    let product = u128::from(value ^ SPREAD) * u128::from(BASE);
    (product >> 64) as u64 ^ product as u64
}

/// Takes keys, which are mixed already, as they are.
#[derive(Debug, Default)]
pub(crate) struct KeyHasher(u64);

impl Hasher for KeyHasher {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = mix(self.0 ^ u64::from(byte));
        }
    }
    fn write_u64(&mut self, key: u64) {
        self.0 = key;
    }
}

/// A bitmap with sixteen to thirty-two bits for each key, so that few others pass by chance.
#[derive(Debug)]
pub(crate) struct Prefilter {
    bits: Vec<u64>,
}

impl Default for Prefilter {
    fn default() -> Self {
        Self::new(0)
    }
}

impl Prefilter {
    pub fn new(keys: usize) -> Self {
        Self { bits: vec![0; (keys / 4 + 1).next_power_of_two()] }
    }

    #[inline]
    fn place(&self, key: u64) -> (usize, u64) {
        ((key >> 6) as usize & (self.bits.len() - 1), 1 << (key & 63))
    }

    pub fn insert(&mut self, key: u64) {
        let (word, bit) = self.place(key);
        self.bits[word] |= bit;
    }

    #[inline]
    pub fn may_have(&self, key: u64) -> bool {
        let (word, bit) = self.place(key);
        self.bits[word] & bit != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> Key {
        let mut key = Key::EMPTY;
        text.chars().for_each(|c| key.push(c as u32));
        key
    }

    #[test]
    fn joining_keys_is_keying_what_is_joined() {
        for (one, other) in
            [("pro", "gram"), ("program", "mer"), ("a", "ab"), ("aab", "bb"), ("x", "")]
        {
            let whole = key(&format!("{one}{other}"));
            assert_eq!(key(one).join(key(other)), whole, "{one} {other}");
            if let Some(next) = other.chars().next() {
                assert_eq!(whole.behind(key(one), next as u32), key(other), "{one} {other}");
            }
        }
        assert_eq!(key("proooogram"), key("program"));
        assert_ne!(key("program").mixed(), key("porgram").mixed());
    }

    #[test]
    fn what_was_inserted_passes() {
        let mut filter = Prefilter::new(1_000);
        (0..1_000).for_each(|n| filter.insert(mix(n)));
        assert!((0..1_000).all(|n| filter.may_have(mix(n))));
        let others = (1_000..101_000).filter(|&n| filter.may_have(mix(n))).count();
        assert!(others < 7_000, "{others}");
    }
}
