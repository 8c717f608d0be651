//! The watch over open orders: what the service confirmed, what runs out, what ends by itself.

use super::answers::{self, annex_two, check_own};
use super::desk::noted;
use super::read;
use crate::clock::fresh;
use crate::facts;
use crate::once::Actor;
use crate::{Engine, Error, Result};
use audit::FactKind;
use model::{Letter, LetterId, LetterKind, ServiceId, Timestamp, limits};
use review::orders::{
    Order, OrderEventKind, OrderKind, OrderStatus, alerted, alerts_due, confirmed, silence_over,
};
use std::borrow::Cow;
use std::collections::BTreeSet;
use store::{Change, Delivery, OrderRow};

impl Engine {
    /// Looks at every open order once. What fails for one is told and does not hold up the others;
    /// gives how many changed.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub async fn watch_orders(&self) -> Result<usize> {
        let mut changed = 0;
        for row in self.inner.store.orders_open(limits::PAGE_ROWS).await? {
            changed += usize::from(watched(self.watch_order(&row).await, row.id.as_str()));
        }
        Ok(changed)
    }

    async fn watch_order(&self, row: &OrderRow) -> Result<bool> {
        let mut did = false;
        // Most looks find nothing to do, and then nothing is read again.
        let mut row = Cow::Borrowed(row);
        if read(&row)?.status == OrderStatus::Executing {
            self.carry_out(&row.id).await?;
            did |= self.note_confirmed(&row.id).await?;
            row = Cow::Owned(self.order_row(&row.id).await?);
        }
        if self.warn(&row).await? {
            did = true;
            row = Cow::Owned(self.order_row(&row.id).await?);
        }
        did |= self.end_silence(&row).await?;
        Ok(did)
    }

    /// Notes what the service confirmed, and answers the authority once everything is done.
    async fn note_confirmed(&self, id: &model::OrderId) -> Result<bool> {
        let row = self.order_row(id).await?;
        let order = read(&row)?;
        let mut done: Vec<(usize, Timestamp)> = Vec::new();
        for (place, target) in order.targets.iter().enumerate() {
            let Some(effect) = target.effect.as_ref().filter(|one| one.done_at.is_none()) else {
                continue;
            };
            let delivery = self.inner.store.delivery(&effect.action).await?;
            let confirmed = delivery.filter(|one| one.state == Delivery::Delivered);
            done.extend(confirmed.and_then(|one| one.delivered).map(|at| (place, at)));
        }
        if done.is_empty() {
            return Ok(false);
        }
        let now = self.now();
        let next = confirmed(&order, &done, now)?;
        let is_done = next.status == OrderStatus::Executed;
        let kind = if is_done { FactKind::OrderCarriedOut } else { FactKind::OrderChanged };
        let word = if is_done { "done" } else { "confirmed" };
        let entry = facts::order(kind, word, &next, &Actor::Operator);
        let (mut changes, entries) = noted(&next, row.known_as.clone(), entry)?;
        if is_done {
            let setup = &self.inner.orders;
            let person = self.person(&next, OrderEventKind::Begun).await?;
            if next.kind == OrderKind::TcoRemoval
                && let Err(error) =
                    check_own("tco_annex_2", &annex_two(&next, setup, &person, now), now)
            {
                tracing::error!(%error, order = %next.id, "Annex II is not whole");
            }
            let kind = LetterKind::OrderDone;
            changes.extend(answers::letter(&next, kind, setup, &person, now)?);
        }
        self.inner.store.commit(changes, entries, now).await?;
        Ok(true)
    }

    /// Warns whoever is on duty, once for each of the times that were set.
    async fn warn(&self, row: &OrderRow) -> Result<bool> {
        let order = read(row)?;
        let now = self.now();
        let due = alerts_due(&order, &self.inner.orders.alert_minutes, now);
        if due.is_empty() {
            return Ok(false);
        }
        let next = alerted(&order, &due, now);
        let word = if due.contains(&0) { "missed" } else { "running_out" };
        let entry = facts::order(FactKind::OrderAlerted, word, &next, &Actor::Operator);
        let (mut changes, entries) = noted(&next, row.known_as.clone(), entry)?;
        // Two warnings that fall together are one letter.
        for to in self.alert_to(now).await? {
            changes.push(Change::LetterWritten(Box::new(alert(&next, to, now)?)));
        }
        self.inner.store.commit(changes, entries, now).await?;
        Ok(true)
    }

    /// Where warnings go: whoever is on duty now, and the addresses of the settings.
    pub(crate) async fn alert_to(&self, now: Timestamp) -> Result<BTreeSet<String>> {
        let duties = self.duties().await?;
        let on_duty = duties.into_iter().filter(|duty| duty.from <= now);
        let addresses = on_duty.filter_map(|duty| duty.address);
        Ok(addresses.chain(self.inner.orders.alert_to.iter().cloned()).collect())
    }

    async fn end_silence(&self, row: &OrderRow) -> Result<bool> {
        let order = read(row)?;
        let now = self.now();
        let Some(next) = silence_over(&order, now) else { return Ok(false) };
        let entry = facts::order(FactKind::OrderChanged, "silence_ended", &next, &Actor::Operator);
        let (changes, entries) = noted(&next, row.known_as.clone(), entry)?;
        self.inner.store.commit(changes, entries, now).await?;
        Ok(true)
    }

    /// The open orders that a person on duty must have in sight: those whose time is running or
    /// went by unseen, the nearest first.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn pressing_orders(&self) -> Result<Vec<Order>> {
        let now = self.now();
        let rows = self.inner.store.orders_open(limits::PAGE_ROWS).await?;
        let mut orders: Vec<Order> = rows.iter().map(read).collect::<Result<_>>()?;
        orders.retain(|order| order.due().is_some() || order.unseen_miss(now).is_some());
        orders.sort_by_key(Order::due);
        Ok(orders)
    }
}

