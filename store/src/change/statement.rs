//! Changes of statements, of what they are written from, and of their way to the service and to the
//! DSA Transparency Database; and how each is written.

use super::{LetterMove, Write, json, text};
use crate::Result;
use crate::rows::{SubmissionRow, TemplateRow};
use model::{Statement, StatementId, Timestamp};

/// One change of statements.
#[derive(Debug, Clone)]
pub enum StatementChange {
    /// The legal side of a policy is another; conflicts where that version exists.
    NormWritten {
        /// The policy.
        policy: String,
        /// Version, from 1.
        version: u32,
        /// The norm as JSON.
        body: String,
    },
    /// A template is another; conflicts where that version exists.
    TemplateWritten(TemplateRow),
    /// A statement is made, and due at once or when nothing holds it back any more.
    Made(Box<Statement>),
    /// A statement goes its way to the service.
    Moved(StatementId, LetterMove),
    /// A statement is to be submitted to the database.
    Queued(Box<SubmissionRow>),
    /// A submission goes its way.
    SubmissionMoved(String, LetterMove),
    /// The database took a submission.
    Taken {
        /// The submission.
        puid: String,
        /// The database's own id of it, where it told one.
        known_as: Option<String>,
    },
}

impl StatementChange {
    /// Whether it changes nothing that anybody decided or knows, so that it needs no record.
    pub(super) fn is_housekeeping(&self) -> bool {
        match self {
            Self::Moved(_, moved) | Self::SubmissionMoved(_, moved) => match moved {
                LetterMove::Leased { .. } | LetterMove::Retried { .. } => true,
                LetterMove::Sent | LetterMove::Dead { .. } | LetterMove::Again => false,
            },
            Self::NormWritten { .. }
            | Self::TemplateWritten(_)
            | Self::Made(_)
            | Self::Queued(_)
            | Self::Taken { .. } => false,
        }
    }
}

/// The statements of a change.
pub(super) fn writes(change: &StatementChange, at: Timestamp) -> Result<Vec<Write>> {
    let one = match change {
        StatementChange::NormWritten { policy, version, body } => {
            norm_written(policy, *version, body, at)
        }
        StatementChange::TemplateWritten(row) => template_written(row, at),
        StatementChange::Made(statement) => made(statement)?,
        StatementChange::Moved(id, moved) => moved_on(id, moved, at),
        StatementChange::Queued(row) => queued(row),
        StatementChange::SubmissionMoved(puid, moved) => submission_moved(puid, moved, at),
        StatementChange::Taken { puid, known_as } => taken(text(puid), known_as.as_deref(), at),
    };
    Ok(vec![one])
}

fn norm_written(policy: &str, version: u32, body: &str, at: Timestamp) -> Write {
    Write::new(
        "keeping the legal side of a policy",
        "INSERT INTO norms (policy, version, body, at_us) VALUES ($1, $2, $3, $4)",
        vec![text(policy), i64::from(version).into(), text(body), at.micros().into()],
    )
}

fn template_written(row: &TemplateRow, at: Timestamp) -> Write {
    Write::new(
        "keeping a template",
        "INSERT INTO statement_templates (kind, language, version, body, author, at_us) \
         VALUES ($1, $2, $3, $4, $5, $6)",
        vec![
            text(row.kind.as_str()),
            text(&row.language),
            i64::from(row.version).into(),
            text(&row.text),
            text(&row.author),
            at.micros().into(),
        ],
    )
}

fn made(statement: &Statement) -> Result<Write> {
    let due = statement.held_until.map_or(statement.at, |until| until.max(statement.at));
    Ok(Write::new(
        "keeping a statement",
        "INSERT INTO statements (id, kind, service, account, case_id, decision, at_us, state, \
         attempts, next_us, body) VALUES ($1, $2, $3, $4, $5, $6, $7, 'pending', 0, $8, $9)",
        vec![
            text(&statement.id),
            text(statement.kind.as_str()),
            text(&statement.service),
            text(&statement.account),
            text(&statement.case),
            text(&statement.decision),
            statement.at.micros().into(),
            due.micros().into(),
            json(statement)?,
        ],
    ))
}

