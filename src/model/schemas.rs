//! What the schema of state documents says of fields that are read in more than one form.

use serde_json::json;
use utoipa::openapi::Schema;

fn schema(value: serde_json::Value) -> Schema {
    // Each is written below and read by a test.
    serde_json::from_value(value).unwrap_or_default()
}

/// One of these words; an empty one was not given.
fn word(words: &[&str]) -> Schema {
    let words = words.iter().map(|word| json!(word)).chain([json!(""), json!(null)]);
    schema(json!({"type": ["string", "null"], "enum": words.collect::<Vec<_>>()}))
}

pub fn status() -> Schema {
    word(&["progressing", "accomplished", "failed"])
}

pub fn usage() -> Schema {
    word(&["image", "disk", "image_disk", "none"])
}

pub fn snapshot_type() -> Schema {
    word(&["auto", "timer", "user"])
}

pub fn disk_status() -> Schema {
    word(&["In_use", "Available", "Attaching", "Detaching", "Creating", "ReIniting"])
}

pub fn instance_status() -> Schema {
    word(&["Pending", "Running", "Starting", "Stopping", "Stopped"])
}

pub fn image_status() -> Schema {
    word(&["Creating", "Waiting", "Available", "UnAvailable", "CreateFailed", "Deprecated"])
}

/// Entries, each as this says, listed or wrapped as replies have it.
fn list(word: &str, entry: &serde_json::Value) -> serde_json::Value {
    let list = json!({"type": ["array", "null"], "items": entry});
    let wrapped = json!({"type": "object", "properties": {word: list}, "additionalProperties": false});
    json!({"anyOf": [list, wrapped]})
}

fn locks(word: &str) -> Schema {
    let lock = json!({
        "type": "object",
        "properties": {"LockReason": {"type": "string", "minLength": 1}, "LockMsg": {"type": ["string", "null"]}},
        "required": ["LockReason"],
        "additionalProperties": false,
    });
    schema(list(word, &lock))
}

pub fn operation_locks() -> Schema {
    locks("OperationLock")
}

pub fn lock_reasons() -> Schema {
    locks("LockReason")
}

pub fn disk_device_mappings() -> Schema {
    let text = json!({"type": ["string", "null"]});
    let mapping = json!({
        "type": "object",
        "properties": {
            "SnapshotId": text,
            "Size": integer(),
            "Type": text,
            "Device": text,
            "Encrypted": boolean(),
            "Format": text,
            "Progress": text,
            "RemainTime": integer(),
            "ImportOSSBucket": text,
            "ImportOSSObject": text,
        },
        "additionalProperties": false,
    });
    schema(list("DiskDeviceMapping", &mapping))
}

/// Texts under these names.
fn texts_by_name(names: &[&str]) -> Schema {
    let text = json!({"type": ["string", "null"]});
    let properties: serde_json::Map<_, _> = names.iter().map(|name| ((*name).to_owned(), text.clone())).collect();
    schema(json!({"type": ["object", "null"], "properties": properties, "additionalProperties": false}))
}

pub fn image_features() -> Schema {
    texts_by_name(&[
        "ImdsSupport",
        "NvmeSupport",
        "CpuOnlineDowngrade",
        "CpuOnlineUpgrade",
        "MemoryOnlineDowngrade",
        "MemoryOnlineUpgrade",
    ])
}

pub fn secure_boot_options() -> Schema {
    texts_by_name(&["SecureBootSupport"])
}

/// The snapshots of a group, as replies have them.
pub fn members() -> Schema {
    let member = json!({
        "type": "object",
        "properties": {
            "SnapshotId": {"type": "string", "minLength": 1},
            "Available": {},
            "InstantAccess": {},
            "InstantAccessRetentionDays": {},
            "Progress": {},
            "SourceDiskId": {},
            "SourceDiskType": {},
            "Tags": {},
        },
        "required": ["SnapshotId"],
        "additionalProperties": false,
    });
    schema(list("Snapshot", &member))
}

pub fn texts() -> Schema {
    schema(json!({"type": ["array", "string", "null"], "items": {"type": "string"}}))
}

