//! Sandboxes: the list, one of them, making, forking, deleting.

use serde_json::{Value, json};

use super::{led, open, page, post, rows, text};
use crate::support::TestApp;

#[actix_web::test]
async fn the_list_shows_what_each_holds() {
    let app = TestApp::seeded("{Snapshots: [{SnapshotId: s-1}, {SnapshotId: s-2}], Disks: [{DiskId: d-1}]}").await;
    app.control("POST", "/sandboxes", json!({"Name": "a", "From": "empty", "TtlSeconds": 3600})).await;
    let body = page(&app, "/sandboxes").await;
    assert_eq!((rows(&body), text(&body, "h1").as_str()), (vec!["a".to_owned(), "default".to_owned()], "Sandboxes"));
    let row = body.split("<tr data-id=\"default\">").nth(1).unwrap().split("</tr>").next().unwrap();
    assert!(row.contains("href=\"/_mock/console/s/default/snapshots\">2<"), "{row}");
    assert!(row.contains("href=\"/_mock/console/s/default/disks\">1<") && row.contains("for ever"), "{row}");
    let row = body.split("<tr data-id=\"a\">").nth(1).unwrap().split("</tr>").next().unwrap();
    assert!(row.contains("href=\"/_mock/console/s/a/snapshots\">0<") && row.contains(">3600<"), "{row}");
}

#[actix_web::test]
async fn the_list_has_pages() {
    let app = TestApp::empty().await;
    for name in ["a", "b", "c"] {
        app.sandbox(name, json!("empty")).await;
    }
    let first = page(&app, "/sandboxes?MaxResults=2").await;
    assert_eq!(rows(&first), ["a", "b"]);
    let next = first.split("rel=\"next\" href=\"/_mock/console").nth(1).unwrap().split('"').next().unwrap();
    assert_eq!(rows(&page(&app, next).await), ["c", "default"]);
}

#[actix_web::test]
async fn one_is_made_forked_and_deleted() {
    let app = TestApp::seeded("Snapshots: [{SnapshotId: s-1}]").await;
    let fields = [("Name", "a"), ("From", "empty"), ("TtlSeconds", "60"), ("AccessKeySecret", "a-secret")];
    let reply = post(&app, "/sandboxes", &fields).await;
    assert_eq!(led(&reply), "/s/a");
    // The page that it leads to says so, once.
    let cookie = reply.header("set-cookie").split(';').next().unwrap().to_owned();
    let shown = app.send(app.request(reqwest::Method::GET, "/_mock/console/s/a").header("cookie", cookie)).await;
    assert!(shown.body.contains("The sandbox a is made."), "{}", shown.body);
    assert!(shown.header("set-cookie").contains("Max-Age=0"));
    assert!(shown.body.contains("a-secret"));

    assert_eq!(led(&post(&app, "/sandboxes", &[("Name", "b"), ("From", "sandbox:default")]).await), "/s/b");
    assert_eq!(app.control("GET", "/sandboxes/b/snapshots", Value::Null).await.json()["TotalCount"], 1);
    app.control("PUT", "/sandboxes/b/checkpoints/before", Value::Null).await;
    app.control("DELETE", "/sandboxes/b/snapshots/s-1", Value::Null).await;
    assert!(page(&app, "/s/b").await.contains("<option>before</option>"));
    let fork = [("Name", "c"), ("From", "sandbox:b"), ("Checkpoint", "before"), ("TtlSeconds", "")];
    assert_eq!(led(&post(&app, "/sandboxes", &fork).await), "/s/c");
    assert_eq!(app.control("GET", "/sandboxes/c/snapshots", Value::Null).await.json()["TotalCount"], 1);

    assert_eq!(led(&post(&app, "/s/b/delete", &[]).await), "/sandboxes");
    assert_eq!(open(&app, "/s/b").await.status, 404);
    assert_eq!(post(&app, "/s/default/delete", &[]).await.status, 409);
    assert!(!page(&app, "/s/default").await.contains("Delete this sandbox"));
}

