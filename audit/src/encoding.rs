//! The bytes of a record: one encoding for each record, and one record for each encoding.
//!
//! All numbers are big-endian.
//!
//! ```text
//! version    u8          1
//! seq        u64         place in the chain, from 0
//! at         i64         microseconds since 1970-01-01T00:00:00Z
//! kind       u16         code of the fact
//! previous   32 bytes    hash of the record before; zeros for the first
//! count      u16         number of fields
//! fields, each once, in the order of their codes:
//!   code     u16
//!   type     u8          1 text, 2 int, 3 commitment, 4 list
//!   length   u32         of the value, in bytes
//!   value    text: UTF-8 · int: u64 · commitment: 32 bytes
//!            list: u32 number of all texts, then of each kept text u32 length and UTF-8
//! ```
//!
//! The hash of a record is SHA-256 over `seawall/record/1`, a zero byte and these bytes.

use crate::fact::{Fact, List, Value};
use crate::list::{FactKind, Field, ValueType};
use model::{Timestamp, limits};
use sha2::{Digest, Sha256};

/// The version of the encoding, its first byte.
pub(crate) const VERSION: u8 = 1;

const DOMAIN: &[u8] = b"seawall/record/1\0";

/// Why bytes are not a record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// They are more than [`limits::RECORD_BYTES`].
    #[error("it has {bytes} bytes; a record has at most {limit}")]
    TooLong {
        /// Bytes given.
        bytes: usize,
        /// Bytes allowed.
        limit: usize,
    },
    /// They end too early.
    #[error("its bytes end too early")]
    Short,
    /// They go on after the last field.
    #[error("{0} bytes follow its last field")]
    Trailing(usize),
    /// They are of a version that this program does not know.
    #[error("it is of version {0}, which this program does not know")]
    Version(u8),
    /// The time lies outside the years 1970 to 2200.
    #[error("its time of {0} µs lies outside the years 1970 to 2200")]
    Time(i64),
    /// No fact has that code.
    #[error("no fact has the code {0}")]
    UnknownFact(u16),
    /// No field has that code.
    #[error("no field has the code {0}")]
    UnknownField(u16),
    /// A field stands twice, or after one with a higher code.
    #[error("its field {0} stands twice or out of order")]
    Order(u16),
    /// A field has another type than the list of fields says.
    #[error("its field {field} is of type {found}")]
    Type {
        /// Code of the field.
        field: u16,
        /// Code of the type.
        found: u8,
    },
    /// The value of a field is not of the length or shape that its type asks for.
    #[error("the value of its field {0} is not of the shape of its type")]
    Value(u16),
    /// A text is not UTF-8.
    #[error("the text of its field {0} is not UTF-8")]
    Text(u16),
}

/// The parts of a record that are encoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Parts {
    pub(crate) seq: u64,
    pub(crate) at: Timestamp,
    pub(crate) fact: Fact,
    pub(crate) previous: [u8; 32],
}

pub(crate) fn hash(bytes: &[u8]) -> [u8; 32] {
    Sha256::new().chain_update(DOMAIN).chain_update(bytes).finalize().into()
}

/// What ties an encoded record to the chain, read without the rest of it: its place and the hash of
/// the record before.
pub(crate) fn link(bytes: &[u8]) -> Option<(u64, [u8; 32])> {
    let (version, rest) = bytes.split_first()?;
    let (seq, rest) = rest.split_first_chunk()?;
    // The time and the kind stand between.
    let (_, rest) = rest.split_first_chunk::<10>()?;
    let (previous, _) = rest.split_first_chunk()?;
    (*version == VERSION).then_some((u64::from_be_bytes(*seq), *previous))
}

pub(crate) fn encode(parts: &Parts) -> Vec<u8> {
    let mut out = Vec::with_capacity(256);
    out.push(VERSION);
    out.extend(parts.seq.to_be_bytes());
    out.extend(parts.at.micros().to_be_bytes());
    out.extend(parts.fact.kind.code().to_be_bytes());
    out.extend(parts.previous);
    let fields = parts.fact.fields();
    let count = u16::try_from(fields.len()).expect("there are few fields");
    out.extend(count.to_be_bytes());
    for (field, value) in fields {
        encode_field(&mut out, field, value);
    }
    out
}

fn encode_field(out: &mut Vec<u8>, field: Field, value: &Value) {
    out.extend(field.code().to_be_bytes());
    out.push(value.value_type().code());
    let value = encode_value(value);
    out.extend(length(&value).to_be_bytes());
    out.extend(value);
}

