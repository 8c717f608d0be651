//! Any JSON against every rule of the database, the stricter one where its documentation and its
//! program differ.

use super::list::{Endpoint, FieldSpec, Presence, ValueKind, code_of, fields};
use jiff::civil::Date;
use serde_json::{Map, Value};
use std::fmt;

/// What is wrong with one field, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The field; empty where the whole is no statement.
    pub field: String,
    /// What is wrong.
    pub problem: String,
    /// What to do.
    pub remedy: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let field = if self.field.is_empty() { "statement" } else { &self.field };
        write!(f, "{field}: {}; {}", self.problem, self.remedy)
    }
}

impl std::error::Error for Fault {}

/// What is wrong with a value and what to do.
type Wrong = (String, String);

/// Checks a statement as it would be sent; nothing is wrong where the list is empty.
///
/// What the database would drop silently is a fault here: it would not say what its sender meant.
#[must_use]
pub fn check(statement: &Value, endpoint: Endpoint) -> Vec<Fault> {
    let Some(object) = statement.as_object() else {
        let problem = "is not an object".to_owned();
        let remedy = "send the fields as one JSON object".to_owned();
        return vec![Fault { field: String::new(), problem, remedy }];
    };
    let known = fields().iter().filter_map(|spec| {
        let (problem, remedy) = wrong_field(spec, object, endpoint)?;
        Some(Fault { field: spec.field.clone(), problem, remedy })
    });
    known.chain(unknown(object)).collect()
}

fn unknown(object: &Map<String, Value>) -> impl Iterator<Item = Fault> {
    let is_unknown = |name: &&String| !fields().iter().any(|spec| spec.field == **name);
    object.keys().filter(is_unknown).map(|name| Fault {
        field: name.chars().take(64).collect(),
        problem: "is no field of the database".to_owned(),
        remedy: "leave it out".to_owned(),
    })
}

fn wrong_field(spec: &FieldSpec, object: &Map<String, Value>, endpoint: Endpoint) -> Option<Wrong> {
    let given = given(object, &spec.field);
    match (wanted(spec, object, endpoint), given) {
        (Wanted::Must(why), None) => Some((format!("is missing {why}"), "give it".to_owned())),
        (Wanted::MustNot(why), Some(_)) => {
            Some((format!("has no place {why}"), "leave it out".to_owned()))
        }
        (Wanted::Must(_) | Wanted::May, Some(value)) => wrong_value(spec, value, object),
        (Wanted::MustNot(_) | Wanted::May, None) => None,
    }
}

/// The value of a field; null and an empty list stand for none, as they do for the database.
fn given<'a>(object: &'a Map<String, Value>, field: &str) -> Option<&'a Value> {
    object.get(field).filter(|value| match value {
        Value::Null => false,
        Value::Array(values) => !values.is_empty(),
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => true,
    })
}

fn has_word(object: &Map<String, Value>, field: &str, word: &str) -> bool {
    match given(object, field) {
        Some(Value::String(given)) => given == word,
        Some(Value::Array(given)) => given.iter().any(|value| value.as_str() == Some(word)),
        Some(_) | None => false,
    }
}

enum Wanted {
    Must(String),
    May,
    MustNot(String),
}

fn wanted(spec: &FieldSpec, object: &Map<String, Value>, endpoint: Endpoint) -> Wanted {
    if spec.endpoint.is_some_and(|only| only != endpoint) {
        return Wanted::MustNot("in a batch".to_owned());
    }
    match &spec.presence {
        Presence::Always => Wanted::Must("and always required".to_owned()),
        Presence::Optional => Wanted::May,
        Presence::OneOf { fields } => {
            if fields.iter().any(|field| given(object, field).is_some()) {
                return Wanted::May;
            }
            Wanted::Must(format!("and so are the others of {}", fields.join(", ")))
        }
        Presence::ExactlyWith { field, word } => match has_word(object, field, word) {
            true => Wanted::Must(format!("where {field} is {word}")),
            false => Wanted::MustNot(format!("where {field} is not {word}")),
        },
        Presence::OnlyWith { field, word } => {
            let holds = match word {
                Some(word) => has_word(object, field, word),
                None => given(object, field).is_some(),
            };
            let word = word.as_deref().unwrap_or("given");
            if holds {
                Wanted::May
            } else {
                Wanted::MustNot(format!("where {field} is not {word}"))
            }
        }
        Presence::NeverWith { field, word } => match has_word(object, field, word) {
            true => Wanted::MustNot(format!("where {field} is {word}")),
            false => Wanted::May,
        },
    }
}

fn wrong_value(spec: &FieldSpec, value: &Value, object: &Map<String, Value>) -> Option<Wrong> {
    match spec.value {
        ValueKind::Word => wrong_text(spec, value, |text| wrong_word(spec, text, object)),
        ValueKind::Words => wrong_words(spec, value, object),
        ValueKind::Text => wrong_text(spec, value, personal),
        ValueKind::Link => wrong_text(spec, value, wrong_link),
        ValueKind::Date => wrong_text(spec, value, |text| wrong_date(spec, text, object)),
        ValueKind::Id => wrong_text(spec, value, wrong_id),
        ValueKind::Digits => wrong_text(spec, value, |text| wrong_digits(spec, text)),
        ValueKind::Product => wrong_product(value),
    }
}

