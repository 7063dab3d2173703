//! The contract of the API: of each action, the names and types of its parameters and of the fields of its reply. A reply must
//! have no other fields, and these only with their types.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::Value;

/// What the contract says of an action, in the words of its types: `string`, `bool`, `int32`, `int64`, `float`, `object`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Contract {
    /// By name, with `N` for numbers.
    pub parameters: BTreeMap<String, String>,
    /// The names of the parameters that must be there.
    pub required: Vec<String>,
    /// By path, as in `Snapshots.Snapshot[].SnapshotId`.
    reply: BTreeMap<String, String>,
}

static CONTRACTS: LazyLock<BTreeMap<String, Contract>> =
    LazyLock::new(|| serde_json::from_str(include_str!("contract.json")).unwrap());

/// Fields that the service's own samples write otherwise than its contract says.
const EXCEPTIONS: [(&str, &str, &str); 1] = [("DescribeSnapshots", "Snapshots.Snapshot[].SourceDiskSize", "int32")];

/// The contract of an action.
pub fn contract(action: &str) -> &'static Contract {
    CONTRACTS.get(action).unwrap_or_else(|| panic!("there is no contract of {action}"))
}

impl Contract {
    /// Panics unless the reply has nothing but what the contract of the action says.
    pub fn check_reply(&self, action: &str, reply: &Value) {
        self.check(action, "", reply);
    }

    fn check(&self, action: &str, path: &str, value: &Value) {
        match value {
            Value::Object(fields) => {
                for (name, value) in fields {
                    let dot = if path.is_empty() { "" } else { "." };
                    let is_list = if value.is_array() { "[]" } else { "" };
                    let path = format!("{path}{dot}{name}{is_list}");
                    let exception = EXCEPTIONS.iter().find(|(of, other, _)| *of == action && *other == path);
                    let expected =
                        exception.map(|(.., kind)| *kind).or_else(|| self.reply.get(&path).map(String::as_str));
                    let expected = expected.unwrap_or_else(|| panic!("{action}: the contract has no {path}"));
                    let items = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
                    for item in items {
                        assert!(is_of(expected, item), "{action}: {path} is {item}, which is no {expected}");
                        self.check(action, &path, item);
                    }
                }
            }
            Value::Array(_) => panic!("{action}: {path} is a list in a list"),
            _ => {}
        }
    }
}

fn is_of(expected: &str, value: &Value) -> bool {
    match expected {
        "string" => value.is_string(),
        "bool" => value.is_boolean(),
        "int32" => value.as_i64().is_some_and(|number| i32::try_from(number).is_ok()),
        "int64" => value.is_i64(),
        "float" => value.is_number(),
        "object" => value.is_object(),
        other => panic!("there is no type {other}"),
    }
}
