//! From a score to a probability, learned from scores whose answer is known.

use super::Error;
use serde::{Deserialize, Serialize};

/// A probability that rises smoothly with the score: 1 / (1 + exp(-(slope * score + intercept))).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Logistic {
    /// How steeply.
    pub slope: f64,
    /// Where it starts.
    pub intercept: f64,
}

impl Logistic {
    /// The probability at a score.
    #[must_use]
    pub fn at(self, score: f64) -> f64 {
        logistic(self.slope * score + self.intercept)
    }
}

fn logistic(x: f64) -> f64 {
    (1.0 + (-x).exp()).recip()
}

/// Platt's scaling (1999), with his targets that keep few answers from being taken for certain, by
/// the damped Newton steps of Lin, Lin and Weng (Mach. Learn. 68, 2007).
///
/// # Errors
/// Where one group is empty, a score is no finite number, or the columns differ in length.
pub fn platt(scores: &[f64], belongs: &[bool]) -> Result<Logistic, Error> {
    let targets = targets(scores, belongs)?;
    let loss = |fit: Logistic| -> f64 {
        let one = |(score, target): (&f64, &f64)| {
            let x = fit.slope * score + fit.intercept;
            // ln(1 + e^x) - target x, without overflow.
            x.max(0.0) + (-x.abs()).exp().ln_1p() - target * x
        };
        scores.iter().zip(&targets).map(one).sum()
    };
    let share = targets.iter().sum::<f64>() / targets.len() as f64;
    let mut fit = Logistic { slope: 0.0, intercept: (share / (1.0 - share)).ln() };
    let mut before = loss(fit);
    for _ in 0..100 {
        let (step, size) = newton_step(fit, scores, &targets);
        if size < 1e-10 {
            break;
        }
        let mut length = 1.0;
        let found = loop {
            let slope = fit.slope + length * step.slope;
            let tried = Logistic { slope, intercept: fit.intercept + length * step.intercept };
            let after = loss(tried);
            if after < before {
                break Some((tried, after));
            }
            length /= 2.0;
            if length < 1e-10 {
                break None;
            }
        };
        let Some((tried, after)) = found else { break };
        (fit, before) = (tried, after);
    }
    Ok(fit)
}

fn targets(scores: &[f64], belongs: &[bool]) -> Result<Vec<f64>, Error> {
    if scores.len() != belongs.len() || scores.iter().any(|score| !score.is_finite()) {
        let why = "each answer needs one score that is a number";
        return Err(Error::Unfit { what: "a calibration", why });
    }
    let positives = belongs.iter().filter(|is| **is).count();
    let negatives = belongs.len() - positives;
    if positives == 0 || negatives == 0 {
        return Err(Error::OneGroup { positives, negatives });
    }
    let high = (positives as f64 + 1.0) / (positives as f64 + 2.0);
    let low = 1.0 / (negatives as f64 + 2.0);
    Ok(belongs.iter().map(|is| if *is { high } else { low }).collect())
}

/// The step, and how far the fit is from where nothing changes.
fn newton_step(fit: Logistic, scores: &[f64], targets: &[f64]) -> (Logistic, f64) {
    let (mut ss, mut s1, mut n1) = (1e-12, 0.0, 1e-12);
    let (mut toward_slope, mut toward_intercept) = (0.0, 0.0);
    for (score, target) in scores.iter().zip(targets) {
        let p = fit.at(*score);
        let weight = p * (1.0 - p);
        ss += score * score * weight;
        s1 += score * weight;
        n1 += weight;
        toward_slope += score * (target - p);
        toward_intercept += target - p;
    }
    let determinant = ss * n1 - s1 * s1;
    let slope = (n1 * toward_slope - s1 * toward_intercept) / determinant;
    let intercept = (ss * toward_intercept - s1 * toward_slope) / determinant;
    (Logistic { slope, intercept }, toward_slope.abs() + toward_intercept.abs())
}

/// A probability that never falls as the score rises, between points by straight lines.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Isotonic {
    /// Scores, rising.
    scores: Vec<f64>,
    /// The probability at each, never falling.
    shares: Vec<f64>,
}

impl Isotonic {
    /// The probability at a score; beyond the first and last known score, theirs.
    #[must_use]
    pub fn at(&self, score: f64) -> f64 {
        let above = self.scores.partition_point(|known| *known <= score);
        if above == 0 {
            return self.shares[0];
        }
        let Some(next) = self.scores.get(above) else { return self.shares[above - 1] };
        let (from, to) = (self.scores[above - 1], *next);
        let part = (score - from) / (to - from);
        self.shares[above - 1] + part * (self.shares[above] - self.shares[above - 1])
    }
}

