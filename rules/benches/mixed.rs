//! A generator of mixed rules and of what they judge, for benchmarks.

use model::{
    Item, Missing, Presence, SignalSpec, SignalType, SignalValue, Signals, Timestamp,
    parse_item_value,
};
use rules::{Judged, RuleFile};
use serde_json::json;

const fn spec(name: &'static str, value: SignalType, presence: Presence) -> SignalSpec {
    SignalSpec { name, value, presence, unit: "", meaning: "", source: "" }
}

/// The signals that the mixed rules read.
pub static SIGNALS: &[SignalSpec] = &[
    spec("term.count", SignalType::Int, Presence::Always),
    spec("term.score", SignalType::Float, Presence::Always),
    spec("term.labels", SignalType::TextList, Presence::Always),
    spec("text.script", SignalType::Text, Presence::Always),
    spec("account.age_days", SignalType::Int, Presence::MayBeMissing),
    spec("account.items_1h", SignalType::Int, Presence::MayBeMissing),
];

/// So many rules: numbers, texts, expressions, lists and loops in turn.
pub fn mixed_rules(count: usize) -> RuleFile {
    let rules = (0..count).map(|index| {
        let when = condition(index);
        format!(
            "[[rule]]\nname = \"rule-{index}\"\nowner = \"o\"\npolicy = \"p\"\n\
             description = \"d\"\nwhen = '''{when}'''\nlabels = [\"l{}\"]\npriority = {}\n",
            index % 7,
            index % 101
        )
    });
    RuleFile { name: "mixed.toml".into(), text: rules.collect() }
}

fn condition(index: usize) -> String {
    match index % 8 {
        0 => format!("term.count > {} && item.audience == 'public'", 3 + index),
        1 => format!("item.text.contains('ember-{index}') && item.kind == 'post'"),
        2 => format!("item.text.matches(r'(?i)ashen\\s+front\\s+no\\.?{index}\\b')"),
        3 => format!("term.labels.exists(l, l == 'label-{index}') || term.score > 0.99"),
        4 => format!("account.age_days.orValue(1000) < 7 && account.items_1h.orValue(0) > {index}"),
        5 => format!("item.links.exists(l, l.startsWith('https://ashen-{index}.example/'))"),
        6 => format!("text.script in ['Zzzz', 'Qaa{}'] && item.text.size() > 40", index % 10),
        _ => {
            format!("(term.count * 10 + item.media_count) % 7 == 9 || term.score * {index}.5 < 0.0")
        }
    }
}

/// A post as they come, on which none of the mixed rules but few fire.
pub fn post() -> Item {
    let value = json!({
        "service": "harbour", "id": "p1", "kind": "post", "created_at": "2026-01-01T00:00:00Z",
        "author": {"id": "a1", "handle": "reader", "followers": 120},
        "text": "The evening ferry was late again, so we walked along the quay, bought bread and \
                 watched the lamps come on. Somebody said that the harbour office will publish \
                 a new timetable next week; until then, ask at the kiosk by the old crane.",
        "language": "en",
        "links": ["https://harbour.example/timetable", "https://news.example/ferry?id=12"],
    });
    parse_item_value(&value).expect("the post is an item")
}

/// The signals of [`post`].
pub fn post_signals() -> Signals {
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    let values = vec![
        SignalValue::Int(1),
        SignalValue::Float(0.25),
        SignalValue::TextList(texts(&["ferry", "harbour"])),
        SignalValue::Text("Latn".into()),
        SignalValue::Int(412),
        SignalValue::Missing(Missing::because("no history")),
    ];
    Signals { values, matches: Vec::new() }
}

/// When [`post`] is judged.
pub fn judged() -> Judged {
    let at = Timestamp::parse("2026-06-01T12:00:00Z").expect("the time is valid");
    Judged { at, banks: 1, signals: 1 }
}
