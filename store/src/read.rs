//! Everything that is read.

use crate::change::Delivery;
use crate::rows::{
    AccountRow, Answer, IdempotencyRow, ItemRow, KeyRow, OutboxRow, PolicyRow, RuleSetRow,
    SessionRow, UserRow, VerdictRow,
};
use crate::{Error, Result, Store};
use audit::Head;
use model::{
    AccountId, ActionId, Case, CaseId, Decision, History, ItemId, Notice, QueueName, ServiceId,
    Subject, Timestamp, UserId, VerdictId, limits,
};
use sea_orm::{QueryResult, TryGetable, Value};
use serde::de::DeserializeOwned;

mod bank;
mod exposure;
mod order;
mod preservation;
mod redress;
mod statement;
mod study;
mod threat;

pub use bank::RecentItem;
pub use preservation::PreservationFilter;
pub use study::StudyItem;

/// One line of the feed of everything that happened.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct EventRow {
    /// Its place in the feed and in the sealed log.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// What kind of fact it is.
    pub kind: String,
    /// The happening, with ids in the clear.
    pub body: serde_json::Value,
}

/// Which cases are asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CaseFilter {
    /// Of this queue alone.
    pub queue: Option<QueueName>,
    /// With this status alone: `open`, `claimed` or `decided`.
    pub status: Option<String>,
    /// Of this service alone.
    pub service: Option<ServiceId>,
    /// About this account alone.
    pub account: Option<(ServiceId, AccountId)>,
    /// At most so many; bounded by [`limits::PAGE_ROWS`].
    pub limit: usize,
    /// Leaving out so many.
    pub offset: usize,
}

/// A queue in figures.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct QueueCount {
    /// The queue.
    pub queue: String,
    /// Cases that wait, claimed or not.
    pub waiting: u64,
    /// Cases that somebody is at.
    pub claimed: u64,
    /// Cases whose time has passed.
    pub overdue: u64,
    /// When the oldest was opened.
    pub oldest: Option<Timestamp>,
}

/// Reads columns by their place and says which kind of row is damaged.
pub(crate) struct Columns<'a> {
    row: &'a QueryResult,
    what: &'static str,
}

impl Columns<'_> {
    pub(crate) fn get<T: TryGetable>(&self, index: usize) -> Result<T> {
        self.row.try_get_by_index(index).map_err(|error| self.damaged(error))
    }

    fn damaged(&self, error: impl std::fmt::Display) -> Error {
        Error::Damaged { what: self.what, detail: error.to_string() }
    }

    pub(crate) fn text(&self, index: usize) -> Result<String> {
        self.get(index)
    }

    pub(crate) fn count(&self, index: usize) -> Result<u64> {
        u64::try_from(self.get::<i64>(index)?).map_err(|error| self.damaged(error))
    }

    pub(crate) fn time(&self, index: usize) -> Result<Timestamp> {
        Timestamp::from_micros(self.get(index)?).map_err(|error| self.damaged(error))
    }

    fn maybe_time(&self, index: usize) -> Result<Option<Timestamp>> {
        let micros: Option<i64> = self.get(index)?;
        let time = micros.map(Timestamp::from_micros).transpose();
        time.map_err(|error| self.damaged(error))
    }

    fn hash(&self, index: usize) -> Result<[u8; 32]> {
        let bytes: Vec<u8> = self.get(index)?;
        bytes.try_into().map_err(|_| self.damaged("a hash has 32 bytes"))
    }

    fn id<T: TryFrom<String, Error = model::IdProblem>>(&self, index: usize) -> Result<T> {
        T::try_from(self.get(index)?).map_err(|error| self.damaged(error))
    }

    fn json<T: DeserializeOwned>(&self, index: usize) -> Result<T> {
        let text: String = self.get(index)?;
        serde_json::from_str(&text).map_err(|error| self.damaged(error))
    }
}

/// The key that the one open case about a subject holds.
pub(crate) fn open_key(service: &ServiceId, subject: &Subject) -> String {
    format!("{service}\n{}", subject.key())
}

pub(crate) fn columns<'a>(row: &'a QueryResult, what: &'static str) -> Columns<'a> {
    Columns { row, what }
}

fn text(value: impl AsRef<str>) -> Value {
    value.as_ref().to_owned().into()
}

