//! Which requests a planned fault hits, and how often.

use std::sync::Arc;

use ecs_mock::model::journal_entry::Instant;
use ecs_mock::model::params::Params;
use ecs_mock::model::planned_fault::{Asked, Moments, PlannedFault, meet};
use ecs_mock::model::time::Time;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::{NOW, property};

fn fault(plan: Value) -> PlannedFault {
    PlannedFault::new(serde_json::from_value(plan).unwrap(), NOW, &[])
}

/// A request of this action by the key `testid`, with these parameters.
fn asked(action: &str, params: &[(&str, &str)]) -> Asked {
    Asked {
        action: action.to_owned(),
        access_key_id: "testid".to_owned(),
        params: Arc::new(Params::new(params.iter().copied())),
    }
}

fn at(real: i64, sandbox: i64) -> Moments {
    Moments { real: Time(NOW.0 + real), sandbox: Instant((NOW.0 + sandbox) * 1_000) }
}

/// The place of the fault that hits the request.
fn hit(list: &mut [PlannedFault], asked: &Asked) -> Option<usize> {
    meet(list, asked, at(0, 0), &mut Vec::new())
}

/// Whether so many requests in a row are hit, as a text: `x` for a hit.
fn hits(fault: &mut PlannedFault, count: usize) -> String {
    let asked = asked("DescribeDisks", &[]);
    let list = std::slice::from_mut(fault);
    (0..count).map(|_| if hit(list, &asked).is_some() { 'x' } else { '.' }).collect()
}

#[test]
fn a_match_is_all_that_it_says() {
    let request =
        asked("DescribeDisks", &[("regionid", "cn-hangzhou"), ("Tag.1.key", "a"), ("Tag.1.Key", "b"), ("Size", "")]);
    for (matching, is_hit) in [
        (json!({"Action": "DescribeDisks"}), true),
        (json!({"Action": "Describe*"}), true),
        (json!({"Action": "*"}), true),
        (json!({"Action": "DescribeDisk"}), false),
        (json!({"Action": "describedisks"}), false),
        (json!({"Action": "DescribeDisks*"}), true),
        (json!({"Action": "DescribeDisksX*"}), false),
        (json!({"Action": "*", "RegionId": "cn-hangzhou"}), true),
        (json!({"Action": "*", "RegionId": "cn-hangzho"}), false),
        (json!({"Action": "*", "AccessKeyId": "testid"}), true),
        (json!({"Action": "*", "AccessKeyId": "TestId"}), false),
        (json!({"Action": "*", "Parameters": {"TAG.1.KEY": "a"}}), true),
        (json!({"Action": "*", "Parameters": {"Tag.1.Key": "b"}}), false),
        (json!({"Action": "*", "Parameters": {"Tag.1.Key": "A"}}), false),
        (json!({"Action": "*", "Parameters": {"Tag.1.Key": null}}), false),
        (json!({"Action": "*", "Parameters": {"DiskIds": null, "Size": null}}), true),
        (json!({"Action": "*", "Parameters": {"DiskIds": ""}}), false),
        (json!({"Action": "*", "RegionId": "cn-hangzhou", "Parameters": {"Tag.1.Key": "x"}}), false),
    ] {
        let mut list = [fault(json!({"Match": matching, "Effect": {"DelayMs": 1}}))];
        assert_eq!(hit(&mut list, &request).is_some(), is_hit, "{matching}");
        assert_eq!(list[0].matches, i64::from(is_hit), "{matching}");
    }
    assert!(request.params.unread().count() == 4, "that a fault goes by a parameter is not that the action reads it");
}

