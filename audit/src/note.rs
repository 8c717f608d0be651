//! C2SP signed notes (<https://c2sp.org/signed-note>): a text, an empty line, and signature lines.

use crate::checkpoint::{CheckpointError, Origin};
use base64::{Engine, engine::general_purpose::STANDARD};
use ed25519_dalek::{SIGNATURE_LENGTH, Signature, Signer, SigningKey, VerifyingKey};
use model::limits;
use sha2::{Digest, Sha256};

/// What a key of signed notes signs; its code stands before the key in its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum KeyType {
    /// Ed25519 over the text of the note.
    Ed25519 = 1,
    /// Ed25519 of a witness over a time and the text of the note (C2SP tlog-cosignature).
    Cosignature = 4,
}

/// The length of the hash of the key before a signature.
const KEY_HASH_BYTES: usize = 4;

/// One signature line: a name, the hash of the key, and the signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NamedSignature<'a> {
    pub(crate) name: &'a str,
    pub(crate) key_hash: [u8; KEY_HASH_BYTES],
    pub(crate) signature: Vec<u8>,
}

/// Signs a text, which must end with a line feed, as its whole note with one signature.
///
/// # Panics
/// Where the note would be longer than [`limits::CHECKPOINT_BYTES`]: origins are bounded.
pub(crate) fn sign(body: &str, origin: &Origin, key: &SigningKey) -> String {
    let hash = key_hash(origin, KeyType::Ed25519, &key.verifying_key());
    let line = signature_line(origin, hash, &key.sign(body.as_bytes()).to_bytes());
    let note = format!("{body}\n{line}");
    assert!(note.len() <= limits::CHECKPOINT_BYTES, "an origin is bounded");
    note
}

/// A signature line, with its line feed.
pub(crate) fn signature_line(name: &Origin, key_hash: [u8; 4], signature: &[u8]) -> String {
    let mut bytes = key_hash.to_vec();
    bytes.extend(signature);
    format!("— {name} {}\n", STANDARD.encode(bytes))
}

/// Whether one of the signatures is by the key under that name.
///
/// # Errors
/// Where none is, or the one that says so is wrong.
pub(crate) fn verify(
    body: &str,
    signatures: &[NamedSignature<'_>],
    name: &Origin,
    key: &VerifyingKey,
) -> Result<(), CheckpointError> {
    let hash = key_hash(name, KeyType::Ed25519, key);
    let mut error = CheckpointError::OtherKey;
    for signature in signatures {
        if signature.name != name.as_str() || signature.key_hash != hash {
            continue;
        }
        if signed(body.as_bytes(), &signature.signature, key) {
            return Ok(());
        }
        error = CheckpointError::Signature;
    }
    Err(error)
}

/// Whether the key signed the message.
pub(crate) fn signed(message: &[u8], signature: &[u8], key: &VerifyingKey) -> bool {
    let Ok(bytes) = <&[u8; SIGNATURE_LENGTH]>::try_from(signature) else { return false };
    key.verify_strict(message, &Signature::from_bytes(bytes)).is_ok()
}

/// The hash that tells keys of one name apart.
pub(crate) fn key_hash(name: &Origin, key_type: KeyType, key: &VerifyingKey) -> [u8; 4] {
    let digest = Sha256::new()
        .chain_update(name.as_str())
        .chain_update([b'\n', key_type as u8])
        .chain_update(key.as_bytes())
        .finalize();
    [digest[0], digest[1], digest[2], digest[3]]
}

/// A public key as a C2SP verifier key, `name+hash+key`.
pub(crate) fn encode_key(name: &Origin, key_type: KeyType, key: &VerifyingKey) -> String {
    let mut typed = vec![key_type as u8];
    typed.extend(key.as_bytes());
    let hash = key_hash(name, key_type, key);
    format!("{name}+{}+{}", hex::encode(hash), STANDARD.encode(typed))
}

/// Reads a C2SP verifier key of the given type.
///
/// # Errors
/// Where the text is none, or its hash does not fit its key.
pub(crate) fn read_key(
    text: &str,
    key_type: KeyType,
) -> Result<(Origin, VerifyingKey), CheckpointError> {
    let mut parts = text.splitn(3, '+');
    let (Some(name), Some(hash), Some(typed)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(CheckpointError::Key);
    };
    let name = Origin::new(name)?;
    let typed = STANDARD.decode(typed).map_err(|_| CheckpointError::Key)?;
    let Some((code, bytes)) = typed.split_first() else { return Err(CheckpointError::Key) };
    if *code != key_type as u8 {
        return Err(CheckpointError::Key);
    }
    let bytes = bytes.try_into().map_err(|_| CheckpointError::Key)?;
    let key = VerifyingKey::from_bytes(bytes).map_err(|_| CheckpointError::Key)?;
    if hex::encode(key_hash(&name, key_type, &key)) != hash {
        return Err(CheckpointError::Key);
    }
    Ok((name, key))
}

/// Splits a signed note at its last empty line into text and signatures.
///
/// # Errors
/// Where it is too long or has not the form of a signed note.
pub(crate) fn split(note: &str) -> Result<(&str, Vec<NamedSignature<'_>>), CheckpointError> {
    if note.len() > limits::CHECKPOINT_BYTES {
        return Err(CheckpointError::Shape);
    }
    let end = note.rfind("\n\n").ok_or(CheckpointError::Shape)?;
    let (body, signatures) = (&note[..=end], &note[end + 2..]);
    Ok((body, read_signatures(signatures)?))
}

/// Reads signature lines, each with its line feed.
///
/// # Errors
/// Where one is none.
pub(crate) fn read_signatures(lines: &str) -> Result<Vec<NamedSignature<'_>>, CheckpointError> {
    let lines = lines.strip_suffix('\n').ok_or(CheckpointError::Shape)?;
    let signatures = lines.split('\n').map(read_signature).collect::<Option<_>>();
    signatures.ok_or(CheckpointError::Shape)
}

fn read_signature(line: &str) -> Option<NamedSignature<'_>> {
    let (name, signature) = line.strip_prefix("— ")?.split_once(' ')?;
    let signature = STANDARD.decode(signature).ok()?;
    let (key_hash, signature) = signature.split_first_chunk()?;
    let (key_hash, signature) = (*key_hash, signature.to_vec());
    (!name.is_empty() && !signature.is_empty()).then_some(NamedSignature {
        name,
        key_hash,
        signature,
    })
}
