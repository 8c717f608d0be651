//! `cargo xtask fuzz`: builds the fuzz targets and runs them with libFuzzer.
//!
//! The program of all targets is the crate in `fuzz/`, a workspace of its own. It is built with the
//! flags below, which a stable compiler takes: code that counts which of its parts were reached and
//! tells what it compares with what. A target runs from its corpus, `fuzz/corpus/TARGET`. What it
//! finds beyond that stays in the target folder, and a run by hand goes on from there; what makes
//! it fail is written to `fuzz/artifacts`.

use crate::workspace::{Failure, command, metadata, output, root};
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Coverage as libFuzzer reads it: a counter for each edge, and calls before comparisons.
const FLAGS: &[&str] = &[
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "--cfg=fuzzing",
];

/// Most inputs of each target in continuous integration.
const RUNS_ANEW: u32 = 400;
/// Seconds for each target in continuous integration.
const CI_SECONDS: u32 = 3;
/// Most memory of a run.
const MEMORY_MB: u32 = 2_048;
/// Longest time for one input.
const INPUT_SECONDS: u32 = 10;
/// Largest file of a corpus, and all corpora together, in bytes.
const FILE_BYTES: u64 = 16_384;
const CORPORA_BYTES: u64 = 1_048_576;
/// Lines of a failed run that are shown.
const LINES_SHOWN: usize = 40;

/// What to run.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Run this target alone.
    target: Option<String>,
    /// How long each target runs.
    #[arg(long, default_value_t = 5)]
    seconds: u32,
    /// Run the target once, with this file.
    #[arg(long, requires = "target", conflicts_with = "seconds")]
    input: Option<PathBuf>,
}

/// Where a run begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Begin {
    /// At the corpus alone, always with the same numbers: a failure comes from what was changed.
    Anew,
    /// At what earlier runs found, with numbers of its own.
    WhereItEnded,
}

/// One target, as the program lists it.
#[derive(Debug, PartialEq, Eq)]
struct Target {
    name: String,
    most_bytes: u32,
}

/// What libFuzzer tells at the end of a run.
#[derive(Debug, Default, PartialEq, Eq)]
struct Told {
    executions: u64,
    coverage: u64,
}

/// The program of all targets.
struct Program {
    file: PathBuf,
    found: PathBuf,
}

/// Builds the program, checks the corpora and runs what is asked for.
///
/// # Errors
/// Where it does not build, there is no such target, a corpus is missing or too large, or a target
/// fails.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let program = Program::build()?;
    let mut targets = program.targets()?;
    if let Some(wanted) = &arguments.target {
        targets.retain(|target| target.name == *wanted);
        if targets.is_empty() {
            let problem = "there is no such target: `cargo xtask fuzz` runs and names them all";
            return Err(Failure::Check(format!("{wanted}: {problem}")));
        }
    }
    match (&arguments.input, targets.as_slice()) {
        (Some(input), [target]) => program.once(target, input),
        _ => program.all(&targets, arguments.seconds, Begin::WhereItEnded),
    }
}

/// Builds the program, checks the corpora and runs every target for a few seconds.
///
/// # Errors
/// As [`run`].
pub fn ci() -> Result<(), Failure> {
    let program = Program::build()?;
    let targets = program.targets()?;
    program.all(&targets, CI_SECONDS, Begin::Anew)
}

fn target_folder() -> Result<PathBuf, Failure> {
    Ok(metadata()?.target_directory.join("fuzz"))
}

fn host() -> Result<String, Failure> {
    let version = output(&["rustc", "-vV"])?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).ok_or_else(|| Failure::Unreadable {
        what: "the output of rustc -vV".into(),
        why: "it names no host".into(),
    })
}

/// A command of cargo on the crate of targets. With a target of its own, so that the flags do not
/// go to programs that cargo runs while it builds.
fn cargo(words: &[&str]) -> Result<Command, Failure> {
    let mut command = command(&[&["cargo"], words].concat());
    command
        .args(["--release", "--locked", "--manifest-path", "fuzz/Cargo.toml", "--target"])
        .arg(host()?)
        .env("CARGO_TARGET_DIR", target_folder()?)
        .env("CARGO_ENCODED_RUSTFLAGS", FLAGS.join("\u{1f}"));
    Ok(command)
}

fn succeed(command: &mut Command, name: &str) -> Result<(), Failure> {
    let program = || name.to_owned();
    let status =
        command.status().map_err(|source| Failure::Start { program: program(), source })?;
    if status.success() {
        return Ok(());
    }
    Err(Failure::Status { program: program(), status })
}

