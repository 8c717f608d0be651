//! Draws that are pure functions of a seed: cheap enough for ten million accounts, and the same on
//! every machine.
//!
//! An attribute of an account is drawn from its number alone, so that nobody is kept in memory. A
//! keyed stream cipher would need more time to be keyed than an attribute takes; these draws mix
//! 64 bits with the finaliser of `SplitMix64` (Steele, Lea and Flood 2014) instead.

const STEP: u64 = 0x9E37_79B9_7F4A_7C15;

/// Mixes 64 bits so that each bit of the result depends on each bit given.
pub(super) const fn mixed(bits: u64) -> u64 {
    let bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ (bits >> 31)
}

/// One number from several.
pub(super) fn hashed(seed: u64, parts: &[u64]) -> u64 {
    parts.iter().fold(seed, |state, part| mixed(state ^ part.wrapping_add(STEP).wrapping_mul(STEP)))
}

/// A stream of draws.
#[derive(Debug, Clone)]
pub(super) struct Dice(u64);

impl Dice {
    /// The stream of a seed for one purpose and one thing.
    pub(super) fn of(seed: u64, purpose: Purpose, thing: u64) -> Self {
        Self(hashed(seed, &[purpose as u64, thing]))
    }

    pub(super) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(STEP);
        mixed(self.0)
    }

    /// A number from 0 to one below `bound`; 0 where the bound is 0.
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.bits()) * u128::from(bound)) >> 64) as u64
    }

    pub(super) fn below_u32(&mut self, bound: u32) -> u32 {
        self.below(u64::from(bound)) as u32
    }

    /// A number from `low` to `high`, both included.
    pub(super) fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.below(high - low + 1)
    }

    /// True in so many of a thousand draws.
    pub(super) fn permille(&mut self, chances: u32) -> bool {
        self.below(1_000) < u64::from(chances)
    }

    /// One of the things of a list that is not empty.
    pub(super) fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len() as u64) as usize]
    }

    /// A number above 0 and at most 1.
    pub(super) fn unit(&mut self) -> f64 {
        ((self.bits() >> 11) + 1) as f64 / (1u64 << 53) as f64
    }

    /// A waiting time with the mean 1: many short ones, few long ones.
    pub(super) fn waiting(&mut self) -> f64 {
        -ln(self.unit())
    }

    /// A rank from 0 to one below `count`, where rank `r` is drawn in proportion to
    /// `1 / (r + offset + 1)`: Zipf's law with Mandelbrot's offset.
    ///
    /// Octaves of ranks weigh about the same under this law, so one is drawn, then a rank in it,
    /// which is kept in proportion to its own weight. All of it is in whole numbers.
    pub(super) fn zipf(&mut self, count: u32, offset: u32) -> u32 {
        let (low, high) = (u64::from(offset) + 1, u64::from(offset) + u64::from(count.max(1)));
        let (first, last) = (u64::from(low.ilog2()), u64::from(high.ilog2()));
        loop {
            let octave = 1u64 << self.between(first, last);
            let place = octave + self.below(octave);
            let kept = self.below(place) < octave;
            if kept && (low..=high).contains(&place) {
                return (place - low) as u32;
            }
        }
    }
}

/// What a draw is for, so that no two draws about one thing are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    Stream = 1,
    Age,
    Handle,
    Name,
    Bio,
    Avatar,
    Style,
    Hours,
    Client,
    Fame,
    Cohort,
    Pair,
    Tie,
    Following,
    Wronged,
    Suspension,
    Kin,
    Script,
    Object,
    Part,
    Phrase,
    Picture,
    Removal,
    Announcement,
    Fault,
    Headline,
    Link,
}

/// The natural logarithm of a number above 0, from additions, multiplications and divisions alone:
/// the libraries of different machines differ in the last bit, and these do not.
fn ln(number: f64) -> f64 {
    let bits = number.to_bits();
    let mut exponent = ((bits >> 52) & 0x7FF) as i64 - 1_023;
    let mut part = f64::from_bits((bits & 0x000F_FFFF_FFFF_FFFF) | 0x3FF0_0000_0000_0000);
    if part > std::f64::consts::SQRT_2 {
        part /= 2.0;
        exponent += 1;
    }
    let tangent = (part - 1.0) / (part + 1.0);
    let square = tangent * tangent;
    let sum = (0..9).rev().fold(0.0, |sum, term| sum * square + 1.0 / f64::from(2 * term + 1));
    exponent as f64 * std::f64::consts::LN_2 + 2.0 * tangent * sum
}

/// Puts the numbers below 2^`bits` in another order, and each in its own place; `bits` is even.
pub(super) fn shuffled(number: u64, bits: u32, key: u64) -> u64 {
    let half = bits / 2;
    let mask = (1u64 << half) - 1;
    let (mut left, mut right) = (number >> half, number & mask);
    for round in 0..4 {
        let next = left ^ (mixed(key ^ (round << 56) ^ right) & mask);
        (left, right) = (right, next);
    }
    (left << half) | right
}

