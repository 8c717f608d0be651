//! `cargo xtask bench`: runs the benchmark programs and collects what they measured.
//!
//! A benchmark is a program of the crate `benches` that prints one JSON object a line on its
//! standard output; its peers are scripts that print the same. Whatever else they print goes to
//! standard error.

mod lines;
mod machine;
mod peers;

use crate::workspace::{Failure, command, metadata, output, root, succeed};
use lines::{Line, Measurement};
use peers::Python;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The crate of the benchmark programs.
const PACKAGE: &str = "benches";
/// The benchmarks that start the program itself.
const WITH_PROGRAM: [&str; 4] = ["check", "lookup", "serve", "tables"];
/// Where programs and peers share files; git ignores it.
const FOLDER: &str = ".cache/bench";

/// How the results are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// As a table for people.
    Table,
    /// As one JSON object a line.
    Json,
    /// As the table and the description of the machine that documentation holds.
    Markdown,
}

/// Which peers are run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Peers {
    /// Those that are installed already.
    AsInstalled,
    /// All, after they have been installed from their registry.
    Install,
}

/// Runs one benchmark or all, and prints what they measured.
///
/// # Errors
/// Where there is no such benchmark, or one fails. A peer that fails has no value.
pub fn run(name: Option<&str>, format: Format, peers: Peers) -> Result<(), Failure> {
    let names = choose(benches()?, name)?;
    let folder = root().join(FOLDER);
    make(&folder)?;
    let mut environment = vec![("SEAWALL_BENCH_FOLDER", folder.into_os_string())];
    if names.iter().any(|name| WITH_PROGRAM.contains(&name.as_str())) {
        environment.push(("SEAWALL_BINARY", binary()?.into_os_string()));
    }
    let python = peers::python(peers);
    build()?;
    let load_before = machine::load();
    let mut measurements: Vec<Measurement> = Vec::new();
    for name in names {
        eprintln!("== {name}");
        let mut printed = vec![program(&name, &environment)?];
        printed.extend(python.as_ref().and_then(|python| peer(python, &name, &environment)));
        let found = printed.iter().flat_map(|text| told(text)).collect();
        measurements.extend(lines::joined(found));
    }
    match format {
        Format::Table => println!("{}", lines::table(&measurements)),
        Format::Json => print!("{}", lines::json(&measurements)?),
        Format::Markdown => {
            let machine = machine::described(&load_before);
            println!("{}\n\n{machine}", lines::markdown(&measurements));
        }
    }
    Ok(())
}

/// The names of all benchmarks.
fn benches() -> Result<Vec<String>, Failure> {
    let packages = metadata()?.packages;
    let own = packages.into_iter().filter(|one| one.source.is_none() && one.name == PACKAGE);
    let targets = own.flat_map(|package| package.targets);
    let benches = targets.filter(|target| target.kind.iter().any(|kind| kind == "bench"));
    let mut names: Vec<String> = benches.map(|target| target.name).collect();
    names.sort();
    Ok(names)
}

fn choose(all: Vec<String>, name: Option<&str>) -> Result<Vec<String>, Failure> {
    let Some(name) = name else { return Ok(all) };
    if all.iter().any(|known| known == name) {
        return Ok(vec![name.to_owned()]);
    }
    Err(Failure::Check(format!("no benchmark `{name}`; there are: {}", all.join(", "))))
}

/// Builds the program that is measured, and says where it is; another build can be named by
/// `SEAWALL_BINARY`.
fn binary() -> Result<PathBuf, Failure> {
    if let Some(named) = std::env::var_os("SEAWALL_BINARY") {
        return Ok(named.into());
    }
    succeed(&["cargo", "build", "--quiet", "--release", "--package", "seawall", "--locked"])?;
    Ok(metadata()?.target_directory.join("release").join("seawall"))
}

fn make(folder: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(folder)
        .map_err(|source| Failure::File { path: folder.display().to_string(), source })
}

/// The words of a cargo command on the benchmark programs. They are built as releases are, so that
/// most of what the program was built from serves them too.
fn cargo_bench(rest: &[&'static str]) -> Vec<&'static str> {
    let words =
        ["cargo", "bench", "--quiet", "--locked", "--profile", "release", "--package", PACKAGE];
    [&words, rest].concat()
}

fn build() -> Result<(), Failure> {
    succeed(&cargo_bench(&["--benches", "--no-run"]))
}

/// Runs one benchmark program and gives what it printed.
fn program(name: &str, environment: &[(&str, OsString)]) -> Result<String, Failure> {
    let mut words = cargo_bench(&["--bench"]);
    words.push(name);
    captured(&words, environment)
}

/// Runs the peer of a benchmark. Where it fails, its values are not known, and the rest goes on.
fn peer(python: &Python, name: &str, environment: &[(&str, OsString)]) -> Option<String> {
    let words = python.words(name)?;
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match captured(&words, environment) {
        Ok(printed) => Some(printed),
        Err(failure) => {
            eprintln!("the peer of {name} is left out: {failure}");
            None
        }
    }
}

fn captured(words: &[&str], environment: &[(&str, OsString)]) -> Result<String, Failure> {
    let output = command(words)
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .stderr(std::process::Stdio::inherit())
        .output()
        .map_err(|source| Failure::Start { program: words.join(" "), source })?;
    if !output.status.success() {
        return Err(Failure::Status { program: words.join(" "), status: output.status });
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The lines of an output that are measurements; the others are shown.
fn told(printed: &str) -> Vec<Line> {
    let (found, rest) = lines::parse(printed);
    for line in rest {
        eprintln!("{line}");
    }
    found
}

/// What a command prints, in one line; nothing where it fails.
fn said(words: &[&str]) -> Option<String> {
    Some(output(words).ok()?.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chooses_by_name() {
        let all = || vec!["a".to_owned(), "b".to_owned()];
        assert_eq!(choose(all(), None).unwrap(), all());
        assert_eq!(choose(all(), Some("b")).unwrap(), ["b"]);
        let refused = choose(all(), Some("c")).unwrap_err().to_string();
        assert_eq!(refused, "no benchmark `c`; there are: a, b");
    }

    #[test]
    fn every_benchmark_is_known() {
        let known = [
            "campaign_accuracy",
            "campaigns",
            "census",
            "check",
            "evasions",
            "graph",
            "language",
            "language_model",
            "learn",
            "lookup",
            "near",
            "pdq",
            "returns_accuracy",
            "rules",
            "serve",
            "simulate",
            "tables",
            "text",
        ];
        assert_eq!(benches().unwrap(), known);
        assert!(WITH_PROGRAM.iter().all(|name| known.contains(name)));
    }
}
