//! Items, bank files and rules: what people and services send to be judged and to judge by.

use crate::check;
use model::{
    AccountId, EntryKind, History, Item, ItemId, Missing, Outcome, PolicyId, Presence, SignalSpec,
    SignalType, SignalValue, Signals, TermView, Timestamp, limits, parse_item, parse_item_value,
};
use rules::{Judged, RuleFile, RuleProblems, RuleSet, evaluate};
use signals::banks::{COLUMNS, PROBLEMS_LISTED, check_value, parse_bank, write_csv};
use signals::{Banks, SIGNALS, SIGNALS_VERSION, Supplied};
use std::fmt::Display;
use std::str::FromStr;

/// An item is read back from what is written of it, and is the same from a value as from bytes.
pub fn item(bytes: &[u8]) {
    let item = match parse_item(bytes) {
        Ok(item) => item,
        Err(problem) => {
            assert!(!problem.place.is_empty() && !problem.problem.is_empty());
            return;
        }
    };
    check::json(&item);
    let written = serde_json::to_vec(&item).expect("an item can be written");
    assert_eq!(parse_item(&written).as_ref(), Ok(&item), "read back");
    let value = serde_json::from_slice(bytes).expect("an item is JSON");
    assert_eq!(parse_item_value(&value).as_ref(), Ok(&item), "read from a value");
    let signals = measured(&item, &Banks::default());
    check_signals(&item, &signals);
}

/// A byte that says which form the file has, and a bank file. Entries are read back from the file
/// that is written of them, each is one that its own check accepts, and all can be matched.
pub fn bank(bytes: &[u8]) {
    let (form, bytes) = check::choice(bytes, 4);
    let name = ["b.csv", "b.jsonl", "b.txt", "b"][form];
    let (entries, problems) = parse_bank(name, "b", bytes);
    assert!(problems.len() <= PROBLEMS_LISTED + 1);
    assert!(problems.iter().all(|problem| problem.line > 0 && !problem.problem.is_empty()));
    for entry in &entries {
        assert_eq!(check_value(entry.kind, &entry.value), Ok(()), "{entry:?}");
        check::json(entry);
    }
    let written = write_csv(&entries);
    assert!(written.starts_with(&COLUMNS.join(",")));
    let (again, problems) = parse_bank("b.csv", "b", written.as_bytes());
    assert_eq!(problems, [], "of what was written: {written}");
    assert_eq!(again, entries, "read back from {written}");
    let banks = Banks::build(entries, 7);
    assert_eq!((banks.len(), banks.revision()), (again.len(), 7));
    let text = String::from_utf8_lossy(bytes);
    let item = check::item(&text);
    check_signals(&item, &measured(&item, &banks));
}

/// A bank file, then an empty line and a text to search with it.
pub fn measure(bytes: &[u8]) {
    let input = check::text(bytes);
    let (bank, text) = check::two(&input);
    let bank = format!("kind,value,case,views,requires,unless,effect,distance_bits\n{bank}");
    let (entries, _) = parse_bank("b.csv", "b", bank.as_bytes());
    let banks = Banks::build(entries, 1);
    let item = check::item(text);
    let signals = measured(&item, &banks);
    check_signals(&item, &signals);
    check::json(&signals);
    assert_eq!(measured(&item, &banks), signals, "measured a second time");
}

fn measured(item: &Item, banks: &Banks) -> Signals {
    let (history, supplied) = (History::default(), Supplied::default());
    signals::measure(item, banks, &history, &supplied, check::now())
}

/// Asserts that values are those of the list, and that matches lie in the text.
pub fn check_signals(item: &Item, signals: &Signals) {
    assert_eq!(signals.values.len(), SIGNALS.len());
    for (spec, value) in SIGNALS.iter().zip(&signals.values) {
        assert!(spec.fits(value), "{} is {value:?}", spec.name);
    }
    signals.assert_bounded();
    for found in &signals.matches {
        assert!(found.spans.len() <= limits::MATCH_SPANS);
        for span in &found.spans {
            check::span(&item.text, span);
        }
    }
}

