//! The yearly report on terrorist content (Regulation (EU) 2021/784 Article 7).

use super::happening::{Decided, Demand, Happening, Measure, OrderStanding};
use super::orders::OrderPast;
use super::provider::Provider;
use super::sheet::{Cell, Identity, Sheet};
use super::time::{day, is_within};
use crate::clock::Ground;
use crate::statement::{AutomatedDecision, Keyword};
use model::{AppealBasis, AppealOutcome};
use std::collections::{BTreeMap, BTreeSet};

/// Computes the report from what happened until the end of the period, and from what only the
/// provider knows: the items that are words, or happen outside.
#[must_use]
pub fn tco(happenings: &[Happening], identity: &Identity, provider: &Provider) -> Sheet {
    let past = Past::of(happenings, identity);
    let own = &provider.tco;
    let words = |text: &Option<String>| text.as_deref().map_or(Cell::Blank, Cell::text);
    let number = |number: Option<u64>| number.map_or(Cell::Blank, Cell::Count);
    let mut rows = vec![
        row("a", MEASURES, Cell::Blank, words(&own.measures)),
        row("b", REAPPEARANCE, Cell::Blank, words(&own.reappearance)),
    ];
    rows.extend(past.removed());
    rows.extend(past.not_executed());
    rows.extend(past.complaints());
    let reviews = number(own.reviews_brought);
    rows.push(row("e", REVIEWS, reviews, words(&own.reviews_outcome)));
    rows.push(row("f", AFTER_REVIEW, number(own.reinstated_after_review), Cell::Blank));
    let scrutinised = Cell::Count(past.given_back_after_scrutiny);
    rows.push(row("f", AFTER_SCRUTINY, scrutinised, Cell::Blank));
    rows.push(row("g", AFTER_COMPLAINT, Cell::Count(past.reinstated()), Cell::Blank));
    rows.push(past.own_motion());
    Sheet {
        name: "tco_article_7".to_owned(),
        header: ["Item", "What is asked", "Number", "In words"].map(str::to_owned).into(),
        rows,
    }
}

const MEASURES: &str = "Measures to identify and remove or disable access to terrorist content";
const REAPPEARANCE: &str =
    "Measures against the reappearance of terrorist content, automated tools in particular";
const ON_ORDERS: &str = "Items removed or disabled on removal orders";
const ON_MEASURES: &str = "Items removed or disabled on specific measures";
const RECEIVED: &str = "Removal orders received";
const NOT_EXECUTED: &str = "Removal orders not carried out under Article 3(7) or (8)";
const COMPLAINTS: &str = "Complaints under Article 10";
const REVIEWS: &str =
    "Reviews before administrations or courts that the provider brought, and their outcome";
const AFTER_REVIEW: &str = "Items reinstated because such a review required it";
const AFTER_SCRUTINY: &str =
    "Beside these: items reinstated because scrutiny under Article 4 found an infringement";
const AFTER_COMPLAINT: &str = "Items reinstated after a complaint";
const OWN_MOTION: &str =
    "Beside the items: measures against terrorist content of the provider's own motion";

fn row(letter: &str, what: &str, number: Cell, words: Cell) -> Vec<Cell> {
    vec![Cell::text(letter), Cell::text(what), number, words]
}

/// Whether a complaint is heard, and how it came out.
type Complaint = (bool, Option<AppealOutcome>);

/// What the items count.
struct Past<'a> {
    /// Removal orders of the period.
    orders: Vec<OrderPast>,
    /// Measures against terrorist content of the period.
    terrorist: Vec<&'a Measure>,
    /// Decisions of removal orders that the service carried out within the period.
    removed: BTreeSet<&'a str>,
    given_back_after_scrutiny: u64,
    /// Complaints of the period under Article 10.
    complaints: Vec<Complaint>,
}

