//! What an HTTP archive says of a journal.

use ecs_mock::journal::har::Har;
use ecs_mock::model::journal_entry::{Happening, JournalEntry};
use serde_json::{Value, json};

use super::expectations::{entry, failed};

fn archive(entries: &[JournalEntry]) -> Value {
    serde_json::to_value(Har::new("http://127.0.0.1:4590", entries.iter())).unwrap()
}

/// The fields that an object of the format must have, by where it is.
const MANDATORY: [(&str, &[&str]); 8] = [
    ("/log", &["version", "creator", "entries"]),
    ("/log/creator", &["name", "version"]),
    ("/log/entries/0", &["startedDateTime", "time", "request", "response", "cache", "timings"]),
    (
        "/log/entries/0/request",
        &["method", "url", "httpVersion", "cookies", "headers", "queryString", "headersSize", "bodySize"],
    ),
    ("/log/entries/0/request/queryString/0", &["name", "value"]),
    (
        "/log/entries/0/response",
        &[
            "status",
            "statusText",
            "httpVersion",
            "cookies",
            "headers",
            "content",
            "redirectURL",
            "headersSize",
            "bodySize",
        ],
    ),
    ("/log/entries/0/response/content", &["size", "mimeType"]),
    ("/log/entries/0/timings", &["send", "wait", "receive"]),
];

#[test]
fn it_has_all_that_the_format_wants_and_what_it_does_not_know_begins_with_a_line() {
    let archive = archive(&[entry(1, "DescribeSnapshots", &[("Action", "DescribeSnapshots")])]);
    assert_eq!(archive["log"]["version"], "1.2");
    for (place, fields) in MANDATORY {
        let object = archive.pointer(place).unwrap().as_object().unwrap();
        for field in fields {
            assert!(object.contains_key(*field), "{place} {field}");
        }
        for field in object.keys() {
            assert!(fields.contains(&&**field) || field.starts_with('_'), "{place} {field}");
        }
    }
}

#[test]
fn a_request_is_its_url_its_answer_and_its_entry() {
    let mut request = entry(
        7,
        "DescribeSnapshots",
        &[("Action", "DescribeSnapshots"), ("SnapshotName", "a b&é"), ("Signature", "c2VjcmV0")],
    );
    request.method = "POST".into();
    let archive = archive(std::slice::from_ref(&request));
    let entry = &archive["log"]["entries"][0];
    assert_eq!(entry["startedDateTime"], "1970-01-01T00:00:07.000Z");
    assert_eq!((&entry["time"], &entry["timings"]["wait"]), (&json!(1.5), &json!(1.5)));
    assert_eq!(entry["request"]["method"], "POST");
    let url = "http://127.0.0.1:4590/?Action=DescribeSnapshots&SnapshotName=a%20b%26%C3%A9&Signature=%2A%2A%2A";
    assert_eq!(entry["request"]["url"], url);
    let query = json!([
        {"name": "Action", "value": "DescribeSnapshots"},
        {"name": "SnapshotName", "value": "a b&é"},
        {"name": "Signature", "value": "***"},
    ]);
    assert_eq!(entry["request"]["queryString"], query);
    assert_eq!(entry["request"]["headers"], json!([{"name": "user-agent", "value": "a client"}]));
    assert_eq!(entry["response"]["status"], 200);
    assert_eq!((&entry["response"]["content"]["size"], &entry["response"]["bodySize"]), (&json!(100), &json!(100)));
    let mut shown = serde_json::to_value(&request).unwrap();
    shown.as_object_mut().unwrap().remove("Parameters");
    assert_eq!(entry["_entry"], shown);
    assert!(!archive.to_string().contains("c2VjcmV0"));
}

#[test]
fn an_action_that_is_no_parameter_was_a_header() {
    let mut request = failed(1, "DeleteDisk", "IncorrectDiskStatus");
    request.user_agent = "".into();
    let archive = archive(&[request]);
    let entry = &archive["log"]["entries"][0];
    assert_eq!(entry["request"]["url"], "http://127.0.0.1:4590/");
    assert_eq!(entry["request"]["headers"], json!([{"name": "x-acs-action", "value": "DeleteDisk"}]));
    assert_eq!((&entry["response"]["status"], &entry["_entry"]["Code"]), (&json!(403), &json!("IncorrectDiskStatus")));
}

#[test]
fn only_requests_are_in_it() {
    let control = JournalEntry { kind: Happening::Control, ..entry(1, "/snapshots", &[]) };
    let catch_up = JournalEntry { kind: Happening::CatchUp, ..entry(2, "", &[]) };
    let archive = archive(&[control, catch_up, entry(3, "DescribeDisks", &[])]);
    let entries = archive["log"]["entries"].as_array().unwrap();
    assert_eq!(entries.iter().map(|entry| &entry["_entry"]["Sequence"]).collect::<Vec<_>>(), [&json!(3)]);
}
