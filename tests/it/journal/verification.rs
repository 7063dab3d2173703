//! What is answered to which expectation.

use ecs_mock::journal::Kept;
use ecs_mock::journal::question::{Asked, Bound, Expected, Question, Since};
use ecs_mock::journal::verification::{Answer, verify};
use ecs_mock::model::journal_entry::{Happening, Instant, JournalEntry};

use super::expectations::{asked, counted, entry, failed, kept};

use Answer::{No, Unknown, Yes};
use Bound::{AtLeast, AtMost, Exactly};

/// Two that match, and one that does not.
fn three(first: i64) -> Vec<JournalEntry> {
    vec![
        entry(first, "DeleteSnapshot", &[("SnapshotId", "s-1")]),
        entry(first + 1, "DescribeSnapshots", &[]),
        entry(first + 2, "DeleteSnapshot", &[("SnapshotId", "s-2")]),
    ]
}

#[test]
fn with_nothing_missing_every_bound_is_decided() {
    let kept = kept(1, three(1));
    for (bound, answer) in [
        (AtLeast(0), Yes),
        (AtLeast(2), Yes),
        (AtLeast(3), No),
        (AtMost(1), No),
        (AtMost(2), Yes),
        (Exactly(1), No),
        (Exactly(2), Yes),
        (Exactly(3), No),
    ] {
        let verdict = verify(&counted(asked("DeleteSnapshot", &[]), bound), &kept);
        assert_eq!((verdict.result, verdict.matching), (answer, 2), "{bound}");
        assert_eq!(verdict.sequences, [1, 3]);
        assert_eq!(verdict.reason.is_none(), answer == Yes);
    }
}

#[test]
fn what_is_missing_makes_unknown_only_what_it_could_change() {
    // One entry is gone; two that match are there.
    let kept = kept(2, three(2));
    for (bound, answer) in [
        (AtLeast(2), Yes),
        (AtLeast(3), Unknown),
        (AtLeast(4), No),
        (AtMost(1), No),
        (AtMost(2), Unknown),
        (AtMost(3), Yes),
        (Exactly(1), No),
        (Exactly(2), Unknown),
        (Exactly(3), Unknown),
        (Exactly(4), No),
    ] {
        let verdict = verify(&counted(asked("DeleteSnapshot", &[]), bound), &kept);
        assert_eq!((verdict.result, verdict.matching, verdict.evicted), (answer, 2, 1), "{bound}");
    }
    let verdict = verify(&counted(asked("DeleteSnapshot", &[]), AtLeast(3)), &kept);
    let reason = "2 match for sure, and up to 3 may: 1 entries are not kept any more; at least 3 should";
    assert_eq!(verdict.reason.as_deref(), Some(reason));
}

#[test]
fn what_is_missing_before_the_range_does_not_matter() {
    let kept = kept(11, three(11));
    let ask = |since| verify(&Question { since, ..counted(asked("DeleteSnapshot", &[]), Exactly(2)) }, &kept).result;
    assert_eq!(ask(Since::Beginning), Unknown);
    assert_eq!(ask(Since::Sequence(10)), Unknown);
    assert_eq!(ask(Since::Sequence(11)), Yes);
    assert_eq!(ask(Since::Sequence(12)), No, "the first is before it");
    assert_eq!(ask(Since::Sequence(i64::MIN)), Unknown);
    assert_eq!(ask(Since::Sequence(i64::MAX)), No);
    // The first entry came at 11.000 and ended at 11.002: what is missing had begun by then, perhaps as late.
    assert_eq!(ask(Since::Time(Instant(11_000))), Unknown);
    assert_eq!(ask(Since::Time(Instant(11_003))), No);
    assert_eq!(ask(Since::Time(Instant(10_000))), Unknown);
}

#[test]
fn a_gap_in_the_middle_counts_as_what_is_missing() {
    // After an end without order: 4 to 9 may have been given.
    let mut entries = three(1);
    entries.extend(three(10));
    let kept = kept(1, entries);
    let ask = |since, bound| verify(&Question { since, ..counted(asked("DeleteSnapshot", &[]), bound) }, &kept).result;
    assert_eq!(ask(Since::Beginning, AtLeast(4)), Yes);
    assert_eq!(ask(Since::Beginning, AtMost(4)), Unknown);
    assert_eq!(ask(Since::Beginning, AtMost(10)), Yes);
    assert_eq!(ask(Since::Beginning, AtMost(9)), Unknown);
    assert_eq!(ask(Since::Sequence(8), AtMost(4)), Yes, "two that are kept, and two that may be missing");
    assert_eq!(ask(Since::Sequence(8), AtMost(3)), Unknown);
    assert_eq!(ask(Since::Sequence(10), AtMost(2)), Yes);
    let verdict = verify(&counted(asked("DeleteSnapshot", &[]), AtLeast(5)), &kept);
    let reason = "4 match for sure, and up to 10 may: the server ended without order, so entries between 3 and 10 may be lost; at \
                  least 5 should";
    assert_eq!(verdict.reason.as_deref(), Some(reason));
}

