//! The plan of each filter of disks: which index it searches, and that pages need no sort. And what the columns that filters ask
//! for hold in a database that had none of them.

use ecs_mock::model::disk::{Disk, DiskStatus};
use ecs_mock::model::disk_filter::{DiskFilter, LockReason};
use ecs_mock::model::paging::{Position, Start};
use ecs_mock::model::tags::TagFilter;

use super::plan;
use crate::support::{NOW, TestApp};

/// How the rows of the page are found, and how they are counted.
async fn searches(app: &TestApp, filter: &DiskFilter, start: &Start) -> [String; 2] {
    let mut plan = plan::<Disk>(app, filter, start, true).await;
    assert!(!plan.iter().any(|step| step.starts_with("SCAN disk")), "{plan:#?}");
    plan.retain(|step| step.starts_with("SEARCH disk USING") && !step.contains("disk_by_expiration"));
    assert_eq!(plan.len(), 2, "one for the count, one for the page: {plan:#?}");
    let uncounted = self::plan::<Disk>(app, filter, start, false).await;
    assert!(uncounted.contains(&plan[1]), "the same where the count is remembered: {uncounted:#?}");
    [plan.pop().unwrap(), plan.pop().unwrap()]
}

fn in_region() -> DiskFilter {
    DiskFilter { region_id: Some("cn-hangzhou".to_owned()), ..DiskFilter::default() }
}

#[actix_web::test]
async fn each_filter_searches_its_index() {
    let app = TestApp::empty().await;
    let x = Some("x".to_owned());
    let by_creation = "INDEX disk_by_creation (state_id=? AND region_id=?)";
    for (name, filter, expected) in [
        ("none", in_region(), by_creation),
        (
            "DiskIds",
            DiskFilter { disk_ids: Some(vec!["d-1".to_owned()]), ..in_region() },
            "INDEX sqlite_autoindex_disk_1 (state_id=? AND id=?)",
        ),
        (
            "DiskName",
            DiskFilter { disk_name: x.clone(), ..in_region() },
            "INDEX disk_by_name (state_id=? AND region_id=? AND disk_name=?)",
        ),
        (
            "InstanceId",
            DiskFilter { instance_id: x.clone(), ..in_region() },
            "INDEX disk_of_instance (state_id=? AND region_id=? AND instance_id=?)",
        ),
        (
            "SnapshotId",
            DiskFilter { snapshot_id: x.clone(), ..in_region() },
            "INDEX disk_by_snapshot (state_id=? AND region_id=? AND source_snapshot_id=?)",
        ),
        (
            "KMSKeyId",
            DiskFilter { kms_key_id: x.clone(), ..in_region() },
            "INDEX disk_by_kms_key (state_id=? AND region_id=? AND kms_key_id=?)",
        ),
        (
            "ResourceGroupId",
            DiskFilter { resource_group_id: x.clone(), ..in_region() },
            "INDEX disk_by_resource_group (state_id=? AND region_id=? AND resource_group_id=?)",
        ),
        ("ZoneId", DiskFilter { zone_id: x.clone(), ..in_region() }, by_creation),
        ("Category", DiskFilter { category: x.clone(), ..in_region() }, by_creation),
        ("DiskType", DiskFilter { disk_type: x.clone(), ..in_region() }, by_creation),
        ("Status", DiskFilter { status: Some(DiskStatus::InUse), ..in_region() }, by_creation),
        ("DiskChargeType", DiskFilter { disk_charge_type: x.clone(), ..in_region() }, by_creation),
        ("Portable", DiskFilter { portable: Some(true), ..in_region() }, by_creation),
        ("DeleteWithInstance", DiskFilter { delete_with_instance: Some(true), ..in_region() }, by_creation),
        ("DeleteAutoSnapshot", DiskFilter { delete_auto_snapshot: Some(false), ..in_region() }, by_creation),
        ("EnableAutoSnapshot", DiskFilter { enable_auto_snapshot: Some(false), ..in_region() }, by_creation),
        ("Encrypted", DiskFilter { encrypted: true, ..in_region() }, by_creation),
        ("EnableShared", DiskFilter { shared: true, ..in_region() }, by_creation),
        ("MultiAttach", DiskFilter { multi_attach: x.clone(), ..in_region() }, by_creation),
        ("PerformanceLevel", DiskFilter { performance_level: x.clone(), ..in_region() }, by_creation),
        ("financial", DiskFilter { lock_reason: Some(LockReason::Financial), ..in_region() }, by_creation),
        ("security", DiskFilter { lock_reason: Some(LockReason::Security), ..in_region() }, by_creation),
        (
            "AutoSnapshotPolicyId",
            DiskFilter { auto_snapshot_policy_id: x.clone(), ..in_region() },
            "INDEX sqlite_autoindex_disk_1 (state_id=? AND id=?)",
        ),
        (
            "EnableAutomatedSnapshotPolicy",
            DiskFilter { automated: true, ..in_region() },
            "INDEX disk_by_policy (state_id=? AND region_id=?)",
        ),
        (
            "Filter.1",
            DiskFilter { created_from: Some(NOW), ..in_region() },
            "INDEX disk_by_creation (state_id=? AND region_id=? AND reverse_time<?)",
        ),
        (
            "Filter.2",
            DiskFilter { created_until: Some(NOW), ..in_region() },
            "INDEX disk_by_creation (state_id=? AND region_id=? AND reverse_time>?)",
        ),
    ] {
        let [page, count] = searches(&app, &filter, &Start::Offset(0)).await;
        assert!(page.ends_with(expected), "{name}: {page}");
        // Ids lead to rows in an order of their own; every other index has the order of the page, and all that a count asks.
        let sorts =
            plan::<Disk>(&app, &filter, &Start::Offset(0), true).await.iter().any(|step| step.contains("TEMP B-TREE"));
        let by_ids = ["DiskIds", "AutoSnapshotPolicyId"].contains(&name);
        assert_eq!(sorts, by_ids, "{name}");
        assert_eq!(count.contains("COVERING INDEX"), !by_ids, "{name}: {count}");
    }
}

