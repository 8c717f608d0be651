//! The sealed log, as auditors read it.

use crate::check;
use audit::tree::{
    AddCheckpoint, ProofFile, Tile, WitnessAnswer, WitnessKey, attach, cosigned, read_bundle,
    read_tree_head, sign_tree_head, verify_tree_head, write_bundle,
};
use audit::{
    Expected, Fact, FactKind, Field, Head, LogReader, Origin, Record, append, decode,
    read_checkpoint, read_verifier_key, sign_checkpoint, to_json, verifier_key, verify_checkpoint,
    verify_log, write_checkpoint, write_log,
};
use ed25519_dalek::SigningKey;

/// A record that can be read is the one that would have been written, to the byte.
pub fn record(bytes: &[u8]) {
    let Ok(record) = decode(bytes) else { return };
    assert_eq!(record.bytes, bytes);
    assert!(to_json(&record).is_object());
    if record.seq < u64::MAX {
        let before = Head { next: record.seq, hash: record.previous };
        let (head, again) = append(&before, &record.fact, record.at);
        assert_eq!(again, record, "sealed again");
        assert_eq!(head, Head { next: record.seq + 1, hash: record.hash });
    }
}

fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

/// A checkpoint that can be read is signed and verified as it is, and one that was not signed with
/// a key is not verified with it. A key is written as it was read.
pub fn checkpoint(bytes: &[u8]) {
    let text = check::text(bytes);
    let public = key().verifying_key();
    if let Ok(read) = read_checkpoint(&text) {
        let signed = sign_checkpoint(&read.origin, &read.head, read.at, &key());
        assert_eq!(verify_checkpoint(&signed, &public).as_ref(), Ok(&read));
        assert_eq!(read_checkpoint(&signed).as_ref(), Ok(&read));
        let verified = verify_checkpoint(&text, &public);
        let body = |note: &str| note.rfind("\n\n").map(|end| note[..end].to_owned());
        assert!(verified.is_err() || body(&text) == body(&signed), "verified unsigned");
    }
    if let Ok((origin, key)) = read_verifier_key(&text) {
        assert_eq!(verifier_key(&origin, &key), text);
    }
}

/// What an outsider reads of a published log is written as it was read; what a witness answers and
/// sends never harms.
pub fn published(bytes: &[u8]) {
    let text = check::text(bytes);
    if let Ok(tile) = Tile::parse(&text) {
        assert_eq!(tile.path(), text);
        assert!(tile.end() > 0);
    }
    if let Some((width, bundle)) = bytes.split_first()
        && let Ok(entries) = read_bundle(bundle, u16::from(*width) + 1)
    {
        assert_eq!(write_bundle(entries), bundle);
    }
    if let Ok(request) = AddCheckpoint::parse(&text) {
        assert_eq!(AddCheckpoint::parse(&request.encode()), Ok(request));
    }
    if let Ok(file) = ProofFile::parse(&text) {
        assert_eq!(ProofFile::parse(&file.encode()).as_ref(), Ok(&file));
        let origin = Origin::new("harbour.example/v1/log").expect("the name is one");
        assert!(file.verify(&origin, &key().verifying_key()).is_err(), "verified unsigned");
    }
    if let Ok(read) = read_tree_head(&text) {
        let signed = sign_tree_head(&read.origin, &read.head, &key());
        let verified = verify_tree_head(&signed, &read.origin, &key().verifying_key());
        assert_eq!(verified.as_ref(), Ok(&read));
        assert_eq!(cosigned(&signed, &[]), Ok(Vec::new()));
    }
    let _ = WitnessAnswer::read(0, 409, bytes);
    if let Ok(witness) = WitnessKey::parse(&text) {
        assert!(attach("a\n0\n\n", &text, &witness).is_err());
    }
}

/// Two bytes that say what is changed and how, then lines, each of which becomes a record of a
/// signed log. The log holds; changed in any byte it does not. The bytes are read as a log too.
pub fn log(bytes: &[u8]) {
    check_read(bytes);
    let Some(([place, bits], rest)) = bytes.split_first_chunk() else { return };
    let records = records(&check::text(rest));
    let head =
        records.last().map_or(Head::start(), |last| Head { next: last.seq + 1, hash: last.hash });
    let mut file = Vec::new();
    write_log(&records, &mut file);
    check_read(&file);
    let origin = Origin::new("harbour.example/log").expect("the name is one");
    write_checkpoint(&sign_checkpoint(&origin, &head, check::now(), &key()), &mut file);
    let expected = Expected { head: Some(head), key: Some(key().verifying_key()), earlier: None };
    let summary = verify_log(file.as_slice(), &expected).expect("the log holds");
    assert_eq!(summary.head, head);
    if *bits != 0 {
        let place = usize::from(*place) * file.len() / 256;
        file[place] ^= bits;
        assert!(verify_log(file.as_slice(), &expected).is_err(), "byte {place} was changed");
    }
}

fn records(text: &str) -> Vec<Record> {
    let mut head = Head::start();
    let lines = text.lines().take(8).map(|line| {
        let words = line.split(' ');
        let fact =
            Fact::new(FactKind::CaseClaimed).text(Field::Case, line).list(Field::Label, words);
        let (next, record) = append(&head, &fact, check::now());
        head = next;
        record
    });
    lines.collect()
}

/// What is read of a log before it breaks is what is written of those records.
fn check_read(bytes: &[u8]) {
    let Ok(mut log) = LogReader::new(bytes, Expected::default()) else { return };
    let mut records = Vec::new();
    let whole = loop {
        match log.next_record() {
            Ok(Some(record)) => records.push(record),
            Ok(None) => break true,
            Err(_) => break false,
        }
    };
    let mut written = Vec::new();
    write_log(&records, &mut written);
    assert!(bytes.starts_with(&written));
    assert!(records.iter().zip(0..).all(|(record, place)| record.seq == place));
    if whole {
        let _ = log.finish();
    }
}
