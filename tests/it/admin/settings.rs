//! Settings: how the emulated service behaves, and where what was set goes along.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Reply, TestApp};

fn defaults() -> Value {
    json!({
        "SnapshotSeconds": 2,
        "CopySeconds": 2,
        "ImageSeconds": 0,
        "FailNextSnapshots": 0,
        "UnknownOnDelete": "error",
        "ManualSnapshotsPerDisk": 256,
        "AutomaticSnapshotsPerDisk": 1_000,
        "PoliciesPerDisk": 10,
        "PoliciesPerRegion": 100,
        "AutomaticSnapshotTags": "none",
        "PolicyUtcOffsetHours": 8,
    })
}

/// The defaults, with these.
fn with(changes: &Value) -> Value {
    let mut settings = defaults();
    json_patch::merge(&mut settings, changes);
    // A copy takes as long as a snapshot, unless somebody says otherwise.
    if changes.get("CopySeconds").is_none() {
        settings["CopySeconds"] = settings["SnapshotSeconds"].clone();
    }
    settings
}

async fn settings_of(app: &TestApp, sandbox: &str) -> Value {
    let reply = app.control("GET", &format!("/sandboxes/{sandbox}/settings"), Value::Null).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    reply.json()
}

async fn send(app: &TestApp, method: Method, content_type: &str, body: &str) -> Reply {
    let request = app.request(method, "/_mock/v1/sandboxes/default/state").header("content-type", content_type);
    app.send(request.body(body.to_owned())).await
}

#[actix_web::test]
async fn all_settings_are_shown_and_changed_by_a_merge_patch() {
    let app = TestApp::empty().await;
    assert_eq!(settings_of(&app, "default").await, defaults());
    let patch = async |patch: Value| app.arrange("PATCH", "/settings", patch).await;
    let all = json!({
        "SnapshotSeconds": "never",
        "CopySeconds": 5,
        "ImageSeconds": "never",
        "FailNextSnapshots": 3,
        "UnknownOnDelete": "ignore",
        "ManualSnapshotsPerDisk": 0,
        "AutomaticSnapshotsPerDisk": 0,
        "PoliciesPerDisk": 1,
        "PoliciesPerRegion": 2_147_483_647,
        "AutomaticSnapshotTags": "policy",
        "PolicyUtcOffsetHours": -12,
    });
    assert_eq!(patch(all.clone()).await, all, "the answer shows all");
    assert_eq!(settings_of(&app, "default").await, all);
    assert_eq!(patch(json!({})).await, all);
    let some = json!({
        "SnapshotSeconds": 2_147_483_647,
        "FailNextSnapshots": null,
        "ManualSnapshotsPerDisk": 2_147_483_647,
        "PoliciesPerDisk": null,
        "AutomaticSnapshotTags": "disk",
        "PolicyUtcOffsetHours": 14,
    });
    let expected = json!({
        "SnapshotSeconds": 2_147_483_647,
        "CopySeconds": 5,
        "ImageSeconds": "never",
        "FailNextSnapshots": 0,
        "UnknownOnDelete": "ignore",
        "ManualSnapshotsPerDisk": 2_147_483_647,
        "AutomaticSnapshotsPerDisk": 0,
        "PoliciesPerDisk": 10,
        "PoliciesPerRegion": 2_147_483_647,
        "AutomaticSnapshotTags": "disk",
        "PolicyUtcOffsetHours": 14,
    });
    assert_eq!(patch(some).await, expected, "null brings the default back");
    let none: serde_json::Map<String, Value> =
        all.as_object().unwrap().keys().map(|name| (name.clone(), Value::Null)).collect();
    let mut none = Value::Object(none);
    none.as_object_mut().unwrap().remove("SnapshotSeconds");
    assert_eq!(patch(none).await["CopySeconds"], 2_147_483_647, "as long as a snapshot");
    let none = json!({"SnapshotSeconds": null});
    assert_eq!(patch(none).await, defaults());
    for method in ["GET", "PATCH"] {
        let body = if method == "GET" { Value::Null } else { json!({}) };
        assert_eq!(app.control(method, "/sandboxes/nowhere/settings", body).await.status, 404, "{method}");
    }
}

