//! ModifyAutoSnapshotPolicyEx: what changes, what stays, and what is refused.

use serde_json::{Value, json};

use super::{disks_of, list, policy, shown};
use crate::support::{TestApp, golden};

const SEED: &str = "
Disks: [{DiskId: d-1}]
AutoSnapshotPolicies:
  - {AutoSnapshotPolicyId: sp-1, AutoSnapshotPolicyName: one, TimePoints: ['1'], RepeatWeekdays: ['2'], RetentionDays: 3, DiskIds: [d-1]}
  - {AutoSnapshotPolicyId: sp-tags, AssociationType: AssociatedWithInstanceTag, TargetTags: {a: b}}
  - {AutoSnapshotPolicyId: sp-system, Type: System}
  - {AutoSnapshotPolicyId: sp-beijing, RegionId: cn-beijing}
";

const ONE: &str = "regionId=cn-hangzhou&autoSnapshotPolicyId=sp-1";

/// Changes sp-1, and says which of its fields have other values then.
async fn changed(app: &TestApp, query: &str) -> Value {
    let before = policy(app, "sp-1").await;
    let reply = app.act(&format!("ModifyAutoSnapshotPolicyEx&{ONE}&{query}")).await;
    assert_eq!(reply.as_object().unwrap().keys().collect::<Vec<_>>(), ["RequestId"]);
    let after = policy(app, "sp-1").await;
    let mut fields = serde_json::Map::new();
    for name in before.as_object().unwrap().keys().chain(after.as_object().unwrap().keys()) {
        if before.get(name) != after.get(name) {
            fields.insert(name.clone(), after.get(name).cloned().unwrap_or_default());
        }
    }
    Value::Object(fields)
}

#[actix_web::test]
async fn what_is_given_changes_and_nothing_else() {
    let app = TestApp::seeded(SEED).await;
    for (query, expected) in [
        (String::new(), json!({})),
        (
            "autoSnapshotPolicyName=other&AutoSnapshotPolicyName=x".to_owned(),
            json!({"AutoSnapshotPolicyName": "other"}),
        ),
        (format!("timePoints={}", list(&["5", "4"])), json!({"TimePoints": [5, 4]})),
        (format!("repeatWeekdays={}", list(&["7", "1"])), json!({"RepeatWeekdays": [7, 1]})),
        ("retentionDays=65536".to_owned(), json!({"RetentionDays": 65_536})),
        ("retentionDays=-1".to_owned(), json!({"RetentionDays": -1})),
        ("CopiedSnapshotsRetentionDays=9".to_owned(), json!({"CopiedSnapshotsRetentionDays": 9})),
        (
            "CopyEncryptionConfiguration.Encrypted=true".to_owned(),
            json!({"CopyEncryptionConfiguration": {"Encrypted": true}}),
        ),
        (
            // What the policy says is enough.
            "CopyEncryptionConfiguration.KMSKeyId=k".to_owned(),
            json!({"CopyEncryptionConfiguration": {"Encrypted": true, "KMSKeyId": "k"}}),
        ),
        ("CopyEncryptionConfiguration.Encrypted=false".to_owned(), json!({"CopyEncryptionConfiguration": null})),
    ] {
        assert_eq!(changed(&app, &query).await, expected, "{query}");
    }
    assert_eq!(disks_of(&app, "sp-1").await, ["d-1"]);
}

#[actix_web::test]
async fn copying_goes_on_off_and_away() {
    let app = TestApp::seeded(SEED).await;
    let (beijing, shanghai) = (list(&["cn-beijing"]), list(&["cn-shanghai"]));
    for (query, enabled, regions) in [
        (format!("EnableCrossRegionCopy=true&TargetCopyRegions={beijing}"), true, json!(["cn-beijing"])),
        (format!("TargetCopyRegions={shanghai}"), true, json!(["cn-shanghai"])),
        ("EnableCrossRegionCopy=true".to_owned(), true, json!(["cn-shanghai"])),
        // As Terraform sends it while its configuration has a region, and once it has none.
        (format!("EnableCrossRegionCopy=false&TargetCopyRegions={shanghai}"), false, json!(["cn-shanghai"])),
        ("EnableCrossRegionCopy=true".to_owned(), true, json!(["cn-shanghai"])),
        ("EnableCrossRegionCopy=false".to_owned(), false, json!([])),
        (format!("TargetCopyRegions={beijing}"), false, json!(["cn-beijing"])),
        (format!("TargetCopyRegions={}", list(&[])), false, json!([])),
    ] {
        changed(&app, &query).await;
        let policy = shown(&app, "sp-1").await;
        let seen = (&policy["EnableCrossRegionCopy"], policy["TargetCopyRegions"].as_str().unwrap());
        assert_eq!(seen, (&json!(enabled), regions.to_string().as_str()), "{query}");
    }
}

#[actix_web::test]
async fn tags_of_a_policy_that_goes_by_them_are_others() {
    let app = TestApp::seeded(SEED).await;
    let query = "ModifyAutoSnapshotPolicyEx&regionId=cn-hangzhou&autoSnapshotPolicyId=sp-tags";
    app.act(&format!("{query}&autoSnapshotPolicyName=other")).await;
    assert_eq!(policy(&app, "sp-tags").await["TargetTags"], json!({"a": "b"}));
    app.act(&format!("{query}&TargetTags.2.Key=c&TargetTags.1.Key=d&TargetTags.1.Value=e")).await;
    assert_eq!(policy(&app, "sp-tags").await["TargetTags"], json!({"c": "", "d": "e"}));
}

