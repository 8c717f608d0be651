//! From nats of surprise to likelihood ratios, and how that is learnt.
//!
//! Each group has a table: for each range of nats, how many returns and how many other pairs fell
//! into it, and the logarithm of the ratio of their shares, shrunk toward 0 where few returns were
//! seen and never falling as likeness grows. The groups are not independent (a handle and a name
//! tell much the same), so their sum says too much; a last step, fitted on pairs whose tables were
//! learnt from other pairs, takes the sum down to what it is worth.

use super::Group;
use crate::stats::{Confidence, Estimate, wilson};
use serde::{Deserialize, Serialize};

/// Limits between the ranges of nats.
const EDGES: [f64; 17] =
    [0.25, 0.75, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5, 8.5, 9.5, 10.5, 12.0, 15.0, 20.0, 30.0, 45.0];
/// So many returns are added to each table in the proportions of the other pairs, so that few
/// returns seen cannot make a large ratio.
const SHRINKAGE: f64 = 5.0;
/// Limits between the ranges of posteriors in a table of reliability.
const POSTERIORS: [f64; 9] = [0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.97];

/// Likelihood ratios as learnt, from the simulated world or from what reviewers found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    /// How it was made, in a sentence or two.
    pub made: String,
    /// One table for each group, in the order of [`Group::ALL`].
    pub tables: Vec<Table>,
    /// From the sum to the ratio.
    pub last_step: LastStep,
    /// How often pairs given a posterior were returns, on pairs not learnt from.
    pub reliability: Vec<Reliability>,
}

/// The likelihood ratios of one group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Table {
    /// Which group.
    pub group: Group,
    /// Upper limits of the ranges of nats, excluded; the last range has none.
    pub below: Vec<f64>,
    /// How many returns were in each range.
    pub returns: Vec<f64>,
    /// How many other pairs.
    pub others: Vec<f64>,
    /// The logarithm of the ratio, never falling.
    pub log_ratios: Vec<f64>,
}

/// ln ratio = intercept + slope · sum, and at most what so many pairs can show.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct LastStep {
    /// Where it starts.
    pub intercept: f64,
    /// How much of a sum counts; below 1 because groups overlap.
    pub slope: f64,
    /// The largest logarithm of a ratio: no sample of so many pairs shows more.
    pub most: f64,
}

/// Pairs of about one posterior, and how many of them were returns.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Reliability {
    /// The lowest posterior, included.
    pub from: f64,
    /// The highest, excluded but for 1.
    pub to: f64,
    /// How many pairs.
    pub pairs: u64,
    /// The mean of their posteriors.
    pub expected: f64,
    /// How many were returns.
    pub returns: u64,
    /// Their share with its 95 % interval.
    pub share: Estimate,
}

/// Whether a pair is one account come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It is.
    Return,
    /// It is not.
    NoReturn,
}

/// A pair whose outcome is known, from a world where every outcome is.
#[derive(Debug, Clone, PartialEq)]
pub struct Pair {
    /// Its nats, in the order of [`Group::ALL`]; none where a group is missing.
    pub nats: [Option<f64>; 12],
    /// Its outcome.
    pub outcome: Outcome,
    /// How many pairs it stands for, from 1: pairs that were not compared are drawn.
    pub stands_for: f64,
    /// Which of two halves it belongs to; all pairs of a suspended account to the same.
    pub half: Half,
}

/// Halves, so that the last step is fitted on other pairs than the tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Half {
    /// The one.
    First,
    /// The other.
    Second,
}

/// A possible link that reviewers judged.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Reviewed {
    /// The candidate's score.
    pub score: f64,
    /// The prior of its suspended account.
    pub prior: f64,
    /// What they found.
    pub outcome: Outcome,
}

/// Why nothing can be learnt.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum LearnError {
    /// Too few outcomes of a kind.
    #[error(
        "returns: {returns} confirmed and {others} refuted pairs are too few to learn from; give \
         at least {need} of each"
    )]
    TooFew {
        /// Confirmed pairs.
        returns: usize,
        /// Refuted pairs.
        others: usize,
        /// How many of each are needed.
        need: usize,
    },
    /// A pair that cannot be.
    #[error("returns: pair {at} has a {what} that is no usable number; leave the pair out")]
    Unfit {
        /// Its place in the list, from 0.
        at: usize,
        /// What is wrong.
        what: &'static str,
    },
}

/// The calibration that comes with the study, learnt on the simulated world; how is said in it.
///
/// # Panics
/// Never: the file is part of the program, and a test reads it.
#[must_use]
pub fn shipped() -> Calibration {
    serde_json::from_str(include_str!("calibration.json"))
        .expect("the shipped file is read by tests")
}

