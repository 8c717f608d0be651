//! How many there are, from lists that overlap (capture and recapture).
//!
//! All assume that nobody enters or leaves between the lists (suspensions break this), that lists
//! are matched without error, and that everybody is as likely to be on a list as any other. Where
//! some are easier to find than others, as always in a network, the figure is too low: report it as
//! a lower bound.

use super::{Confidence, Error, Estimate};
use serde::{Deserialize, Serialize};

/// A model that finds so many times more unseen than seen has lost its footing.
const MOST_UNSEEN: f64 = 1e6;
/// Lists that one estimate can take.
pub const MAX_LISTS: usize = 5;

/// Two lists and what they share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TwoLists {
    /// How many are on the first.
    pub first: u64,
    /// How many are on the second.
    pub second: u64,
    /// How many are on both.
    pub both: u64,
}

/// Lincoln's and Petersen's figure: first times second over both. Too high where few are shared;
/// [`chapman`] is better.
///
/// # Errors
/// Where none is shared, or more than are on a list.
pub fn lincoln_petersen(lists: TwoLists) -> Result<f64, Error> {
    fits(lists)?;
    if lists.both == 0 {
        return Err(Error::TooFew { what: "accounts on both lists", have: 0, need: 1 });
    }
    Ok(lists.first as f64 * lists.second as f64 / lists.both as f64)
}

/// Chapman's figure (Univ. Calif. Publ. Stat. 1, 1951) with Seber's variance, and an interval that
/// is log-normal in the number of those not seen (Chao, Biometrics 43, 1987), so that it never ends
/// below the number seen.
///
/// # Errors
/// Where more are shared than are on a list, or both lists are empty.
pub fn chapman(lists: TwoLists, confidence: Confidence) -> Result<Estimate, Error> {
    fits(lists)?;
    if lists.first == 0 || lists.second == 0 {
        return Err(Error::TooFew { what: "accounts on each list", have: 0, need: 1 });
    }
    let (first, second) = (lists.first as f64, lists.second as f64);
    let both = lists.both as f64;
    let value = (first + 1.0) * (second + 1.0) / (both + 1.0) - 1.0;
    let variance = (first + 1.0) * (second + 1.0) * (first - both) * (second - both)
        / ((both + 1.0).powi(2) * (both + 2.0));
    let seen = first + second - both;
    Ok(unseen_log_normal(seen, value - seen, variance, confidence))
}

fn fits(lists: TwoLists) -> Result<(), Error> {
    if lists.both > lists.first.min(lists.second) {
        let why = "more are on both than on one of them";
        return Err(Error::Unfit { what: "two lists", why });
    }
    Ok(())
}

/// Seen plus unseen, where the logarithm of the unseen is taken to be normal.
fn unseen_log_normal(seen: f64, unseen: f64, variance: f64, confidence: Confidence) -> Estimate {
    if unseen <= 0.0 || variance <= 0.0 {
        let value = seen + unseen.max(0.0);
        return Estimate { value, low: value, high: value };
    }
    let factor = (confidence.z() * (variance / (unseen * unseen)).ln_1p().sqrt()).exp();
    let (low, high) = (seen + unseen / factor, seen + unseen * factor);
    Estimate { value: seen + unseen, low, high }
}

/// Two lists that are not independent: being on one makes the other likelier, or less likely.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Interaction {
    /// One list, from 0.
    pub one: u8,
    /// The other, higher.
    pub other: u8,
}

/// What a log-linear model says of three or more lists.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LogLinear {
    /// How many there are.
    pub total: Estimate,
    /// How many are on some list.
    pub seen: u64,
    /// Which pairs of lists depend on each other, in the order in which they were taken in.
    pub dependent: Vec<Interaction>,
    /// Akaike's criterion of the model.
    pub aic: f64,
    /// The total if all lists were independent.
    pub if_independent: f64,
}

/// The total behind three to five lists by log-linear models (Fienberg, Biometrika 59, 1972).
///
/// `counts[pattern]` is how many are on just the lists whose bit is set in `pattern`; the entry of
/// pattern 0 is not read. Starting from independent lists, the pair of lists whose dependence
/// lowers Akaike's criterion most is taken in, as long as it falls and freedom is left. The
/// interval
/// is log-normal in the number of those not seen, and does not count the choice of the model.
///
/// # Errors
/// Where there are fewer than three lists or more than five, a list is empty, or no list shares any
/// with another.
pub fn log_linear(counts: &[u64], confidence: Confidence) -> Result<LogLinear, Error> {
    let lists = counts.len().trailing_zeros() as usize;
    if !counts.len().is_power_of_two() || !(3..=MAX_LISTS).contains(&lists) {
        let why = "it needs a count for each pattern of three to five lists";
        return Err(Error::Unfit { what: "a log-linear estimate", why });
    }
    let shared: u64 =
        counts.iter().enumerate().filter(|(at, _)| at.count_ones() >= 2).map(|one| one.1).sum();
    let size = |list: usize| -> u64 {
        counts.iter().enumerate().filter(|(at, _)| at >> list & 1 == 1).map(|one| one.1).sum()
    };
    if shared == 0 || (0..lists).any(|list| size(list) == 0) {
        return Err(Error::TooFew { what: "accounts on each list and shared", have: 0, need: 1 });
    }
    let pairs: Vec<Interaction> = (0..lists as u8)
        .flat_map(|one| (one + 1..lists as u8).map(move |other| Interaction { one, other }))
        .collect();
    let mut chosen: Vec<Interaction> = Vec::new();
    let why = "the counts fit no model of independent lists";
    let independent =
        fit(counts, lists, &chosen).ok_or(Error::Unfit { what: "a log-linear estimate", why })?;
    let mut best = independent;
    // One pattern less than all is seen, and as many terms would say nothing.
    while 1 + lists + chosen.len() + 1 < counts.len() - 1 {
        let fits = pairs.iter().filter(|pair| !chosen.contains(pair)).filter_map(|pair| {
            let with: Vec<Interaction> = chosen.iter().chain([pair]).copied().collect();
            fit(counts, lists, &with).map(|fitted| (*pair, fitted))
        });
        let next = fits.min_by(|a, b| a.1.aic.total_cmp(&b.1.aic));
        let Some((pair, fitted)) = next.filter(|(_, fitted)| fitted.aic < best.aic - 1e-9) else {
            break;
        };
        chosen.push(pair);
        best = fitted;
    }
    let seen: u64 = counts[1..].iter().sum();
    let total = unseen_log_normal(seen as f64, best.unseen, best.variance, confidence);
    let if_independent = seen as f64 + independent.unseen;
    Ok(LogLinear { total, seen, dependent: chosen, aic: best.aic, if_independent })
}

