//! Learning from reviewers: a score that tells how likely reviewers are to decide as they decided
//! on texts with the same words.
//!
//! It orders queues and does nothing else. What is topical is learned from some hundreds of
//! decisions; whether a text endorses or reports what it speaks of is not, so no rule may act on
//! the score alone.
//!
//! The model is a logistic regression over runs of two to five letters within a word and of one or
//! two words, each counted once, calibrated by Platt's method on the latest quarter of decisions of
//! each language. It keeps the hash of every run that it knows: what it does not know counts for
//! nothing, and where most of a text is unknown to it, it abstains.

mod features;
mod file;
mod measure;
mod training;

pub use file::FileError;
pub use measure::{Calibration, Report};
pub use training::train;

use features::Features;
use std::ops::Range;

/// A decision of a reviewer.
#[derive(Debug, Clone)]
pub struct Example<'a> {
    /// What was decided on.
    pub text: &'a str,
    /// Its language, as identified or told; any name, empty where unknown.
    pub language: &'a str,
    /// Whether the decision was the one that is learned.
    pub decided: bool,
    /// When, in any unit.
    pub at: i64,
    /// How much it counts, above 0 and at most [`WEIGHT_MOST`]; 1 for an ordinary decision, less
    /// where reviewers disagreed.
    pub weight: f32,
}

/// The most that one example counts.
pub const WEIGHT_MOST: f32 = 100.0;

/// How a model is trained.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parameters {
    /// Most runs that it keeps, the most frequent first; 1 to [`RUNS_MOST`].
    pub runs: usize,
    /// How often it goes through the examples; 1 to 100.
    pub rounds: u32,
    /// Start of the random order of examples.
    pub seed: u64,
}

impl Default for Parameters {
    fn default() -> Self {
        Self { runs: 1 << 18, rounds: 12, seed: 1 }
    }
}

/// Most runs of a model.
pub const RUNS_MOST: usize = 1 << 20;

/// Most examples that are learned from.
pub const EXAMPLES_MOST: usize = 200_000;

/// The fewest decisions of each kind to learn from, and half as many to calibrate on.
pub const DECISIONS_NEEDED: usize = 20;

/// Most letters of a text that are read.
pub const LETTERS_READ: usize = 4_000;

/// Most words of a text that an explanation names.
pub const EXPLAINED: usize = 8;

/// The least share of a text's runs that must be known for a score.
pub const KNOWN_NEEDED: f32 = 0.5;

/// Why no model was trained.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Error {
    /// A parameter is out of its range.
    #[error("`{name}` is {value}; it may be from 1 to {most}")]
    Parameter {
        /// Which.
        name: &'static str,
        /// What it is.
        value: usize,
        /// The most it may be.
        most: usize,
    },
    /// An example's weight is out of its range.
    #[error("the weight of example {place} is {weight}; it must be above 0 and at most 100")]
    Weight {
        /// The example's place, from 0.
        place: usize,
        /// Its weight.
        weight: f32,
    },
    /// There are too many examples.
    #[error("there are more than {EXAMPLES_MOST} examples; leave the oldest out")]
    TooMany,
    /// There are too few decisions of one kind.
    #[error(
        "{decided} decisions for and {against} against are left to {purpose}, where {needed} of \
         each are needed; wait for more decisions"
    )]
    TooFew {
        /// What for: `learn from` or `calibrate on`.
        purpose: &'static str,
        /// Examples that were decided so.
        decided: usize,
        /// Examples that were not.
        against: usize,
        /// How many of each are needed.
        needed: usize,
    },
}

/// What the model says of a text.
#[derive(Debug, Clone, PartialEq)]
pub enum Score {
    /// It has no opinion.
    Abstains(Abstention),
    /// It has one.
    Scored {
        /// How likely the decision is, from 0 to 1.
        probability: f64,
        /// The words that moved it most, in the order of the text.
        explanation: Vec<Weighed>,
    },
}

/// Why there is no score.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Abstention {
    /// The text has no word.
    NoWord,
    /// Less than [`KNOWN_NEEDED`] of it is known.
    Unknown,
}

/// A word of the text and how it moved the score.
#[derive(Debug, Clone, PartialEq)]
pub struct Weighed {
    /// The word's bytes in the text. A word that stands several times is weighed where it stands
    /// first.
    pub range: Range<usize>,
    /// By how much it moved the logarithm of the odds; above 0 towards the decision.
    pub weight: f64,
}

/// A trained model.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// Hashes of the runs it knows, rising, and their weights.
    runs: Vec<(u64, f32)>,
    bias: f64,
    platt: Platt,
}

/// Platt's calibration: the probability of a score is the logistic function of a line.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Platt {
    slope: f64,
    offset: f64,
}

impl Platt {
    fn probability(self, score: f64) -> f64 {
        logistic(self.slope * score + self.offset)
    }
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

impl Model {
    /// Scores a text, of which at most [`LETTERS_READ`] letters are read.
    #[must_use]
    pub fn score(&self, text: &str) -> Score {
        let features = Features::of(text);
        if features.runs.is_empty() {
            return Score::Abstains(Abstention::NoWord);
        }
        let known: Vec<(usize, f32)> = features
            .runs
            .iter()
            .enumerate()
            .filter_map(|(place, run)| Some((place, self.weight(run.hash)?)))
            .collect();
        if (known.len() as f32) < KNOWN_NEEDED * features.runs.len() as f32 {
            return Score::Abstains(Abstention::Unknown);
        }
        let strength = strength(known.len());
        let raw = known.iter().map(|&(_, weight)| f64::from(weight)).sum::<f64>() * strength;
        let parts = known
            .iter()
            .map(|&(place, weight)| (place, f64::from(weight) * strength * self.platt.slope));
        let explanation = features.explain(text, parts);
        Score::Scored { probability: self.platt.probability(self.bias + raw), explanation }
    }

    /// How many runs it knows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.runs.len()
    }

    /// Whether it knows none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    fn weight(&self, hash: u64) -> Option<f32> {
        let place = self.runs.binary_search_by_key(&hash, |&(hash, _)| hash).ok()?;
        Some(self.runs[place].1)
    }
}

/// What each known run of a text counts: a long text has more of them, not more to say.
fn strength(known: usize) -> f64 {
    1.0 / (known.max(1) as f64).sqrt()
}
