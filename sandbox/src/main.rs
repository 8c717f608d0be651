//! The worker by itself, as the crate's own tests start it; the program `seawall` starts itself.

use std::process::ExitCode;

fn main() -> ExitCode {
    sandbox::take_over().unwrap_or_else(|| {
        eprintln!("sandbox-worker: reads jobs from a pool; it does nothing by itself");
        ExitCode::FAILURE
    })
}
