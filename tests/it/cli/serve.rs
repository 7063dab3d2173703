//! The server as a process: it survives what processes go through.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Command, Stdio};

use ecs_mock::model::snapshot;
use ecs_mock::store::{Store, resources, sandboxes};

use crate::support::Process;

const SEED: &str = "
Snapshots:
  - {SnapshotId: s-1, SnapshotName: one, CreationTime: 2020-01-01T00:00:00Z, Tags: {a: b}}
  - {SnapshotId: s-2, CreationTime: 2020-01-02T00:00:00Z, Status: failed, Progress: 37%}
  - {CreationTime: 2020-01-03T00:00:00Z, SnapshotName: its id is made up}
";

fn seeded() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("seed.yaml"), SEED).unwrap();
    folder
}

fn start(folder: &tempfile::TempDir) -> Process {
    Process::start(folder.path(), &["--seed", "seed.yaml"])
}

/// Everything that the server holds, but for the request's id.
fn everything(server: &Process) -> serde_json::Value {
    let body = server.get("/?Action=DescribeSnapshots&RegionId=cn-hangzhou&PageSize=100&Format=JSON");
    let mut reply: serde_json::Value = serde_json::from_str(&body).unwrap();
    reply["RequestId"].take();
    reply
}

#[actix_web::test]
async fn kill_9_loses_nothing() {
    let folder = seeded();
    let server = start(&folder);
    assert_eq!(everything(&server)["TotalCount"], 3);
    server.signal("-KILL");
    server.end();

    // Changes that a process committed and then died without closing the database.
    let opened = Store::open(&folder.path().join("ecs-mock.db"), true).await.unwrap();
    let mut writer = opened.store.write().await.unwrap();
    let (_, pointer) = sandboxes::list(&mut writer).await.unwrap().remove(0);
    resources::delete(&mut writer, &snapshot::KIND, pointer.state_id, &["s-1"]).await.unwrap();
    writer.commit().await.unwrap();
    drop(opened);

    let server = start(&folder);
    let before = everything(&server);
    assert_eq!(before["TotalCount"], 2);
    server.signal("-KILL");
    server.end();
    let server = start(&folder);
    assert_eq!(everything(&server), before, "made-up ids included");
    assert!(server.start.contains("up to date"), "{}", server.start);
}

