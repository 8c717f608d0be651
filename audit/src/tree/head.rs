//! Signed heads of the tree: C2SP checkpoints, and the signatures of witnesses on them.
//!
//! ```text
//! seawall.example/v1/log         origin: names the tree, beside that of the chain
//! 1234                           number of records
//! CsUYapGGPo4dkMgIAUqom/…=       root hash, in base64
//!
//! — seawall.example/v1/log Az3grlg…=   signature of the installation
//! — witness.example jWbPPwAAA…=        signature of a witness, with its time
//! ```
//!
//! The origin is the name of the installation with `/v1/log`, which is where the tree is read. It
//! differs from the chain's origin, so that neither checkpoint can be taken for the other although
//! one key signs both. There is no line with a time: nobody could check it. Witnesses sign a time
//! of their own (C2SP tlog-cosignature, <https://c2sp.org/tlog-cosignature>).

use super::hash::Hash;
use crate::checkpoint::{CheckpointError, Origin};
use crate::note::{self, KeyType, NamedSignature};
use base64::{Engine, engine::general_purpose::STANDARD};
use ed25519_dalek::{SigningKey, VerifyingKey};
use model::{Timestamp, limits};

/// A tree as two values: its size and its root.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TreeHead {
    /// How many records it has.
    pub size: u64,
    /// The hash over all of them.
    pub root: Hash,
}

/// What a checkpoint of the tree says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TreeCheckpoint {
    /// The name of the tree.
    pub origin: Origin,
    /// The tree.
    pub head: TreeHead,
}

/// The origin of the tree of an installation that bears this name.
///
/// # Errors
/// Where the name leaves no room within [`limits::ID_BYTES`].
pub fn origin_of_tree(installation: &Origin) -> Result<Origin, CheckpointError> {
    Origin::new(&format!("{installation}/v1/log"))
}

/// Signs a head of the tree. The same arguments always give the same text.
#[must_use]
pub fn sign_tree_head(origin: &Origin, head: &TreeHead, key: &SigningKey) -> String {
    let body = format!("{origin}\n{}\n{}\n", head.size, STANDARD.encode(head.root));
    note::sign(&body, origin, key)
}

/// Reads a checkpoint of the tree and verifies that the key signed it under that origin.
///
/// Signatures of witnesses are passed over: [`cosigned`] counts them.
///
/// # Errors
/// Where the text is no checkpoint of that tree, or the key did not sign it.
pub fn verify_tree_head(
    text: &str,
    origin: &Origin,
    key: &VerifyingKey,
) -> Result<TreeCheckpoint, CheckpointError> {
    let (body, signatures) = note::split(text)?;
    let checkpoint = read_body(body)?;
    if checkpoint.origin != *origin {
        return Err(CheckpointError::OtherKey);
    }
    note::verify(body, &signatures, origin, key)?;
    Ok(checkpoint)
}

/// Reads a checkpoint of the tree without verifying who signed it.
///
/// # Errors
/// Where the text is no checkpoint of a tree.
pub fn read_tree_head(text: &str) -> Result<TreeCheckpoint, CheckpointError> {
    let (body, _) = note::split(text)?;
    read_body(body)
}

fn read_body(body: &str) -> Result<TreeCheckpoint, CheckpointError> {
    let lines: Vec<&str> = body.lines().collect();
    // Further lines would be signed, and mean nothing that anybody checks.
    let [origin, count, hash] = lines[..] else { return Err(CheckpointError::Shape) };
    let origin = Origin::new(origin)?;
    let size: u64 = count.parse().map_err(|_| CheckpointError::Shape)?;
    let root = STANDARD.decode(hash).map_err(|_| CheckpointError::Shape)?;
    let root = root.try_into().map_err(|_| CheckpointError::Shape)?;
    if size.to_string() != count {
        return Err(CheckpointError::Shape);
    }
    Ok(TreeCheckpoint { origin, head: TreeHead { size, root } })
}

