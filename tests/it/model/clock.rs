//! What time it is in a sandbox, to the second and to the millisecond.

use ecs_mock::model::clock::SandboxClock;
use ecs_mock::model::journal_entry::Instant;
use ecs_mock::model::time::Time;
use proptest::prelude::*;

use crate::support::{NOW, property};

#[test]
fn a_fast_clock_goes_on_within_a_real_second() {
    let clock = SandboxClock::Scaled { rate: 100.0, time: Some(Time(50)), since: Some(NOW) };
    let at = |milliseconds: i64| clock.at_moment(Instant(NOW.0 * 1_000 + milliseconds));
    assert_eq!([at(0), at(1), at(10), at(999)], [Instant(50_000), Instant(50_100), Instant(51_000), Instant(149_900)]);
}

#[test]
fn at_whole_seconds_both_say_the_same_and_neither_leaves_what_can_be_written() {
    let clocks = prop_oneof![
        Just(SandboxClock::Real),
        any::<i64>().prop_map(|seconds| SandboxClock::Offset { seconds }),
        (Time::FIRST..=Time::LAST).prop_map(|time| SandboxClock::Frozen { time: Some(Time(time)) }),
        (0_u16..2_000, Time::FIRST..=Time::LAST).prop_map(|(rate, time)| SandboxClock::Scaled {
            rate: f64::from(rate),
            time: Some(Time(time)),
            since: Some(NOW)
        }),
    ];
    property(500)
        .run(&(clocks, 0..4_000_000_000_i64, 0..1_000_i64), |(clock, real, rest)| {
            let second = clock.at(Time(real));
            prop_assert_eq!(clock.at_moment(Instant(real * 1_000)).0.div_euclid(1_000), second.0);
            let later = clock.at_moment(Instant(real * 1_000 + rest));
            prop_assert!(later >= clock.at_moment(Instant(real * 1_000)));
            prop_assert!((Time::FIRST..=Time::LAST).contains(&later.0.div_euclid(1_000)));
            Ok(())
        })
        .unwrap();
}
