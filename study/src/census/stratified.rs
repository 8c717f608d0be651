//! A share over strata, and how sure it is.

use crate::stats::{Confidence, Estimate, beta_quantile, wilson_parts};

/// What was drawn from one stratum.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Part {
    /// How many it has.
    pub(super) size: u64,
    /// How many of them are known.
    pub(super) of: u64,
    /// The sum of what is known of them, each from 0 to 1.
    sum: f64,
    /// The sum of squares.
    squares: f64,
}

impl Part {
    /// So many hits among so many.
    pub(super) fn of(size: u64, of: u64, hits: u64) -> Self {
        Self { size, of, sum: hits as f64, squares: hits as f64 }
    }

    /// One more, which is a hit in part.
    pub(super) fn add(&mut self, hit: f64) {
        self.of += 1;
        self.sum += hit;
        self.squares += hit * hit;
    }

    fn kind(self) -> Kind {
        if self.sum <= 0.0 {
            Kind::None
        } else if self.sum >= self.of as f64 {
            Kind::All
        } else {
            Kind::Some
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    None,
    Some,
    All,
}

/// A share with both intervals.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct StratifiedShare {
    pub(super) wilson: Estimate,
    pub(super) clopper_pearson: Estimate,
    /// Simple draws that would be as sure.
    pub(super) effective: f64,
}

/// The share over all strata, each of which has at least one known.
pub(super) fn stratified(parts: &[Part], confidence: Confidence) -> StratifiedShare {
    let all: u64 = parts.iter().map(|part| part.size).sum();
    let weight = |size: u64| size as f64 / all as f64;
    let value: f64 = parts.iter().map(|part| weight(part.size) * part.sum / part.of as f64).sum();
    let value = value.clamp(0.0, 1.0);
    let (mut variance, mut smoothed) = (0.0, 0.0);
    for part in parts.iter().filter(|part| part.kind() == Kind::Some) {
        let (w, n) = (weight(part.size), part.of as f64);
        let spread = (part.squares - part.sum * part.sum / n) / (n - 1.0);
        variance += w * w * unseen(part.size, part.of) * spread / n;
        smoothed += w * part.sum / n;
    }
    for kind in [Kind::None, Kind::All] {
        let together = parts.iter().filter(|part| part.kind() == kind);
        let (size, of) = together.fold((0, 0), |sum, part| (sum.0 + part.size, sum.1 + part.of));
        if of == 0 {
            continue;
        }
        let (w, n) = (weight(size), of as f64);
        let rest = 0.5 / (n + 1.0);
        variance += w * w * unseen(size, of) * rest * (1.0 - rest) / n;
        smoothed += w * if kind == Kind::All { 1.0 - rest } else { rest };
    }
    around(value, smoothed, variance, confidence)
}

/// The finite-population correction: the share that was not drawn.
fn unseen(size: u64, of: u64) -> f64 {
    1.0 - of as f64 / size as f64
}

fn around(value: f64, smoothed: f64, variance: f64, confidence: Confidence) -> StratifiedShare {
    let exact = Estimate { value, low: value, high: value };
    if variance <= 0.0 {
        let effective = f64::from(u32::MAX);
        return StratifiedShare { wilson: exact, clopper_pearson: exact, effective };
    }
    let effective = smoothed * (1.0 - smoothed) / variance;
    let (middle, half) = wilson_parts(value, effective, confidence.z());
    let low = if value <= 0.0 { 0.0 } else { (middle - half).clamp(0.0, value) };
    let high = if value >= 1.0 { 1.0 } else { (middle + half).clamp(value, 1.0) };
    let wilson = Estimate { value, low, high };
    let (hits, tail) = (value * effective, confidence.tail());
    let misses = effective - hits;
    let low = if value <= 0.0 { 0.0 } else { beta_quantile(tail, hits, misses + 1.0) };
    let high = if value >= 1.0 { 1.0 } else { beta_quantile(1.0 - tail, hits + 1.0, misses) };
    let clopper_pearson = Estimate { value, low: low.min(value), high: high.max(value) };
    StratifiedShare { wilson, clopper_pearson, effective }
}

#[cfg(test)]
#[path = "stratified_tests.rs"]
mod tests;
