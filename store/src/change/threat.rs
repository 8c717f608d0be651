//! Changes of reports of threats, and how each is written.

use super::{Write, int, text};
use crate::rows::ThreatRow;

/// One change about reports of threats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ThreatChange {
    /// A report was raised.
    Raised(ThreatRow),
    /// A report changes; conflicts where its revision is not one less.
    Changed(ThreatRow),
}

pub(super) fn write(change: &ThreatChange) -> Write {
    match change {
        ThreatChange::Raised(row) => Write::new(
            "keeping a report of a threat",
            "INSERT INTO threats (id, service, case_id, status, at_us, revision, body) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            vec![
                text(&row.id),
                text(&row.service),
                text(&row.case),
                text(&row.status),
                row.at.micros().into(),
                int(row.revision),
                text(&row.body),
            ],
        ),
        ThreatChange::Changed(row) => Write::new(
            "changing a report of a threat",
            "UPDATE threats SET status = $2, revision = $3, body = $4 \
             WHERE id = $1 AND revision = $5",
            vec![
                text(&row.id),
                text(&row.status),
                int(row.revision),
                text(&row.body),
                int(row.revision.saturating_sub(1)),
            ],
        )
        .or_conflict("report of a threat"),
    }
}
