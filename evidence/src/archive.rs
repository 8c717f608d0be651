//! Captured pages: WARC 1.0 and 1.1 (ISO 28500), read and written with bounded sizes.
//!
//! Written here rather than with the crate `warc`, which serves as the other side in the tests: it
//! reads blocks and headers of any size, fails on a length near 2⁶⁴, keeps each header once, and
//! takes ids and times from the machine by itself.

use crate::Digests;
use model::{Timestamp, limits};
use std::io::{BufRead, Read, Write};

/// What a record is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecordKind {
    /// About the archive.
    Info,
    /// What a server answered, with its headers.
    Response,
    /// What a server was asked.
    Request,
    /// A resource without the protocol that brought it.
    Resource,
    /// About another record.
    Metadata,
    /// Of another kind: `revisit`, `conversion`, `continuation` or one of later standards.
    Other(String),
}

impl RecordKind {
    fn as_str(&self) -> &str {
        match self {
            Self::Info => "warcinfo",
            Self::Response => "response",
            Self::Request => "request",
            Self::Resource => "resource",
            Self::Metadata => "metadata",
            Self::Other(name) => name,
        }
    }

    fn parse(name: &str) -> Self {
        [Self::Info, Self::Response, Self::Request, Self::Resource, Self::Metadata]
            .into_iter()
            .find(|kind| kind.as_str() == name)
            .unwrap_or_else(|| Self::Other(name.to_owned()))
    }
}

/// One record of an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchiveRecord {
    /// What it is.
    pub kind: RecordKind,
    /// Its id, an address such as `urn:uuid:…`, without the angle brackets.
    pub id: String,
    /// The address that was captured.
    pub target: Option<String>,
    /// When.
    pub at: Timestamp,
    /// The media type of the block.
    pub content_type: Option<String>,
    /// Other headers in their order: name and value.
    pub more: Vec<(String, String)>,
    /// The captured bytes.
    pub block: Vec<u8>,
}

/// Whether the digest that an archive states of a block holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlockDigest {
    /// It holds.
    Holds,
    /// None is stated, or one of an algorithm that is not computed here, such as SHA-1.
    Unchecked,
}

/// Why an archive cannot be read on.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The source cannot be read.
    #[error("record {record}: it cannot be read: {source}")]
    Read {
        /// The record, from 1.
        record: usize,
        /// What the system said.
        source: std::io::Error,
    },
    /// It is compressed.
    #[error("the archive is compressed; unpack it first, for instance with `gunzip`")]
    Compressed,
    /// It is not what the standard says.
    #[error("record {record}: {problem}")]
    Malformed {
        /// The record, from 1.
        record: usize,
        /// What is wrong.
        problem: String,
    },
    /// Something is larger than is read.
    #[error("record {record}: its {what} is larger than {limit} bytes")]
    TooLarge {
        /// The record, from 1.
        record: usize,
        /// What is.
        what: &'static str,
        /// The limit in bytes.
        limit: usize,
    },
    /// The archive ends within a record.
    #[error("record {record} is cut short")]
    CutShort {
        /// The record, from 1.
        record: usize,
    },
    /// A block is not what its digest says.
    #[error("record {record} was altered: its block does not have the digest that it states")]
    Altered {
        /// The record, from 1.
        record: usize,
    },
    /// More records than are read.
    #[error("the archive has more than {limit} records")]
    TooMany {
        /// The limit.
        limit: usize,
    },
}

/// Reads records one after the other.
#[derive(Debug)]
pub struct ArchiveReader<R> {
    from: R,
    record: usize,
}

impl<R: BufRead> ArchiveReader<R> {
    /// Begins to read.
    pub fn new(from: R) -> Self {
        Self { from, record: 0 }
    }

    /// Reads the next record; `None` at the end.
    ///
    /// # Errors
    /// What is wrong with it; then nothing more can be read.
    pub fn next_record(&mut self) -> Result<Option<(ArchiveRecord, BlockDigest)>, ArchiveError> {
        self.record += 1;
        let Some(first) = self.first_line()? else { return Ok(None) };
        if self.record > limits::ARCHIVE_RECORDS {
            return Err(ArchiveError::TooMany { limit: limits::ARCHIVE_RECORDS });
        }
        if !matches!(first.as_str(), "WARC/1.0" | "WARC/1.1") {
            return Err(self.malformed("it does not begin with `WARC/1.0` or `WARC/1.1`"));
        }
        let mut headers = Headers { fields: self.headers()?, record: self.record };
        let block = self.block(headers.length()?)?;
        let digest = headers.digest(&block)?;
        Ok(Some((headers.into_record(block)?, digest)))
    }

