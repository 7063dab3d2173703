//! Access keys: making, showing, changing and removing them.

use ecs_mock::app::Config;
use ecs_mock::model::access_key::{AccessKey, ActionPattern};
use serde_json::{Value, json};

use crate::support::TestApp;

const KEYS: &str = "/sandboxes/default/access-keys";

#[actix_web::test]
async fn a_sandbox_may_have_several_keys() {
    let app = TestApp::empty().await;
    app.sandbox("mine", json!("empty")).await;
    app.control("POST", "/sandboxes/mine/snapshots", json!({"SnapshotId": "s-1"})).await;
    let key = json!({
        "AccessKeyId": "second", "AccessKeySecret": "hush", "SecurityToken": "token", "Expiration": "2030-01-01T00:00Z",
        "AllowedActions": ["ecs:Describe*", "*"],
    });
    let made = app.control("POST", "/sandboxes/mine/access-keys", key).await;
    assert_eq!(made.status, 201);
    let shown = json!({
        "AccessKeyId": "second", "AccessKeySecret": "hush", "Status": "Active", "SecurityToken": "token",
        "Expiration": "2030-01-01T00:00:00Z", "AllowedActions": ["ecs:Describe*", "*"],
    });
    assert_eq!(made.json(), shown);
    assert_eq!(app.ids_of("second").await, ["s-1"]);

    let random = app.control("POST", "/sandboxes/mine/access-keys", json!({})).await.json();
    let id = random["AccessKeyId"].as_str().unwrap();
    assert!(id.starts_with("LTAI") && id.len() == 24, "{id}");
    assert_eq!(random["AccessKeySecret"].as_str().unwrap().len(), 30);
    assert_eq!(app.ids_of(id).await, ["s-1"]);

    assert_eq!(app.control("DELETE", "/sandboxes/mine/access-keys/second", Value::Null).await.status, 204);
    assert_eq!(app.ids_of("second").await, [""; 0], "it falls to default again");
    assert_eq!(app.control("GET", "/sandboxes/mine/access-keys/second", Value::Null).await.status, 404);
    let ids = app.control("GET", "/sandboxes/mine", Value::Null).await.json()["AccessKeyIds"].clone();
    assert_eq!(ids, json!([id, "mine"]));
}

#[actix_web::test]
async fn secrets_are_shown_only_when_asked_for() {
    let app = TestApp::empty().await;
    let temporary = json!({"AccessKeyId": "sts", "AccessKeySecret": "hush", "SecurityToken": "token"});
    app.control("POST", KEYS, temporary).await;
    for path in [KEYS, "/sandboxes/default/access-keys/sts", "/sandboxes", "/sandboxes/default/state"] {
        let body = app.control("GET", path, Value::Null).await.body;
        assert!(!["hush", "token", "testsecret"].iter().any(|secret| body.contains(secret)), "{path}: {body}");
    }
    let all = app.control("GET", &format!("{KEYS}?show-secrets=true"), Value::Null).await.json();
    let expected = json!({"AccessKeys": [
        {"AccessKeyId": "sts", "AccessKeySecret": "hush", "Status": "Active", "SecurityToken": "token"},
        {"AccessKeyId": "testid", "AccessKeySecret": "testsecret", "Status": "Active"},
    ]});
    assert_eq!(all, expected);
    let problem = app.control("GET", &format!("{KEYS}?show-secrets=perhaps"), Value::Null).await;
    assert_eq!((problem.status, problem.json()["field"].clone()), (400, json!("show-secrets")));
    let key = format!("{:?}", app.app().sandboxes.key("sts").unwrap());
    assert!(!key.contains("hush") && !key.contains("token\""), "{key}");
}

#[actix_web::test]
async fn a_merge_patch_changes_a_key() {
    let app = TestApp::empty().await;
    let path = "/sandboxes/default/access-keys/testid";
    for (patch, expected) in [
        (json!({"Status": "Inactive"}), json!({"AccessKeySecret": "testsecret", "Status": "Inactive"})),
        (json!({"AccessKeySecret": "x", "Status": null}), json!({"AccessKeySecret": "x", "Status": "Active"})),
        (
            json!({"AllowedActions": ["ecs:Create*"], "SecurityToken": "t"}),
            json!({"AccessKeySecret": "x", "Status": "Active", "SecurityToken": "t", "AllowedActions": ["ecs:Create*"]}),
        ),
        (json!({"AllowedActions": null, "SecurityToken": null}), json!({"AccessKeySecret": "x", "Status": "Active"})),
    ] {
        let mut expected = expected;
        expected["AccessKeyId"] = json!("testid");
        let reply = app.control("PATCH", path, patch).await;
        assert_eq!((reply.status, reply.json()), (200, expected.clone()));
        assert_eq!(app.control("GET", &format!("{path}?show-secrets=true"), Value::Null).await.json(), expected);
    }
}

