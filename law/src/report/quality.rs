//! How good automated means are: what people found of what rules had flagged.

use super::data::Indicator;
use super::happening::{By, Happening};
use super::provider::{Provider, Sample, SampleMeasure};
use super::sheet::{Cell, Identity, Sheet};
use super::time::{day, is_within};
use model::{AppealOutcome, NoticeKind, Ruling, Share, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// A case that rules flagged and a person judged.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Judged<'a> {
    rules: BTreeSet<&'a str>,
    /// The first part of its language tag.
    pub(crate) language: Option<&'a str>,
    /// Whether a rule decided it first, so that it was judged on appeal.
    is_automatic: bool,
    /// Whose notices it had before it was decided.
    notices: BTreeSet<Source>,
    is_right: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Source {
    Flagger,
    Anybody,
}

#[derive(Default)]
struct CasePast<'a> {
    rules: BTreeSet<&'a str>,
    language: Option<&'a str>,
    is_automatic: bool,
    is_decided: bool,
    notices: BTreeSet<Source>,
    /// The decision that judged it, when, and whether the rules were right.
    judged: Option<(&'a str, Timestamp, bool)>,
}

/// The cases that people judged within the period, as their judgement stands at the end of it. A
/// judgement is the decision of a person, or the answer that upholds a rule's decision.
pub(crate) fn judged<'a>(happenings: &'a [Happening], identity: &Identity) -> Vec<Judged<'a>> {
    let mut past = Past::default();
    for happening in happenings.iter().filter(|one| day(one.at()) <= identity.to) {
        past.take(happening);
    }
    let cases = past.cases.into_values().filter(|case| !case.rules.is_empty());
    cases
        .filter_map(|case| {
            let (_, at, is_right) = case.judged?;
            let CasePast { rules, language, is_automatic, notices, .. } = case;
            let one = Judged { rules, language, is_automatic, notices, is_right };
            is_within(at, identity).then_some(one)
        })
        .collect()
}

#[derive(Default)]
struct Past<'a> {
    cases: BTreeMap<&'a str, CasePast<'a>>,
    case_of: BTreeMap<&'a str, &'a str>,
    appeals: BTreeMap<&'a str, &'a str>,
}

impl<'a> Past<'a> {
    fn take(&mut self, happening: &'a Happening) {
        match happening {
            Happening::Flagged { case, rules, language, .. } => {
                let case = self.cases.entry(case).or_default();
                case.rules.extend(rules.iter().map(String::as_str));
                let tag = language.as_deref();
                case.language = tag.and_then(|tag| tag.split('-').next()).or(case.language);
            }
            Happening::Notice { case, kind, .. } => {
                let case = self.cases.entry(case).or_default();
                if !case.is_decided {
                    case.notices.extend(source(*kind));
                }
            }
            Happening::Decision(decided) => {
                self.case_of.insert(&decided.decision, &decided.case);
                let case = self.cases.entry(&decided.case).or_default();
                match decided.by {
                    By::Rule => case.is_automatic |= !case.is_decided,
                    By::Person if decided.order.is_none() => {
                        let is_right = decided.ruling == Ruling::Violation;
                        case.judged = Some((&decided.decision, decided.at, is_right));
                    }
                    By::Person => {}
                }
                case.is_decided = true;
            }
            Happening::Reversal { decision, .. } => {
                let case = self.case_of.get(&**decision).and_then(|one| self.cases.get_mut(one));
                if let Some(case) = case
                    && case.judged.is_some_and(|(by, ..)| by == decision)
                {
                    case.judged = None;
                }
            }
            Happening::Appeal(told) => {
                self.appeals.insert(&told.appeal, &told.decision);
            }
            Happening::Answer { at, appeal, outcome: AppealOutcome::Upheld } => {
                let Some(decision) = self.appeals.get(&**appeal) else { return };
                let case = self.case_of.get(decision).and_then(|one| self.cases.get_mut(one));
                if let Some(case) = case.filter(|case| case.judged.is_none()) {
                    case.judged = Some((decision, *at, true));
                }
            }
            Happening::Answer { .. }
            | Happening::Delivered { .. }
            | Happening::Measure(_)
            | Happening::Order(_)
            | Happening::Receipt { .. }
            | Happening::NotifierSuspended { .. } => {}
        }
    }
}

fn source(kind: NoticeKind) -> Option<Source> {
    match kind {
        NoticeKind::User => Some(Source::Anybody),
        NoticeKind::TrustedFlagger => Some(Source::Flagger),
        NoticeKind::ReferralUnit | NoticeKind::Study => None,
    }
}

fn share<'a>(judged: impl Iterator<Item = &'a Judged<'a>>) -> Share {
    let (right, of) =
        judged.fold((0, 0), |(right, of), one| (right + u64::from(one.is_right), of + 1));
    Share::new(right, of)
}