#[derive(Debug, Clone, Copy)]
struct Fitted {
    unseen: f64,
    variance: f64,
    aic: f64,
}

/// Poisson regression of the counts by Newton's steps. The first term is the logarithm of the
/// number of those on no list.
fn fit(counts: &[u64], lists: usize, dependent: &[Interaction]) -> Option<Fitted> {
    let terms = |pattern: usize| -> Vec<f64> {
        let on = |list: usize| (pattern >> list & 1) as f64;
        let both = |pair: &Interaction| on(pair.one.into()) * on(pair.other.into());
        [1.0].into_iter().chain((0..lists).map(on)).chain(dependent.iter().map(both)).collect()
    };
    let rows: Vec<(Vec<f64>, f64)> =
        (1..counts.len()).map(|pattern| (terms(pattern), counts[pattern] as f64)).collect();
    let width = rows[0].0.len();
    // Weighted least squares, from means near the counts.
    let mut means: Vec<f64> = rows.iter().map(|(_, count)| count + 0.5).collect();
    let mut solution = Vec::new();
    for _ in 0..100 {
        let mut information = vec![vec![0.0; width + 1]; width];
        for ((terms, count), mean) in rows.iter().zip(&means) {
            let working = mean.ln() + (count - mean) / mean;
            for (i, line) in information.iter_mut().enumerate() {
                (0..width).for_each(|j| line[j] += mean * terms[i] * terms[j]);
                line[width] += mean * terms[i] * working;
            }
        }
        let next = solve(information)?;
        let change = next.iter().zip(&solution).map(|(a, b): (&f64, &f64)| (a - b).abs());
        let done = !solution.is_empty() && change.fold(0.0, f64::max) < 1e-10;
        let mean = |terms: &[f64]| {
            let sum: f64 = terms.iter().zip(&next).map(|(a, b)| a * b).sum();
            sum.clamp(-30.0, 40.0).exp()
        };
        means = rows.iter().map(|(terms, _)| mean(terms)).collect();
        solution = next;
        if done {
            return finished(&rows, &means, &solution);
        }
    }
    None
}

fn finished(rows: &[(Vec<f64>, f64)], means: &[f64], solution: &[f64]) -> Option<Fitted> {
    let width = solution.len();
    // The first column of the inverse of the information holds the variance of the first term.
    let mut information = vec![vec![0.0; width + 1]; width];
    for ((terms, _), mean) in rows.iter().zip(means) {
        for (i, line) in information.iter_mut().enumerate() {
            (0..width).for_each(|j| line[j] += mean * terms[i] * terms[j]);
        }
    }
    information[0][width] = 1.0;
    let first_variance = solve(information)?[0];
    let unseen = solution[0].exp();
    let likelihood: f64 = rows
        .iter()
        .zip(means)
        .map(|((_, count), mean)| {
            count * mean.ln() - mean - statrs::function::gamma::ln_gamma(count + 1.0)
        })
        .sum();
    let seen: f64 = rows.iter().map(|(_, count)| count).sum();
    let usable = unseen < MOST_UNSEEN * seen && first_variance.is_finite() && first_variance >= 0.0;
    usable.then_some(Fitted {
        unseen,
        variance: unseen * unseen * first_variance + unseen,
        aic: 2.0 * width as f64 - 2.0 * likelihood,
    })
}

/// Solves linear equations whose last column is the right side, by elimination with pivots.
fn solve(mut lines: Vec<Vec<f64>>) -> Option<Vec<f64>> {
    let width = lines.len();
    for column in 0..width {
        let pivot = (column..width)
            .max_by(|a, b| lines[*a][column].abs().total_cmp(&lines[*b][column].abs()))?;
        lines.swap(column, pivot);
        if lines[column][column].abs() < 1e-12 {
            return None;
        }
        let (above, below) = lines.split_at_mut(column + 1);
        let from = &above[column];
        for line in below {
            let factor = line[column] / from[column];
            (column..=width).for_each(|at| line[at] -= factor * from[at]);
        }
    }
    let mut solution = vec![0.0; width];
    for row in (0..width).rev() {
        let known: f64 = (row + 1..width).map(|at| lines[row][at] * solution[at]).sum();
        solution[row] = (lines[row][width] - known) / lines[row][row];
    }
    Some(solution)
}

#[cfg(test)]
#[path = "capture_tests.rs"]
mod tests;
