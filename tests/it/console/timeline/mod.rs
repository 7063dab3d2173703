//! The timeline: what it shows of disks and their snapshots, and where.

mod layout;

use std::fmt::Write as _;
use std::time::Instant;

use serde_json::json;

use super::{open, page, rows, text};
use crate::support::TestApp;

/// A disk, and one that is gone, with what there can be of them.
async fn seeded() -> TestApp {
    TestApp::seeded(
        "{Snapshots: [
            {SnapshotId: s-1, SnapshotName: first, SourceDiskId: d-1, CreationTime: \"2026-03-14T00:00:00Z\"},
            {SnapshotId: s-2, SourceDiskId: d-1, CreationTime: \"2026-03-15T00:00:00Z\", Status: failed,
             ExpirationTime: \"2026-03-16T00:00:00Z\"},
            {SnapshotId: s-3, SourceDiskId: d-1, CreationTime: \"2026-03-15T11:00:00Z\",
             ReadyTime: \"2026-03-15T13:00:00Z\"},
            {SnapshotId: s-4, SourceDiskId: d-1, CreationTime: \"2026-03-14T06:00:00Z\", SourceSnapshotId: s-1,
             RegionId: cn-beijing},
            {SnapshotId: s-5, SourceDiskId: d-gone, CreationTime: \"2026-03-13T00:00:00Z\"},
            {SnapshotId: s-6, SourceDiskId: d-over, CreationTime: \"2026-03-13T00:00:00Z\",
             ExpirationTime: \"2026-03-14T00:00:00Z\"}],
          Disks: [{DiskId: d-1, DiskName: \"<data>\"}, {DiskId: d-2}],
          Images: [{ImageId: m-1, SnapshotIds: [s-1], CreationTime: \"2026-03-14T12:00:00Z\"}],
          AutoSnapshotPolicies: [{AutoSnapshotPolicyId: sp-1, TimePoints: [22], RepeatWeekdays: [1, 2, 3, 4, 5, 6, 7],
            DiskIds: [d-2]}]}",
    )
    .await
}

/// The mark that leads there: its class, what it is called, and its shapes.
fn mark<'p>(page: &'p str, link: &str) -> &'p str {
    let end = format!(" href=\"/_mock/console/s/default/{link}\"><title>");
    let picture = page.split("<svg width").nth(1).unwrap().split("</div>").next().unwrap();
    let marks = picture.split("<a class=").skip(1).map(|mark| mark.split("</a>").next().unwrap());
    marks.into_iter().find(|mark| mark.contains(&end)).unwrap_or_else(|| panic!("no {link}: {picture}"))
}

/// Where the first shape of a mark with this attribute is.
fn at(mark: &str, attribute: &str) -> i64 {
    mark.split(&format!(" {attribute}=\"")).nth(1).unwrap().split('"').next().unwrap().parse().unwrap()
}

#[actix_web::test]
async fn a_lane_is_a_disk_also_one_that_is_gone() {
    let app = seeded().await;
    let body = page(&app, "/s/default/timeline").await;
    assert_eq!(text(&body, "h1"), "Timeline");
    for (disk, said) in [("d-1", "&#60;data&#62;"), ("d-2", "d-2"), ("d-gone", "gone")] {
        assert!(mark(&body, &format!("timeline?DiskId={disk}")).contains(&format!("{said}</text>")), "{disk}");
    }
    assert!(!body.contains("d-over"), "nobody sees anything of it");
    assert!(body.contains("role=\"img\"") && body.contains("<title id=\"timeline-title\">Snapshots of disks from"));
}

#[actix_web::test]
async fn each_snapshot_has_its_state_its_time_and_how_long_it_is_kept() {
    let app = seeded().await;
    let body = page(&app, "/s/default/timeline?DiskId=d-1").await;
    assert_eq!(text(&body, "h1"), "Timeline d-1");
    let marks = ["s-1", "s-4", "s-2", "s-3"].map(|id| mark(&body, &format!("snapshots/{id}")));
    assert!(marks[0].starts_with("\"accomplished\"") && marks[0].contains(">first</text>"), "{}", marks[0]);
    assert!(marks[0].contains("s-1 first: accomplished, made 2026-03-14T00:00:00Z, kept for good"));
    assert!(!marks[0].contains("class=\"kept\"") && marks[2].contains("class=\"kept\""));
    assert!(marks[2].starts_with("\"failed\"") && marks[2].contains("kept until 2026-03-16T00:00:00Z"));
    assert!(marks[3].starts_with("\"progressing\"") && marks[3].contains("progressing 50%"), "{}", marks[3]);
    // The copy is in another region, and of the same disk.
    assert!(marks[1].contains("a copy of s-1") && marks[1].contains("class=\"copied\""), "{}", marks[1]);
    let places = [marks[0], marks[1], marks[3]].map(|mark| at(mark, "cx"));
    assert!(places[0] < places[1] && places[1] < places[2], "{places:?}");
    let image = mark(&body, "images/m-1");
    assert!(image.starts_with("\"image\"") && at(image, "x1") == places[0] && at(image, "x2") > places[0], "{image}");
    // The same in words.
    assert_eq!(rows(&body), ["s-1", "s-4", "s-2", "s-3"]);
    let table = body.split("<tr data-id=\"s-1\">").nth(1).unwrap().split("</tr>").next().unwrap();
    assert!(table.contains("/images/m-1\"") && table.contains("first, accomplished 100%, cn-hangzhou"), "{table}");
}

#[actix_web::test]
async fn points_of_policies_are_ahead_of_now() {
    let app = seeded().await;
    let body = page(&app, "/s/default/timeline?DiskId=d-2").await;
    let due = mark(&body, "auto-snapshot-policies/sp-1");
    // 22 o'clock by the policy's clock, which is eight hours ahead.
    assert!(due.contains("Due 2026-03-15T14:00:00Z by sp-1") && due.contains(">14:00</text>"), "{due}");
    let now = body.split("<line class=\"now\"").nth(1).unwrap();
    let x: i64 = due.split("d=\"M").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
    assert!(at(now, "x1") < x, "{due}");
    assert!(now.contains(">now 2026-03-15T12:00:00Z</text>"));
    let later = page(&app, "/s/default/timeline?DiskId=d-2&from=2030-01-01T00:00:00Z&until=2030-01-03T00:00:00Z").await;
    assert_eq!(later.matches("<title>Due 2030-").count(), 2, "two days: {later}");
    assert!(!later.contains("class=\"now\""));
}

/// A disk with so many snapshots, one a minute.
async fn filled(count: usize) -> TestApp {
    let mut document = "Snapshots:\n".to_owned();
    for number in 0..count {
        let time = format!("2026-03-15T{:02}:{:02}:00Z", number / 60, number % 60);
        let _ = writeln!(document, "  - {{SnapshotId: s-{number:03}, SourceDiskId: d-1, CreationTime: \"{time}\"}}");
    }
    TestApp::seeded(&document).await
}

#[actix_web::test]
async fn more_than_sixty_are_gathered_into_bars_that_open() {
    let app = filled(60).await;
    let body = page(&app, "/s/default/timeline").await;
    assert_eq!((body.matches("<circle").count(), body.matches("class=\"gathered\"").count()), (60, 0));

    let app = filled(300).await;
    let body = page(&app, "/s/default/timeline").await;
    assert_eq!(body.matches("<circle").count(), 0);
    let counts = |body: &str| -> Vec<i64> {
        let bars = body.split("<a class=\"gathered\"").skip(1);
        let title = bars.map(|bar| bar.split("<title>").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap());
        title.collect()
    };
    assert_eq!(counts(&body).iter().sum::<i64>(), 300);
    // Down to what is shown one by one, nothing is lost on the way.
    let mut ways: Vec<(String, i64)> = vec![("/s/default/timeline".to_owned(), 300)];
    let (mut seen, mut pages) = (0, 0);
    while let Some((way, count)) = ways.pop() {
        let body = page(&app, &way).await;
        pages += 1;
        let bars = body.split("<a class=\"gathered\" href=\"/_mock/console").skip(1);
        let links: Vec<String> = bars.map(|bar| bar.split('"').next().unwrap().replace("&#38;", "&")).collect();
        let points = i64::try_from(body.matches("<circle").count()).unwrap();
        assert_eq!(points + counts(&body).iter().sum::<i64>(), count, "{way}");
        seen += points;
        ways.extend(links.into_iter().zip(counts(&body)));
    }
    assert_eq!(seen, 300);
    assert!(pages > 2);
}

#[actix_web::test]
async fn many_of_one_second_are_counted_and_lead_to_the_list() {
    let mut document = "Snapshots:\n".to_owned();
    for number in 0..1_100 {
        let _ = writeln!(
            document,
            "  - {{SnapshotId: s-{number}, SourceDiskId: d-1, CreationTime: \"2026-03-15T00:00:00Z\"}}"
        );
    }
    let app = TestApp::seeded(&document).await;
    let body = page(&app, "/s/default/timeline?from=2026-03-15T00:00:00Z&until=2026-03-15T00:00:10Z").await;
    let bar = body.split("<a class=\"gathered\" href=\"/_mock/console").nth(1).unwrap();
    assert!(bar.contains(">1100 snapshots from") && bar.contains(">1100</text>"), "{bar}");
    let list = bar.split('"').next().unwrap().replace("&#38;", "&");
    assert_eq!(text(&page(&app, &list).await, "caption"), "Snapshots: 1 to 50 of 1100, newest first");
    let body = page(&app, "/s/default/timeline").await;
    assert!(body.contains(">1000+ snapshots from"), "nobody counts further");
}

#[actix_web::test]
async fn disks_come_a_page_at_a_time() {
    let mut document = "Disks:\n".to_owned();
    for number in 0..12 {
        let _ = writeln!(document, "  - {{DiskId: d-{number:02}}}");
    }
    document.push_str("Snapshots:\n  - {SnapshotId: s-1, SourceDiskId: d-05x}\n");
    let app = TestApp::seeded(&document).await;
    let body = page(&app, "/s/default/timeline").await;
    let heads = |body: &str| body.matches("<a class=\"head\"").count();
    assert_eq!((heads(&body), body.contains("DiskId=d-05x\"")), (10, true));
    let next = body.split("rel=\"next\" href=\"/_mock/console").nth(1).unwrap().split('"').next().unwrap();
    assert_eq!(next, "/s/default/timeline?after=d-08");
    let body = page(&app, next).await;
    assert_eq!((heads(&body), body.contains("rel=\"next\"")), (3, false));
}

#[actix_web::test]
async fn what_is_no_time_and_no_disk_is_told() {
    let app = seeded().await;
    for (query, status, said) in [
        ("from=yesterday", 400, "from"),
        ("from=2026-03-15T00:00:00Z&until=2026-03-15T00:00:00Z", 400, "until"),
        ("DiskId=d-none", 404, "d-none"),
        ("Disk=d-1", 400, "Disk"),
    ] {
        let reply = open(&app, &format!("/s/default/timeline?{query}")).await;
        assert_eq!((reply.status, reply.body.contains(said)), (status, true), "{query}: {}", reply.body);
    }
    // The ends of time have pages, and every way from them has one.
    for query in ["from=0000-01-01T00:00:00Z", "until=9999-12-31T23:59:59Z", "from=9999-12-31T23:59:58Z"] {
        let body = page(&app, &format!("/s/default/timeline?{query}")).await;
        let ways = body.split("<nav aria-label=\"Time\">").nth(1).unwrap().split("</nav>").next().unwrap();
        for way in ways.split("href=\"/_mock/console").skip(1).map(|way| way.split('"').next().unwrap()) {
            page(&app, &way.replace("&#38;", "&")).await;
        }
    }
    let empty = TestApp::empty().await;
    assert!(page(&empty, "/s/default/timeline").await.contains("There is no disk"));
}

#[actix_web::test]
async fn a_clock_far_off_has_a_timeline() {
    let app = seeded().await;
    for time in ["0000-01-01T00:00:00Z", "9999-12-31T23:59:59Z"] {
        app.arrange("PUT", "/clock", json!({"Mode": "frozen", "Time": time, "CatchUp": false})).await;
        assert!(page(&app, "/s/default/timeline").await.contains("d-1"), "{time}");
    }
}

#[actix_web::test]
async fn a_timeline_costs_little_however_much_there_is() {
    let app = filled(300).await;
    page(&app, "/s/default/timeline?DiskId=d-1").await;
    let begin = Instant::now();
    for _ in 0..10 {
        page(&app, "/s/default/timeline?DiskId=d-1").await;
    }
    // Ten milliseconds each by a build that is made for speed, which this one is not, on a machine that others use.
    assert!(begin.elapsed().as_millis() < 5_000, "{:?}", begin.elapsed());
}