impl Program {
    fn build() -> Result<Self, Failure> {
        make(&root().join("fuzz/artifacts"))?;
        succeed(&mut cargo(&["build", "--quiet"])?, "cargo build of fuzz/")?;
        let folder = target_folder()?;
        let file = folder.join(host()?).join("release").join("fuzz");
        Ok(Self { file, found: folder.join("found") })
    }

    /// Every target, with its corpus checked.
    fn targets(&self) -> Result<Vec<Target>, Failure> {
        let list = output(&[&self.file.to_string_lossy()])?;
        let targets: Option<Vec<Target>> = list.lines().map(listed).collect();
        let targets = targets.ok_or_else(|| Failure::Unreadable {
            what: "the list of fuzz targets".into(),
            why: "a line is not a name and a number".into(),
        })?;
        check_corpora(&targets)?;
        Ok(targets)
    }

    /// Runs targets one after another, a line for each.
    fn all(&self, targets: &[Target], seconds: u32, begin: Begin) -> Result<(), Failure> {
        let mut failed = Vec::new();
        for target in targets {
            let result = self.fuzz(target, seconds, begin)?;
            let told = told(&String::from_utf8_lossy(&result.stderr));
            let Target { name, .. } = target;
            let Told { executions, coverage } = told;
            let outcome = if result.status.success() { "passed" } else { "FAILED" };
            println!("{name:<16} {executions:>10} executions {coverage:>7} edges  {outcome}");
            if !result.status.success() {
                show(&result);
                failed.push(name.as_str());
            }
        }
        if failed.is_empty() {
            return Ok(());
        }
        let failed = failed.join(", ");
        Err(Failure::Check(format!(
            "{failed} failed: the input is in fuzz/artifacts; mend the code, try again with \
             `cargo xtask fuzz TARGET --input FILE`, then add the file to fuzz/corpus/TARGET"
        )))
    }

    fn fuzz(&self, target: &Target, seconds: u32, begin: Begin) -> Result<Output, Failure> {
        let found = self.found.join(&target.name);
        let mut run = self.command(target);
        if begin == Begin::Anew {
            // The same inputs on every machine: what a faster one would find is for runs by hand.
            run.arg("-seed=1").arg(format!("-runs={RUNS_ANEW}"));
            clear(&found)?;
        }
        make(&found)?;
        let words = root().join("fuzz/dictionaries").join(format!("{}.dict", target.name));
        if words.is_file() {
            run.arg(prefixed("-dict=", &words));
        }
        run.arg(format!("-max_total_time={seconds}"));
        run.arg("-print_final_stats=1").arg(found).arg(corpus(&target.name));
        run.output().map_err(|source| self.not_started(source))
    }

    fn once(&self, target: &Target, input: &Path) -> Result<(), Failure> {
        let file = std::path::absolute(input).unwrap_or_else(|_| input.to_path_buf());
        succeed(self.command(target).arg(file), "the target with this input")
    }

    fn command(&self, target: &Target) -> Command {
        let mut command = command(&[&self.file.to_string_lossy()]);
        let artifacts = root().join("fuzz/artifacts").join(format!("{}-", target.name));
        command
            .env("SEAWALL_FUZZ_TARGET", &target.name)
            .env("RUST_BACKTRACE", "0")
            .arg(format!("-max_len={}", target.most_bytes))
            .arg(format!("-rss_limit_mb={MEMORY_MB}"))
            .arg(format!("-timeout={INPUT_SECONDS}"))
            .arg(prefixed("-artifact_prefix=", &artifacts));
        command
    }

    fn not_started(&self, source: std::io::Error) -> Failure {
        Failure::Start { program: self.file.display().to_string(), source }
    }
}

/// The last lines of what a failed run said: what panicked and where, or which limit was passed.
fn show(result: &Output) {
    let said = String::from_utf8_lossy(&result.stderr);
    let telling = |line: &&str| !line.starts_with('#') && !line.starts_with("stat::");
    let lines: Vec<&str> = said.lines().filter(telling).collect();
    for line in &lines[lines.len().saturating_sub(LINES_SHOWN)..] {
        eprintln!("    {line}");
    }
}

fn corpus(name: &str) -> PathBuf {
    root().join("fuzz/corpus").join(name)
}

fn prefixed(option: &str, path: &Path) -> OsString {
    let mut argument = OsString::from(option);
    argument.push(path);
    argument
}

fn failed(path: &Path) -> impl FnOnce(std::io::Error) -> Failure {
    let path = path.display().to_string();
    move |source| Failure::File { path, source }
}

fn make(folder: &Path) -> Result<(), Failure> {
    fs::create_dir_all(folder).map_err(failed(folder))
}

fn clear(folder: &Path) -> Result<(), Failure> {
    if folder.is_dir() { fs::remove_dir_all(folder).map_err(failed(folder)) } else { Ok(()) }
}