#[test]
fn sandboxes_keys_clocks_and_checkpoints_survive_kill_9() {
    let folder = seeded();
    let server = start(&folder);
    let send = |server: &Process, method: &str, path: &str, body: &str| {
        let request = ureq::http::Request::builder()
            .method(method)
            .uri(format!("http://{}/_mock/v1/sandboxes{path}", server.address))
            .header("content-type", "application/json");
        let mut response = ureq::run(request.body(body.to_owned()).unwrap()).unwrap();
        response.body_mut().read_to_string().unwrap()
    };
    send(&server, "POST", "", r#"{"Name": "mine", "AccessKeyId": "key", "From": "empty", "Labels": {"a": "b"}}"#);
    send(&server, "POST", "/mine/snapshots", r#"{"SnapshotId": "s-9"}"#);
    send(&server, "PUT", "/mine/clock", r#"{"Mode": "frozen", "Time": "2030-01-01T00:00:00Z"}"#);
    send(&server, "PUT", "/mine/checkpoints/saved", "");
    send(&server, "DELETE", "/mine/snapshots/s-9", "");
    let seen = |server: &Process| {
        let mut sandbox: serde_json::Value = serde_json::from_str(&send(server, "GET", "/mine", "")).unwrap();
        // Use is noted at an orderly end only.
        sandbox["LastUsedTime"].take();
        let paths = ["/mine/clock", "/mine/checkpoints", "/mine/state", "/mine/diff?from=saved"];
        (sandbox, paths.map(|path| send(server, "GET", path, "")))
    };
    let before = seen(&server);
    server.signal("-KILL");
    server.end();
    let server = start(&folder);
    assert_eq!(seen(&server), before);
    let body = server.get("/?Action=DescribeSnapshots&RegionId=cn-hangzhou&AccessKeyId=key");
    assert!(body.contains("<TotalCount>0</TotalCount>"), "{body}");
    send(&server, "POST", "/mine/checkpoints/saved/restore", "");
    let body = server.get("/?Action=DescribeSnapshots&RegionId=cn-hangzhou&AccessKeyId=key");
    assert!(body.contains("<SnapshotId>s-9</SnapshotId>"), "{body}");
}

#[test]
fn sigterm_and_sigint_end_it_in_order() {
    for signal in ["-TERM", "-INT"] {
        let folder = seeded();
        let server = start(&folder);
        let before = everything(&server);
        server.signal(signal);
        let (status, said) = server.end();
        assert_eq!(status.code(), Some(0), "{signal}: {said}");
        assert!(said.contains("stopped"), "{said}");
        assert!(!folder.path().join("ecs-mock.db-wal").exists(), "the log is in the database");
        assert_eq!(everything(&start(&folder)), before);
    }
}

#[test]
fn a_request_under_way_finishes_and_an_idle_connection_does_not_hold_up_the_end() {
    let folder = seeded();
    let server = start(&folder);
    let mut idle = TcpStream::connect(&server.address).unwrap();
    idle.write_all(b"GET /_mock/health/live HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    let mut first = [0; 15];
    idle.read_exact(&mut first).unwrap();
    assert_eq!(&first, b"HTTP/1.1 200 OK");
    // Its head has arrived, half of its body has not.
    let mut slow = TcpStream::connect(&server.address).unwrap();
    let head = "POST /?Format=JSON&Action=DescribeSnapshots HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\
        Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 20\r\n\r\nRegionId=";
    slow.write_all(head.as_bytes()).unwrap();
    // Any answer proves that what was sent before has arrived too.
    server.get("/_mock/health/ready");
    let started = std::time::Instant::now();
    server.signal("-TERM");
    slow.write_all(b"cn-hangzhou").unwrap();
    let mut answer = String::new();
    slow.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.contains("s-2"), "{answer}");
    let (status, said) = server.end();
    assert_eq!(status.code(), Some(0), "{said}");
    assert!(started.elapsed().as_secs() < 9, "ended by itself, not by its time limit");
}

#[test]
fn a_signal_ends_a_start_that_takes_long() {
    let folder = tempfile::tempdir().unwrap();
    let entries: Vec<String> = (0..30_000).map(|number| format!("{{\"SnapshotId\":\"s-{number}\"}}")).collect();
    std::fs::write(folder.path().join("long.json"), format!("{{\"Snapshots\":[{}]}}", entries.join(","))).unwrap();
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let mut child = Process::command(folder.path(), &["--listen", &free, "--seed", "long.json"])
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    while TcpStream::connect(&free).is_err() {
        assert!(child.try_wait().unwrap().is_none(), "the server ended");
        std::thread::yield_now();
    }
    std::process::Command::new("kill").arg(child.id().to_string()).status().unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.contains("SIGTERM") && !said.contains("listening"), "{said}");
}

#[test]
fn a_second_process_on_the_same_database_is_refused() {
    let folder = seeded();
    let server = start(&folder);
    let second = Process::command(folder.path(), &["--listen", "127.0.0.1:0", "--seed", "none"]).output().unwrap();
    let error = String::from_utf8(second.stderr).unwrap();
    assert_eq!(second.status.code(), Some(1));
    assert!(error.contains("ecs-mock.db") && error.contains("in use by another process"), "{error}");
    assert_eq!(everything(&server)["TotalCount"], 3, "the first one goes on");
}

#[test]
fn one_line_a_request_and_no_secrets() {
    let folder = seeded();
    let server = start(&folder);
    let secret = "/?Action=DescribeSnapshots&RegionId=cn-hangzhou&AccessKeyId=AKID&Signature=SIGN&SecurityToken=TOKEN";
    server.get(secret);
    let mut raw = TcpStream::connect(&server.address).unwrap();
    raw.write_all(b"GET /?Action=a%0Ab%1B%5B31m HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
    raw.read_to_end(&mut Vec::new()).unwrap();
    server.signal("-TERM");
    let (_, said) = server.end();
    let lines: Vec<&str> = said.lines().filter(|line| line.contains(" request ")).collect();
    assert_eq!(lines.len(), 2, "{said}");
    for part in
        ["action=DescribeSnapshots", "sandbox=\"default\"", "status=200", "code=\"OK\"", "request_id=", "microseconds="]
    {
        assert!(lines[0].contains(part), "{part} in {}", lines[0]);
    }
    assert!(lines[1].contains("code=\"InvalidAction.NotFound\""), "one line even so: {said}");
    for secret in ["AKID", "SIGN", "TOKEN", "\u{1b}"] {
        assert!(!said.contains(secret), "{said}");
    }
}

#[test]
fn a_log_that_nobody_reads_holds_nobody_up() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Process::start(folder.path(), &["--seed", "none"]);
    // More than fits into a pipe.
    for number in 0..1_000 {
        server.get(&format!("/?Action=DescribeSnapshots&RegionId=cn-hangzhou&unread={number}"));
    }
    assert!(server.get("/_mock/health/ready").contains("ready"));
    server.signal("-TERM");
    assert!(server.child.wait().unwrap().success());
}

#[test]
fn a_server_whose_outputs_are_closed_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = Process::command(folder.path(), &["--seed", "none", "--listen", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let address = lines.find_map(|line| Some(line.unwrap().split_once("listening on http://")?.1.to_owned())).unwrap();
    drop((lines, child.stderr.take()));
    for number in 0..20 {
        let path = format!("http://{address}/_mock/v1/sandboxes/default/snapshots");
        let request = ureq::post(path).header("content-type", "application/json");
        let reply = request.send(format!(r#"{{"SnapshotId": "s-{number}"}}"#)).unwrap();
        assert_eq!(reply.status(), 201, "{number}");
        let query = "/?Action=DescribeSnapshots&RegionId=cn-hangzhou&Format=JSON";
        let page = ureq::get(format!("http://{address}{query}")).call().unwrap().body_mut().read_to_string().unwrap();
        assert!(page.contains(&format!("\"TotalCount\":{}", number + 1)), "{page}");
    }
    Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    assert!(child.wait().unwrap().success());
}

#[test]
fn secrets_may_be_in_files_instead_of_the_list_of_processes() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("token"), "s3cret\n").unwrap();
    std::fs::write(folder.path().join("secret"), "p4ssword\r\n").unwrap();
    let arguments = ["--database", ":memory:", "--listen", "127.0.0.1:0", "--access-key-id", "mine"];
    // What passes variables on says with an empty one that there is none.
    let variables = [
        ("ECS_MOCK_ADMIN_TOKEN", ""),
        ("ECS_MOCK_ADMIN_TOKEN_FILE", "token"),
        ("ECS_MOCK_ACCESS_KEY_SECRET_FILE", "secret"),
    ];
    let server = Process::start_with(folder.path(), &arguments, &variables);
    let url = format!("http://{}", server.address);
    let list = |arguments: &[&str]| {
        let arguments = [&["access-key", "list", "--show-secrets", "--url", &url], arguments].concat();
        Process::command(folder.path(), &arguments).output().unwrap()
    };
    for arguments in [&["--admin-token-file", "token"][..], &["--admin-token-file", "token", "--admin-token", "s3cret"]]
    {
        let output = list(arguments);
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success() && text.contains("p4ssword") && !text.contains('\r'), "{text}");
    }
    let refused = list(&[]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8(refused.stderr).unwrap().contains("--admin-token-file"));
}

#[test]
fn a_refused_request_is_logged_with_the_sandbox_and_the_key_that_it_means() {
    let folder = tempfile::tempdir().unwrap();
    let server = Process::start(folder.path(), &["--database", ":memory:", "--seed", "none"]);
    let ask = |query: &str| {
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        agent.get(format!("http://{}/{query}", server.address)).call().unwrap().status().as_u16()
    };
    assert_eq!(ask("?AccessKeyId=testid"), 400);
    assert_eq!(ask("elsewhere?AccessKeyId=testid"), 404);
    assert_eq!(ask("?Action=DescribeSnapshots&AccessKeyId=testid&Tag.1.Key=%FF"), 400);
    assert_eq!(ask(&format!("?AccessKeyId=a%0A{}&Signature=s3cret", "b".repeat(100))), 400);
    server.signal("-TERM");
    let (_, said) = server.end();
    let lines: Vec<&str> = said.lines().filter(|line| line.contains("INFO request ")).collect();
    assert_eq!(lines.len(), 4, "{said}");
    for line in &lines[..3] {
        assert!(line.contains(" access_key_id=testid sandbox=\"default\" "), "{line}");
    }
    let cut = format!(" access_key_id=a\\n{} sandbox=\"default\" ", "b".repeat(62));
    assert!(lines[3].contains(&cut) && !said.contains("s3cret"), "{}", lines[3]);
}

#[test]
fn what_is_no_request_is_no_error_in_the_log() {
    use std::io::{Read as _, Write as _};
    let folder = tempfile::tempdir().unwrap();
    let server = Process::start(folder.path(), &["--database", ":memory:", "--seed", "none"]);
    for request in [
        &b"nonsense\r\n\r\n"[..],
        b"\x16\x03\x01\x02\x00\x01",
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ] {
        let mut stream = std::net::TcpStream::connect(&server.address).unwrap();
        stream.write_all(request).unwrap();
        let _ = stream.read_to_end(&mut Vec::new());
    }
    server.signal("-TERM");
    let (_, said) = server.end();
    assert!(!said.contains("WARN") && !said.contains("ERROR"), "{said}");
    assert!(said.contains("INFO no request status=400 code=\"MalformedRequest\""), "{said}");
    assert_eq!(said.matches("a client speaks TLS here").count(), 1, "{said}");
}

#[test]
fn what_waits_under_a_clock_that_stands_still_is_told_once_with_its_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let seed =
        "Snapshots: [{SnapshotId: s-1, ReadyTime: 2999-01-01T00:00:00Z}, {SnapshotId: s-2, RegionId: cn-beijing}]";
    std::fs::write(folder.path().join("seed.yaml"), seed).unwrap();
    let server = Process::start(folder.path(), &["--database", ":memory:", "--seed", "seed.yaml"]);
    let control = |method: &str, path: &str, body: &str| {
        let request = ureq::http::Request::builder()
            .method(method)
            .uri(format!("http://{}/_mock/v1/sandboxes{path}", server.address))
            .header("content-type", "application/json");
        ureq::run(request.body(body.to_owned()).unwrap()).unwrap();
    };
    let poll = |region: &str, key: &str| {
        let body = server.get(&format!("/?Action=DescribeSnapshots&RegionId={region}&AccessKeyId={key}"));
        assert!(body.contains("<TotalCount>1</TotalCount>"), "{body}");
    };
    for name in ["frozen", "stopped", "running", "ready"] {
        control("POST", "", &format!("{{\"Name\": \"{name}\"}}"));
    }
    for name in ["frozen", "ready"] {
        control("PUT", &format!("/{name}/clock"), "{\"Mode\": \"frozen\"}");
    }
    control("PUT", "/stopped/clock", "{\"Mode\": \"scaled\", \"Rate\": 0}");
    for _ in 0..2 {
        for name in ["frozen", "stopped", "running"] {
            poll("cn-hangzhou", name);
        }
        poll("cn-beijing", "ready");
    }
    server.signal("-TERM");
    let (_, said) = server.end();
    let lines: Vec<&str> = said.lines().filter(|line| line.contains("stands still")).collect();
    assert_eq!(lines.len(), 2, "{said}");
    for (line, name) in lines.iter().zip(["frozen", "stopped"]) {
        for part in ["WARN", &format!("sandbox=\"{name}\""), "clock advance", "SnapshotSeconds=0"] {
            assert!(line.contains(part), "{part} in {line}");
        }
    }
}
