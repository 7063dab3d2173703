//! Names that somebody else has chosen, which are never more than names.

use serde_json::json;

use super::{open, page, rows};
use crate::support::{TestApp, percent_encoded};

#[actix_web::test]
async fn a_name_is_a_name_wherever_it_stands() {
    let app = TestApp::empty().await;
    let hostile = "\"><script>alert(1)</script>&amp;'{{7*7}}";
    let entry = json!({
        "SnapshotId": format!("s-{hostile}"), "SnapshotName": hostile, "Description": hostile, "RegionId": hostile,
        "Tags": {hostile: hostile}, "ResourceGroupId": hostile,
    });
    assert_eq!(app.control("POST", "/sandboxes/default/snapshots", entry).await.status, 201);
    let id = percent_encoded(&format!("s-{hostile}"));
    for path in [
        "/s/default/snapshots".to_owned(),
        format!("/s/default/snapshots?SnapshotName={}", percent_encoded(hostile)),
        format!("/s/default/snapshots/{id}"),
        format!("/s/{}", percent_encoded(hostile)),
        format!("/s/default/snapshots?{}=1", percent_encoded(hostile)),
        format!("/login?next={}", percent_encoded(hostile)),
    ] {
        let body = open(&app, &path).await.body;
        assert!(!body.contains("<script>") && !body.contains("alert(1)</script>"), "{path}: {body}");
        assert!(!body.contains(hostile), "{path}: {body}");
    }
    let list = page(&app, "/s/default/snapshots").await;
    assert_eq!(rows(&list).len(), 1);
    assert!(list.contains("&#34;&#62;&#60;script&#62;alert(1)&#60;/script&#62;&#38;amp;&#39;{{7*7}}"), "{list}");
}

#[actix_web::test]
async fn names_of_all_scripts_stay_readable_and_nothing_is_hidden_in_them() {
    let app = TestApp::empty().await;
    for (name, shown) in [
        ("快照 每晚", "快照 每晚"),
        ("👩‍👩‍👧 ❤️", "👩‍👩‍👧 ❤️"),
        ("नमस्ते", "नमस्ते"),
        ("שָׁלוֹם", "שָׁלוֹם"),
        ("a\u{202e}txt.exe", "a\\u{202e}txt.exe"),
        ("a\u{200b}b\u{feff}", "a\\u{200b}b\\u{feff}"),
        ("a\tb\u{85}", "a\\u{9}b\\u{85}"),
        ("a\\b", "a\\b"),
    ] {
        let entry = json!({"SnapshotId": "s-1", "SnapshotName": name});
        assert_eq!(app.control("POST", "/sandboxes/default/snapshots", entry).await.status, 201, "{name:?}");
        for path in ["/s/default/snapshots", "/s/default/snapshots/s-1"] {
            let body = page(&app, path).await;
            assert!(body.contains(&format!("<bdi>{shown}</bdi>")), "{path}: {name:?}: {body}");
        }
        app.control("DELETE", "/sandboxes/default/snapshots/s-1", json!(null)).await;
    }
}

#[actix_web::test]
async fn a_page_of_long_names_is_still_small() {
    let app = TestApp::empty().await;
    let snapshots: Vec<_> = (0..50)
        .map(|number| json!({"SnapshotId": format!("s-{number:020}"), "SnapshotName": "快".repeat(128)}))
        .collect();
    app.arrange("PUT", "/state", json!({"Snapshots": snapshots})).await;
    let body = page(&app, "/s/default/snapshots").await;
    assert_eq!(rows(&body).len(), 50);
    assert!(body.len() < 60_000, "{} bytes", body.len());
}
