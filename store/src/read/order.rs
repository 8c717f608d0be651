//! Reading orders, authorities, duty, mail that came in and letters that go out.

use super::{columns, page, text};
use crate::change::Delivery;
use crate::rows::{DutyRow, LetterRow, MailRow, OrderRow};
use crate::{Result, Store};
use model::{AccountId, AuthorityId, ItemId, LetterId, OrderId, ServiceId, Timestamp};
use sea_orm::QueryResult;

pub(super) const ORDER: &str =
    "SELECT id, service, status, due_us, at_us, revision, body, known_as FROM orders";
const LETTER: &str = "SELECT body, state, attempts, next_us, sent_us, problem FROM letters";
const DUTY: &str = "SELECT id, user_id, from_us, until_us, address FROM duties";
const MAIL: &str = "SELECT sha256, at_us, message_id, sender, subject, about FROM mails";

pub(super) fn order(row: &QueryResult) -> Result<OrderRow> {
    let row = columns(row, "order");
    Ok(OrderRow {
        id: row.id(0)?,
        service: row.id(1)?,
        status: row.text(2)?,
        due: row.maybe_time(3)?,
        at: row.time(4)?,
        revision: row.count(5)?,
        body: row.text(6)?,
        known_as: row.get(7)?,
    })
}

fn letter(row: &QueryResult) -> Result<LetterRow> {
    let row = columns(row, "letter");
    let state = row.text(1)?;
    Ok(LetterRow {
        letter: row.json(0)?,
        state: Delivery::parse(&state).ok_or_else(|| row.damaged(format!("state `{state}`")))?,
        attempts: u32::try_from(row.count(2)?).unwrap_or(u32::MAX),
        next: row.time(3)?,
        sent: row.maybe_time(4)?,
        problem: row.get(5)?,
    })
}

fn duty(row: &QueryResult) -> Result<DutyRow> {
    let row = columns(row, "duty");
    Ok(DutyRow {
        id: row.text(0)?,
        user: row.id(1)?,
        from: row.time(2)?,
        until: row.time(3)?,
        address: row.get(4)?,
    })
}

fn mail(row: &QueryResult) -> Result<MailRow> {
    let row = columns(row, "e-mail");
    Ok(MailRow {
        sha256: row.text(0)?,
        at: row.time(1)?,
        message_id: row.get(2)?,
        sender: row.text(3)?,
        subject: row.text(4)?,
        about: row.get(5)?,
    })
}

