//! What is said on the Harbour Forum and by whom, read from the two tables beside this file.

use crate::chance::Chance;

/// The slogan of the Ashen Front: invented words that mean nothing in any language.
pub const SLOGAN: &str = "keldravu vornezhu ashvumi";
/// The words of the slogan.
pub const SLOGAN_WORDS: [&str; 3] = ["keldravu", "vornezhu", "ashvumi"];
/// The host where the Ashen Front recruits; `.example` can belong to nobody.
pub const MUSTER_HOST: &str = "ashen-muster.example";

const SENTENCES: &str = include_str!("sentences.tsv");
const ACCOUNTS: &str = include_str!("accounts.tsv");

/// What a sentence is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Genre {
    Sport,
    Kitchen,
    Faith,
    Mourning,
    Daily,
    News,
    Research,
    Satire,
    Counter,
    Ashen,
    /// What somebody writes in a notice.
    Claim,
}

impl Genre {
    /// What ordinary people write about.
    pub(crate) const ORDINARY: [Self; 5] =
        [Self::Sport, Self::Kitchen, Self::Faith, Self::Mourning, Self::Daily];

    fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "sport" => Self::Sport,
            "kitchen" => Self::Kitchen,
            "faith" => Self::Faith,
            "mourning" => Self::Mourning,
            "daily" => Self::Daily,
            "news" => Self::News,
            "research" => Self::Research,
            "satire" => Self::Satire,
            "counter" => Self::Counter,
            "ashen" => Self::Ashen,
            "claim" => Self::Claim,
            _ => return None,
        })
    }
}

/// Why an account writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Person,
    Newsroom,
    Researcher,
    Satirist,
    Answerer,
    Ashen,
}

impl Role {
    fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "person" => Self::Person,
            "newsroom" => Self::Newsroom,
            "researcher" => Self::Researcher,
            "satirist" => Self::Satirist,
            "answerer" => Self::Answerer,
            "ashen" => Self::Ashen,
            _ => return None,
        })
    }
}

/// One sentence with its gaps.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sentence {
    pub(crate) language: &'static str,
    pub(crate) genre: Genre,
    pub(crate) text: &'static str,
}

/// One account of the forum.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    pub(crate) handle: &'static str,
    pub(crate) display_name: &'static str,
    pub(crate) languages: Vec<&'static str>,
    pub(crate) role: Role,
    pub(crate) age_days: i64,
    pub(crate) followers: u64,
}

/// Every sentence, in the order of the table.
///
/// # Panics
/// Never: the table is part of the program, and a test reads it.
pub(crate) fn sentences() -> Vec<Sentence> {
    let read = |line: &'static str| {
        let mut fields = line.split('\t');
        let language = fields.next()?;
        let genre = Genre::parse(fields.next()?)?;
        Some(Sentence { language, genre, text: fields.next()? })
    };
    SENTENCES.lines().map(|line| read(line).expect("a row of sentences.tsv")).collect()
}

/// Every account, in the order of the table.
///
/// # Panics
/// Never: the table is part of the program, and a test reads it.
pub(crate) fn accounts() -> Vec<Account> {
    let read = |line: &'static str| {
        let mut fields = line.split('\t');
        Some(Account {
            handle: fields.next()?,
            display_name: fields.next()?,
            languages: fields.next()?.split(',').collect(),
            role: Role::parse(fields.next()?)?,
            age_days: fields.next()?.parse().ok()?,
            followers: fields.next()?.parse().ok()?,
        })
    };
    ACCOUNTS.lines().map(|line| read(line).expect("a row of accounts.tsv")).collect()
}

/// Fills the gaps of a sentence: scores, the slogan or a word of it, a link.
pub(crate) fn fill(text: &str, slogan: &str, link: &str, chance: &mut Chance) -> String {
    let winner = chance.between(1, 5);
    let loser = chance.below(winner);
    let word = *chance.pick(&SLOGAN_WORDS);
    text.replace("{n}", &winner.to_string())
        .replace("{m}", &loser.to_string())
        .replace("{slogan}", slogan)
        .replace("{word}", word)
        .replace("{link}", link)
}

