//! What is left of a text for telling its language: lower-case words, and the script.

use super::train::LETTERS_READ;
use crate::compact::is_link_or_mention;
use icu_normalizer::ComposingNormalizerBorrowed;

/// The languages of one script that several languages share; the order is that of the model file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Group {
    Latin,
    Arabic,
    Cyrillic,
    Devanagari,
}

impl Group {
    pub(super) const ALL: [Self; 4] = [Self::Latin, Self::Arabic, Self::Cyrillic, Self::Devanagari];

    /// The codes of its languages; the last one stands for every other language.
    pub(super) fn codes(self) -> &'static [&'static str] {
        match self {
            Self::Latin => &[
                "ace", "az", "ber", "de", "en", "es", "fr", "id", "it", "jv", "kab", "kmr", "mad",
                "min", "ms", "nl", "pl", "pt", "su", "sv", "sw", "tr", "uz", "vi", "und",
            ],
            Self::Arabic => &["ar", "arz", "ckb", "fa", "ug", "ur", "und"],
            Self::Cyrillic => &["kk", "ru", "tt", "uk", "uz", "und"],
            Self::Devanagari => &["hi", "und"],
        }
    }

    /// How many bits of a sequence's hash choose its row.
    pub(super) fn bits(self) -> u32 {
        match self {
            Self::Latin => 16,
            Self::Arabic => 14,
            Self::Cyrillic => 13,
            Self::Devanagari => 11,
        }
    }
}

/// A script, as far as languages are told by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Script {
    /// Several languages are written in it.
    Shared(Group),
    /// It writes one language of the list.
    Alone(&'static str),
    /// It writes none.
    Other,
}

/// Kinds of letters that are counted; Han and Kana are weighed together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Letters {
    Latin,
    Arabic,
    Cyrillic,
    Devanagari,
    Hebrew,
    Greek,
    Bengali,
    Tamil,
    Thai,
    Hangul,
    Han,
    Kana,
    Other,
}

const KINDS: usize = Letters::Other as usize + 1;

impl Letters {
    fn of(c: char) -> Self {
        match c as u32 {
            0..=0x36F | 0x1E00..=0x1EFF | 0x2C60..=0x2C7F | 0xA720..=0xA7FF => Self::Latin,
            0x370..=0x3FF | 0x1F00..=0x1FFF => Self::Greek,
            0x400..=0x52F => Self::Cyrillic,
            0x590..=0x5FF => Self::Hebrew,
            0x600..=0x6FF | 0x750..=0x77F | 0x8A0..=0x8FF | 0xFB50..=0xFDFF | 0xFE70..=0xFEFE => {
                Self::Arabic
            }
            0x900..=0x97F => Self::Devanagari,
            0x980..=0x9FF => Self::Bengali,
            0xB80..=0xBFF => Self::Tamil,
            0xE00..=0xE7F => Self::Thai,
            0x1100..=0x11FF | 0xAC00..=0xD7AF => Self::Hangul,
            0x3040..=0x30FF => Self::Kana,
            0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0x2_0000..=0x3_FFFF => Self::Han,
            _ => Self::Other,
        }
    }

    /// How many letters of an alphabet one character is worth.
    fn worth(self) -> u32 {
        match self {
            Self::Han | Self::Kana | Self::Hangul => 2,
            Self::Latin
            | Self::Arabic
            | Self::Cyrillic
            | Self::Devanagari
            | Self::Hebrew
            | Self::Greek
            | Self::Bengali
            | Self::Tamil
            | Self::Thai
            | Self::Other => 1,
        }
    }
}

/// The words of a text in lower case, each with a space before and behind it, without links,
/// mentions, digits and vocalisation.
#[derive(Debug)]
pub(super) struct Words {
    text: Vec<char>,
    counts: [u32; KINDS],
}

impl Words {
    pub(super) fn of(text: &str) -> Self {
        let mut words = Self { text: vec![' '], counts: [0; KINDS] };
        for token in text.split_whitespace() {
            if words.letters() >= LETTERS_READ {
                break;
            }
            if !is_link_or_mention(token) {
                words.add(token);
            }
        }
        words
    }

    /// Letters, a Chinese, Japanese or Korean character counting as two.
    pub(super) fn letters(&self) -> usize {
        self.counts.iter().sum::<u32>() as usize
    }

    pub(super) fn text(&self) -> &[char] {
        &self.text
    }

    /// The script of most letters, and its share of them.
    pub(super) fn script(&self) -> (Script, f32) {
        let mut counts = self.counts;
        let kana = counts[Letters::Kana as usize];
        counts[Letters::Han as usize] += kana;
        counts[Letters::Kana as usize] = 0;
        let most = (0..KINDS).max_by_key(|&kind| (counts[kind], KINDS - kind)).unwrap_or(0);
        let share = counts[most] as f32 / self.letters().max(1) as f32;
        // Japanese has kana in nearly every sentence, Chinese none.
        let east = if kana * 10 >= counts[Letters::Han as usize] { "ja" } else { "zh" };
        let script = SCRIPTS.get(most).copied().unwrap_or(Script::Alone(east));
        (if most == Letters::Other as usize { Script::Other } else { script }, share)
    }

    fn add(&mut self, token: &str) {
        if token.chars().any(|c| ('\u{300}'..='\u{36F}').contains(&c)) {
            let composed = ComposingNormalizerBorrowed::new_nfc().normalize(token);
            composed.chars().for_each(|c| self.push(c));
        } else {
            token.chars().for_each(|c| self.push(c));
        }
        self.close();
    }

    fn push(&mut self, c: char) {
        if self.letters() >= LETTERS_READ {
            return;
        }
        match c {
            'a'..='z' => self.letter(c),
            'A'..='Z' => self.letter(c.to_ascii_lowercase()),
            '\'' | '’' | '‘' | 'ʻ' | 'ʼ' | '`' | 'ʿ' => {
                if self.text.last() != Some(&' ') {
                    self.text.push('\'');
                }
            }
            c if c.is_ascii() => self.close(),
            c if is_silent(c) => {}
            c if c.is_alphabetic() => c.to_lowercase().for_each(|lower| self.letter(lower)),
            // Vowel signs and viramas of Indic scripts and of Thai are no letters to Unicode.
            c if matches!(c as u32, 0x900..=0xE7F) => self.letter(c),
            _ => self.close(),
        }
    }

    fn letter(&mut self, c: char) {
        let kind = Letters::of(c);
        self.counts[kind as usize] += kind.worth();
        self.text.push(c);
    }

    /// Ends a word.
    fn close(&mut self) {
        while self.text.last() == Some(&'\'') {
            self.text.pop();
        }
        if self.text.last() != Some(&' ') {
            self.text.push(' ');
        }
    }
}

/// What each kind of letters up to Hangul tells, in the order of [`Letters`].
const SCRIPTS: [Script; Letters::Han as usize] = [
    Script::Shared(Group::Latin),
    Script::Shared(Group::Arabic),
    Script::Shared(Group::Cyrillic),
    Script::Shared(Group::Devanagari),
    Script::Alone("he"),
    Script::Alone("el"),
    Script::Alone("bn"),
    Script::Alone("ta"),
    Script::Alone("th"),
    Script::Alone("ko"),
];

/// Vocalisation, tatweel and invisible characters, which say nothing of the language.
fn is_silent(c: char) -> bool {
    matches!(
        c,
        '\u{610}'..='\u{61A}' | '\u{640}' | '\u{64B}'..='\u{65F}' | '\u{670}'
            | '\u{6D6}'..='\u{6ED}' | '\u{300}'..='\u{36F}'
    ) || crate::fold::is_invisible(c)
}
