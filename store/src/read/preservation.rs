//! What is read of preservations, and of who uses evidence.

use super::{VERDICT, columns, page, text, verdict_row};
use crate::rows::{TimeStampRow, VerdictRow};
use crate::{Result, Store};
use model::{CaseId, ItemId, Preservation, PreservationId, ServiceId, Timestamp};
use sea_orm::{QueryResult, Value};

/// Which preservations are asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PreservationFilter {
    /// Of this case alone.
    pub case: Option<CaseId>,
    /// Of this service alone.
    pub service: Option<ServiceId>,
    /// At most so many.
    pub limit: usize,
    /// Leaving out so many.
    pub offset: usize,
}

fn preservation(row: &QueryResult) -> Result<Preservation> {
    columns(row, "preservation").json(0)
}

impl Store {
    /// Reads a preservation.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn preservation(&self, id: &PreservationId) -> Result<Option<Preservation>> {
        let sql = "SELECT body FROM preservations WHERE id = $1";
        let row = self.read.row("reading a preservation", sql, vec![text(id)]).await?;
        row.as_ref().map(preservation).transpose()
    }

    /// Lists preservations: those that end first come first, deleted ones last.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn preservations(&self, filter: &PreservationFilter) -> Result<Vec<Preservation>> {
        let sql = "SELECT body FROM preservations WHERE ($1 = '' OR case_id = $1) \
                   AND ($2 = '' OR service = $2) \
                   ORDER BY CASE WHEN state = 'deleted' THEN 1 ELSE 0 END, until_us, id \
                   LIMIT $3 OFFSET $4";
        let or_empty = |id: Option<&str>| text(id.unwrap_or(""));
        let values = vec![
            or_empty(filter.case.as_ref().map(CaseId::as_str)),
            or_empty(filter.service.as_ref().map(ServiceId::as_str)),
            page(filter.limit),
            i64::try_from(filter.offset).unwrap_or(i64::MAX).into(),
        ];
        let rows = self.read.rows("listing preservations", sql, values).await?;
        rows.iter().map(preservation).collect()
    }

    /// Reads preservations whose originals are not sealed yet, the oldest first.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn preservations_ordered(&self, rows: usize) -> Result<Vec<Preservation>> {
        let sql = "SELECT body FROM preservations WHERE state = 'ordered' ORDER BY id LIMIT $1";
        self.preservations_by(sql, vec![page(rows)]).await
    }

    /// Reads preservations whose time is over and that nothing holds.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn preservations_due(
        &self,
        now: Timestamp,
        rows: usize,
    ) -> Result<Vec<Preservation>> {
        let sql = "SELECT body FROM preservations WHERE state IN ('ordered', 'kept') AND held = 0 \
                   AND until_us <= $1 ORDER BY until_us, id LIMIT $2";
        self.preservations_by(sql, vec![now.micros().into(), page(rows)]).await
    }

    /// Reads sealed preservations that no authority stamped yet, the oldest first.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn preservations_unstamped(&self, rows: usize) -> Result<Vec<Preservation>> {
        let sql = "SELECT body FROM preservations WHERE state = 'kept' AND id NOT IN \
                   (SELECT preservation FROM time_stamps) ORDER BY id LIMIT $1";
        self.preservations_by(sql, vec![page(rows)]).await
    }

    async fn preservations_by(&self, sql: &str, values: Vec<Value>) -> Result<Vec<Preservation>> {
        let rows = self.read.rows("reading preservations", sql, values).await?;
        rows.iter().map(preservation).collect()
    }

    /// Reads the time stamp of a preservation.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn time_stamp(&self, id: &PreservationId) -> Result<Option<TimeStampRow>> {
        let sql = "SELECT sha256, answer, at_us FROM time_stamps WHERE preservation = $1";
        let row = self.read.row("reading a time stamp", sql, vec![text(id)]).await?;
        let read = |row: &QueryResult| {
            let row = columns(row, "time stamp");
            Ok(TimeStampRow { sha256: row.text(0)?, answer: row.get(1)?, at: row.time(2)? })
        };
        row.as_ref().map(read).transpose()
    }

    /// Whether another preservation than this one, not deleted, has the item.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn is_preserved_elsewhere(
        &self,
        service: &ServiceId,
        item: &ItemId,
        than: &PreservationId,
    ) -> Result<bool> {
        let sql = "SELECT 1 FROM preserved_items AS i JOIN preservations AS p \
                   ON p.id = i.preservation WHERE i.service = $1 AND i.item = $2 AND p.id <> $3 \
                   AND p.state <> 'deleted' LIMIT 1";
        let values = vec![text(service), text(item), text(than)];
        Ok(self.read.row("reading who preserves an item", sql, values).await?.is_some())
    }

    /// Reads the preservations of an item that last, the oldest first.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn preservations_of_item(
        &self,
        service: &ServiceId,
        item: &ItemId,
    ) -> Result<Vec<Preservation>> {
        let sql = "SELECT p.body FROM preserved_items AS i JOIN preservations AS p \
                   ON p.id = i.preservation WHERE i.service = $1 AND i.item = $2 \
                   AND p.state <> 'deleted' ORDER BY p.id LIMIT $3";
        let values = vec![text(service), text(item), page(model::limits::PAGE_ROWS)];
        self.preservations_by(sql, values).await
    }

    /// Whether another item than this one has a file of evidence.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn is_used_elsewhere(
        &self,
        sha256: &str,
        service: &ServiceId,
        item: &ItemId,
    ) -> Result<bool> {
        let sql = "SELECT 1 FROM evidence_uses WHERE sha256 = $1 \
                   AND NOT (service = $2 AND item = $3) LIMIT 1";
        let values = vec![text(sha256), text(service), text(item)];
        Ok(self.read.row("reading who has a medium", sql, values).await?.is_some())
    }

    /// Reads every verdict about an item, the oldest first.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn verdicts_of_item(
        &self,
        service: &ServiceId,
        item: &ItemId,
    ) -> Result<Vec<VerdictRow>> {
        let sql = format!("{VERDICT} WHERE service = $1 AND item = $2 ORDER BY id");
        let values = vec![text(service), text(item)];
        let rows = self.read.rows("reading the verdicts of an item", &sql, values).await?;
        rows.iter().map(verdict_row).collect()
    }

    /// Whether the content of a verdict was erased.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn is_erased(&self, id: &model::VerdictId) -> Result<bool> {
        let sql = "SELECT 1 FROM verdicts WHERE id = $1 AND erased_us IS NOT NULL";
        Ok(self.read.row("reading a verdict", sql, vec![text(id)]).await?.is_some())
    }

    /// Reads the digests of files of evidence after one, in their order.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn evidence_after(&self, sha256: &str, rows: usize) -> Result<Vec<String>> {
        let sql = "SELECT sha256 FROM evidence WHERE sha256 > $1 ORDER BY sha256 LIMIT $2";
        let rows =
            self.read.rows("reading of evidence", sql, vec![text(sha256), page(rows)]).await?;
        rows.iter().map(|row| columns(row, "evidence").text(0)).collect()
    }

    /// Reads the records about a case: their numbers and encoded bytes, in their order.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn records_of_case(&self, case: &CaseId) -> Result<Vec<(u64, Vec<u8>)>> {
        let sql = "SELECT r.seq, r.bytes, e.body FROM events AS e JOIN records AS r \
                   ON r.seq = e.seq WHERE e.body LIKE $1 ORDER BY r.seq";
        let values = vec![text(format!("%\"{case}\"%"))];
        let rows = self.read.rows("reading the records of a case", sql, values).await?;
        rows.iter()
            .map(|row| {
                let row = columns(row, "record");
                Ok((row.count(0)?, row.get(1)?))
            })
            .collect()
    }
}
