//! Actions on their way: what is due, and what became of each attempt.

use crate::facts;
use crate::once::{Actor, Origin};
use crate::{Engine, Error, Result};
use audit::FactKind;
use model::{ActionId, ActionKind, CaseId, ServiceId, Timestamp, limits};
use store::{Change, Delivery, OutboxRow};

/// How long an attempt belongs to one worker: longer than the longest attempt.
pub(crate) const LEASE_SECONDS: i64 = (limits::DELIVERY_TIMEOUT_MS / 1_000) as i64 + 5;
/// Why an action is not sent again.
const WITHDRAWN: &str = "its decision was reversed; decide again instead of sending it again";

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
    /// Reads the actions of a service whose next attempt is due.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn deliveries(&self, service: &ServiceId, rows: usize) -> Result<Vec<OutboxRow>> {
        Ok(self.inner.store.outbox_due(service, self.now(), rows).await?)
    }

    /// Takes an attempt for one worker, for as long as an attempt can last; `false` where another
    /// worker was quicker or the action is no longer to be sent.
    ///
    /// # Errors
    /// Where the store fails; then the attempt must not be made.
    pub async fn begin_delivery(&self, row: &OutboxRow) -> Result<bool> {
        let now = self.now();
        let action = row.action.id.clone();
        let change = Change::DeliveryLeased {
            action,
            due: row.next,
            until: now.plus_seconds(LEASE_SECONDS),
        };
        self.lease(vec![change], now).await
    }

    /// Takes attempts for one worker, all or none; `false` where another was quicker.
    pub(crate) async fn lease(&self, changes: Vec<Change>, now: Timestamp) -> Result<bool> {
        match self.inner.store.keep(changes, now).await {
            Ok(()) => Ok(true),
            Err(error) if error.is_conflict() => Ok(false),
            Err(error) => Err(error.into()),
        }
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
            // The action was withdrawn while the attempt was under way; its restore may go now.
            Err(error) if error.is_conflict() => {
                let ended = Change::LeaseEnded(row.action.id.clone());
                Ok(self.inner.store.keep(vec![ended], now).await?)
            }
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
            Delivery::Withdrawn => return Err(Error::invalid("action", WITHDRAWN)),
            Delivery::Delivered | Delivery::Dead => self.refuse_reversed(&row).await?,
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

    /// Refuses to send again what a reversed decision once asked for.
    async fn refuse_reversed(&self, row: &OutboxRow) -> Result<()> {
        let decisions = self.inner.store.decisions_of_case(&row.action.case).await?;
        let decision = decisions.iter().find(|decision| decision.id == row.action.decision);
        let is_reversed = decision.is_some_and(|decision| decision.reversed_at.is_some());
        if is_reversed && row.action.kind != ActionKind::Restore {
            return Err(Error::invalid("action", WITHDRAWN));
        }
        Ok(())
    }

    /// Reads the deliveries of a case, oldest first.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn deliveries_of_case(&self, case: &CaseId) -> Result<Vec<OutboxRow>> {
        Ok(self.inner.store.outbox_of_case(case).await?)
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
