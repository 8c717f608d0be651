//! Known texts that are repeated with changes, and public texts that are quoted.

#![allow(clippy::unwrap_used)]

use model::{EntryKind, Grade, History, SignalValue, Signals, Timestamp, parse_item};
use signals::banks::parse_bank;
use signals::{Banks, LanguageWanted, SIGNALS, Supplied, Wanted, measure, measure_wanted};

fn measured(files: &[(&str, &str)], text: &str) -> Signals {
    let mut entries = Vec::new();
    for (name, bytes) in files {
        let (read, problems) = parse_bank(name, "b", bytes.as_bytes());
        assert_eq!(problems, [], "{name}");
        entries.extend(read);
    }
    let json = serde_json::json!({
        "service": "harbour", "id": "1", "kind": "post", "created_at": "2026-03-01T12:00:00Z",
        "author": {"id": "a"}, "text": text,
    });
    let item = parse_item(json.to_string().as_bytes()).unwrap();
    let at = Timestamp::parse("2026-03-01T12:00:00Z").unwrap();
    measure(&item, &Banks::build(entries, 1), &History::default(), &Supplied::default(), at)
}

fn value<'a>(signals: &'a Signals, name: &str) -> &'a SignalValue {
    &signals.values[SIGNALS.iter().position(|spec| spec.name == name).unwrap()]
}

const CALL: &str = "At first light we march on the old harbour and nobody will stay at home, \
                    because the ashen banner rises over every pier";

#[test]
fn a_known_text_is_found_with_changes_in_quotes_and_cut() {
    let bank = format!("kind,value,policy\ntext,\"{CALL}\",house.extremism\n");
    let changed = CALL.replace("nobody", "no one");
    let quoted = format!("I was sent this today: {CALL}. What should I do with it? Please advise.");
    let cut = &CALL[..90];
    for text in [CALL, &CALL.to_uppercase(), &changed, &quoted, cut] {
        let signals = measured(&[("b.csv", &bank)], text);
        let [found] = signals.matches.as_slice() else { panic!("{text}: {:?}", signals.matches) };
        assert_eq!((found.kind, found.grade), (EntryKind::Text, Grade::Near));
        assert!(!found.spans.is_empty());
        assert_eq!(value(&signals, "text.matches"), &SignalValue::Int(1));
        assert_eq!(value(&signals, "term.count"), &SignalValue::Int(0));
    }
    let other = "At first light the fishing boats leave the old harbour, and gulls follow them out";
    assert_eq!(measured(&[("b.csv", &bank)], other).matches, []);
}

#[test]
fn a_term_in_a_quotation_is_told_and_is_no_match() {
    let song = "The lantern on the seventh pier burns low\n\nand every ashen morning finds it so\n";
    let bank = "kind,value\nterm,ashen\nterm,lantern\n";
    let files = [("song.txt", song), ("b.csv", bank)];
    let quoted = "she sang: And every ASHEN morning finds it so!";
    let signals = measured(&files, quoted);
    assert_eq!(signals.matches, []);
    assert_eq!(value(&signals, "term.quoted"), &SignalValue::TextList(vec!["ashen".into()]));
    let SignalValue::Float(share) = value(&signals, "text.quoted_share") else { panic!() };
    assert!(*share > 0.6 && *share < 0.95, "{share}");

    let besides = "the ashen ones say: and every ashen morning finds it so";
    let signals = measured(&files, besides);
    let [found] = signals.matches.as_slice() else { panic!("{:?}", signals.matches) };
    assert_eq!(found.spans.len(), 1, "the one in the quotation is left out");
    assert_eq!(value(&signals, "term.quoted"), &SignalValue::TextList(vec![]));

    let none = measured(&files, "an ashen lantern");
    assert_eq!(none.matches.len(), 2);
    assert_eq!(value(&none, "text.quoted_share"), &SignalValue::Float(0.0));
}

#[test]
fn what_is_too_short_to_be_found_is_refused() {
    for (row, told) in [("text,too short", "write a term"), ("passage,short", "write a term")] {
        let (entries, problems) =
            parse_bank("b.csv", "b", format!("kind,value\n{row}\n").as_bytes());
        assert!(entries.is_empty());
        assert!(problems[0].problem.contains(told), "{row}: {}", problems[0].problem);
    }
    let (entries, problems) =
        parse_bank("law.txt", "b", b"\n1.\nNobody shall tie a boat here.\n\xFF\n");
    assert_eq!(entries.len(), 1, "a line number is no passage");
    assert_eq!((problems.len(), problems[0].line), (1, 4));
}

#[test]
fn the_language_is_told_where_somebody_asks_or_something_was_found() {
    let text = "the boats leave the harbour early in the morning and nobody watches them go";
    let asked = measured(&[], text);
    assert_eq!(value(&asked, "text.language"), &SignalValue::Text("en".into()));
    let json = serde_json::json!({
        "service": "harbour", "id": "1", "kind": "post", "created_at": "2026-03-01T12:00:00Z",
        "author": {"id": "a"}, "text": text,
    });
    let item = parse_item(json.to_string().as_bytes()).unwrap();
    let at = Timestamp::parse("2026-03-01T12:00:00Z").unwrap();
    for (bank, told) in [("kind,value\nterm,harbour\n", true), ("kind,value\nterm,other\n", false)]
    {
        let banks = Banks::build(parse_bank("b.csv", "b", bank.as_bytes()).0, 1);
        let found_alone = Wanted { language: LanguageWanted::WhereFound, ..Wanted::default() };
        let supplied = (&Supplied::default(), found_alone);
        let signals = measure_wanted(&item, &banks, &History::default(), supplied, at);
        let language = value(&signals, "text.language");
        assert_eq!(matches!(language, SignalValue::Text(_)), told, "{language:?}");
    }
}
