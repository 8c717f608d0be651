//! Many tests at once: which findings stay when chance had many tries.

/// How the tests hang together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dependence {
    /// Independent or positively dependent (Benjamini and Hochberg, JRSS B 57, 1995).
    Positive,
    /// Any (Benjamini and Yekutieli, Ann. Statist. 29, 2001).
    Any,
}

/// The q-value of each p-value, in the order given: the smallest false-discovery rate at which it
/// is found. `tests` counts every test that was made, also those whose p-value is not listed
/// because it is near 1; where it is smaller than the list, the list's length counts.
#[must_use]
pub fn q_values(p_values: &[f64], tests: u64, dependence: Dependence) -> Vec<f64> {
    let logs: Vec<f64> = p_values.iter().map(|p| p.ln()).collect();
    ln_q_values(&logs, tests, dependence).into_iter().map(f64::exp).collect()
}

/// The same on logarithms, for p-values smaller than a number can hold.
#[must_use]
pub fn ln_q_values(ln_p_values: &[f64], tests: u64, dependence: Dependence) -> Vec<f64> {
    let tests = tests.max(ln_p_values.len() as u64);
    let factor = (tests as f64).ln()
        + match dependence {
            Dependence::Positive => 0.0,
            Dependence::Any => harmonic(tests).ln(),
        };
    let mut order: Vec<usize> = (0..ln_p_values.len()).collect();
    order.sort_by(|a, b| ln_p_values[*a].total_cmp(&ln_p_values[*b]));
    let mut q_values = vec![0.0; ln_p_values.len()];
    let mut least = 0.0_f64;
    for (rank, index) in order.into_iter().enumerate().rev() {
        least = least.min(ln_p_values[index] + factor - ((rank + 1) as f64).ln());
        q_values[index] = least;
    }
    q_values
}

/// 1 + 1/2 + … + 1/n.
fn harmonic(n: u64) -> f64 {
    const SUMMED: u64 = 1_000;
    if n <= SUMMED {
        return (1..=n).map(|k| (k as f64).recip()).sum();
    }
    // Euler's expansion, exact to 1e-15 from here on.
    const EULER: f64 = 0.577_215_664_901_532_9;
    let n = n as f64;
    n.ln() + EULER + 0.5 / n - 1.0 / (12.0 * n * n)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(p: &[f64], tests: u64, dependence: Dependence, wanted: &[f64]) {
        let given = q_values(p, tests, dependence);
        assert_eq!(given.len(), wanted.len());
        for (given, wanted) in given.iter().zip(wanted) {
            assert!((given - wanted).abs() < 1e-9, "{p:?}: {given} wanted {wanted}");
        }
    }

    #[test]
    fn q_values_are_those_of_scipy() {
        let p = [0.01, 0.04, 0.03, 0.005, 0.55, 0.04];
        check(&p, 6, Dependence::Positive, &[0.03, 0.048, 0.048, 0.03, 0.55, 0.048]);
        check(&p, 0, Dependence::Any, &[0.0735, 0.1176, 0.1176, 0.0735, 1.0, 0.1176]);
        check(&[], 0, Dependence::Any, &[]);
    }

    #[test]
    fn tests_that_are_not_listed_count() {
        check(&[0.001, 0.002], 100, Dependence::Positive, &[0.1, 0.1]);
        check(&[0.001, 0.02], 100, Dependence::Positive, &[0.1, 1.0]);
    }

    #[test]
    fn far_tails_keep_their_order() {
        let given = ln_q_values(&[-5_000.0, -3.0, -9_000.0], 10, Dependence::Positive);
        let wanted = [-5_000.0 + 5_f64.ln(), -3.0 + (10.0_f64 / 3.0).ln(), -9_000.0 + 10_f64.ln()];
        for (given, wanted) in given.iter().zip(wanted) {
            assert!((given - wanted).abs() < 1e-9, "{given} {wanted}");
        }
    }

    #[test]
    fn harmonic_numbers_join() {
        let summed: f64 = (1..=1_001_u64).map(|k| (k as f64).recip()).sum();
        assert!((harmonic(1_001) - summed).abs() < 1e-12);
        assert!((harmonic(2) - 1.5).abs() < 1e-15);
    }
}
