//! Languages: sentences with what must be told of them, what must not be told, and model files.

#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use signals::language::train::{Content, Effort, Source, train};
use signals::language::{Abstention, Answer, GUESSES, Identifier, LANGUAGES, ModelError, identify};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::LazyLock;

fn check(text: &str, expected: Answer) {
    let told = identify(text);
    assert_eq!(told.answer, expected, "{text}: {:?}", told.guesses);
}

#[test]
fn sentences_in_many_languages() {
    for (code, text) in [
        ("ar", "هل تعرف متى تفتح المكتبة أبوابها صباح الغد؟"),
        ("ckb", "ئایا دەزانیت کتێبخانەکە سبەینێ کەی دەکرێتەوە؟"),
        ("de", "Weißt du, wann morgen die Bücherei aufmacht?"),
        ("en", "Do you know when the library opens tomorrow?"),
        ("es", "¿Sabes a qué hora abre mañana la biblioteca?"),
        ("fa", "می‌دانی کتابخانه فردا چه ساعتی باز می‌شود؟"),
        ("fr", "Sais-tu à quelle heure ouvre la bibliothèque demain ?"),
        ("id", "Apakah kamu tahu besok perpustakaan buka jam berapa, karena aku mau ke sana?"),
        ("jv", "Kowe ngerti ora sesuk perpustakaane bukak jam pira?"),
        ("kk", "Ертең кітапхана қай уақытта ашылатынын білесің бе?"),
        ("kmr", "Tu dizanî sibê pirtûkxane di kîjan saetê de vedibe?"),
        ("nl", "Weet jij hoe laat de bibliotheek morgen opengaat?"),
        ("pt", "Você sabe a que horas a biblioteca abre amanhã?"),
        ("ru", "Ты знаешь, когда завтра открывается библиотека?"),
        ("sw", "Je, unajua maktaba itafunguliwa saa ngapi kesho?"),
        ("tr", "Yarın kütüphanenin saat kaçta açıldığını biliyor musun?"),
        ("ug", "كۈتۈپخانىنىڭ ئەتە سائەت قانچىدە ئېچىلىدىغانلىقىنى بىلەمسىز؟"),
        ("uk", "Ти знаєш, о котрій завтра відчиняється бібліотека?"),
        ("ur", "کیا تمہیں معلوم ہے کہ کل لائبریری کب کھلے گی؟"),
        ("he", "אתה יודע מתי הספרייה נפתחת מחר?"),
        ("el", "Ξέρεις πότε ανοίγει αύριο η βιβλιοθήκη;"),
        ("th", "คุณรู้ไหมว่าห้องสมุดเปิดกี่โมงพรุ่งนี้"),
        ("ja", "図書館は明日何時に開きますか"),
        ("zh", "你知道图书馆明天几点开门吗"),
        ("ko", "도서관이 내일 몇 시에 여는지 아세요?"),
    ] {
        check(text, Answer::Language(code));
    }
}

/// Vocalisation, tatweel, upper case, links, mentions and taken-apart accents change nothing.
#[test]
fn what_is_no_evidence() {
    for (plain, dressed) in [
        ("هل تعرف متى تفتح المكتبة", "هَلْ تَعْرِفُ مَتَى تَفْتَحُ المكـــتبة"),
        ("Sais-tu où ouvre la bibliothèque", "SAIS-TU OÙ OUVRE LA BIBLIOTHÈQUE 123"),
        ("Sais-tu où ouvre la bibliothèque", "Sais-tu ou\u{300} ouvre la bibliothe\u{300}que"),
        ("когда открывается школа", "@somebody когда открывается школа https://a.example/the"),
    ] {
        assert_eq!(identify(plain), identify(dressed), "{dressed}");
    }
}

#[test]
fn abstains() {
    for (text, why) in [
        ("", Abstention::TooShort),
        ("😀 123 !!", Abstention::TooShort),
        ("ok", Abstention::TooShort),
        ("@user https://a.example/some/words-of-english", Abstention::TooShort),
        ("ესეიგი ხვალ", Abstention::UnknownScript),
        ("Ты знаешь когда library opens", Abstention::MixedScripts),
        ("Tiedätkö, milloin kirjasto aukeaa huomenna aamulla?", Abstention::UnknownLanguage),
        ("Tudod, hogy mikor nyit holnap reggel a könyvtár?", Abstention::UnknownLanguage),
        ("xkcd qwrtz", Abstention::Unsure),
    ] {
        check(text, Answer::Abstains(why));
    }
}

