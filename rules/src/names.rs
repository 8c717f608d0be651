//! The names that a condition can read, and what to suggest for one that it cannot.

use crate::fields::{EXTRA_PREFIXES, FieldSpec, ITEM_FIELDS, Quoted, Read};
use model::{Item, SignalSpec, SignalValue};
use serde_json::{Map, Value};

/// Characters of a value that an explanation shows.
const SHOWN_CHARS: usize = 80;
/// What an explanation says of a field that the service left out.
const NOT_GIVEN: &str = "missing: not given by the service";

/// Whose unknown fields are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Owner {
    Item,
    Author,
}

/// Something that a condition can read by name.
#[derive(Debug, Clone)]
pub(crate) enum Known {
    /// A signal, by its place in the list of signals.
    Signal(usize, &'static SignalSpec),
    /// A field of the item.
    Field(&'static FieldSpec),
    /// A field that Seawall does not know, by its path below the item or author.
    Extra(Extra),
}

/// A field that Seawall does not know.
#[derive(Debug, Clone)]
pub(crate) struct Extra {
    /// Its full name, such as `item.extra.score`.
    pub(crate) name: String,
    owner: Owner,
    path: Vec<String>,
}

impl Extra {
    /// Its JSON value in an item; null counts as missing.
    pub(crate) fn read<'a>(&self, item: &'a Item) -> Option<&'a Value> {
        let fields: &Map<String, Value> = match self.owner {
            Owner::Item => &item.extra,
            Owner::Author => &item.author.extra,
        };
        let (first, rest) = self.path.split_first()?;
        let found = rest.iter().try_fold(fields.get(first)?, |value, name| value.get(name))?;
        (!found.is_null()).then_some(found)
    }
}

impl Known {
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Signal(_, spec) => spec.name,
            Self::Field(field) => field.name,
            Self::Extra(extra) => &extra.name,
        }
    }

    /// One line of an explanation: `name = value`.
    pub(crate) fn explain(&self, item: &Item, signals: &[SignalValue]) -> String {
        let value = match self {
            Self::Signal(index, _) => explain_signal(signals.get(*index)),
            Self::Field(field) => explain_field(field, item),
            Self::Extra(extra) => extra.read(item).map_or(NOT_GIVEN.into(), explain_json),
        };
        format!("{} = {value}", self.name())
    }
}

/// Looks a dotted name up; signals come before fields.
pub(crate) fn find(name: &str, signals: &'static [SignalSpec]) -> Option<Known> {
    if let Some(index) = signals.iter().position(|spec| spec.name == name) {
        return Some(Known::Signal(index, &signals[index]));
    }
    if let Some(field) = ITEM_FIELDS.iter().find(|field| field.name == name) {
        return Some(Known::Field(field));
    }
    let [item, author] = EXTRA_PREFIXES;
    let (owner, rest) = name
        .strip_prefix(item)
        .map(|rest| (Owner::Item, rest))
        .or_else(|| name.strip_prefix(author).map(|rest| (Owner::Author, rest)))?;
    let path = rest.split('.').map(str::to_owned).collect();
    Some(Known::Extra(Extra { name: name.to_owned(), owner, path }))
}

/// What to write instead of an unknown name.
pub(crate) fn suggest_name(name: &str, signals: &'static [SignalSpec]) -> String {
    let known = || signals.iter().map(|s| s.name).chain(ITEM_FIELDS.iter().map(|f| f.name));
    let last = |known: &'static str| known.rsplit('.').next().unwrap_or(known);
    // A name of the item is not taken for a signal: it is rather a field of the service's own.
    let of_item = name.starts_with("item.");
    let alike = known().filter(|known| known.starts_with("item.") == of_item);
    if let Some(found) = did_you_mean(name, alike) {
        return found;
    }
    if let Some(found) = known().find(|known| last(known) == name) {
        return format!("did you mean `{found}`?");
    }
    if let Some(field) = name.strip_prefix("item.") {
        let extra = match field.strip_prefix("author.") {
            Some(field) => format!("item.author.extra.{field}"),
            None => format!("item.extra.{field}"),
        };
        return format!("for a field of the service's own, write `{extra}.orValue(…)`");
    }
    "a text is written in quotes; names are those of the list of signals and of item fields".into()
}

