//! A bank tried over ordinary text before it is used: what it would hit, where, with examples.

use super::{expand, progress};
use crate::cli::Failure;
use engine::Clock;
use indicatif::ProgressBar;
use model::{BankEntry, CaseSensitivity, EntryKind, History, Item, Match, Timestamp, limits};
use serde::Serialize;
use signals::terms::{TermEntry, TermWarning, lint};
use signals::{Banks, LanguageWanted, Supplied, Wanted, measure_wanted};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

/// Examples that are shown of one entry.
const EXAMPLES: usize = 3;

/// Characters of an example on each side of what was found.
const AROUND: usize = 40;

/// Texts in ten thousand beyond which an entry counts as ordinary.
const ORDINARY_PER_10_000: f64 = 1.0;

/// What one entry would hit.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Tried {
    /// The entry's value.
    pub entry: String,
    /// What sort of entry it is.
    pub kind: EntryKind,
    /// Texts in which it was found.
    pub texts: u64,
    /// Those, in ten thousand texts.
    pub per_10_000: f64,
    /// Texts by the folder that they lie in and their language.
    pub by: Vec<Share>,
    /// Some of what was found, with the text around it.
    pub examples: Vec<String>,
    /// What to think about before it is used.
    pub warnings: Vec<String>,
}

/// Texts of one folder and language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Share {
    /// The folder's name: worship, news and the like.
    pub genre: String,
    /// The language, as the file's name or the item says it.
    pub language: String,
    /// Texts in which the entry was found.
    pub found: u64,
    /// Texts there are.
    pub texts: u64,
}

/// What all entries would hit together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Whole {
    /// Texts that were tried.
    pub texts: u64,
    /// Texts in which any entry was found.
    pub hit: u64,
    /// Lines that are no text or item.
    pub unreadable: u64,
}

/// Tries entries over text files (`LANGUAGE.name.txt`, one text a line) and files of items
/// (`*.jsonl`, `*.ndjson`).
///
/// # Errors
/// Where a file cannot be read.
pub fn try_bank(entries: Vec<BankEntry>, over: &[PathBuf]) -> Result<(Vec<Tried>, Whole), Failure> {
    let mut trial = Trial {
        banks: Banks::build(entries, 1),
        at: Clock::system().now(),
        found: BTreeMap::new(),
        texts: BTreeMap::new(),
        whole: Whole::default(),
    };
    let bar = progress(None, "texts tried");
    for path in expand(over, &["txt", "jsonl", "ndjson"])? {
        trial.file(&path, &bar)?;
    }
    bar.finish_and_clear();
    Ok(trial.told())
}

/// A folder and a language.
type Kind = (String, String);

struct Trial {
    banks: Banks,
    at: Timestamp,
    /// For each entry, by kind and value, where it was found.
    found: BTreeMap<(EntryKind, String), Found>,
    texts: BTreeMap<Kind, u64>,
    whole: Whole,
}

#[derive(Default)]
struct Found {
    texts: BTreeMap<Kind, u64>,
    examples: Vec<String>,
}

impl Trial {
    fn file(&mut self, path: &Path, bar: &ProgressBar) -> Result<(), Failure> {
        let told = |error: std::io::Error| Failure::plain(format!("{}: {error}", path.display()));
        let mut input = BufReader::new(File::open(path).map_err(told)?);
        let genre = path.parent().and_then(Path::file_name);
        let genre = genre.map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let is_text = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("txt"));
        let language = language_of(path);
        let mut line = Vec::new();
        loop {
            line.clear();
            // A longer line than an item may have is read in parts, each a text of its own.
            let most = limits::ITEM_JSON_BYTES as u64;
            (&mut input).take(most).read_until(b'\n', &mut line).map_err(told)?;
            if line.is_empty() {
                return Ok(());
            }
            bar.inc(1);
            let text = String::from_utf8_lossy(&line);
            if text.trim().is_empty() {
                continue;
            }
            let item = if is_text { text_item(text.trim(), self.at) } else { items_line(&line) };
            match item {
                Some(item) => {
                    let said = if is_text { None } else { item.language.clone() };
                    let language = said.unwrap_or_else(|| language.clone());
                    self.item(&item, (genre.clone(), language));
                }
                None => self.whole.unreadable += 1,
            }
        }
    }

    fn item(&mut self, item: &Item, kind: Kind) {
        let history = History::default();
        let wanted = Wanted { language: LanguageWanted::WhereFound, ..Wanted::default() };
        let supplied = (&Supplied::default(), wanted);
        let signals = measure_wanted(item, &self.banks, &history, supplied, self.at);
        self.whole.texts += 1;
        *self.texts.entry(kind.clone()).or_default() += 1;
        self.whole.hit += u64::from(!signals.matches.is_empty());
        for one in &signals.matches {
            let found = self.found.entry((one.kind, one.entry.clone())).or_default();
            *found.texts.entry(kind.clone()).or_default() += 1;
            if found.examples.len() < EXAMPLES {
                found.examples.push(example(&item.text, one));
            }
        }
    }

    fn told(mut self) -> (Vec<Tried>, Whole) {
        let all = self.whole.texts.max(1) as f64;
        let mut tried: Vec<Tried> = Vec::new();
        for entry in self.banks.entries() {
            let found = self.found.remove(&(entry.kind, entry.value.clone())).unwrap_or_default();
            let texts: u64 = found.texts.values().sum();
            let per_10_000 = texts as f64 / all * 10_000.0;
            let shares = found.texts.into_iter().map(|(kind, found)| Share {
                texts: self.texts.get(&kind).copied().unwrap_or_default(),
                genre: kind.0,
                language: kind.1,
                found,
            });
            tried.push(Tried {
                entry: entry.value.clone(),
                kind: entry.kind,
                texts,
                per_10_000,
                by: shares.collect(),
                examples: found.examples,
                warnings: warnings(entry, per_10_000),
            });
        }
        tried.sort_by(|a, b| b.texts.cmp(&a.texts).then_with(|| a.entry.cmp(&b.entry)));
        (tried, self.whole)
    }
}

