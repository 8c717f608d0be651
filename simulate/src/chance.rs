//! Seeded chance: a fixed algorithm, so that a seed means the same on every machine.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};

/// A stream of seeded draws.
#[derive(Debug, Clone)]
pub(crate) struct Chance(ChaCha8Rng);

impl Chance {
    /// One of the independent streams of a seed.
    pub(crate) fn new(seed: u64, stream: u64) -> Self {
        let mut generator = ChaCha8Rng::seed_from_u64(seed);
        generator.set_stream(stream);
        Self(generator)
    }

    /// A number from 0 to one below `bound`; 0 where the bound is 0.
    pub(crate) fn below(&mut self, bound: u32) -> u32 {
        let scaled = (u64::from(self.0.next_u32()) * u64::from(bound)) >> 32;
        u32::try_from(scaled).unwrap_or(0)
    }

    /// A number from `low` to `high`, both included.
    pub(crate) fn between(&mut self, low: u32, high: u32) -> u32 {
        low + self.below(high - low + 1)
    }

    /// True in so many of a thousand draws.
    pub(crate) fn permille(&mut self, chances: u32) -> bool {
        self.below(1_000) < chances
    }

    /// One of the things of a list.
    ///
    /// # Panics
    /// Where the list is empty.
    pub(crate) fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        assert!(!list.is_empty(), "nothing to pick from");
        let length = u32::try_from(list.len()).unwrap_or(u32::MAX);
        &list[self.below(length) as usize]
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn draws_stay_within_bounds_and_reach_them() {
        let mut chance = Chance::new(1, 0);
        let draws: Vec<u32> = (0..1_000).map(|_| chance.between(3, 6)).collect();
        assert!(draws.iter().all(|draw| (3..=6).contains(draw)));
        assert!((3..=6).all(|wanted| draws.contains(&wanted)));
        assert_eq!(chance.below(0), 0);
        assert!((0..100).all(|_| !chance.permille(0) && chance.permille(1_000)));
    }

    #[test]
    fn streams_differ_and_seeds_repeat() {
        let draws = |seed, stream| -> Vec<u32> {
            let mut chance = Chance::new(seed, stream);
            (0..8).map(|_| chance.below(1_000)).collect()
        };
        assert_eq!(draws(5, 0), draws(5, 0));
        assert_ne!(draws(5, 0), draws(5, 1));
        assert_ne!(draws(5, 0), draws(6, 0));
    }
}
