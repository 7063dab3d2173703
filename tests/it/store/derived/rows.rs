//! A row reads back as it was written: a body holds what an entry says.

use ecs_mock::model::document::Draft;
use ecs_mock::model::ids::IdSequence;
use ecs_mock::model::kind::Resource;
use ecs_mock::model::kinds::KINDS;
use ecs_mock::model::{
    auto_snapshot_policy::AutoSnapshotPolicy, disk::Disk, image::Image, instance::Instance, snapshot::Snapshot,
    snapshot_group::SnapshotGroup,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use super::kind;
use crate::support::{NOW, property};

/// An entry with every field of its kind.
fn full(word: &str) -> Value {
    let reply = match word {
        "Disk" => include_str!("../../admin/replies/disks.json"),
        "Instance" => include_str!("../../admin/replies/instances.json"),
        "Image" => include_str!("../../admin/replies/images.json"),
        "AutoSnapshotPolicy" => {
            return json!({
                "AutoSnapshotPolicyId": "sp-1", "RegionId": "cn-beijing", "AutoSnapshotPolicyName": "x",
                "CreationTime": "2026-01-02T03:04:05Z", "TimePoints": "[\"0\",\"23\"]", "RepeatWeekdays": [7, "1"],
                "RetentionDays": 7, "Status": "Expire", "Type": "System", "EnableCrossRegionCopy": true,
                "TargetCopyRegions": "[\"cn-shanghai\"]", "CopiedSnapshotsRetentionDays": "9",
                "CopyEncryptionConfiguration": {"Encrypted": true, "KMSKeyId": "x"}, "ResourceGroupId": "x",
                "AssociationType": "AssociatedWithDisk", "TargetTags": {"TargetTag": [{"TagKey": "a", "TagValue": "b"}]},
                "DiskIds": ["d-2", "d-1"], "Places": {"d-1": 2},
                "FiredUntil": {"d-1": "2026-01-02T03:04:05Z", "d-2": "2026-01-02T03:04:06Z"},
                "PendingCopies": {"s-1": "2026-01-02T03:04:05Z"}, "Tags": {"a": "b", "é \"q\"": ""},
            });
        }
        "SnapshotGroup" => include_str!("../../admin/replies/snapshot_groups.json"),
        _ => {
            return json!({
                "SnapshotId": "s-1", "RegionId": "cn-beijing", "SnapshotName": "x", "Description": "x",
                "CreationTime": "2014-07-24T13:00:52Z", "LastModifiedTime": "2014-07-24T13:05:00Z",
                "Status": "progressing", "Progress": "37%", "SourceDiskId": "d-7", "SourceDiskType": "DATA",
                "SourceDiskSize": 7, "SourceStorageType": "x", "InstanceId": "i-7", "Encrypted": true, "KMSKeyId": "x",
                "Usage": "image_disk", "SnapshotType": "timer", "Category": "Flash", "ProductCode": "x",
                "ResourceGroupId": "x", "RetentionDays": 7, "SnapshotLinkId": "x", "SnapshotSN": "x",
                "InstantAccess": true, "InstantAccessRetentionDays": 7, "SourceSnapshotId": "x", "SourceRegionId": "x",
                "FullSnapshotSizeInBytes": 7, "Available": false, "ReadyTime": "2014-07-24T13:05:00Z",
                "Outcome": "failed", "ExpirationTime": "2030-01-01T00:00:00Z",
                "Lock": {
                    "LockMode": "compliance", "LockDuration": 7, "CoolOffPeriod": 3,
                    "LockCreationTime": "2014-07-24T13:06:00Z", "LockDurationStartTime": "2014-07-24T13:07:00Z",
                },
                "Tags": {"a": "b", "é \"q\"": ""},
            });
        }
    };
    let kind = kind(word);
    let reply: Value = serde_json::from_str(reply).unwrap();
    let mut entry = reply[kind.words][kind.word][0].clone();
    entry.as_object_mut().unwrap().retain(|name, _| !kind.ignored.contains(&name.as_str()));
    entry
}

/// Fields whose texts are words, or times.
const WORDS: [&str; 14] = [
    "Status",
    "Progress",
    "Type",
    "SourceDiskType",
    "Usage",
    "SnapshotType",
    "Category",
    "Outcome",
    "AutoReleaseTime",
    "TimePoints",
    "RepeatWeekdays",
    "TargetCopyRegions",
    "AssociationType",
    "CopiedSnapshotsRetentionDays",
];

/// Some of the fields, with other values of their types.
fn arbitrary(word: &'static str) -> impl Strategy<Value = Value> {
    let fields: Vec<(String, Value)> = full(word).as_object().unwrap().clone().into_iter().collect();
    let texts =
        select(vec!["x", "é", "\"q\" \\ \n\t", "标", " ", "0", "null", "<&>", "none", "cloud_essd", "data", "self"]);
    let choices = vec((any::<bool>(), texts, any::<bool>(), 0..=i32::MAX), fields.len());
    choices.prop_map(move |choices| {
        let with = fields.iter().zip(choices).filter(|(_, (is_there, ..))| *is_there);
        let changed = with.map(|((name, value), (_, text, flag, number))| {
            let is_fixed = WORDS.contains(&name.as_str()) || name.ends_with("Time");
            let value = match value {
                Value::String(_) if !is_fixed => json!(text),
                Value::Bool(_) => json!(flag),
                // A policy has no more days.
                Value::Number(_) if word == "AutoSnapshotPolicy" => json!(1 + number % 65_536),
                Value::Number(_) => json!(number),
                other => other.clone(),
            };
            (name.clone(), value)
        });
        let mut entry: serde_json::Map<String, Value> = changed.collect();
        if !entry.contains_key("ReadyTime") {
            entry.remove("Outcome");
        }
        Value::Object(entry)
    })
}

/// Writes a body and reads it again.
fn reads_back<R: Resource>(value: &Value) -> Result<(), TestCaseError> {
    let draft = Draft::of::<R>(value).map_err(|error| TestCaseError::fail(error.to_string()))?;
    let mut ids = IdSequence { seed: 1, next: 1 };
    let entry = draft.finish(NOW, &mut ids).map_err(|error| TestCaseError::fail(error.to_string()))?;
    let body = R::KIND.body(&*entry).unwrap();
    let mut read = R::KIND.read(&body).unwrap();
    let key = entry.key();
    let own = read.key_mut();
    prop_assert!(own.id.is_empty() && own.region_id.is_empty() && own.creation_time.is_unsaid(), "{}", body);
    (*own.id, *own.region_id) = (key.id.to_owned(), key.region_id.to_owned());
    (*own.creation_time, *own.expiration_time) = (key.creation_time, key.expiration_time);
    prop_assert!(read.is_same(&*entry), "{:?} is read as {:?}", entry, read);
    // What an entry shows makes the same entry again.
    let shown = serde_json::to_value(&*entry).unwrap();
    let again = Draft::of::<R>(&shown).map_err(|error| TestCaseError::fail(error.to_string()))?;
    let again = again.finish(NOW.plus(7), &mut ids).map_err(|error| TestCaseError::fail(error.to_string()))?;
    prop_assert!(again.is_same(&*entry), "{} makes {:?}", shown, again);
    // Neither key nor defaults.
    let default = serde_json::to_value(R::default()).unwrap();
    let fields: Value = serde_json::from_str(&body).unwrap();
    for (name, value) in fields.as_object().unwrap() {
        prop_assert!(![R::KIND.id_field, "RegionId", "CreationTime", "ExpirationTime"].contains(&name.as_str()));
        prop_assert!(default.get(name) != Some(value), "{} has its default in {}", name, body);
        prop_assert_eq!(&shown[name], value);
    }
    Ok(())
}

#[test]
fn a_row_reads_back_as_it_was_written() {
    fn check<R: Resource>() {
        property(200).run(&arbitrary(R::KIND.word), |entry| reads_back::<R>(&entry)).unwrap();
        reads_back::<R>(&full(R::KIND.word)).unwrap();
        reads_back::<R>(&json!({})).unwrap();
    }
    check::<Snapshot>();
    check::<Disk>();
    check::<Instance>();
    check::<Image>();
    check::<AutoSnapshotPolicy>();
    check::<SnapshotGroup>();
}

#[test]
fn a_body_with_a_field_that_nobody_knows_is_no_body() {
    for kind in KINDS {
        assert!(kind.read("{}").is_ok(), "{kind:?}");
        for body in ["{\"Colour\":\"red\"}", "", "{\"Tags\":{\"a\":1}}"] {
            assert!(kind.read(body).is_err(), "{kind:?} {body}");
        }
    }
}
