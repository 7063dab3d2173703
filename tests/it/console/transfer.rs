//! States out of the console and into it.

use reqwest::Method;
use serde_json::{Value, json};

use super::{led, open};
use crate::support::{Reply, TestApp};

async fn import(app: &TestApp, file_name: &str, mode: &str, content: &str) -> Reply {
    let body = format!(
        "--b\r\nContent-Disposition: form-data; name=\"mode\"\r\n\r\n{mode}\r\n--b\r\nContent-Disposition: form-data; \
         name=\"file\"; filename=\"{file_name}\"\r\nContent-Type: application/octet-stream\r\n\r\n{content}\r\n--b--\r\n"
    );
    let request = app.request(Method::POST, "/_mock/console/s/default/import");
    let request = request.header("origin", format!("http://{}", app.address));
    app.send(request.header("content-type", "multipart/form-data; boundary=b").body(body)).await
}

async fn ids(app: &TestApp) -> Vec<String> {
    let list = app.arrange("GET", "/snapshots", Value::Null).await;
    let mut ids: Vec<String> = list["Snapshots"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["SnapshotId"].as_str().unwrap().to_owned())
        .collect();
    ids.sort();
    ids
}

#[actix_web::test]
async fn a_file_is_added_to_what_is_there_or_takes_its_place() {
    let app = TestApp::seeded("Snapshots: [{SnapshotId: s-1}]").await;
    for (file_name, mode, content, expected) in [
        ("more.yaml", "merge", "Snapshots:\n- SnapshotId: s-2\n", &["s-1", "s-2"][..]),
        ("more.json", "merge", "{\"Snapshots\": [{\"SnapshotId\": \"s-3\"}]}", &["s-1", "s-2", "s-3"]),
        ("other.ndjson", "replace", "{\"Snapshot\": {\"SnapshotId\": \"s-4\"}}\n", &["s-4"]),
    ] {
        let reply = import(&app, file_name, mode, content).await;
        assert_eq!(led(&reply), "/s/default", "{file_name}: {}", reply.body);
        assert!(reply.header("set-cookie").contains("1%20added"), "{}", reply.header("set-cookie"));
        assert_eq!(ids(&app).await, expected);
    }
    let entries = app.arrange("GET", "/requests", Value::Null).await;
    let methods: Vec<_> = entries["Requests"].as_array().unwrap().iter().map(|entry| &entry["Method"]).collect();
    assert_eq!(methods, [&json!("POST"), &json!("POST"), &json!("PUT")]);
}

#[actix_web::test]
async fn a_file_that_is_no_state_is_refused_whole() {
    let app = TestApp::seeded("Snapshots: [{SnapshotId: s-1}]").await;
    for (file_name, content) in [
        ("bad.json", "{\"Snapshots\": [{\"SnapshotId\": \"s-2\"}, {\"Colour\": 1}]}"),
        ("bad.yaml", "Snapshots: ["),
        ("empty.json", ""),
    ] {
        let reply = import(&app, file_name, "replace", content).await;
        assert_eq!(reply.status, 400, "{file_name}: {}", reply.body);
        assert_eq!(ids(&app).await, ["s-1"]);
    }
    let request = app.request(Method::POST, "/_mock/console/s/default/import");
    let request = request.header("origin", format!("http://{}", app.address));
    let request = request.header("content-type", "multipart/form-data; boundary=b");
    assert_eq!(app.send(request.body("--b--\r\n")).await.status, 400, "a form without a file");
}

#[actix_web::test]
async fn an_export_is_a_file_that_the_control_plane_writes() {
    let app = TestApp::seeded("Snapshots: [{SnapshotId: s-1}]").await;
    for (format, media_type) in
        [("json", "application/json"), ("yaml", "application/yaml"), ("ndjson", "application/x-ndjson")]
    {
        let reply = open(&app, &format!("/s/default/export?format={format}")).await;
        assert_eq!((reply.status, reply.header("content-type")), (200, media_type));
        assert_eq!(reply.header("content-disposition"), format!("attachment; filename=\"default.{format}\""));
        let request = app.request(Method::GET, "/_mock/v1/sandboxes/default/state").header("accept", media_type);
        assert_eq!(reply.body, app.send(request).await.body);
    }
    assert_eq!(open(&app, "/s/default/export?format=xml").await.status, 400);
}
