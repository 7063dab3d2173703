//! What holds for any state: filters agree with a naive evaluation.

use actix_web::rt::System;
use ecs_mock::model::auto_snapshot_policy::{self, AutoSnapshotPolicy};
use ecs_mock::model::disk::{self, Disk, DiskStatus, OperationLock};
use ecs_mock::model::disk_filter::{DiskFilter, LockReason};
use ecs_mock::model::paging::Start;
use ecs_mock::model::tags::{Tag, TagFilter};
use ecs_mock::store::{Reads, lists};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use crate::actions::naive::{boxed, fill, has_tags, ids, owned};
use crate::support::{NOW, TestApp, property};

const STATUSES: [DiskStatus; 3] = [DiskStatus::Available, DiskStatus::Attaching, DiskStatus::Creating];

/// Few values for each field, so that filters meet them.
fn disk() -> impl Strategy<Value = Disk> {
    let small = || option::of(select(vec!["x", "y"]));
    let texts = (option::of(select(vec!["a", "A", "b"])), small(), small(), small(), small());
    let words = (
        select(vec!["System", "data", "DATA"]),
        select(vec!["cloud", "cloud_essd"]),
        select(vec!["PostPaid", "PrePaid"]),
        option::of(select(vec!["Disabled", "Enabled", "LegacyShared"])),
        option::of(select(STATUSES.to_vec())),
        option::of(select(vec!["PL1", "PL2"])),
    );
    let flags = (option::of(any::<bool>()), any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>());
    let locks = vec(select(vec!["financial", "security", "other"]), 0..3);
    let tags = (option::of(select(vec!["", "1", "2"])), option::of(select(vec!["1", "2"])));
    let place = (select(vec!["cn-hangzhou", "cn-hangzhou", "cn-beijing"]), -3..=3_i64);
    (place, texts, words, flags, locks, tags).prop_map(|(place, texts, words, flags, locks, tags)| {
        let (disk_name, snapshot, key, group, zone) = texts;
        let (disk_type, category, charge, multi_attach, status, level) = words;
        let (portable, delete_with_instance, delete_auto_snapshot, enable_auto_snapshot, encrypted) = flags;
        let tags = [("k", tags.0), ("l", tags.1)]
            .into_iter()
            .filter_map(|(key, value)| value.map(|value| Tag { key: key.to_owned(), value: value.to_owned() }));
        let lock = |reason: &str| OperationLock { lock_reason: reason.to_owned(), lock_msg: None };
        Disk {
            region_id: place.0.to_owned(),
            creation_time: NOW.plus(place.1),
            zone_id: owned(zone),
            disk_name: owned(disk_name),
            category: category.to_owned(),
            disk_type: disk_type.to_owned(),
            status,
            disk_charge_type: charge.to_owned(),
            portable,
            delete_auto_snapshot,
            delete_with_instance,
            enable_auto_snapshot,
            encrypted,
            kms_key_id: owned(key),
            performance_level: owned(level),
            multi_attach: owned(multi_attach),
            source_snapshot_id: owned(snapshot),
            resource_group_id: owned(group),
            operation_locks: locks.into_iter().map(lock).collect(),
            tags: tags.collect(),
            ..Disk::default()
        }
    })
}

/// Ids in an order that has nothing to do with anything else.
fn named(mut rows: Vec<Disk>) -> Vec<Disk> {
    for (index, row) in rows.iter_mut().enumerate() {
        row.disk_id = format!("d-{}", (index * 37) % 101);
    }
    rows
}

/// A few policies, each with numbers that say which disks of the region it has, and at which place.
fn policies() -> impl Strategy<Value = Vec<Vec<(usize, i32)>>> {
    vec(vec((0..60_usize, 1..4_i32), 0..12), 0..4)
}

/// The policies of these disks, `sp-0` and so on.
fn applied(disks: &[Disk], numbers: &[Vec<(usize, i32)>]) -> Vec<AutoSnapshotPolicy> {
    let of_region: Vec<&Disk> = disks.iter().filter(|disk| disk.region_id == "cn-hangzhou").collect();
    let policy = |(number, disks): (usize, &Vec<(usize, i32)>)| {
        let mut policy = AutoSnapshotPolicy {
            auto_snapshot_policy_id: format!("sp-{number}"),
            region_id: "cn-hangzhou".to_owned(),
            creation_time: NOW,
            ..AutoSnapshotPolicy::default()
        };
        for (disk, place) in disks.iter().filter(|_| !of_region.is_empty()) {
            policy.apply(&of_region[disk % of_region.len()].disk_id, *place, NOW);
        }
        policy
    };
    numbers.iter().enumerate().map(policy).collect()
}