    /// The first line of a record, after the line ends that follow the one before.
    fn first_line(&mut self) -> Result<Option<String>, ArchiveError> {
        if self.record == 1 {
            let start =
                self.from.fill_buf().map_err(|source| ArchiveError::Read { record: 1, source })?;
            if start.starts_with(&[0x1F, 0x8B]) {
                return Err(ArchiveError::Compressed);
            }
        }
        let mut left = limits::ARCHIVE_HEADER_BYTES;
        self.line(&mut left)
    }

    fn headers(&mut self) -> Result<Vec<(String, String)>, ArchiveError> {
        let mut left = limits::ARCHIVE_HEADER_BYTES;
        let mut fields: Vec<(String, String)> = Vec::new();
        loop {
            let line =
                self.line(&mut left)?.ok_or(ArchiveError::CutShort { record: self.record })?;
            if line.is_empty() {
                return Ok(fields);
            }
            if line.starts_with([' ', '\t']) {
                let Some((_, value)) = fields.last_mut() else {
                    return Err(self.malformed("its first header begins with a blank"));
                };
                value.push(' ');
                value.push_str(line.trim());
                continue;
            }
            let Some((name, value)) = line.split_once(':') else {
                return Err(self.malformed("a header has no colon"));
            };
            fields.push((name.trim().to_owned(), value.trim().to_owned()));
        }
    }

    /// Reads one line without its end; `None` where nothing is left.
    fn line(&mut self, left: &mut usize) -> Result<Option<String>, ArchiveError> {
        let mut bytes = Vec::new();
        let limit = *left as u64 + 1;
        let read = (&mut self.from).take(limit).read_until(b'\n', &mut bytes);
        let read = read.map_err(|source| self.failed(source))?;
        if read == 0 {
            return Ok(None);
        }
        if read > *left {
            let (record, limit) = (self.record, limits::ARCHIVE_HEADER_BYTES);
            return Err(ArchiveError::TooLarge { record, what: "header", limit });
        }
        *left -= read;
        if bytes.pop() != Some(b'\n') {
            return Err(ArchiveError::CutShort { record: self.record });
        }
        if bytes.last() == Some(&b'\r') {
            bytes.pop();
        }
        let line = String::from_utf8(bytes);
        line.map(Some).map_err(|_| self.malformed("a header is not UTF-8"))
    }

    /// Reads a block and the two line ends after it.
    fn block(&mut self, length: usize) -> Result<Vec<u8>, ArchiveError> {
        let record = self.record;
        let mut block = Vec::new();
        let read = (&mut self.from).take(length as u64).read_to_end(&mut block);
        if read.map_err(|source| self.failed(source))? < length {
            return Err(ArchiveError::CutShort { record });
        }
        let mut ends = Vec::new();
        let read = (&mut self.from).take(4).read_to_end(&mut ends);
        read.map_err(|source| self.failed(source))?;
        match ends.as_slice() {
            b"\r\n\r\n" => Ok(block),
            short if b"\r\n\r\n".starts_with(short) => Err(ArchiveError::CutShort { record }),
            _ => Err(self.malformed("its block is not as long as its Content-Length says")),
        }
    }

    fn failed(&self, source: std::io::Error) -> ArchiveError {
        ArchiveError::Read { record: self.record, source }
    }

    fn malformed(&self, problem: &str) -> ArchiveError {
        ArchiveError::Malformed { record: self.record, problem: problem.to_owned() }
    }
}

/// The headers of a record while it is taken apart.
struct Headers {
    fields: Vec<(String, String)>,
    record: usize,
}

impl Headers {
    fn take(&mut self, name: &str) -> Option<String> {
        let place = self.fields.iter().position(|(known, _)| known.eq_ignore_ascii_case(name))?;
        Some(self.fields.remove(place).1)
    }

    fn needed(&mut self, name: &'static str) -> Result<String, ArchiveError> {
        self.take(name).ok_or_else(|| self.wrong(format!("it has no {name}")))
    }

