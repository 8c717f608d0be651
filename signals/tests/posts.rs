//! The banks over the real posts: every expected pair is found, and anything further is listed.

#![allow(clippy::unwrap_used)]

use model::{
    EntryKind, Grade, History, Item, Match, MediaId, Missing, NearItems, SignalValue, Signals,
    Timestamp, limits, parse_item,
};
use signals::banks::parse_bank;
use signals::fold::{Fold, fold, is_mark};
use signals::media::{MediaFacts, measure_bytes};
use signals::terms::{TermEntry, TermIndex};
use signals::{Banks, SIGNALS, Supplied, measure};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

fn data() -> Option<PathBuf> {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data"));
    if folder.is_dir() {
        return Some(folder.to_owned());
    }
    println!("skipped: there is no folder {}", folder.display());
    None
}

fn banks(folder: &Path, names: &[&str]) -> Banks {
    let mut entries = Vec::new();
    for name in names {
        let file = format!("{name}.csv");
        let bytes = std::fs::read(folder.join("banks").join(&file)).unwrap();
        let (mut rows, problems) = parse_bank(&file, name, &bytes);
        assert_eq!(problems, []);
        entries.append(&mut rows);
    }
    Banks::build(entries, 1)
}

fn supplied(folder: &Path, item: &Item) -> Supplied {
    let read = |path: &str| -> Result<MediaFacts, Missing> {
        let bytes = std::fs::read(folder.join("posts").join(path));
        bytes.map(|bytes| measure_bytes(&bytes)).map_err(|e| Missing::because(e.to_string()))
    };
    let media = item.media.iter();
    Supplied {
        media: media.map(|m| (m.id.clone(), read(m.path.as_deref().unwrap_or_default()))).collect(),
    }
}

fn at() -> Timestamp {
    Timestamp::parse("2026-02-01T00:00:00Z").unwrap()
}

fn pair(item: &Item, found: &Match) -> (String, String) {
    let entry = match found.kind {
        EntryKind::Pdq => "pdq".to_owned(),
        kind => format!("{}:{}", kind.as_str(), found.entry),
    };
    (item.id.to_string(), entry)
}

/// A text in the fold in which a match of a grade is equal to its entry.
fn folded(text: &str, grade: Grade) -> String {
    match grade {
        Grade::Exact => fold(text, Fold::Exact).text().to_owned(),
        Grade::StrictFold => fold(text, Fold::Strict).text().to_owned(),
        Grade::AccentInsensitive => {
            let strict = fold(text, Fold::Strict);
            strict.text().chars().filter(|&c| !is_mark(c)).collect()
        }
        Grade::Disguised | Grade::Fuzzy | Grade::Near => panic!("{grade:?} in ordinary text"),
    }
}

fn check_spans(item: &Item, signals: &Signals) {
    for found in signals.matches.iter().filter(|found| found.kind == EntryKind::Term) {
        assert!(!found.spans.is_empty());
        for span in &found.spans {
            let there = &item.text[span.start..span.end];
            let wanted = folded(&found.entry, found.grade);
            assert_eq!(folded(there, found.grade), wanted, "{}", item.id);
            let units: Vec<u16> = item.text.encode_utf16().collect();
            let cut = String::from_utf16(&units[span.utf16.start..span.utf16.end]).unwrap();
            assert_eq!(cut, there);
        }
    }
}

/// What may be found beyond the expected table, each with the reason why it is right.
const FURTHER: &[(&str, &str, &str)] = &[
    ("p01047", "pdq", "turned by 90 degrees"),
    ("p02685", "pdq", "mirrored on the rising diagonal"),
    ("p03306", "pdq", "turned by 180 degrees"),
    ("p03600", "term:الجامعة", "behind a letter that Arabic joins to the front of a word"),
    ("p03900", "pdq", "mirrored from top to bottom"),
    ("p04045", "term:yekemîn", "written without the accent"),
    ("p04310", "pdq", "turned by 270 degrees"),
    ("p04821", "pdq", "mirrored from left to right"),
    ("p05841", "pdq", "mirrored on the falling diagonal"),
];

