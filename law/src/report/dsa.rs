//! The eleven sheets of the harmonised transparency report (Regulation (EU) 2022/2065 Articles 15
//! and 24; Implementing Regulation (EU) 2024/2835).

use super::data::{CategoryRow, SheetSpec, categories, indicators, sheet_specs};
use super::happening::{By, Happening, Measure};
use super::sheet::{Cell, Identity, Sheet};
use crate::statement::{AutomatedDecision, Basis, SourceType};
use model::{ActionKind, NoticeKind, Timestamp};
use std::collections::BTreeMap;

/// Computes the sheets from what happened until the end of the period.
///
/// `happenings` come in the order of the log, of one service; what lies before or after the period
/// is left out, but for decisions on notices, which are looked for until the end.
#[must_use]
pub fn dsa(happenings: &[Happening], identity: &Identity) -> Vec<Sheet> {
    let known = Known::of(happenings, identity);
    sheet_specs().iter().map(|spec| sheet(spec, &known, identity)).collect()
}

fn sheet(spec: &SheetSpec, known: &Known<'_>, identity: &Identity) -> Sheet {
    let rows = match spec.number {
        1 => identification(identity),
        2 => category_names(),
        3 => by_category(spec, identity, orders_have(), |_| Vec::new()),
        4 => by_category(spec, identity, notices_have(), |row| known.notices_in(row)),
        5 => by_category(spec, identity, own_have(5), |row| known.own(row, Basis::Law)),
        6 => by_category(spec, identity, own_have(6), |row| known.own(row, Basis::Terms)),
        number => by_indicator(number, identity, known),
    };
    let header: Vec<String> = spec.columns.iter().map(|(name, _)| name.clone()).collect();
    let width = header.len();
    let padded = rows.into_iter().map(|mut row| {
        row.resize(width, Cell::Blank);
        row
    });
    Sheet { name: spec.name.clone(), rows: padded.collect(), header }
}

fn identification(identity: &Identity) -> Vec<Vec<Cell>> {
    let date = |date: jiff::civil::Date| Cell::text(date.to_string());
    let rows = [
        ("Name of the service provider", Cell::text(&*identity.provider)),
        ("Date of the publication of the report", date(identity.published)),
        (
            "Date of the publication of the latest previous report",
            identity.previous.map_or(Cell::Blank, date),
        ),
        ("Starting date of reporting period", date(identity.from)),
        ("Ending date of reporting period", date(identity.to)),
    ];
    let service = || Cell::text(&*identity.service);
    rows.map(|(name, value)| vec![Cell::text("All"), service(), Cell::text(name), value]).into()
}

fn category_names() -> Vec<Vec<Cell>> {
    let row = |row: &CategoryRow| {
        let number = format!("{}{}", row.number, row.letter.as_deref().unwrap_or_default());
        vec![Cell::text(number), Cell::text(&*row.label), Cell::text(&*row.code)]
    };
    categories().iter().map(row).collect()
}

/// Which categories a sheet has: their numbers.
fn orders_have() -> fn(u8) -> bool {
    |number| number <= 14 || number == 16
}

fn notices_have() -> fn(u8) -> bool {
    |number| number <= 14 || number == 17
}

fn own_have(sheet: u8) -> fn(u8) -> bool {
    if sheet == 5 { |number| number <= 14 } else { |number| number <= 15 }
}

fn by_category(
    spec: &SheetSpec,
    identity: &Identity,
    has: fn(u8) -> bool,
    values: impl Fn(&CategoryRow) -> Vec<Cell>,
) -> Vec<Vec<Cell>> {
    let rows = categories().iter().filter(|row| has(row.number));
    rows.map(|row| {
        let applies = if spec.number == 4 { "Only for hosting services" } else { "All" };
        let mut cells = vec![
            Cell::text(applies),
            Cell::text(&*identity.service),
            Cell::text(identity.period()),
            Cell::text(place_of(row)),
            Cell::Blank,
        ];
        // Orders are told of the Union as a whole; there is no source for single States yet.
        cells.extend((spec.number == 3).then(|| Cell::text("TOTAL")));
        cells.extend(values(row));
        cells
    })
    .collect()
}

/// A category by its code; a sub-category by that and its own, because the one for others is in
/// every category.
fn place_of(row: &CategoryRow) -> String {
    let of_all = categories().iter();
    let mut heads = of_all.filter(|head| head.number == row.number && head.letter.is_none());
    let head = heads.next().map_or("", |head| &head.code);
    match row.letter {
        None => head.to_owned(),
        Some(_) => format!("{head} / {}", row.code),
    }
}