/// Spreads the numbers below `count` evenly: place 0, 1, 2, … lie far apart, and each number has
/// one place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spread {
    count: u64,
    step: u64,
    /// What undoes the step.
    back: u64,
    start: u64,
}

impl Spread {
    pub(super) fn new(count: u32, key: u64) -> Self {
        let count = u64::from(count.max(1));
        let mut step = (count as f64 * 0.618_033_988_749_895) as u64 + key % 7;
        step = step.clamp(1, count.max(2) - 1);
        while gcd(step, count) != 1 {
            step += 1;
        }
        let step = step % count.max(2);
        Self { count, step, back: inverse(step, count), start: mixed(key) % count }
    }

    /// The number at a place; places count round.
    pub(super) fn at(self, place: u64) -> u32 {
        ((place % self.count * self.step + self.start) % self.count) as u32
    }

    /// The place of a number.
    pub(super) fn place(self, number: u32) -> u32 {
        let far = (u64::from(number) + self.count - self.start) % self.count;
        (far * self.back % self.count) as u32
    }
}

/// The number that makes 1 of another one, counting round at `count`.
fn inverse(number: u64, count: u64) -> u64 {
    let (mut old, mut now) = (number as i64, count as i64);
    let (mut old_part, mut part) = (1i64, 0i64);
    while now != 0 {
        let times = old / now;
        (old, now) = (now, old - times * now);
        (old_part, part) = (part, old_part - times * part);
    }
    old_part.rem_euclid(count as i64) as u64
}

fn gcd(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn logarithms_are_right() {
        for number in [1e-300, 1e-9, 0.1, 0.5, 0.999_999, 1.0, 1.5, 2.0, 1e6] {
            let (found, wanted) = (ln(number), f64::ln(number));
            assert!((found - wanted).abs() <= 1e-13 * wanted.abs().max(1.0), "{number}: {found}");
        }
    }

    #[test]
    fn waiting_times_have_the_mean_one() {
        let mut dice = Dice(5);
        let times: Vec<f64> = (0..100_000).map(|_| dice.waiting()).collect();
        let mean = times.iter().sum::<f64>() / 1e5;
        let long = times.iter().filter(|time| **time > 2.0).count();
        assert!((mean - 1.0).abs() < 0.02, "{mean}");
        assert!((12_900..14_200).contains(&long), "{long}");
    }

    /// The share of each rank is what the law says, for several counts and offsets.
    #[test]
    fn ranks_follow_the_law() {
        for (count, offset) in [(1, 0), (5, 0), (40, 0), (40, 7), (1_000, 20)] {
            let mut dice = Dice(9);
            let mut found = vec![0u32; count as usize];
            for _ in 0..200_000 {
                found[dice.zipf(count, offset) as usize] += 1;
            }
            let weight = |rank: u32| 1.0 / f64::from(rank + offset + 1);
            let whole: f64 = (0..count).map(weight).sum();
            for rank in (0..count).filter(|rank| rank % 10 == 0) {
                let wanted = 200_000.0 * weight(rank) / whole;
                let off = (f64::from(found[rank as usize]) - wanted).abs();
                assert!(off < 6.0 * wanted.sqrt() + 3.0, "{count} {offset} {rank}: {off}");
            }
        }
    }

    #[test]
    fn every_number_keeps_one_place() {
        for bits in [2, 4, 10, 16] {
            let places: BTreeSet<u64> = (0..1 << bits).map(|n| shuffled(n, bits, 77)).collect();
            assert_eq!(places.len(), 1 << bits);
            assert!(places.iter().all(|place| *place < 1 << bits));
        }
        for count in [1, 2, 3, 7, 100, 4_096, 9_973] {
            let spread = Spread::new(count, u64::from(count));
            let places: BTreeSet<u32> = (0..u64::from(count)).map(|p| spread.at(p)).collect();
            assert_eq!(places.len(), count as usize, "{count}");
            assert!((0..count).all(|number| spread.at(spread.place(number).into()) == number));
        }
    }

    #[test]
    fn draws_reach_their_bounds_and_purposes_differ() {
        let mut dice = Dice::of(1, Purpose::Age, 3);
        let draws: BTreeSet<u64> = (0..500).map(|_| dice.between(3, 6)).collect();
        assert_eq!(draws, BTreeSet::from([3, 4, 5, 6]));
        assert_eq!(dice.below(0), 0);
        let first = |purpose, thing| Dice::of(1, purpose, thing).bits();
        assert_ne!(first(Purpose::Age, 3), first(Purpose::Name, 3));
        assert_ne!(first(Purpose::Age, 3), first(Purpose::Age, 4));
    }
}
