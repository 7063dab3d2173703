//! For any state, filters agree with a naive evaluation.

use actix_web::rt::System;
use ecs_mock::model::image::{self, DiskDeviceMapping, Image, ImageStatus, ImageUsage};
use ecs_mock::model::image_filter::ImageFilter;
use ecs_mock::model::instance::{self, Instance};
use ecs_mock::model::paging::Start;
use ecs_mock::model::tags::{Tag, TagFilter};
use ecs_mock::model::time::Time;
use ecs_mock::store::{Reads, lists};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use crate::actions::naive::{boxed, fill, has_tags, ids, owned};
use crate::support::{NOW, TestApp, property};

const STATUSES: [ImageStatus; 6] = [
    ImageStatus::Creating,
    ImageStatus::Waiting,
    ImageStatus::Available,
    ImageStatus::UnAvailable,
    ImageStatus::CreateFailed,
    ImageStatus::Deprecated,
];

/// Few values for each field, so that filters meet them.
fn image() -> impl Strategy<Value = Image> {
    let time = || (-3..=3_i64).prop_map(|offset| NOW.plus(offset));
    let small = || option::of(select(vec!["x", "y"]));
    let texts = (select(vec!["a", "ab", "a*b", "[a]", "?"]), small(), small(), select(vec!["self", "others"]));
    let machine = (
        select(vec!["i386", "x86_64", "arm64"]),
        option::of(select(vec!["linux", "Windows"])),
        option::of(select(vec!["Windows 7", "Debian"])),
        option::of(1..3_i64),
    );
    let flags = (any::<bool>(), any::<bool>(), option::of(any::<bool>()), option::of(any::<bool>()));
    let life = (time(), option::of(time()), option::weighted(0.3, select(STATUSES.to_vec())));
    let parts = (vec(select(vec!["s-1", "s-2"]), 0..3), option::of(select(vec!["", "1"])));
    let region = select(vec!["cn-hangzhou", "cn-hangzhou", "cn-beijing"]);
    (region, texts, machine, flags, life, parts).prop_map(|(region, texts, machine, flags, life, (snapshots, tag))| {
        let mappings = snapshots.into_iter().map(|id| DiskDeviceMapping {
            snapshot_id: Some(id.to_owned()),
            disk_type: "data".to_owned(),
            ..DiskDeviceMapping::default()
        });
        Image {
            region_id: region.to_owned(),
            image_name: texts.0.to_owned(),
            image_family: owned(texts.1),
            resource_group_id: owned(texts.2),
            image_owner_alias: texts.3.to_owned(),
            architecture: machine.0.to_owned(),
            os_type: owned(machine.1),
            platform: owned(machine.2),
            image_owner_id: machine.3,
            usable: flags.0,
            is_public: flags.1,
            is_support_cloudinit: flags.2,
            is_support_io_optimized: flags.3,
            creation_time: life.0,
            ready_time: life.1,
            pinned_status: life.2,
            disk_device_mappings: mappings.collect(),
            tags: tag.map(|value| Tag { key: "k".to_owned(), value: value.to_owned() }).into_iter().collect(),
            ..Image::default()
        }
    })
}

