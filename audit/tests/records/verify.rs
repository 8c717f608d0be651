//! The verifier names the first record that does not hold, and why.

use crate::sample::{at, chain, fact};
use audit::{Broken, BrokenKind, FACTS, FactKind, Head, Record, RecordError, Verifier, append};
use proptest::prelude::*;

fn verify(records: &[Record], expected: Option<&Head>) -> Result<Head, Broken> {
    let mut verifier = Verifier::new();
    for record in records {
        verifier.push(&record.bytes, &record.hash)?;
    }
    verifier.finish(expected)
}

fn check(what: &str, change: impl Fn(&mut Vec<Record>), seq: u64, why: BrokenKind) {
    let (head, mut records) = chain();
    change(&mut records);
    assert_eq!(verify(&records, Some(&head)), Err(Broken { seq, why }), "{what}");
}

/// A record that is whole in itself, at that place after that hash.
fn forged(next: u64, hash: [u8; 32]) -> Record {
    append(&Head { next, hash }, &fact(FactKind::SettingsChanged), at(0)).1
}

#[test]
fn a_whole_chain_holds() {
    let (head, records) = chain();
    assert_eq!(verify(&records, Some(&head)), Ok(head));
    assert_eq!(verify(&records, None), Ok(head));
    assert_eq!(verify(&[], Some(&Head::start())), Ok(Head::start()));
    assert_eq!(Verifier::default().head(), Head::start());
}

#[test]
fn names_the_first_broken_record() {
    let at_end = |expected| BrokenKind::Missing { expected };
    let (all, last) = (FACTS.len() as u64, FACTS.len() - 1);
    check("byte", |r| r[7].bytes[30] ^= 4, 7, BrokenKind::Hash);
    check("hash", |r| r[0].hash[31] ^= 1, 0, BrokenKind::Hash);
    check("two", |r| (r[9].hash[0], r[4].bytes[0]) = (0, 9), 4, BrokenKind::Hash);
    check("dropped", |r| drop(r.remove(3)), 3, BrokenKind::Gap { found: 4 });
    check("swapped", |r| r.swap(3, 4), 3, BrokenKind::Gap { found: 4 });
    check("doubled", |r| r.insert(6, r[5].clone()), 6, BrokenKind::Repeated { found: 5 });
    check("earlier again", |r| r[6] = r[2].clone(), 6, BrokenKind::Repeated { found: 2 });
    check("cut", |r| r.truncate(25), 25, at_end(all));
    check("emptied", Vec::clear, 0, at_end(all));
    check("forged alone", |r| r[5] = forged(5, [1; 32]), 5, BrokenKind::Previous);
    check("forged in place", |r| r[5] = forged(5, r[4].hash), 6, BrokenKind::Previous);
    let forge = |r: &mut Vec<Record>| r[last] = forged(all - 1, r[last - 1].hash);
    check("forged last", forge, all - 1, BrokenKind::Replaced);
    let add = |r: &mut Vec<Record>| r.push(forged(all, r[last].hash));
    check("one more", add, all, BrokenKind::Surplus { expected: all });
}

#[test]
fn a_hash_made_for_bytes_that_are_no_record_does_not_help() {
    use sha2::{Digest, Sha256};
    let bytes = b"\x02 some other encoding";
    let hash = Sha256::new().chain_update(b"seawall/record/1\0").chain_update(bytes).finalize();
    let broken = Verifier::new().push(bytes, &hash).unwrap_err();
    let why = BrokenKind::Encoding(RecordError::Version(2));
    assert_eq!(broken, Broken { seq: 0, why });
    assert_eq!(
        broken.to_string(),
        "record 0 does not hold: it is of version 2, which this program does not know"
    );
}

#[test]
fn stays_broken() {
    let (_, records) = chain();
    let mut verifier = Verifier::new();
    let first = verifier.push(&records[1].bytes, &records[1].hash).unwrap_err();
    assert_eq!(verifier.push(&records[0].bytes, &records[0].hash), Err(first.clone()));
    assert_eq!(verifier.finish(None), Err(first));
}

#[test]
fn goes_on_from_a_known_head() {
    let (head, records) = chain();
    let mut verifier = Verifier::after(Head { next: 10, hash: records[9].hash });
    for record in &records[10..] {
        verifier.push(&record.bytes, &record.hash).unwrap();
    }
    assert_eq!(verifier.finish(Some(&head)), Ok(head));
}

#[test]
fn an_older_head_must_be_part_of_the_chain() {
    let (_, records) = chain();
    let verify = |earlier, count: usize| {
        let mut verifier = Verifier::new().containing(earlier);
        for record in &records[..count] {
            verifier.push(&record.bytes, &record.hash)?;
        }
        verifier.finish(None).map(|head| head.next)
    };
    let at_ten = Head { next: 10, hash: records[9].hash };
    assert_eq!(verify(at_ten, 34), Ok(34));
    assert_eq!(verify(Head::start(), 34), Ok(34));
    let why = BrokenKind::Missing { expected: 10 };
    assert_eq!(verify(at_ten, 9), Err(Broken { seq: 9, why }));
    let other = Head { next: 10, hash: [3; 32] };
    assert_eq!(verify(other, 34), Err(Broken { seq: 9, why: BrokenKind::Replaced }));
}

proptest! {
    #[test]
    fn any_change_of_any_record_is_found_there(
        which in 0_usize..26, place in any::<prop::sample::Index>(), bits in 1_u8..
    ) {
        let (head, mut records) = chain();
        let place = place.index(records[which].bytes.len());
        records[which].bytes[place] ^= bits;
        let broken = verify(&records, Some(&head)).unwrap_err();
        prop_assert_eq!(broken, Broken { seq: which as u64, why: BrokenKind::Hash });
    }
}
