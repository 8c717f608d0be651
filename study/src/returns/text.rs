//! Handles, names, bios and links, made comparable.

use super::limits::{TERMS, TEXT_CHARACTERS};
use unicode_security::confusable_detection::skeleton;

/// From here on writing systems do not put spaces between words.
const WITHOUT_SPACES_FROM: char = '\u{2E80}';

/// What look-alike letters come down to (UTS #39), in lower case.
pub fn looks(text: &str) -> String {
    if text.is_ascii() {
        return ascii_looks(text);
    }
    let lower: String = text.chars().flat_map(char::to_lowercase).collect();
    skeleton(&lower).flat_map(char::to_lowercase).collect()
}

/// The same for ASCII, of which few letters change: most text is, and the tables are slow.
fn ascii_looks(text: &str) -> String {
    let mut looks = String::with_capacity(text.len() + 4);
    for letter in text.chars() {
        match letter.to_ascii_lowercase() {
            'm' => looks.push_str("rn"),
            '0' => looks.push('o'),
            '1' | '|' => looks.push('l'),
            '"' => looks.push_str("''"),
            '`' => looks.push('\''),
            other => looks.push(other),
        }
    }
    looks
}

/// A handle, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handle {
    /// In lower case, without `@`.
    pub plain: String,
    /// The letters: no separators, no number at the end, in lower case.
    pub letters: String,
    /// What the letters look like. Two handles with the same stem read alike.
    pub stem: String,
    /// The number at its end; empty for none.
    pub counter: String,
}

impl Handle {
    /// Takes a handle apart; none where there is nothing in it.
    pub fn of(handle: &str) -> Option<Self> {
        let plain: String = handle.trim().trim_start_matches('@').to_lowercase();
        if plain.is_empty() {
            return None;
        }
        let body = plain.trim_end_matches(|c: char| c.is_ascii_digit());
        let (body, counter) = if body.chars().any(char::is_alphabetic) {
            (body, &plain[body.len()..])
        } else {
            (plain.as_str(), "")
        };
        let letters: String = body.chars().filter(|c| c.is_alphanumeric()).collect();
        let stem = looks(&letters);
        Some(Self { letters, stem, counter: counter.to_owned(), plain })
    }

    /// The runs of three characters of the stem, its ends marked, each once.
    pub fn parts(&self) -> Vec<String> {
        let marked: Vec<char> =
            std::iter::once('^').chain(self.stem.chars()).chain(std::iter::once('$')).collect();
        let mut parts: Vec<String> =
            marked.windows(3).map(|part| part.iter().collect()).take(TERMS).collect();
        parts.sort_unstable();
        parts.dedup();
        parts
    }
}

/// A word as it stands, and as it is compared.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Word {
    /// What it looks like.
    pub looks: String,
    /// In lower case.
    pub plain: String,
}

/// The words of a text, each once; pairs of characters where words are not spaced. Links are no
/// words.
pub fn words(text: &str) -> Vec<Word> {
    let text = cut(text);
    let spaced = text.split_whitespace().filter(|part| link(part).is_none());
    let runs = spaced.flat_map(|part| part.split(|c: char| !c.is_alphanumeric()));
    let mut words: Vec<Word> = Vec::new();
    for run in runs.filter(|run| !run.is_empty()) {
        let plain: Vec<char> = run.chars().flat_map(char::to_lowercase).collect();
        if plain.len() > 2 && plain.iter().any(|c| *c >= WITHOUT_SPACES_FROM) {
            words.extend(plain.windows(2).map(word));
        } else {
            words.push(word(&plain));
        }
        if words.len() >= TERMS {
            break;
        }
    }
    words.truncate(TERMS);
    words.sort_unstable();
    words.dedup();
    words
}

fn word(characters: &[char]) -> Word {
    let plain: String = characters.iter().collect();
    Word { looks: looks(&plain), plain }
}

/// The whole text as it is compared: what its words look like, with one space between them.
pub fn whole(text: &str) -> String {
    let squeezed: Vec<&str> = cut(text).split_whitespace().collect();
    looks(&squeezed.join(" "))
}

/// The links that stand in a text, as they are compared.
pub fn links(text: &str) -> Vec<String> {
    cut(text).split_whitespace().filter_map(link).take(TERMS).collect()
}

/// A link as it is compared: host in lower case without `www.`, no scheme, no fragment, no slash at
/// the end; none where it is no link.
pub fn link(text: &str) -> Option<String> {
    let text = text.trim_matches(|c: char| "()<>[]\"',;!".contains(c)).trim_end_matches('.');
    let rest = text
        .get(..8)
        .filter(|start| start.eq_ignore_ascii_case("https://"))
        .map(|_| &text[8..])
        .or_else(|| {
            let start = text.get(..7)?;
            start.eq_ignore_ascii_case("http://").then(|| &text[7..])
        });
    let bare = rest.unwrap_or(text);
    let bare = bare.split('#').next().unwrap_or_default();
    let end = bare.find(['/', '?']).unwrap_or(bare.len());
    let (host, path) = bare.split_at(end);
    let host = host.to_lowercase();
    let host = host.strip_prefix("www.").unwrap_or(&host);
    let named = host.split('.').count() > 1 && host.split('.').all(|label| !label.is_empty());
    // Without a scheme, only what has a path is a link: `end.Then` is two sentences.
    let is_link = named && (rest.is_some() || path.len() > 1) && !host.contains('@');
    is_link.then(|| format!("{host}{}", path.trim_end_matches('/')))
}

/// The handles that a post may name: its runs of letters, digits and `_`, `.` or `-` between them,
/// in lower case, and whether `@` stands before.
pub fn mentions(text: &str) -> impl Iterator<Item = (bool, String)> {
    let inside = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | '@');
    cut(text).split(move |c: char| !inside(c)).filter_map(|run| {
        let at = run.starts_with('@');
        let name = run.trim_matches(['@', '.', '-']);
        (!name.is_empty()).then(|| (at, name.to_lowercase()))
    })
}

/// The part of a text that is looked at.
pub fn cut(text: &str) -> &str {
    text.char_indices().nth(TEXT_CHARACTERS).map_or(text, |(end, _)| &text[..end])
}
