//! Where things stand on a timeline: whatever it shows, no two labels overlap, and all are on the picture.

use ecs_mock::console::timeline::layout::{Layout, WIDTH, layout, shortened, width};
use ecs_mock::console::timeline::rows::{Bar, Due, Image, Lane, Point, Snapshots, Timeline};
use ecs_mock::model::snapshot::Status;
use ecs_mock::model::time::Time;
use proptest::prelude::*;

use crate::support::{NOW, property};

/// Texts of any signs and length.
fn texts() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z0-9-]{1,30}", "\\PC{0,140}", "[\u{4e00}-\u{4eff}]{1,128}", "[\u{1f600}-\u{1f640}]{1,60}"]
}

/// Times from far before to far behind what the picture shows.
fn times(span: i64) -> impl Strategy<Value = Time> {
    (-span / 4..span + span / 4).prop_map(|seconds| NOW.plus(seconds))
}

fn points(span: i64) -> impl Strategy<Value = Vec<Point>> {
    let status = prop_oneof![Just(Status::Accomplished), Just(Status::Failed), Just(Status::Progressing)];
    let rest = (prop::option::of(0..2 * span), prop::bool::ANY);
    let point = (texts(), prop::option::of(texts()), times(span), status, rest).prop_map(
        move |(snapshot_id, name, time, status, (kept, has_image))| Point {
            snapshot_id,
            region_id: "cn-hangzhou".to_owned(),
            name,
            time,
            status,
            progress: 50,
            kept_until: kept.map(|seconds| time.plus(seconds)),
            copy_of: None,
            images: if has_image {
                vec![Image { image_id: "m-1".to_owned(), time: time.plus(span / 9) }]
            } else {
                vec![]
            },
        },
    );
    prop::collection::vec(point, 0..=60).prop_map(|mut points| {
        points.sort_by_key(|point| point.time);
        points
    })
}

fn bars(span: i64) -> impl Strategy<Value = Vec<Bar>> {
    let bar = (times(span), 0..=span / 20, 1..2_000_000_i64, prop::bool::ANY)
        .prop_map(|(from, wide, count, is_more)| Bar { from, until: from.plus(wide), count, is_more });
    prop::collection::vec(bar, 0..=60)
}

fn lanes(span: i64) -> impl Strategy<Value = Lane> {
    let snapshots = prop_oneof![points(span).prop_map(Snapshots::Each), bars(span).prop_map(Snapshots::Gathered)];
    let due = times(span).prop_map(|time| Due { time, auto_snapshot_policy_id: "sp-1".to_owned() });
    let due = prop::collection::vec(due, 0..=40);
    (texts(), prop::option::of(texts()), prop::bool::ANY, snapshots, due)
        .prop_map(|(disk_id, name, is_gone, snapshots, due)| Lane { disk_id, name, is_gone, snapshots, due })
}

fn timelines() -> impl Strategy<Value = Timeline> {
    let spans = prop_oneof![1..120_i64, 3_600..1_000_000_i64, 1_000_000..100_000_000_000_i64];
    spans.prop_flat_map(|span| {
        (prop::collection::vec(lanes(span), 0..=5), times(span)).prop_map(move |(lanes, now)| Timeline {
            from: NOW,
            until: NOW.plus(span),
            now,
            lanes,
        })
    })
}

fn check(layout: &Layout) -> Result<(), TestCaseError> {
    let labels: Vec<_> = layout.labels().collect();
    for (number, label) in labels.iter().enumerate() {
        let area = label.area;
        prop_assert!(area.x >= 0 && area.x + area.width <= WIDTH, "{label:?} is on the picture");
        prop_assert!(area.y >= 0 && area.y + area.height <= layout.height, "{label:?} is on the picture");
        prop_assert!(width(&label.text) <= area.width, "{label:?} fits");
        for other in &labels[number + 1..] {
            prop_assert!(!area.overlaps(&other.area), "{label:?} and {other:?}");
        }
    }
    for pair in layout.lanes.windows(2) {
        prop_assert!(!pair[0].area.overlaps(&pair[1].area));
    }
    Ok(())
}

#[test]
fn no_two_labels_overlap() {
    let run = property(400).run(&timelines(), |timeline| check(&layout(&timeline)));
    run.unwrap();
}

#[test]
fn labels_that_overlap_are_seen() {
    let lane = Lane {
        disk_id: "d-1".to_owned(),
        name: Some("data".to_owned()),
        is_gone: false,
        snapshots: Snapshots::Each(Vec::new()),
        due: Vec::new(),
    };
    let mut layout = layout(&Timeline { from: NOW, until: NOW.plus(60), now: NOW, lanes: vec![lane] });
    assert!(check(&layout).is_ok());
    layout.lanes[0].heads[1].area.y -= 1;
    assert!(check(&layout).is_err());
}

#[test]
fn what_has_room_has_its_label() {
    let point = |number: i64| Point {
        snapshot_id: format!("s-{number}"),
        region_id: "cn-hangzhou".to_owned(),
        name: None,
        time: NOW.plus(number * 600),
        status: if number == 0 { Status::Failed } else { Status::Accomplished },
        progress: 100,
        kept_until: None,
        copy_of: None,
        images: Vec::new(),
    };
    let timeline = |count: i64, until: i64| Timeline {
        from: NOW,
        until: NOW.plus(until),
        now: NOW,
        lanes: vec![Lane {
            disk_id: "d-1".to_owned(),
            name: None,
            is_gone: false,
            snapshots: Snapshots::Each((0..count).map(point).collect()),
            due: Vec::new(),
        }],
    };
    let labelled = |timeline: &Timeline| -> Vec<bool> {
        layout(timeline).lanes[0].snapshots.iter().map(|place| place.label.is_some()).collect()
    };
    assert_eq!(labelled(&timeline(10, 6_000)), [true; 10]);
    // Where they all stand at one place, the one that failed comes first, then the newest.
    let crowded = labelled(&timeline(10, 100_000_000));
    assert_eq!(crowded, [true, false, false, false, false, false, false, true, true, true]);
}

#[test]
fn a_text_is_shortened_to_what_has_room() {
    assert_eq!(shortened("nightly", 100), "nightly");
    let long = "x".repeat(100_000);
    let short = shortened(&long, 100);
    assert!(short.ends_with('…') && width(&short) <= 100 && width(&short) > 80, "{short}");
    assert_eq!(shortened("a\u{202e}b", 100), "a\\u{202e}b");
}
