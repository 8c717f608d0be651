//! Reading statements, what they are written from, and submissions to the database.

use super::{columns, page, text};
use crate::change::Delivery;
use crate::rows::{StatementRow, SubmissionRow, TemplateRow};
use crate::{Result, Store};
use model::{CaseId, DecisionId, ServiceId, StatementId, StatementKind, Timestamp};
use sea_orm::QueryResult;

const STATEMENT: &str = "SELECT body, state, attempts, next_us, delivered_us, problem \
                         FROM statements";
const SUBMISSION: &str = "SELECT puid, statement, service, at_us, state, attempts, next_us, \
                          taken_us, known_as, problem, body FROM submissions";

fn statement(row: &QueryResult) -> Result<StatementRow> {
    let row = columns(row, "statement");
    let state = row.text(1)?;
    Ok(StatementRow {
        statement: row.json(0)?,
        state: Delivery::parse(&state).ok_or_else(|| row.damaged(format!("state `{state}`")))?,
        attempts: u32::try_from(row.count(2)?).unwrap_or(u32::MAX),
        next: row.time(3)?,
        delivered: row.maybe_time(4)?,
        problem: row.get(5)?,
    })
}

fn submission(row: &QueryResult) -> Result<SubmissionRow> {
    let row = columns(row, "submission");
    let state = row.text(4)?;
    Ok(SubmissionRow {
        puid: row.text(0)?,
        statement: row.id(1)?,
        service: row.id(2)?,
        at: row.time(3)?,
        state: Delivery::parse(&state).ok_or_else(|| row.damaged(format!("state `{state}`")))?,
        attempts: u32::try_from(row.count(5)?).unwrap_or(u32::MAX),
        next: row.time(6)?,
        taken: row.maybe_time(7)?,
        known_as: row.get(8)?,
        problem: row.get(9)?,
        body: row.text(10)?,
    })
}

fn template(row: &QueryResult) -> Result<TemplateRow> {
    let row = columns(row, "template");
    let kind = row.text(0)?;
    Ok(TemplateRow {
        kind: StatementKind::parse(&kind).ok_or_else(|| row.damaged(format!("kind `{kind}`")))?,
        language: row.text(1)?,
        version: u32::try_from(row.count(2)?).map_err(|error| row.damaged(error))?,
        text: row.text(3)?,
        author: row.text(4)?,
    })
}

