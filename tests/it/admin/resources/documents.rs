//! Whole states of all kinds: out, in, saved, compared, copied.

use ecs_mock::model::kinds::KINDS;
use reqwest::Method;
use serde_json::{Value, json};

use super::{filled, id, path, text};
use crate::support::TestApp;

const STATE: &str = "/_mock/v1/sandboxes/default/state";
const MEDIA: [&str; 3] = ["application/json", "application/yaml", "application/x-ndjson"];

async fn export(app: &TestApp, media: &str) -> String {
    app.send(app.request(Method::GET, STATE).header("accept", media)).await.body
}

async fn put(app: &TestApp, media: &str, body: String) -> Value {
    let reply = app.send(app.request(Method::PUT, STATE).header("content-type", media).body(body)).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    reply.json()
}

fn counts(inserted: usize, changed: usize, removed: usize, unchanged: usize) -> Value {
    json!({"Inserted": inserted, "Changed": changed, "Removed": removed, "Unchanged": unchanged})
}

#[actix_web::test]
async fn an_export_that_is_put_back_is_the_same_state_in_every_form() {
    let app = filled().await;
    // With what refers to others, whatever comes first.
    app.arrange("PATCH", "/disks/d-1", json!({"InstanceId": "i-1", "SourceSnapshotId": "s-2"})).await;
    app.arrange("PATCH", "/images/m-1", json!({"SnapshotIds": ["s-1", "s-gone"]})).await;
    let all = 3 * KINDS.len();
    for media in MEDIA {
        let exported = export(&app, media).await;
        for kind in KINDS {
            assert!(exported.contains(if media.ends_with("ndjson") { kind.word } else { kind.words }), "{exported}");
        }
        assert_eq!(put(&app, media, exported.clone()).await, counts(0, 0, 0, all), "{media}");
        assert_eq!(export(&app, media).await, exported, "{media}");
        app.arrange("POST", "/reset?to=empty", Value::Null).await;
        assert_eq!(put(&app, media, exported.clone()).await, counts(all, 0, 0, 0), "{media}");
        assert_eq!(export(&app, media).await, exported, "{media}");
    }
    let empty = put(&app, "application/json", "{\"Snapshots\": []}".to_owned()).await;
    assert_eq!(empty, counts(0, 0, all, 0));
    assert_eq!(export(&app, "").await, "{\"Snapshots\":[]}");
}

/// Fields whose values an entry writes in another way than a reply.
const WRITTEN_OTHERWISE: [&str; 6] =
    ["CreationTime", "Tags", "OperationLocks", "DiskDeviceMappings", "AutoReleaseTime", "Size"];

#[actix_web::test]
async fn replies_of_the_real_service_are_documents_as_they_stand() {
    let app = TestApp::empty().await;
    // A disk in use needs its instance, so instances come first.
    for (words, reply) in [
        ("Instances", include_str!("../replies/instances.json")),
        ("Disks", include_str!("../replies/disks.json")),
        ("Images", include_str!("../replies/images.json")),
    ] {
        let kind = KINDS.iter().find(|kind| kind.words == words).unwrap();
        let reply: Value = serde_json::from_str(reply).unwrap();
        let pasted = reply[kind.words][kind.word][0].as_object().unwrap();
        let merged = app.arrange("POST", "/state", reply.clone()).await;
        assert_eq!(merged, counts(1, 0, 0, 0), "{kind:?}");
        let entry = app.control("GET", &format!("{}/{}", path(kind), id_of(pasted, kind.id_field)), Value::Null).await;
        let entry = entry.json();
        for (name, value) in pasted {
            if kind.ignored.contains(&name.as_str()) {
                assert!(entry.get(name).is_none(), "{kind:?} {name} says nothing about the state");
            } else if !WRITTEN_OTHERWISE.contains(&name.as_str()) {
                assert_eq!(entry[name], *value, "{kind:?} {name}");
            }
        }
        for name in kind.ignored {
            assert!(pasted.contains_key(*name), "{kind:?} {name} is no field of the reply");
        }
        assert_eq!(entry["CreationTime"], "2026-01-02T03:04:00Z");
        assert_eq!(entry["Tags"], json!({"k": "v"}));
        assert!(entry.get("AutoReleaseTime").is_none(), "an empty text is a field that was not given");
        // Each of them is a document in YAML too, which JSON is, and an entry is one of a stream and of a POST.
        let yaml = app.request(Method::POST, STATE).header("content-type", "application/yaml").body(reply.to_string());
        assert_eq!(app.send(yaml).await.json(), counts(0, 0, 0, 1), "{kind:?}");
        let line = json!({kind.word: pasted}).to_string();
        let lines = app.request(Method::POST, STATE).header("content-type", "application/x-ndjson").body(line);
        assert_eq!(app.send(lines).await.json(), counts(0, 0, 0, 1), "{kind:?}");
        app.control("DELETE", &format!("{}/{}", path(kind), id_of(pasted, kind.id_field)), Value::Null).await;
        assert_eq!(app.control("POST", &path(kind), Value::Object(pasted.clone())).await.status, 201, "{kind:?}");
    }
    let disk = app.entry("disks/d-pasted").await;
    assert_eq!(disk["OperationLocks"], json!([{"LockReason": "financial"}]));
    let image = app.entry("images/m-pasted").await;
    assert_eq!((&image["Size"], &image["DiskDeviceMappings"][0]["Size"]), (&json!(200), &json!(200)));
}

