//! What becomes of things on their way out, letters, statements and submissions, and how each of
//! their moves is written.

use super::{Write, text};
use model::Timestamp;

/// What becomes of something on its way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeliveryMove {
    /// A worker makes an attempt, alone until the lease ends; conflicts where another was quicker.
    Leased {
        /// When the attempt was due, as the worker read it.
        due: Timestamp,
        /// When the lease ends.
        until: Timestamp,
    },
    /// Whoever it is for has it; conflicts where it is no longer on its way.
    Delivered,
    /// An attempt failed, and another is due.
    Retried {
        /// When.
        next: Timestamp,
        /// What went wrong.
        problem: String,
    },
    /// Every attempt failed, or it was refused; conflicts where it is no longer on its way.
    Dead {
        /// What went wrong last.
        problem: String,
    },
    /// It is sent again; conflicts where it is on its way already.
    Again,
}

impl DeliveryMove {
    /// Whether it changes nothing that anybody knows, so that it needs no record.
    pub(super) fn is_housekeeping(&self) -> bool {
        match self {
            Self::Leased { .. } | Self::Retried { .. } => true,
            Self::Delivered | Self::Dead { .. } | Self::Again => false,
        }
    }
}

/// A table of things on their way out.
pub(super) struct Way {
    /// One of them, for conflicts.
    what: &'static str,
    /// What is done, for problems of the database.
    doing: &'static str,
    table: &'static str,
    /// The column that names one.
    key: &'static str,
    /// The column of the time at which it was delivered.
    done: &'static str,
    /// The states from which it can be sent again.
    ended: &'static str,
}

pub(super) const LETTERS: Way = Way {
    what: "letter",
    doing: "moving a letter on",
    table: "letters",
    key: "id",
    done: "sent_us",
    ended: "'dead'",
};
pub(super) const STATEMENTS: Way = Way {
    what: "statement",
    doing: "moving a statement on",
    table: "statements",
    key: "id",
    done: "delivered_us",
    ended: "'delivered', 'dead'",
};
pub(super) const SUBMISSIONS: Way = Way {
    what: "submission",
    doing: "moving a submission on",
    table: "submissions",
    key: "puid",
    done: "taken_us",
    ended: "'dead'",
};

impl Way {
    /// How a move of one of them is written.
    pub(super) fn moved(&self, one: impl AsRef<str>, moved: &DeliveryMove, at: Timestamp) -> Write {
        let Self { what, doing, table, key, done, ended } = self;
        let (set, values, state) = match moved {
            DeliveryMove::Leased { due, until } => (
                "next_us = $2".to_owned(),
                vec![until.micros().into(), due.micros().into()],
                "state = 'pending' AND next_us = $3".to_owned(),
            ),
            DeliveryMove::Delivered => (
                format!(
                    "state = 'delivered', attempts = attempts + 1, {done} = $2, problem = NULL"
                ),
                vec![at.micros().into()],
                "state = 'pending'".to_owned(),
            ),
            DeliveryMove::Retried { next, problem } => (
                "attempts = attempts + 1, next_us = $2, problem = $3".to_owned(),
                vec![next.micros().into(), text(problem)],
                "state = 'pending'".to_owned(),
            ),
            DeliveryMove::Dead { problem } => (
                "state = 'dead', attempts = attempts + 1, problem = $2".to_owned(),
                vec![text(problem)],
                "state = 'pending'".to_owned(),
            ),
            DeliveryMove::Again => (
                "state = 'pending', attempts = 0, next_us = $2".to_owned(),
                vec![at.micros().into()],
                format!("state IN ({ended})"),
            ),
        };
        let sql = format!("UPDATE {table} SET {set} WHERE {key} = $1 AND {state}");
        let write = Write::new(doing, sql, [vec![text(one)], values].concat());
        match moved {
            // What was delivered meanwhile stays so.
            DeliveryMove::Retried { .. } => write,
            DeliveryMove::Leased { .. }
            | DeliveryMove::Delivered
            | DeliveryMove::Dead { .. }
            | DeliveryMove::Again => write.or_conflict(what),
        }
    }
}
