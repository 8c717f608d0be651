//! Banks that change: entries that join, leave, are doubted and confirmed, without a new build.

#![allow(clippy::unwrap_used)]

use model::{
    BankChange, BankEntry, BankSettings, EntryId, EntryStatus, History, MediaId, SignalValue,
    Signals, Timestamp, parse_item,
};
use signals::banks::parse_bank;
use signals::media::{MediaFacts, PictureFacts};
use signals::pdq::{Pdq, PdqHash};
use signals::{Banks, Quarantined, SIGNALS, Supplied, Wanted, measure, measure_wanted};
use std::collections::BTreeMap;

fn entries(rows: &str, first: usize) -> Vec<BankEntry> {
    let file = format!("kind,value,requires\n{rows}");
    let (mut entries, problems) = parse_bank("b.csv", "b", file.as_bytes());
    assert_eq!(problems, []);
    for (number, entry) in entries.iter_mut().enumerate() {
        entry.id = Some(EntryId::new(format!("entry_{:032x}", first + number)).unwrap());
    }
    entries
}

const FIRST: &str = "term,dawn chorus,\nterm,lantern,harbour\ndomain,files.example,\n\
    text,the tide tables of the northern harbours are printed twice a year by the office,\n\
    url_prefix,https://mirror.example/drop,\nsha256,\
    000000000000000000000000000000000000000000000000000000000000000a,\naccount,harbour/b,\n";
const SECOND: &str = "term,evening bell,\nterm,dawn,\nurl,https://files.example/x,\n\
    pdq,ffffffffffffffff0000000000000000ffffffffffffffff0000000000000000,\n";
const TEXT: &str = "The dawn chorus, the lantern in the harbour and the evening bell: see \
    https://files.example/x and https://mirror.example/drop/1. The tide tables of the northern \
    harbours are printed twice a year by the office!";

fn at() -> Timestamp {
    Timestamp::parse("2026-03-01T12:00:00Z").unwrap()
}

/// A picture whose hash is `bits` away from the entry of [`SECOND`].
fn picture(bits: usize, quality: u8) -> Supplied {
    let mut digits = "ffffffffffffffff0000000000000000ffffffffffffffff0000000000000000".to_owned();
    digits.replace_range(..bits / 4, &"0".repeat(bits / 4));
    let hash = PdqHash::parse(&digits).unwrap();
    let pdq = Pdq { hash, quality, dihedral: [hash; 8] };
    let picture = PictureFacts {
        format: "png".to_owned(),
        width: 64,
        height: 64,
        pdq,
        further_views: Vec::new(),
        views_left_out: None,
    };
    let mut sha256 = [0; 32];
    sha256[31] = 10;
    let facts = MediaFacts { bytes: 1, sha256, md5: [0; 16], picture: Ok(picture), video: None };
    Supplied { media: vec![(MediaId::new("m").unwrap(), Ok(facts))] }
}

fn signals_of(banks: &Banks, supplied: &Supplied, wanted: Wanted) -> Signals {
    let item = serde_json::json!({
        "service": "harbour", "id": "1", "kind": "post", "created_at": "2026-03-01T12:00:00Z",
        "author": {"id": "b"}, "text": TEXT, "media": [{"id": "m", "kind": "image"}],
    });
    let item = parse_item(item.to_string().as_bytes()).unwrap();
    measure_wanted(&item, banks, &History::default(), (supplied, wanted), at())
}

fn added(added: Vec<BankEntry>) -> BankChange {
    BankChange { added, moved: Vec::new() }
}

fn moved(entry: BankEntry) -> BankChange {
    BankChange { added: Vec::new(), moved: vec![entry] }
}

fn found(banks: &Banks) -> Vec<String> {
    let signals = signals_of(banks, &picture(0, 80), Wanted::default());
    signals.matches.iter().map(|found| found.entry.chars().take(12).collect()).collect()
}

fn count(signals: &Signals, name: &str) -> i64 {
    let place = SIGNALS.iter().position(|spec| spec.name == name).unwrap();
    match signals.values[place] {
        SignalValue::Int(count) => count,
        ref other => panic!("{name} is {other:?}"),
    }
}

#[test]
fn what_changed_since_matches_as_if_all_had_been_built_at_once() {
    let (first, second) = (entries(FIRST, 0), entries(SECOND, 100));
    let whole = Banks::build([first.clone(), second.clone()].concat(), 9);
    let changed = Banks::build(first.clone(), 8).changed(added(second.clone()), 9);
    let one_by_one = second.iter().fold(Banks::build(first.clone(), 1), |banks, entry| {
        let revision = banks.revision() + 1;
        banks.changed(added(vec![entry.clone()]), revision)
    });
    assert_eq!(found(&whole).len(), 11, "{:?}", found(&whole));
    assert_eq!(found(&changed), found(&whole));
    assert_eq!(found(&one_by_one), found(&whole));
    assert_eq!((changed.revision(), changed.len()), (9, whole.len()));
    assert_eq!(
        found(&Banks::default().changed(added(first.clone()), 1)),
        found(&Banks::build(first, 1))
    );
}

