//! What people write: sentences from the table `phrases.txt`, names from syllables, and habits.

use super::dice::Dice;
use std::fmt::Write as _;

const PHRASES: &str = include_str!("phrases.txt");

/// A list of phrases that every language has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slot {
    Event,
    Detail,
    Remark,
    Short,
    Reply,
    Tags,
    Greeting,
    Blessing,
    Condolence,
    Goal,
    Headline,
    Call,
    Counter,
    Research,
    Petition,
    Share,
    Quote,
    Assignment,
    Back,
    Bio,
    Filler,
}

impl Slot {
    pub(super) const ALL: [(Self, &'static str); 21] = [
        (Self::Event, "event"),
        (Self::Detail, "detail"),
        (Self::Remark, "remark"),
        (Self::Short, "short"),
        (Self::Reply, "reply"),
        (Self::Tags, "tags"),
        (Self::Greeting, "greeting"),
        (Self::Blessing, "blessing"),
        (Self::Condolence, "condolence"),
        (Self::Goal, "goal"),
        (Self::Headline, "headline"),
        (Self::Call, "call"),
        (Self::Counter, "counter"),
        (Self::Research, "research"),
        (Self::Petition, "petition"),
        (Self::Share, "share"),
        (Self::Quote, "quote"),
        (Self::Assignment, "assignment"),
        (Self::Back, "back"),
        (Self::Bio, "bio"),
        (Self::Filler, "filler"),
    ];

    pub(super) fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, name)| *name == word).map(|(slot, _)| *slot)
    }
}

/// The phrases of one language.
#[derive(Debug, Clone)]
pub(super) struct Language {
    pub(super) code: &'static str,
    slots: [Vec<&'static str>; 21],
    /// Every word of its sentences, for texts that say nothing.
    words: Vec<&'static str>,
}

impl Language {
    pub(super) fn phrases(&self, slot: Slot) -> &[&'static str] {
        &self.slots[slot as usize]
    }
}

/// Every language of the table, in its order.
///
/// # Panics
/// Never: the table is part of the program, and a test reads it.
pub(super) fn languages() -> Vec<Language> {
    let mut languages: Vec<Language> = Vec::new();
    let mut slot = Slot::Event;
    for line in PHRASES.lines().filter(|line| !line.is_empty()) {
        if let Some(heading) = line.strip_prefix("# ") {
            let (code, word) = heading.split_once(' ').expect("a heading of phrases.txt");
            slot = Slot::parse(word).expect("a slot of phrases.txt");
            if languages.last().is_none_or(|last| last.code != code) {
                languages.push(Language { code, slots: Default::default(), words: Vec::new() });
            }
            continue;
        }
        let language = languages.last_mut().expect("a heading before the first phrase");
        match slot {
            Slot::Tags | Slot::Filler => {
                language.slots[slot as usize].extend(line.split_whitespace());
            }
            Slot::Event | Slot::Remark => {
                let words = line.split_whitespace().filter(|word| !word.contains('{'));
                language.words.extend(words.map(|word| word.trim_matches(['.', ',', '?', '¿'])));
                language.slots[slot as usize].push(line);
            }
            _ => language.slots[slot as usize].push(line),
        }
    }
    languages
}

/// The letters that a language is written with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Script {
    Latin,
    Cyrillic,
    Arabic,
    Devanagari,
}

impl Script {
    pub(super) fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "latin" => Self::Latin,
            "cyrillic" => Self::Cyrillic,
            "arabic" => Self::Arabic,
            "devanagari" => Self::Devanagari,
            _ => return None,
        })
    }

    fn syllables(self) -> &'static [&'static str; SYLLABLES] {
        match self {
            Self::Latin => &LATIN,
            Self::Cyrillic => &CYRILLIC,
            Self::Arabic => &ARABIC,
            Self::Devanagari => &DEVANAGARI,
        }
    }
}

/// How many syllables invented names are made from.
pub(super) const SYLLABLES: usize = 24;

