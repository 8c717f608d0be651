//! Reading exposure decisions, the reports that were sent, and orders by when they came.

use super::order::{ORDER, order};
use super::{columns, page, text};
use crate::rows::{ExposureRow, MeasuresReportRow, OrderRow};
use crate::{Result, Store};
use model::{ExposureId, OrderId, ServiceId, Timestamp};
use sea_orm::QueryResult;

const EXPOSURE: &str =
    "SELECT id, service, status, due_us, at_us, revision, body, open_key FROM exposures";

fn exposure(row: &QueryResult) -> Result<ExposureRow> {
    let row = columns(row, "exposure decision");
    Ok(ExposureRow {
        id: row.id(0)?,
        service: row.id(1)?,
        status: row.text(2)?,
        due: row.maybe_time(3)?,
        at: row.time(4)?,
        revision: row.count(5)?,
        body: row.text(6)?,
        is_in_force: row.get::<Option<String>>(7)?.is_some(),
    })
}

impl Store {
    /// Reads an exposure decision.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn exposure(&self, id: &ExposureId) -> Result<Option<ExposureRow>> {
        let sql = format!("{EXPOSURE} WHERE id = $1");
        let row = self.read.row("reading an exposure decision", &sql, vec![text(id)]).await?;
        row.as_ref().map(exposure).transpose()
    }

    /// Reads exposure decisions: those with something due first, the nearest due time first, then
    /// the newest.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn exposures(&self, status: Option<&str>, rows: usize) -> Result<Vec<ExposureRow>> {
        let sql = format!(
            "{EXPOSURE} WHERE ($1 = '' OR status = $1) \
             ORDER BY CASE WHEN due_us IS NULL THEN 1 ELSE 0 END, due_us, at_us DESC, id LIMIT $2"
        );
        let values = vec![text(status.unwrap_or_default()), page(rows)];
        let rows = self.read.rows("reading exposure decisions", &sql, values).await?;
        rows.iter().map(exposure).collect()
    }

    /// Reads the exposure decisions about which something is due, the nearest due time first.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn exposures_due(&self, rows: usize) -> Result<Vec<ExposureRow>> {
        let sql = format!("{EXPOSURE} WHERE due_us IS NOT NULL ORDER BY due_us, id LIMIT $1");
        let rows = self.read.rows("reading what is due", &sql, vec![page(rows)]).await?;
        rows.iter().map(exposure).collect()
    }

    /// Reads the decision in force that a service is exposed.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn exposure_in_force(&self, service: &ServiceId) -> Result<Option<ExposureRow>> {
        let sql = format!("{EXPOSURE} WHERE open_key = $1");
        let row =
            self.read.row("looking for a decision in force", &sql, vec![text(service)]).await?;
        row.as_ref().map(exposure).transpose()
    }

    /// Reads a report that was sent.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn measures_report(
        &self,
        exposure: &ExposureId,
        number: u32,
    ) -> Result<Option<MeasuresReportRow>> {
        let sql = "SELECT exposure, number, sha256, at_us, body FROM measures_reports \
                   WHERE exposure = $1 AND number = $2";
        let values = vec![text(exposure), i64::from(number).into()];
        let row = self.read.row("reading a report on specific measures", sql, values).await?;
        let read = |row: &QueryResult| {
            let row = columns(row, "report on specific measures");
            Ok(MeasuresReportRow {
                exposure: row.id(0)?,
                number: u32::try_from(row.count(1)?).map_err(|error| row.damaged(error))?,
                sha256: row.text(2)?,
                at: row.time(3)?,
                body: row.text(4)?,
            })
        };
        row.as_ref().map(read).transpose()
    }

    /// Reads the orders to a service that were received at a time or later, oldest first; those
    /// after one where it is given.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn orders_since(
        &self,
        service: &ServiceId,
        at: Timestamp,
        after: Option<&OrderId>,
        rows: usize,
    ) -> Result<Vec<OrderRow>> {
        let sql = format!(
            "{ORDER} WHERE service = $1 AND (at_us > $2 OR (at_us = $2 AND id > $3)) \
             ORDER BY at_us, id LIMIT $4"
        );
        let after = after.map(OrderId::as_str).unwrap_or_default();
        let values = vec![text(service), at.micros().into(), text(after), page(rows)];
        let rows = self.read.rows("reading the orders of a time", &sql, values).await?;
        rows.iter().map(order).collect()
    }
}
