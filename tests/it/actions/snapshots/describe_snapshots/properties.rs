//! What holds for any state: filters agree with a naive evaluation, and paging visits every row exactly once.

use std::collections::BTreeSet;

use actix_web::rt::System;
use ecs_mock::model::kind::Entry;
use ecs_mock::model::lock::{Lock, LockMode, LockStatus};
use ecs_mock::model::paging::Start;
use ecs_mock::model::snapshot::{self, Outcome, Snapshot, SnapshotType, Status, Usage};
use ecs_mock::model::snapshot_filter::{LockFilter, SnapshotFilter, SnapshotTypeFilter};
use ecs_mock::model::tags::{Tag, TagFilter};
use ecs_mock::model::time::Time;
use ecs_mock::sandboxes::{SandboxError, Write, Writing};
use ecs_mock::store::{Reads, lists};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::actions::naive::has_tags;
use crate::support::{NOW, TestApp, property};

/// Few values for each field, so that filters meet them.
fn snapshot() -> impl Strategy<Value = Snapshot> {
    let name = || option::of(select(vec!["a", "A", "b", "auto_x"]));
    let small = || option::of(select(vec!["x", "y"]));
    let time = || (-3..=3_i64).prop_map(|offset| NOW.plus(offset));
    let texts = (name(), small(), small(), small(), small(), select(vec!["x", "y"]));
    let words = (
        select(vec!["System", "data", "DATA"]),
        select(vec!["standard", "Flash"]),
        select(vec![Usage::Image, Usage::Disk, Usage::ImageDisk, Usage::None]),
        select(vec![SnapshotType::Auto, SnapshotType::Timer, SnapshotType::User]),
        any::<bool>(),
    );
    let life = (
        time(),
        option::of(time()),
        select(vec![Outcome::Accomplished, Outcome::Failed]),
        option::weighted(0.3, select(vec![Status::Progressing, Status::Accomplished, Status::Failed])),
        option::weighted(0.2, time()),
        option::weighted(0.5, lock()),
    );
    let tags = (option::of(select(vec!["", "1", "2"])), option::of(select(vec!["1", "2"])));
    let region = select(vec!["cn-hangzhou", "cn-hangzhou", "cn-beijing"]);
    (region, texts, words, life, tags).prop_map(|(region, texts, words, life, tags)| {
        let (snapshot_name, instance, link, key, group, disk) = texts;
        let (source_disk_type, category, usage, snapshot_type, encrypted) = words;
        let (creation_time, ready_time, outcome, pinned_status, expiration_time, lock) = life;
        let owned = |text: Option<&str>| text.map(str::to_owned);
        let tags = [("k", tags.0), ("l", tags.1)]
            .into_iter()
            .filter_map(|(key, value)| value.map(|value| Tag { key: key.to_owned(), value: value.to_owned() }));
        Snapshot {
            snapshot_id: String::new(),
            region_id: region.to_owned(),
            snapshot_name: owned(snapshot_name),
            creation_time,
            source_disk_id: disk.to_owned(),
            source_disk_type: source_disk_type.to_owned(),
            instance_id: owned(instance),
            encrypted,
            kms_key_id: owned(key),
            usage,
            snapshot_type,
            category: category.to_owned(),
            resource_group_id: owned(group),
            snapshot_link_id: owned(link),
            ready_time,
            outcome: ready_time.map(|_| outcome),
            pinned_status,
            expiration_time,
            lock,
            tags: tags.collect(),
            ..blank()
        }
    })
}

/// A lock that is over, can be undone, or neither, about now.
fn lock() -> impl Strategy<Value = Lock> {
    let (day, hour) = (86_400, 3_600);
    ((-2..=2_i64), select(vec![0, 1, 24]), select(vec![0, day, hour])).prop_map(
        move |(offset, cool_off_period, age)| {
            let time = NOW.plus(offset - age);
            Lock {
                lock_mode: LockMode::Compliance,
                lock_duration: 1,
                cool_off_period,
                lock_creation_time: time,
                lock_duration_start_time: time,
            }
        },
    )
}

