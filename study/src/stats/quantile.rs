//! Values below which a given share lies.

use super::tails::beta_ln_lower;
use statrs::function::erf::erfc_inv;
use std::f64::consts::SQRT_2;

/// The value that a standard normal number stays below with that probability.
///
/// # Panics
/// Where the probability lies outside 0 to 1.
#[must_use]
pub fn normal_quantile(probability: f64) -> f64 {
    assert!((0.0..=1.0).contains(&probability), "a probability of {probability}");
    -SQRT_2 * erfc_inv(2.0 * probability)
}

/// The value that a Beta(a, b) number stays below with that probability; relative error about
/// 1e-11.
///
/// By bisection of the logarithm of the distribution over ln(x / (1 - x)), so that far tails and
/// counts of many millions are as exact as the middle.
///
/// # Panics
/// Where the probability lies outside 0 to 1, or a parameter is not above 0.
#[must_use]
pub fn beta_quantile(probability: f64, a: f64, b: f64) -> f64 {
    assert!((0.0..=1.0).contains(&probability), "a probability of {probability}");
    assert!(a > 0.0 && b > 0.0, "Beta({a}, {b}) is no distribution");
    if probability == 0.0 || probability == 1.0 {
        return probability;
    }
    // The tail that is the rarer keeps its digits.
    if probability > 0.5 {
        return 1.0 - logit_bisection(1.0 - probability, b, a);
    }
    logit_bisection(probability, a, b)
}

fn logit_bisection(probability: f64, a: f64, b: f64) -> f64 {
    let wanted = probability.ln();
    let share = |logit: f64| (1.0 + (-logit).exp()).recip();
    let (mut low, mut high) = (-700.0, 36.0);
    while high - low > 1e-12 * (1.0 + f64::abs(low)) {
        let middle = f64::midpoint(low, high);
        if beta_ln_lower(a, b, share(middle)) < wanted {
            low = middle
        } else {
            high = middle
        }
        if middle == low && middle == high {
            break;
        }
    }
    share(f64::midpoint(low, high))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normal_quantiles_are_those_of_scipy() {
        for (probability, wanted) in NORMAL {
            let given = normal_quantile(*probability);
            let error = (given - wanted).abs() / wanted.abs().max(1e-9);
            assert!(error < 1e-12 || (given - wanted).abs() < 1e-12, "{probability}: {given}");
        }
    }

    #[test]
    fn beta_quantiles_are_those_of_scipy() {
        for (probability, a, b, wanted) in BETA {
            let given = beta_quantile(*probability, *a, *b);
            assert!((given / wanted - 1.0).abs() < 1e-9, "{probability} {a} {b}: {given}");
        }
        assert!(beta_quantile(0.0, 2.0, 3.0) == 0.0 && beta_quantile(1.0, 2.0, 3.0) == 1.0);
    }

    /// Computed with scipy.
    const NORMAL: &[(f64, f64)] = &[
        (1e-300, -37.0470962993612),
        (1e-100, -21.273453560965322),
        (1e-20, -9.262340089798409),
        (1e-10, -6.361340902404056),
        (1e-05, -4.264890793922825),
        (0.001, -3.090232306167813),
        (0.025, -1.9599639845400545),
        (0.3, -0.5244005127080409),
        (0.5, 0.0),
        (0.7, 0.5244005127080407),
        (0.975, 1.959963984540054),
        (0.999999, 4.753424308817087),
    ];

    /// Computed with scipy.
    const BETA: &[(f64, f64, f64, f64)] = &[
        (0.025, 1.0, 100.0, 0.00025314603297742064),
        (0.975, 1.0, 100.0, 0.03621669264517641),
        (0.025, 5.0, 96.0, 0.016431879182052155),
        (0.975, 6.0, 95.0, 0.11283491110546275),
        (0.025, 45.0, 1899956.0, 1.727547648950801e-05),
        (0.975, 46.0, 1899955.0, 3.169121022500904e-05),
        (1e-10, 3.0, 7.0, 0.00010600083666760557),
        (1e-100, 3.0, 7.0, 1.0598398329483264e-34),
        (0.999999999, 3.0, 7.0, 0.9687103571926572),
        (0.5, 0.5, 0.5, 0.4999999999999999),
        (0.025, 500000.0, 500001.0, 0.49901951919531184),
        (0.025, 0.5, 20.5, 2.4246478459242733e-05),
        (0.975, 99.0, 1.5, 0.9989134548347325),
        (0.3, 2000000.5, 7.5, 0.9999956695938711),
    ];
}
