//! The eleven sheets of the harmonised transparency report (Regulation (EU) 2022/2065 Articles 15
//! and 24; Implementing Regulation (EU) 2024/2835).

use super::appeals::{AppealPast, complaint_value};
use super::data::{CategoryRow, Indicator, SheetSpec, categories, indicators, sheet_specs};
use super::happening::{By, Happening, Measure};
use super::orders::{OrderPast, STATES, order_values};
use super::place::{NOT_SAID_BY_NOTIFIER, Place, has, is_in, name_of, on_sheet, place};
use super::provider::Provider;
use super::quality::{Judged, judged, quality_value, system_rows};
use super::sheet::{Cell, Identity, Sheet};
use super::time::{day, hours_between, is_within, median};
use crate::statement::{AutomatedDecision, Basis, Category, SourceType};
use model::{ActionKind, NoticeKind, Timestamp};
use std::collections::BTreeMap;

/// Computes the sheets from what happened until the end of the period, and from what only the
/// provider knows.
///
/// `happenings` come in the order of the log, of one service; what lies before or after the period
/// is left out, but for what became of notices, orders and appeals, which is looked for until the
/// end.
#[must_use]
pub fn dsa(happenings: &[Happening], identity: &Identity, provider: &Provider) -> Vec<Sheet> {
    let known = Known::of(happenings, identity, provider);
    sheet_specs().iter().map(|spec| sheet(spec, &known, identity)).collect()
}