/// What no setting may be, with the field that it is about.
fn wrong() -> Vec<(Value, &'static str)> {
    vec![
        (json!({"SnapshotSecond": 1}), "SnapshotSecond"),
        (json!({"snapshotSeconds": 1}), "snapshotSeconds"),
        (json!({"Colour": null}), "Colour"),
        (json!({"SnapshotSeconds": -1}), "SnapshotSeconds"),
        (json!({"SnapshotSeconds": 2_147_483_648_i64}), "SnapshotSeconds"),
        (json!({"SnapshotSeconds": 1.5}), "SnapshotSeconds"),
        (json!({"SnapshotSeconds": "2"}), "SnapshotSeconds"),
        (json!({"SnapshotSeconds": "Never"}), "SnapshotSeconds"),
        (json!({"SnapshotSeconds": {}}), "SnapshotSeconds"),
        (json!({"FailNextSnapshots": -1}), "FailNextSnapshots"),
        (json!({"FailNextSnapshots": 2_147_483_648_i64}), "FailNextSnapshots"),
        (json!({"FailNextSnapshots": true}), "FailNextSnapshots"),
        (json!({"UnknownOnDelete": "Ignore"}), "UnknownOnDelete"),
        (json!({"UnknownOnDelete": 1}), "UnknownOnDelete"),
        (json!({"ManualSnapshotsPerDisk": -1}), "ManualSnapshotsPerDisk"),
        (json!({"SnapshotSeconds": 7, "ManualSnapshotsPerDisk": "many"}), "ManualSnapshotsPerDisk"),
        (json!({"AutomaticSnapshotsPerDisk": -1}), "AutomaticSnapshotsPerDisk"),
        (json!({"PoliciesPerDisk": "10"}), "PoliciesPerDisk"),
        (json!({"PoliciesPerRegion": -1}), "PoliciesPerRegion"),
        (json!({"AutomaticSnapshotTags": "Policy"}), "AutomaticSnapshotTags"),
        (json!({"PolicyUtcOffsetHours": 15}), "PolicyUtcOffsetHours"),
        (json!({"PolicyUtcOffsetHours": -13}), "PolicyUtcOffsetHours"),
    ]
}

#[actix_web::test]
async fn what_is_no_setting_is_named_wherever_it_stands_and_nothing_changes() {
    let app = TestApp::empty().await;
    for (settings, field) in wrong() {
        let reply = app.control("PATCH", "/sandboxes/default/settings", settings.clone()).await;
        assert_eq!((reply.status, &reply.json()["field"]), (400, &json!(field)), "{settings}: {}", reply.body);
        let in_settings = json!(format!("Settings.{field}"));
        let sandbox = json!({"Name": "new", "Settings": settings});
        let reply = app.control("POST", "/sandboxes", sandbox).await;
        assert_eq!((reply.status, &reply.json()["field"]), (400, &in_settings), "{settings}: {}", reply.body);
        let document = json!({"Settings": settings}).to_string();
        for method in [Method::PUT, Method::POST] {
            for content_type in ["application/json", "application/yaml", "application/x-ndjson"] {
                let reply = send(&app, method.clone(), content_type, &document).await;
                let field = &reply.json()["field"];
                assert_eq!((reply.status, field), (400, &in_settings), "{content_type} {settings}: {}", reply.body);
            }
        }
    }
    for body in [Value::Null, json!([]), json!("x"), json!(1)] {
        let reply = app.control("PATCH", "/sandboxes/default/settings", body.clone()).await;
        assert_eq!(reply.status, 400, "{body}");
    }
    assert_eq!(settings_of(&app, "default").await, defaults());
    assert_eq!(app.control("GET", "/sandboxes/new", Value::Null).await.status, 404);
}

