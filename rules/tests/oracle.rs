//! Conditions against the evaluator of the `cel` crate: on random well-typed expressions both
//! must give the same answer, or both must fail.
#![allow(clippy::unwrap_used)]

mod support;

use cel::{Context, Env, Value, to_value};
use proptest::prelude::*;
use serde::Serialize;
use serde_json::json;
use std::sync::Arc;
use support::{compile_text, judge};

/// What one case measures.
#[derive(Debug, Clone, Serialize)]
struct Term {
    count: i64,
    score: f64,
    labels: Vec<String>,
}

#[derive(Debug, Clone, Serialize)]
struct ItemFields {
    text: String,
    links: Vec<String>,
    media_count: i64,
    is_reply: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    Yes,
    No,
    Failed,
}

fn ours(condition: &str, term: &Term, fields: &ItemFields) -> Result<Answer, String> {
    let quoted = serde_json::to_string(condition).unwrap();
    let text = format!(
        "[[rule]]\nname = \"r\"\nowner = \"o\"\npolicy = \"p\"\ndescription = \"d\"\n\
         when = {quoted}\n"
    );
    let rules = compile_text(&text).map_err(|problems| problems.render())?;
    let reply = if fields.is_reply { json!("p0") } else { json!(null) };
    let verdict = judge(
        &rules,
        &json!({
            "item": {"text": fields.text, "links": fields.links, "in_reply_to": reply},
            "signals": {"term.count": term.count, "term.score": term.score,
                        "term.labels": term.labels},
        }),
    );
    Ok(match verdict.rules.first() {
        None => Answer::No,
        Some(rule) if rule.because.iter().any(|line| line.starts_with("failed: ")) => {
            Answer::Failed
        }
        Some(_) => Answer::Yes,
    })
}

fn theirs(condition: &str, term: &Term, fields: &ItemFields) -> Answer {
    let mut env = Env::stdlib();
    env.add_extension(cel::extensions::strings).unwrap();
    let program = env.compile(condition).unwrap();
    let mut context = Context::with_env(Arc::new(env));
    context.add_variable_from_value("term", to_value(term).unwrap());
    context.add_variable_from_value("item", to_value(fields).unwrap());
    match program.execute(&context) {
        Ok(Value::Bool(true)) => Answer::Yes,
        Ok(Value::Bool(false)) => Answer::No,
        Ok(other) => panic!("{condition} gives {other:?}"),
        Err(_) => Answer::Failed,
    }
}

/// Expressions of each type that stand where `loops` loops are around them.
#[derive(Clone)]
struct Expressions {
    bool: BoxedStrategy<String>,
    int: BoxedStrategy<String>,
    double: BoxedStrategy<String>,
    text: BoxedStrategy<String>,
    list: BoxedStrategy<String>,
}

fn leaves(loops: usize) -> Expressions {
    let entry = (0..loops.max(1)).prop_map(move |index| {
        if loops == 0 { "item.text".to_owned() } else { format!("v{index}") }
    });
    let literal = "[abA é]{0,3}".prop_map(|text| format!("'{text}'"));
    Expressions {
        bool: prop_oneof![
            Just("true".to_owned()),
            Just("false".to_owned()),
            Just("item.is_reply".to_owned()),
            Just("(1 / item.media_count == 1)".to_owned()),
        ]
        .boxed(),
        int: prop_oneof![
            (-3_i64..4).prop_map(|number| format!("({number})")),
            Just("9223372036854775807".to_owned()),
            Just("(-9223372036854775807 - 1)".to_owned()),
            Just("term.count".to_owned()),
            Just("item.media_count".to_owned()),
        ]
        .boxed(),
        double: prop_oneof![
            (-8_i32..9).prop_map(|number| format!("({:?})", f64::from(number) / 4.0)),
            Just("term.score".to_owned()),
        ]
        .boxed(),
        text: prop_oneof![literal.clone(), Just("item.text".to_owned()), entry].boxed(),
        list: prop_oneof![
            Just("item.links".to_owned()),
            Just("term.labels".to_owned()),
            prop::collection::vec(literal, 0..4)
                .prop_map(|entries| format!("[{}]", entries.join(", "))),
        ]
        .boxed(),
    }
}

fn expressions(depth: usize, loops: usize) -> Expressions {
    let leaf = leaves(loops);
    if depth == 0 {
        return leaf;
    }
    let inner = expressions(depth - 1, loops);
    let entry = format!("v{loops}");
    // Two loops within each other are enough, and keep within the bound on cost.
    let body = (loops < 2).then(|| expressions(depth - 1, loops + 1).bool);
    Expressions {
        bool: prop_oneof![1 => leaf.bool, 6 => bools(&inner, body.clone(), &entry)].boxed(),
        int: prop_oneof![2 => leaf.int, 3 => ints(&inner)].boxed(),
        double: prop_oneof![2 => leaf.double, 2 => doubles(&inner)].boxed(),
        text: prop_oneof![3 => leaf.text, 2 => texts(&inner)].boxed(),
        list: prop_oneof![3 => leaf.list, 1 => lists(&inner, body, &entry)].boxed(),
    }
}

fn binary(of: &BoxedStrategy<String>, operators: &'static [&'static str]) -> BoxedStrategy<String> {
    (of.clone(), prop::sample::select(operators), of.clone())
        .prop_map(|(left, operator, right)| format!("({left} {operator} {right})"))
        .boxed()
}