fn expected_pairs(folder: &Path) -> BTreeSet<(String, String)> {
    let table = std::fs::read_to_string(folder.join("posts/expected_matches.csv")).unwrap();
    let rows = table.lines().skip(1).filter_map(|line| line.split_once(','));
    rows.map(|(item, entry)| (item.to_owned(), entry.to_owned())).collect()
}

fn print_further(item: &Item, found: &Match) {
    let place = found.spans.first().map_or("", |span| &item.text[span.start..span.end]);
    let (_, entry) = pair(item, found);
    let (grade, bits) = (found.grade, found.distance_bits);
    println!("further: {} {entry} {grade:?} distance {bits:?} {place:?}", item.id);
}

#[test]
fn every_expected_match_is_found() {
    let Some(folder) = data() else { return };
    let banks = banks(&folder, &["terms", "urls", "images"]);
    assert_eq!(banks.len(), 44);
    let expected = expected_pairs(&folder);
    assert_eq!(expected.len(), 53);
    let posts = std::fs::read(folder.join("posts/posts.jsonl")).unwrap();
    let mut found = BTreeSet::new();
    for line in posts.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()) {
        let item = parse_item(line).unwrap();
        let supplied = supplied(&folder, &item);
        let signals = measure(&item, &banks, &History::default(), &supplied, at());
        assert_eq!(signals, measure(&item, &banks, &History::default(), &supplied, at()));
        assert_eq!(signals.values.len(), SIGNALS.len());
        check_spans(&item, &signals);
        for one in &signals.matches {
            if !expected.contains(&pair(&item, one)) {
                print_further(&item, one);
            }
            found.insert(pair(&item, one));
        }
    }
    let lost: Vec<_> = expected.difference(&found).collect();
    assert!(lost.is_empty(), "not found: {lost:?}");
    let further: Vec<_> = found.difference(&expected).cloned().collect();
    let known: Vec<(String, String)> =
        FURTHER.iter().map(|(item, entry, _)| ((*item).into(), (*entry).into())).collect();
    assert_eq!(further, known);
}

fn text_files(folder: &Path) -> Vec<(String, PathBuf)> {
    let mut files = Vec::new();
    for genre in std::fs::read_dir(folder.join("text")).unwrap().flatten() {
        if !genre.path().is_dir() {
            continue;
        }
        for file in std::fs::read_dir(genre.path()).unwrap().flatten() {
            files.push((genre.file_name().to_string_lossy().into_owned(), file.path()));
        }
    }
    files.sort();
    files
}

/// Terms on ordinary text: wherever one is found, the words there fold to the term's words.
#[test]
fn terms_on_ordinary_text_are_the_terms() {
    let Some(folder) = data() else { return };
    let banks = banks(&folder, &["terms"]);
    let terms = TermIndex::build(
        banks.entries().map(|e| TermEntry { case: e.case, ..TermEntry::plain(&e.value) }),
    );
    let mut counts: BTreeMap<String, (usize, usize, usize)> = BTreeMap::new();
    for (genre, file) in text_files(&folder) {
        let bytes = std::fs::read(&file).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        for line in text.lines() {
            let count = counts.entry(genre.clone()).or_default();
            count.0 += 1;
            for hit in terms.search(line) {
                let entry = &banks.entries().nth(hit.entry).unwrap().value;
                for span in &hit.spans {
                    let there = folded(&line[span.start..span.end], hit.grade);
                    assert_eq!(there, folded(entry, hit.grade), "{} in {line}", file.display());
                }
                match hit.grade {
                    Grade::Exact => count.1 += 1,
                    grade => {
                        println!("{grade:?}: {genre}: {entry} in {line}");
                        count.2 += 1;
                    }
                }
            }
        }
    }
    for (genre, (lines, exact, strict)) in &counts {
        println!("{genre}: {lines} lines, {exact} exact, {strict} looser");
    }
    assert!(counts.len() >= 5);
}

