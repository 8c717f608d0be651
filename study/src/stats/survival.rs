//! How long something lasts, where not everything is watched to its end.

use super::{Confidence, Error, Estimate};
use serde::{Deserialize, Serialize};

/// How the watching of one ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// It happened.
    Happened,
    /// The watching ended before it happened.
    Censored,
}

/// One that was watched.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Lifetime {
    /// For how long, at least 0, in a unit of the caller's.
    pub time: f64,
    /// How it ended.
    pub end: End,
}

/// The share that still stands from one time on.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct SurvivalStep {
    /// From when on.
    pub time: f64,
    /// How many were watched just before.
    pub at_risk: u64,
    /// To how many of them it happened.
    pub happened: u64,
    /// The share to whom it has not happened.
    pub surviving: Estimate,
}

/// The curve of Kaplan and Meier (JASA 53, 1958), one step for each time at which it happened.
///
/// The variance is Greenwood's (1926); the interval lies on the scale of ln(-ln S) (Kalbfleisch and
/// Prentice 1980), so that it stays between 0 and 1. Where none is left, the upper limit of the
/// step before stands.
///
/// # Errors
/// Where nothing was watched, or a time is negative or no number.
pub fn kaplan_meier(
    lifetimes: &[Lifetime],
    confidence: Confidence,
) -> Result<Vec<SurvivalStep>, Error> {
    if lifetimes.is_empty() {
        return Err(Error::TooFew { what: "lifetimes", have: 0, need: 1 });
    }
    if lifetimes.iter().any(|one| !one.time.is_finite() || one.time < 0.0) {
        return Err(Error::Unfit { what: "a lifetime", why: "it must be a number of at least 0" });
    }
    let mut sorted = lifetimes.to_vec();
    sorted.sort_by(|a, b| a.time.total_cmp(&b.time));
    let (mut share, mut greenwood, mut high) = (1.0, 0.0, 1.0);
    let mut at_risk = sorted.len() as u64;
    let mut steps = Vec::new();
    for together in sorted.chunk_by(|a, b| a.time == b.time) {
        let happened = together.iter().filter(|one| one.end == End::Happened).count() as u64;
        if happened > 0 {
            let (d, n) = (happened as f64, at_risk as f64);
            share *= 1.0 - d / n;
            greenwood += d / (n * (n - d));
            let surviving = around(share, greenwood, high, confidence.z());
            high = surviving.high;
            steps.push(SurvivalStep { time: together[0].time, at_risk, happened, surviving });
        }
        at_risk -= together.len() as u64;
    }
    Ok(steps)
}

fn around(share: f64, greenwood: f64, high_before: f64, z: f64) -> Estimate {
    if share <= 0.0 {
        return Estimate { value: 0.0, low: 0.0, high: high_before };
    }
    let hazard = -share.ln();
    let half = z * greenwood.sqrt() / hazard;
    let at = |shift: f64| (-hazard * shift.exp()).exp();
    Estimate { value: share, low: at(half), high: at(-half) }
}

/// The share that still stands at a time; 1 before the first step.
#[must_use]
pub fn surviving_at(steps: &[SurvivalStep], time: f64) -> Estimate {
    let after = steps.partition_point(|step| step.time <= time);
    match after.checked_sub(1) {
        Some(at) => steps[at].surviving,
        None => Estimate { value: 1.0, low: 1.0, high: 1.0 },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn watched(times: &[(f64, End)]) -> Vec<Lifetime> {
        times.iter().map(|(time, end)| Lifetime { time: *time, end: *end }).collect()
    }

    #[test]
    fn curve_with_its_interval() {
        use End::{Censored, Happened};
        let lifetimes = watched(&[
            (3.0, Happened),
            (1.0, Happened),
            (2.0, Censored),
            (3.0, Happened),
            (4.0, Censored),
            (5.0, Happened),
            (3.0, Censored),
            (7.0, Happened),
            (9.0, Censored),
            (6.0, Happened),
        ]);
        let steps = kaplan_meier(&lifetimes, Confidence::P95).unwrap();
        let wanted = [
            (1.0, 10, 1, 0.9, 0.47300927136205034, 0.9852813933673431),
            (3.0, 8, 2, 0.675, 0.2905853574031326, 0.8824967337087402),
            (5.0, 4, 1, 0.5062500000000001, 0.1395637712903593, 0.7903235248002741),
            (6.0, 3, 1, 0.3375000000000001, 0.05330776133393162, 0.6686897448676493),
            (7.0, 2, 1, 0.16875000000000004, 0.008446968923038851, 0.515204594459099),
        ];
        assert_eq!(steps.len(), wanted.len());
        for (step, (time, at_risk, happened, value, low, high)) in steps.iter().zip(wanted) {
            assert_eq!((step.time, step.at_risk, step.happened), (time, at_risk, happened));
            let given = step.surviving;
            for (a, b) in [(given.value, value), (given.low, low), (given.high, high)] {
                assert!((a - b).abs() < 1e-6, "{step:?}");
            }
        }
        for (time, value) in [(0.0, 1.0), (0.99, 1.0), (1.0, 0.9), (100.0, wanted[4].3)] {
            assert!((surviving_at(&steps, time).value - value).abs() < 1e-6, "{time}");
        }
    }

    #[test]
    fn ends_of_the_curve() {
        let none = kaplan_meier(&watched(&[(1.0, End::Censored)]), Confidence::P95).unwrap();
        assert_eq!(none, []);
        let all = watched(&[(1.0, End::Happened), (2.0, End::Happened)]);
        let steps = kaplan_meier(&all, Confidence::P95).unwrap();
        assert!(steps[1].surviving.value == 0.0 && steps[1].surviving.low == 0.0);
        assert_eq!(steps[1].surviving.high.to_bits(), steps[0].surviving.high.to_bits());
    }

    #[test]
    fn lifetimes_that_are_none() {
        assert!(kaplan_meier(&[], Confidence::P95).is_err());
        for time in [-1.0, f64::NAN, f64::INFINITY] {
            let given = kaplan_meier(&watched(&[(time, End::Happened)]), Confidence::P95);
            assert!(given.is_err(), "{time}");
        }
    }
}
