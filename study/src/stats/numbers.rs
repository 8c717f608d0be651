//! Estimates, the confidence that they are given with, and why one cannot be given.

use super::normal_quantile;
use serde::{Deserialize, Serialize};

/// A value with the interval around it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// The best single value.
    pub value: f64,
    /// The lower limit, at most the value.
    pub low: f64,
    /// The upper limit, at least the value.
    pub high: f64,
}

impl Estimate {
    /// The same in another unit: every number times a factor of at least 0.
    #[must_use]
    pub fn scaled(self, factor: f64) -> Self {
        Self { value: self.value * factor, low: self.low * factor, high: self.high * factor }
    }

    /// The same within limits.
    #[must_use]
    pub fn within(self, least: f64, most: f64) -> Self {
        let cut = |number: f64| number.clamp(least, most);
        Self { value: cut(self.value), low: cut(self.low), high: cut(self.high) }
    }

    /// How wide the interval is.
    #[must_use]
    pub fn width(self) -> f64 {
        self.high - self.low
    }
}

/// The share of repetitions in which an interval is to hold the truth, from .5 to .9999.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Confidence(f64);

impl Confidence {
    /// Ninety-five of a hundred.
    pub const P95: Self = Self(0.95);

    /// Takes a share.
    ///
    /// # Errors
    /// Where it lies outside .5 to .9999.
    pub fn new(share: f64) -> Result<Self, Error> {
        if (0.5..=0.9999).contains(&share) {
            Ok(Self(share))
        } else {
            Err(Error::Confidence(share))
        }
    }

    /// The share.
    #[must_use]
    pub fn share(self) -> f64 {
        self.0
    }

    /// What is left on each side.
    #[must_use]
    pub fn tail(self) -> f64 {
        (1.0 - self.0) / 2.0
    }

    /// So many standard deviations lie on each side of a normal value.
    #[must_use]
    pub fn z(self) -> f64 {
        -normal_quantile(self.tail())
    }
}

impl TryFrom<f64> for Confidence {
    type Error = Error;

    fn try_from(share: f64) -> Result<Self, Error> {
        Self::new(share)
    }
}

impl From<Confidence> for f64 {
    fn from(confidence: Confidence) -> Self {
        confidence.0
    }
}

/// Why a figure cannot be given.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Error {
    /// A confidence that is none.
    #[error("a confidence of {0} is not between .5 and .9999; ninety-five of a hundred is .95")]
    Confidence(f64),
    /// More hits than trials, or no trial.
    #[error("{hits} of {of} is no share; give at least one trial and no more hits than trials")]
    Share {
        /// What was counted.
        hits: u64,
        /// Of how many.
        of: u64,
    },
    /// One of two groups is empty, so that nothing can be set apart.
    #[error("{positives} positives and {negatives} negatives cannot be told apart; code more")]
    OneGroup {
        /// Those that belong.
        positives: usize,
        /// Those that do not.
        negatives: usize,
    },
    /// Everybody gave the same answer, so that agreement by chance is certain.
    #[error("all {0} answers are the same, so agreement beyond chance is undefined; code more")]
    NoVariation(usize),
    /// There is too little to go by.
    #[error("{what}: {have} given, at least {need} needed")]
    TooFew {
        /// Of what.
        what: &'static str,
        /// What there is.
        have: u64,
        /// What is needed.
        need: u64,
    },
    /// Columns that belong together differ in length, or a number is outside its range.
    #[error("{what} cannot be used: {why}")]
    Unfit {
        /// What was given.
        what: &'static str,
        /// What is wrong with it, and the remedy.
        why: &'static str,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn confidence_is_bounded_and_known_in_deviations() {
        for (share, z) in [(0.5, 0.674_489_75), (0.95, 1.959_963_985), (0.99, 2.575_829_304)] {
            let confidence = Confidence::new(share).unwrap();
            assert!((confidence.z() - z).abs() < 1e-8, "{share}");
            let json = serde_json::to_string(&confidence).unwrap();
            assert_eq!(serde_json::from_str::<Confidence>(&json).unwrap(), confidence);
        }
        for wrong in [0.0, 0.49, 1.0, f64::NAN, -1.0] {
            assert!(Confidence::new(wrong).is_err(), "{wrong}");
        }
        assert!(serde_json::from_str::<Confidence>("1.5").is_err());
    }

    #[test]
    fn estimates_are_scaled_and_cut() {
        let estimate = Estimate { value: 0.5, low: -0.1, high: 1.5 };
        assert_eq!(estimate.within(0.0, 1.0), Estimate { value: 0.5, low: 0.0, high: 1.0 });
        assert_eq!(estimate.scaled(10.0), Estimate { value: 5.0, low: -1.0, high: 15.0 });
        assert!((estimate.width() - 1.6).abs() < 1e-12);
    }
}
