//! What people outside are told about notices and appeals, as templates that a legal desk corrects.
//!
//! The texts stand in `data/redress_letters.json`, each with the article that it serves, in English
//! and Arabic. A word in braces is filled in; what is filled in is never read as a template again.

use model::{ActionKind, AppealRefusal};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Something that people outside are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Told {
    /// An appeal came in (DSA Art 20).
    AppealReceived,
    /// An appeal is not heard.
    AppealRefused,
    /// The decision stands (DSA Art 20(5)).
    AppealUpheld,
    /// The decision is reversed (DSA Art 20(4)).
    AppealReversed,
    /// Something lighter takes the place of the decision.
    AppealPartly,
    /// A notice came in (DSA Art 16(4)).
    NoticeReceived,
    /// Something was done on a notice (DSA Art 16(5)).
    NoticeFollowed,
    /// Nothing was done on a notice (DSA Art 16(5)).
    NoticeNotFollowed,
    /// What a notifier was told no longer holds.
    NoticeChanged,
    /// A notifier is warned (DSA Art 23(2)).
    NotifierWarned,
    /// A notifier's notices are not dealt with for a time (DSA Art 23(2)).
    NotifierSuspended,
}

/// A template in one language.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Template {
    subject: String,
    body: String,
}

/// A template with the article that it serves.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Templates {
    article: String,
    en: Template,
    ar: Template,
}

/// What is filled in, by the word in braces.
pub type Fields<'a> = [(&'a str, &'a str)];

/// A text that is written to somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Writing {
    /// The subject line.
    pub subject: String,
    /// The text.
    pub body: String,
}

static LETTERS: LazyLock<BTreeMap<Told, Templates>> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../data/redress_letters.json"))
        .expect("the templates are checked by a test")
});

/// Writes what somebody is told, in Arabic where the language is `ar` and in English otherwise.
///
/// # Panics
/// Where the template asks for a word that is not given, which is a mistake of the caller.
#[must_use]
pub fn write(told: Told, language: &str, fields: &Fields<'_>) -> Writing {
    let templates = LETTERS.get(&told).expect("every letter has a template, as a test checks");
    let template = match language {
        "ar" => &templates.ar,
        _ => &templates.en,
    };
    Writing { subject: fill(&template.subject, fields), body: fill(&template.body, fields) }
}

/// A few words that letters and pages share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phrase {
    /// Another decision keeps the content or account restricted.
    StillRestricted,
    /// What stands before the list of bodies that settle disputes out of court.
    DisputeBodies,
    /// Why an appeal is not heard: it is not the person's.
    NoStanding,
    /// Why an appeal is not heard: there was one before.
    Twice,
    /// Why an appeal is not heard: the time has passed.
    Late,
    /// Why an appeal is not heard: nothing is left of it.
    NothingToAppeal,
    /// Why an appeal or notice is not dealt with: too many were unfounded.
    Suspended,
    /// No program took part.
    ByPerson,
    /// A program found it, a person decided.
    FoundByProgram,
    /// A program found it and decided.
    DecidedByProgram,
    /// Nothing was done.
    Nothing,
    /// It was removed.
    Remove,
    /// It was made unavailable.
    Disable,
    /// It is shown less.
    Restrict,
    /// It bears a label.
    Label,
    /// The account was suspended.
    Suspend,
    /// The account was warned.
    Warn,
    /// It was restored.
    Restore,
}

impl Phrase {
    /// Every phrase, in the order of the file.
    pub const ALL: [Self; 18] = [
        Self::StillRestricted,
        Self::DisputeBodies,
        Self::NoStanding,
        Self::Twice,
        Self::Late,
        Self::NothingToAppeal,
        Self::Suspended,
        Self::ByPerson,
        Self::FoundByProgram,
        Self::DecidedByProgram,
        Self::Nothing,
        Self::Remove,
        Self::Disable,
        Self::Restrict,
        Self::Label,
        Self::Suspend,
        Self::Warn,
        Self::Restore,
    ];

    /// What says why an appeal is not heard.
    #[must_use]
    pub fn of_refusal(because: AppealRefusal) -> Self {
        match because {
            AppealRefusal::NoStanding => Self::NoStanding,
            AppealRefusal::Twice => Self::Twice,
            AppealRefusal::Late => Self::Late,
            AppealRefusal::NothingToAppeal => Self::NothingToAppeal,
            AppealRefusal::Suspended => Self::Suspended,
        }
    }