fn id_of(entry: &serde_json::Map<String, Value>, field: &str) -> String {
    entry[field].as_str().unwrap().to_owned()
}

#[actix_web::test]
async fn checkpoints_resets_and_forks_hold_every_kind() {
    let app = filled().await;
    let before = export(&app, "").await;
    let three: Value = KINDS.iter().map(|kind| (kind.words.to_owned(), json!(3))).collect();
    let saved = app.arrange("PUT", "/checkpoints/c", Value::Null).await;
    assert_eq!(saved["Counts"], three);
    let view = app.arrange("GET", "", Value::Null).await;
    assert_eq!((&view["Counts"], &view["SnapshotCount"]), (&three, &json!(3)));
    assert_eq!(view["TagCount"], 2 * 3 * KINDS.len(), "two each");
    app.sandbox("fork", json!({"Sandbox": "default"})).await;
    for kind in KINDS {
        app.control("DELETE", &format!("{}/{}", path(kind), id(kind, 1)), Value::Null).await;
        app.control("PATCH", &format!("{}/{}", path(kind), id(kind, 2)), json!({text(kind): "other"})).await;
        app.control("POST", &path(kind), json!({kind.id_field: id(kind, 0)})).await;
    }
    let diff = app.arrange("GET", "/diff?from=c", Value::Null).await;
    for (number, kind) in KINDS.iter().enumerate() {
        let of_kind = if number == 0 { &diff } else { &diff["Kinds"][kind.words] };
        assert_eq!(of_kind["Added"].as_array().unwrap().len(), 1, "{kind:?}");
        assert_eq!(of_kind["Added"][0][kind.id_field], id(kind, 0));
        assert_eq!(of_kind["Removed"].as_array().unwrap().len(), 1, "{kind:?}");
        assert_eq!(of_kind["Removed"][0][kind.id_field], id(kind, 1));
        let mut fields = json!({text(kind): {"From": "number 2", "To": "other"}});
        fields = json!([{kind.id_field: id(kind, 2), "Fields": fields}]);
        assert_eq!(of_kind["Changed"], fields, "{kind:?}");
    }
    assert!(diff["Kinds"].get("Snapshots").is_none(), "they are beside the others");
    app.arrange("POST", "/checkpoints/c/restore", Value::Null).await;
    assert_eq!(export(&app, "").await, before);
    let fork = app.control("GET", "/sandboxes/fork/state", Value::Null).await.body;
    assert_eq!(fork, before);
    app.arrange("POST", "/reset?to=empty", Value::Null).await;
    let none: Value = KINDS.iter().map(|kind| (kind.words.to_owned(), json!(0))).collect();
    assert_eq!(app.arrange("GET", "", Value::Null).await["Counts"], none);
    app.arrange("POST", "/reset?to=c", Value::Null).await;
    assert_eq!(export(&app, "").await, before);
}