#[test]
fn a_changed_status_counts_at_once_whatever_the_kind() {
    let all = [entries(FIRST, 0), entries(SECOND, 100)].concat();
    let banks = Banks::build(all.clone(), 1);
    for entry in &all {
        let name: String = entry.value.chars().take(12).collect();
        let with = |status| {
            let banks = banks.changed(moved(BankEntry { status, ..entry.clone() }), 2);
            (found(&banks), banks)
        };
        for status in [EntryStatus::Retired, EntryStatus::Disputed] {
            let (left, changed) = with(status);
            assert_eq!(left.len(), found(&banks).len() - 1, "{name} {status:?}");
            assert!(!left.contains(&name), "{name} {status:?}");
            let confirmed = BankEntry { status: EntryStatus::Active, ..entry.clone() };
            assert_eq!(found(&changed.changed(moved(confirmed), 3)), found(&banks), "{name}");
            let mut rebuilt = all.clone();
            rebuilt.iter_mut().filter(|one| one.id == entry.id).for_each(|one| one.status = status);
            assert_eq!(found(&Banks::build(rebuilt, 2)), left, "{name} {status:?}");
        }
        let (still, quarantined) = with(EntryStatus::Quarantined);
        assert_eq!(still, found(&banks), "{name}");
        let signals = signals_of(&quarantined, &picture(0, 80), Wanted::default());
        assert_eq!(count(&signals, "match.quarantined"), 1, "{name}");
        let told: Vec<bool> = signals.matches.iter().map(|found| found.is_quarantined).collect();
        assert_eq!(told.iter().filter(|told| **told).count(), 1, "{name}");
        let wanted = Wanted { quarantined: Quarantined::LeftOut, ..Wanted::default() };
        let without = signals_of(&quarantined, &picture(0, 80), wanted);
        assert_eq!(without.matches.len(), still.len() - 1, "{name}");
        assert_eq!(count(&without, "match.quarantined"), 0, "{name}");
    }
}

#[test]
fn a_bank_says_what_holds_for_entries_that_do_not() {
    let settings = |distance_bits, quality| {
        let settings = BankSettings { distance_bits, quality, flood_items: None };
        BTreeMap::from([("b".to_owned(), settings)])
    };
    let mut own = entries(SECOND, 0);
    own[3].distance_bits = Some(8);
    own[3].quality = Some(10);
    let banks = Banks::build(entries(SECOND, 0), 1);
    let own = Banks::build(own, 1);
    for (banks, settings, bits, quality, matches) in [
        (&banks, settings(None, None), 28, 50, true),
        (&banks, settings(None, None), 32, 50, false),
        (&banks, settings(None, None), 28, 49, false),
        (&banks, settings(Some(20), None), 20, 50, true),
        (&banks, settings(Some(20), None), 24, 50, false),
        (&banks, settings(Some(60), None), 60, 50, true),
        (&banks, settings(None, Some(30)), 0, 30, true),
        (&banks, settings(None, Some(30)), 0, 29, false),
        (&banks, settings(None, Some(80)), 0, 79, false),
        (&own, settings(Some(60), Some(80)), 8, 10, true),
        (&own, settings(Some(60), Some(80)), 12, 10, false),
    ] {
        let banks = banks.clone().with_settings(settings.clone());
        let signals = signals_of(&banks, &picture(bits, quality), Wanted::default());
        let found = signals.matches.iter().any(|found| found.distance_bits.is_some());
        assert_eq!(found, matches, "{settings:?} {bits} {quality}");
    }
}

#[test]
fn terms_are_counted_by_how_they_were_found() {
    let file = "kind,value,views\nterm,lantern,\nterm,harbour,typos\nterm,évening,\n";
    let (entries, problems) = parse_bank("b.csv", "b", file.as_bytes());
    assert_eq!(problems, []);
    let banks = Banks::build(entries, 1);
    for (text, counts) in [
        ("the lantern", [1, 1, 1, 0, 0]),
        ("the l.a.n.t.e.r.n", [1, 0, 0, 1, 0]),
        ("the l4nt3rn of the harbuor", [2, 0, 0, 1, 1]),
        ("an evening", [1, 0, 0, 0, 0]),
    ] {
        let item = serde_json::json!({
            "service": "harbour", "id": "1", "kind": "post", "text": text,
            "created_at": "2026-03-01T12:00:00Z", "author": {"id": "b"},
        });
        let item = parse_item(item.to_string().as_bytes()).unwrap();
        let signals = measure(&item, &banks, &History::default(), &Supplied::default(), at());
        let names = ["term.count", "term.exact_count", "term.spelled_count"];
        let names = names.iter().chain(&["term.disguised_count", "term.fuzzy_count"]);
        let got: Vec<i64> = names.map(|name| count(&signals, name)).collect();
        assert_eq!(got, counts, "{text}");
        assert_eq!(count(&signals, "term.unchecked"), 0);
    }
}

#[test]
fn a_hash_that_the_service_states_stands_in_for_a_picture_that_did_not_come() {
    let banks = Banks::build(entries(SECOND, 0), 1);
    let hash = "ffffffffffffffff0000000000000000ffffffffffffffff0000000000000000";
    let near = "00ffffffffffffff0000000000000000ffffffffffffffff0000000000000000";
    let far = "0000ffffffffffff000000000000ffffffffffffffffffff000000000000ffff";
    for (stated, expected) in [(hash, Some(0)), (near, Some(8)), (far, None)] {
        let item = serde_json::json!({
            "service": "harbour", "id": "1", "kind": "image", "author": {"id": "b"},
            "created_at": "2026-03-01T12:00:00Z",
            "media": [{"id": "m", "kind": "image", "pdq": stated}],
        });
        let item = parse_item(item.to_string().as_bytes()).unwrap();
        let signals = measure(&item, &banks, &History::default(), &Supplied::default(), at());
        let found = signals.matches.first().and_then(|found| found.distance_bits);
        assert_eq!(found, expected, "{stated}");
        assert_eq!(count(&signals, "media.missing"), 1);
    }
    let wrong = r#"{"service":"h","id":"1","kind":"image","author":{"id":"b"},
        "created_at":"2026-03-01T12:00:00Z","media":[{"id":"m","kind":"image","pdq":"f0"}]}"#;
    let problem = parse_item(wrong.as_bytes()).unwrap_err().to_string();
    assert!(problem.contains("media[0].pdq: not a PDQ hash"), "{problem}");
}