#[test]
fn the_first_that_hits_counts_and_what_does_not_hit_goes_on_to_the_next() {
    let any = |more: Value| {
        let mut plan = json!({"Match": {"Action": "*"}, "Effect": {"DelayMs": 1}});
        plan.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        fault(plan)
    };
    let mut list = [
        any(json!({"After": 2, "Times": 1})),
        any(json!({"Probability": 0, "Seed": 1})),
        any(json!({"Times": 1})),
        any(json!({})),
        any(json!({})),
    ];
    let places: Vec<_> = (0..5).map(|_| hit(&mut list, &asked("DescribeDisks", &[]))).collect();
    assert_eq!(places, [Some(2), Some(3), Some(0), Some(3), Some(3)]);
    let counts: Vec<_> = list.iter().map(|fault| (fault.matches, fault.hits)).collect();
    assert_eq!(counts, [(3, 1), (4, 0), (1, 1), (3, 3), (0, 0)], "one that is spent counts nothing any more");
    assert_eq!(list.map(|fault| fault.is_spent(NOW)), [true, false, true, false, false]);
}

#[test]
fn after_and_times_count_matches_and_hits() {
    let mut plain = fault(json!({"Match": {"Action": "*"}, "After": 2, "Times": 3, "Effect": {"DelayMs": 1}}));
    assert_eq!(hits(&mut plain, 8), "..xxx...");
    assert_eq!((plain.matches, plain.hits), (5, 3));
}

#[test]
fn a_time_to_live_is_over_by_the_real_time() {
    let mut list = [fault(json!({"Match": {"Action": "*"}, "TtlSeconds": 60, "Effect": {"DelayMs": 1}}))];
    let request = asked("DescribeDisks", &[]);
    for (real, sandbox, expected) in [(0, 1_000_000, Some(0)), (59, 0, Some(0)), (60, 0, None), (3_600, -9_999, None)] {
        assert_eq!(meet(&mut list, &request, at(real, sandbox), &mut Vec::new()), expected, "{real}");
    }
    assert!(!list[0].is_spent(at(59, 0).real) && list[0].is_spent(at(60, 0).real));
    assert_eq!(list[0].matches, 2);
}

#[test]
fn chance_follows_from_seed_and_number_of_the_match() {
    let drawn = |seed: i64, probability: f64| {
        let plan =
            json!({"Match": {"Action": "*"}, "Probability": probability, "Seed": seed, "Effect": {"DelayMs": 1}});
        hits(&mut fault(plan), 400)
    };
    assert_eq!(drawn(7, 0.5), drawn(7, 0.5));
    assert_ne!(drawn(7, 0.5), drawn(8, 0.5));
    assert_eq!(drawn(7, 1.0), "x".repeat(400));
    assert_eq!(drawn(7, 0.0), ".".repeat(400));
    let count = drawn(7, 0.25).matches('x').count();
    assert!((70..130).contains(&count), "{count} of 400 at a quarter");
    // What the counts say decides, not how often it was asked: a restore brings the same hits again.
    let plan = json!({"Match": {"Action": "*"}, "Probability": 0.5, "Seed": 7, "Effect": {"DelayMs": 1}});
    let mut later = fault(plan);
    later.matches = 100;
    assert_eq!(hits(&mut later, 300), drawn(7, 0.5)[100..]);
}

#[test]
fn a_quota_lets_so_many_calls_of_a_window_through() {
    let mut list = [fault(json!({"Match": {"Action": "*"}, "Effect": {"Quota": {"Limit": 2, "WindowSeconds": 10}}}))];
    let request = asked("DescribeDisks", &[]);
    for (sandbox, is_hit) in [
        (100, false),
        (105, false),
        (105, true),
        (109, true),
        // The window began with the first call.
        (110, false),
        (119, false),
        (119, true),
        // One that begins late ends late.
        (127, false),
        (136, false),
        (136, true),
        (137, false),
        // A clock that is set back begins anew.
        (50, false),
        (50, false),
        (50, true),
    ] {
        let met = meet(&mut list, &request, at(0, sandbox), &mut Vec::new());
        assert_eq!(met.is_some(), is_hit, "at {sandbox}");
    }
    assert_eq!((list[0].matches, list[0].hits), (14, 5));
    let mut none = fault(json!({"Match": {"Action": "*"}, "Effect": {"Quota": {"Limit": 0, "WindowSeconds": 1}}}));
    assert_eq!(hits(&mut none, 3), "xxx");
}

