//! The log file: every change of every byte is found, and named by the record that holds the byte.

use crate::sample::{at, chain_of, fact};
use audit::{
    Broken, BrokenKind, Expected, FactKind, Head, LOG_HEADER, LogError, LogReader, Origin, Record,
    sign_checkpoint, verify_log, write_checkpoint, write_log,
};
use ed25519_dalek::SigningKey;
use proptest::prelude::*;

const PATTERNS: [u8; 6] = [0x01, 0x02, 0x10, 0x80, 0x55, 0xFF];

fn key() -> SigningKey {
    SigningKey::from_bytes(&[42; 32])
}

fn file() -> (Head, Vec<Record>, Vec<u8>) {
    use FactKind::{CaseOpened, DecisionMade, ItemJudged, LogStarted};
    let (head, records) = chain_of(&[LogStarted, ItemJudged, CaseOpened, DecisionMade].map(fact));
    let mut bytes = Vec::new();
    write_log(&records, &mut bytes);
    (head, records, bytes)
}

fn signed_file() -> (Vec<u8>, usize) {
    let (head, _, mut bytes) = file();
    let end = bytes.len();
    let origin = Origin::new("seawall.example/log").unwrap();
    write_checkpoint(&sign_checkpoint(&origin, &head, at(99), &key()), &mut bytes);
    (bytes, end)
}

fn ends_at(head: Head) -> Expected {
    Expected { head: Some(head), ..Expected::default() }
}

fn signed() -> Expected {
    Expected { key: Some(key().verifying_key()), ..Expected::default() }
}

/// The record whose frame holds each byte after the header.
fn owners(records: &[Record]) -> Vec<u64> {
    let frame = |record: &Record| vec![record.seq; 4 + record.bytes.len() + 32];
    records.iter().flat_map(frame).collect()
}

#[test]
fn a_whole_log_holds() {
    let (head, records, bytes) = file();
    let summary = verify_log(&bytes[..], &ends_at(head)).unwrap();
    assert_eq!(summary.head, head);
    assert_eq!((summary.first_at, summary.last_at), (Some(at(0)), Some(at(3))));
    assert_eq!(summary.checkpoint, None);

    let mut log = LogReader::new(&bytes[..], Expected::default()).unwrap();
    let mut read = Vec::new();
    while let Some(record) = log.next_record().unwrap() {
        read.push(record);
    }
    assert_eq!(read, records);

    let (bytes, _) = signed_file();
    let summary = verify_log(&bytes[..], &signed()).unwrap();
    assert_eq!(summary.checkpoint.unwrap().head, head);
    assert_eq!(verify_log(LOG_HEADER, &Expected::default()).unwrap().head, Head::start());
}

#[test]
fn every_flip_of_every_byte_names_its_record() {
    let (head, records, bytes) = file();
    let owners = owners(&records);
    assert_eq!(LOG_HEADER.len() + owners.len(), bytes.len());
    for place in 0..bytes.len() {
        // The last pattern makes the byte zero.
        for pattern in PATTERNS.into_iter().chain([bytes[place]]).filter(|bits| *bits != 0) {
            let mut changed = bytes.clone();
            changed[place] ^= pattern;
            // It fails at that record even for somebody who does not know where the log ends.
            for expected in [ends_at(head), Expected::default()] {
                match verify_log(&changed[..], &expected) {
                    Err(LogError::Header) => assert!(place < LOG_HEADER.len(), "byte {place}"),
                    Err(LogError::Record(broken)) => {
                        let owner = place.checked_sub(LOG_HEADER.len()).map(|byte| owners[byte]);
                        assert_eq!(Some(broken.seq), owner, "byte {place}, bits {pattern:#x}");
                    }
                    other => panic!("byte {place}, bits {pattern:#x}: {other:?}"),
                }
            }
        }
    }
}

