//! `seawall cluster`: the processes that run the tabular plans of studies on several machines.

use super::Failure;
use crate::exit::Exit;
use clap::{Args, Subcommand};
use history::cluster::{ExecutorOptions, Reach, SchedulerOptions, run_executor, run_scheduler};
use std::net::SocketAddr;
use std::path::PathBuf;

/// Run the tabular plans of studies on several machines.
///
/// One scheduler and any number of executors, all of this program. They trust whoever reaches them,
/// so they listen on the loopback address unless the network is said to be trusted.
#[derive(Debug, Subcommand)]
pub enum ClusterCommand {
    /// Give out work.
    Scheduler(SchedulerArguments),
    /// Do work.
    Executor(ExecutorArguments),
}

/// Where a scheduler listens.
#[derive(Debug, Args)]
pub struct SchedulerArguments {
    /// Address and port.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:50050")]
    listen: SocketAddr,
    /// Let it listen beyond this machine: everybody on that network may read what it can read.
    #[arg(long)]
    trusted_network: bool,
}

/// What an executor is told.
#[derive(Debug, Args)]
pub struct ExecutorArguments {
    /// The scheduler.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:50050")]
    scheduler: SocketAddr,
    /// Address and port; port 0 takes any.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Folder for what lies between the steps of a plan.
    #[arg(long, value_name = "FOLDER")]
    work: PathBuf,
    /// Threads; as many as the machine has cores where it is left out.
    #[arg(long, value_name = "NUMBER")]
    threads: Option<usize>,
    /// Memory for plans, in megabytes.
    #[arg(long, value_name = "MEGABYTES", default_value_t = 4_096)]
    memory_mb: u64,
    /// Let it listen beyond this machine.
    #[arg(long)]
    trusted_network: bool,
}

fn reach(trusted_network: bool) -> Reach {
    if trusted_network { Reach::TrustedNetwork } else { Reach::ThisMachine }
}

/// Carries a command out; it runs until it is told to stop.
///
/// # Errors
/// Where it may not or cannot listen there, or does not reach the scheduler.
pub async fn run(command: ClusterCommand) -> Result<Exit, Failure> {
    let ready = |address: SocketAddr| println!("ready {address}");
    let ran = match command {
        ClusterCommand::Scheduler(told) => {
            let options = SchedulerOptions {
                listen: told.listen,
                reach: reach(told.trusted_network),
                gone_after_seconds: 30,
            };
            tokio::select! {
                ran = run_scheduler(&options, ready) => ran,
                () = crate::serve::stop_signal() => Ok(()),
            }
        }
        ClusterCommand::Executor(told) => {
            let cores = std::thread::available_parallelism().map_or(2, usize::from);
            let options = ExecutorOptions {
                scheduler: told.scheduler,
                listen: told.listen,
                reach: reach(told.trusted_network),
                work: told.work,
                threads: told.threads.unwrap_or(cores),
                memory_bytes: told.memory_mb.saturating_mul(1_000_000),
            };
            run_executor(&options, ready).await
        }
    };
    ran.map_err(|error| Failure::plain(error.to_string()))?;
    Ok(Exit::Clean)
}
