//! What needs no installation: `check`, `hash`, and reading rule and bank files.

mod check;
mod hash;
mod try_bank;

pub use check::{CheckArguments, check};
pub use hash::{HashArguments, hash};
pub use try_bank::{Tried, try_bank};

use crate::cli::Failure;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use model::limits;
use rules::RuleFile;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The rules of an installation that has none of its own.
#[must_use]
pub fn default_rules() -> Vec<RuleFile> {
    let text = include_str!("../../rules/default.toml").to_owned();
    vec![RuleFile { name: "default.toml".to_owned(), text }]
}

/// A progress bar on standard error, where that is a terminal.
#[must_use]
pub fn progress(total: Option<u64>, what: &'static str) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = total.map_or_else(ProgressBar::new_spinner, ProgressBar::new);
    bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(10));
    let template = match total {
        Some(_) => "{bar:40} {human_pos}/{human_len} {msg}, {eta} left",
        None => "{spinner} {human_pos} {msg}, {elapsed}",
    };
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar.set_message(what);
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

/// Reads a rule file.
///
/// # Errors
/// Where it cannot be read, is too large or not UTF-8.
pub fn read_rule_file(path: &Path) -> Result<RuleFile, Failure> {
    let name = path.display().to_string();
    let told = |problem: String| Failure::plain(format!("{name}: {problem}"));
    let bytes = read_bounded(path, limits::RULE_FILE_BYTES)?;
    let text = String::from_utf8(bytes)
        .map_err(|error| told(format!("not UTF-8 at byte {}", error.utf8_error().valid_up_to())))?;
    Ok(RuleFile { name, text })
}

/// Reads rule files, and every `*.toml` of folders.
///
/// # Errors
/// Where one cannot be read, or a folder holds none.
pub fn read_rule_files(paths: &[PathBuf]) -> Result<Vec<RuleFile>, Failure> {
    let mut files = Vec::new();
    for path in expand(paths, &["toml"])? {
        files.push(read_rule_file(&path)?);
    }
    Ok(files)
}

/// Reads a bank file, with its name for problems.
///
/// # Errors
/// Where it cannot be read.
pub fn read_bank_file(path: &Path) -> Result<(String, Vec<u8>), Failure> {
    let bytes = read_bounded(path, 4 * 1_024 * 1_024 * 1_024)?;
    Ok((path.display().to_string(), bytes))
}

/// The name of a file without its ending.
#[must_use]
pub fn stem(path: &Path) -> String {
    path.file_stem().map_or_else(|| "bank".to_owned(), |name| name.to_string_lossy().into_owned())
}

/// Replaces folders by the files in them that have one of the endings, sorted.
///
/// # Errors
/// Where a path does not exist, or a folder cannot be read or holds no such file.
pub fn expand(paths: &[PathBuf], endings: &[&str]) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for path in paths {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let mut inside = files_of(path)?;
        inside.retain(|file| {
            let ending = file.extension().map(|e| e.to_string_lossy().to_lowercase());
            ending.is_some_and(|ending| endings.contains(&ending.as_str()))
        });
        if inside.is_empty() {
            let endings = endings.join(", *.");
            let told = format!("{}: the folder holds no *.{endings}", path.display());
            return Err(Failure::plain(told));
        }
        files.extend(inside);
    }
    Ok(files)
}

/// Every file below a folder, sorted; links are not followed.
///
/// # Errors
/// Where a folder cannot be read.
pub fn files_of(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let told = |error: std::io::Error| Failure::plain(format!("{}: {error}", folder.display()));
    let (mut files, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(&next).map_err(told)? {
            let entry = entry.map_err(told)?;
            let kind = entry.file_type().map_err(told)?;
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_file() {
                files.push(entry.path());
            }
        }
    }
    files.sort();
    Ok(files)
}

/// Reads a file of bounded size.
///
/// # Errors
/// Where it cannot be read or is larger.
pub fn read_bounded(path: &Path, limit: usize) -> Result<Vec<u8>, Failure> {
    let told = |problem: String| Failure::plain(format!("{}: {problem}", path.display()));
    let size = std::fs::metadata(path).map_err(|error| told(error.to_string()))?.len();
    if size > limit as u64 {
        return Err(told(format!("{size} bytes; at most {limit} are read")));
    }
    std::fs::read(path).map_err(|error| told(error.to_string()))
}