/// A line of the program's list: a name and the most bytes of an input.
fn listed(line: &str) -> Option<Target> {
    let (name, most_bytes) = line.split_once(' ')?;
    Some(Target { name: name.to_owned(), most_bytes: most_bytes.parse().ok()? })
}

/// Reads what libFuzzer said. A run that failed has no number of executions at its end; the last
/// that it told stands for it.
fn told(said: &str) -> Told {
    let mut told = Told::default();
    let number = |word: &str| word.parse::<u64>().ok();
    for line in said.lines() {
        let mut words = line.split_ascii_whitespace();
        let first = words.next().unwrap_or_default();
        if let Some(executions) = first.strip_prefix('#').and_then(number) {
            let coverage = words.skip_while(|word| *word != "cov:").nth(1).and_then(number);
            told = Told { executions, coverage: coverage.unwrap_or(told.coverage) };
        } else if first == "stat::number_of_executed_units:" {
            told.executions = words.next().and_then(number).unwrap_or(told.executions);
        }
    }
    told
}

/// Every target has a corpus, every corpus a target, and none is large.
fn check_corpora(targets: &[Target]) -> Result<(), Failure> {
    let names: BTreeSet<String> = targets.iter().map(|target| target.name.clone()).collect();
    let folders: BTreeSet<String> = files(&root().join("fuzz/corpus"))?.into_keys().collect();
    if let Some(name) = names.symmetric_difference(&folders).next() {
        let problem = "fuzz/corpus has one folder for each target of fuzz/src/main.rs";
        return Err(Failure::Check(format!("{name}: {problem}")));
    }
    let mut all = 0;
    for Target { name, most_bytes } in targets {
        let sizes = files(&corpus(name))?;
        let most = FILE_BYTES.min(u64::from(*most_bytes));
        if let Some((file, size)) = sizes.iter().find(|(_, size)| **size > most) {
            let problem = format!("{size} bytes; at most {most} are tried of this target");
            return Err(Failure::Check(format!("fuzz/corpus/{name}/{file}: {problem}")));
        }
        if sizes.is_empty() {
            return Err(Failure::Check(format!("fuzz/corpus/{name} is empty: add an input")));
        }
        all += sizes.values().sum::<u64>();
    }
    if all > CORPORA_BYTES {
        let problem = format!("{all} bytes; all files together have at most {CORPORA_BYTES}");
        return Err(Failure::Check(format!("fuzz/corpus: {problem}")));
    }
    Ok(())
}

/// What is in a folder, with its size in bytes.
fn files(folder: &Path) -> Result<BTreeMap<String, u64>, Failure> {
    let entries = fs::read_dir(folder).map_err(failed(folder))?;
    let sized = entries.map(|entry| {
        let entry = entry?;
        Ok((entry.file_name().to_string_lossy().into_owned(), entry.metadata()?.len()))
    });
    sized.collect::<std::io::Result<_>>().map_err(failed(folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_the_fuzzer_says() {
        let run = "INFO: Running with entropic power schedule (0xFF, 100).\n\
                   #4\tINITED cov: 10 ft: 11 corp: 1/1b exec/s: 0 rss: 27Mb\n\
                   #900\tNEW    cov: 25 ft: 30 corp: 3/9b lim: 53 exec/s: 0 rss: 27Mb\n";
        let end = "#1024\tDONE   cov: 25 ft: 30 corp: 3/9b lim: 53 exec/s: 512 rss: 27Mb\n\
                   stat::number_of_executed_units: 1031\n";
        for (said, executions, coverage) in [
            ("", 0, 0),
            (run, 900, 25),
            (&format!("{run}{end}"), 1_031, 25),
            ("#word\n#5 no number", 5, 0),
        ] {
            assert_eq!(told(said), Told { executions, coverage }, "{said}");
        }
    }

    #[test]
    fn reads_the_list_of_targets() {
        let target = Target { name: "item".into(), most_bytes: 2_048 };
        assert_eq!(listed("item 2048"), Some(target));
        for line in ["", "item", "item many", "item 1 2"] {
            assert_eq!(listed(line), None, "{line}");
        }
    }

    #[test]
    fn a_target_without_a_corpus_is_named() {
        let missing = Target { name: "no-such-target".into(), most_bytes: 1 };
        let said = check_corpora(&[missing]).expect_err("there is none").to_string();
        assert!(said.contains("one folder for each target"), "{said}");
    }

    #[test]
    fn flags_count_coverage_as_the_fuzzer_reads_it() {
        let flags = FLAGS.join(" ");
        for needed in ["sancov-module", "inline-8bit-counters", "pc-table", "trace-compares"] {
            assert!(flags.contains(needed), "{needed}");
        }
    }
}
