//! What the tests of the verbs for scripts have in common, and the verbs that are about the server as a whole.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::thread;

use serde_json::Value;
use tempfile::TempDir;

use crate::support::Process;

const SEED: &str = "
Snapshots:
  - {SnapshotId: s-1, SnapshotName: one}
  - {SnapshotId: s-2, Status: failed}
";

/// A server, and the verbs that talk to it.
pub struct Remote {
    pub server: Process,
    pub folder: TempDir,
}

impl Remote {
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    fn start_with(arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("seed.yaml"), SEED).unwrap();
        let arguments = [&["--database", ":memory:", "--seed", "seed.yaml"], arguments].concat();
        Self { server: Process::start(folder.path(), &arguments), folder }
    }

    pub fn file(&self, name: &str, content: &str) {
        std::fs::create_dir_all(self.folder.path().join(name).parent().unwrap()).unwrap();
        std::fs::write(self.folder.path().join(name), content).unwrap();
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Process::command(self.folder.path(), arguments);
        command.env("ECS_MOCK_URL", format!("http://{}", self.server.address));
        command
    }

    /// What the verb prints; it must succeed, and have no complaints.
    pub fn ok(&self, arguments: &[&str]) -> String {
        self.piped(arguments, "")
    }

    /// As [`Remote::ok`], with this as standard input.
    pub fn piped(&self, arguments: &[&str], input: &str) -> String {
        let output = fed(self.command(arguments), input);
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success() && error.is_empty(), "{arguments:?}: {error}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// What the verb prints with `--json`.
    pub fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.ok(&[arguments, &["--json"]].concat())).unwrap()
    }

    /// The one line with which the verb fails.
    pub fn error(&self, arguments: &[&str]) -> String {
        error_of(&fed(self.command(arguments), ""), 1)
    }

    /// What the verb prints when it ends with this code, silently.
    pub fn ends(&self, arguments: &[&str], code: i32) -> String {
        let output = fed(self.command(arguments), "");
        assert_eq!((output.status.code(), output.stderr.len()), (Some(code), 0), "{arguments:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// The ids of the snapshots that the cloud plane shows to this key, in order.
    pub fn ids(&self, key: &str) -> Vec<String> {
        let reply = self.describe(key);
        let snapshots = reply["Snapshots"]["Snapshot"].as_array().unwrap().iter();
        let mut ids: Vec<_> = snapshots.map(|snapshot| snapshot["SnapshotId"].as_str().unwrap().to_owned()).collect();
        ids.sort();
        ids
    }

    pub fn describe(&self, key: &str) -> Value {
        let query = "Action=DescribeSnapshots&RegionId=cn-hangzhou&PageSize=100&Format=JSON";
        serde_json::from_str(&self.server.get(&format!("/?{query}&AccessKeyId={key}"))).unwrap()
    }
}

/// The columns of a line that a verb prints for people.
pub fn words(line: &str) -> Vec<&str> {
    line.split_whitespace().collect()
}

fn fed(mut command: Command, input: &str) -> Output {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // Verbs that read nothing may have ended.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

fn error_of(output: &Output, code: i32) -> String {
    let error = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(output.status.code(), Some(code), "{error}");
    assert!(output.stdout.is_empty() && error.starts_with("ecs-mock: ") && error.lines().count() == 1, "{error}");
    error
}

/// Runs a verb against whatever is at this address.
fn against(address: &str, folder: &Path, arguments: &[&str]) -> Output {
    fed(Process::command(folder, &[arguments, &["--url", &format!("http://{address}")]].concat()), "")
}

/// The address of a server that gives one answer and is gone.
fn answering(answer: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = [0; 4096];
        assert!(stream.read(&mut request).unwrap() > 0);
        stream.write_all(answer.as_bytes()).unwrap();
    });
    address
}

#[test]
fn waiting_ends_with_the_server_or_with_the_time() {
    let remote = Remote::start();
    assert_eq!(remote.ok(&["wait"]), "ready\n");
    assert_eq!(remote.json(&["wait", "--timeout", "0"])["status"], "ready");
    for timeout in ["0", "0.2"] {
        let output = against("127.0.0.1:1", remote.folder.path(), &["wait", "--timeout", timeout]);
        let error = error_of(&output, 5);
        assert!(error.contains("http://127.0.0.1:1") && error.contains(&format!("{timeout} seconds")), "{error}");
    }
}