impl<'a> Past<'a> {
    fn of(happenings: &'a [Happening], identity: &Identity) -> Self {
        let known: Vec<&Happening> =
            happenings.iter().filter(|one| day(one.at()) <= identity.to).collect();
        let removals = removal_orders(&known);
        let mut ordered: BTreeMap<&str, &Decided> = BTreeMap::new();
        let mut complaints: BTreeMap<&str, Complaint> = BTreeMap::new();
        let mut past = Self {
            orders: OrderPast::all(happenings, identity),
            terrorist: Vec::new(),
            removed: BTreeSet::new(),
            given_back_after_scrutiny: 0,
            complaints: Vec::new(),
        };
        past.orders.retain(|order| order.demand == Demand::Removal);
        for happening in &known {
            let within = is_within(happening.at(), identity);
            match happening {
                Happening::Decision(decided) => {
                    let order = decided.order.as_deref();
                    if order.is_some_and(|order| removals.contains_key(order)) {
                        ordered.insert(&decided.decision, decided);
                    }
                }
                Happening::Delivered { decision, .. } if within => {
                    past.removed.extend(ordered.get_key_value(&**decision).map(|(key, _)| *key));
                }
                Happening::Reversal { decision, .. } if within => {
                    let order = ordered.get(&**decision).and_then(|one| one.order.as_deref());
                    let ceased = order.and_then(|order| removals.get(order)).copied();
                    past.given_back_after_scrutiny += u64::from(ceased.unwrap_or(false));
                }
                Happening::Measure(measure)
                    if within && measure.keywords.contains(&Keyword::TerroristContent) =>
                {
                    past.terrorist.push(measure);
                }
                Happening::Appeal(told) if within && told.basis == AppealBasis::Tco10 => {
                    complaints.insert(&told.appeal, (told.is_heard, None));
                }
                Happening::Answer { appeal, outcome, .. } => {
                    if let Some(complaint) = complaints.get_mut(&**appeal) {
                        complaint.1 = Some(*outcome);
                    }
                }
                Happening::Notice { .. }
                | Happening::Flagged { .. }
                | Happening::Delivered { .. }
                | Happening::Reversal { .. }
                | Happening::Measure(_)
                | Happening::Order(_)
                | Happening::Receipt { .. }
                | Happening::Appeal(_)
                | Happening::NotifierSuspended { .. } => {}
            }
        }
        past.complaints = complaints.into_values().collect();
        past
    }

    fn removed(&self) -> Vec<Vec<Cell>> {
        let is_specific = |one: &&&Measure| one.appeal == Some(AppealBasis::Tco10);
        let specific = self.terrorist.iter().filter(is_specific).count() as u64;
        vec![
            row("c", ON_ORDERS, Cell::Count(self.removed.len() as u64), Cell::Blank),
            row("c", ON_MEASURES, Cell::Count(specific), Cell::Blank),
            row("c", RECEIVED, Cell::Count(self.orders.len() as u64), Cell::Blank),
        ]
    }

    fn not_executed(&self) -> Vec<Vec<Cell>> {
        let stands = |order: &&OrderPast| {
            order.standing == OrderStanding::Impossible && !order.was_executed()
        };
        let stopped: Vec<Option<Ground>> =
            self.orders.iter().filter(stands).map(|order| order.ground).collect();
        let grounds = [
            (Ground::Impossible, "force majeure or impossible in fact, Article 3(7)"),
            (Ground::ManifestErrors, "manifest errors, Article 3(8)"),
            (Ground::InsufficientInformation, "not enough information, Article 3(8)"),
        ];
        let mut rows = vec![row("c", NOT_EXECUTED, Cell::Count(stopped.len() as u64), Cell::Blank)];
        rows.extend(grounds.map(|(ground, words)| {
            let count = stopped.iter().filter(|one| **one == Some(ground)).count();
            let what = format!("{NOT_EXECUTED}: {words}");
            row("c", &what, Cell::Count(count as u64), Cell::Blank)
        }));
        rows
    }

    fn complaints(&self) -> Vec<Vec<Cell>> {
        let count = |words: &str, wanted: &dyn Fn(&Complaint) -> bool| {
            let found = self.complaints.iter().filter(|one| wanted(one)).count() as u64;
            row("d", &format!("{COMPLAINTS}{words}"), Cell::Count(found), Cell::Blank)
        };
        let answered = |outcome| move |one: &Complaint| one.1 == Some(outcome);
        vec![
            count("", &|_| true),
            count(": the decision was upheld", &answered(AppealOutcome::Upheld)),
            count(": the decision was reversed", &answered(AppealOutcome::Reversed)),
            count(": something lighter took its place", &answered(AppealOutcome::Partly)),
            count(": not heard", &|one| !one.0),
            count(": not answered by the end of the period", &|one| one.0 && one.1.is_none()),
        ]
    }

    fn reinstated(&self) -> u64 {
        let came_back = |one: &&Complaint| {
            matches!(one.1, Some(AppealOutcome::Reversed | AppealOutcome::Partly))
        };
        self.complaints.iter().filter(came_back).count() as u64
    }

    fn own_motion(&self) -> Vec<Cell> {
        let fully = |measure: &&&Measure| measure.automated == AutomatedDecision::Fully;
        let automated = self.terrorist.iter().filter(fully).count();
        let words = format!("of these {automated} by automated means alone");
        row("-", OWN_MOTION, Cell::Count(self.terrorist.len() as u64), Cell::text(words))
    }
}

/// The removal orders, whenever they came in, with whether they lost their effect.
fn removal_orders<'a>(known: &[&'a Happening]) -> BTreeMap<&'a str, bool> {
    let mut orders = BTreeMap::new();
    for happening in known {
        if let Happening::Order(told) = happening
            && told.demand == Demand::Removal
        {
            orders.insert(&*told.order, told.standing == OrderStanding::Ceased);
        }
    }
    orders
}
