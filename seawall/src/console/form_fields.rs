//! Forms of the law as pages show them and people fill them in.

use super::text::Language;
use super::visit::Posted;
use law::form::{Field, FieldKind, Filled, FormProblem, Required, form};
use serde_json::Value;

/// One of the values of a field.
pub struct FieldOption {
    pub value: &'static str,
    pub words: &'static str,
    pub is_chosen: bool,
}

/// A field of a form, as it is shown and typed.
pub struct FieldLine {
    pub key: String,
    pub section: String,
    pub label: String,
    pub value: String,
    pub is_long: bool,
    pub is_tick: bool,
    pub is_ticked: bool,
    pub is_required: bool,
    pub problem: Option<String>,
    pub hint: String,
    /// The values of a choice; empty for what is typed.
    pub options: Vec<FieldOption>,
}

impl FieldLine {
    /// Whether there is something to read.
    pub fn is_worth_reading(&self) -> bool {
        !self.value.is_empty() || self.is_ticked || self.problem.is_some()
    }

    /// The value in words.
    pub fn words(&self) -> &str {
        let chosen = self.options.iter().find(|one| one.is_chosen);
        chosen.map_or(&self.value, |one| one.words)
    }
}

/// The fields of a form, filled as far as they are, each with what is wrong with it.
pub fn field_lines(
    t: Language,
    name: &str,
    filled: &Filled,
    problems: &[FormProblem],
) -> Vec<FieldLine> {
    let form = form(name).expect("the form is one of the list");
    let line = |field: &'static Field| {
        let value = filled.get(&field.key);
        let wrong = problems.iter().find(|one| one.key == field.key);
        let options = options(t, field, value.and_then(Value::as_str).unwrap_or_default());
        FieldLine {
            key: field.key.clone(),
            section: field.section.clone(),
            label: match t {
                Language::English => field.label.clone(),
                Language::Arabic => field.label_ar.clone(),
            },
            value: typed(value),
            is_long: matches!(
                field.kind,
                FieldKind::LongText | FieldKind::Links | FieldKind::Choices
            ),
            is_tick: field.kind == FieldKind::Tick,
            is_ticked: value.and_then(Value::as_bool) == Some(true),
            is_required: field.required == Required::Always,
            problem: wrong.map(|one| one.problem.clone()),
            hint: if options.is_empty() { field.of.join(", ") } else { String::new() },
            options,
        }
    };
    form.fields.iter().map(line).collect()
}

/// The values of a field of which one is chosen.
fn options(t: Language, field: &'static Field, chosen: &str) -> Vec<FieldOption> {
    if field.kind != FieldKind::Choice {
        return Vec::new();
    }
    let words = match t {
        Language::English => &field.of_label,
        Language::Arabic => &field.of_label_ar,
    };
    let choice = |(place, value): (usize, &'static String)| FieldOption {
        value,
        words: words.get(place).unwrap_or(value),
        is_chosen: value == chosen,
    };
    field.of.iter().enumerate().map(choice).collect()
}

/// A value as somebody would type it: lists line by line, a note after its address.
fn typed(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null | Value::Bool(_)) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(values)) => {
            values.iter().map(|value| typed(Some(value))).collect::<Vec<_>>().join("\n")
        }
        Some(Value::Object(link)) => {
            let text = |key: &str| link.get(key).and_then(Value::as_str).unwrap_or_default();
            format!("{} {}", text("url"), text("note")).trim_end().to_owned()
        }
        Some(Value::Number(number)) => number.to_string(),
    }
}

/// The form that a person typed.
pub fn read_form(name: &str, posted: &Posted) -> Filled {
    let form = form(name).expect("the form is one of the list");
    let mut filled = Filled::new();
    for field in &form.fields {
        let text = posted.get(&format!("field-{}", field.key)).trim().replace("\r\n", "\n");
        let lines = || text.lines().map(str::trim).filter(|line| !line.is_empty());
        let between = |letter: char| letter.is_whitespace() || letter == ',' || letter == '،';
        let value = match field.kind {
            FieldKind::Tick => Value::Bool(!text.is_empty()),
            _ if text.is_empty() => continue,
            FieldKind::Choices => lines().map(Value::from).collect(),
            FieldKind::Countries => {
                text.split(between).filter(|word| !word.is_empty()).map(Value::from).collect()
            }
            FieldKind::Links => lines().map(link_value).collect(),
            FieldKind::Text
            | FieldKind::LongText
            | FieldKind::Country
            | FieldKind::Time
            | FieldKind::Date
            | FieldKind::Email
            | FieldKind::Link
            | FieldKind::Choice => text.clone().into(),
        };
        filled.insert(field.key.clone(), value);
    }
    filled
}

fn link_value(line: &str) -> Value {
    match line.split_once(char::is_whitespace) {
        Some((url, note)) => serde_json::json!({ "url": url, "note": note.trim() }),
        None => line.into(),
    }
}
