//! Facts: what happened, before it is sealed.

use crate::list::{FactKind, Field, ValueType};
use model::limits;
use std::collections::BTreeMap;

/// The value of one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Text of at most [`limits::RECORD_TEXT_BYTES`].
    Text(String),
    /// A whole number.
    Int(u64),
    /// A salted commitment.
    Commitment([u8; 32]),
    /// Texts in the order given.
    List(List),
}

impl Value {
    /// What it is.
    #[must_use]
    pub fn value_type(&self) -> ValueType {
        match self {
            Self::Text(_) => ValueType::Text,
            Self::Int(_) => ValueType::Int,
            Self::Commitment(_) => ValueType::Commitment,
            Self::List(_) => ValueType::List,
        }
    }
}

/// Texts, of which the first are kept and all are counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    total: u32,
    texts: Vec<String>,
}

impl List {
    /// Keeps as many texts as fit [`limits::RECORD_LIST_BYTES`]; `None` where there is none.
    fn keep<S: AsRef<str>>(texts: impl IntoIterator<Item = S>) -> Option<Self> {
        let mut list = Self { total: 0, texts: Vec::new() };
        let mut bytes = 4;
        for text in texts {
            let text = cut(text.as_ref());
            bytes += 4 + text.len();
            list.total = list.total.saturating_add(1);
            if bytes <= limits::RECORD_LIST_BYTES {
                list.texts.push(text);
            }
        }
        (list.total > 0).then_some(list)
    }

    /// Takes decoded parts; `None` where [`List::keep`] could not have made them.
    pub(crate) fn from_parts(total: u32, texts: Vec<String>) -> Option<Self> {
        let holds = !texts.is_empty() && total as usize >= texts.len();
        holds.then_some(Self { total, texts })
    }

    /// How many texts there were, kept or not.
    #[must_use]
    pub fn total(&self) -> u32 {
        self.total
    }

    /// The texts that are kept, at least one.
    #[must_use]
    pub fn texts(&self) -> &[String] {
        &self.texts
    }
}

/// Cuts a text to [`limits::RECORD_TEXT_BYTES`], at a character, and marks the cut with `…`.
fn cut(text: &str) -> String {
    const MARK: char = '…';
    if text.len() <= limits::RECORD_TEXT_BYTES {
        return text.to_owned();
    }
    let end = text.floor_char_boundary(limits::RECORD_TEXT_BYTES - MARK.len_utf8());
    format!("{}{MARK}", &text[..end])
}

/// What happened, with what is said about it.
///
/// No fact can be too large for a record: a text longer than [`limits::RECORD_TEXT_BYTES`] is cut
/// and marked, and of a list longer than [`limits::RECORD_LIST_BYTES`] the first texts are kept
/// with the count of all. Ids are shorter than that and never cut.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// What happened.
    pub kind: FactKind,
    fields: BTreeMap<Field, Value>,
}

impl Fact {
    /// A fact about which nothing is said yet.
    #[must_use]
    pub fn new(kind: FactKind) -> Self {
        Self { kind, fields: BTreeMap::new() }
    }

    /// Says a text.
    ///
    /// # Panics
    /// Where the field is not of type text, or is set already: both are mistakes of the caller.
    #[must_use]
    pub fn text(self, field: Field, text: impl AsRef<str>) -> Self {
        self.set(field, Value::Text(cut(text.as_ref())))
    }

    /// Says a text where there is one.
    ///
    /// # Panics
    /// As [`Fact::text`].
    #[must_use]
    pub fn maybe_text(self, field: Field, text: Option<impl AsRef<str>>) -> Self {
        match text {
            Some(text) => self.text(field, text),
            None => self,
        }
    }

    /// Says a number.
    ///
    /// # Panics
    /// Where the field is not of type int, or is set already.
    #[must_use]
    pub fn int(self, field: Field, number: impl Into<u64>) -> Self {
        self.set(field, Value::Int(number.into()))
    }

    /// Says a commitment.
    ///
    /// # Panics
    /// Where the field is not of type commitment, or is set already.
    #[must_use]
    pub fn commitment(self, field: Field, commitment: [u8; 32]) -> Self {
        self.set(field, Value::Commitment(commitment))
    }

    /// Says several texts; none at all leave the field out.
    ///
    /// # Panics
    /// Where the field is not of type list, or is set already.
    #[must_use]
    pub fn list<S: AsRef<str>>(self, field: Field, texts: impl IntoIterator<Item = S>) -> Self {
        match List::keep(texts) {
            Some(list) => self.set(field, Value::List(list)),
            None => self,
        }
    }