/// A notice with what became of it.
struct Noticed {
    kind: NoticeKind,
    /// The category of what was done about it, as number and letter.
    place: (u8, Option<String>),
    hours: Option<f64>,
    by: Option<By>,
}

/// What the sheets count.
struct Known<'a> {
    measures: Vec<(&'a Measure, (u8, Option<String>))>,
    notices: Vec<Noticed>,
}

impl<'a> Known<'a> {
    fn of(happenings: &'a [Happening], identity: &Identity) -> Self {
        let within = |at: Timestamp| (identity.from..=identity.to).contains(&day(at));
        let mut first_decision: BTreeMap<&str, Vec<(Timestamp, By)>> = BTreeMap::new();
        let mut measures_of: BTreeMap<&str, Vec<&Measure>> = BTreeMap::new();
        let mut measures = Vec::new();
        for happening in happenings.iter().filter(|one| day(one.at()) <= identity.to) {
            match happening {
                Happening::Notice { .. } => {}
                Happening::Decision { at, case, by } => {
                    first_decision.entry(case).or_default().push((*at, *by));
                }
                Happening::Measure(measure) => {
                    measures_of.entry(&measure.case).or_default().push(measure);
                    if within(measure.at) {
                        measures.push((measure, place(measure)));
                    }
                }
            }
        }
        let notices = happenings.iter().filter_map(|happening| {
            let Happening::Notice { at, case, kind } = happening else { return None };
            let counts = match kind {
                NoticeKind::User | NoticeKind::TrustedFlagger => within(*at),
                // A referral is a request outside Article 16, and a study is the service's own.
                NoticeKind::ReferralUnit | NoticeKind::Study => false,
            };
            let later = |made: &&Measure| made.at >= *at;
            let measure = measures_of.get(&**case).and_then(|all| all.iter().find(|m| later(m)));
            let decisions = first_decision.get(&**case);
            let decision = decisions.and_then(|all| all.iter().find(|(when, _)| when >= at));
            counts.then(|| Noticed {
                kind: *kind,
                place: measure.map_or((17, None), |measure| on_notices(place(measure))),
                hours: measure.map(|measure| hours_between(*at, measure.at)),
                by: decision.map(|(_, by)| *by),
            })
        });
        Self { measures, notices: notices.collect() }
    }

    fn notices_in(&self, row: &CategoryRow) -> Vec<Cell> {
        let here: Vec<&Noticed> =
            self.notices.iter().filter(|one| is_in(&one.place, row)).collect();
        let flagged = |one: &&&Noticed| one.kind == NoticeKind::TrustedFlagger;
        let (all, trusted) = (here.len() as u64, here.iter().filter(flagged).count() as u64);
        let hours = |wanted: &dyn Fn(&&&Noticed) -> bool| {
            median(here.iter().filter(wanted).filter_map(|one| one.hours).collect())
        };
        let actions = |basis: Basis, source: Option<SourceType>| {
            let of_source = |from: SourceType| match source {
                Some(source) => from == source,
                None => matches!(from, SourceType::Article16 | SourceType::TrustedFlagger),
            };
            let counted = self.measures.iter().filter(|(measure, place)| {
                measure.basis == basis
                    && of_source(measure.source)
                    && is_in(&on_notices(place.clone()), row)
            });
            Cell::Count(counted.count() as u64)
        };
        let trusted_source = Some(SourceType::TrustedFlagger);
        vec![
            Cell::Count(all),
            Cell::Count(trusted),
            // A notice names one item or account.
            Cell::Count(all),
            Cell::Count(trusted),
            hours(&|_| true),
            hours(&flagged),
            actions(Basis::Law, None),
            actions(Basis::Law, trusted_source),
            actions(Basis::Terms, None),
            actions(Basis::Terms, trusted_source),
        ]
    }

    fn own(&self, row: &CategoryRow, basis: Basis) -> Vec<Cell> {
        let here: Vec<&Measure> = self
            .measures
            .iter()
            .filter(|(measure, place)| {
                measure.basis == basis
                    && measure.source == SourceType::Voluntary
                    && is_in(place, row)
            })
            .map(|(measure, _)| *measure)
            .collect();
        let count = |wanted: &dyn Fn(&&&Measure) -> bool| {
            Cell::Count(here.iter().filter(wanted).count() as u64)
        };
        let done = |action: ActionKind| count(&move |one| one.action == action);
        // Seawall has no action on payments, on the service as such, or by age or interaction.
        let none = || Cell::Count(0);
        vec![
            count(&|_| true),
            count(&|one| one.found_by == By::Rule),
            done(ActionKind::Remove),
            done(ActionKind::Disable),
            done(ActionKind::Restrict),
            none(),
            none(),
            done(ActionKind::Label),
            none(),
            none(),
            none(),
            none(),
            none(),
            none(),
            done(ActionKind::Suspend),
            none(),
        ]
    }

