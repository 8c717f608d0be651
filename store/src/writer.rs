//! The one writer: it groups the commits that wait into one transaction.

use crate::change::{self, Change, Entry};
use crate::database::{Database, Transaction};
use crate::{Error, Result, tree};
use audit::tree::{Edge, leaf_hash};
use audit::{Head, Record};
use model::{Timestamp, limits};
use sea_orm::Value;
use tokio::sync::{mpsc, oneshot};

/// One commit that waits for the writer.
#[derive(Debug)]
pub(crate) struct Pending {
    pub(crate) changes: Vec<Change>,
    pub(crate) entries: Vec<Entry>,
    pub(crate) at: Timestamp,
    pub(crate) reply: oneshot::Sender<Result<Vec<u64>>>,
}

/// Starts the writer and gives the end at which commits are handed in.
pub(crate) fn start(database: Database) -> mpsc::Sender<Pending> {
    let (sender, receiver) = mpsc::channel(limits::COMMIT_QUEUE);
    tokio::spawn(run(database, receiver));
    sender
}

async fn run(database: Database, mut receiver: mpsc::Receiver<Pending>) {
    let mut group = Vec::with_capacity(limits::COMMIT_GROUP);
    let mut edge = None;
    // While one group is flushed to disk the next one gathers, so there is no need to wait for it.
    while receiver.recv_many(&mut group, limits::COMMIT_GROUP).await > 0 {
        write_group(&database, &mut group, &mut edge).await;
    }
}

/// Writes a group. `edge` is the right edge of the tree after the group before, where that is
/// known.
async fn write_group(database: &Database, group: &mut Vec<Pending>, edge: &mut Option<Edge>) {
    let mut done = Vec::with_capacity(group.len());
    let outcome = write_all(database, group, &mut done, edge.take()).await;
    match outcome {
        Ok(grown) => {
            *edge = Some(grown);
            for (reply, result) in done {
                let _ = reply.send(result);
            }
        }
        Err(error) => {
            tracing::error!(%error, "a group of commits was not kept");
            let detail = error.to_string();
            let waiting = done.into_iter().map(|(reply, _)| reply);
            for reply in waiting.chain(group.drain(..).map(|pending| pending.reply)) {
                let _ = reply.send(Err(same(&error, &detail)));
            }
        }
    }
}

/// The error of the whole group, for each of those who wait.
fn same(error: &Error, detail: &str) -> Error {
    match error {
        Error::Full { .. } => Error::Full { detail: detail.to_owned() },
        _ => Error::Database {
            doing: "writing a group of commits",
            source: sea_orm::DbErr::Custom(detail.to_owned()),
        },
    }
}

type Done = (oneshot::Sender<Result<Vec<u64>>>, Result<Vec<u64>>);

/// What is sealed in a group: the end of the chain, and the records with their events.
struct Sealed {
    head: Head,
    rows: Vec<(Record, String)>,
}

async fn write_all(
    database: &Database,
    group: &mut Vec<Pending>,
    done: &mut Vec<Done>,
    edge: Option<Edge>,
) -> Result<Edge> {
    let transaction = database.begin().await?;
    let before = read_head(&transaction).await?;
    let mut edge = tree::edge_at(&transaction, edge, &before).await?;
    let mut sealed = Sealed { head: before, rows: Vec::new() };
    // From the end, first come first: what is left when the group fails can still be answered.
    group.reverse();
    while let Some(Pending { changes, entries, at, reply }) = group.pop() {
        match write_one(&transaction, &changes, at).await {
            Ok(Ok(())) => done.push((reply, Ok(seal(&mut sealed, &entries, at)))),
            Ok(Err(refused)) => done.push((reply, Err(refused))),
            Err(fatal) => {
                done.push((reply, Ok(Vec::new())));
                return Err(fatal);
            }
        }
    }
    if sealed.head != before {
        write_rows(&transaction, &sealed.rows).await?;
        let leaves = sealed.rows.iter().map(|(record, _)| leaf_hash(&record.bytes));
        tree::grow(&transaction, &mut edge, leaves).await?;
        write_head(&transaction, &sealed.head).await?;
    }
    transaction.commit().await?;
    Ok(edge)
}

/// Writes the changes of one commit behind a savepoint. What goes wrong in them is their own
/// result; only a failure of the savepoint itself, or a full disk, ends the whole group.
async fn write_one(
    transaction: &Transaction,
    changes: &[Change],
    at: Timestamp,
) -> Result<Result<()>> {
    if changes.is_empty() {
        return Ok(Ok(()));
    }
    transaction.plain("setting a savepoint", "SAVEPOINT one").await?;
    match write_changes(transaction, changes, at).await {
        Ok(()) => {
            transaction.plain("releasing a savepoint", "RELEASE SAVEPOINT one").await?;
            Ok(Ok(()))
        }
        Err(error @ Error::Full { .. }) => Err(error),
        Err(error) => {
            transaction.plain("going back", "ROLLBACK TO SAVEPOINT one").await?;
            transaction.plain("releasing a savepoint", "RELEASE SAVEPOINT one").await?;
            Ok(Err(error))
        }
    }
}

