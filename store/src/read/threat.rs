//! Reading reports of threats.

use super::{columns, page, text};
use crate::rows::ThreatRow;
use crate::{Result, Store};
use model::{CaseId, ThreatId};
use sea_orm::QueryResult;

const THREAT: &str = "SELECT id, service, case_id, status, at_us, revision, body FROM threats";

fn threat(row: &QueryResult) -> Result<ThreatRow> {
    let row = columns(row, "report of a threat");
    Ok(ThreatRow {
        id: row.id(0)?,
        service: row.id(1)?,
        case: row.id(2)?,
        status: row.text(3)?,
        at: row.time(4)?,
        revision: row.count(5)?,
        body: row.text(6)?,
    })
}

impl Store {
    /// Reads a report of a threat.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn threat(&self, id: &ThreatId) -> Result<Option<ThreatRow>> {
        let sql = format!("{THREAT} WHERE id = $1");
        let row = self.read.row("reading a report of a threat", &sql, vec![text(id)]).await?;
        row.as_ref().map(threat).transpose()
    }

    /// Reads the reports in one status, or all of them, newest first.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn threats(&self, status: Option<&str>, rows: usize) -> Result<Vec<ThreatRow>> {
        let sql = format!(
            "{THREAT} WHERE ($1 = '' OR status = $1) ORDER BY at_us DESC, id DESC LIMIT $2"
        );
        let values = vec![text(status.unwrap_or_default()), page(rows)];
        let rows = self.read.rows("reading reports of threats", &sql, values).await?;
        rows.iter().map(threat).collect()
    }

    /// Reads the reports that wait for somebody, oldest first.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn threats_open(&self, rows: usize) -> Result<Vec<ThreatRow>> {
        let sql =
            format!("{THREAT} WHERE status IN ('raised', 'sent') ORDER BY at_us, id LIMIT $1");
        let values = vec![page(rows)];
        let rows = self.read.rows("reading open reports of threats", &sql, values).await?;
        rows.iter().map(threat).collect()
    }

    /// Reads the reports that a case led to, oldest first.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn threats_of_case(&self, case: &CaseId) -> Result<Vec<ThreatRow>> {
        let sql = format!("{THREAT} WHERE case_id = $1 ORDER BY at_us, id");
        let rows = self.read.rows("reading a case's reports", &sql, vec![text(case)]).await?;
        rows.iter().map(threat).collect()
    }
}
