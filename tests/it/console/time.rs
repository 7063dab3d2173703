//! Time: the clock, what it is making, what is due next, and forms that move it.

use serde_json::{Value, json};

use super::{led, page, post, rows};
use crate::support::TestApp;

const POLICY: &str = "{Disks: [{DiskId: d-1}], AutoSnapshotPolicies: [{AutoSnapshotPolicyId: sp-1, TimePoints: [22],
    RepeatWeekdays: [1, 2, 3, 4, 5, 6, 7], DiskIds: [d-1]}]}";

async fn clock(app: &TestApp) -> Value {
    app.arrange("GET", "/clock", Value::Null).await
}

/// What the page says what time it is.
fn shown(page: &str) -> String {
    page.split("<time id=\"now\">").nth(1).unwrap().split('<').next().unwrap().to_owned()
}

#[actix_web::test]
async fn buttons_move_it() {
    let app = TestApp::seeded(POLICY).await;
    for (fields, now) in [
        (&[("Seconds", "60")], "2026-03-15T12:01:00Z"),
        (&[("Seconds", "3600")], "2026-03-15T13:01:00Z"),
        (&[("ToNextDue", "true")], "2026-03-15T14:00:00Z"),
        (&[("Seconds", "86400")], "2026-03-16T14:00:00Z"),
    ] {
        assert_eq!(led(&post(&app, "/s/default/time/advance", fields).await), "/s/default/time");
        assert_eq!(
            (clock(&app).await["Now"].as_str().unwrap(), shown(&page(&app, "/s/default/time").await)),
            (now, now.to_owned())
        );
    }
    assert_eq!(app.arrange("GET", "/snapshots", Value::Null).await["TotalCount"], 2, "of both points");
}

#[actix_web::test]
async fn buttons_of_the_page_are_those_steps() {
    let app = TestApp::seeded(POLICY).await;
    let body = page(&app, "/s/default/time").await;
    for button in [
        "name=\"Seconds\" value=\"60\">A minute<",
        "name=\"Seconds\" value=\"3600\">An hour<",
        "name=\"Seconds\" value=\"86400\">A day<",
        "name=\"ToNextDue\" value=\"true\">To the next due point<",
    ] {
        assert!(body.contains(button), "{button}: {body}");
    }
    let empty = page(&TestApp::empty().await, "/s/default/time").await;
    assert!(empty.contains("name=\"ToNextDue\" value=\"true\" disabled>"), "nothing is due there");
}

#[actix_web::test]
async fn it_is_frozen_run_and_set() {
    let app = TestApp::empty().await;
    let body = page(&app, "/s/default/time").await;
    assert!(body.contains("the clock runs") && body.contains("hx-trigger=\"every 2s\""));
    for (fields, expected) in [
        (vec![("Mode", "frozen")], json!({"Mode": "frozen", "Time": "2026-03-15T12:00:00Z"})),
        (
            vec![("Mode", "scaled"), ("Rate", "1"), ("Time", ""), ("Seconds", "")],
            json!({"Mode": "scaled", "Rate": 1.0, "Time": "2026-03-15T12:00:00Z", "Since": "2026-03-15T12:00:00Z"}),
        ),
        (vec![("Mode", "offset"), ("Seconds", "-60")], json!({"Mode": "offset", "Seconds": -60})),
        (
            vec![("Mode", "frozen"), ("Time", "2030-01-01T00:00:00Z"), ("CatchUp", "false")],
            json!({"Mode": "frozen", "Time": "2030-01-01T00:00:00Z"}),
        ),
        (vec![("Mode", "real")], json!({"Mode": "real"})),
    ] {
        assert_eq!(led(&post(&app, "/s/default/time", &fields).await), "/s/default/time");
        let mut clock = clock(&app).await;
        let now = clock.as_object_mut().unwrap().remove("Now").unwrap();
        assert_eq!(clock, expected);
        let body = page(&app, "/s/default/time").await;
        assert_eq!(shown(&body), now.as_str().unwrap());
        assert_eq!(body.contains("hx-trigger"), expected["Mode"] != "frozen", "it refreshes only where time passes");
    }
}

