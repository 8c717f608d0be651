//! The server's own description of itself, to hold its answers against.

#![allow(clippy::unwrap_used, missing_docs, dead_code)]

use super::{Answer, Api};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// The OpenAPI document that a server gives of itself.
pub struct Description {
    pub document: Value,
}

impl Description {
    pub async fn read(api: &Api) -> Self {
        let mut document = api.as_key(None).get_json("/v1/openapi.json").await;
        close(&mut document);
        Self { document }
    }

    /// Every call, as `GET /v1/cases`.
    pub fn calls(&self) -> BTreeSet<String> {
        let paths = self.document["paths"].as_object().unwrap().iter();
        let calls = paths.flat_map(|(path, methods)| {
            methods.as_object().unwrap().keys().map(move |method| (method.to_uppercase(), path))
        });
        calls.map(|(method, path)| format!("{method} {path}")).collect()
    }

    pub fn needs_key(&self, call: &str) -> bool {
        self.operation(call).get("security").is_some()
    }

    fn operation(&self, call: &str) -> &Value {
        let (method, path) = call.split_once(' ').unwrap();
        let operation = &self.document["paths"][path][method.to_lowercase()];
        assert!(operation.is_object(), "`{call}` is not described");
        operation
    }

    /// Asserts that an answer is one that the description has: its status, its content type and,
    /// for JSON, its shape with no field beside those declared.
    pub fn check(&self, call: &str, answer: &Answer) {
        let declared = &self.operation(call)["responses"][answer.status.to_string()];
        let said = answer.text();
        assert!(declared.is_object(), "{call}: {} is not declared: {said}", answer.status);
        let Some(content) = declared.get("content").and_then(Value::as_object) else {
            assert!(answer.body.is_empty(), "{call}: no body is declared: {said}");
            return;
        };
        let given = answer.content_type.split(';').next().unwrap_or_default();
        assert!(content.contains_key(given), "{call}: `{given}` is not declared: {said}");
        if given.ends_with("json") {
            self.check_shape(call, &content[given]["schema"], &answer.json());
        }
    }

    fn check_shape(&self, call: &str, schema: &Value, value: &Value) {
        let mut schema = schema.clone();
        // The references of a schema point into the components of its document.
        schema["components"] = self.document["components"].clone();
        let validator = jsonschema::validator_for(&schema).unwrap();
        let wrong: Vec<String> = validator
            .iter_errors(value)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(wrong.is_empty(), "{call}: {}\n{value:#}", wrong.join("\n"));
    }
}

/// Closes every object of the components, so that a field that is not declared is an error. What
/// is part of an `allOf` stays open: the fields of its neighbours are no error.
fn close(document: &mut Value) {
    let mut open = BTreeSet::new();
    parts_of_all(&document["components"]["schemas"], &mut open);
    let schemas = document["components"]["schemas"].as_object_mut().unwrap();
    for (name, schema) in schemas {
        if !open.contains(name) {
            close_schema(schema);
        }
    }
}

fn parts_of_all(schema: &Value, open: &mut BTreeSet<String>) {
    match schema {
        Value::Object(fields) => {
            for part in fields.get("allOf").and_then(Value::as_array).into_iter().flatten() {
                let name = part["$ref"].as_str().and_then(|part| part.rsplit('/').next());
                open.extend(name.map(str::to_owned));
            }
            fields.values().for_each(|inner| parts_of_all(inner, open));
        }
        Value::Array(parts) => parts.iter().for_each(|inner| parts_of_all(inner, open)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn close_schema(schema: &mut Value) {
    let Value::Object(fields) = schema else { return };
    if fields.contains_key("allOf") {
        fields.insert("unevaluatedProperties".to_owned(), json!(false));
        return;
    }
    if fields.contains_key("properties") && !fields.contains_key("additionalProperties") {
        fields.insert("additionalProperties".to_owned(), json!(false));
    }
    for word in ["oneOf", "anyOf"] {
        let parts = fields.get_mut(word).and_then(Value::as_array_mut);
        parts.into_iter().flatten().for_each(close_schema);
    }
    fields.get_mut("items").into_iter().for_each(close_schema);
    let inner = fields.get_mut("properties").and_then(Value::as_object_mut);
    inner.into_iter().flat_map(Map::values_mut).for_each(close_schema);
}
