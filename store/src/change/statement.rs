//! Changes of statements, of what they are written from, and of their way to the service and to the
//! DSA Transparency Database; and how each is written.

use super::way::{DeliveryMove, STATEMENTS, SUBMISSIONS};
use super::{Write, json, text};
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
    Moved(StatementId, DeliveryMove),
    /// A statement is to be submitted to the database.
    Queued(Box<SubmissionRow>),
    /// A submission goes its way.
    SubmissionMoved(String, DeliveryMove),
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
            Self::Moved(_, moved) | Self::SubmissionMoved(_, moved) => moved.is_housekeeping(),
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
        StatementChange::Moved(id, moved) => STATEMENTS.moved(id, moved, at),
        StatementChange::Queued(row) => queued(row),
        StatementChange::SubmissionMoved(puid, moved) => SUBMISSIONS.moved(puid, moved, at),
        StatementChange::Taken { puid, known_as } => taken(puid, known_as.as_deref(), at),
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

fn taken(puid: &str, known_as: Option<&str>, at: Timestamp) -> Write {
    Write::new(
        "noting a submission that was taken",
        "UPDATE submissions SET state = 'delivered', attempts = attempts + 1, taken_us = $2, \
         known_as = $3, problem = NULL WHERE puid = $1 AND state = 'pending'",
        vec![text(puid), at.micros().into(), known_as.map(str::to_owned).into()],
    )
    .or_conflict("submission")
}
