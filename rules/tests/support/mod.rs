//! A list of signals, an item and its signals for tests.
#![allow(clippy::unwrap_used, dead_code, reason = "each test file uses its part of this")]

use model::{
    Item, Missing, Presence, SignalSpec, SignalType, SignalValue, Signals, Timestamp, Verdict,
    parse_item_value,
};
use rules::{Judged, RuleFile, RuleProblems, RuleSet, compile, evaluate};
use serde_json::{Map, Value, json};

const fn spec(name: &'static str, value: SignalType, presence: Presence) -> SignalSpec {
    SignalSpec { name, value, presence, unit: "", meaning: "", source: "" }
}

/// The signals of these tests.
pub static SIGNALS: &[SignalSpec] = &[
    spec("term.count", SignalType::Int, Presence::Always),
    spec("term.score", SignalType::Float, Presence::Always),
    spec("term.labels", SignalType::TextList, Presence::Always),
    spec("text.script", SignalType::Text, Presence::Always),
    spec("text.language", SignalType::Text, Presence::MayBeMissing),
    spec("text.quotes", SignalType::Bool, Presence::Always),
    spec("account.age_days", SignalType::Int, Presence::MayBeMissing),
    spec("account.trust", SignalType::Float, Presence::MayBeMissing),
    spec("account.note", SignalType::Text, Presence::MayBeMissing),
    spec("account.labels", SignalType::TextList, Presence::MayBeMissing),
    spec("media.near", SignalType::Bool, Presence::MayBeMissing),
];

/// The value of a signal where a test does not give one.
fn default_value(spec: &SignalSpec) -> SignalValue {
    if spec.presence == Presence::MayBeMissing {
        return SignalValue::Missing(Missing::because("not measured in this test"));
    }
    match spec.value {
        SignalType::Bool => SignalValue::Bool(false),
        SignalType::Int => SignalValue::Int(2),
        SignalType::Float => SignalValue::Float(0.5),
        SignalType::Text => SignalValue::Text("Latn".into()),
        SignalType::TextList => SignalValue::TextList(vec!["ash".into(), "ember".into()]),
    }
}

/// Signals with some values in place of the usual ones, by name.
pub fn signals(given: &Map<String, Value>) -> Signals {
    let known = |name: &String| SIGNALS.iter().any(|spec| spec.name == name);
    assert!(given.keys().all(known), "a test gives an unknown signal");
    let values = SIGNALS.iter().map(|spec| match (given.get(spec.name), spec.value) {
        (None, _) => default_value(spec),
        (Some(Value::String(text)), SignalType::Text) => SignalValue::Text(text.clone()),
        (Some(Value::Bool(value)), _) => SignalValue::Bool(*value),
        (Some(value @ Value::Number(_)), SignalType::Int) => {
            SignalValue::Int(value.as_i64().unwrap())
        }
        (Some(value @ Value::Number(_)), _) => SignalValue::Float(value.as_f64().unwrap()),
        (Some(value), _) => match serde_json::from_value(value.clone()) {
            Ok(texts) => SignalValue::TextList(texts),
            Err(_) => SignalValue::Missing(Missing::because(value["missing"].as_str().unwrap())),
        },
    });
    Signals { values: values.collect(), matches: Vec::new() }
}

/// An item with some fields in place of the usual ones.
pub fn item(given: &Map<String, Value>) -> Item {
    let mut value = json!({
        "service": "harbour", "id": "p1", "kind": "post", "created_at": "2026-01-01T00:00:00Z",
        "author": {"id": "a1"}, "text": "The ferry of the Ashen Front leaves at noon.",
    });
    for (name, field) in given {
        value[name] = field.clone();
    }
    parse_item_value(&value).unwrap()
}

/// When the items of these tests are judged.
pub fn judged() -> Judged {
    Judged { at: Timestamp::parse("2026-06-01T12:00:00Z").unwrap(), banks: 7, signals: 3 }
}

/// A rule file around a condition.
pub fn around(condition: &str) -> String {
    assert!(!condition.contains("'''"), "the condition stands between '''");
    format!(
        "[[rule]]\nname = \"test\"\nowner = \"policy-team\"\npolicy = \"demo.harbour\"\n\
         description = \"A test.\"\nwhen = '''\n{condition}'''\n"
    )
}

/// Compiles one file.
pub fn compile_text(text: &str) -> Result<RuleSet, RuleProblems> {
    compile(&[RuleFile { name: "rules.toml".into(), text: text.into() }], SIGNALS)
}

/// Judges the usual item with the given fields and signals.
pub fn judge(rules: &RuleSet, case: &Value) -> Verdict {
    let part = |name: &str| case.get(name).and_then(Value::as_object).cloned().unwrap_or_default();
    evaluate(rules, &item(&part("item")), &signals(&part("signals")), &judged())
}