fn page(rows: usize) -> Value {
    i64::try_from(rows.min(limits::PAGE_ROWS)).unwrap_or(0).into()
}

fn signed(number: u64) -> Value {
    i64::try_from(number).unwrap_or(i64::MAX).into()
}

const ITEM: &str = "SELECT service, id, account, salt, digest, verdict, at_us FROM items";
const VERDICT: &str = "SELECT id, item_json, history_json, supplied_json, signals_json, \
                       verdict_json, case_id FROM verdicts";
const USER: &str = "SELECT id, login, role, password, totp, totp_step, language, disabled, at_us \
                    FROM users";
const KEY: &str = "SELECT id, digest, name, scopes, service, at_us, revoked_us FROM api_keys";
const OUTBOX: &str = "SELECT body, state, attempts, next_us, delivered_us, problem FROM outbox";

fn item_row(row: &QueryResult) -> Result<ItemRow> {
    let row = columns(row, "item");
    Ok(ItemRow {
        service: row.id(0)?,
        id: row.id(1)?,
        account: row.id(2)?,
        salt: row.hash(3)?,
        digest: row.hash(4)?,
        verdict: row.id(5)?,
        at: row.time(6)?,
    })
}

fn verdict_row(row: &QueryResult) -> Result<VerdictRow> {
    let row = columns(row, "verdict");
    let case: Option<String> = row.get(6)?;
    Ok(VerdictRow {
        id: row.id(0)?,
        item: row.json(1)?,
        history: row.json(2)?,
        supplied: row.text(3)?,
        signals: row.json(4)?,
        verdict: row.json(5)?,
        verdict_json: row.text(5)?,
        case: case.map(CaseId::new).transpose().map_err(|error| row.damaged(error))?,
    })
}

fn user_row(row: &QueryResult) -> Result<UserRow> {
    let row = columns(row, "person");
    Ok(UserRow {
        id: row.id(0)?,
        login: row.text(1)?,
        role: row.text(2)?,
        password: row.text(3)?,
        totp: row.get(4)?,
        totp_step: row.get(5)?,
        language: row.text(6)?,
        is_disabled: row.get::<i64>(7)? != 0,
        at: row.time(8)?,
    })
}

fn key_row(row: &QueryResult) -> Result<KeyRow> {
    let row = columns(row, "key");
    let service: Option<String> = row.get(4)?;
    Ok(KeyRow {
        id: row.id(0)?,
        digest: row.text(1)?,
        name: row.text(2)?,
        scopes: row.text(3)?,
        service: service.map(ServiceId::new).transpose().map_err(|error| row.damaged(error))?,
        at: row.time(5)?,
        revoked: row.maybe_time(6)?,
    })
}

fn outbox_row(row: &QueryResult) -> Result<OutboxRow> {
    let row = columns(row, "delivery");
    let state = row.text(1)?;
    Ok(OutboxRow {
        action: row.json(0)?,
        state: Delivery::parse(&state).ok_or_else(|| row.damaged(format!("state `{state}`")))?,
        attempts: u32::try_from(row.count(2)?).unwrap_or(u32::MAX),
        next: row.time(3)?,
        delivered: row.maybe_time(4)?,
        problem: row.get(5)?,
    })
}