/// At least what the table of docs/accuracy.md says, less a little, on sentences held apart.
#[test]
fn sources_held_apart() {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data/text"));
    if !folder.is_dir() {
        println!("skipped: the texts are not there ({})", folder.display());
        return;
    }
    for (file, expected, least) in [
        ("general/jv.ud_csui.txt", "jv", 0.85),
        ("general/kmr.ud_mg.txt", "kmr", 0.98),
        ("general/ckb.ktc_textbooks.txt", "ckb", 0.9),
        ("news/ar.ud_pud.txt", "ar", 0.98),
        ("religious/sv.quran.txt", "sv", 0.98),
        ("religious/tr.quran.txt", "tr", 0.98),
        ("social/es.xlmt_tweets.txt", "es", 0.97),
    ] {
        let text = std::fs::read_to_string(folder.join(file)).unwrap();
        let best = |line: &str| identify(line).guesses.first().map(|guess| guess.code);
        let right = text.lines().filter(|line| best(line) == Some(expected)).count();
        let share = right as f64 / text.lines().count() as f64;
        assert!(share >= least, "{file}: {share:.3}");
    }
}

#[test]
fn every_language_has_one_code() {
    let codes: BTreeSet<&str> = LANGUAGES.iter().map(|language| language.code).collect();
    assert_eq!(codes.len(), LANGUAGES.len());
    assert!(codes.len() >= 31 && ["kmr", "ckb", "jv"].iter().all(|code| codes.contains(code)));
}

fn small() -> Vec<Source> {
    let sentences = |language: &str, lines: &[&str]| Source {
        language: language.into(),
        content: Content::Sentences(lines.iter().map(|&line| line.into()).collect()),
    };
    let words = vec![("the".to_owned(), 9.0), ("house".to_owned(), 1.0)];
    vec![
        sentences("de", &["das Haus ist alt", "der Hund ist jung"]),
        sentences("ru", &["дом стар", "кот молод"]),
        Source { language: "en".into(), content: Content::Words(words) },
        sentences("ar", &[]),
    ]
}

#[test]
fn training_is_reproducible_and_learns() {
    let effort = Effort { samples: 40, rounds: 2, seed: 7 };
    let model = train(&small(), effort);
    assert_eq!(model, train(&small(), effort));
    assert_ne!(model, train(&small(), Effort { seed: 8, ..effort }));
    let identifier = Identifier::from_bytes(model).unwrap();
    for (text, code) in [("das ist der Hund", "de"), ("the house", "en"), ("молод кот", "ru")]
    {
        assert_eq!(identifier.identify(text).answer, Answer::Language(code), "{text}");
    }
}

#[test]
fn hostile_models() {
    let model = train(&[], Effort { samples: 0, rounds: 0, seed: 0 });
    assert!(Identifier::from_bytes(model.clone()).is_ok());
    let mut endless = model.clone();
    endless[8..12].copy_from_slice(&f32::NAN.to_le_bytes());
    let wanted = model.len();
    for (bytes, error) in [
        (vec![], ModelError::NotAModel),
        (b"SWLANG01".to_vec(), ModelError::WrongLength { found: 8, wanted }),
        (model[..wanted - 1].to_vec(), ModelError::WrongLength { found: wanted - 1, wanted }),
        (endless, ModelError::BadScale),
    ] {
        assert_eq!(Identifier::from_bytes(bytes).unwrap_err(), error);
    }
}

proptest! {
    /// Any bytes after a model's beginning give a model or an error, and a model of any bytes gives
    /// probabilities.
    #[test]
    fn any_bytes_are_read(
        start in proptest::collection::vec(any::<u8>(), 0..200),
        text in "\\PC*",
    ) {
        let _ = Identifier::from_bytes(start.clone());
        static EMPTY: LazyLock<Vec<u8>> =
            LazyLock::new(|| train(&[], Effort { samples: 0, rounds: 0, seed: 0 }));
        let mut model = EMPTY.clone();
        let rows = model.len() - start.len();
        model[rows..].copy_from_slice(&start);
        if let Ok(identifier) = Identifier::from_bytes(model) {
            probabilities(&identifier.identify(&text))?;
        }
    }

    /// Whatever the text, there are few guesses, best first, with probabilities.
    #[test]
    fn any_text_is_told(text in "[\\PC ]{0,300}") {
        let told = identify(&text);
        probabilities(&told)?;
        if let Some(code) = told.answer.code() {
            prop_assert_eq!(told.guesses[0].code, code);
        }
    }
}

fn probabilities(told: &signals::language::Identification) -> Result<(), TestCaseError> {
    let guesses = &told.guesses;
    prop_assert!(guesses.len() <= GUESSES);
    prop_assert!(guesses.is_sorted_by(|a, b| a.probability >= b.probability));
    prop_assert!(guesses.iter().all(|guess| (0.0..=1.0).contains(&guess.probability)));
    prop_assert!(guesses.iter().all(|g| LANGUAGES.iter().any(|known| known.code == g.code)));
    Ok(())
}