#[test]
fn what_was_emptied_is_missing_to_nobody_and_what_had_to_go_since_then_is() {
    let emptied = Kept { begins_at: 10, ..kept(1, three(10)) };
    let ask = |kept: &Kept| verify(&counted(asked("DeleteSnapshot", &[]), AtMost(2)), kept);
    assert_eq!(ask(&emptied).result, Yes);
    assert_eq!(emptied.complete_from(), 10);
    let and_evicted = Kept { begins_at: 8, evicted: 2, ..emptied.clone() };
    let reason = "2 match for sure, and up to 4 may: 2 entries are not kept any more; at most 2 should";
    assert_eq!(ask(&and_evicted).reason.as_deref(), Some(reason));
    let and_lost = Kept { evicted: 1, ..and_evicted.clone() };
    let reason = "2 match for sure, and up to 4 may: 2 entries are not kept any more, or were lost when the server ended without \
                  order; at most 2 should";
    assert_eq!(ask(&and_lost).reason.as_deref(), Some(reason));
    let nothing_kept = Kept { entries: Vec::new(), begins_at: 8, evicted: 0, ..emptied };
    let reason = "0 match for sure, and up to 5 may: the server ended without order, so entries between 7 and 13 may be lost; \
                  exactly 1 should";
    let verdict = verify(&counted(asked("DeleteSnapshot", &[]), Exactly(1)), &nothing_kept);
    assert_eq!(verdict.reason.as_deref(), Some(reason));
}

#[test]
fn conditions_are_met_by_texts_as_they_were_sent() {
    let request = entry(1, "DescribeSnapshots", &[("regionId", "cn-hangzhou"), ("Status", ""), ("Password", "secret")]);
    let kept = kept(1, vec![request]);
    for (name, text, is_met) in [
        ("RegionId", Some("cn-hangzhou"), true),
        ("REGIONID", Some("cn-hangzhou"), true),
        ("RegionId", Some("CN-hangzhou"), false),
        ("RegionId", Some("cn-hangzhou "), false),
        ("RegionId", None, false),
        ("Status", Some(""), true),
        ("Status", None, false),
        ("DiskId", None, true),
        ("DiskId", Some(""), false),
        ("Password", None, false),
    ] {
        let verdict = verify(&counted(asked("DescribeSnapshots", &[(name, text)]), AtLeast(1)), &kept);
        assert_eq!(verdict.result == Yes, is_met, "{name}={text:?}");
    }
    assert_eq!(verify(&counted(asked("DescribeDisks", &[]), AtLeast(1)), &kept).result, No);
    assert_eq!(verify(&counted(Asked::default(), Exactly(1)), &kept).result, Yes, "nothing is asked of it");
}

#[test]
fn a_code_is_that_of_an_error_and_ok_an_answer_without_one() {
    let lost = JournalEntry { status: 0, ..entry(3, "DeleteDisk", &[]) };
    let strange = JournalEntry { status: 502, ..entry(4, "DeleteDisk", &[]) };
    let kept =
        kept(1, vec![entry(1, "DeleteDisk", &[]), failed(2, "DeleteDisk", "IncorrectDiskStatus"), lost, strange]);
    let sequences = |code: &str| {
        let asked = Asked { code: Some(code.to_owned()), ..Asked::default() };
        verify(&counted(asked, AtLeast(1)), &kept).sequences
    };
    assert_eq!(sequences("OK"), [1]);
    assert_eq!(sequences("IncorrectDiskStatus"), [2]);
    assert!(sequences("incorrectdiskstatus").is_empty());
}

#[test]
fn only_requests_to_the_sandbox_count() {
    let control = JournalEntry { kind: Happening::Control, ..entry(1, "DeleteDisk", &[]) };
    let catch_up = JournalEntry { kind: Happening::CatchUp, ..entry(2, "DeleteDisk", &[]) };
    let stranger = JournalEntry { unknown: true, ..entry(3, "DeleteDisk", &[]) };
    let kept = kept(1, vec![control, catch_up, stranger, entry(4, "DeleteDisk", &[])]);
    assert_eq!(verify(&counted(asked("DeleteDisk", &[]), Exactly(1)), &kept).sequences, [4]);
    assert_eq!(verify(&counted(Asked::default(), Exactly(1)), &kept).result, Yes);
}

