//! There are never more than 2,000 series, whatever clients send.

use ecs_mock::actions::ACTIONS;
use ecs_mock::actions::faults::SHARED;
use ecs_mock::admin::routes;
use ecs_mock::metrics::Plane;
use reqwest::Method;

use super::{PATH, read, requests};
use crate::support::TestApp;

const SERIES: usize = 2_000;

#[actix_web::test]
async fn everything_that_can_be_counted_and_junk_are_no_more_than_the_series_that_there_may_be() {
    let app = TestApp::empty().await;
    let metrics = &app.app().metrics;
    let mut counted = 0;
    // Every action with every code of its table, most of which no test can bring about over HTTP.
    for action in ACTIONS {
        let unreachable = action.unreachable.iter().map(|other| &other.row);
        let rows = action.faults.iter().copied().chain(unreachable).chain(SHARED.iter().copied());
        for code in rows.map(|row| row.code).chain(["OK"]) {
            metrics.request(Plane::Cloud, action.name, code);
            metrics.took(Plane::Cloud, action.name, std::time::Duration::from_micros(50));
            counted += 1;
        }
    }
    // Every route with every status that there is.
    for path in routes::document()["paths"].as_object().unwrap().keys() {
        for status in 100..600 {
            metrics.request(Plane::Control, path.clone(), status.to_string());
            metrics.took(Plane::Control, path.clone(), std::time::Duration::from_micros(50));
            counted += 1;
        }
    }
    // Every name that the API has, in effect, and what is none.
    for number in 0..600 {
        for name in [format!("Describe{number}"), format!("%22{number}%7D")] {
            app.get(&format!("Action={name}")).await;
            app.send(app.request(Method::GET, &format!("/_mock/v1/{name}"))).await;
            counted += 2;
        }
    }
    for name in include_str!("../../../../src/actions/names.txt").lines() {
        app.get(&format!("Action={name}")).await;
        counted += 1;
    }
    for wait in ["Delay", "Error", "Close", "Truncate", "Throttle", "Timeout"] {
        metrics.fault_hit(wait);
    }
    let read = read(&app).await;
    assert!(read.samples.len() <= SERIES, "{} series", read.samples.len());
    assert!(read.samples.len() > SERIES * 8 / 10, "{} series: the bounds are met", read.samples.len());
    assert_eq!(read.sum("ecs_mock_requests_total").to_bits(), f64::from(counted).to_bits(), "each is counted once");
    assert!(requests(&read, "cloud", "other", "other") > Some(0.0), "the last ones share what is left");
}

#[actix_web::test]
async fn what_finds_no_room_keeps_its_code() {
    let app = TestApp::empty().await;
    for status in 100..600 {
        for path in ["/a", "/b"] {
            app.app().metrics.request(Plane::Control, path, status.to_string());
        }
    }
    let there = app.send(app.request(Method::GET, PATH)).await;
    assert_eq!(there.status, 200);
    app.get("Action=DescribeSnapshots").await;
    app.get("Action=DeleteSnapshot").await;
    let read = read(&app).await;
    assert_eq!(requests(&read, "cloud", "DescribeSnapshots", "MissingParameter"), None);
    assert_eq!(requests(&read, "cloud", "other", "MissingParameter"), None, "500 codes of the other plane came first");
    assert_eq!(requests(&read, "cloud", "other", "other"), Some(2.0));
    assert_eq!(requests(&read, "control", "/a", "100"), Some(1.0));
}