#[test]
fn a_window_is_over_to_the_millisecond_and_ends_at_the_end_of_time_too() {
    let quota = json!({"Match": {"Action": "*"}, "Effect": {"Quota": {"Limit": 1, "WindowSeconds": 1}}});
    let hits = |times: &[i64]| hits_of(fault(quota.clone()), times);
    assert_eq!(hits(&[5_300, 5_300, 6_299, 6_300, 7_299]), [false, true, true, false, true]);
    let last = Time::LAST * 1_000;
    assert_eq!(hits(&[last, last, last + 999]), [false, true, true], "where the clock cannot go on");
    let longest =
        fault(json!({"Match": {"Action": "*"}, "Effect": {"Quota": {"Limit": 1, "WindowSeconds": i64::MAX}}}));
    assert_eq!(hits_of(longest, &[0, last]), [false, true]);
}

/// Whether requests at these times of the sandbox are hit.
fn hits_of(fault: PlannedFault, times: &[i64]) -> Vec<bool> {
    let mut list = [fault];
    let mut hit = |sandbox: i64| {
        let moments = Moments { real: NOW, sandbox: Instant(sandbox) };
        meet(&mut list, &asked("DescribeDisks", &[]), moments, &mut Vec::new()).is_some()
    };
    times.iter().map(|time| hit(*time)).collect()
}

#[test]
fn delays_are_drawn_within_their_bounds_and_the_same_again() {
    let delays = |delay: Value, seed: Value| {
        let plan = json!({"Match": {"Action": "*"}, "Seed": seed, "Effect": {"DelayMs": delay}});
        let mut fault = fault(plan);
        let next = || {
            fault.matches += 1;
            i64::try_from(fault.delay().unwrap().as_millis()).unwrap()
        };
        std::iter::repeat_with(next).take(1_000).collect::<Vec<i64>>()
    };
    assert_eq!(delays(json!(250), json!(1)), vec![250; 1_000]);
    let uniform = delays(json!({"Min": 10, "Max": 19}), json!(1));
    for value in 10..=19 {
        let count = uniform.iter().filter(|delay| **delay == value).count();
        assert!((60..140).contains(&count), "{count} times {value}");
    }
    assert!(uniform.iter().all(|delay| (10..=19).contains(delay)));
    assert_eq!(delays(json!({"Min": 10, "Max": 19}), json!(1)), uniform);
    assert_ne!(delays(json!({"Min": 10, "Max": 19}), json!(2)), uniform);
    assert_eq!(delays(json!({"Min": 3, "Max": 3}), json!(1)), vec![3; 1_000]);
    let mut normal = delays(json!({"Median": 100, "Sigma": 0.5, "Max": 300}), Value::Null);
    assert_eq!(
        delays(json!({"Median": 100, "Sigma": 0.5, "Max": 300}), Value::Null),
        normal,
        "the name is a seed, too"
    );
    normal.sort_unstable();
    assert!((90..=110).contains(&normal[500]), "the median is {}", normal[500]);
    // Of a normal distribution, 68 of 100 are within the standard deviation.
    let within = normal.iter().filter(|delay| (61..=164).contains(*delay)).count();
    assert!((630..730).contains(&within), "{within}");
    assert_eq!(normal[999], 300);
    assert_eq!(delays(json!({"Median": 100, "Sigma": 0, "Max": 300}), json!(1)), vec![100; 1_000]);
}

#[test]
fn what_is_kept_reads_back() {
    let mut list = [fault(json!({
        "Match": {"Action": "Describe*", "RegionId": "cn-hangzhou", "Parameters": {"DiskIds": null, "Status": "x"}},
        "After": 1, "Times": 9, "Probability": 0.3, "Seed": -5, "TtlSeconds": 7, "When": "after",
        "Effect": {"Quota": {"Limit": 1, "WindowSeconds": 5, "RetryAfterMs": 9}, "DelayMs": {"Median": 1, "Sigma": 0.1, "Max": 2}},
    }))];
    let request = asked("DescribeDisks", &[("RegionId", "cn-hangzhou"), ("Status", "x")]);
    for _ in 0..9 {
        hit(&mut list, &request);
    }
    assert!(list[0].window.is_some() && list[0].matches == 9);
    let text = serde_json::to_string(&list[0]).unwrap();
    assert_eq!(serde_json::from_str::<PlannedFault>(&text).unwrap(), list[0]);
}