/// The public key of a witness, by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WitnessKey {
    name: Origin,
    key: VerifyingKey,
}

impl WitnessKey {
    /// Reads a C2SP verifier key `name+hash+key`: of the type of cosignatures, or of plain Ed25519,
    /// which is how some witnesses publish theirs.
    ///
    /// # Errors
    /// Where the text is neither.
    pub fn parse(text: &str) -> Result<Self, CheckpointError> {
        let read = note::read_key(text, KeyType::Cosignature);
        let (name, key) = read.or_else(|_| note::read_key(text, KeyType::Ed25519))?;
        Ok(Self { name, key })
    }

    /// The name of the witness.
    #[must_use]
    pub fn name(&self) -> &Origin {
        &self.name
    }

    fn key_hash(&self) -> [u8; 4] {
        note::key_hash(&self.name, KeyType::Cosignature, &self.key)
    }

    fn made(&self, signature: &NamedSignature<'_>) -> bool {
        signature.name == self.name.as_str() && signature.key_hash == self.key_hash()
    }

    /// The time of a cosignature by this key; `None` where it is not one over that text.
    fn time_of(&self, body: &str, signature: &[u8]) -> Option<Timestamp> {
        let (seconds, signature) = signature.split_first_chunk()?;
        let seconds = u64::from_be_bytes(*seconds);
        let message = format!("cosignature/v1\ntime {seconds}\n{body}");
        note::signed(message.as_bytes(), signature, &self.key).then_some(())?;
        let micros = i64::try_from(seconds).ok()?.checked_mul(1_000_000)?;
        Timestamp::from_micros(micros).ok()
    }
}

/// A witness' word that it saw this tree, and nothing that contradicts it, at that time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cosignature {
    /// The name of the witness.
    pub witness: Origin,
    /// When, by the clock of the witness; whole seconds.
    pub at: Timestamp,
}

/// The cosignatures of known witnesses that a checkpoint bears, at most one of each.
///
/// # Errors
/// Where the text is no checkpoint of a tree, or a signature by a known key is wrong: C2SP
/// signed-note refuses the whole note then.
pub fn cosigned(text: &str, witnesses: &[WitnessKey]) -> Result<Vec<Cosignature>, CheckpointError> {
    let (body, signatures) = note::split(text)?;
    read_body(body)?;
    let mut found: Vec<Cosignature> = Vec::new();
    for signature in &signatures {
        let Some(witness) = witnesses.iter().find(|witness| witness.made(signature)) else {
            continue;
        };
        let name = witness.name.to_string();
        let at = witness.time_of(body, &signature.signature);
        let at = at.ok_or(CheckpointError::Witness { name })?;
        if found.iter().all(|earlier| earlier.witness != witness.name) {
            found.push(Cosignature { witness: witness.name.clone(), at });
        }
    }
    Ok(found)
}

/// Puts the cosignature of a witness behind a checkpoint, out of the signature lines that it
/// answered with. Lines of other keys are left out.
///
/// # Errors
/// Where the answer has no signature lines, none by the witness, or a wrong one; or where the
/// checkpoint would be longer than [`limits::CHECKPOINT_BYTES`].
pub fn attach(text: &str, answer: &str, witness: &WitnessKey) -> Result<String, CheckpointError> {
    let (body, _) = note::split(text)?;
    let lines = note::read_signatures(answer)?;
    let line = lines.iter().find(|line| witness.made(line)).ok_or(CheckpointError::OtherKey)?;
    let name = witness.name.to_string();
    witness.time_of(body, &line.signature).ok_or(CheckpointError::Witness { name })?;
    let line = note::signature_line(&witness.name, line.key_hash, &line.signature);
    let text = format!("{text}{line}");
    if text.len() > limits::CHECKPOINT_BYTES {
        return Err(CheckpointError::Shape);
    }
    Ok(text)
}
