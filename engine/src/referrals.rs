//! Referral units: what else goes on about what they refer to, and what became of it in figures.
//!
//! A referral is a request. An open order or a preservation beside it is a fact for the reviewer,
//! and holds nothing up.

use crate::{Engine, Error, Result};
use model::{
    ActionKind, AuthorityId, Case, FlaggerId, ItemId, Notice, NoticeKind, OrderId, PreservationId,
    Ruling, ServiceId, Subject, Timestamp,
};
use review::orders::{Order, OrderKind, OrderStatus};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What goes on beside a referral about the same items; empty where nothing does.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Deconfliction {
    /// Orders of authorities that are not carried out yet, oldest first.
    pub orders: Vec<OpenOrder>,
    /// Preservations of the items that last.
    pub preservations: Vec<Preserved>,
}

impl Deconfliction {
    /// Whether there is nothing to tell.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.orders.is_empty() && self.preservations.is_empty()
    }
}

/// An open order about an item that is also referred.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct OpenOrder {
    /// The order.
    pub order: OrderId,
    /// What it demands.
    pub kind: OrderKind,
    /// Where it stands.
    pub status: OrderStatus,
    /// The authority, once it is known.
    pub authority: Option<AuthorityId>,
    /// When it was received.
    pub received_at: Timestamp,
}

/// A preservation of an item that is also referred.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Preserved {
    /// The preservation.
    pub preservation: PreservationId,
    /// Until when it lasts.
    pub until: Timestamp,
    /// Whether something stands against its deletion.
    pub is_held: bool,
}

/// How many referrals of one unit came to one outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ReferralCount {
    /// The unit.
    pub unit: FlaggerId,
    /// Its name.
    pub name: String,
    /// What became of them: `waiting`, `no_violation` or `violation`.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub outcome: ReferralOutcome,
    /// What was done; none where nothing was.
    pub action: Option<ActionKind>,
    /// How many referrals.
    pub referrals: u64,
}

/// What became of a referral.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ReferralOutcome {
    /// It waits for a decision.
    Waiting,
    /// No violation was found.
    NoViolation,
    /// A violation was found.
    Violation,
}

impl ReferralOutcome {
    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::NoViolation => "no_violation",
            Self::Violation => "violation",
        }
    }
}

impl Engine {
    /// Reads what goes on beside the referrals in a case; empty where nobody referred to it.
    ///
    /// # Errors
    /// Where the store fails.
    pub(crate) async fn deconfliction(
        &self,
        case: &Case,
        notices: &[Notice],
    ) -> Result<Deconfliction> {
        let mut told = Deconfliction::default();
        if !notices.iter().any(|notice| notice.kind == NoticeKind::ReferralUnit) {
            return Ok(told);
        }
        let named = match &case.subject {
            Subject::Item(item) => Some(item),
            Subject::Account(_) => None,
        };
        let items: BTreeSet<&ItemId> = case.items.iter().chain(named).collect();
        for item in items {
            self.beside(&case.service, item, &mut told).await?;
        }
        told.orders.sort_by_key(|one| one.received_at);
        Ok(told)
    }

    async fn beside(
        &self,
        service: &ServiceId,
        item: &ItemId,
        told: &mut Deconfliction,
    ) -> Result<()> {
        for order in self.orders_of_item(service, item).await? {
            if is_open(&order) && told.orders.iter().all(|one| one.order != order.id) {
                told.orders.push(open_order(order));
            }
        }
        for one in self.inner.store.preservations_of_item(service, item).await? {
            if told.preservations.iter().all(|known| known.preservation != one.id) {
                let (is_held, until) = (one.is_held(), one.until);
                told.preservations.push(Preserved { preservation: one.id, until, is_held });
            }
        }
        Ok(())
    }

    /// Counts what became of the referrals that came in from one time on and before another, by
    /// unit, outcome and action; units in the order in which they were registered.
    ///
    /// # Errors
    /// Where the period ends before it begins, or the store fails.
    pub async fn referral_counts(
        &self,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<ReferralCount>> {
        if to <= from {
            let problem = "is not after `from`; the period ends before it begins";
            return Err(Error::invalid("to", problem));
        }
        let mut counts = Vec::new();
        for unit in self.inner.store.flaggers().await? {
            if unit.kind != NoticeKind::ReferralUnit {
                continue;
            }
            for ((outcome, _), (action, referrals)) in self.counted(&unit.id, from, to).await? {
                let (name, unit) = (unit.name.clone(), unit.id.clone());
                counts.push(ReferralCount { unit, name, outcome, action, referrals });
            }
        }
        Ok(counts)
    }

    async fn counted(
        &self,
        unit: &FlaggerId,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<BTreeMap<(ReferralOutcome, &'static str), (Option<ActionKind>, u64)>> {
        let mut counted = BTreeMap::new();
        let mut after = None;
        loop {
            let store = &self.inner.store;
            let rows = store.notices_of_notifier(unit.as_str(), from, after.as_ref()).await?;
            let Some(last) = rows.last() else { return Ok(counted) };
            after = Some(last.notice.id.clone());
            for row in rows.iter().filter(|row| row.notice.at < to) {
                let ruling = row.decision.as_ref().map(|decision| decision.ruling);
                let outcome = match ruling {
                    None => ReferralOutcome::Waiting,
                    Some(Ruling::NoViolation) => ReferralOutcome::NoViolation,
                    Some(Ruling::Violation) => ReferralOutcome::Violation,
                };
                let action = row.decision.as_ref().and_then(|decision| decision.action);
                let key = (outcome, action.map_or("", |action| action.as_str()));
                counted.entry(key).or_insert((action, 0)).1 += 1;
            }
        }
    }
}

/// Whether an order is still to be carried out; a drill is about nothing.
fn is_open(order: &Order) -> bool {
    let waits = match order.status {
        OrderStatus::Received | OrderStatus::Executing | OrderStatus::Impossible => true,
        OrderStatus::Executed
        | OrderStatus::Refused
        | OrderStatus::Ceased
        | OrderStatus::Superseded => false,
    };
    waits && !order.is_drill
}

fn open_order(order: Order) -> OpenOrder {
    OpenOrder {
        order: order.id,
        kind: order.kind,
        status: order.status,
        authority: order.authentic.map(|sender| sender.authority),
        received_at: order.received_at,
    }
}
