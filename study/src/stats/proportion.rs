//! Shares: how sure a share is, and what it is once errors of the coders are taken out.

use super::{Confidence, Error, Estimate, beta_quantile};
use serde::{Deserialize, Serialize};

/// A share with Wilson's score interval (Wilson, JASA 22, 1927).
///
/// # Errors
/// Where there is no trial, or more hits than trials.
pub fn wilson(hits: u64, of: u64, confidence: Confidence) -> Result<Estimate, Error> {
    let share = share(hits, of)?;
    let (middle, half) = wilson_parts(share, of as f64, confidence.z());
    let low = if hits == 0 { 0.0 } else { middle - half };
    let high = if hits == of { 1.0 } else { middle + half };
    Ok(Estimate { value: share, low, high })
}

/// Wilson's lower limit alone; 0 of none. By it, 1 of 1 stays below 900 of 1,000.
///
/// # Panics
/// Where there are more hits than trials.
#[must_use]
pub fn wilson_low(hits: u64, of: u64, confidence: Confidence) -> f64 {
    assert!(hits <= of, "{hits} of {of}");
    if hits == 0 {
        return 0.0;
    }
    let (middle, half) = wilson_parts(hits as f64 / of as f64, of as f64, confidence.z());
    middle - half
}

/// Middle and half width of Wilson's interval of a share of so many trials, which may be an
/// effective number.
pub(crate) fn wilson_parts(share: f64, of: f64, z: f64) -> (f64, f64) {
    let weight = z * z / of;
    let middle = (share + weight / 2.0) / (1.0 + weight);
    let variance = share * (1.0 - share) / of + weight / (4.0 * of);
    (middle, z * variance.sqrt() / (1.0 + weight))
}

/// A share with the interval of Clopper and Pearson (Biometrika 26, 1934), which holds the truth at
/// least as often as asked for, and is wider for it.
///
/// # Errors
/// Where there is no trial, or more hits than trials.
pub fn clopper_pearson(hits: u64, of: u64, confidence: Confidence) -> Result<Estimate, Error> {
    let value = share(hits, of)?;
    let (k, n, tail) = (hits as f64, of as f64, confidence.tail());
    let low = if hits == 0 { 0.0 } else { beta_quantile(tail, k, n - k + 1.0) };
    let high = if hits == of { 1.0 } else { beta_quantile(1.0 - tail, k + 1.0, n - k) };
    Ok(Estimate { value, low, high })
}

fn share(hits: u64, of: u64) -> Result<f64, Error> {
    if of == 0 || hits > of {
        return Err(Error::Share { hits, of });
    }
    Ok(hits as f64 / of as f64)
}

/// How often something that was tried out was right.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// Times it was right; may be a weighted count.
    pub right: f64,
    /// Times it was tried.
    pub of: f64,
}

/// The true share behind a share that was seen with errors (Rogan and Gladen, Am. J. Epidemiol.
/// 107, 1978), with the interval of Lang and Reiczigel (Prev. Vet. Med. 113, 2014), which counts
/// that sensitivity and specificity are themselves estimates.
///
/// `seen` is the share seen, `of` the number of trials behind it, or the effective number of a
/// stratified sample. The result is cut to 0 to 1.
///
/// # Errors
/// Where there is no trial, or sensitivity and specificity together are not better than chance.
pub fn rogan_gladen(
    seen: f64,
    of: f64,
    sensitivity: Measured,
    specificity: Measured,
    confidence: Confidence,
) -> Result<Estimate, Error> {
    const WHAT: &str = "a correction for errors";
    if !(0.0..=1.0).contains(&seen) || of.is_nan() || of <= 0.0 {
        return Err(Error::Unfit { what: WHAT, why: "the share seen needs trials behind it" });
    }
    let fits = |part: Measured| part.of > 0.0 && (0.0..=part.of).contains(&part.right);
    if !fits(sensitivity) || !fits(specificity) {
        return Err(Error::Unfit { what: WHAT, why: "it needs items whose true answer is known" });
    }
    let shares = (sensitivity.right / sensitivity.of, specificity.right / specificity.of);
    let better = shares.0 + shares.1 - 1.0;
    if better <= 0.0 {
        return Err(Error::Unfit { what: WHAT, why: "the coders are no better than chance" });
    }
    let value = (seen + shares.1 - 1.0) / better;
    let (middle, half) = lang_reiczigel((seen, of), sensitivity, specificity, confidence.z());
    // The interval is made of smoothed shares, so that its value may lie outside by a hair.
    let value = value.clamp(0.0, 1.0);
    let (low, high) = ((middle - half).clamp(0.0, 1.0), (middle + half).clamp(0.0, 1.0));
    Ok(Estimate { value, low: low.min(value), high: high.max(value) })
}

fn lang_reiczigel(
    (seen, of): (f64, f64),
    sensitivity: Measured,
    specificity: Measured,
    z: f64,
) -> (f64, f64) {
    let square = z * z;
    let seen = (of * seen + square / 2.0) / (of + square);
    let smoothed = |part: Measured| ((part.right + 1.0) / (part.of + 2.0), part.of + 2.0);
    let (sens, sens_of) = smoothed(sensitivity);
    let (spec, spec_of) = smoothed(specificity);
    let better = sens + spec - 1.0;
    let share = (seen + spec - 1.0) / better;
    let (sens_variance, spec_variance) =
        (sens * (1.0 - sens) / sens_of, spec * (1.0 - spec) / spec_of);
    let shift = 2.0 * square * (share * sens_variance - (1.0 - share) * spec_variance);
    let variance = seen * (1.0 - seen) / (of + square)
        + sens_variance * share * share
        + spec_variance * (1.0 - share) * (1.0 - share);
    (share + shift, z * variance.sqrt() / better)
}

#[cfg(test)]
#[path = "proportion_tests.rs"]
mod tests;
