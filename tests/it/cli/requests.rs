//! `ecs-mock requests`: a line an entry, those that are there and those that come.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStdout, Stdio};

use serde_json::Value;

use super::scripts::{Remote, words};
use crate::support::Process;

#[test]
fn a_line_says_what_was_asked_and_what_became_of_it() {
    let remote = Remote::start();
    remote.server.get("/?Action=DeleteSnapshot&SnapshotId=s-1&AccessKeyId=testid&Version=2014-05-26");
    remote.describe("testid");
    remote.server.post("/_mock/v1/sandboxes/default/snapshots", r#"{"SnapshotId": "s-9"}"#);
    let said = remote.ok(&["requests"]);
    let lines: Vec<_> = said.lines().map(words).collect();
    assert_eq!(lines[0][0], "1");
    assert_eq!(lines[0][2..], ["DeleteSnapshot", "200", "SnapshotId=s-1", "-s-1"]);
    assert_eq!(lines[1][2..], ["DescribeSnapshots", "200", "PageSize=100", "RegionId=cn-hangzhou"]);
    assert_eq!(lines[2][2..5], ["control", "POST", "/snapshots"], "{said}");
    assert_eq!(lines[2].last(), Some(&"+s-9"));
    assert_eq!(lines.len(), 3);
}

#[test]
fn they_are_chosen_by_action_code_number_and_parameters() {
    let remote = Remote::start();
    remote.server.get("/?Action=DeleteSnapshot&SnapshotId=s-1&AccessKeyId=testid");
    let refused = ureq::get(format!("http://{}/?Action=DeleteSnapshot&SnapshotId=s-1", remote.server.address)).call();
    assert!(refused.is_err());
    remote.describe("testid");
    let numbers = |arguments: &[&str]| -> Vec<String> {
        let said = remote.ok(&[&["requests"], arguments].concat());
        said.lines().map(|line| words(line)[0].to_owned()).collect()
    };
    assert_eq!(numbers(&[]), ["1", "2", "3"]);
    assert_eq!(numbers(&["--action", "DeleteSnapshot"]), ["1", "2"]);
    assert_eq!(numbers(&["--code", "OK"]), ["1", "3"]);
    assert_eq!(numbers(&["--code", "InvalidSnapshotId.NotFound"]), ["2"]);
    assert_eq!(numbers(&["--since-sequence", "2"]), ["2", "3"]);
    assert_eq!(numbers(&["snapshotid=s-1"]), ["1", "2"]);
    assert_eq!(numbers(&["PageSize"]), ["3"]);
    assert_eq!(numbers(&["SnapshotId=s-1", "AccessKeyId"]), ["1"]);
    let said = remote.ok(&["requests", "--json", "--action", "DescribeSnapshots"]);
    let entry: Value = serde_json::from_str(&said).unwrap();
    assert_eq!((&entry["Sequence"], &entry["Parameters"]["PageSize"]), (&3.into(), &"100".into()));
    assert!(remote.error(&["requests", "--sandbox", "nobody"]).contains("nobody"));
}

/// A verb that goes on until it is ended.
struct Following(Child, BufReader<ChildStdout>);

impl Following {
    fn start(server: &Process, arguments: &[&str]) -> Self {
        let url = format!("http://{}", server.address);
        let arguments = [&["requests", "--follow", "--url", &url], arguments].concat();
        let mut command = Process::command(std::path::Path::new("/"), &arguments);
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        Self(child, stdout)
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        assert!(self.1.read_line(&mut line).unwrap() > 0, "it ended");
        line
    }
}

impl Drop for Following {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn following_shows_what_is_there_what_comes_and_what_comes_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let options = ["--database", "mine.db", "--seed", "none"];
    let server = Process::start(folder.path(), &options);
    let ask = |server: &Process, action: &str| server.get(&format!("/?Action={action}&AccessKeyId=testid"));
    ask(&server, "DescribeRegions");
    let mut all = Following::start(&server, &[]);
    let mut some = Following::start(&server, &["--action", "DescribeZones", "--code", "OK"]);
    assert_eq!(words(&all.line())[..1], ["1"]);
    server.get("/?Action=DescribeZones&RegionId=cn-hangzhou&AccessKeyId=testid");
    let line = all.line();
    assert_eq!((words(&line)[0], words(&line)[2]), ("2", "DescribeZones"));
    assert_eq!(words(&some.line())[0], "2");

    // A server that stops does not wait for those who follow.
    let address = server.address.clone();
    server.signal("-TERM");
    let (status, said) = server.end();
    assert!(status.success() && !said.contains("cut off"), "{said}");
    let options = [&options[..], &["--listen", &address]].concat();
    let server = Process::start_with(folder.path(), &options, &[]);
    ask(&server, "DescribeRegions");
    let line = all.line();
    assert_eq!((words(&line)[0], words(&line)[2]), ("3", "DescribeRegions"));
}