#[actix_web::test]
async fn documents_and_streams_set_those_that_they_name() {
    let app = TestApp::empty().await;
    app.arrange("PATCH", "/settings", json!({"FailNextSnapshots": 5})).await;
    for (method, content_type, body, expected) in [
        (
            Method::POST,
            "application/yaml",
            "Settings: {SnapshotSeconds: never}",
            json!({"FailNextSnapshots": 5, "SnapshotSeconds": "never"}),
        ),
        (
            Method::PUT,
            "application/json",
            "{\"Snapshots\": []}",
            json!({"FailNextSnapshots": 5, "SnapshotSeconds": "never"}),
        ),
        (
            Method::PUT,
            "application/json",
            "{\"Settings\": null}",
            json!({"FailNextSnapshots": 5, "SnapshotSeconds": "never"}),
        ),
        (
            Method::PUT,
            "application/yaml",
            "Settings: {SnapshotSeconds: null, UnknownOnDelete: ignore}\nSnapshots: [{SnapshotId: s-1}]",
            json!({"FailNextSnapshots": 5, "UnknownOnDelete": "ignore"}),
        ),
        (
            Method::POST,
            "application/x-ndjson",
            "{\"Settings\":{\"SnapshotSeconds\":9}}\n{\"Snapshot\":{}}\n{\"Settings\":{\"UnknownOnDelete\":null}}\n",
            json!({"FailNextSnapshots": 5, "SnapshotSeconds": 9}),
        ),
        (
            Method::PUT,
            "application/x-ndjson",
            "{\"Settings\":{\"FailNextSnapshots\":0}}",
            json!({"SnapshotSeconds": 9}),
        ),
    ] {
        let reply = send(&app, method, content_type, body).await;
        assert_eq!(reply.status, 200, "{body}: {}", reply.body);
        assert_eq!(settings_of(&app, "default").await, with(&expected), "{body}");
    }
    let dry =
        app.control("PUT", "/sandboxes/default/state?dry-run=true", json!({"Settings": {"SnapshotSeconds": 1}})).await;
    assert_eq!(dry.status, 200);
    let dry = app.control("POST", "/sandboxes/default/state?dry-run=true", json!({"Settings": {"SnapshotSeconds": 1}}));
    assert_eq!(dry.await.status, 200);
    assert_eq!(settings_of(&app, "default").await, with(&json!({"SnapshotSeconds": 9})), "a dry run only tells");
    // Many entries go another way, with the settings among them.
    let line = |number: usize| format!("{{\"Snapshot\":{{\"SnapshotId\":\"s-{number}\"}}}}\n");
    let mut lines: String = (0..700).map(line).collect();
    lines.push_str("{\"Settings\":{\"ManualSnapshotsPerDisk\":7}}\n");
    let reply = send(&app, Method::POST, "application/x-ndjson", &lines).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    let expected = with(&json!({"SnapshotSeconds": 9, "ManualSnapshotsPerDisk": 7}));
    assert_eq!(settings_of(&app, "default").await, expected);
}

#[actix_web::test]
async fn exports_name_those_that_are_not_the_default() {
    let app = TestApp::empty().await;
    let export = async |accept: &str| {
        let request = app.request(Method::GET, "/_mock/v1/sandboxes/default/state").header("accept", accept);
        app.send(request).await.body
    };
    assert!(!export("").await.contains("Settings"));
    assert_eq!(export("application/x-ndjson").await, "");
    let changes = json!({"SnapshotSeconds": 0, "UnknownOnDelete": "ignore"});
    app.arrange("PATCH", "/settings", changes.clone()).await;
    let document: Value = serde_json::from_str(&export("").await).unwrap();
    assert_eq!(document, json!({"Settings": changes, "Snapshots": []}));
    let lines = export("application/x-ndjson").await;
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines, [json!({"Settings": changes})]);
    for media in ["application/json", "application/yaml", "application/x-ndjson"] {
        let exported = export(media).await;
        app.arrange("POST", "/reset?to=empty", Value::Null).await;
        assert_eq!(settings_of(&app, "default").await, defaults(), "{media}");
        assert_eq!(send(&app, Method::PUT, media, &exported).await.status, 200);
        assert_eq!(settings_of(&app, "default").await, with(&changes), "{media}");
    }
}

