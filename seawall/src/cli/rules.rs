//! `seawall rules`: check and promote rule files.

use super::{Failure, Format, Place, print_json};
use crate::exit::Exit;
use crate::local;
use clap::Subcommand;
use engine::Origin;
use serde_json::json;
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub enum RulesCommand {
    /// Check rule files: names, types, cost; every problem with its place in the file.
    Check {
        /// Rule files, or folders of them.
        #[arg(required = true)]
        paths: Vec<PathBuf>,
        /// How problems are printed.
        #[arg(long, value_enum, default_value = "text")]
        format: Format,
    },
    /// Check rule files and put them into force, all at once.
    Promote {
        /// Rule files, or folders of them.
        #[arg(required = true)]
        paths: Vec<PathBuf>,
    },
    /// List the rules in force, one JSON line each.
    List,
}

/// Carries a command out.
///
/// # Errors
/// What went wrong.
pub async fn run(command: RulesCommand, place: &Place) -> Result<Exit, Failure> {
    match command {
        RulesCommand::Check { paths, format } => check(&paths, format),
        RulesCommand::Promote { paths } => {
            let files = local::read_rule_files(&paths)?;
            let engine = place.engine().await?;
            let version = engine.promote_rules(&files, &Origin::operator()).await;
            let version = version.map_err(|error| match error {
                engine::Error::Rules(problems) => Failure::plain(problems.render()),
                other => other.into(),
            })?;
            print_json(&json!({ "version": version }))?;
            Ok(Exit::Clean)
        }
        RulesCommand::List => {
            for rule in place.engine().await?.rules().rules() {
                print_json(rule)?;
            }
            Ok(Exit::Clean)
        }
    }
}

fn check(paths: &[PathBuf], format: Format) -> Result<Exit, Failure> {
    let files = local::read_rule_files(paths)?;
    match rules::compile(&files, signals::SIGNALS) {
        Ok(set) => {
            eprintln!("{} rules in {} files are right", set.rules().len(), files.len());
            Ok(Exit::Clean)
        }
        Err(problems) => {
            for problem in &problems.0 {
                match format {
                    Format::Json => print_json(problem)?,
                    Format::Text => eprintln!("{}", problem.render()),
                }
            }
            Ok(Exit::Error)
        }
    }
}