#[actix_web::test]
async fn tags_and_tokens_are_places_in_an_index() {
    let app = TestApp::empty().await;
    let start = Start::After(Position { creation_time: NOW, id: "d-1".to_owned() });
    let [page, _] = searches(&app, &in_region(), &start).await;
    let place = "INDEX disk_by_creation (state_id=? AND region_id=? AND (reverse_time,id)>(?,?))";
    assert!(page.ends_with(place), "{page}");
    let tag = TagFilter { key: "k".to_owned(), value: Some("v".to_owned()) };
    let plan =
        plan::<Disk>(&app, &DiskFilter { tags: vec![tag], portable: Some(true), ..in_region() }, &start, false).await;
    let tags = "SEARCH tag_0 USING COVERING INDEX tag_by_value (state_id=? AND kind=? AND tag_key=? AND tag_value=? AND \
                region_id=? AND (reverse_time,id)>(?,?))";
    assert!(plan.iter().any(|step| step == tags), "{plan:#?}");
    assert!(!plan.iter().any(|step| step.contains("TEMP B-TREE")), "{plan:#?}");
}

/// Bodies as an older version wrote them, and what the columns hold then.
const BODIES: [(&str, &str, &str); 3] = [
    (
        "d-1",
        r#"{"Status":"Available","Portable":true}"#,
        "null,cloud,data,Available,null,PostPaid,1,0,1,1,0,null,Disabled,null,null,0,0,null",
    ),
    (
        "d-2",
        r#"{"Type":"SYSTEM","InstanceId":"i-1"}"#,
        "null,cloud,system,In_use,null,PostPaid,0,0,1,1,0,null,Disabled,null,null,0,0,null",
    ),
    (
        "d-3",
        r#"{"DiskName":"n","Category":"cloud_essd","Status":"Creating","DiskChargeType":"PrePaid","Portable":false,
            "DeleteAutoSnapshot":false,"DeleteWithInstance":true,"EnableAutoSnapshot":false,"Encrypted":true,"KMSKeyId":"k",
            "PerformanceLevel":"PL2","MultiAttach":"Enabled","SourceSnapshotId":"s","ResourceGroupId":"rg",
            "OperationLocks":[{"LockReason":"other"},{"LockReason":"security","LockMsg":"financial"}]}"#,
        "n,cloud_essd,data,Creating,s,PrePaid,0,1,0,0,1,k,Enabled,PL2,rg,0,1,null",
    ),
];

#[actix_web::test]
async fn disks_of_before_have_what_their_bodies_say() {
    let mut connection = super::columns::old().await;
    for (id, body, _) in BODIES {
        let insert = "INSERT INTO disk (state_id, id, region_id, reverse_time, instance_id, zone_id, body)
                      VALUES (1, ?1, 'cn-hangzhou', 0, json_extract(?2, '$.InstanceId'), 'cn-hangzhou-h', ?2)";
        sqlx::query(insert).bind(id).bind(body).execute(&mut connection).await.unwrap();
    }
    for script in [
        include_str!("../../../migrations/V11__disk_filters.sql"),
        include_str!("../../../migrations/V14__auto_snapshot_policies.sql"),
    ] {
        sqlx::raw_sql(script).execute(&mut connection).await.unwrap();
    }
    let columns = ecs_mock::model::disk::KIND.columns;
    for (id, body, expected) in BODIES {
        let select = format!("SELECT json_array({}) FROM disk WHERE id = ?", columns[2..].join(", "));
        let found: String =
            sqlx::query_scalar(sqlx::AssertSqlSafe(select)).bind(id).fetch_one(&mut connection).await.unwrap();
        let found: Vec<serde_json::Value> = serde_json::from_str(&found).unwrap();
        let found: Vec<String> =
            found.iter().map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned)).collect();
        assert_eq!(found.join(","), expected, "{id}");
        // As a row that is written today has it.
        let disk = ecs_mock::model::disk::KIND.read(body).unwrap();
        let written: Vec<String> = disk.columns()[2..]
            .iter()
            .map(|column| match column {
                ecs_mock::model::kind::Column::Null => "null".to_owned(),
                ecs_mock::model::kind::Column::Integer(number) => number.to_string(),
                ecs_mock::model::kind::Column::Text(text) => text.clone(),
            })
            .collect();
        assert_eq!(written.join(","), expected, "{id}");
    }
}