fn item(json: serde_json::Value) -> Item {
    parse_item(json.to_string().as_bytes()).unwrap()
}

fn bare(text: &str) -> Item {
    item(serde_json::json!({
        "service": "forum", "id": "p1", "kind": "post", "created_at": "2026-01-01T00:00:00Z",
        "author": {"id": "a1", "created_at": "2025-12-02T00:00:00Z"}, "text": text,
        "links": ["https://sub.harbour.example/x?utm_source=a", "not a url at all"],
        "media": [
            {"id": "m1", "kind": "image", "sha256": "AB".repeat(32)},
            {"id": "m2", "kind": "video"},
        ],
    }))
}

fn value<'a>(signals: &'a Signals, name: &str) -> &'a SignalValue {
    let row = SIGNALS.iter().position(|spec| spec.name == name).unwrap();
    &signals.values[row]
}

fn bank(rows: &str) -> Banks {
    let csv = format!("kind,value,policy,labels,expires_at\n{rows}");
    let (entries, problems) = parse_bank("test.csv", "test", csv.as_bytes());
    assert_eq!(problems, []);
    Banks::build(entries, 7)
}

#[test]
fn values_stand_in_the_order_of_the_list() {
    let sha256 = "ab".repeat(32);
    let banks = bank(&format!(
        "term,harbour,harbour.rules,a;b,\nterm,old,gone,,2026-01-01T00:00:00Z\n\
         domain,harbour.example,,c,\nurl,http://sub.harbour.example/x/,,,\n\
         account,forum/a1,,,\nsha256,{sha256},media.rules,,\n"
    ));
    assert_eq!((banks.len(), banks.revision()), (6, 7));
    let item = bare("An old Harbour: https://harbour.example.");
    let signals = measure(&item, &banks, &History::default(), &Supplied::default(), at());
    let list =
        |texts: &[&str]| SignalValue::TextList(texts.iter().map(|&text| text.into()).collect());
    for (name, expected) in [
        ("text.length", SignalValue::Int(40)),
        ("text.words", SignalValue::Int(6)),
        ("term.count", SignalValue::Int(1)),
        ("term.exact_count", SignalValue::Int(1)),
        ("term.entries", list(&["harbour"])),
        ("term.policies", list(&["harbour.rules"])),
        ("term.labels", list(&["a", "b"])),
        ("link.count", SignalValue::Int(2)),
        ("link.hosts", list(&["harbour.example", "sub.harbour.example"])),
        ("link.domains", list(&["harbour.example"])),
        ("link.unreadable", SignalValue::Int(1)),
        ("url.matches", SignalValue::Int(1)),
        ("domain.matches", SignalValue::Int(1)),
        ("account.matches", SignalValue::Int(1)),
        ("media.count", SignalValue::Int(2)),
        ("media.missing", SignalValue::Int(2)),
        ("picture.count", SignalValue::Int(1)),
        ("picture.unreadable", SignalValue::Int(1)),
        ("sha256.matches", SignalValue::Int(1)),
        ("pdq.matches", SignalValue::Int(0)),
        ("match.count", SignalValue::Int(5)),
        ("match.banks", list(&["test"])),
        ("match.policies", list(&["harbour.rules", "media.rules"])),
        ("match.labels", list(&["a", "b", "c"])),
        ("account.age_days", SignalValue::Int(61)),
        ("account.labels", list(&[])),
    ] {
        assert_eq!(value(&signals, name), &expected, "{name}");
    }
    for name in ["pdq.distance_bits", "pdq.quality", "account.followers", "notice.count"] {
        assert!(matches!(value(&signals, name), SignalValue::Missing(_)), "{name}");
    }
    let kinds: Vec<EntryKind> = signals.matches.iter().map(|found| found.kind).collect();
    use EntryKind::{Account, Domain, Sha256, Term, Url};
    assert_eq!(kinds, [Term, Domain, Url, Account, Sha256]);
    assert_eq!(signals.matches[1].link.as_deref(), Some(item.links[0].as_str()));
    let domain = &signals.matches[1].spans[0];
    assert_eq!(&item.text[domain.start..domain.end], "https://harbour.example");
    assert_eq!(signals.matches[4].media, Some(MediaId::new("m1").unwrap()));
}

