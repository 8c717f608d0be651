//! Checks of Markdown: every relative link resolves, every path that the map names exists.

use super::Problem;
use std::collections::{BTreeMap, BTreeSet};

/// The pages and files that a link can lead to.
pub struct Pages {
    /// Every file and every folder, relative to the root, without a slash at the end.
    places: BTreeSet<String>,
    /// The anchors of each Markdown page.
    anchors: BTreeMap<String, BTreeSet<String>>,
}

impl Pages {
    /// Takes the list of files, and how to read one.
    pub fn new(files: &BTreeSet<String>, read: impl Fn(&str) -> Option<String>) -> Self {
        let mut places = BTreeSet::new();
        for file in files {
            places.insert(file.clone());
            let folders = file.match_indices('/').map(|(at, _)| file[..at].to_owned());
            places.extend(folders);
        }
        let pages = files.iter().filter(|file| file.ends_with(".md"));
        let anchors = pages.filter_map(|page| Some((page.clone(), anchors(&read(page)?))));
        let anchors = anchors.collect();
        Self { places, anchors }
    }

    /// Checks that every relative link of a page leads somewhere.
    #[must_use]
    pub fn check_links(&self, page: &str, text: &str) -> Vec<Problem> {
        let mut problems = Vec::new();
        for (line, prose) in prose_lines(text) {
            for target in link_targets(&without_code(prose)) {
                let what = self.broken(page, &target);
                problems.extend(what.map(|what| Problem::new(page, line, what)));
            }
        }
        problems
    }

    /// Checks that every path in backticks exists.
    #[must_use]
    pub fn check_paths(&self, page: &str, text: &str) -> Vec<Problem> {
        let mut problems = Vec::new();
        for (line, prose) in prose_lines(text) {
            for code in code_spans(prose).into_iter().filter(|code| looks_like_path(code)) {
                if !self.places.contains(code.trim_end_matches('/')) {
                    problems.push(Problem::new(page, line, format!("no file or folder `{code}`")));
                }
            }
        }
        problems
    }

    fn broken(&self, page: &str, target: &str) -> Option<String> {
        if target.contains("://") || target.starts_with("mailto:") {
            return None;
        }
        let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
        let place = if path.is_empty() { Some(page.to_owned()) } else { resolve(page, path) };
        let place = place.filter(|place| self.places.contains(place));
        let Some(place) = place else { return Some(format!("the link `{target}` leads nowhere")) };
        let anchors = self.anchors.get(&place)?;
        let known = anchor.is_empty() || anchors.contains(anchor);
        (!known).then(|| format!("`{place}` has no heading for `#{anchor}`"))
    }
}

/// A relative link from a page, as a path from the root; none where it leads out of the root.
fn resolve(page: &str, link: &str) -> Option<String> {
    let mut parts: Vec<&str> = page.split('/').collect();
    parts.pop();
    for part in link.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

/// The lines outside fenced code, with their numbers from 1.
fn prose_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut fenced = false;
    text.lines().enumerate().filter_map(move |(index, line)| {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
            return None;
        }
        (!fenced).then_some((index + 1, line))
    })
}

/// A line with what stands in backticks taken out.
fn without_code(line: &str) -> String {
    line.split('`').step_by(2).collect()
}

/// What stands in backticks in a line.
fn code_spans(line: &str) -> Vec<&str> {
    let parts: Vec<&str> = line.split('`').collect();
    // The last part stands outside, or is an opened span that never closes.
    let closed = parts.len().saturating_sub(1);
    parts[..closed].iter().skip(1).step_by(2).copied().collect()
}

/// The targets of inline links in a line, without titles.
fn link_targets(line: &str) -> Vec<String> {
    let starts = line.match_indices("](").map(|(at, _)| at + 2);
    let inside = starts.filter_map(|start| {
        let end = line[start..].find(')')?;
        line[start..start + end].split_whitespace().next()
    });
    inside.map(|target| target.trim_matches(['<', '>']).to_owned()).collect()
}

/// A relative path with a folder in it, or a Markdown or Rust file.
fn looks_like_path(code: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
    let is_file = code.contains('/') || code.ends_with(".md") || code.ends_with(".rs");
    is_file && !code.starts_with('/') && code.chars().all(plain)
}

/// The anchors that the headings of a page get.
fn anchors(text: &str) -> BTreeSet<String> {
    let headings = prose_lines(text).filter_map(|(_, line)| {
        let title = line.trim_start_matches('#');
        (title.len() < line.len() && title.starts_with(' ')).then_some(title.trim())
    });
    headings.map(anchor).collect()
}

/// The anchor of a heading, as code hosts make it.
fn anchor(title: &str) -> String {
    let kept = title.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    kept.flat_map(char::to_lowercase).map(|c| if c == ' ' { '-' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const GUIDE: &str = "# A guide\n\n## What `it` does, and why\n```\n# no heading\n```\n";

    fn pages() -> Pages {
        let files = ["README.md", "docs/index.md", "docs/guides/a.md", "rules/src/lib.rs"];
        let files = files.into_iter().map(str::to_owned).collect();
        Pages::new(&files, |_| Some(GUIDE.into()))
    }

    #[test]
    fn finds_links_that_lead_nowhere() {
        for (page, text, expected) in [
            ("README.md", "[a](docs/b.md)", "README.md:1: the link `docs/b.md` leads nowhere"),
            ("README.md", "\n[a](../x.md)", "README.md:2: the link `../x.md` leads nowhere"),
            ("docs/index.md", "[a](a.md)", "docs/index.md:1: the link `a.md` leads nowhere"),
            ("README.md", "[a](#none)", "README.md:1: `README.md` has no heading for `#none`"),
            (
                "README.md",
                "![a](docs/index.md#no-heading)",
                "README.md:1: `docs/index.md` has no heading for `#no-heading`",
            ),
        ] {
            let found: Vec<_> =
                pages().check_links(page, text).iter().map(ToString::to_string).collect();
            assert_eq!(found, [expected]);
        }
    }

    #[test]
    fn leaves_alone_links_that_resolve() {
        for (page, text) in [
            ("README.md", "[a](docs/index.md), [b](./docs/guides/a.md \"title\") and [c](docs)"),
            ("docs/index.md", "[a](guides/a.md#what-it-does-and-why) [b](../rules/src/)"),
            ("docs/guides/a.md", "[a](#a-guide) [b](../../README.md)"),
            ("README.md", "[a](https://example.org/x) [b](mailto:a@example.org)"),
            ("README.md", "`[a](nowhere.md)`\n```\n[a](nowhere.md)\n```"),
        ] {
            assert_eq!(pages().check_links(page, text), [], "{text}");
        }
    }

    #[test]
    fn finds_paths_that_do_not_exist() {
        for (text, expected) in [
            ("`rules/src/lib.rs` and `docs/` and `README.md`", 0),
            ("`rules/src/parse.rs`", 1),
            ("`MISSING.md` and `nothing/`", 2),
            ("`POST /v1/items`, `/v1/items`, `a/<b>`, `cargo xtask`, an `opened/path", 0),
        ] {
            assert_eq!(pages().check_paths("README.md", text).len(), expected, "{text}");
        }
    }
}
