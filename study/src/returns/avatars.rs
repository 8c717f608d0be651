//! Avatars that are near each other.
//!
//! Two hashes within 31 bits agree but for at most one bit in at least one of sixteen bands of
//! sixteen bits, so looking up each band and its sixteen neighbours loses nothing (Norouzi, Punjani
//! and Fleet, "Fast exact search in Hamming space with multi-index hashing", 2014).

use crate::Dataset;
use std::collections::BTreeMap;

/// Two avatars within so many bits show the same picture (the threshold of PDQ's authors).
pub const NEAR_BITS: u32 = 31;
const BANDS: usize = 16;

/// A PDQ hash as words.
pub type Hash = [u64; 4];

/// The distinct avatars of a dataset, by band.
#[derive(Debug, Clone, Default)]
pub struct Avatars {
    /// The distinct hashes, sorted, with the accounts that bear each, sorted.
    distinct: Vec<(Hash, Vec<u32>)>,
    /// For each band and value, the distinct hashes; empty where no avatar is known.
    bands: Vec<Vec<u32>>,
    accounts: u64,
}

/// The avatar of an account.
pub fn hash(dataset: &Dataset, account: u32) -> Option<Hash> {
    let bytes = dataset.profile(account)?.avatar_pdq?;
    let mut words = [0; 4];
    for (word, eight) in words.iter_mut().zip(bytes.chunks_exact(8)) {
        *word = eight.iter().fold(0, |word, byte| word << 8 | u64::from(*byte));
    }
    Some(words)
}

/// In how many bits two hashes differ.
pub fn distance_bits(a: &Hash, b: &Hash) -> u32 {
    a.iter().zip(b).map(|(a, b)| (a ^ b).count_ones()).sum()
}

impl Avatars {
    /// Gathers the avatars of all accounts.
    pub fn of(dataset: &Dataset) -> Self {
        let mut by_hash: BTreeMap<Hash, Vec<u32>> = BTreeMap::new();
        let mut accounts = 0;
        for account in 0..dataset.accounts.len() as u32 {
            if let Some(hash) = hash(dataset, account) {
                by_hash.entry(hash).or_default().push(account);
                accounts += 1;
            }
        }
        let distinct: Vec<(Hash, Vec<u32>)> = by_hash.into_iter().collect();
        let mut bands = vec![Vec::new(); if distinct.is_empty() { 0 } else { BANDS << 16 }];
        for (number, (hash, _)) in (0..).zip(&distinct) {
            (0..BANDS).for_each(|band| bands[slot(band, value(hash, band))].push(number));
        }
        Self { distinct, bands, accounts }
    }

    /// The accounts whose avatars are within [`NEAR_BITS`] of one, in lists.
    pub fn near(&self, hash: &Hash) -> Vec<&[u32]> {
        if self.bands.is_empty() {
            return Vec::new();
        }
        let mut numbers = Vec::new();
        for band in 0..BANDS {
            let value = value(hash, band);
            let flipped = (0..16).map(|bit| value ^ (1 << bit));
            for value in std::iter::once(value).chain(flipped) {
                numbers.extend_from_slice(&self.bands[slot(band, value)]);
            }
        }
        numbers.sort_unstable();
        numbers.dedup();
        let near = |number: &u32| {
            let (other, accounts) = &self.distinct[*number as usize];
            (distance_bits(hash, other) <= NEAR_BITS).then_some(accounts.as_slice())
        };
        numbers.iter().filter_map(near).collect()
    }

    /// How many accounts have an avatar.
    pub fn accounts(&self) -> u64 {
        self.accounts
    }

    /// How many accounts bear an avatar that more than one in a hundred bears.
    pub fn common(&self) -> u64 {
        let counts = self.distinct.iter().map(|(_, accounts)| accounts.len() as u64);
        counts.filter(|count| *count > 1 && count * 100 > self.accounts).sum()
    }
}

fn slot(band: usize, value: u16) -> usize {
    band << 16 | value as usize
}

fn value(hash: &Hash, band: usize) -> u16 {
    (hash[band / 4] >> (band % 4 * 16)) as u16
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::{Builder, Profile, ProfileRow};
    use crate::stats::Draws;

    /// Accounts that bear these avatars, numbered in their order.
    fn avatars(hashes: &[Hash]) -> Avatars {
        let mut builder = Builder::new();
        for (number, hash) in hashes.iter().enumerate() {
            let mut bytes = [0; 32];
            for (eight, word) in bytes.chunks_exact_mut(8).zip(hash) {
                eight.copy_from_slice(&word.to_be_bytes());
            }
            let profile = Profile { avatar_pdq: Some(bytes), ..Profile::default() };
            builder.profile(ProfileRow { id: &number.to_string(), profile });
        }
        builder.profile(ProfileRow { id: "without", profile: Profile::default() });
        Avatars::of(&builder.build())
    }

    fn near(avatars: &Avatars, hash: &Hash) -> Vec<u32> {
        let mut near: Vec<u32> = avatars.near(hash).concat();
        near.sort_unstable();
        near
    }

    #[test]
    fn finds_exactly_what_is_within_31_bits() {
        let mut draws = Draws::new(4, 0);
        let mut word = || draws.below(u64::MAX);
        let query: Hash = [word(), word(), word(), word()];
        let flip = |bits: u32, draws: &mut Draws| {
            let mut hash = query;
            while distance_bits(&hash, &query) < bits {
                let bit = draws.below(256) as usize;
                hash[bit / 64] |= 1 << (bit % 64) & !query[bit / 64];
                hash[bit / 64] &= !(1 << (bit % 64) & query[bit / 64]);
            }
            hash
        };
        let mut draws = Draws::new(4, 1);
        let hashes: Vec<Hash> = (0..400).map(|n| flip(n % 40, &mut draws)).collect();
        let wanted: Vec<u32> =
            (0..400).filter(|n| distance_bits(&hashes[*n as usize], &query) <= NEAR_BITS).collect();
        assert_eq!(wanted.len(), 320);
        assert_eq!(near(&avatars(&hashes), &query), wanted);
    }

    #[test]
    fn the_same_avatar_counts_each_account() {
        let (a, b) = ([1, 2, 3, 4], [!1, 2, 3, 4]);
        let few = avatars(&[a, b, a]);
        assert_eq!((near(&few, &a), near(&few, &b)), (vec![0, 2], vec![1]));
        assert_eq!((few.accounts(), few.common()), (3, 2));
        assert_eq!(avatars(&[]).near(&a), Vec::<&[u32]>::new());
    }
}
