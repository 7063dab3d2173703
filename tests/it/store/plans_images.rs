//! The plan of each filter of images: which index it searches, and that pages need no sort.

use ecs_mock::model::image::{Image, ImageStatus, ImageUsage};
use ecs_mock::model::image_filter::ImageFilter;
use ecs_mock::model::paging::{Position, Start};
use ecs_mock::model::tags::TagFilter;

use super::{plan, steps_of};
use crate::support::{NOW, TestApp};

fn in_region() -> ImageFilter {
    ImageFilter { region_id: Some("cn-hangzhou".to_owned()), ..ImageFilter::default() }
}

#[actix_web::test]
async fn each_filter_searches_its_index() {
    let app = TestApp::empty().await;
    let x = Some("x".to_owned());
    let by_creation = "INDEX image_by_creation (state_id=? AND region_id=?)";
    let by_id = "INDEX sqlite_autoindex_image_1 (state_id=? AND id=?)";
    for (name, filter, expected) in [
        ("none", in_region(), by_creation),
        ("ImageId", ImageFilter { image_ids: Some(vec!["m-1".to_owned()]), ..in_region() }, by_id),
        ("SnapshotId", ImageFilter { snapshot_id: x.clone(), ..in_region() }, by_id),
        (
            "ImageName",
            ImageFilter { image_name: x.clone(), ..in_region() },
            "INDEX image_by_name (state_id=? AND region_id=? AND image_name=?)",
        ),
        ("ImageName with *", ImageFilter { image_name: Some("x*".to_owned()), ..in_region() }, by_creation),
        (
            "ImageFamily",
            ImageFilter { image_family: x.clone(), ..in_region() },
            "INDEX image_by_family (state_id=? AND region_id=? AND image_family=?)",
        ),
        (
            "ResourceGroupId",
            ImageFilter { resource_group_id: x.clone(), ..in_region() },
            "INDEX image_by_resource_group (state_id=? AND region_id=? AND resource_group_id=?)",
        ),
        ("ImageOwnerAlias", ImageFilter { image_owner_alias: x.clone(), ..in_region() }, by_creation),
        ("ImageOwnerId", ImageFilter { image_owner_id: Some(1), ..in_region() }, by_creation),
        ("Architecture", ImageFilter { architecture: x.clone(), ..in_region() }, by_creation),
        ("InstanceType", ImageFilter { instance_type: Some("ecs.g7.large".to_owned()), ..in_region() }, by_creation),
        ("OSType", ImageFilter { os_type: x.clone(), ..in_region() }, by_creation),
        ("Usage", ImageFilter { usage: Some(ImageUsage::Instance), ..in_region() }, by_creation),
        ("IsPublic", ImageFilter { is_public: true, ..in_region() }, by_creation),
        ("IsSupportCloudinit", ImageFilter { is_support_cloudinit: Some(true), ..in_region() }, by_creation),
        ("IsSupportIoOptimized", ImageFilter { is_support_io_optimized: Some(true), ..in_region() }, by_creation),
        ("Status", ImageFilter { statuses: vec![ImageStatus::Available], ..in_region() }, by_creation),
        ("Usable", ImageFilter { usable: Some(false), ..in_region() }, by_creation),
        (
            "Filter.1",
            ImageFilter { created_from: Some(NOW), ..in_region() },
            "INDEX image_by_creation (state_id=? AND region_id=? AND reverse_time<?)",
        ),
    ] {
        let plan = plan::<Image>(&app, &filter, &Start::Offset(0), false).await;
        let found = steps_of(&plan, "image");
        assert!(found.len() == 1 && found[0].ends_with(expected), "{name}: {plan:#?}");
        // Ids lead to rows in an order of their own; every other index has the order of the page.
        let sorts = plan.iter().any(|step| step.contains("TEMP B-TREE"));
        assert_eq!(sorts, expected == by_id, "{name}: {plan:#?}");
    }
}

#[actix_web::test]
async fn a_count_of_what_has_no_index_of_its_own_looks_at_no_row() {
    let app = TestApp::empty().await;
    let filter = ImageFilter {
        image_name: Some("x*".to_owned()),
        image_owner_alias: Some("self".to_owned()),
        image_owner_id: Some(1),
        architecture: Some("arm64".to_owned()),
        os_type: Some("linux".to_owned()),
        usage: Some(ImageUsage::None),
        is_public: true,
        is_support_cloudinit: Some(true),
        is_support_io_optimized: Some(true),
        statuses: vec![ImageStatus::Available],
        usable: Some(true),
        ..in_region()
    };
    let plan = plan::<Image>(&app, &filter, &Start::Offset(0), true).await;
    let count = "SEARCH image USING COVERING INDEX image_by_creation (state_id=? AND region_id=?)";
    assert!(steps_of(&plan, "image").contains(&count), "{plan:#?}");
    // The next change by the clock alone is a place in two indexes.
    for (index, column) in [("image_by_ready_time", "ready_time"), ("image_by_expiration", "expiration_time")] {
        let step = format!("SEARCH image USING COVERING INDEX {index} (state_id=? AND {column}>?)");
        assert!(steps_of(&plan, "image").contains(&step.as_str()), "{plan:#?}");
    }
}

#[actix_web::test]
async fn what_an_image_is_made_of_is_found_by_its_link() {
    let app = TestApp::empty().await;
    let filter = ImageFilter { snapshot_id: Some("x".to_owned()), ..in_region() };
    let plan = plan::<Image>(&app, &filter, &Start::Offset(0), false).await;
    let link = "INDEX link_by_linked (state_id=? AND linked_id=? AND kind=?";
    assert!(plan.iter().any(|step| step.starts_with("SEARCH link ") && step.contains(link)), "{plan:#?}");
}

#[actix_web::test]
async fn tags_and_tokens_are_places_in_their_index() {
    let app = TestApp::empty().await;
    let tag = TagFilter { key: "k".to_owned(), value: Some("v".to_owned()) };
    let plan_of_tag =
        plan::<Image>(&app, &ImageFilter { tags: vec![tag], ..in_region() }, &Start::Offset(0), false).await;
    let by_value = "SEARCH tag_0 USING COVERING INDEX tag_by_value \
                    (state_id=? AND kind=? AND tag_key=? AND tag_value=? AND region_id=?)";
    assert!(plan_of_tag.iter().any(|step| step == by_value), "{plan_of_tag:#?}");
    let start = Start::After(Position { creation_time: NOW, id: "m-1".to_owned() });
    let plan = plan::<Image>(&app, &in_region(), &start, false).await;
    let place = "INDEX image_by_creation (state_id=? AND region_id=? AND (reverse_time,id)>(?,?))";
    assert!(steps_of(&plan, "image")[0].ends_with(place), "{plan:#?}");
}
