//! Forms that authorities and services fill in, field by field: removal orders (TCO Annex I),
//! orders under DSA Articles 9 and 10, feedback (Annex II), impossibility (Annex III), reports of
//! threats (DSA Article 18, TCO Article 14(5)).
//!
//! The forms are data. A filled form is a JSON object; [`Form::check`] names everything that is
//! missing, unreadable or in contradiction, with the section, so that it can be put right or sent
//! back. It never guesses.

use model::{Timestamp, limits};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::sync::LazyLock;
use url::Url;

/// A filled form: values by the keys of its fields.
pub type Filled = Map<String, Value>;

/// A form of the law.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// Its name, such as `tco_annex_1`.
    pub name: String,
    /// `TCO` or `DSA`; `own` where no law asks for it.
    pub law: String,
    /// The article or annex; `none` where no law asks for it.
    pub article: String,
    /// Its title in English.
    pub title: String,
    /// Its title in Arabic.
    pub title_ar: String,
    /// Its fields, in the order of the form.
    pub fields: Vec<Field>,
}

/// A field of a form.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// The section of the form.
    pub section: String,
    /// Its key in a filled form.
    pub key: String,
    /// What its value is.
    #[serde(rename = "type")]
    pub kind: FieldKind,
    /// When it must be filled in.
    pub required: Required,
    /// The values of a choice.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub of: Vec<String>,
    /// What those values are called in English; empty where they are their own words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub of_label: Vec<String>,
    /// What they are called in Arabic.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub of_label_ar: Vec<String>,
    /// Its label in English.
    pub label: String,
    /// Its label in Arabic.
    pub label_ar: String,
    /// How far it was compared with an official text: `A`, `B` or `K`.
    pub checked: String,
    /// What else is to be known of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// What the value of a field is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// One line of text.
    Text,
    /// Several lines of text.
    LongText,
    /// The two letters of a country, such as `DE`.
    Country,
    /// A list of countries, two letters each.
    Countries,
    /// An instant, as RFC 3339 with its offset.
    Time,
    /// A day, as `2026-01-31`.
    Date,
    /// An e-mail address.
    Email,
    /// One `http` or `https` address.
    Link,
    /// A list of addresses: each a text, or an object with `url` and `note`.
    Links,
    /// `true` or `false`.
    Tick,
    /// One of the values of the field.
    Choice,
    /// Some of the values of the field, at least one.
    Choices,
}

/// When a field must be filled in.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Required {
    /// Always.
    Always,
    /// Where this tick is set.
    If(String),
    /// Never.
    Optional,
}

/// What is wrong with one field of a filled form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct FormProblem {
    /// The section of the form; empty for a field that the form does not have.
    pub section: String,
    /// The key of the field.
    pub key: String,
    /// What is wrong, and what is wanted.
    pub problem: String,
}

/// One address that an order names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct NamedLink {
    /// The address.
    pub url: String,
    /// What else locates the content.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

static FORMS: LazyLock<Vec<Form>> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../data/forms.json")).expect("a test reads the forms")
});

/// Every form.
#[must_use]
pub fn forms() -> &'static [Form] {
    &FORMS
}

/// The form of that name.
#[must_use]
pub fn form(name: &str) -> Option<&'static Form> {
    FORMS.iter().find(|form| form.name == name)
}

impl Form {
    /// Everything that is wrong with a filled form, in the order of its fields; empty where nothing
    /// is. `now` is when it is read: an order is not issued in the future.
    #[must_use]
    pub fn check(&self, filled: &Filled, now: Timestamp) -> Vec<FormProblem> {
        let mut problems = Vec::new();
        for field in &self.fields {
            let value = filled.get(&field.key).filter(|value| !is_empty(value));
            let problem = match value {
                Some(value) => field.check(value).err(),
                None if field.is_required(filled) => Some("is missing".to_owned()),
                None => None,
            };
            problems.extend(problem.map(|problem| field.problem(problem)));
        }
        let is_known = |key: &&String| self.fields.iter().any(|field| field.key == **key);
        for key in filled.keys().filter(|key| !is_known(key)) {
            let problem = format!("is no field of the form `{}`", self.name);
            let key = key.chars().take(64).collect();
            problems.push(FormProblem { section: String::new(), key, problem });
        }
        problems.extend(self.contradictions(filled, now));
        problems
    }