fn blank() -> Snapshot {
    let (region_id, source_disk_id) = ("cn-hangzhou".to_owned(), "d-1".to_owned());
    Snapshot { region_id, source_disk_id, creation_time: NOW, ..Snapshot::default() }
}

/// Ids in an order that has nothing to do with anything else.
fn named(mut rows: Vec<Snapshot>) -> Vec<Snapshot> {
    for (index, row) in rows.iter_mut().enumerate() {
        row.snapshot_id = format!("s-{}", (index * 37) % 101);
    }
    rows
}

fn filter() -> impl Strategy<Value = SnapshotFilter> {
    let word = |words: Vec<&'static str>| option::weighted(0.2, select(words));
    let small = move || word(vec!["x", "y", "z"]);
    let texts = (word(vec!["a", "A", "c"]), small(), small(), small(), small(), small());
    let words = (
        word(vec!["system", "data"]),
        word(vec!["standard", "flash", "archive"]),
        option::weighted(0.2, select(vec![Usage::Image, Usage::Disk, Usage::ImageDisk, Usage::None])),
        option::weighted(0.2, select(vec![SnapshotTypeFilter::Automatic, SnapshotTypeFilter::User])),
        prop::bool::weighted(0.2),
        option::weighted(0.3, select(vec![Status::Progressing, Status::Accomplished, Status::Failed])),
    );
    let time = || option::weighted(0.2, (-3..=3_i64).prop_map(|offset| NOW.plus(offset)));
    let tag = (select(vec!["k", "l"]), option::of(select(vec!["", "1", "2"])));
    let ids = option::weighted(0.2, vec((0..101_u32).prop_map(|number| format!("s-{number}")), 0..60));
    let status = select(vec![LockStatus::ComplianceCooloff, LockStatus::Compliance, LockStatus::Expired]);
    let lock = prop_oneof![Just(LockFilter::Any), status.prop_map(LockFilter::Status)];
    let ids = (ids, option::weighted(0.2, lock));
    (texts, words, time(), time(), vec(tag, 0..3), ids).prop_map(|(texts, words, from, until, tags, ids)| {
        let (snapshot_ids, lock) = ids;
        let owned = |text: Option<&str>| text.map(str::to_owned);
        let (snapshot_name, instance, link, key, group, disk) = texts;
        let (source_disk_type, category, usage, snapshot_type, encrypted, status) = words;
        let tags = tags.into_iter().map(|(key, value)| TagFilter { key: key.to_owned(), value: owned(value) });
        SnapshotFilter {
            region_id: Some("cn-hangzhou".to_owned()),
            snapshot_ids,
            disk_id: owned(disk),
            instance_id: owned(instance),
            snapshot_link_id: owned(link),
            snapshot_name: owned(snapshot_name),
            kms_key_id: owned(key),
            resource_group_id: owned(group),
            encrypted,
            status,
            usage,
            snapshot_type,
            source_disk_type: owned(source_disk_type),
            category: owned(category),
            created_from: from,
            created_until: until,
            tags: tags.collect(),
            lock,
        }
    })
}

/// What the documentation says of each parameter, one row at a time.
fn matches(row: &Snapshot, filter: &SnapshotFilter, now: Time) -> bool {
    let is = |wanted: &Option<String>, value: Option<&str>| wanted.is_none() || wanted.as_deref() == value;
    is(&filter.region_id, Some(&row.region_id))
        && row.expiration_time.is_none_or(|expiration| now < expiration)
        && match filter.lock {
            None => true,
            Some(LockFilter::Any) => row.lock.is_some(),
            Some(LockFilter::Status(status)) => row.lock.as_ref().is_some_and(|lock| lock.status(now) == status),
        }
        && filter.snapshot_ids.as_ref().is_none_or(|ids| ids.contains(&row.snapshot_id))
        && is(&filter.disk_id, Some(&row.source_disk_id))
        && is(&filter.instance_id, row.instance_id.as_deref())
        && is(&filter.snapshot_link_id, row.snapshot_link_id.as_deref())
        && is(&filter.snapshot_name, row.snapshot_name.as_deref())
        && is(&filter.kms_key_id, row.kms_key_id.as_deref())
        && is(&filter.resource_group_id, row.resource_group_id.as_deref())
        && is(&filter.source_disk_type, Some(&row.source_disk_type.to_lowercase()))
        && is(&filter.category, Some(&row.category.to_lowercase()))
        && (!filter.encrypted || row.encrypted)
        && filter.status.is_none_or(|status| status == row.status(now))
        && filter.usage.is_none_or(|usage| usage == row.usage)
        && filter
            .snapshot_type
            .is_none_or(|wanted| (wanted == SnapshotTypeFilter::User) == (row.snapshot_type == SnapshotType::User))
        && filter.created_from.is_none_or(|from| from <= row.creation_time)
        && filter.created_until.is_none_or(|until| row.creation_time <= until)
        && has_tags(&row.tags, &filter.tags)
}