fn encode_value(value: &Value) -> Vec<u8> {
    match value {
        Value::Text(text) => text.as_bytes().to_vec(),
        Value::Int(number) => number.to_be_bytes().to_vec(),
        Value::Commitment(commitment) => commitment.to_vec(),
        Value::List(list) => {
            let mut out = list.total().to_be_bytes().to_vec();
            for text in list.texts() {
                out.extend(length(text.as_bytes()).to_be_bytes());
                out.extend(text.as_bytes());
            }
            out
        }
    }
}

/// The length of a value, which the bounds of [`Fact`] keep far below 2³².
fn length(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.len()).expect("values of a fact are bounded")
}

pub(crate) fn parse(bytes: &[u8]) -> Result<Parts, RecordError> {
    if bytes.len() > limits::RECORD_BYTES {
        let (bytes, limit) = (bytes.len(), limits::RECORD_BYTES);
        return Err(RecordError::TooLong { bytes, limit });
    }
    let mut cursor = Cursor { rest: bytes };
    let [version] = cursor.array()?;
    if version != VERSION {
        return Err(RecordError::Version(version));
    }
    let seq = u64::from_be_bytes(cursor.array()?);
    let micros = i64::from_be_bytes(cursor.array()?);
    let at = Timestamp::from_micros(micros).map_err(|_| RecordError::Time(micros))?;
    let code = u16::from_be_bytes(cursor.array()?);
    let kind = FactKind::from_code(code).ok_or(RecordError::UnknownFact(code))?;
    let previous = cursor.array()?;
    let fact = parse_fields(&mut cursor, Fact::new(kind))?;
    match cursor.rest.len() {
        0 => Ok(Parts { seq, at, fact, previous }),
        trailing => Err(RecordError::Trailing(trailing)),
    }
}

fn parse_fields(cursor: &mut Cursor<'_>, mut fact: Fact) -> Result<Fact, RecordError> {
    let count = u16::from_be_bytes(cursor.array()?);
    let mut last = 0;
    for _ in 0..count {
        let code = u16::from_be_bytes(cursor.array()?);
        let [found] = cursor.array()?;
        let length = u32::from_be_bytes(cursor.array()?);
        let value = cursor.take(length as usize)?;
        let field = Field::from_code(code).ok_or(RecordError::UnknownField(code))?;
        if code <= last {
            return Err(RecordError::Order(code));
        }
        if found != field.value_type().code() {
            return Err(RecordError::Type { field: code, found });
        }
        fact = fact.set(field, parse_value(field, value)?);
        last = code;
    }
    Ok(fact)
}

fn parse_value(field: Field, bytes: &[u8]) -> Result<Value, RecordError> {
    let shape = RecordError::Value(field.code());
    match field.value_type() {
        ValueType::Text => Ok(Value::Text(parse_text(field, bytes)?)),
        ValueType::Int => {
            let bytes = bytes.try_into().map_err(|_| shape)?;
            Ok(Value::Int(u64::from_be_bytes(bytes)))
        }
        ValueType::Commitment => Ok(Value::Commitment(bytes.try_into().map_err(|_| shape)?)),
        ValueType::List => Ok(Value::List(parse_list(field, bytes)?)),
    }
}

fn parse_text(field: Field, bytes: &[u8]) -> Result<String, RecordError> {
    if bytes.len() > limits::RECORD_TEXT_BYTES {
        return Err(RecordError::Value(field.code()));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| RecordError::Text(field.code()))?;
    Ok(text.to_owned())
}

fn parse_list(field: Field, bytes: &[u8]) -> Result<List, RecordError> {
    let shape = || RecordError::Value(field.code());
    if bytes.len() > limits::RECORD_LIST_BYTES {
        return Err(shape());
    }
    let mut cursor = Cursor { rest: bytes };
    let total = u32::from_be_bytes(cursor.array().map_err(|_| shape())?);
    let mut texts = Vec::new();
    while !cursor.rest.is_empty() {
        let length = u32::from_be_bytes(cursor.array().map_err(|_| shape())?);
        let text = cursor.take(length as usize).map_err(|_| shape())?;
        texts.push(parse_text(field, text)?);
    }
    List::from_parts(total, texts).ok_or_else(shape)
}

/// Bytes that are still to be read.
struct Cursor<'a> {
    rest: &'a [u8],
}

impl<'a> Cursor<'a> {
    fn take(&mut self, bytes: usize) -> Result<&'a [u8], RecordError> {
        let (taken, rest) = self.rest.split_at_checked(bytes).ok_or(RecordError::Short)?;
        self.rest = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], RecordError> {
        let (taken, rest) = self.rest.split_first_chunk().ok_or(RecordError::Short)?;
        self.rest = rest;
        Ok(*taken)
    }
}