    /// The value of an indicator that the log has a source for.
    fn indicator(&self, name: &str, scope: &str) -> Cell {
        let by_rule = |one: &&(&Measure, _)| one.0.automated == AutomatedDecision::Fully;
        let of_scope = |one: &&(&Measure, _)| match scope {
            "Total number" => true,
            "Own-initiative" => one.0.source == SourceType::Voluntary,
            _ => false,
        };
        let notices = |by: By| {
            let wanted = |one: &&Noticed| match scope {
                "NAM Total" => true,
                "NAM Trusted Flagger" => one.kind == NoticeKind::TrustedFlagger,
                _ => false,
            };
            let processed = self.notices.iter().filter(wanted).filter(|one| one.by == Some(by));
            Cell::Count(processed.count() as u64)
        };
        let measures = self.measures.iter().filter(of_scope);
        match (name, scope) {
            (_, "bg") => Cell::Blank,
            ("Number of measures solely taken by automated means", "Total number")
            | ("Number of measures solely taken by automated means", "Own-initiative") => {
                Cell::Count(measures.filter(by_rule).count() as u64)
            }
            ("Number of measures not taken by automated means", "Total number")
            | ("Number of measures not taken by automated means", "Own-initiative") => {
                Cell::Count(measures.filter(|one| !by_rule(one)).count() as u64)
            }
            ("Number of notices solely processed by automated means", _) => notices(By::Rule),
            ("Number of notices not processed by automated means", _) => notices(By::Person),
            _ => Cell::Blank,
        }
    }
}

fn by_indicator(number: u8, identity: &Identity, known: &Known<'_>) -> Vec<Vec<Cell>> {
    let row = |one: &super::data::Indicator| {
        let mut cells = vec![
            Cell::text(&*one.applicability),
            Cell::text(&*identity.service),
            Cell::text(identity.period()),
        ];
        if number == 11 {
            cells.push(Cell::text(&*one.indicator));
            return cells;
        }
        let value = match number {
            8 => known.indicator(&one.indicator, &one.scope),
            _ => Cell::Blank,
        };
        cells.extend([&one.section, &one.indicator, &one.scope].map(|text| Cell::text(&**text)));
        cells.push(value);
        cells
    };
    indicators(number).iter().map(row).collect()
}

/// The one place that a measure is counted in: its category, and of its keywords the first that is
/// a sub-category of it; without one, the sub-category for others, where there are any.
fn place(measure: &Measure) -> (u8, Option<String>) {
    let code = measure.category.code();
    let head = categories().iter().find(|row| row.letter.is_none() && row.code == code);
    let number = head.map_or(15, |head| head.number);
    let mut subs = categories().iter().filter(|row| row.number == number && row.letter.is_some());
    let named =
        |row: &&CategoryRow| measure.keywords.iter().any(|keyword| keyword.code() == row.code);
    let other = |row: &&CategoryRow| row.code == "KEYWORD_OTHER";
    let sub = subs.clone().find(named).or_else(|| subs.find(other));
    (number, sub.and_then(|row| row.letter.clone()))
}

/// On the sheet of notices, what is only against the terms stands with what notifiers did not
/// specify: that sheet has no row of its own for it.
fn on_notices(place: (u8, Option<String>)) -> (u8, Option<String>) {
    if notices_have()(place.0) { place } else { (17, None) }
}

fn is_in(place: &(u8, Option<String>), row: &CategoryRow) -> bool {
    place.0 == row.number && (row.letter.is_none() || row.letter == place.1)
}

fn hours_between(from: Timestamp, to: Timestamp) -> f64 {
    (to.micros() - from.micros()) as f64 / 3_600_000_000.0
}

/// The median; of an even number the mean of the two in the middle. None has no median.
fn median(mut hours: Vec<f64>) -> Cell {
    hours.sort_by(f64::total_cmp);
    let middle = hours.len() / 2;
    match hours.len() {
        0 => Cell::Blank,
        count if count % 2 == 1 => Cell::Hours(hours[middle]),
        _ => Cell::Hours((hours[middle - 1] + hours[middle]) / 2.0),
    }
}

/// The day of an instant, in UTC.
fn day(at: Timestamp) -> jiff::civil::Date {
    let instant = jiff::Timestamp::from_microsecond(at.micros());
    let instant = instant.expect("the years of a time are those of a calendar");
    instant.to_zoned(jiff::tz::TimeZone::UTC).date()
}
