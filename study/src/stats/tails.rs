//! How rare a count is: logarithms of tail probabilities, good far below what a number can hold.
//!
//! Single probabilities are computed by the saddle-point expansion of C. Loader, "Fast and
//! Accurate Computation of Binomial Probabilities" (2000), which does not lose digits for large
//! counts; tails are sums of ratios of neighbouring terms from there on, or the continued fraction
//! of the incomplete beta function (Abramowitz and Stegun 26.5.8).

use statrs::function::gamma::ln_gamma;
use std::f64::consts::TAU;

/// A sum goes on until its terms no longer count.
const NEGLIGIBLE: f64 = 1e-17;
/// Terms that a sum or fraction has at most; some 30 standard deviations of a count of 10^12.
const MOST_TERMS: u64 = 50_000_000;

/// ln P(X ≥ k) of a Poisson count with that mean; relative error of the probability below 1e-12.
///
/// # Panics
/// Where the mean is negative or not finite.
#[must_use]
pub fn poisson_ln_upper(k: u64, mean: f64) -> f64 {
    assert!(mean >= 0.0 && mean.is_finite(), "a mean of {mean}");
    if k == 0 {
        return 0.0;
    }
    if mean == 0.0 {
        return f64::NEG_INFINITY;
    }
    if k as f64 > mean {
        return poisson_ln(k as f64, mean) + ln_sum(|step| mean / (k + step + 1) as f64);
    }
    ln_rest(poisson_ln_lower(k - 1, mean))
}

/// ln P(X ≤ k) of a Poisson count with that mean; relative error of the probability below 1e-12.
///
/// # Panics
/// Where the mean is negative or not finite.
#[must_use]
pub fn poisson_ln_lower(k: u64, mean: f64) -> f64 {
    assert!(mean >= 0.0 && mean.is_finite(), "a mean of {mean}");
    if mean == 0.0 {
        return 0.0;
    }
    if k as f64 > mean {
        return ln_rest(poisson_ln_upper(k + 1, mean));
    }
    poisson_ln(k as f64, mean) + ln_sum(|step| k.saturating_sub(step) as f64 / mean)
}

/// ln P(X ≥ k) of the successes in so many trials of one chance.
///
/// # Panics
/// Where the chance lies outside 0 to 1.
#[must_use]
pub fn binomial_ln_upper(k: u64, trials: u64, chance: f64) -> f64 {
    assert!((0.0..=1.0).contains(&chance), "a chance of {chance}");
    if k == 0 {
        return 0.0;
    }
    if k > trials {
        return f64::NEG_INFINITY;
    }
    beta_ln_lower(k as f64, (trials - k + 1) as f64, chance)
}

/// ln P(X ≤ k) of the successes in so many trials of one chance.
///
/// # Panics
/// Where the chance lies outside 0 to 1.
#[must_use]
pub fn binomial_ln_lower(k: u64, trials: u64, chance: f64) -> f64 {
    if k >= trials {
        return 0.0;
    }
    binomial_ln_upper(trials - k, trials, 1.0 - chance)
}

/// ln P(X ≥ k) of how many marked ones are among those drawn without replacement.
///
/// # Panics
/// Where more are marked or drawn than there are.
#[must_use]
pub fn hypergeometric_ln_upper(k: u64, population: u64, marked: u64, drawn: u64) -> f64 {
    assert!(marked <= population && drawn <= population, "more than all {population}");
    let least = (marked + drawn).saturating_sub(population);
    if k <= least {
        return 0.0;
    }
    if k > marked.min(drawn) {
        return f64::NEG_INFINITY;
    }
    let rest = population - marked;
    let up = |x: u64| {
        (marked - x) as f64 * (drawn - x) as f64 / ((x + 1) as f64 * (rest + x + 1 - drawn) as f64)
    };
    let most = marked.min(drawn);
    let mean = marked as f64 * (drawn as f64 / population as f64);
    if k as f64 > mean {
        let ratio = |step| if k + step >= most { 0.0 } else { up(k + step) };
        return hypergeometric_ln(k, population, marked, drawn) + ln_sum(ratio);
    }
    let below = k - 1;
    let ratio = |step| if below - step <= least { 0.0 } else { up(below - step - 1).recip() };
    ln_rest(hypergeometric_ln(below, population, marked, drawn) + ln_sum(ratio))
}

/// ln of the regularised incomplete beta function I_x(a, b), for a and b above 0 and x from 0 to 1.
pub(super) fn beta_ln_lower(a: f64, b: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return f64::NEG_INFINITY;
    }
    if x >= 1.0 {
        return 0.0;
    }
    if x < (a + 1.0) / (a + b + 2.0) {
        beta_ln_front(a, b, x, 1.0 - x) + beta_fraction(a, b, x).ln()
    } else {
        let y = 1.0 - x;
        ln_rest(beta_ln_front(b, a, y, x) + beta_fraction(b, a, y).ln())
    }
}

