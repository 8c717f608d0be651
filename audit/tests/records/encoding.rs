//! One encoding for each record, and one record for each encoding.

use crate::sample::{any_fact, at, chain, chain_of, fact};
use audit::{FIELDS, Fact, FactKind, Field, Head, RecordError, ValueType, append, decode, to_json};
use model::{Timestamp, limits};
use proptest::prelude::*;
use serde_json::json;

/// Where the number of fields stands.
const COUNT: usize = 1 + 8 + 8 + 2 + 32;

/// A record with one field, so that places are known.
fn one(field: Field, value: &[u8]) -> Vec<u8> {
    raw(&[(field.code(), field.value_type().code(), value)])
}

fn raw(fields: &[(u16, u8, &[u8])]) -> Vec<u8> {
    let (_, record) = append(&Head::start(), &Fact::new(FactKind::SignedIn), at(0));
    let mut bytes = record.bytes[..COUNT].to_vec();
    bytes.extend(u16::try_from(fields.len()).unwrap().to_be_bytes());
    for (code, value_type, value) in fields {
        bytes.extend(code.to_be_bytes());
        bytes.push(*value_type);
        bytes.extend(u32::try_from(value.len()).unwrap().to_be_bytes());
        bytes.extend(*value);
    }
    bytes
}

fn check(what: &str, bytes: &[u8], expected: &RecordError) {
    assert_eq!(decode(bytes).as_ref(), Err(expected), "{what}");
}

#[test]
fn writes_the_documented_bytes() {
    let fact = Fact::new(FactKind::CaseMoved).list(Field::Rule, ["ab"]).int(Field::Count, 258_u32);
    let head = Head { next: 5, hash: [0xEE; 32] };
    let (_, record) = append(&head, &fact, Timestamp::from_micros(1).unwrap());
    let expected = [
        "01",
        "0000000000000005",
        "0000000000000001",
        "0007",
        &"ee".repeat(32),
        "0002",
        "000f",
        "04",
        "0000000a",
        "00000001",
        "00000002",
        "6162",
        "001c",
        "02",
        "00000008",
        "0000000000000102",
    ];
    assert_eq!(hex::encode(&record.bytes), expected.concat());
}

#[test]
fn refuses_what_is_not_canonical() {
    let (text, int, list) = (Field::Case, Field::Count, Field::Rule);
    let (value, order) = (RecordError::Value, RecordError::Order);
    let long = vec![b'a'; limits::RECORD_TEXT_BYTES + 1];
    for (what, bytes, expected) in [
        ("text twice", raw(&[(4, 1, b"a"), (4, 1, b"a")]), order(4)),
        ("out of order", raw(&[(5, 1, b"a"), (4, 1, b"a")]), order(4)),
        ("no such field", raw(&[(60, 1, b"a")]), RecordError::UnknownField(60)),
        ("field zero", raw(&[(0, 1, b"a")]), RecordError::UnknownField(0)),
        ("other type", raw(&[(4, 2, &[0; 8])]), RecordError::Type { field: 4, found: 2 }),
        ("no such type", raw(&[(4, 9, b"a")]), RecordError::Type { field: 4, found: 9 }),
        ("no UTF-8", one(text, &[0xFF]), RecordError::Text(4)),
        ("long text", one(text, &long), value(4)),
        ("short int", one(int, &[0; 7]), value(28)),
        ("long int", one(int, &[0; 9]), value(28)),
        ("short commitment", one(Field::Item, &[0; 31]), value(2)),
        ("empty list", one(list, &[0, 0, 0, 0]), value(15)),
        ("list without total", one(list, &[0, 0]), value(15)),
        ("more kept than there were", one(list, &[0, 0, 0, 0, 0, 0, 0, 1, b'a']), value(15)),
        ("text beyond its list", one(list, &[0, 0, 0, 1, 0, 0, 0, 2, b'a']), value(15)),
        ("bytes after a list", one(list, &[0, 0, 0, 1, 0, 0, 0, 1, b'a', 0]), value(15)),
        ("no UTF-8 in a list", one(list, &[0, 0, 0, 1, 0, 0, 0, 1, 0xC3]), RecordError::Text(15)),
        ("long list", one(list, &[0; limits::RECORD_LIST_BYTES + 1]), value(15)),
    ] {
        check(what, &bytes, &expected);
    }
}

