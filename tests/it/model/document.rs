//! State documents: what they may say, and what is said of those that are wrong.

use std::io::Cursor;

use ecs_mock::model::document::{DocumentError, Format, Reader};
use ecs_mock::model::ids::IdSequence;
use ecs_mock::model::kind::Entry;
use ecs_mock::model::snapshot::{Snapshot, Status};
use ecs_mock::model::tags::Tag;
use serde_json::json;

use crate::support::NOW;

fn read(text: &str, format: Format) -> Result<Vec<Snapshot>, DocumentError> {
    let mut drafts = Vec::new();
    if let Some(mut document) = Reader::new(Cursor::new(text), format)? {
        document.entries(&mut |batch| {
            drafts.extend(batch);
            true
        })?;
    }
    let mut ids = IdSequence { seed: 1, next: 1 };
    let entries = drafts.into_iter().map(|draft| draft.finish(NOW, &mut ids));
    let snapshot = |entry: Box<dyn Entry>| (&*entry as &dyn std::any::Any).downcast_ref::<Snapshot>().unwrap().clone();
    entries.map(|entry| entry.map(snapshot)).collect()
}

fn yaml(text: &str) -> Vec<Snapshot> {
    read(text, Format::Yaml).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn json(text: &str) -> Vec<Snapshot> {
    read(text, Format::Json).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[test]
fn a_reply_of_the_real_service_is_a_document_as_it_stands() {
    let snapshots = json(
        r#"{"PageNumber":1,"TotalCount":1,"PageSize":10,"RequestId":"EC6DD188-0000-0000-0000-000000000000","NextToken":"",
            "Snapshots":{"Snapshot":[{"Description":"nightly","SnapshotName":"nightly","ProductCode":"","Encrypted":false,
            "SourceDiskSize":"40","Progress":"100%","Usage":"image","CreationTime":"2018-10-03T11:57:05Z","RemainTime":38,
            "SourceStorageType":"disk","Tags":{"Tag":[{"TagValue":"prod","TagKey":"env"},{"TagKey":"app","TagValue":""}]},
            "Status":"accomplished","SourceDiskType":"system","SourceDiskId":"d-1","SnapshotId":"s-1","KMSKeyId":"",
            "ResourceGroupId":"","RetentionDays":30,"SnapshotType":"timer","Category":"standard","Available":true,
            "LastModifiedTime":"2018-10-03T12:00:00Z","SnapshotSN":"1-2-3","SnapshotLinkId":"sl-1"}]}}"#,
    );
    let snapshot = &snapshots[0];
    assert_eq!(snapshot.snapshot_id, "s-1");
    assert_eq!(snapshot.source_disk_size, 40);
    assert_eq!((snapshot.pinned_status, snapshot.pinned_progress), (Some(Status::Accomplished), Some(100)));
    assert_eq!((&snapshot.kms_key_id, &snapshot.resource_group_id), (&None, &None), "an empty text is none");
    let tag = |key: &str, value: &str| Tag { key: key.to_owned(), value: value.to_owned() };
    assert_eq!(snapshot.tags, [tag("app", ""), tag("env", "prod")]);
}

#[test]
fn what_a_reply_leaves_empty_or_null_was_not_given() {
    let empty = json(
        "\u{feff}{\"Snapshots\":{\"Snapshot\":[{\"SnapshotId\":\"s-1\",\"CreationTime\":\"\",\"Status\":\"\",\"Usage\":\"\",\
         \"Encrypted\":\"\",\"Progress\":\"\",\"SourceDiskSize\":\"\",\"Category\":\"\",\"Tags\":{\"Tag\":null}}]}}",
    );
    assert_eq!(empty, json(r#"{"Snapshots":[{"SnapshotId":"s-1","Tags":null,"Available":null}]}"#));
    assert_eq!(json(r#"{"Snapshots":{"Snapshot":null}}"#), []);
    let tags = &json(r#"{"Snapshots":[{"Tags":[{"TagKey":"a","TagValue":null}]}]}"#)[0].tags;
    assert_eq!(tags[0].value, "");
}

#[test]
fn lists_may_be_wrapped_or_not_and_tags_may_be_a_map() {
    let wrapped = yaml("Snapshots: {Snapshot: [{SnapshotId: s-1, Tags: {Tag: [{TagKey: a, TagValue: b}]}}]}");
    assert_eq!(wrapped[0].tags, yaml("Snapshots: [{SnapshotId: s-1, Tags: {a: b}}]")[0].tags);
    assert_eq!(wrapped[0].tags, yaml("Snapshots: [{SnapshotId: s-1, Tags: [{TagKey: a, TagValue: b}]}]")[0].tags);
    assert_eq!(wrapped[0].tags, yaml("Snapshots: [{SnapshotId: s-1, Tags: [{Key: a, Value: b}]}]")[0].tags);
    let named_tag = yaml("Snapshots: [{Tags: {Tag: b, other: c}}]");
    assert_eq!(named_tag[0].tags.len(), 2, "a tag may be called Tag");
}

#[test]
fn a_document_may_say_nothing() {
    for text in
        ["", "# only a comment\n", "Snapshots:", "Snapshots: []", "Snapshots: {Snapshot: []}", "Snapshots: {}", "{}"]
    {
        assert_eq!(yaml(text), [], "{text:?}");
    }
    assert_eq!(json("{}"), []);
}

#[test]
fn the_region_is_the_entrys_or_the_documents_or_cn_hangzhou() {
    let snapshots = yaml("{RegionId: cn-beijing, Snapshots: [{RegionId: us-west-1}, {}]}");
    assert_eq!((snapshots[0].region_id.as_str(), snapshots[1].region_id.as_str()), ("us-west-1", "cn-beijing"));
    assert!(snapshots[1].snapshot_id.starts_with("s-2ze"), "ids carry the letters of the region");
    assert_eq!(yaml("Snapshots: [{}]")[0].region_id, "cn-hangzhou");
}

#[test]
fn progress_is_a_percentage_and_less_than_all_of_it_is_progressing() {
    for text in ["37%", "'37'", "37"] {
        let snapshot = &yaml(&format!("Snapshots: [{{Progress: {text}}}]"))[0];
        assert_eq!(snapshot.pinned_progress, Some(37), "{text}");
        assert_eq!(snapshot.status(NOW), Status::Progressing, "{text}");
    }
    assert_eq!(yaml("Snapshots: [{Progress: 100%}]")[0].status(NOW), Status::Accomplished);
    assert_eq!(yaml("Snapshots: [{Progress: 37%, Status: failed}]")[0].status(NOW), Status::Failed);
}

#[test]
fn seeding_is_not_bound_by_the_rules_for_callers() {
    let snapshots = yaml(
        "Snapshots:
          - {SnapshotName: auto_1, CreationTime: 2999-01-01T00:00:00Z, Tags: {'acs:system': x, aliyun: 'http://y'}}
          - {SnapshotName: x, CreationTime: 1900-01-01T00:00Z}",
    );
    assert_eq!(snapshots.len(), 2);
}

#[test]
fn what_is_wrong_is_named_with_its_place_value_and_reason() {
    for (text, path, reasons) in [
        ("Snapshots: [{}, {}, {}, {Status: done}]", "Snapshots[3].Status", &["done", "progressing", "failed"][..]),
        ("Snapshots: {Snapshot: [{Usage: Image}]}", "Snapshots.Snapshot[0].Usage", &["Image", "image_disk"]),
        ("Snapshots: [{SnapshotType: all}]", "Snapshots[0].SnapshotType", &["all", "timer"]),
        ("Snapshots: [{SnapshotId: s-1, Size: 4}]", "Snapshots[0].Size", &["Size", "SourceDiskSize"]),
        ("Snapshot: []", "Snapshot", &["Snapshot", "Snapshots"]),
        ("Snapshots: [{SourceDiskSize: big}]", "Snapshots[0].SourceDiskSize", &["big", "whole number"]),
        ("Snapshots: [{SourceDiskSize: -1}]", "Snapshots[0].SourceDiskSize", &["-1", "whole number"]),
        ("Snapshots: [{SourceDiskSize: 1.5}]", "Snapshots[0].SourceDiskSize", &["1.5", "whole number"]),
        ("Snapshots: [{RetentionDays: 3000000000}]", "Snapshots[0].RetentionDays", &["3000000000", "2147483647"]),
        ("Snapshots: [{Progress: 101%}]", "Snapshots[0].Progress", &["101", "100%"]),
        ("Snapshots: [{SourceDiskType: disk}]", "Snapshots[0].SourceDiskType", &["disk", "system or data"]),
        ("Snapshots: [{Category: ssd}]", "Snapshots[0].Category", &["ssd", "archive"]),
        ("Snapshots: [{CreationTime: yesterday}]", "Snapshots[0].CreationTime", &["yesterday", "2014-07-24T13:00:52Z"]),
        ("Snapshots: [{Encrypted: perhaps}]", "Snapshots[0].Encrypted", &["perhaps", "bool"]),
        ("Snapshots: [{Tags: {a: 1}}]", "Snapshots[0].Tags", &["1", "quotes"]),
        ("Snapshots: [{Tags: [{TagKey: a, TagValue: 1}]}]", "Snapshots[0].Tags[0].TagValue", &["1", "quotes"]),
        ("Snapshots: [{SnapshotName: 7}]", "Snapshots[0].SnapshotName", &["7", "quotes"]),
        ("Snapshots: [{Tags: {'': x}}]", "Snapshots[0].Tags", &["empty"]),
        ("Snapshots: [{Tags: [{TagKey: a}, {TagKey: a}]}]", "Snapshots[0].Tags", &["\"a\"", "twice"]),
        ("Snapshots: [{SnapshotName: \"a\\u0001b\"}]", "Snapshots[0].SnapshotName", &["U+0001"]),
        ("Snapshots: [{Tags: {a: \"\\0\"}}]", "Snapshots[0].Tags", &["U+0000"]),
        ("Snapshots: [{Outcome: failed}]", "Snapshots[0].Outcome", &["ReadyTime"]),
        ("Snapshots: [{ReadyTime: 2026-01-01T00:00Z, Outcome: progressing}]", "Snapshots[0].Outcome", &["progressing"]),
        ("Snapshots: {Snapshot: [], Snapshot: []}", "Snapshots", &["Snapshot"]),
        ("Snapshots: 7", "Snapshots", &["7", "list"]),
        ("Snapshots: {Snapshots: []}", "Snapshots", &["Snapshots", "Snapshot"]),
    ] {
        let error = read(text, Format::Yaml).expect_err(text);
        assert!(error.path.starts_with(path), "{text}: {error}");
        for reason in reasons {
            assert!(error.reason.contains(reason), "{text}: {error} has no {reason}");
        }
        assert_eq!(error.to_string().lines().count(), 1, "one line: {error}");
    }
}

#[test]
fn what_cannot_be_read_at_all_is_named_with_its_line() {
    for (text, format) in [
        ("{\"Snapshots\": [", Format::Json),
        ("{\"Snapshots\": []} x", Format::Json),
        ("Snapshots: [\n- {", Format::Yaml),
        ("a: b: c", Format::Yaml),
        ("[]", Format::Json),
        ("{}\n---\n{}", Format::Yaml),
        ("{\"Snapshots\": [{\"SnapshotId\": \"s-1\", \"SnapshotId\": \"s-2\"}]}", Format::Json),
        ("Snapshots: [{SnapshotId: s-1, SnapshotId: s-2}]", Format::Yaml),
    ] {
        let error = read(text, format).expect_err(text).to_string();
        assert!(error.contains("line"), "{text}: {error}");
        assert_eq!(error.lines().count(), 1, "one line: {error}");
    }
}

#[test]
fn a_document_is_read_in_batches_that_fit_in_memory() {
    let batches = |text: &str| {
        let mut batches = Vec::new();
        let mut document = Reader::new(Cursor::new(text), Format::Json).unwrap().unwrap();
        let read = document.entries(&mut |batch| {
            batches.push(batch.len());
            batches.len() < 5
        });
        (batches, read.is_ok())
    };
    assert_eq!(batches(&format!("{{\"Snapshots\": [{}{{}}]}}", "{},".repeat(1_199))), (vec![500, 500, 200], true));
    let long = format!("{{\"Description\": \"{}\"}}", "x".repeat(1_000_000));
    let counts = batches(&format!("{{\"Disks\": [{}]}}", vec![long; 12].join(","))).0;
    assert_eq!(counts.iter().sum::<usize>(), 12);
    assert!(counts.iter().all(|count| *count <= 5), "{counts:?}");
    // Nobody wants more than five batches.
    assert_eq!(batches(&format!("{{\"Images\": [{}{{}}]}}", "{},".repeat(9_999))), (vec![500; 5], false));
}

#[test]
fn region_and_settings_may_stand_behind_the_entries() {
    for (text, format) in [
        (r#"{"Snapshots": [{}], "Settings": {"SnapshotSeconds": 7}, "RegionId": "cn-beijing"}"#, Format::Json),
        ("Snapshots: [{}]\nSettings: {SnapshotSeconds: 7}\nRegionId: cn-beijing", Format::Yaml),
    ] {
        assert_eq!(read(text, format).unwrap()[0].region_id, "cn-beijing");
        let document = Reader::new(Cursor::new(text), format).unwrap().unwrap();
        assert_eq!(serde_json::to_value(&document.head().settings).unwrap(), json!({"SnapshotSeconds": 7}));
    }
}

#[test]
fn a_small_text_cannot_ask_for_much_memory() {
    let long = "x".repeat(3 * 1024 * 1024);
    let many = vec!["*long"; 1_000].join(", ");
    let doubled = (1..30).map(|level| format!("  k{level}: &a{level} [*a{0}, *a{0}]", level - 1));
    let doubled = doubled.collect::<Vec<String>>().join("\n");
    for (text, format, reason) in [
        (format!("{{\"Snapshots\": [{{\"Description\": \"{long}\"}}]}}"), Format::Json, "1048576"),
        (format!("{{\"RequestId\": \"{long}\", \"Snapshots\": []}}"), Format::Json, "1048576"),
        (format!("Snapshots: [{{Description: {long}}}]"), Format::Yaml, "1048576"),
        (
            format!("RequestId: &long {}\nSnapshots: [{{SourceSnapshots: [{many}]}}]", &long[..900_000]),
            Format::Yaml,
            "",
        ),
        (format!("RequestId:\n  k0: &a0 [x, x]\n{doubled}\nSnapshots: []"), Format::Yaml, ""),
        (format!("{{\"RequestId\": {}", "[".repeat(100_000)), Format::Json, "EOF"),
        (format!("RequestId: {}", "[".repeat(100_000)), Format::Yaml, ""),
    ] {
        let error = read(&text, format).expect_err(&text[..60]).to_string();
        assert!(error.contains(reason), "{error}");
        assert!(error.len() < 1_000, "{error}");
    }
}
