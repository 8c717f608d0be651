//! Changes of exposure decisions and of the reports on them, and how each is written.

use super::{Write, int, text};
use crate::rows::{ExposureRow, MeasuresReportRow};
use model::Timestamp;
use sea_orm::Value;

/// One change about exposure decisions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExposureChange {
    /// A decision was notified; conflicts where the service has another that is in force.
    Notified(ExposureRow),
    /// A decision changes; conflicts where its revision is not one less.
    Changed(ExposureRow),
    /// A report was sent; conflicts where the decision has one of that number.
    Reported(MeasuresReportRow),
}

pub(super) fn writes(change: &ExposureChange) -> Vec<Write> {
    vec![match change {
        ExposureChange::Notified(row) => notified(row),
        ExposureChange::Changed(row) => changed(row),
        ExposureChange::Reported(row) => Write::new(
            "keeping a report on specific measures",
            "INSERT INTO measures_reports (exposure, number, sha256, at_us, body) \
             VALUES ($1, $2, $3, $4, $5)",
            vec![
                text(&row.exposure),
                int(row.number.into()),
                text(&row.sha256),
                row.at.micros().into(),
                text(&row.body),
            ],
        ),
    }]
}

/// The key that the one decision in force about a service holds.
fn open_key(row: &ExposureRow) -> Value {
    row.is_in_force.then(|| row.service.to_string()).into()
}

fn notified(row: &ExposureRow) -> Write {
    Write::new(
        "keeping an exposure decision",
        "INSERT INTO exposures (id, service, status, due_us, at_us, revision, body, open_key) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        vec![
            text(&row.id),
            text(&row.service),
            text(&row.status),
            row.due.map(Timestamp::micros).into(),
            row.at.micros().into(),
            int(row.revision),
            text(&row.body),
            open_key(row),
        ],
    )
}

fn changed(row: &ExposureRow) -> Write {
    Write::new(
        "changing an exposure decision",
        "UPDATE exposures SET status = $2, due_us = $3, revision = $4, body = $5, open_key = $6 \
         WHERE id = $1 AND revision = $7",
        vec![
            text(&row.id),
            text(&row.status),
            row.due.map(Timestamp::micros).into(),
            int(row.revision),
            text(&row.body),
            open_key(row),
            int(row.revision.saturating_sub(1)),
        ],
    )
    .or_conflict("exposure decision")
}
