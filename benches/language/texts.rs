//! The texts that languages are learned from and told on.
//!
//! A source is a file `LANGUAGE.SOURCE.txt` (a sentence a line) or `LANGUAGE.SOURCE.words` (a word,
//! a tab, its weight). What is learned from is listed by source in [`LEARNED`]; every other source
//! is held apart whole. Of a source that is learned from, a quarter of the sentences, chosen by a
//! hash of their letters, is held apart too, so that the same sentence is never on both sides.

use benches::{Failure, input};
use signals::language::train::{Content, Source};
use std::path::{Path, PathBuf};

/// A source that the committed model is learned from.
pub struct Learned {
    /// The middle part of its files' names.
    pub name: &'static str,
    /// Its licence.
    pub licence: &'static str,
}

/// Openly licensed sources. Text for research only, for no trade, or of unclear licence is not
/// among them, and serves for tests.
pub const LEARNED: &[Learned] = &[
    Learned { name: "tatoeba", licence: "CC BY 2.0 FR" },
    Learned { name: "leipzig", licence: "CC BY 4.0" },
    Learned { name: "nusax", licence: "CC BY-SA 4.0" },
    Learned { name: "prosa", licence: "CC BY-SA 4.0" },
    Learned { name: "emot", licence: "CC BY-SA 4.0" },
    Learned { name: "smsa", licence: "CC BY-SA 4.0" },
    Learned { name: "udhr", licence: "free of rights" },
    Learned { name: "wordfreq", licence: "CC BY-SA 4.0" },
    Learned { name: "klpt", licence: "CC BY-SA 4.0" },
];

/// Files that are not what they say: most of this one is Indonesian.
pub const MISLABELLED: &[(&str, &str)] = &[("ms", "leipzig")];

/// One file of sentences.
pub struct Sentences {
    /// The language that its name says.
    pub language: String,
    /// The middle part of its name.
    pub source: String,
    /// Its sentences, in order.
    pub lines: Vec<String>,
}

/// Every file of sentences of the shared data, by name, less those that are [`MISLABELLED`].
///
/// # Errors
/// Where there is no shared data, or a file cannot be read.
pub fn shared() -> Result<Vec<Sentences>, Failure> {
    let Some(data) = input::data() else {
        return Err("the texts are not there: ../shared/data/text is needed".into());
    };
    let mut all = Vec::new();
    for genre in ["general", "government", "news", "other_languages", "religious", "social"] {
        for path in files(&data.join("text").join(genre), "txt")? {
            let file = sentences(&path)?;
            let is = |&(language, source): &(&str, &str)| {
                file.language == language && file.source == source
            };
            if !MISLABELLED.iter().any(is) {
                all.push(file);
            }
        }
    }
    Ok(all)
}

/// What the model is learned from: the learned sources of the shared data, less what is held
/// apart and less those named in `without`, and everything in the folder of registry texts.
///
/// # Errors
/// Where a folder or file cannot be read.
pub fn learned(registry: &Path, without: &[String]) -> Result<Vec<Source>, Failure> {
    let is_learned = |source: &str| {
        let name = family(source);
        LEARNED.iter().any(|learned| learned.name == name) && !without.iter().any(|w| w == name)
    };
    let mut sources = Vec::new();
    for file in shared()?.into_iter().filter(|file| is_learned(&file.source)) {
        if file.source == "udhr" {
            // The declaration comes from the registry, where it has its languages right.
            continue;
        }
        let lines = file.lines.into_iter().filter(|line| !is_held_apart(line)).collect();
        sources.push(Source { language: file.language, content: Content::Sentences(lines) });
    }
    for path in files(registry, "txt")? {
        let file = sentences(&path)?;
        if is_learned(&file.source) {
            let content = Content::Sentences(file.lines);
            sources.push(Source { language: file.language, content });
        }
    }
    for path in files(registry, "words")? {
        let (language, source) = named(&path)?;
        if is_learned(&source) {
            sources.push(Source { language, content: Content::Words(words(&path)?) });
        }
    }
    Ok(sources)
}

/// The first word of a source's name, which says where it comes from.
pub fn family(source: &str) -> &str {
    source.split(['-', '_']).next().unwrap_or(source)
}

/// Whether a sentence of a learned source is kept for tests.
pub fn is_held_apart(sentence: &str) -> bool {
    let letters = sentence.chars().filter(|c| c.is_alphabetic()).flat_map(char::to_lowercase);
    let hash = letters.fold(0xCBF2_9CE4_8422_2325u64, |hash, c| {
        (hash ^ c as u64).wrapping_mul(0x0000_0100_0000_01B3)
    });
    (hash >> 40).is_multiple_of(4)
}

fn files(folder: &Path, extension: &str) -> Result<Vec<PathBuf>, Failure> {
    let entries =
        std::fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|found| found == extension) {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

fn sentences(path: &Path) -> Result<Sentences, Failure> {
    let (language, source) = named(path)?;
    let text = std::fs::read_to_string(path)?;
    Ok(Sentences { language, source, lines: text.lines().map(str::to_owned).collect() })
}

fn words(path: &Path) -> Result<Vec<(String, f64)>, Failure> {
    let text = std::fs::read_to_string(path)?;
    let pair = |line: &str| -> Result<(String, f64), Failure> {
        let (word, weight) = line.split_once('\t').ok_or("a line without a tab")?;
        Ok((word.to_owned(), weight.parse()?))
    };
    text.lines()
        .map(pair)
        .collect::<Result<_, _>>()
        .map_err(|error| format!("{}: {error}; write the folder anew", path.display()).into())
}

/// The language and the source in a file's name.
fn named(path: &Path) -> Result<(String, String), Failure> {
    let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let (language, source) =
        stem.split_once('.').ok_or_else(|| format!("{}: no LANGUAGE.SOURCE", path.display()))?;
    Ok((language.split('-').next().unwrap_or(language).to_owned(), source.to_owned()))
}