impl Calibration {
    /// The logarithm of a group's likelihood ratio at so many nats.
    #[must_use]
    pub fn log_ratio(&self, group: Group, nats: f64) -> f64 {
        let table = self.tables.iter().find(|table| table.group == group);
        table.map_or(0.0, |table| table.log_ratios[table.below.partition_point(|end| *end <= nats)])
    }

    /// The sum of the logarithms of the groups that are known.
    #[must_use]
    pub fn score(&self, nats: &[Option<f64>; 12]) -> f64 {
        let known = Group::ALL.iter().zip(nats);
        known.filter_map(|(group, nats)| Some(self.log_ratio(*group, (*nats)?))).sum()
    }

    /// The likelihood ratio of a sum, above 0.
    #[must_use]
    pub fn likelihood_ratio(&self, score: f64) -> f64 {
        let LastStep { intercept, slope, most } = self.last_step;
        (intercept + slope * score).clamp(-most, most).exp()
    }
}

/// Learns tables and last step from pairs of which every outcome is known.
///
/// Pairs that were not compared are drawn and stand for many, so that the shares are those among
/// all pairs, not among those that a search finds.
///
/// # Errors
/// [`LearnError`] where a half has fewer than 20 pairs of an outcome, or a number is unfit.
pub fn calibrate(pairs: &[Pair], made: &str) -> Result<Calibration, LearnError> {
    check_pairs(pairs)?;
    let mut scored = Vec::with_capacity(pairs.len());
    for half in [Half::First, Half::Second] {
        let tables = tables(pairs.iter().filter(|pair| pair.half != half));
        let learnt = Calibration { made: String::new(), tables, ..plain() };
        let rest = pairs.iter().filter(|pair| pair.half == half);
        scored.extend(rest.map(|pair| (learnt.score(&pair.nats), pair)));
    }
    let sum = |wanted: Outcome| -> f64 {
        let of = pairs.iter().filter(|pair| pair.outcome == wanted);
        of.map(|pair| pair.stands_for).sum()
    };
    let (returns, others) = (sum(Outcome::Return), sum(Outcome::NoReturn));
    let prior = (returns / others).ln();
    let points: Vec<Point> = scored
        .iter()
        .map(|(score, pair)| Point {
            score: *score,
            offset: prior,
            outcome: pair.outcome,
            weight: pair.stands_for,
        })
        .collect();
    let loose = Pull { intercept: 0.01, slope: 1.0 };
    let last_step = fit(&points, plain().last_step, loose).at_most(others.ln());
    let reliability = reliability(&points, last_step);
    let tables = tables(pairs.iter());
    Ok(Calibration { made: made.to_owned(), tables, last_step, reliability })
}

/// Learns from possible links that reviewers confirmed or refuted.
///
/// They see only what was shown to them, which says little of the groups one by one (what was shown
/// was chosen by their sum). So the tables stay, and the last step moves: each outcome pulls it,
/// and what was known before holds it as much as some tens of outcomes would.
///
/// # Errors
/// [`LearnError`] where there are fewer than 5 of an outcome, or a number is unfit.
pub fn learn(before: &Calibration, reviewed: &[Reviewed]) -> Result<Calibration, LearnError> {
    for (at, one) in reviewed.iter().enumerate() {
        if !one.score.is_finite() {
            return Err(LearnError::Unfit { at, what: "score" });
        }
        if !(one.prior > 0.0 && one.prior < 1.0) {
            return Err(LearnError::Unfit { at, what: "prior" });
        }
    }
    enough(reviewed.iter().map(|one| one.outcome), 5)?;
    let points: Vec<Point> = reviewed
        .iter()
        .map(|one| Point {
            score: one.score,
            offset: (one.prior / (1.0 - one.prior)).ln(),
            outcome: one.outcome,
            weight: 1.0,
        })
        .collect();
    let firm = Pull { intercept: 1.0, slope: 100.0 };
    let last_step = fit(&points, before.last_step, firm);
    let count = reviewed.len();
    Ok(Calibration {
        made: format!("{} Last step adjusted to {count} reviewed links.", before.made),
        tables: before.tables.clone(),
        last_step,
        reliability: reliability(&points, last_step),
    })
}

/// Every ratio 1 and every sum taken as it is.
pub(super) fn plain() -> Calibration {
    let table = |group| Table {
        group,
        below: Vec::new(),
        returns: vec![0.0],
        others: vec![0.0],
        log_ratios: vec![0.0],
    };
    Calibration {
        made: String::new(),
        tables: Group::ALL.map(table).to_vec(),
        last_step: LastStep { intercept: 0.0, slope: 1.0, most: 30.0 },
        reliability: Vec::new(),
    }
}

