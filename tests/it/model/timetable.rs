//! When an automatic snapshot policy fires.

use ecs_mock::model::auto_snapshot_policy::{AutoSnapshotPolicy, PolicyStatus};
use ecs_mock::model::settings::Settings;
use ecs_mock::model::time::Time;
use ecs_mock::model::timetable::Timetable;

const DAILY: [u8; 7] = [1, 2, 3, 4, 5, 6, 7];

fn timetable(hours: &[u8], weekdays: &[u8]) -> Timetable {
    let (time_points, repeat_weekdays) = (hours.to_vec(), weekdays.to_vec());
    let policy = AutoSnapshotPolicy { time_points, repeat_weekdays, ..AutoSnapshotPolicy::default() };
    Timetable::new(&policy, &Settings::default())
}

fn time(text: &str) -> Time {
    text.parse().unwrap()
}

#[test]
fn hours_and_weekdays_are_those_of_utc_plus_eight() {
    // 2029-12-31 was a Monday; at 16:00 in UTC the Tuesday begins.
    for (hours, weekdays, point, date) in [
        (&[1][..], &DAILY[..], "2029-12-31T17:00:00Z", "20300101"),
        (&[0], &DAILY, "2030-01-01T16:00:00Z", "20300102"),
        (&[23, 5], &[1, 3], "2030-01-01T21:00:00Z", "20300102"),
        (&[2], &[7], "2030-01-05T18:00:00Z", "20300106"),
        (&[0], &[2], "2030-01-07T16:00:00Z", "20300108"),
    ] {
        let timetable = timetable(hours, weekdays);
        let next = timetable.next_after(time("2029-12-31T16:00:00Z")).unwrap();
        assert_eq!((next, &*timetable.date(next)), (time(point), date), "{hours:?} {weekdays:?}");
    }
}

#[test]
fn a_point_follows_the_one_before_and_is_none_behind_itself() {
    let timetable = timetable(&[1, 2], &DAILY);
    let mut points = vec![time("2029-12-31T16:59:59Z")];
    for _ in 0..3 {
        points.push(timetable.next_after(points[points.len() - 1]).unwrap());
    }
    assert_eq!(points[1..], [time("2029-12-31T17:00:00Z"), time("2029-12-31T18:00:00Z"), time("2030-01-01T17:00:00Z")]);
}

#[test]
fn without_hours_or_weekdays_and_once_it_is_over_a_policy_never_fires() {
    assert_eq!(timetable(&[], &DAILY).next_after(Time(0)), None);
    assert_eq!(timetable(&[1], &[]).next_after(Time(0)), None);
    let policy = AutoSnapshotPolicy {
        time_points: vec![1],
        repeat_weekdays: DAILY.to_vec(),
        status: PolicyStatus::Expire,
        ..AutoSnapshotPolicy::default()
    };
    assert_eq!(Timetable::new(&policy, &Settings::default()).next_after(Time(0)), None);
}

#[test]
fn there_is_no_point_that_the_api_cannot_write() {
    let timetable = timetable(&[1], &DAILY);
    assert_eq!(timetable.next_after(Time(Time::LAST - 86_400)), Some(time("9999-12-31T17:00:00Z")));
    assert_eq!(timetable.next_after(time("9999-12-31T17:00:00Z")), None);
    assert!(timetable.next_after(Time(Time::FIRST)).is_some());
}

/// Against a look at every hour of two weeks.
#[test]
fn each_offset_from_utc_moves_hours_and_weekdays_alike() {
    for offset in -12..=14 {
        let settings = Settings { policy_utc_offset_hours: offset, ..Settings::default() };
        let policy = AutoSnapshotPolicy {
            time_points: vec![0, 7, 23],
            repeat_weekdays: vec![1, 4, 7],
            ..AutoSnapshotPolicy::default()
        };
        let timetable = Timetable::new(&policy, &settings);
        // A Monday at midnight where the policy is.
        let monday = time("2030-01-07T00:00:00Z").plus(-i64::from(offset) * 3_600);
        let naive =
            (0..14 * 24).filter(|hour| [0, 7, 23].contains(&(hour % 24)) && [0, 3, 6].contains(&(hour / 24 % 7)));
        let mut point = monday.plus(-1);
        for hour in naive {
            point = timetable.next_after(point).unwrap();
            assert_eq!(point, monday.plus(hour * 3_600), "{offset}");
        }
    }
}
