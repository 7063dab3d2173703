//! DescribeSnapshotMonitorData: how large the snapshots of a region were at points in time.

use serde_json::{Value, json};

use crate::support::{Fault, NOW, TestApp, golden};

const DOCUMENT: &str = "
    Snapshots:
      - {SnapshotId: s-old, CreationTime: 2020-01-01T00:00:00Z, FullSnapshotSizeInBytes: 1000}
      - {SnapshotId: s-10, CreationTime: 2026-03-15T10:00:00Z, FullSnapshotSizeInBytes: 1}
      - {SnapshotId: s-10a, CreationTime: 2026-03-15T10:00:01Z, FullSnapshotSizeInBytes: 10}
      - {SnapshotId: s-11, CreationTime: 2026-03-15T11:00:00Z, FullSnapshotSizeInBytes: 100}
      - {SnapshotId: s-failed, CreationTime: 2026-03-15T11:00:00Z, FullSnapshotSizeInBytes: 5000, Status: failed}
      - {SnapshotId: s-flash, CreationTime: 2026-03-15T11:00:00Z, FullSnapshotSizeInBytes: 7, Category: Flash}
      - {SnapshotId: s-beijing, CreationTime: 2026-03-15T11:00:00Z, FullSnapshotSizeInBytes: 9, RegionId: cn-beijing}
      - {SnapshotId: s-gone, CreationTime: 2026-03-15T10:30:00Z, FullSnapshotSizeInBytes: 3000,
         ExpirationTime: 2026-03-15T12:00:00Z}
      - {SnapshotId: s-ahead, CreationTime: 2026-03-15T13:00:00Z, FullSnapshotSizeInBytes: 100000}
";

/// The points, each as its time on this day and its size.
async fn points(app: &TestApp, query: &str) -> Vec<(String, i64)> {
    let reply = app.act(&format!("DescribeSnapshotMonitorData&RegionId=cn-hangzhou&{query}")).await;
    let points = reply["MonitorData"]["DataPoint"].as_array().unwrap().iter();
    let time = |point: &Value| point["TimeStamp"].as_str().unwrap().replace("2026-03-15T", "");
    points.map(|point| (time(point), point["Size"].as_i64().unwrap())).collect()
}

fn day(points: &[(&str, i64)]) -> Vec<(String, i64)> {
    points.iter().map(|(time, size)| ((*time).to_owned(), *size)).collect()
}

#[actix_web::test]
async fn at_each_point_it_is_what_was_made_by_then_and_is_there_now() {
    let app = TestApp::seeded(DOCUMENT).await;
    let hourly = "StartTime=2026-03-15T08:00:00Z&EndTime=2026-03-15T12:00:00Z&Period=3600";
    let expected = [("09:00:00Z", 1_000), ("10:00:00Z", 1_001), ("11:00:00Z", 1_111), ("12:00:00Z", 1_111)];
    assert_eq!(points(&app, hourly).await, day(&expected));
    for (category, last) in [("Standard", 1_111), ("standard", 1_111), ("Flash", 7), ("Archive", 0)] {
        let points = points(&app, &format!("{hourly}&Category={category}")).await;
        assert_eq!((points.len(), points[3].1), (4, last), "{category}");
    }
    app.arrange("DELETE", "/snapshots/s-10", Value::Null).await;
    let expected = [("09:00:00Z", 1_000), ("10:00:00Z", 1_000), ("11:00:00Z", 1_110), ("12:00:00Z", 1_110)];
    assert_eq!(points(&app, hourly).await, day(&expected), "what is gone was never there");
}

#[actix_web::test]
async fn no_point_lies_ahead_of_now() {
    let app = TestApp::seeded(DOCUMENT).await;
    let until_two = "StartTime=2026-03-15T11:00Z&EndTime=2026-03-15T14:00Z&Period=3600";
    assert_eq!(points(&app, until_two).await, day(&[("12:00:00Z", 1_111)]));
    app.clock.set(NOW.plus(3_600));
    let expected = [("12:00:00Z", 1_111), ("13:00:00Z", 101_111)];
    assert_eq!(points(&app, until_two).await, day(&expected));
    let ahead = "StartTime=2026-03-15T15:00Z&EndTime=2026-03-15T16:00Z";
    assert_eq!(points(&app, ahead).await, day(&[]));
}