    fn contradictions(&self, filled: &Filled, now: Timestamp) -> Vec<FormProblem> {
        let text = |key: &str| filled.get(key).and_then(Value::as_str);
        let mut found: Vec<(&str, String)> = Vec::new();
        let issued = text("issued_at").and_then(|given| Timestamp::parse(given).ok());
        if let Some(issued) = issued.filter(|issued| *issued > now.plus_seconds(CLOCK_SKEW_SECONDS))
        {
            let problem =
                format!("{issued} has not come: it was read at {now}; is its offset right?");
            found.push(("issued_at", problem));
        }
        let states = (text("issuing_member_state"), text("hsp_member_state"));
        if let (Some(issuing), Some(home)) = states {
            let ticked = filled.get("cross_border_tick").and_then(Value::as_bool);
            let differs = !issuing.eq_ignore_ascii_case(home);
            if ticked.is_some_and(|ticked| ticked != differs) {
                let tick = if differs { "not ticked" } else { "ticked" };
                let problem = format!("is {tick}, but section A names {issuing} and {home}");
                found.push(("cross_border_tick", problem));
            }
        }
        let from_article_8 = |ground: &Value| ground != "FORCE_MAJEURE_OR_DE_FACTO_IMPOSSIBILITY";
        let grounds = filled.get("reason").and_then(Value::as_array);
        if grounds.is_some_and(|grounds| grounds.iter().any(from_article_8))
            && filled.get("clarification_needed").is_none_or(is_empty)
        {
            let problem = "is missing: say which errors were found or what must be made clear";
            found.push(("clarification_needed", problem.to_owned()));
        }
        let known = |(key, problem): (&str, String)| {
            self.fields.iter().find(|field| field.key == key).map(|field| field.problem(problem))
        };
        found.into_iter().filter_map(known).collect()
    }

    /// Reads a form from lines of the shape `key: value`, as they stand in a plain e-mail. Keys are
    /// those of the form, or its English labels; other lines are left out. A key that comes again
    /// adds an address or a choice, and otherwise the first holds.
    #[must_use]
    pub fn read_lines(&self, text: &str) -> Filled {
        let mut filled = Filled::new();
        for line in text.lines() {
            let Some((name, value)) = line.split_once(':') else { continue };
            let (name, value) = (name.trim(), value.trim());
            let is_named = |field: &&Field| {
                field.key.eq_ignore_ascii_case(name) || field.label.eq_ignore_ascii_case(name)
            };
            let Some(field) = self.fields.iter().find(is_named).filter(|_| !value.is_empty())
            else {
                continue;
            };
            field.read_into(&mut filled, value);
        }
        filled
    }
}

/// How far the clocks of a sender may be ahead.
const CLOCK_SKEW_SECONDS: i64 = 300;

/// Whether nothing stands in a field.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(values) => values.is_empty(),
        Value::Bool(_) | Value::Number(_) | Value::Object(_) => false,
    }
}

impl Field {
    fn is_required(&self, filled: &Filled) -> bool {
        match &self.required {
            Required::Always => true,
            Required::If(tick) => filled.get(tick).and_then(Value::as_bool) == Some(true),
            Required::Optional => false,
        }
    }

    fn problem(&self, problem: String) -> FormProblem {
        FormProblem { section: self.section.clone(), key: self.key.clone(), problem }
    }