fn sheet(spec: &SheetSpec, known: &Known<'_>, identity: &Identity) -> Sheet {
    let rows = match spec.number {
        1 => identification(identity),
        2 => category_names(),
        3 => orders(identity, known),
        4 => by_category(4, identity, |row| known.notices_in(row)),
        5 => by_category(5, identity, |row| known.own(row, Basis::Law)),
        6 => by_category(6, identity, |row| known.own(row, Basis::Terms)),
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

/// Each category for the Union as a whole, and then for each State.
fn orders(identity: &Identity, known: &Known<'_>) -> Vec<Vec<Cell>> {
    let scopes = || std::iter::once(None).chain(STATES.into_iter().map(Some));
    let rows = categories().iter().filter(|row| has(3, row.number));
    rows.flat_map(|row| {
        scopes().map(move |state| {
            let mut cells = heads("All", row, identity);
            cells.push(Cell::text(state.unwrap_or("TOTAL")));
            cells.extend(order_values(&known.orders, row, state));
            cells
        })
    })
    .collect()
}

fn by_category(
    sheet: u8,
    identity: &Identity,
    values: impl Fn(&CategoryRow) -> Vec<Cell>,
) -> Vec<Vec<Cell>> {
    let rows = categories().iter().filter(|row| has(sheet, row.number));
    rows.map(|row| {
        let applies = if sheet == 4 { "Only for hosting services" } else { "All" };
        let mut cells = heads(applies, row, identity);
        cells.extend(values(row));
        cells
    })
    .collect()
}

fn heads(applies: &str, row: &CategoryRow, identity: &Identity) -> Vec<Cell> {
    vec![
        Cell::text(applies),
        Cell::text(&*identity.service),
        Cell::text(identity.period()),
        Cell::text(name_of(row)),
        Cell::Blank,
    ]
}

/// A notice with what became of it.
struct Noticed {
    kind: NoticeKind,
    /// The category of what was done about it, as number and letter.
    place: Place,
    hours: Option<f64>,
    by: Option<By>,
}

/// What the sheets count.
struct Known<'a> {
    measures: Vec<(&'a Measure, Place)>,
    notices: Vec<Noticed>,
    orders: Vec<OrderPast>,
    appeals: Vec<AppealPast<'a>>,
    judged: Vec<Judged<'a>>,
    /// The first part of the language tag of what a case is about, where it is known.
    languages: BTreeMap<&'a str, &'a str>,
    suspended_notifiers: u64,
    provider: &'a Provider,
}

impl<'a> Known<'a> {
    fn of(happenings: &'a [Happening], identity: &Identity, provider: &'a Provider) -> Self {
        let mut decided: BTreeMap<&str, Vec<(Timestamp, By)>> = BTreeMap::new();
        let mut measures_of: BTreeMap<&str, Vec<&Measure>> = BTreeMap::new();
        let mut known = Self {
            measures: Vec::new(),
            notices: Vec::new(),
            orders: OrderPast::all(happenings, identity),
            appeals: AppealPast::all(happenings, identity),
            judged: judged(happenings, identity),
            languages: BTreeMap::new(),
            suspended_notifiers: 0,
            provider,
        };
        for happening in happenings.iter().filter(|one| day(one.at()) <= identity.to) {
            match happening {
                Happening::Decision(one) => {
                    decided.entry(&one.case).or_default().push((one.at, one.by));
                }
                Happening::Measure(measure) => {
                    measures_of.entry(&measure.case).or_default().push(measure);
                    if is_within(measure.at, identity) {
                        let place = place(measure.category, &measure.keywords);
                        known.measures.push((measure, place));
                    }
                }
                Happening::Flagged { case, language: Some(tag), .. } => {
                    known.languages.extend(tag.split('-').next().map(|tag| (&**case, tag)));
                }
                Happening::NotifierSuspended { at } => {
                    known.suspended_notifiers += u64::from(is_within(*at, identity));
                }
                Happening::Notice { .. }
                | Happening::Flagged { .. }
                | Happening::Reversal { .. }
                | Happening::Delivered { .. }
                | Happening::Order(_)
                | Happening::Receipt { .. }
                | Happening::Appeal(_)
                | Happening::Answer { .. } => {}
            }
        }
        let noticed = |one| noticed(one, identity, &measures_of, &decided);
        known.notices = happenings.iter().filter_map(noticed).collect();
        known
    }

    fn notices_in(&self, row: &CategoryRow) -> Vec<Cell> {
        let here: Vec<&Noticed> =
            self.notices.iter().filter(|one| is_in(&one.place, row)).collect();
        let flagged = |one: &&&Noticed| one.kind == NoticeKind::TrustedFlagger;
        let (all, trusted) = (here.len() as u64, here.iter().filter(flagged).count() as u64);
        let hours = |wanted: &dyn Fn(&&&Noticed) -> bool| {
            median(here.iter().filter(wanted).filter_map(|one| one.hours))
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
                    && is_in(&own_place(basis, place), row)
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

    /// The value of a row of the sheets 7 to 10, with what it rests on.
    fn indicator(&self, sheet: u8, row: &Indicator) -> (Cell, Cell) {
        let value = match sheet {
            7 => self.redress(row),
            8 => {
                if let Some(found) = quality_value(&self.judged, self.provider, row) {
                    return found;
                }
                self.automated(&row.indicator, &row.scope)
            }
            9 => self.people(row),
            _ => self.recipients(&row.scope),
        };
        (value, Cell::Blank)
    }

    fn redress(&self, row: &Indicator) -> Cell {
        if let Some(value) = complaint_value(&self.appeals, &row.indicator, &row.scope) {
            return value;
        }
        let disputes = &self.provider.out_of_court;
        let suspensions = &self.provider.suspensions;
        let number = match (&*row.indicator, &*row.scope) {
            (text, "Total number") if text.ends_with("manifestly illegal content") => {
                suspensions.manifestly_illegal_content
            }
            (text, "Total number") if text.ends_with("unfounded complaints") => {
                suspensions.manifestly_unfounded_complaints
            }
            (text, "Total number") if text.ends_with("unfounded notices") => {
                Some(self.suspended_notifiers)
            }
            (_, "Total number") => disputes.disputes,
            (_, "Decisions upheld") => disputes.upheld,
            (_, "Decisions partially reversed") => disputes.partially_reversed,
            (_, "Decisions reversed") => disputes.reversed,
            (_, "Decision omitted") => disputes.omitted,
            (_, "Median time") => return disputes.median_hours.map_or(Cell::Blank, Cell::Hours),
            (_, "Percentage of outcomes implemented") => {
                return disputes.implemented_share.map_or(Cell::Blank, Cell::Share);
            }
            _ => None,
        };
        number.map_or(Cell::Blank, Cell::Count)
    }

    fn automated(&self, name: &str, scope: &str) -> Cell {
        let by_rule = |one: &&(&Measure, _)| one.0.automated == AutomatedDecision::Fully;
        let language = |one: &(&Measure, _)| self.languages.get(&*one.0.case).copied();
        let has_languages = self.measures.iter().any(|one| language(one).is_some());
        let of_scope = |one: &&(&Measure, _)| match scope {
            "Total number" => true,
            "Own-initiative" => one.0.source == SourceType::Voluntary,
            tag => language(one) == Some(tag),
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
        match name {
            // Where no record bears a language, nothing is told of any.
            _ if scope.len() == 2 && !has_languages => Cell::Blank,
            "Number of measures solely taken by automated means" => {
                Cell::Count(measures.filter(by_rule).count() as u64)
            }
            "Number of measures not taken by automated means" => {
                Cell::Count(measures.filter(|one| !by_rule(one)).count() as u64)
            }
            "Number of notices solely processed by automated means" => notices(By::Rule),
            "Number of notices not processed by automated means" => notices(By::Person),
            _ => Cell::Blank,
        }
    }

    fn people(&self, row: &Indicator) -> Cell {
        let people = &self.provider.human_resources;
        let total = match &*row.indicator {
            text if text.contains("internal moderators") => people.internal,
            text if text.contains("external moderators") => people.external,
            _ => people.linguistic,
        };
        if row.scope == "Total number" {
            return total.map_or(Cell::Blank, Cell::Number);
        }
        people.languages.get(&row.scope).map_or(Cell::Blank, |count| Cell::Count(*count))
    }

    fn recipients(&self, scope: &str) -> Cell {
        let recipients = &self.provider.recipients;
        let number = match scope {
            "TOTAL" => recipients.total,
            state => recipients.states.get(state).copied(),
        };
        number.map_or(Cell::Blank, Cell::Count)
    }
}

/// A notice of the period with what became of it.
fn noticed(
    happening: &Happening,
    identity: &Identity,
    measures_of: &BTreeMap<&str, Vec<&Measure>>,
    decided: &BTreeMap<&str, Vec<(Timestamp, By)>>,
) -> Option<Noticed> {
    let Happening::Notice { at, case, kind, .. } = happening else { return None };
    let counts = match kind {
        NoticeKind::User | NoticeKind::TrustedFlagger => is_within(*at, identity),
        // A referral is a request outside Article 16, and a study is the service's own.
        NoticeKind::ReferralUnit | NoticeKind::Study => false,
    };
    let later = |made: &&&Measure| made.at >= *at;
    let measure = measures_of.get(&**case).and_then(|all| all.iter().find(later));
    let decision = decided.get(&**case).and_then(|all| all.iter().find(|(when, _)| when >= at));
    let unsaid = (NOT_SAID_BY_NOTIFIER, None);
    counts.then(|| Noticed {
        kind: *kind,
        place: measure.map_or(unsaid, |one| on_notices(place(one.category, &one.keywords))),
        hours: measure.map(|measure| hours_between(*at, measure.at)),
        by: decision.map(|(_, by)| *by),
    })
}

/// On the sheet of terms, what has no row there is another violation of them.
fn own_place(basis: Basis, at: &Place) -> Place {
    match basis {
        Basis::Terms if !has(6, at.0) => place(Category::OtherViolationTc, &[]),
        Basis::Terms | Basis::Law => at.clone(),
    }
}

/// On the sheet of notices, what is only against the terms stands with what notifiers did not
/// specify: that sheet has no row of its own for it.
fn on_notices(place: Place) -> Place {
    on_sheet(4, place, NOT_SAID_BY_NOTIFIER)
}

fn by_indicator(number: u8, identity: &Identity, known: &Known<'_>) -> Vec<Vec<Cell>> {
    let heads = |applies: &str| {
        let texts = [applies, &identity.service, &identity.period()];
        texts.map(Cell::text).to_vec()
    };
    if number == 11 {
        let texts = known.provider.qualitative.texts();
        let rows = indicators(number).iter().zip(texts);
        return rows
            .map(|(row, (_, text))| {
                let mut cells = heads(&row.applicability);
                cells.push(Cell::text(&*row.indicator));
                cells.push(text.as_deref().map_or(Cell::Blank, Cell::text));
                cells
            })
            .collect();
    }
    let row = |one: &Indicator| {
        let mut cells = heads(&one.applicability);
        cells.extend([&one.section, &one.indicator, &one.scope].map(|text| Cell::text(&**text)));
        let (value, context) = known.indicator(number, one);
        cells.extend([value, context]);
        cells
    };
    let mut rows: Vec<Vec<Cell>> = indicators(number).iter().map(row).collect();
    if number == 8 {
        let section = indicators(8).first().map_or("", |row| &row.section);
        rows.extend(system_rows(&known.judged, known.provider).into_iter().map(
            |(indicator, scope, value, context)| {
                let mut cells = heads("All");
                cells.extend([section, indicator, &scope].map(Cell::text));
                cells.extend([value, context]);
                cells
            },
        ));
    }
    rows
}
