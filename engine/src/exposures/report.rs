//! The report on specific measures as the text that is kept, and as the letter that carries it.

use crate::clock::fresh;
use crate::{Engine, Error, Result};
use model::{Attachment, ExposureId, Letter, LetterId, LetterKind, Timestamp};
use review::exposures::{Exposure, MeasuresReport, SpecificMeasure, WorkedBy};
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// A report with the text that is kept of it.
#[derive(Debug, Clone, PartialEq)]
pub struct ReportText {
    /// The report.
    pub report: MeasuresReport,
    /// The same as JSON.
    pub json: String,
    /// SHA-256 of the JSON, in hexadecimal.
    pub sha256: String,
}

/// The report that is being written on an exposure decision.
pub(super) fn whole(exposure: &Exposure) -> Result<Option<ReportText>> {
    let Some(report) = exposure.report() else { return Ok(None) };
    let json = serde_json::to_string_pretty(&report)
        .map_err(|error| Error::Damaged { what: "report", detail: error.to_string() })?;
    let sha256 = hex::encode(Sha256::digest(json.as_bytes()));
    Ok(Some(ReportText { report, json, sha256 }))
}

impl Engine {
    /// Reads a report that was sent, as it was.
    ///
    /// # Errors
    /// Where there is none of that number, or the store fails.
    pub async fn measures_report(&self, id: &ExposureId, number: u32) -> Result<ReportText> {
        let row = self.inner.store.measures_report(id, number).await?;
        let unknown = || Error::NotFound { what: "report", id: format!("{id} {number}") };
        let row = row.ok_or_else(unknown)?;
        let damaged = |detail: String| Error::Damaged { what: "report", detail };
        if hex::encode(Sha256::digest(row.body.as_bytes())) != row.sha256 {
            return Err(damaged(format!("{id} {number}: its text is not what was sent")));
        }
        let report = serde_json::from_str(&row.body).map_err(|error| damaged(error.to_string()))?;
        Ok(ReportText { report, json: row.body, sha256: row.sha256 })
    }
}

/// The letter with which a report goes to the authority.
pub(super) fn report_letter(text: &ReportText, to: String, now: Timestamp) -> Result<Letter> {
    let report = &text.report;
    let (number, reference) = (report.number, &report.decision.reference);
    Ok(Letter {
        id: LetterId::from_uuid(fresh(now)?),
        service: report.service.clone(),
        kind: LetterKind::MeasuresReport,
        about: report.exposure.to_string(),
        to,
        language: "en".to_owned(),
        subject: format!("Report {number} on specific measures: {reference}"),
        body: words(text),
        attachments: vec![Attachment {
            name: format!("measures-report-{number}.json"),
            media_type: "application/json".to_owned(),
            text: text.json.clone(),
        }],
        answers: None,
        at: now,
    })
}

/// A report as plain text.
fn words(text: &ReportText) -> String {
    let report = &text.report;
    let MeasuresReport { article, decision, from, to, done, intended, figures, .. } = report;
    let mut body = format!(
        "{article}: report {}\nDecision {}, notified at {}\nFrom {from} until {to}\n\n\
         What was done\n{done}\n\nWhat is intended\n{intended}\n\nMeasures\n",
        report.number, decision.reference, decision.notified_at,
    );
    for measure in report.measures.iter().chain(&report.measures_intended) {
        measure_words(&mut body, measure);
    }
    // Writing to a string cannot fail.
    let _ = writeln!(
        body,
        "\nFigures from {} sealed records, the last with the hash {}\nCases opened: {}\n\
         Cases decided: {}\nReversed on complaint: {}",
        figures.records,
        figures.hash,
        figures.cases_opened,
        figures.cases_decided,
        figures.reversed_on_complaint
    );
    for rule in &figures.rules {
        let _ = writeln!(
            body,
            "- measure {}, rule {}: {} items, {} cases opened, {} decided, {} reversed",
            rule.measure,
            rule.rule,
            rule.items,
            rule.cases_opened,
            rule.cases_decided,
            rule.reversed_on_complaint
        );
    }
    let _ =
        writeln!(body, "\nThe attached file is the whole report; its SHA-256 is {}", text.sha256);
    body
}

fn measure_words(body: &mut String, measure: &SpecificMeasure) {
    let terms = &measure.terms;
    let until = terms.until.map_or_else(|| "no end set".to_owned(), |until| until.to_string());
    let worked = match &terms.worked {
        WorkedBy::People => "by people",
        WorkedBy::Program { oversight } => &format!("by a program; oversight: {oversight}"),
    };
    let _ = writeln!(
        body,
        "{}. {} ({}), from {} until {until}\n{}\nWorked {worked}\nEffect: {}\nLimits: {}\n\
         Rights: {}",
        measure.number,
        terms.title,
        terms.kind.as_str(),
        terms.from,
        terms.words,
        terms.effect,
        terms.limits,
        terms.rights
    );
}
