//! Tails of counts, and which of many small chances to believe.
//!
//! A count of chance events that do not depend on each other, each with a chance of its own, has a
//! Poisson-binomial distribution. Its tail is worked out exactly for up to [`EXACT_EVENTS`] events,
//! and beyond that bounded from above by Hoeffding's theorem of 1956 with Chernoff's bound: the
//! bound can only make a count look less surprising than it is. Falsely significant ones are held
//! to a share of all by the step-up procedure of Benjamini and Hochberg (1995).

use crate::stats::{Dependence, ln_q_values};
use std::f64::consts::LN_10;

/// Up to so many events the tail is exact.
pub const EXACT_EVENTS: usize = 400;
/// No base-10 logarithm of a chance is given below this.
pub const LOG10_FLOOR: f64 = -300.0;

/// The base-10 logarithm of the chance that at least `least` of the events happen.
///
/// Each chance is from 0 to 1; 0.0 (certain) where `least` is 0; [`LOG10_FLOOR`] where it cannot
/// be, or is smaller than can be told.
#[must_use]
pub fn log10_tail(chances: &[f64], least: usize) -> f64 {
    if least == 0 {
        return 0.0;
    }
    let possible = chances.iter().filter(|chance| **chance > 0.0).count();
    if least > possible {
        return LOG10_FLOOR;
    }
    if possible <= EXACT_EVENTS { exact(chances, least) } else { bound(chances, possible, least) }
}

/// The same, given that at least one of them happens: what a count is worth of which one is only
/// told where it is not zero.
#[must_use]
pub fn log10_tail_of_seen(chances: &[f64], least: usize) -> f64 {
    let none: f64 = chances.iter().map(|chance| (-chance.clamp(0.0, 1.0)).ln_1p()).sum();
    let seen = -none.exp_m1();
    if seen <= 0.0 {
        return if least <= 1 { 0.0 } else { LOG10_FLOOR };
    }
    (log10_tail(chances, least) - seen.log10()).clamp(LOG10_FLOOR, 0.0)
}

/// By adding one event after the other; counts from `least` on are one.
fn exact(chances: &[f64], least: usize) -> f64 {
    let mut at = vec![0.0_f64; least + 1];
    at[0] = 1.0;
    for chance in chances.iter().map(|chance| chance.clamp(0.0, 1.0)) {
        at[least] += at[least - 1] * chance;
        for count in (1..least).rev() {
            at[count] = at[count] * (1.0 - chance) + at[count - 1] * chance;
        }
        at[0] *= 1.0 - chance;
    }
    floored(at[least].log10())
}

fn bound(chances: &[f64], events: usize, least: usize) -> f64 {
    let events = events as f64;
    let mean = chances.iter().sum::<f64>() / events;
    let seen = least as f64 / events;
    if seen <= mean {
        return 0.0;
    }
    let rest = if seen < 1.0 { (1.0 - seen) * ((1.0 - seen) / (1.0 - mean)).ln() } else { 0.0 };
    let divergence = seen * (seen / mean).ln() + rest;
    floored(-events * divergence / LN_10)
}

fn floored(log10: f64) -> f64 {
    if log10.is_nan() { LOG10_FLOOR } else { log10.clamp(LOG10_FLOOR, 0.0) }
}