#[test]
fn waiting_outlasts_a_server_that_is_not_ready_and_one_that_is_not_there() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let folder = tempfile::tempdir().unwrap();
    thread::spawn(move || {
        let not_yet = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        let ready = "HTTP/1.1 200 OK\r\nContent-Length: 18\r\nConnection: close\r\n\r\n{\"status\":\"ready\"}";
        for answer in ["", not_yet, ready] {
            let (mut stream, _) = listener.accept().unwrap();
            assert!(stream.read(&mut [0; 4096]).unwrap() > 0);
            stream.write_all(answer.as_bytes()).unwrap();
        }
    });
    let output = against(&address, folder.path(), &["wait"]);
    assert_eq!((output.status.code(), &output.stdout[..]), (Some(0), &b"ready\n"[..]), "{output:?}");
}

#[test]
fn a_missing_server_a_strange_one_and_one_that_breaks_off_are_named_in_one_line() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.yaml"), "Snapshots: [{}]").unwrap();
    for verb in [
        &["seed", "a.yaml"][..],
        &["reset"],
        &["export"],
        &["sandbox", "list"],
        &["checkpoint", "diff", "x"],
        &["clock", "show"],
        &["env", "--sandbox", "x"],
    ] {
        let error = error_of(&against("127.0.0.1:1", folder.path(), verb), 1);
        assert!(error.contains("http://127.0.0.1:1: ") && error.contains("is a server running there?"), "{error}");
    }
    let strange = answering("HTTP/1.1 404 Not Found\r\nContent-Length: 6\r\nConnection: close\r\n\r\n<html>");
    let error = error_of(&against(&strange, folder.path(), &["sandbox", "list"]), 1);
    assert!(error.contains(&strange) && error.contains("404") && error.contains("is it an ecs-mock?"), "{error}");
    let other = answering("HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\n<html>");
    let error = error_of(&against(&other, folder.path(), &["sandbox", "list"]), 1);
    assert!(error.contains("makes no sense"), "{error}");
    let broken = answering("HTTP/1.1 200 OK\r\nContent-Length: 60\r\nConnection: close\r\n\r\nSnapshots: []");
    let error = error_of(&against(&broken, folder.path(), &["export", "-o", "a.yaml"]), 1);
    assert!(error.contains("breaks off"), "{error}");
    assert_eq!(std::fs::read_to_string(folder.path().join("a.yaml")).unwrap(), "Snapshots: [{}]");
    assert_eq!(folder.path().read_dir().unwrap().count(), 1, "nothing is left beside it");
}

#[test]
fn a_token_is_asked_for_and_given() {
    let remote = Remote::start_with(&["--admin-token", "s3cret"]);
    assert_eq!(remote.ok(&["wait"]), "ready\n", "needs none");
    let error = remote.error(&["sandbox", "list"]);
    assert!(error.contains("--admin-token or ECS_MOCK_ADMIN_TOKEN"), "{error}");
    assert!(remote.error(&["reset", "--admin-token", "wrong"]).contains("Bearer"));
    assert!(remote.ok(&["sandbox", "list", "--admin-token", "s3cret"]).contains("default"));
    let by_variable = remote.command(&["reset"]).env("ECS_MOCK_ADMIN_TOKEN", "s3cret").output().unwrap();
    assert!(by_variable.status.success());
    let help = remote.command(&["reset", "--help"]).env("ECS_MOCK_ADMIN_TOKEN", "s3cret").output().unwrap();
    assert!(!String::from_utf8(help.stdout).unwrap().contains("s3cret"));
}

