//! Reading banks, what is said of their entries, and what was learned.

use super::{columns, page, signed, text};
use crate::change::hour_of;
use crate::rows::{BankSummary, DecidedItem, LearnedRow};
use crate::{Result, Store};
use model::{
    BankChange, BankEntry, BankSettings, DecisionId, EntryId, EntryStatus, Item, Opinion,
    OpinionKind, Timestamp,
};
use sea_orm::QueryResult;
use std::collections::BTreeMap;

/// An entry from its body, the revision that retired it, and the latest opinion.
fn entry(row: &QueryResult) -> Result<BankEntry> {
    let row = columns(row, "bank entry");
    let mut entry: BankEntry = row.json(0)?;
    let retired: Option<i64> = row.get(1)?;
    let opinion: Option<String> = row.get(2)?;
    let opinion = opinion
        .map(|word| OpinionKind::parse(&word).ok_or_else(|| row.damaged(format!("`{word}`"))))
        .transpose()?;
    entry.status = match (retired, opinion) {
        (Some(_), _) => EntryStatus::Retired,
        (None, Some(kind)) => kind.status(),
        (None, None) => EntryStatus::Active,
    };
    Ok(entry)
}

/// What was said last of the entry `e`.
const LAST_WORD: &str = "(SELECT o.kind FROM entry_opinions AS o WHERE o.entry = e.id \
                         ORDER BY o.revision DESC LIMIT 1)";

