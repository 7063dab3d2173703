//! One entry of the journal: what it tells, the attempts it is one of, and why its answer was what it was.

use serde_json::json;

use super::{open, page, rows, text};
use crate::support::{NOW, TestApp};

/// The table with this caption, or what it begins with.
fn table<'p>(page: &'p str, caption: &str) -> &'p str {
    let table = page.split(&format!("<caption>{caption}")).nth(1).unwrap_or_else(|| panic!("no {caption}: {page}"));
    table.split("</table>").next().unwrap()
}

/// The texts of the cells of a row.
fn cells(table: &str, id: &str) -> Vec<String> {
    let row = table.split(&format!("<tr data-id=\"{id}\">")).nth(1).unwrap_or_else(|| panic!("no {id}: {table}"));
    row.split("</tr>").next().unwrap().split("<td").skip(1).map(|rest| text(&format!("<td{rest}"), "td")).collect()
}

async fn seeded() -> TestApp {
    TestApp::seeded(
        "Snapshots: [{SnapshotId: s-1, SnapshotName: nightly, SourceDiskId: d-1}, {SnapshotId: s-2, Tags: {env: prod}},
           {SnapshotId: s-3, RegionId: cn-beijing}]",
    )
    .await
}

#[actix_web::test]
async fn it_shows_what_was_asked_answered_and_changed() {
    let app = seeded().await;
    app.act("DeleteSnapshot&SnapshotId=s-1&Force=true").await;
    app.get("Action=DeleteSnapshot&SnapshotId=s-1&Password=sesame").await;
    let body = page(&app, "/s/default/requests/1").await;
    assert_eq!(text(&body, "h1"), "Request 1");
    let fields = table(&body, "Fields");
    for (field, value) in
        [("Kind", "request"), ("Action", "DeleteSnapshot"), ("Status", "200"), ("Changed", "1"), ("Method", "GET")]
    {
        assert_eq!(cells(fields, field), [value], "{field}");
    }
    assert_eq!(cells(table(&body, "Parameters"), "SnapshotId"), ["s-1"]);
    assert_eq!(cells(table(&body, "Changes"), "s-1"), ["Snapshot", "removed"]);
    assert!(body.contains("href=\"/_mock/console/s/default/snapshots/s-1\">s-1</a></li>"), "{body}");
    assert!(body.contains("href=\"/_mock/console/s/default/requests/2\">The next one</a>"), "{body}");
    assert!(!body.contains("The one before"), "{body}");
    assert!(!body.contains("Explanation"), "what lists nothing has no list to explain: {body}");

    let body = page(&app, "/s/default/requests/2").await;
    assert_eq!(cells(table(&body, "Fields"), "Code"), ["InvalidSnapshotId.NotFound"]);
    assert_eq!(cells(table(&body, "Parameters"), "Password"), ["***"]);
    assert!(!body.contains("sesame"), "{body}");
    let archive = "/s/default/requests/json?format=har&SinceSequence=2&MaxResults=1";
    assert!(body.contains(&archive.replace('&', "&#38;")), "{body}");
    let archive = open(&app, archive).await.json();
    assert_eq!(archive["log"]["entries"].as_array().unwrap().len(), 1);
    assert_eq!(archive["log"]["entries"][0]["_entry"]["Sequence"], 2);
}

#[actix_web::test]
async fn attempts_at_the_same_lead_to_each_other_and_a_fault_to_where_it_is_planned() {
    let app = TestApp::empty().await;
    let plan =
        json!({"Name": "busy", "Match": {"Action": "DescribeRegions"}, "Times": 1, "Effect": {"Throttling": {}}});
    app.arrange("POST", "/faults", plan).await;
    app.get("Action=DescribeRegions").await;
    // What is asked while another still is answered is no attempt behind it.
    app.clock.set(NOW.plus(1));
    app.get("Action=DescribeRegions").await;
    let first = page(&app, "/s/default/requests/2").await;
    assert_eq!(cells(table(&first, "Fields"), "Fault"), ["busy"]);
    assert!(first.contains("href=\"/_mock/console/s/default/faults\"><bdi>busy</bdi>"), "{first}");
    let second = page(&app, "/s/default/requests/3").await;
    assert_eq!(cells(table(&second, "Fields"), "Attempt"), ["2"]);
    assert_eq!(rows(table(&second, "Attempts")), ["2", "3"]);
    assert!(table(&second, "Fields").contains("href=\"/_mock/console/s/default/requests/2\"><bdi>2</bdi>"));
    // A change by the control plane is an entry, and there is nothing to explain of it.
    let plan = page(&app, "/s/default/requests/1").await;
    assert_eq!(cells(table(&plan, "Fields"), "Action"), ["/faults"]);
    assert!(!plan.contains("Explanation") && !plan.contains("Attempts at"), "{plan}");
    assert!(!page(&app, "/s/default/requests/1?id=s-1").await.contains("Explanation"));
}

