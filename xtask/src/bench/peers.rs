//! The peers that benchmarks are run beside: Python packages in a folder that git ignores.

use super::Peers;
use crate::workspace::{Failure, root, succeed};
use std::path::PathBuf;

/// Where they are installed.
const FOLDER: &str = ".cache/peers";
/// The interpreter in there.
const PYTHON: &str = ".cache/peers/bin/python";
/// A file that is written once everything is installed.
const INSTALLED: &str = ".cache/peers/installed.txt";
const REQUIREMENTS: &str = "benches/peers/requirements.txt";

/// The script of each benchmark that has a peer.
const SCRIPTS: &[(&str, &str)] = &[
    ("campaigns", "benches/peers/toolkit.py"),
    ("check", "benches/peers/terms.py"),
    ("graph", "benches/peers/graph.py"),
    ("pdq", "benches/peers/pdq.py"),
    ("rules", "benches/peers/rules.py"),
];

/// An interpreter with the packages of all peers.
#[derive(Debug)]
pub struct Python(PathBuf);

impl Python {
    /// The command of the peer of a benchmark, where it has one.
    pub fn words(&self, bench: &str) -> Option<Vec<String>> {
        let (_, script) = SCRIPTS.iter().find(|(name, _)| *name == bench)?;
        Some(vec![self.0.display().to_string(), "-B".into(), (*script).into()])
    }
}

/// The interpreter, installed first where that is asked for. Without one, benchmarks run without
/// peers, and the reason is told.
pub fn python(peers: Peers) -> Option<Python> {
    if peers == Peers::Install
        && let Err(failure) = install()
    {
        eprintln!("peers cannot be installed and are left out: {failure}");
        return None;
    }
    if root().join(INSTALLED).is_file() {
        return Some(Python(root().join(PYTHON)));
    }
    eprintln!("no peers are installed; `cargo xtask bench --peers` installs them");
    None
}

fn install() -> Result<(), Failure> {
    succeed(&["python3", "-m", "venv", FOLDER])?;
    succeed(&[PYTHON, "-m", "pip", "install", "--quiet", "--requirement", REQUIREMENTS])?;
    let file = root().join(INSTALLED);
    std::fs::copy(root().join(REQUIREMENTS), &file)
        .map_err(|source| Failure::File { path: file.display().to_string(), source })?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_script_is_there_and_found_by_its_benchmark() {
        let python = Python("python".into());
        for (bench, script) in SCRIPTS {
            assert!(root().join(script).is_file(), "{script}");
            assert_eq!(python.words(bench).unwrap().last().map(String::as_str), Some(*script));
        }
        assert_eq!(python.words("serve"), None);
        assert!(root().join(REQUIREMENTS).is_file());
    }
}