#[test]
fn of_a_value_that_is_cut_only_a_longer_one_with_its_beginning_may_be_it() {
    let long = "x".repeat(2_000);
    let request = entry(1, "CreateSnapshot", &[("Description", &long), ("DiskId", "d-1")]);
    let cut = request.parameters.get("Description").unwrap().to_owned();
    assert_eq!((cut.len(), &*request.cut), (1_024, &["Description".into()][..]));
    let kept = kept(1, vec![request]);
    let other = format!("{long}y");
    for (text, answer) in [
        (Some(&*long), Unknown),
        (Some(&*other), Unknown),
        (Some(&*cut), No),
        (Some("x"), No),
        (Some(&*"y".repeat(2_000)), No),
        (None, No),
    ] {
        let verdict = verify(&counted(asked("CreateSnapshot", &[("description", text)]), AtLeast(1)), &kept);
        assert_eq!((verdict.result, verdict.matching), (answer, 0), "{text:?}");
        let both = asked("CreateSnapshot", &[("Description", text), ("DiskId", Some("d-2"))]);
        assert_eq!(verify(&counted(both, AtLeast(1)), &kept).result, No, "what is whole decides");
    }
    let verdict = verify(&counted(asked("CreateSnapshot", &[("DiskId", Some("d-1"))]), AtLeast(1)), &kept);
    assert_eq!(verdict.result, Yes, "nothing that is asked for is cut");
    let verdict = verify(&counted(asked("CreateSnapshot", &[("Description", Some(&long))]), Exactly(1)), &kept);
    let reason =
        "0 match for sure, and up to 1 may: of 1 entries only a part of what is asked for is kept; exactly 1 should";
    assert_eq!(verdict.reason.as_deref(), Some(reason));
}

#[test]
fn parameters_beyond_what_an_entry_has_room_for_may_have_been_anything() {
    let names: Vec<String> = (0..2_000).map(|number| format!("Tag.{number}.Key")).collect();
    let parameters: Vec<(&str, &str)> = names.iter().map(|name| (&**name, "k")).collect();
    let request = entry(1, "TagResources", &[&parameters[..], &[("ResourceType", "disk")]].concat());
    assert!(request.parameters.get("ResourceType").is_none() && request.parameters.get("Tag.1.Key").is_some());
    let kept = kept(1, vec![request]);
    for (name, text, answer) in [
        ("Tag.1.Key", Some("k"), Yes),
        ("Tag.1.Key", Some("v"), No),
        ("Tag.1.Key", None, No),
        ("Tag.1999.Key", Some("k"), Unknown),
        ("ResourceType", Some("disk"), Unknown),
        ("ResourceType", None, Unknown),
    ] {
        let verdict = verify(&counted(asked("TagResources", &[(name, text)]), AtLeast(1)), &kept);
        assert_eq!(verdict.result, answer, "{name}={text:?}");
    }
}

#[test]
fn an_order_is_met_by_entries_that_follow_one_another_with_anything_between() {
    let in_order = |actions: &[&str]| Question {
        since: Since::Beginning,
        expected: Expected::InOrder(actions.iter().map(|action| asked(action, &[])).collect()),
    };
    let actions = ["CreateDisk", "AttachDisk", "DescribeDisks", "AttachDisk", "DetachDisk"];
    let entries = |first| (first..).zip(actions).map(|(number, action)| entry(number, action, &[])).collect();
    let whole = kept(1, entries(1));
    for (order, answer, sequences) in [
        (&["CreateDisk", "DetachDisk"][..], Yes, &[1, 5][..]),
        (&["AttachDisk", "AttachDisk"], Yes, &[2, 4]),
        (&["AttachDisk", "AttachDisk", "AttachDisk"], No, &[2, 4]),
        (&["DetachDisk", "CreateDisk"], No, &[5]),
        (&["DeleteDisk"], No, &[]),
    ] {
        let verdict = verify(&in_order(order), &whole);
        assert_eq!((verdict.result, &*verdict.sequences), (answer, sequences), "{order:?}");
        assert_eq!(verdict.matching, sequences.len() as u64);
        assert_eq!(verdict.is_final, answer == Yes);
    }
    let reason = verify(&in_order(&["DetachDisk", "CreateDisk"]), &whole).reason.unwrap();
    assert_eq!(reason, "nothing that is kept matches step 2 (CreateDisk) after entry 5");

    // One entry is gone from the beginning: it may have been the first step, and no more.
    let cropped = kept(2, entries(2));
    for (order, answer) in [
        (&["CreateDisk", "DetachDisk"][..], Yes),
        (&["DetachDisk", "CreateDisk"], Unknown),
        (&["DeleteDisk"], Unknown),
        (&["DeleteDisk", "DeleteDisk"], No),
        (&["CreateDisk", "DeleteDisk"], No),
    ] {
        assert_eq!(verify(&in_order(order), &cropped).result, answer, "{order:?}");
    }
}

#[test]
fn an_answer_is_final_once_nothing_that_comes_can_change_it() {
    let kept = kept(1, three(1));
    for (bound, is_final) in [
        (AtLeast(2), true),
        (AtLeast(3), false),
        (AtMost(1), true),
        (AtMost(2), false),
        (Exactly(1), true),
        (Exactly(2), false),
        (Exactly(3), false),
    ] {
        assert_eq!(verify(&counted(asked("DeleteSnapshot", &[]), bound), &kept).is_final, is_final, "{bound}");
    }
}

#[test]
fn the_first_hundred_that_match_are_named() {
    let kept = kept(1, (1..=250).map(|number| entry(number, "DeleteDisk", &[])).collect());
    let verdict = verify(&counted(asked("DeleteDisk", &[]), AtLeast(1)), &kept);
    assert_eq!((verdict.matching, verdict.sequences), (250, (1..=100).collect()));
}
