//! The numbers of the Santa Clara Principles 2.0 (2021) that records can tell.

use super::appeals::{AppealPast, complaint_value};
use super::happening::{By, Happening, Measure};
use super::orders::OrderPast;
use super::sheet::{Cell, Identity, Sheet};
use super::time::{day, is_within};
use crate::statement::{AutomatedDecision, SourceType};
use model::{ActionKind, NoticeKind};
use std::collections::{BTreeMap, BTreeSet};

/// Computes the numbers from what happened until the end of the period.
#[must_use]
pub fn santa_clara(happenings: &[Happening], identity: &Identity) -> Sheet {
    let past = Past::of(happenings, identity);
    let mut rows = past.actioned();
    rows.extend(past.by_category());
    rows.extend(past.flags());
    rows.extend(past.automation());
    rows.extend(past.languages());
    rows.extend(past.appeals());
    rows.extend(past.states());
    Sheet {
        name: "santa_clara".to_owned(),
        header: ["Section", "Number", "By", "Value"].map(str::to_owned).into(),
        rows,
    }
}

struct Past<'a> {
    measures: Vec<&'a Measure>,
    notices: BTreeMap<&'static str, u64>,
    languages: BTreeMap<&'a str, &'a str>,
    appeals: Vec<AppealPast<'a>>,
    orders: Vec<OrderPast>,
    /// Decisions reversed within the period, without any appeal against them.
    reversed_unasked: u64,
}

impl<'a> Past<'a> {
    fn of(happenings: &'a [Happening], identity: &Identity) -> Self {
        let mut past = Self {
            measures: Vec::new(),
            notices: BTreeMap::new(),
            languages: BTreeMap::new(),
            appeals: AppealPast::all(happenings, identity),
            orders: OrderPast::all(happenings, identity),
            reversed_unasked: 0,
        };
        let mut appealed = BTreeSet::new();
        let mut ordered = BTreeSet::new();
        for happening in happenings.iter().filter(|one| day(one.at()) <= identity.to) {
            let within = is_within(happening.at(), identity);
            match happening {
                Happening::Measure(measure) if within => past.measures.push(measure),
                Happening::Notice { kind, .. } if within => {
                    *past.notices.entry(kind_name(*kind)).or_default() += 1;
                }
                Happening::Flagged { case, language: Some(tag), .. } => {
                    past.languages.extend(tag.split('-').next().map(|tag| (&**case, tag)));
                }
                Happening::Appeal(told) => {
                    appealed.insert(&told.decision);
                }
                Happening::Decision(decided) if decided.order.is_some() => {
                    ordered.insert(&decided.decision);
                }
                Happening::Reversal { decision, .. } if within => {
                    let unasked = !appealed.contains(decision) && !ordered.contains(decision);
                    past.reversed_unasked += u64::from(unasked);
                }
                Happening::Measure(_)
                | Happening::Notice { .. }
                | Happening::Flagged { .. }
                | Happening::Decision(_)
                | Happening::Reversal { .. }
                | Happening::Delivered { .. }
                | Happening::Order(_)
                | Happening::Receipt { .. }
                | Happening::Answer { .. }
                | Happening::NotifierSuspended { .. } => {}
            }
        }
        past
    }

    fn count(&self, wanted: impl Fn(&Measure) -> bool) -> Cell {
        Cell::Count(self.measures.iter().filter(|one| wanted(one)).count() as u64)
    }

    fn actioned(&self) -> Vec<Vec<Cell>> {
        const ACTIONED: &str = "Actioned";
        let mut rows = vec![
            row(ACTIONED, "Items actioned", "all", self.count(|one| !is_account(one))),
            row(ACTIONED, "Accounts suspended", "all", self.count(is_account)),
        ];
        let kinds =
            [ActionKind::Remove, ActionKind::Disable, ActionKind::Restrict, ActionKind::Label];
        rows.extend(kinds.map(|kind| {
            let count = self.count(|one| one.action == kind);
            row(ACTIONED, "Items actioned", kind.as_str(), count)
        }));
        rows
    }

    fn by_category(&self) -> Vec<Vec<Cell>> {
        let categories: BTreeSet<_> = self.measures.iter().map(|one| one.category).collect();
        let rows = categories.into_iter().flat_map(|category| {
            let items = self.count(|one| one.category == category && !is_account(one));
            let accounts = self.count(|one| one.category == category && is_account(one));
            let code = category.code();
            [
                row("By category", "Items actioned", code, items),
                row("By category", "Accounts suspended", code, accounts),
            ]
        });
        rows.collect()
    }

