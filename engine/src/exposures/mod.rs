//! The desk of exposure decisions: what an authority decided, what follows from it, and what the
//! service reports.
//!
//! A person notes each decision and each step; the watch warns of what is due, by the same letters
//! as for orders.

mod desk;
mod figures;
mod report;
mod watch;

pub use desk::ExposureInput;
pub use report::ReportText;

use crate::{Error, Result};
use model::Timestamp;
use review::exposures::{Exposure, Obligation};
use serde::Serialize;
use store::{ExposureRow, LetterRow};

/// Everything that one page about an exposure decision shows.
#[derive(Debug, Clone, PartialEq)]
pub struct ExposureView {
    /// The decision.
    pub exposure: Exposure,
    /// What is owed or was, the earliest due time first.
    pub obligations: Vec<Obligation>,
    /// How many removal orders came within twelve months.
    pub orders: RecentOrders,
    /// The report that is being written, as it would be sent.
    pub draft: Option<ReportText>,
    /// The letters about it, oldest first.
    pub letters: Vec<LetterRow>,
}

/// How many removal orders came within the last twelve months: a number from the desk of orders,
/// and no conclusion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct RecentOrders {
    /// From authorities of the home State; none where the settings do not name it. Drills, orders
    /// that were refused, replaced or lost their effect, and orders not known to be authentic do
    /// not count. Whether an order is final is not in the records.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub home: Option<u64>,
    /// From all States.
    pub all: u64,
    /// When the oldest of them was received.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
}

fn read(row: &ExposureRow) -> Result<Exposure> {
    serde_json::from_str(&row.body)
        .map_err(|error| Error::Damaged { what: "exposure decision", detail: error.to_string() })
}
