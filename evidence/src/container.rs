//! The sealed container: one object, encrypted in chunks with a key of its own.
//!
//! ```text
//! header   "seawall-sealed-1"   16 bytes
//!          bytes of a chunk      4, big endian
//!          prefix of nonces     19, random
//!          mark of the key      16, the first bytes of SHA-256("seawall-sealed-1 key" ‖ key)
//!          check of the header   8, the first bytes of SHA-256 over all before
//! chunks   XChaCha20-Poly1305 under nonce = prefix ‖ number (4, big endian) ‖ last (1),
//!          with the header as associated data; each but the last is full
//! ```
//!
//! The number and the mark of the last chunk make it the STREAM construction: chunks cannot be
//! swapped, repeated, dropped or cut off unseen. The mark of the key tells a wrong key from altered
//! bytes, and binds the container to one key. Both directions hold two chunks in memory.

use crate::keys::DataKey;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use model::limits;
use sha2::{Digest, Sha256};
use std::io::{ErrorKind, Read, Write};

const MAGIC: &[u8; 16] = b"seawall-sealed-1";
const PREFIX_BYTES: usize = 19;
const MARK_BYTES: usize = 16;
const CHECK_BYTES: usize = 8;
const TAG_BYTES: usize = 16;

/// Bytes before the first chunk.
pub const HEADER_BYTES: usize = 16 + 4 + PREFIX_BYTES + MARK_BYTES + CHECK_BYTES;

/// The random part of the nonces of one container. It is drawn anew for each.
pub type NoncePrefix = [u8; PREFIX_BYTES];