#[actix_web::test]
async fn nonsense_names_its_field_and_changes_nothing() {
    let app = TestApp::empty().await;
    app.sandbox("other", json!("empty")).await;
    let before = app.control("GET", &format!("{KEYS}?show-secrets=true"), Value::Null).await.body;
    for (method, body, status, field) in [
        ("POST", json!({"AccessKeyId": "a b"}), 400, "AccessKeyId"),
        ("POST", json!({"AccessKeyId": "testid"}), 409, "AccessKeyId"),
        ("POST", json!({"AccessKeyId": "other"}), 409, "AccessKeyId"),
        ("POST", json!({"AccessKeySecret": ""}), 400, "AccessKeySecret"),
        ("POST", json!({"AccessKeySecret": "a b"}), 400, "AccessKeySecret"),
        ("POST", json!({"SecurityToken": "a\nb"}), 400, "SecurityToken"),
        ("POST", json!({"Expiration": "2030-01-01T00:00Z"}), 400, "Expiration"),
        ("POST", json!({"SecurityToken": "t", "Expiration": "soon"}), 400, "Expiration"),
        ("POST", json!({"Status": "off"}), 400, "Status"),
        ("POST", json!({"AllowedActions": ["Describe"]}), 400, "AllowedActions[0]"),
        ("POST", json!({"AllowedActions": vec!["*"; 101]}), 400, "AllowedActions"),
        ("POST", json!({"Secret": "x"}), 400, "Secret"),
        ("PATCH", json!({"AccessKeyId": "new"}), 400, "AccessKeyId"),
        ("PATCH", json!({"AccessKeySecret": ""}), 400, "AccessKeySecret"),
        ("PATCH", json!({"Expiration": "2030-01-01T00:00Z"}), 400, "Expiration"),
    ] {
        let path = if method == "POST" { KEYS.to_owned() } else { format!("{KEYS}/testid") };
        let reply = app.control(method, &path, body.clone()).await;
        assert_eq!((reply.status, reply.json()["field"].clone()), (status, json!(field)), "{body}: {}", reply.body);
    }
    assert_eq!(app.control("PATCH", &format!("{KEYS}/testid"), json!([])).await.status, 400);
    assert_eq!(app.control("PATCH", &format!("{KEYS}/other"), json!({})).await.status, 404, "of another sandbox");
    assert_eq!(app.control("DELETE", &format!("{KEYS}/nobody"), Value::Null).await.status, 404);
    assert_eq!(app.control("GET", &format!("{KEYS}?show-secrets=true"), Value::Null).await.body, before);
}

#[actix_web::test]
async fn a_configured_key_is_that_of_default_from_the_next_start_on() {
    let folder = tempfile::tempdir().unwrap();
    let start = async |key: Option<AccessKey>| {
        let config = Config::new(folder.path().join("x.db"), ecs_mock::seed::Source::None);
        let app = ecs_mock::app::App::open(Config { access_key: key, ..config }).await?;
        let keys = app.sandboxes.keys_of(&app.sandboxes.by_name("default").unwrap());
        app.close().await.unwrap();
        Ok::<_, ecs_mock::app::AppError>(keys)
    };
    let (first, second) = (AccessKey::new("AK", "1"), AccessKey::new("AK", "2"));
    assert_eq!(start(Some(first.clone())).await.unwrap(), std::slice::from_ref(&first), "not the examples'");
    assert_eq!(start(None).await.unwrap(), [first], "and it stays");
    assert_eq!(start(Some(second.clone())).await.unwrap(), [second], "with another secret");
    let error = start(Some(AccessKey::new("a b", "x"))).await.unwrap_err().to_string();
    assert!(error.contains("a b"), "{error}");
}

#[test]
fn patterns_are_those_of_a_policy() {
    for (pattern, action, matches) in [
        ("ecs:DescribeSnapshots", "DescribeSnapshots", true),
        ("ecs:describesnapshots", "DescribeSnapshots", true),
        ("ecs:DescribeSnapshot", "DescribeSnapshots", false),
        ("ecs:DescribeSnapshotsX", "DescribeSnapshots", false),
        ("ecs:Describe*", "DescribeSnapshots", true),
        ("ecs:*Snapshots", "DescribeSnapshots", true),
        ("ecs:D*S*s", "DescribeSnapshots", true),
        ("ecs:D*X*s", "DescribeSnapshots", false),
        ("ecs:*", "DescribeSnapshots", true),
        ("*", "DescribeSnapshots", true),
        ("oss:*", "DescribeSnapshots", false),
        ("e*:D*", "DescribeSnapshots", true),
    ] {
        let parsed: ActionPattern = pattern.parse().unwrap();
        assert_eq!(parsed.matches(action), matches, "{pattern}");
    }
    for nonsense in ["", "ecs", "ecs:", ":x", "ecs:a b", "a:b:c", "**"] {
        assert!(nonsense.parse::<ActionPattern>().is_err(), "{nonsense}");
    }
}
