//! What comes nearest to an expectation that is not met.

use ecs_mock::journal::near_misses::{Difference, told_apart};
use ecs_mock::journal::question::{Asked, Bound};
use ecs_mock::journal::verification::{Verdict, verify};

use super::expectations::{asked, counted, entry, failed, kept};

fn sequences(verdict: &Verdict) -> Vec<i64> {
    verdict.near_misses.iter().map(|near| near.sequence).collect()
}

fn difference(field: &str, asked: Option<&str>, got: Option<&str>) -> Difference {
    let text = |text: Option<&str>| text.map(ToOwned::to_owned);
    Difference { field: field.to_owned(), asked: text(asked), got: text(got) }
}

#[test]
fn those_that_fail_the_fewest_conditions_come_first_and_then_the_newest() {
    let snapshot = |number, disk, name| entry(number, "CreateSnapshot", &[("DiskId", disk), ("SnapshotName", name)]);
    let entries = vec![
        snapshot(1, "d-1", "other"),
        snapshot(2, "d-2", "other"),
        entry(3, "DeleteSnapshot", &[("DiskId", "d-1"), ("SnapshotName", "wanted")]),
        snapshot(4, "d-1", "another"),
        entry(5, "DescribeDisks", &[]),
        snapshot(6, "d-2", "wanted"),
    ];
    let wanted = asked("CreateSnapshot", &[("DiskId", Some("d-1")), ("SnapshotName", Some("wanted"))]);
    let verdict = verify(&counted(wanted, Bound::AtLeast(1)), &kept(1, entries));
    assert_eq!(sequences(&verdict), [6, 4, 1], "of as many failed conditions, those of the action go first");
    assert_eq!(verdict.near_misses[0].differences, [difference("Parameters.DiskId", Some("d-1"), Some("d-2"))]);
    assert_eq!(verdict.near_misses[0].action, "CreateSnapshot");
}

#[test]
fn every_condition_that_fails_is_a_difference() {
    let mut wanted = asked("CreateDisk", &[("Size", Some("20")), ("ZoneId", None), ("Missing", Some("x"))]);
    wanted.code = Some("OK".to_owned());
    let mut got = failed(1, "CreateDisk", "InvalidSize");
    got.parameters = entry(1, "CreateDisk", &[("Size", "20"), ("zoneid", "cn-hangzhou-h")]).parameters;
    let verdict = verify(&counted(wanted, Bound::Exactly(1)), &kept(1, vec![got]));
    let expected = [
        difference("Code", Some("OK"), Some("InvalidSize")),
        difference("Parameters.ZoneId", None, Some("cn-hangzhou-h")),
        difference("Parameters.Missing", Some("x"), None),
    ];
    assert_eq!(verdict.near_misses[0].differences, expected);
}

#[test]
fn an_answer_of_yes_and_too_many_have_none() {
    let kept = kept(1, vec![entry(1, "DeleteDisk", &[]), entry(2, "CreateDisk", &[]), entry(3, "DeleteDisk", &[])]);
    let near = |bound| sequences(&verify(&counted(asked("DeleteDisk", &[]), bound), &kept));
    for bound in [Bound::AtLeast(2), Bound::AtMost(1), Bound::Exactly(1), Bound::Exactly(2)] {
        assert!(near(bound).is_empty(), "{bound}");
    }
    assert_eq!(near(Bound::AtLeast(3)), [2]);
    assert_eq!(near(Bound::Exactly(3)), [2]);
    assert!(sequences(&verify(&counted(Asked::default(), Bound::AtLeast(9)), &kept)).is_empty());
}

#[test]
fn what_fails_everything_is_near_only_if_nothing_else_is_asked() {
    let kept = kept(1, vec![entry(1, "CreateDisk", &[])]);
    let near =
        |parameters: &[_]| sequences(&verify(&counted(asked("DeleteDisk", parameters), Bound::AtLeast(1)), &kept));
    assert_eq!(near(&[]), [1]);
    assert!(near(&[("DiskId", Some("d-1"))]).is_empty());
    assert_eq!(near(&[("DiskId", None)]), [1]);
}

#[test]
fn a_value_that_is_cut_says_so() {
    let long = "x".repeat(1_025);
    let kept = kept(1, vec![entry(1, "CreateSnapshot", &[("Description", &long)])]);
    let wanted = asked("CreateSnapshot", &[("Description", Some(&long))]);
    let verdict = verify(&counted(wanted, Bound::AtLeast(1)), &kept);
    let got = format!("{} (cut)", "x".repeat(1_024));
    assert_eq!(verdict.near_misses[0].differences, [difference("Parameters.Description", Some(&long), Some(&got))]);
}

#[test]
fn texts_that_look_equal_are_told_apart() {
    for (one, other, shown_one, shown_other) in [
        ("d-1", "d-2", "d-1", "d-2"),
        ("", "d-1", "", "d-1"),
        ("d-1", "d-1 ", "d-1", "d-1\\u{20}"),
        ("d-1\n", "d-1", "d-1\\u{a}", "d-1"),
        ("a b", "a\u{a0}b", "a\\u{20}b", "a\\u{a0}b"),
        ("a b", "a  b", "a b", "a \\u{20}b"),
        ("a\u{200b}b", "ab", "a\\u{200b}b", "ab"),
        ("disk", "d\u{456}sk", "disk", "d\\u{456}sk"),
        ("e\u{301}", "é", "e\\u{301}", "é"),
        ("\\u{20}", " ", "\\\\u{20}", "\\u{20}"),
        ("快照一", "快照二", "快照一", "快照二"),
        ("a b c", "a b d", "a b c", "a b d"),
    ] {
        assert_eq!(told_apart(one, other), (shown_one.to_owned(), shown_other.to_owned()), "{one:?} {other:?}");
        assert_eq!(told_apart(other, one), (shown_other.to_owned(), shown_one.to_owned()));
    }
}
