//! What was given on the command line, as requests carry it.

use serde_json::Value;

/// An object of the fields that have a value: what was not given is left to the server.
pub fn object<const N: usize>(fields: [(&str, Option<Value>); N]) -> Value {
    Value::Object(fields.into_iter().filter_map(|(field, value)| Some((field.to_owned(), value?))).collect())
}

/// A name and a value with `=` between them, as the parser of an argument.
pub fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("a name and a value are needed, with = between them".to_owned()),
    }
}