    fn flags(&self) -> Vec<Vec<Cell>> {
        let sources = [
            (SourceType::Voluntary, "the service's own motion"),
            (SourceType::Article16, "notices"),
            (SourceType::TrustedFlagger, "trusted flaggers"),
            (SourceType::OtherNotification, "other notifications"),
        ];
        let actioned = sources.map(|(source, name)| {
            let count = self.count(|one| one.source == source);
            row("Flags", "Actions, by source", name, count)
        });
        let kinds = [
            NoticeKind::User,
            NoticeKind::TrustedFlagger,
            NoticeKind::ReferralUnit,
            NoticeKind::Study,
        ];
        let received = kinds.map(kind_name).map(|name| {
            let count = self.notices.get(name).copied().unwrap_or(0);
            row("Flags", "Flags received", name, Cell::Count(count))
        });
        actioned.into_iter().chain(received).collect()
    }

    fn automation(&self) -> Vec<Vec<Cell>> {
        const AUTOMATION: &str = "Automation";
        let judged = [
            (AutomatedDecision::Fully, "automated means alone"),
            (AutomatedDecision::Partially, "automated means and people"),
            (AutomatedDecision::NotAutomated, "people"),
        ];
        let mut rows: Vec<Vec<Cell>> = judged
            .map(|(how, name)| {
                let count = self.count(|one| one.automated == how);
                row(AUTOMATION, "Actions, by who decided", name, count)
            })
            .into();
        let found = [(By::Rule, "automated means"), (By::Person, "people")];
        rows.extend(found.map(|(by, name)| {
            let count = self.count(|one| one.found_by == by);
            row(AUTOMATION, "Actions, by who found it", name, count)
        }));
        rows
    }

    fn languages(&self) -> Vec<Vec<Cell>> {
        let of = |one: &Measure| self.languages.get(&*one.case).copied().unwrap_or("und");
        let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
        for one in &self.measures {
            *counts.entry(of(one)).or_default() += 1;
        }
        let rows = counts
            .into_iter()
            .map(|(tag, count)| row("By language", "Actions", tag, Cell::Count(count)));
        let mut appealed: BTreeMap<&str, u64> = BTreeMap::new();
        for one in &self.appeals {
            let tag = one.told.language.as_deref().and_then(|tag| tag.split('-').next());
            *appealed.entry(tag.unwrap_or("und")).or_default() += 1;
        }
        let appeals = appealed
            .into_iter()
            .map(|(tag, count)| row("By language", "Appeals", tag, Cell::Count(count)));
        rows.chain(appeals).collect()
    }

    fn appeals(&self) -> Vec<Vec<Cell>> {
        const ALL: &str = "Number of complaints submitted to the internal-complaints mechanism";
        let scopes = [
            ("Total number", "received"),
            ("Decisions upheld", "decision upheld"),
            ("Decisions partially reversed", "decision reversed in part"),
            ("Decisions reversed", "decision reversed"),
            ("Decision omitted", "not heard"),
            ("Median time", "median hours until the answer"),
        ];
        let mut rows: Vec<Vec<Cell>> = scopes
            .map(|(scope, name)| {
                let value = complaint_value(&self.appeals, ALL, scope).unwrap_or(Cell::Blank);
                row("Appeals", "Appeals", name, value)
            })
            .into();
        let unasked = Cell::Count(self.reversed_unasked);
        rows.push(row("Appeals", "Decisions reversed without an appeal", "all", unasked));
        rows
    }

    fn states(&self) -> Vec<Vec<Cell>> {
        let mut states: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
        for order in &self.orders {
            let counts = states.entry(order.member_state().unwrap_or("not told")).or_default();
            counts.0 += 1;
            counts.1 += u64::from(order.was_executed());
        }
        let mut rows = Vec::new();
        for (state, (received, executed)) in states {
            let section = "Authorities";
            rows.push(row(section, "Orders received", state, Cell::Count(received)));
            rows.push(row(section, "Orders carried out", state, Cell::Count(executed)));
        }
        rows
    }
}

fn row(section: &str, number: &str, by: &str, value: Cell) -> Vec<Cell> {
    vec![Cell::text(section), Cell::text(number), Cell::text(by), value]
}

fn is_account(measure: &Measure) -> bool {
    measure.action == ActionKind::Suspend
}

fn kind_name(kind: NoticeKind) -> &'static str {
    match kind {
        NoticeKind::User => "users",
        NoticeKind::TrustedFlagger => "trusted flaggers",
        NoticeKind::ReferralUnit => "referral units",
        NoticeKind::Study => "studies",
    }
}
