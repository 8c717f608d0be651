//! Developer commands: `cargo xtask ci`, `tidy`, `docs`, `bench` and `fuzz`.

mod bench;
mod ci;
mod docs;
mod fuzz;
mod tidy;
mod workspace;

use bench::Peers;
use clap::{Parser, Subcommand};
use std::process::ExitCode;
use workspace::Failure;

/// Developer commands of Seawall.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run everything that continuous integration runs, and stop at the first failure.
    Ci,
    /// Check the house rules that a program can check.
    Tidy,
    /// Write the reference pages in `docs/reference` anew.
    Docs {
        /// Change nothing; fail where a page is stale.
        #[arg(long)]
        check: bool,
    },
    /// Run the benchmarks: every program of the crate `benches`, and its peers.
    Bench {
        /// Run this one alone.
        name: Option<String>,
        /// Print one JSON object a line in place of a table.
        #[arg(long)]
        json: bool,
        /// Print the table and the machine as `docs/performance.md` holds them.
        #[arg(long, conflicts_with = "json")]
        markdown: bool,
        /// Install the peers first, from the Python registry into `.cache/peers`.
        #[arg(long)]
        peers: bool,
    },
    /// Fuzz every parser and decoder, or one, from the corpora in `fuzz/corpus`.
    Fuzz(fuzz::Arguments),
}

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("xtask: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::Ci => ci::run(),
        Command::Tidy => tidy::run(),
        Command::Docs { check: false } => docs::write(),
        Command::Docs { check: true } => docs::check(),
        Command::Bench { name, json, markdown, peers } => {
            let format = match (json, markdown) {
                (true, _) => bench::Format::Json,
                (false, true) => bench::Format::Markdown,
                (false, false) => bench::Format::Table,
            };
            let peers = if peers { Peers::Install } else { Peers::AsInstalled };
            bench::run(name.as_deref(), format, peers)
        }
        Command::Fuzz(arguments) => fuzz::run(&arguments),
    }
}