#[actix_web::test]
async fn times_are_rounded_up_to_minutes_and_a_period_is_one_by_default() {
    let app = TestApp::seeded(DOCUMENT).await;
    let query = "StartTime=2026-03-15T09:57:01Z&EndTime=2026-03-15T10:00:30Z";
    let expected = [("09:59:00Z", 1_000), ("10:00:00Z", 1_001), ("10:01:00Z", 1_011)];
    assert_eq!(points(&app, query).await, day(&expected));
    let query = "StartTime=2026-03-15T09:00:00Z&EndTime=2026-03-15T09:29:00Z&Period=600";
    assert_eq!(points(&app, query).await, day(&[("09:10:00Z", 1_000), ("09:20:00Z", 1_000)]), "whole periods");
    let short = "StartTime=2026-03-15T09:00:00Z&EndTime=2026-03-15T09:29:00Z&Period=3600";
    assert_eq!(points(&app, short).await, day(&[]));
}

#[actix_web::test]
async fn there_are_at_most_400_points_of_the_last_30_days() {
    let app = TestApp::seeded(DOCUMENT).await;
    let whole = "StartTime=2026-03-15T05:20:00Z&EndTime=2026-03-15T12:00:00Z";
    assert_eq!(points(&app, whole).await.len(), 400);
    let too_many = Fault::new(400, "InvalidParameter.TooManyDataQueried", "Too many data queried.");
    let refused =
        async |query: &str| app.refused(&format!("DescribeSnapshotMonitorData&RegionId=cn-hangzhou&{query}")).await;
    assert_eq!(refused("StartTime=2026-03-15T05:19:00Z&EndTime=2026-03-15T12:00:00Z").await, too_many);
    let early = Fault::new(400, "InvalidStartTime.TooEarly", "The specified parameter \"StartTime\" is too early.");
    assert_eq!(refused("StartTime=2026-02-13T11:59:00Z&EndTime=2026-02-13T12:30:00Z").await, early);
    let first = "StartTime=2026-02-13T12:00:00Z&EndTime=2026-02-13T12:30:00Z";
    assert_eq!(points(&app, first).await.len(), 30);
    app.clock.set(NOW.plus(1));
    assert_eq!(refused(first).await, early, "by the sandbox's time");
}

#[actix_web::test]
async fn parameters_that_are_missing_or_not_permitted_are_refused() {
    let app = TestApp::empty().await;
    let missing = "The input parameter \"{}\" that is mandatory for processing this request is not supplied.";
    let invalid = "The specified parameter \"{}\" is not valid.";
    let (start, end) = ("StartTime=2026-03-15T09:00:00Z", "EndTime=2026-03-15T10:00:00Z");
    for (query, code, message, name) in [
        (format!("{start}&{end}"), "MissingParameter", missing, "RegionId"),
        (format!("RegionId=x&{end}"), "MissingParameter", missing, "StartTime"),
        (format!("RegionId=x&{start}"), "MissingParameter", missing, "EndTime"),
        (format!("RegionId=x&StartTime=x&{end}"), "InvalidStartTime.Malformed", invalid, "StartTime"),
        (format!("RegionId=x&EndTime=2026-03-15&{start}"), "InvalidEndTime.Malformed", invalid, "EndTime"),
        (format!("RegionId=x&{start}&EndTime=2026-03-15T09:00Z"), "InvalidEndTime.Malformed", invalid, "EndTime"),
        (format!("RegionId=x&{start}&EndTime=2026-03-15T08:00Z"), "InvalidEndTime.Malformed", invalid, "EndTime"),
        (format!("RegionId=x&{start}&{end}&Period=61"), "InvalidPeriod.ValueNotSupported", invalid, "Period"),
        (format!("RegionId=x&{start}&{end}&Period=x"), "InvalidParameter", invalid, "Period"),
        (format!("RegionId=x&{start}&{end}&Category=x"), "InvalidParameter", invalid, "Category"),
    ] {
        let fault = app.refused(&format!("DescribeSnapshotMonitorData&{query}")).await;
        assert_eq!(fault, Fault::new(400, code, &message.replace("{}", name)), "{query}");
    }
    let reply = app.act(&format!("DescribeSnapshotMonitorData&RegionId=x&{start}&{end}&Period=3600")).await;
    let nothing = json!([{"TimeStamp": "2026-03-15T10:00:00Z", "Size": 0}]);
    assert_eq!(reply["MonitorData"]["DataPoint"], nothing, "no row is about a region");
}

#[actix_web::test]
async fn a_whole_reply() {
    let query = "RegionId=cn-hangzhou&StartTime=2026-03-15T09:00:00Z&EndTime=2026-03-15T12:00:00Z&Period=3600";
    golden(DOCUMENT, &format!("DescribeSnapshotMonitorData&{query}")).await;
}
