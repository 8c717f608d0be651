//! Signed checkpoints: the end of the chain, signed by the installation.
//!
//! A checkpoint is a C2SP signed note (<https://c2sp.org/signed-note>) with an Ed25519 signature,
//! whose text has the lines of a C2SP checkpoint (<https://c2sp.org/tlog-checkpoint>):
//!
//! ```text
//! seawall.example/log            origin: names the log, and the key
//! 1234                           number of records
//! CsUYapGGPo4dkMgIAUqom/…=       hash of the last record, in base64
//! at 2026-01-01T00:00:00Z        when it was signed, as an extension line
//!
//! — seawall.example/log Az3gr…=  signature
//! ```
//!
//! The third line is the hash of the chain, not the root of a Merkle tree: whoever wants to check
//! it needs all records, not a proof. The origin bears the name of the key, so that a log of
//! another kind under the same key cannot be taken for this one.

use crate::note::{self, KeyType};
use crate::record::Head;
use base64::{Engine, engine::general_purpose::STANDARD};
use ed25519_dalek::{SigningKey, VerifyingKey};
use model::{Timestamp, limits};
use std::fmt;

/// The name of a log and of its key, such as `seawall.example/log`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin(String);

impl Origin {
    /// Takes a text as an origin.
    ///
    /// # Errors
    /// Where it is empty, longer than [`limits::ID_BYTES`], or has white space, a control
    /// character or `+`, which signed notes cannot carry.
    pub fn new(text: &str) -> Result<Self, CheckpointError> {
        let is_bad = |c: char| c.is_whitespace() || c.is_control() || c == '+';
        if text.is_empty() || text.len() > limits::ID_BYTES || text.contains(is_bad) {
            return Err(CheckpointError::Origin { given: text.to_owned() });
        }
        Ok(Self(text.to_owned()))
    }

    /// The origin as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a checkpoint says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The name of the log.
    pub origin: Origin,
    /// Where the log ended.
    pub head: Head,
    /// When it was signed.
    pub at: Timestamp,
}

/// Why a checkpoint does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// It is not a signed note, or its text has not the lines of a checkpoint.
    #[error("it does not have the form of a signed checkpoint")]
    Shape,
    /// The origin cannot be one.
    #[error("`{given}` cannot name a log: white space, `+` and control characters are not allowed")]
    Origin {
        /// What was given.
        given: String,
    },
    /// None of its signatures is by the given key.
    #[error("none of its signatures is by the given key")]
    OtherKey,
    /// The signature by the given key is wrong.
    #[error("its signature is wrong: it was changed after it was signed")]
    Signature,
    /// The signature by a known witness is wrong.
    #[error("the signature of the witness {name} is wrong")]
    Witness {
        /// The name of the witness.
        name: String,
    },
    /// The text is not a verifier key of the kind that is asked for.
    #[error("the text is not a verifier key of the form name+hash+key")]
    Key,
}

/// Signs where the log ends. The same arguments always give the same text.
#[must_use]
pub fn sign_checkpoint(origin: &Origin, head: &Head, at: Timestamp, key: &SigningKey) -> String {
    let body = format!("{origin}\n{}\n{}\nat {at}\n", head.next, STANDARD.encode(head.hash));
    note::sign(&body, origin, key)
}

/// Reads a checkpoint and verifies that the key signed it.
///
/// Signatures by other keys beside it, such as those of witnesses, are passed over.
///
/// # Errors
/// Where the text is no checkpoint, or the key did not sign it.
pub fn verify_checkpoint(note: &str, key: &VerifyingKey) -> Result<Checkpoint, CheckpointError> {
    let (body, signatures) = note::split(note)?;
    let checkpoint = read_body(body)?;
    note::verify(body, &signatures, &checkpoint.origin, key)?;
    Ok(checkpoint)
}

/// Reads a checkpoint without verifying who signed it.
///
/// # Errors
/// Where the text is no checkpoint.
pub fn read_checkpoint(note: &str) -> Result<Checkpoint, CheckpointError> {
    let (body, _) = note::split(note)?;
    read_body(body)
}

/// The public key as a C2SP verifier key, `name+hash+key`, to publish and to give to auditors.
#[must_use]
pub fn verifier_key(origin: &Origin, key: &VerifyingKey) -> String {
    note::encode_key(origin, KeyType::Ed25519, key)
}

/// Reads a C2SP verifier key of type Ed25519.
///
/// # Errors
/// Where the text is none, or its hash does not fit its key.
pub fn read_verifier_key(text: &str) -> Result<(Origin, VerifyingKey), CheckpointError> {
    note::read_key(text, KeyType::Ed25519)
}

fn read_body(body: &str) -> Result<Checkpoint, CheckpointError> {
    let lines: Vec<&str> = body.lines().collect();
    let [origin, count, hash, time] = lines[..] else { return Err(CheckpointError::Shape) };
    let origin = Origin::new(origin)?;
    let next: u64 = count.parse().map_err(|_| CheckpointError::Shape)?;
    let hash = STANDARD.decode(hash).map_err(|_| CheckpointError::Shape)?;
    let hash = hash.try_into().map_err(|_| CheckpointError::Shape)?;
    let time = time.strip_prefix("at ").ok_or(CheckpointError::Shape)?;
    let at = Timestamp::parse(time).map_err(|_| CheckpointError::Shape)?;
    let checkpoint = Checkpoint { origin, head: Head { next, hash }, at };
    // One text for each checkpoint: `+1`, `01` or `…+00:00` are not what was signed here.
    let same = next.to_string() == count && checkpoint.at.to_string() == time;
    if same { Ok(checkpoint) } else { Err(CheckpointError::Shape) }
}