#[test]
fn env_is_what_a_shell_needs() {
    let remote = Remote::start();
    remote.ok(&["sandbox", "create", "mine", "--access-key-id", "AK"]);
    let in_shell = |arguments: &[&str], variable: &str| {
        let script = format!("{}\nprintf %s \"${variable}\"", remote.ok(arguments));
        let output = Command::new("sh").args(["-c", &script]).output().unwrap();
        assert!(output.stderr.is_empty(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    for name in ["ALIBABA_CLOUD_ENDPOINT", "ALIBABA_CLOUD_ENDPOINT_ECS", "ECS_ENDPOINT"] {
        assert_eq!(in_shell(&["env"], name), remote.server.address);
    }
    assert_eq!(in_shell(&["env"], "ALIBABA_CLOUD_ACCESS_KEY_ID"), "testid");
    assert_eq!(in_shell(&["env"], "ALIBABA_CLOUD_ACCESS_KEY_SECRET"), "testsecret");
    assert_eq!(in_shell(&["env", "--sandbox", "mine"], "ALIBABA_CLOUD_ACCESS_KEY_ID"), "AK");
    assert_eq!(in_shell(&["env", "--sandbox", "mine"], "ECS_MOCK_SANDBOX"), "mine");
    let odd = "it's $HOME";
    assert_eq!(in_shell(&["env", "--access-key-secret", odd], "ALIYUN_ACCESS_KEY_SECRET"), odd);
    assert_eq!(in_shell(&["env", "--access-key-id", "free"], "ALIYUN_ACCESS_KEY_ID"), "free");
    let json = remote.json(&["env", "--sandbox", "mine"]);
    assert_eq!(json["ECS_MOCK_URL"], format!("http://{}", remote.server.address));
    assert_eq!(json["ALIBABA_CLOUD_ACCESS_KEY_ID"], "AK");
    assert!(remote.error(&["env", "--sandbox", "nobody"]).contains("nobody"));
    let without_server = against("127.0.0.1:1", remote.folder.path(), &["env"]);
    assert!(without_server.status.success(), "the default needs no server");
}

#[test]
fn secrets_of_keys_may_be_in_files() {
    let remote = Remote::start();
    let file = |name: &str, content: &str| std::fs::write(remote.folder.path().join(name), content).unwrap();
    for (name, content) in [("first", "f1rst\n"), ("second", "s3cond\r\n"), ("token", "t0ken"), ("empty", "\n")] {
        file(name, content);
    }
    remote.ok(&["sandbox", "create", "mine", "--access-key-secret-file", "first"]);
    let secret = |arguments: &[&str]| remote.json(arguments)["ALIBABA_CLOUD_ACCESS_KEY_SECRET"].clone();
    assert_eq!(secret(&["env", "--sandbox", "mine"]), "f1rst");
    assert_eq!(secret(&["env", "--sandbox", "mine", "--access-key-secret-file", "second"]), "s3cond");

    let create = ["access-key", "create", "AK", "--sandbox", "mine", "--secret-file", "second"];
    assert!(remote.ok(&create).contains("s3cond"));
    let update = ["access-key", "update", "AK", "--sandbox", "mine", "--security-token-file", "token"];
    let updated = remote.ok(&[&update[..], &["--secret-file", "first"]].concat());
    assert!(updated.contains("t0ken") && updated.contains("f1rst"), "{updated}");

    for (arguments, flag) in [
        (&["sandbox", "create", "other", "--access-key-secret-file"][..], "access-key-secret"),
        (&["env", "--access-key-secret-file"], "access-key-secret"),
        (&["access-key", "create", "other", "--secret-file"], "secret"),
        (&["access-key", "update", "AK", "--sandbox", "mine", "--security-token-file"], "security-token"),
    ] {
        for (name, what) in [("no-such-file", "No such file"), ("empty", "is empty")] {
            let said = remote.error(&[arguments, &[name]].concat());
            assert!(said.contains(&format!("--{flag}-file {name}")) && said.contains(what), "{arguments:?}: {said}");
        }
        let flag = format!("--{flag}");
        let both = [arguments, &["first", flag.as_str(), "0ther"]].concat();
        let said = remote.error(&both);
        assert!(said.contains("differ") && !said.contains("0ther") && !said.contains("f1rst"), "{both:?}: {said}");
    }
}

#[test]
fn access_keys_are_made_shown_changed_and_removed() {
    let remote = Remote::start();
    remote.ok(&["sandbox", "create", "mine", "--access-key-secret", "first"]);
    let made = remote.ok(&["access-key", "create", "AK", "--sandbox", "mine", "--secret", "hush", "--allow", "ecs:*"]);
    assert!(made.contains("hush") && made.contains("ecs:*"), "{made}");
    let list = remote.ok(&["access-key", "list", "--sandbox", "mine"]);
    assert!(list.contains("AK") && list.contains("mine") && !list.contains("hush"), "{list}");
    assert!(remote.ok(&["access-key", "list", "--sandbox", "mine", "--show-secrets"]).contains("hush"));
    let update = ["access-key", "update", "AK", "--sandbox", "mine", "--status", "inactive"];
    assert!(remote.ok(&update).contains("Inactive"));

    let secret = |arguments: &[&str]| remote.json(arguments)["ALIBABA_CLOUD_ACCESS_KEY_SECRET"].clone();
    assert_eq!(secret(&["env", "--sandbox", "mine"]), "first", "the key that is active");
    assert_eq!(secret(&["env", "--sandbox", "mine", "--access-key-id", "AK"]), "hush");
    remote.ok(&["access-key", "update", "AK", "--sandbox", "mine", "--security-token", "token"]);
    let env = remote.json(&["env", "--sandbox", "mine", "--access-key-id", "AK"]);
    assert_eq!(env["ALIBABA_CLOUD_SECURITY_TOKEN"], "token");

    remote.ok(&["access-key", "delete", "AK", "--sandbox", "mine"]);
    assert!(remote.error(&["access-key", "update", "AK", "--sandbox", "mine"]).contains("AK"));
}
