//! A study as one file: text, tables, plots and network, readable without a server and for years.

use super::blocks::{Block, NetworkData, Section, Sections};
use super::{Reading, network_json, result_sections};
use crate::console::files;
use crate::console::text::Language;
use askama::Template;
use engine::{CodedSample, Error};

#[derive(Template)]
#[template(path = "study_report.html")]
struct Report<'a> {
    t: Language,
    title: &'a str,
    styles: String,
    script: String,
    facts: &'a [(String, String)],
    sections: String,
}

/// What a report says of the study itself.
#[derive(Debug, Clone, PartialEq)]
pub struct About {
    /// Names with values.
    pub facts: Vec<(String, String)>,
    /// How it was made.
    pub parameters: Section,
}

/// Writes a report.
///
/// # Errors
/// Where the stored result cannot be read.
pub fn report(
    reading: &Reading,
    about: &About,
    result: &str,
    network: Option<&str>,
    coded: Option<&CodedSample>,
) -> Result<String, Error> {
    let t = reading.t;
    let mut sections = result_sections(reading, result, coded)?;
    let network = network.map(|network| network_json(reading, network)).transpose()?;
    embed(&mut sections, network);
    sections.push(about.parameters.clone());
    let html = Sections { t, sections: &sections }.render().unwrap_or_default();
    let report = Report {
        t,
        title: crate::console::kind_words(t, reading.kind),
        styles: files::text("report.css"),
        script: files::text("studies.js").replace("</script", "<\\/script"),
        facts: &about.facts,
        sections: html,
    };
    report.render().map_err(|error| Error::Damaged { what: "report", detail: error.to_string() })
}

/// Puts the network into the page, or leaves its picture out where there is none.
fn embed(sections: &mut [Section], json: Option<String>) {
    for block in sections.iter_mut().flat_map(|section| &mut section.blocks) {
        if let Block::Network(network) = block {
            match &json {
                Some(json) => network.data = NetworkData::Embedded(json.clone()),
                None => *block = Block::Table(network.table.clone()),
            }
        }
    }
}
