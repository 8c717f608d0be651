//! A result as data that can leave the house: every account and every post under its pseudonym,
//! and no words of anybody, which a search of the service would lead back to their author.

use super::{Reading, read, tells_author};
use engine::Error;
use serde::Deserialize;
use serde_json::{Map, Value};
use study::campaigns::traces::Trace;

/// Fields that name an account.
const ACCOUNTS: [&str; 7] = ["account", "a", "b", "author", "of", "seeds", "highest"];
/// Fields that name a post.
const POSTS: [&str; 1] = ["post"];
/// Fields with words that tell who an account is without its id: they are left out.
const TELLING: [&str; 12] = [
    "handle",
    "stem",
    "skeleton",
    "terms",
    "parts",
    "first",
    "unknown",
    "first_unknown",
    "text",
    "runs",
    "old",
    "new",
];

/// The result with accounts and posts under their pseudonyms and without what tells who they are;
/// the result as it is where accounts stand under their own ids.
///
/// # Errors
/// Where the stored result cannot be read.
pub fn masked(reading: &Reading, result: &str) -> Result<String, Error> {
    let mut value: Value = read(result)?;
    if reading.names.are_keyed() {
        mask(reading, &mut value);
    }
    Ok(value.to_string())
}

fn mask(reading: &Reading, value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|name, value| {
                !TELLING.contains(&name.as_str()) || !(value.is_string() || value.is_array())
            });
            mask_object(reading, fields);
            for (name, value) in fields {
                if ACCOUNTS.contains(&name.as_str()) {
                    rename(value, &|account| reading.names.of(account));
                }
                if POSTS.contains(&name.as_str()) {
                    rename(value, &|post| reading.object(post));
                }
                mask(reading, value);
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| mask(reading, value)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// An object that is somebody's post or words goes under a pseudonym; links, hashtags and pictures
/// belong to nobody.
fn mask_object(reading: &Reading, fields: &mut Map<String, Value>) {
    let trace = fields.get("trace").and_then(|trace| Trace::deserialize(trace).ok());
    if let (Some(trace), Some(Value::String(object))) = (trace, fields.get_mut("object"))
        && tells_author(trace)
    {
        *object = reading.object(object);
    }
}

fn rename(value: &mut Value, name: &impl Fn(&str) -> String) {
    match value {
        Value::String(known) => *known = name(known),
        Value::Array(values) => values.iter_mut().for_each(|value| rename(value, name)),
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

    fn reading(names: &Pseudonyms) -> Reading {
        Reading {
            t: Language::English,
            kind: StudyKind::Returns,
            place: Place::Report,
            names: names.clone(),
            telling: super::super::Telling::Hidden,
        }
    }

    #[test]
    fn no_account_is_named() {
        let names = Pseudonyms::keyed(&[3; 32]);
        let result = r#"{"searched":[{"account":"a-1","handle":"reader","candidates":
            [{"account":"a-2","evidence":[{"facts":[{"stem":"read","accounts":3},
            {"accounts":[{"account":"a-3","at_us":7}]}]}]}]}],
            "seeds":["a-1"],"explanation":{"audience":{"of":"a-4"}},
            "pairs":[{"a":"a-1","b":"a-2"}],"notes":[{"first":"a-9"}]}"#;
        let told = masked(&reading(&names), result).unwrap();
        for secret in ["a-1", "a-2", "a-3", "a-4", "a-9", "reader", "read\""] {
            assert!(!told.contains(secret), "{secret}: {told}");
        }
        assert!(told.contains(&names.of("a-2")) && told.contains("\"accounts\":3"));
    }

    const FOUND: &str = r##"{"findings":[{"objects":[
        {"trace":"repost","object":"post-7"},{"trace":"text","object":"stand with us"},
        {"trace":"similar_text","object":"stand by us"},{"trace":"reply","object":"post-8"},
        {"trace":"link","object":"news.example/1"},{"trace":"hashtag","object":"harbour"}],
        "examples":[{"post":"post-7","account":"a-1","at_us":5,"text":"stand with us"}]}],
        "bursts":[{"hashtag":"harbour","examples":[{"post":"post-9","text":"we are here"}]}],
        "facts":[{"announced":{"post":"post-6"}},{"counter":{"old":"17","new":"18"}},
        {"shared_use":{"old":0.5,"new":0.25}},{"alike_style":{"runs":["abc"],"one_in":9.0}}]}"##;

    #[test]
    fn no_post_is_named_and_nobody_is_quoted() {
        let names = Pseudonyms::keyed(&[3; 32]);
        let told = masked(&reading(&names), FOUND).unwrap();
        for secret in ["post-", "stand", "we are", "a-1", "\"17\"", "\"18\"", "abc", "\"text\":"] {
            assert!(!told.contains(secret), "{secret}: {told}");
        }
        let post = reading(&names).object("post-7");
        assert_eq!(told.matches(&post).count(), 2, "one post has one name: {told}");
        for kept in ["news.example/1", "harbour", "\"at_us\":5", "\"old\":0.5", "\"one_in\":9.0"] {
            assert!(told.contains(kept), "{kept}: {told}");
        }
    }

    #[test]
    fn an_operator_who_asks_for_ids_has_everything() {
        let told = masked(&reading(&Pseudonyms::ids()), FOUND).unwrap();
        let (told, given): (Value, Value) = (read(&told).unwrap(), read(FOUND).unwrap());
        assert_eq!(told, given);
    }
}
