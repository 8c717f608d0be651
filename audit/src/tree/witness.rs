//! What is sent to a witness and what it answers (C2SP tlog-witness,
//! <https://c2sp.org/tlog-witness>), as values.

use super::hash::Hash;
use base64::{Engine, engine::general_purpose::STANDARD};
use model::limits;
use std::fmt::Write;

/// The body of an `add-checkpoint` request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddCheckpoint {
    /// The size of the tree that the witness signed last; 0 where it signed none.
    pub old: u64,
    /// The proof of consistency from that size; empty from 0.
    pub proof: Vec<Hash>,
    /// The signed checkpoint.
    pub note: String,
}

/// The text is not the body of an `add-checkpoint` request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is not an old size, at most 63 hashes in base64, an empty line and a checkpoint")]
pub struct AddCheckpointError;

impl AddCheckpoint {
    /// The body as text.
    ///
    /// # Panics
    /// Where the proof has more than [`limits::PROOF_HASHES`] hashes.
    #[must_use]
    pub fn encode(&self) -> String {
        assert!(self.proof.len() <= limits::PROOF_HASHES, "a proof is bounded");
        let mut body = format!("old {}\n", self.old);
        for hash in &self.proof {
            // Writing to a string cannot fail.
            let _ = writeln!(body, "{}", STANDARD.encode(hash));
        }
        body.push('\n');
        body.push_str(&self.note);
        body
    }

    /// Reads a body; the checkpoint in it is not looked at.
    ///
    /// # Errors
    /// Where the text is none.
    pub fn parse(text: &str) -> Result<Self, AddCheckpointError> {
        let (head, note) = text.split_once("\n\n").ok_or(AddCheckpointError)?;
        let mut lines = head.split('\n');
        let old = lines.next().and_then(|line| line.strip_prefix("old "));
        let old = old.ok_or(AddCheckpointError)?;
        let size: u64 = old.parse().map_err(|_| AddCheckpointError)?;
        let proof: Option<Vec<Hash>> =
            lines.map(|line| STANDARD.decode(line).ok()?.try_into().ok()).collect();
        let proof = proof.ok_or(AddCheckpointError)?;
        let bounded = proof.len() <= limits::PROOF_HASHES && note.len() <= limits::CHECKPOINT_BYTES;
        if size.to_string() != old || !bounded {
            return Err(AddCheckpointError);
        }
        Ok(Self { old: size, proof, note: note.to_owned() })
    }
}

/// What a witness answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WitnessAnswer {
    /// It signed: signature lines, of which [`super::attach`] takes its own.
    Signed(String),
    /// It signed a tree of another size last: ask again with a proof from there.
    At(u64),
    /// It did not sign.
    Refused(Refusal),
}

/// Why a witness did not sign.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// 400: it could not read the request, or it asks for a smaller tree than the old one.
    #[error("it could not read the request (400)")]
    Unreadable,
    /// 403: it trusts none of the signatures.
    #[error("it does not trust the key of this log (403): give it the verifier key")]
    Untrusted,
    /// 404: it does not know this log.
    #[error("it does not know this log (404): register the origin and the verifier key there")]
    Unknown,
    /// 409 at the very size that was sent: it signed another tree of that size.
    #[error("it signed ANOTHER tree of {0} records before: two histories of this log exist")]
    OtherTree(u64),
    /// 422: the proof does not hold against what it signed before.
    #[error("the log does not continue what it signed before (422): two histories of it exist")]
    Inconsistent,
    /// Something else.
    #[error("it answered with status {0}")]
    Status(u16),
    /// Signed, and the text is not UTF-8; or 409 without a size.
    #[error("its answer cannot be read")]
    Answer,
}

impl WitnessAnswer {
    /// Reads an answer to a request that named `old`.
    #[must_use]
    pub fn read(old: u64, status: u16, body: &[u8]) -> Self {
        let text = std::str::from_utf8(body).ok();
        match (status, text) {
            (200, Some(text)) => Self::Signed(text.to_owned()),
            (409, Some(text)) => conflict(old, text),
            (200 | 409, None) => Self::Refused(Refusal::Answer),
            (400, _) => Self::Refused(Refusal::Unreadable),
            (403, _) => Self::Refused(Refusal::Untrusted),
            (404, _) => Self::Refused(Refusal::Unknown),
            (422, _) => Self::Refused(Refusal::Inconsistent),
            (status, _) => Self::Refused(Refusal::Status(status)),
        }
    }
}

fn conflict(old: u64, text: &str) -> WitnessAnswer {
    match text.strip_suffix('\n').unwrap_or(text).parse::<u64>() {
        Ok(size) if size == old => WitnessAnswer::Refused(Refusal::OtherTree(size)),
        Ok(size) => WitnessAnswer::At(size),
        Err(_) => WitnessAnswer::Refused(Refusal::Answer),
    }
}