#[actix_web::test]
async fn what_cannot_be_made_is_told_beside_what_was_filled_in() {
    let app = TestApp::empty().await;
    for (fields, status, said) in [
        (&[("Name", "default")][..], 409, "default"),
        (&[("Name", "a b")][..], 400, "Name"),
        (&[("Name", "ok"), ("TtlSeconds", "soon")][..], 400, "TtlSeconds"),
        (&[("Name", "ok"), ("TtlSeconds", "0")][..], 400, "TtlSeconds"),
        (&[("Name", "ok"), ("From", "sandbox:nobody")][..], 404, "nobody"),
    ] {
        let reply = post(&app, "/sandboxes", fields).await;
        assert_eq!(reply.status, status, "{fields:?}: {}", reply.body);
        let alert = reply.body.split("role=\"alert\"").nth(1).unwrap().split("</p>").next().unwrap();
        assert!(alert.contains(said), "{fields:?}: {alert}");
        assert!(reply.body.contains(&format!("name=\"Name\" value=\"{}\"", fields[0].1)), "{fields:?}");
    }
    assert_eq!(rows(&page(&app, "/sandboxes").await), ["default"]);
}

#[actix_web::test]
async fn a_fork_that_is_refused_stays_the_fork_that_it_was() {
    let app = TestApp::seeded("{Snapshots: [{SnapshotId: s-1}]}").await;
    app.arrange("PUT", "/checkpoints/before", json!(null)).await;
    app.arrange("DELETE", "/snapshots/s-1", json!(null)).await;
    let fields = [("Name", "default"), ("From", "sandbox:default"), ("Checkpoint", "before")];
    let refused = post(&app, "/sandboxes", &fields).await;
    assert_eq!(refused.status, 409);
    assert!(refused.body.contains("<option value=\"sandbox:default\" selected>"), "{}", refused.body);
    assert!(refused.body.contains("name=\"Checkpoint\" value=\"before\""), "{}", refused.body);
    // Of a sandbox that is on none of the list's first pages.
    let elsewhere = post(&app, "/sandboxes", &[("Name", "ok"), ("From", "sandbox:nobody")]).await;
    assert!(elsewhere.body.contains("<option value=\"sandbox:nobody\" selected>"), "{}", elsewhere.body);
    assert!(!page(&app, "/sandboxes").await.contains("name=\"Checkpoint\""));
}

#[actix_web::test]
async fn one_shows_what_clients_are_told_to_reach_it() {
    let app = TestApp::empty().await;
    let new = json!({"Name": "a", "AccessKeyId": "an-id", "AccessKeySecret": "q\"'${x}\\"});
    assert_eq!(app.control("POST", "/sandboxes", new).await.status, 201);
    let body = page(&app, "/s/a").await;
    assert_eq!(text(&body, "h1"), "Sandbox a");
    let decoded = body.replace("&#34;", "\"").replace("&#39;", "'").replace("&#38;", "&");
    let host = app.address;
    for line in [
        format!("export ALIBABA_CLOUD_ENDPOINT='{host}'"),
        "export ALIBABA_CLOUD_ACCESS_KEY_SECRET='q\"'\\''${x}\\'".to_owned(),
        format!("endpoint=\"{host}\", protocol=\"http\""),
        format!("new RPCClient({{ endpoint: \"http://{host}\""),
        format!("tea.String(\"{host}\")"),
        format!("client.Domain = \"{host}\""),
        format!(".setEndpoint(\"{host}\").setProtocol(\"http\")"),
        format!("--endpoint {host} --mode AK --insecure"),
        "secret_key             = \"q\\\"'$${x}\\\\\"".to_owned(),
        "accessKeySecret: \"q\\\"'${x}\\\\\"".to_owned(),
    ] {
        assert!(decoded.contains(&line), "{line}: {decoded}");
    }
    assert_eq!(body.matches("data-copy=\"settings-").count(), 11);
}