fn check_pairs(pairs: &[Pair]) -> Result<(), LearnError> {
    for (at, pair) in pairs.iter().enumerate() {
        if pair.nats.iter().flatten().any(|nats| !(nats.is_finite() && *nats >= 0.0)) {
            return Err(LearnError::Unfit { at, what: "measure" });
        }
        if !(pair.stands_for.is_finite() && pair.stands_for >= 1.0) {
            return Err(LearnError::Unfit { at, what: "weight" });
        }
    }
    for half in [Half::First, Half::Second] {
        enough(pairs.iter().filter(|pair| pair.half == half).map(|pair| pair.outcome), 20)?;
    }
    Ok(())
}

fn enough(outcomes: impl Iterator<Item = Outcome>, need: usize) -> Result<(), LearnError> {
    let (mut returns, mut others) = (0, 0);
    outcomes.for_each(|outcome| match outcome {
        Outcome::Return => returns += 1,
        Outcome::NoReturn => others += 1,
    });
    if returns >= need && others >= need {
        return Ok(());
    }
    Err(LearnError::TooFew { returns, others, need })
}

fn tables<'a>(pairs: impl Iterator<Item = &'a Pair>) -> Vec<Table> {
    let cells = EDGES.len() + 1;
    let mut returns = vec![vec![0.0; cells]; Group::ALL.len()];
    let mut others = returns.clone();
    for pair in pairs {
        for (group, nats) in pair.nats.iter().enumerate() {
            let Some(nats) = nats else { continue };
            let cell = EDGES.partition_point(|end| end <= nats);
            match pair.outcome {
                Outcome::Return => returns[group][cell] += pair.stands_for,
                Outcome::NoReturn => others[group][cell] += pair.stands_for,
            }
        }
    }
    let counts = returns.into_iter().zip(others).zip(Group::ALL);
    counts.map(|((returns, others), group)| Table::of(group, returns, others)).collect()
}

impl Table {
    fn of(group: Group, returns: Vec<f64>, others: Vec<f64>) -> Self {
        let (all_returns, all_others): (f64, f64) = (returns.iter().sum(), others.iter().sum());
        let cells = returns.len() as f64;
        // One pair more in all ranges together, so that an empty range is not impossible.
        let usual = |cell: usize| (others[cell] + 1.0 / cells) / (all_others + 1.0);
        let seen =
            |cell: usize| (returns[cell] + SHRINKAGE * usual(cell)) / (all_returns + SHRINKAGE);
        let cells: Vec<(f64, f64)> =
            (0..returns.len()).map(|cell| (seen(cell), usual(cell))).collect();
        let log_ratios = rising(&cells);
        Self { group, below: EDGES.to_vec(), returns, others, log_ratios }
    }
}

/// The logarithms of the ratios of shares, never falling: neighbours that fall are pooled.
fn rising(cells: &[(f64, f64)]) -> Vec<f64> {
    let mut pools: Vec<(f64, f64, usize)> = Vec::new();
    for (seen, usual) in cells {
        let mut pool = (*seen, *usual, 1);
        while let Some(before) = pools.pop_if(|before| before.0 * pool.1 >= pool.0 * before.1) {
            pool = (before.0 + pool.0, before.1 + pool.1, before.2 + pool.2);
        }
        pools.push(pool);
    }
    let ratios = pools.iter().map(|(seen, usual, cells)| ((seen / usual).ln(), *cells));
    ratios.flat_map(|(ratio, cells)| std::iter::repeat_n(ratio, cells)).collect()
}

/// A pair as the last step sees it.
struct Point {
    score: f64,
    /// The logarithm of the odds before any evidence.
    offset: f64,
    outcome: Outcome,
    weight: f64,
}

/// How firmly the last step is held where it was: one over the variance of its move.
#[derive(Clone, Copy)]
struct Pull {
    intercept: f64,
    slope: f64,
}

impl LastStep {
    fn at_most(self, most: f64) -> Self {
        Self { most, ..self }
    }

    fn log_odds(self, point: &Point) -> f64 {
        let log_ratio = self.intercept + self.slope * point.score;
        point.offset + log_ratio.clamp(-self.most, self.most)
    }
}

