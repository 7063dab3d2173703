//! What the server counts of itself: names, labels, numbers, and who may see them.

mod bound;
mod documents;
mod exposition;

use ecs_mock::admin::guard::Access;
use ecs_mock::journal::ENTRIES;
use ecs_mock::metrics::CONTENT_TYPE;
use ecs_mock::seed::Source;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{NOW, TestApp};
use exposition::Exposition;

const PATH: &str = "/_mock/metrics";

/// All families, by name, with their types and labels.
const FAMILIES: &[(&str, &str, &[&str])] = &[
    ("ecs_mock_build_info", "gauge", &["version"]),
    ("ecs_mock_catch_up_snapshots_total", "counter", &[]),
    ("ecs_mock_database_bytes", "gauge", &[]),
    ("ecs_mock_faults_hit_total", "counter", &["effect"]),
    ("ecs_mock_journal_evicted_total", "counter", &[]),
    ("ecs_mock_log_bytes", "gauge", &[]),
    ("ecs_mock_reader_wait_seconds", "histogram", &[]),
    ("ecs_mock_request_duration_seconds", "histogram", &["action", "plane"]),
    ("ecs_mock_requests_total", "counter", &["action", "code", "plane"]),
    ("ecs_mock_sandboxes", "gauge", &[]),
    ("ecs_mock_writer_wait_seconds", "histogram", &[]),
];

/// What a server says now.
async fn read(app: &TestApp) -> Exposition {
    Exposition::read(&app.send(app.request(Method::GET, PATH)).await.body)
}

/// How many requests were counted under these labels.
fn requests(read: &Exposition, plane: &str, action: &str, code: &str) -> Option<f64> {
    read.value("ecs_mock_requests_total", &[("plane", plane), ("action", action), ("code", code)])
}

#[actix_web::test]
async fn it_is_the_text_that_prometheus_reads() {
    let app = TestApp::spawn().await;
    // What never happened is not told.
    app.describe("").await;
    app.app().metrics.fault_hit("Error");
    let reply = app.send(app.request(Method::GET, PATH)).await;
    assert_eq!((reply.status, reply.header("content-type")), (200, "text/plain; version=0.0.4; charset=utf-8"));
    assert_eq!(CONTENT_TYPE, reply.header("content-type"));
    let types: Vec<(String, String)> = Exposition::read(&reply.body).types.into_iter().collect();
    let families = FAMILIES.iter().map(|(name, kind, _)| ((*name).to_owned(), (*kind).to_owned()));
    assert_eq!(types, families.collect::<Vec<_>>());
}

#[actix_web::test]
async fn a_planned_fault_that_hits_is_counted_by_its_effect_and_its_code() {
    let app = TestApp::spawn().await;
    let fault = json!({"Match": {"Action": "DescribeSnapshots"}, "Times": 2, "Effect": {"Throttling": {}}});
    app.arrange("POST", "/faults", fault).await;
    for _ in 0..3 {
        app.send(app.request(Method::GET, "/?Action=DescribeSnapshots&RegionId=cn-hangzhou")).await;
    }
    let read = read(&app).await;
    assert_eq!(read.value("ecs_mock_faults_hit_total", &[("effect", "Throttling")]), Some(2.0));
    assert_eq!(requests(&read, "cloud", "DescribeSnapshots", "Throttling.User"), Some(2.0));
    assert_eq!(requests(&read, "cloud", "DescribeSnapshots", "OK"), Some(1.0));
}

#[actix_web::test]
async fn below_it_there_is_nothing() {
    let app = TestApp::spawn().await;
    for path in ["/_mock/metrics/", "/_mock/metrics//", "/_mock/metrics/a"] {
        let reply = app.send(app.request(Method::GET, path)).await;
        assert_eq!((reply.status, reply.header("content-type")), (404, "application/problem+json"), "{path}");
    }
}

#[actix_web::test]
async fn each_sample_has_the_labels_of_its_family_and_no_other() {
    let app = TestApp::spawn().await;
    app.describe("").await;
    app.app().metrics.fault_hit("Error");
    let read = read(&app).await;
    for (name, kind, labels) in FAMILIES {
        let suffixes: &[&str] = if *kind == "histogram" { &["_bucket", "_count", "_sum"] } else { &[""] };
        for suffix in suffixes {
            let name = format!("{name}{suffix}");
            let samples: Vec<_> = read.samples.keys().filter(|(other, _)| *other == name).collect();
            assert!(!samples.is_empty(), "{name} has no sample");
            for (_, there) in samples {
                let mut expected = labels.to_vec();
                expected.extend((*suffix == "_bucket").then_some("le"));
                expected.sort_unstable();
                assert_eq!(there.keys().collect::<Vec<_>>(), expected, "{name}");
            }
        }
    }
    let version = [("version", env!("CARGO_PKG_VERSION"))];
    assert_eq!(read.value("ecs_mock_build_info", &version), Some(1.0));
}