#[actix_web::test]
async fn each_mistake_has_its_row() {
    let app = TestApp::seeded(SEED).await;
    let of = |id: &str, query: &str| format!("regionId=cn-hangzhou&autoSnapshotPolicyId={id}&{query}");
    let parameter = |what: &str| format!("The specified {what} parameter is invalid.");
    let (region, points, weekdays) = (parameter("RegionId"), parameter("TimePoints"), parameter("RepeatWeekDays"));
    let retention = parameter("RetentionDays");
    let unknown = "The specified automatic snapshot policy does not exist.";
    let elsewhere = "The specified automatic snapshot policy does not exist in the region.";
    let system = "The current policy type does not support this operation. Only custom policies are permitted.";
    let regions = "The specified TargetCopyRegions is invalid.";
    let copied = "The specified CopiedSnapshotsRetentionDays is invalid.";
    let key = "The specified parameter Encrypted must be true when kmsKeyId is not empty.";
    let name = "The specified autoSnapshotPolicyName is wrongly formed.";
    let with_key = "CopyEncryptionConfiguration.KMSKeyId=k";
    let rows = [
        (of("sp-1", with_key), 400, "InvalidParameter.EncryptedIllegal", key),
        (
            of("sp-1", &format!("{with_key}&CopyEncryptionConfiguration.Encrypted=false")),
            400,
            "InvalidParameter.EncryptedIllegal",
            key,
        ),
        (of("sp-1", "autoSnapshotPolicyName=a.b"), 400, "InvalidSnapshotPolicyName.Malformed", name),
        ("regionId=cn-nowhere&autoSnapshotPolicyId=sp-1".to_owned(), 403, "ParameterInvalid", region.as_str()),
        (of("sp-1", "timePoints=x"), 403, "ParameterInvalid", &points),
        (of("sp-1", &format!("timePoints={}", list(&["1", "24"]))), 403, "ParameterInvalid", &points),
        (of("sp-1", &format!("repeatWeekdays={}", list(&[]))), 403, "ParameterInvalid", &weekdays),
        (of("sp-1", "retentionDays=0"), 403, "ParameterInvalid", &retention),
        (of("sp-1", "retentionDays=65537"), 403, "ParameterInvalid", &retention),
        (of("sp-1", "TargetTags.1.Key=a"), 403, "ParameterInvalid", "The specified AutoSnapshotPolicyId is invalid."),
        (
            of("sp-1", "CopiedSnapshotsRetentionDays=65536"),
            403,
            "InvalidParameter.CopiedSnapshotsRetentionDays",
            copied,
        ),
        (of("sp-1", "EnableCrossRegionCopy=true"), 403, "InvalidParameter.TargetCopyRegions", regions),
        (
            of("sp-1", &format!("TargetCopyRegions={}", list(&["cn-hangzhou"]))),
            403,
            "InvalidParameter.TargetCopyRegions",
            regions,
        ),
        (of("sp-system", "autoSnapshotPolicyName=other"), 403, "InvalidOperation.PolicyTypeUnsupported", system),
        (of("sp-unknown", ""), 404, "ParameterInvalid", unknown),
        (of("sp-beijing", ""), 404, "ParameterInvalid", elsewhere),
    ];
    let rows: Vec<(&str, u16, &str, &str)> =
        rows.iter().map(|(query, status, code, message)| (query.as_str(), *status, *code, *message)).collect();
    app.refuses_all("ModifyAutoSnapshotPolicyEx", &rows).await;
    for (query, code) in [
        ("regionId=cn-hangzhou", "MissingParameter"),
        ("autoSnapshotPolicyId=sp-1", "MissingParameter"),
        (&of("sp-tags", "TargetTags.6.Key=x"), "InvalidParameter"),
        (&of("sp-1", "retentionDays=1.5"), "InvalidParameter"),
        (&of("sp-1", "EnableCrossRegionCopy=1"), "InvalidParameter"),
    ] {
        assert_eq!(app.refused(&format!("ModifyAutoSnapshotPolicyEx&{query}")).await.code, code, "{query}");
    }
}

#[actix_web::test]
async fn checks_run_in_the_order_of_the_table_and_state_comes_last() {
    let app = TestApp::seeded(SEED).await;
    let wrong = [
        ("CopiedSnapshotsRetentionDays=0", "InvalidParameter.CopiedSnapshotsRetentionDays"),
        (
            "CopyEncryptionConfiguration.KMSKeyId=x&CopyEncryptionConfiguration.Encrypted=false",
            "InvalidParameter.EncryptedIllegal",
        ),
        ("TargetCopyRegions=x", "InvalidParameter.TargetCopyRegions"),
        ("TargetTags.1.Value=a", "InvalidParameter"),
        ("autoSnapshotPolicyName=x", "InvalidSnapshotPolicyName.Malformed"),
        ("timePoints=x", "ParameterInvalid"),
    ];
    app.refuses_in_order("ModifyAutoSnapshotPolicyEx", "regionId=cn-nowhere&autoSnapshotPolicyId=sp-unknown", &wrong)
        .await;
}

#[actix_web::test]
async fn the_whole_reply() {
    golden(SEED, &format!("ModifyAutoSnapshotPolicyEx&{ONE}&retentionDays=9")).await;
}