#[test]
fn every_flip_of_a_signed_log_is_found() {
    let (bytes, end) = signed_file();
    for place in 0..bytes.len() {
        for pattern in PATTERNS {
            let mut changed = bytes.clone();
            changed[place] ^= pattern;
            let found = verify_log(&changed[..], &signed());
            assert!(found.is_err(), "byte {place}, bits {pattern:#x}");
            if place >= end + 4 {
                let is_named = matches!(found, Err(LogError::Checkpoint(_) | LogError::Trailing));
                assert!(is_named, "byte {place}, bits {pattern:#x}: {found:?}");
            }
        }
    }
}

#[test]
fn every_truncation_is_found_where_the_end_is_known() {
    let (head, records, bytes) = file();
    let owners = owners(&records);
    for end in 0..bytes.len() {
        match verify_log(&bytes[..end], &ends_at(head)) {
            Err(LogError::Header) => assert!(end < LOG_HEADER.len()),
            Err(LogError::Record(Broken { seq, .. })) => {
                assert_eq!(seq, owners[end - LOG_HEADER.len()], "cut at {end}");
            }
            other => panic!("cut at {end}: {other:?}"),
        }
    }
    let (bytes, _) = signed_file();
    for end in 0..bytes.len() {
        assert!(verify_log(&bytes[..end], &signed()).is_err(), "cut at {end}");
    }
}

#[test]
fn compares_the_checkpoint_with_the_chain() {
    let (head, records, bytes) = file();
    let origin = Origin::new("seawall.example/log").unwrap();
    let last = Head { next: 3, hash: records[2].hash };
    for (checkpoint, expected) in [
        (last, BrokenKind::Surplus { expected: 3 }),
        (Head { next: 5, ..head }, BrokenKind::Missing { expected: 5 }),
        (Head { hash: [0; 32], ..head }, BrokenKind::Replaced),
    ] {
        let mut bytes = bytes.clone();
        write_checkpoint(&sign_checkpoint(&origin, &checkpoint, at(99), &key()), &mut bytes);
        let found = verify_log(&bytes[..], &signed()).unwrap_err();
        assert!(matches!(found, LogError::Record(Broken { why, .. }) if why == expected));
    }
}

#[test]
fn says_what_else_is_wrong() {
    let (_, _, bytes) = file();
    let check = |bytes: &[u8], expected: &Expected, text: &str| {
        let error = verify_log(bytes, expected).unwrap_err().to_string();
        assert!(error.contains(text), "{error}");
    };
    check(&bytes, &signed(), "no checkpoint");
    check(b"", &signed(), "does not begin with");
    check(&[&signed_file().0[..], &[0]].concat(), &signed(), "bytes follow");
    let other = SigningKey::from_bytes(&[7; 32]).verifying_key();
    let expected = Expected { key: Some(other), ..Expected::default() };
    check(&signed_file().0, &expected, "none of its signatures");
    let earlier = Expected { earlier: Some(Head { next: 3, hash: [1; 32] }), ..signed() };
    check(&signed_file().0, &earlier, "record 2 does not hold");
}

/// Gives one byte at a time, and interrupts in between.
struct Slow<'a>(&'a [u8], usize);

impl std::io::Read for Slow<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.1 += 1;
        if self.1.is_multiple_of(2) {
            return Err(std::io::ErrorKind::Interrupted.into());
        }
        let length = buffer.len().min(1);
        self.0.read(&mut buffer[..length])
    }
}

#[test]
fn reads_from_slow_readers_and_keeps_their_errors() {
    let (head, _, bytes) = file();
    assert_eq!(verify_log(Slow(&bytes, 0), &ends_at(head)).unwrap().head, head);

    struct Failing;
    impl std::io::Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("the disk is gone"))
        }
    }
    let error = verify_log(Failing, &Expected::default()).unwrap_err();
    assert!(std::error::Error::source(&error).unwrap().to_string().contains("disk is gone"));
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 1..300)) {
        let file = [LOG_HEADER, &bytes].concat();
        prop_assert!(verify_log(&bytes[..], &Expected::default()).is_err());
        prop_assert!(verify_log(&file[..], &Expected::default()).is_err());
    }
}
