//! Do two who answer the same question agree more than chance would have it?

use super::proportion::wilson_parts;
use super::{Confidence, Draws, Error, Estimate};
use serde::{Deserialize, Serialize};

/// Agreement of two coders.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Kappa {
    /// Cohen's kappa: 1 is full agreement, 0 what chance gives, below 0 less.
    pub kappa: Estimate,
    /// The share of answers that are the same.
    pub same: f64,
    /// The share that would be the same by chance.
    pub by_chance: f64,
    /// How many were answered by both.
    pub answered: u64,
}

/// Cohen's kappa (Educ. Psychol. Meas. 20, 1960) of a square table: rows are the first coder's
/// answers, columns the second's.
///
/// The interval is that of Fleiss, Cohen and Everitt (Psychol. Bull. 72, 1969). Where all answers
/// agree its width would be 0, which is too sure; then the lower limit comes from Wilson's limit of
/// the share of equal answers.
///
/// # Errors
/// Where the table is not square or empty, or all answers are of one kind.
pub fn cohen_kappa(table: &[Vec<u64>], confidence: Confidence) -> Result<Kappa, Error> {
    let kinds = table.len();
    if kinds < 2 || table.iter().any(|row| row.len() != kinds) {
        let why = "rows and columns must be the same two or more kinds of answer";
        return Err(Error::Unfit { what: "a table of answers", why });
    }
    let answered: u64 = table.iter().flatten().sum();
    if answered == 0 {
        return Err(Error::TooFew { what: "items answered by both", have: 0, need: 1 });
    }
    let n = answered as f64;
    let share = |row: usize, column: usize| table[row][column] as f64 / n;
    let row = |at: usize| (0..kinds).map(|other| share(at, other)).sum::<f64>();
    let column = |at: usize| (0..kinds).map(|other| share(other, at)).sum::<f64>();
    let margins: Vec<(f64, f64)> = (0..kinds).map(|at| (row(at), column(at))).collect();
    let same: f64 = (0..kinds).map(|at| share(at, at)).sum();
    let by_chance: f64 = margins.iter().map(|(row, column)| row * column).sum();
    if by_chance >= 1.0 {
        return Err(Error::NoVariation(2 * answered as usize));
    }
    let value = (same - by_chance) / (1.0 - by_chance);
    let kappa = if same >= 1.0 {
        let (middle, half) = wilson_parts(same, n, confidence.z());
        Estimate { value, low: (middle - half - by_chance) / (1.0 - by_chance), high: 1.0 }
    } else {
        let half = confidence.z() * (kappa_variance(&share, &margins, value, by_chance) / n).sqrt();
        Estimate { value, low: (value - half).max(-1.0), high: (value + half).min(1.0) }
    };
    Ok(Kappa { kappa, same, by_chance, answered })
}

/// The variance of one answer (Fleiss, Cohen and Everitt 1969, formula 13).
fn kappa_variance(
    share: &impl Fn(usize, usize) -> f64,
    margins: &[(f64, f64)],
    kappa: f64,
    by_chance: f64,
) -> f64 {
    let rest = 1.0 - kappa;
    let mut sum = 0.0;
    for (i, (row, column)) in margins.iter().enumerate() {
        sum += share(i, i) * (1.0 - (row + column) * rest).powi(2);
        for (j, (other_row, _)) in margins.iter().enumerate().filter(|(j, _)| *j != i) {
            // Row i, column j: the margin of column i and of row j count.
            sum += share(i, j) * (rest * (column + other_row)).powi(2);
        }
    }
    let shift = kappa - by_chance * rest;
    ((sum - shift * shift) / (1.0 - by_chance).powi(2)).max(0.0)
}

/// Krippendorff's alpha for names (Content Analysis, 2004, ch. 11): agreement of any number of
/// coders, where some left things out.
///
/// Each unit is what was answered about one thing, each answer a number of its kind; units with one
/// answer do not count. The interval holds the middle of `repeats` samples of units with
/// replacement, drawn from the seed.
///
/// # Errors
/// Where no unit has two answers, all answers are of one kind, or there is no repeat.
pub fn krippendorff_alpha(
    units: &[Vec<u8>],
    repeats: u32,
    seed: u64,
    confidence: Confidence,
) -> Result<Estimate, Error> {
    let paired: Vec<Unit> = units.iter().filter_map(|unit| Unit::of(unit)).collect();
    if paired.is_empty() || repeats == 0 {
        return Err(Error::TooFew { what: "units with two answers, or repeats", have: 0, need: 1 });
    }
    let answers = units.iter().map(Vec::len).filter(|answers| *answers >= 2).sum();
    let value = alpha(paired.iter()).ok_or(Error::NoVariation(answers))?;
    let mut draws = Draws::new(seed, 0);
    let mut again = Vec::with_capacity(repeats as usize);
    for _ in 0..repeats {
        let drawn = (0..paired.len()).map(|_| &paired[draws.below(paired.len() as u64) as usize]);
        // A sample of one kind alone disagrees nowhere.
        again.push(alpha(drawn).unwrap_or(1.0));
    }
    let (low, high) = middle_of(&mut again, confidence);
    Ok(Estimate { value, low: low.min(value), high: high.max(value) })
}

