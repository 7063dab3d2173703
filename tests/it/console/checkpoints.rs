//! Checkpoints and what differs between them.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{led, open, page, post, rows, text};
use crate::support::TestApp;

#[actix_web::test]
async fn one_is_saved_restored_and_deleted() {
    let app = TestApp::seeded("Snapshots: [{SnapshotId: s-1}]").await;
    assert_eq!(led(&post(&app, "/s/default/checkpoints", &[("Name", "before")]).await), "/s/default/checkpoints");
    app.arrange("DELETE", "/snapshots/s-1", Value::Null).await;
    let body = page(&app, "/s/default/checkpoints").await;
    assert_eq!((rows(&body), text(&body, "h1").as_str()), (vec!["before".to_owned()], "Checkpoints"));
    assert!(body.contains("href=\"/_mock/console/s/default/diff?from=before&#38;to=now\""), "{body}");
    assert!(body.contains("<td class=\"number\">1</td>"), "the snapshots that it holds: {body}");

    let restored = post(&app, "/s/default/checkpoints/before/restore", &[]).await;
    assert_eq!(led(&restored), "/s/default/checkpoints");
    app.entry("snapshots/s-1").await;
    assert_eq!(led(&post(&app, "/s/default/checkpoints/before/delete", &[]).await), "/s/default/checkpoints");
    assert!(rows(&page(&app, "/s/default/checkpoints").await).is_empty());
    for action in ["restore", "delete"] {
        assert_eq!(post(&app, &format!("/s/default/checkpoints/before/{action}"), &[]).await.status, 404);
    }
    let requests = app.arrange("GET", "/requests", Value::Null).await;
    let entries = requests["Requests"].as_array().unwrap().iter();
    let actions: Vec<&str> = entries.map(|entry| entry["Action"].as_str().unwrap()).collect();
    let expected = ["/checkpoints/{checkpoint}", "/checkpoints/{checkpoint}/restore", "/checkpoints/{checkpoint}"];
    assert!(expected.iter().all(|action| actions.contains(action)), "{actions:?}");
}

#[actix_web::test]
async fn a_name_that_is_refused_is_told_beside_it() {
    let app = TestApp::empty().await;
    for name in ["a b", "now", ""] {
        let reply = post(&app, "/s/default/checkpoints", &[("Name", name)]).await;
        assert_eq!(reply.status, 400, "{name:?}");
        let alert = reply.body.split("role=\"alert\"").nth(1).unwrap().split("</p>").next().unwrap();
        assert!(alert.contains("Name"), "{alert}");
        assert!(reply.body.contains(&format!("name=\"Name\" value=\"{name}\"")), "{name:?}");
    }
}

#[actix_web::test]
async fn fifty_are_on_a_page() {
    let app = TestApp::empty().await;
    for number in 0..51 {
        app.arrange("PUT", &format!("/checkpoints/c-{number:02}"), Value::Null).await;
    }
    let body = page(&app, "/s/default/checkpoints").await;
    assert_eq!((rows(&body).len(), text(&body, "caption").as_str()), (50, "Checkpoints: 1 to 50 of 51, by name"));
    let next = body.split("rel=\"next\" href=\"/_mock/console").nth(1).unwrap().split('"').next().unwrap();
    assert_eq!(rows(&page(&app, next).await), ["c-50"]);
    assert_eq!(open(&app, "/s/default/checkpoints?PageNumber=0").await.status, 400);
}

