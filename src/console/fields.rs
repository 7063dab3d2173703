//! The fields of resources as parts of forms, which follow from the schema of state documents, and what a form says of them.

use std::sync::OnceLock;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};
use utoipa::PartialSchema as _;

use crate::model::kind::{DocumentError, Kind};
use crate::model::kinds::each_kind;

/// How a field is filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    Text,
    Number,
    Time,
    /// One of these.
    Words(Vec<String>),
    Boolean,
    /// Lists and maps, in JSON.
    Json,
}

/// A field of a kind.
#[derive(Debug, Clone)]
pub struct Field {
    pub name: String,
    pub way: Way,
    pub description: String,
}

/// The fields of a kind that a form may have, by name.
pub fn of(kind: &Kind) -> &'static [Field] {
    static ALL: OnceLock<Vec<(i64, Vec<Field>)>> = OnceLock::new();
    let all = ALL.get_or_init(|| {
        macro_rules! read {
            ($($module:ident::$resource:ident),*) => {
                vec![$({
                    use crate::model::$module::{KIND, $resource};
                    (KIND.number, read(&KIND, &json!($resource::schema())))
                }),*]
            };
        }
        each_kind!(read)
    });
    all.iter().find(|(number, _)| *number == kind.number).map_or(&[], |(_, fields)| fields)
}

fn read(kind: &Kind, schema: &Value) -> Vec<Field> {
    let Some(properties) = schema["properties"].as_object() else { return Vec::new() };
    let stated = properties.iter().filter(|(name, _)| !kind.ignored.contains(&name.as_str()));
    let mut fields: Vec<Field> = stated
        .map(|(name, schema)| {
            let inner = schema["oneOf"].get(0).unwrap_or(&Value::Null);
            let description = [schema, inner].iter().find_map(|schema| schema["description"].as_str());
            let description = description.unwrap_or_default().replace('\n', " ");
            Field { name: name.clone(), way: way(schema), description }
        })
        .collect();
    // The id first, and what may be long last.
    fields.sort_by_key(|field| (field.name != kind.id_field, field.way == Way::Json));
    fields
}

fn way(schema: &Value) -> Way {
    let is = |word: &str| match &schema["type"] {
        Value::String(only) => only == word,
        Value::Array(types) => types.iter().any(|other| other == word),
        _ => false,
    };
    if let Some(words) = schema["enum"].as_array() {
        if words.iter().any(Value::is_boolean) {
            return Way::Boolean;
        }
        let words = words.iter().filter_map(Value::as_str).filter(|word| !word.is_empty());
        return Way::Words(words.map(str::to_owned).collect());
    }
    let is_time = schema["oneOf"].as_array().is_some_and(|all| all.iter().any(|one| one.get("$ref").is_some()));
    match () {
        () if is_time => Way::Time,
        () if is("array") || is("object") => Way::Json,
        () if is("integer") => Way::Number,
        () if is("string") => Way::Text,
        () => Way::Json,
    }
}

/// A field with what it holds.
#[derive(Debug)]
pub struct Input {
    pub field: &'static Field,
    pub value: String,
}

/// The inputs of a form for an entry.
pub fn inputs(kind: &Kind, entry: &Value) -> Vec<Input> {
    let value = |field: &Field| match &entry[&field.name] {
        Value::Null => String::new(),
        Value::String(text) if field.way != Way::Json => text.clone(),
        value => value.to_string(),
    };
    of(kind).iter().map(|field| Input { field, value: value(field) }).collect()
}

/// The inputs of a form as it was sent; of fields that it did not have, as the entry has them.
pub fn inputs_sent(kind: &Kind, entry: &Value, sent: &[(String, String)]) -> Vec<Input> {
    let value = |field: &Field| sent.iter().find(|(name, _)| *name == field.name).map(|(_, value)| value.clone());
    let inputs = inputs(kind, entry).into_iter();
    inputs.map(|input| Input { value: value(input.field).unwrap_or(input.value), ..input }).collect()
}

/// What a form says of the fields that it has: a JSON merge patch, where an empty field is null.
pub fn patch(kind: &Kind, sent: &[(String, String)]) -> Result<Value, DocumentError> {
    let mut patch = Map::new();
    for field in of(kind) {
        let Some((_, text)) = sent.iter().find(|(name, _)| *name == field.name) else { continue };
        let value = match (text.as_str(), &field.way) {
            ("", _) => Value::Null,
            ("true", Way::Boolean) => Value::Bool(true),
            ("false", Way::Boolean) => Value::Bool(false),
            (text, Way::Json) => serde_json::from_str(text)
                .map_err(|error| DocumentError::field(&field.name, format!("not JSON: {error}")))?,
            (text, _) => Value::String(text.to_owned()),
        };
        patch.insert(field.name.clone(), value);
    }
    Ok(Value::Object(patch))
}

/// Says which entry it is, as far as a form has its fields: another one has another version.
pub fn version(kind: &Kind, entry: &Value) -> String {
    let mut digest = Sha256::new();
    for field in of(kind) {
        // A text of JSON says itself where it ends.
        digest.update(entry[&field.name].to_string());
    }
    BASE64_URL_SAFE_NO_PAD.encode(&digest.finalize()[..16])
}

/// Of a merge patch, what makes a difference to an entry. Maps are given as a whole: what a form leaves out of one, it takes
/// away.
pub fn differing(entry: &Value, patch: Value) -> Value {
    let Value::Object(patch) = patch else { return patch };
    let is_same = |name: &str, value: &Value| match (&entry[name], value) {
        // A number may be in quotes, and a text that only a field of JSON has.
        (Value::Number(number), Value::String(text)) => number.to_string() == *text,
        // A field of one line takes the ends of lines out of what it shows.
        (Value::String(there), Value::String(text)) => there == text || there.replace(['\r', '\n'], "") == *text,
        (there, value) => there == value,
    };
    let differing = patch.into_iter().filter(|(name, value)| !is_same(name, value));
    let whole = |(name, value): (String, Value)| {
        let value = match (&entry[&name], value) {
            (Value::Object(there), Value::Object(mut wanted)) => {
                for key in there.keys() {
                    wanted.entry(key.clone()).or_insert(Value::Null);
                }
                Value::Object(wanted)
            }
            (_, value) => value,
        };
        (name, value)
    };
    Value::Object(differing.map(whole).collect())
}
