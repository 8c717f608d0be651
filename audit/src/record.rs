//! Records: facts sealed in a chain.

use crate::encoding::{self, Parts, RecordError};
use crate::fact::{Fact, Value};
use model::{Timestamp, limits};
use serde_json::json;

/// Where a chain ends: what the next record must join on to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// The place of the next record, which is also the number of records so far.
    pub next: u64,
    /// The hash of the last record; zeros where there is none.
    pub hash: [u8; 32],
}

impl Head {
    /// The end of an empty chain.
    #[must_use]
    pub const fn start() -> Self {
        Self { next: 0, hash: [0; 32] }
    }
}

/// One entry of the log. [`append`] and [`decode`] make it, so that its parts agree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its place in the chain, from 0.
    pub seq: u64,
    /// When it was written.
    pub at: Timestamp,
    /// What happened.
    pub fact: Fact,
    /// The hash of the record before; zeros for the first.
    pub previous: [u8; 32],
    /// Its encoding.
    pub bytes: Vec<u8>,
    /// SHA-256 over a domain tag and its encoding.
    pub hash: [u8; 32],
}

/// Seals a fact as the next record of the chain that ends at `head`.
///
/// Times are not compared: clocks step back, and the chain, not the time, gives the order.
///
/// # Panics
/// Where the encoding would not give back what went in, or after 2⁶⁴ − 1 records.
#[must_use]
pub fn append(head: &Head, fact: &Fact, at: Timestamp) -> (Head, Record) {
    let Head { next: seq, hash: previous } = *head;
    let parts = Parts { seq, at, fact: fact.clone(), previous };
    let bytes = encoding::encode(&parts);
    assert!(bytes.len() <= limits::RECORD_BYTES, "a fact is bounded, and its record with it");
    // A record that could not be read again must never reach the log.
    assert_eq!(encoding::parse(&bytes).as_ref(), Ok(&parts), "the encoding of a record");
    let hash = encoding::hash(&bytes);
    let next = seq.checked_add(1).expect("a log has fewer than 2^64 records");
    let Parts { fact, .. } = parts;
    (Head { next, hash }, Record { seq, at, fact, previous, bytes, hash })
}

/// Reads the encoding of one record. It says nothing about the chain: see [`crate::Verifier`].
///
/// # Errors
/// Where the bytes are not exactly what [`append`] would have written for some record.
pub fn decode(bytes: &[u8]) -> Result<Record, RecordError> {
    let Parts { seq, at, fact, previous } = encoding::parse(bytes)?;
    let hash = encoding::hash(bytes);
    Ok(Record { seq, at, fact, previous, bytes: bytes.to_vec(), hash })
}

/// A record as JSON, with the names of the lists, and hashes and commitments in hexadecimal.
///
/// A list of which not every text was kept stands also in `cut`, with the number of all texts.
#[must_use]
pub fn to_json(record: &Record) -> serde_json::Value {
    let mut fields = serde_json::Map::new();
    let mut cut = serde_json::Map::new();
    for (field, value) in record.fact.fields() {
        let value = match value {
            Value::Text(text) => json!(text),
            Value::Int(number) => json!(number),
            Value::Commitment(commitment) => json!(hex::encode(commitment)),
            Value::List(list) => {
                if list.total() as usize > list.texts().len() {
                    cut.insert(field.name().to_owned(), json!(list.total()));
                }
                json!(list.texts())
            }
        };
        fields.insert(field.name().to_owned(), value);
    }
    let mut view = json!({
        "seq": record.seq,
        "at": record.at.to_string(),
        "kind": record.fact.kind.name(),
        "fields": fields,
        "previous": hex::encode(record.previous),
        "hash": hex::encode(record.hash),
    });
    if !cut.is_empty() {
        view["cut"] = cut.into();
    }
    view
}
