//! Shares over strata: one stratum, many, none, and all.

use super::*;
use crate::stats::{clopper_pearson, wilson};

fn close(given: Estimate, wanted: Estimate, within: f64) {
    for (a, b) in [(given.value, wanted.value), (given.low, wanted.low), (given.high, wanted.high)]
    {
        assert!((a - b).abs() < within, "{given:?} {wanted:?}");
    }
}

#[test]
fn one_stratum_is_a_simple_sample() {
    let given = stratified(&[Part::of(1_000_000_000, 3_000, 72)], Confidence::P95);
    // The unbiased variance divides by one less, so that it is wider by a hair.
    close(given.wilson, wilson(72, 3_000, Confidence::P95).unwrap(), 1e-5);
    close(given.clopper_pearson, clopper_pearson(72, 3_000, Confidence::P95).unwrap(), 1e-5);
    assert!((given.effective - 2_999.0).abs() < 1.0, "{}", given.effective);
}

#[test]
fn strata_weigh_by_size() {
    let parts = [Part::of(100, 50, 25), Part::of(900, 90, 9)];
    let given = stratified(&parts, Confidence::P95);
    assert!((given.wilson.value - (0.1 * 0.5 + 0.9 * 0.1)).abs() < 1e-12);
    // By hand: .1^2 * .5 * .25 / 49 + .9^2 * .9 * .09 / 89.
    let variance = 0.01 * 0.5 * 0.25 / 49.0 + 0.81 * 0.9 * 0.09 / 89.0;
    assert!((given.effective - 0.14 * 0.86 / variance).abs() < 1e-6);
}

#[test]
fn empty_strata_count_together() {
    let parts = [Part::of(100, 50, 20), Part::of(500, 100, 0), Part::of(400, 50, 0)];
    let given = stratified(&parts, Confidence::P95);
    let rest = 0.5 / 151.0;
    let together = 0.81 * (1.0 - 150.0 / 900.0) * rest * (1.0 - rest) / 150.0;
    let variance = 0.01 * 0.5 * (0.4 * 0.6 / 49.0) + together;
    let smoothed = 0.1 * 0.4 + 0.9 * rest;
    assert!((given.effective - smoothed * (1.0 - smoothed) / variance).abs() < 1e-6);
}

#[test]
fn none_and_all() {
    let none = stratified(&[Part::of(10_000, 300, 0), Part::of(5_000, 100, 0)], Confidence::P95);
    assert!(none.wilson.value == 0.0 && none.wilson.low == 0.0 && none.clopper_pearson.low == 0.0);
    // The rule of three says 3/400 of those drawn; strata are not drawn evenly.
    assert!(none.clopper_pearson.high > 0.006 && none.clopper_pearson.high < 0.02, "{none:?}");
    let all = stratified(&[Part::of(10_000, 300, 300)], Confidence::P95);
    assert!(all.wilson.high == 1.0 && all.clopper_pearson.high == 1.0);
    assert!(all.wilson.low > 0.97 && all.wilson.low < 0.995, "{all:?}");
    let both = stratified(&[Part::of(50, 20, 20), Part::of(50, 20, 0)], Confidence::P95);
    assert!((both.wilson.value - 0.5).abs() < 1e-12 && both.wilson.width() > 0.01);
}

#[test]
fn everybody_coded_leaves_no_doubt() {
    let given = stratified(&[Part::of(40, 40, 10), Part::of(60, 60, 0)], Confidence::P95);
    let exact = Estimate { value: 0.1, low: 0.1, high: 0.1 };
    close(given.wilson, exact, 1e-12);
    close(given.clopper_pearson, exact, 1e-12);
}

#[test]
fn partial_hits_add_up() {
    let mut part = Part::of(1_000, 0, 0);
    [1.0, 0.5, 0.0, 0.0].into_iter().for_each(|hit| part.add(hit));
    let given = stratified(&[part], Confidence::P95);
    assert!((given.wilson.value - 0.375).abs() < 1e-12 && part.of == 4);
}
