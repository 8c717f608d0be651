//! Training: which runs are kept, their weights by AdaGrad, and the calibration.

use super::features::Features;
use super::measure::{Held, calibrations, platt};
use super::{
    DECISIONS_NEEDED, EXAMPLES_MOST, Error, Example, Model, Parameters, Platt, RUNS_MOST, Report,
    WEIGHT_MOST, logistic, strength,
};
use crate::numbers::Numbers;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// How far a step goes at first.
const STEP: f64 = 0.3;

/// How strongly weights are drawn to 0, for each example that has their run.
const DECAY: f64 = 1e-4;

/// One example in this many is held apart for calibration: the latest of each language.
const HELD_APART: usize = 4;

/// Trains a model: the same examples in the same order give the same model.
///
/// # Errors
/// Where a parameter or a weight is out of its range, or there are too many or too few examples.
pub fn train<'a>(
    examples: impl Iterator<Item = Example<'a>>,
    parameters: &Parameters,
) -> Result<(Model, Report), Error> {
    check(parameters)?;
    let prepared = prepare(examples)?;
    let (learned, held) = split(&prepared.examples);
    enough("learn from", &learned, DECISIONS_NEEDED)?;
    enough("calibrate on", &held, DECISIONS_NEEDED / 2)?;
    let kept = Kept::of(&learned, parameters.runs);
    let (weights, bias) = learn(&learned, &kept, parameters);
    let hashes = kept.hashes.iter().copied().zip(weights).collect();
    let plain = Platt { slope: 1.0, offset: 0.0 };
    let mut model = Model { runs: hashes, bias, platt: plain };
    let held: Vec<Held<'_>> = held.iter().map(|one| held_of(&model, one)).collect();
    model.platt = platt(&held.iter().collect::<Vec<_>>());
    let (whole, languages) = calibrations(&held);
    let report = Report {
        learned_from: learned.len(),
        held_apart: held.len(),
        left_out: prepared.left_out,
        runs: model.runs.len(),
        runs_dropped: kept.dropped,
        whole,
        languages,
    };
    Ok((model, report))
}

fn check(parameters: &Parameters) -> Result<(), Error> {
    for (name, value, most) in
        [("runs", parameters.runs, RUNS_MOST), ("rounds", parameters.rounds as usize, 100)]
    {
        if value == 0 || value > most {
            return Err(Error::Parameter { name, value, most });
        }
    }
    Ok(())
}

/// Examples with their runs.
struct Prepared<'a> {
    examples: Vec<One<'a>>,
    left_out: usize,
}

struct One<'a> {
    language: &'a str,
    decided: bool,
    at: i64,
    weight: f64,
    runs: Vec<u64>,
}

/// Takes the runs of each example. Of examples with the same runs the first is kept, so that a text
/// that came many times is neither learned many times nor both learned and measured.
fn prepare<'a>(examples: impl Iterator<Item = Example<'a>>) -> Result<Prepared<'a>, Error> {
    let mut prepared = Prepared { examples: Vec::new(), left_out: 0 };
    let mut seen = BTreeSet::new();
    for (place, example) in examples.enumerate() {
        if place == EXAMPLES_MOST {
            return Err(Error::TooMany);
        }
        let weight = example.weight;
        if !(weight > 0.0 && weight <= WEIGHT_MOST) {
            return Err(Error::Weight { place, weight });
        }
        let runs: Vec<u64> = Features::of(example.text).runs.iter().map(|run| run.hash).collect();
        let all = runs.iter().fold(0u64, |sum, hash| sum.wrapping_add(hash.rotate_left(7)));
        if runs.is_empty() || !seen.insert((all, runs.len())) {
            prepared.left_out += 1;
            continue;
        }
        let Example { language, decided, at, .. } = example;
        let weight = f64::from(weight);
        prepared.examples.push(One { language, decided, at, weight, runs });
    }
    Ok(prepared)
}