impl Store {
    /// Reads the entries that were not retired at a revision, with their status then, in the order
    /// in which they were added.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn entries_at(&self, revision: u64) -> Result<Vec<BankEntry>> {
        let sql = "SELECT e.body, CAST(NULL AS BIGINT), \
                   (SELECT o.kind FROM entry_opinions AS o WHERE o.entry = e.id \
                    AND o.revision <= $1 ORDER BY o.revision DESC LIMIT 1) \
                   FROM entries AS e WHERE e.added_revision <= $1 \
                   AND (e.retired_revision IS NULL OR e.retired_revision > $1) \
                   ORDER BY e.added_revision, e.id";
        let rows = self.read.rows("reading banks", sql, vec![signed(revision)]).await?;
        rows.iter().map(entry).collect()
    }

    /// Reads the entries that joined, left or were spoken of after one revision and up to another,
    /// with their status then, in the order in which they were added.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn entries_changed(&self, after: u64, up_to: u64) -> Result<BankChange> {
        let sql = "SELECT e.body, \
                   CASE WHEN e.retired_revision <= $2 THEN e.retired_revision END, \
                   (SELECT o.kind FROM entry_opinions AS o WHERE o.entry = e.id \
                    AND o.revision <= $2 ORDER BY o.revision DESC LIMIT 1), \
                   CASE WHEN e.added_revision > $1 THEN 1 ELSE 0 END \
                   FROM entries AS e WHERE e.id IN (\
                     SELECT id FROM entries WHERE added_revision > $1 AND added_revision <= $2 \
                     UNION SELECT id FROM entries \
                       WHERE retired_revision > $1 AND retired_revision <= $2 \
                     UNION SELECT entry FROM entry_opinions \
                       WHERE revision > $1 AND revision <= $2) \
                   ORDER BY e.added_revision, e.id";
        let values = vec![signed(after), signed(up_to)];
        let rows = self.read.rows("reading what changed in banks", sql, values).await?;
        let mut changed = BankChange::default();
        for row in &rows {
            let is_added = columns(row, "bank entry").get::<i32>(3)? == 1;
            let list = if is_added { &mut changed.added } else { &mut changed.moved };
            list.push(entry(row)?);
        }
        Ok(changed)
    }

    /// Reads one entry.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn entry(&self, id: &EntryId) -> Result<Option<BankEntry>> {
        let sql = format!(
            "SELECT e.body, e.retired_revision, {LAST_WORD} FROM entries AS e WHERE e.id = $1"
        );
        let row = self.read.row("reading an entry", &sql, vec![text(id)]).await?;
        row.as_ref().map(entry).transpose()
    }

    /// Reads a page of a bank's entries, retired ones too, after an entry.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn entries_of_bank(
        &self,
        bank: &str,
        after: Option<&EntryId>,
        rows: usize,
    ) -> Result<Vec<BankEntry>> {
        let sql = format!(
            "SELECT e.body, e.retired_revision, {LAST_WORD} FROM entries AS e \
             WHERE e.bank = $1 AND e.id > $2 ORDER BY e.id LIMIT $3"
        );
        let values = vec![text(bank), text(after.map_or("", EntryId::as_str)), page(rows)];
        let rows = self.read.rows("reading a bank", &sql, values).await?;
        rows.iter().map(entry).collect()
    }

    /// Reads the entries in quarantine and the disputed ones, the one spoken of last first.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn entries_in_question(&self, rows: usize) -> Result<Vec<(BankEntry, Opinion)>> {
        let sql = "SELECT e.body, e.retired_revision, o.kind, o.entry, o.speaker, o.note, o.at_us \
                   FROM entry_opinions AS o JOIN entries AS e ON e.id = o.entry \
                   WHERE e.retired_revision IS NULL AND o.kind <> 'confirms' AND o.revision = \
                     (SELECT MAX(p.revision) FROM entry_opinions AS p WHERE p.entry = o.entry) \
                   ORDER BY o.revision DESC LIMIT $1";
        let rows = self.read.rows("reading entries in question", sql, vec![page(rows)]).await?;
        rows.iter().map(|row| Ok((entry(row)?, opinion(row)?))).collect()
    }

    /// Reads what was said of an entry, the latest first.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn opinions(&self, id: &EntryId) -> Result<Vec<Opinion>> {
        let sql = "SELECT '', 0, kind, entry, speaker, note, at_us FROM entry_opinions \
                   WHERE entry = $1 ORDER BY revision DESC";
        let rows = self.read.rows("reading opinions", sql, vec![text(id)]).await?;
        rows.iter().map(opinion).collect()
    }

    /// Reads in how many items an entry was found, by hour, from an hour on; the hours are counted
    /// from 1970, and those without a match are left out.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn matches_by_hour(&self, id: &EntryId, from: Timestamp) -> Result<Vec<(i64, u64)>> {
        let sql = "SELECT hour, items FROM entry_matches WHERE entry = $1 AND hour >= $2 \
                   ORDER BY hour";
        let values = vec![text(id), hour_of(from).into()];
        let rows = self.read.rows("reading how often an entry matched", sql, values).await?;
        let of = |row: &QueryResult| {
            let row = columns(row, "count of matches");
            Ok((row.get(0)?, row.count(1)?))
        };
        rows.iter().map(of).collect()
    }

    /// Counts the entries of every bank.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn bank_summaries(&self) -> Result<Vec<BankSummary>> {
        let sql = "SELECT e.bank, e.kind, \
             COALESCE(SUM(CASE WHEN e.retired_revision IS NULL THEN 1 ELSE 0 END), 0), \
             COALESCE(SUM(CASE WHEN e.retired_revision IS NULL THEN 0 ELSE 1 END), 0), \
             COALESCE(SUM(CASE WHEN e.retired_revision IS NULL AND s.kind = 'quarantines' \
               THEN 1 ELSE 0 END), 0), \
             COALESCE(SUM(CASE WHEN e.retired_revision IS NULL AND s.kind = 'disputes' \
               THEN 1 ELSE 0 END), 0) \
             FROM entries AS e LEFT JOIN (SELECT o.entry, o.kind FROM entry_opinions AS o \
               WHERE o.revision = (SELECT MAX(p.revision) FROM entry_opinions AS p \
                 WHERE p.entry = o.entry)) AS s ON s.entry = e.id \
             GROUP BY e.bank, e.kind ORDER BY e.bank, e.kind";
        let rows = self.read.rows("counting banks", sql, vec![]).await?;
        rows.iter()
            .map(|row| {
                let row = columns(row, "bank");
                let disputed = row.count(5)?;
                Ok(BankSummary {
                    bank: row.text(0)?,
                    kind: row.text(1)?,
                    active: row.count(2)?.saturating_sub(disputed),
                    quarantined: row.count(4)?,
                    disputed,
                    retired: row.count(3)?,
                })
            })
            .collect()
    }

    /// Reads what every bank said of all its entries at a revision.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn bank_settings_at(&self, revision: u64) -> Result<BTreeMap<String, BankSettings>> {
        let sql = "SELECT s.bank, s.body FROM bank_settings AS s WHERE s.revision = \
                   (SELECT MAX(t.revision) FROM bank_settings AS t \
                    WHERE t.bank = s.bank AND t.revision <= $1) ORDER BY s.bank";
        let rows = self.read.rows("reading banks' settings", sql, vec![signed(revision)]).await?;
        let of = |row: &QueryResult| {
            let row = columns(row, "settings of a bank");
            Ok((row.text(0)?, row.json(1)?))
        };
        rows.iter().map(of).collect()
    }

    /// Reads the words that were known to be ordinary at a revision, where any were.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn known_words_at(&self, revision: u64) -> Result<Option<Vec<u8>>> {
        let sql = "SELECT body FROM known_words WHERE revision <= $1 \
                   ORDER BY revision DESC LIMIT 1";
        let row = self.read.row("reading known words", sql, vec![signed(revision)]).await?;
        row.map(|row| columns(&row, "known words").get(0)).transpose()
    }

    /// Reads the revision under which the words that are known at a revision were learned, 0 where
    /// none were.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn known_words_revision(&self, revision: u64) -> Result<u64> {
        let sql = "SELECT COALESCE(MAX(revision), 0) FROM known_words WHERE revision <= $1";
        let row = self.read.row("reading known words", sql, vec![signed(revision)]).await?;
        row.map_or(Ok(0), |row| columns(&row, "known words").count(0))
    }

    /// Counts how often a model was learned or taken out of use.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn learned_revision(&self) -> Result<u64> {
        self.counter("learned").await
    }

    /// Reads what was learned last, where anything was.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn learned(&self) -> Result<Option<LearnedRow>> {
        let sql = "SELECT at_us, model, report FROM learned_models ORDER BY id DESC LIMIT 1";
        let row = self.read.row("reading the learned model", sql, vec![]).await?;
        row.map(|row| {
            let row = columns(&row, "learned model");
            Ok(LearnedRow { at: row.time(0)?, model: row.get(1)?, report: row.text(2)? })
        })
        .transpose()
    }

    /// Reads a page of the decisions that stand on cases about one item, with the item as it was
    /// judged last, in the order of the decisions' ids.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn decided_items(
        &self,
        after: Option<&DecisionId>,
        rows: usize,
    ) -> Result<Vec<DecidedItem>> {
        let sql = "SELECT d.id, d.body, \
                   (SELECT v.item_json FROM verdicts AS v WHERE v.service = d.service \
                    AND v.case_id = d.case_id ORDER BY v.at_us DESC, v.id DESC LIMIT 1), \
                   (SELECT COUNT(*) FROM decisions AS r WHERE r.case_id = d.case_id \
                    AND r.reversed_us IS NOT NULL) \
                   FROM decisions AS d JOIN cases AS c ON c.id = d.case_id \
                   WHERE d.id > $1 AND d.reversed_us IS NULL AND c.subject LIKE 'item/%' \
                   AND EXISTS (SELECT 1 FROM verdicts AS w WHERE w.case_id = d.case_id) \
                   ORDER BY d.id LIMIT $2";
        let values = vec![text(after.map_or("", DecisionId::as_str)), page(rows)];
        let rows = self.read.rows("reading decisions to learn from", sql, values).await?;
        let of = |row: &QueryResult| {
            let row = columns(row, "decision");
            Ok(DecidedItem {
                id: row.id(0)?,
                decision: row.json(1)?,
                item: row.json(2)?,
                reversed: row.count(3)?,
            })
        };
        rows.iter().map(of).collect()
    }

    /// Reads the latest items that were judged from a time on and in which nothing was found, at
    /// most so many, newest first.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn allowed_items(&self, from: Timestamp, rows: usize) -> Result<Vec<Item>> {
        let sql = "SELECT item_json FROM verdicts WHERE at_us >= $1 AND outcome = 'allow' \
                   AND signals_json LIKE '%\"matches\":[]%' ORDER BY at_us DESC LIMIT $2";
        let limit = i64::try_from(rows).unwrap_or(i64::MAX);
        let values = vec![from.micros().into(), limit.into()];
        let rows = self.read.rows("reading allowed items", sql, values).await?;
        rows.iter().map(|row| columns(row, "item").json(0)).collect()
    }

    /// Reads the latest items that were judged from a time on, at most so many, oldest first, with
    /// when they were judged.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn recent_items(&self, from: Timestamp, rows: usize) -> Result<Vec<RecentItem>> {
        let sql = "SELECT item_json, at_us FROM (SELECT item_json, at_us, id FROM verdicts \
                   WHERE at_us >= $1 ORDER BY at_us DESC, id DESC LIMIT $2) AS latest \
                   ORDER BY at_us, id";
        let limit = i64::try_from(rows).unwrap_or(i64::MAX);
        let values = vec![from.micros().into(), limit.into()];
        let rows = self.read.rows("reading recent items", sql, values).await?;
        let of = |row: &QueryResult| {
            let row = columns(row, "item");
            Ok((row.json(0)?, row.time(1)?))
        };
        rows.iter().map(of).collect()
    }
}

/// An item and when it was judged.
pub type RecentItem = (Item, Timestamp);

fn opinion(row: &QueryResult) -> Result<Opinion> {
    let row = columns(row, "opinion");
    let word = row.text(2)?;
    Ok(Opinion {
        kind: OpinionKind::parse(&word).ok_or_else(|| row.damaged(format!("`{word}`")))?,
        entry: row.id(3)?,
        by: row.text(4)?,
        note: row.text(5)?,
        at: row.time(6)?,
    })
}
