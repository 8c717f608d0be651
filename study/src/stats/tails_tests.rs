//! Tails against values computed with mpmath (60 digits) and scipy.

use super::*;

/// Count, mean, ln P(X ≥ k), ln P(X ≤ k).
const POISSON: &[(u64, f64, f64, f64)] = &[
    (1, 0.5, -0.9327521295671886, -0.09453489189183562),
    (1, 1e-12, -27.631021115929048, -4.999999999996667e-25),
    (3, 2.5, -0.7848527198374081, -0.2776312408627553),
    (5, 1e-06, -73.86504536593674, -1.388887698413219e-39),
    (10, 0.01, -61.165204997550184, -2.4823520682475646e-30),
    (20, 20.0, -0.6353637994157613, -0.5814401947983224),
    (100, 1.0, -364.72942620471963, 0.0),
    (100, 90.0, -1.843762557440094, -0.14491036109335076),
    (1000, 10.0, -3619.5330453507495, 0.0),
    (1000, 1100.0, -0.0010598847333686437, -6.746290922434927),
    (5000, 3.25, -31701.117877087338, 0.0),
    (100000, 99000.5, -7.180113064658756, -0.0007536043972676326),
    (2, 1e-200, -921.7271843781782, 0.0),
    (50, 250.0, -1.7201209996086852e-54, -122.18281144314929),
];

/// Count, trials, chance, ln P(X ≥ k), ln P(X ≤ k).
const BINOMIAL: &[(u64, u64, f64, f64, f64)] = &[
    (1, 10, 0.1, -0.4287518111064884, -0.30639075474804195),
    (5, 10, 0.5, -0.4731335222546632, -0.4731335222546632),
    (10, 10, 0.001, -69.07755278982137, -1.5557538194652854e-61),
    (50, 100, 0.01, -163.9672360103284, 1.5557538194652854e-61),
    (500, 1000, 0.001, -2764.909628591666, 7.778769097326427e-61),
    (3, 1000000, 1e-09, -22.515778285176335, -4.1633097551837965e-14),
    (1000, 1000000, 0.001, -0.6847593466666662, -0.6764683129664779),
    (900, 1000000, 0.001, -0.0006193792858857857, -7.273016317753423),
    (2000, 1000000, 0.001, -390.82230698579747, -1.0179378878674732e-45),
    (99999, 100000, 0.5, -69303.20512052962, -9.940502161513985e-45),
    (400, 1000, 0.3, -25.229378492268385, -7.030147530291552e-12),
    (200, 1000, 0.3, -2.8807635182564803e-13, -28.326920293329003),
];

/// Count, population, marked, drawn, ln P(X ≥ k).
const HYPERGEOMETRIC: &[(u64, u64, u64, u64, f64)] = &[
    (1, 10, 3, 4, -0.18232155679395462),
    (3, 10, 3, 4, -3.4011973816621555),
    (5, 50, 10, 20, -1.0357132385226706),
    (10, 1000, 50, 20, -19.123747679203003),
    (100, 1000000, 500, 1000, -449.15975220995983),
    (500, 1000000, 500, 1000, -3606.8327881780656),
    (40, 2000000, 45600, 3000, -6.776916442254926e-05),
    (60, 2000000, 45600, 3000, -0.1473415378892718),
    (90, 2000000, 45600, 3000, -5.042616037321418),
    (8, 10, 9, 9, 0.0),
    (9, 10, 9, 9, -std::f64::consts::LN_10),
    (20, 100, 30, 60, -1.3730580632449072),
    (12, 100, 30, 60, -0.001964721481387145),
];

fn check(case: &str, given: f64, wanted: f64) {
    let error = (given - wanted).abs();
    assert!(error <= 1e-11 * wanted.abs() + 1e-13, "{case}: {given}, wanted {wanted}");
}

#[test]
fn poisson_tails() {
    for (k, mean, upper, lower) in POISSON {
        check(&format!("P(X >= {k}), mean {mean}"), poisson_ln_upper(*k, *mean), *upper);
        check(&format!("P(X <= {k}), mean {mean}"), poisson_ln_lower(*k, *mean), *lower);
    }
}

#[test]
fn binomial_tails() {
    for (k, n, p, upper, lower) in BINOMIAL {
        check(&format!("P(X >= {k}) of {n}, {p}"), binomial_ln_upper(*k, *n, *p), *upper);
        check(&format!("P(X <= {k}) of {n}, {p}"), binomial_ln_lower(*k, *n, *p), *lower);
    }
}

#[test]
fn hypergeometric_tails() {
    for (k, all, marked, drawn, upper) in HYPERGEOMETRIC {
        let given = hypergeometric_ln_upper(*k, *all, *marked, *drawn);
        check(&format!("P(X >= {k}) of {all}, {marked}, {drawn}"), given, *upper);
    }
}

#[test]
fn what_is_certain_or_impossible() {
    for (given, wanted) in [
        (poisson_ln_upper(0, 3.0), 0.0),
        (poisson_ln_upper(1, 0.0), f64::NEG_INFINITY),
        (poisson_ln_lower(0, 0.0), 0.0),
        (binomial_ln_upper(0, 5, 0.5), 0.0),
        (binomial_ln_upper(6, 5, 0.5), f64::NEG_INFINITY),
        (binomial_ln_upper(1, 5, 0.0), f64::NEG_INFINITY),
        (binomial_ln_upper(5, 5, 1.0), 0.0),
        (binomial_ln_lower(5, 5, 0.3), 0.0),
        (hypergeometric_ln_upper(0, 10, 3, 4), 0.0),
        (hypergeometric_ln_upper(4, 10, 3, 4), f64::NEG_INFINITY),
        (hypergeometric_ln_upper(3, 10, 3, 10), 0.0),
    ] {
        assert_eq!(given.to_bits(), (wanted + 0.0_f64).to_bits(), "{given} {wanted}");
    }
}

proptest::proptest! {
    #[test]
    fn both_poisson_tails_make_one(k in 1_u64..3_000, mean in 0.01_f64..3_000.0) {
        let sum = poisson_ln_upper(k, mean).exp() + poisson_ln_lower(k - 1, mean).exp();
        proptest::prop_assert!((sum - 1.0).abs() < 1e-12, "{}", sum);
    }

    #[test]
    fn a_higher_count_is_rarer(k in 1_u64..500, extra in 0_u64..500, chance in 0.001_f64..0.999) {
        let trials = k + extra;
        let (this, before) =
            (binomial_ln_upper(k, trials, chance), binomial_ln_upper(k - 1, trials, chance));
        proptest::prop_assert!(this <= before + 1e-13);
        let (all, marked) = (2 * trials, trials);
        let draw = |k| hypergeometric_ln_upper(k, all, marked, trials);
        proptest::prop_assert!(draw(k) <= draw(k - 1) + 1e-13);
    }
}
