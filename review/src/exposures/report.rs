//! The report on specific measures (TCO Art 5(5)): its words, its figures and its whole.

use super::exposure::{Announcement, Demand, Exposure, ExposureStatus, SpecificMeasure};
use super::obligation::ObligationId;
use model::{AuthorityId, ExposureId, RuleName, ServiceId, Timestamp, UserId};
use serde::{Deserialize, Serialize};

/// A report while it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Draft {
    /// What it answers.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub answers: ObligationId,
    /// The begin of the time that it tells of.
    pub from: Timestamp,
    /// The end of it.
    pub to: Timestamp,
    /// What was done, in the words of the service.
    #[serde(default)]
    pub done: String,
    /// What it intends to do.
    #[serde(default)]
    pub intended: String,
    /// What the records tell of that time.
    pub figures: Figures,
}

/// What the sealed records tell of the measures in a time.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Figures {
    /// Numbers of each rule of each measure; a case that two rules led to is in both.
    pub rules: Vec<RuleFigures>,
    /// Cases that any rule of a measure led to, opened in that time.
    pub cases_opened: u64,
    /// Of all such cases, how many were decided in that time.
    pub cases_decided: u64,
    /// Of all such cases, how many decisions were reversed on a complaint in that time.
    pub reversed_on_complaint: u64,
    /// How many records of the log were there when they were counted.
    pub records: u64,
    /// The hash of the last of them, in hexadecimal.
    pub hash: String,
}

/// Numbers of one rule of a measure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct RuleFigures {
    /// The number of the measure.
    pub measure: u32,
    /// The rule.
    pub rule: RuleName,
    /// Items that it found.
    pub items: u64,
    /// Cases that were opened by such an item.
    pub cases_opened: u64,
    /// Cases with such an item that were decided.
    pub cases_decided: u64,
    /// Decisions on cases with such an item that were reversed on a complaint.
    pub reversed_on_complaint: u64,
}

/// How a report reached the authority.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", tag = "by", deny_unknown_fields)]
pub enum HandedOver {
    /// Seawall sends it to the first address of the authority.
    Letter,
    /// A person handed it over otherwise.
    Person {
        /// How, and to whom.
        how: String,
    },
}

/// A report that was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct SentReport {
    /// Its number, from 1.
    pub number: u32,
    /// What it answers.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub answers: ObligationId,
    /// The begin of the time that it tells of.
    pub from: Timestamp,
    /// The end of it.
    pub to: Timestamp,
    /// When a person confirmed it as sent.
    pub sent_at: Timestamp,
    /// Who.
    pub by: UserId,
    /// How it reached the authority.
    pub handed_over: HandedOver,
    /// SHA-256 of the report as JSON, in hexadecimal.
    pub sha256: String,
}

/// A report as a whole: what the authority gets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct MeasuresReport {
    /// The article that it is owed under.
    pub article: String,
    /// The exposure decision, by its id here.
    pub exposure: ExposureId,
    /// Its number, from 1.
    pub number: u32,
    /// What it answers.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub answers: ObligationId,
    /// The service.
    pub service: ServiceId,
    /// The authority.
    pub authority: AuthorityId,
    /// The decision.
    pub decision: Announcement,
    /// Its amendments.
    pub amendments: Vec<Announcement>,
    /// Where it stands.
    pub status: ExposureStatus,
    /// The begin of the time that it tells of.
    pub from: Timestamp,
    /// The end of it.
    pub to: Timestamp,
    /// What was done, in the words of the service.
    pub done: String,
    /// What it intends to do.
    pub intended: String,
    /// Measures that were in place at some moment of that time.
    pub measures: Vec<SpecificMeasure>,
    /// Measures that begin after it.
    pub measures_intended: Vec<SpecificMeasure>,
    /// What the authority demanded.
    pub demands: Vec<Demand>,
    /// What the records tell.
    pub figures: Figures,
}

impl Exposure {
    /// The report that is being written, as the authority would get it.
    #[must_use]
    pub fn report(&self) -> Option<MeasuresReport> {
        let draft = self.draft.clone()?;
        let begins_later = |one: &&SpecificMeasure| one.terms.from > draft.to;
        let was_there = |one: &&SpecificMeasure| {
            one.terms.from <= draft.to && one.terms.until.is_none_or(|until| until >= draft.from)
        };
        Some(MeasuresReport {
            article: "Regulation (EU) 2021/784, Article 5(5)".to_owned(),
            exposure: self.id.clone(),
            number: u32::try_from(self.reports.len() + 1).unwrap_or(u32::MAX),
            answers: draft.answers,
            service: self.service.clone(),
            authority: self.authority.clone(),
            decision: self.decision.clone(),
            amendments: self.amendments.clone(),
            status: self.status(),
            from: draft.from,
            to: draft.to,
            measures: self.measures.iter().filter(was_there).cloned().collect(),
            measures_intended: self.measures.iter().filter(begins_later).cloned().collect(),
            demands: self.demands.clone(),
            done: draft.done,
            intended: draft.intended,
            figures: draft.figures,
        })
    }

    /// The time that the next report tells of: from the end of the last one, or from the
    /// notification, until now.
    #[must_use]
    pub fn next_period(&self, now: Timestamp) -> (Timestamp, Timestamp) {
        let from = self.reports.last().map_or(self.decision.notified_at, |report| report.to);
        (from, now.max(from))
    }
}
