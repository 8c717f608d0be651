//! Orders of authorities as the reports count them.

use super::data::CategoryRow;
use super::happening::{Demand, Happening, OrderMoment, OrderStanding, OrderTold, ReceiptTold};
use super::place::{NOT_SAID_BY_AUTHORITY, Place, is_in, on_sheet, place};
use super::sheet::{Cell, Identity};
use super::time::{day, hours_between, is_within, median};
use crate::clock::Ground;
use crate::statement::{Category, Keyword};
use model::Timestamp;
use std::collections::BTreeMap;

/// The Member States, by the two letters of ISO 3166.
pub(crate) const STATES: [&str; 27] = [
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT",
    "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
];

/// An order that came in within the period, with what became of it until its end.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct OrderPast {
    pub(crate) order: String,
    pub(crate) demand: Demand,
    pub(crate) state: Option<String>,
    pub(crate) items: u64,
    pub(crate) standing: OrderStanding,
    /// The ground on which it was last stopped.
    pub(crate) ground: Option<Ground>,
    is_authentic: bool,
    received_at: Timestamp,
    category: Option<Category>,
    keywords: Vec<Keyword>,
    receipt_hours: Option<f64>,
    effect_hours: Option<f64>,
}

impl OrderPast {
    /// The orders of the period. What was refused and is not known to come from an authority was
    /// no order.
    pub(crate) fn all(happenings: &[Happening], identity: &Identity) -> Vec<Self> {
        let mut orders: BTreeMap<&str, Self> = BTreeMap::new();
        for happening in happenings.iter().filter(|one| day(one.at()) <= identity.to) {
            match happening {
                Happening::Order(told) => match orders.get_mut(&*told.order) {
                    Some(order) => order.take(told),
                    None => {
                        orders.extend(Self::new(told).map(|order| (&*told.order, order)));
                    }
                },
                Happening::Receipt { at, order } => {
                    if let Some(order) = orders.get_mut(&**order) {
                        let hours = hours_between(order.received_at, *at);
                        order.receipt_hours.get_or_insert(hours.max(0.0));
                    }
                }
                Happening::Notice { .. }
                | Happening::Flagged { .. }
                | Happening::Decision(_)
                | Happening::Reversal { .. }
                | Happening::Delivered { .. }
                | Happening::Measure(_)
                | Happening::Appeal(_)
                | Happening::Answer { .. }
                | Happening::NotifierSuspended { .. } => {}
            }
        }
        let is_order =
            |order: &Self| order.is_authentic || order.standing != OrderStanding::Refused;
        let of_period = |order: &Self| is_within(order.received_at, identity);
        orders.into_values().filter(|order| is_order(order) && of_period(order)).collect()
    }

    fn new(told: &OrderTold) -> Option<Self> {
        let OrderMoment::Received { seconds, told: receipt } = told.moment else { return None };
        let mut order = Self {
            order: told.order.clone(),
            demand: told.demand,
            state: None,
            items: 0,
            standing: told.standing,
            ground: None,
            is_authentic: false,
            received_at: told.at.plus_seconds(-i64::try_from(seconds).unwrap_or(0)),
            category: None,
            keywords: Vec::new(),
            receipt_hours: (receipt == ReceiptTold::AtOnce).then_some(0.0),
            effect_hours: None,
        };
        order.take(told);
        Some(order)
    }

    /// What was said last of an order holds: its form may have been put right.
    fn take(&mut self, told: &OrderTold) {
        self.standing = told.standing;
        self.items = told.items;
        self.is_authentic |= told.is_authentic;
        self.state = told.state.clone().or(self.state.take());
        self.ground = told.ground.or(self.ground);
        if told.category.is_some() {
            self.category = told.category;
            self.keywords.clone_from(&told.keywords);
        }
        let hours = match told.moment {
            OrderMoment::Done { seconds } => Some(seconds as f64 / 3_600.0),
            OrderMoment::Answered => Some(hours_between(self.received_at, told.at)),
            OrderMoment::Received { .. } | OrderMoment::Stopped | OrderMoment::Other => None,
        };
        self.effect_hours = self.effect_hours.or(hours.map(|hours| hours.max(0.0)));
    }

    /// The State as the sheets write it: Greece has two codes.
    pub(crate) fn member_state(&self) -> Option<&str> {
        match self.state.as_deref() {
            Some("EL") => Some("GR"),
            other => other,
        }
    }

    /// Whether it was ever carried out.
    pub(crate) fn was_executed(&self) -> bool {
        self.effect_hours.is_some()
    }

    pub(crate) fn place(&self) -> Place {
        let unsaid = (NOT_SAID_BY_AUTHORITY, None);
        match self.demand {
            Demand::Removal => place(Category::RiskForPublicSecurity, &[Keyword::TerroristContent]),
            Demand::Act | Demand::Information => self.category.map_or(unsaid, |category| {
                on_sheet(3, place(category, &self.keywords), NOT_SAID_BY_AUTHORITY)
            }),
        }
    }
}

/// The values of a row of sheet 3; `state` is none for the Union as a whole.
pub(crate) fn order_values(
    orders: &[OrderPast],
    row: &CategoryRow,
    state: Option<&str>,
) -> Vec<Cell> {
    let of_state = |order: &&OrderPast| state.is_none() || order.member_state() == state;
    let here: Vec<&OrderPast> =
        orders.iter().filter(of_state).filter(|order| is_in(&order.place(), row)).collect();
    let of =
        |acts: bool| here.iter().filter(move |order| (order.demand != Demand::Information) == acts);
    let count = |acts: bool| Cell::Count(of(acts).count() as u64);
    let receipt = |acts: bool| median(of(acts).filter_map(|order| order.receipt_hours));
    let effect = |acts: bool| median(of(acts).filter_map(|order| order.effect_hours));
    vec![
        count(true),
        Cell::Count(of(true).map(|order| order.items).sum()),
        receipt(true),
        effect(true),
        count(false),
        receipt(false),
        effect(false),
    ]
}
