//! The plan of each filter of instances: which index it searches, and that pages need no sort.

use ecs_mock::model::instance::{Instance, InstanceStatus};
use ecs_mock::model::instance_filter::InstanceFilter;
use ecs_mock::model::paging::{Position, Start};

use super::{plan, steps_of};
use crate::support::{NOW, TestApp};

fn in_region() -> InstanceFilter {
    InstanceFilter { region_id: Some("cn-hangzhou".to_owned()), ..InstanceFilter::default() }
}

#[actix_web::test]
async fn each_filter_searches_its_index() {
    let app = TestApp::empty().await;
    let x = Some("x".to_owned());
    let by_creation = "INDEX instance_by_creation (state_id=? AND region_id=?)";
    let by_id = "INDEX sqlite_autoindex_instance_1 (state_id=? AND id=?)";
    for (name, filter, expected) in [
        ("none", in_region(), by_creation),
        ("InstanceIds", InstanceFilter { instance_ids: Some(vec!["i-1".to_owned()]), ..in_region() }, by_id),
        (
            "InstanceName",
            InstanceFilter { instance_name: x.clone(), ..in_region() },
            "INDEX instance_by_name (state_id=? AND region_id=? AND instance_name=?)",
        ),
        ("InstanceName with *", InstanceFilter { instance_name: Some("x*".to_owned()), ..in_region() }, by_creation),
        (
            "ImageId",
            InstanceFilter { image_id: x.clone(), ..in_region() },
            "INDEX instance_by_image (state_id=? AND region_id=? AND image_id=?)",
        ),
        (
            "InstanceType",
            InstanceFilter { instance_type: x.clone(), ..in_region() },
            "INDEX instance_by_type (state_id=? AND region_id=? AND instance_type=?)",
        ),
        (
            "KeyPairName",
            InstanceFilter { key_pair_name: x.clone(), ..in_region() },
            "INDEX instance_by_key_pair (state_id=? AND region_id=? AND key_pair_name=?)",
        ),
        (
            "HpcClusterId",
            InstanceFilter { hpc_cluster_id: x.clone(), ..in_region() },
            "INDEX instance_by_hpc_cluster (state_id=? AND region_id=? AND hpc_cluster_id=?)",
        ),
        (
            "ResourceGroupId",
            InstanceFilter { resource_group_id: x.clone(), ..in_region() },
            "INDEX instance_by_resource_group (state_id=? AND region_id=? AND resource_group_id=?)",
        ),
        (
            "LockReason",
            InstanceFilter { lock_reason: x.clone(), ..in_region() },
            "INDEX instance_by_lock (state_id=? AND region_id=?)",
        ),
        ("Status", InstanceFilter { status: Some(InstanceStatus::Running), ..in_region() }, by_creation),
        ("ZoneId", InstanceFilter { zone_id: x.clone(), ..in_region() }, by_creation),
        ("InstanceTypeFamily", InstanceFilter { instance_type_family: x.clone(), ..in_region() }, by_creation),
        ("InstanceChargeType", InstanceFilter { instance_charge_type: x.clone(), ..in_region() }, by_creation),
        ("InstanceNetworkType", InstanceFilter { instance_network_type: x.clone(), ..in_region() }, by_creation),
        ("InternetChargeType", InstanceFilter { internet_charge_type: x.clone(), ..in_region() }, by_creation),
        ("IoOptimized", InstanceFilter { io_optimized: Some(true), ..in_region() }, by_creation),
        ("Filter.3", InstanceFilter { expired_from: Some(NOW), ..in_region() }, by_creation),
        (
            "Filter.1",
            InstanceFilter { created_from: Some(NOW), ..in_region() },
            "INDEX instance_by_creation (state_id=? AND region_id=? AND reverse_time<?)",
        ),
    ] {
        let plan = plan::<Instance>(&app, &filter, &Start::Offset(0), false).await;
        let found = steps_of(&plan, "instance");
        assert!(found.len() == 1 && found[0].ends_with(expected), "{name}: {plan:#?}");
        // Ids lead to rows in an order of their own; every other index has the order of the page.
        let sorts = plan.iter().any(|step| step.contains("TEMP B-TREE"));
        assert_eq!(sorts, expected == by_id, "{name}: {plan:#?}");
    }
}

#[actix_web::test]
async fn a_count_of_what_has_no_index_of_its_own_looks_at_no_row() {
    let app = TestApp::empty().await;
    let x = Some("x".to_owned());
    let filter = InstanceFilter {
        instance_name: Some("x*".to_owned()),
        status: Some(InstanceStatus::Running),
        zone_id: x.clone(),
        instance_type_family: x.clone(),
        instance_charge_type: x.clone(),
        instance_network_type: x.clone(),
        internet_charge_type: x,
        io_optimized: Some(true),
        expired_from: Some(NOW),
        expired_until: Some(NOW),
        ..in_region()
    };
    let plan = plan::<Instance>(&app, &filter, &Start::Offset(0), true).await;
    let count = "SEARCH instance USING COVERING INDEX instance_by_creation (state_id=? AND region_id=?)";
    assert!(steps_of(&plan, "instance").contains(&count), "{plan:#?}");
}

#[actix_web::test]
async fn a_token_is_a_place_in_the_index() {
    let app = TestApp::empty().await;
    let start = Start::After(Position { creation_time: NOW, id: "i-1".to_owned() });
    let plan = plan::<Instance>(&app, &in_region(), &start, false).await;
    let place = "INDEX instance_by_creation (state_id=? AND region_id=? AND (reverse_time,id)>(?,?))";
    assert!(steps_of(&plan, "instance")[0].ends_with(place), "{plan:#?}");
}
