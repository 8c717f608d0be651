//! What the commands need of the machine: the root folder, child programs, cargo's metadata.

use serde::Deserialize;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Why a command of this program failed.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// A program could not be started.
    #[error("`{program}` could not be started: {source}")]
    Start {
        /// The program.
        program: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// A program ended with another status than 0.
    #[error("`{program}` failed ({status})")]
    Status {
        /// The program and its arguments.
        program: String,
        /// Its exit status.
        status: std::process::ExitStatus,
    },
    /// A file could not be read or written.
    #[error("{path}: {source}")]
    File {
        /// The file.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// A program's output or a file is not what it should be.
    #[error("{what} cannot be read: {why}")]
    Unreadable {
        /// What was read.
        what: String,
        /// Why it cannot be.
        why: String,
    },
    /// The check itself failed; what it found has been printed.
    #[error("{0}")]
    Check(String),
}

/// The root folder of the workspace.
#[must_use]
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// Cargo, as it was started itself.
#[must_use]
pub fn cargo() -> OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// A command in the root folder; the word `cargo` stands for the cargo that runs this program.
#[must_use]
pub fn command(words: &[&str]) -> Command {
    let (program, arguments) = words.split_first().unwrap_or((&"", &[]));
    let program = if *program == "cargo" { cargo() } else { OsString::from(program) };
    let mut command = Command::new(program);
    command.args(arguments).current_dir(root());
    command
}

/// Builds the program as the tests build it and gives where it is. A build of the program alone has
/// fewer features of shared crates switched on, and would compile most of them a second time.
///
/// # Errors
/// Where it does not build.
pub fn program() -> Result<PathBuf, Failure> {
    succeed(&[
        "cargo",
        "test",
        "--quiet",
        "--workspace",
        "--locked",
        "--lib",
        "--bins",
        "--tests",
        "--examples",
        "--no-run",
    ])?;
    Ok(metadata()?.target_directory.join("debug").join("seawall"))
}

/// Runs a command with its output going where ours goes.
///
/// # Errors
/// Where it cannot be started or ends with another status than 0.
pub fn succeed(words: &[&str]) -> Result<(), Failure> {
    let status = command(words)
        .status()
        .map_err(|source| Failure::Start { program: words.join(" "), source })?;
    if status.success() {
        return Ok(());
    }
    Err(Failure::Status { program: words.join(" "), status })
}

/// Runs a command and returns its standard output; its standard error goes where ours goes.
///
/// # Errors
/// Where it cannot be started, ends with another status than 0, or prints no UTF-8.
pub fn output(words: &[&str]) -> Result<String, Failure> {
    let output = command(words)
        .stderr(std::process::Stdio::inherit())
        .output()
        .map_err(|source| Failure::Start { program: words.join(" "), source })?;
    if !output.status.success() {
        return Err(Failure::Status { program: words.join(" "), status: output.status });
    }
    String::from_utf8(output.stdout).map_err(|error| Failure::Unreadable {
        what: format!("what `{}` printed", words.join(" ")),
        why: error.to_string(),
    })
}

/// Reads a text file.
///
/// # Errors
/// Where it cannot be read or is no UTF-8.
pub fn read(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path)
        .map_err(|source| Failure::File { path: path.display().to_string(), source })
}

/// What `cargo metadata` says, as far as it is used here.
#[derive(Debug, Deserialize)]
pub struct Metadata {
    /// Every package of the dependency graph.
    pub packages: Vec<Package>,
    /// Where cargo builds.
    pub target_directory: PathBuf,
}

/// One package of the dependency graph.
#[derive(Debug, Deserialize)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Where it comes from; `None` for a crate of this workspace.
    pub source: Option<String>,
    /// Its licence as an SPDX expression.
    pub license: Option<String>,
    /// What it depends on.
    #[serde(default)]
    pub dependencies: Vec<Dependency>,
    /// What it builds.
    #[serde(default)]
    pub targets: Vec<Target>,
}

/// One dependency of a package.
#[derive(Debug, Deserialize)]
pub struct Dependency {
    /// The name of the package depended on.
    pub name: String,
    /// `None` for an ordinary dependency, otherwise `dev` or `build`.
    pub kind: Option<String>,
    /// The folder, for a dependency by path.
    pub path: Option<String>,
}

/// One thing that a package builds.
#[derive(Debug, Deserialize)]
pub struct Target {
    /// Its name.
    pub name: String,
    /// Its kinds, such as `lib` or `bench`.
    pub kind: Vec<String>,
}

/// Asks cargo for the workspace and every dependency of it.
///
/// # Errors
/// Where cargo fails, as it does when `Cargo.lock` is stale.
pub fn metadata() -> Result<Metadata, Failure> {
    let text = output(&["cargo", "metadata", "--format-version", "1", "--locked"])?;
    serde_json::from_str(&text).map_err(|error| Failure::Unreadable {
        what: "the output of cargo metadata".into(),
        why: error.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_holds_the_workspace() {
        assert!(root().join("Cargo.toml").is_file());
        assert!(root().join("xtask/src/workspace.rs").is_file());
    }

    #[test]
    fn programs_succeed_fail_or_are_absent() {
        assert!(succeed(&["true"]).is_ok());
        assert!(matches!(succeed(&["false"]), Err(Failure::Status { .. })));
        assert!(matches!(succeed(&["no-such-program"]), Err(Failure::Start { .. })));
        assert_eq!(output(&["echo", "word"]).unwrap(), "word\n");
    }
}