/// `did you mean …?` for the candidate that is nearest to a word, if one is near.
pub(crate) fn did_you_mean<'a>(
    word: &str,
    candidates: impl Iterator<Item = &'a str>,
) -> Option<String> {
    let allowed = (word.chars().count() / 3).clamp(1, 4);
    let (distance, nearest) =
        candidates.map(|candidate| (edits(word, candidate), candidate)).min()?;
    (distance <= allowed).then(|| format!("did you mean `{nearest}`?"))
}

/// Edit distance in characters; swapped neighbours count as one edit.
fn edits(left: &str, right: &str) -> usize {
    let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    // A typed name of any length is compared with short names only, so the table stays small.
    if left.len() > 256 {
        return left.len();
    }
    let mut before_last = vec![0; right.len() + 1];
    let mut last: Vec<usize> = (0..=right.len()).collect();
    for (row, a) in left.iter().enumerate() {
        let mut current = vec![row + 1];
        for (column, b) in right.iter().enumerate() {
            let replaced = last[column] + usize::from(a != b);
            let mut best = replaced.min(last[column + 1] + 1).min(current[column] + 1);
            if row > 0 && column > 0 && *a == right[column - 1] && left[row - 1] == *b {
                best = best.min(before_last[column - 1] + 1);
            }
            current.push(best);
        }
        before_last = std::mem::replace(&mut last, current);
    }
    last[right.len()]
}

fn explain_signal(value: Option<&SignalValue>) -> String {
    match value {
        None => "missing: not measured".into(),
        Some(SignalValue::Bool(value)) => value.to_string(),
        Some(SignalValue::Int(value)) => value.to_string(),
        Some(SignalValue::Float(value)) => format!("{value:?}"),
        Some(SignalValue::Text(value)) => quoted(value),
        Some(SignalValue::TextList(values)) => list(values),
        Some(SignalValue::Missing(missing)) => format!("missing: {}", cut(&missing.reason)),
    }
}

fn explain_field(field: &FieldSpec, item: &Item) -> String {
    let text = |text: &str| match field.quoted {
        Quoted::Value => quoted(text),
        Quoted::Length => format!("({} bytes)", text.len()),
    };
    match field.read {
        Read::Bool(read) => read(item).to_string(),
        Read::Int(read) => read(item).to_string(),
        Read::MaybeInt(read) => read(item).map_or(NOT_GIVEN.into(), |value| value.to_string()),
        Read::Text(read) => text(read(item)),
        Read::MaybeText(read) => read(item).map_or(NOT_GIVEN.into(), text),
        Read::List(read) => list(read(item)),
    }
}

fn explain_json(value: &Value) -> String {
    cut(&value.to_string())
}

fn quoted(text: &str) -> String {
    // Cut before quoting, so that no escape is torn apart.
    Value::from(cut(text)).to_string()
}

fn list(values: &[String]) -> String {
    let mut text = String::from("[");
    for (index, value) in values.iter().enumerate() {
        text += if index == 0 { "" } else { ", " };
        text += &quoted(value);
        if text.len() > SHOWN_CHARS * 4 {
            break;
        }
    }
    cut(&(text + "]"))
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(SHOWN_CHARS) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_edits() {
        for (left, right, expected) in [
            ("", "", 0),
            ("term.count", "term.count", 0),
            ("term.cuont", "term.count", 1),
            ("term.cont", "term.count", 1),
            ("kitten", "sitting", 3),
            ("", "abc", 3),
        ] {
            assert_eq!(edits(left, right), expected, "{left} {right}");
            assert_eq!(edits(right, left), expected, "{right} {left}");
        }
    }

    #[test]
    fn cuts_on_characters() {
        assert_eq!(cut(&"é".repeat(80)), "é".repeat(80));
        assert_eq!(cut(&"é".repeat(81)), "é".repeat(80) + "…");
        assert_eq!(quoted("a\"b\n"), r#""a\"b\n""#);
        assert_eq!(list(&["a".into(), "b".into()]), r#"["a", "b"]"#);
    }
}