const COMPARISONS: &[&str] = &["==", "!=", "<", "<=", ">", ">="];

fn bools(
    inner: &Expressions,
    body: Option<BoxedStrategy<String>>,
    entry: &str,
) -> BoxedStrategy<String> {
    let (text, list) = (inner.text.clone(), inner.list.clone());
    let methods = prop::sample::select(&["contains", "startsWith", "endsWith"][..]);
    let regex = prop::sample::select(&["a+b", "^[a-z]*$", "é|A$", ""][..]);
    let plain = prop_oneof![
        binary(&inner.bool, &["&&", "||", "==", "!="]),
        binary(&inner.bool, &["&&", "||"]),
        binary(&inner.int, COMPARISONS),
        binary(&inner.double, COMPARISONS),
        (inner.double.clone(), prop::sample::select(COMPARISONS), -2_i32..3)
            .prop_map(|(left, operator, right)| format!("({left} {operator} ({right}))")),
        binary(&inner.text, COMPARISONS),
        binary(&inner.list, &["==", "!="]),
        inner.bool.clone().prop_map(|inner| format!("!({inner})")),
        (text.clone(), methods, text.clone())
            .prop_map(|(text, method, part)| format!("{text}.{method}({part})")),
        (text.clone(), regex).prop_map(|(text, regex)| format!("{text}.matches('{regex}')")),
        (text, list.clone()).prop_map(|(text, list)| format!("({text} in {list})")),
        (inner.int.clone(), prop::collection::vec(inner.int.clone(), 1..4))
            .prop_map(|(value, entries)| format!("({value} in [{}])", entries.join(", "))),
        (inner.bool.clone(), inner.bool.clone(), inner.bool.clone())
            .prop_map(|(test, yes, no)| format!("({test} ? {yes} : {no})")),
    ];
    let Some(body) = body else { return plain.boxed() };
    let loops = prop::sample::select(&["exists", "all", "exists_one"][..]);
    let entry = entry.to_owned();
    let over = (list, loops, body)
        .prop_map(move |(list, name, body)| format!("{list}.{name}({entry}, {body})"));
    prop_oneof![4 => plain, 1 => over].boxed()
}

fn ints(inner: &Expressions) -> BoxedStrategy<String> {
    prop_oneof![
        binary(&inner.int, &["+", "-", "*", "/", "%"]),
        inner.int.clone().prop_map(|inner| format!("-({inner})")),
        inner.text.clone().prop_map(|text| format!("{text}.size()")),
        inner.list.clone().prop_map(|list| format!("size({list})")),
        inner.double.clone().prop_map(|double| format!("int({double})")),
        (inner.bool.clone(), inner.int.clone(), inner.int.clone())
            .prop_map(|(test, yes, no)| format!("({test} ? {yes} : {no})")),
    ]
    .boxed()
}

fn doubles(inner: &Expressions) -> BoxedStrategy<String> {
    prop_oneof![
        binary(&inner.double, &["+", "-", "*", "/"]),
        inner.double.clone().prop_map(|inner| format!("-({inner})")),
        inner.int.clone().prop_map(|int| format!("double({int})")),
    ]
    .boxed()
}

fn texts(inner: &Expressions) -> BoxedStrategy<String> {
    prop_oneof![
        binary(&inner.text, &["+"]),
        inner.text.clone().prop_map(|text| format!("{text}.lowerAscii()")),
        inner.int.clone().prop_map(|int| format!("string({int})")),
        (inner.bool.clone(), inner.text.clone(), inner.text.clone())
            .prop_map(|(test, yes, no)| format!("({test} ? {yes} : {no})")),
    ]
    .boxed()
}

fn lists(
    inner: &Expressions,
    body: Option<BoxedStrategy<String>>,
    entry: &str,
) -> BoxedStrategy<String> {
    let made = prop::collection::vec(inner.text.clone(), 0..3)
        .prop_map(|entries| format!("[{}]", entries.join(", ")));
    let Some(body) = body else { return made.boxed() };
    let entry = entry.to_owned();
    let filtered = (inner.list.clone(), body)
        .prop_map(move |(list, body)| format!("{list}.filter({entry}, {body})"));
    prop_oneof![made, filtered].boxed()
}

fn measured() -> impl Strategy<Value = (Term, ItemFields)> {
    let texts = || prop::collection::vec("[abAé]{0,3}", 0..4);
    (any::<bool>(), -2_i64..3, -4_i32..5, texts(), texts(), "[abA é]{0,6}").prop_map(
        |(is_reply, count, score, labels, links, text)| {
            let term = Term { count, score: f64::from(score) / 2.0, labels };
            (term, ItemFields { text, links, media_count: 0, is_reply })
        },
    )
}

/// Whether a refusal is about a limit, which the other evaluator does not have.
fn is_limit(problems: &str) -> bool {
    problems.contains("are accepted") || problems.contains("deeper than")
}

fn config() -> ProptestConfig {
    ProptestConfig { cases: 1_500, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn agrees_with_the_evaluator_of_cel(
        condition in expressions(3, 0).bool,
        (term, fields) in measured(),
    ) {
        match ours(&condition, &term, &fields) {
            Ok(answer) => prop_assert_eq!(answer, theirs(&condition, &term, &fields)),
            Err(problems) => prop_assert!(is_limit(&problems), "{}\n{}", condition, problems),
        }
    }
}
