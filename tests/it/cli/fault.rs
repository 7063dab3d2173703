//! `ecs-mock fault`, seen from the other side.

use serde_json::{Value, json};

use super::scripts::{Remote, words};

fn planned(remote: &Remote, sandbox: &str) -> Vec<Value> {
    let list: Value =
        serde_json::from_str(&remote.server.get(&format!("/_mock/v1/sandboxes/{sandbox}/faults"))).unwrap();
    let faults = list["Faults"].as_array().unwrap().iter();
    faults.map(|fault| json!([fault["Name"], fault["Match"], fault["Times"], fault["When"], fault["Effect"]])).collect()
}

#[test]
fn faults_are_added_from_templates_listed_and_removed() {
    let remote = Remote::start();
    assert_eq!(remote.ok(&["fault", "add", "throttle-next", "3"]), "fault-1 is planned in sandbox default\n");
    remote.ok(&["fault", "add", "throttle-next", "1", "--action", "Describe*", "--name", "few"]);
    remote.ok(&["fault", "add", "lose-answer", "--action", "CreateSnapshot"]);
    let slow = remote.json(&["fault", "add", "slow", "250", "--action", "DescribeDisks"]);
    assert_eq!((&slow["Name"], &slow["Effect"]), (&json!("fault-3"), &json!({"DelayMs": 250})));
    let expected = [
        json!(["fault-1", {"Action": "*"}, 3, "before", {"Throttling": {}}]),
        json!(["few", {"Action": "Describe*"}, 1, "before", {"Throttling": {}}]),
        json!(["fault-2", {"Action": "CreateSnapshot"}, 1, "after", {"Connection": "reset"}]),
        json!(["fault-3", {"Action": "DescribeDisks"}, null, "before", {"DelayMs": 250}]),
    ];
    assert_eq!(planned(&remote, "default"), expected);

    let shown = remote.ok(&["fault", "list"]);
    let lines: Vec<Vec<&str>> = shown.lines().map(words).collect();
    assert_eq!(lines[0], ["NAME", "ACTION", "WHEN", "MATCHES", "HITS", "SPENT", "EFFECT"]);
    assert_eq!(lines[2], ["few", "Describe*", "before", "0", "0", "of", "1", "no", "{\"Throttling\":{}}"]);
    assert_eq!(lines[4], ["fault-3", "DescribeDisks", "before", "0", "0", "no", "{\"DelayMs\":250}"]);
    assert_eq!(remote.json(&["fault", "list"])["Faults"].as_array().unwrap().len(), 4);

    assert_eq!(remote.ok(&["fault", "remove", "few", "fault-3"]), "few, fault-3 of sandbox default removed\n");
    assert_eq!(planned(&remote, "default"), [expected[0].clone(), expected[2].clone()]);
    assert!(remote.error(&["fault", "remove", "few"]).contains("few"));
    assert_eq!(remote.ok(&["fault", "remove", "--all"]), "nothing is planned in sandbox default any more\n");
    assert!(planned(&remote, "default").is_empty());
}

#[test]
fn any_fault_comes_as_json_from_the_command_line_a_file_or_standard_input() {
    let remote = Remote::start();
    remote.ok(&["sandbox", "create", "mine"]);
    let text = |action: &str| format!("{{\"Match\": {{\"Action\": \"{action}\"}}, \"Effect\": {{\"DelayMs\": 1}}}}");
    remote.file("fault.json", &text("DeleteDisk"));
    remote.ok(&["fault", "add", "of", &text("DeleteImage"), "--sandbox", "mine"]);
    remote.ok(&["fault", "add", "from", "fault.json", "--sandbox", "mine", "--name", "file"]);
    remote.piped(&["fault", "add", "from", "-", "--sandbox", "mine"], &text("DeleteSnapshot"));
    let effect = json!({"DelayMs": 1});
    assert_eq!(
        planned(&remote, "mine"),
        [
            json!(["fault-1", {"Action": "DeleteImage"}, null, "before", effect]),
            json!(["file", {"Action": "DeleteDisk"}, null, "before", effect]),
            json!(["fault-2", {"Action": "DeleteSnapshot"}, null, "before", effect]),
        ]
    );
    let marked =
        "{\"Match\": {\"Action\": \"DeleteDisk\"}, \"Effect\": {\"Reply\": {\"Body\": \"a\u{202e}b\u{2066}c\"}}}";
    remote.ok(&["fault", "add", "of", marked, "--sandbox", "mine", "--name", "marked"]);
    let shown = remote.ok(&["fault", "list", "--sandbox", "mine"]);
    assert!(shown.contains("a\\u{202e}b\\u{2066}c"), "{shown}");
    assert!(planned(&remote, "default").is_empty());
    for (arguments, part) in [
        (&["of", "[]"][..], "the fault: "),
        (&["of", "{}"], "Match"),
        (&["from", "missing.json"], "missing.json: "),
        (&["throttle-next", "1", "--action", "DescribeDisk"], "is DescribeDisks meant?"),
        (&["of", &text("DeleteDisk"), "--name", "a b"], "Name: "),
    ] {
        let error = remote.error(&[&["fault", "add"], arguments].concat());
        assert!(error.contains(part), "{part} in {error}");
    }
    assert!(planned(&remote, "default").is_empty());
}
