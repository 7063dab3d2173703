//! Flags, variables and exit codes.

use std::path::Path;
use std::process::Output;

use crate::support::Process;

fn run(arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    Process::command(folder.path(), arguments).envs(variables.iter().copied()).output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    str::from_utf8(bytes).unwrap()
}

#[test]
fn help_names_every_flag_with_its_variable() {
    for arguments in [&["--help"][..], &["serve", "--help"]] {
        let output = run(arguments, &[]);
        assert!(output.status.success());
        for name in [
            "LISTEN",
            "DATABASE",
            "SEED",
            "ADMIN_TOKEN",
            "ADMIN_TOKEN_FILE",
            "ACCESS_KEY_SECRET_FILE",
            "ALLOWED_HOST",
            "ADMIN_LISTEN",
            "AUTO_SANDBOX",
            "AUTO_SANDBOX_TTL",
            "MAX_SANDBOXES",
            "MAX_CHECKPOINTS",
            "MAX_SNAPSHOTS",
            "BACKUPS",
            "LOG",
            "LOG_FORMAT",
        ] {
            let flag = format!("--{}", name.to_lowercase().replace('_', "-"));
            let help = text(&output.stdout);
            assert!(help.contains(&flag) && help.contains(&format!("ECS_MOCK_{name}")), "{name} in {help}");
        }
    }
    let version = run(&["--version"], &[]);
    assert_eq!(text(&version.stdout), concat!("ecs-mock ", env!("CARGO_PKG_VERSION"), "\n"));
}

#[test]
fn wrong_usage_is_exit_code_2() {
    for (arguments, variables) in [
        (&["--no-such-flag"][..], &[][..]),
        (&["no-such-verb"], &[]),
        (&["--listen", "nowhere"], &[]),
        (&["--listen", "127.0.0.1:99999"], &[]),
        (&["--allowed-host", "mock.example:4590"], &[]),
        (&["--allowed-host", "mock.*"], &[]),
        (&["--access-key-id", "mine"], &[]),
        (&["--access-key-secret-file", "secret"], &[]),
        (&["--log", "ecs_mock=loud"], &[]),
        (&["--log-format", "xml"], &[]),
        (&["--auto-sandbox-ttl", "-1"], &[]),
        (&["--max-checkpoints", "many"], &[]),
        (&["wait", "--timeout", "-1"], &[]),
        (&["wait", "--url", "https://127.0.0.1:4590"], &[]),
        (&["wait", "--url", "http://127.0.0.1:4590/elsewhere"], &[]),
        (&["seed"], &[]),
        (&["sandbox", "create", "a", "--label", "b"], &[]),
        (&["sandbox", "create", "a", "--ttl-seconds", "0"], &[]),
        (&["checkpoint", "save", ""], &[]),
        (&["clock", "set", "frozen", "yesterday"], &[]),
        (&["export", "--format", "xml"], &[]),
        (&["settings", "SnapshotSeconds"], &[]),
        (&["settings", "=0"], &[]),
        (&["reset"], &[("ECS_MOCK_SANDBOX", "")]),
        (&["reset"], &[("ECS_MOCK_URL", "somewhere")]),
        (&[], &[("ECS_MOCK_LISTEN", "nowhere")]),
        (&["serve"], &[("ECS_MOCK_LOG_FORMAT", "xml")]),
    ] {
        let output = run(arguments, variables);
        assert_eq!(output.status.code(), Some(2), "{arguments:?} {variables:?}");
        assert!(!output.stderr.is_empty());
    }
}