#[actix_web::test]
async fn progress_moves_with_it() {
    let app = TestApp::seeded(
        "{Snapshots: [{SnapshotId: s-1, CreationTime: \"2026-03-15T12:00:00Z\", ReadyTime: \"2026-03-15T12:04:00Z\"},
            {SnapshotId: s-2}, {SnapshotId: s-3, Progress: 7}],
          Images: [{ImageId: m-1, CreationTime: \"2026-03-15T12:00:00Z\", ReadyTime: \"2026-03-15T12:02:00Z\"}]}",
    )
    .await;
    app.arrange("PUT", "/clock", json!({"Mode": "frozen"})).await;
    let mut seen = Vec::new();
    for _ in 0..4 {
        let body = page(&app, "/s/default/time").await;
        let percents = body.split("<progress max=\"100\" value=\"").skip(1);
        let percents: Vec<&str> = percents.map(|rest| rest.split('"').next().unwrap()).collect();
        seen.push((rows(&body).join(" "), percents.join(" ")));
        post(&app, "/s/default/time/advance", &[("Seconds", "60")]).await;
    }
    let expected = [("s-1 m-1", "0 0"), ("s-1 m-1", "25 50"), ("s-1", "50"), ("s-1", "75")];
    assert_eq!(seen, expected.map(|(ids, percents)| (ids.to_owned(), percents.to_owned())));
    assert!(page(&app, "/s/default/time").await.contains("Nothing is in the making."));
}

#[actix_web::test]
async fn what_is_due_next_is_told() {
    let app = TestApp::seeded(POLICY).await;
    let body = page(&app, "/s/default/time").await;
    let schedule = app.arrange("GET", "/schedule?until=2026-03-16T14:00:00Z", Value::Null).await;
    let due: Vec<&str> =
        schedule["Due"].as_array().unwrap().iter().map(|due| due["SnapshotId"].as_str().unwrap()).collect();
    assert_eq!((rows(&body), due.len()), (due.iter().map(|id| (*id).to_owned()).collect(), 2));
    assert!(body.contains("<dt>Next due</dt><dd><time>2026-03-15T14:00:00Z</time>"), "{body}");
}

#[actix_web::test]
async fn what_is_refused_is_told_beside_what_was_filled_in() {
    let app = TestApp::empty().await;
    let before = clock(&app).await;
    for (path, fields, status, said) in [
        ("/time/advance", vec![("Seconds", "soon")], 400, "Seconds"),
        ("/time/advance", vec![("Seconds", "999999999999999")], 400, "Seconds"),
        ("/time/advance", vec![("Seconds", "1"), ("ToNextDue", "true")], 400, "ToNextDue"),
        ("/time/advance", vec![("ToNextDue", "true")], 409, "policy"),
        ("/time", vec![("Mode", "frozen"), ("Time", "today")], 400, "Time"),
        ("/time", vec![("Mode", "scaled"), ("Rate", "fast")], 400, "Rate"),
        ("/time", vec![("Mode", "real"), ("Seconds", "5")], 400, "Seconds"),
    ] {
        let reply = post(&app, &format!("/s/default{path}"), &fields).await;
        assert_eq!(reply.status, status, "{fields:?}: {}", reply.body);
        let alert = reply.body.split("role=\"alert\"").nth(1).unwrap().split("</p>").next().unwrap();
        assert!(alert.contains(said), "{fields:?}: {alert}");
        if let Some((name, value)) = fields.iter().find(|(name, _)| ["Seconds", "Time", "Rate"].contains(name)) {
            assert!(reply.body.contains(&format!("name=\"{name}\" value=\"{value}\"")), "{fields:?}");
        }
    }
    assert_eq!(clock(&app).await, before);
}

#[actix_web::test]
async fn moves_stand_in_the_journal_as_those_of_the_control_plane() {
    let app = TestApp::empty().await;
    post(&app, "/s/default/time", &[("Mode", "frozen")]).await;
    post(&app, "/s/default/time/advance", &[("Seconds", "60")]).await;
    post(&app, "/s/default/time/advance", &[("Seconds", "soon")]).await;
    let requests = app.arrange("GET", "/requests", Value::Null).await;
    let entries = requests["Requests"].as_array().unwrap().iter();
    let entries: Vec<_> = entries.map(|entry| (entry["Method"].as_str(), entry["Action"].as_str())).collect();
    assert_eq!(entries, [(Some("PUT"), Some("/clock")), (Some("POST"), Some("/clock/advance"))]);
}