fn wrong_text(
    spec: &FieldSpec,
    value: &Value,
    more: impl FnOnce(&str) -> Option<Wrong>,
) -> Option<Wrong> {
    let Some(text) = value.as_str() else {
        return wrong("is not a text", "write it as a JSON string");
    };
    if text.trim().is_empty() {
        return wrong("is empty", "leave it out or say something");
    }
    let (chars, most) = (text.chars().count(), spec.max_chars.unwrap_or(usize::MAX));
    if chars > most {
        return Some((format!("has {chars} characters"), format!("shorten it to {most}")));
    }
    more(text)
}

fn wrong(problem: &str, remedy: &str) -> Option<Wrong> {
    Some((problem.to_owned(), remedy.to_owned()))
}

fn wrong_word(spec: &FieldSpec, text: &str, object: &Map<String, Value>) -> Option<Wrong> {
    let list = spec.words.as_deref().unwrap_or_default();
    if code_of(list, text).is_none() {
        let shown: String = text.chars().take(64).collect();
        return Some((format!("`{shown}` is not in the list"), format!("take a code of {list}")));
    }
    let repeats = spec.differs_from.as_deref().is_some_and(|other| has_word(object, other, text));
    if repeats {
        return Some((format!("`{text}` is the main one already"), "leave it out".to_owned()));
    }
    None
}

fn wrong_words(spec: &FieldSpec, value: &Value, object: &Map<String, Value>) -> Option<Wrong> {
    let Some(values) = value.as_array() else {
        return wrong("is not a list", "write it as a JSON array of codes");
    };
    let mut seen = Vec::new();
    for value in values {
        let Some(text) = value.as_str() else {
            return wrong("holds something that is no text", "write codes alone");
        };
        if seen.contains(&text) {
            return Some((format!("holds `{text}` twice"), "give it once".to_owned()));
        }
        if let Some(wrong) = wrong_word(spec, text, object) {
            return Some(wrong);
        }
        seen.push(text);
    }
    None
}

/// What looks like a person's address, handle or page (Article 24(5): no personal data).
pub(crate) fn personal(text: &str) -> Option<Wrong> {
    let remedy = "say it in a standard sentence that names nobody";
    if text.contains('@') {
        return wrong("holds an `@`, as addresses and handles do", remedy);
    }
    if text.contains("://") || text.contains("www.") {
        return wrong("holds a link, which may lead to a person", remedy);
    }
    let is_odd = |c: char| c.is_control() && c != '\n';
    text.chars().any(is_odd).then(|| {
        ("holds a control character".to_owned(), "write letters and line breaks alone".to_owned())
    })
}

fn wrong_link(text: &str) -> Option<Wrong> {
    let is_web = |url: &url::Url| matches!(url.scheme(), "http" | "https") && url.has_host();
    match url::Url::parse(text) {
        Ok(url) if is_web(&url) && url.username().is_empty() && url.password().is_none() => None,
        Ok(_) | Err(_) => {
            wrong("is no address of the web", "write it as https://…, without a name")
        }
    }
}

fn wrong_date(spec: &FieldSpec, text: &str, object: &Map<String, Value>) -> Option<Wrong> {
    let Some(date) = day(text) else {
        return wrong("is no day", "write it as 2026-01-31");
    };
    if let Some(earliest) = spec.earliest.filter(|earliest| date < *earliest) {
        return Some((format!("lies before {earliest}"), format!("give {earliest} or later")));
    }
    if let Some(latest) = spec.latest.filter(|latest| date > *latest) {
        return Some((format!("lies after {latest}"), format!("give {latest} or earlier")));
    }
    let other = spec.not_before.as_deref()?;
    let begins = given(object, other).and_then(Value::as_str).and_then(day)?;
    (date < begins).then(|| (format!("lies before {other}"), format!("give {begins} or later")))
}

/// A day in the one form that the database takes; jiff alone would take others of ISO 8601.
fn day(text: &str) -> Option<Date> {
    let date: Date = text.parse().ok()?;
    (date.to_string() == text).then_some(date)
}

fn wrong_id(text: &str) -> Option<Wrong> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    if text.bytes().all(fits) {
        return None;
    }
    wrong("holds other characters", "use letters without accents, digits, `-` and `_` alone")
}

fn wrong_digits(spec: &FieldSpec, text: &str) -> Option<Wrong> {
    let wanted = spec.digits.unwrap_or(13);
    let holds = text.len() == wanted && text.bytes().all(|byte| byte.is_ascii_digit());
    (!holds).then(|| ("is no such number".to_owned(), format!("write {wanted} digits")))
}

fn wrong_product(value: &Value) -> Option<Wrong> {
    let number = value.as_object().filter(|product| product.len() == 1);
    let number = number.and_then(|product| product.get("EAN-13")).and_then(Value::as_str);
    match number {
        Some(text) if text.len() == 13 && text.bytes().all(|byte| byte.is_ascii_digit()) => None,
        Some(_) | None => {
            wrong("is no product", "write {\"EAN-13\": \"…\"} with 13 digits and nothing else")
        }
    }
}
