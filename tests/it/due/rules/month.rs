//! A month of two policies in one jump.

use serde_json::{Value, json};

use super::{advance, at, policy, snapshots};

#[actix_web::test]
async fn a_month_leaves_a_week_of_days_and_all_sundays_with_their_copies() {
    let disks = ["d-1", "d-2", "d-3"];
    let document = json!({
        "Disks": disks.map(|disk| json!({"DiskId": disk, "Category": "cloud_essd"})),
        "AutoSnapshotPolicies": [
            policy(json!({"AutoSnapshotPolicyId": "sp-a", "RetentionDays": 7, "DiskIds": disks})),
            policy(json!({
                "AutoSnapshotPolicyId": "sp-b", "TimePoints": [2], "RepeatWeekdays": [7], "RetentionDays": 30,
                "DiskIds": disks, "EnableCrossRegionCopy": true, "TargetCopyRegions": ["cn-beijing"],
                "CopiedSnapshotsRetentionDays": 90,
            })),
        ],
    });
    // Midnight of 2030-01-01, a Tuesday, in UTC+8.
    let app = at("2029-12-31T16:00:00Z", document).await;
    // 30 days of three, and four Sundays of three (6, 13, 20, 27) with as many copies. Of the days, the last seven stay.
    assert_eq!(advance(&app, 2_592_000).await, (90 + 12 + 12, 90 - 21));
    let all = snapshots(&app).await;
    let of = |policy: &str, region: &str| -> Vec<Value> {
        let of = |snapshot: &&Value| snapshot["AutoSnapshotPolicyId"] == policy && snapshot["RegionId"] == region;
        all.iter().filter(of).cloned().collect()
    };
    let (days, sundays, copies) = (of("sp-a", "cn-hangzhou"), of("sp-b", "cn-hangzhou"), of("sp-b", "cn-beijing"));
    assert_eq!((days.len(), sundays.len(), copies.len(), all.len()), (21, 12, 12, 45));
    assert_eq!(
        (&days[0]["SnapshotName"], &days[0]["CreationTime"]),
        (&json!("auto2.0_20300124_sp-a"), &json!("2030-01-23T17:00:00Z"))
    );
    let days_of_month: Vec<&str> =
        sundays.iter().map(|snapshot| &snapshot["SnapshotName"].as_str().unwrap()[8..16]).collect();
    let expected = ["20300106", "20300113", "20300120", "20300127"];
    assert_eq!(days_of_month, expected.map(|day| [day; 3]).concat());
    for copy in &copies {
        assert_eq!(copy["RetentionDays"], 90);
        let source = sundays.iter().find(|source| source["SnapshotId"] == copy["SourceSnapshotId"]).unwrap();
        assert_eq!((&copy["SnapshotName"], &copy["SourceDiskId"]), (&source["SnapshotName"], &source["SourceDiskId"]));
    }
    let described = app.describe("PageSize=100").await;
    assert_eq!(described["TotalCount"], 33);
    assert_eq!(app.describe_in("cn-beijing", "").await["TotalCount"], 12);
    assert_eq!(app.describe("SnapshotType=auto&Status=accomplished").await["TotalCount"], 33);
}
