//! The coordination networks of two tools in wide use, from the files that they read, so that their
//! results can be checked and carried over.
//!
//! [`coortweet`] gives the pairs and edges of CooRTweet 2.1.3, [`toolkit`] the networks of the
//! coordination network toolkit 1.5.2. Known errors of both are not reproduced; the modules say
//! which. Neither knows chance: what they find is where to look, not a finding.

pub mod coortweet;
mod csv_rows;
pub mod toolkit;

pub use csv_rows::{CsvError, FIELD_BYTES, RECORD_BYTES};

use super::coaction::{Cap, Limits};
use serde::{Deserialize, Serialize};
use std::io;

/// Why a network could not be made.
#[derive(Debug, thiserror::Error)]
pub enum CompatError {
    /// The input is not as it should be.
    #[error(transparent)]
    Input(#[from] CsvError),
    /// An option is out of its range.
    #[error("{option} is {value}: {remedy}")]
    Option {
        /// The option.
        option: &'static str,
        /// What was given.
        value: String,
        /// What to give instead.
        remedy: &'static str,
    },
    /// The output could not be written.
    #[error("the result cannot be written: {0}")]
    Write(#[from] io::Error),
}

/// What a network is made with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Options {
    /// For CooRTweet the column that holds the objects; for the toolkit the name of the network.
    pub object: String,
    /// At most so far apart are two actions that match, in seconds; both ends belong to it.
    pub window_s: f64,
    /// For CooRTweet the fewest rows of an account, for the toolkit the smallest weight of an edge.
    pub participation: u32,
    /// For CooRTweet the share of edges that are not marked as heavy, from 0 to 1.
    pub edge_quantile: f64,
    /// For the toolkit's `co_similar_tweet` the Jaccard index from which two messages are similar,
    /// above 0, at most 1.
    pub similarity: f64,
    /// How much is looked at; what was not is told in the [`Summary`].
    pub limits: Limits,
}

impl Options {
    /// The tools' own values for everything but these three.
    #[must_use]
    pub fn new(object: &str, window_s: f64, participation: u32) -> Self {
        Self {
            object: object.to_owned(),
            window_s,
            participation,
            edge_quantile: 0.5,
            similarity: 0.8,
            limits: Limits { pairs_per_object: 50_000_000, ..Limits::default() },
        }
    }

    /// The window in microseconds.
    ///
    /// # Errors
    /// Where it is not a number of seconds from 0 to a hundred years, or another option is out of
    /// its range.
    fn checked(&self) -> Result<i64, CompatError> {
        let wrong = |option, value: f64, remedy| {
            Err(CompatError::Option { option, value: value.to_string(), remedy })
        };
        if !(0.0..=MOST_SECONDS).contains(&self.window_s) {
            return wrong("the window", self.window_s, "give seconds from 0 to 3,155,760,000");
        }
        if !(0.0..=1.0).contains(&self.edge_quantile) {
            return wrong("the quantile of edges", self.edge_quantile, "give a number from 0 to 1");
        }
        if !(self.similarity > 0.0 && self.similarity <= 1.0) {
            return wrong("the similarity", self.similarity, "give a number above 0, at most 1");
        }
        Ok((self.window_s * 1e6).round() as i64)
    }
}

/// A hundred years.
const MOST_SECONDS: f64 = 3_155_760_000.0;

/// What was read, left out and found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Rows of the input, without the header.
    pub rows: u64,
    /// Rows that have nothing to match by, and were left out.
    pub without_object: u64,
    /// Rows that say the same as one before, and were left out.
    pub duplicates: u64,
    /// Pairs of actions within the window that were found.
    pub pairs: u64,
    /// Edges that were found.
    pub edges: u64,
    /// Objects with more pairs than are looked at: their weights are too small.
    pub capped: Vec<CappedObject>,
    /// Pairs whose accounts were not held, because there were too many edges.
    pub pairs_without_room: u64,
}

/// An object with more pairs of actions than are looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CappedObject {
    /// The object as the output names it.
    pub object: String,
    /// How many actions there are on it.
    pub actions: u64,
    /// How many pairs of actions within the window were not looked at.
    pub pairs_skipped: u64,
}

impl CappedObject {
    fn new(cap: &Cap, object: String) -> Self {
        Self { object, actions: cap.actions, pairs_skipped: cap.pairs_skipped }
    }
}
