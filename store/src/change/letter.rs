//! Changes of letters on their way, and how each is written.

use super::{Write, json, text};
use crate::Result;
use model::{Letter, LetterId, Timestamp};

/// What becomes of a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LetterMove {
    /// A worker makes an attempt, alone until the lease ends; conflicts where another was quicker.
    Leased {
        /// When the attempt was due, as the worker read it.
        due: Timestamp,
        /// When the lease ends.
        until: Timestamp,
    },
    /// The mail server took it.
    Sent,
    /// An attempt failed, and another is due.
    Retried {
        /// When.
        next: Timestamp,
        /// What went wrong.
        problem: String,
    },
    /// Every attempt failed, or the address was refused.
    Dead {
        /// What went wrong last.
        problem: String,
    },
    /// A person sends a dead letter again.
    Again,
}

pub(super) fn written(letter: &Letter) -> Result<Write> {
    Ok(Write::new(
        "writing a letter",
        "INSERT INTO letters (id, service, about, kind, at_us, state, attempts, next_us, body) \
         VALUES ($1, $2, $3, $4, $5, 'pending', 0, $5, $6)",
        vec![
            text(&letter.id),
            text(&letter.service),
            text(&letter.about),
            text(letter.kind.as_str()),
            letter.at.micros().into(),
            json(letter)?,
        ],
    ))
}

pub(super) fn moved(letter: &LetterId, moved: &LetterMove, at: Timestamp) -> Write {
    let id = text(letter);
    match moved {
        LetterMove::Leased { due, until } => Write::new(
            "beginning to send a letter",
            "UPDATE letters SET next_us = $2 WHERE id = $1 AND state = 'pending' AND next_us = $3",
            vec![id, until.micros().into(), due.micros().into()],
        )
        .or_conflict("letter"),
        LetterMove::Sent => Write::new(
            "noting a sent letter",
            "UPDATE letters SET state = 'delivered', attempts = attempts + 1, sent_us = $2, \
             problem = NULL WHERE id = $1 AND state = 'pending'",
            vec![id, at.micros().into()],
        )
        .or_conflict("letter"),
        LetterMove::Retried { next, problem } => Write::new(
            "noting a letter that was not sent",
            "UPDATE letters SET attempts = attempts + 1, next_us = $2, problem = $3 \
             WHERE id = $1 AND state = 'pending'",
            vec![id, next.micros().into(), text(problem)],
        ),
        LetterMove::Dead { problem } => Write::new(
            "giving up a letter",
            "UPDATE letters SET state = 'dead', attempts = attempts + 1, problem = $2 \
             WHERE id = $1 AND state = 'pending'",
            vec![id, text(problem)],
        )
        .or_conflict("letter"),
        LetterMove::Again => Write::new(
            "sending a letter again",
            "UPDATE letters SET state = 'pending', attempts = 0, next_us = $2 \
             WHERE id = $1 AND state = 'dead'",
            vec![id, at.micros().into()],
        )
        .or_conflict("letter"),
    }
}