async fn write_changes(transaction: &Transaction, changes: &[Change], at: Timestamp) -> Result<()> {
    for change in changes {
        change::write(transaction, change, at).await?;
    }
    Ok(())
}

/// Seals the entries of a commit whose changes were made, and gives the places of their records.
fn seal(sealed: &mut Sealed, entries: &[Entry], at: Timestamp) -> Vec<u64> {
    let mut sequence = Vec::with_capacity(entries.len());
    for entry in entries {
        let (next, record) = audit::append(&sealed.head, &entry.fact, at);
        sequence.push(record.seq);
        sealed.rows.push((record, entry.event.to_string()));
        sealed.head = next;
    }
    sequence
}

/// Writes records and their events, many in one statement.
async fn write_rows(transaction: &Transaction, rows: &[(Record, String)]) -> Result<()> {
    for rows in in_powers(rows) {
        let into = "INSERT INTO records (seq, at_us, kind, bytes, hash) VALUES ";
        let values = rows.iter().flat_map(|(record, _)| record_values(record)).collect();
        transaction.run("sealing records", &inserting(into, rows.len(), 5), values).await?;
        let into = "INSERT INTO events (seq, at_us, kind, body) VALUES ";
        let values = rows.iter().flat_map(|(record, event)| event_values(record, event)).collect();
        transaction.run("keeping events", &inserting(into, rows.len(), 4), values).await?;
    }
    Ok(())
}

/// Cuts rows into powers of two up to 128, so that a database prepares few different statements.
fn in_powers<T>(mut rows: &[T]) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let count = 1 << rows.len().min(128).checked_ilog2()?;
        let (taken, rest) = rows.split_at(count);
        rows = rest;
        Some(taken)
    })
}

/// An insertion of so many rows of so many columns.
fn inserting(into: &str, rows: usize, columns: usize) -> String {
    let row = |row: usize| {
        let names: Vec<String> =
            (1..=columns).map(|column| format!("${}", row * columns + column)).collect();
        format!("({})", names.join(", "))
    };
    let rows: Vec<String> = (0..rows).map(row).collect();
    format!("{into}{}", rows.join(", "))
}

fn record_values(record: &Record) -> [Value; 5] {
    [
        signed(record.seq).into(),
        record.at.micros().into(),
        i64::from(record.fact.kind.code()).into(),
        record.bytes.clone().into(),
        record.hash.to_vec().into(),
    ]
}

fn event_values(record: &Record, event: &str) -> [Value; 4] {
    [
        signed(record.seq).into(),
        record.at.micros().into(),
        record.fact.kind.name().into(),
        event.into(),
    ]
}

/// Reads the head and holds it, so that no other process seals a record meanwhile.
pub(crate) async fn read_head(transaction: &Transaction) -> Result<Head> {
    let doing = "reading the head of the log";
    let hold = "UPDATE log_head SET next = next WHERE id = 1 RETURNING next, hash";
    if let Some(row) = transaction.row(doing, hold, vec![]).await? {
        let damaged = |detail: String| Error::Damaged { what: "head of the log", detail };
        let next: i64 = row.try_get_by_index(0).map_err(|e| damaged(e.to_string()))?;
        let hash: Vec<u8> = row.try_get_by_index(1).map_err(|e| damaged(e.to_string()))?;
        let next = u64::try_from(next).map_err(|e| damaged(e.to_string()))?;
        let hash = hash.try_into().map_err(|_| damaged("a hash has 32 bytes".to_owned()))?;
        return Ok(Head { next, hash });
    }
    let head = Head::start();
    let sql = "INSERT INTO log_head (id, next, hash) VALUES (1, $1, $2)";
    let values: Vec<Value> = vec![signed(head.next).into(), head.hash.to_vec().into()];
    transaction.run(doing, sql, values).await?;
    Ok(head)
}

async fn write_head(transaction: &Transaction, head: &Head) -> Result<()> {
    let sql = "UPDATE log_head SET next = $1, hash = $2 WHERE id = 1";
    let values: Vec<Value> = vec![signed(head.next).into(), head.hash.to_vec().into()];
    transaction.run("moving the head of the log", sql, values).await.map(drop)
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_cut_into_powers_of_two() {
        let lengths =
            |rows: usize| -> Vec<usize> { in_powers(&vec![0u8; rows]).map(<[u8]>::len).collect() };
        assert_eq!(lengths(0), [0usize; 0]);
        assert_eq!(lengths(1), [1]);
        assert_eq!(lengths(7), [4, 2, 1]);
        assert_eq!(lengths(300), [128, 128, 32, 8, 4]);
        assert_eq!(inserting("V ", 2, 2), "V ($1, $2), ($3, $4)");
    }
}