    fn check(&self, value: &Value) -> Result<(), String> {
        match self.kind {
            FieldKind::Text => text(value, limits::NAME_BYTES).map(drop),
            FieldKind::LongText => text(value, limits::REASON_BYTES).map(drop),
            FieldKind::Country => country(text(value, limits::NAME_BYTES)?),
            FieldKind::Countries => {
                let values = value.as_array().ok_or("must be a list")?;
                values.iter().try_for_each(|value| country(text(value, limits::NAME_BYTES)?))
            }
            FieldKind::Time => {
                let given = text(value, limits::NAME_BYTES)?;
                Timestamp::parse(given).map(drop).map_err(|problem| problem.to_string())
            }
            FieldKind::Date => {
                let given = text(value, limits::NAME_BYTES)?;
                let read = given.parse::<jiff::civil::Date>();
                read.map(drop).map_err(|_| format!("`{given}` is not a day such as 2026-01-31"))
            }
            FieldKind::Email => {
                let given = text(value, limits::NAME_BYTES)?;
                model::check_address(given).map_err(|problem| problem.to_string())
            }
            FieldKind::Link => link(text(value, limits::URL_BYTES)?),
            FieldKind::Links => links(value).map(drop),
            FieldKind::Tick if value.is_boolean() => Ok(()),
            FieldKind::Tick => Err("must be true or false".to_owned()),
            FieldKind::Choice => self.one_of(value),
            FieldKind::Choices => {
                let values = value.as_array().ok_or("must be a list")?;
                values.iter().try_for_each(|value| self.one_of(value))
            }
        }
    }

    fn one_of(&self, value: &Value) -> Result<(), String> {
        let given = text(value, limits::NAME_BYTES)?;
        if self.of.iter().any(|known| known == given) {
            return Ok(());
        }
        Err(format!("`{given}` is not one of: {}", self.of.join(", ")))
    }

    fn read_into(&self, filled: &mut Filled, value: &str) {
        let value_read = match self.kind {
            FieldKind::Links | FieldKind::Choices | FieldKind::Countries => {
                let list = filled.entry(&self.key).or_insert_with(|| Value::Array(Vec::new()));
                if let Value::Array(values) = list
                    && values.len() < limits::ORDER_LINKS
                {
                    values.push(value.into());
                }
                return;
            }
            FieldKind::Tick => match value.to_ascii_lowercase().as_str() {
                "yes" | "true" | "x" => true.into(),
                "no" | "false" => false.into(),
                // What is neither stays to be seen, and is refused.
                _ => value.into(),
            },
            FieldKind::Text
            | FieldKind::LongText
            | FieldKind::Country
            | FieldKind::Time
            | FieldKind::Date
            | FieldKind::Email
            | FieldKind::Link
            | FieldKind::Choice => value.into(),
        };
        filled.entry(&self.key).or_insert(value_read);
    }
}

fn text(value: &Value, limit: usize) -> Result<&str, String> {
    let given = value.as_str().ok_or("must be a text")?;
    if given.len() > limit {
        return Err(format!("has {} bytes; at most {limit} are taken", given.len()));
    }
    Ok(given)
}

fn country(given: &str) -> Result<(), String> {
    let is_code = given.len() == 2 && given.bytes().all(|byte| byte.is_ascii_alphabetic());
    if is_code { Ok(()) } else { Err(format!("`{given}` is not the two letters of a country")) }
}

fn link(given: &str) -> Result<(), String> {
    match Url::parse(given) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => Ok(()),
        Ok(url) => Err(format!("`{}` addresses are not taken: give http or https", url.scheme())),
        Err(error) => {
            let given: String = given.chars().take(80).collect();
            Err(format!("`{given}` is not an address ({error})"))
        }
    }
}

/// The addresses that the value of a field of kind [`FieldKind::Links`] names, in their order.
///
/// # Errors
/// What is wrong, where it is no list of addresses or names more than [`limits::ORDER_LINKS`].
pub fn links(value: &Value) -> Result<Vec<NamedLink>, String> {
    let values = value.as_array().ok_or("must be a list of addresses")?;
    if values.len() > limits::ORDER_LINKS {
        let (given, limit) = (values.len(), limits::ORDER_LINKS);
        return Err(format!("names {given} addresses; one order takes at most {limit}: split it"));
    }
    let mut named = Vec::with_capacity(values.len());
    for (place, value) in (1..).zip(values) {
        let one = match value {
            Value::String(url) => NamedLink { url: url.trim().to_owned(), note: String::new() },
            other => serde_json::from_value(other.clone())
                .map_err(|error| format!("address {place}: {error}"))?,
        };
        let fits = one.url.len() <= limits::URL_BYTES && one.note.len() <= limits::REASON_BYTES;
        if !fits {
            return Err(format!("address {place} is too long"));
        }
        link(&one.url).map_err(|problem| format!("address {place}: {problem}"))?;
        named.push(one);
    }
    Ok(named)
}
