//! Records that were sealed once must read and hash the same for ever.
//!
//! Each file bears the bytes of one record and its hash, in hexadecimal. A new kind of fact needs
//! a new file: run the test with `SEAWALL_FREEZE=1`, which writes files that are not there yet and
//! never changes one that is.

use crate::sample::{at, fact};
use audit::{FACTS, FactSpec, Head, append, decode};
use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

fn folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/frozen"))
}

/// What the file of that fact must bear. Each record stands alone, so that a new kind of fact
/// changes no other file.
fn expected(spec: &FactSpec) -> String {
    let head = Head { next: u64::from(spec.code), hash: [spec.code.to_be_bytes()[1]; 32] };
    let (_, record) = append(&head, &fact(spec.kind), at(i64::from(spec.code)));
    format!("{}\n{}\n", hex::encode(&record.bytes), hex::encode(record.hash))
}

#[test]
fn frozen_records_never_change() {
    for spec in FACTS {
        let path = folder().join(format!("{}.hex", spec.name));
        if std::env::var_os("SEAWALL_FREEZE").is_some() && !path.exists() {
            fs::write(&path, expected(spec)).unwrap();
        }
        let frozen = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
        assert_eq!(frozen, expected(spec), "{path:?}");

        let (bytes, hash) = frozen.trim_end().split_once('\n').unwrap();
        let record = decode(&hex::decode(bytes).unwrap()).unwrap();
        assert_eq!(record.fact, fact(spec.kind), "{path:?}");
        assert_eq!(hex::encode(record.hash), hash, "{path:?}");
    }
}

#[test]
fn every_frozen_file_belongs_to_a_fact() {
    let names: BTreeSet<_> = FACTS.iter().map(|spec| format!("{}.hex", spec.name)).collect();
    let entries = fs::read_dir(folder()).unwrap();
    let files = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(names, files);
}
