//! `seawall`: check every item, sort what needs a person, carry out the decision, prove what was
//! done. One binary: HTTP API, console, workers and command line.

mod api;
mod cli;
mod console;
mod deliver;
mod demo;
mod exit;
mod linger;
mod local;
mod looks;
mod post;
mod public;
mod publish;
mod records;
mod reference;
mod report;
mod serve;
mod settings;
mod stamps;
mod state;
mod statements;
mod studies;

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    if let Some(ended) = sandbox::take_over() {
        return ended;
    }
    let arguments = cli::Arguments::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("seawall: no threads to run on: {error}");
            return exit::Exit::Error.into();
        }
    };
    let outcome = runtime.block_on(cli::run(arguments));
    runtime.shutdown_timeout(std::time::Duration::from_secs(5));
    outcome.unwrap_or_else(|failure| failure.tell()).into()
}