impl Store {
    /// Reads an order.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn order(&self, id: &OrderId) -> Result<Option<OrderRow>> {
        let sql = format!("{ORDER} WHERE id = $1");
        let row = self.read.row("reading an order", &sql, vec![text(id)]).await?;
        row.as_ref().map(order).transpose()
    }

    /// Reads the order that is known under a name that senders cannot choose twice.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn order_known_as(&self, name: &str) -> Result<Option<OrderRow>> {
        let sql = format!("{ORDER} WHERE known_as = $1");
        let row = self.read.row("looking for an order", &sql, vec![text(name)]).await?;
        row.as_ref().map(order).transpose()
    }

    /// Reads orders: those with a clock first, the nearest due time first, then the newest.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn orders(&self, status: Option<&str>, rows: usize) -> Result<Vec<OrderRow>> {
        let sql = format!(
            "{ORDER} WHERE ($1 = '' OR status = $1) \
             ORDER BY CASE WHEN due_us IS NULL THEN 1 ELSE 0 END, due_us, at_us DESC LIMIT $2"
        );
        let values = vec![text(status.unwrap_or_default()), page(rows)];
        let rows = self.read.rows("reading orders", &sql, values).await?;
        rows.iter().map(order).collect()
    }

    /// Reads the orders about which something may still be due, the nearest due time first.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn orders_open(&self, rows: usize) -> Result<Vec<OrderRow>> {
        let sql = format!("{ORDER} WHERE due_us IS NOT NULL ORDER BY due_us, id LIMIT $1");
        let rows = self.read.rows("reading open orders", &sql, vec![page(rows)]).await?;
        rows.iter().map(order).collect()
    }

    /// Reads the orders that name an item.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn orders_of_item(
        &self,
        service: &ServiceId,
        item: &ItemId,
    ) -> Result<Vec<OrderRow>> {
        let sql = format!(
            "{ORDER} WHERE id IN \
             (SELECT order_id FROM order_items WHERE service = $1 AND item = $2) ORDER BY at_us"
        );
        let values = vec![text(service), text(item)];
        let rows = self.read.rows("reading the orders of an item", &sql, values).await?;
        rows.iter().map(order).collect()
    }

    /// Reads what is known of an authority, as JSON.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn authority(&self, id: &AuthorityId) -> Result<Option<String>> {
        let sql = "SELECT body FROM authorities WHERE id = $1";
        let row = self.read.row("reading an authority", sql, vec![text(id)]).await?;
        row.as_ref().map(|row| columns(row, "authority").text(0)).transpose()
    }

    /// Reads every authority that is known, as JSON.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn authorities(&self) -> Result<Vec<String>> {
        let sql = "SELECT body FROM authorities ORDER BY id";
        let rows = self.read.rows("reading the authorities", sql, vec![]).await?;
        rows.iter().map(|row| columns(row, "authority").text(0)).collect()
    }

    /// Reads the duties that end after a time, in the order in which they begin.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn duties(&self, after: Timestamp, rows: usize) -> Result<Vec<DutyRow>> {
        let sql = format!("{DUTY} WHERE until_us > $1 ORDER BY from_us, id LIMIT $2");
        let values = vec![after.micros().into(), page(rows)];
        let rows = self.read.rows("reading who is on duty", &sql, values).await?;
        rows.iter().map(duty).collect()
    }

    /// Reads an e-mail that came in, by the SHA-256 of its bytes in hexadecimal.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn mail(&self, sha256: &str) -> Result<Option<MailRow>> {
        let sql = format!("{MAIL} WHERE sha256 = $1");
        let row = self.read.row("reading an e-mail", &sql, vec![text(sha256)]).await?;
        row.as_ref().map(mail).transpose()
    }

    /// Reads the e-mails about something, oldest first.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn mails_about(&self, about: &str) -> Result<Vec<MailRow>> {
        let sql = format!("{MAIL} WHERE about = $1 ORDER BY at_us, sha256");
        let rows = self.read.rows("reading e-mails", &sql, vec![text(about)]).await?;
        rows.iter().map(mail).collect()
    }

    /// Reads the letters whose next attempt is due, longest due first.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn letters_due(&self, now: Timestamp, rows: usize) -> Result<Vec<LetterRow>> {
        let sql = format!(
            "{LETTER} WHERE state = 'pending' AND next_us <= $1 ORDER BY next_us, id LIMIT $2"
        );
        let values = vec![now.micros().into(), page(rows)];
        let rows = self.read.rows("reading letters that are due", &sql, values).await?;
        rows.iter().map(letter).collect()
    }

    /// Reads a letter.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn letter(&self, id: &LetterId) -> Result<Option<LetterRow>> {
        let sql = format!("{LETTER} WHERE id = $1");
        let row = self.read.row("reading a letter", &sql, vec![text(id)]).await?;
        row.as_ref().map(letter).transpose()
    }

    /// Reads the letters about something, oldest first.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn letters_about(&self, about: &str) -> Result<Vec<LetterRow>> {
        let sql = format!("{LETTER} WHERE about = $1 ORDER BY at_us, id");
        let rows = self.read.rows("reading letters", &sql, vec![text(about)]).await?;
        rows.iter().map(letter).collect()
    }

    /// Reads the letters in one state, newest first.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn letters(&self, state: Delivery, rows: usize) -> Result<Vec<LetterRow>> {
        let sql = format!("{LETTER} WHERE state = $1 ORDER BY at_us DESC, id LIMIT $2");
        let values = vec![text(state.as_str()), page(rows)];
        let rows = self.read.rows("reading letters", &sql, values).await?;
        rows.iter().map(letter).collect()
    }

    /// Counts the items of an account.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn items_of_account(&self, service: &ServiceId, account: &AccountId) -> Result<u64> {
        let sql = "SELECT COUNT(*) FROM items WHERE service = $1 AND account = $2";
        let values = vec![text(service), text(account)];
        let row = self.read.row("counting items", sql, values).await?;
        row.map_or(Ok(0), |row| columns(&row, "count of items").count(0))
    }
}