/// A rule file: it compiles, and judges the same way twice, or every problem has its place.
pub fn rules(bytes: &[u8]) {
    check_rules(&check::text(bytes), "an item, to be judged");
}

/// The condition of a rule, then an empty line and the text of an item to judge.
pub fn condition(bytes: &[u8]) {
    let input = check::text(bytes);
    let (condition, text) = check::two(&input);
    if condition.contains("'''") {
        return;
    }
    let rule = format!(
        "[[rule]]\nname = \"r\"\nowner = \"o\"\npolicy = \"p\"\ndescription = \"d\"\n\
         labels = [\"l\"]\nwhen = '''\n{condition}'''\n"
    );
    check_rules(&rule, text);
}

fn check_rules(file: &str, text: &str) {
    let files = [RuleFile { name: "f.toml".to_owned(), text: file.to_owned() }];
    match rules::compile(&files, SIGNALS) {
        Ok(set) => check_judged(&set, text),
        Err(problems) => check_problems(&problems, file),
    }
}

fn check_problems(problems: &RuleProblems, file: &str) {
    assert!(!problems.0.is_empty(), "a rule set is refused without a reason");
    for problem in &problems.0 {
        let place = problem.span.start..problem.span.end;
        assert!(file.get(place.clone()).is_some(), "{place:?}: {problem}");
        assert!(problem.line > 0 && problem.column > 0);
        assert!(problem.line <= file.split('\n').count(), "{problem}");
        assert!(!problem.message.is_empty());
    }
    assert!(!problems.render().is_empty());
}

fn check_judged(set: &RuleSet, text: &str) {
    for info in set.rules() {
        assert!(info.cost <= limits::RULE_COST && info.reads.iter().all(|name| set.reads(name)));
    }
    let judged = Judged { at: check::now(), banks: 1, signals: SIGNALS_VERSION };
    let item = check::item(text);
    let measured = measured(&item, &Banks::default());
    let missing = Signals { values: SIGNALS.iter().map(least).collect(), matches: Vec::new() };
    for signals in [measured, missing] {
        let verdict = evaluate(set, &item, &signals, &judged);
        assert_eq!(evaluate(set, &item, &signals, &judged), verdict, "judged a second time");
        assert_eq!(verdict.outcome == Outcome::Allow, verdict.rules.is_empty());
        check::json(&verdict);
    }
}

/// The value of a signal that says least.
fn least(spec: &SignalSpec) -> SignalValue {
    match (spec.presence, spec.value) {
        (Presence::MayBeMissing, _) => SignalValue::Missing(Missing::because("not measured")),
        (Presence::Always, SignalType::Bool) => SignalValue::Bool(false),
        (Presence::Always, SignalType::Int) => SignalValue::Int(i64::MIN),
        (Presence::Always, SignalType::Float) => SignalValue::Float(f64::MAX),
        (Presence::Always, SignalType::Text) => SignalValue::Text(String::new()),
        (Presence::Always, SignalType::TextList) => SignalValue::TextList(Vec::new()),
    }
}

/// Times, ids and the words for kinds: what is read is written the same, and read again.
pub fn words(bytes: &[u8]) {
    let text = check::text(bytes);
    if let Ok(at) = Timestamp::parse(&text) {
        assert_eq!(Timestamp::parse(&at.to_string()), Ok(at), "the time {text:?}");
        assert_eq!(Timestamp::from_micros(at.micros()), Ok(at));
        check::json(&at);
    }
    check_word::<AccountId>(&text);
    check_word::<ItemId>(&text);
    check_word::<PolicyId>(&text);
    check_word::<model::CaseId>(&text);
    let same = |word: Option<&str>| assert!(word.is_none_or(|word| word == text), "{text:?}");
    same(EntryKind::parse(&text).map(EntryKind::as_str));
    same(TermView::parse(&text).map(TermView::as_str));
    same(model::StudyKind::parse(&text).map(model::StudyKind::as_str));
    same(model::ActionKind::parse(&text).map(model::ActionKind::as_str));
}

fn check_word<T: FromStr + Display>(text: &str) {
    if let Ok(id) = text.parse::<T>() {
        assert_eq!(id.to_string(), text);
    }
}