/// Logistic regression with an offset and a pull toward what was before, by Newton's steps, each
/// halved until the loss falls.
fn fit(points: &[Point], before: LastStep, pull: Pull) -> LastStep {
    let mut at = before;
    let mut least = loss(points, at, before, pull);
    for _ in 0..100 {
        let (intercept, slope) = newton(points, at, before, pull);
        let lengths = (0..30).map(|halvings| 0.5_f64.powi(halvings));
        let next = lengths
            .map(|length| LastStep {
                intercept: at.intercept + length * intercept,
                slope: (at.slope + length * slope).max(0.05),
                ..at
            })
            .map(|next| (loss(points, next, before, pull), next))
            .find(|(loss, _)| *loss < least - 1e-12);
        let Some((loss, next)) = next else { break };
        (least, at) = (loss, next);
    }
    at
}

fn linear(point: &Point, at: LastStep) -> f64 {
    point.offset + at.intercept + at.slope * point.score
}

fn loss(points: &[Point], at: LastStep, before: LastStep, pull: Pull) -> f64 {
    let one = |point: &Point| {
        let x = linear(point, at);
        let target = f64::from(u8::from(point.outcome == Outcome::Return));
        point.weight * (x.max(0.0) + (-x.abs()).exp().ln_1p() - target * x)
    };
    let (intercept, slope) = (at.intercept - before.intercept, at.slope - before.slope);
    let held = pull.intercept * intercept * intercept + pull.slope * slope * slope;
    points.iter().map(one).sum::<f64>() + held / 2.0
}

fn newton(points: &[Point], at: LastStep, before: LastStep, pull: Pull) -> (f64, f64) {
    let (mut g0, mut g1) = (
        pull.intercept * (before.intercept - at.intercept),
        pull.slope * (before.slope - at.slope),
    );
    let (mut h00, mut h01, mut h11) = (pull.intercept + 1e-12, 0.0, pull.slope + 1e-12);
    for point in points {
        let chance = (1.0 + (-linear(point, at)).exp()).recip();
        let target = f64::from(u8::from(point.outcome == Outcome::Return));
        let (error, spread) =
            (point.weight * (target - chance), point.weight * chance * (1.0 - chance));
        g0 += error;
        g1 += error * point.score;
        h00 += spread;
        h01 += spread * point.score;
        h11 += spread * point.score * point.score;
    }
    let determinant = h00 * h11 - h01 * h01;
    ((h11 * g0 - h01 * g1) / determinant, (h00 * g1 - h01 * g0) / determinant)
}

fn reliability(points: &[Point], last_step: LastStep) -> Vec<Reliability> {
    let posteriors = points.iter().map(|point| {
        let posterior = (1.0 + (-last_step.log_odds(point)).exp()).recip();
        (posterior, point.outcome, point.weight)
    });
    reliability_of(posteriors)
}