impl Store {
    /// Reads the head of the sealed log.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn head(&self) -> Result<Head> {
        let sql = "SELECT next, hash FROM log_head WHERE id = 1";
        match self.read.row("reading the head of the log", sql, vec![]).await? {
            None => Ok(Head::start()),
            Some(row) => {
                let row = columns(&row, "head of the log");
                Ok(Head { next: row.count(0)?, hash: row.hash(1)? })
            }
        }
    }

    /// Reads encoded records with their hashes, from a sequence number on.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn records(&self, from: u64, rows: usize) -> Result<Vec<(Vec<u8>, Vec<u8>)>> {
        let sql = "SELECT bytes, hash FROM records WHERE seq >= $1 ORDER BY seq LIMIT $2";
        let rows = self.read.rows("reading records", sql, vec![signed(from), page(rows)]).await?;
        rows.iter()
            .map(|row| {
                let row = columns(row, "record");
                Ok((row.get(0)?, row.get(1)?))
            })
            .collect()
    }

    /// Reads the feed after a cursor.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn events(&self, after: Option<u64>, rows: usize) -> Result<Vec<EventRow>> {
        let from = after.map_or(0, |after| after.saturating_add(1));
        let sql = "SELECT seq, at_us, kind, body FROM events WHERE seq >= $1 ORDER BY seq LIMIT $2";
        let rows = self.read.rows("reading events", sql, vec![signed(from), page(rows)]).await?;
        rows.iter().map(event_row).collect()
    }

    /// Reads the latest events, newest first, before a place in the feed.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn latest_events(&self, before: Option<u64>, rows: usize) -> Result<Vec<EventRow>> {
        let sql = "SELECT seq, at_us, kind, body FROM events WHERE seq < $1 \
                   ORDER BY seq DESC LIMIT $2";
        let values = vec![signed(before.unwrap_or(u64::MAX)), page(rows)];
        let rows = self.read.rows("reading events", sql, values).await?;
        rows.iter().map(event_row).collect()
    }

    /// Reads what is known of an account.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn account(&self, service: &ServiceId, id: &AccountId) -> Result<Option<AccountRow>> {
        let sql = "SELECT service, id, salt, first_us FROM accounts WHERE service = $1 AND id = $2";
        let row = self.read.row("reading an account", sql, vec![text(service), text(id)]).await?;
        row.map(|row| {
            let row = columns(&row, "account");
            let (service, id) = (row.id(0)?, row.id(1)?);
            Ok(AccountRow { service, id, salt: row.hash(2)?, first_seen: row.time(3)? })
        })
        .transpose()
    }

    /// Reads what is known of an item, without its content.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn item(&self, service: &ServiceId, id: &ItemId) -> Result<Option<ItemRow>> {
        let sql = format!("{ITEM} WHERE service = $1 AND id = $2");
        let row = self.read.row("reading an item", &sql, vec![text(service), text(id)]).await?;
        row.as_ref().map(item_row).transpose()
    }

    /// Reads a verdict with its inputs.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn verdict(&self, id: &VerdictId) -> Result<Option<VerdictRow>> {
        let sql = format!("{VERDICT} WHERE id = $1");
        let row = self.read.row("reading a verdict", &sql, vec![text(id)]).await?;
        row.as_ref().map(verdict_row).transpose()
    }

    /// Reads verdicts in the order of their ids, after one; those whose content was erased are left
    /// out.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn verdicts_after(
        &self,
        after: Option<&VerdictId>,
        rows: usize,
    ) -> Result<Vec<VerdictRow>> {
        let sql = format!("{VERDICT} WHERE id > $1 AND erased_us IS NULL ORDER BY id LIMIT $2");
        let after = after.map_or("", VerdictId::as_str);
        let rows = self.read.rows("reading verdicts", &sql, vec![text(after), page(rows)]).await?;
        rows.iter().map(verdict_row).collect()
    }

    /// Reads the latest verdicts about an account's items, newest first.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn verdicts_of_account(
        &self,
        service: &ServiceId,
        account: &AccountId,
        rows: usize,
    ) -> Result<Vec<VerdictRow>> {
        let sql = format!(
            "{VERDICT} WHERE service = $1 AND account = $2 ORDER BY at_us DESC, id DESC LIMIT $3"
        );
        let values = vec![text(service), text(account), page(rows)];
        let rows = self.read.rows("reading an account's items", &sql, values).await?;
        rows.iter().map(verdict_row).collect()
    }

    /// Reads what a measurement needs from before; of strikes, those decided since a time.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn history(
        &self,
        service: &ServiceId,
        account: &AccountId,
        item: &ItemId,
        at: Timestamp,
        strikes_since: Option<Timestamp>,
    ) -> Result<History> {
        let sql = "SELECT \
             (SELECT COUNT(*) FROM verdicts WHERE service = $1 AND account = $2 \
              AND at_us >= $5 AND at_us < $6), \
             (SELECT COUNT(*) FROM strikes WHERE service = $1 AND account = $2 \
              AND at_us >= $7), \
             (SELECT COUNT(*) FROM decisions WHERE service = $1 AND account = $2 \
              AND ruling = 'violation' AND reversed_us IS NULL), \
             (SELECT COUNT(*) FROM notices WHERE service = $1 AND subject IN ($3, $4)), \
             (SELECT COUNT(*) FROM study_signals WHERE service = $1 AND account = $2 \
              AND expires_us > $6)";
        let (about_item, about_account) =
            (Subject::Item(item.clone()).key(), Subject::Account(account.clone()).key());
        let values = vec![
            text(service),
            text(account),
            text(about_item),
            text(&about_account),
            at.plus_seconds(-3_600).micros().into(),
            at.micros().into(),
            strikes_since.map_or(0, Timestamp::micros).into(),
        ];
        let row = self.read.row("reading the history of an account", sql, values).await?;
        let row = row.ok_or(Error::Damaged { what: "history", detail: "no row".to_owned() })?;
        let row = columns(&row, "history");
        Ok(History {
            account_items_1h: Some(row.count(0)?),
            account_strikes: Some(row.count(1)?),
            account_violations: Some(row.count(2)?),
            item_notices: Some(row.count(3)?),
            account_labels: self.labels(service, &about_account).await?,
            near_items_24h: None,
            // Hardly any account is named by a study: the others cost no second question.
            account_studies: match row.count(4)? {
                0 => None,
                _ => self.study_signals(service, account, at).await?,
            },
        })
    }

    /// Reads the labels on an item or account, by its key such as `item/p1`.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn labels(&self, service: &ServiceId, target: &str) -> Result<Vec<String>> {
        let sql =
            "SELECT DISTINCT name FROM labels WHERE service = $1 AND target = $2 ORDER BY name";
        let values = vec![text(service), text(target)];
        let rows = self.read.rows("reading labels", sql, values).await?;
        rows.iter().map(|row| columns(row, "label").text(0)).collect()
    }

    /// Counts the standing strikes of an account, of those decided since a time where one is given.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn strikes(
        &self,
        service: &ServiceId,
        account: &AccountId,
        since: Option<Timestamp>,
    ) -> Result<u64> {
        let sql = "SELECT COUNT(*) FROM strikes WHERE service = $1 AND account = $2 \
                   AND at_us >= $3";
        let since = since.map_or(0, Timestamp::micros);
        let values = vec![text(service), text(account), since.into()];
        let row = self.read.row("counting strikes", sql, values).await?;
        row.map_or(Ok(0), |row| columns(&row, "strike").count(0))
    }

    /// Reads a case.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn case(&self, id: &CaseId) -> Result<Option<Case>> {
        let sql = "SELECT body FROM cases WHERE id = $1";
        let row = self.read.row("reading a case", sql, vec![text(id)]).await?;
        row.map(|row| columns(&row, "case").json(0)).transpose()
    }

    /// Reads the case about a subject that is not decided.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn open_case(&self, service: &ServiceId, subject: &Subject) -> Result<Option<Case>> {
        let sql = "SELECT body FROM cases WHERE open_key = $1";
        let values = vec![text(open_key(service, subject))];
        let row = self.read.row("reading an open case", sql, values).await?;
        row.map(|row| columns(&row, "case").json(0)).transpose()
    }

    /// Reads cases: those that wait in the order in which they should be taken (overdue first,
    /// then by priority and age), decided ones newest first.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn cases(&self, filter: &CaseFilter, now: Timestamp) -> Result<Vec<Case>> {
        let mut values: Vec<Value> = vec![now.micros().into()];
        let mut conditions = vec!["1 = 1".to_owned()];
        let mut bind = |column: &str, value: Value| {
            values.push(value);
            conditions.push(format!("{column} = ${}", values.len()));
        };
        if let Some(queue) = &filter.queue {
            bind("queue", text(queue));
        }
        if let Some(status) = &filter.status {
            bind("status", text(status));
        }
        if let Some(service) = &filter.service {
            bind("service", text(service));
        }
        if let Some((service, account)) = &filter.account {
            bind("service", text(service));
            bind("account", text(account));
        }
        let limit = filter.limit.min(limits::PAGE_ROWS);
        let sql = format!(
            "SELECT body FROM cases WHERE {} ORDER BY \
             CASE WHEN status = 'decided' THEN 1 ELSE 0 END, \
             CASE WHEN due_us < $1 THEN 0 ELSE 1 END, \
             COALESCE(-decided_us, 0), priority DESC, score DESC, \
             CASE WHEN due_us IS NULL THEN 1 ELSE 0 END, due_us, opened_us, id \
             LIMIT {limit} OFFSET {}",
            conditions.join(" AND "),
            i64::try_from(filter.offset).unwrap_or(i64::MAX)
        );
        let rows = self.read.rows("reading cases", &sql, values).await?;
        rows.iter().map(|row| columns(row, "case").json(0)).collect()
    }

    /// Reads the cases that a person may take next, best first.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn next_cases(
        &self,
        queue: Option<&QueueName>,
        user: &UserId,
        now: Timestamp,
        rows: usize,
    ) -> Result<Vec<Case>> {
        let sql = "SELECT body FROM cases WHERE (status = 'open' OR (status = 'claimed' \
             AND (claimed_until_us <= $1 OR claimed_by = $2))) AND ($3 = '' OR queue = $3) \
             ORDER BY CASE WHEN claimed_by = $2 AND claimed_until_us > $1 THEN 0 ELSE 1 END, \
             CASE WHEN due_us < $1 THEN 0 ELSE 1 END, priority DESC, score DESC, \
             CASE WHEN due_us IS NULL THEN 1 ELSE 0 END, due_us, opened_us, id LIMIT $4";
        let queue = queue.map_or("", QueueName::as_str);
        let values = vec![now.micros().into(), text(user), text(queue), page(rows)];
        let rows = self.read.rows("reading the next cases", sql, values).await?;
        rows.iter().map(|row| columns(row, "case").json(0)).collect()
    }

    /// Counts the cases that wait, by queue.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn queue_counts(&self, now: Timestamp) -> Result<Vec<QueueCount>> {
        let sql = "SELECT queue, COUNT(*), \
             COALESCE(SUM(CASE WHEN status = 'claimed' AND claimed_until_us > $1 \
                THEN 1 ELSE 0 END), 0), \
             COALESCE(SUM(CASE WHEN due_us < $1 THEN 1 ELSE 0 END), 0), MIN(opened_us) \
             FROM cases WHERE status <> 'decided' GROUP BY queue ORDER BY queue";
        let rows = self.read.rows("counting cases", sql, vec![now.micros().into()]).await?;
        rows.iter()
            .map(|row| {
                let row = columns(row, "queue");
                Ok(QueueCount {
                    queue: row.text(0)?,
                    waiting: row.count(1)?,
                    claimed: row.count(2)?,
                    overdue: row.count(3)?,
                    oldest: row.maybe_time(4)?,
                })
            })
            .collect()
    }

    /// Reads the notices of a case, first come first.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn notices_of_case(&self, case: &CaseId) -> Result<Vec<Notice>> {
        let sql = "SELECT body FROM notices WHERE case_id = $1 ORDER BY at_us, id";
        let rows = self.read.rows("reading notices", sql, vec![text(case)]).await?;
        rows.iter().map(|row| columns(row, "notice").json(0)).collect()
    }

    /// Reads the decisions of a case, oldest first, reversed ones with the time of reversal.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn decisions_of_case(&self, case: &CaseId) -> Result<Vec<Decision>> {
        let sql = "SELECT body, reversed_us FROM decisions WHERE case_id = $1 ORDER BY at_us, id";
        let rows = self.read.rows("reading decisions", sql, vec![text(case)]).await?;
        rows.iter().map(decision).collect()
    }

    /// Reads the latest decisions about an account, newest first.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn decisions_of_account(
        &self,
        service: &ServiceId,
        account: &AccountId,
        rows: usize,
    ) -> Result<Vec<Decision>> {
        let sql = "SELECT body, reversed_us FROM decisions WHERE service = $1 AND account = $2 \
                   ORDER BY at_us DESC, id DESC LIMIT $3";
        let values = vec![text(service), text(account), page(rows)];
        let rows = self.read.rows("reading decisions", sql, values).await?;
        rows.iter().map(decision).collect()
    }

    /// Reads the actions of a service whose next attempt is due, longest due first.
    ///
    /// The actions of one case go out in their order: one waits while an earlier one does, or while
    /// an attempt at another is under way.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn outbox_due(
        &self,
        service: &ServiceId,
        now: Timestamp,
        rows: usize,
    ) -> Result<Vec<OutboxRow>> {
        let sql = format!(
            "{OUTBOX} WHERE service = $1 AND state = 'pending' AND next_us <= $2 AND NOT EXISTS \
             (SELECT 1 FROM outbox AS other WHERE other.case_id = outbox.case_id \
              AND other.id <> outbox.id AND ((other.leased = 1 AND other.next_us > $2) \
              OR (other.state = 'pending' AND other.at_us < outbox.at_us))) \
             ORDER BY next_us, id LIMIT $3"
        );
        let values = vec![text(service), now.micros().into(), page(rows)];
        let rows = self.read.rows("reading due deliveries", &sql, values).await?;
        rows.iter().map(outbox_row).collect()
    }

    /// Reads the latest decision about a subject, also one that was reversed.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn latest_decision(
        &self,
        service: &ServiceId,
        subject: &Subject,
    ) -> Result<Option<Decision>> {
        let sql = "SELECT d.body, d.reversed_us FROM decisions AS d JOIN cases AS c \
                   ON c.id = d.case_id WHERE c.service = $1 AND c.subject = $2 \
                   ORDER BY d.at_us DESC, d.id DESC LIMIT 1";
        let values = vec![text(service), text(subject.key())];
        let row = self.read.row("reading the latest decision", sql, values).await?;
        row.as_ref().map(decision).transpose()
    }

    /// Reads the deliveries in one state, oldest first.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn outbox(&self, state: Delivery, rows: usize) -> Result<Vec<OutboxRow>> {
        let sql = format!("{OUTBOX} WHERE state = $1 ORDER BY at_us, id LIMIT $2");
        let values = vec![text(state.as_str()), page(rows)];
        let rows = self.read.rows("reading deliveries", &sql, values).await?;
        rows.iter().map(outbox_row).collect()
    }

    /// Reads one delivery.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn delivery(&self, action: &ActionId) -> Result<Option<OutboxRow>> {
        let sql = format!("{OUTBOX} WHERE id = $1");
        let row = self.read.row("reading a delivery", &sql, vec![text(action)]).await?;
        row.as_ref().map(outbox_row).transpose()
    }

    /// Reads the deliveries of a case, oldest first.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn outbox_of_case(&self, case: &CaseId) -> Result<Vec<OutboxRow>> {
        let sql = format!("{OUTBOX} WHERE case_id = $1 ORDER BY at_us, id");
        let rows = self.read.rows("reading deliveries", &sql, vec![text(case)]).await?;
        rows.iter().map(outbox_row).collect()
    }

    /// Reads the present revision of the banks.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn banks_revision(&self) -> Result<u64> {
        self.counter("banks").await
    }

    /// Reads how often a rule set was promoted.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn rules_revision(&self) -> Result<u64> {
        self.counter("rules").await
    }

    async fn counter(&self, name: &str) -> Result<u64> {
        let sql = "SELECT value FROM counters WHERE name = $1";
        let row = self.read.row("reading a counter", sql, vec![text(name)]).await?;
        row.map_or(Ok(0), |row| columns(&row, "counter").count(0))
    }

    /// Reads the rule set that is in force.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn active_rules(&self) -> Result<Option<RuleSetRow>> {
        let sql = "SELECT version, files, author, at_us FROM rule_sets \
                   ORDER BY promoted DESC LIMIT 1";
        let row = self.read.row("reading the rules", sql, vec![]).await?;
        row.as_ref().map(rule_set_row).transpose()
    }

    /// Reads a rule set by its version.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn rules_of_version(&self, version: &str) -> Result<Option<RuleSetRow>> {
        let sql = "SELECT version, files, author, at_us FROM rule_sets WHERE version = $1";
        let row = self.read.row("reading the rules", sql, vec![text(version)]).await?;
        row.as_ref().map(rule_set_row).transpose()
    }

    /// Reads every rule set, the latest promoted first.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn rule_sets(&self, rows: usize) -> Result<Vec<RuleSetRow>> {
        let sql = "SELECT version, files, author, at_us FROM rule_sets \
                   ORDER BY promoted DESC LIMIT $1";
        let rows = self.read.rows("reading the rules", sql, vec![page(rows)]).await?;
        rows.iter().map(rule_set_row).collect()
    }

    /// Reads the latest version of every policy.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn policies(&self) -> Result<Vec<PolicyRow>> {
        let sql = "SELECT id, version, title, body FROM policies WHERE version = \
             (SELECT MAX(version) FROM policies AS later WHERE later.id = policies.id) ORDER BY id";
        let rows = self.read.rows("reading policies", sql, vec![]).await?;
        rows.iter()
            .map(|row| {
                let row = columns(row, "policy");
                let version = u32::try_from(row.count(1)?).map_err(|error| row.damaged(error))?;
                Ok(PolicyRow { id: row.text(0)?, version, title: row.text(2)?, text: row.text(3)? })
            })
            .collect()
    }

    /// Reads a person by login.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn user_by_login(&self, login: &str) -> Result<Option<UserRow>> {
        let sql = format!("{USER} WHERE login = $1");
        let row = self.read.row("reading a person", &sql, vec![text(login)]).await?;
        row.as_ref().map(user_row).transpose()
    }

    /// Reads a person.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn user(&self, id: &UserId) -> Result<Option<UserRow>> {
        let sql = format!("{USER} WHERE id = $1");
        let row = self.read.row("reading a person", &sql, vec![text(id)]).await?;
        row.as_ref().map(user_row).transpose()
    }

    /// Reads everybody who may sign in, by login.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn users(&self) -> Result<Vec<UserRow>> {
        let sql = format!("{USER} ORDER BY login");
        let rows = self.read.rows("reading people", &sql, vec![]).await?;
        rows.iter().map(user_row).collect()
    }

    /// Reads a session by its token's digest.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn session(&self, token: &str) -> Result<Option<SessionRow>> {
        let sql = "SELECT token, user_id, form_token, expires_us FROM sessions WHERE token = $1";
        let row = self.read.row("reading a session", sql, vec![text(token)]).await?;
        row.map(|row| {
            let row = columns(&row, "session");
            Ok(SessionRow {
                token: row.text(0)?,
                user: row.id(1)?,
                form_token: row.text(2)?,
                expires: row.time(3)?,
            })
        })
        .transpose()
    }

    /// Reads an API key by its digest.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn key_by_digest(&self, digest: &str) -> Result<Option<KeyRow>> {
        let sql = format!("{KEY} WHERE digest = $1");
        let row = self.read.row("reading a key", &sql, vec![text(digest)]).await?;
        row.as_ref().map(key_row).transpose()
    }

    /// Reads every API key, by age.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn keys(&self) -> Result<Vec<KeyRow>> {
        let rows = self.read.rows("reading keys", &format!("{KEY} ORDER BY at_us"), vec![]).await?;
        rows.iter().map(key_row).collect()
    }

    /// Reads the first answer to a request with an idempotency key.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn answer(&self, owner: &str, token: &str) -> Result<Option<IdempotencyRow>> {
        let sql = "SELECT owner, token, digest, status, answer, at_us FROM idempotency \
                   WHERE owner = $1 AND token = $2";
        let values = vec![text(owner), text(token)];
        let row = self.read.row("reading an earlier answer", sql, values).await?;
        row.map(|row| {
            let row = columns(&row, "answer");
            let status = u16::try_from(row.count(3)?).map_err(|error| row.damaged(error))?;
            Ok(IdempotencyRow {
                owner: row.text(0)?,
                token: row.text(1)?,
                digest: row.hash(2)?,
                answer: Answer { status, body: row.text(4)? },
                at: row.time(5)?,
            })
        })
        .transpose()
    }

    /// Reads the media type of a file of evidence, where it is known.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn evidence(&self, sha256: &str) -> Result<Option<String>> {
        let sql = "SELECT media_type FROM evidence WHERE sha256 = $1";
        let row = self.read.row("reading of evidence", sql, vec![text(sha256)]).await?;
        row.map(|row| columns(&row, "evidence").text(0)).transpose()
    }
}

fn event_row(row: &QueryResult) -> Result<EventRow> {
    let row = columns(row, "event");
    Ok(EventRow { seq: row.count(0)?, at: row.time(1)?, kind: row.text(2)?, body: row.json(3)? })
}

fn rule_set_row(row: &QueryResult) -> Result<RuleSetRow> {
    let row = columns(row, "rule set");
    Ok(RuleSetRow {
        version: row.text(0)?,
        files: row.text(1)?,
        author: row.text(2)?,
        at: row.time(3)?,
    })
}

fn decision(row: &QueryResult) -> Result<Decision> {
    let row = columns(row, "decision");
    let mut decision: Decision = row.json(0)?;
    decision.reversed_at = row.maybe_time(1)?;
    Ok(decision)
}
