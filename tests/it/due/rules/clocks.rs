//! What clocks do when they are moved.

use serde_json::{Value, json};

use super::{BEGIN, DAY, HOUR, advance, begin, caught_up, made, policy, set, with};
use crate::support::NOW;

#[actix_web::test]
async fn a_clock_that_is_put_catches_up_before_it_answers() {
    let app = begin(with(json!([policy(json!({"RetentionDays": 2}))]))).await;
    let put = app.arrange("PUT", "/clock", json!({"Mode": "frozen", "Time": "2026-03-20T12:00:00Z"})).await;
    assert_eq!(caught_up(&put), (5, 3));
    assert_eq!(put["Now"], "2026-03-20T12:00:00Z");
    assert_eq!(made(&app).await, ["d-1 2026-03-18T17:00:00Z", "d-1 2026-03-19T17:00:00Z"]);
}

#[actix_web::test]
async fn one_jump_and_many_steps_leave_the_same() {
    let document = || {
        let fields = json!({
            "RetentionDays": 3, "DiskIds": ["d-1", "d-old"], "TimePoints": [1, 2], "EnableCrossRegionCopy": true,
            "TargetCopyRegions": ["cn-beijing"],
        });
        set(json!({"SnapshotSeconds": HOUR + 5, "AutomaticSnapshotsPerDisk": 3, "FailNextSnapshots": 7}), fields)
    };
    let app = crate::support::TestApp::empty().await;
    for name in ["jump", "steps"] {
        let clock = json!({"Mode": "frozen", "Time": BEGIN});
        let sandbox = json!({"Name": name, "From": "empty", "IdSeed": 5, "Clock": clock});
        assert_eq!(app.control("POST", "/sandboxes", sandbox).await.status, 201);
        assert_eq!(app.control("PUT", &format!("/sandboxes/{name}/state"), document()).await.status, 200);
    }
    let advance = async |name: &str, seconds: i64| {
        let reply = app.control("POST", &format!("/sandboxes/{name}/clock/advance"), json!({"Seconds": seconds})).await;
        caught_up(&reply.json())
    };
    let jumped = advance("jump", 10 * DAY).await;
    let mut walked = (0, 0);
    for _ in 0..40 {
        let (made, expired) = advance("steps", 6 * HOUR).await;
        walked = (walked.0 + made, walked.1 + expired);
    }
    assert_eq!(walked, jumped);
    let state = async |name: &str| app.control("GET", &format!("/sandboxes/{name}/state"), Value::Null).await.body;
    assert_eq!(state("steps").await, state("jump").await);
}

#[actix_web::test]
async fn without_catching_up_nothing_is_made_for_the_time_between() {
    let fields = json!({"EnableCrossRegionCopy": true, "TargetCopyRegions": ["cn-beijing"]});
    let app = begin(set(json!({"SnapshotSeconds": 100}), fields)).await;
    advance(&app, 5 * HOUR).await;
    let skipped = app.arrange("POST", "/clock/advance", json!({"Seconds": 3 * DAY, "CatchUp": false})).await;
    assert_eq!(caught_up(&skipped), (0, 0));
    assert_eq!(made(&app).await, ["d-1 2026-03-15T17:00:00Z"], "its copy was due, too");
    assert_eq!(advance(&app, DAY - 1).await, (0, 0));
    assert_eq!(advance(&app, 101).await, (2, 0), "from then on all is as before");
    let put = json!({"Mode": "frozen", "Time": "2026-03-22T12:00:00Z", "CatchUp": false});
    assert_eq!(caught_up(&app.arrange("PUT", "/clock", put).await), (0, 0));
    assert_eq!(made(&app).await.len(), 3);
}

#[actix_web::test]
async fn without_catching_up_copies_that_are_due_later_stay_due() {
    let fields = json!({"EnableCrossRegionCopy": true, "TargetCopyRegions": ["cn-beijing"]});
    let app = begin(set(json!({"SnapshotSeconds": 100}), fields)).await;
    advance(&app, 5 * HOUR).await;
    app.arrange("POST", "/clock/advance", json!({"Seconds": 99, "CatchUp": false})).await;
    assert_eq!(advance(&app, 1).await, (1, 0));
}

#[actix_web::test]
async fn a_clock_that_is_set_back_makes_and_removes_nothing() {
    let app = begin(with(json!([policy(json!({"RetentionDays": 2}))]))).await;
    advance(&app, 5 * DAY).await;
    let held = made(&app).await;
    assert_eq!(held, ["d-1 2026-03-18T17:00:00Z", "d-1 2026-03-19T17:00:00Z"]);
    assert_eq!(advance(&app, -4 * DAY).await, (0, 0));
    assert_eq!(made(&app).await, held);
    assert_eq!(app.ids("").await.len(), 2, "those dated ahead are seen");
    // A disk that comes now begins now; the other one fired long ago.
    app.arrange("PATCH", "/auto-snapshot-policies/sp-1", json!({"DiskIds": ["d-1", "d-2"]})).await;
    assert_eq!(advance(&app, DAY).await, (1, 0));
    assert!(made(&app).await.contains(&"d-2 2026-03-16T17:00:00Z".to_owned()));
    assert_eq!(advance(&app, 3 * DAY).await, (3, 2), "of d-2 alone");
    assert_eq!(advance(&app, DAY).await, (2, 2));
}

