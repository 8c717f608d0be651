//! Long lists of terms, chosen from ordinary text in a way that gives the same list every time.

use crate::{Failure, input};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};

/// Which words and pairs of words are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// Those that stand at most three times in the ordinary text, in lines that are no post: as
    /// rare as the entries of a bank, and not chosen from what they will be looked for in.
    Rare,
    /// Any, common words among them, also from the posts themselves: harder than a bank that
    /// anybody would keep.
    Any,
}

/// Most times that a rare term may stand in the ordinary text.
const RARE: u32 = 3;
/// Fewest letters of a word.
const LETTERS: usize = 5;
/// Distances between the places that terms are taken from, one pass each until there are enough.
const STEPS: [usize; 24] =
    [97, 89, 83, 79, 73, 71, 67, 61, 59, 53, 47, 43, 41, 37, 31, 29, 23, 19, 17, 13, 11, 7, 5, 3];

/// So many different terms: a third words, two thirds pairs of words, spread over all languages of
/// the shared data's ordinary text; filled up with invented ones where that does not suffice.
///
/// # Errors
/// Where the shared data is there but cannot be read.
pub fn terms(count: usize, choice: Choice) -> Result<Vec<String>, Failure> {
    let text = match input::data() {
        Some(data) => ordinary_text(&data.join("text"))?,
        None => String::new(),
    };
    let text = match choice {
        Choice::Rare => without_posts(&text, &input::posts()?)?,
        Choice::Any => text,
    };
    Ok(choose(&text, count, choice))
}

/// The lines that are not the text of a post.
fn without_posts(text: &str, posts: &[String]) -> Result<String, Failure> {
    let mut texts = HashSet::new();
    for post in posts {
        texts.insert(model::parse_item(post.as_bytes())?.text.trim().to_owned());
    }
    let kept = text.lines().filter(|line| !texts.contains(line.trim()));
    Ok(kept.collect::<Vec<_>>().join("\n"))
}

/// A bank file of terms.
#[must_use]
pub fn bank_csv(terms: &[String]) -> String {
    let rows = terms.iter().map(|term| format!("term,{term},bench.terms\n"));
    std::iter::once("kind,value,policy\n".to_owned()).chain(rows).collect()
}

/// Every file of the ordinary text, in order of its path.
///
/// # Errors
/// Where a folder cannot be read.
pub fn ordinary_files(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for genre in std::fs::read_dir(folder)? {
        let genre = genre?.path();
        if genre.is_dir() {
            let inside: Result<Vec<_>, _> = std::fs::read_dir(genre)?.collect();
            files.extend(inside?.into_iter().map(|file| file.path()));
        }
    }
    files.sort();
    Ok(files)
}

/// The text of all these files.
fn ordinary_text(folder: &Path) -> Result<String, Failure> {
    let mut text = String::new();
    for file in ordinary_files(folder)? {
        text.push_str(&String::from_utf8_lossy(&std::fs::read(file)?));
        text.push('\n');
    }
    Ok(text)
}

fn choose(text: &str, count: usize, choice: Choice) -> Vec<String> {
    let words: Vec<String> = text.split_whitespace().filter(|word| fits(word)).map(lower).collect();
    let pairs: Vec<String> = words.windows(2).map(|pair| pair.join(" ")).collect();
    let mut often: HashMap<&str, u32> = HashMap::new();
    for term in words.iter().chain(&pairs) {
        *often.entry(term).or_default() += 1;
    }
    let mut chosen = BTreeSet::new();
    'enough: for step in STEPS {
        for at in (0..pairs.len()).step_by(step) {
            if chosen.len() == count {
                break 'enough;
            }
            // One word in three, so that single words do not fill the list.
            let term = if at % 3 == 0 { &words[at] } else { &pairs[at] };
            let is_rare = often.get(term.as_str()).is_some_and(|times| *times <= RARE);
            if choice == Choice::Any || is_rare {
                chosen.insert(term.clone());
            }
        }
    }
    chosen.extend((0..count - chosen.len()).map(|number| format!("filler{number} phrase")));
    chosen.into_iter().collect()
}

fn fits(word: &str) -> bool {
    word.chars().count() >= LETTERS && word.chars().all(char::is_alphanumeric)
}

fn lower(word: &str) -> String {
    word.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_as_long_as_asked_and_the_same_each_time() {
        let text = "about harbour about lantern about ferries, about timetable ".repeat(9)
            + "weather rarely turns quickly";
        for (count, choice) in [(1, Choice::Rare), (7, Choice::Any), (40, Choice::Rare)] {
            let terms = choose(&text, count, choice);
            assert_eq!(terms.len(), count);
            assert_eq!(terms, choose(&text, count, choice));
        }
        let rare = choose(&text, 12, Choice::Rare);
        assert!(!rare.iter().any(|term| term == "about" || term == "about harbour"), "{rare:?}");
        assert!(rare.iter().any(|term| term.contains("weather")), "{rare:?}");
    }

    #[test]
    fn lines_that_are_posts_are_left_out() {
        let post = r#"{"service":"s","id":"p","kind":"post","text":"a line ",
            "created_at":"2026-01-01T00:00:00Z","author":{"id":"a"}}"#;
        let kept = without_posts("first line\n a line\nlast line", &[post.to_owned()]).unwrap();
        assert_eq!(kept, "first line\nlast line");
    }

    #[test]
    fn a_bank_file_is_read_whole() {
        let terms = choose("", 500, Choice::Any);
        let file = bank_csv(&terms);
        let (entries, problems) = signals::banks::parse_bank("t.csv", "t", file.as_bytes());
        assert_eq!((entries.len(), problems.len()), (500, 0));
    }
}