#[actix_web::test]
async fn an_explanation_tells_how_a_list_narrows_and_why_a_row_is_not_on_it() {
    let app = seeded().await;
    app.act("DescribeSnapshots&RegionId=cn-hangzhou&SnapshotName=Nightly&Tag.1.Key=env").await;
    let body = page(&app, "/s/default/requests/1").await;
    let asking = "/s/default/requests/1?explain=true";
    assert!(body.contains(&format!("href=\"/_mock/console{asking}\"")), "{body}");
    assert!(!body.contains("Conditions"), "it takes long in a large sandbox, and is made for who asks for it");
    assert!(body.contains("/_mock/v1/sandboxes/default/requests/1/explanation"), "{body}");
    let body = page(&app, asking).await;
    let conditions = table(&body, "Conditions");
    assert_eq!(rows(conditions), ["RegionId", "SnapshotName", "Tag.1"]);
    assert_eq!(cells(conditions, "RegionId"), ["cn-hangzhou", "2", "2"]);
    assert_eq!(cells(conditions, "SnapshotName"), ["Nightly", "0", "0"]);
    assert_eq!(cells(conditions, "Tag.1")[1..], ["1", "0"]);
    assert!(body.contains("DescribeSnapshots lists 0 of 3."), "{body}");
    assert!(!body.contains("id=\"verdict\""), "nothing is asked about");

    let body = page(&app, "/s/default/requests/1?id=s-1").await;
    assert_eq!(text(&body, "h3"), "s-1 is not listed");
    assert!(body.contains("name=\"id\" value=\"s-1\""), "{body}");
    let failed = table(&body, "What keeps it from the list");
    assert_eq!(cells(failed, "SnapshotName"), ["Nightly", "nightly", "they differ in case"]);
    assert_eq!(cells(failed, "Tag.1")[1..], ["none", ""]);
    let nearest = table(&body, "Almost listed");
    assert_eq!((rows(nearest), cells(nearest, "s-2")[0].as_str()), (vec!["s-2".to_owned()], "SnapshotName"));
    let json = "/s/default/requests/1/explanation?id=s-1";
    assert!(body.contains(&format!("href=\"/_mock/console{json}\"")), "{body}");
    assert!(body.contains("/_mock/v1/sandboxes/default/requests/1/explanation?id=s-1"), "{body}");
    assert_eq!(open(&app, json).await.json()["Row"]["Id"], "s-1");

    let body = page(&app, "/s/default/requests/1?id=s-3").await;
    assert!(body.contains("It is in the region cn-beijing."), "{body}");
    app.act("DeleteSnapshot&SnapshotId=s-1").await;
    let body = page(&app, "/s/default/requests/1?id=s-1").await;
    assert!(body.contains("href=\"/_mock/console/s/default/requests/2\"><bdi>The request 2 took it out."), "{body}");
    assert!(body.contains("The sandbox has changed since the request."), "{body}");
    assert!(page(&app, "/s/default/requests/1?id=s-9").await.contains("It is nowhere."));

    app.act("DescribeSnapshots&RegionId=cn-hangzhou").await;
    let body = page(&app, "/s/default/requests/3?id=s-2").await;
    assert_eq!(text(&body, "h3"), "s-2 is listed, on page 1");
}

#[actix_web::test]
async fn what_may_have_taken_one_out_is_led_to_where_no_entry_names_it() {
    let app = TestApp::empty().await;
    let snapshots: Vec<_> = (0..30).map(|number| json!({"SnapshotId": format!("s-{number:02}")})).collect();
    app.arrange("POST", "/state", json!({"Snapshots": snapshots})).await;
    app.arrange("DELETE", "/snapshots?RegionId=cn-hangzhou", serde_json::Value::Null).await;
    app.act("DescribeSnapshots&RegionId=cn-hangzhou").await;
    let body = page(&app, "/s/default/requests/3?id=s-29").await;
    let link = "href=\"/_mock/console/s/default/requests/2\"><bdi>The request 2 changed more than it names";
    assert!(body.contains(link) && !body.contains("It is nowhere."), "{body}");
    let body = page(&app, "/s/default/requests/3?id=s-00").await;
    assert!(body.contains("The request 2 took it out.") && !body.contains("more than it names"), "{body}");
}

#[actix_web::test]
async fn one_is_found_gone_or_not_there_yet() {
    let app = TestApp::empty().await;
    app.act("DescribeRegions").await;
    for (path, status) in [("2", 404), ("0", 404), ("x", 404), ("1?ID=x&other=1", 400), ("1?explain=yes", 400)] {
        assert_eq!(open(&app, &format!("/s/default/requests/{path}")).await.status, status, "{path}");
    }
    app.arrange("DELETE", "/requests", serde_json::Value::Null).await;
    let reply = open(&app, "/s/default/requests/1").await;
    assert_eq!((reply.status, text(&reply.body, "h1").as_str()), (410, "Gone"));
}