#[test]
fn refuses_bad_heads_and_ends() {
    let good = raw(&[(4, 1, b"a")]);
    assert!(decode(&good).is_ok());
    let changed = |place: usize, byte: u8| {
        let mut bytes = good.clone();
        bytes[place] = byte;
        bytes
    };
    let limit = limits::RECORD_BYTES;
    check("version", &changed(0, 2), &RecordError::Version(2));
    check("fact", &changed(18, 99), &RecordError::UnknownFact(99));
    check("more fields than there are", &changed(COUNT + 1, 2), &RecordError::Short);
    check("fewer fields", &changed(COUNT + 1, 0), &RecordError::Trailing(8));
    check("trailing", &[&good[..], &[0]].concat(), &RecordError::Trailing(1));
    check("large", &vec![1; limit + 1], &RecordError::TooLong { bytes: limit + 1, limit });
    assert!(matches!(decode(&changed(9, 0x80)), Err(RecordError::Time(_))));
    for end in 0..good.len() {
        check("cut", &good[..end], &RecordError::Short);
    }
}

#[test]
fn the_largest_fact_fits_a_record() {
    let long = "ö".repeat(5_000);
    let fact =
        FIELDS.iter().fold(Fact::new(FactKind::DecisionMade), |fact, spec| match spec.value_type {
            ValueType::Text => fact.text(spec.field, &long),
            ValueType::Int => fact.int(spec.field, u64::MAX),
            ValueType::Commitment => fact.commitment(spec.field, [255; 32]),
            ValueType::List => fact.list(spec.field, vec![&long; 5_000]),
        });
    let (_, record) = append(&Head::start(), &fact, at(0));
    assert!(record.bytes.len() <= limits::RECORD_BYTES, "{}", record.bytes.len());
    assert_eq!(to_json(&record)["cut"], json!({ "rule": 5_000, "label": 5_000, "keyword": 5_000 }));
}

#[test]
fn shows_records_as_json() {
    let fact = fact(FactKind::CaseMoved).list(Field::Rule, ["one", "two"]).int(Field::Count, 3_u8);
    let (_, record) = append(&Head::start(), &fact.commitment(Field::Item, [0xAB; 32]), at(0));
    let expected = json!({
        "seq": 0,
        "at": "2026-01-01T00:00:00.000007Z",
        "kind": "case_moved",
        "fields": {
            "item": "ab".repeat(32),
            "case": "case of the Ashen Front, ٣ й",
            "user": "user of the Ashen Front, ٣ й",
            "rule": ["one", "two"],
            "queue": "queue of the Ashen Front, ٣ й",
            "count": 3,
        },
        "previous": "0".repeat(64),
        "hash": hex::encode(record.hash),
    });
    assert_eq!(to_json(&record), expected);
}

#[test]
fn a_changed_record_never_reads_as_the_same() {
    for record in chain().1 {
        for place in 0..record.bytes.len() {
            let mut bytes = record.bytes.clone();
            bytes[place] ^= 1;
            assert!(decode(&bytes).map_or(true, |read| read != record));
        }
    }
}

proptest! {
    #[test]
    fn gives_back_what_went_in(facts in prop::collection::vec(any_fact(), 1..4)) {
        for record in chain_of(&facts).1 {
            let read = decode(&record.bytes).unwrap();
            prop_assert_eq!(&read, &record);
            let head = Head { next: read.seq, hash: read.previous };
            prop_assert_eq!(append(&head, &read.fact, read.at).1.bytes, record.bytes);
        }
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(decode(&bytes).is_err());
    }

    #[test]
    fn what_reads_at_all_is_canonical(
        which in 0_usize..25, place in any::<prop::sample::Index>(), byte in any::<u8>()
    ) {
        let record = &chain().1[which];
        let mut bytes = record.bytes.clone();
        let place = place.index(bytes.len());
        bytes[place] = byte;
        if let Ok(read) = decode(&bytes) {
            let head = Head { next: read.seq, hash: read.previous };
            prop_assert_eq!(append(&head, &read.fact, read.at).1.bytes, bytes);
        }
    }
}
