//! What holds of every rule set and every text.
#![allow(clippy::unwrap_used)]

mod support;

use model::{Missing, Signals, limits};
use proptest::prelude::*;
use rules::{RuleFile, RuleSet, compile, evaluate};
use serde_json::{Map, json};
use support::{SIGNALS, around, compile_text, item, judge, judged, signals};

/// Fragments that make random text come near to a condition.
const FRAGMENTS: &[&str] = &[
    "term.count",
    "account.age_days",
    "item.text",
    "item.extra.x",
    "item.links",
    ".orValue(",
    ".hasValue()",
    ".exists(x, ",
    ".matches(r'",
    ".contains('",
    "size(",
    "(",
    ")",
    "[",
    "]",
    ",",
    "'",
    "\"",
    "'''",
    "\\",
    " && ",
    " || ",
    "!",
    " ? ",
    " : ",
    " == ",
    " in ",
    "-",
    "1",
    "0x",
    "1e",
    "1u",
    ".5",
    "true",
    "é",
    "“",
    "//",
    "\n",
    "\t",
    "{",
    "}",
    "`",
    "b'",
    "x",
    ".",
    "\u{0}",
    "😀",
];

fn near_condition() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(FRAGMENTS), 0..24).prop_map(|parts| parts.concat())
}

fn file(name: &str, text: &str) -> RuleFile {
    RuleFile { name: name.into(), text: text.into() }
}

/// Every problem lies within its file and can be shown.
fn check_problems(text: &str) {
    if let Err(problems) = compile_text(text) {
        assert!(!problems.0.is_empty());
        for problem in &problems.0 {
            assert!(problem.span.start <= problem.span.end && problem.span.end <= text.len());
            assert!(text.is_char_boundary(problem.span.start), "{problem}");
            assert!(text.is_char_boundary(problem.span.end), "{problem}");
            assert!(problem.line >= 1 && problem.column >= 1);
            assert!(problem.render().contains('^'));
        }
        serde_json::to_string(&problems).unwrap();
    }
}

fn config() -> ProptestConfig {
    ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn arbitrary_files_never_panic(text in any::<String>()) {
        check_problems(&text);
    }

    #[test]
    fn arbitrary_conditions_never_panic(condition in any::<String>()) {
        let quoted = serde_json::to_string(&condition).unwrap();
        check_problems(&around("").replace("'''\n'''", &quoted));
    }

    #[test]
    fn conditions_that_are_nearly_right_never_panic(condition in near_condition()) {
        let quoted = serde_json::to_string(&condition).unwrap();
        check_problems(&around("").replace("'''\n'''", &quoted));
        check_problems(&around("").replace("''''''", &format!("'''{condition}'''")));
        check_problems(&around("").replace("''''''", &format!("\"{condition}\"")));
    }

    #[test]
    fn a_verdict_can_be_made_again(
        text in ".{0,200}", links in prop::collection::vec(".{0,20}", 0..5), count in any::<i64>(),
    ) {
        let files = [
            file("a.toml", &around("term.count * 2 > 3 || item.text.contains('a')")),
            file("b.toml", &around("item.links.exists(l, l.matches(r'[a-z]{3}'))")
                .replace("\"test\"", "\"other\"")),
        ];
        let rules = compile(&files, SIGNALS).unwrap();
        let again = compile(&[files[1].clone(), files[0].clone()], SIGNALS).unwrap();
        let fields = json!({"text": text, "links": links});
        let item = item(fields.as_object().unwrap());
        let signals = signals(json!({"term.count": count}).as_object().unwrap());
        let bytes = |rules: &RuleSet| {
            serde_json::to_string(&evaluate(rules, &item, &signals, &judged())).unwrap()
        };
        prop_assert_eq!(bytes(&rules), bytes(&rules));
        prop_assert_eq!(bytes(&rules), bytes(&again));
    }
}

#[test]
fn a_rule_set_can_be_shared_between_threads() {
    fn check<T: Send + Sync>() {}
    check::<RuleSet>();
}

#[test]
fn the_version_tells_names_and_texts_apart() {
    let version = |files: &[RuleFile]| compile(files, SIGNALS).unwrap().version().to_owned();
    let rule = around("term.count > 0");
    let base = version(&[file("a", &rule)]);
    assert_eq!(base.len(), 64);
    assert_eq!(base, version(&[file("a", &rule)]));
    assert_ne!(base, version(&[file("b", &rule)]));
    assert_ne!(base, version(&[file("a", &(rule.clone() + "\n"))]));
    assert_ne!(base, version(&[file("a", &rule), file("b", "")]));
    assert!(compile(&[], SIGNALS).unwrap().is_empty());
}