#[test]
fn a_start_that_fails_is_exit_code_1_and_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, content: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let text_file = file("text.db", &"not a database ".repeat(100));
    let broken = file("broken.yaml", "Snapshots: [{Usage: nothing}]");
    let (token, empty) = (file("token", "s3cret\n"), file("empty", "\n"));
    let busy = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let busy = busy.local_addr().unwrap().to_string();
    for (arguments, parts) in [
        (&["--listen", &busy, "--database", ":memory:"][..], &[busy.as_str(), "--listen"][..]),
        (&["--database", "no/such/folder/x.db"], &["no/such/folder/x.db", "--database"]),
        (&["--database", &text_file], &["text.db", "not an SQLite database", "--database"]),
        (&["--database", ":memory:", "--seed", &broken], &["broken.yaml", "Snapshots[0].Usage", "nothing"]),
        (&["--database", ":memory:", "--seed", "no-such-seed"], &["no-such-seed", "--seed"]),
        (&["--database", ":memory:", "--listen", "0.0.0.0:0"], &["0.0.0.0", "--admin-token", "--admin-listen"]),
        (&["--database", ":memory:", "--admin-listen", "0.0.0.0:0"], &["0.0.0.0", "--admin-token"]),
        (&["--admin-token-file", "no-such-file"], &["--admin-token-file no-such-file"]),
        (&["--admin-token-file", &empty], &["--admin-token-file", &empty, "is empty"]),
        (
            &["--admin-token-file", &token, "--admin-token", "0ther"],
            &["--admin-token and --admin-token-file", &token, "differ"],
        ),
        (
            &["--access-key-id", "mine", "--access-key-secret-file", "no-such-file"],
            &["--access-key-secret-file no-such-file"],
        ),
        (&["healthcheck", "--listen", "127.0.0.1:1"], &["http://127.0.0.1:1", "is a server running"]),
    ] {
        let mut arguments = arguments.to_vec();
        if !arguments.contains(&"--listen") {
            arguments.extend(["--listen", "127.0.0.1:0"]);
        }
        let output = run(&arguments, &[("RUST_BACKTRACE", "1")]);
        let error = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {error}");
        assert_eq!(error.lines().count(), 1, "{error}");
        assert!(error.starts_with("ecs-mock: "), "{error}");
        for part in parts {
            assert!(error.contains(part), "{error} has no {part}");
        }
        assert!(!error.contains("s3cret") && !error.contains("0ther"), "{error}");
        assert!(!text(&output.stdout).contains("listening"), "{arguments:?}");
    }
}

#[test]
fn flags_are_variables_too() {
    let folder = tempfile::tempdir().unwrap();
    let seed = folder.path().join("mine.yaml");
    std::fs::write(&seed, "Snapshots: [{SnapshotId: s-mine}]").unwrap();
    let server = Process::start_with(
        folder.path(),
        &[],
        &[
            ("ECS_MOCK_LISTEN", "127.0.0.1:0"),
            ("ECS_MOCK_DATABASE", "mine.db"),
            ("ECS_MOCK_SEED", "mine.yaml"),
            ("ECS_MOCK_LOG_FORMAT", "json"),
        ],
    );
    assert!(server.get("/?Action=DescribeSnapshots&RegionId=cn-hangzhou").contains("s-mine"));
    assert!(folder.path().join("mine.db").exists());
    for line in server.start.lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(line["level"] == "INFO" && line["timestamp"].is_string(), "{line}");
    }
    let health = Process::command(folder.path(), &["healthcheck"]);
    let output = { health }.env("ECS_MOCK_LISTEN", &server.address).output().unwrap();
    assert_eq!((output.status.code(), text(&output.stdout)), (Some(0), "ready\n"));
}

#[test]
fn without_a_folder_named_seed_the_start_is_empty_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let server = Process::start(folder.path(), &["--database", ":memory:"]);
    assert!(server.start.contains("no folder seed here"), "{}", server.start);
    assert!(server.get("/?Action=DescribeSnapshots&RegionId=cn-hangzhou").contains("<TotalCount>0</TotalCount>"));
}

#[test]
fn the_repository_is_seeded_by_default() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let server = Process::start(root, &["--database", ":memory:"]);
    assert!(server.start.contains("V1 initial") && server.start.contains("resources=133"), "{}", server.start);
}

#[test]
fn with_a_token_or_an_address_of_its_own_the_control_plane_may_meet_a_network() {
    let folder = tempfile::tempdir().unwrap();
    let get =
        |url: &str| ureq::get(url).call().map(|response| response.status().as_u16()).map_err(|error| error.to_string());
    let open = ["--database", ":memory:", "--listen", "0.0.0.0:0"];
    let server = Process::start_with(folder.path(), &open, &[("ECS_MOCK_ADMIN_TOKEN", "s3cret")]);
    let port = server.address.rsplit(':').next().unwrap();
    assert!(!server.start.contains("s3cret"));
    assert!(get(&format!("http://127.0.0.1:{port}/_mock/v1/sandboxes")).unwrap_err().contains("401"));

    let server = Process::start_with(folder.path(), &[&open[..], &["--admin-listen", "127.0.0.1:0"]].concat(), &[]);
    let port = server.address.rsplit(':').next().unwrap();
    let admin = server.start.split("control plane listens on ").nth(1).unwrap().lines().next().unwrap();
    assert_eq!(get(&format!("{admin}/_mock/v1/sandboxes")), Ok(200));
    assert!(get(&format!("http://127.0.0.1:{port}/_mock/v1/sandboxes")).unwrap_err().contains("404"));
    assert_eq!(get(&format!("http://127.0.0.1:{port}/_mock/health/ready")), Ok(200));
}