/// Why a container cannot be written or opened.
#[derive(Debug, thiserror::Error)]
pub enum ContainerError {
    /// The source cannot be read.
    #[error("it cannot be read: {0}")]
    Read(#[source] std::io::Error),
    /// The target cannot be written.
    #[error("it cannot be written: {0}")]
    Write(#[source] std::io::Error),
    /// It begins like something else.
    #[error("it is no sealed container of this version")]
    Foreign,
    /// The header is there and its check does not hold.
    #[error("its header was altered")]
    HeaderAltered,
    /// It was sealed with another key.
    #[error("it was sealed with another key than the one that was unwrapped for it")]
    WrongKey,
    /// It ends too early.
    #[error("it is cut short: it ends within or after chunk {chunk}")]
    CutShort {
        /// The last chunk that is there, from 0.
        chunk: u32,
    },
    /// Bytes are not those that were sealed.
    #[error("chunk {chunk} was altered or cut")]
    Altered {
        /// The chunk, from 0.
        chunk: u32,
    },
    /// Something follows the last chunk.
    #[error("something was added after its end, which is chunk {chunk}")]
    Longer {
        /// The last chunk, from 0.
        chunk: u32,
    },
    /// More chunks than numbers.
    #[error("it has more chunks than can be numbered")]
    TooLong,
}

/// What stands before the chunks.
struct Header {
    bytes: [u8; HEADER_BYTES],
    chunk: usize,
    prefix: NoncePrefix,
}

impl Header {
    fn new(key: &DataKey, prefix: NoncePrefix) -> Self {
        let chunk = limits::EVIDENCE_CHUNK_BYTES;
        let written = u32::try_from(chunk).expect("a chunk is far below 4 GiB");
        let mut bytes = [0; HEADER_BYTES];
        bytes[..16].copy_from_slice(MAGIC);
        bytes[16..20].copy_from_slice(&written.to_be_bytes());
        bytes[20..39].copy_from_slice(&prefix);
        bytes[39..55].copy_from_slice(&mark(key));
        let check = Sha256::digest(&bytes[..55]);
        bytes[55..].copy_from_slice(&check[..CHECK_BYTES]);
        Self { bytes, chunk, prefix }
    }

    fn read(sealed: &mut impl Read, key: &DataKey) -> Result<Self, ContainerError> {
        let mut bytes = [0; HEADER_BYTES];
        let read = fill(sealed, &mut bytes)?;
        let known = read.min(MAGIC.len());
        if bytes[..known] != MAGIC[..known] {
            return Err(ContainerError::Foreign);
        }
        if read < HEADER_BYTES {
            return Err(ContainerError::CutShort { chunk: 0 });
        }
        if Sha256::digest(&bytes[..55])[..CHECK_BYTES] != bytes[55..] {
            return Err(ContainerError::HeaderAltered);
        }
        let field = |at: usize| bytes[16 + at];
        let chunk = u32::from_be_bytes([field(0), field(1), field(2), field(3)]) as usize;
        if chunk == 0 || chunk > limits::EVIDENCE_CHUNK_BYTES {
            return Err(ContainerError::Foreign);
        }
        if bytes[39..55] != mark(key) {
            return Err(ContainerError::WrongKey);
        }
        let mut prefix = [0; PREFIX_BYTES];
        prefix.copy_from_slice(&bytes[20..39]);
        Ok(Self { bytes, chunk, prefix })
    }

    fn nonce(&self, number: u32, place: Place) -> XNonce {
        let mut nonce = [0; 24];
        nonce[..PREFIX_BYTES].copy_from_slice(&self.prefix);
        nonce[PREFIX_BYTES..23].copy_from_slice(&number.to_be_bytes());
        nonce[23] = match place {
            Place::Before => 0,
            Place::Last => 1,
        };
        nonce.into()
    }
}

/// Where a chunk stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Before,
    Last,
}

/// What tells a key, and nothing about it.
fn mark(key: &DataKey) -> [u8; MARK_BYTES] {
    let mut digest = Sha256::new();
    digest.update(b"seawall-sealed-1 key");
    digest.update(key.bytes());
    let digest = digest.finalize();
    let mut mark = [0; MARK_BYTES];
    mark.copy_from_slice(&digest[..MARK_BYTES]);
    mark
}

/// Seals a stream. A key seals one container; `prefix` is random.
///
/// # Errors
/// Where the reader or the writer fails, or there are more than 2³² chunks.
pub fn seal(
    mut plain: impl Read,
    mut sealed: impl Write,
    key: &DataKey,
    prefix: NoncePrefix,
) -> Result<u64, ContainerError> {
    let header = Header::new(key, prefix);
    let cipher = XChaCha20Poly1305::new(key.bytes().into());
    sealed.write_all(&header.bytes).map_err(ContainerError::Write)?;
    let mut this = vec![0; header.chunk];
    let mut next = vec![0; header.chunk];
    let (mut length, mut number, mut total) = (fill(&mut plain, &mut this)?, 0u32, 0u64);
    loop {
        let following = if length < header.chunk { 0 } else { fill(&mut plain, &mut next)? };
        let place = if following == 0 { Place::Last } else { Place::Before };
        let payload = Payload { msg: &this[..length], aad: &header.bytes };
        let nonce = header.nonce(number, place);
        let chunk = cipher.encrypt(&nonce, payload).map_err(|_| ContainerError::TooLong)?;
        sealed.write_all(&chunk).map_err(ContainerError::Write)?;
        total += length as u64;
        match place {
            Place::Last => return Ok(total),
            Place::Before => number = number.checked_add(1).ok_or(ContainerError::TooLong)?,
        }
        std::mem::swap(&mut this, &mut next);
        length = following;
    }
}

/// Opens a container and gives how many bytes were in it.
///
/// What was written is not to be used where this fails: chunks before the damaged one were written
/// already.
///
/// # Errors
/// What is wrong with the container, or with reading and writing.
pub fn open(
    mut sealed: impl Read,
    mut plain: impl Write,
    key: &DataKey,
) -> Result<u64, ContainerError> {
    let header = Header::read(&mut sealed, key)?;
    let cipher = XChaCha20Poly1305::new(key.bytes().into());
    let full = header.chunk + TAG_BYTES;
    let mut this = vec![0; full];
    let mut next = vec![0; full];
    let (mut length, mut number, mut total) = (fill(&mut sealed, &mut this)?, 0u32, 0u64);
    loop {
        let following = if length < full { 0 } else { fill(&mut sealed, &mut next)? };
        let place = if following == 0 { Place::Last } else { Place::Before };
        let chunk = open_chunk(&cipher, &header, &this[..length], number, place)?;
        plain.write_all(&chunk).map_err(ContainerError::Write)?;
        total += chunk.len() as u64;
        match place {
            Place::Last => return Ok(total),
            Place::Before => number = number.checked_add(1).ok_or(ContainerError::TooLong)?,
        }
        std::mem::swap(&mut this, &mut next);
        length = following;
    }
}

/// Opens one chunk, and where it does not open says why: whether it would have elsewhere.
fn open_chunk(
    cipher: &XChaCha20Poly1305,
    header: &Header,
    bytes: &[u8],
    number: u32,
    place: Place,
) -> Result<Vec<u8>, ContainerError> {
    if bytes.len() < TAG_BYTES {
        return Err(ContainerError::CutShort { chunk: number.saturating_sub(1) });
    }
    let open_at = |place: Place| {
        let payload = Payload { msg: bytes, aad: &header.bytes };
        cipher.decrypt(&header.nonce(number, place), payload)
    };
    if let Ok(chunk) = open_at(place) {
        return Ok(chunk);
    }
    Err(match place {
        Place::Last if open_at(Place::Before).is_ok() => ContainerError::CutShort { chunk: number },
        Place::Before if open_at(Place::Last).is_ok() => ContainerError::Longer { chunk: number },
        Place::Last | Place::Before => ContainerError::Altered { chunk: number },
    })
}

/// Reads until the buffer is full or the source ends, and gives how much there was.
fn fill(from: &mut impl Read, buffer: &mut [u8]) -> Result<usize, ContainerError> {
    let mut filled = 0;
    while filled < buffer.len() {
        match from.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(ContainerError::Read(error)),
        }
    }
    Ok(filled)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const CHUNK: usize = limits::EVIDENCE_CHUNK_BYTES;

    fn key(byte: u8) -> DataKey {
        DataKey::new([byte; 32])
    }

    fn plain(length: usize) -> Vec<u8> {
        (0..length).map(|place| (place * 7 % 253) as u8).collect()
    }