#[actix_web::test]
async fn calls_are_counted_by_action_and_code() {
    let app = TestApp::spawn().await;
    for query in [
        "Action=DescribeSnapshots&RegionId=cn-hangzhou",
        "Action=DescribeSnapshots&RegionId=cn-hangzhou&Format=JSON",
        "Action=DescribeSnapshots",
        "Action=DeleteSnapshot&SnapshotId=s-none",
        "Action=DeleteSnapshot&SnapshotId=s-none&Version=2010-01-01",
        "Action=DescribeAutoSnapshotPolicyEX&RegionId=cn-hangzhou",
        "Action=RunInstances",
        "Action=describesnapshots",
        "Action=%22%7D%0A",
        "RegionId=cn-hangzhou",
    ] {
        app.get(query).await;
    }
    app.raw(b"NO REQUEST\r\n\r\n").await;
    let read = read(&app).await;
    for (action, code, count) in [
        ("DescribeSnapshots", "OK", 2.0),
        ("DescribeSnapshots", "MissingParameter", 1.0),
        ("DeleteSnapshot", "InvalidSnapshotId.NotFound", 1.0),
        ("DeleteSnapshot", "InvalidVersion", 1.0),
        ("DescribeAutoSnapshotPolicyEx", "OK", 1.0),
        ("RunInstances", "UnsupportedAction.NotEmulated", 1.0),
        ("other", "InvalidAction.NotFound", 2.0),
        ("other", "MissingParameter", 1.0),
        ("other", "MalformedRequest", 1.0),
    ] {
        assert_eq!(requests(&read, "cloud", action, code), Some(count), "{action} {code}");
    }
    assert_eq!(read.sum("ecs_mock_requests_total").to_bits(), 11f64.to_bits(), "and nothing else");
    let timed =
        |action| read.value("ecs_mock_request_duration_seconds_count", &[("plane", "cloud"), ("action", action)]);
    let timed =
        ["DescribeSnapshots", "DeleteSnapshot", "DescribeAutoSnapshotPolicyEx", "other", "RunInstances"].map(timed);
    assert_eq!(
        timed,
        [Some(3.0), Some(2.0), Some(1.0), Some(4.0), None],
        "what is not emulated takes the time of any other"
    );
}

#[actix_web::test]
async fn the_control_plane_is_counted_by_route_and_status_and_no_sandbox_is_named() {
    let app = TestApp::empty().await;
    app.sandbox("very-secret-project", json!("empty")).await;
    for path in ["very-secret-project", "very-secret-project", "no-such-one"] {
        app.control("GET", &format!("/sandboxes/{path}"), Value::Null).await;
    }
    app.control("GET", "/sandboxes/very-secret-project/snapshots/s-very-secret", Value::Null).await;
    app.control("BREW", "/sandboxes/very-secret-project", Value::Null).await;
    app.control("GET", "/very-secret-project", Value::Null).await;
    app.get("Action=DescribeSnapshots&RegionId=cn-hangzhou&AccessKeyId=very-secret-project").await;
    app.send(app.request(Method::GET, "/_mock/health/ready")).await;
    app.send(app.request(Method::GET, "/_mock/very-secret-project")).await;
    app.send(app.request(Method::GET, PATH)).await;
    let text = app.send(app.request(Method::GET, PATH)).await.body;
    assert!(!text.contains("secret"), "{text}");
    let read = Exposition::read(&text);
    let one = "/_mock/v1/sandboxes/{sandbox}";
    for (route, status, count) in [
        ("/_mock/v1/sandboxes", "201", 1.0),
        (one, "200", 2.0),
        (one, "404", 1.0),
        (one, "405", 1.0),
        ("/_mock/v1/sandboxes/{sandbox}/snapshots/{snapshot}", "404", 1.0),
        ("/_mock/health/ready", "200", 1.0),
        (PATH, "200", 1.0),
        ("other", "404", 2.0),
    ] {
        assert_eq!(requests(&read, "control", route, status), Some(count), "{route} {status}");
    }
    let labels = [("plane", "control"), ("action", one)];
    assert_eq!(read.value("ecs_mock_request_duration_seconds_count", &labels), Some(4.0));
    assert_eq!(read.value("ecs_mock_sandboxes", &[]), Some(2.0));
    app.control("DELETE", "/sandboxes/very-secret-project", Value::Null).await;
    assert_eq!(super::metrics::read(&app).await.value("ecs_mock_sandboxes", &[]), Some(1.0));
}

