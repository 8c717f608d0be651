//! Estimates from overlapping lists: known figures, planted populations, and bad lists.

use super::*;
use crate::stats::Draws;

#[test]
fn two_lists() {
    let lists = TwoLists { first: 200, second: 150, both: 50 };
    assert!((lincoln_petersen(lists).unwrap() - 600.0).abs() < 1e-9);
    let given = chapman(lists, Confidence::P95).unwrap();
    assert!((given.value - (201.0 * 151.0 / 51.0 - 1.0)).abs() < 1e-9);
    // By hand: variance 201*151*150*100 / (51^2 * 52) = 3366.05, unseen 294.12, factor 1.46659.
    let close = |a: f64, b: f64| (a - b).abs() < 1e-6;
    let (low, high) = (500.545_462_217_6, 731.349_527_208_7);
    assert!(close(given.low, low) && close(given.high, high), "{given:?}");
}

#[test]
fn two_lists_that_say_little_or_nothing() {
    let lists = |first, second, both| TwoLists { first, second, both };
    assert!(lincoln_petersen(lists(5, 5, 0)).is_err());
    assert!(lincoln_petersen(lists(5, 5, 6)).is_err());
    assert!(chapman(lists(5, 0, 0), Confidence::P95).is_err());
    assert!(chapman(lists(5, 3, 4), Confidence::P95).is_err());
    let none_shared = chapman(lists(20, 20, 0), Confidence::P95).unwrap();
    assert!(none_shared.value > 400.0 && none_shared.high > 1_000.0, "{none_shared:?}");
    let all_shared = chapman(lists(20, 20, 20), Confidence::P95).unwrap();
    assert_eq!(all_shared, Estimate { value: 20.0, low: 20.0, high: 20.0 });
}

/// How many of a population of 2,000 come onto which lists; the chance of a list may depend on
/// being on the first one.
fn lists(draws: &mut Draws, chances: &[f64], drawn_by_first: f64) -> Vec<u64> {
    let mut counts = vec![0; 1 << chances.len()];
    for _ in 0..2_000 {
        let mut pattern = 0_usize;
        for (list, chance) in chances.iter().enumerate() {
            let more = if list == 1 && pattern & 1 == 1 { drawn_by_first } else { 0.0 };
            pattern |= usize::from(draws.unit() < chance + more) << list;
        }
        counts[pattern] += 1;
    }
    counts
}

#[test]
fn independent_lists_give_the_truth() {
    let mut draws = Draws::new(9, 0);
    let mut held = 0;
    for _ in 0..300 {
        let counts = lists(&mut draws, &[0.3, 0.25, 0.4], 0.0);
        let given = log_linear(&counts, Confidence::P95).unwrap();
        held += u32::from((given.total.low..=given.total.high).contains(&2_000.0));
    }
    // The choice of the model is not counted in the interval, so that it holds less often.
    assert!(held >= 255, "{held} of 300");
}

#[test]
fn dependence_is_found_and_corrects() {
    let mut draws = Draws::new(10, 0);
    let (mut with, mut without, mut found) = (0.0, 0.0, 0);
    for _ in 0..100 {
        let counts = lists(&mut draws, &[0.3, 0.2, 0.4, 0.3], 0.4);
        let given = log_linear(&counts, Confidence::P95).unwrap();
        with += (given.total.value - 2_000.0).abs() / 100.0;
        without += (given.if_independent - 2_000.0).abs() / 100.0;
        found += u32::from(given.dependent.contains(&Interaction { one: 0, other: 1 }));
    }
    assert!(found >= 98 && with < without / 2.0, "{found} {with} {without}");
}

#[test]
fn independent_model_equals_the_closed_form() {
    // Expected counts of 1,000 with chances .5, .5 and .5: every pattern 125.
    let given = log_linear(&[0, 125, 125, 125, 125, 125, 125, 125], Confidence::P95).unwrap();
    assert!((given.total.value - 1_000.0).abs() < 1e-6, "{given:?}");
    assert_eq!((given.seen, given.dependent.len()), (875, 0));
    assert!((given.if_independent - 1_000.0).abs() < 1e-6);
}

#[test]
fn lists_that_cannot_be_used() {
    for counts in [
        &[][..],
        &[0, 1, 1, 1],
        &[0, 1, 1, 1, 1, 1, 1],
        &[0, 5, 5, 0, 5, 0, 0, 0],
        &[0, 5, 5, 3, 0, 0, 0, 0],
        &[1; 64],
    ] {
        assert!(log_linear(counts, Confidence::P95).is_err(), "{counts:?}");
    }
}