/// What two or more answered about one thing.
struct Unit {
    /// Each kind of answer with how often it was given.
    kinds: Vec<(u8, f64)>,
    /// Pairs of unlike answers, for each answer given.
    unlike: f64,
}

impl Unit {
    fn of(answers: &[u8]) -> Option<Self> {
        if answers.len() < 2 {
            return None;
        }
        let mut sorted = answers.to_vec();
        sorted.sort_unstable();
        let kinds: Vec<(u8, f64)> =
            sorted.chunk_by(|a, b| a == b).map(|like| (like[0], like.len() as f64)).collect();
        let m = answers.len() as f64;
        let alike: f64 = kinds.iter().map(|(_, count)| count * (count - 1.0)).sum();
        Some(Self { kinds, unlike: (m * (m - 1.0) - alike) / (m - 1.0) })
    }
}

fn alpha<'a>(units: impl Iterator<Item = &'a Unit>) -> Option<f64> {
    let mut totals = [0.0_f64; 256];
    let mut unlike = 0.0;
    for unit in units {
        unlike += unit.unlike;
        unit.kinds.iter().for_each(|(kind, count)| totals[usize::from(*kind)] += count);
    }
    let n: f64 = totals.iter().sum();
    let alike: f64 = totals.iter().map(|total| total * (total - 1.0)).sum();
    let expected = n * (n - 1.0) - alike;
    (expected > 0.0).then(|| 1.0 - (n - 1.0) * unlike / expected)
}

/// The limits of the middle of repeated values.
pub(crate) fn middle_of(values: &mut [f64], confidence: Confidence) -> (f64, f64) {
    values.sort_by(f64::total_cmp);
    let last = (values.len() - 1) as f64;
    let at = |share: f64| {
        let place = share * last;
        let (below, part) = (place.floor() as usize, place.fract());
        values[below] + part * (values[(below + 1).min(values.len() - 1)] - values[below])
    };
    (at(confidence.tail()), at(1.0 - confidence.tail()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kappas_are_those_of_statsmodels() {
        for (table, value, low, high) in [
            (
                &[&[20, 5][..], &[10, 15][..]][..],
                0.3999999999999999,
                0.151092290476661,
                0.6489077095233389,
            ),
            (
                &[&[45, 2, 1][..], &[3, 20, 4][..], &[0, 2, 23][..]][..],
                0.8109640831758033,
                0.7122305355592974,
                0.9096976307923091,
            ),
            (
                &[&[90, 5][..], &[4, 1][..]][..],
                0.1346153846153857,
                -0.18309662131046883,
                0.4523273905412402,
            ),
        ] {
            let table: Vec<Vec<u64>> = table.iter().map(|row| row.to_vec()).collect();
            let given = cohen_kappa(&table, Confidence::P95).unwrap();
            let close = |a: f64, b: f64| (a - b).abs() < 1e-9;
            assert!(close(given.kappa.value, value), "{given:?}");
            assert!(close(given.kappa.low, low) && close(given.kappa.high, high), "{given:?}");
        }
    }

    #[test]
    fn full_agreement_is_not_certain() {
        let given = cohen_kappa(&[vec![5, 0], vec![0, 25]], Confidence::P95).unwrap();
        assert!(given.kappa.value == 1.0 && given.kappa.high == 1.0 && given.same == 1.0);
        assert!(given.kappa.low > 0.4 && given.kappa.low < 0.7, "{given:?}");
        assert_eq!(given.answered, 30);
    }

    #[test]
    fn tables_that_say_nothing() {
        for table in [
            vec![],
            vec![vec![3]],
            vec![vec![1, 2], vec![3]],
            vec![vec![0, 0], vec![0, 0]],
            vec![vec![7, 0], vec![0, 0]],
        ] {
            assert!(cohen_kappa(&table, Confidence::P95).is_err(), "{table:?}");
        }
    }

    #[test]
    fn alpha_of_the_textbook() {
        // Krippendorff's own example of four coders and twelve units: alpha .743 for names.
        let units: &[&[u8]] = &[
            &[1, 1, 1],
            &[2, 2, 3, 2],
            &[3, 3, 3, 3],
            &[3, 3, 3, 3],
            &[2, 2, 2, 2],
            &[1, 2, 3, 4],
            &[4, 4, 4, 4],
            &[1, 1, 2, 1],
            &[2, 2, 2, 2],
            &[5, 5, 5],
            &[1, 1],
            &[3],
        ];
        let units: Vec<Vec<u8>> = units.iter().map(|unit| unit.to_vec()).collect();
        let given = krippendorff_alpha(&units, 500, 1, Confidence::P95).unwrap();
        assert!((given.value - 0.743).abs() < 5e-4, "{given:?}");
        assert!(given.low < 0.65 && given.high > 0.85 && given.high <= 1.0, "{given:?}");
        assert_eq!(krippendorff_alpha(&units, 500, 1, Confidence::P95), Ok(given));
    }

    #[test]
    fn alpha_of_nothing() {
        let error = |units: &[Vec<u8>]| krippendorff_alpha(units, 10, 1, Confidence::P95);
        assert!(error(&[]).is_err() && error(&[vec![1], vec![2]]).is_err());
        assert_eq!(error(&[vec![1, 1], vec![1, 1]]), Err(Error::NoVariation(4)));
    }
}