/// The level of each of several chances under Benjamini and Hochberg: the smallest share of false
/// ones at which it would still be called significant.
///
/// `log10` are base-10 logarithms of the chances that were worked out; `family` is how many there
/// are altogether, the others being taken as 1. Levels come in the order of the chances.
#[must_use]
pub fn levels(log10: &[f64], family: u64) -> Vec<f64> {
    let ln: Vec<f64> = log10.iter().map(|log10| log10 * LN_10).collect();
    let levels = ln_q_values(&ln, family, Dependence::Positive);
    levels.into_iter().map(|ln| ln.max(LOG10_FLOOR * LN_10).exp()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn near(left: f64, right: f64, within: f64) {
        assert!((left - right).abs() <= within, "{left} is not within {within} of {right}");
    }

    /// The tail by going through every outcome.
    fn by_outcomes(chances: &[f64], least: usize) -> f64 {
        let outcomes = 0..1_u32 << chances.len();
        let chance = |outcome: u32| -> f64 {
            let of = |(at, chance): (usize, &f64)| {
                if outcome >> at & 1 == 1 { *chance } else { 1.0 - chance }
            };
            chances.iter().enumerate().map(of).product()
        };
        outcomes.filter(|outcome| outcome.count_ones() as usize >= least).map(chance).sum()
    }

    #[test]
    fn tails_of_events() {
        let cases: [(&[f64], usize, f64); 8] = [
            (&[], 0, 0.0),
            (&[], 1, LOG10_FLOOR),
            (&[0.5], 0, 0.0),
            (&[0.5], 1, 0.5_f64.log10()),
            (&[0.1, 0.2], 2, 0.02_f64.log10()),
            (&[0.1, 0.2], 1, 0.28_f64.log10()),
            (&[0.1, 0.2, 0.0], 3, LOG10_FLOOR),
            (&[1.0, 1.0, 0.25], 3, 0.25_f64.log10()),
        ];
        for (chances, least, expected) in cases {
            near(log10_tail(chances, least), expected, 1e-12);
        }
    }

    #[test]
    fn a_count_that_is_seen_is_worth_less() {
        near(log10_tail_of_seen(&[0.01; 3], 1), 0.0, 1e-12);
        let (three, seen) = (1e-6_f64, 1.0 - 0.99_f64.powi(3));
        near(log10_tail_of_seen(&[0.01; 3], 3), (three / seen).log10(), 1e-9);
        near(log10_tail_of_seen(&[], 1), 0.0, 0.0);
        near(log10_tail_of_seen(&[1.0; 4], 4), 0.0, 1e-12);
    }

    #[test]
    fn the_bound_lies_above_the_exact_tail_and_near_it() {
        for (chance, events, least) in [(0.05, 401, 60), (0.2, 401, 150), (0.5, 500, 350)] {
            let chances = vec![chance; events];
            let (told, exact) = (log10_tail(&chances, least), exact(&chances, least));
            assert!(told >= exact, "{told} {exact}");
            near(told, exact, 2.0);
        }
        near(log10_tail(&vec![0.5; 1_000], 400), 0.0, 0.0);
    }

    #[test]
    fn levels_step_up_and_count_the_whole_family() {
        let p = |chances: &[f64]| chances.iter().map(|chance| chance.log10()).collect::<Vec<_>>();
        let told = levels(&p(&[0.01, 0.02, 0.03, 0.5]), 4);
        for (level, expected) in told.iter().zip([0.04, 0.04, 0.04, 0.5]) {
            near(*level, expected, 1e-12);
        }
        let told = levels(&p(&[0.03, 0.0001]), 100);
        near(told[0], 1.0, 1e-12);
        near(told[1], 0.01, 1e-12);
        assert_eq!(levels(&[], 10), Vec::<f64>::new());
        near(levels(&[LOG10_FLOOR], 1_000_000)[0], 1e-294, 1e-296);
    }

    proptest! {
        #[test]
        fn the_exact_tail_is_that_of_all_outcomes(
            chances in prop::collection::vec(0.0..1.0_f64, 0..10),
            least in 0..10_usize,
        ) {
            let expected = by_outcomes(&chances, least);
            let told = 10_f64.powf(log10_tail(&chances, least));
            prop_assert!((told - expected).abs() < 1e-9, "{told} {expected}");
        }

        #[test]
        fn more_is_never_less_surprising(
            chances in prop::collection::vec(0.0..0.5_f64, 1..30),
            least in 1..30_usize,
        ) {
            let (less, more) = (log10_tail(&chances, least), log10_tail(&chances, least + 1));
            prop_assert!(more <= less + 1e-12);
            let seen = log10_tail_of_seen(&chances, least);
            prop_assert!(seen >= less - 1e-12);
        }

        #[test]
        fn levels_keep_the_order_of_chances(
            log10 in prop::collection::vec(-50.0..0.0_f64, 1..50),
            more in 0..1_000_u64,
        ) {
            let told = levels(&log10, log10.len() as u64 + more);
            for (a, left) in log10.iter().enumerate() {
                prop_assert!(told[a] + 1e-12 >= 10_f64.powf(*left).min(1.0));
                for (b, right) in log10.iter().enumerate() {
                    prop_assert!(left > right || told[a] <= told[b]);
                }
            }
        }
    }
}
