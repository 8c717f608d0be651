//! The one writer: it groups the commits that wait into one transaction.

use crate::change::{self, Change, Entry};
use crate::database::{Database, Transaction};
use crate::{Error, Result};
use audit::Head;
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
    // While one group is flushed to disk the next one gathers, so there is no need to wait for it.
    while receiver.recv_many(&mut group, limits::COMMIT_GROUP).await > 0 {
        write_group(&database, &mut group).await;
    }
}

async fn write_group(database: &Database, group: &mut Vec<Pending>) {
    let mut done = Vec::with_capacity(group.len());
    let outcome = write_all(database, group, &mut done).await;
    match outcome {
        Ok(()) => {
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

async fn write_all(
    database: &Database,
    group: &mut Vec<Pending>,
    done: &mut Vec<Done>,
) -> Result<()> {
    let transaction = database.begin().await?;
    let before = read_head(&transaction).await?;
    let mut head = before;
    // From the end, first come first: what is left when the group fails can still be answered.
    group.reverse();
    while let Some(Pending { changes, entries, at, reply }) = group.pop() {
        match write_one(&transaction, &mut head, &changes, &entries, at).await {
            Ok(result) => done.push((reply, result)),
            Err(fatal) => {
                done.push((reply, Ok(Vec::new())));
                return Err(fatal);
            }
        }
    }
    if head != before {
        write_head(&transaction, &head).await?;
    }
    transaction.commit().await
}

/// Writes one commit behind a savepoint. What goes wrong in it is its own result; only a failure of
/// the savepoint itself, or a full disk, ends the whole group.
async fn write_one(
    transaction: &Transaction,
    head: &mut Head,
    changes: &[Change],
    entries: &[Entry],
    at: Timestamp,
) -> Result<Result<Vec<u64>>> {
    transaction.plain("setting a savepoint", "SAVEPOINT one").await?;
    let mut reached = *head;
    match write_parts(transaction, &mut reached, changes, entries, at).await {
        Ok(sequence) => {
            transaction.plain("releasing a savepoint", "RELEASE SAVEPOINT one").await?;
            *head = reached;
            Ok(Ok(sequence))
        }
        Err(error @ Error::Full { .. }) => Err(error),
        Err(error) => {
            transaction.plain("going back", "ROLLBACK TO SAVEPOINT one").await?;
            transaction.plain("releasing a savepoint", "RELEASE SAVEPOINT one").await?;
            Ok(Err(error))
        }
    }
}

async fn write_parts(
    transaction: &Transaction,
    head: &mut Head,
    changes: &[Change],
    entries: &[Entry],
    at: Timestamp,
) -> Result<Vec<u64>> {
    for change in changes {
        change::write(transaction, change, at).await?;
    }
    let mut sequence = Vec::with_capacity(entries.len());
    for entry in entries {
        let (next, record) = audit::append(head, &entry.fact, at);
        write_record(transaction, &record).await?;
        write_event(transaction, &record, &entry.event).await?;
        sequence.push(record.seq);
        *head = next;
    }
    Ok(sequence)
}

async fn write_record(transaction: &Transaction, record: &audit::Record) -> Result<()> {
    let sql = "INSERT INTO records (seq, at_us, kind, bytes, hash) VALUES ($1, $2, $3, $4, $5)";
    let values: Vec<Value> = vec![
        signed(record.seq).into(),
        record.at.micros().into(),
        i64::from(record.fact.kind.code()).into(),
        record.bytes.clone().into(),
        record.hash.to_vec().into(),
    ];
    transaction.run("sealing a record", sql, values).await.map(drop)
}

async fn write_event(
    transaction: &Transaction,
    record: &audit::Record,
    event: &serde_json::Value,
) -> Result<()> {
    let sql = "INSERT INTO events (seq, at_us, kind, body) VALUES ($1, $2, $3, $4)";
    let values: Vec<Value> = vec![
        signed(record.seq).into(),
        record.at.micros().into(),
        record.fact.kind.name().into(),
        event.to_string().into(),
    ];
    transaction.run("keeping an event", sql, values).await.map(drop)
}

/// Reads the head and holds it, so that no other process seals a record meanwhile.
async fn read_head(transaction: &Transaction) -> Result<Head> {
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