fn moved_on(id: &StatementId, moved: &LetterMove, at: Timestamp) -> Write {
    let id = text(id);
    match moved {
        LetterMove::Leased { due, until } => Write::new(
            "beginning to deliver a statement",
            "UPDATE statements SET next_us = $2 \
             WHERE id = $1 AND state = 'pending' AND next_us = $3",
            vec![id, until.micros().into(), due.micros().into()],
        )
        .or_conflict("statement"),
        LetterMove::Sent => Write::new(
            "noting a delivered statement",
            "UPDATE statements SET state = 'delivered', attempts = attempts + 1, \
             delivered_us = $2, problem = NULL WHERE id = $1 AND state = 'pending'",
            vec![id, at.micros().into()],
        )
        .or_conflict("statement"),
        LetterMove::Retried { next, problem } => Write::new(
            "noting a statement that was not delivered",
            "UPDATE statements SET attempts = attempts + 1, next_us = $2, problem = $3 \
             WHERE id = $1 AND state = 'pending'",
            vec![id, next.micros().into(), text(problem)],
        ),
        LetterMove::Dead { problem } => Write::new(
            "giving up a statement",
            "UPDATE statements SET state = 'dead', attempts = attempts + 1, problem = $2 \
             WHERE id = $1 AND state = 'pending'",
            vec![id, text(problem)],
        )
        .or_conflict("statement"),
        LetterMove::Again => Write::new(
            "delivering a statement again",
            "UPDATE statements SET state = 'pending', attempts = 0, next_us = $2 \
             WHERE id = $1 AND state IN ('delivered', 'dead')",
            vec![id, at.micros().into()],
        )
        .or_conflict("statement"),
    }
}

fn queued(row: &SubmissionRow) -> Write {
    Write::new(
        "keeping a submission",
        "INSERT INTO submissions (puid, statement, service, at_us, state, attempts, next_us, \
         body) VALUES ($1, $2, $3, $4, 'pending', 0, $5, $6)",
        vec![
            text(&row.puid),
            text(&row.statement),
            text(&row.service),
            row.at.micros().into(),
            row.next.micros().into(),
            text(&row.body),
        ],
    )
}

fn submission_moved(puid: &str, moved: &LetterMove, at: Timestamp) -> Write {
    let puid = text(puid);
    match moved {
        LetterMove::Sent => taken(puid, None, at),
        LetterMove::Leased { due, until } => Write::new(
            "beginning a submission",
            "UPDATE submissions SET next_us = $2 \
             WHERE puid = $1 AND state = 'pending' AND next_us = $3",
            vec![puid, until.micros().into(), due.micros().into()],
        )
        .or_conflict("submission"),
        LetterMove::Retried { next, problem } => Write::new(
            "noting a submission that failed",
            "UPDATE submissions SET attempts = attempts + 1, next_us = $2, problem = $3 \
             WHERE puid = $1 AND state = 'pending'",
            vec![puid, next.micros().into(), text(problem)],
        ),
        LetterMove::Dead { problem } => Write::new(
            "giving up a submission",
            "UPDATE submissions SET state = 'dead', attempts = attempts + 1, problem = $2 \
             WHERE puid = $1 AND state = 'pending'",
            vec![puid, text(problem)],
        )
        .or_conflict("submission"),
        LetterMove::Again => Write::new(
            "submitting again",
            "UPDATE submissions SET state = 'pending', attempts = 0, next_us = $2 \
             WHERE puid = $1 AND state = 'dead'",
            vec![puid, at.micros().into()],
        )
        .or_conflict("submission"),
    }
}

fn taken(puid: sea_orm::Value, known_as: Option<&str>, at: Timestamp) -> Write {
    Write::new(
        "noting a submission that was taken",
        "UPDATE submissions SET state = 'delivered', attempts = attempts + 1, taken_us = $2, \
         known_as = $3, problem = NULL WHERE puid = $1 AND state = 'pending'",
        vec![puid, at.micros().into(), known_as.map(str::to_owned).into()],
    )
    .or_conflict("submission")
}