    /// What says what was done.
    #[must_use]
    pub fn of_action(action: Option<ActionKind>) -> Self {
        match action {
            None => Self::Nothing,
            Some(ActionKind::Remove) => Self::Remove,
            Some(ActionKind::Disable) => Self::Disable,
            Some(ActionKind::Restrict) => Self::Restrict,
            Some(ActionKind::Label) => Self::Label,
            Some(ActionKind::Suspend) => Self::Suspend,
            Some(ActionKind::Warn) => Self::Warn,
            Some(ActionKind::Restore) => Self::Restore,
        }
    }

    /// Its words, in Arabic where the language is `ar` and in English otherwise.
    ///
    /// # Panics
    /// Never: a test checks that every phrase has words.
    #[must_use]
    pub fn words(self, language: &str) -> &'static str {
        let words = PHRASES.get(&self).expect("every phrase has words, as a test checks");
        match language {
            "ar" => &words.ar,
            _ => &words.en,
        }
    }
}

/// Words in both languages.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    en: String,
    ar: String,
}

static PHRASES: LazyLock<BTreeMap<Phrase, Words>> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../data/redress_phrases.json"))
        .expect("the phrases are checked by a test")
});

/// The article that a text serves.
#[must_use]
pub fn article(told: Told) -> &'static str {
    LETTERS.get(&told).map_or("", |templates| templates.article.as_str())
}

/// Fills words in braces, once from left to right.
fn fill(template: &str, fields: &Fields<'_>) -> String {
    let mut filled = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').expect("braces are closed, as a test checks");
        let given = fields.iter().find(|(known, _)| *known == name);
        let (_, value) = given.unwrap_or_else(|| panic!("the word {{{name}}} is not given"));
        filled.push_str(before);
        filled.push_str(value);
        rest = after;
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    const ALL: [Told; 11] = [
        Told::AppealReceived,
        Told::AppealRefused,
        Told::AppealUpheld,
        Told::AppealReversed,
        Told::AppealPartly,
        Told::NoticeReceived,
        Told::NoticeFollowed,
        Told::NoticeNotFollowed,
        Told::NoticeChanged,
        Told::NotifierWarned,
        Told::NotifierSuspended,
    ];

    fn words(template: &Template) -> BTreeSet<&str> {
        let text = [&template.subject, &template.body];
        let parts = text.into_iter().flat_map(|text| text.split('{').skip(1));
        parts.filter_map(|part| part.split_once('}')).map(|(word, _)| word).collect()
    }

    #[test]
    fn every_letter_stands_in_both_languages_with_the_same_words() {
        assert_eq!(LETTERS.len(), ALL.len());
        for told in ALL {
            let templates = &LETTERS[&told];
            assert_eq!(words(&templates.en), words(&templates.ar), "{told:?}");
            assert!(article(told).contains("Art "), "{told:?}");
            for template in [&templates.en, &templates.ar] {
                let both = format!("{}{}", template.subject, template.body);
                assert_eq!(both.matches('{').count(), both.matches('}').count(), "{told:?}");
                assert!(!template.subject.contains('\n') && template.body.ends_with(['\n', '}']));
            }
        }
    }

    #[test]
    fn every_phrase_has_words_in_both_languages() {
        assert_eq!(PHRASES.len(), Phrase::ALL.len());
        for phrase in Phrase::ALL {
            let (english, arabic) = (phrase.words("en"), phrase.words("ar"));
            assert!(english.is_ascii() && !english.is_empty(), "{phrase:?}");
            assert!(arabic.chars().any(|c| ('\u{0600}'..'\u{0700}').contains(&c)), "{phrase:?}");
        }
        for action in [None].into_iter().chain(ActionKind::ALL.map(Some)) {
            let word = action.map_or("nothing", ActionKind::as_str);
            let phrase = serde_json::to_value(Phrase::of_action(action)).unwrap_or_default();
            assert_eq!(phrase, word);
        }
        for because in AppealRefusal::ALL {
            let phrase = serde_json::to_value(Phrase::of_refusal(because)).unwrap_or_default();
            assert_eq!(phrase, because.as_str());
        }
    }

    #[test]
    fn what_is_filled_in_is_no_template() {
        let filled = fill("a {x} b {y}.", &[("x", "{y}"), ("y", "}{x}")]);
        assert_eq!(filled, "a {y} b }{x}.");
    }

    #[test]
    fn a_letter_is_written_in_the_language_of_the_person() {
        let fields = [("reference", "notice_1"), ("service", "forum")];
        let arabic = write(Told::NoticeReceived, "ar", &fields);
        assert!(arabic.body.contains("رقمك المرجعي هو notice_1"));
        let english = write(Told::NoticeReceived, "fr", &fields);
        assert_eq!(english.subject, "We have your notice (notice_1)");
    }
}
