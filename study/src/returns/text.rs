//! Handles, names, bios and links, made comparable.

use super::limits::TEXT_CHARACTERS;
use unicode_security::confusable_detection::skeleton;

/// From here on writing systems do not put spaces between words.
const WITHOUT_SPACES_FROM: char = '\u{2E80}';

/// What look-alike letters come down to (UTS #39), in lower case.
pub fn looks(text: &str) -> String {
    if text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b" _-".contains(&byte)) {
        return ascii_looks(text);
    }
    let lower: String = text.chars().flat_map(char::to_lowercase).collect();
    skeleton(&lower).flat_map(char::to_lowercase).collect()
}

/// The same for words in ASCII, of which few letters change: most are, and the tables are slow.
fn ascii_looks(text: &str) -> String {
    let mut looks = String::with_capacity(text.len() + 4);
    for letter in text.chars() {
        match letter.to_ascii_lowercase() {
            'm' => looks.push_str("rn"),
            '0' => looks.push('o'),
            '1' => looks.push('l'),
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
        let plain: String = cut(handle).trim().trim_start_matches('@').to_lowercase();
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
        let mut parts: Vec<String> = marked.windows(3).map(|part| part.iter().collect()).collect();
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
    }
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
    cut(text).split_whitespace().filter_map(link).collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ascii_looks_as_the_tables_say() {
        for text in (0..128_u8).map(|byte| char::from(byte).to_string()) {
            if !text.chars().all(|c| c.is_ascii_alphanumeric() || " _-".contains(c)) {
                continue;
            }
            let lower = text.to_lowercase();
            let tables: String = skeleton(&lower).flat_map(char::to_lowercase).collect();
            assert_eq!(ascii_looks(&text), tables, "{text:?}");
        }
    }

    #[test]
    fn handles_are_taken_apart() {
        let check = |handle: &str, letters: &str, stem: &str, counter: &str| {
            let given = Handle::of(handle).unwrap();
            let parts = (given.letters.as_str(), given.stem.as_str(), given.counter.as_str());
            assert_eq!(parts, (letters, stem, counter), "{handle}");
        };
        check("@Quay_Lantern", "quaylantern", "quaylantern", "");
        check("quay.lantern_07", "quaylantern", "quaylantern", "07");
        check("quaylantern2", "quaylantern", "quaylantern", "2");
        check("quаylаntеrn", "quаylаntеrn", "quaylantern", "");
        check("QUAY-1ANTERN", "quay1antern", "quaylantern", "");
        check("  2026 ", "2026", "2o26", "");
        check("__7", "7", "7", "");
        for empty in ["", " ", "@"] {
            assert_eq!(Handle::of(empty), None);
        }
    }

    #[test]
    fn parts_mark_the_ends() {
        let parts = |handle| Handle::of(handle).unwrap().parts();
        assert_eq!(parts("tide"), ["^ti", "de$", "ide", "tid"]);
        assert_eq!(parts("a9"), ["^a$"]);
        assert_eq!(parts("aaaaaa"), ["^aa", "aa$", "aaa"]);
    }

    fn plain(text: &str) -> Vec<String> {
        let mut plain: Vec<String> = words(text).into_iter().map(|word| word.plain).collect();
        plain.sort();
        plain
    }

    #[test]
    fn words_are_what_is_said() {
        for (text, wanted) in [
            ("", &[] as &[&str]),
            ("Tea, TEA & bread!", &["bread", "tea"]),
            ("see https://pages.example/x and pages.example/y", &["and", "see"]),
            ("@wren likes it", &["it", "likes", "wren"]),
            ("灯台の光", &["の光", "台の", "灯台"]),
            ("灯", &["灯"]),
        ] {
            assert_eq!(plain(text), wanted, "{text}");
        }
        assert_eq!(words("асе")[0].looks, words("Ace")[0].looks);
    }

    #[test]
    fn links_are_compared_without_what_does_not_matter() {
        for (text, wanted) in [
            ("https://www.Pages.example/Own/", Some("pages.example/Own")),
            ("HTTP://pages.example", Some("pages.example")),
            ("(pages.example/own),", Some("pages.example/own")),
            ("pages.example/own#part", Some("pages.example/own")),
            ("pages.example/own?a=1", Some("pages.example/own?a=1")),
            ("end.Then", None),
            ("and/or", None),
            ("me@pages.example/x", None),
            ("https://", None),
            ("...", None),
            ("€€€€€€€€", None),
        ] {
            assert_eq!(link(text).as_deref(), wanted, "{text}");
        }
        let bio = "Tea. https://a.example/1 or b.example/2.";
        assert_eq!(links(bio), ["a.example/1", "b.example/2"]);
    }

    #[test]
    fn posts_name_handles() {
        let named = |text: &str| mentions(text).collect::<Vec<_>>();
        let expected = [(true, "quay_7"), (false, "was"), (true, "wren.o"), (false, "once")];
        let expected = expected.map(|(at, name)| (at, name.to_owned()));
        assert_eq!(named("@Quay_7 was (@wren.o.) once..."), expected);
        assert_eq!(named("@ . -"), []);
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        let text = "é".repeat(TEXT_CHARACTERS + 9);
        assert_eq!(cut(&text).chars().count(), TEXT_CHARACTERS);
        assert_eq!(cut("short"), "short");
    }
}
