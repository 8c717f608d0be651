//! Ordinary text by language and genre, and neutral words drawn from it.

use super::generator::Numbers;
use benches::Failure;
use benches::terms::ordinary_files;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// One line of ordinary text.
pub struct Line {
    /// Genre, the folder that it is in.
    pub genre: String,
    /// Language, as the file's name begins.
    pub language: String,
    /// The line.
    pub text: String,
}

/// Every line of the ordinary text, in order of the files' paths.
///
/// # Errors
/// Where a file cannot be read.
pub fn lines(folder: &Path) -> Result<Vec<Line>, Failure> {
    let mut lines = Vec::new();
    for file in ordinary_files(folder)? {
        let part = |path: Option<&Path>| {
            let name = path.and_then(Path::file_name).unwrap_or_default();
            name.to_string_lossy().into_owned()
        };
        let (genre, name) = (part(file.parent()), part(Some(&file)));
        let language = name.split('.').next().unwrap_or_default().to_owned();
        let bytes = std::fs::read(&file)?;
        let text = String::from_utf8_lossy(&bytes);
        lines.extend(text.lines().filter(|line| !line.trim().is_empty()).map(|line| Line {
            genre: genre.clone(),
            language: language.clone(),
            text: line.to_owned(),
        }));
    }
    Ok(lines)
}

/// Languages whose words are disguised.
pub const LANGUAGES: [&str; 13] =
    ["ar", "ckb", "de", "en", "es", "fa", "fr", "id", "jv", "kmr", "ru", "tr", "ur"];

/// Whether a line is of the half that terms and known words come from; the other half is measured.
pub fn is_for_choosing(at: usize) -> bool {
    at.is_multiple_of(2)
}

/// Single words and pairs of words of a language, each once, in order.
pub fn candidates(lines: &[Line], language: &str) -> (Vec<String>, Vec<String>) {
    let (mut words, mut pairs) = (BTreeSet::new(), BTreeSet::new());
    for (at, line) in lines.iter().enumerate() {
        if line.language != language || !is_for_choosing(at) {
            continue;
        }
        let of_line: Vec<String> = line.text.split_whitespace().map(str::to_lowercase).collect();
        let fits = |word: &String, least: usize| {
            let letters = word.chars().count();
            let is_letter = |c: char| c.is_alphabetic() && !is_vocalisation(c);
            (least..=14).contains(&letters) && word.chars().all(is_letter)
        };
        for pair in of_line.windows(2).filter(|pair| pair.iter().all(|word| fits(word, 4))) {
            pairs.insert(pair.join(" "));
        }
        words.extend(of_line.into_iter().filter(|word| fits(word, 3)));
    }
    (words.into_iter().collect(), pairs.into_iter().collect())
}

/// Marks of Arabic that count as letters to Unicode.
fn is_vocalisation(c: char) -> bool {
    matches!(c, '\u{610}'..='\u{61A}' | '\u{640}' | '\u{64B}'..='\u{65F}' | '\u{670}')
        || matches!(c, '\u{6D6}'..='\u{6ED}')
}

/// So many of a list, drawn without putting back.
pub fn draw(numbers: Numbers, mut from: Vec<String>, count: usize) -> Vec<String> {
    let count = count.min(from.len());
    for at in 0..count {
        let other = at + (numbers() % (from.len() - at) as u64) as usize;
        from.swap(at, other);
    }
    from.truncate(count);
    from
}

/// Words that stand at least so often in the half for choosing.
pub fn common(lines: &[Line], times: u32) -> Vec<String> {
    let mut counts: BTreeMap<String, u32> = BTreeMap::new();
    for (_, line) in lines.iter().enumerate().filter(|(at, _)| is_for_choosing(*at)) {
        for word in line.text.split(|c: char| !c.is_alphanumeric()) {
            *counts.entry(word.to_lowercase()).or_default() += 1;
        }
    }
    counts.into_iter().filter(|(_, count)| *count >= times).map(|(word, _)| word).collect()
}
