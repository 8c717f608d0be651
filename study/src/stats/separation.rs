//! How well a score sets two groups apart: the area under the curve.

use super::{Confidence, Error, Estimate};

/// The chance that one who belongs scores above one who does not, ties counting half, with its
/// interval.
///
/// The variance is that of `DeLong` (Biometrics 44, 1988) by midranks (Sun and Xu, IEEE Signal
/// Process. Lett. 21, 2014), the interval lies on the logit scale (Pepe 2003). Where the groups do
/// not overlap at all the variance is 0 and says too much: then the score interval of Newcombe
/// (Stat. Med. 25, 2006, method 5) is given.
///
/// # Errors
/// Where one group is empty, a score is no number, or the columns differ in length.
pub fn auc(scores: &[f64], belongs: &[bool], confidence: Confidence) -> Result<Estimate, Error> {
    let (positives, negatives) = groups(scores, belongs)?;
    let (value, variance) = delong(&positives, &negatives);
    if variance <= 0.0 || value <= 0.0 || value >= 1.0 {
        return Ok(newcombe(value, positives.len(), negatives.len(), confidence.z()));
    }
    let logit = (value / (1.0 - value)).ln();
    let half = confidence.z() * variance.sqrt() / (value * (1.0 - value));
    let share = |logit: f64| (1.0 + (-logit).exp()).recip();
    Ok(Estimate { value, low: share(logit - half), high: share(logit + half) })
}

/// The value of [`auc`] alone.
///
/// # Errors
/// As [`auc`].
pub fn auc_value(scores: &[f64], belongs: &[bool]) -> Result<f64, Error> {
    let (positives, negatives) = groups(scores, belongs)?;
    Ok(delong(&positives, &negatives).0)
}

/// The same where each counts with a weight, such as one over its chance of being drawn.
///
/// # Errors
/// As [`auc`], and where weights are negative, no numbers, or all 0 in one group.
pub fn auc_weighted(scores: &[f64], belongs: &[bool], weights: &[f64]) -> Result<f64, Error> {
    groups(scores, belongs)?;
    let what = "a weighted separation";
    if weights.len() != scores.len() || weights.iter().any(|w| !w.is_finite() || *w < 0.0) {
        return Err(Error::Unfit { what, why: "each score needs a weight of at least 0" });
    }
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|a, b| scores[*a].total_cmp(&scores[*b]));
    let (mut below, mut positives, mut sum) = (0.0, 0.0, 0.0);
    for tied in order.chunk_by(|a, b| scores[*a] == scores[*b]) {
        let weight_of = |group: bool| -> f64 {
            tied.iter().filter(|at| belongs[**at] == group).map(|at| weights[*at]).sum()
        };
        let (with, without) = (weight_of(true), weight_of(false));
        sum += with * (below + without / 2.0);
        below += without;
        positives += with;
    }
    if positives * below <= 0.0 {
        return Err(Error::Unfit { what, why: "one group has no weight" });
    }
    Ok(sum / (positives * below))
}

fn groups(scores: &[f64], belongs: &[bool]) -> Result<(Vec<f64>, Vec<f64>), Error> {
    if scores.len() != belongs.len() || scores.iter().any(|score| score.is_nan()) {
        let why = "each answer needs one score that is a number";
        return Err(Error::Unfit { what: "a separation", why });
    }
    let group = |wanted: bool| {
        let of = scores.iter().zip(belongs).filter(|(_, is)| **is == wanted);
        let mut found: Vec<f64> = of.map(|(score, _)| *score).collect();
        found.sort_by(f64::total_cmp);
        found
    };
    let (positives, negatives) = (group(true), group(false));
    if positives.is_empty() || negatives.is_empty() {
        let (positives, negatives) = (positives.len(), negatives.len());
        return Err(Error::OneGroup { positives, negatives });
    }
    Ok((positives, negatives))
}

/// Value and variance; both groups sorted.
fn delong(positives: &[f64], negatives: &[f64]) -> (f64, f64) {
    let above = placements(positives, negatives);
    let value = above.iter().sum::<f64>() / above.len() as f64;
    let below: Vec<f64> = placements(negatives, positives).iter().map(|part| 1.0 - part).collect();
    let part = |parts: &[f64]| {
        let n = parts.len() as f64;
        let squares: f64 = parts.iter().map(|part| (part - value).powi(2)).sum();
        squares / (n - 1.0).max(1.0) / n
    };
    (value, part(&above) + part(&below))
}

/// For each of a sorted group, the share of the other sorted group below it, ties counting half.
fn placements(group: &[f64], other: &[f64]) -> Vec<f64> {
    let (mut less, mut not_more) = (0, 0);
    let place = |score: &f64| {
        while less < other.len() && other[less] < *score {
            less += 1;
        }
        not_more = not_more.max(less);
        while not_more < other.len() && other[not_more] <= *score {
            not_more += 1;
        }
        (less + not_more) as f64 / (2 * other.len()) as f64
    };
    group.iter().map(place).collect()
}

