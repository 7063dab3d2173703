//! Terraform's provider alicloud 1.289: an automatic snapshot policy and its attachment to a disk, from `apply` over a change to
//! `destroy`, as recorded on the wire. After each of them it reads what it would show as a change.

use serde_json::{Value, json};

use super::{Manner, Program, only, text};

const REGION: (&str, &str) = ("RegionId", "cn-hangzhou");
const OWN_REGION: (&str, &str) = ("regionId", "cn-hangzhou");
const DOCUMENT: &str = "Disks: [{DiskId: d-2, NeverAttached: true}, {DiskId: d-3}]";
const DISK: (&str, &str) = ("diskIds", "[\"d-2\"]");

/// A list that the provider takes out of a text.
fn list(policy: &Value, field: &str) -> Value {
    serde_json::from_str(policy[field].as_str().unwrap_or_else(|| panic!("{field} of {policy}"))).unwrap()
}

/// What the provider keeps of a policy.
async fn read(terraform: &Program, id: &str) -> Value {
    let query = [("AutoSnapshotPolicyId", id), REGION];
    let mut reply = terraform.call("DescribeAutoSnapshotPolicyEx", &query).await;
    let policy = only(reply["AutoSnapshotPolicies"]["AutoSnapshotPolicy"].take());
    assert!(policy["CreationTime"].is_string() && policy["ResourceGroupId"].is_string(), "{policy}");
    json!({
        "name": policy["AutoSnapshotPolicyName"],
        "status": policy["Status"],
        "retention_days": policy["RetentionDays"],
        "time_points": list(&policy, "TimePoints"),
        "repeat_weekdays": list(&policy, "RepeatWeekdays"),
        "enable_cross_region_copy": policy["EnableCrossRegionCopy"],
        "target_copy_regions": list(&policy, "TargetCopyRegions"),
        "copied_snapshots_retention_days": policy["CopiedSnapshotsRetentionDays"],
        "copy_encryption_configuration": policy.get("CopyEncryptionConfiguration"),
        "tags": policy["Tags"]["Tag"],
    })
}

#[actix_web::test]
async fn apply_plan_change_and_destroy() {
    let terraform = Program::over(DOCUMENT, Manner::Form).await;
    let made = terraform
        .call(
            "CreateAutoSnapshotPolicy",
            &[
                ("CopiedSnapshotsRetentionDays", "7"),
                ("EnableCrossRegionCopy", "true"),
                ("Tag.1.Key", "env"),
                ("Tag.1.Value", "one"),
                ("TargetCopyRegions", "[\"cn-beijing\"]"),
                ("autoSnapshotPolicyName", "tf-policy-one"),
                OWN_REGION,
                ("repeatWeekdays", "[\"1\",\"2\",\"3\"]"),
                ("retentionDays", "-1"),
                ("timePoints", "[\"1\",\"22\",\"23\"]"),
            ],
        )
        .await;
    let policy_id = text(&made, "AutoSnapshotPolicyId");
    let policy = ("autoSnapshotPolicyId", policy_id.as_str());
    let mut expected = json!({
        "name": "tf-policy-one",
        "status": "Normal",
        "retention_days": -1,
        "time_points": ["1", "22", "23"],
        "repeat_weekdays": ["1", "2", "3"],
        "enable_cross_region_copy": true,
        "target_copy_regions": ["cn-beijing"],
        "copied_snapshots_retention_days": 7,
        "copy_encryption_configuration": null,
        "tags": [{"TagKey": "env", "TagValue": "one"}],
    });
    assert_eq!(read(&terraform, &policy_id).await, expected);

    // The attachment, perhaps before the disk is attached to an instance.
    terraform.call("ApplyAutoSnapshotPolicy", &[policy, DISK, OWN_REGION]).await;
    let attachment = [("AutoSnapshotPolicyId", policy_id.as_str()), ("DiskIds", "[\"d-2\"]"), REGION];
    let disk = terraform.disk(&attachment).await;
    assert_eq!(json!([disk["DiskId"], disk["AutoSnapshotPolicyId"]]), json!(["d-2", policy_id]));

    // A change that takes the copies out of the configuration.
    terraform
        .call(
            "ModifyAutoSnapshotPolicyEx",
            &[
                ("EnableCrossRegionCopy", "false"),
                policy,
                ("autoSnapshotPolicyName", "tf-policy-two"),
                OWN_REGION,
                ("repeatWeekdays", "[\"1\",\"2\",\"3\"]"),
                ("retentionDays", "-1"),
                ("timePoints", "[\"1\",\"22\",\"23\"]"),
            ],
        )
        .await;
    let resource = [REGION, ("ResourceId.1", policy_id.as_str()), ("ResourceType", "snapshotpolicy")];
    terraform.call("UntagResources", &[&resource[..], &[("TagKey.1", "env")]].concat()).await;
    let tag = [("Tag.1.Key", "env"), ("Tag.1.Value", "two")];
    terraform.call("TagResources", &[&resource[..], &tag].concat()).await;
    expected["name"] = json!("tf-policy-two");
    expected["enable_cross_region_copy"] = json!(false);
    expected["target_copy_regions"] = json!([]);
    expected["tags"] = json!([{"TagKey": "env", "TagValue": "two"}]);
    assert_eq!(read(&terraform, &policy_id).await, expected);
    assert_eq!(terraform.disk(&attachment).await["DiskId"], "d-2");

    // Destroy: what is gone already is gone.
    for _ in 0..2 {
        terraform.call("CancelAutoSnapshotPolicy", &[DISK, OWN_REGION]).await;
        let left = terraform.call("DescribeDisks", &attachment).await;
        assert_eq!(left["Disks"], json!({"Disk": []}));
    }
    terraform.call("DeleteAutoSnapshotPolicy", &[policy, OWN_REGION]).await;
    let gone = terraform.refused("DeleteAutoSnapshotPolicy", &[policy, OWN_REGION]).await;
    assert_eq!(gone.status, 404);
    let reply = terraform.call("DescribeAutoSnapshotPolicyEx", &[("AutoSnapshotPolicyId", &policy_id), REGION]).await;
    assert_eq!(reply["AutoSnapshotPolicies"]["AutoSnapshotPolicy"], json!([]));
}
