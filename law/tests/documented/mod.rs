//! A second reading of the database's rules: it interprets the words in which they were written
//! down (`tests/data/documented_rules.json`), and shares no code with the crate.

use law::statement::Endpoint;
use serde_json::Value;

pub struct Rules {
    document: Value,
}

impl Rules {
    /// Loads the rules, and holds them against the list that they were taken from where it is
    /// there.
    pub fn load() -> Self {
        let own = include_str!("../data/documented_rules.json");
        let document: Value = serde_json::from_str(own).unwrap();
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/law/dsa_sor_fields.json");
        if let Ok(text) = std::fs::read_to_string(path) {
            let source: Value = serde_json::from_str(&text).unwrap();
            let (kept, there) = (&document["fields"], &source["fields"]);
            assert_eq!(kept.as_array().unwrap().len(), there.as_array().unwrap().len());
            for (kept, there) in kept.as_array().unwrap().iter().zip(there.as_array().unwrap()) {
                for key in ["field", "type", "required", "enum", "validator_rule", "note"] {
                    assert_eq!(kept[key], there[key], "{}", kept["field"]);
                }
            }
        }
        Self { document }
    }

    /// What is wrong with a statement, in no particular words.
    pub fn faults(&self, statement: &Value, endpoint: Endpoint) -> Vec<String> {
        let rules = self.document["fields"].as_array().unwrap();
        let mut faults = Vec::new();
        for name in statement.as_object().unwrap().keys() {
            if !rules.iter().any(|rule| rule["field"] == name.as_str()) {
                faults.push(format!("{name} is not documented"));
            }
        }
        for rule in rules {
            let name = rule["field"].as_str().unwrap();
            let value = present(statement, name);
            let said = rule["required"].as_str().unwrap();
            match (need(said, statement, endpoint), value) {
                (Need::Must, None) => faults.push(format!("{name} is missing")),
                (Need::Not, Some(_)) => faults.push(format!("{name} has no place")),
                (Need::Must | Need::May, Some(value)) => {
                    faults.extend(self.value(rule, value, statement));
                }
                (Need::May | Need::Not, None) => {}
            }
        }
        faults
    }

    fn value(&self, rule: &Value, value: &Value, statement: &Value) -> Option<String> {
        let name = rule["field"].as_str().unwrap();
        let kind = rule["type"].as_str().unwrap();
        if kind == "object" {
            let ean = value.get("EAN-13").and_then(Value::as_str).unwrap_or_default();
            let fits = value.as_object().is_some_and(|object| object.len() == 1) && ean13(ean);
            return (!fits).then(|| format!("{name} is no product"));
        }
        let texts: Option<Vec<&str>> = match kind.starts_with("array") {
            true => value.as_array().and_then(|all| all.iter().map(Value::as_str).collect()),
            false => value.as_str().map(|text| vec![text]),
        };
        let Some(texts) = texts else { return Some(format!("{name} is not of type {kind}")) };
        let wrong = texts.into_iter().find(|text| !self.fits(rule, text, statement));
        wrong.map(|text| format!("{name} may not be `{text}`"))
    }

    fn fits(&self, rule: &Value, text: &str, statement: &Value) -> bool {
        let list = rule["enum"].as_str().map(|name| &self.document["enums"][name]);
        let in_list = list.is_none_or(|list| list.as_array().unwrap().iter().any(|w| w == text));
        let note = rule["note"].as_str().unwrap_or_default();
        let begins = statement["application_date"].as_str().unwrap_or_default();
        let in_order = !note.contains(">= application_date") || text >= begins;
        let mut parts = rule["validator_rule"].as_str().unwrap().split("; ");
        !text.is_empty() && in_list && in_order && parts.all(|part| keeps(part.trim(), text))
    }
}

enum Need {
    Must,
    May,
    Not,
}

fn present<'a>(statement: &'a Value, name: &str) -> Option<&'a Value> {
    let value = statement.get(name)?;
    let is_empty = value.is_null() || value.as_array().is_some_and(Vec::is_empty);
    (!is_empty).then_some(value)
}

fn says(statement: &Value, name: &str, word: &str) -> bool {
    let value = &statement[name];
    value == word || value.as_array().is_some_and(|all| all.iter().any(|one| one == word))
}

/// Whether a condition such as `a = B` or `a contains B` holds.
fn holds(condition: &str, statement: &Value) -> bool {
    let (name, word) = condition
        .split_once(" contains ")
        .or_else(|| condition.split_once(" = "))
        .unwrap_or_else(|| panic!("`{condition}` is not understood"));
    says(statement, name, word)
}

fn need(said: &str, statement: &Value, endpoint: Endpoint) -> Need {
    let first = said.split("; ").next().unwrap();
    if let Some(condition) = first.strip_prefix("required iff ") {
        return if holds(condition, statement) { Need::Must } else { Need::Not };
    }
    if said.starts_with("conditional") {
        let all = ["visibility", "monetary", "provision", "account"];
        let any = all.iter().any(|one| present(statement, &format!("decision_{one}")).is_some());
        return if any { Need::May } else { Need::Must };
    }
    if said.starts_with("required") || said.starts_with("documentation: required") {
        return Need::Must;
    }
    if let Some((_, word)) = said.split_once("only with ") {
        let is_so = says(statement, "decision_ground", word);
        return if is_so { Need::May } else { Need::Not };
    }
    if let Some((_, condition)) = said.split_once("dropped when ") {
        return if holds(condition, statement) { Need::Not } else { Need::May };
    }
    if said.contains("single endpoint only") && endpoint == Endpoint::Batch {
        return Need::Not;
    }
    assert!(said.starts_with("optional"), "`{said}` is not understood");
    Need::May
}

fn keeps(rule: &str, text: &str) -> bool {
    if let Some(most) = rule.strip_prefix("max:") {
        return text.chars().count() <= most.parse::<usize>().unwrap();
    }
    if let Some(earliest) = rule.strip_prefix(">=") {
        return text >= earliest;
    }
    if let Some(latest) = rule.strip_prefix("<=") {
        return text <= latest;
    }
    match rule {
        "date_format:Y-m-d" => {
            let bytes = text.as_bytes();
            let form = bytes.len() == 10 && bytes[4] == b'-' && bytes[7] == b'-';
            form && jiff::civil::Date::strptime("%Y-%m-%d", text).is_ok()
        }
        "regex ^[a-zA-Z0-9-_]+$" => {
            text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
        }
        "regex ^[0-9]{13}$" => ean13(text),
        "url" => ["https://", "http://"].iter().any(|start| text.starts_with(start)),
        "in Yes,No" => text == "Yes" || text == "No",
        _ => true,
    }
}

fn ean13(text: &str) -> bool {
    text.chars().count() == 13 && text.chars().all(|c| c.is_ascii_digit())
}