fn newcombe(value: f64, positives: usize, negatives: usize, z: f64) -> Estimate {
    let (m, n) = (positives as f64, negatives as f64);
    let half = f64::midpoint(m, n) - 1.0;
    let deviation = |theta: f64| {
        let spread = 1.0 + half * ((1.0 - theta) / (2.0 - theta) + theta / (1.0 + theta));
        (theta * (1.0 - theta) * spread / (m * n)).sqrt()
    };
    // The limit is the farthest value from which what was seen is z deviations away.
    let limit = |end: f64| {
        let (mut inside, mut outside) = (value, end);
        for _ in 0..60 {
            let middle = f64::midpoint(inside, outside);
            let is_near = (value - middle).abs() <= z * deviation(middle);
            *(if is_near { &mut inside } else { &mut outside }) = middle;
        }
        inside
    };
    Estimate { value, low: limit(0.0), high: limit(1.0) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::Draws;

    fn check(positives: &[f64], negatives: &[f64], wanted: f64, low: f64, high: f64) {
        let scores = [positives, negatives].concat();
        let belongs: Vec<bool> = (0..scores.len()).map(|at| at < positives.len()).collect();
        let given = auc(&scores, &belongs, Confidence::P95).unwrap();
        assert!((given.value - wanted).abs() < 1e-12, "{given:?}");
        assert!((given.low - low).abs() < 1e-6 && (given.high - high).abs() < 1e-6, "{given:?}");
        let value = auc_value(&scores, &belongs).unwrap();
        let weighted = auc_weighted(&scores, &belongs, &vec![2.5; scores.len()]).unwrap();
        assert!((value - wanted).abs() < 1e-12 && (weighted - wanted).abs() < 1e-12);
    }

    #[test]
    fn areas_with_their_intervals() {
        check(
            &[0.9, 0.8, 0.4, 0.7],
            &[0.1, 0.5, 0.3, 0.75, 0.2],
            0.85,
            0.4028526880553786,
            0.9794231071167743,
        );
        check(
            &[3.0, 2.0, 2.0, 5.0],
            &[2.0, 1.0, 4.0, 0.0],
            0.75,
            0.27540479728820133,
            0.9594799975904489,
        );
        check(&[1.0, 2.0, 3.0], &[1.0, 2.0, 3.0], 0.5, 0.10586060324928706, 0.8941393967507129);
    }

    #[test]
    fn groups_that_do_not_overlap_are_not_certain() {
        let scores = [3.0, 4.0, 5.0, 0.0, 1.0];
        let belongs = [true, true, true, false, false];
        let given = auc(&scores, &belongs, Confidence::P95).unwrap();
        assert!(given.value == 1.0 && given.high == 1.0, "{given:?}");
        assert!(given.low > 0.2 && given.low < 0.7, "{given:?}");
        let reversed: Vec<bool> = belongs.iter().map(|is| !is).collect();
        let mirrored = auc(&scores, &reversed, Confidence::P95).unwrap();
        assert!((mirrored.high - (1.0 - given.low)).abs() < 1e-9 && mirrored.low == 0.0);
    }

    #[test]
    fn weights_stand_for_those_that_were_not_drawn() {
        let scores = [1.0, 2.0, 3.0];
        let given = auc_weighted(&scores, &[false, true, false], &[3.0, 1.0, 1.0]).unwrap();
        assert!((given - 0.75).abs() < 1e-12);
        for weights in [&[1.0, 1.0][..], &[1.0, 0.0, 1.0], &[1.0, -1.0, 1.0]] {
            assert!(auc_weighted(&scores, &[false, true, false], weights).is_err(), "{weights:?}");
        }
    }

    #[test]
    fn what_cannot_be_told_apart() {
        let one = auc(&[1.0, 2.0], &[true, true], Confidence::P95);
        assert_eq!(one, Err(Error::OneGroup { positives: 2, negatives: 0 }));
        assert!(auc(&[], &[], Confidence::P95).is_err());
        assert!(auc(&[1.0], &[true, false], Confidence::P95).is_err());
        assert!(auc(&[f64::NAN, 1.0], &[true, false], Confidence::P95).is_err());
    }

    #[test]
    fn the_interval_holds_the_truth() {
        let mut draws = Draws::new(5, 0);
        let mut held = 0;
        for _ in 0..1_000 {
            // Uniform scores, the group shifted by .5: the truth is 1 - .5 * .5 * .5 = .875.
            let belongs: Vec<bool> = (0..120).map(|at| at < 40).collect();
            let score = |is: &bool, draws: &mut Draws| draws.unit() + if *is { 0.5 } else { 0.0 };
            let scores: Vec<f64> = belongs.iter().map(|is| score(is, &mut draws)).collect();
            let given = auc(&scores, &belongs, Confidence::P95).unwrap();
            held += u32::from((given.low..=given.high).contains(&0.875));
        }
        assert!((930..=975).contains(&held), "{held}");
    }
}
