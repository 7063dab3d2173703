//! An automatic snapshot policy and its disks, and lists as texts.

use ecs_mock::model::auto_snapshot_policy::{AutoSnapshotPolicy, FiredUntil};
use ecs_mock::model::auto_snapshot_policy_words::{HOURS, WEEKDAYS, numbers_of_text, to_text};
use ecs_mock::model::kind::Entry as _;

use crate::support::NOW;

#[test]
fn disks_are_applied_once_in_order_and_cancelled_without_a_trace() {
    let mut policy = AutoSnapshotPolicy::default();
    policy.apply("d-2", 1, NOW);
    policy.apply("d-1", 3, NOW.plus(1));
    policy.apply("d-1", 4, NOW.plus(2));
    assert_eq!(policy.disk_ids, ["d-1", "d-2"]);
    assert_eq!((policy.place("d-1"), policy.place("d-2"), policy.place("d-3")), (3, 1, 1));
    assert_eq!(policy.fired_until.of_disks.values().collect::<Vec<_>>(), [&NOW.plus(1), &NOW]);
    assert!(policy.has("d-1") && !policy.has("d-3"));
    assert_eq!(policy.links(), ["d-1", "d-2"]);
    policy.cancel("d-3");
    policy.let_go("d-1");
    assert_eq!((policy.disk_ids.len(), policy.places.len(), policy.fired_until.of_disks.len()), (1, 0, 1));
    policy.cancel("d-2");
    assert_eq!(policy, AutoSnapshotPolicy::default());
}

#[test]
fn one_time_of_all_becomes_that_of_each() {
    let mut policy = AutoSnapshotPolicy {
        disk_ids: vec!["d-2".to_owned(), "d-1".to_owned(), "d-2".to_owned()],
        fired_until: FiredUntil { of_all: Some(NOW), ..FiredUntil::default() },
        ..AutoSnapshotPolicy::default()
    };
    policy.complete().unwrap();
    assert_eq!(policy.disk_ids, ["d-1", "d-2"]);
    assert_eq!(policy.fired_until.of_all, None);
    assert_eq!(policy.fired_until.of_disks.len(), 2);
    policy.apply("d-3", 1, NOW.plus(9));
    assert_eq!(policy.fired_until.of_disks["d-3"], NOW.plus(9), "one that is added later has a time of its own");
}

#[test]
fn where_it_copies_to_counts_only_while_it_copies() {
    let mut policy =
        AutoSnapshotPolicy { target_copy_regions: vec!["cn-beijing".to_owned()], ..AutoSnapshotPolicy::default() };
    assert_eq!(policy.copies_to(), None);
    policy.enable_cross_region_copy = true;
    assert_eq!(policy.copies_to(), Some("cn-beijing"));
}

#[test]
fn lists_are_texts_with_texts_in_them() {
    assert_eq!(to_text([1, 22]), "[\"1\",\"22\"]");
    assert_eq!(to_text([""; 0]), "[]");
    for (text, expected) in [
        ("[\"1\",\"22\"]", Some(vec![1, 22])),
        (" [ 22 , \"1\" ] ", Some(vec![22, 1])),
        ("[\"01\", 1]", Some(vec![1])),
        ("[0, 23]", Some(vec![0, 23])),
        ("[24]", None),
        ("[]", None),
        ("", None),
        ("1", None),
        ("[\"\"]", None),
        ("[\"+1\"]", None),
        ("[1.0]", None),
        ("[[1]]", None),
        ("[256]", None),
        ("{}", None),
    ] {
        assert_eq!(numbers_of_text(text, HOURS), expected, "{text}");
    }
    assert_eq!(numbers_of_text("[\"7\",\"1\"]", WEEKDAYS), Some(vec![7, 1]));
    assert_eq!(numbers_of_text("[0]", WEEKDAYS), None);
}
