//! Both digests of a stream in one pass.

use model::limits;
use sha2::{Digest, Sha256, Sha512};
use std::io::{Read, Write};

/// What identifies bytes: their digests and how many they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Digests {
    /// SHA-256.
    pub sha256: [u8; 32],
    /// SHA-512.
    pub sha512: [u8; 64],
    /// Bytes.
    pub bytes: u64,
}

impl Digests {
    /// The digests of bytes at hand.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self {
            sha256: Sha256::digest(bytes).into(),
            sha512: Sha512::digest(bytes).into(),
            bytes: bytes.len() as u64,
        }
    }

    /// Copies a stream and gives the digests of what went by; memory is one buffer.
    ///
    /// # Errors
    /// Where the reader or the writer fails.
    pub fn copy(mut from: impl Read, mut to: impl Write) -> std::io::Result<Self> {
        let (mut sha256, mut sha512, mut bytes) = (Sha256::new(), Sha512::new(), 0u64);
        let mut buffer = vec![0; limits::EVIDENCE_CHUNK_BYTES];
        loop {
            let read = match from.read(&mut buffer) {
                Ok(0) => break,
                Ok(read) => read,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            let part = &buffer[..read];
            sha256.update(part);
            sha512.update(part);
            bytes += read as u64;
            to.write_all(part)?;
        }
        Ok(Self { sha256: sha256.finalize().into(), sha512: sha512.finalize().into(), bytes })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_has_the_digests_of_its_bytes() {
        for length in [0, 1, limits::EVIDENCE_CHUNK_BYTES, limits::EVIDENCE_CHUNK_BYTES * 2 + 7] {
            let bytes: Vec<u8> = (0..length).map(|place| (place % 251) as u8).collect();
            let mut copied = Vec::new();
            let digests = Digests::copy(bytes.as_slice(), &mut copied).unwrap();
            assert_eq!((digests, copied.as_slice()), (Digests::of(&bytes), bytes.as_slice()));
        }
    }
}