#[test]
fn names_are_unique_across_files() {
    let rule = around("term.count > 0");
    let problems = compile(&[file("b", &rule), file("a", &rule)], SIGNALS).unwrap_err();
    assert_eq!(problems.0.len(), 1);
    assert_eq!(problems.0[0].file, "b");
    assert_eq!(problems.0[0].help.as_deref(), Some("the first is at a:1"));
    let problems = compile(&[file("a", ""), file("a", "")], SIGNALS).unwrap_err();
    assert_eq!(problems.0[0].message, "two files are called `a`");
}

#[test]
fn files_and_rule_sets_are_bounded() {
    let message = |text: &str| compile_text(text).unwrap_err().0[0].message.clone();
    let large = "#".repeat(limits::RULE_FILE_BYTES + 1);
    assert!(message(&large).starts_with("the file has 1048577 bytes"));
    let many: String = (0..=limits::RULES)
        .map(|index| around("true").replace("\"test\"", &format!("\"r{index}\"")))
        .collect();
    assert_eq!(message(&many), "a rule set has at most 2000 rules");
    let long = around(&format!("{}true", "true || ".repeat(3_000)));
    assert!(message(&long).contains("at most 16384"));
    let deep = around(&format!("{}true{}", "(".repeat(8_000), ")".repeat(8_000)));
    assert!(message(&deep).contains("nests deeper"));
}

#[test]
fn tells_what_it_knows_of_a_rule() {
    let rules = compile_text(&around(
        "item.text.contains(text.script) && term.count > 0 && item.text != ''",
    ))
    .unwrap();
    let [rule] = rules.rules() else { panic!("one rule") };
    assert_eq!(rule.reads, ["item.text", "text.script", "term.count"]);
    assert_eq!((rule.line, rule.priority, rule.queue.as_str()), (1, 50, "review"));
    assert!(rule.cost > 1_000 && rule.cost < limits::RULE_COST, "{}", rule.cost);
    let told = serde_json::to_value(rule).unwrap();
    assert_eq!(told["subject"], "item");
    assert_eq!(
        told["when"],
        "item.text.contains(text.script) && term.count > 0 && item.text != ''"
    );
    assert_eq!(told["automatic"], false);
}

#[test]
fn a_problem_serialises_without_its_file() {
    let problems = compile_text(&around("term.cuont > 0")).unwrap_err();
    assert_eq!(
        serde_json::to_value(&problems).unwrap(),
        json!([{
            "file": "rules.toml", "line": 7, "column": 1, "span": {"start": 104, "end": 114},
            "message": "unknown name `term.cuont`", "help": "did you mean `term.count`?",
        }])
    );
    let report = format!("{:?}", miette::Report::new(problems));
    assert!(report.contains("term.cuont") && report.contains("did you mean"), "{report}");
}

#[test]
fn a_list_of_an_unknown_field_is_bounded() {
    let rules = compile_text(&around("'x' in item.extra.tags.orValue([])")).unwrap();
    let because = |count: usize| {
        let case = json!({"item": {"tags": vec!["x"; count]}});
        judge(&rules, &case).rules[0].because[0].clone()
    };
    assert!(because(1_024).starts_with("item.extra.tags = "));
    assert!(because(1_025).starts_with("failed: a list of an unknown field"));
}

#[test]
fn signals_that_are_not_as_the_list_says_fail_the_rule() {
    let rules = compile_text(&around("term.count > 0 || account.age_days.orValue(0) > 9")).unwrap();
    let because = |values| {
        let signals = Signals { values, matches: Vec::new() };
        let verdict = evaluate(&rules, &item(&Map::new()), &signals, &judged());
        verdict.rules[0].because[0].clone()
    };
    assert_eq!(because(Vec::new()), "failed: a signal of the list was not measured");
    let mut values = signals(&Map::new()).values;
    values[0] = model::SignalValue::Bool(true);
    assert!(because(values.clone()).contains("another type"));
    values[0] = model::SignalValue::Missing(Missing::because("no bank"));
    assert!(because(values).contains("is missing"));
}

#[test]
fn many_computed_texts_are_dropped_one_by_one() {
    let rules = compile_text(&around(
        "item.extra.a.orValue([]).all(x, (x + '1').size() > 0 && (x + '2').size() > 0)",
    ))
    .unwrap();
    let verdict = judge(&rules, &json!({"item": {"a": vec!["x"; 1_000]}}));
    assert_eq!(verdict.rules.len(), 1);
}
