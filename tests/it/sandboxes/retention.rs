//! Retention and images: a snapshot that an image is made of outlives its time, as long as that image is there.

use serde_json::{Value, json};

use crate::support::{NOW, TestApp};

const DAY: i64 = 86_400;

/// One snapshot whose day an image puts off, one with its day, one with an image and no end.
const SEED: &str = "
Snapshots:
  - {SnapshotId: s-image, ExpirationTime: 2026-03-16T12:00:00Z, Tags: {a: b}, Lock: {LockDuration: 1}}
  - {SnapshotId: s-alone, ExpirationTime: 2026-03-16T12:00:00Z, Tags: {a: b}}
  - {SnapshotId: s-kept}
Images: [{ImageId: m-1, SnapshotIds: [s-image, s-kept]}]";

/// The ids in every list that can show them, which must agree, and in the export's order.
async fn ids(app: &TestApp) -> Vec<String> {
    let all = app.ids("").await;
    let tagged: Vec<String> = all.iter().filter(|id| *id != "s-kept").cloned().collect();
    assert_eq!(app.ids("Tag.1.Key=a").await, tagged, "by key");
    assert_eq!(app.ids("Tag.1.Key=a&Tag.1.Value=b&Status=accomplished").await, tagged, "by key and value");
    assert_eq!(app.ids(r#"SnapshotIds=["s-image","s-alone","s-kept"]"#).await, all, "by ids");
    for id in ["s-image", "s-alone", "s-kept"] {
        let found = app.control("GET", &format!("/sandboxes/default/snapshots/{id}"), Value::Null).await;
        assert_eq!(found.status == 200, all.iter().any(|other| other == id), "{id}");
        let refused = app.refused(&format!("ModifySnapshotAttribute&SnapshotId={id}")).await;
        assert_eq!(refused.code, "NoAttributeToModify");
    }
    all
}

#[actix_web::test]
async fn it_goes_with_the_image_if_its_time_is_over() {
    let app = TestApp::seeded(SEED).await;
    app.clock.set(NOW.plus(DAY - 1));
    assert_eq!(ids(&app).await, ["s-alone", "s-image", "s-kept"]);
    app.clock.set(NOW.plus(DAY));
    assert_eq!(ids(&app).await, ["s-image", "s-kept"]);
    app.act("ModifySnapshotAttribute&SnapshotId=s-image&Description=writers+find+it").await;
    assert_eq!(ids(&app).await, ["s-image", "s-kept"]);
    let locked = app.act("DescribeLockedSnapshots&RegionId=cn-hangzhou").await;
    assert_eq!(locked["LockedSnapshotsInfo"][0]["SnapshotId"], "s-image");
    let entry = app.entry("snapshots/s-image").await;
    assert_eq!(entry["ExpirationTime"], "2026-03-16T12:00:00Z", "the entry states what it stated");
    app.arrange("DELETE", "/images/m-1", Value::Null).await;
    assert_eq!(ids(&app).await, ["s-kept"]);
    assert_eq!(app.refused("DeleteSnapshot&SnapshotId=s-image").await.code, "InvalidSnapshotId.NotFound");
}

#[actix_web::test]
async fn an_image_that_comes_or_goes_in_time_changes_when_it_goes() {
    let app = TestApp::seeded(SEED).await;
    app.arrange("DELETE", "/images/m-1", Value::Null).await;
    app.arrange("POST", "/images", json!({"ImageId": "m-2", "SnapshotIds": ["s-alone"]})).await;
    app.clock.set(NOW.plus(DAY));
    assert_eq!(ids(&app).await, ["s-alone", "s-kept"]);
    // What is over may be given an image of its own again, as a fixture.
    app.arrange("PATCH", "/images/m-2", json!({"DiskDeviceMappings": [{"SnapshotId": "s-image"}]})).await;
    assert_eq!(ids(&app).await, ["s-image", "s-kept"]);
    app.arrange("DELETE", "/images?ImageIds=[\"m-2\"]", Value::Null).await;
    assert_eq!(ids(&app).await, ["s-kept"]);
}

#[actix_web::test]
async fn several_images_put_it_off_until_the_last_of_them_goes() {
    let app = TestApp::seeded(SEED).await;
    app.arrange("POST", "/images", json!({"ImageId": "m-2", "SnapshotIds": ["s-image"], "RegionId": "cn-beijing"}))
        .await;
    app.clock.set(NOW.plus(2 * DAY));
    app.arrange("DELETE", "/images/m-1", Value::Null).await;
    assert_eq!(ids(&app).await, ["s-image", "s-kept"]);
    app.arrange("DELETE", "/images/m-2", Value::Null).await;
    assert_eq!(ids(&app).await, ["s-kept"]);
    assert_eq!(app.describe("Usage=image").await["TotalCount"], 0);
}

#[actix_web::test]
async fn days_that_are_said_later_count_once_the_image_is_gone() {
    let app = TestApp::seeded(SEED).await;
    app.act("ModifySnapshotAttribute&SnapshotId=s-kept&RetentionDays=2").await;
    app.arrange("PATCH", "/snapshots/s-image", json!({"ExpirationTime": NOW.plus(3 * DAY).to_string()})).await;
    app.arrange("PATCH", "/snapshots/s-image", json!({"Tags": {"a": "b", "c": "d"}})).await;
    app.clock.set(NOW.plus(2 * DAY));
    assert_eq!(ids(&app).await, ["s-image", "s-kept"]);
    app.arrange("DELETE", "/images/m-1", Value::Null).await;
    assert_eq!(ids(&app).await, ["s-image"]);
    app.clock.set(NOW.plus(3 * DAY));
    assert_eq!(ids(&app).await, [""; 0]);
}

#[actix_web::test]
async fn forks_checkpoints_and_documents_say_the_same() {
    let app = TestApp::seeded(SEED).await;
    app.arrange("PUT", "/checkpoints/c", Value::Null).await;
    let exported = app.arrange("GET", "/state", Value::Null).await;
    assert_eq!(exported["Snapshots"][1]["SnapshotId"], "s-image");
    assert_eq!(exported["Snapshots"][1]["ExpirationTime"], "2026-03-16T12:00:00Z");
    app.clock.set(NOW.plus(DAY));
    app.sandbox("fork", json!({"Sandbox": "default"})).await;
    assert_eq!(app.ids_of("fork").await, ["s-image", "s-kept"]);
    app.control("DELETE", "/sandboxes/fork/images/m-1", Value::Null).await;
    assert_eq!(app.ids_of("fork").await, ["s-kept"]);
    assert_eq!(ids(&app).await, ["s-image", "s-kept"]);

    app.arrange("DELETE", "/images/m-1", Value::Null).await;
    let difference = app.arrange("GET", "/diff?from=c&to=now", Value::Null).await;
    assert_eq!(difference["Changed"], json!([]), "when it goes is nothing that an entry states");
    app.arrange("POST", "/checkpoints/c/restore", Value::Null).await;
    assert_eq!(ids(&app).await, ["s-image", "s-kept"]);

    let without = json!({"Snapshots": exported["Snapshots"]});
    app.arrange("PUT", "/state", without).await;
    assert_eq!(ids(&app).await, ["s-kept"]);
    app.arrange("POST", "/state", json!({"Images": exported["Images"]})).await;
    assert_eq!(ids(&app).await, ["s-image", "s-kept"]);
    app.arrange("PUT", "/state", exported.clone()).await;
    assert_eq!(ids(&app).await, ["s-image", "s-kept"]);
    let again = app.arrange("GET", "/state", Value::Null).await;
    assert_eq!((&again["Snapshots"], &again["Images"]), (&exported["Snapshots"], &exported["Images"]));
    app.arrange("POST", "/reset?to=seed", Value::Null).await;
    assert_eq!(ids(&app).await, ["s-image", "s-kept"]);
}

#[actix_web::test]
async fn of_many_that_change_at_once_each_follows_its_images() {
    // More than one transaction takes.
    let number = 450;
    let snapshots: Vec<Value> = (0..number)
        .map(|number| {
            let (id, end) = (format!("s-{number:03}"), NOW.plus(DAY).to_string());
            json!({"SnapshotId": id, "ExpirationTime": end, "Tags": {"a": "b", "n": number.to_string()}})
        })
        .collect();
    let images: Vec<Value> = (0..number)
        .map(|number| json!({"ImageId": format!("m-{number:03}"), "SnapshotIds": [format!("s-{number:03}")]}))
        .collect();
    let app = TestApp::empty().await;
    app.arrange("PUT", "/state", json!({"Snapshots": snapshots, "Images": images})).await;
    app.clock.set(NOW.plus(DAY));
    let counts = async || {
        let mut counts = Vec::new();
        for query in ["", "Tag.1.Key=a", "Tag.1.Key=n&Tag.1.Value=7", "Usage=image"] {
            counts.push(app.describe(query).await["TotalCount"].as_i64().unwrap());
        }
        counts
    };
    assert_eq!(counts().await, [450, 450, 1, 450]);
    let gone: Vec<String> = (0..300).map(|number| format!("\"m-{number:03}\"")).collect();
    for ids in gone.chunks(100) {
        app.arrange("DELETE", &format!("/images?ImageIds=[{}]", ids.join(",")), Value::Null).await;
    }
    assert_eq!(counts().await, [150, 150, 0, 150]);
    app.arrange("PATCH", "/snapshots?RegionId=cn-hangzhou", json!({"Description": "x"})).await;
    assert_eq!(counts().await, [150, 150, 0, 150]);
    app.arrange("DELETE", "/images?RegionId=cn-hangzhou", Value::Null).await;
    assert_eq!(counts().await, [0, 0, 0, 0]);
}