const LATIN: [&str; SYLLABLES] = [
    "ma", "ri", "ta", "lo", "ne", "sa", "ko", "da", "li", "ra", "no", "be", "mi", "ja", "tu", "zo",
    "na", "du", "ka", "ru", "so", "fi", "ha", "go",
];
const CYRILLIC: [&str; SYLLABLES] = [
    "ма", "ри", "та", "ло", "не", "са", "ко", "да", "ли", "ра", "но", "бе", "ми", "джа", "ту",
    "зо", "на", "ду", "ка", "ру", "со", "фи", "ха", "го",
];
const ARABIC: [&str; SYLLABLES] = [
    "ما", "ري", "تا", "لو", "ني", "سا", "كو", "دا", "لي", "را", "نو", "بي", "مي", "جا", "تو", "زو",
    "نا", "دو", "كا", "رو", "سو", "في", "ها", "غو",
];
const DEVANAGARI: [&str; SYLLABLES] = [
    "मा",
    "री",
    "ता",
    "लो",
    "ने",
    "सा",
    "को",
    "दा",
    "ली",
    "रा",
    "नो",
    "बे",
    "मी",
    "जा",
    "तू",
    "ज़ो",
    "ना",
    "दू",
    "का",
    "रू",
    "सो",
    "फ़ी",
    "हा",
    "गो",
];

/// Whether a name begins with a capital, in letters that have them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Case {
    Lower,
    Capital,
}

/// Writes an invented name of so many syllables, which a number chooses.
pub(super) fn name(out: &mut String, script: Script, mut choice: u64, count: u32, case: Case) {
    let start = out.len();
    for _ in 0..count {
        out.push_str(script.syllables()[(choice % SYLLABLES as u64) as usize]);
        choice /= SYLLABLES as u64;
    }
    match case {
        Case::Lower => {}
        Case::Capital => capital(out, start),
    }
}

/// Makes the letter at a place a capital, where there is one.
fn capital(out: &mut String, at: usize) {
    let Some(first) = out[at..].chars().next() else { return };
    let mut buffer = [0; 4];
    let mut upper = first.to_uppercase();
    let (Some(letter), None) = (upper.next(), upper.next()) else { return };
    let letter = letter.encode_utf8(&mut buffer);
    out.replace_range(at..at + first.len_utf8(), letter);
}

/// A language in one alphabet, to write in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pen<'a> {
    pub(super) language: &'a Language,
    pub(super) script: Script,
}

impl Pen<'_> {
    /// Writes a phrase of a slot with its gaps filled.
    pub(super) fn phrase(self, out: &mut String, slot: Slot, dice: &mut Dice) {
        let template = *dice.pick(self.language.phrases(slot));
        self.filled(out, template, "", dice);
    }

    /// Writes a template with its gaps filled: `{name}` a place, `{n}` a number, `{clock}` a time
    /// of day, `{handle}` what is given.
    pub(super) fn filled(self, out: &mut String, template: &str, handle: &str, dice: &mut Dice) {
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('{') {
            out.push_str(before);
            let (gap, after) = after.split_once('}').expect("a gap that ends");
            match gap {
                "name" => {
                    let count = 2 + dice.below_u32(2);
                    name(out, self.script, dice.bits() >> 8, count, Case::Capital);
                }
                "n" => number(out, dice.between(2, 98)),
                "clock" => clock(out, dice.below_u32(1_440)),
                "handle" => {
                    out.push('@');
                    out.push_str(handle);
                }
                _ => unreachable!("a test reads every gap of phrases.txt"),
            }
            rest = after;
        }
        out.push_str(rest);
    }

    /// Writes what somebody says of their day: one to three sentences. The middle one holds most
    /// of the gaps, so that two people seldom say nearly the same.
    pub(super) fn ordinary(self, out: &mut String, dice: &mut Dice) {
        let draw = dice.below(100);
        if draw < 5 {
            return self.phrase(out, Slot::Short, dice);
        }
        if draw < 85 {
            let start = out.len();
            self.phrase(out, Slot::Event, dice);
            capital(out, start);
            out.push_str(". ");
        }
        self.phrase(out, Slot::Detail, dice);
        if draw >= 25 {
            out.push(' ');
            self.phrase(out, Slot::Remark, dice);
        }
    }

    /// Writes so many words that say nothing together.
    pub(super) fn salad(self, out: &mut String, words: u32, dice: &mut Dice) {
        for _ in 0..words {
            separate(out);
            let word = *dice.pick(&self.language.words);
            out.push_str(word);
        }
    }

    /// Changes one or two words of a text: the same said again.
    pub(super) fn paraphrased(self, out: &mut String, from: usize, dice: &mut Dice) {
        for _ in 0..dice.between(1, 2) {
            let filler = *dice.pick(self.language.phrases(Slot::Filler));
            let gaps = out[from..].matches(' ').count() as u64;
            let wanted = dice.below(gaps.max(1)) as usize;
            let Some((gap, _)) = out[from..].match_indices(' ').nth(wanted) else { continue };
            let at = from + gap;
            let next = out[at + 1..].find(' ').map_or(out.len(), |end| at + 1 + end);
            if dice.permille(500) {
                out.insert(at + 1, ' ');
                out.insert_str(at + 1, filler);
            } else {
                out.replace_range(at + 1..next, filler);
            }
        }
    }
}

