//! Languages: which of [`LANGUAGES`] a short text is written in, or that it can't be told.
//!
//! A script comes first: where one script alone writes a language of the list, as Greek does, the
//! script decides. Otherwise a linear model over hashed letter sequences (one to five letters
//! within a word, and whole words) gives each language of the script a probability. The model is
//! a file in this folder that the program `benches/language_model.rs` makes; it is about 2 MB and
//! sits in the binary.
//!
//! The answer ranks and routes: it chooses a queue, an order, a reader. It must never suppress a
//! match, because short and mixed texts are often misjudged; [`Answer::Abstains`] is an ordinary
//! outcome and says why.
//!
//! Links, mentions, digits, vocalisation, tatweel and invisible characters are no evidence.

mod model;
mod text;
pub mod train;

pub use model::ModelError;

use model::Model;
use std::borrow::Cow;
use std::sync::OnceLock;
use text::{Script, Words};

/// A language that can be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Language {
    /// Its code: ISO 639-1 where there is one, otherwise ISO 639-3.
    pub code: &'static str,
    /// Its name in English.
    pub name: &'static str,
}

/// Every language that [`identify`] can answer with.
pub const LANGUAGES: &[Language] = &[
    language("ace", "Acehnese"),
    language("ar", "Arabic"),
    language("arz", "Egyptian Arabic"),
    language("az", "Azerbaijani"),
    language("ber", "Berber (Tamazight in Latin letters)"),
    language("bn", "Bengali"),
    language("ckb", "Sorani Kurdish"),
    language("de", "German"),
    language("el", "Greek"),
    language("en", "English"),
    language("es", "Spanish"),
    language("fa", "Persian"),
    language("fr", "French"),
    language("he", "Hebrew"),
    language("hi", "Hindi"),
    language("id", "Indonesian"),
    language("it", "Italian"),
    language("ja", "Japanese"),
    language("jv", "Javanese"),
    language("kab", "Kabyle"),
    language("kk", "Kazakh"),
    language("kmr", "Kurmanji Kurdish"),
    language("ko", "Korean"),
    language("mad", "Madurese"),
    language("min", "Minangkabau"),
    language("ms", "Malay"),
    language("nl", "Dutch"),
    language("pl", "Polish"),
    language("pt", "Portuguese"),
    language("ru", "Russian"),
    language("su", "Sundanese"),
    language("sv", "Swedish"),
    language("sw", "Swahili"),
    language("ta", "Tamil"),
    language("th", "Thai"),
    language("tr", "Turkish"),
    language("tt", "Tatar"),
    language("ug", "Uyghur"),
    language("uk", "Ukrainian"),
    language("ur", "Urdu"),
    language("uz", "Uzbek"),
    language("vi", "Vietnamese"),
    language("zh", "Chinese"),
];

const fn language(code: &'static str, name: &'static str) -> Language {
    Language { code, name }
}

/// What could be told of a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Identification {
    /// The language, or why none is given.
    pub answer: Answer,
    /// The most probable languages, best first, at most [`GUESSES`]; empty where nothing was
    /// looked at. They are there for ranking even where the answer abstains.
    pub guesses: Vec<Guess>,
}

/// The language of a text, or why none is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// The code of a language of [`LANGUAGES`].
    Language(&'static str),
    /// None can be told.
    Abstains(Abstention),
}

impl Answer {
    /// The language's code, where there is one.
    #[must_use]
    pub fn code(self) -> Option<&'static str> {
        match self {
            Self::Language(code) => Some(code),
            Self::Abstains(_) => None,
        }
    }
}

/// Why no language is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Abstention {
    /// Fewer than [`LETTERS_NEEDED`] letters outside links and mentions.
    TooShort,
    /// A script that writes no language of the list.
    UnknownScript,
    /// Letters of several scripts, none of them [`SCRIPT_SHARE`] of all.
    MixedScripts,
    /// The text looks like a language that is not in the list.
    UnknownLanguage,
    /// The most probable language has less than [`CERTAIN`].
    Unsure,
}

/// A language with its probability.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Guess {
    /// The language's code.
    pub code: &'static str,
    /// From 0 to 1, as the model has it; how often it is right stands in `docs/accuracy.md`.
    pub probability: f32,
}

/// Most guesses given.
pub const GUESSES: usize = 3;

/// Fewest letters that a language is told from. A Chinese or Japanese character counts as two.
pub const LETTERS_NEEDED: usize = 4;

/// The least share of letters that the most frequent script must have.
pub const SCRIPT_SHARE: f32 = 0.65;

/// The least probability of an answer.
pub const CERTAIN: f32 = 0.6;

/// The code that stands for all languages that are not in the list.
const OTHER: &str = "und";

/// Tells the language of a text with the model in the binary; at most the first
/// [`train::LETTERS_READ`] letters are read.
#[must_use]
pub fn identify(text: &str) -> Identification {
    static BUILT_IN: OnceLock<Identifier> = OnceLock::new();
    let built_in = BUILT_IN.get_or_init(|| {
        let model = Model::parse(Cow::Borrowed(include_bytes!("model.bin")));
        Identifier { model: model.expect("a test reads the committed model") }
    });
    built_in.identify(text)
}

/// What tells languages with a model of its own; [`identify`] has the one in the binary.
#[derive(Debug, Clone)]
pub struct Identifier {
    model: Model,
}

impl Identifier {
    /// Reads a model file, as [`train::train`] makes it.
    ///
    /// # Errors
    /// Where the bytes are no model, or one for another list of languages.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, ModelError> {
        Model::parse(Cow::Owned(bytes)).map(|model| Self { model })
    }

    /// Tells the language of a text.
    #[must_use]
    pub fn identify(&self, text: &str) -> Identification {
        let words = Words::of(text);
        let abstains = |why| Identification { answer: Answer::Abstains(why), guesses: Vec::new() };
        if words.letters() < LETTERS_NEEDED {
            return abstains(Abstention::TooShort);
        }
        let (script, share) = words.script();
        let guesses = match script {
            Script::Other => return abstains(Abstention::UnknownScript),
            Script::Alone(code) => vec![Guess { code, probability: 1.0 }],
            Script::Shared(group) => self.model.guesses(group, words.text()),
        };
        let answer = answer_of(&guesses, share);
        let known = guesses.into_iter().filter(|guess| guess.code != OTHER);
        Identification { answer, guesses: known.take(GUESSES).collect() }
    }
}

fn answer_of(guesses: &[Guess], share: f32) -> Answer {
    if share < SCRIPT_SHARE {
        return Answer::Abstains(Abstention::MixedScripts);
    }
    match guesses.first() {
        Some(best) if best.code == OTHER => Answer::Abstains(Abstention::UnknownLanguage),
        Some(best) if best.probability >= CERTAIN => Answer::Language(best.code),
        Some(_) | None => Answer::Abstains(Abstention::Unsure),
    }
}
