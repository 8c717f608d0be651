//! A proof that anybody can keep: one record, its proof and the checkpoint, in one text file.
//!
//! The form is C2SP tlog-proof (<https://c2sp.org/tlog-proof>). Its extra data is the record itself,
//! so that the file alone shows what was recorded; the proof covers it.

use super::hash::{Hash, leaf_hash};
use super::head::{TreeCheckpoint, verify_tree_head};
use super::proof::{ProofError, verify_inclusion};
use crate::checkpoint::{CheckpointError, Origin};
use crate::encoding::RecordError;
use crate::record::{Record, decode};
use base64::{Engine, engine::general_purpose::STANDARD};
use ed25519_dalek::VerifyingKey;
use model::limits;
use std::fmt::Write;

/// The first line of such a file.
const HEADER: &str = "c2sp.org/tlog-proof@v1";

/// One record with everything that shows that it is in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProofFile {
    /// The record as it is encoded.
    pub record: Vec<u8>,
    /// Its place in the log.
    pub index: u64,
    /// The hashes from it to the root.
    pub proof: Vec<Hash>,
    /// The signed checkpoint.
    pub note: String,
}

/// Why a proof file does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProofFileError {
    /// It has not the form of one, or no record in it.
    #[error("it is not a proof of the form c2sp.org/tlog-proof@v1 with a record in it")]
    Shape,
    /// Its checkpoint does not hold.
    #[error("its checkpoint does not hold: {0}")]
    Checkpoint(#[from] CheckpointError),
    /// Its hashes do not lead from the record to the checkpoint.
    #[error(transparent)]
    Proof(#[from] ProofError),
    /// What is proven to be in the log is no record.
    #[error("what it proves is no record: {0}")]
    Record(#[from] RecordError),
}

impl ProofFile {
    /// Whether a text is meant to be such a file.
    #[must_use]
    pub fn is_one(text: &str) -> bool {
        text.lines().next() == Some(HEADER)
    }

    /// The file as text.
    #[must_use]
    pub fn encode(&self) -> String {
        let Self { record, index, proof, note } = self;
        let mut text = format!("{HEADER}\nextra {}\nindex {index}\n", STANDARD.encode(record));
        for hash in proof {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{}", STANDARD.encode(hash));
        }
        text.push('\n');
        text.push_str(note);
        text
    }

    /// Reads a file, without verifying anything.
    ///
    /// # Errors
    /// Where it is none.
    pub fn parse(text: &str) -> Result<Self, ProofFileError> {
        read(text).ok_or(ProofFileError::Shape)
    }

    /// Verifies that the record is in the tree that the key signed under that origin.
    ///
    /// # Errors
    /// What does not hold.
    pub fn verify(
        &self,
        origin: &Origin,
        key: &VerifyingKey,
    ) -> Result<(TreeCheckpoint, Record), ProofFileError> {
        let checkpoint = verify_tree_head(&self.note, origin, key)?;
        let leaf = leaf_hash(&self.record);
        verify_inclusion(&leaf, self.index, &checkpoint.head, &self.proof)?;
        Ok((checkpoint, decode(&self.record)?))
    }
}

fn read(text: &str) -> Option<ProofFile> {
    let (head, note) = text.split_once("\n\n")?;
    let mut lines = head.split('\n');
    (lines.next()? == HEADER).then_some(())?;
    let record = STANDARD.decode(lines.next()?.strip_prefix("extra ")?).ok()?;
    let number = lines.next()?.strip_prefix("index ")?;
    let index: u64 = number.parse().ok()?;
    (index.to_string() == number).then_some(())?;
    let proof: Option<Vec<Hash>> =
        lines.map(|line| STANDARD.decode(line).ok()?.try_into().ok()).collect();
    let proof = proof.filter(|proof| proof.len() <= limits::PROOF_HASHES)?;
    (note.len() <= limits::CHECKPOINT_BYTES).then_some(())?;
    Some(ProofFile { record, index, proof, note: note.to_owned() })
}