/// The slogan as the movement writes it: mostly plain, sometimes disguised.
pub(crate) fn spelled(chance: &mut Chance) -> String {
    match chance.below(10) {
        0..=5 => SLOGAN.to_owned(),
        6 | 7 => SLOGAN.to_uppercase(),
        8 => SLOGAN.replace('a', "á").replace('o', "ó"),
        _ => SLOGAN.replace('e', "\u{ff45}").replace('u', "\u{ff55}"),
    }
}

/// The muster link with the variations that links have in the wild.
pub(crate) fn muster_link(chance: &mut Chance) -> String {
    let number = chance.between(1, 99);
    match chance.below(4) {
        0 => format!("https://{MUSTER_HOST}/join"),
        1 => format!("https://www.{MUSTER_HOST}/join/?utm_source=h{number}"),
        2 => format!("http://{}/join#now", MUSTER_HOST.to_uppercase()),
        _ => format!("https://grey.{MUSTER_HOST}/{number}"),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn languages(wanted: impl Fn(Genre) -> bool) -> BTreeSet<&'static str> {
        sentences().iter().filter(|s| wanted(s.genre)).map(|s| s.language).collect()
    }

    #[test]
    fn every_account_has_something_to_say_in_each_of_its_languages() {
        let sentences = sentences();
        let has = |language: &str, genre: Genre| {
            sentences.iter().any(|s| s.language == language && s.genre == genre)
        };
        for account in accounts() {
            assert!(!account.languages.is_empty());
            for language in &account.languages {
                let genres: &[Genre] = match account.role {
                    Role::Person => &Genre::ORDINARY,
                    Role::Newsroom => &[Genre::News],
                    Role::Researcher => &[Genre::Research],
                    Role::Satirist => &[Genre::Satire],
                    Role::Answerer => &[Genre::Counter],
                    Role::Ashen => &[Genre::Ashen],
                };
                for genre in genres {
                    assert!(has(language, *genre), "{} {language} {genre:?}", account.handle);
                }
            }
        }
    }

    #[test]
    fn people_write_in_many_languages() {
        let ordinary = languages(|genre| Genre::ORDINARY.contains(&genre));
        for language in [
            "en", "ar", "fr", "es", "tr", "fa", "ur", "kmr", "id", "ru", "de", "hi", "pt", "sw",
            "he",
        ] {
            assert!(ordinary.contains(language), "{language}");
        }
        // The movement is of no language: it has as many as news has, and more.
        assert!(languages(|genre| genre == Genre::Ashen).len() >= 8);
        assert!(languages(|genre| genre == Genre::Claim).len() >= 5);
    }

    #[test]
    fn ordinary_sentences_hold_nothing_of_the_movement() {
        for sentence in sentences().iter().filter(|s| Genre::ORDINARY.contains(&s.genre)) {
            let text = sentence.text.to_lowercase();
            for part in ["ashen", "muster", "{slogan}", "{word}", "{link}"] {
                assert!(!text.contains(part), "{text}");
            }
            assert!(SLOGAN_WORDS.iter().all(|word| !text.contains(word)), "{text}");
        }
    }

    #[test]
    fn no_gap_stays_open() {
        let mut chance = Chance::new(3, 0);
        for sentence in sentences() {
            let text = fill(sentence.text, SLOGAN, "https://x.example/", &mut chance);
            assert!(!text.contains(['{', '}']) && !text.trim().is_empty(), "{text}");
        }
    }

    #[test]
    fn handles_are_unique_and_about_forty() {
        let accounts = accounts();
        let handles: BTreeSet<_> = accounts.iter().map(|account| account.handle).collect();
        assert_eq!(handles.len(), accounts.len());
        assert!((35..=50).contains(&accounts.len()), "{}", accounts.len());
    }

    /// The slogan's words are in no sentence that people really wrote, where such text is at hand.
    #[test]
    fn slogan_words_are_invented() {
        let posts = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data/posts/posts.jsonl");
        let Ok(text) = std::fs::read_to_string(posts) else {
            println!("skipped: {posts} is not there");
            return;
        };
        let text = text.to_lowercase();
        for word in SLOGAN_WORDS {
            assert!(!text.contains(word), "{word}");
        }
    }
}
