//! Appeals and what they are decided on; the ladder of strikes and what it counts.

use super::{columns, decision, page, text};
use crate::rows::{LadderRow, NoticeRow, PolicyRow, StrikeRow};
use crate::{Result, Store};
use model::{
    AccountId, Appeal, AppealId, Case, Decision, DecisionId, Flagger, FlaggerId, KeyId, NoticeId,
    Notifier, PolicyId, ServiceId, Strike, Timestamp, limits,
};

impl Store {
    /// Reads an appeal.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn appeal(&self, id: &AppealId) -> Result<Option<Appeal>> {
        let sql = "SELECT body FROM appeals WHERE id = $1";
        let row = self.read.row("reading an appeal", sql, vec![text(id)]).await?;
        row.map(|row| columns(&row, "appeal").json(0)).transpose()
    }

    /// Reads the appeals against a decision, first come first, refused ones too.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn appeals_against(&self, decision: &DecisionId) -> Result<Vec<Appeal>> {
        let sql = "SELECT body FROM appeals WHERE decision = $1 ORDER BY at_us, id LIMIT $2";
        let values = vec![text(decision), page(limits::PAGE_ROWS)];
        let rows = self.read.rows("reading appeals", sql, values).await?;
        rows.iter().map(|row| columns(row, "appeal").json(0)).collect()
    }

    /// Reads appeals in one state (`open`, `refused`, `answered`): open ones in the order in which
    /// they are due, others with the latest first.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn appeals(&self, status: &str, rows: usize) -> Result<Vec<Appeal>> {
        let sql = "SELECT body FROM appeals WHERE status = $1 ORDER BY \
                   CASE WHEN status = 'open' THEN due_us ELSE -at_us END, id LIMIT $2";
        let rows = self.read.rows("reading appeals", sql, vec![text(status), page(rows)]).await?;
        rows.iter().map(|row| columns(row, "appeal").json(0)).collect()
    }

    /// Reads appeals that came in at a time or after, oldest first, after one of them.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn appeals_since(
        &self,
        from: Timestamp,
        after: Option<&AppealId>,
        rows: usize,
    ) -> Result<Vec<Appeal>> {
        let sql = "SELECT body FROM appeals WHERE at_us >= $1 AND id > $2 ORDER BY id LIMIT $3";
        let after = after.map_or("", AppealId::as_str);
        let values = vec![from.micros().into(), text(after), page(rows)];
        let rows = self.read.rows("reading appeals", sql, values).await?;
        rows.iter().map(|row| columns(row, "appeal").json(0)).collect()
    }

    /// Counts the appeals that wait, and those of them whose time has passed.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn appeals_waiting(&self, now: Timestamp) -> Result<(u64, u64, Option<Timestamp>)> {
        let sql = "SELECT COUNT(*), COALESCE(SUM(CASE WHEN due_us < $1 THEN 1 ELSE 0 END), 0), \
                   MIN(at_us) FROM appeals WHERE status = 'open'";
        let row = self.read.row("counting appeals", sql, vec![now.micros().into()]).await?;
        let Some(row) = row else { return Ok((0, 0, None)) };
        let row = columns(&row, "appeals");
        Ok((row.count(0)?, row.count(1)?, row.maybe_time(2)?))
    }

    /// Reads a decision, with the time of its reversal.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn decision(&self, id: &DecisionId) -> Result<Option<Decision>> {
        let sql = "SELECT body, reversed_us FROM decisions WHERE id = $1";
        let row = self.read.row("reading a decision", sql, vec![text(id)]).await?;
        row.as_ref().map(decision).transpose()
    }

    /// Reads the cases about an account whose decision of a violation stands, after one of them.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn violations_of_account(
        &self,
        service: &ServiceId,
        account: &AccountId,
        after: Option<&DecisionId>,
    ) -> Result<Vec<(DecisionId, Case)>> {
        let sql = "SELECT d.id, c.body FROM decisions AS d JOIN cases AS c ON c.id = d.case_id \
                   WHERE d.service = $1 AND d.account = $2 AND d.ruling = 'violation' \
                   AND d.reversed_us IS NULL AND d.id > $3 ORDER BY d.id LIMIT $4";
        let after = after.map_or("", DecisionId::as_str);
        let values = vec![text(service), text(account), text(after), page(limits::PAGE_ROWS)];
        let rows = self.read.rows("reading an account's violations", sql, values).await?;
        rows.iter()
            .map(|row| {
                let row = columns(row, "case");
                Ok((row.id(0)?, row.json(1)?))
            })
            .collect()
    }

    /// Reads one version of a policy.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn policy(&self, id: &PolicyId, version: u32) -> Result<Option<PolicyRow>> {
        let sql = "SELECT id, version, title, body FROM policies WHERE id = $1 AND version = $2";
        let values = vec![text(id), i64::from(version).into()];
        let row = self.read.row("reading a policy", sql, values).await?;
        row.map(|row| {
            let row = columns(&row, "policy");
            let version = u32::try_from(row.count(1)?).map_err(|error| row.damaged(error))?;
            Ok(PolicyRow { id: row.text(0)?, version, title: row.text(2)?, text: row.text(3)? })
        })
        .transpose()
    }

    /// Reads the versions of the ladder of strikes, the latest first.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn ladders(&self, rows: usize) -> Result<Vec<LadderRow>> {
        let sql = "SELECT version, body, author, reason, at_us FROM ladders \
                   ORDER BY version DESC LIMIT $1";
        let rows = self.read.rows("reading ladders", sql, vec![page(rows)]).await?;
        rows.iter()
            .map(|row| {
                let row = columns(row, "ladder");
                Ok(LadderRow {
                    version: row.count(0)?,
                    body: row.text(1)?,
                    author: row.text(2)?,
                    reason: row.text(3)?,
                    at: row.time(4)?,
                })
            })
            .collect()
    }

    /// Reads the latest version number of the ladder of strikes; 0 where none was written.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn ladder_version(&self) -> Result<u64> {
        let sql = "SELECT COALESCE(MAX(version), 0) FROM ladders";
        let row = self.read.row("reading a ladder", sql, vec![]).await?;
        row.map_or(Ok(0), |row| columns(&row, "ladder").count(0))
    }

    /// Reads the strikes that stand and were decided at a time or after, in the order of their
    /// decisions, after one of them.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn strikes_since(
        &self,
        from: Timestamp,
        after: Option<&DecisionId>,
        rows: usize,
    ) -> Result<Vec<StrikeRow>> {
        let sql = "SELECT s.service, s.account, s.decision, s.at_us, c.body FROM strikes AS s \
                   JOIN decisions AS d ON d.id = s.decision JOIN cases AS c ON c.id = d.case_id \
                   WHERE s.at_us >= $1 AND s.decision > $2 ORDER BY s.decision LIMIT $3";
        let after = after.map_or("", DecisionId::as_str);
        let values = vec![from.micros().into(), text(after), page(rows)];
        let rows = self.read.rows("reading strikes", sql, values).await?;
        rows.iter()
            .map(|row| {
                let row = columns(row, "strike");
                let (service, account) = (row.id(0)?, row.id(1)?);
                let strike = Strike { service, account, decision: row.id(2)?, at: row.time(3)? };
                Ok(StrikeRow { strike, case: row.json(4)? })
            })
            .collect()
    }

    /// Reads a flagger.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn flagger(&self, id: &FlaggerId) -> Result<Option<Flagger>> {
        let sql = "SELECT body FROM flaggers WHERE id = $1";
        let row = self.read.row("reading a flagger", sql, vec![text(id)]).await?;
        row.map(|row| columns(&row, "flagger").json(0)).transpose()
    }

    /// Reads the flagger whose notices come in by a key.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn flagger_by_key(&self, key: &KeyId) -> Result<Option<Flagger>> {
        let sql = "SELECT body FROM flaggers WHERE key_id = $1";
        let row = self.read.row("reading a flagger", sql, vec![text(key)]).await?;
        row.map(|row| columns(&row, "flagger").json(0)).transpose()
    }

    /// Reads every flagger, first come first.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn flaggers(&self) -> Result<Vec<Flagger>> {
        let sql = "SELECT body FROM flaggers ORDER BY id";
        let rows = self.read.rows("reading flaggers", sql, vec![]).await?;
        rows.iter().map(|row| columns(row, "flagger").json(0)).collect()
    }

    /// Reads how a notifier stands, where anything was done.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn notifier(&self, key: &str) -> Result<Option<Notifier>> {
        let sql = "SELECT body FROM notifiers WHERE id = $1";
        let row = self.read.row("reading a notifier", sql, vec![text(key)]).await?;
        row.map(|row| columns(&row, "notifier").json(0)).transpose()
    }

    /// Reads the keys of notifiers with an unfounded notice since a time, or about whom something
    /// was done.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn notifiers_in_question(&self, from: Timestamp, rows: usize) -> Result<Vec<String>> {
        let sql = "SELECT notifier FROM notices WHERE notifier IS NOT NULL AND unfounded = 1 \
                   AND at_us >= $1 UNION SELECT id FROM notifiers ORDER BY 1 LIMIT $2";
        let values = vec![from.micros().into(), page(rows)];
        let rows = self.read.rows("reading notifiers", sql, values).await?;
        rows.iter().map(|row| columns(row, "notifier").text(0)).collect()
    }

    /// Reads the notices of a notifier since a time in the order of their ids, with what became of
    /// them, after one of them.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn notices_of_notifier(
        &self,
        notifier: &str,
        from: Timestamp,
        after: Option<&NoticeId>,
    ) -> Result<Vec<NoticeRow>> {
        let sql = "SELECT n.body, n.case_id, n.unfounded, d.body FROM notices AS n \
                   LEFT JOIN decisions AS d ON d.case_id = n.case_id AND d.reversed_us IS NULL \
                   WHERE n.notifier = $1 AND n.at_us >= $2 AND n.id > $3 ORDER BY n.id LIMIT $4";
        let after = after.map_or("", NoticeId::as_str);
        let values =
            vec![text(notifier), from.micros().into(), text(after), page(limits::PAGE_ROWS)];
        let rows = self.read.rows("reading the notices of a notifier", sql, values).await?;
        rows.iter()
            .map(|row| {
                let row = columns(row, "notice");
                let decided: Option<String> = row.get(3)?;
                let decision = decided.map(|body| serde_json::from_str(&body)).transpose();
                Ok(NoticeRow {
                    notice: row.json(0)?,
                    case: row.id(1)?,
                    is_unfounded: row.get::<i64>(2)? != 0,
                    decision: decision.map_err(|error| row.damaged(error))?,
                })
            })
            .collect()
    }
}