impl TestApp {
    /// Replaces what is in the sandbox, in the way that a test case would.
    async fn fill(&self, rows: &[Snapshot]) {
        let rows = rows.to_vec();
        self.change(move |write| {
            Box::pin(async move {
                let ids = write.matching_ids::<Snapshot>(&SnapshotFilter::default(), i64::MAX).await?;
                let expired = (0..101).map(|number| format!("s-{number}"));
                let ids: Vec<String> = ids.into_iter().chain(expired).collect();
                write.delete(&snapshot::KIND, &ids.iter().map(String::as_str).collect::<Vec<_>>()).await?;
                let rows: Vec<&dyn Entry> = rows.iter().map(|row| row as &dyn Entry).collect();
                write.put_all(&rows).await.map(drop)
            })
        })
        .await;
    }

    async fn delete(&self, snapshot_ids: &[String]) {
        let ids = snapshot_ids.to_vec();
        self.change(move |write| {
            Box::pin(async move {
                let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
                write.delete(&snapshot::KIND, &ids).await.map(drop)
            })
        })
        .await;
    }

    async fn add(&self, row: Snapshot) {
        self.change(move |write| Box::pin(async move { write.put(&row).await.map(drop) })).await;
    }

    async fn change<F>(&self, change: F)
    where
        F: for<'a> FnOnce(&'a mut Write) -> Writing<'a, (), SandboxError> + Send + 'static,
    {
        let sandboxes = &self.app().sandboxes;
        let sandbox = sandboxes.by_name("default").unwrap();
        sandboxes.write(&sandbox, change).await.unwrap();
    }

    /// One page, without the detour over both formats.
    async fn page(&self, query: &str) -> (Vec<String>, i64, Option<String>) {
        let query = format!("Action=DescribeSnapshots&RegionId=cn-hangzhou&Format=JSON&{query}");
        let reply = self.get(&query).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        let reply = reply.json();
        let ids = reply["Snapshots"]["Snapshot"].as_array().unwrap().iter();
        let ids = ids.map(|snapshot| snapshot["SnapshotId"].as_str().unwrap().to_owned()).collect();
        (ids, reply["TotalCount"].as_i64().unwrap(), reply["NextToken"].as_str().map(str::to_owned))
    }
}

/// The ids of `rows` in the documented order.
fn ordered(mut rows: Vec<&Snapshot>) -> Vec<String> {
    rows.sort_by_key(|row| (std::cmp::Reverse(row.creation_time), row.snapshot_id.clone()));
    rows.into_iter().map(|row| row.snapshot_id.clone()).collect()
}

