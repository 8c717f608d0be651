//! Entries that take matches away.

#![allow(clippy::unwrap_used)]

use model::{EntryKind, History, MediaId, SignalValue, Signals, Timestamp, parse_item};
use signals::banks::{parse_bank, write_csv};
use signals::media::{MediaFacts, measure_bytes};
use signals::{Banks, SIGNALS, Supplied, measure};

fn measured(bank: &str, text: &str, media: Option<MediaFacts>) -> Signals {
    let (entries, problems) = parse_bank("b.csv", "b", bank.as_bytes());
    assert_eq!(problems, []);
    let (again, problems) = parse_bank("b.csv", "b", write_csv(&entries).as_bytes());
    assert_eq!((again, problems), (entries.clone(), vec![]), "written and read again");
    let mut json = serde_json::json!({
        "service": "harbour", "id": "1", "kind": "post", "created_at": "2026-03-01T12:00:00Z",
        "author": {"id": "a"}, "text": text,
    });
    let mut supplied = Supplied::default();
    if let Some(facts) = media {
        json["media"] = serde_json::json!([{"id": "m", "kind": "image"}]);
        supplied.media = vec![(MediaId::new("m").unwrap(), Ok(facts))];
    }
    let item = parse_item(json.to_string().as_bytes()).unwrap();
    let at = Timestamp::parse("2026-03-01T12:00:00Z").unwrap();
    measure(&item, &Banks::build(entries, 1), &History::default(), &supplied, at)
}

fn counted(signals: &Signals, name: &str) -> i64 {
    let place = SIGNALS.iter().position(|spec| spec.name == name).unwrap();
    match signals.values[place] {
        SignalValue::Int(count) => count,
        ref other => panic!("{name} is {other:?}"),
    }
}

#[test]
fn what_lies_in_a_suppressing_entry_is_no_match() {
    let bank = "kind,value,effect\n\
                term,dawn,\n\
                term,rising dawn chorus,suppress\n\
                domain,files.example,\n\
                url,https://files.example/known/good,suppress\n\
                account,harbour/b,\n";
    for (text, entries, suppressed) in [
        ("a rising dawn chorus at six", &[][..], 1),
        ("a rising dawn chorus at dawn", &["dawn"], 0),
        ("rising dawn", &["dawn"], 0),
        ("nothing", &[], 0),
        ("https://files.example/known/good", &[], 1),
        ("https://files.example/known/good https://files.example/other", &["files.example"], 0),
    ] {
        let signals = measured(bank, text, None);
        let found: Vec<&str> = signals.matches.iter().map(|found| found.entry.as_str()).collect();
        assert_eq!(found, entries, "{text}");
        assert_eq!(counted(&signals, "match.suppressed"), suppressed, "{text}");
        assert_eq!(counted(&signals, "match.count"), entries.len() as i64, "{text}");
    }
}

fn picture(step: u32) -> (MediaFacts, String) {
    let picture = image::RgbImage::from_fn(256, 192, |x, y| {
        image::Rgb([(x * step / 7 + y) as u8, (y * 3) as u8, (x / 3 * step) as u8])
    });
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    let facts = measure_bytes(&bytes.into_inner());
    let hash = facts.picture.as_ref().unwrap().pdq.hash.to_string();
    (facts, hash)
}

#[test]
fn a_known_good_picture_suppresses_what_is_near_but_not_the_same_file() {
    let (facts, hash) = picture(3);
    assert!(facts.picture.as_ref().unwrap().pdq.quality >= 50);
    let sha256 = hex::encode(facts.sha256);
    // Ten bits away, so that the good entry is the nearer one.
    let far = format!("{:0>64}", hash);
    let far: String =
        far.char_indices()
            .map(|(at, c)| {
                if at < 3 { char::from_digit(c.to_digit(16).unwrap() ^ 7, 16).unwrap() } else { c }
            })
            .collect();
    let near = measured(&format!("kind,value\npdq,{far}\n"), "", Some(facts.clone()));
    assert_eq!(near.matches.len(), 1, "it matches by itself");
    let bank = format!("kind,value,effect\npdq,{far},\npdq,{hash},suppress\nsha256,{sha256},\n");
    let both = measured(&bank, "", Some(facts));
    let kinds: Vec<EntryKind> = both.matches.iter().map(|found| found.kind).collect();
    assert_eq!(kinds, [EntryKind::Sha256], "{:?}", both.matches);
}

#[test]
fn an_entry_has_its_own_distance_and_quality() {
    let (facts, hash) = picture(3);
    let quality = facts.picture.as_ref().unwrap().pdq.quality;
    let flipped: String =
        hash.char_indices()
            .map(|(at, c)| {
                if at < 3 { char::from_digit(c.to_digit(16).unwrap() ^ 7, 16).unwrap() } else { c }
            })
            .collect();
    for (row, matches) in [
        (format!("{flipped},,"), 1),
        (format!("{flipped},9,"), 1),
        (format!("{flipped},8,"), 0),
        (format!("{flipped},63,"), 1),
        (format!("{hash},0,"), 1),
        (format!("{hash},,{quality}"), 1),
        (format!("{hash},,{}", (quality + 1).min(100)), i32::from(quality == 100)),
    ] {
        let bank = format!("kind,value,distance_bits,quality\npdq,{row}\n");
        let signals = measured(&bank, "", Some(facts.clone()));
        assert_eq!(signals.matches.len() as i32, matches, "{row}");
    }
    for (row, told) in [
        ("pdq,{hash},64,", "distance_bits"),
        ("pdq,{hash},,101", "quality"),
        ("term,dawn,3,", "distance_bits"),
    ] {
        let row = row.replace("{hash}", &hash);
        let bank = format!("kind,value,distance_bits,quality\n{row}\n");
        let (entries, problems) = parse_bank("b.csv", "b", bank.as_bytes());
        assert!(entries.is_empty());
        assert_eq!(problems[0].field, told, "{row}");
    }
}

#[test]
fn looser_views_and_other_terms_are_for_terms() {
    let read = |rows: &str| {
        parse_bank("b.csv", "b", format!("kind,value,views,requires,unless\n{rows}").as_bytes())
    };
    let (entries, problems) = read("term,dawn,typos;suffixes,pier;quay,chorus\n");
    assert_eq!(problems, []);
    assert_eq!(entries[0].requires, ["pier", "quay"]);
    assert_eq!(entries[0].unless, ["chorus"]);
    for (row, field) in [
        ("term,dawn,guesses,,", "views"),
        ("term,dawn,,!!,", "requires"),
        ("domain,a.example,typos,,", "views"),
        ("domain,a.example,,dawn,", "requires"),
        ("domain,a.example,,,dawn", "unless"),
    ] {
        assert_eq!(read(row).1[0].field, field, "{row}");
    }
}