/// A blank between what stands and what comes.
pub(super) fn separate(out: &mut String) {
    if !out.is_empty() {
        out.push(' ');
    }
}

pub(super) fn number(out: &mut String, number: u64) {
    write!(out, "{number}").expect("writing to a string does not fail");
}

fn clock(out: &mut String, minutes: u32) {
    let (hours, minutes) = (minutes / 60, minutes % 60);
    for digit in [hours / 10, hours % 10] {
        out.push(char::from(b'0' + digit as u8));
    }
    out.push(':');
    for digit in [minutes / 10, minutes % 10] {
        out.push(char::from(b'0' + digit as u8));
    }
}

const ENDINGS: [&str; 16] = [
    "!", "!!", "...", " :)", " 🙂", " 😂", " ~", " haha", " 🌿", " 🙏", "..", " ^^", " ❤", "!?",
    " 🌊", " —",
];
const OPENINGS: [&str; 8] = ["ok, ", "hm, ", "🙂 ", "hey ", "... ", "🌊 ", "ps: ", "- "];

/// How somebody writes: habits that stay with them when they come back under another name.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style(pub(super) u64);

impl Style {
    /// Writes the habits into a text.
    pub(super) fn dress(self, out: &mut String, from: usize, dice: &mut Dice) {
        let Self(bits) = self;
        if bits & 3 == 0 {
            lower_first(out, from);
        }
        if bits >> 2 & 3 == 0 && dice.permille(250) {
            out.insert_str(from, OPENINGS[(bits >> 4 & 7) as usize]);
        }
        if bits >> 7 & 3 == 0 && dice.permille(400) {
            stretch(out, from);
        }
        if bits >> 9 & 7 == 0 {
            respace(out, from);
        }
        if dice.permille(550) {
            let choice = if dice.permille(700) { bits >> 12 } else { bits >> 16 };
            while out.ends_with(['.', '!', '।', '۔']) {
                out.pop();
            }
            out.push_str(ENDINGS[(choice & 15) as usize]);
        }
    }
}

fn lower_first(out: &mut String, from: usize) {
    let Some(first) = out[from..].chars().next() else { return };
    let mut lower = first.to_lowercase();
    if let (Some(letter), None) = (lower.next(), lower.next()) {
        let mut buffer = [0; 4];
        out.replace_range(from..from + first.len_utf8(), letter.encode_utf8(&mut buffer));
    }
}

/// Draws out the last letter before the last mark: soooo.
fn stretch(out: &mut String, from: usize) {
    let last = out[from..].char_indices().rev().find(|(_, letter)| letter.is_alphabetic());
    if let Some((at, letter)) = last {
        let mut buffer = [0; 4];
        let letter: &str = letter.encode_utf8(&mut buffer);
        out.insert_str(from + at, letter);
        out.insert_str(from + at, letter);
    }
}

/// Puts a blank before the first comma or full stop within the text.
fn respace(out: &mut String, from: usize) {
    if let Some(at) = out[from..].find([',', '.', '،']) {
        out.insert(from + at, ' ');
    }
}

#[cfg(test)]
mod tests {
    use super::super::dice::Purpose;
    use super::*;
    use crate::words::{MUSTER_HOST, SLOGAN_WORDS};
    use std::collections::BTreeSet;

