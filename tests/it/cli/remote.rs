//! The verbs that change what a running server holds, each seen from the other side.

use serde_json::{Value, json};

use super::scripts::Remote;

const NONE: &[&str] = &[];

#[test]
fn seeds_merge_replace_and_only_tell() {
    let remote = Remote::start();
    remote.file("more.yaml", "Snapshots: [{SnapshotId: s-2, Status: progressing}, {SnapshotId: s-3}]");
    let told = remote.ok(&["seed", "more.yaml", "--dry-run"]);
    assert_eq!(told, "it would be: 1 inserted, 1 changed, 0 removed, 0 unchanged\n");
    assert_eq!(remote.ids("testid"), ["s-1", "s-2"]);
    assert_eq!(remote.ok(&["seed", "more.yaml"]), "1 inserted, 1 changed, 0 removed, 0 unchanged\n");
    assert_eq!(remote.ids("testid"), ["s-1", "s-2", "s-3"]);

    remote.file("all.json", r#"{"Snapshots": [{"SnapshotId": "s-4"}]}"#);
    let counts = json!({"Inserted": 1, "Changed": 0, "Removed": 3, "Unchanged": 0});
    assert_eq!(remote.json(&["seed", "all.json", "--replace", "--dry-run"]), counts);
    assert_eq!(remote.json(&["seed", "all.json", "--replace"]), counts);
    assert_eq!(remote.ids("testid"), ["s-4"]);
    assert_eq!(remote.piped(&["seed", "-"], "Snapshots: [{SnapshotId: s-5}]").split(',').next(), Some("1 inserted"));
    assert_eq!(remote.ids("testid"), ["s-4", "s-5"]);
}

#[test]
fn a_folder_and_files_of_all_kinds_are_one_change() {
    let remote = Remote::start();
    remote.ok(&["sandbox", "create", "mine", "--from", "empty"]);
    remote.file("docs/b.yml", "RegionId: cn-hangzhou\nSnapshots: [{SnapshotId: s-b}]");
    remote.file("docs/a.json", r#"{"RegionId": "cn-beijing", "Snapshots": [{"SnapshotId": "s-a"}]}"#);
    remote.file("docs/.hidden.yaml", "not: read");
    remote.file("docs/README.md", "not read");
    remote.file("c.jsonl", "{\"Snapshot\":{\"SnapshotId\":\"s-c\"}}\n\n{\"Snapshot\":{\"SnapshotId\":\"s-d\"}}");
    let all = ["seed", "--sandbox", "mine", "--replace", "docs", "c.jsonl", "seed.yaml"];
    assert_eq!(remote.json(&all)["Inserted"], 6);
    assert_eq!(remote.ids("mine"), ["s-1", "s-2", "s-b", "s-c", "s-d"], "the document's region is its entries'");
    assert_eq!(remote.ids("testid"), ["s-1", "s-2"], "no other sandbox");

    // A file whose entries contradict themselves, one that cannot be read, and one whose id is there already.
    remote.file("e.yaml", "Snapshots: [{}, {SnapshotId: s-e, Outcome: failed}]");
    remote.file("f.ndjson", "{\"Snapshot\":{}}\n\n{\"Snapshot\":{\"Usage\":\"nothing\"}}\n");
    remote.file("g.yaml", "Snapshots: [{Usage: nothing}]");
    for (files, parts) in [
        (&["c.jsonl", "e.yaml"][..], &["ecs-mock: e.yaml: Snapshots[1].Outcome: "][..]),
        (&["e.yaml"], &["ecs-mock: e.yaml: Snapshots[1].Outcome: "]),
        (&["c.jsonl", "f.ndjson", "e.yaml"], &["ecs-mock: f.ndjson: line 3: Snapshot.Usage: ", "nothing"]),
        (&["docs", "g.yaml"], &["ecs-mock: g.yaml: Snapshots[0].Usage: ", "nothing"]),
        (&["seed.yaml", "seed.yaml"], &["s-1", "there twice"]),
        (&["missing.yaml"], &["ecs-mock: missing.yaml: "]),
        (&["docs/README.md"], &["ecs-mock: docs/README.md: ", ".ndjson"]),
        (&["-"], &["ecs-mock: standard input: "]),
        (&["seed.yaml", "--sandbox", "nobody"], &["ecs-mock: seed.yaml: ", "nobody"]),
    ] {
        let arguments = [&["seed", "--replace"], files].concat();
        let error = remote.error(&arguments);
        for part in parts {
            assert!(error.contains(part), "{arguments:?}: {error}");
        }
    }
    assert_eq!(remote.ids("testid"), ["s-1", "s-2"], "all or nothing");
    std::fs::create_dir(remote.folder.path().join("nothing")).unwrap();
    assert!(remote.error(&["seed", "nothing"]).contains("nothing: "));
}

#[test]
fn a_stream_from_standard_input_is_as_long_as_it_likes() {
    let remote = Remote::start();
    let lines: Vec<_> =
        (0..5_000).map(|index| json!({"Snapshot": {"SnapshotId": format!("s-{index}")}}).to_string()).collect();
    let said = remote.piped(&["seed", "-", "--replace"], &lines.join("\n"));
    assert_eq!(said, "4998 inserted, 2 changed, 0 removed, 0 unchanged\n");
    assert_eq!(remote.describe("testid")["TotalCount"], 5_000);
    let exported = remote.ok(&["export", "--format", "ndjson"]);
    assert_eq!(exported.lines().count(), 5_000);
    assert_eq!(
        remote.piped(&["seed", "-", "--replace"], &exported),
        "0 inserted, 0 changed, 0 removed, 5000 unchanged\n"
    );
}

#[test]
fn an_export_is_what_the_control_plane_says_and_can_be_seeded_again() {
    let remote = Remote::start();
    let state: Value = serde_json::from_str(&remote.server.get("/_mock/v1/sandboxes/default/state")).unwrap();
    assert_eq!(remote.json(&["export"]), state);
    assert_eq!(serde_json::from_str::<Value>(&remote.ok(&["export", "--format", "json"])).unwrap(), state);
    assert!(remote.ok(&["export"]).starts_with("Snapshots:\n"), "YAML for people");
    for file in ["out.json", "out.yaml", "out.ndjson"] {
        assert_eq!(remote.ok(&["export", "-o", file]), "");
        remote.ok(&["checkpoint", "save", "before"]);
        remote.ok(&["reset", "--to", "empty"]);
        remote.ok(&["seed", file]);
        remote.ok(&["checkpoint", "diff", "before"]);
    }
    assert_eq!(remote.ok(&["export", "-o", "-"]), remote.ok(&["export", "--format", "yaml"]));
    assert!(remote.error(&["export", "-o", "no/folder/x.json"]).contains("no/folder/x.json: "));
}

#[test]
fn resets_go_to_the_seed_to_a_checkpoint_or_to_nothing() {
    let remote = Remote::start();
    remote.ok(&["checkpoint", "save", "two"]);
    assert_eq!(remote.ok(&["reset", "--to", "empty"]), "sandbox default is reset to empty\n");
    assert_eq!(remote.ids("testid"), NONE);
    assert_eq!(remote.json(&["reset"]), json!({}));
    assert_eq!(remote.ids("testid"), ["s-1", "s-2"]);
    remote.ok(&["reset", "--to", "empty"]);
    remote.ok(&["reset", "--to", "two"]);
    assert_eq!(remote.ids("testid"), ["s-1", "s-2"]);
    assert!(remote.error(&["reset", "--to", "three"]).contains("no checkpoint \"three\""));
}

#[test]
fn sandboxes_are_made_listed_and_deleted() {
    let remote = Remote::start();
    let said = remote.ok(&["sandbox", "create", "a", "--access-key-id", "AKA", "--access-key-secret", "shh"]);
    assert_eq!(said, "Name             a\nAccessKeyId      AKA\nAccessKeySecret  shh\n");
    assert_eq!(remote.ids("AKA"), ["s-1", "s-2"], "the seed");
    let created = remote.json(&["sandbox", "create", "b", "--from", "empty"]);
    assert_eq!((&created["Name"], &created["AccessKeyId"]), (&json!("b"), &json!("b")));
    assert_eq!(remote.ids("b"), NONE);
    remote.file("one.yaml", "Snapshots: [{SnapshotId: s-one}]");
    remote.ok(&["seed", "one.yaml", "--sandbox", "b"]);
    remote.ok(&["checkpoint", "save", "one", "--sandbox", "b"]);
    remote.ok(&["reset", "--to", "empty", "--sandbox", "b"]);
    remote.ok(&[
        "sandbox",
        "create",
        "c",
        "--from",
        "b@one",
        "--ttl-seconds",
        "900",
        "--label",
        "x=1",
        "--label",
        "y=",
    ]);
    remote.ok(&["sandbox", "create", "d", "--from", "c"]);
    assert_eq!((remote.ids("c"), remote.ids("d")), (vec!["s-one".to_owned()], vec!["s-one".to_owned()]));

    let list = remote.json(&["sandbox", "list"]);
    let names: Vec<_> = list["Sandboxes"].as_array().unwrap().iter().map(|sandbox| &sandbox["Name"]).collect();
    assert_eq!(names, ["a", "b", "c", "d", "default"]);
    let table = remote.ok(&["sandbox", "list"]);
    let lines: Vec<&str> = table.lines().collect();
    let column = lines[0].find("SNAPSHOTS").unwrap();
    assert!(lines[0].starts_with("NAME     ACCESS KEYS"), "{table}");
    assert!(lines[1..].iter().all(|line| line[column..].starts_with(|digit: char| digit.is_ascii_digit())), "{table}");
    assert!(lines[3].ends_with("900s  x=1,y="), "{table}");

    assert_eq!(remote.ok(&["sandbox", "delete", "a"]), "sandbox a is deleted\n");
    assert_eq!(remote.json(&["sandbox", "delete", "b"]), json!({}));
    assert!(remote.error(&["sandbox", "delete", "a"]).contains("\"a\""));
    assert!(remote.error(&["sandbox", "create", "c"]).contains("in use"));
    assert!(remote.error(&["sandbox", "create", "a/b?c"]).contains("a/b?c"));
    assert!(remote.error(&["reset", "--sandbox", "../x y/é?#"]).contains("../x y/é?#"), "reaches the server whole");
}

#[test]
fn a_list_of_sandboxes_has_all_of_them_however_many_a_page_has() {
    let remote = Remote::start();
    for number in 0..101 {
        let body = json!({"Name": format!("n-{number:03}"), "From": "empty"}).to_string();
        remote.server.post("/_mock/v1/sandboxes", &body);
    }
    let list = remote.json(&["sandbox", "list"]);
    let listed = list["Sandboxes"].as_array().unwrap();
    assert_eq!((listed.len(), &listed[101]["Name"]), (102, &json!("n-100")));
    assert_eq!(list.as_object().unwrap().len(), 1, "without a token: {:?}", list.as_object().unwrap().keys());
    assert_eq!(remote.ok(&["sandbox", "list"]).lines().count(), 1 + 102);
}

#[test]
fn labels_do_not_steer_the_terminal() {
    let remote = Remote::start();
    remote.ok(&["sandbox", "create", "a", "--label", "x=\u{1b}[31m\nred"]);
    let table = remote.ok(&["sandbox", "list"]);
    assert!(!table.contains('\u{1b}') && table.lines().count() == 3, "{table}");
}

#[test]
fn checkpoints_are_saved_compared_restored_and_deleted() {
    let remote = Remote::start();
    assert_eq!(remote.ok(&["checkpoint", "save", "before"]), "sandbox default is saved as before: 2 snapshots\n");
    assert_eq!(remote.ends(&["checkpoint", "diff", "before"], 0), "0 added, 0 removed, 0 changed\n");
    remote.file(
        "new.yaml",
        "Snapshots: [{SnapshotId: s-2, Status: progressing}, {SnapshotId: s-3, SnapshotName: three}]",
    );
    remote.ok(&["seed", "new.yaml", "--replace"]);
    let diff = remote.ends(&["checkpoint", "diff", "before"], 4);
    let expected = ["+ s-3  three\n", "- s-1  one\n", "~ s-2\n", "    Status: \"failed\" -> \"progressing\"\n"];
    for part in expected.iter().chain(&["1 added, 1 removed, 1 changed\n"]) {
        assert!(diff.contains(part), "{part} in {diff}");
    }
    let diff: Value =
        serde_json::from_str(&remote.ends(&["checkpoint", "diff", "before", "now", "--json"], 4)).unwrap();
    assert_eq!(diff["Changed"][0]["Fields"]["Status"], json!({"From": "failed", "To": "progressing"}));
    let saved = remote.json(&["checkpoint", "--sandbox", "default", "save", "after"]);
    assert_eq!((&saved["Name"], &saved["SnapshotCount"]), (&json!("after"), &json!(2)));
    assert!(remote.ends(&["checkpoint", "diff", "after", "before"], 4).contains("+ s-1"));
    remote.ends(&["checkpoint", "diff", "now", "after"], 0);

    let table = remote.ok(&["checkpoint", "list"]);
    assert!(table.starts_with("NAME    CREATED") && table.lines().count() == 3, "{table}");
    assert_eq!(remote.json(&["checkpoint", "list"])["Checkpoints"][1]["Name"], "before");
    assert_eq!(remote.ok(&["checkpoint", "restore", "before"]), "sandbox default is restored from before\n");
    assert_eq!(remote.ids("testid"), ["s-1", "s-2"]);
    assert_eq!(remote.json(&["checkpoint", "delete", "after"]), json!({}));
    for verb in ["delete", "restore", "diff"] {
        assert!(remote.error(&["checkpoint", verb, "after"]).contains("no checkpoint \"after\""));
    }
}

#[test]
fn clocks_are_shown_set_and_advanced() {
    let remote = Remote::start();
    assert!(remote.ok(&["clock", "show"]).ends_with("Z (real)\n"));
    assert_eq!(remote.ok(&["clock", "set", "frozen", "2026-03-15T12:00Z"]), "2026-03-15T12:00:00Z (frozen)\n");
    assert_eq!(remote.ok(&["clock", "advance", "3600"]), "2026-03-15T13:00:00Z (frozen)\n");
    assert_eq!(remote.json(&["clock", "advance", "-60"])["Now"], "2026-03-15T12:59:00Z");
    remote.file("new.yaml", "Snapshots: [{SnapshotId: s-now}]");
    remote.ok(&["seed", "new.yaml", "--replace"]);
    assert_eq!(remote.describe("testid")["Snapshots"]["Snapshot"][0]["CreationTime"], "2026-03-15T12:59:00Z");
    assert!(
        remote.ok(&["clock", "set", "scaled", "0"]).ends_with("2026-03-15T12:59:00Z (scaled 0 seconds a second)\n")
    );
    assert_eq!(remote.ok(&["clock", "set", "frozen"]), "2026-03-15T12:59:00Z (frozen)\n", "where it was");
    assert_eq!(remote.json(&["clock", "set", "offset", "-86400"])["Seconds"], -86400);
    assert!(remote.ok(&["clock", "show"]).ends_with("(offset -86400 seconds)\n"));
    assert_eq!(remote.json(&["clock", "set", "real"])["Mode"], "real");
    assert!(remote.error(&["clock", "set", "scaled", "1e9"]).contains("Rate"));
    assert!(remote.error(&["clock", "show", "--sandbox", "nobody"]).contains("nobody"));
}
