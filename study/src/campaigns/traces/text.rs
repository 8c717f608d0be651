//! The form in which texts are compared.

use crate::Names;
use serde::{Deserialize, Serialize};

/// When texts are objects, and when two are nearly the same.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TextRules {
    /// Fewest words of a text that is an object. Shorter ones, such as greetings, coincide without
    /// anybody's doing. At least 1, so that texts that are only mentions and links are no objects.
    pub min_words: u32,
    /// From which share of common words on, of all the words of two texts, they are nearly the
    /// same (the Jaccard index of their sets of words); above 0, at most 1.
    pub similarity: f64,
    /// For how long after it was last posted a text is looked for among later ones, in
    /// microseconds.
    pub remember_us: i64,
}

impl Default for TextRules {
    fn default() -> Self {
        Self { min_words: 5, similarity: 0.8, remember_us: 3_600_000_000 }
    }
}

/// Gives texts that are the same but for mentions, links, blanks, case and invisible characters the
/// same number.
#[derive(Debug, Clone)]
pub struct Normaliser {
    min_words: u32,
    forms: Names,
    /// The first text of each form.
    first: Vec<u32>,
    form: String,
}

impl Normaliser {
    /// No text seen yet.
    #[must_use]
    pub fn new(rules: &TextRules) -> Self {
        Self {
            min_words: rules.min_words,
            forms: Names::new(),
            first: Vec::new(),
            form: String::new(),
        }
    }

    /// The number of a text's form, a new one where it was not seen before; none where the text is
    /// too short to be an object.
    pub fn form(&mut self, number: u32, text: &str) -> Option<u32> {
        normalise(text, &mut self.form);
        if !has_words(&self.form, self.min_words) {
            return None;
        }
        let form = self.forms.number(&self.form);
        if form as usize == self.first.len() {
            self.first.push(number);
        }
        Some(form)
    }

    /// The first of the numbers that were given for texts of a form.
    ///
    /// # Panics
    /// Where the number of the form was never given out.
    #[must_use]
    pub fn object(&self, form: u32) -> u32 {
        self.first[form as usize]
    }

    /// The form of a number.
    ///
    /// # Panics
    /// Where the number was never given out.
    #[must_use]
    pub fn text(&self, form: u32) -> &str {
        self.forms.text(form)
    }
}

/// Puts a text into the form in which texts are compared: lower case, without mentions, links and
/// invisible characters, one blank between words.
pub fn normalise(text: &str, into: &mut String) {
    into.clear();
    if text.is_ascii() {
        let words = text.split_ascii_whitespace().filter(|word| !is_reference(word));
        words.for_each(|word| push_word(word, into));
        into.make_ascii_lowercase();
        return;
    }
    for word in text.split_whitespace().filter(|word| !is_reference(word)) {
        let begin = into.len();
        push_word("", into);
        let bare = into.len();
        let shown = word.chars().filter(|letter| !is_invisible(*letter));
        into.extend(shown.flat_map(char::to_lowercase));
        if into.len() == bare {
            into.truncate(begin);
        }
    }
}

fn push_word(word: &str, into: &mut String) {
    if !into.is_empty() {
        into.push(' ');
    }
    into.push_str(word);
}

/// Whether a word is a mention or a link, with or without marks around it.
fn is_reference(word: &str) -> bool {
    let bytes = word.as_bytes();
    let is_plain = bytes[0].is_ascii_alphanumeric() && !matches!(bytes[0], b'w' | b'W');
    if is_plain && !bytes.contains(&b':') {
        return false;
    }
    let is_mark = |letter: char| letter.is_ascii_punctuation() && letter != '@';
    let bare = word.trim_start_matches(is_mark);
    bare.starts_with('@')
        || bare.contains("://")
        || bare.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("www."))
}

/// Characters that change how a text is spelled but not how it is read: joiners, marks of
/// direction, soft hyphens, choices of glyphs.
fn is_invisible(letter: char) -> bool {
    matches!(
        letter,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{180E}' | '\u{200B}'..='\u{200F}'
            | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}'
            | '\u{FEFF}' | '\u{E0000}'..='\u{E0FFF}'
    )
}

/// Whether a normal form has at least so many words, and at least one.
pub(in super::super) fn has_words(form: &str, count: u32) -> bool {
    words(form).nth((count as usize).max(1) - 1).is_some()
}

/// The words of a normal form. Where a script sets no blanks between words, every two letters that
/// stand beside each other are taken for one.
pub fn words(form: &str) -> impl Iterator<Item = &str> {
    let (plain, other) = if form.is_ascii() { (form, "") } else { ("", form) };
    plain.split_ascii_whitespace().chain(other.split_whitespace().flat_map(parts))
}

/// A word by itself, or the pairs of letters of one that holds letters of a script without blanks.
fn parts(word: &str) -> impl Iterator<Item = &str> {
    let is_run = word.chars().any(is_unspaced);
    let whole = (!is_run).then_some(word);
    let pairs = is_run.then(|| pairs(word)).into_iter().flatten();
    whole.into_iter().chain(pairs)
}

fn pairs(word: &str) -> impl Iterator<Item = &str> {
    let after_next = word.char_indices().map(|(at, _)| at).skip(2).chain([word.len()]);
    word.char_indices().zip(after_next).map(|((begin, _), end)| &word[begin..end])
}

/// Thai, Lao, Myanmar, Khmer, kana and Han.
fn is_unspaced(letter: char) -> bool {
    matches!(
        letter,
        '\u{0E00}'..='\u{0EFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}'
            | '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}'
            | '\u{20000}'..='\u{3FFFF}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_keep_what_is_read() {
        for (text, wanted) in [
            ("", ""),
            ("  Two\t WORDS\n", "two words"),
            ("@one hello .@two @", "hello"),
            ("(@one) see (https://a.example/B), now", "see now"),
            ("WWW.a.example or http://b.example", "or"),
            ("mail me@a.example", "mail me@a.example"),
            ("a\u{200B}b \u{200D} c\u{FEFF}", "ab c"),
            ("ÄRGER Straße", "ärger straße"),
            ("ΣΊΣΥΦΟΣ", "σίσυφοσ"),
        ] {
            let mut form = String::new();
            normalise(text, &mut form);
            assert_eq!(form, wanted, "{text:?}");
        }
    }

    #[test]
    fn words_are_cut_at_blanks_or_in_pairs() {
        for (form, wanted) in [
            ("", &[][..]),
            ("a bc d", &["a", "bc", "d"]),
            ("今日は ok", &["今日", "日は", "ok"]),
            ("今", &["今"]),
            ("สวัส", &["สว", "วั", "ัส"]),
        ] {
            assert_eq!(words(form).collect::<Vec<_>>(), wanted, "{form}");
        }
    }

    #[test]
    fn short_texts_are_no_objects_and_equal_forms_are_one() {
        let mut normaliser = Normaliser::new(&TextRules::default());
        for (number, text, wanted) in [
            (7, "@a @b @c @d @e", None),
            (8, "one two three four", None),
            (9, "one two three four five", Some(9)),
            (10, "One TWO three  four five @you", Some(9)),
            (11, "one two three four six", Some(11)),
        ] {
            let form = normaliser.form(number, text);
            assert_eq!(form.map(|form| normaliser.object(form)), wanted, "{text}");
        }
    }
}