#[actix_web::test]
async fn to_the_next_due_is_to_a_point_or_a_copy() {
    let fields = json!({
        "RepeatWeekdays": [3], "EnableCrossRegionCopy": true, "TargetCopyRegions": ["cn-beijing"],
    });
    let app = begin(set(json!({"SnapshotSeconds": 100}), fields)).await;
    for (due, expected) in
        [("2026-03-17T17:00:00Z", (1, 0)), ("2026-03-17T17:01:40Z", (1, 0)), ("2026-03-24T17:00:00Z", (1, 0))]
    {
        let reply = app.arrange("POST", "/clock/advance", json!({"ToNextDue": true})).await;
        assert_eq!((&reply["Due"], &reply["Now"], &reply["Mode"]), (&json!(due), &json!(due), &json!("frozen")));
        assert_eq!(caught_up(&reply), expected, "{due}");
    }
}

#[actix_web::test]
async fn to_the_next_due_works_in_every_mode() {
    for clock in
        [json!({"Mode": "real"}), json!({"Mode": "offset", "Seconds": 0}), json!({"Mode": "scaled", "Rate": 2.0})]
    {
        let app = begin(with(json!([policy(json!({}))]))).await;
        app.arrange("PUT", "/clock", clock.clone()).await;
        let reply = app.arrange("POST", "/clock/advance", json!({"ToNextDue": true})).await;
        assert_eq!(
            (&reply["Due"], &reply["Now"]),
            (&json!("2026-03-15T17:00:00Z"), &json!("2026-03-15T17:00:00Z")),
            "{clock}"
        );
        assert_eq!(caught_up(&reply), (1, 0));
    }
}

#[actix_web::test]
async fn where_nothing_is_due_there_is_no_next() {
    let nothing = [
        json!({}),
        with(json!([policy(json!({"Status": "Expire"}))])),
        with(json!([policy(json!({"DiskIds": []}))])),
        with(json!([policy(json!({"TimePoints": []}))])),
    ];
    for document in nothing {
        let app = begin(document.clone()).await;
        let reply = app.control("POST", "/sandboxes/default/clock/advance", json!({"ToNextDue": true})).await;
        assert_eq!(reply.status, 409, "{document}: {}", reply.body);
        assert_eq!(app.arrange("GET", "/clock", Value::Null).await["Now"], BEGIN);
    }
}

#[actix_web::test]
async fn to_the_next_due_and_by_seconds_are_two_ways() {
    let app = begin(with(json!([policy(json!({}))]))).await;
    for (body, field) in [
        (json!({"ToNextDue": true, "Seconds": 5}), "ToNextDue"),
        (json!({}), "Seconds"),
        (json!({"ToNextDue": "yes"}), "ToNextDue"),
        (json!({"Seconds": 5, "CatchUp": "no"}), "CatchUp"),
    ] {
        let reply = app.control("POST", "/sandboxes/default/clock/advance", body.clone()).await;
        assert_eq!(reply.status, 400, "{body}: {}", reply.body);
        assert!(reply.body.contains(field), "{body}: {}", reply.body);
    }
    assert_eq!(app.arrange("GET", "/clock", Value::Null).await["Now"], BEGIN);
}

#[actix_web::test]
async fn of_a_running_clock_the_moment_of_the_look_matters() {
    let app = begin(with(json!([policy(json!({}))]))).await;
    app.arrange("PUT", "/clock", json!({"Mode": "scaled", "Rate": 3_600.0, "Time": BEGIN})).await;
    app.clock.set(NOW.plus(4));
    assert_eq!(app.ids("").await.len(), 0);
    app.clock.set(NOW.plus(5 + 48));
    assert_eq!(app.ids("").await.len(), 3);
    assert_eq!(made(&app).await[0], "d-1 2026-03-15T17:00:00Z");
}

#[actix_web::test]
async fn without_catching_up_what_is_over_goes_nevertheless() {
    let app = begin(with(json!([policy(json!({"RetentionDays": 1}))]))).await;
    advance(&app, 5 * HOUR).await;
    let skipped = app.arrange("POST", "/clock/advance", json!({"Seconds": 2 * DAY, "CatchUp": false})).await;
    assert_eq!(caught_up(&skipped), (0, 1));
    assert_eq!(made(&app).await, [""; 0]);
}

#[actix_web::test]
async fn a_clock_that_is_set_back_does_not_remove_what_an_image_kept() {
    let app = begin(with(json!([policy(json!({"RetentionDays": 1, "RepeatWeekdays": [1]}))]))).await;
    advance(&app, 5 * HOUR).await;
    let id = app.ids("").await.remove(0);
    app.arrange("POST", "/images", json!({"ImageId": "m-1", "SnapshotIds": [id]})).await;
    advance(&app, 2 * DAY).await;
    app.arrange("DELETE", "/images/m-1", Value::Null).await;
    assert_eq!(advance(&app, -60).await, (0, 0));
    assert_eq!(made(&app).await, ["d-1 2026-03-15T17:00:00Z"]);
    assert_eq!(advance(&app, 1).await, (0, 1));
    assert_eq!(made(&app).await, [""; 0]);
}
