//! For any state, filters agree with a naive evaluation.

use actix_web::rt::System;
use ecs_mock::model::disk::OperationLock;
use ecs_mock::model::instance::{self, Instance, InstanceStatus};
use ecs_mock::model::instance_filter::InstanceFilter;
use ecs_mock::model::paging::Start;
use ecs_mock::model::tags::{Tag, TagFilter};
use ecs_mock::store::{Reads, lists};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use crate::actions::naive::{boxed, fill, has_tags, ids, owned};
use crate::support::{NOW, TestApp, property};

const STATUSES: [InstanceStatus; 5] = [
    InstanceStatus::Pending,
    InstanceStatus::Running,
    InstanceStatus::Starting,
    InstanceStatus::Stopping,
    InstanceStatus::Stopped,
];

/// Few values for each field, so that filters meet them.
fn instance() -> impl Strategy<Value = Instance> {
    let small = || option::of(select(vec!["x", "y"]));
    let texts = (
        select(vec!["a", "ab", "a*b", "[a]", "?"]),
        select(vec!["", "m-1", "m-2"]),
        select(vec!["", "ecs.g7.large", "ecs.g7.small", "bare"]),
        small(),
        select(vec!["cn-hangzhou-g", "cn-hangzhou-h"]),
    );
    let billing = (
        option::of(select(vec!["PostPaid", "PrePaid"])),
        option::of(select(vec!["vpc", "classic"])),
        option::of(select(vec!["PayByTraffic", "PayByBandwidth"])),
        option::of(any::<bool>()),
        option::of(select(vec!["2026-03-15T12:00Z", "2026-03-15T12:01:00Z", "never"])),
    );
    let groups = (small(), small(), small());
    let locks = vec(select(vec!["financial", "security", "se\"cu"]), 0..3);
    let life = (select(STATUSES.to_vec()), -3..=3_i64, option::of(select(vec!["", "1"])));
    let region = select(vec!["cn-hangzhou", "cn-hangzhou", "cn-beijing"]);
    (region, texts, billing, groups, locks, life).prop_map(|(region, texts, billing, groups, locks, life)| {
        let locks = locks.into_iter().map(|reason| OperationLock { lock_reason: reason.to_owned(), lock_msg: None });
        Instance {
            region_id: region.to_owned(),
            instance_name: texts.0.to_owned(),
            image_id: texts.1.to_owned(),
            instance_type: texts.2.to_owned(),
            instance_type_family: owned(texts.3),
            zone_id: texts.4.to_owned(),
            instance_charge_type: owned(billing.0),
            instance_network_type: owned(billing.1),
            internet_charge_type: owned(billing.2),
            io_optimized: billing.3,
            expired_time: owned(billing.4),
            key_pair_name: owned(groups.0),
            hpc_cluster_id: owned(groups.1),
            resource_group_id: owned(groups.2),
            operation_locks: locks.collect(),
            status: life.0,
            creation_time: NOW.plus(life.1),
            tags: life.2.map(|value| Tag { key: "k".to_owned(), value: value.to_owned() }).into_iter().collect(),
            ..Instance::default()
        }
    })
}

fn filter() -> impl Strategy<Value = InstanceFilter> {
    let word = |words: Vec<&'static str>| option::weighted(0.15, select(words));
    let time = |seconds: i64| option::weighted(0.15, (-seconds..=seconds).prop_map(|offset| NOW.plus(offset)));
    let texts = (
        word(vec!["a", "a*", "*b", "*", "[*", "?*", "?"]),
        word(vec!["m-1", "m-2", "m-3"]),
        word(vec!["ecs.g7.large", "bare"]),
        word(vec!["x", "ecs.g7", "z"]),
        word(vec!["cn-hangzhou-g", "cn-hangzhou-h"]),
    );
    let billing = (
        word(vec!["PostPaid", "PrePaid"]),
        word(vec!["vpc", "classic"]),
        word(vec!["PayByTraffic", "PayByBandwidth"]),
        option::weighted(0.15, any::<bool>()),
        word(vec!["financial", "security", "Recycling"]),
    );
    let groups = (word(vec!["x", "z"]), word(vec!["x", "z"]), word(vec!["x", "z"]));
    let tag = option::weighted(0.15, option::of(select(vec!["", "1"])));
    let ids = option::weighted(0.15, vec((0..40_u32).prop_map(|number| format!("i-{number}")), 0..30));
    let parts = (option::weighted(0.15, select(STATUSES.to_vec())), prop::bool::weighted(0.05), tag, ids);
    let times = (time(3), time(3), time(90), time(90));
    (texts, billing, groups, parts, times).prop_map(|(texts, billing, groups, parts, times)| InstanceFilter {
        region_id: Some("cn-hangzhou".to_owned()),
        instance_name: owned(texts.0),
        image_id: owned(texts.1),
        instance_type: owned(texts.2),
        instance_type_family: owned(texts.3),
        zone_id: owned(texts.4),
        instance_charge_type: owned(billing.0),
        instance_network_type: owned(billing.1),
        internet_charge_type: owned(billing.2),
        io_optimized: billing.3,
        lock_reason: owned(billing.4),
        key_pair_name: owned(groups.0),
        hpc_cluster_id: owned(groups.1),
        resource_group_id: owned(groups.2),
        status: parts.0,
        is_in_network: parts.1,
        tags: parts.2.map(|value| TagFilter { key: "k".to_owned(), value: owned(value) }).into_iter().collect(),
        instance_ids: parts.3,
        created_from: times.0,
        created_until: times.1,
        expired_from: times.2,
        expired_until: times.3,
    })
}

