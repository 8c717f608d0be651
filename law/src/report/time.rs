//! Days, hours and medians of reports.

use super::sheet::{Cell, Identity};
use model::Timestamp;

/// The day of an instant, in UTC.
pub(crate) fn day(at: Timestamp) -> jiff::civil::Date {
    let instant = jiff::Timestamp::from_microsecond(at.micros());
    let instant = instant.expect("the years of a time are those of a calendar");
    instant.to_zoned(jiff::tz::TimeZone::UTC).date()
}

/// Whether something happened within the period of a report.
pub(crate) fn is_within(at: Timestamp, identity: &Identity) -> bool {
    (identity.from..=identity.to).contains(&day(at))
}

/// Hours from one instant to another.
pub(crate) fn hours_between(from: Timestamp, to: Timestamp) -> f64 {
    (to.micros() - from.micros()) as f64 / 3_600_000_000.0
}

/// The median; of an even number the mean of the two in the middle. None has no median.
pub(crate) fn median(hours: impl IntoIterator<Item = f64>) -> Cell {
    let mut hours: Vec<f64> = hours.into_iter().collect();
    hours.sort_by(f64::total_cmp);
    let middle = hours.len() / 2;
    match hours.len() {
        0 => Cell::Blank,
        count if count % 2 == 1 => Cell::Hours(hours[middle]),
        _ => Cell::Hours((hours[middle - 1] + hours[middle]) / 2.0),
    }
}
