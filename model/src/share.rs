//! Shares, and how sure they are.

use serde::{Deserialize, Serialize};

/// The quantile of the normal distribution for an interval of 95 %.
const Z: f64 = 1.959_963_984_540_054;

/// A share with an interval of 95 % (Wilson 1927).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Share {
    /// How many were so.
    pub count: u64,
    /// Of how many.
    pub of: u64,
    /// The share, 0 to 1; `None` of nothing.
    pub share: Option<f64>,
    /// The lower end of the interval.
    pub low: f64,
    /// The upper end of the interval.
    pub high: f64,
}

impl Share {
    /// Works out a share with its interval; of nothing the interval is everything.
    ///
    /// # Panics
    /// Where more are so than there are.
    #[must_use]
    pub fn new(count: u64, of: u64) -> Self {
        assert!(count <= of, "{count} of {of}");
        if of == 0 {
            return Self { count, of, share: None, low: 0.0, high: 1.0 };
        }
        let (n, p) = (of as f64, count as f64 / of as f64);
        let (z2, middle) = (Z * Z, p + Z * Z / (2.0 * n));
        let half = Z * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
        let end = |value: f64| (value / (1.0 + z2 / n)).clamp(0.0, 1.0);
        Self { count, of, share: Some(p), low: end(middle - half), high: end(middle + half) }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn shares_have_the_interval_of_wilson() {
        // Worked out by hand with z = 1.95996.
        for (count, of, low, high) in [
            (0, 0, 0.0, 1.0),
            (0, 10, 0.0, 0.277_53),
            (10, 10, 0.722_47, 1.0),
            (5, 10, 0.236_59, 0.763_41),
            (81, 263, 0.255_27, 0.366_20),
        ] {
            let share = Share::new(count, of);
            assert!((share.low - low).abs() < 1e-4, "{count}/{of}: {}", share.low);
            assert!((share.high - high).abs() < 1e-4, "{count}/{of}: {}", share.high);
        }
    }
}
