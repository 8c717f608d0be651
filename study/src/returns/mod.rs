//! Possible returns: new accounts that may be a suspended account come back.
//!
//! For each suspended account the study looks among the accounts made after (or shortly before) the
//! suspension, compares what the two say of themselves, who follows them, when and how they post,
//! and gives the few most alike with the evidence of each. What it gives is a *possible link*
//! between two accounts, with a likelihood ratio and the chance that follows from a stated base
//! rate. It never says who is behind an account, and nothing is to be done to an account because of
//! it alone: a return may be lawful, since suspensions are sometimes wrong, and accounts that were
//! given back are not looked for at all.
//!
//! How it works:
//! 1. `population` says which accounts are looked for, and among which.
//! 2. `material` gathers what pairs are compared by: `terms` and `avatars` are inverted indexes,
//!    `audience` holds followers, `writing` what posts show, `mentions` posts that tie accounts.
//! 3. `search` finds the accounts worth comparing, without looking at every pair; each way of
//!    searching is bounded, and what was cut off is in the result.
//! 4. `compare` measures a pair in twelve groups of features, each in nats of surprise: how
//!    improbable so much likeness is among the accounts of this very dataset (`usual`), so that a
//!    default avatar or a common name counts for little. `explain` gives the facts behind it.
//! 5. `calibration` turns nats into likelihood ratios, and their sum into one.
//! 6. `decide` lets the suspended accounts compete for each new one, and offers as possible links
//!    only as many candidates as keep the expected number of false ones within bounds.
//!
//! `evaluate` measures all of it where the truth is known. The calibration that is shipped was
//! learnt on simulated worlds: how alike returns are to what they return from, it knows from there
//! alone. [`learn`] adjusts it to what reviewers confirmed and refuted.
//!
//! Sources: Niverthi, Verma and Kumar, "Characterizing, Detecting, and Predicting Online Ban
//! Evasion", WWW 2022 (features, measures of success); Wright et al., "Resurgent Insurgents", 2016
//! (returning accounts of suspended ones); Fellegi and Sunter, "A Theory for Record Linkage", 1969
//! (likelihood ratios of a pair, blocking); Kapoor, "I'll be back", 2021 (accounts given back).

mod audience;
mod avatars;
mod calibration;
mod card;
mod compare;
mod decide;
mod evaluate;
mod explain;
mod finding;
mod limits;
mod material;
mod mentions;
mod pairs;
mod parameters;
#[cfg(test)]
mod planted;
mod population;
mod search;
mod terms;
#[cfg(test)]
mod tests;
mod text;
mod usual;
mod writing;

pub use calibration::{
    Calibration, Half, LastStep, LearnError, Outcome, Pair, Reliability, Reviewed, Table,
    calibrate, learn, shipped,
};
pub use evaluate::{Budget, Detection, Evaluation, Truth, days_to_detection, evaluate};
pub use finding::{
    Bound, Candidate, Control, Coverage, Evidence, Fact, Group, Limit, LinkedBy, MissingBecause,
    Offer, Reading, Returns, Searched, SharedFollower, SharedTerm, Standing,
};
pub use pairs::known_pairs;
pub use parameters::{Parameters, ParametersError};

use crate::{Dataset, Stopped, Watch};
use compare::Against;
use decide::{Odds, decide};
use limits::Reached;
use material::Material;
use usual::yardsticks;

/// Why a study of returns gives no result.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Error {
    /// A parameter cannot be used.
    #[error(transparent)]
    Parameters(#[from] ParametersError),
    /// It was stopped.
    #[error(transparent)]
    Stopped(#[from] Stopped),
    /// A kept part is not one of this study.
    #[error("returns: the kept part `{part}` cannot be read ({why}); remove it and run again")]
    Part {
        /// Its name.
        part: String,
        /// Why not.
        why: String,
    },
}

/// Looks for possible returns with the calibration that is shipped; see [`run_with`].
///
/// # Errors
/// See [`run_with`].
pub fn run(
    dataset: &Dataset,
    parameters: &Parameters,
    watch: &mut dyn Watch,
) -> Result<Returns, Error> {
    run_with(dataset, parameters, &shipped(), watch)
}

/// Looks for possible returns of every suspended account among the new accounts.
///
/// Gives the same for the same input, whether it was stopped and went on or not. Where nobody is
/// suspended, or nobody is new, the result is empty and its coverage says so. What a dataset lacks
/// (profiles, posts, follows, times) is missing in the evidence and counts for nothing; how often
/// is counted in [`Coverage`].
///
/// # Errors
/// [`Error::Parameters`] where a parameter is out of its range, [`Error::Stopped`] where the
/// watcher says so, [`Error::Part`] where a kept part cannot be read.
pub fn run_with(
    dataset: &Dataset,
    parameters: &Parameters,
    calibration: &Calibration,
    watch: &mut dyn Watch,
) -> Result<Returns, Error> {
    parameters.check()?;
    let (mut coverage, mut reached) = (Coverage::default(), Reached::default());
    let material = Material::gather(dataset, parameters, &mut coverage, &mut reached, watch)?;
    let usual = yardsticks(&material, watch)?;
    let against = Against { material: &material, usual: &usual };
    let parts = pairs::parts(&against, calibration, watch)?;
    let (mut searched, mut odds_of) = (Vec::new(), Odds::new());
    for part in parts {
        coverage.compared += part.searched.iter().map(|one| one.compared).sum::<u64>();
        reached.extend(&part.bounds);
        for (account, odds) in part.odds {
            *odds_of.entry(account).or_default() += odds;
        }
        searched.extend(part.searched);
    }
    let control = decide(&mut searched, &odds_of, parameters, coverage.new_accounts);
    Ok(Returns {
        parameters: parameters.clone(),
        calibration: calibration.made.clone(),
        coverage,
        control,
        searched,
        bounds: reached.into_bounds(),
        notes: dataset.notes.clone(),
    })
}