    fn wrong(&self, problem: String) -> ArchiveError {
        ArchiveError::Malformed { record: self.record, problem }
    }

    fn length(&mut self) -> Result<usize, ArchiveError> {
        let text = self.needed("Content-Length")?;
        let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !is_number {
            return Err(self.wrong("its Content-Length is no number".to_owned()));
        }
        let limit = limits::ARCHIVE_BLOCK_BYTES;
        let length = text.parse().ok().filter(|length| *length <= limit);
        length.ok_or(ArchiveError::TooLarge { record: self.record, what: "block", limit })
    }

    fn digest(&mut self, block: &[u8]) -> Result<BlockDigest, ArchiveError> {
        let stated = self.fields.iter().find(|(name, _)| is(name, "WARC-Block-Digest"));
        let Some((_, stated)) = stated else { return Ok(BlockDigest::Unchecked) };
        let Some((algorithm, digest)) = stated.split_once(':') else {
            return Err(self.wrong("its WARC-Block-Digest names no algorithm".to_owned()));
        };
        let algorithm = algorithm.to_ascii_lowercase().replace('-', "");
        if algorithm != "sha256" || digest.len() != 64 {
            return Ok(BlockDigest::Unchecked);
        }
        match digest.eq_ignore_ascii_case(&hex::encode(Digests::of(block).sha256)) {
            true => Ok(BlockDigest::Holds),
            false => Err(ArchiveError::Altered { record: self.record }),
        }
    }

    fn into_record(mut self, block: Vec<u8>) -> Result<ArchiveRecord, ArchiveError> {
        let kind = RecordKind::parse(&self.needed("WARC-Type")?);
        let id = bare(self.needed("WARC-Record-ID")?);
        let date = self.needed("WARC-Date")?;
        let at = Timestamp::parse(&date)
            .map_err(|problem| self.wrong(format!("its WARC-Date: {problem}")))?;
        let target = self.take("WARC-Target-URI").map(bare);
        let content_type = self.take("Content-Type");
        // It is computed anew where the record is written.
        self.fields.retain(|(name, _)| !is(name, "WARC-Block-Digest"));
        Ok(ArchiveRecord { kind, id, target, at, content_type, more: self.fields, block })
    }
}

fn is(name: &str, known: &str) -> bool {
    name.eq_ignore_ascii_case(known)
}

/// Ids, and addresses in WARC 1.0, stand in angle brackets.
fn bare(text: String) -> String {
    let inner = text.strip_prefix('<').and_then(|text| text.strip_suffix('>'));
    inner.map_or_else(|| text.clone(), str::to_owned)
}

/// Why a record cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// A header would be two, or none.
    #[error("the header {name} cannot be written: it is empty or has control characters")]
    Header {
        /// The header.
        name: String,
    },
    /// The target cannot be written.
    #[error("the archive cannot be written: {0}")]
    Write(#[from] std::io::Error),
}

/// Writes one record as WARC 1.1, with the SHA-256 of its block.
///
/// # Errors
/// Where a header has line ends, or the writer fails.
pub fn write_record(record: &ArchiveRecord, mut to: impl Write) -> Result<(), WriteError> {
    let digest = hex::encode(Digests::of(&record.block).sha256);
    let mut fields = vec![
        ("WARC-Type".to_owned(), record.kind.as_str().to_owned()),
        ("WARC-Record-ID".to_owned(), format!("<{}>", record.id)),
        ("WARC-Date".to_owned(), record.at.to_string()),
    ];
    let target = record.target.iter().map(|target| ("WARC-Target-URI".to_owned(), target.clone()));
    fields.extend(target);
    let media = record.content_type.iter().map(|media| ("Content-Type".to_owned(), media.clone()));
    fields.extend(media);
    fields.extend(record.more.iter().cloned());
    fields.push(("WARC-Block-Digest".to_owned(), format!("sha256:{digest}")));
    fields.push(("Content-Length".to_owned(), record.block.len().to_string()));
    to.write_all(b"WARC/1.1\r\n")?;
    for (name, value) in fields {
        let is_line = |text: &str| !text.is_empty() && !text.chars().any(char::is_control);
        if !is_line(&name) || name.contains(':') || !is_line(&value) {
            return Err(WriteError::Header { name: name.escape_debug().to_string() });
        }
        write!(to, "{name}: {value}\r\n")?;
    }
    to.write_all(b"\r\n")?;
    to.write_all(&record.block)?;
    to.write_all(b"\r\n\r\n")?;
    Ok(())
}