/// How often pairs given a posterior were returns; ranges without a pair are left out.
pub(super) fn reliability_of(
    posteriors: impl Iterator<Item = (f64, Outcome, f64)>,
) -> Vec<Reliability> {
    let mut cells = [(0.0, 0.0, 0.0); POSTERIORS.len() + 1];
    for (posterior, outcome, weight) in posteriors {
        let cell = &mut cells[POSTERIORS.partition_point(|end| *end <= posterior)];
        cell.0 += weight;
        cell.1 += weight * posterior;
        cell.2 += if outcome == Outcome::Return { weight } else { 0.0 };
    }
    let rows = cells.iter().enumerate().filter(|(_, cell)| cell.0 >= 1.0);
    rows.map(|(at, (pairs, sum, returns))| {
        let (count, hits) = (pairs.round() as u64, returns.round() as u64);
        Reliability {
            from: if at == 0 { 0.0 } else { POSTERIORS[at - 1] },
            to: POSTERIORS.get(at).copied().unwrap_or(1.0),
            pairs: count,
            expected: sum / pairs,
            returns: hits,
            share: wilson(hits, count, Confidence::P95).expect("there are pairs"),
        }
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::Draws;
    use proptest::prelude::*;

    #[test]
    fn the_shipped_file_is_whole() {
        let shipped = shipped();
        assert_eq!(shipped.tables.iter().map(|table| table.group).collect::<Vec<_>>(), Group::ALL);
        for table in &shipped.tables {
            assert_eq!(table.log_ratios.len(), table.below.len() + 1, "{:?}", table.group);
            assert!(table.log_ratios.is_sorted(), "{:?}", table.group);
        }
        let step = shipped.last_step;
        assert!(step.slope > 0.0 && step.slope <= 1.0 && step.most > 5.0, "{step:?}");
        assert!(!shipped.made.is_empty());
    }

    /// Pairs of which two groups tell something, and the second says only what the first did.
    fn pairs(seed: u64) -> Vec<Pair> {
        let mut draws = Draws::new(seed, 0);
        let mut one = |outcome, half, stands_for| {
            let mut nats = [None; 12];
            let alike = match outcome {
                Outcome::Return => draws.unit() * 9.0,
                Outcome::NoReturn => -draws.unit().max(1e-9).ln(),
            };
            nats[0] = Some(alike);
            nats[1] = Some(alike);
            nats[5] = (draws.unit() < 0.5).then(|| draws.unit() * 3.0);
            Pair { nats, outcome, stands_for, half }
        };
        let mut pairs = Vec::new();
        for number in 0..400 {
            let half = if number % 2 == 0 { Half::First } else { Half::Second };
            pairs.push(one(Outcome::Return, half, 1.0));
            (0..20).for_each(|_| pairs.push(one(Outcome::NoReturn, half, 10.0)));
        }
        pairs
    }

    #[test]
    fn what_is_said_twice_counts_once() {
        let learnt = calibrate(&pairs(1), "for a test").unwrap();
        assert!((0.4..0.65).contains(&learnt.last_step.slope), "{:?}", learnt.last_step);
        assert!(learnt.log_ratio(Group::Handle, 8.0) > 3.0);
        assert!(learnt.log_ratio(Group::Handle, 0.1) < -1.0);
        assert!(learnt.log_ratio(Group::PostingHours, 2.9).abs() < 0.4);
        assert!(learnt.log_ratio(Group::Links, 30.0).abs() < 1e-9, "never seen");
        let sum = |of: fn(&Reliability) -> f64| learnt.reliability.iter().map(of).sum::<f64>();
        let expected = sum(|row| row.expected * row.pairs as f64);
        let returns = sum(|row| row.returns as f64);
        assert!((expected / returns - 1.0).abs() < 0.05, "{expected} {returns}");
    }

    #[test]
    fn no_ratio_is_beyond_what_was_seen() {
        let learnt = calibrate(&pairs(2), "for a test").unwrap();
        assert!(learnt.likelihood_ratio(1e9) <= 80_000.0 * 1.001);
        assert!(learnt.likelihood_ratio(-1e9) > 0.0);
    }

    #[test]
    fn reviewers_move_the_last_step() {
        let before = plain();
        let reviewed = |outcome| Reviewed { score: 8.0, prior: 0.001, outcome };
        let of = |confirmed: usize, refuted: usize| {
            let mut all = vec![reviewed(Outcome::Return); confirmed];
            all.extend(vec![reviewed(Outcome::NoReturn); refuted]);
            learn(&before, &all).unwrap()
        };
        let chance = |learnt: &Calibration| {
            let odds = 0.001 / 0.999 * learnt.likelihood_ratio(8.0);
            odds / (1.0 + odds)
        };
        let (few, many) = (of(5, 45), of(50, 450));
        assert!(chance(&before) > 0.7, "{}", chance(&before));
        assert!(chance(&few) < 0.4, "{}", chance(&few));
        assert!((chance(&many) - 0.1).abs() < 0.02, "{}", chance(&many));
        assert_eq!(many.tables, before.tables);
        assert!((many.reliability[0].share.value - 0.1).abs() < 1e-9);
        assert!(many.made.ends_with("Last step adjusted to 500 reviewed links."));
    }

    #[test]
    fn what_cannot_be_learnt_from() {
        let refuse = |result: Result<Calibration, LearnError>, wanted: &str| {
            assert_eq!(result.unwrap_err().to_string(), wanted);
        };
        refuse(
            calibrate(&[], ""),
            "returns: 0 confirmed and 0 refuted pairs are too few to learn from; give at least 20 \
             of each",
        );
        let mut unfit = pairs(3);
        unfit[4].nats[2] = Some(f64::NAN);
        refuse(
            calibrate(&unfit, ""),
            "returns: pair 4 has a measure that is no usable number; leave the pair out",
        );
        let reviewed = Reviewed { score: 1.0, prior: 1.0, outcome: Outcome::Return };
        refuse(
            learn(&plain(), &[reviewed]),
            "returns: pair 0 has a prior that is no usable number; leave the pair out",
        );
        refuse(
            learn(&plain(), &[Reviewed { prior: 0.1, ..reviewed }]),
            "returns: 1 confirmed and 0 refuted pairs are too few to learn from; give at least 5 \
             of each",
        );
    }

    proptest! {
        #[test]
        fn ratios_never_fall(
            cells in prop::collection::vec((0.001_f64..1.0, 0.001_f64..1.0), 1..20),
        ) {
            let ratios = rising(&cells);
            prop_assert_eq!(ratios.len(), cells.len());
            prop_assert!(ratios.is_sorted());
        }
    }
}
