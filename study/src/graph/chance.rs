//! Seeded chance: the same seed, the same draws, on every machine.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};

/// A stream of draws.
pub(super) struct Chance(ChaCha8Rng);

impl Chance {
    pub(super) fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// A number from 0 to one below `bound`; 0 where the bound is 0.
    pub(super) fn below(&mut self, bound: u32) -> u32 {
        ((u64::from(self.0.next_u32()) * u64::from(bound)) >> 32) as u32
    }

    /// A number from 0 to just below 1.
    pub(super) fn share(&mut self) -> f64 {
        f64::from(self.0.next_u32()) / (f64::from(u32::MAX) + 1.0)
    }

    /// Brings a list into an order of chance.
    pub(super) fn shuffle(&mut self, list: &mut [u32]) {
        for last in (1..list.len()).rev() {
            let other = self.below(last as u32 + 1);
            list.swap(last, other as usize);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_reach_their_bounds_and_repeat() {
        let draws = |seed| -> Vec<u32> {
            let mut chance = Chance::new(seed);
            (0..200).map(|_| chance.below(5)).collect()
        };
        assert!((0..5).all(|wanted| draws(1).contains(&wanted)));
        assert!(draws(1).iter().all(|draw| *draw < 5));
        assert_eq!(draws(1), draws(1));
        assert_ne!(draws(1), draws(2));
        let mut chance = Chance::new(3);
        assert!((0..200).all(|_| (0.0..1.0).contains(&chance.share())));
        assert_eq!(chance.below(0), 0);
    }

    #[test]
    fn a_shuffled_list_holds_the_same() {
        let mut list: Vec<u32> = (0..50).collect();
        Chance::new(1).shuffle(&mut list);
        assert!(!list.is_sorted());
        list.sort_unstable();
        assert_eq!(list, (0..50).collect::<Vec<_>>());
        Chance::new(1).shuffle(&mut []);
    }
}
