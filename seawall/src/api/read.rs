//! Reading bodies: JSON with the place of what is wrong, items by themselves or many at once.

use crate::api::problem::{Kind, Problem, Wrong};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use engine::Incoming;
use model::{Item, limits};
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Reads a body as JSON of a type.
///
/// # Errors
/// Where it is not UTF-8, not JSON or of another shape; the field is named.
pub fn json<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    // What is JSON and what has the right shape are two questions: serde_json calls some wrong
    // shapes of an enum a syntax error when it reads text.
    serde_path_to_error::deserialize(value(body)?).map_err(|error| {
        let place = error.path().to_string();
        let place = if place == "." { "body".to_owned() } else { place };
        let problem = error.into_inner().to_string();
        Problem::places(vec![Wrong { index: None, place, problem }])
    })
}

fn value(body: &[u8]) -> Result<Value, Problem> {
    let text = utf8(body)?;
    serde_json::from_str(text).map_err(|error| not_json(&error))
}

fn utf8(body: &[u8]) -> Result<&str, Problem> {
    std::str::from_utf8(body).map_err(|error| {
        let at = error.valid_up_to();
        let detail = format!("The body is not UTF-8 at byte {at}; send JSON encoded as UTF-8.");
        Problem::new(Kind::Malformed, detail)
    })
}

fn not_json(error: &serde_json::Error) -> Problem {
    Problem::new(Kind::Malformed, format!("The body is not JSON: {error}."))
}

/// Reads one item, a list of items, or `{"items": [...]}`.
///
/// # Errors
/// Where the body is not JSON, there are too many items, or any of them is no item: then every
/// wrong item is named with its place, and nothing is kept.
pub fn items(body: &[u8]) -> Result<Vec<Incoming>, Problem> {
    let values = match value(body)? {
        Value::Array(values) => values,
        Value::Object(mut fields) => match fields.remove("items") {
            Some(Value::Array(values)) if fields.is_empty() => values,
            Some(items) => {
                fields.insert("items".to_owned(), items);
                vec![Value::Object(fields)]
            }
            None => vec![Value::Object(fields)],
        },
        other => vec![other],
    };
    if values.is_empty() || values.len() > limits::SUBMISSION_ITEMS {
        let (count, limit) = (values.len(), limits::SUBMISSION_ITEMS);
        let problem = format!("{count} items; send 1 to {limit} at once");
        return Err(Problem::places(vec![Wrong { index: None, place: "items".into(), problem }]));
    }
    let mut items = Vec::with_capacity(values.len());
    let mut errors = Vec::new();
    let many = values.len() > 1;
    for (index, value) in values.iter().enumerate() {
        match item(value).and_then(with_media) {
            Ok(incoming) => items.push(incoming),
            Err(wrong) => {
                let place = if many { format!("items[{index}].{}", wrong.0) } else { wrong.0 };
                let index = many.then_some(index);
                errors.push(Wrong { index, place, problem: wrong.1 });
            }
        }
    }
    if errors.is_empty() { Ok(items) } else { Err(Problem::places(errors)) }
}

/// Reads one item as it may come over the network.
fn item(value: &Value) -> Result<Item, (String, String)> {
    let item = model::parse_item_value(value).map_err(|error| (error.place, error.problem))?;
    if let Some(index) = item.media.iter().position(|medium| medium.path.is_some()) {
        let problem = "files are for the command line alone; send `bytes`, `url` or multipart";
        return Err((format!("media[{index}].path"), problem.to_owned()));
    }
    Ok(item)
}

/// Takes the media out of an item that it carries in base64.
fn with_media(mut item: Item) -> Result<Incoming, (String, String)> {
    let mut media = Vec::new();
    for (index, medium) in item.media.iter_mut().enumerate() {
        let Some(encoded) = medium.bytes.take() else { continue };
        let bytes = STANDARD.decode(encoded.as_bytes()).map_err(|error| {
            let problem = format!("not base64 with padding (RFC 4648 section 4): {error}");
            (format!("media[{index}].bytes"), problem)
        })?;
        media.push((medium.id.clone(), Ok(bytes)));
    }
    Ok(Incoming { item, media })
}