/// What a server answered, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpAnswer<'a> {
    /// The status, such as 200.
    pub status: u16,
    /// Its `Content-Type`, as it was sent.
    pub media_type: Option<String>,
    /// The body as it was sent: still compressed or in chunks where the headers say so.
    pub body: &'a [u8],
}

/// Takes the block of a `response` record apart; `None` where it is no HTTP answer.
#[must_use]
pub fn http_answer(block: &[u8]) -> Option<HttpAnswer<'_>> {
    let end = block.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&block[..end]).ok()?;
    let mut lines = head.split("\r\n");
    let status = lines.next()?.strip_prefix("HTTP/")?.split(' ').nth(1)?.parse().ok()?;
    let mut fields = lines.filter_map(|line| line.split_once(':'));
    let media_type = fields.find(|(name, _)| is(name.trim(), "Content-Type"));
    let media_type = media_type.map(|(_, value)| value.trim().to_owned());
    Some(HttpAnswer { status, media_type, body: &block[end + 4..] })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ANSWER: &[u8] =
        b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nx: y\r\n\r\n<p>\r\n\r\nWARC/1.1\r\n";

    fn record(block: &[u8]) -> ArchiveRecord {
        ArchiveRecord {
            kind: RecordKind::Response,
            id: "urn:uuid:0198a5b2-0000-7000-8000-000000000001".to_owned(),
            target: Some("https://harbour.example/pier/7".to_owned()),
            at: Timestamp::parse("2026-06-01T12:00:00Z").unwrap(),
            content_type: Some("application/http;msgtype=response".to_owned()),
            more: vec![("WARC-IP-Address".to_owned(), "192.0.2.7".to_owned())],
            block: block.to_vec(),
        }
    }

    fn written(records: &[ArchiveRecord]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for record in records {
            write_record(record, &mut bytes).unwrap();
        }
        bytes
    }

    fn read(bytes: &[u8]) -> Result<Vec<ArchiveRecord>, String> {
        let mut reader = ArchiveReader::new(bytes);
        let mut records = Vec::new();
        while let Some((record, _)) = reader.next_record().map_err(|error| error.to_string())? {
            records.push(record);
        }
        Ok(records)
    }

    #[test]
    fn what_was_written_is_read() {
        let records = [record(ANSWER), record(b""), record(&[0, 13, 10, 13, 10, 255])];
        let bytes = written(&records);
        assert_eq!(read(&bytes).unwrap(), records);
        let (_, digest) = ArchiveReader::new(bytes.as_slice()).next_record().unwrap().unwrap();
        assert_eq!(digest, BlockDigest::Holds);
    }

    #[test]
    fn an_answer_is_taken_apart() {
        let answer = http_answer(ANSWER).unwrap();
        assert_eq!((answer.status, answer.media_type.as_deref()), (200, Some("text/html")));
        assert!(answer.body.starts_with(b"<p>"));
        for none in [b"".as_slice(), b"HTTP/1.1 200 OK", b"GET / HTTP/1.1\r\n\r\n"] {
            assert_eq!(http_answer(none), None);
        }
    }

    #[test]
    fn another_implementation_reads_what_is_written_here() {
        let bytes = written(&[record(ANSWER), record(b"")]);
        let records: Vec<_> = warc::WarcReader::new(bytes.as_slice()).iter_records().collect();
        assert_eq!(records.len(), 2);
        let first = records[0].as_ref().unwrap();
        assert_eq!(first.body(), ANSWER);
        assert_eq!(first.warc_type(), &warc::RecordType::Response);
        let uri = first.header(warc::WarcHeader::TargetURI).unwrap();
        assert_eq!(uri, "https://harbour.example/pier/7");
    }

    #[test]
    fn what_another_implementation_writes_is_read_here() {
        let mut record = warc::Record::<warc::BufferedBody>::with_body(ANSWER);
        record.set_header(warc::WarcHeader::TargetURI, "https://harbour.example/").unwrap();
        let mut writer = warc::WarcWriter::new(Vec::new());
        let (headers, body) = record.into_raw_parts();
        let mut bytes = Vec::new();
        writer.write_raw(headers.clone(), &body).unwrap();
        warc::WarcWriter::new(&mut bytes).write_raw(headers, &body).unwrap();
        let read = read(&bytes).unwrap();
        assert_eq!(read[0].kind, RecordKind::Resource);
        assert_eq!(read[0].target.as_deref(), Some("https://harbour.example/"));
        assert_eq!(read[0].block, ANSWER);
    }

    #[test]
    fn what_is_wrong_is_named() {
        let good = String::from_utf8(written(&[record(b"abc")])).unwrap();
        let changed = |from: &str, to: &str| {
            assert!(good.contains(from));
            good.replace(from, to).into_bytes()
        };
        let huge = "x".repeat(limits::ARCHIVE_HEADER_BYTES);
        for (bytes, expected) in [
            (vec![0x1F, 0x8B, 8], "compressed"),
            (b"HELLO\r\n".to_vec(), "record 1: it does not begin"),
            (b"WARC/1.1\r\n".to_vec(), "record 1 is cut short"),
            (changed("Content-Length: 3\r\n", ""), "it has no Content-Length"),
            (changed("Content-Length: 3", "Content-Length: -3"), "is no number"),
            (
                changed("Content-Length: 3", "Content-Length: 18446744073709551615"),
                "block is larger",
            ),
            (
                changed("Content-Length: 3", "Content-Length: 99999999999999999999"),
                "block is larger",
            ),
            (changed("Content-Length: 3", "Content-Length: 2"), "not as long as"),
            (changed("Content-Length: 3", "Content-Length: 4"), "not as long as"),
            (changed("Content-Length: 3", "Content-Length: 30"), "cut short"),
            (changed("abc", "abd"), "record 1 was altered"),
            (changed("2026-06-01T12", "2026-06-01X12"), "its WARC-Date"),
            (changed("WARC-Type: response\r\n", ""), "it has no WARC-Type"),
            (changed("WARC-Type", &huge), "header is larger"),
            (changed("WARC-Type", " WARC-Type"), "begins with a blank"),
            (changed("WARC-Type:", "WARC-Type"), "no colon"),
            (good.as_bytes()[..good.len() - 2].to_vec(), "cut short"),
            ([good.as_bytes(), b"more"].concat(), "record 2 is cut short"),
        ] {
            let found = read(&bytes).unwrap_err();
            assert!(found.contains(expected), "{expected}: {found}");
        }
    }

    #[test]
    fn headers_that_would_be_two_are_not_written() {
        let with = |change: fn(&mut ArchiveRecord)| {
            let mut record = record(b"");
            change(&mut record);
            write_record(&record, &mut Vec::new()).unwrap_err().to_string()
        };
        for told in [
            with(|record| record.target = Some("a\r\nX: y".to_owned())),
            with(|record| record.more[0].0 = "a:b".to_owned()),
            with(|record| record.content_type = Some(String::new())),
        ] {
            assert!(told.contains("cannot be written"), "{told}");
        }
    }

    #[test]
    fn other_line_ends_folded_headers_and_other_digests_are_read() {
        let text = "WARC/1.0\nwarc-type: conversion\nWARC-Record-ID: <urn:x>\n\
                    WARC-Date: 2026-06-01T12:00:00Z\nWARC-Block-Digest: sha1:ABC\n\
                    X-Note: one\n\ttwo\nContent-Length: 1\n\nx\r\n\r\n";
        let (record, digest) = ArchiveReader::new(text.as_bytes()).next_record().unwrap().unwrap();
        assert_eq!(record.kind, RecordKind::Other("conversion".to_owned()));
        assert_eq!(record.more, [("X-Note".to_owned(), "one two".to_owned())]);
        assert_eq!((record.id.as_str(), digest), ("urn:x", BlockDigest::Unchecked));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn any_block_comes_back(blocks in proptest::collection::vec(
            proptest::collection::vec(any::<u8>(), 0..300), 0..5,
        )) {
            let records: Vec<ArchiveRecord> = blocks.iter().map(|block| record(block)).collect();
            prop_assert_eq!(read(&written(&records)).unwrap(), records);
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = read(&bytes);
            let _ = read(&[b"WARC/1.1\r\nContent-Length: 5\r\n".as_slice(), &bytes].concat());
        }
    }
}