impl Store {
    /// Reads the latest legal side of a policy, with its version, as JSON.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn norm(&self, policy: &str) -> Result<Option<(u32, String)>> {
        let sql = "SELECT version, body FROM norms WHERE policy = $1 \
                   ORDER BY version DESC LIMIT 1";
        let row = self.read.row("reading the legal side of a policy", sql, vec![text(policy)]);
        row.await?
            .map(|row| {
                let row = columns(&row, "norm");
                let version = u32::try_from(row.count(0)?).map_err(|error| row.damaged(error))?;
                Ok((version, row.text(1)?))
            })
            .transpose()
    }

    /// Reads the latest version of a template that somebody wrote.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn template(
        &self,
        kind: StatementKind,
        language: &str,
    ) -> Result<Option<TemplateRow>> {
        let sql = "SELECT kind, language, version, body, author FROM statement_templates \
                   WHERE kind = $1 AND language = $2 ORDER BY version DESC LIMIT 1";
        let values = vec![text(kind.as_str()), text(language)];
        let row = self.read.row("reading a template", sql, values).await?;
        row.as_ref().map(template).transpose()
    }

    /// Reads a statement.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn statement(&self, id: &StatementId) -> Result<Option<StatementRow>> {
        let sql = format!("{STATEMENT} WHERE id = $1");
        let row = self.read.row("reading a statement", &sql, vec![text(id)]).await?;
        row.as_ref().map(statement).transpose()
    }

    /// Reads the statements of a case, oldest first.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn statements_of_case(&self, case: &CaseId) -> Result<Vec<StatementRow>> {
        let sql = format!("{STATEMENT} WHERE case_id = $1 ORDER BY at_us, id LIMIT $2");
        let values = vec![text(case), page(usize::MAX)];
        let rows = self.read.rows("reading statements", &sql, values).await?;
        rows.iter().map(statement).collect()
    }

    /// Reads the statement that told of a decision first, not of its reversal.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn statement_of_decision(
        &self,
        decision: &DecisionId,
    ) -> Result<Option<StatementRow>> {
        let sql = format!(
            "{STATEMENT} WHERE decision = $1 AND kind <> 'reversal' ORDER BY at_us, id LIMIT 1"
        );
        let row = self.read.row("reading a statement", &sql, vec![text(decision)]).await?;
        row.as_ref().map(statement).transpose()
    }

    /// Lists statements after one, in the order of their ids, of one service or of all.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn statements_after(
        &self,
        service: Option<&ServiceId>,
        after: Option<&StatementId>,
        rows: usize,
    ) -> Result<Vec<StatementRow>> {
        let sql =
            format!("{STATEMENT} WHERE id > $1 AND ($2 = '' OR service = $2) ORDER BY id LIMIT $3");
        let after = after.map_or("", StatementId::as_str);
        let service = service.map_or("", ServiceId::as_str);
        let values = vec![text(after), text(service), page(rows)];
        let rows = self.read.rows("listing statements", &sql, values).await?;
        rows.iter().map(statement).collect()
    }

    /// Reads the statements for a service that are due, longest due first. Those of one case go out
    /// in their order.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn statements_due(
        &self,
        service: &ServiceId,
        now: Timestamp,
        rows: usize,
    ) -> Result<Vec<StatementRow>> {
        let sql = format!(
            "{STATEMENT} WHERE service = $1 AND state = 'pending' AND next_us <= $2 \
             AND NOT EXISTS (SELECT 1 FROM statements AS other \
              WHERE other.case_id = statements.case_id AND other.state = 'pending' \
              AND other.at_us < statements.at_us) ORDER BY next_us, id LIMIT $3"
        );
        let values = vec![text(service), now.micros().into(), page(rows)];
        let rows = self.read.rows("reading due statements", &sql, values).await?;
        rows.iter().map(statement).collect()
    }

    /// Reads submissions of one service that are due, oldest first.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn submissions_due(
        &self,
        service: &ServiceId,
        now: Timestamp,
        rows: usize,
    ) -> Result<Vec<SubmissionRow>> {
        let sql = format!(
            "{SUBMISSION} WHERE service = $1 AND state = 'pending' AND next_us <= $2 \
             ORDER BY next_us, puid LIMIT $3"
        );
        let values = vec![text(service), now.micros().into(), page(rows)];
        let rows = self.read.rows("reading due submissions", &sql, values).await?;
        rows.iter().map(submission).collect()
    }

    /// Reads submissions in one state, oldest first.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn submissions(&self, state: Delivery, rows: usize) -> Result<Vec<SubmissionRow>> {
        let sql = format!("{SUBMISSION} WHERE state = $1 ORDER BY at_us, puid LIMIT $2");
        let values = vec![text(state.as_str()), page(rows)];
        let rows = self.read.rows("reading submissions", &sql, values).await?;
        rows.iter().map(submission).collect()
    }

    /// Reads the submissions of a statement.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn submissions_of(&self, statement: &StatementId) -> Result<Vec<SubmissionRow>> {
        let sql = format!("{SUBMISSION} WHERE statement = $1 ORDER BY puid LIMIT $2");
        let values = vec![text(statement), page(usize::MAX)];
        let rows = self.read.rows("reading submissions", &sql, values).await?;
        rows.iter().map(submission).collect()
    }

    /// Counts submissions by their state.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn submission_counts(&self) -> Result<Vec<(Delivery, u64)>> {
        let sql = "SELECT state, COUNT(*) FROM submissions GROUP BY state ORDER BY state";
        let rows = self.read.rows("counting submissions", sql, vec![]).await?;
        let count = |row: &QueryResult| {
            let row = columns(row, "submission");
            let state = row.text(0)?;
            let known = Delivery::parse(&state);
            Ok((known.ok_or_else(|| row.damaged(format!("state `{state}`")))?, row.count(1)?))
        };
        rows.iter().map(count).collect()
    }
}
