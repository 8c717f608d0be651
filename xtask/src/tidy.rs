//! `cargo xtask tidy`: the house rules that a program can check.
//!
//! Each checker takes text and returns what it found wrong, so that it is tested with data. The
//! length of functions is clippy's to check (`clippy.toml`).

mod edges;
mod licences;
mod lines;
mod links;

use crate::workspace::{Failure, metadata, output, read, root};
use std::collections::BTreeSet;
use std::fmt;

/// Longest `ARCHITECTURE.md`, in lines: a map that is longer is not read.
const MAP_LINES: usize = 300;
const MAP: &str = "ARCHITECTURE.md";

/// One thing that breaks a house rule, and where.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The file, relative to the root.
    file: String,
    /// The line, from 1; 0 where the whole file is meant.
    line: usize,
    /// What is wrong and what is wanted.
    what: String,
}

impl Problem {
    fn new(file: &str, line: usize, what: impl Into<String>) -> Self {
        Self { file: file.into(), line, what: what.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.file, self.what),
            line => write!(f, "{}:{line}: {}", self.file, self.what),
        }
    }
}

/// Runs every checker over the files that git knows or would take.
///
/// # Errors
/// Where a house rule is broken; each place is printed.
pub fn run() -> Result<(), Failure> {
    let files = files()?;
    let mut problems = check_files(&files)?;
    let metadata = metadata()?;
    problems.extend(edges::check(&metadata.packages));
    problems.extend(licences::check(&read(&root().join("deny.toml"))?, &metadata.packages)?);
    problems.sort();
    if problems.is_empty() {
        eprintln!("{} files and {} packages are tidy", files.len(), metadata.packages.len());
        return Ok(());
    }
    for problem in &problems {
        eprintln!("{problem}");
    }
    Err(Failure::Check(format!("{} places are not tidy", problems.len())))
}

/// Every file that is committed, or would be by `git add`, relative to the root.
fn files() -> Result<BTreeSet<String>, Failure> {
    let words = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"];
    let listing = output(&words)?;
    let names = listing.split('\0').filter(|name| !name.is_empty());
    Ok(names.filter(|name| root().join(name).is_file()).map(str::to_owned).collect())
}

fn check_files(files: &BTreeSet<String>) -> Result<Vec<Problem>, Failure> {
    let mut problems = Vec::new();
    let pages = links::Pages::new(files, |page| read(&root().join(page)).ok());
    for file in files.iter().filter(|file| lines::is_text(file)) {
        let text = read(&root().join(file))?;
        problems.extend(lines::check(file, &text));
        if file.ends_with(".md") {
            problems.extend(pages.check_links(file, &text));
        }
        if file == MAP {
            problems.extend(pages.check_paths(file, &text));
            problems.extend(check_map_length(&text));
        }
    }
    Ok(problems)
}

fn check_map_length(text: &str) -> Option<Problem> {
    let lines = text.lines().count();
    let what = format!("{lines} lines; the map has fewer than {MAP_LINES}");
    (lines >= MAP_LINES).then(|| Problem::new(MAP, 0, what))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn problems_say_where() {
        assert_eq!(Problem::new("a.rs", 3, "too long").to_string(), "a.rs:3: too long");
        assert_eq!(Problem::new("a.rs", 0, "too long").to_string(), "a.rs: too long");
    }

    #[test]
    fn the_map_stays_short() {
        assert_eq!(check_map_length(&"line\n".repeat(MAP_LINES - 1)), None);
        assert!(check_map_length(&"line\n".repeat(MAP_LINES)).is_some());
    }
}
