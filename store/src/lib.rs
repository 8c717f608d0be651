//! Durable state: the only SQL of Seawall, its migrations, the transactional outbox and the
//! evidence files.
//!
//! There is one way to write: [`Store::commit`] takes changes together with at least one entry for
//! the sealed log, and both become durable in one transaction or not at all. One writer task
//! groups the commits that wait, each behind a savepoint of its own, so that a conflict in one does
//! not touch the others. Reads go through a pool beside it.

mod change;
mod database;
mod error;
mod read;
mod rows;
mod schema;
mod tree;
mod vault;
mod writer;

pub use change::{
    Change, Delivery, DeliveryMove, Entry, ExposureChange, OrderChange, PreservationChange,
    StatementChange, StudyChange, ThreatChange, hour_of,
};
pub use error::{Error, Result};
pub use read::{CaseFilter, EventRow, PreservationFilter, QueueCount, RecentItem, StudyItem};
pub use rows::{
    AccountRow, Answer, BankSummary, DecidedItem, DutyRow, ExposureRow, IdempotencyRow, ItemRow,
    KeyRow, LadderRow, LearnedRow, LetterRow, MailRow, MeasuresReportRow, NoticeRow, OrderRow,
    OutboxRow, PolicyRow, RuleSetRow, SessionRow, StatementRow, StrikeRow, StudyRow,
    StudySignalRow, SubmissionRow, TemplateRow, ThreatRow, TimeStampRow, UserRow, VerdictRow,
};
pub use tree::PublishedRow;
pub use vault::{Former, NewIdentity, Rotated, Scope, Vault, VaultError};

use database::Database;
use model::Timestamp;
use tokio::sync::{mpsc, oneshot};

/// Where the state lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// A SQLite file; made where it is absent.
    Sqlite(std::path::PathBuf),
    /// A PostgreSQL database, as `postgres://user:password@host:port/name`.
    Postgres(String),
}

impl Location {
    /// Reads a setting: a `postgres://` address, or the path of a SQLite file.
    #[must_use]
    pub fn parse(setting: &str) -> Self {
        if setting.starts_with("postgres://") || setting.starts_with("postgresql://") {
            return Self::Postgres(setting.to_owned());
        }
        Self::Sqlite(setting.strip_prefix("sqlite://").unwrap_or(setting).into())
    }
}

/// The open state. Cheap to clone; the last clone that goes ends the writer.
#[derive(Debug, Clone)]
pub struct Store {
    read: Database,
    write: mpsc::Sender<writer::Pending>,
}

impl Store {
    /// Opens the state, brings its tables and the tree of its records up to date and starts the
    /// writer.
    ///
    /// # Errors
    /// Where the database cannot be reached or made, was made by a later version, or its tree does
    /// not fit its records.
    pub async fn open(location: &Location) -> Result<Self> {
        let (write, read) = database::connect(location).await?;
        schema::migrate(&write).await?;
        tree::build(&write).await?;
        let sender = writer::start(write);
        Ok(Self { read, write: sender })
    }

    /// Makes changes and log entries durable together, and gives the sequence numbers of the
    /// records.
    ///
    /// # Errors
    /// [`Error::Conflict`] where a change was made against a state that is no longer so: read again
    /// and retry. [`Error::Busy`] where too many commits wait. Nothing of a failed commit remains.
    ///
    /// # Panics
    /// Where `entries` is empty: nothing changes without a record.
    pub async fn commit(
        &self,
        changes: Vec<Change>,
        entries: Vec<Entry>,
        at: Timestamp,
    ) -> Result<Vec<u64>> {
        assert!(!entries.is_empty(), "nothing changes without a record");
        self.send(changes, entries, at).await
    }

    /// Makes housekeeping durable that changes nothing that anybody decided or knows: sessions,
    /// attempts at delivery, idempotency keys of requests that changed nothing.
    ///
    /// # Errors
    /// As [`Store::commit`].
    ///
    /// # Panics
    /// Where a change is not housekeeping.
    pub async fn keep(&self, changes: Vec<Change>, at: Timestamp) -> Result<()> {
        assert!(changes.iter().all(Change::is_housekeeping), "a change without a record");
        self.send(changes, Vec::new(), at).await.map(drop)
    }

    async fn send(
        &self,
        changes: Vec<Change>,
        entries: Vec<Entry>,
        at: Timestamp,
    ) -> Result<Vec<u64>> {
        let (reply, answer) = oneshot::channel();
        let pending = writer::Pending { changes, entries, at, reply };
        self.write.try_send(pending).map_err(|refused| match refused {
            mpsc::error::TrySendError::Full(_) => Error::Busy,
            mpsc::error::TrySendError::Closed(_) => Error::Closed,
        })?;
        answer.await.map_err(|_| Error::Closed)?
    }
}
