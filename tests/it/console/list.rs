//! Lists of resources: the filters and the order of the API, pages, regions, tags.

use std::fmt::Write as _;

use super::{page, rows, text};
use crate::support::TestApp;

/// So many snapshots in two regions, the later ones newer, of which every third has a tag.
async fn filled(count: usize) -> TestApp {
    let mut document = "Snapshots:\n".to_owned();
    for number in 0..count {
        let region = if number % 2 == 0 { "cn-hangzhou" } else { "cn-beijing" };
        let minute = format!("2026-03-14T{:02}:{:02}:00Z", number / 60, number % 60);
        let tags = if number % 3 == 0 { ", Tags: {env: prod}" } else { "" };
        let _ = writeln!(
            document,
            "  - {{SnapshotId: s-{number:03}, SnapshotName: nightly-{number}, RegionId: {region}, SourceDiskId: d-{}, \
             CreationTime: \"{minute}\"{tags}}}",
            number % 4
        );
    }
    TestApp::seeded(&document).await
}

#[actix_web::test]
async fn fifty_are_on_a_page_the_newest_first() {
    let app = filled(120).await;
    let first = page(&app, "/s/default/snapshots").await;
    let ids = rows(&first);
    assert_eq!((ids.len(), ids[0].as_str(), ids[49].as_str()), (50, "s-119", "s-070"));
    assert_eq!(text(&first, "caption"), "Snapshots: 1 to 50 of 120, newest first");
    assert!(first.len() < 60_000, "{} bytes", first.len());
    let next = first.split("rel=\"next\" href=\"/_mock/console").nth(1).unwrap().split('"').next().unwrap();
    let third = page(&app, &next.replace("PageNumber=2", "PageNumber=3")).await;
    assert_eq!(rows(&third).len(), 20);
    assert!(!third.contains("rel=\"next\"") && third.contains("rel=\"prev\""));
    assert_eq!(rows(&page(&app, "/s/default/snapshots?PageNumber=9").await).len(), 0);
    assert_eq!(rows(&page(&app, "/s/default/snapshots?PageSize=10&PageNumber=2").await)[0], "s-109");
}

#[actix_web::test]
async fn the_oldest_come_first_where_that_is_asked_for() {
    let app = filled(120).await;
    for query in ["", "&RegionId=cn-hangzhou", "&Tag.1.Key=env", "&DiskId=d-2"] {
        let mut newest = Vec::new();
        let mut oldest = Vec::new();
        for number in 1..=13 {
            let path = format!("/s/default/snapshots?PageSize=10&PageNumber={number}{query}");
            newest.extend(rows(&page(&app, &path).await));
            oldest.extend(rows(&page(&app, &format!("{path}&Sort=oldest")).await));
        }
        newest.reverse();
        assert!(newest.len() >= 30);
        assert_eq!(oldest, newest, "{query}");
    }
}

#[actix_web::test]
async fn the_filters_are_those_of_the_api() {
    let app = filled(40).await;
    let ids = |query: &str| {
        let path = format!("/s/default/snapshots?{query}");
        let app = &app;
        async move { rows(&page(app, &path).await) }
    };
    for (query, asked) in [
        ("RegionId=cn-hangzhou&SnapshotName=nightly-4", "SnapshotName=nightly-4"),
        ("RegionId=cn-hangzhou&DiskId=d-2&Tag.1.Key=env&Tag.1.Value=prod", "DiskId=d-2&Tag.1.Key=env&Tag.1.Value=prod"),
        (
            "RegionId=cn-hangzhou&Filter.1.Key=CreationStartTime&Filter.1.Value=2026-03-14T00:20Z",
            "Filter.1.Key=CreationStartTime&Filter.1.Value=2026-03-14T00:20Z",
        ),
    ] {
        assert_eq!(ids(query).await, app.ids(&format!("{asked}&PageSize=100")).await, "{query}");
        assert!(!ids(query).await.is_empty());
    }
    // What a form leaves empty is not asked for.
    assert_eq!(ids("RegionId=&Status=&Tag.1.Key=&Encrypted=").await.len(), 40);
}

#[actix_web::test]
async fn a_tag_on_a_row_narrows_the_list_further() {
    let app = filled(40).await;
    let first = page(&app, "/s/default/snapshots?RegionId=cn-hangzhou&DiskId=d-0&PageNumber=1").await;
    let link = first.split("<ul class=\"tags\"><li><a href=\"").nth(1).unwrap().split('"').next().unwrap();
    let link = link.replace("&#38;", "&");
    assert_eq!(link, "?RegionId=cn-hangzhou&DiskId=d-0&Tag.1.Key=env&Tag.1.Value=prod");
    let narrowed = page(&app, &format!("/s/default/snapshots{link}")).await;
    assert_eq!(rows(&narrowed), ["s-036", "s-024", "s-012", "s-000"]);
    assert!(narrowed.contains("Tag.2.Key=env"), "the next one is added to it");
    assert!(narrowed.contains("<details open>"), "what narrows the list is seen");
}

#[actix_web::test]
async fn each_region_is_a_list_of_its_own() {
    let app = filled(10).await;
    let all = page(&app, "/s/default/snapshots").await;
    assert_eq!(rows(&all).len(), 10);
    assert!(all.contains("href=\"/_mock/console/s/default/snapshots?RegionId=cn-beijing\""));
    assert_eq!(rows(&page(&app, "/s/default/snapshots?RegionId=cn-beijing").await).len(), 5);
}

#[actix_web::test]
async fn every_kind_has_its_list() {
    let app = TestApp::seeded(
        "{Snapshots: [{SnapshotId: s-1, SourceDiskId: d-1}], Instances: [{InstanceId: i-1}],
          Disks: [{DiskId: d-1, InstanceId: i-1}], Images: [{ImageId: m-1, SnapshotIds: [s-1]}],
          SnapshotGroups: [{SnapshotGroupId: ssg-1, SnapshotIds: [s-1]}],
          AutoSnapshotPolicies: [{AutoSnapshotPolicyId: sp-1, TimePoints: [1], RepeatWeekdays: [1], DiskIds: [d-1]}]}",
    )
    .await;
    for (kind, id, title, cell) in [
        ("snapshots", "s-1", "Snapshots", "/s/default/disks/d-1"),
        ("disks", "d-1", "Disks", "/s/default/instances/i-1"),
        ("instances", "i-1", "Instances", "Running"),
        ("images", "m-1", "Images", "/s/default/snapshots/s-1"),
        ("snapshot-groups", "ssg-1", "Snapshot groups", "accomplished"),
        ("auto-snapshot-policies", "sp-1", "Automatic snapshot policies", "sp-1"),
    ] {
        let page = page(&app, &format!("/s/default/{kind}")).await;
        assert_eq!((rows(&page), text(&page, "h1").as_str()), (vec![id.to_owned()], title));
        assert!(page.contains(cell), "{kind}: {page}");
    }
}

#[actix_web::test]
async fn what_is_in_the_making_shows_how_far_it_is() {
    let app = TestApp::seeded(
        "Snapshots: [{SnapshotId: s-1, CreationTime: \"2026-03-15T11:59:00Z\", ReadyTime: \"2026-03-15T12:03:00Z\"}]",
    )
    .await;
    let list = page(&app, "/s/default/snapshots").await;
    assert!(list.contains("progressing") && list.contains("<progress max=\"100\" value=\"25\""), "{list}");
    app.arrange("POST", "/clock/advance", serde_json::json!({"Seconds": 180})).await;
    let list = page(&app, "/s/default/snapshots").await;
    assert!(list.contains("accomplished") && !list.contains("<progress"), "{list}");
}
