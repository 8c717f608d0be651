//! Rules as data: each Markdown file in `tests/` holds rules, cases and what is expected of them.
//!
//! A fenced `toml` block is a rule file; a fenced `cel` block is a condition that is put into one.
//! An `expected` block right after it holds the problems of the file, or `compiles`. A `json` block
//! gives fields of the item and values of signals for the last rule file, and the `expected` block
//! after it what the rules say; `expected verdict` tells the rest of the verdict too.
//!
//! With `RULES_UPDATE=1` in the environment the expected blocks are written anew.
#![allow(clippy::unwrap_used)]

mod support;

use model::Verdict;
use rules::RuleSet;
use std::fmt::Write as _;
use std::path::Path;
use support::{around, compile_text, judge};

struct Runner {
    file: String,
    text: String,
    rules: Option<RuleSet>,
    /// What the next expected block should say.
    found: Option<Found>,
    failures: Vec<String>,
    checked: usize,
}

enum Found {
    Problems(String),
    Verdict(Box<Verdict>),
}

impl Runner {
    fn block(&mut self, line: usize, kind: &str, body: &str) -> Option<String> {
        match kind {
            "toml" => self.compile(body.to_owned()),
            "cel" => self.compile(around(body.trim_end())),
            "json" => {
                let case = serde_json::from_str(body).unwrap();
                let Some(rules) = &self.rules else {
                    let told = match &self.found {
                        Some(Found::Problems(told)) => told.as_str(),
                        Some(Found::Verdict(_)) | None => "there are none",
                    };
                    panic!("{}:{line}: a case needs rules that compile: {told}", self.file);
                };
                self.found = Some(Found::Verdict(Box::new(judge(rules, &case))));
            }
            "expected" | "expected verdict" => {
                let found = self.found.take().expect("an expected block stands after a case");
                let found = match found {
                    Found::Problems(text) => text,
                    Found::Verdict(verdict) => told(&verdict, kind.ends_with("verdict")),
                };
                self.checked += 1;
                if found.trim_end() != body.trim_end() {
                    let file = &self.file;
                    let failure = format!("{file}:{line}:\n{body}\nfound:\n{found}");
                    self.failures.push(failure);
                }
                return Some(found);
            }
            other => panic!("{}:{line}: a block of kind `{other}`", self.file),
        }
        None
    }

    fn compile(&mut self, text: String) {
        let compiled = compile_text(&text);
        let told = match &compiled {
            Ok(_) => "compiles".to_owned(),
            Err(problems) => problems.render(),
        };
        self.found = Some(Found::Problems(told));
        self.rules = compiled.ok();
    }

    fn run(&mut self) -> String {
        let text = std::mem::take(&mut self.text);
        let mut written = String::new();
        let mut lines = text.lines().enumerate();
        while let Some((number, line)) = lines.next() {
            let _ = writeln!(written, "{line}");
            let Some(kind) = line.strip_prefix("```") else { continue };
            let mut body = String::new();
            for (_, line) in lines.by_ref().take_while(|(_, line)| *line != "```") {
                body += line;
                body += "\n";
            }
            let found = self.block(number + 1, kind, &body).unwrap_or(body);
            let _ = write!(written, "{}\n```\n", found.trim_end());
        }
        written
    }
}

fn told(verdict: &Verdict, whole: bool) -> String {
    let mut text = String::from(if verdict.rules.is_empty() { "does not fire" } else { "fires" });
    for rule in &verdict.rules {
        let _ = write!(text, "\n{}: {}", rule.name, rule.because.join("; "));
    }
    if whole {
        let queue = verdict.queue.as_ref().map_or("none", |queue| queue.as_str());
        let action = verdict.action.map_or("none", model::ActionKind::as_str);
        let labels = verdict.labels.join(", ");
        let subject = if verdict.about_account { "account" } else { "item" };
        let outcome = verdict.outcome.as_str();
        let _ = write!(
            text,
            "\noutcome {outcome}, queue {queue}, priority {}, action {action}, labels [{labels}], \
             about the {subject}",
            verdict.priority
        );
    }
    text
}

fn check(path: &Path) {
    let mut runner = Runner {
        file: path.file_name().unwrap().to_string_lossy().into_owned(),
        text: std::fs::read_to_string(path).unwrap(),
        rules: None,
        found: None,
        failures: Vec::new(),
        checked: 0,
    };
    let written = runner.run();
    assert!(runner.checked > 0, "{} checks nothing", runner.file);
    if std::env::var_os("RULES_UPDATE").is_some() {
        std::fs::write(path, written).unwrap();
        return;
    }
    assert!(runner.failures.is_empty(), "{}", runner.failures.join("\n\n"));
}

#[test]
fn every_file_says_what_happens() {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests"));
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .collect();
    paths.sort();
    assert!(paths.len() >= 4, "the files are there");
    paths.iter().for_each(|path| check(path));
}
