//! How well decisions are learned, and how right the probabilities are, on stand-ins for them.
//!
//! No real decisions are at hand. Two questions stand in: whether a text is worship or anything
//! else (topical, in nine languages), and whether a sentence of the news is an article's or a
//! title's (of manner, harder). What is held apart within training is what is told.

#[path = "language/texts.rs"]
#[expect(dead_code, reason = "the program that trains the model uses the rest")]
mod texts;

use benches::{Failure, cpu, line, numbers};
use signals::learn::{Example, Model, Parameters, Score, train};

/// A text with its language and whether it was decided so.
type Decision = (String, String, bool);

fn main() -> Result<(), Failure> {
    for (name, of) in [("worship", worship as fn(&str, &str) -> Option<bool>), ("titles", titles)] {
        let all = decisions(of)?;
        for count in [300, 1_000, 3_000] {
            question(&format!("{name}, {count} decisions"), &all[..count.min(all.len())])?;
        }
    }
    Ok(())
}

fn worship(genre: &str, _: &str) -> Option<bool> {
    Some(["quran", "hadith", "tashkeela"].iter().any(|name| genre.starts_with(name)))
}

fn titles(source: &str, language: &str) -> Option<bool> {
    match (source, language) {
        ("ant_titles", "ar") => Some(true),
        ("ant_articles" | "leipzig", "ar") => Some(false),
        _ => None,
    }
}

/// Decisions in an order that looks random; as many of each kind.
fn decisions(of: fn(&str, &str) -> Option<bool>) -> Result<Vec<Decision>, Failure> {
    let languages = ["ar", "bn", "en", "es", "fr", "id", "ru", "tr", "ur"];
    let mut next = numbers(17);
    let mut kinds: [Vec<(u64, Decision)>; 2] = [Vec::new(), Vec::new()];
    for file in texts::shared()? {
        let Some(decided) = of(&file.source, &file.language) else { continue };
        if languages.contains(&file.language.as_str()) {
            let kind = &mut kinds[usize::from(decided)];
            let cut = |line: String| line.chars().take(280).collect::<String>();
            kind.extend(
                file.lines.into_iter().map(|l| (next(), (cut(l), file.language.clone(), decided))),
            );
        }
    }
    kinds.iter_mut().for_each(|kind| kind.sort());
    let [against, decided] = kinds;
    let pairs = decided.into_iter().zip(against);
    Ok(pairs.flat_map(|(a, b)| [a.1, b.1]).collect())
}

fn question(case: &str, decisions: &[Decision]) -> Result<(), Failure> {
    let examples = || {
        decisions.iter().enumerate().map(|(at, (text, language, decided))| Example {
            text,
            language,
            decided: *decided,
            at: at as i64,
            weight: 1.0,
        })
    };
    let (train_s, trained) = cpu::timed(|| train(examples(), &Parameters::default()))?;
    let (model, report) = trained?;
    let told = |what: &str, value: f64, unit: &str| {
        line::measured("learn", &format!("{case}: {what}"), value, unit);
    };
    let whole = report.whole;
    told("1 - area under the curve", 1.0 - whole.area_under_curve, "share");
    told("1 - precision at half of recall", 1.0 - whole.precision_at_half, "share");
    told("calibration error before", whole.raw_error, "share");
    told("calibration error", whole.error, "share");
    told("calibration error by chance alone", whole.error_by_chance, "share");
    for (language, one) in report.languages.iter().filter(|(_, one)| one.examples >= 50) {
        let name = format!("calibration error, {language} ({})", one.examples);
        told(&name, one.error, "share");
        told(&format!("{name} by chance alone"), one.error_by_chance, "share");
    }
    told("training", train_s, "CPU s");
    told("model", model.to_bytes().len() as f64 / 1e6, "MB");
    told("scoring", decisions.len() as f64 / scoring_s(&model, decisions)?, "texts/s");
    Ok(())
}

fn scoring_s(model: &Model, decisions: &[Decision]) -> Result<f64, Failure> {
    cpu::seconds_of(|| {
        let scored = |(text, _, _): &&Decision| matches!(model.score(text), Score::Scored { .. });
        decisions.iter().filter(scored).count()
    })
}
