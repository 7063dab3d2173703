//! What entries of resets and restores say of how much they changed: exactly if one of the two states is small, and else how much
//! there was and is.

use ecs_mock::model::disk::Disk;
use ecs_mock::sandboxes::Write;
use futures_util::future::join;
use serde_json::{Value, json};

use crate::support::{NOW, TestApp};

const DISKS: &str = "{RegionId: cn-hangzhou, Disks: [{DiskId: d-1}, {DiskId: d-2}, {DiskId: d-3}, {DiskId: d-4}]}";

/// More than are compared.
const MANY: i64 = 5_001;

async fn last(app: &TestApp) -> Value {
    let list = app.arrange("GET", "/requests", Value::Null).await;
    list["Requests"].as_array().unwrap().last().unwrap().clone()
}

/// What the last entry says of a change of the whole state: the action, how many resources it changed, how many of them it names,
/// and how many there were and are.
async fn told(app: &TestApp) -> Value {
    let entry = last(app).await;
    json!([entry["Action"], entry["Changed"], entry["Changes"].as_array().unwrap().len(), entry["Replaced"]])
}

async fn put_many(app: &TestApp) {
    let disks: Vec<Value> = (0..MANY).map(|number| json!({"DiskId": format!("d-{number}")})).collect();
    app.arrange("PUT", "/state", json!({"RegionId": "cn-hangzhou", "Disks": disks})).await;
}

#[actix_web::test]
async fn a_small_state_is_compared_whatever_the_other_one_is() {
    let app = TestApp::seeded(DISKS).await;
    app.arrange("POST", "/reset?to=seed", Value::Null).await;
    assert_eq!(told(&app).await, json!(["/reset", 0, 0, null]), "all is as it was");
    app.arrange("DELETE", "/disks/d-1", Value::Null).await;
    app.arrange("PATCH", "/disks/d-2", json!({"DiskName": "x"})).await;
    for id in ["d-0", "d-7"] {
        app.arrange("POST", "/disks", json!({"DiskId": id, "RegionId": "cn-hangzhou"})).await;
    }
    app.arrange("POST", "/snapshots", json!({"SnapshotId": "s-1", "RegionId": "cn-hangzhou"})).await;
    app.arrange("POST", "/reset?to=seed", Value::Null).await;
    assert_eq!(told(&app).await, json!(["/reset", 5, 5, null]), "one comes back, one is as it was, three go");
    let changes = last(&app).await["Changes"].as_array().unwrap().clone();
    let named: Vec<[&str; 2]> =
        changes.iter().map(|change| ["Id", "Change"].map(|field| change[field].as_str().unwrap())).collect();
    let expected = [["s-1", "removed"], ["d-1", "added"], ["d-2", "changed"], ["d-0", "removed"], ["d-7", "removed"]];
    assert_eq!(named, expected);

    // Of the same ids, four disks have another Category than the seed says.
    let many: Vec<Value> =
        (0..MANY).map(|number| json!({"DiskId": format!("d-{number}"), "Category": "cloud_ssd"})).collect();
    app.arrange("PUT", "/state", json!({"RegionId": "cn-hangzhou", "Disks": many})).await;
    app.arrange("PUT", "/checkpoints/many", Value::Null).await;
    app.arrange("POST", "/reset?to=seed", Value::Null).await;
    assert_eq!(told(&app).await, json!(["/reset", MANY, 20, null]), "four are changed, all others go");
    app.arrange("POST", "/checkpoints/many/restore", Value::Null).await;
    assert_eq!(told(&app).await, json!(["/checkpoints/{checkpoint}/restore", MANY, 20, null]));
    app.arrange("POST", "/reset?to=empty", Value::Null).await;
    assert_eq!(told(&app).await, json!(["/reset", MANY, 20, null]));
}

#[actix_web::test]
async fn of_two_large_states_it_is_told_how_much_there_was_and_is() {
    let app = TestApp::empty().await;
    put_many(&app).await;
    app.arrange("PUT", "/checkpoints/many", Value::Null).await;
    app.arrange("POST", "/snapshots", json!({"SnapshotId": "s-1", "RegionId": "cn-hangzhou"})).await;
    let replaced = json!({"Before": MANY + 1, "After": MANY});
    app.arrange("POST", "/checkpoints/many/restore", Value::Null).await;
    let expected = json!(["/checkpoints/{checkpoint}/restore", 2 * MANY + 1, 0, replaced]);
    assert_eq!(told(&app).await, expected);

    app.arrange("DELETE", "/disks/d-7", Value::Null).await;
    app.arrange("POST", "/reset?to=many", Value::Null).await;
    assert_eq!(told(&app).await, json!(["/reset", 1, 1, null]), "those that one has are compared: one comes back");
}

#[actix_web::test]
async fn what_others_change_while_a_reset_waits_for_its_turn_is_counted() {
    let app = TestApp::seeded(DISKS).await;
    let all = &app.app().sandboxes;
    let sandbox = all.by_name("default").unwrap();
    let turn = all.changing(&sandbox).await.unwrap();
    let change = async {
        // As long as these looks take, the reset comes as far as it can.
        for _ in 0..200 {
            all.checkpoints(&sandbox).await.unwrap();
        }
        let mut write = Write::begin(all, turn).await.unwrap();
        let disk_id = "d-9".to_owned();
        let region_id = "cn-hangzhou".to_owned();
        write.put(&Disk { disk_id, region_id, creation_time: NOW, ..Disk::default() }).await.unwrap();
        write.commit().await.unwrap();
    };
    join(app.arrange("POST", "/reset?to=seed", Value::Null), change).await;
    assert_eq!(told(&app).await, json!(["/reset", 1, 1, null]));
}
