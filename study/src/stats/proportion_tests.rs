//! Shares against scipy and statsmodels, and the coverage of the corrected share.

use super::*;
use crate::stats::{Draws, binomial_ln_upper};

/// Hits, trials, Wilson's limits, Clopper and Pearson's limits; by statsmodels.
const SHARES: &[(u64, u64, f64, f64, f64, f64)] = &[
    (0, 10, 0.0, 0.27753279986288926, 0.0, 0.30849710781876083),
    (10, 10, 0.7224672001371106, 1.0, 0.6915028921812392, 1.0),
    (1, 1, 0.2065493143772374, 1.0, 0.025, 1.0),
    (5, 10, 0.23659309051256394, 0.7634069094874361, 0.18708602844739855, 0.8129139715526015),
    (
        45,
        3000,
        0.011229377297908944,
        0.020011105965657243,
        0.010961589129191925,
        0.02002019054190731,
    ),
    (900, 1000, 0.8798480368046516, 0.9170905564069044, 0.8797120634813074, 0.91789466564442),
    (
        1,
        1000000,
        1.7652457674537176e-07,
        5.664911804311445e-06,
        2.5317807663794178e-08,
        5.571630655166941e-06,
    ),
    (
        45600,
        1900000,
        0.023783338966192717,
        0.024218585802966958,
        0.023782841013870015,
        0.02421861151059777,
    ),
];

#[test]
fn intervals_are_those_of_statsmodels() {
    for (hits, of, wilson_from, wilson_to, exact_from, exact_to) in SHARES {
        let check = |given: Estimate, low: f64, high: f64| {
            assert!((given.low - low).abs() < 1e-9 * low.max(1e-3), "{hits}/{of}: {given:?}");
            assert!((given.high - high).abs() < 1e-9, "{hits}/{of}: {given:?}");
        };
        check(wilson(*hits, *of, Confidence::P95).unwrap(), *wilson_from, *wilson_to);
        check(clopper_pearson(*hits, *of, Confidence::P95).unwrap(), *exact_from, *exact_to);
        let low = wilson_low(*hits, *of, Confidence::P95);
        assert!((low - wilson_from).abs() < 1e-12, "{hits}/{of}");
    }
    assert!(wilson_low(0, 0, Confidence::P95) == 0.0);
    for (hits, of) in [(0, 0), (3, 2)] {
        assert_eq!(wilson(hits, of, Confidence::P95), Err(Error::Share { hits, of }));
        assert_eq!(clopper_pearson(hits, of, Confidence::P95), Err(Error::Share { hits, of }));
    }
}

#[test]
fn exact_limits_leave_a_tail_on_each_side() {
    for (hits, of) in [(1_u64, 20_u64), (7, 50), (45, 1_000), (45_600, 1_900_000)] {
        let given = clopper_pearson(hits, of, Confidence::P95).unwrap();
        let tail = binomial_ln_upper(hits, of, given.low).exp();
        assert!((tail - 0.025).abs() < 1e-7, "{hits}/{of}: {tail}");
    }
}

#[test]
fn errors_of_coders_are_taken_out() {
    let exact = |right: f64| Measured { right: right * 1e9, of: 1e9 };
    for (seen, sensitivity, specificity, wanted) in [
        (0.10, 1.0, 1.0, 0.10),
        (0.0435, 0.98, 0.98, 0.0235 / 0.96),
        (0.01, 0.9, 0.98, 0.0),
        (0.95, 0.9, 0.9, 1.0),
    ] {
        let (sensitivity, specificity) = (exact(sensitivity), exact(specificity));
        let given = rogan_gladen(seen, 3_000.0, sensitivity, specificity, Confidence::P95);
        let given = given.unwrap();
        assert!((given.value - wanted).abs() < 1e-9, "{seen}: {given:?}");
        assert!(given.low <= given.value && given.value <= given.high, "{given:?}");
    }
    let wide = Measured { right: 9.0, of: 10.0 };
    let width = |part| rogan_gladen(0.2, 500.0, part, part, Confidence::P95).unwrap().width();
    assert!(width(wide) > width(exact(0.9)));
}

#[test]
fn what_cannot_be_corrected() {
    let good = Measured { right: 9.0, of: 10.0 };
    for (seen, of, sensitivity, specificity) in [
        (0.1, 0.0, good, good),
        (1.1, 10.0, good, good),
        (f64::NAN, 10.0, good, good),
        (0.1, 10.0, Measured { right: 0.0, of: 0.0 }, good),
        (0.1, 10.0, Measured { right: 4.0, of: 10.0 }, Measured { right: 6.0, of: 10.0 }),
        (0.1, 10.0, good, Measured { right: 11.0, of: 10.0 }),
    ] {
        let given = rogan_gladen(seen, of, sensitivity, specificity, Confidence::P95);
        assert!(given.is_err(), "{seen} {of} {sensitivity:?} {specificity:?}");
    }
}

#[test]
fn the_corrected_share_holds_the_truth() {
    let mut draws = Draws::new(7, 0);
    let count = |draws: &mut Draws, of: usize, chance: f64| {
        (0..of).filter(|_| draws.unit() < chance).count() as f64
    };
    for (share, sens, spec) in [(0.05, 0.9, 0.97), (0.3, 0.8, 0.9), (0.02, 0.95, 0.99)] {
        let mut held = 0;
        for _ in 0..800 {
            let seen = share * sens + (1.0 - share) * (1.0 - spec);
            let seen = count(&mut draws, 1_000, seen) / 1_000.0;
            let sensitivity = Measured { right: count(&mut draws, 150, sens), of: 150.0 };
            let specificity = Measured { right: count(&mut draws, 300, spec), of: 300.0 };
            let given =
                rogan_gladen(seen, 1_000.0, sensitivity, specificity, Confidence::P95).unwrap();
            held += usize::from((given.low..=given.high).contains(&share));
        }
        let coverage = held as f64 / 800.0;
        assert!((0.93..=0.995).contains(&coverage), "{share} {sens} {spec}: {coverage}");
    }
}
