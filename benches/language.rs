//! How often languages are told rightly, and how fast, beside a peer on the same sentences.
//!
//!     cargo bench -q --package benches --bench language -- [--detail] [--kept]
//!
//! A set is one source. Its value is the mean over its languages of the share of sentences whose
//! first guess is right; sentences that the model learned from are left out. Apart from that it
//! tells how many get an answer, and how many of those a wrong one. `--detail` tells each language
//! on standard error; `--kept` uses the model that the program `language_model` kept.

#[path = "language/texts.rs"]
#[expect(dead_code, reason = "the program that trains the model uses the rest")]
mod texts;

use benches::{Failure, cpu, input, line};
use signals::language::{Answer, Identification, Identifier, identify};
use std::collections::BTreeMap;
use texts::Sentences;

/// The languages of the design's study whose sentences are in Tatoeba.
const STUDIED: [&str; 16] = [
    "ar", "de", "en", "es", "fa", "fr", "id", "jv", "kmr", "ms", "nl", "pt", "ru", "tr", "ug", "ur",
];

fn main() -> Result<(), Failure> {
    let has = |name: &str| std::env::args().any(|argument| argument == name);
    let sets = sets()?;
    let kept = match has("--kept") {
        true => Some(Identifier::from_bytes(std::fs::read(
            input::folder()?.join("language-model.bin"),
        )?)?),
        false => None,
    };
    let tell = |text: &str| match &kept {
        Some(identifier) => identifier.identify(text),
        None => identify(text),
    };
    for (name, files) in &sets {
        let shares: Vec<Shares> = files.iter().map(|file| Shares::of(file, &tell)).collect();
        if has("--detail") {
            shares.iter().for_each(|one| one.tell(name));
        }
        let all: Vec<&Shares> = shares.iter().collect();
        report(name, &all);
        if name == "tatoeba" {
            let studied = |one: &&Shares| STUDIED.contains(&one.language.as_str());
            report("tatoeba, 16 languages", &shares.iter().filter(studied).collect::<Vec<_>>());
        }
    }
    speed(&sets, &tell)
}

/// The sentences that the model has not learned from, by source.
fn sets() -> Result<BTreeMap<String, Vec<Sentences>>, Failure> {
    let mut sets: BTreeMap<String, Vec<Sentences>> = BTreeMap::new();
    for mut file in texts::shared()? {
        let name = texts::family(&file.source).to_owned();
        if name == "udhr" {
            // The model has learned the whole declaration.
            continue;
        }
        if texts::LEARNED.iter().any(|learned| learned.name == name) {
            file.lines.retain(|line| texts::is_held_apart(line));
        }
        let name = if is_romanised(&file) { format!("{name}, romanised") } else { name };
        sets.entry(name).or_default().push(file);
    }
    Ok(sets)
}

/// Whether a file is in Latin letters though its language is not written so.
fn is_romanised(file: &Sentences) -> bool {
    let is_latin = |line: &&String| line.chars().filter(char::is_ascii_alphabetic).count() > 9;
    let latin = file.lines.iter().filter(is_latin).count();
    ["ar", "hi"].contains(&file.language.as_str()) && latin * 2 > file.lines.len()
}

struct Shares {
    language: String,
    sentences: usize,
    best: f64,
    answered: f64,
    wrong_answers: f64,
    peer: f64,
    instead: BTreeMap<&'static str, usize>,
}

impl Shares {
    fn of(file: &Sentences, tell: &impl Fn(&str) -> Identification) -> Self {
        let count = file.lines.len().max(1) as f64;
        let (mut best, mut answered, mut wrong, mut peer) = (0, 0, 0, 0);
        let mut instead: BTreeMap<&'static str, usize> = BTreeMap::new();
        for text in &file.lines {
            let told = tell(text);
            match told.guesses.first() {
                Some(guess) if guess.code == file.language => best += 1,
                Some(guess) => *instead.entry(guess.code).or_default() += 1,
                None => {}
            }
            if let Answer::Language(code) = told.answer {
                answered += 1;
                wrong += usize::from(code != file.language);
            }
            let found = whatlang::detect_lang(text).map(|language| language.code());
            peer += usize::from(found == Some(of_peer(&file.language)));
        }
        Self {
            language: file.language.clone(),
            sentences: file.lines.len(),
            best: f64::from(best) / count,
            answered: f64::from(answered) / count,
            wrong_answers: wrong as f64 / count,
            peer: peer as f64 / count,
            instead,
        }
    }

    fn tell(&self, set: &str) {
        eprintln!(
            "{set} {}: {} sentences, {:.3} guessed rightly, {:.3} answered, {:.3} wrongly, \
             {:.3} by the peer; instead {:?}",
            self.language,
            self.sentences,
            self.best,
            self.answered,
            self.wrong_answers,
            self.peer,
            self.instead,
        );
    }
}

/// Means over languages, in per cent; the peer always guesses.
fn report(set: &str, shares: &[&Shares]) {
    let mean = |share: fn(&Shares) -> f64| {
        shares.iter().map(|one| share(one)).sum::<f64>() * 100.0 / shares.len().max(1) as f64
    };
    line::measured("language", &format!("{set}: guessed wrongly"), 100.0 - mean(|s| s.best), "%");
    line::beside(
        "language",
        &format!("{set}: guessed wrongly"),
        "whatlang 0.18",
        100.0 - mean(|s| s.peer),
    );
    line::measured("language", &format!("{set}: abstains"), 100.0 - mean(|s| s.answered), "%");
    line::measured("language", &format!("{set}: answered wrongly"), mean(|s| s.wrong_answers), "%");
}

fn speed(
    sets: &BTreeMap<String, Vec<Sentences>>,
    tell: &impl Fn(&str) -> Identification,
) -> Result<(), Failure> {
    let posts: Vec<&str> =
        sets.values().flatten().flat_map(|file| file.lines.iter().map(String::as_str)).collect();
    let seconds =
        cpu::seconds_of(|| posts.iter().map(|post| tell(post).guesses.len()).sum::<usize>())?;
    line::measured("language", "speed", posts.len() as f64 / seconds, "posts/s");
    let some: Vec<&str> = posts.iter().step_by(20).copied().collect();
    let peer = || some.iter().filter(|post| whatlang::detect_lang(post).is_some()).count();
    let rate = some.len() as f64 / cpu::seconds_of(peer)?;
    line::beside("language", "speed", "whatlang 0.18", rate);
    Ok(())
}

/// The peer's code of a language: ISO 639-3, with the macrolanguage where it has that.
fn of_peer(code: &str) -> &str {
    match code {
        "ar" => "ara",
        "az" => "aze",
        "bn" => "ben",
        "de" => "deu",
        "el" => "ell",
        "en" => "eng",
        "es" => "spa",
        "fa" => "pes",
        "fr" => "fra",
        "he" => "heb",
        "hi" => "hin",
        "id" => "ind",
        "it" => "ita",
        "ja" => "jpn",
        "jv" => "jav",
        "ko" => "kor",
        "nl" => "nld",
        "pl" => "pol",
        "pt" => "por",
        "ru" => "rus",
        "sv" => "swe",
        "ta" => "tam",
        "th" => "tha",
        "tr" => "tur",
        "uk" => "ukr",
        "ur" => "urd",
        "uz" => "uzb",
        "vi" => "vie",
        "zh" => "cmn",
        code => code,
    }
}
