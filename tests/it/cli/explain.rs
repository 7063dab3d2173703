//! `ecs-mock explain`, seen from the other side.

use super::scripts::{Remote, words};

#[test]
fn a_list_is_explained_to_people() {
    let remote = Remote::start();
    let asked = ["explain", "DescribeSnapshots", "RegionId=cn-hangzhou", "SnapshotName=one "];
    let text = remote.ok(&[&asked[..], &["--id", "s-1"]].concat());
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(words(lines[0]), ["CONDITION", "ASKED", "ALONE", "LEFT"]);
    assert_eq!(words(lines[1]), ["RegionId", "cn-hangzhou", "2", "2"]);
    assert_eq!(words(lines[2]), ["SnapshotName", "one\\u{20}", "0", "0"]);
    assert_eq!(lines[3], "DescribeSnapshots lists 0 of 2");
    let row = ["s-1 is not listed", "  SnapshotName: asked for \"one\\u{20}\", has \"one\" (they differ in spaces)"];
    assert!(text.contains(&row.join("\n")), "{text}");
    assert!(text.contains("all conditions but one are met by\n"), "{text}");

    let listed = remote.ok(&["explain", "--request", "/?Action=DescribeSnapshots&RegionId=cn-hangzhou", "--id", "s-2"]);
    assert!(
        listed.contains("DescribeSnapshots lists 2 of 2") && listed.contains("s-2 is listed, on page 1"),
        "{listed}"
    );
    let nowhere = remote.ok(&["explain", "DescribeSnapshots", "RegionId=cn-hangzhou", "--id", "s-9"]);
    assert!(nowhere.contains("s-9 is not listed\n  it is nowhere"), "{nowhere}");
    let other = remote.ok(&["explain", "DescribeDisks", "RegionId=cn-hangzhou", "--id", "s-1"]);
    assert!(other.contains("s-1 is not listed\n  it is the id of another kind: Snapshot\n"), "{other}");
    assert!(!other.contains("nowhere"), "{other}");
    let case = remote.ok(&["explain", "DescribeSnapshots", "RegionId=cn-hangzhou", "--id", "S-1"]);
    assert!(case.contains("S-1 is not listed\n  Id: asked for \"S-1\", has \"s-1\" (they differ in case)"), "{case}");
}

#[test]
fn a_request_of_the_journal_is_explained() {
    let remote = Remote::start();
    let path = "/?Action=DescribeSnapshots&RegionId=cn-hangzhou&Status=failed&AccessKeyId=testid";
    remote.server.get(path);
    let explanation = remote.json(&["explain", "--sequence", "1", "--id", "s-1"]);
    assert_eq!(explanation["Matching"], 1);
    assert_eq!(explanation["Row"]["Failed"][0]["Has"], "accomplished");
    let text = remote.ok(&["explain", "--sequence", "1"]);
    assert!(!text.contains("has changed"), "{text}");
    remote.ok(&["reset", "--to", "empty"]);
    assert!(remote.error(&["explain", "--sequence", "1"]).contains("gone"));
}

#[test]
fn what_cannot_be_explained_is_told() {
    let remote = Remote::start();
    assert!(remote.error(&["explain", "CreateSnapshot"]).contains("DescribeSnapshots"));
    assert!(remote.error(&["explain", "DescribeSnapshots"]).contains("RegionId"));
    assert!(
        remote
            .error(&["explain", "DescribeSnapshots", "RegionId=cn-hangzhou", "--sandbox", "nobody"])
            .contains("nobody")
    );
}
