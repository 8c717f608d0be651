//! Learning from reviewers: invented decisions, what is learned of them, and model files.

#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use signals::learn::{
    Abstention, Error, Example, FileError, Model, Parameters, Report, Score, train,
};

const SUBJECTS: [&str; 6] =
    ["the baker", "my sister", "a teacher", "the neighbour", "our captain", "the gardener"];
const WEATHER: [&str; 5] = [
    "waited for the rain",
    "feared the storm",
    "liked the sunshine",
    "saw dark clouds",
    "felt the wind",
];
const MUSIC: [&str; 5] = [
    "tuned the violin",
    "sang in the choir",
    "bought a trumpet",
    "heard the concert",
    "wrote a melody",
];
const TIMES: [&str; 7] = [
    "yesterday",
    "at noon",
    "last winter",
    "again today",
    "on friday",
    "for hours",
    "in the village",
];

/// Decisions on invented sentences: what is of music was decided so.
fn sentences() -> Vec<(String, bool)> {
    let mut all = Vec::new();
    for (number, subject) in SUBJECTS.iter().enumerate() {
        for (at, time) in TIMES.iter().enumerate() {
            for which in 0..5 {
                let music = (number + at + which) % 2 == 0;
                let deed = if music { MUSIC[which] } else { WEATHER[which] };
                all.push((format!("{subject} {deed} {time}"), music));
            }
        }
    }
    all
}

fn examples(sentences: &[(String, bool)]) -> impl Iterator<Item = Example<'_>> {
    sentences.iter().enumerate().map(|(at, (text, decided))| Example {
        text,
        language: if at % 3 == 0 { "en" } else { "" },
        decided: *decided,
        at: (at * 37 % 210) as i64,
        weight: 1.0,
    })
}

fn trained() -> (Model, Report) {
    train(examples(&sentences()), &Parameters::default()).unwrap()
}

fn probability(model: &Model, text: &str) -> f64 {
    match model.score(text) {
        Score::Scored { probability, .. } => probability,
        Score::Abstains(why) => panic!("{text}: {why:?}"),
    }
}

#[test]
fn what_is_topical_is_learned() {
    let (model, report) = trained();
    for (text, at_least, at_most) in [
        ("a neighbour sang in the choir", 0.8, 1.0),
        ("the teacher heard a violin", 0.7, 1.0),
        ("THE CAPTAIN feared the wind and the rain", 0.0, 0.2),
        ("my sister saw dark clouds on friday", 0.0, 0.2),
    ] {
        let probability = probability(&model, text);
        assert!((at_least..=at_most).contains(&probability), "{text}: {probability}");
    }
    assert_eq!(report.learned_from + report.held_apart + report.left_out, 210);
    assert_eq!(report.held_apart, 70 / 4 + 140 / 4);
    assert_eq!(report.languages.keys().collect::<Vec<_>>(), ["", "en"]);
    assert!(report.whole.area_under_curve > 0.95 && report.whole.precision_at_half > 0.95);
    assert!(report.whole.error < 0.15, "{report:?}");
    assert_eq!(report.runs, model.len());
}

/// The words that decided are told where they stand, with the sign of what they did.
#[test]
fn scores_are_explained() {
    let (model, _) = trained();
    let text = "Ünser captain: sang in the choir";
    let Score::Scored { explanation, .. } = model.score(text) else { panic!("abstains") };
    let words: Vec<(&str, f64)> =
        explanation.iter().map(|weighed| (&text[weighed.range.clone()], weighed.weight)).collect();
    let weight = |wanted: &str| words.iter().find(|(word, _)| *word == wanted).map(|pair| pair.1);
    assert!(weight("choir").unwrap() > 0.3 && weight("sang").unwrap() > 0.3, "{words:?}");
    assert!(weight("captain").unwrap().abs() < weight("choir").unwrap(), "{words:?}");
}

#[test]
fn abstains() {
    let (model, _) = trained();
    for (text, why) in [
        ("", Abstention::NoWord),
        ("… 🎻 !", Abstention::NoWord),
        ("@choir https://choir.example/", Abstention::NoWord),
        ("вчера мы слушали концерт", Abstention::Unknown),
        ("zyx qvk jjw", Abstention::Unknown),
    ] {
        assert_eq!(model.score(text), Score::Abstains(why), "{text}");
    }
}

