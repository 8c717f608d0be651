//! What is read of studies, and what they look at.

use super::{columns, page, text};
use crate::change::study::PART;
use crate::rows::StudyRow;
use crate::{Result, Store};
use model::{
    AccountId, CodeAnswer, CodeRound, Follow, ServiceId, Study, StudyCode, StudyId, StudySignals,
    Timestamp,
};
use sea_orm::QueryResult;

const STUDY: &str = "SELECT body, progress, pseudonym_key, leased_us FROM studies";

/// An item that was taken in, with its latest content.
#[derive(Debug, Clone, PartialEq)]
pub struct StudyItem {
    /// The place of its latest verdict among all verdicts, for the next page.
    pub verdict: String,
    /// The item as JSON.
    pub json: String,
}

fn study_row(row: &QueryResult) -> Result<StudyRow> {
    let row = columns(row, "study");
    let leased: i64 = row.get(3)?;
    let leased = Timestamp::from_micros(leased).map_err(|error| row.damaged(error))?;
    Ok(StudyRow {
        study: row.json(0)?,
        progress: row.json(1)?,
        pseudonym_key: row.hash(2)?,
        leased,
    })
}

impl Store {
    /// Reads a study.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn study(&self, id: &StudyId) -> Result<Option<StudyRow>> {
        let sql = format!("{STUDY} WHERE id = $1");
        let row = self.read.row("reading a study", &sql, vec![text(id)]).await?;
        row.as_ref().map(study_row).transpose()
    }

    /// Lists studies, the latest first, of one service or of all.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn studies(&self, rows: usize, offset: usize) -> Result<Vec<StudyRow>> {
        let sql = format!("{STUDY} ORDER BY at_us DESC, id DESC LIMIT $1 OFFSET $2");
        let offset = i64::try_from(offset).unwrap_or(i64::MAX);
        let values = vec![page(rows), offset.into()];
        let rows = self.read.rows("listing studies", &sql, values).await?;
        rows.iter().map(study_row).collect()
    }

    /// Lists studies that wait or run, the oldest first.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn open_studies(&self) -> Result<Vec<StudyRow>> {
        let sql =
            format!("{STUDY} WHERE state IN ('waiting', 'running') ORDER BY at_us, id LIMIT $1");
        let rows = self.read.rows("listing open studies", &sql, vec![page(usize::MAX)]).await?;
        rows.iter().map(study_row).collect()
    }

    /// Lists studies whose time is over and whose data is still there.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn expired_studies(&self, now: Timestamp) -> Result<Vec<Study>> {
        let sql = "SELECT body FROM studies WHERE expires_us <= $1 AND state <> 'erased' \
                   ORDER BY expires_us LIMIT $2";
        let values = vec![now.micros().into(), page(usize::MAX)];
        let rows = self.read.rows("listing expired studies", sql, values).await?;
        rows.iter().map(|row| columns(row, "study").json(0)).collect()
    }

    /// Reads a document of a study as JSON.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn study_document(&self, id: &StudyId, name: &str) -> Result<Option<String>> {
        let sql = "SELECT body FROM study_documents WHERE study = $1 AND name = $2";
        let values = vec![text(id), text(name)];
        let row = self.read.row("reading a document of a study", sql, values).await?;
        row.map(|row| columns(&row, "document of a study").text(0)).transpose()
    }

    /// Lists the documents of a study whose names begin so, by the rest of their names.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn study_document_names(&self, id: &StudyId, prefix: &str) -> Result<Vec<String>> {
        let sql = "SELECT name FROM study_documents WHERE study = $1 AND name LIKE $2 \
                   ORDER BY name";
        let values = vec![text(id), text(format!("{prefix}%"))];
        let rows = self.read.rows("listing documents of a study", sql, values).await?;
        rows.iter()
            .map(|row| {
                let name = columns(row, "document of a study").text(0)?;
                Ok(name.strip_prefix(prefix).unwrap_or(&name).to_owned())
            })
            .collect()
    }

    /// Reads the parts that a study kept, by their names.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn study_parts(&self, id: &StudyId) -> Result<Vec<(String, String)>> {
        let sql = "SELECT name, body FROM study_documents WHERE study = $1 AND name LIKE $2";
        let values = vec![text(id), text(format!("{PART}%"))];
        let rows = self.read.rows("reading the parts of a study", sql, values).await?;
        rows.iter()
            .map(|row| {
                let row = columns(row, "part of a study");
                let name = row.text(0)?;
                Ok((name.strip_prefix(PART).unwrap_or(&name).to_owned(), row.text(1)?))
            })
            .collect()
    }

    /// Reads the codes of a study's sample.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn study_codes(&self, id: &StudyId) -> Result<Vec<StudyCode>> {
        let sql = "SELECT account, coder, round, answer, at_us FROM study_codes \
                   WHERE study = $1 ORDER BY account, coder, round";
        let rows = self.read.rows("reading codes", sql, vec![text(id)]).await?;
        rows.iter()
            .map(|row| {
                let row = columns(row, "code");
                let (round, answer) = (row.text(2)?, row.text(3)?);
                let round = CodeRound::parse(&round)
                    .ok_or_else(|| row.damaged(format!("round `{round}`")))?;
                let answer = CodeAnswer::parse(&answer)
                    .ok_or_else(|| row.damaged(format!("answer `{answer}`")))?;
                let (account, coder) = (row.id(0)?, row.id(1)?);
                Ok(StudyCode { account, coder, round, answer, at: row.time(4)? })
            })
            .collect()
    }

    /// Reads what studies found about an account and has not expired: of each figure the strongest.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn study_signals(
        &self,
        service: &ServiceId,
        account: &AccountId,
        now: Timestamp,
    ) -> Result<Option<StudySignals>> {
        let sql = "SELECT body FROM study_signals WHERE service = $1 AND account = $2 \
                   AND expires_us > $3 ORDER BY study";
        let values = vec![text(service), text(account), now.micros().into()];
        let rows = self.read.rows("reading signals of studies", sql, values).await?;
        let found: Vec<StudySignals> = rows
            .iter()
            .map(|row| columns(row, "signals of a study").json(0))
            .collect::<Result<_>>()?;
        Ok(found.into_iter().reduce(strongest))
    }

    /// Reads a page of the items of a service that were made within a time, each with its latest
    /// content, in the order of their verdicts.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn study_items(
        &self,
        service: &ServiceId,
        since: Timestamp,
        until: Timestamp,
        after: &str,
        rows: usize,
    ) -> Result<Vec<StudyItem>> {
        let sql = "SELECT verdicts.id, verdicts.item_json FROM verdicts JOIN items \
                   ON items.service = verdicts.service AND items.id = verdicts.item \
                   AND items.verdict = verdicts.id \
                   WHERE verdicts.service = $1 AND verdicts.at_us >= $2 AND verdicts.at_us < $3 \
                   AND verdicts.id > $4 ORDER BY verdicts.id LIMIT $5";
        let values = vec![
            text(service),
            since.micros().into(),
            until.micros().into(),
            text(after),
            i64::try_from(rows).unwrap_or(i64::MAX).into(),
        ];
        let rows = self.read.rows("reading items for a study", sql, values).await?;
        rows.iter()
            .map(|row| {
                let row = columns(row, "item");
                Ok(StudyItem { verdict: row.text(0)?, json: row.text(1)? })
            })
            .collect()
    }

    /// Reads the accounts of a service that bear a label beginning so, with the rest of the label.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn account_labels_like(
        &self,
        service: &ServiceId,
        prefix: &str,
    ) -> Result<Vec<(String, String)>> {
        let sql = "SELECT target, name FROM labels WHERE service = $1 \
                   AND target LIKE 'account/%' AND name LIKE $2 ORDER BY target, name";
        let values = vec![text(service), text(format!("{prefix}%"))];
        let rows = self.read.rows("reading labels", sql, values).await?;
        rows.iter()
            .map(|row| {
                let row = columns(row, "label");
                let (target, name) = (row.text(0)?, row.text(1)?);
                let account = target.strip_prefix("account/").unwrap_or(&target).to_owned();
                Ok((account, name.strip_prefix(prefix).unwrap_or(&name).to_owned()))
            })
            .collect()
    }

    /// Reads a page of who follows whom, after a pair.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn follows(
        &self,
        service: &ServiceId,
        after: Option<&Follow>,
        rows: usize,
    ) -> Result<Vec<Follow>> {
        let sql = "SELECT source, target, at_us FROM follows WHERE service = $1 \
                   AND (source > $2 OR (source = $2 AND target > $3)) \
                   ORDER BY source, target LIMIT $4";
        let (source, target) =
            after.map_or(("", ""), |follow| (follow.from.as_str(), follow.to.as_str()));
        let rows = i64::try_from(rows).unwrap_or(i64::MAX);
        let values = vec![text(service), text(source), text(target), rows.into()];
        let rows = self.read.rows("reading follows", sql, values).await?;
        rows.iter()
            .map(|row| {
                let row = columns(row, "follow");
                Ok(Follow { from: row.id(0)?, to: row.id(1)?, at: row.maybe_time(2)? })
            })
            .collect()
    }

    /// Reads what was done to accounts of a service, in the order of time: the kind of each
    /// delivered action on an account, with the account.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn account_actions(
        &self,
        service: &ServiceId,
        after: &str,
        rows: usize,
    ) -> Result<Vec<(Timestamp, model::Action)>> {
        let sql = "SELECT at_us, body FROM outbox WHERE service = $1 AND id > $2 \
                   AND state <> 'withdrawn' ORDER BY id LIMIT $3";
        let values = vec![text(service), text(after), page(rows)];
        let rows = self.read.rows("reading actions", sql, values).await?;
        rows.iter()
            .map(|row| {
                let row = columns(row, "action");
                Ok((row.time(0)?, row.json(1)?))
            })
            .collect()
    }
}

fn strongest(a: StudySignals, b: StudySignals) -> StudySignals {
    let least = |a: Option<f64>, b: Option<f64>| match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    };
    let most = |a: Option<f64>, b: Option<f64>| match (a, b) {
        (Some(a), Some(b)) => Some(a.max(b)),
        (a, b) => a.or(b),
    };
    StudySignals {
        campaign_q: least(a.campaign_q, b.campaign_q),
        return_ratio: most(a.return_ratio, b.return_ratio),
        return_probability: most(a.return_probability, b.return_probability),
        network_position: most(a.network_position, b.network_position),
        network_share_low: most(a.network_share_low, b.network_share_low),
    }
}
