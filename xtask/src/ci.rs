//! `cargo xtask ci`: every check and test in order, the first failure stops the run.

use crate::workspace::{Failure, command, program, root, succeed};
use crate::{docs, fuzz, tidy};
use std::time::{Duration, Instant};

/// One step of the run.
struct Step {
    name: &'static str,
    work: Work,
}

/// What a step does.
enum Work {
    /// A function of this program.
    Here(fn() -> Result<(), Failure>),
    /// A command in the root folder.
    Command(&'static [&'static str]),
}

const CLIPPY: &[&str] =
    &["cargo", "clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"];
const TESTS: &[&str] =
    &["cargo", "test", "--workspace", "--locked", "--lib", "--bins", "--tests", "--examples"];

const FUZZ_FORMAT: &[&str] = &["cargo", "fmt", "--manifest-path", "fuzz/Cargo.toml", "--check"];

/// The steps in order, cheapest first.
const STEPS: &[Step] = &[
    Step { name: "tidy", work: Work::Here(tidy::run) },
    Step { name: "format", work: Work::Command(&["cargo", "fmt", "--all", "--check"]) },
    Step { name: "format of fuzz targets", work: Work::Command(FUZZ_FORMAT) },
    Step { name: "web", work: Work::Here(web) },
    Step { name: "clippy", work: Work::Command(CLIPPY) },
    Step { name: "tests", work: Work::Command(TESTS) },
    Step {
        name: "documentation tests",
        work: Work::Command(&["cargo", "test", "--workspace", "--locked", "--doc"]),
    },
    Step { name: "reference pages", work: Work::Here(docs::check) },
    Step { name: "fuzz", work: Work::Here(fuzz::ci) },
    Step { name: "browser", work: Work::Here(browser) },
];

/// Runs every step and prints how long each took.
///
/// # Errors
/// Where a step fails; the steps after it are not run.
pub fn run() -> Result<(), Failure> {
    let mut times: Vec<(&str, Duration)> = Vec::new();
    for step in STEPS {
        eprintln!("\n== {}", step.name);
        let start = Instant::now();
        let outcome = match &step.work {
            Work::Here(function) => function(),
            Work::Command(words) => succeed(words),
        };
        let time = start.elapsed();
        outcome.map_err(|failure| {
            Failure::Check(format!("{} failed after {}: {failure}", step.name, seconds(time)))
        })?;
        eprintln!("== {}: passed in {}", step.name, seconds(time));
        times.push((step.name, time));
    }
    eprintln!("\n{}", summary(&times));
    Ok(())
}

fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

fn summary(times: &[(&str, Duration)]) -> String {
    let total: Duration = times.iter().map(|(_, time)| *time).sum();
    let rows = times.iter().copied().chain([("all", total)]);
    rows.map(|(name, time)| format!("{name:<20} {:>9}", seconds(time)))
        .collect::<Vec<_>>()
        .join("\n")
}

/// Checks the types and runs the tests of the console's scripts.
fn web() -> Result<(), Failure> {
    if !root().join("web/dist").is_dir() || !root().join("web/node_modules").is_dir() {
        let problem = "web/ is not built, and the program embeds it: run `make web` first";
        return Err(Failure::Check(problem.into()));
    }
    succeed(&["npm", "--prefix", "web", "run", "check", "--if-present"])?;
    succeed(&["npm", "--prefix", "web", "test", "--if-present"])
}

/// Drives the real program in a real browser.
fn browser() -> Result<(), Failure> {
    if !root().join("tests/browser/node_modules").is_dir() {
        let problem = "tests/browser lacks its packages: run `make test`, which installs them";
        return Err(Failure::Check(problem.into()));
    }
    let binary = program()?;
    for script in ["tests/browser/islands/run.mjs", "tests/browser/run.mjs"] {
        let words = ["node", script];
        let status = command(&words)
            .env("SEAWALL_BIN", &binary)
            .status()
            .map_err(|source| Failure::Start { program: words.join(" "), source })?;
        if !status.success() {
            return Err(Failure::Status { program: words.join(" "), status });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_have_each_their_own_name_and_stay_locked() {
        for (index, step) in STEPS.iter().enumerate() {
            assert!(STEPS[..index].iter().all(|other| other.name != step.name), "{}", step.name);
            if let Work::Command(words) = step.work {
                let locked = words.contains(&"--locked") || words.contains(&"fmt");
                assert!(locked, "{} could change Cargo.lock", step.name);
            }
        }
    }

    #[test]
    fn the_summary_adds_up() {
        let times = [("one", Duration::from_millis(1_500)), ("two", Duration::from_secs(2))];
        let expected = "one                      1.5 s\n\
                        two                      2.0 s\n\
                        all                      3.5 s";
        assert_eq!(summary(&times), expected);
    }
}
