//! Actions on their way: what is due, and what became of each attempt.

use crate::facts;
use crate::once::{Actor, Origin};
use crate::{Engine, Error, Result};
use audit::FactKind;
use model::{ActionId, Timestamp};
use store::{Change, Delivery, OutboxRow};

/// What became of an attempt at delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeliveryOutcome {
    /// The service has it.
    Delivered,
    /// It failed, and another attempt is due.
    Retry {
        /// When.
        next: Timestamp,
        /// What went wrong.
        problem: String,
    },
    /// It failed for good; a person may send it again.
    Dead {
        /// What went wrong last.
        problem: String,
    },
}

impl Engine {
    /// Reads the actions whose next attempt is due.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn deliveries(&self, rows: usize) -> Result<Vec<OutboxRow>> {
        Ok(self.inner.store.outbox_due(self.now(), rows).await?)
    }

    /// Reads the deliveries in one state.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn outbox(&self, state: Delivery, rows: usize) -> Result<Vec<OutboxRow>> {
        Ok(self.inner.store.outbox(state, rows).await?)
    }

    /// Notes what became of an attempt. An action that another worker delivered meanwhile stays
    /// delivered.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn delivered(&self, row: &OutboxRow, outcome: DeliveryOutcome) -> Result<()> {
        let now = self.now();
        let id = row.action.id.clone();
        let attempt = row.attempts + 1;
        let entry = |kind| facts::action(kind, &row.action, attempt, &Actor::Operator);
        let kept = match outcome {
            DeliveryOutcome::Delivered => {
                let entries = vec![entry(FactKind::ActionDelivered)];
                let changes = vec![Change::ActionDelivered(id)];
                self.inner.store.commit(changes, entries, now).await.map(drop)
            }
            DeliveryOutcome::Retry { next, problem } => {
                let change = Change::DeliveryRetried { action: id, next, problem };
                self.inner.store.keep(vec![change], now).await
            }
            DeliveryOutcome::Dead { problem } => {
                let entries = vec![entry(FactKind::ActionDeadLettered)];
                let changes = vec![Change::ActionDead { action: id, problem }];
                self.inner.store.commit(changes, entries, now).await.map(drop)
            }
        };
        match kept {
            Err(error) if error.is_conflict() => Ok(()),
            other => Ok(other?),
        }
    }

    /// Sends an action again that was given up or delivered.
    ///
    /// # Errors
    /// Where there is no such action, it is on its way already, or the store fails.
    pub async fn redeliver(&self, id: &ActionId, origin: &Origin) -> Result<()> {
        let store = &self.inner.store;
        if let Some(earlier) = origin.earlier(store).await? {
            return Ok(earlier);
        }
        let row = self.delivery(id).await?;
        match row.state {
            Delivery::Pending => {
                // The same request may have sent it on its way since it was asked for above.
                let earlier: Option<()> = origin.earlier(store).await?;
                let pending = || Error::invalid("action", "it is on its way already");
                return earlier.ok_or_else(pending);
            }
            Delivery::Delivered | Delivery::Dead => {}
        }
        let now = self.now();
        let kind = FactKind::ActionRedelivered;
        let entry = facts::action(kind, &row.action, row.attempts, &origin.actor);
        let mut changes = vec![Change::ActionRedelivered(id.clone())];
        changes.extend(origin.remember(&(), now)?);
        match store.commit(changes, vec![entry], now).await {
            Ok(_) => Ok(()),
            Err(failure) => origin.after(store, failure.into()).await?.ok_or(Error::Contended),
        }
    }

    /// Reads where the delivery of an action stands.
    ///
    /// # Errors
    /// Where there is no such action, or the store fails.
    pub async fn delivery(&self, id: &ActionId) -> Result<OutboxRow> {
        let row = self.inner.store.delivery(id).await?;
        row.ok_or_else(|| Error::NotFound { what: "action", id: id.to_string() })
    }
}