#[actix_web::test]
async fn reset_restore_and_forks_take_those_of_where_they_come_from() {
    let app = TestApp::seeded("Settings: {SnapshotSeconds: 7}\nSnapshots: [{SnapshotId: s-1}]").await;
    let of_seed = with(&json!({"SnapshotSeconds": 7}));
    assert_eq!(settings_of(&app, "default").await, of_seed);
    app.arrange("PATCH", "/settings", json!({"FailNextSnapshots": 1})).await;
    let changed = with(&json!({"SnapshotSeconds": 7, "FailNextSnapshots": 1}));
    app.arrange("PUT", "/checkpoints/c", Value::Null).await;
    for (path, expected) in [
        ("/reset?to=empty", &defaults()),
        ("/reset?to=c", &changed),
        ("/reset?to=seed", &of_seed),
        ("/checkpoints/c/restore", &changed),
    ] {
        app.arrange("POST", path, Value::Null).await;
        assert_eq!(settings_of(&app, "default").await, *expected, "{path}");
    }
    app.arrange("PATCH", "/settings", json!({"FailNextSnapshots": 2})).await;
    for (name, from, expected) in [
        ("empty-one", json!("empty"), defaults()),
        ("seeded", json!("seed"), of_seed),
        ("forked", json!({"Sandbox": "default"}), with(&json!({"SnapshotSeconds": 7, "FailNextSnapshots": 2}))),
        ("of-then", json!({"Sandbox": "default", "Checkpoint": "c"}), changed),
    ] {
        app.sandbox(name, from).await;
        assert_eq!(settings_of(&app, name).await, expected, "{name}");
        let patched =
            app.control("PATCH", &format!("/sandboxes/{name}/settings"), json!({"FailNextSnapshots": 9})).await;
        assert_eq!(patched.status, 200);
    }
    assert_eq!(settings_of(&app, "default").await["FailNextSnapshots"], 2, "each has its own");
}

#[actix_web::test]
async fn a_sandbox_is_made_with_settings_and_a_clock() {
    let app = TestApp::seeded("Settings: {SnapshotSeconds: 7, FailNextSnapshots: 1}").await;
    let new = json!({
        "Name": "mine",
        "Settings": {"FailNextSnapshots": null, "UnknownOnDelete": "ignore"},
        "Clock": {"Mode": "frozen", "Time": "2030-01-01T00:00:00Z"},
    });
    let reply = app.control("POST", "/sandboxes", new).await;
    assert_eq!(reply.status, 201, "{}", reply.body);
    let expected = with(&json!({"SnapshotSeconds": 7, "UnknownOnDelete": "ignore"}));
    assert_eq!(settings_of(&app, "mine").await, expected);
    let clock = app.control("GET", "/sandboxes/mine/clock", Value::Null).await.json();
    assert_eq!((&clock["Mode"], &clock["Now"]), (&json!("frozen"), &json!("2030-01-01T00:00:00Z")));
    for (clock, field) in [
        (json!({"Mode": "still"}), "Clock.Mode"),
        (json!({"Mode": "real", "Time": "2030-01-01T00:00:00Z"}), "Clock.Time"),
        (json!({"Mode": "offset"}), "Clock.Seconds"),
    ] {
        let reply = app.control("POST", "/sandboxes", json!({"Name": "other", "Clock": clock})).await;
        assert_eq!(reply.status, 400, "{clock}: {}", reply.body);
        let named = reply.json()["field"].as_str().unwrap_or_default().to_owned();
        assert!(field.ends_with(&named) && !named.is_empty(), "{clock}: {}", reply.body);
    }
}
