//! What can go wrong with the state.

use sea_orm::{DbErr, SqlErr};

/// The result of a call on the store.
pub type Result<T> = std::result::Result<T, Error>;

/// What went wrong, by what a caller does about it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A change was made against a state that is no longer so: read again and retry.
    #[error("the state changed meanwhile ({what})")]
    Conflict {
        /// What was changed by somebody else.
        what: &'static str,
    },
    /// Too many commits wait for the writer: slow down and retry.
    #[error("too many changes wait to be written; try again shortly")]
    Busy,
    /// The writer has ended.
    #[error("the store is closed")]
    Closed,
    /// The disk is full; nothing of the change was kept.
    #[error("the disk is full: free some space; nothing of this change was kept ({detail})")]
    Full {
        /// What the database said.
        detail: String,
    },
    /// The database could not be reached or made.
    #[error("cannot open the database {location}: {detail}")]
    Open {
        /// Where it was sought, without a password.
        location: String,
        /// What the driver said.
        detail: String,
    },
    /// The database was made by a later version of Seawall.
    #[error("the database has schema {found}, and this version knows {known}: use a later Seawall")]
    Later {
        /// The schema that the database has.
        found: i64,
        /// The latest schema that this version knows.
        known: i64,
    },
    /// A row does not hold what this version writes.
    #[error("a stored {what} cannot be read: {detail}")]
    Damaged {
        /// Which kind of row.
        what: &'static str,
        /// What is wrong with it.
        detail: String,
    },
    /// The database refused something else.
    #[error("the database failed while {doing}: {source}")]
    Database {
        /// What was tried.
        doing: &'static str,
        /// What the driver said.
        source: DbErr,
    },
}

impl Error {
    /// Sorts a driver's error by what a caller does about it.
    pub(crate) fn from_driver(doing: &'static str, source: DbErr) -> Self {
        if let Some(SqlErr::UniqueConstraintViolation(_)) = source.sql_err() {
            return Self::Conflict { what: doing };
        }
        let text = source.to_string();
        let full = ["database or disk is full", "No space left on device", "disk I/O error"];
        if full.iter().any(|words| text.contains(words)) {
            return Self::Full { detail: text };
        }
        Self::Database { doing, source }
    }

    /// Whether the same call may succeed after reading the state again.
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        matches!(self, Self::Conflict { .. })
    }
}