/// The precision that a row of sheet 8 asks for, by its scope.
pub(crate) fn precision(judged: &[Judged<'_>], scope: &str) -> Share {
    let here = judged.iter().filter(|one| match scope {
        "Total number" => true,
        "Own-initiative" => one.notices.is_empty(),
        "NAM Total" => one.is_automatic && !one.notices.is_empty(),
        "NAM Trusted Flagger" => one.is_automatic && one.notices.contains(&Source::Flagger),
        language => one.language == Some(language),
    });
    share(here)
}

/// A share as a cell: the point value, or nothing of nothing.
pub(crate) fn point(share: &Share) -> Cell {
    share.share.map_or(Cell::Blank, Cell::Share)
}

/// A share in words: counts and interval.
pub(crate) fn in_words(share: &Share) -> String {
    let Share { count, of, low, high, .. } = share;
    format!("{count} of {of}, 95 % interval {low:.3} to {high:.3}")
}

const ACCURACY: &str = "Accuracy of the automated means - Accuracy";
const PRECISION: &str = "Accuracy of the automated means - Precision";
const RECALL: &str = "Accuracy of the automated means - Recall";

/// The value of a row of sheet 8 about accuracy, with what it rests on; none where the row is about
/// something else.
pub(crate) fn quality_value(
    judged: &[Judged<'_>],
    provider: &Provider,
    row: &Indicator,
) -> Option<(Cell, Cell)> {
    let measure = match &*row.indicator {
        PRECISION => {
            let share = precision(judged, &row.scope);
            let words = share.share.map_or(Cell::Blank, |_| Cell::text(in_words(&share)));
            return Some((point(&share), words));
        }
        ACCURACY => SampleMeasure::Accuracy,
        RECALL => SampleMeasure::Recall,
        _ => return None,
    };
    let is_it = |sample: &&Sample| {
        let scope = sample.language.as_deref().unwrap_or(sample.scope.as_str());
        sample.system.is_none() && sample.measure == measure && scope == row.scope
    };
    let sample = provider.samples.iter().find(is_it);
    Some(sample.map_or((Cell::Blank, Cell::Blank), |sample| {
        let share = sample.share();
        (point(&share), Cell::text(format!("{}; {}", in_words(&share), sample.how)))
    }))
}

/// A row of sheet 8 for one system: its indicator, scope, value and what it rests on.
pub(crate) type SystemRow = (&'static str, String, Cell, Cell);

/// The rows of single systems: the precision of each rule, and what the provider measured.
pub(crate) fn system_rows(judged: &[Judged<'_>], provider: &Provider) -> Vec<SystemRow> {
    let rules: BTreeSet<&str> = judged.iter().flat_map(|one| one.rules.iter().copied()).collect();
    let of_rules = rules.iter().map(|rule| {
        let share = share(judged.iter().filter(|one| one.rules.contains(rule)));
        let words = Cell::text(format!("rule {rule}: {}", in_words(&share)));
        (PRECISION, "Total number".to_owned(), point(&share), words)
    });
    let of_samples = provider.samples.iter().filter_map(|sample| {
        let system = sample.system.as_ref()?;
        let indicator = match sample.measure {
            SampleMeasure::Accuracy => ACCURACY,
            SampleMeasure::Recall => RECALL,
        };
        let share = sample.share();
        let words = format!("system {system}: {}; {}", in_words(&share), sample.how);
        let scope = sample.language.clone().unwrap_or_else(|| sample.scope.as_str().to_owned());
        Some((indicator, scope, point(&share), Cell::text(words)))
    });
    of_rules.chain(of_samples).collect()
}

/// Everything that was measured of automated means, with counts and intervals: a sheet beside those
/// of the regulation, in every language and not in those of the Union alone.
#[must_use]
pub fn measured(happenings: &[Happening], identity: &Identity, provider: &Provider) -> Sheet {
    let judged = judged(happenings, identity);
    let rules: BTreeSet<&str> = judged.iter().flat_map(|one| one.rules.iter().copied()).collect();
    let languages: BTreeSet<&str> = judged.iter().filter_map(|one| one.language).collect();
    let mut rows = vec![precision_row("all rules", None, share(judged.iter()))];
    let automatic = share(judged.iter().filter(|one| one.is_automatic));
    rows.push(precision_row("decisions by rules, heard on appeal", None, automatic));
    for language in &languages {
        let here = judged.iter().filter(|one| one.language == Some(language));
        rows.push(precision_row("all rules", Some(language), share(here)));
    }
    for rule in rules {
        let of_rule: Vec<&Judged<'_>> =
            judged.iter().filter(|one| one.rules.contains(rule)).collect();
        rows.push(precision_row(rule, None, share(of_rule.iter().copied())));
        for language in &languages {
            let here = of_rule.iter().copied().filter(|one| one.language == Some(language));
            let share = share(here);
            rows.extend((share.of > 0).then(|| precision_row(rule, Some(language), share)));
        }
    }
    rows.extend(provider.samples.iter().map(sample_row));
    let header = [
        "Measure",
        "System",
        "Language",
        "Right",
        "Of",
        "Share",
        "Lower end (95 %)",
        "Upper end (95 %)",
        "Rate of error",
        "Source",
    ];
    Sheet { name: MEASURED.to_owned(), header: header.map(str::to_owned).into(), rows }
}

/// The name of the sheet of what was measured of automated means.
pub const MEASURED: &str = "automated_means_measured";

fn precision_row(system: &str, language: Option<&str>, share: Share) -> Vec<Cell> {
    let source = "decisions of people on cases that rules flagged";
    measured_row("precision", system, language, &share, source)
}

fn sample_row(sample: &Sample) -> Vec<Cell> {
    let system = sample.system.as_deref().unwrap_or("all");
    let language = sample.language.as_deref();
    measured_row(sample.measure.as_str(), system, language, &sample.share(), &sample.how)
}

fn measured_row(
    measure: &str,
    system: &str,
    language: Option<&str>,
    share: &Share,
    source: &str,
) -> Vec<Cell> {
    let known = |value: f64| if share.of == 0 { Cell::Blank } else { Cell::Share(value) };
    vec![
        Cell::text(measure),
        Cell::text(system),
        language.map_or(Cell::Blank, Cell::text),
        Cell::Count(share.count),
        Cell::Count(share.of),
        point(share),
        known(share.low),
        known(share.high),
        share.share.map_or(Cell::Blank, |share| Cell::Share(1.0 - share)),
        Cell::text(source),
    ]
}
