//! `cargo xtask docs`: the reference pages, which the program writes from its own lists.

use crate::workspace::{Failure, metadata, program, root, succeed};
use std::collections::BTreeMap;
use std::path::Path;

const FOLDER: &str = "docs/reference";

/// Writes the reference pages anew.
///
/// # Errors
/// Where the program cannot be built or cannot write them.
pub fn write() -> Result<(), Failure> {
    let folder = root().join(FOLDER);
    if folder.exists() {
        std::fs::remove_dir_all(&folder).map_err(|source| at(&folder, source))?;
    }
    generate(&folder)
}

/// Compares the reference pages with what the program would write now.
///
/// # Errors
/// Where a page is stale, missing or left over.
pub fn check() -> Result<(), Failure> {
    let fresh = metadata()?.target_directory.join("reference");
    if fresh.exists() {
        std::fs::remove_dir_all(&fresh).map_err(|source| at(&fresh, source))?;
    }
    generate(&fresh)?;
    let differences = compare(&pages(&root().join(FOLDER))?, &pages(&fresh)?);
    if differences.is_empty() {
        return Ok(());
    }
    for difference in &differences {
        eprintln!("{FOLDER}/{difference}");
    }
    Err(Failure::Check("the reference pages are stale: run `cargo xtask docs`".into()))
}

fn generate(folder: &Path) -> Result<(), Failure> {
    let out = folder.display().to_string();
    let program = program()?.display().to_string();
    succeed(&[&program, "docs", "--out", &out])
}

/// The pages below a folder, by their path in it.
type Pages = BTreeMap<String, Vec<u8>>;

fn pages(folder: &Path) -> Result<Pages, Failure> {
    let mut pages = Pages::new();
    let mut waiting = vec![folder.to_path_buf()];
    while let Some(place) = waiting.pop() {
        if !place.exists() {
            continue;
        }
        for entry in std::fs::read_dir(&place).map_err(|source| at(&place, source))? {
            let path = entry.map_err(|source| at(&place, source))?.path();
            if path.is_dir() {
                waiting.push(path);
                continue;
            }
            let name = path.strip_prefix(folder).unwrap_or(&path).display().to_string();
            pages.insert(name, std::fs::read(&path).map_err(|source| at(&path, source))?);
        }
    }
    Ok(pages)
}

fn at(path: &Path, source: std::io::Error) -> Failure {
    Failure::File { path: path.display().to_string(), source }
}

fn compare(kept: &Pages, fresh: &Pages) -> Vec<String> {
    let mut differences = Vec::new();
    for (name, page) in fresh {
        match kept.get(name) {
            None => differences.push(format!("{name}: missing")),
            Some(old) if old != page => {
                differences.push(format!("{name}:{}: stale", first_difference(old, page)));
            }
            Some(_) => {}
        }
    }
    let left_over = kept.keys().filter(|name| !fresh.contains_key(*name));
    differences.extend(left_over.map(|name| format!("{name}: left over")));
    differences
}

/// The first line, from 1, in which two pages differ.
fn first_difference(old: &[u8], new: &[u8]) -> usize {
    let (old, new) = (old.split(|b| *b == b'\n'), new.split(|b| *b == b'\n'));
    1 + old.zip(new).take_while(|(old, new)| old == new).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(pages: &[(&str, &str)]) -> Pages {
        pages.iter().map(|(name, text)| ((*name).into(), (*text).into())).collect()
    }

    #[test]
    fn tells_stale_missing_and_left_over_pages() {
        let kept = made(&[("a.md", "one\ntwo\n"), ("old.md", ""), ("same.md", "x")]);
        let fresh = made(&[("a.md", "one\nthree\n"), ("new.md", ""), ("same.md", "x")]);
        let expected = ["a.md:2: stale", "new.md: missing", "old.md: left over"];
        assert_eq!(compare(&kept, &fresh), expected);
        assert!(compare(&kept, &kept).is_empty());
    }

    #[test]
    fn a_folder_that_is_not_there_has_no_pages() {
        assert!(pages(Path::new("/no/such/folder")).unwrap().is_empty());
    }
}
