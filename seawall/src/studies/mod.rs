//! What pages and reports show of studies: from results to sections, in English and Arabic, with
//! accounts under their pseudonyms.

pub mod blocks;
mod campaigns;
mod card;
mod census;
mod common;
mod mask;
mod parameters;
mod report;
mod returns;

pub use card::ShownCard;
pub use mask::masked;
pub use parameters::{facts as parameter_facts, meanings, section as parameter_section};
pub use report::{About, report};

use crate::console::text::Language;
use crate::console::when::exact;
use blocks::{Cell, Section};
use engine::{CodedSample, Error, NetworkView, StudyView};
use model::{StudyKind, Timestamp};
use serde::de::DeserializeOwned;
use serde_json::json;
use study::campaigns::traces::Trace;
use study::census::Pseudonyms;

/// Where a result is read, which decides where its accounts and findings lead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// In the console, at the address of its study.
    Console(String),
    /// In a file of its own.
    Report,
}

/// How a result is read: in which language, where, and under which names.
#[derive(Debug, Clone)]
pub struct Reading {
    /// The language.
    pub t: Language,
    /// The kind of study.
    pub kind: StudyKind,
    /// Where.
    pub place: Place,
    /// Under which names accounts stand.
    pub names: Pseudonyms,
    /// Whether what would tell an account without its id is shown.
    pub telling: Telling,
}

/// Whether words of handles, names, bios and posts are shown, which tell an account as its id does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Telling {
    /// They are left out.
    Hidden,
    /// They are shown, to somebody who said why.
    Shown,
}

impl Reading {
    /// In the console.
    pub fn of_console(t: Language, view: &StudyView) -> Self {
        let place = Place::Console(format!("/studies/{}", view.study.id));
        let (kind, names) = (view.study.kind, view.pseudonyms());
        Self { t, kind, place, names, telling: Telling::Hidden }
    }

    /// The same for somebody who may see the account.
    #[must_use]
    pub fn unmasked(self) -> Self {
        Self { telling: Telling::Shown, ..self }
    }

    /// In a file that can leave the house.
    pub fn of_report(t: Language, view: &StudyView) -> Self {
        let (kind, names) = (view.study.kind, view.pseudonyms());
        Self { t, kind, place: Place::Report, names, telling: Telling::Hidden }
    }

    /// Whether posts and their words are shown: to somebody who said why, and where nobody has a
    /// pseudonym.
    fn shows_words(&self) -> bool {
        match self.telling {
            Telling::Hidden => !self.names.are_keyed(),
            Telling::Shown => true,
        }
    }

    /// The name of a post, or of words that somebody wrote, where accounts have pseudonyms.
    fn object(&self, object: &str) -> String {
        // Apart from the names of accounts, whose ids may be the same.
        self.names.of(&format!("object {object}"))
    }

    /// A post, or words that somebody wrote, as it stands where it is hidden.
    fn hidden(&self, object: &str) -> String {
        let name: String = self.object(object).chars().take(10).collect();
        self.t.hidden_post(format!("o-{name}"))
    }

    /// An account under its name, which leads to its page where there is one.
    fn account(&self, account: &str) -> Cell {
        let name = self.names.of(account);
        match &self.place {
            Place::Console(base) => Cell::link(short(&name), format!("{base}/accounts/{name}")),
            Place::Report => Cell::text(short(&name)),
        }
    }

    /// A finding by its number from 1, which leads to its page where there is one.
    fn finding(&self, number: usize) -> Cell {
        let words = self.t.finding_number(number);
        match &self.place {
            Place::Console(base) => Cell::link(words, format!("{base}/findings/{number}")),
            Place::Report => Cell::text(words),
        }
    }
}

/// Whether an object of a trace is somebody's post or somebody's words, which a search of the
/// service leads back to their author.
fn tells_author(trace: Trace) -> bool {
    match trace {
        Trace::Repost | Trace::Text | Trace::SimilarText | Trace::Reply => true,
        Trace::Link | Trace::Hashtag | Trace::Image => false,
    }
}

