//! `seawall study learn`: learn from people's decisions in which order cases are best looked at.

use super::{Failure, Place, print_json};
use crate::exit::Exit;
use clap::Args;
use engine::{Origin, PutInUse};
use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;

/// What is learned, and whether it is used.
#[derive(Debug, Args)]
pub struct LearnArguments {
    /// Only say how good the scores would be.
    #[arg(long)]
    dry_run: bool,
    /// Take the model that is in use out of it: cases are ordered by priority and time again.
    #[arg(long, conflicts_with = "dry_run")]
    forget: bool,
}

/// Learns, and prints what training found as JSON.
///
/// # Errors
/// Where there are too few decisions, or the installation cannot be opened.
pub async fn run(arguments: LearnArguments, place: &Place) -> Result<Exit, Failure> {
    let engine = place.existing_engine().await?;
    if arguments.forget {
        print_json(&engine.unlearn(&Origin::operator()).await?)?;
        return Ok(Exit::Clean);
    }
    let bar = if std::io::stderr().is_terminal() {
        ProgressBar::new_spinner()
    } else {
        ProgressBar::hidden()
    };
    if let Ok(style) = ProgressStyle::with_template("{spinner} {pos} decisions read {elapsed}") {
        bar.set_style(style);
    }
    let put = if arguments.dry_run { PutInUse::No } else { PutInUse::Yes };
    let told = |read: usize| bar.set_position(read as u64);
    let learned = engine.learn(put, &Origin::operator(), told).await?;
    bar.finish_and_clear();
    print_json(&learned)?;
    Ok(Exit::Clean)
}