/// The examples to learn from, and the latest quarter of each language to calibrate on.
fn split<'e, 'a>(examples: &'e [One<'a>]) -> (Vec<&'e One<'a>>, Vec<&'e One<'a>>) {
    let mut languages: BTreeMap<&str, Vec<&One<'a>>> = BTreeMap::new();
    for example in examples {
        languages.entry(example.language).or_default().push(example);
    }
    let (mut learned, mut held) = (Vec::new(), Vec::new());
    for (_, mut of_language) in languages {
        of_language.sort_by_key(|example| example.at);
        let later = of_language.split_off(of_language.len() - of_language.len() / HELD_APART);
        learned.extend(of_language);
        held.extend(later);
    }
    (learned, held)
}

fn enough(purpose: &'static str, examples: &[&One<'_>], needed: usize) -> Result<(), Error> {
    let decided = examples.iter().filter(|example| example.decided).count();
    let against = examples.len() - decided;
    if decided.min(against) < needed {
        return Err(Error::TooFew { purpose, decided, against, needed });
    }
    Ok(())
}

/// The runs that a model knows.
struct Kept {
    /// Rising.
    hashes: Vec<u64>,
    places: HashMap<u64, u32>,
    dropped: usize,
}

impl Kept {
    /// The runs of at least two examples, the most frequent first where there are too many.
    fn of(examples: &[&One<'_>], most: usize) -> Self {
        let mut counts: HashMap<u64, u32> = HashMap::new();
        for run in examples.iter().flat_map(|example| &example.runs) {
            *counts.entry(*run).or_default() += 1;
        }
        let mut frequent: Vec<(u32, u64)> = counts
            .into_iter()
            .filter(|&(_, count)| count > 1)
            .map(|(hash, count)| (count, hash))
            .collect();
        frequent.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        let dropped = frequent.len().saturating_sub(most);
        frequent.truncate(most);
        let mut hashes: Vec<u64> = frequent.into_iter().map(|(_, hash)| hash).collect();
        hashes.sort_unstable();
        let places = hashes.iter().enumerate().map(|(place, &hash)| (hash, place as u32)).collect();
        Self { hashes, places, dropped }
    }
}

/// The weights of the runs, and the bias.
fn learn(examples: &[&One<'_>], kept: &Kept, parameters: &Parameters) -> (Vec<f32>, f64) {
    let known = |one: &&One<'_>| -> Vec<u32> {
        one.runs.iter().filter_map(|run| kept.places.get(run).copied()).collect()
    };
    let places: Vec<Vec<u32>> = examples.iter().map(known).collect();
    let mut weights = vec![0.0f64; kept.hashes.len()];
    let mut squares = vec![1e-3f64; kept.hashes.len()];
    let (mut bias, mut bias_square) = (0.0, 1e-3f64);
    let mut order: Vec<usize> = (0..examples.len()).collect();
    let mut numbers = Numbers(parameters.seed);
    for _ in 0..parameters.rounds {
        numbers.shuffle(&mut order);
        for &number in &order {
            let (example, runs) = (examples[number], &places[number]);
            let strength = strength(runs.len());
            let sum: f64 = runs.iter().map(|&run| weights[run as usize]).sum();
            let probability = logistic(bias + sum * strength);
            let miss = (probability - f64::from(u8::from(example.decided))) * example.weight;
            bias_square += miss * miss;
            bias -= STEP * miss / bias_square.sqrt();
            for &run in runs {
                let run = run as usize;
                let gradient = miss * strength + DECAY * weights[run];
                squares[run] += gradient * gradient;
                weights[run] -= STEP * gradient / squares[run].sqrt();
            }
        }
    }
    (weights.into_iter().map(|weight| weight as f32).collect(), bias)
}

fn held_of<'a>(model: &Model, one: &One<'a>) -> Held<'a> {
    let known: Vec<f32> = one.runs.iter().filter_map(|&run| model.weight(run)).collect();
    let sum: f64 = known.iter().map(|&weight| f64::from(weight)).sum();
    let score = model.bias + sum * strength(known.len());
    Held { language: one.language, score, decided: one.decided }
}