/// Isotonic regression by pooling adjacent violators (Ayer and others, Ann. Math. Stat. 26, 1955).
///
/// # Errors
/// Where one group is empty, a score is no finite number, or the columns differ in length.
pub fn isotonic(scores: &[f64], belongs: &[bool]) -> Result<Isotonic, Error> {
    targets(scores, belongs)?;
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|a, b| scores[*a].total_cmp(&scores[*b]));
    // Blocks of (members, all, first score, last score).
    let mut blocks: Vec<(f64, f64, f64, f64)> = Vec::new();
    for tied in order.chunk_by(|a, b| scores[*a] == scores[*b]) {
        let members = tied.iter().filter(|at| belongs[**at]).count() as f64;
        let score = scores[tied[0]];
        let mut block = (members, tied.len() as f64, score, score);
        while let Some(before) = blocks.pop_if(|before| before.0 / before.1 >= block.0 / block.1) {
            block = (before.0 + block.0, before.1 + block.1, before.2, block.3);
        }
        blocks.push(block);
    }
    let mut fit = Isotonic { scores: Vec::new(), shares: Vec::new() };
    for (members, all, first, last) in blocks {
        let ends = if first == last { &[first][..] } else { &[first, last] };
        for end in ends {
            fit.scores.push(*end);
            fit.shares.push(members / all);
        }
    }
    Ok(fit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::Draws;
    use proptest::prelude::*;

    #[test]
    fn platt_recovers_the_curve_that_it_was_drawn_from() {
        let mut draws = Draws::new(2, 0);
        let truth = Logistic { slope: 3.0, intercept: -2.0 };
        let scores: Vec<f64> = (0..20_000).map(|_| draws.unit() * 4.0 - 1.0).collect();
        let belongs: Vec<bool> = scores.iter().map(|s| draws.unit() < truth.at(*s)).collect();
        let fit = platt(&scores, &belongs).unwrap();
        assert!((fit.slope - 3.0).abs() < 0.15 && (fit.intercept + 2.0).abs() < 0.15, "{fit:?}");
        let mean = scores.iter().map(|s| fit.at(*s)).sum::<f64>() / 20_000.0;
        let share = belongs.iter().filter(|is| **is).count() as f64 / 20_000.0;
        assert!((mean - share).abs() < 1e-3, "{mean} {share}");
    }

    #[test]
    fn groups_that_do_not_overlap_stay_uncertain() {
        let fit = platt(&[0.0, 1.0, 2.0, 3.0], &[false, false, true, true]).unwrap();
        assert!(fit.slope > 0.0 && fit.at(3.0) < 0.95 && fit.at(0.0) > 0.05, "{fit:?}");
    }

    #[test]
    fn isotonic_pools_what_falls() {
        let scores = [1.0, 2.0, 3.0, 4.0, 5.0, 5.0];
        let fit = isotonic(&scores, &[false, true, false, true, true, false]).unwrap();
        for (score, wanted) in [
            (-9.0, 0.0),
            (1.0, 0.0),
            (1.5, 0.25),
            (2.0, 0.5),
            (3.0, 0.5),
            (3.5, 0.583_333),
            (4.5, 2.0 / 3.0),
            (5.0, 2.0 / 3.0),
            (99.0, 2.0 / 3.0),
        ] {
            assert!((fit.at(score) - wanted).abs() < 1e-5, "{score}: {}", fit.at(score));
        }
    }

    #[test]
    fn what_cannot_be_calibrated() {
        for (scores, belongs) in [
            (&[1.0][..], &[true][..]),
            (&[1.0, f64::NAN], &[true, false]),
            (&[1.0, 2.0], &[true]),
            (&[], &[]),
        ] {
            assert!(platt(scores, belongs).is_err() && isotonic(scores, belongs).is_err());
        }
    }

    proptest! {
        #[test]
        fn isotonic_never_falls_and_keeps_the_sum(
            given in prop::collection::vec((0_u8..20, any::<bool>()), 2..60),
        ) {
            let scores: Vec<f64> = given.iter().map(|one| f64::from(one.0)).collect();
            let belongs: Vec<bool> = given.iter().map(|one| one.1).collect();
            let Ok(fit) = isotonic(&scores, &belongs) else { return Ok(()) };
            let at: Vec<f64> = (0..20).map(|score| fit.at(f64::from(score))).collect();
            prop_assert!(at.windows(2).all(|pair| pair[0] <= pair[1] + 1e-12), "{:?}", at);
            let sum: f64 = scores.iter().map(|score| fit.at(*score)).sum();
            let members = belongs.iter().filter(|is| **is).count() as f64;
            prop_assert!((sum - members).abs() < 1e-9);
        }
    }
}
