//! Seeded draws, samples without replacement, and how many to draw from which stratum.

use super::Error;
use hashbrown::HashSet;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};

/// A stream of seeded draws: the same on every machine.
#[derive(Debug, Clone)]
pub struct Draws(ChaCha8Rng);

impl Draws {
    /// One of the independent streams of a seed.
    #[must_use]
    pub fn new(seed: u64, stream: u64) -> Self {
        let mut generator = ChaCha8Rng::seed_from_u64(seed);
        generator.set_stream(stream);
        Self(generator)
    }

    /// A whole number from 0 to one below the bound, each as likely (Lemire, ACM TOMACS 29, 2019).
    ///
    /// # Panics
    /// Where the bound is 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        assert!(bound > 0, "there is no number below 0");
        let reject_below = bound.wrapping_neg() % bound;
        loop {
            let product = u128::from(self.0.next_u64()) * u128::from(bound);
            if product as u64 >= reject_below {
                return (product >> 64) as u64;
            }
        }
    }

    /// A number from 0 to below 1.
    pub fn unit(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// So many numbers below `of`, each at most once, in an order by chance (Floyd's method, CACM 30,
/// 1987): every set and every order is as likely.
///
/// # Errors
/// Where more are wanted than there are.
pub fn sample(of: u64, wanted: u64, draws: &mut Draws) -> Result<Vec<u64>, Error> {
    if wanted > of {
        return Err(Error::TooFew { what: "things to draw from", have: of, need: wanted });
    }
    let mut taken = HashSet::with_capacity(wanted as usize);
    let mut drawn = Vec::with_capacity(wanted as usize);
    for last in of - wanted..of {
        let number = draws.below(last + 1);
        let number = if taken.insert(number) { number } else { last };
        taken.insert(number);
        drawn.push(number);
    }
    shuffle(&mut drawn, draws);
    Ok(drawn)
}

/// Brings things into an order by chance (Fisher and Yates).
pub fn shuffle<T>(things: &mut [T], draws: &mut Draws) {
    for end in (1..things.len()).rev() {
        let other = draws.below(end as u64 + 1) as usize;
        things.swap(end, other);
    }
}

/// A stratum of a population, as it is known before the draw.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stratum {
    /// How many are in it.
    pub size: u64,
    /// The standard deviation that is expected within it, at least 0.
    pub spread: f64,
}

/// How many to draw from each stratum so that the total is known best (Neyman, JRSS 97, 1934): in
/// proportion to size times spread, at least `floor` or all of a small stratum, at most all.
///
/// The numbers sum up to `wanted`, or to the whole population where it is smaller.
///
/// # Errors
/// Where the floors alone exceed `wanted`, or a spread is negative or no number.
pub fn neyman(strata: &[Stratum], wanted: u64, floor: u64) -> Result<Vec<u64>, Error> {
    if strata.iter().any(|stratum| !stratum.spread.is_finite() || stratum.spread < 0.0) {
        let why = "the spread of a stratum must be a number of at least 0";
        return Err(Error::Unfit { what: "an allocation", why });
    }
    let mut given: Vec<u64> = strata.iter().map(|stratum| stratum.size.min(floor)).collect();
    let need: u64 = given.iter().sum();
    if need > wanted {
        return Err(Error::TooFew { what: "codings for the strata's floor", have: wanted, need });
    }
    let population: u64 = strata.iter().map(|stratum| stratum.size).sum();
    let wanted = wanted.min(population);
    // A stratum whose share is outside its limits is fixed there, and the rest shares what is left.
    let mut open: Vec<usize> =
        (0..strata.len()).filter(|index| given[*index] < strata[*index].size).collect();
    loop {
        let fixed: u64 =
            (0..strata.len()).filter(|index| !open.contains(index)).map(|index| given[index]).sum();
        let shares = proportional(strata, &open, wanted - fixed);
        let least = |index: usize| strata[index].size.min(floor) as f64;
        let below: Vec<usize> = at(&open, |spot| shares[spot] < least(open[spot]));
        let above: Vec<usize> = at(&open, |spot| shares[spot] > strata[open[spot]].size as f64);
        // Excess and want are settled one kind at a time, the larger first, so that it ends.
        let excess: f64 =
            above.iter().map(|spot| shares[*spot] - strata[open[*spot]].size as f64).sum();
        let lack: f64 = below.iter().map(|spot| least(open[*spot]) - shares[*spot]).sum();
        let settled = if excess >= lack { &above } else { &below };
        if settled.is_empty() {
            give(&mut given, &open, &shares, wanted - fixed);
            return Ok(given);
        }
        for spot in settled {
            let index = open[*spot];
            let size = strata[index].size;
            given[index] = if excess >= lack { size } else { size.min(floor) };
        }
        let settled: Vec<usize> = settled.iter().map(|spot| open[*spot]).collect();
        open.retain(|index| !settled.contains(index));
    }
}

fn at(open: &[usize], is: impl Fn(usize) -> bool) -> Vec<usize> {
    (0..open.len()).filter(|spot| is(*spot)).collect()
}