/// What a file's name says of its language: `ar.tatoeba.txt` is Arabic.
fn language_of(path: &Path) -> String {
    let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into());
    let first = name.split('.').next().unwrap_or_default();
    let is_tag = (2..=8).contains(&first.len())
        && first.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'-');
    if is_tag { first.to_owned() } else { "?".to_owned() }
}

fn text_item(text: &str, at: Timestamp) -> Option<Item> {
    let item = serde_json::json!({
        "service": "text", "id": "text", "kind": "post", "created_at": at,
        "author": { "id": "text" }, "text": text,
    });
    model::parse_item(item.to_string().as_bytes()).ok()
}

fn items_line(line: &[u8]) -> Option<Item> {
    model::parse_item(line).ok()
}

fn example(text: &str, found: &Match) -> String {
    let Some(span) = found.spans.first() else { return found.link.clone().unwrap_or_default() };
    let before = text[..span.start].char_indices().rev().nth(AROUND).map_or(0, |(at, _)| at);
    let after = text[span.end..].char_indices().nth(AROUND);
    let after = after.map_or(text.len(), |(at, _)| span.end + at);
    format!(
        "{}[{}]{}",
        text[before..span.start].replace('\n', " "),
        text[span.start..span.end].replace('\n', " "),
        text[span.end..after].replace('\n', " ")
    )
}

fn warnings(entry: &BankEntry, per_10_000: f64) -> Vec<String> {
    let mut warnings = Vec::new();
    if entry.kind == EntryKind::Term {
        // An acronym whose case counts may be short.
        let may_be_short = entry.case == CaseSensitivity::Exact;
        let doubts = lint(&TermEntry::of(entry)).into_iter();
        let doubts =
            doubts.filter(|doubt| !(may_be_short && matches!(doubt, TermWarning::Short { .. })));
        warnings.extend(doubts.map(|doubt| doubt.to_string()));
    }
    if per_10_000 > ORDINARY_PER_10_000 {
        warnings.push(format!(
            "found in {per_10_000:.1} of 10,000 ordinary texts: look at the examples, and write a \
             longer phrase, or further terms in requires or unless"
        ));
    }
    warnings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(rows: &str) -> Vec<BankEntry> {
        let bank = format!("kind,value,case,requires\n{rows}");
        let (entries, problems) = signals::banks::parse_bank("t.csv", "t", bank.as_bytes());
        assert_eq!(problems, []);
        entries
    }

    #[test]
    fn what_a_bank_hits_is_told_by_genre_and_language() {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |path: &str, text: &str| {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            std::fs::write(path, text).expect("a file");
        };
        write("news/en.some.txt", "The dawn was grey.\n\nNothing here.\nA dawn, another dawn\n");
        write("worship/tr.some.txt", "dawn\n");
        write(
            "posts.jsonl",
            "{\"service\":\"s\",\"id\":\"1\",\"kind\":\"post\",\"created_at\":\
             \"2026-01-01T00:00:00Z\",\"author\":{\"id\":\"a\"},\"text\":\"no\",\
             \"language\":\"de\"}\nbroken\n",
        );
        let over = [folder.path().to_owned()];
        let (tried, whole) = try_bank(
            entries("term,dawn,,\nterm,AFX,exact,\nterm,xyz,,\nterm,pier seven,,\n"),
            &over,
        )
        .expect("tried");
        assert_eq!(whole, Whole { texts: 5, hit: 3, unreadable: 1 });
        let told: Vec<(&str, u64, usize)> =
            tried.iter().map(|one| (one.entry.as_str(), one.texts, one.warnings.len())).collect();
        assert_eq!(told, [("dawn", 3, 2), ("AFX", 0, 0), ("pier seven", 0, 0), ("xyz", 0, 1)]);
        let by: Vec<(&str, &str, u64, u64)> = tried[0]
            .by
            .iter()
            .map(|share| (share.genre.as_str(), share.language.as_str(), share.found, share.texts))
            .collect();
        assert_eq!(by, [("news", "en", 2, 3), ("worship", "tr", 1, 1)]);
        assert_eq!(tried[0].examples[0], "The [dawn] was grey.");
    }
}
