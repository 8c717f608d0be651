//! Checks of single lines: their length, the opening of Rust files, words that must not stay.

use super::Problem;

/// Longest line of Rust, in characters.
const COLUMNS: usize = 100;

/// Endings of the files that are checked.
const TEXT: &[&str] = &[
    ".rs",
    ".md",
    ".toml",
    ".ts",
    ".mjs",
    ".js",
    ".css",
    ".html",
    ".sh",
    ".yml",
    ".cel",
    ".sql",
    "Makefile",
    "scripts/setup",
    ".ci/run",
];

/// Words of unfinished work. They are put together here so that this file does not hold them.
const UNFINISHED: &[&str] = &[concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")];

/// Folders of one machine, which mean nothing on another. Put together for the same reason.
const MACHINE: &[&str] =
    &[concat!("/wo", "rk/"), concat!("/tmp/", "target-"), concat!("/ro", "ot/")];

/// Whether a file is read by the checks of lines.
#[must_use]
pub fn is_text(file: &str) -> bool {
    TEXT.iter().any(|ending| file.ends_with(ending))
}

/// Checks every line of a file.
#[must_use]
pub fn check(file: &str, text: &str) -> Vec<Problem> {
    let mut problems = Vec::new();
    let rust = file.ends_with(".rs");
    if rust && !text.starts_with("//!") {
        problems.push(Problem::new(file, 1, "opens without `//!`: say what the module is for"));
    }
    for (index, line) in text.lines().enumerate() {
        let place = |what: String| Problem::new(file, index + 1, what);
        if rust {
            problems.extend(too_long(line).map(place));
        }
        if !file.ends_with(".md") {
            problems.extend(unfinished(line).map(place));
        }
        problems.extend(of_one_machine(line).map(place));
    }
    problems
}

/// A line that is too long, unless an address alone makes it so: addresses cannot be broken.
fn too_long(line: &str) -> Option<String> {
    let columns = line.chars().count();
    let address: usize = line
        .split_whitespace()
        .filter(|word| word.contains("://"))
        .map(|word| word.chars().count())
        .sum();
    let what = || format!("{columns} columns; at most {COLUMNS}");
    (columns - address > COLUMNS || (address == 0 && columns > COLUMNS)).then(what)
}

fn unfinished(line: &str) -> Option<String> {
    let is_word_part = |c: char| c.is_alphanumeric() || c == '_';
    let mut words = line.split(|c: char| !is_word_part(c));
    let word = words.find(|word| UNFINISHED.contains(word))?;
    Some(format!("`{word}`: finish it, or write down why it stays as it is"))
}

fn of_one_machine(line: &str) -> Option<String> {
    let folder = MACHINE.iter().find(|folder| line.contains(*folder))?;
    Some(format!("`{folder}` is a folder of one machine"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(file: &str, text: &str) -> Vec<String> {
        check(file, text).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn finds_what_breaks_a_rule_of_lines() {
        let long = format!("//! {}", "x".repeat(97));
        let unfinished = format!("//! a\n// {}: later", UNFINISHED[0]);
        let machine = format!("see {}main", MACHINE[0]);
        for (file, text, expected) in [
            ("a.rs", "use b;\n", "a.rs:1: opens without `//!`: say what the module is for"),
            ("a.rs", &long, "a.rs:1: 101 columns; at most 100"),
            ("a.rs", &unfinished, "a.rs:2: `"),
            ("docs/a.md", &machine, "docs/a.md:1: `"),
        ] {
            let found = found(file, text);
            assert_eq!(found.len(), 1, "{file} {text} {found:?}");
            assert!(found[0].starts_with(expected), "{found:?}");
        }
    }

    #[test]
    fn leaves_alone_what_keeps_the_rules() {
        let address = format!("//! See https://example.org/{}", "x".repeat(120));
        let columns = format!("//! {}", "ä".repeat(96));
        let word = format!("{}NE {}_list", UNFINISHED[0], UNFINISHED[0]);
        for (file, text) in [
            ("a.rs", "//! A module.\n"),
            ("a.rs", &address),
            ("a.rs", &columns),
            ("a.toml", &word),
            ("docs/a.md", "x".repeat(200).as_str()),
            ("docs/a.md", UNFINISHED[0]),
        ] {
            assert!(found(file, text).is_empty(), "{file} {text}");
        }
    }

    #[test]
    fn an_address_does_not_hide_a_long_line() {
        let text = format!("//! {} https://example.org/", "x".repeat(100));
        assert_eq!(found("a.rs", &text).len(), 1);
    }

    #[test]
    fn knows_text_by_its_ending() {
        for (file, expected) in [
            ("model/src/lib.rs", true),
            ("Makefile", true),
            ("web/src/a.ts", true),
            ("a.png", false),
            ("Cargo.lock", false),
            ("web/package-lock.json", false),
        ] {
            assert_eq!(is_text(file), expected, "{file}");
        }
    }
}