/// A length of time in seconds, or `never`.
pub fn duration() -> Schema {
    let seconds = json!({"type": "integer", "minimum": 0, "maximum": i32::MAX});
    schema(json!({"oneOf": [seconds, {"type": "string", "enum": ["never"]}]}))
}

/// As [`duration`], or null.
pub fn optional_duration() -> Schema {
    let seconds = json!({"type": "integer", "minimum": 0, "maximum": i32::MAX});
    schema(json!({"oneOf": [seconds, {"type": "string", "enum": ["never"]}, {"type": "null"}]}))
}

/// A lock of a snapshot, or none.
pub fn lock() -> Schema {
    schema(json!({
        "type": ["object", "null"],
        "properties": {
            "LockMode": {"type": ["string", "null"], "enum": ["compliance", "", null]},
            "LockDuration": {"type": ["integer", "string"], "minimum": 1, "maximum": 36_500, "pattern": "^[0-9]+$"},
            "CoolOffPeriod": {"type": ["integer", "string", "null"], "minimum": 0, "maximum": 72, "pattern": "^[0-9]*$"},
            "LockCreationTime": {"anyOf": [{"$ref": "#/components/schemas/Time"}, {"type": "null"}]},
            "LockDurationStartTime": {"anyOf": [{"$ref": "#/components/schemas/Time"}, {"type": "null"}]},
        },
        "required": ["LockDuration"],
        "additionalProperties": false,
    }))
}

pub fn policy_status() -> Schema {
    word(&["Normal", "Expire"])
}

pub fn policy_type() -> Schema {
    word(&["Custom", "System"])
}

pub fn association_type() -> Schema {
    word(&["AssociatedWithDisk", "AssociatedWithInstanceTag"])
}

/// Numbers in this range, each perhaps in quotes, as a list or as the text of one.
fn numbers(minimum: u8, maximum: u8) -> Schema {
    let number = json!({"type": ["integer", "string"], "minimum": minimum, "maximum": maximum, "pattern": "^[0-9]+$"});
    schema(json!({"type": ["array", "string", "null"], "items": number}))
}

pub fn hours() -> Schema {
    numbers(0, 23)
}

pub fn weekdays() -> Schema {
    numbers(1, 7)
}

/// A number of days, or -1 for ever.
pub fn days() -> Schema {
    schema(json!({
        "type": ["integer", "string", "null"],
        "minimum": -1,
        "maximum": 65_536,
        "not": {"const": 0},
        "pattern": "^(-1|[0-9]*)$",
    }))
}

pub fn copy_encryption_configuration() -> Schema {
    schema(json!({
        "type": ["object", "null"],
        "properties": {"Encrypted": boolean(), "KMSKeyId": {"type": ["string", "null"]}},
        "additionalProperties": false,
    }))
}

/// A map from ids to what this says.
fn by_id(value: &serde_json::Value) -> serde_json::Value {
    json!({"type": ["object", "null"], "additionalProperties": value})
}

pub fn fired_until() -> Schema {
    let time = json!({"$ref": "#/components/schemas/Time"});
    schema(json!({"anyOf": [time, by_id(&time)]}))
}

pub fn places() -> Schema {
    schema(by_id(&json!({"type": "integer", "minimum": 1, "maximum": i32::MAX})))
}

pub fn pending_copies() -> Schema {
    schema(by_id(&json!({"$ref": "#/components/schemas/Time"})))
}

pub fn outcome() -> Schema {
    word(&["accomplished", "failed"])
}

pub fn boolean() -> Schema {
    schema(json!({"type": ["boolean", "string", "null"], "enum": [true, false, "", null]}))
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
            "TagValue": {"type": ["string", "null"]},
        },
        "required": ["TagKey"],
        "additionalProperties": false,
    });
    let map = json!({"type": "object", "additionalProperties": {"type": "string"}});
    let list = json!({"type": ["array", "null"], "items": tag});
    let wrapped = json!({"type": "object", "properties": {"Tag": list}, "required": ["Tag"]});
    schema(json!({"anyOf": [map, list, wrapped]}))
}

/// The resources of a kind, each as the schema of this name says, listed or wrapped as replies have it.
pub fn resources(word: &str) -> serde_json::Value {
    list(word, &json!({"$ref": format!("#/components/schemas/{word}")}))
}