/// Whether a name is of this form, in which `*` stands for any text.
fn is_like(name: &str, form: &str) -> bool {
    match form.split_once('*') {
        None => name == form,
        Some((before, rest)) => name
            .strip_prefix(before)
            .is_some_and(|name| (0..=name.len()).any(|skipped| is_like(&name[skipped..], rest))),
    }
}

/// What the documentation says of each parameter, one row at a time.
fn matches(row: &Instance, filter: &InstanceFilter) -> bool {
    let is = |wanted: &Option<String>, value: Option<&str>| wanted.is_none() || wanted.as_deref() == value;
    let or = |value: &Option<String>, default: &str| value.clone().unwrap_or_else(|| default.to_owned());
    let of_type = match row.instance_type.as_str() {
        "ecs.g7.large" | "ecs.g7.small" => "ecs.g7",
        _ => "",
    };
    let expired = match row.expired_time.as_deref() {
        None => Some("2999-09-08T16:00:00Z".parse().unwrap()),
        Some("2026-03-15T12:00Z") => Some(NOW),
        Some("2026-03-15T12:01:00Z") => Some(NOW.plus(60)),
        _ => None,
    };
    is(&filter.region_id, Some(&row.region_id))
        && filter.instance_ids.as_ref().is_none_or(|ids| ids.contains(&row.instance_id))
        && filter.instance_name.as_ref().is_none_or(|form| is_like(&row.instance_name, form))
        && filter.status.is_none_or(|status| status == row.status)
        && is(&filter.zone_id, Some(&row.zone_id))
        && is(&filter.image_id, Some(&row.image_id))
        && is(&filter.instance_type, Some(&row.instance_type))
        && is(&filter.instance_type_family, Some(&or(&row.instance_type_family, of_type)))
        && is(&filter.instance_charge_type, Some(&or(&row.instance_charge_type, "PostPaid")))
        && is(&filter.instance_network_type, Some(&or(&row.instance_network_type, "vpc")))
        && is(&filter.internet_charge_type, Some(&or(&row.internet_charge_type, "PayByTraffic")))
        && filter.io_optimized.is_none_or(|wanted| wanted == row.io_optimized.unwrap_or(true))
        && is(&filter.key_pair_name, row.key_pair_name.as_deref())
        && filter
            .lock_reason
            .as_ref()
            .is_none_or(|wanted| row.operation_locks.iter().any(|lock| lock.lock_reason == *wanted))
        && is(&filter.hpc_cluster_id, row.hpc_cluster_id.as_deref())
        && is(&filter.resource_group_id, row.resource_group_id.as_deref())
        && !filter.is_in_network
        && filter.created_from.is_none_or(|from| from <= row.creation_time)
        && filter.created_until.is_none_or(|until| row.creation_time <= until)
        && filter.expired_from.is_none_or(|from| expired.is_some_and(|expired| from <= expired))
        && filter.expired_until.is_none_or(|until| expired.is_some_and(|expired| expired <= until))
        && has_tags(&row.tags, &filter.tags)
}

#[test]
fn filters_agree_with_a_naive_evaluation() {
    let system = System::new();
    let app = system.block_on(TestApp::empty());
    let rows = vec(instance(), 0..40).prop_map(|rows| {
        let rows = rows.into_iter().enumerate();
        let named = rows.map(|(index, row)| Instance { instance_id: format!("i-{}", (index * 17) % 40), ..row });
        named.collect::<Vec<_>>()
    });
    let outcome = property(60).run(&(rows, vec(filter(), 20)), |(rows, filters)| {
        system.block_on(async {
            fill(&app, vec![(&instance::KIND, ids("i-", 40))], boxed(&rows).collect()).await;
            let sandboxes = &app.app().sandboxes;
            let view = sandboxes.view(&sandboxes.by_name("default").unwrap()).await.unwrap();
            let mut session = app.app().store.read(Reads::One).await.unwrap();
            for filter in &filters {
                let start = Start::Offset(0);
                let page = lists::list::<Instance>(&mut session, view.scope(), filter, &start, 1_000).await.unwrap();
                let ids: Vec<&str> = page.rows.iter().map(|row| row.resource.instance_id.as_str()).collect();
                let mut expected: Vec<&Instance> = rows.iter().filter(|row| matches(row, filter)).collect();
                expected.sort_by_key(|row| (std::cmp::Reverse(row.creation_time), row.instance_id.clone()));
                let expected: Vec<&str> = expected.iter().map(|row| row.instance_id.as_str()).collect();
                prop_assert_eq!(page.total_count, i64::try_from(expected.len()).unwrap(), "{:?}", filter);
                prop_assert_eq!(ids, expected, "{:?}", filter);
            }
            Ok(())
        })
    });
    outcome.unwrap();
}
