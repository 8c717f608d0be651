//! A result as data that can leave the house: every account under its pseudonym.

use super::{Reading, read};
use engine::Error;
use serde_json::Value;
use std::collections::BTreeSet;

/// Fields that name an account.
const ACCOUNTS: [&str; 7] = ["account", "a", "b", "author", "of", "seeds", "highest"];
/// Fields that tell who an account is without its id: they are left out.
const TELLING: [&str; 7] = ["handle", "stem", "skeleton", "terms", "parts", "first", "unknown"];

/// The result with accounts under their pseudonyms and without what tells who they are.
///
/// # Errors
/// Where the stored result cannot be read.
pub fn masked(reading: &Reading, result: &str) -> Result<String, Error> {
    let mut value: Value = read(result)?;
    let accounts: BTreeSet<&str> = ACCOUNTS.into();
    let telling: BTreeSet<&str> = TELLING.into();
    mask(reading, &accounts, &telling, &mut value);
    Ok(value.to_string())
}

fn mask(reading: &Reading, accounts: &BTreeSet<&str>, telling: &BTreeSet<&str>, value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|name, value| {
                !telling.contains(name.as_str()) || !(value.is_string() || value.is_array())
            });
            for (name, value) in fields {
                if accounts.contains(name.as_str()) {
                    rename(reading, value);
                }
                mask(reading, accounts, telling, value);
            }
        }
        Value::Array(values) => {
            values.iter_mut().for_each(|value| mask(reading, accounts, telling, value));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn rename(reading: &Reading, value: &mut Value) {
    match value {
        Value::String(account) => *account = reading.names.of(account),
        Value::Array(values) => values.iter_mut().for_each(|value| rename(reading, value)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => {}
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::Place;
    use super::*;
    use crate::console::text::Language;
    use model::StudyKind;
    use study::census::Pseudonyms;

    #[test]
    fn no_account_is_named() {
        let names = Pseudonyms::keyed(&[3; 32]);
        let reading = Reading {
            t: Language::English,
            kind: StudyKind::Returns,
            place: Place::Report,
            names: names.clone(),
            telling: super::super::Telling::Hidden,
        };
        let result = r#"{"searched":[{"account":"a-1","handle":"reader","candidates":
            [{"account":"a-2","evidence":[{"facts":[{"stem":"read","accounts":3},
            {"accounts":[{"account":"a-3","at_us":7}]}]}]}]}],
            "seeds":["a-1"],"explanation":{"audience":{"of":"a-4"}},
            "pairs":[{"a":"a-1","b":"a-2"}],"notes":[{"first":"a-9"}]}"#;
        let told = masked(&reading, result).unwrap();
        for secret in ["a-1", "a-2", "a-3", "a-4", "a-9", "reader", "read\""] {
            assert!(!told.contains(secret), "{secret}: {told}");
        }
        assert!(told.contains(&names.of("a-2")) && told.contains("\"accounts\":3"));
    }
}
