//! A play that would be too long: which points are left out of it.

use std::collections::HashSet;

use ecs_mock::model::auto_snapshot_policy::{AutoSnapshotPolicy, FiredUntil};
use ecs_mock::model::disk::Disk;
use ecs_mock::model::play::{Given, Play};
use ecs_mock::model::settings::Settings;
use ecs_mock::model::time::Time;

const BEGIN: Time = Time(1_893_456_000);
const DAY: i64 = 86_400;

fn disk(number: usize) -> Disk {
    let (disk_id, category) = (format!("d-{number:03}"), "cloud_essd".to_owned());
    Disk { disk_id, region_id: "cn-hangzhou".to_owned(), category, ..Disk::default() }
}

/// A policy of these disks that has fired until the beginning.
fn policy(id: &str, hours: Vec<u8>, weekdays: Vec<u8>, disks: std::ops::Range<usize>) -> AutoSnapshotPolicy {
    let disk_ids: Vec<String> = disks.map(|number| disk(number).disk_id).collect();
    let of_disks = disk_ids.iter().map(|id| (id.clone(), BEGIN)).collect();
    AutoSnapshotPolicy {
        auto_snapshot_policy_id: id.to_owned(),
        region_id: "cn-hangzhou".to_owned(),
        time_points: hours,
        repeat_weekdays: weekdays,
        fired_until: FiredUntil { of_all: None, of_disks },
        disk_ids,
        ..AutoSnapshotPolicy::default()
    }
}

/// Twenty disks with a snapshot an hour, and one with a snapshot a week, over a year: how many each has at the end.
fn year(points: Option<i64>) -> (usize, usize) {
    let given = Given {
        settings: Settings { automatic_snapshots_per_disk: 100, ..Settings::default() },
        id_seed: 1,
        policies: vec![
            policy("sp-busy", (0..24).collect(), (1..=7).collect(), 0..20),
            policy("sp-quiet", vec![0], vec![1], 20..21),
        ],
        disks: (0..21).map(disk).collect(),
        moving_instances: HashSet::new(),
        snapshots: Vec::new(),
    };
    let mut play = Play::new(given, BEGIN.plus(364 * DAY), points);
    play.run(None).unwrap();
    let left = play.end();
    let made = left.made.snapshots(0..left.made.len());
    let quiet = made.iter().filter(|snapshot| snapshot.source_disk_id == "d-020").count();
    assert!(left.policies.iter().all(|policy| policy.fired_until.of_disks.values().all(|time| *time > BEGIN)));
    (made.len() - quiet, quiet)
}

#[test]
fn disks_with_many_points_take_none_away_from_those_with_few() {
    let whole = year(None);
    assert_eq!(whole, (2_000, 52));
    assert_eq!(year(Some(100_000)), whole, "each disk has 4,761 of 8,736 points");
}

#[test]
fn every_policy_fires_in_the_last_week_however_few_points_there_may_be() {
    assert_eq!(year(Some(1)), (2_000, 1));
}
