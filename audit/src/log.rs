//! The log as a file, for `seawall verify` and for whoever keeps a copy.
//!
//! ```text
//! header          the line `seawall records 1`
//! each record     u32 length · its bytes · 32 bytes hash
//! last, optional  u32 2^32 - 1 · u32 length · a signed checkpoint of all records
//! ```

use crate::checkpoint::{Checkpoint, CheckpointError, read_checkpoint, verify_checkpoint};
use crate::record::{Head, Record};
use crate::tree::{Edge, Hash, leaf_hash};
use crate::verify::{Broken, BrokenKind, Verifier};
use ed25519_dalek::VerifyingKey;
use model::limits;
use std::io::Read;

/// The first line of a log file, which names its format and version.
pub const LOG_HEADER: &[u8] = b"seawall records 1\n";

/// Stands where a length would, before the checkpoint. No record can be so long, and no change of
/// a single byte makes it from a length.
const CHECKPOINT_MARK: u32 = u32::MAX;

/// Why a log file does not hold.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// Its first line is not [`LOG_HEADER`].
    #[error("it does not begin with the line `seawall records 1`, so it is no log of this version")]
    Header,
    /// A record does not hold.
    #[error(transparent)]
    Record(#[from] Broken),
    /// Its checkpoint is unreadable, badly signed or of another log.
    #[error("its checkpoint does not hold: {0}")]
    Checkpoint(#[from] CheckpointError),
    /// A checkpoint is needed, and there is none.
    #[error("it has no checkpoint, and a key was given to verify one")]
    NoCheckpoint,
    /// Bytes follow the checkpoint.
    #[error("bytes follow its checkpoint")]
    Trailing,
    /// The file could not be read.
    #[error("it could not be read")]
    Read(#[from] std::io::Error),
}

/// What is known of a log beforehand. What is not known is not checked.
#[derive(Debug, Clone, Copy, Default)]
pub struct Expected {
    /// Where the log ends.
    pub head: Option<Head>,
    /// Where the log once ended, as an older checkpoint says.
    pub earlier: Option<Head>,
    /// The key of the installation; the log must then bear a checkpoint signed with it.
    pub key: Option<VerifyingKey>,
}

/// What a log that holds was found to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Where it ends.
    pub head: Head,
    /// The root of the tree of its records.
    pub root: Hash,
    /// The time of its first record.
    pub first_at: Option<model::Timestamp>,
    /// The time of its last record.
    pub last_at: Option<model::Timestamp>,
    /// The checkpoint that it bears; its signature was checked only where a key was given.
    pub checkpoint: Option<Checkpoint>,
}

/// Writes one record in the form of the log file.
///
/// # Panics
/// Where `bytes` are more than a record can have.
pub fn write_frame(bytes: &[u8], hash: &[u8; 32], out: &mut Vec<u8>) {
    assert!(bytes.len() <= limits::RECORD_BYTES, "a record is bounded");
    write_sized(bytes, out);
    out.extend(hash);
}

/// Writes a signed checkpoint as the end of the log file.
///
/// # Panics
/// Where `note` is longer than [`limits::CHECKPOINT_BYTES`].
pub fn write_checkpoint(note: &str, out: &mut Vec<u8>) {
    assert!(note.len() <= limits::CHECKPOINT_BYTES, "a checkpoint is bounded");
    out.extend(CHECKPOINT_MARK.to_be_bytes());
    write_sized(note.as_bytes(), out);
}

fn write_sized(bytes: &[u8], out: &mut Vec<u8>) {
    let length = u32::try_from(bytes.len()).expect("what is written is bounded");
    out.extend(length.to_be_bytes());
    out.extend(bytes);
}

/// Writes a log file without checkpoint; [`write_checkpoint`] may follow.
///
/// # Panics
/// As [`write_frame`].
pub fn write_log<'a>(records: impl IntoIterator<Item = &'a Record>, out: &mut Vec<u8>) {
    out.extend(LOG_HEADER);
    for record in records {
        write_frame(&record.bytes, &record.hash, out);
    }
}

/// Verifies a whole log file, one record in memory at a time.
///
/// # Errors
/// The first record that does not hold, or what else is wrong with the file.
pub fn verify_log(reader: impl Read, expected: &Expected) -> Result<Summary, LogError> {
    let mut log = LogReader::new(reader, *expected)?;
    while log.next_record()?.is_some() {}
    log.finish()
}