#[test]
fn filters_agree_with_a_naive_evaluation() {
    let system = System::new();
    let app = system.block_on(TestApp::empty());
    let cases = (vec(snapshot(), 0..60).prop_map(named), vec(filter(), 20), -4..=4_i64);
    let outcome = property(100).run(&cases, |(rows, filters, offset)| {
        system.block_on(async {
            app.fill(&rows).await;
            let now = NOW.plus(offset);
            let sandboxes = &app.app().sandboxes;
            let view = sandboxes.view(&sandboxes.by_name("default").unwrap()).await.unwrap();
            let scope = lists::Scope { now, ..view.scope() };
            let mut connection = app.app().store.read(Reads::One).await.unwrap();
            for filter in &filters {
                let page =
                    lists::list::<Snapshot>(&mut connection, scope, filter, &Start::Offset(0), 1_000).await.unwrap();
                let ids: Vec<String> = page.rows.iter().map(|row| row.resource.snapshot_id.clone()).collect();
                let expected = ordered(rows.iter().filter(|row| matches(row, filter, now)).collect());
                prop_assert_eq!(page.total_count, i64::try_from(expected.len()).unwrap(), "{:?}", filter);
                prop_assert_eq!(ids, expected, "{:?}", filter);
                // What was written is what is read.
                for read in page.rows.iter().map(|row| &row.resource) {
                    prop_assert_eq!(Some(read), rows.iter().find(|row| row.snapshot_id == read.snapshot_id));
                }
            }
            Ok(())
        })
    });
    outcome.unwrap();
}

/// Rows that differ in nothing but id and time, few of those.
fn plain_rows() -> impl Strategy<Value = Vec<Snapshot>> {
    let row = (0..4_i64).prop_map(|offset| Snapshot { creation_time: NOW.plus(offset), ..blank() });
    vec(row, 0..80).prop_map(named)
}

#[test]
fn paging_in_both_modes_visits_every_row_exactly_once() {
    let system = System::new();
    let app = system.block_on(TestApp::empty());
    let outcome = property(40).run(&(plain_rows(), 1..=30_usize, 10..=30_usize), |(rows, page_size, max_results)| {
        system.block_on(async {
            app.fill(&rows).await;
            let expected = ordered(rows.iter().collect());
            let mut by_number = Vec::new();
            for page_number in 1..=rows.len() / page_size + 2 {
                let (ids, total, _) = app.page(&format!("PageSize={page_size}&PageNumber={page_number}")).await;
                prop_assert_eq!(total, i64::try_from(rows.len()).unwrap());
                by_number.extend(ids);
            }
            prop_assert_eq!(&by_number, &expected);
            let mut by_token = Vec::new();
            let mut query = format!("MaxResults={max_results}");
            loop {
                let (ids, total, token) = app.page(&query).await;
                prop_assert_eq!(total, i64::try_from(rows.len()).unwrap());
                by_token.extend(ids);
                let Some(token) = token else { break };
                query = format!("MaxResults={max_results}&NextToken={token}");
            }
            prop_assert_eq!(&by_token, &expected);
            Ok(())
        })
    });
    outcome.unwrap();
}

#[test]
fn token_paging_visits_what_stays_exactly_once_while_others_come_and_go() {
    let system = System::new();
    let app = system.block_on(TestApp::empty());
    let changes = vec((any::<Index>(), 0..4_i64), 0..12);
    let outcome = property(40).run(&(plain_rows(), changes), |(rows, changes)| {
        system.block_on(async {
            app.fill(&rows).await;
            let mut changes = changes.into_iter();
            let (mut gone, mut seen) = (BTreeSet::new(), Vec::new());
            let mut query = "MaxResults=10".to_owned();
            loop {
                let (ids, _, token) = app.page(&query).await;
                seen.extend(ids);
                let Some(token) = token else { break };
                query = format!("MaxResults=10&NextToken={token}");
                // Between two pages one row goes, perhaps the last one seen, and another comes.
                if let Some((index, offset)) = changes.next() {
                    let victim = index.get(&rows).snapshot_id.clone();
                    app.delete(std::slice::from_ref(&victim)).await;
                    gone.insert(victim);
                    let snapshot_id = format!("s-new-{}", seen.len());
                    app.add(Snapshot { snapshot_id, creation_time: NOW.plus(offset), ..blank() }).await;
                }
            }
            let unique: BTreeSet<&String> = seen.iter().collect();
            prop_assert_eq!(unique.len(), seen.len(), "no row twice");
            let stayed = ordered(rows.iter().filter(|row| !gone.contains(&row.snapshot_id)).collect());
            seen.retain(|id| !gone.contains(id) && !id.starts_with("s-new-"));
            prop_assert_eq!(seen, stayed, "no row skipped");
            Ok(())
        })
    });
    outcome.unwrap();
}