/// The one that was applied first.
fn first_of<'a>(disk: &Disk, policies: &'a [AutoSnapshotPolicy]) -> Option<&'a str> {
    let of_disk = policies.iter().filter(|policy| policy.has(&disk.disk_id));
    let first = of_disk.min_by_key(|policy| (policy.place(&disk.disk_id), &policy.auto_snapshot_policy_id));
    first.map(|policy| policy.auto_snapshot_policy_id.as_str())
}

fn filter() -> impl Strategy<Value = DiskFilter> {
    let word = |words: Vec<&'static str>| option::weighted(0.15, select(words));
    let small = move || word(vec!["x", "y", "z"]);
    let flag = || option::weighted(0.15, any::<bool>());
    let texts = (word(vec!["a", "A", "c"]), small(), small(), small(), word(vec!["x", "y", "cn-hangzhou-h"]));
    let words = (
        word(vec!["system", "data"]),
        word(vec!["cloud", "cloud_essd", "cloud_auto"]),
        word(vec!["PostPaid", "PrePaid"]),
        word(vec!["Disabled", "Enabled", "LegacyShared"]),
        option::weighted(0.2, select(STATUSES.to_vec())),
        word(vec!["PL1", "PL2", "PL3"]),
        option::weighted(0.15, select(vec![LockReason::Financial, LockReason::Security])),
    );
    let rare = || prop::bool::weighted(0.15);
    let others = (word(vec!["sp-0", "sp-1", "sp-9"]), rare(), option::weighted(0.05, Just("i-1")));
    let flags = (flag(), flag(), flag(), flag(), rare(), rare(), others);
    let time = || option::weighted(0.2, (-3..=3_i64).prop_map(|offset| NOW.plus(offset)));
    let tag = (select(vec!["k", "l"]), option::of(select(vec!["", "1", "2"])));
    let ids = option::weighted(0.2, vec((0..101_u32).prop_map(|number| format!("d-{number}")), 0..60));
    (texts, words, flags, time(), time(), vec(tag, 0..2), ids).prop_map(
        |(texts, words, flags, created_from, created_until, tags, disk_ids)| {
            let (disk_name, snapshot, key, group, zone) = texts;
            let (disk_type, category, charge, multi_attach, status, level, lock_reason) = words;
            let (portable, delete_with_instance, delete_auto_snapshot, enable_auto_snapshot, ..) = flags;
            let (.., encrypted, shared, (policy, automated, instance)) = flags;
            DiskFilter {
                region_id: Some("cn-hangzhou".to_owned()),
                disk_ids,
                zone_id: owned(zone),
                category: owned(category),
                disk_type: owned(disk_type),
                status,
                disk_name: owned(disk_name),
                instance_id: owned(instance),
                snapshot_id: owned(snapshot),
                disk_charge_type: owned(charge),
                portable,
                delete_with_instance,
                delete_auto_snapshot,
                enable_auto_snapshot,
                encrypted,
                kms_key_id: owned(key),
                lock_reason,
                multi_attach: owned(multi_attach),
                shared,
                performance_level: owned(level),
                resource_group_id: owned(group),
                auto_snapshot_policy_id: owned(policy),
                automated,
                created_from,
                created_until,
                tags: tags
                    .into_iter()
                    .map(|(key, value)| TagFilter { key: key.to_owned(), value: owned(value) })
                    .collect(),
            }
        },
    )
}