#[test]
fn the_same_examples_give_the_same_model() {
    let (model, report) = trained();
    assert_eq!((model.clone(), report), trained());
    let other = Parameters { seed: 2, ..Parameters::default() };
    assert_ne!(model, train(examples(&sentences()), &other).unwrap().0);
    let few = Parameters { runs: 50, ..Parameters::default() };
    let (small, report) = train(examples(&sentences()), &few).unwrap();
    assert!(small.len() == 50 && !small.is_empty() && report.runs_dropped > 100);
}

/// A text that came many times is learned once.
#[test]
fn repeated_texts_are_left_out() {
    let mut sentences = sentences();
    sentences.extend(std::iter::repeat_n(("The baker sang, in the choir: today!".into(), true), 9));
    let (_, report) = train(examples(&sentences), &Parameters::default()).unwrap();
    assert_eq!(report.left_out, 8);
}

#[test]
fn refusals() {
    let sentences = sentences();
    let refused = |parameters: Parameters, change: fn(&mut Example<'_>)| {
        let examples = examples(&sentences).map(|mut example| {
            change(&mut example);
            example
        });
        train(examples, &parameters).unwrap_err()
    };
    let plain = Parameters::default();
    for (error, expected) in [
        (refused(Parameters { runs: 0, ..plain }, |_| ()), "`runs` is 0; it may be from 1 to"),
        (refused(Parameters { rounds: 101, ..plain }, |_| ()), "`rounds` is 101; it may be"),
        (refused(plain, |example| example.weight = f32::NAN), "the weight of example 0 is NaN"),
        (refused(plain, |example| example.weight = 0.0), "the weight of example 0 is 0;"),
        (
            refused(plain, |example| example.decided = true),
            "158 decisions for and 0 against are left to learn",
        ),
    ] {
        assert!(error.to_string().starts_with(expected), "{error}");
    }
    let none = train(std::iter::empty(), &plain);
    assert!(matches!(none, Err(Error::TooFew { decided: 0, .. })));
}

#[test]
fn hostile_models() {
    let bytes = trained().0.to_bytes();
    let changed = |at: usize, with: &[u8]| {
        let mut bytes = bytes.clone();
        bytes[at..at + with.len()].copy_from_slice(with);
        bytes
    };
    let runs = trained().0.len();
    let wanted = bytes.len();
    for (bytes, error) in [
        (vec![], FileError::NotAModel),
        (changed(7, b"2"), FileError::NotAModel),
        (changed(32, &u32::MAX.to_le_bytes()), FileError::TooLarge { runs: u32::MAX as usize }),
        (changed(32, &0u32.to_le_bytes()), FileError::WrongLength { found: wanted, wanted: 36 }),
        (bytes[..wanted - 1].to_vec(), FileError::WrongLength { found: wanted - 1, wanted }),
        (changed(8, &f64::NAN.to_le_bytes()), FileError::BadNumber),
        (changed(16, &(-1.0f64).to_le_bytes()), FileError::BadNumber),
        (changed(44, &f32::INFINITY.to_le_bytes()), FileError::BadNumber),
        (changed(36, &u64::MAX.to_le_bytes()), FileError::OutOfOrder { place: 1 }),
    ] {
        assert_eq!(Model::from_bytes(&bytes).unwrap_err(), error);
    }
    assert!(runs > 1);
}

#[test]
fn a_model_is_read_as_it_was_written() {
    let (model, _) = trained();
    assert_eq!(Model::from_bytes(&model.to_bytes()).unwrap(), model);
}

proptest! {
    /// Any bytes give a model or an error, and a changed model scores any text.
    #[test]
    fn any_bytes_are_read(
        junk in proptest::collection::vec(any::<u8>(), 0..80),
        at in 8usize..36,
        text in "[\\PC ]{0,100}",
    ) {
        let _ = Model::from_bytes(&junk);
        let mut bytes = b"SWLEARN1".to_vec();
        bytes.extend([0; 28]);
        bytes[at] ^= junk.first().copied().unwrap_or(0);
        if let Ok(model) = Model::from_bytes(&bytes) {
            let score = model.score(&text);
            prop_assert!(matches!(score, Score::Abstains(_)), "an empty model knows nothing");
        }
    }

    /// Any text gets a probability or an abstention, and an explanation within it.
    #[test]
    fn any_text_is_scored(text in "[\\PC ]{0,60}the baker sang[\\PC ]{0,20}") {
        thread_local!(static MODEL: Model = trained().0);
        MODEL.with(|model| -> Result<(), TestCaseError> {
            if let Score::Scored { probability, explanation } = model.score(&text) {
                prop_assert!((0.0..=1.0).contains(&probability));
                prop_assert!(explanation.iter().all(|w| text.get(w.range.clone()).is_some()));
            }
            Ok(())
        })?;
    }
}