/// Reads a log file record by record, and verifies each before it is given.
#[derive(Debug)]
pub struct LogReader<R> {
    reader: R,
    expected: Expected,
    verifier: Verifier,
    tree: Edge,
    times: Option<(model::Timestamp, model::Timestamp)>,
    checkpoint: Option<Checkpoint>,
}

impl<R: Read> LogReader<R> {
    /// Begins to read.
    ///
    /// # Errors
    /// Where the file does not begin as a log file.
    pub fn new(mut reader: R, expected: Expected) -> Result<Self, LogError> {
        let mut header = [0; LOG_HEADER.len()];
        if fill(&mut reader, &mut header)? != header.len() || header != LOG_HEADER {
            return Err(LogError::Header);
        }
        let mut verifier = Verifier::new();
        if let Some(earlier) = expected.earlier {
            verifier = verifier.containing(earlier);
        }
        let tree = Edge::new();
        Ok(Self { reader, expected, verifier, tree, times: None, checkpoint: None })
    }

    /// The next record, verified; `None` at the end of the file.
    ///
    /// # Errors
    /// Where the next record does not hold, or the file cannot be read.
    pub fn next_record(&mut self) -> Result<Option<Record>, LogError> {
        if self.checkpoint.is_some() {
            return Ok(None);
        }
        let mut length = [0; 4];
        match fill(&mut self.reader, &mut length)? {
            0 => return Ok(None),
            4 => {}
            _ => return Err(self.broken(BrokenKind::Cut)),
        }
        let bytes = u32::from_be_bytes(length);
        if bytes == CHECKPOINT_MARK {
            self.checkpoint = Some(self.read_checkpoint()?);
            return Ok(None);
        }
        if bytes as usize > limits::RECORD_BYTES {
            return Err(self.broken(BrokenKind::FrameLength { bytes }));
        }
        let record = self.read_record(bytes as usize)?;
        self.tree.push(leaf_hash(&record.bytes), &mut |_, _| {});
        self.times = Some((self.times.map_or(record.at, |(first, _)| first), record.at));
        Ok(Some(record))
    }

    /// Ends the reading and compares the end with what is expected.
    ///
    /// # Errors
    /// Where the log does not end as expected.
    pub fn finish(self) -> Result<Summary, LogError> {
        if self.expected.key.is_some() && self.checkpoint.is_none() {
            // Cut logs are named by record where the expected head tells where they end.
            self.verifier.finish(self.expected.head.as_ref())?;
            return Err(LogError::NoCheckpoint);
        }
        let signed = self.checkpoint.as_ref().map(|checkpoint| checkpoint.head);
        let head = self.verifier.clone().finish(self.expected.head.as_ref())?;
        self.verifier.finish(signed.as_ref())?;
        Ok(Summary {
            head,
            root: self.tree.head().root,
            first_at: self.times.map(|(first, _)| first),
            last_at: self.times.map(|(_, last)| last),
            checkpoint: self.checkpoint,
        })
    }

    fn broken(&mut self, why: BrokenKind) -> LogError {
        LogError::Record(self.verifier.mark(self.verifier.head().next, why))
    }

    fn read_record(&mut self, length: usize) -> Result<Record, LogError> {
        let mut frame = vec![0; length + 32];
        if fill(&mut self.reader, &mut frame)? != frame.len() {
            return Err(self.broken(BrokenKind::Cut));
        }
        let (bytes, hash) = frame.split_at(length);
        Ok(self.verifier.push(bytes, hash)?)
    }

    fn read_checkpoint(&mut self) -> Result<Checkpoint, LogError> {
        let mut length = [0; 4];
        if fill(&mut self.reader, &mut length)? != length.len() {
            return Err(CheckpointError::Shape.into());
        }
        let length = u32::from_be_bytes(length) as usize;
        if length > limits::CHECKPOINT_BYTES {
            return Err(CheckpointError::Shape.into());
        }
        let mut note = vec![0; length];
        if fill(&mut self.reader, &mut note)? != length {
            return Err(CheckpointError::Shape.into());
        }
        if fill(&mut self.reader, &mut [0])? != 0 {
            return Err(LogError::Trailing);
        }
        let note = String::from_utf8(note).map_err(|_| CheckpointError::Shape)?;
        match &self.expected.key {
            Some(key) => Ok(verify_checkpoint(&note, key)?),
            None => Ok(read_checkpoint(&note)?),
        }
    }
}

/// Reads until the buffer is full or the file ends, and tells how many bytes came.
fn fill(reader: &mut impl Read, buffer: &mut [u8]) -> std::io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match reader.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(bytes) => filled += bytes,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}
