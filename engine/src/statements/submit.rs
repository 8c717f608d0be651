//! Statements on their way to the DSA Transparency Database (Regulation (EU) 2022/2065
//! Article 24(5)).

use crate::once::{Actor, Origin};
use crate::{Engine, Error, Result, facts};
use audit::FactKind;
use model::{ServiceId, StatementId, Timestamp};
use serde::Serialize;
use serde_json::Value;
use store::{Change, Delivery, DeliveryMove, StatementChange, SubmissionRow};

/// How long a batch belongs to one worker, in seconds: longer than the attempts that a batch of a
/// hundred needs when it has to be divided.
const LEASE_SECONDS: i64 = 600;

/// A submission that is due, with its fields.
#[derive(Debug, Clone, PartialEq)]
pub struct Queued {
    /// The row.
    pub row: SubmissionRow,
    /// The fields.
    pub fields: Value,
}

/// What the database said to a submission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// It has the statement: now, or since an attempt whose answer was lost.
    Taken {
        /// Its own id of it, where it told one.
        known_as: Option<String>,
    },
    /// It refuses the statement as it is.
    Refused {
        /// Why.
        problem: String,
    },
    /// It cannot be asked now.
    Later {
        /// When to ask again.
        next: Timestamp,
        /// What went wrong.
        problem: String,
    },
}

/// A submission as people see it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct SubmissionView {
    /// Its id in the database.
    pub puid: String,
    /// The statement that it belongs to.
    pub statement: StatementId,
    /// `pending`, `delivered` or `dead`.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub state: Delivery,
    /// Attempts so far.
    pub attempts: u32,
    /// When the database took it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub taken_at: Option<Timestamp>,
    /// The database's own id of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub known_as: Option<String>,
    /// What went wrong last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// Its fields.
    pub fields: Value,
}

impl Engine {
    /// Reads submissions of a service that are due.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn submissions_due(&self, service: &ServiceId, rows: usize) -> Result<Vec<Queued>> {
        let rows = self.inner.store.submissions_due(service, self.now(), rows).await?;
        rows.into_iter()
            .map(|row| {
                let fields = fields(&row)?;
                Ok(Queued { row, fields })
            })
            .collect()
    }

    /// Takes submissions for one worker, all or none; `false` where another was quicker.
    ///
    /// # Errors
    /// Where the store fails; then the attempt must not be made.
    pub async fn begin_submissions(&self, queued: &[Queued]) -> Result<bool> {
        let now = self.now();
        let until = now.plus_seconds(LEASE_SECONDS);
        let lease = |queued: &Queued| {
            let moved = DeliveryMove::Leased { due: queued.row.next, until };
            let puid = queued.row.puid.clone();
            Change::Statement(StatementChange::SubmissionMoved(puid, moved))
        };
        self.lease(queued.iter().map(lease).collect(), now).await
    }

    /// Notes what the database said.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn submission_answered(&self, row: &SubmissionRow, reply: Reply) -> Result<()> {
        let (now, puid) = (self.now(), row.puid.clone());
        let (change, kind) = match reply {
            Reply::Taken { known_as } => {
                (StatementChange::Taken { puid, known_as }, FactKind::SubmissionTaken)
            }
            Reply::Refused { problem } => {
                let moved = DeliveryMove::Dead { problem };
                (StatementChange::SubmissionMoved(puid, moved), FactKind::SubmissionRefused)
            }
            Reply::Later { next, problem } => {
                let moved = DeliveryMove::Retried { next, problem };
                let change = Change::Statement(StatementChange::SubmissionMoved(puid, moved));
                return Ok(self.inner.store.keep(vec![change], now).await?);
            }
        };
        let entry = facts::submission(kind, row, &Actor::Operator);
        match self.inner.store.commit(vec![Change::Statement(change)], vec![entry], now).await {
            Ok(_) => Ok(()),
            Err(error) if error.is_conflict() => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Tries every submission again that was given up; gives their number.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn repeat_submissions(&self, origin: &Origin) -> Result<usize> {
        let dead = self.inner.store.submissions(Delivery::Dead, usize::MAX).await?;
        let now = self.now();
        for row in &dead {
            let entry = facts::submission(FactKind::SubmissionRepeated, row, &origin.actor);
            let change = StatementChange::SubmissionMoved(row.puid.clone(), DeliveryMove::Again);
            let changes = vec![Change::Statement(change)];
            match self.inner.store.commit(changes, vec![entry], now).await {
                Err(error) if !error.is_conflict() => return Err(error.into()),
                Ok(_) | Err(_) => {}
            }
        }
        Ok(dead.len())
    }

    /// Reads submissions in one state, oldest first.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn submissions(&self, state: Delivery, rows: usize) -> Result<Vec<SubmissionView>> {
        let rows = self.inner.store.submissions(state, rows).await?;
        rows.iter().map(view).collect()
    }

    /// Reads the submissions of a statement.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn submissions_of(&self, statement: &StatementId) -> Result<Vec<SubmissionView>> {
        let rows = self.inner.store.submissions_of(statement).await?;
        rows.iter().map(view).collect()
    }

    /// Counts submissions by their state.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn submission_counts(&self) -> Result<Vec<(Delivery, u64)>> {
        Ok(self.inner.store.submission_counts().await?)
    }
}

fn fields(row: &SubmissionRow) -> Result<Value> {
    serde_json::from_str(&row.body)
        .map_err(|error| Error::Damaged { what: "submission", detail: error.to_string() })
}

fn view(row: &SubmissionRow) -> Result<SubmissionView> {
    Ok(SubmissionView {
        puid: row.puid.clone(),
        statement: row.statement.clone(),
        state: row.state,
        attempts: row.attempts,
        taken_at: row.taken,
        known_as: row.known_as.clone(),
        problem: row.problem.clone(),
        fields: fields(row)?,
    })
}