/// ln of x^a (1-x)^b / (a B(a, b)), as a binomial probability of real counts.
fn beta_ln_front(a: f64, b: f64, x: f64, y: f64) -> f64 {
    let n = a + b - 1.0;
    if b < 1.0 {
        let ln_beta = ln_gamma(a) + ln_gamma(b) - ln_gamma(a + b);
        return a * x.ln() + b * y.ln() - a.ln() - ln_beta;
    }
    // C(n, a) x^a y^(b-1) with n = a+b-1; multiplied by y.
    binomial_ln(a, n, x, y) + y.ln()
}

/// The continued fraction of the incomplete beta function, by Lentz's method.
fn beta_fraction(a: f64, b: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let kept = |value: f64| if value.abs() < TINY { TINY } else { value };
    let mut c = 1.0;
    let mut d = kept(1.0 - (a + b) * x / (a + 1.0)).recip();
    let mut sum = d;
    for m in 1..MOST_TERMS {
        let m = m as f64;
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        d = kept(1.0 + even * d).recip();
        c = kept(1.0 + even / c);
        sum *= d * c;
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        d = kept(1.0 + odd * d).recip();
        c = kept(1.0 + odd / c);
        sum *= d * c;
        if (d * c - 1.0).abs() < 1e-16 {
            break;
        }
    }
    sum
}

/// ln of 1 + r0 + r0 r1 + …, until the terms no longer count or a ratio is 0.
fn ln_sum(ratio: impl Fn(u64) -> f64) -> f64 {
    let (mut term, mut sum) = (1.0, 0.0);
    for step in 0..MOST_TERMS {
        term *= ratio(step);
        sum += term;
        if term <= NEGLIGIBLE * (1.0 + sum) {
            break;
        }
    }
    sum.ln_1p()
}

/// ln(1 - e^x) for x of at most 0.
fn ln_rest(x: f64) -> f64 {
    if x > -std::f64::consts::LN_2 { (-x.exp_m1()).ln() } else { (-x.exp()).ln_1p() }
}

fn poisson_ln(k: f64, mean: f64) -> f64 {
    if k == 0.0 {
        return -mean;
    }
    -stirling_error(k) - deviance(k, mean) - 0.5 * (TAU * k).ln()
}

/// ln of C(n, k) p^k q^(n-k) for real k from 0 to n, where q = 1 - p.
fn binomial_ln(k: f64, n: f64, p: f64, q: f64) -> f64 {
    let other = n - k;
    if k <= 0.0 {
        return n * q.ln();
    }
    if other <= 0.0 {
        return n * p.ln();
    }
    let errors = stirling_error(n) - stirling_error(k) - stirling_error(other);
    errors - deviance(k, n * p) - deviance(other, n * q) + 0.5 * (n / (TAU * k * other)).ln()
}

fn hypergeometric_ln(k: u64, population: u64, marked: u64, drawn: u64) -> f64 {
    let p = drawn as f64 / population as f64;
    let q = (population - drawn) as f64 / population as f64;
    if drawn == population {
        return if k == marked { 0.0 } else { f64::NEG_INFINITY };
    }
    let among = |k: u64, n: u64| binomial_ln(k as f64, n as f64, p, q);
    among(k, marked) + among(drawn - k, population - marked) - among(drawn, population)
}

/// What Stirling's formula for ln n! misses.
fn stirling_error(n: f64) -> f64 {
    if n < 16.0 {
        return ln_gamma(n + 1.0) - (n + 0.5) * n.ln() + n - 0.5 * TAU.ln();
    }
    let square = n * n;
    let tail = 1.0 / 1260.0 - (1.0 / 1680.0 - (1.0 / 1188.0) / square) / square;
    (1.0 / 12.0 - (1.0 / 360.0 - tail / square) / square) / n
}

/// x ln(x/m) + m - x, without loss where x is near m.
fn deviance(x: f64, mean: f64) -> f64 {
    let difference = x - mean;
    if difference.abs() >= 0.1 * (x + mean) {
        return x * (x / mean).ln() + mean - x;
    }
    let v = difference / (x + mean);
    let mut sum = difference * v;
    let mut power = 2.0 * x * v;
    for step in 1..1_000 {
        power *= v * v;
        let next = sum + power / f64::from(2 * step + 1);
        if next == sum {
            break;
        }
        sum = next;
    }
    sum
}

#[cfg(test)]
#[path = "tails_tests.rs"]
mod tests;
