//! How right a model's probabilities are, measured on decisions that it did not learn from.

use super::Platt;
use crate::numbers::Numbers;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Ranges of probability that calibration error is measured in.
const BINS: usize = 10;

/// What training found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Examples that the weights were learned from.
    pub learned_from: usize,
    /// Later examples that the calibration was made and measured on.
    pub held_apart: usize,
    /// Examples left out because an earlier one has the same words, or they have none.
    pub left_out: usize,
    /// Runs that the model knows.
    pub runs: usize,
    /// Runs that were seen more than once and did not fit.
    pub runs_dropped: usize,
    /// Over all languages.
    pub whole: Calibration,
    /// For each language, by its name.
    pub languages: BTreeMap<String, Calibration>,
}

/// How right probabilities are for some decisions.
///
/// Each half of the decisions held apart is measured with the calibration made on the other half.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    /// Decisions measured.
    pub examples: usize,
    /// Of them, those that were decided so.
    pub decided: usize,
    /// Expected calibration error in ten bins (Guo et al., 2017), from 0 to 1.
    pub error: f64,
    /// The error that perfectly calibrated probabilities would show with so few decisions: an
    /// error near it says nothing against the calibration.
    pub error_by_chance: f64,
    /// The error without calibration.
    pub raw_error: f64,
    /// How often a text that was decided so scores above one that was not, from 0 to 1; 0.5 is
    /// chance, and what is said where either is missing.
    pub area_under_curve: f64,
    /// Of the highest scores that hold half of those decided so, the share that was; 0 where there
    /// is none.
    pub precision_at_half: f64,
}

/// A decision held apart, with the model's score before calibration.
#[derive(Debug, Clone)]
pub(super) struct Held<'a> {
    pub(super) language: &'a str,
    pub(super) score: f64,
    pub(super) decided: bool,
}

/// The calibration of the whole and of each language.
pub(super) fn calibrations(held: &[Held<'_>]) -> (Calibration, BTreeMap<String, Calibration>) {
    // Shuffled, because decisions of one kind may come in any pattern.
    let mut held: Vec<&Held<'_>> = held.iter().collect();
    Numbers(1).shuffle(&mut held);
    let halves = [0, 1].map(|half| {
        let other: Vec<&Held<'_>> = held.iter().skip(1 - half).step_by(2).copied().collect();
        platt(&other)
    });
    let measured: Vec<Measured> = held
        .iter()
        .enumerate()
        .map(|(place, held)| Measured {
            raw: super::logistic(held.score),
            probability: halves[place % 2].probability(held.score),
            decided: held.decided,
        })
        .collect();
    let mut by_language: BTreeMap<String, Vec<Measured>> = BTreeMap::new();
    for (held, &measured) in held.iter().zip(&measured) {
        by_language.entry(held.language.to_owned()).or_default().push(measured);
    }
    let of_each = by_language.into_iter().map(|(name, list)| (name, calibration(&list)));
    (calibration(&measured), of_each.collect())
}

#[derive(Debug, Clone, Copy)]
struct Measured {
    raw: f64,
    probability: f64,
    decided: bool,
}

fn calibration(measured: &[Measured]) -> Calibration {
    let mut sorted = measured.to_vec();
    sorted.sort_by(|a, b| b.probability.total_cmp(&a.probability));
    Calibration {
        examples: measured.len(),
        decided: measured.iter().filter(|one| one.decided).count(),
        error: error(measured, |one| one.probability),
        error_by_chance: error_by_chance(measured),
        raw_error: error(measured, |one| one.raw),
        area_under_curve: area_under_curve(&sorted),
        precision_at_half: precision_at_half(&sorted),
    }
}

fn error(measured: &[Measured], probability: impl Fn(&Measured) -> f64) -> f64 {
    let mut bins = [(0usize, 0.0, 0usize); BINS];
    for one in measured {
        let bin = ((probability(one) * BINS as f64) as usize).min(BINS - 1);
        bins[bin].0 += 1;
        bins[bin].1 += probability(one);
        bins[bin].2 += usize::from(one.decided);
    }
    let gaps = bins.iter().map(|&(_, sum, decided)| (sum - decided as f64).abs());
    gaps.sum::<f64>() / measured.len().max(1) as f64
}

/// The mean of the error where every probability is right: in each bin the gap is nearly normal,
/// and its mean size is the root of 2/π times its variance.
fn error_by_chance(measured: &[Measured]) -> f64 {
    let mut variances = [0.0; BINS];
    for one in measured {
        let bin = ((one.probability * BINS as f64) as usize).min(BINS - 1);
        variances[bin] += one.probability * (1.0 - one.probability);
    }
    let gaps = variances.iter().map(|variance| (variance * std::f64::consts::FRAC_2_PI).sqrt());
    gaps.sum::<f64>() / measured.len().max(1) as f64
}

/// The share of pairs in the right order; equal probabilities count half.
fn area_under_curve(falling: &[Measured]) -> f64 {
    let (mut decided, mut pairs, mut right) = (0.0, 0.0, 0.0);
    for equal in falling.chunk_by(|a, b| a.probability.total_cmp(&b.probability).is_eq()) {
        let here = equal.iter().filter(|one| one.decided).count() as f64;
        let against = equal.len() as f64 - here;
        right += against * (decided + here / 2.0);
        decided += here;
        pairs += against;
    }
    if pairs * decided > 0.0 { right / (pairs * decided) } else { 0.5 }
}

fn precision_at_half(falling: &[Measured]) -> f64 {
    let half = falling.iter().filter(|one| one.decided).count().div_ceil(2);
    let mut decided = 0;
    for (place, one) in falling.iter().enumerate() {
        decided += usize::from(one.decided);
        if one.decided && decided == half {
            return half as f64 / (place + 1) as f64;
        }
    }
    0.0
}

/// Platt's calibration by Newton's method, with his smoothed targets (Platt, 1999; Lin, Lin and
/// Weng, 2007). A line that would fall is held flat, so that order is never turned round.
pub(super) fn platt(held: &[&Held<'_>]) -> Platt {
    let decided = held.iter().filter(|one| one.decided).count() as f64;
    let against = held.len() as f64 - decided;
    let (yes, no) = ((decided + 1.0) / (decided + 2.0), 1.0 / (against + 2.0));
    let (mut slope, mut offset) = (1.0, 0.0);
    for _ in 0..50 {
        let mut gradient = [0.0; 2];
        let mut curve = [1e-6, 0.0, 1e-6];
        for one in held {
            let probability = super::logistic(slope * one.score + offset);
            let miss = probability - if one.decided { yes } else { no };
            let bend = probability * (1.0 - probability);
            gradient[0] += miss * one.score;
            gradient[1] += miss;
            curve[0] += bend * one.score * one.score;
            curve[1] += bend * one.score;
            curve[2] += bend;
        }
        let area = curve[0] * curve[2] - curve[1] * curve[1];
        let steps = [
            (curve[2] * gradient[0] - curve[1] * gradient[1]) / area,
            (curve[0] * gradient[1] - curve[1] * gradient[0]) / area,
        ]
        .map(|step: f64| if step.is_finite() { step.clamp(-2.0, 2.0) } else { 0.0 });
        slope -= steps[0];
        offset -= steps[1];
        if steps[0].abs() + steps[1].abs() < 1e-9 {
            break;
        }
    }
    Platt { slope: slope.max(0.0), offset }
}