    pub(crate) fn set(mut self, field: Field, value: Value) -> Self {
        let (expected, given) = (field.value_type().name(), value.value_type().name());
        assert_eq!(expected, given, "the type of the field {}", field.name());
        let before = self.fields.insert(field, value);
        assert_eq!(before, None, "the field {} is set twice", field.name());
        self
    }

    /// What is said in that field.
    #[must_use]
    pub fn get(&self, field: Field) -> Option<&Value> {
        self.fields.get(&field)
    }

    /// The text of that field.
    #[must_use]
    pub fn get_text(&self, field: Field) -> Option<&str> {
        match self.get(field)? {
            Value::Text(text) => Some(text),
            Value::Int(_) | Value::Commitment(_) | Value::List(_) => None,
        }
    }

    /// The number of that field.
    #[must_use]
    pub fn get_int(&self, field: Field) -> Option<u64> {
        match self.get(field)? {
            Value::Int(number) => Some(*number),
            Value::Text(_) | Value::Commitment(_) | Value::List(_) => None,
        }
    }

    /// The commitment of that field.
    #[must_use]
    pub fn get_commitment(&self, field: Field) -> Option<&[u8; 32]> {
        match self.get(field)? {
            Value::Commitment(commitment) => Some(commitment),
            Value::Text(_) | Value::Int(_) | Value::List(_) => None,
        }
    }

    /// The texts that are kept of that field; none where it is not set.
    #[must_use]
    pub fn get_list(&self, field: Field) -> &[String] {
        match self.get(field) {
            Some(Value::List(list)) => list.texts(),
            Some(Value::Text(_) | Value::Int(_) | Value::Commitment(_)) | None => &[],
        }
    }

    /// Everything that is said, in the order of the codes.
    pub fn fields(&self) -> impl ExactSizeIterator<Item = (Field, &Value)> {
        self.fields.iter().map(|(field, value)| (*field, value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_back_what_was_said() {
        let fact = Fact::new(FactKind::DecisionMade)
            .text(Field::Case, "case_1")
            .int(Field::Priority, 70_u8)
            .commitment(Field::Item, [9; 32])
            .list(Field::Rule, ["one", "two"])
            .list(Field::Label, Vec::<String>::new())
            .maybe_text(Field::Queue, None::<&str>)
            .maybe_text(Field::Language, Some("ar"));
        assert_eq!(fact.get_text(Field::Case), Some("case_1"));
        assert_eq!(fact.get_int(Field::Priority), Some(70));
        assert_eq!(fact.get_commitment(Field::Item), Some(&[9; 32]));
        assert_eq!(fact.get_list(Field::Rule), ["one", "two"]);
        assert_eq!(fact.get(Field::Label), None);
        assert_eq!(fact.get(Field::Queue), None);
        assert_eq!(fact.get_text(Field::Language), Some("ar"));
        // A getter of another type finds nothing.
        assert_eq!(fact.get_text(Field::Priority), None);
        assert_eq!(fact.get_int(Field::Case), None);
        assert_eq!(fact.get_commitment(Field::Case), None);
        assert!(fact.get_list(Field::Case).is_empty());
        let order: Vec<_> = fact.fields().map(|(field, _)| field.code()).collect();
        assert_eq!(order, [2, 4, 15, 20, 24]);
    }

    #[test]
    #[should_panic(expected = "the type of the field priority")]
    fn refuses_a_value_of_another_type() {
        let _ = Fact::new(FactKind::CaseOpened).text(Field::Priority, "high");
    }

    #[test]
    #[should_panic(expected = "the field case is set twice")]
    fn refuses_to_say_something_twice() {
        let _ = Fact::new(FactKind::CaseOpened).text(Field::Case, "a").text(Field::Case, "b");
    }

    #[test]
    fn cuts_long_texts_at_a_character() {
        let limit = limits::RECORD_TEXT_BYTES;
        for (given, bytes, is_cut) in [
            ("a".repeat(limit), limit, false),
            ("a".repeat(limit + 1), limit, true),
            // 383 two-byte letters are 766 bytes, too many beside the mark's three.
            ("й".repeat(limit), 382 * 2 + 3, true),
            (String::new(), 0, false),
        ] {
            let kept = cut(&given);
            assert_eq!((kept.len(), kept.ends_with('…')), (bytes, is_cut));
        }
    }

    #[test]
    fn counts_what_a_list_drops() {
        let many: Vec<String> = (0..2_000).map(|n| format!("rule number {n:04}")).collect();
        let fact = Fact::new(FactKind::ItemJudged).list(Field::Rule, &many);
        let Some(Value::List(list)) = fact.get(Field::Rule) else { panic!("a list") };
        assert_eq!((list.total(), list.texts().len()), (2_000, 307));
        assert_eq!(list.texts(), &many[..307]);
    }
}