    fn sealed(plain: &[u8]) -> Vec<u8> {
        let mut sealed = Vec::new();
        assert_eq!(seal(plain, &mut sealed, &key(1), [3; 19]).unwrap(), plain.len() as u64);
        sealed
    }

    fn opened(sealed: &[u8], key: &DataKey) -> Result<Vec<u8>, ContainerError> {
        let mut plain = Vec::new();
        open(sealed, &mut plain, key).map(|_| plain)
    }

    /// How the opening of a changed container ends, in a word.
    fn ending(sealed: &[u8]) -> &'static str {
        match opened(sealed, &key(1)).unwrap_err() {
            ContainerError::Foreign => "foreign",
            ContainerError::HeaderAltered => "header",
            ContainerError::WrongKey => "key",
            ContainerError::CutShort { .. } => "short",
            ContainerError::Altered { .. } => "altered",
            ContainerError::Longer { .. } => "longer",
            ContainerError::Read(_) | ContainerError::Write(_) | ContainerError::TooLong => "other",
        }
    }

    #[test]
    fn what_was_sealed_is_opened_at_every_length_around_a_chunk() {
        for length in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 9] {
            let bytes = plain(length);
            let container = sealed(&bytes);
            let chunks = length.div_ceil(CHUNK).max(1);
            assert_eq!(container.len(), HEADER_BYTES + length + chunks * TAG_BYTES);
            assert_eq!(opened(&container, &key(1)).unwrap(), bytes, "{length}");
        }
    }

    #[test]
    fn a_wrong_key_is_told_from_altered_bytes() {
        let container = sealed(&plain(40));
        assert!(matches!(opened(&container, &key(2)), Err(ContainerError::WrongKey)));
    }

    #[test]
    fn every_flipped_bit_is_found_and_the_place_is_named() {
        let container = sealed(&plain(40));
        for place in 0..container.len() {
            for bit in 0..8 {
                let mut changed = container.clone();
                changed[place] ^= 1 << bit;
                let expected = match place {
                    0..16 => "foreign",
                    16..HEADER_BYTES => "header",
                    _ => "altered",
                };
                assert_eq!(ending(&changed), expected, "byte {place} bit {bit}");
            }
        }
    }

    #[test]
    fn every_cut_is_found() {
        let container = sealed(&plain(CHUNK + 40));
        for end in [0, 10, HEADER_BYTES - 1, HEADER_BYTES, HEADER_BYTES + 8] {
            assert_eq!(ending(&container[..end]), "short", "{end}");
        }
        let first = HEADER_BYTES + CHUNK + TAG_BYTES;
        assert_eq!(ending(&container[..first]), "short");
        assert_eq!(ending(&container[..first + 3]), "short");
        for end in [first - 1, first + 20, container.len() - 1] {
            assert_eq!(ending(&container[..end]), "altered", "{end}");
        }
    }

    #[test]
    fn chunks_cannot_be_swapped_repeated_dropped_or_added() {
        let container = sealed(&plain(3 * CHUNK));
        let (header, body) = container.split_at(HEADER_BYTES);
        let chunks: Vec<&[u8]> = body.chunks(CHUNK + TAG_BYTES).collect();
        let of = |order: &[usize]| {
            let body: Vec<u8> = order.iter().flat_map(|chunk| chunks[*chunk].to_vec()).collect();
            [header, &body].concat()
        };
        assert_eq!(of(&[0, 1, 2]), container);
        for (order, expected) in [
            (vec![1, 0, 2], "altered"),
            (vec![0, 0, 1, 2], "altered"),
            (vec![0, 2], "altered"),
            (vec![0, 1], "short"),
            (vec![0, 1, 2, 0], "longer"),
            (vec![2], "altered"),
        ] {
            assert_eq!(ending(&of(&order)), expected, "{order:?}");
        }
    }

    #[test]
    fn a_header_of_another_prefix_does_not_open_the_chunks() {
        let (one, mut two) = (sealed(&plain(9)), Vec::new());
        seal(plain(9).as_slice(), &mut two, &key(1), [4; 19]).unwrap();
        let mixed = [&two[..HEADER_BYTES], &one[HEADER_BYTES..]].concat();
        assert_eq!(ending(&mixed), "altered");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// A reader that gives a few bytes at a time changes nothing.
        #[test]
        fn readers_may_be_slow(length in 0usize..3 * CHUNK, step in 1usize..9_999) {
            struct Slow<'a>(&'a [u8], usize);
            impl Read for Slow<'_> {
                fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
                    let take = self.1.min(buffer.len()).min(self.0.len());
                    buffer[..take].copy_from_slice(&self.0[..take]);
                    self.0 = &self.0[take..];
                    Ok(take)
                }
            }
            let bytes = plain(length);
            let mut container = Vec::new();
            seal(Slow(&bytes, step), &mut container, &key(1), [3; 19]).unwrap();
            prop_assert_eq!(&container, &sealed(&bytes));
            let mut again = Vec::new();
            open(Slow(&container, step), &mut again, &key(1)).unwrap();
            prop_assert_eq!(again, bytes);
        }
    }
}
