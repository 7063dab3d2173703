//! A database of the version that kept how often faults were met among what is planned is migrated: nothing is counted anew.

use std::path::Path;

use ecs_mock::app::Config;
use ecs_mock::seed::Source;
use serde_json::{Value, json};
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection};

use crate::support::TestApp;

async fn connect(path: &Path) -> SqliteConnection {
    sqlx::sqlite::SqliteConnectOptions::new().filename(path).connect().await.unwrap()
}

/// What the migration adds, taken away again.
const BEFORE: &str = "
    DROP TABLE planned_fault_count;
    ALTER TABLE planned_fault DROP COLUMN creation_time;";

/// Two bodies as that version wrote them. The second has had its window since noon.
const BODIES: [&str; 2] = [
    r#"{"Name":"few","Plan":{"Name":"few","Match":{"Action":"DeleteDisk","Parameters":{"DiskId":null}},"Times":2,"When":"after","Effect":{"Code":"InternalError"}},"Matches":1,"Hits":1,"CreationTime":"2026-03-15T11:00:00Z"}"#,
    r#"{"Name":"quota","Plan":{"Name":"quota","Match":{"Action":"Describe*"},"When":"before","Effect":{"Quota":{"Limit":3,"WindowSeconds":60}}},"Matches":7,"Hits":0,"CreationTime":"2026-03-15T11:59:59Z","Window":{"Since":"2026-03-15T12:00:00Z","Calls":2}}"#,
];

#[actix_web::test]
async fn counts_windows_and_order_are_as_they_were_in_sandboxes_and_checkpoints() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("old.db");
    let app = TestApp::empty().await;
    app.arrange("PUT", "/checkpoints/one", Value::Null).await;
    let backup = format!("VACUUM INTO '{}'", path.display());
    sqlx::raw_sql(sqlx::AssertSqlSafe(backup)).execute(&mut connect(app.app().store.path()).await).await.unwrap();
    let mut connection = connect(&path).await;
    sqlx::raw_sql(BEFORE).execute(&mut connection).await.unwrap();
    for (place, body) in (1_i64..).zip(BODIES) {
        let insert = "INSERT INTO planned_fault (sandbox_id, name, place, body)
                      SELECT sandbox_id, json_extract(?1, '$.Name'), ?2, ?1 FROM sandbox WHERE name = 'default'";
        sqlx::query(insert).bind(body).bind(place).execute(&mut connection).await.unwrap();
    }
    let held = format!("[{}]", BODIES.join(","));
    let hold = sqlx::query("UPDATE checkpoint SET planned_faults = ?").bind(held).execute(&mut connection).await;
    assert_eq!(hold.unwrap().rows_affected(), 1);
    let script = include_str!("../../../migrations/V18__planned_fault_counts.sql");
    sqlx::raw_sql(script).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();

    let migrated = TestApp::configured(
        Source::None,
        move |config| Config { database: path, ..config },
        ecs_mock::admin::guard::Access::default(),
    )
    .await;
    let expected = json!({"Faults": [
        {"Name": "few", "Match": {"Action": "DeleteDisk", "Parameters": {"DiskId": null}}, "Times": 2, "When": "after",
            "Effect": {"Code": "InternalError"}, "Matches": 1, "Hits": 1, "Spent": false,
            "CreationTime": "2026-03-15T11:00:00Z"},
        {"Name": "quota", "Match": {"Action": "Describe*"}, "When": "before",
            "Effect": {"Quota": {"Limit": 3, "WindowSeconds": 60}}, "Matches": 7, "Hits": 0, "Spent": false,
            "CreationTime": "2026-03-15T11:59:59Z"},
    ]});
    let call = async || migrated.get("Action=DescribeRegions&Format=JSON").await.status;
    assert_eq!(migrated.arrange("GET", "/faults", Value::Null).await, expected);
    assert_eq!([call().await, call().await], [200, 400], "of the window that was under way, one call is left");
    migrated.arrange("POST", "/checkpoints/one/restore", Value::Null).await;
    assert_eq!(migrated.arrange("GET", "/faults", Value::Null).await, expected);
    assert_eq!([call().await, call().await], [200, 400]);
}
