//! Records: what happened, in a hash chain that cannot be rewritten unseen.
//!
//! A [`Fact`] says what happened. [`append`] encodes it as a [`Record`] that names the hash of the
//! record before it, so that changing, dropping or adding one record breaks every later one. A
//! [`Verifier`] walks the chain and names the first record that does not hold. A signed checkpoint
//! pins the whole chain: whoever keeps one can later tell whether the log still holds what it held.
//!
//! Records bear ids and salted [`commitment`]s, never content or personal data, so that content can
//! be deleted lawfully and the log stays whole.
//!
//! ```
//! use audit::{Fact, FactKind, Field, Head, Verifier, append};
//! use model::Timestamp;
//!
//! let at = Timestamp::parse("2026-01-01T00:00:00Z").unwrap();
//! let fact = Fact::new(FactKind::CaseClaimed).text(Field::Case, "case_1");
//! let (head, record) = append(&Head::start(), &fact, at);
//!
//! let mut verifier = Verifier::new();
//! verifier.push(&record.bytes, &record.hash).unwrap();
//! assert_eq!(verifier.finish(Some(&head)), Ok(head));
//! ```

mod checkpoint;
mod commitment;
mod encoding;
mod fact;
mod list;
mod log;
mod note;
mod record;
pub mod tree;
mod verify;

pub use checkpoint::{
    Checkpoint, CheckpointError, Origin, read_checkpoint, read_verifier_key, sign_checkpoint,
    verifier_key, verify_checkpoint,
};
pub use commitment::commitment;
pub use encoding::RecordError;
pub use fact::{Fact, List, Value};
pub use list::{FACTS, FIELDS, FactKind, FactSpec, Field, FieldSpec, ValueType, markdown_tables};
pub use log::{
    Expected, LOG_HEADER, LogError, LogReader, Summary, verify_log, write_checkpoint, write_frame,
    write_log,
};
pub use record::{Head, Record, append, decode, to_json};
pub use verify::{Broken, BrokenKind, Verifier};
