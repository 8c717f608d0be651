//! How many items a core judges in a second, by the number of rules.
//!
//! The items are real posts with measured signals; nine rules of ten are those of the crate's own
//! benchmark, of which hardly any fires, and every tenth is one that fires on many posts.

#[path = "../rules/benches/mixed.rs"]
#[allow(dead_code, reason = "the post of the crate's own benchmark is not needed here")]
mod mixed;

use benches::terms::{Choice, bank_csv, terms};
use benches::{Failure, cpu, input, line};
use model::{History, Item, SignalValue, Signals, Timestamp};
use rules::{RuleFile, RuleSet, compile, evaluate};
use serde_json::{Map, Value, json};
use signals::banks::parse_bank;
use signals::{Banks, Supplied};
use std::hint::black_box;

/// How many rules there are, and what the engine of the peer does with as many, in events for each
/// second of processor time: measured by us once on its own posts of 486 bytes, with two cores.
const CASES: [(usize, f64); 4] = [(1, 650.0), (10, 350.0), (50, 100.0), (200, 25.0)];
const QUOTED: &str = "Osprey 1.1.0";
/// Posts that are judged in turn.
const POSTS: usize = 300;

fn main() -> Result<(), Failure> {
    let scenes = scenes()?;
    let contexts: Vec<Value> = scenes.iter().map(context).collect();
    let mut cases = Vec::new();
    for (count, peer_value) in CASES {
        let file = rule_file(count);
        let set = compile(std::slice::from_ref(&file), mixed::SIGNALS)
            .map_err(|problems| problems.render())?;
        let case = format!("{count} mixed");
        let (rate, fired) = measure(&set, &scenes)?;
        eprintln!("{case}: {fired:.2} rules fire on a post");
        line::measured("rules", &case, rate, "events/CPU s");
        line::quoted("rules", &case, QUOTED, peer_value);
        cases.push(json!({ "case": case, "rules": conditions(&file) }));
    }
    let shared = json!({ "cases": cases, "contexts": contexts });
    std::fs::write(input::folder()?.join("rules.json"), shared.to_string())?;
    Ok(())
}

/// A post with its signals.
struct Scene {
    item: Item,
    signals: Signals,
}

/// Posts spread over all of them, measured with 10,000 terms.
fn scenes() -> Result<Vec<Scene>, Failure> {
    let csv = bank_csv(&terms(10_000, Choice::Any)?);
    let banks = Banks::build(parse_bank("terms.csv", "terms", csv.as_bytes()).0, 1);
    let posts = input::posts()?;
    let at = Timestamp::parse("2026-06-01T12:00:00Z")?;
    let some = posts.iter().step_by((posts.len() / POSTS).max(1)).take(POSTS);
    some.map(|line| {
        let item = model::parse_item(line.as_bytes())?;
        let measured =
            signals::measure(&item, &banks, &History::default(), &Supplied::default(), at);
        let signals = Signals { values: values(&item, &measured), matches: measured.matches };
        Ok(Scene { item, signals })
    })
    .collect()
}

/// The values of the signals that the mixed rules read, in their order. Two of them are not among
/// Seawall's own and are made up from the post: its script, and a score.
fn values(item: &Item, measured: &Signals) -> Vec<SignalValue> {
    let own = |name: &str| {
        let place = signals::SIGNALS.iter().position(|spec| spec.name == name);
        place.map(|place| measured.values[place].clone())
    };
    let made = |name: &str| match name {
        "text.script" => SignalValue::Text(script(&item.text).to_owned()),
        _ => SignalValue::Float(measured.matches.len() as f64 / 100.0),
    };
    mixed::SIGNALS.iter().map(|spec| own(spec.name).unwrap_or_else(|| made(spec.name))).collect()
}

fn script(text: &str) -> &'static str {
    match text.chars().find(|letter| letter.is_alphabetic()) {
        Some('\u{0600}'..='\u{06FF}') => "Arab",
        Some('\u{0400}'..='\u{04FF}') => "Cyrl",
        Some('\u{0041}'..='\u{024F}') => "Latn",
        Some(_) | None => "Zyyy",
    }
}

/// Every tenth rule is one that fires.
fn rule_file(count: usize) -> RuleFile {
    let firing = count / 10;
    let mut text = mixed::mixed_rules(count - firing).text;
    for index in 0..firing {
        let when = match index % 5 {
            0 => format!("item.text.size() > {}", 40 + index),
            1 => "item.text.matches(r'\\d{4}')".to_owned(),
            2 => "text.script in ['Arab', 'Cyrl'] && item.audience == 'public'".to_owned(),
            3 => format!("term.count > {}", index / 5 % 3),
            _ => "account.age_days.orValue(1000) > 7 && item.kind == 'post'".to_owned(),
        };
        text.push_str(&format!(
            "[[rule]]\nname = \"firing-{index}\"\nowner = \"o\"\npolicy = \"p\"\n\
             description = \"d\"\nwhen = '''{when}'''\nlabels = [\"f{}\"]\npriority = {}\n",
            index % 3,
            index % 101
        ));
    }
    RuleFile { name: "mixed.toml".into(), text }
}

/// Events for each second of processor time, and how many rules fire on one.
fn measure(set: &RuleSet, scenes: &[Scene]) -> Result<(f64, f64), Failure> {
    let judged = mixed::judged();
    let round = || {
        scenes.iter().fold(0, |fired, scene| {
            fired + black_box(evaluate(set, &scene.item, &scene.signals, &judged)).rules.len()
        })
    };
    let fired = round();
    let seconds = cpu::seconds_of(round)?;
    Ok((scenes.len() as f64 / seconds, fired as f64 / scenes.len() as f64))
}

/// The conditions of a rule file, for peers. One may end in a quotation mark of its own.
fn conditions(file: &RuleFile) -> Vec<&str> {
    let rests = file.text.split("when = '''").skip(1);
    rests.filter_map(|rest| Some(rest.split_once("'''\nlabels")?.0)).collect()
}

/// What a peer's rules read: the same fields and signals, without those that are missing.
fn context(scene: &Scene) -> Value {
    let item = &scene.item;
    let mut groups: Map<String, Value> = Map::new();
    groups.insert("account".into(), json!({}));
    for (spec, value) in mixed::SIGNALS.iter().zip(&scene.signals.values) {
        let Some((group, name)) = spec.name.split_once('.') else { continue };
        let plain = match value {
            SignalValue::Bool(value) => json!(value),
            SignalValue::Int(value) => json!(value),
            SignalValue::Float(value) => json!(value),
            SignalValue::Text(value) => json!(value),
            SignalValue::TextList(value) => json!(value),
            SignalValue::Missing(_) => continue,
        };
        groups.entry(group).or_insert_with(|| json!({}))[name] = plain;
    }
    groups.insert(
        "item".into(),
        json!({
            "audience": "public", "kind": item.kind.as_str(), "text": item.text,
            "links": item.links, "media_count": item.media.len(),
        }),
    );
    Value::Object(groups)
}