/// Whether a look at one thing changed it. What fails is told, and does not hold up the others.
pub(crate) fn watched(look: Result<bool>, id: &str) -> bool {
    match look {
        Ok(did) => did,
        // Somebody else changed it just now: the next look sees it as it is then.
        Err(error) if error.is_conflict() => false,
        Err(error) => {
            tracing::error!(%error, id, "this was not watched");
            false
        }
    }
}

/// A warning to whoever is on duty, about something of a service.
pub(crate) fn letter_of_warning(
    (service, about): (&ServiceId, &str),
    (subject, body): (String, String),
    to: String,
    now: Timestamp,
) -> Result<Letter> {
    Ok(Letter {
        id: LetterId::from_uuid(fresh(now)?),
        service: service.clone(),
        kind: LetterKind::Alert,
        about: about.to_owned(),
        to,
        language: "en".to_owned(),
        subject,
        body,
        attachments: Vec::new(),
        answers: None,
        at: now,
    })
}

fn alert(order: &Order, to: String, now: Timestamp) -> Result<Letter> {
    let due = order.due().ok_or(Error::Contended)?;
    let drill = if order.is_drill { "[drill] " } else { "" };
    let seconds = due.seconds_since(now);
    let subject = if seconds < 0 {
        format!("{drill}An order's time has gone by: {}", order.id)
    } else {
        format!("{drill}{} minutes left for an order: {}", (seconds + 59) / 60, order.id)
    };
    let kind = order.kind.as_str();
    let body = format!(
        "Order {} ({kind}), received at {}, is due at {due}.\nIt is {}: {} links, {} obstacles.\n",
        order.id,
        order.received_at,
        order.status.as_str(),
        order.targets.len(),
        order.obstacles().len(),
    );
    letter_of_warning((&order.service, order.id.as_str()), (subject, body), to, now)
}
