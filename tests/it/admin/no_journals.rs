//! A server that keeps no journals says so, rather than that nothing happened.

use std::path::Path;

use ecs_mock::admin::guard::Access;
use ecs_mock::app::{App, Config};
use ecs_mock::seed::Source;
use serde_json::{Value, json};

use crate::support::TestApp;

#[actix_web::test]
async fn requests_are_answered_and_nothing_is_remembered_of_them() {
    let app =
        TestApp::configured(Source::None, |config| Config { journal_memory: 0, ..config }, Access::default()).await;
    app.arrange("PUT", "/state", json!({"Disks": [{"DiskId": "d-1"}]})).await;
    app.act("CreateSnapshot&DiskId=d-1").await;
    assert_eq!(app.describe("").await["TotalCount"], 1);
    for path in ["", "/1", "/stream"] {
        let reply = app.control("GET", &format!("/sandboxes/default/requests{path}"), Value::Null).await;
        assert_eq!(reply.status, 409, "{path}: {}", reply.body);
        let said = "the server keeps no journals: start it with another --journal-memory than 0";
        assert_eq!(reply.json()["detail"], said);
    }
    let asked = json!({"Url": "Action=DescribeSnapshots&RegionId=cn-hangzhou", "Id": "s-9"});
    let row = app.arrange("POST", "/explain", asked).await["Row"].clone();
    assert_eq!(row, json!({"Id": "s-9", "Listed": false, "Failed": []}), "who took it out, nobody knows");
    let sandbox = app.app().sandboxes.by_name("default").unwrap();
    assert_eq!(sandbox.journal.last_sequence(), 0);
}

/// What is kept of the sandbox `default` when the server has been started over this database with so much memory.
async fn complete_from(database: &Path, journal_memory: u64) -> Option<i64> {
    let app = App::open(Config { journal_memory, ..Config::new(database.to_path_buf(), Source::None) }).await.unwrap();
    let sandbox = app.sandboxes.by_name("default").unwrap();
    let kept = app.sandboxes.journal_of(&sandbox).await.ok();
    app.close().await.unwrap();
    kept.map(|kept| kept.complete_from())
}

#[actix_web::test]
async fn a_journal_that_is_kept_again_is_not_complete_from_before() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("a.db");
    let before = complete_from(&database, 1).await.unwrap();
    assert_eq!(complete_from(&database, 1).await, Some(before), "nothing is missing");
    assert_eq!(complete_from(&database, 0).await, None);
    assert!(complete_from(&database, 1).await.unwrap() > before);
}