#[test]
fn history_is_read_and_never_guessed() {
    let history = History {
        account_items_1h: Some(3),
        account_strikes: Some(2),
        account_violations: Some(1),
        item_notices: Some(0),
        account_labels: vec!["b".into(), "a".into(), "a".into()],
        near_items_24h: Some(NearItems { items: 5, other_accounts: 4 }),
        account_studies: None,
    };
    let signals = measure(&bare(""), &Banks::default(), &history, &Supplied::default(), at());
    for (name, expected) in [
        ("account.items_1h", SignalValue::Int(3)),
        ("account.strikes", SignalValue::Int(2)),
        ("account.violations", SignalValue::Int(1)),
        ("notice.count", SignalValue::Int(0)),
        ("text.near_items_24h", SignalValue::Int(5)),
        ("text.near_accounts_24h", SignalValue::Int(4)),
        ("account.labels", SignalValue::TextList(vec!["a".into(), "b".into()])),
    ] {
        assert_eq!(value(&signals, name), &expected, "{name}");
    }
}

#[test]
fn names_in_the_list_are_unique_and_documented() {
    let names: BTreeSet<&str> = SIGNALS.iter().map(|spec| spec.name).collect();
    assert_eq!(names.len(), SIGNALS.len());
    for spec in SIGNALS {
        assert!(spec.meaning.ends_with('.') && !spec.source.is_empty(), "{}", spec.name);
        assert!(spec.name.contains('.') && !spec.name.contains(' '), "{}", spec.name);
    }
}

#[test]
fn matches_are_bounded_and_counted() {
    let words: Vec<String> = (0..1_000).map(|n| format!("w{n}")).collect();
    let rows: String = words.iter().map(|word| format!("term,{word},,,\n")).collect();
    let banks = bank(&format!("{rows}account,forum/a1,,,\n"));
    let item = bare(&words.join(" "));
    let signals = measure(&item, &banks, &History::default(), &Supplied::default(), at());
    assert_eq!(signals.matches.len(), limits::ITEM_MATCHES);
    assert_eq!(signals.matches.last().unwrap().kind, EntryKind::Account);
    assert_eq!(value(&signals, "match.count"), &SignalValue::Int(1_001));
    assert_eq!(value(&signals, "term.count"), &SignalValue::Int(1_000));
}

#[test]
fn a_picture_turned_or_mirrored_is_the_same_picture() {
    let Some(folder) = data() else { return };
    let bytes = std::fs::read(folder.join("pdq/images/bridge-1-original.jpg")).unwrap();
    let facts = measure_bytes(&bytes);
    let pdq = facts.picture.clone().unwrap().pdq;
    let item = item(serde_json::json!({
        "service": "forum", "id": "p1", "kind": "image", "created_at": "2026-01-01T00:00:00Z",
        "author": {"id": "a1"}, "media": [{"id": "m1", "kind": "image"}],
    }));
    let supplied = Supplied { media: vec![(MediaId::new("m1").unwrap(), Ok(facts))] };
    for (index, hash) in pdq.dihedral.iter().enumerate() {
        let banks = bank(&format!("pdq,{hash},,,\n"));
        let signals = measure(&item, &banks, &History::default(), &supplied, at());
        let grade = if *hash == pdq.hash { Grade::Exact } else { Grade::Near };
        assert_eq!(signals.matches.len(), 1, "{index}");
        assert_eq!(signals.matches[0].grade, grade, "{index}");
        assert_eq!(value(&signals, "pdq.distance_bits"), &SignalValue::Int(0));
        assert_eq!(value(&signals, "pdq.quality"), &SignalValue::Int(pdq.quality.into()));
    }
}