/// A pseudonym as it is shown: the first digits tell the accounts of one page apart.
pub fn short(name: &str) -> String {
    if name.len() == 20 && name.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        format!("p-{}", &name[..10])
    } else {
        name.to_owned()
    }
}

fn read<T: DeserializeOwned>(json: &str) -> Result<T, Error> {
    serde_json::from_str(json)
        .map_err(|error| Error::Damaged { what: "result of a study", detail: error.to_string() })
}

/// Everything that a study found, as sections of a page.
///
/// # Errors
/// Where the stored result cannot be read.
pub fn result_sections(
    reading: &Reading,
    result: &str,
    coded: Option<&CodedSample>,
) -> Result<Vec<Section>, Error> {
    Ok(match reading.kind {
        StudyKind::Campaigns => campaigns::sections(reading, &read(result)?),
        StudyKind::Returns => returns::sections(reading, &read(result)?),
        StudyKind::Census => census::sections(reading, &read(result)?, coded),
    })
}

/// One finding as a page shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct ShownFinding {
    /// Its heading.
    pub heading: String,
    /// What is said of it.
    pub sections: Vec<Section>,
    /// How many accounts have a post among its examples.
    pub quoted: usize,
}

/// One finding, by its number from 1; none where there is no such finding.
///
/// # Errors
/// Where the stored result cannot be read.
pub fn finding(
    reading: &Reading,
    result: &str,
    number: usize,
) -> Result<Option<ShownFinding>, Error> {
    match reading.kind {
        StudyKind::Campaigns => {
            let found: study::campaigns::Campaigns = read(result)?;
            let at = number.checked_sub(1);
            let finding = at.and_then(|at| found.findings.get(at));
            Ok(finding.map(|finding| campaigns::shown_finding(reading, finding, number)))
        }
        StudyKind::Returns | StudyKind::Census => Ok(None),
    }
}

/// What a study says of one account: the words of the evidence, and its sections.
///
/// # Errors
/// Where the stored result cannot be read.
pub fn account_sections(
    reading: &Reading,
    result: &str,
    account: &str,
) -> Result<(String, Vec<Section>), Error> {
    Ok(match reading.kind {
        StudyKind::Campaigns => campaigns::account(reading, &read(result)?, account),
        StudyKind::Returns => returns::account(reading, &read(result)?, account),
        StudyKind::Census => census::account(reading, &read(result)?, account),
    })
}

/// The stages of a study in words, by their names.
pub fn stages(t: Language) -> Vec<(&'static str, &'static str)> {
    common::stages(t)
}

/// A network as the page's script takes it: accounts under their names.
///
/// # Errors
/// Where the stored network cannot be read.
pub fn network_json(reading: &Reading, network: &str) -> Result<String, Error> {
    let network: NetworkView = read(network)?;
    let names: Vec<String> = network.ids.iter().map(|id| reading.names.of(id)).collect();
    let labels: Vec<String> = names.iter().map(|name| short(name)).collect();
    let mut value = json!({
        "ids": names, "labels": labels, "x": network.x, "y": network.y, "size": network.size,
        "group": network.group, "edges": network.edges,
        "groups": common::group_names(reading.t, reading.kind, &network.group),
    });
    if !network.score.is_empty() {
        value["score"] = json!(network.score);
    }
    if let Place::Console(base) = &reading.place {
        value["links"] = format!("{base}/accounts/{{id}}").into();
    }
    Ok(value.to_string())
}

/// The day of an instant in microseconds since 1970.
#[must_use]
pub fn day(micros: i64) -> String {
    Timestamp::from_micros(micros)
        .map_or_else(|_| "–".to_owned(), |at| at.to_string().chars().take(10).collect())
}

/// An instant in microseconds since 1970, to the second.
#[must_use]
pub fn moment(micros: i64) -> String {
    Timestamp::from_micros(micros).map_or_else(|_| "–".to_owned(), exact)
}