/// What a naive list knows of one fault: of each match whether it was a hit, and when.
#[derive(Debug, Clone, Default)]
struct Naive {
    is_all: bool,
    after: usize,
    times: Option<usize>,
    quota: Option<(usize, i64)>,
    never: bool,
    matches: Vec<bool>,
    counted: Vec<i64>,
}

impl Naive {
    fn plan(&self) -> Value {
        let mut plan =
            json!({"Match": {"Action": if self.is_all { "*" } else { "StopInstance" }}, "After": self.after});
        plan["Effect"] = match self.quota {
            Some((limit, seconds)) => json!({"Quota": {"Limit": limit, "WindowSeconds": seconds}}),
            None => json!({"DelayMs": 0}),
        };
        if let Some(times) = self.times {
            plan["Times"] = json!(times);
        }
        if self.never {
            (plan["Probability"], plan["Seed"]) = (json!(0), json!(1));
        }
        plan
    }

    fn hits(&self) -> usize {
        self.matches.iter().filter(|is_hit| **is_hit).count()
    }

    /// Whether a call at this time is one too many, from all calls before: it replays the windows from the first on.
    fn is_too_many(&self, (limit, seconds): (usize, i64)) -> bool {
        let (mut begin, mut calls) = (None, 0);
        for &time in &self.counted {
            if begin.is_none_or(|begin| time >= begin + seconds) {
                (begin, calls) = (Some(time), 0);
            }
            calls += 1;
        }
        calls > limit
    }

    /// Whether the request is hit.
    fn meet(&mut self, action: &str, time: i64) -> bool {
        let is_spent = self.times.is_some_and(|times| self.hits() >= times);
        if is_spent || !(self.is_all || action == "StopInstance") {
            return false;
        }
        let mut is_hit = self.matches.len() >= self.after && !self.never;
        if is_hit && let Some(quota) = self.quota {
            self.counted.push(time);
            is_hit = self.is_too_many(quota);
        }
        self.matches.push(is_hit);
        is_hit
    }
}

fn naive() -> impl Strategy<Value = Naive> {
    let quota = proptest::option::weighted(0.3, (0..3_usize, 1..8_i64));
    let times = proptest::option::of(1..5_usize);
    (any::<bool>(), 0..4_usize, times, quota, proptest::bool::weighted(0.1)).prop_map(
        |(is_all, after, times, quota, never)| Naive { is_all, after, times, quota, never, ..Naive::default() },
    )
}

#[test]
fn any_list_hits_what_a_naive_one_hits() {
    let requests = proptest::collection::vec((any::<bool>(), 0..4_i64), 0..60);
    let lists = (proptest::collection::vec(naive(), 0..6), requests);
    property(500)
        .run(&lists, |(mut naive, requests)| {
            let mut list: Vec<PlannedFault> = naive.iter().map(|naive| fault(naive.plan())).collect();
            let mut time = 0;
            for (is_stop, passed) in requests {
                time += passed;
                let action = if is_stop { "StopInstance" } else { "StartInstance" };
                let mut touched = Vec::new();
                let before = list.clone();
                let met = meet(&mut list, &asked(action, &[]), at(time, time), &mut touched);
                prop_assert_eq!(met, naive.iter_mut().position(|naive| naive.meet(action, time)));
                for (place, naive) in naive.iter().enumerate() {
                    let count = |number: i64| usize::try_from(number).unwrap();
                    let counts = (count(list[place].matches), count(list[place].hits));
                    prop_assert_eq!(counts, (naive.matches.len(), naive.hits()));
                    prop_assert_eq!(
                        list[place] != before[place],
                        touched.contains(&place),
                        "what counted is written down"
                    );
                }
            }
            Ok(())
        })
        .unwrap();
}
