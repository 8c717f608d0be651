//! Statements on their way to the service.

use crate::once::{Actor, Origin};
use crate::{DeliveryOutcome, Engine, Error, Result, facts};
use audit::FactKind;
use model::{CaseId, ServiceId, StatementId};
use store::{Change, Delivery, DeliveryMove, StatementChange, StatementRow};

impl Engine {
    /// Reads a statement.
    ///
    /// # Errors
    /// Where there is none, or the store fails.
    pub async fn statement(&self, id: &StatementId) -> Result<StatementRow> {
        let row = self.inner.store.statement(id).await?;
        row.ok_or_else(|| Error::NotFound { what: "statement", id: id.to_string() })
    }

    /// Lists statements after one, in the order in which they were made.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn statements(
        &self,
        service: Option<&ServiceId>,
        after: Option<&StatementId>,
        rows: usize,
    ) -> Result<Vec<StatementRow>> {
        Ok(self.inner.store.statements_after(service, after, rows).await?)
    }

    /// Reads the statements of a case, oldest first.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn statements_of_case(&self, case: &CaseId) -> Result<Vec<StatementRow>> {
        Ok(self.inner.store.statements_of_case(case).await?)
    }

    /// Reads the statements for a service that are due and held back by nothing.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn statements_due(
        &self,
        service: &ServiceId,
        rows: usize,
    ) -> Result<Vec<StatementRow>> {
        Ok(self.inner.store.statements_due(service, self.now(), rows).await?)
    }

    /// Takes an attempt for one worker; `false` where another was quicker.
    ///
    /// # Errors
    /// Where the store fails; then the attempt must not be made.
    pub async fn begin_statement(&self, row: &StatementRow) -> Result<bool> {
        let now = self.now();
        let until = now.plus_seconds(crate::delivery::LEASE_SECONDS);
        let moved = DeliveryMove::Leased { due: row.next, until };
        let change = StatementChange::Moved(row.statement.id.clone(), moved);
        self.lease(vec![Change::Statement(change)], now).await
    }

    /// Notes what became of an attempt.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn statement_delivered(
        &self,
        row: &StatementRow,
        outcome: DeliveryOutcome,
    ) -> Result<()> {
        let now = self.now();
        let (moved, kind) = match outcome {
            DeliveryOutcome::Delivered => (DeliveryMove::Delivered, FactKind::StatementDelivered),
            DeliveryOutcome::Dead { problem } => {
                (DeliveryMove::Dead { problem }, FactKind::StatementDeadLettered)
            }
            DeliveryOutcome::Retry { next, problem } => {
                let moved = DeliveryMove::Retried { next, problem };
                let change = StatementChange::Moved(row.statement.id.clone(), moved);
                return Ok(self.inner.store.keep(vec![Change::Statement(change)], now).await?);
            }
        };
        let entry = facts::statement_moved(kind, &row.statement, &Actor::Operator);
        let change = StatementChange::Moved(row.statement.id.clone(), moved);
        match self.inner.store.commit(vec![Change::Statement(change)], vec![entry], now).await {
            Ok(_) => Ok(()),
            // Another worker noted it meanwhile.
            Err(error) if error.is_conflict() => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Sends a statement again that was given up or delivered.
    ///
    /// # Errors
    /// Where there is none, it is on its way already, or the store fails.
    pub async fn redeliver_statement(&self, id: &StatementId, origin: &Origin) -> Result<()> {
        let store = &self.inner.store;
        if let Some(earlier) = origin.earlier(store).await? {
            return Ok(earlier);
        }
        let row = self.statement(id).await?;
        match row.state {
            Delivery::Pending => {
                let held = "it is on its way already, or held back until its time";
                return Err(Error::invalid("statement", held));
            }
            Delivery::Delivered | Delivery::Dead | Delivery::Withdrawn => {}
        }
        let now = self.now();
        let kind = FactKind::StatementRedelivered;
        let entry = facts::statement_moved(kind, &row.statement, &origin.actor);
        let change = StatementChange::Moved(id.clone(), DeliveryMove::Again);
        let mut changes = vec![Change::Statement(change)];
        changes.extend(origin.remember(&(), now)?);
        match store.commit(changes, vec![entry], now).await {
            Ok(_) => Ok(()),
            Err(failure) => origin.after(store, failure.into()).await?.ok_or(Error::Contended),
        }
    }
}
