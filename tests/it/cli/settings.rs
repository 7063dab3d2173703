//! `ecs-mock settings`, seen from the other side.

use serde_json::json;

use super::scripts::{Remote, words};

#[test]
fn settings_are_shown_set_and_brought_back() {
    let remote = Remote::start();
    let shown = remote.ok(&["settings"]);
    let lines: Vec<Vec<&str>> = shown.lines().map(words).collect();
    assert_eq!(lines[0], ["SETTING", "VALUE"]);
    assert!(
        lines.contains(&vec!["SnapshotSeconds", "2"]) && lines.contains(&vec!["UnknownOnDelete", "error"]),
        "{shown}"
    );

    let set = remote.ok(&["settings", "SnapshotSeconds=never", "UnknownOnDelete=ignore", "FailNextSnapshots=3"]);
    for (name, value) in [("SnapshotSeconds", "never"), ("UnknownOnDelete", "ignore"), ("FailNextSnapshots", "3")] {
        let is_set = |line: &str| words(line) == [name, value];
        assert!(set.lines().any(is_set), "{name} in {set}");
    }
    assert_eq!(remote.ok(&["settings"]), set, "all are shown, and they last");
    let path = format!("/_mock/v1/sandboxes/default/{}", "settings");
    let server: serde_json::Value = serde_json::from_str(&remote.server.get(&path)).unwrap();
    assert_eq!(remote.json(&["settings"]), server);

    let back = remote.json(&["settings", "SnapshotSeconds=", "UnknownOnDelete=null"]);
    assert_eq!((&back["SnapshotSeconds"], &back["UnknownOnDelete"]), (&json!(2), &json!("error")));
    assert_eq!(back["FailNextSnapshots"], 3, "what is not named stays");
    assert_eq!(remote.json(&["settings", "SnapshotSeconds=0"])["SnapshotSeconds"], 0);
}

#[test]
fn settings_are_of_one_sandbox() {
    let remote = Remote::start();
    remote.ok(&["sandbox", "create", "mine"]);
    remote.ok(&["settings", "--sandbox", "mine", "SnapshotSeconds=7"]);
    assert_eq!(remote.json(&["settings", "--sandbox", "mine"])["SnapshotSeconds"], 7);
    assert_eq!(remote.json(&["settings"])["SnapshotSeconds"], 2);
    assert!(remote.error(&["settings", "--sandbox", "nobody"]).contains("nobody"));
}

#[test]
fn what_is_no_setting_changes_none() {
    let remote = Remote::start();
    let before = remote.json(&["settings"]);
    for (setting, parts) in [
        ("Seconds=1", &["Seconds", "SnapshotSeconds"][..]),
        ("SnapshotSeconds=-1", &["SnapshotSeconds", "-1"]),
        ("SnapshotSeconds=soon", &["SnapshotSeconds", "soon", "never"]),
        ("SnapshotSeconds=true", &["SnapshotSeconds", "true"]),
        ("UnknownOnDelete=1", &["UnknownOnDelete"]),
    ] {
        let error = remote.error(&["settings", "FailNextSnapshots=1", setting]);
        for part in parts {
            assert!(error.contains(part), "{part} in {error}");
        }
    }
    assert_eq!(remote.json(&["settings"]), before);
}