/// What the documentation says of each parameter, one row at a time.
fn matches(row: &Disk, policies: &[AutoSnapshotPolicy], filter: &DiskFilter) -> bool {
    let is = |wanted: &Option<String>, value: Option<&str>| wanted.is_none() || wanted.as_deref() == value;
    let has = |wanted: Option<bool>, value: bool| wanted.is_none_or(|wanted| wanted == value);
    let has_lock = |reason: LockReason| {
        let reason = if reason == LockReason::Financial { "financial" } else { "security" };
        row.operation_locks.iter().any(|lock| lock.lock_reason == reason)
    };
    let is_data = row.disk_type.to_lowercase() == "data";
    let multi_attach = row.multi_attach.as_deref().unwrap_or("Disabled");
    let zone = row.zone_id.clone().unwrap_or_else(|| format!("{}-h", row.region_id));
    is(&filter.region_id, Some(&row.region_id))
        && filter.disk_ids.as_ref().is_none_or(|ids| ids.contains(&row.disk_id))
        && is(&filter.zone_id, Some(&zone))
        && is(&filter.category, Some(&row.category))
        && is(&filter.disk_type, Some(&row.disk_type.to_lowercase()))
        && filter.status.is_none_or(|status| status == row.status.unwrap_or(DiskStatus::Available))
        && is(&filter.disk_name, row.disk_name.as_deref())
        && is(&filter.instance_id, row.instance_id.as_deref())
        && is(&filter.snapshot_id, row.source_snapshot_id.as_deref())
        && is(&filter.disk_charge_type, Some(&row.disk_charge_type))
        && has(filter.portable, row.portable.unwrap_or(is_data))
        && has(filter.delete_with_instance, row.delete_with_instance)
        && has(filter.delete_auto_snapshot, row.delete_auto_snapshot)
        && has(filter.enable_auto_snapshot, row.enable_auto_snapshot)
        && (!filter.encrypted || row.encrypted)
        && is(&filter.kms_key_id, row.kms_key_id.as_deref())
        && filter.lock_reason.is_none_or(has_lock)
        && is(&filter.multi_attach, Some(multi_attach))
        && (!filter.shared || multi_attach != "Disabled")
        && is(&filter.performance_level, row.performance_level.as_deref())
        && is(&filter.resource_group_id, row.resource_group_id.as_deref())
        && filter.auto_snapshot_policy_id.as_ref().is_none_or(|id| {
            policies.iter().any(|policy| policy.auto_snapshot_policy_id == *id && policy.has(&row.disk_id))
        })
        && (!filter.automated || policies.iter().any(|policy| policy.has(&row.disk_id)))
        && filter.created_from.is_none_or(|from| from <= row.creation_time)
        && filter.created_until.is_none_or(|until| row.creation_time <= until)
        && has_tags(&row.tags, &filter.tags)
}

/// Replaces what is in the sandbox, in the way that a test case would.
async fn fill_with(app: &TestApp, rows: &[Disk], policies: &[AutoSnapshotPolicy]) {
    let gone = vec![(&disk::KIND, ids("d-", 101)), (&auto_snapshot_policy::KIND, ids("sp-", 101))];
    fill(app, gone, boxed(rows).chain(boxed(policies)).collect()).await;
}

#[test]
fn filters_agree_with_a_naive_evaluation() {
    let system = System::new();
    let app = system.block_on(TestApp::empty());
    let cases = (vec(disk(), 0..60).prop_map(named), policies(), vec(filter(), 20));
    let outcome = property(60).run(&cases, |(rows, policies, filters)| {
        system.block_on(async {
            let policies = applied(&rows, &policies);
            fill_with(&app, &rows, &policies).await;
            let sandboxes = &app.app().sandboxes;
            let view = sandboxes.view(&sandboxes.by_name("default").unwrap()).await.unwrap();
            let mut session = app.app().store.read(Reads::One).await.unwrap();
            for filter in &filters {
                let start = Start::Offset(0);
                let page = lists::list::<Disk>(&mut session, view.scope(), filter, &start, 1_000).await.unwrap();
                let ids: Vec<&str> = page.rows.iter().map(|row| row.resource.disk_id.as_str()).collect();
                let mut expected: Vec<&Disk> = rows.iter().filter(|row| matches(row, &policies, filter)).collect();
                expected.sort_by_key(|row| (std::cmp::Reverse(row.creation_time), &row.disk_id));
                let expected: Vec<&str> = expected.iter().map(|row| row.disk_id.as_str()).collect();
                prop_assert_eq!(page.total_count, i64::try_from(expected.len()).unwrap(), "{:?}", filter);
                prop_assert_eq!(ids, expected, "{:?}", filter);
                // What was written is what is read.
                for row in &page.rows {
                    let read = &row.resource;
                    prop_assert_eq!(Some(read), rows.iter().find(|row| row.disk_id == read.disk_id));
                    let first = first_of(read, &policies);
                    prop_assert_eq!(row.derived.auto_snapshot_policy_id.as_deref(), first, "{}", read.disk_id);
                }
            }
            Ok(())
        })
    });
    outcome.unwrap();
}