#[actix_web::test]
async fn what_differs_is_shown_field_by_field() {
    let app = TestApp::seeded(
        "{Snapshots: [{SnapshotId: s-1, SnapshotName: \"<b>\"}, {SnapshotId: s-2}, {SnapshotId: s-3}],
          Disks: [{DiskId: d-1}]}",
    )
    .await;
    app.arrange("PUT", "/checkpoints/before", Value::Null).await;
    app.arrange("PATCH", "/snapshots/s-1", json!({"SnapshotName": "new", "RetentionDays": 7})).await;
    app.arrange("DELETE", "/snapshots/s-2", Value::Null).await;
    app.arrange("POST", "/disks", json!({"DiskId": "d-2"})).await;
    app.arrange("PUT", "/checkpoints/after", Value::Null).await;
    for (to, is_linked) in [("after", false), ("now", true), ("", true)] {
        let body = page(&app, &format!("/s/default/diff?from=before&to={to}")).await;
        assert_eq!(
            (rows(&body), text(&body, "h1").as_str()),
            (vec!["s-1".to_owned(), "s-2".to_owned(), "d-2".to_owned()], "Differences")
        );
        let row =
            |id: &str| body.split(&format!("<tr data-id=\"{id}\">")).nth(1).unwrap().split("</tr>").next().unwrap();
        assert!(row("s-1").contains("<td class=\"changed\">"), "{}", row("s-1"));
        for (field, from, to) in [("SnapshotName", "&#60;b&#62;", "new"), ("RetentionDays", "", "7")] {
            let change = format!("<dt>{field}</dt><dd><del><bdi>{from}</bdi></del> <ins><bdi>{to}</bdi></ins></dd>");
            assert!(row("s-1").contains(&change), "{change}: {}", row("s-1"));
        }
        assert!(row("s-2").contains("<td class=\"removed\">") && !row("s-2").contains("href="), "{}", row("s-2"));
        assert!(row("d-2").contains("<td class=\"added\">"), "{}", row("d-2"));
        assert_eq!(row("d-2").contains("href=\"/_mock/console/s/default/disks/d-2\""), is_linked);
    }
    let back = page(&app, "/s/default/diff?from=now&to=before").await;
    assert!(back.contains("<del><bdi>new</bdi></del> <ins><bdi>&#60;b&#62;</bdi></ins>"), "{back}");
    assert!(page(&app, "/s/default/diff?from=after").await.contains("Nothing differs."));
}

#[actix_web::test]
async fn many_differences_come_a_page_at_a_time() {
    let app = TestApp::empty().await;
    app.arrange("PUT", "/checkpoints/before", Value::Null).await;
    let mut document = String::new();
    let mut expected = Vec::new();
    for (kind, field, prefix) in [("Snapshots", "SnapshotId", "s"), ("Disks", "DiskId", "d")] {
        let _ = writeln!(document, "{kind}:");
        for number in 0..75 {
            let _ = writeln!(document, "  - {{{field}: {prefix}-{number:03}}}");
            expected.push(format!("{prefix}-{number:03}"));
        }
    }
    let request = app.request(reqwest::Method::PUT, "/_mock/v1/sandboxes/default/state");
    let reply = app.send(request.header("content-type", "application/yaml").body(document)).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    let (mut next, mut seen, mut sizes) = (Some("/s/default/diff?from=before".to_owned()), Vec::new(), Vec::new());
    while let Some(path) = next {
        let body = page(&app, &path).await;
        sizes.push(rows(&body).len());
        seen.extend(rows(&body));
        let link = body.split("rel=\"next\" href=\"/_mock/console").nth(1);
        next = link.map(|link| link.split('"').next().unwrap().replace("&#38;", "&"));
    }
    assert_eq!((seen, sizes), (expected, vec![50, 50, 50]));
}

#[actix_web::test]
async fn long_stretches_without_a_difference_are_gone_over_in_parts() {
    let app = TestApp::empty().await;
    let line = |number: usize, name: &str| {
        format!("{{\"Snapshot\": {{\"SnapshotId\": \"s-{number:05}\", \"SnapshotName\": \"{name}\"}}}}\n")
    };
    let document: String = (0..10_500).map(|number| line(number, "x")).collect();
    let request = app.request(reqwest::Method::PUT, "/_mock/v1/sandboxes/default/state");
    let reply = app.send(request.header("content-type", "application/x-ndjson").body(document)).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    app.arrange("PUT", "/checkpoints/before", Value::Null).await;
    app.arrange("PATCH", "/snapshots/s-10400", json!({"SnapshotName": "y"})).await;
    let body = page(&app, "/s/default/diff?from=before").await;
    assert!(rows(&body).is_empty() && body.contains("Among the resources so far, none differs."), "{body}");
    let next = body.split("rel=\"next\" href=\"/_mock/console").nth(1).unwrap().split('"').next().unwrap();
    let body = page(&app, &next.replace("&#38;", "&")).await;
    assert_eq!((rows(&body), body.contains("rel=\"next\"")), (vec!["s-10400".to_owned()], false));
}

#[actix_web::test]
async fn states_that_are_not_there_are_told() {
    let app = TestApp::empty().await;
    assert_eq!(open(&app, "/s/default/diff?from=none").await.status, 404);
    for query in ["from=now&kind=trees", "from=now&form=x"] {
        assert_eq!(open(&app, &format!("/s/default/diff?{query}")).await.status, 400, "{query}");
    }
    assert!(!page(&app, "/s/default/diff").await.contains("<table"), "nothing is compared yet");
}