/// Shares of what is left, by size times spread; by size where no spread is known.
fn proportional(strata: &[Stratum], open: &[usize], left: u64) -> Vec<f64> {
    let weight = |index: usize| strata[index].size as f64 * strata[index].spread;
    let sum: f64 = open.iter().map(|index| weight(*index)).sum();
    let sizes: f64 = open.iter().map(|index| strata[*index].size as f64).sum();
    let part = |index: usize| {
        if sum > 0.0 { weight(index) / sum } else { strata[index].size as f64 / sizes }
    };
    open.iter().map(|index| part(*index) * left as f64).collect()
}

/// Whole numbers nearest to the shares, of the same sum (largest remainders).
fn give(given: &mut [u64], open: &[usize], shares: &[f64], left: u64) {
    let mut order: Vec<usize> = (0..open.len()).collect();
    let rest = |spot: usize| shares[spot] - shares[spot].floor();
    order.sort_by(|a, b| rest(*b).total_cmp(&rest(*a)));
    let whole: u64 = shares.iter().map(|share| share.floor() as u64).sum();
    let mut missing = left - whole.min(left);
    for spot in order {
        let extra = u64::from(missing > 0);
        missing -= extra;
        given[open[spot]] = shares[spot].floor() as u64 + extra;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn draws_are_even_and_repeat() {
        let mut draws = Draws::new(3, 0);
        let mut counts = [0_u32; 7];
        (0..70_000).for_each(|_| counts[draws.below(7) as usize] += 1);
        assert!(counts.iter().all(|count| (9_500..10_500).contains(count)), "{counts:?}");
        let mean = (0..10_000).map(|_| draws.unit()).sum::<f64>() / 10_000.0;
        assert!((mean - 0.5).abs() < 0.01, "{mean}");
        let first = |seed, stream| Draws::new(seed, stream).below(1 << 40);
        assert_eq!(first(1, 2), first(1, 2));
        assert!(first(1, 2) != first(1, 3) && first(1, 2) != first(2, 2));
    }

    #[test]
    fn every_set_and_order_is_as_likely() {
        let mut draws = Draws::new(11, 0);
        let mut counts = std::collections::BTreeMap::new();
        for _ in 0..12_000 {
            *counts.entry(sample(4, 2, &mut draws).unwrap()).or_insert(0_u32) += 1;
        }
        assert_eq!(counts.len(), 12);
        assert!(counts.values().all(|count| (850..1_150).contains(count)), "{counts:?}");
    }

    #[test]
    fn samples_at_their_ends() {
        let mut draws = Draws::new(1, 0);
        let mut all = sample(50, 50, &mut draws).unwrap();
        all.sort_unstable();
        assert_eq!(all, (0..50).collect::<Vec<_>>());
        assert_eq!(sample(0, 0, &mut draws), Ok(vec![]));
        let short = Error::TooFew { what: "things to draw from", have: 2, need: 3 };
        assert_eq!(sample(2, 3, &mut draws), Err(short));
    }

    fn strata(of: &[(u64, f64)]) -> Vec<Stratum> {
        of.iter().map(|(size, spread)| Stratum { size: *size, spread: *spread }).collect()
    }

    #[test]
    fn allocations() {
        for (given, wanted, floor, numbers) in [
            (&[(1_000, 0.5), (1_000, 0.1)][..], 120, 0, Ok(vec![100, 20])),
            (&[(1_000, 0.5), (1_000, 0.0)], 120, 30, Ok(vec![90, 30])),
            (&[(10, 0.5), (1_000, 0.5)], 120, 30, Ok(vec![10, 110])),
            (&[(50, 9.0), (1_000, 0.1), (1_000, 0.1)], 150, 10, Ok(vec![50, 50, 50])),
            (&[(10, 0.0), (20, 0.0)], 15, 0, Ok(vec![5, 10])),
            (&[(5, 0.5), (7, 0.5)], 500, 30, Ok(vec![5, 7])),
            (&[(3, 0.5), (3, 0.5), (3, 0.5)], 4, 0, Ok(vec![2, 1, 1])),
            (&[], 10, 3, Ok(vec![])),
            (&[(100, 0.5), (100, 0.5)], 50, 30, Err(60)),
        ] {
            let allocated = neyman(&strata(given), wanted, floor).map_err(|error| match error {
                Error::TooFew { need, .. } => need,
                other => panic!("{other}"),
            });
            assert_eq!(allocated, numbers, "{given:?}");
        }
        assert!(neyman(&strata(&[(10, f64::NAN)]), 5, 1).is_err());
        assert!(neyman(&strata(&[(10, -1.0)]), 5, 1).is_err());
    }

    proptest! {
        #[test]
        fn allocations_keep_their_limits(
            given in prop::collection::vec((0_u64..5_000, 0.0_f64..0.5), 1..10),
            wanted in 0_u64..20_000,
            floor in 0_u64..60,
        ) {
            let strata = strata(&given);
            let Ok(numbers) = neyman(&strata, wanted, floor) else { return Ok(()) };
            let all: u64 = given.iter().map(|one| one.0).sum();
            prop_assert_eq!(numbers.iter().sum::<u64>(), wanted.min(all));
            for (number, stratum) in numbers.iter().zip(&strata) {
                prop_assert!(*number >= floor.min(stratum.size) && *number <= stratum.size);
            }
        }
    }
}
