//! What will be due: `GET /schedule`.

use serde_json::{Value, json};

use super::{BEGIN, DAY, advance, begin, policy, set, with};
use crate::support::TestApp;

async fn schedule(app: &TestApp, query: &str) -> Value {
    app.arrange("GET", &format!("/schedule{query}"), Value::Null).await
}

#[actix_web::test]
async fn it_says_what_comes_in_the_next_week() {
    let fields = json!({
        "DiskIds": ["d-1", "d-2"], "RepeatWeekdays": [1, 7], "RetentionDays": 3, "EnableCrossRegionCopy": true,
        "TargetCopyRegions": ["cn-beijing"],
    });
    let app = begin(with(json!([policy(fields)]))).await;
    let before = app.arrange("GET", "/state", Value::Null).await;
    let shown = schedule(&app, "").await;
    assert_eq!(
        (&shown["Now"], &shown["Until"], &shown["Truncated"]),
        (&json!(BEGIN), &json!("2026-03-22T12:00:00Z"), &json!(false))
    );
    let due = shown["Due"].as_array().unwrap();
    let told: Vec<(&Value, &Value)> = due.iter().map(|point| (&point["Time"], &point["DiskId"])).collect();
    let (monday, sunday) = (json!("2026-03-15T17:00:00Z"), json!("2026-03-21T17:00:00Z"));
    let (one, two) = (json!("d-1"), json!("d-2"));
    assert_eq!(told, [(&monday, &one), (&monday, &two), (&sunday, &one), (&sunday, &two)]);
    let mut first = due[0].clone();
    let id = first["SnapshotId"].take();
    assert_eq!(
        first,
        json!({
            "Time": "2026-03-15T17:00:00Z", "AutoSnapshotPolicyId": "sp-1", "DiskId": "d-1", "RegionId": "cn-hangzhou",
            "SnapshotName": "auto2.0_20260316_sp-1", "SnapshotId": null, "ExpirationTime": "2026-03-18T17:00:00Z",
            "Removes": [], "CopiesTo": ["cn-beijing"],
        })
    );
    assert_eq!(app.arrange("GET", "/state", Value::Null).await, before, "nobody made anything");
    advance(&app, DAY).await;
    assert!(app.ids("").await.contains(&id.as_str().unwrap().to_owned()), "the id is that which was said");
}

#[actix_web::test]
async fn it_looks_as_far_as_it_is_told_and_says_whether_there_is_more() {
    let app = begin(with(json!([policy(json!({}))]))).await;
    let count = async |query: &str| {
        let shown = schedule(&app, query).await;
        (shown["Due"].as_array().unwrap().len(), shown["Truncated"].as_bool().unwrap())
    };
    assert_eq!(count("?until=2026-03-15T16:59:59Z").await, (0, false));
    assert_eq!(count("?until=2026-03-15T17:00:00Z").await, (1, false));
    assert_eq!(count("?until=2026-05-15T12:00:00Z&limit=61").await, (61, false));
    assert_eq!(count("?until=2026-05-15T12:00:00Z&limit=60").await, (60, true));
    assert_eq!(count("?until=2036-01-01T00:00:00Z").await, (100, true));
    assert_eq!(count("?until=2036-01-01T00:00:00Z&limit=1000").await, (1_000, true));
    assert_eq!(count("?until=2020-01-01T00:00:00Z").await, (0, false));
}

#[actix_web::test]
async fn it_names_what_goes_for_a_new_one_also_of_those_to_come() {
    let app = begin(set(json!({"AutomaticSnapshotsPerDisk": 2}), json!({}))).await;
    let shown = schedule(&app, "").await;
    let due = shown["Due"].as_array().unwrap();
    for number in 0..due.len() {
        let expected = if number < 2 { json!([]) } else { json!([due[number - 2]["SnapshotId"]]) };
        assert_eq!(due[number]["Removes"], expected, "{number}");
    }
    assert_eq!(due.len(), 7);
}

#[actix_web::test]
async fn it_knows_that_a_snapshot_of_an_old_disk_will_be_in_the_way() {
    let fields = json!({"DiskIds": ["d-old"], "TimePoints": [1, 2]});
    let app = begin(set(json!({"SnapshotSeconds": 5_000}), fields)).await;
    let shown = schedule(&app, "?until=2026-03-16T12:00:00Z").await;
    assert_eq!((&shown["Due"][0]["Skipped"], &shown["Due"][1]["Skipped"]), (&Value::Null, &json!("CreatingSnapshot")));
}

#[actix_web::test]
async fn what_is_over_or_has_no_disks_is_not_due() {
    let policies =
        json!([policy(json!({"Status": "Expire"})), policy(json!({"AutoSnapshotPolicyId": "sp-2", "DiskIds": []})),]);
    let app = begin(with(policies)).await;
    assert_eq!(schedule(&app, "").await["Due"], json!([]));
}

#[actix_web::test]
async fn wrong_questions_are_told_what_is_wrong() {
    let app = TestApp::empty().await;
    for (query, field) in [
        ("?until=soon", "until"),
        ("?limit=0", "limit"),
        ("?limit=1001", "limit"),
        ("?limit=x", "limit"),
        ("?bogus=1", "bogus"),
    ] {
        let reply = app.control("GET", &format!("/sandboxes/default/schedule{query}"), Value::Null).await;
        assert_eq!(reply.status, 400, "{query}: {}", reply.body);
        assert!(reply.body.contains(field), "{query}: {}", reply.body);
    }
    assert_eq!(app.control("GET", "/sandboxes/nobody/schedule", Value::Null).await.status, 404);
}

#[actix_web::test]
async fn however_far_it_is_seen_the_next_point_comes_first() {
    let hours: Value = (0..24).collect();
    let disks: Vec<Value> =
        (0..500).map(|number| json!({"DiskId": format!("d-{number}"), "Category": "cloud_essd"})).collect();
    let ids: Vec<&Value> = disks.iter().map(|disk| &disk["DiskId"]).collect();
    let policy = policy(json!({"TimePoints": hours, "DiskIds": ids}));
    let app = begin(json!({"Disks": disks, "AutoSnapshotPolicies": [policy]})).await;
    let schedule = app.arrange("GET", "/schedule?limit=1&until=9999-01-01T00:00:00Z", Value::Null).await;
    assert_eq!(schedule["Due"][0]["Time"], "2026-03-15T13:00:00Z");
}
