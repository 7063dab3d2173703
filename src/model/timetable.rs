//! The points in time of an automatic snapshot policy.

use chrono::{DateTime, Datelike as _};

use super::auto_snapshot_policy::{AutoSnapshotPolicy, PolicyStatus};
use super::settings::Settings;
use super::time::Time;

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;

/// Hours of days of the week, by a clock that is some hours ahead of UTC (CreateAutoSnapshotPolicy says UTC+8).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timetable {
    /// A bit for each hour from 0 to 23.
    hours: u32,
    /// A bit for each weekday from 1, which is Monday, to 7.
    weekdays: u8,
    /// Seconds ahead of UTC.
    offset: i64,
}

impl Timetable {
    /// Of a policy; one that is over has no points.
    #[must_use]
    pub fn new(policy: &AutoSnapshotPolicy, settings: &Settings) -> Self {
        let fires = policy.status == PolicyStatus::Normal;
        let hours = policy.time_points.iter().filter(|_| fires).fold(0, |hours, hour| hours | 1 << hour);
        let weekdays = policy.repeat_weekdays.iter().filter(|_| fires).fold(0, |days, day| days | 1 << day);
        Self { hours, weekdays, offset: i64::from(settings.policy_utc_offset_hours) * HOUR }
    }

    /// How many points a week has.
    #[must_use]
    pub fn points_a_week(&self) -> i64 {
        i64::from(self.hours.count_ones() * self.weekdays.count_ones())
    }

    /// The first point behind a time; `None`: there is none that the API could write.
    #[must_use]
    pub fn next_after(&self, time: Time) -> Option<Time> {
        if self.points_a_week() == 0 {
            return None;
        }
        let local = time.0.saturating_add(self.offset);
        let (first_day, of_day) = (local.div_euclid(DAY), local.rem_euclid(DAY));
        // Of the first day what is left, of the same weekday a week later all.
        (first_day..=first_day + 7).find_map(|day| {
            // 1970-01-01 was a Thursday.
            let weekday = (day + 3).rem_euclid(7) + 1;
            if self.weekdays & 1 << weekday == 0 {
                return None;
            }
            let passed = if day == first_day { of_day / HOUR + 1 } else { 0 };
            let left = self.hours >> passed << passed;
            let point = day * DAY + i64::from(left.trailing_zeros()) * HOUR - self.offset;
            (left != 0 && point <= Time::LAST).then_some(Time(point))
        })
    }

    /// The date of a point by the policy's clock, as names of automatic snapshots have it: `yyyyMMdd`.
    #[must_use]
    pub fn date(&self, point: Time) -> String {
        // Every time that the API can write is one.
        let date = DateTime::from_timestamp(point.0.saturating_add(self.offset), 0).unwrap_or_default();
        format!("{:04}{:02}{:02}", date.year(), date.month(), date.day())
    }
}