#[actix_web::test]
async fn waits_and_sizes_are_those_of_the_store() {
    let app = TestApp::spawn().await;
    let before = read(&app).await;
    app.describe("PageSize=1").await;
    app.act("CreateSnapshot&DiskId=d-23shopdb1").await;
    let after = read(&app).await;
    for wait in ["ecs_mock_writer_wait_seconds_count", "ecs_mock_reader_wait_seconds_count"] {
        assert!(after.value(wait, &[]) > before.value(wait, &[]), "{wait}");
    }
    let path = app.app().store.path();
    let size = |path: String| f64::from(u32::try_from(std::fs::metadata(path).unwrap().len()).unwrap());
    assert_eq!(after.value("ecs_mock_database_bytes", &[]), Some(size(path.display().to_string())));
    let log = after.value("ecs_mock_log_bytes", &[]);
    assert_eq!(log, Some(size(format!("{}-wal", path.display()))));
    assert!(log > Some(0.0));
}

#[actix_web::test]
async fn a_change_that_waits_for_another_one_is_seen_to_have_waited() {
    let app = TestApp::empty().await;
    let long = |read: &Exposition| {
        let all = read.value("ecs_mock_writer_wait_seconds_count", &[]).unwrap();
        all - read.value("ecs_mock_writer_wait_seconds_bucket", &[("le", "0.001")]).unwrap()
    };
    let before = long(&read(&app).await);
    let store = &app.app().store;
    let first = store.write().await.unwrap();
    let (second, ()) = futures_util::join!(store.write(), async {
        // On this thread the second one is asked first, and begins to wait.
        std::thread::sleep(std::time::Duration::from_millis(2));
        first.rollback().await;
    });
    second.unwrap().rollback().await;
    assert!(long(&read(&app).await) > before);
}

#[actix_web::test]
async fn what_policies_made_is_counted_when_somebody_looks() {
    let app = TestApp::empty().await;
    app.arrange(
        "PUT",
        "/state",
        json!({"Disks": [{"DiskId": "d-1"}], "AutoSnapshotPolicies": [{
        "AutoSnapshotPolicyId": "sp-1", "TimePoints": [0], "RepeatWeekdays": [1, 2, 3, 4, 5, 6, 7], "RetentionDays": -1,
        "DiskIds": ["d-1"]}]}),
    )
    .await;
    app.clock.set(NOW.plus(3 * 24 * 60 * 60));
    let made = async || read(&app).await.value("ecs_mock_catch_up_snapshots_total", &[]);
    assert_eq!(made().await, Some(0.0), "to read the metrics is not to look");
    assert_eq!(app.describe("").await["TotalCount"], 3);
    assert_eq!(made().await, Some(3.0));
}

#[actix_web::test]
async fn planned_faults_are_counted_by_effect() {
    let app = TestApp::empty().await;
    let metrics = &app.app().metrics;
    metrics.fault_hit("Delay");
    metrics.fault_hit("Delay");
    metrics.fault_hit("Error");
    let read = read(&app).await;
    let hit = |effect| read.value("ecs_mock_faults_hit_total", &[("effect", effect)]);
    assert_eq!(["Delay", "Error", "Close"].map(hit), [Some(2.0), Some(1.0), None]);
}

#[actix_web::test]
async fn entries_of_journals_that_give_way_are_counted_and_emptying_one_counts_none() {
    let app = TestApp::empty().await;
    let evicted = async || read(&app).await.value("ecs_mock_journal_evicted_total", &[]);
    for _ in 0..ENTRIES {
        app.get("Action=DescribeRegions").await;
    }
    assert_eq!(evicted().await, Some(0.0));
    for _ in 0..3 {
        app.get("Action=DescribeRegions").await;
    }
    assert_eq!(evicted().await, Some(3.0));
    app.arrange("DELETE", "/requests", Value::Null).await;
    assert_eq!(evicted().await, Some(3.0));
}

#[actix_web::test]
async fn nobody_sees_it_without_the_token() {
    let access = Access { token: Some("right".to_owned()), address: None };
    let app = TestApp::configured(Source::None, |config| config, access).await;
    let get = async |token: Option<&str>| {
        let request = app.request(Method::GET, PATH);
        app.send(match token {
            Some(token) => request.header("authorization", format!("Bearer {token}")),
            None => request,
        })
        .await
    };
    for token in [None, Some(""), Some("wrong"), Some("Right")] {
        let reply = get(token).await;
        assert_eq!((reply.status, reply.header("content-type")), (401, "application/problem+json"), "{token:?}");
        assert!(!reply.body.contains("ecs_mock_"), "{}", reply.body);
    }
    let reply = get(Some("right")).await;
    assert_eq!(reply.status, 200);
    assert_eq!(requests(&Exposition::read(&reply.body), "control", PATH, "401"), Some(4.0));
}

#[actix_web::test]
async fn without_a_token_it_is_reached_under_loopback_names_only() {
    let app = TestApp::empty().await;
    for (host, status) in [("localhost", 200), ("127.0.0.1:4590", 200), ("evil.example", 403)] {
        let request = format!("GET {PATH} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        let answer = app.raw(request.as_bytes()).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{host}: {answer}");
    }
}
