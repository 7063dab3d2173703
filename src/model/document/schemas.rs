//! What the schema of state documents says of fields that are read in more than one form.

use serde_json::json;
use utoipa::openapi::Schema;

fn schema(value: serde_json::Value) -> Schema {
    // Each is written below and read by a test.
    serde_json::from_value(value).unwrap_or_default()
}

pub fn integer() -> Schema {
    schema(json!({"type": ["integer", "string", "null"], "minimum": 0, "maximum": i32::MAX, "pattern": "^[0-9]*$"}))
}

pub fn long() -> Schema {
    schema(json!({"type": ["integer", "string", "null"], "minimum": 0, "maximum": i64::MAX, "pattern": "^[0-9]*$"}))
}

pub fn percentage() -> Schema {
    let pattern = "^(([0-9]|[1-9][0-9]|100)%?)?$";
    schema(json!({"type": ["integer", "string", "null"], "minimum": 0, "maximum": 100, "pattern": pattern}))
}

pub fn tags() -> Schema {
    let tag = json!({
        "type": "object",
        "properties": {
            "TagKey": {"type": "string", "minLength": 1},
            "TagValue": {"type": "string"},
        },
        "required": ["TagKey"],
        "additionalProperties": false,
    });
    let map = json!({"type": "object", "additionalProperties": {"type": "string"}});
    let list = json!({"type": "array", "items": tag});
    let wrapped = json!({"type": "object", "properties": {"Tag": list}, "required": ["Tag"]});
    schema(json!({"oneOf": [map, list, wrapped, {"type": "null"}]}))
}

pub fn snapshots() -> Schema {
    let list = json!({"type": "array", "items": {"$ref": "#/components/schemas/SnapshotEntry"}});
    let wrapped = json!({"type": "object", "properties": {"Snapshot": list}, "additionalProperties": false});
    schema(json!({"oneOf": [list, wrapped, {"type": "null"}]}))
}