    fn pens(languages: &[Language]) -> Vec<Pen<'_>> {
        languages.iter().map(|language| Pen { language, script: Script::Latin }).collect()
    }

    #[test]
    fn every_language_has_every_list() {
        let languages = languages();
        let codes: BTreeSet<&str> = languages.iter().map(|language| language.code).collect();
        let wanted = ["ar", "de", "en", "es", "fa", "fr", "hi", "id", "pt", "ru", "sw", "tr", "ur"];
        assert_eq!(codes, BTreeSet::from(wanted));
        for language in &languages {
            for (slot, name) in Slot::ALL {
                assert!(!language.phrases(slot).is_empty(), "{} {name}", language.code);
            }
            assert!(language.words.len() > 40, "{}", language.code);
        }
    }

    #[test]
    fn no_gap_stays_open_and_ordinary_speech_holds_nothing_of_the_movement() {
        let languages = languages();
        let mut dice = Dice::of(1, Purpose::Phrase, 1);
        for pen in pens(&languages) {
            for (slot, _) in Slot::ALL {
                for template in pen.language.phrases(slot) {
                    let mut text = String::new();
                    pen.filled(&mut text, template, "someone", &mut dice);
                    assert!(!text.contains(['{', '}']) && !text.trim().is_empty(), "{text}");
                    let movement = [MUSTER_HOST, "Ashen"].iter().any(|word| text.contains(word));
                    assert!(!movement || slot == Slot::Counter, "{text}");
                    assert!(SLOGAN_WORDS.iter().all(|word| !text.contains(word)), "{text}");
                }
            }
        }
    }

    fn words(text: &str) -> BTreeSet<&str> {
        text.split_whitespace().collect()
    }

    fn jaccard(a: &str, b: &str) -> f64 {
        let (a, b) = (words(a), words(b));
        a.intersection(&b).count() as f64 / a.union(&b).count() as f64
    }

    /// Unrelated posts are rarely near-duplicates; paraphrases of one text always are.
    #[test]
    fn unrelated_posts_differ_and_paraphrases_do_not() {
        let languages = languages();
        for pen in pens(&languages) {
            let mut dice = Dice::of(2, Purpose::Phrase, 1);
            let texts: Vec<String> = (0..400)
                .map(|_| {
                    let mut text = String::new();
                    pen.ordinary(&mut text, &mut dice);
                    text
                })
                .filter(|text| words(text).len() >= 5)
                .collect();
            let pairs = texts
                .iter()
                .enumerate()
                .flat_map(|(at, a)| texts[at + 1..].iter().map(move |b| jaccard(a, b)));
            let near = pairs.filter(|share| *share >= 0.8).count();
            assert!(near <= 2, "{}: {near} pairs of 79,800", pen.language.code);
        }
        let pen = pens(&languages)[0];
        let mut dice = Dice::of(3, Purpose::Phrase, 1);
        let mut base = String::new();
        for _ in 0..2 {
            separate(&mut base);
            pen.phrase(&mut base, Slot::Call, &mut dice);
        }
        for _ in 0..50 {
            let mut text = base.clone();
            pen.paraphrased(&mut text, 0, &mut dice);
            assert!(text != base && jaccard(&text, &base) > 0.75, "{text}");
        }
    }

    #[test]
    fn habits_stay_with_a_person() {
        let dressed = |bits: u64, seed: u64| {
            let mut text = "We met at noon, all of us.".to_owned();
            Style(bits).dress(&mut text, 0, &mut Dice::of(seed, Purpose::Style, 0));
            text
        };
        for (bits, habit) in [(0, "we met"), (1, "We met"), (0x8001, " met"), (0x601, " ,")] {
            let texts: Vec<String> = (0..40).map(|seed| dressed(bits, seed)).collect();
            assert!(texts.iter().any(|text| text.contains(habit)) || bits == 0x601, "{bits:x}");
        }
        assert!((0..40).all(|seed| dressed(0, seed).contains(" ,")));
        assert!((0..40).any(|seed| dressed(0, seed).contains("usss")));
    }

    #[test]
    fn names_match_across_alphabets() {
        for (script, wanted) in [
            (Script::Latin, "Rita"),
            (Script::Cyrillic, "Рита"),
            (Script::Arabic, "ريتا"),
            (Script::Devanagari, "रीता"),
        ] {
            let mut text = String::new();
            name(&mut text, script, 1 + 24 * 2, 2, Case::Capital);
            assert_eq!(text, wanted);
        }
    }
}
