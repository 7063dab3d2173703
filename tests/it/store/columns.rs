//! Columns that a migration adds have, of rows that were there before, the values that rows written now have.

use ecs_mock::model::document::Draft;
use ecs_mock::model::ids::IdSequence;
use ecs_mock::model::image::Image;
use ecs_mock::model::instance::Instance;
use ecs_mock::model::kind::{Column, Entry, Resource};
use serde_json::{Value, json};
use sqlx::{Connection as _, Row as _, SqliteConnection};

use crate::support::NOW;

/// A database with the tables of kinds as they were at first.
pub async fn old() -> SqliteConnection {
    let mut connection = SqliteConnection::connect("sqlite::memory:").await.unwrap();
    for script in [
        include_str!("../../../migrations/V1__initial.sql"),
        include_str!("../../../migrations/V2__access_keys.sql"),
        include_str!("../../../migrations/V3__state_versions.sql"),
        include_str!("../../../migrations/V4__tags_in_order.sql"),
        include_str!("../../../migrations/V5__kinds.sql"),
        include_str!("../../../migrations/V6__indexes.sql"),
        include_str!("../../../migrations/V7__uptime.sql"),
        "INSERT INTO state (state_id, id_seed, next_id, clock) VALUES (1, 1, 1, '{}')",
    ] {
        sqlx::raw_sql(script).execute(&mut connection).await.unwrap();
    }
    connection
}

fn entry<R: Resource>(value: &Value) -> Box<dyn Entry> {
    Draft::of::<R>(value).unwrap().finish(NOW, &mut IdSequence { seed: 1, next: 1 }).unwrap()
}

/// Writes a row with the columns that kinds had at first.
async fn insert(connection: &mut SqliteConnection, entry: &dyn Entry) {
    let kind = entry.kind();
    let (key, body) = (entry.key(), kind.body(entry).unwrap());
    let own = if kind.word == "Image" { "ready_time" } else { "zone_id" };
    let place = kind.columns.iter().position(|column| *column == own).unwrap();
    let statement = format!(
        "INSERT INTO {} (state_id, id, region_id, reverse_time, {own}, body) VALUES (1, ?, ?, ?, ?, ?)",
        kind.table
    );
    let insert =
        sqlx::query(sqlx::AssertSqlSafe(statement)).bind(key.id).bind(key.region_id).bind(-key.creation_time.0);
    let insert = match entry.columns().swap_remove(place) {
        Column::Null => insert.bind(None::<i64>),
        Column::Integer(number) => insert.bind(number),
        Column::Text(text) => insert.bind(text),
    };
    insert.bind(body).execute(connection).await.unwrap();
}

async fn check(connection: &mut SqliteConnection, entry: &dyn Entry) {
    let kind = entry.kind();
    for (column, expected) in
        kind.columns.iter().zip(entry.columns()).filter(|(column, _)| !kind.derived.contains(column))
    {
        let statement = format!("SELECT {column} FROM {} WHERE id = ?", kind.table);
        let row =
            sqlx::query(sqlx::AssertSqlSafe(statement)).bind(entry.key().id).fetch_one(&mut *connection).await.unwrap();
        let found = match &expected {
            Column::Text(_) => row.try_get::<Option<String>, _>(0).unwrap().map_or(Column::Null, Column::Text),
            _ => row.try_get::<Option<i64>, _>(0).unwrap().map_or(Column::Null, Column::Integer),
        };
        assert_eq!(found, expected, "{column} of {entry:?}");
    }
}

fn pasted(word: &str) -> Value {
    let reply = match word {
        "Image" => include_str!("../admin/replies/images.json"),
        _ => include_str!("../admin/replies/instances.json"),
    };
    let reply: Value = serde_json::from_str(reply).unwrap();
    reply[format!("{word}s")][word][0].clone()
}

#[actix_web::test]
async fn of_images_and_instances() {
    let mut connection = old().await;
    let images = [
        json!({"ImageId": "m-1"}),
        json!({"ImageId": "m-2", "Platform": "Windows Server 2022", "Usable": false, "ReadyTime": "2026-03-15T12:00:10Z"}),
        json!({"ImageId": "m-3", "Platform": "windows", "OSType": "Linux", "Status": "UnAvailable", "IsSupportCloudinit": false}),
        pasted("Image"),
    ];
    let instances = [
        json!({"InstanceId": "i-1"}),
        json!({"InstanceId": "i-2", "InstanceType": "ecs.g7.large", "ImageId": "m-2", "ExpiredTime": "2026-06-01T00:00:30Z"}),
        json!({"InstanceId": "i-3", "InstanceType": "bare", "ExpiredTime": "now", "IoOptimized": false, "Status": "Stopped",
            "OperationLocks": [{"LockReason": "financial"}, {"LockReason": "\"q\"", "LockMsg": "x"}]}),
        pasted("Instance"),
    ];
    let entries: Vec<Box<dyn Entry>> =
        images.iter().map(entry::<Image>).chain(instances.iter().map(entry::<Instance>)).collect();
    for entry in &entries {
        insert(&mut connection, &**entry).await;
    }
    let script = include_str!("../../../migrations/V12__image_and_instance_filters.sql");
    sqlx::raw_sql(script).execute(&mut connection).await.unwrap();
    for entry in &entries {
        check(&mut connection, &**entry).await;
    }
    let used: Vec<String> = sqlx::query_scalar("SELECT id FROM image WHERE usage = 'instance' ORDER BY id")
        .fetch_all(&mut connection)
        .await
        .unwrap();
    assert_eq!(used, ["m-2", "m-pasted"]);
    let links: Vec<(i64, String, String)> =
        sqlx::query_as("SELECT kind, id, linked_id FROM link ORDER BY id").fetch_all(&mut connection).await.unwrap();
    let link = |id: &str, linked: &str| (2, id.to_owned(), linked.to_owned());
    assert_eq!(links, [link("i-2", "m-2"), link("i-pasted", "m-pasted")]);
}
