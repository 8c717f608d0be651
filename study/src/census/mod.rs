//! Who is near a network, how many belong to it, and how sure that is.
//!
//! A census goes this way, and each step is a function:
//!
//! 1. [`run`]: from seeds over ties to a frontier, which is frozen; every account of it gets a
//!    score and the evidence behind it, and the path on which it was found.
//! 2. [`draw`]: a probability sample of the frontier, stratified by score.
//! 3. People code the sample, two for each account, blind; [`agreement`] says how far they agree
//!    and which accounts need somebody who adjudicates.
//! 4. [`estimate`]: how many members the frontier holds, with intervals, what the figure rests on,
//!    and whether the census stands ([`Standing`]). Where the score does not separate, the census
//!    is refused.
//!
//! Beside it, [`overlap`] and [`referral`] estimate a size from lists and from chains of referral,
//! and [`effect`] says what suspensions did to accounts and to their reach.
//!
//! Whoever follows members is near them: journalists, researchers, counter-speech and victims do.
//! Nearness is evidence for people who look, and never a property of an account. Purpose, legal
//! basis and days of retention are required, and accounts are named by pseudonyms.

mod coding;
mod draw;
mod effect;
mod estimate;
mod evidence;
mod finding;
mod groups;
mod overlap;
mod parameters;
mod pseudonyms;
mod run;
mod score;
mod screening;
mod separation;
mod snowball;
mod stratified;
#[cfg(test)]
mod testing;
mod ties;

pub use coding::{Agreement, Answer, Code, Coding, Ignored, agreement};
pub use draw::{
    CUTS, DrawnItem, DrawnStratum, Expected, Holds, Method, Plan, SAMPLE_MAX, SampleDraw, draw,
};
pub use effect::{
    Came, EffectPlan, EffectWarning, Reached, Regained, SuspensionEffect, Watched, effect,
};
pub use estimate::{
    Assumptions, Basis, Corrected, PopulationEstimate, Precision, SetApart, Shares, StratumCount,
    StratumFound, Undecided, estimate, share_of_strata,
};
pub use finding::{
    Census, Communities, Community, Cut, Frame, Frontier, HiddenSeeds, Interactions, Level, Period,
    Reason, Row, Screening, Seeds, Step,
};
pub use overlap::{
    ListOfAccounts, OverlapEstimate, OverlapWarning, ReferralReport, ReferralWarning, overlap,
    referral,
};
pub use parameters::{
    LEVELS_MAX, LISTED_MAX, Parameters, RETENTION_DAYS_MAX, Reach, SEEDS_MAX, Screened,
    TEXT_BYTES_MAX, Way,
};
pub use pseudonyms::Pseudonyms;
pub use run::run;
pub use screening::Measure;
pub use separation::{Standing, WEAK_BELOW};

use crate::{Stopped, graph, stats};

/// Why a census, a sample or an estimate cannot be made.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Error {
    /// A parameter that cannot be used.
    #[error("census: `{name}` {problem}")]
    Parameter {
        /// Which.
        name: &'static str,
        /// What is wrong with it, and what to give instead.
        problem: String,
    },
    /// None of the seeds is an account of the dataset.
    #[error(
        "census: none of the {given} seeds is in the dataset (the first is `{first}`); give ids as \
         the dataset has them"
    )]
    NoKnownSeed {
        /// How many were given.
        given: usize,
        /// The first of them.
        first: String,
    },
    /// No seed has a tie.
    #[error(
        "census: none of the {0} known seeds has a tie, so nobody can be found from them; name \
         other seeds, or add follows or posts to the dataset"
    )]
    SeedsIsolated(u64),
    /// Nobody was found beyond the seeds.
    #[error("census: nobody is found from the seeds by the ways given; give more ways or levels")]
    EmptyFrontier,
    /// The census was made of another dataset, or with another key for pseudonyms.
    #[error(
        "census: the dataset or the key for pseudonyms is not the one that the census was made \
         with; load the same dataset and give the same key"
    )]
    OtherDataset,
    /// Nothing is coded.
    #[error("estimate: there is no answer about an account of the sample; have it coded")]
    NoCodes,
    /// Nothing is coded by two.
    #[error(
        "estimate: no account has the blind answers of two coders (answered: {}); have a second \
         person code the same accounts, since nothing is known of a coder alone",
        .coders.join(", ")
    )]
    OneCoder {
        /// Who answered.
        coders: Vec<String>,
    },
    /// A stratum of which nothing is settled.
    #[error(
        "estimate: no account is settled yet in the stratum {holds:?}; code on in the order of the \
         sample, and adjudicate"
    )]
    StratumNotCoded {
        /// Which accounts it holds.
        holds: Holds,
    },
    /// A graph that cannot be built, as where it needs more memory than allowed.
    #[error("census: {0}")]
    Graph(graph::Error),
    /// A figure that cannot be given.
    #[error("census: {0}")]
    Stats(#[from] stats::Error),
    /// Stopped by the watcher.
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

impl From<graph::Error> for Error {
    fn from(error: graph::Error) -> Self {
        match error {
            graph::Error::Stopped(stopped) => Self::Stopped(stopped),
            other => Self::Graph(other),
        }
    }
}
