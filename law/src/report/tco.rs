//! The yearly report on terrorist content (Regulation (EU) 2021/784 Article 7).

use super::happening::{Happening, Measure};
use super::sheet::{Cell, Identity, Sheet};
use crate::statement::{AutomatedDecision, Keyword};
use model::Timestamp;

/// The items of Article 7(3), as letters and what they ask for.
const ITEMS: [(&str, &str); 9] = [
    ("a", "Measures to identify and remove or disable access to terrorist content"),
    ("b", "Measures against the reappearance of terrorist content, automated tools in particular"),
    ("c", "Items removed or disabled on removal orders or specific measures"),
    ("c", "Removal orders that were not carried out under Article 3(7) or (8), with the grounds"),
    ("d", "Complaints under Article 10, and their outcome"),
    ("e", "Reviews before administrations or courts that the provider brought, and their outcome"),
    ("f", "Items reinstated after a review that the provider brought"),
    ("g", "Items reinstated after a complaint"),
    ("-", "Beside the items: measures against terrorist content of the provider's own motion"),
];

/// Computes the report from what happened within the period.
///
/// What the log has no source for yet stays blank: orders, complaints, reviews.
#[must_use]
pub fn tco(happenings: &[Happening], identity: &Identity) -> Sheet {
    let terrorist: Vec<&Measure> = happenings
        .iter()
        .filter_map(|happening| match happening {
            Happening::Measure(measure) => Some(measure),
            Happening::Notice { .. } | Happening::Decision { .. } => None,
        })
        .filter(|measure| (identity.from..=identity.to).contains(&day(measure.at)))
        .filter(|measure| measure.keywords.contains(&Keyword::TerroristContent))
        .collect();
    let fully = |measure: &&&Measure| measure.automated == AutomatedDecision::Fully;
    let automated = terrorist.iter().filter(fully).count();
    let rows = ITEMS.iter().map(|(letter, what)| {
        let (value, words) = match *letter {
            "-" => {
                let words = format!("of these {automated} by automated means alone");
                (Cell::Count(terrorist.len() as u64), Cell::text(words))
            }
            _ => (Cell::Blank, Cell::Blank),
        };
        vec![Cell::text(*letter), Cell::text(*what), value, words]
    });
    Sheet {
        name: "tco_article_7".to_owned(),
        header: ["Item", "What is asked", "Number", "In words"].map(str::to_owned).into(),
        rows: rows.collect(),
    }
}

/// The day of an instant, in UTC.
fn day(at: Timestamp) -> jiff::civil::Date {
    let instant = jiff::Timestamp::from_microsecond(at.micros());
    let instant = instant.expect("the years of a time are those of a calendar");
    instant.to_zoned(jiff::tz::TimeZone::UTC).date()
}