fn filter() -> impl Strategy<Value = ImageFilter> {
    let word = |words: Vec<&'static str>| option::weighted(0.2, select(words));
    let flag = || option::weighted(0.2, any::<bool>());
    let time = || option::weighted(0.2, (-3..=3_i64).prop_map(|offset| NOW.plus(offset)));
    let texts = (
        word(vec!["a", "a*", "*b", "*", "[*", "?*", "?"]),
        word(vec!["x", "z"]),
        word(vec!["x", "y"]),
        word(vec!["self", "others", "system"]),
    );
    let machine = (
        word(vec!["i386", "x86_64", "arm64"]),
        word(vec!["linux", "windows"]),
        word(vec!["ecs.g7.large", "ecs.g6r.large"]),
        option::weighted(0.2, 1..4_i64),
    );
    let flags = (flag(), prop::bool::weighted(0.2), flag(), flag());
    let life = (time(), time(), vec(select(STATUSES.to_vec()), 0..3));
    let usage = option::weighted(0.2, select(vec![ImageUsage::Instance, ImageUsage::None]));
    let tag = option::weighted(0.2, option::of(select(vec!["", "1"])));
    let ids = option::weighted(0.2, vec((0..40_u32).prop_map(|number| format!("m-{number}")), 0..30));
    let parts = (word(vec!["s-1", "s-2", "s-3"]), usage, tag, ids);
    (texts, machine, flags, life, parts).prop_map(|(texts, machine, flags, life, (snapshot, usage, tag, image_ids))| {
        let tag = tag.map(|value| TagFilter { key: "k".to_owned(), value: owned(value) });
        ImageFilter {
            region_id: Some("cn-hangzhou".to_owned()),
            image_ids,
            image_name: owned(texts.0),
            image_family: owned(texts.1),
            resource_group_id: owned(texts.2),
            image_owner_alias: owned(texts.3),
            architecture: owned(machine.0),
            os_type: owned(machine.1),
            instance_type: owned(machine.2),
            image_owner_id: machine.3,
            usable: flags.0,
            is_public: flags.1,
            is_support_cloudinit: flags.2,
            is_support_io_optimized: flags.3,
            created_from: life.0,
            created_until: life.1,
            statuses: life.2,
            snapshot_id: owned(snapshot),
            usage,
            tags: tag.into_iter().collect(),
        }
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
fn matches(row: &Image, used: &[String], filter: &ImageFilter, now: Time) -> bool {
    let is = |wanted: &Option<String>, value: Option<&str>| wanted.is_none() || wanted.as_deref() == value;
    let status = match (row.pinned_status, row.ready_time) {
        (Some(status), _) => status,
        (None, Some(ready)) if ready > now => ImageStatus::Creating,
        _ => ImageStatus::Available,
    };
    let usable = row.usable && [ImageStatus::Available, ImageStatus::Deprecated].contains(&status);
    let usage = if used.contains(&row.image_id) { ImageUsage::Instance } else { ImageUsage::None };
    let of_platform = if row.platform.as_deref() == Some("Windows 7") { "windows" } else { "linux" };
    let os_type = row.os_type.as_deref().unwrap_or(of_platform).to_lowercase();
    let is_flag =
        |wanted: Option<bool>, flag: Option<bool>| wanted.is_none_or(|wanted| wanted == flag.unwrap_or(false));
    is(&filter.region_id, Some(&row.region_id))
        && filter.image_ids.as_ref().is_none_or(|ids| ids.contains(&row.image_id))
        && filter.image_name.as_ref().is_none_or(|form| is_like(&row.image_name, form))
        && is(&filter.image_family, row.image_family.as_deref())
        && is(&filter.resource_group_id, row.resource_group_id.as_deref())
        && is(&filter.image_owner_alias, Some(&row.image_owner_alias))
        && is(&filter.architecture, Some(&row.architecture))
        && is(&filter.os_type, Some(&os_type))
        && filter
            .instance_type
            .as_ref()
            .is_none_or(|wanted| (wanted == "ecs.g6r.large") == (row.architecture == "arm64"))
        && filter.image_owner_id.is_none_or(|id| row.image_owner_id == Some(id))
        && filter.usable.is_none_or(|wanted| wanted == usable)
        && (!filter.is_public || row.is_public)
        && is_flag(filter.is_support_cloudinit, row.is_support_cloudinit)
        && is_flag(filter.is_support_io_optimized, row.is_support_io_optimized)
        && filter.created_from.is_none_or(|from| from <= row.creation_time)
        && filter.created_until.is_none_or(|until| row.creation_time <= until)
        && (filter.statuses.is_empty() || filter.statuses.contains(&status))
        && filter.snapshot_id.as_ref().is_none_or(|wanted| {
            row.disk_device_mappings.iter().any(|mapping| mapping.snapshot_id.as_ref() == Some(wanted))
        })
        && filter.usage.is_none_or(|wanted| wanted == usage)
        && has_tags(&row.tags, &filter.tags)
}

/// Replaces what is in the sandbox by these images, some of which have an instance.
async fn fill_with(app: &TestApp, rows: &[Image], used: &[String]) {
    let instances = used.iter().map(|image_id| Instance {
        instance_id: image_id.replace("m-", "i-"),
        region_id: "cn-hangzhou".to_owned(),
        zone_id: "cn-hangzhou-h".to_owned(),
        creation_time: NOW,
        image_id: image_id.clone(),
        ..Instance::default()
    });
    let instances: Vec<Instance> = instances.collect();
    let gone = vec![(&image::KIND, ids("m-", 40)), (&instance::KIND, ids("i-", 40))];
    fill(app, gone, boxed(rows).chain(boxed(&instances)).collect()).await;
}

#[test]
fn filters_agree_with_a_naive_evaluation() {
    let system = System::new();
    let app = system.block_on(TestApp::empty());
    let rows = vec((image(), any::<bool>()), 0..40).prop_map(|rows| {
        let mut used = Vec::new();
        let rows = rows.into_iter().enumerate().map(|(index, (row, is_used))| {
            let image_id = format!("m-{}", (index * 17) % 40);
            used.extend(is_used.then(|| image_id.clone()));
            Image { image_id, ..row }
        });
        let rows: Vec<Image> = rows.collect();
        (rows, used)
    });
    let outcome = property(60).run(&(rows, vec(filter(), 20), -4..=4_i64), |((rows, used), filters, offset)| {
        system.block_on(async {
            fill_with(&app, &rows, &used).await;
            let now = NOW.plus(offset);
            let sandboxes = &app.app().sandboxes;
            let view = sandboxes.view(&sandboxes.by_name("default").unwrap()).await.unwrap();
            let scope = lists::Scope { now, ..view.scope() };
            let mut session = app.app().store.read(Reads::One).await.unwrap();
            for filter in &filters {
                let page = lists::list::<Image>(&mut session, scope, filter, &Start::Offset(0), 1_000).await.unwrap();
                let ids: Vec<&str> = page.rows.iter().map(|row| row.resource.image_id.as_str()).collect();
                let mut expected: Vec<&Image> = rows.iter().filter(|row| matches(row, &used, filter, now)).collect();
                expected.sort_by_key(|row| (std::cmp::Reverse(row.creation_time), row.image_id.clone()));
                let expected: Vec<&str> = expected.iter().map(|row| row.image_id.as_str()).collect();
                prop_assert_eq!(page.total_count, i64::try_from(expected.len()).unwrap(), "{:?}", filter);
                prop_assert_eq!(ids, expected, "{:?}", filter);
                for row in &page.rows {
                    // A filter's SQL and what is shown say the same.
                    let status = row.resource.status(now);
                    prop_assert!(filter.statuses.is_empty() || filter.statuses.contains(&status));
                    prop_assert!(filter.usable.is_none_or(|usable| usable == row.resource.is_usable(now)));
                }
            }
            Ok(())
        })
    });
    outcome.unwrap();
}
