//! `ecs-mock verify`, with what it prints and how it ends.

use super::scripts::Remote;

#[test]
fn its_exit_code_is_the_answer() {
    let remote = Remote::start();
    remote.describe("testid");
    assert_eq!(remote.ok(&["verify", "DescribeSnapshots"]), "yes: 1 match\nmatching: 1\n");
    remote.ok(&["verify", "DescribeSnapshots", "PageSize=100", "PageNumber=", "--count", "1", "--code", "OK"]);
    let said = remote.ends(&["verify", "DescribeSnapshots", "pagesize=10", "--at-least", "1"], 4);
    let near = "near miss: 1 DescribeSnapshots\n    Parameters.pagesize: \"10\" is asked for, it has \"100\"\n";
    assert_eq!(said, format!("no: 0 match; at least 1 should\n{near}"));
    let said = remote.ends(&["verify", "DescribeSnapshots", "DiskId=d-1"], 4);
    assert!(said.contains("Parameters.DiskId: \"d-1\" is asked for, it has nothing"), "{said}");
    remote.ends(&["verify", "DescribeSnapshots", "--at-most", "0"], 4);
    remote.ends(&["verify", "DescribeSnapshots", "--since-sequence", "2", "--wait", "1"], 4);
    let verdict = remote.json(&["verify", "DescribeSnapshots"]);
    assert_eq!((&verdict["Result"], &verdict["Matching"]), (&"yes".into(), &1.into()));
}

#[test]
fn what_nobody_knows_has_an_exit_code_of_its_own() {
    let remote = Remote::start();
    for _ in 0..1_001 {
        remote.server.get("/?Action=DescribeRegions&AccessKeyId=testid");
    }
    let said = remote.ends(&["verify", "DescribeSnapshots"], 6);
    let reason = "0 match for sure, and up to 1 may: 1 entries are not kept any more; at least 1 should";
    assert_eq!(said.lines().next(), Some(&*format!("unknown: {reason}")));
    remote.ok(&["verify", "DescribeRegions", "--since-sequence", "2", "--count", "1000"]);
}

#[test]
fn what_cannot_be_asked_is_an_error() {
    let remote = Remote::start();
    assert!(remote.error(&["verify", "DescribeSnapshot"]).contains("DescribeSnapshot"));
    assert!(remote.error(&["verify", "DescribeSnapshots", "Password=x"]).contains("Parameters.Password: "));
    assert!(remote.error(&["verify", "DescribeSnapshots", "--sandbox", "nobody"]).contains("nobody"));
}
