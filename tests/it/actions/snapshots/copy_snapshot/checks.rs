//! What cannot be copied, and which of several reasons is told.

use super::{copy, fault, refused, there, unfinished};
use crate::support::{Fault, NOW, TestApp};

#[actix_web::test]
async fn one_copy_at_a_time_of_a_disk_into_a_region() {
    let app = TestApp::seeded(
        "Snapshots:
           - {SnapshotId: s-1, SourceDiskId: d-1}
           - {SnapshotId: s-2, SourceDiskId: d-1}
           - {SnapshotId: s-3, SourceDiskId: d-2}",
    )
    .await;
    copy(&app, "SnapshotId=s-1").await;
    for id in ["s-1", "s-2"] {
        assert_eq!(refused(&app, &format!("SnapshotId={id}&Encrypted=true")).await, unfinished(), "{id}");
    }
    copy(&app, "SnapshotId=s-3").await;
    app.act("CopySnapshot&RegionId=cn-hangzhou&DestinationRegionId=us-west-1&SnapshotId=s-1").await;
    app.clock.set(NOW.plus(2));
    copy(&app, "SnapshotId=s-2&Encrypted=true").await;
    let message = "This disk has unfinished encrypted copy snapshots in the target region.";
    let encrypted = fault("InvalidOperation.UnfinishedEncryptedSnapshotCopy", message);
    assert_eq!(refused(&app, "SnapshotId=s-1").await, encrypted);
    app.clock.set(NOW.plus(4));
    copy(&app, "SnapshotId=s-1").await;
}

#[actix_web::test]
async fn a_disk_s_own_snapshot_in_the_making_keeps_no_copy_from_coming_back() {
    let app = TestApp::seeded(
        "{Disks: [{DiskId: d-1}],
          Snapshots: [{SnapshotId: s-away, SourceDiskId: d-1, RegionId: cn-beijing, SourceSnapshotId: s-1}]}",
    )
    .await;
    app.act("CreateSnapshot&DiskId=d-1").await;
    let back = "CopySnapshot&RegionId=cn-beijing&DestinationRegionId=cn-hangzhou&SnapshotId=s-away";
    app.act(back).await;
    assert_eq!(app.refused(back).await, unfinished());
}

#[actix_web::test]
async fn encryption_is_never_taken_away() {
    let app = TestApp::seeded(
        "{Settings: {CopySeconds: 0},
          Snapshots: [{SnapshotId: s-1, Encrypted: true, KMSKeyId: key-of-hangzhou}, {SnapshotId: s-2}]}",
    )
    .await;
    let message = "Encrypted snapshot not support copy to decrypt snapshot.";
    let decrypted = fault("InvalidEncrypted.NotSupportDecrypt", message);
    assert_eq!(refused(&app, "SnapshotId=s-1&Encrypted=false").await, decrypted);
    let message = "The specified parameter Encrypted must be true when KmsKeyId is not empty.";
    let unasked = fault("InvalidEncrypted.NotMatchKmsKeyId", message);
    for query in ["SnapshotId=s-2&KMSKeyId=k", "SnapshotId=s-1&KMSKeyId=k&Encrypted=false"] {
        assert_eq!(refused(&app, query).await, unasked, "{query}");
    }
    for (query, expected) in [
        ("SnapshotId=s-1", (true, "")),
        ("SnapshotId=s-1&Encrypted=true&KMSKeyId=k", (true, "k")),
        ("SnapshotId=s-2&Encrypted=false", (false, "")),
        ("SnapshotId=s-2&Encrypted=true", (true, "")),
    ] {
        let id = copy(&app, query).await;
        let found = there(&app).await;
        let copied = found.iter().find(|found| found["SnapshotId"] == id.as_str()).unwrap();
        let shown = (copied["Encrypted"] == true, copied["KMSKeyId"].as_str().unwrap());
        assert_eq!(shown, expected, "{query}: keys are of a region");
    }
}

#[actix_web::test]
async fn only_what_is_accomplished_and_standard_can_be_copied() {
    let app = TestApp::seeded(
        "Snapshots:
           - {SnapshotId: s-made, ReadyTime: 2026-03-15T12:01:00Z, Available: true}
           - {SnapshotId: s-failed, Status: failed}
           - {SnapshotId: s-flash, Category: Flash}
           - {SnapshotId: s-archive, Category: archive}
           - {SnapshotId: s-gone, ExpirationTime: 2026-03-15T12:00:00Z}
           - {SnapshotId: s-beijing, RegionId: cn-beijing}",
    )
    .await;
    let not_ready = fault("InvalidSnapshotId.NotReady", "The specified snapshot has not completed yet.");
    let flash =
        fault("InvalidSnapshotCategory.NotSupportCopy", "The specified snapshot's category does not support copy.");
    let archive =
        fault("OperationDenied.SnapshotCategoryNotSupportCopy", "The specified category of snapshot not support copy.");
    let unknown = fault("InvalidSnapshotId.NotFound", "The specified snapshot is not exists.");
    for (id, expected) in [
        ("s-made", &not_ready),
        ("s-failed", &not_ready),
        ("s-flash", &flash),
        ("s-archive", &archive),
        ("s-gone", &unknown),
        ("s-beijing", &unknown),
        ("s-unknown", &unknown),
    ] {
        assert_eq!(&refused(&app, &format!("SnapshotId={id}")).await, expected, "{id}");
    }
    assert_eq!(there(&app).await.len(), 1);
    app.clock.set(NOW.plus(60));
    copy(&app, "SnapshotId=s-made").await;
}

#[actix_web::test]
async fn both_regions_must_be_known_and_differ() {
    let app = TestApp::seeded("Snapshots: [{SnapshotId: s-1}, {SnapshotId: s-2, RegionId: my-region-1}]").await;
    let unknown = fault("InvalidRegionId.NotExists", "Region not exists.");
    let malformed = Fault::new(400, "InvalidRegionId.MalFormed", "The specified RegionId is not valid.");
    let same =
        fault("InvalidOperation.NotSupportCopyInSameRegion", "Copying snapshot in the same region is not supported.");
    for (from, to, expected) in [
        ("no-where", "cn-beijing", &unknown),
        ("cn-hangzhou", "no-where", &unknown),
        ("Hangzhou!", "no-where", &malformed),
        ("cn-hangzhou", "Bei%20jing", &malformed),
        ("cn-hangzhou", "cn-hangzhou", &same),
        ("no-where", "no-where", &unknown),
    ] {
        let query = format!("CopySnapshot&RegionId={from}&DestinationRegionId={to}&SnapshotId=s-unknown");
        assert_eq!(&app.refused(&query).await, expected, "{from} {to}");
    }
    app.act("CopySnapshot&RegionId=cn-hangzhou&DestinationRegionId=my-region-1&SnapshotId=s-1").await;
    assert_eq!(app.describe_in("my-region-1", "").await["TotalCount"], 2, "one that a resource is in");
}

#[actix_web::test]
async fn every_parameter_has_its_row() {
    let app = TestApp::seeded("Snapshots: [{SnapshotId: s-1}]").await;
    let name = fault("InvalidSnapshotName.Malformed", "The specified SnapshotName is wrongly formed.");
    let description = fault("InvalidDescription.Malformed", "The specified description is wrongly formed.");
    let retention = fault("InvalidRetentionDays.Malformed", "The specified RetentionDays is not valid.");
    let message = "The ResourceGroup provided does not exist in our records.";
    let group = Fault::new(404, "InvalidResourceGroup.NotFound", message);
    let twice = Fault::new(400, "Duplicate.TagKey", "The Tag.N.Key contain duplicate key.");
    let key = Fault::new(400, "InvalidTagKey.Malformed", "The specified Tag.n.Key is not valid.");
    let value = Fault::new(400, "InvalidTagValue.Malformed", "The specified Tag.n.Value is not valid.");
    let many = Fault::new(400, "InvalidTagCount", "The specified tags are beyond the permitted range.");
    let (long_name, long) = ("x".repeat(129), "x".repeat(257));
    for (query, expected) in [
        ("DestinationSnapshotName=a".to_owned(), &name),
        ("DestinationSnapshotName=1st".to_owned(), &name),
        ("DestinationSnapshotName=http://a".to_owned(), &name),
        (format!("DestinationSnapshotName={long_name}"), &name),
        ("DestinationSnapshotDescription=a".to_owned(), &description),
        ("DestinationSnapshotDescription=https://a".to_owned(), &description),
        (format!("DestinationSnapshotDescription={long}"), &description),
        ("RetentionDays=0".to_owned(), &retention),
        ("RetentionDays=65537".to_owned(), &retention),
        ("ResourceGroupId=group".to_owned(), &group),
        ("Tag.1.Key=a&Tag.2.Key=a".to_owned(), &twice),
        ("Tag.1.Key=".to_owned(), &key),
        ("Tag.1.Key=acs:a".to_owned(), &key),
        ("Tag.1.Key=a&Tag.1.Value=http://a".to_owned(), &value),
        ("Tag.1.Key=a&Tag.1.Value=acs:a".to_owned(), &value),
        ("Tag.1.Key=a&Tag.1.Value=aliyun".to_owned(), &value),
        ("Tag.21.Key=a".to_owned(), &many),
        // The order of the documentation's table, and all of it before the regions and the snapshot.
        ("RetentionDays=0&DestinationSnapshotName=a&DestinationSnapshotDescription=a".to_owned(), &description),
        ("RetentionDays=0&DestinationSnapshotName=a&RegionId=x".to_owned(), &name),
    ] {
        assert_eq!(&refused(&app, &format!("SnapshotId=s-1&{query}")).await, expected, "{query}");
    }
    let token = format!("ClientToken={}", "x".repeat(65));
    for (parameter, code) in [
        ("Encrypted=1", "InvalidParameter"),
        ("RetentionDays=week", "InvalidParameter"),
        (token.as_str(), "InvalidParameter"),
        ("SnapshotId=", "MissingParameter"),
    ] {
        let id = if code == "MissingParameter" { "" } else { "SnapshotId=s-1&" };
        let fault = refused(&app, &format!("{id}{parameter}")).await;
        assert_eq!((fault.status, fault.code.as_str()), (400, code), "{parameter}");
        assert!(fault.message.contains(parameter.split('=').next().unwrap()), "{parameter}: {fault:?}");
    }
    for (left, query) in
        [("RegionId", "DestinationRegionId=cn-beijing"), ("DestinationRegionId", "RegionId=cn-beijing")]
    {
        let fault = app.refused(&format!("CopySnapshot&SnapshotId=s-1&{query}")).await;
        assert_eq!((fault.status, fault.code.as_str()), (400, "MissingParameter"), "{left}");
        assert!(fault.message.contains(&format!("\"{left}\"")), "{left}: {fault:?}");
    }
    assert_eq!(there(&app).await.len(), 0);
}

#[actix_web::test]
async fn the_same_token_is_the_same_call() {
    let app = TestApp::seeded("Snapshots: [{SnapshotId: s-1}, {SnapshotId: s-2}]").await;
    let first = copy(&app, "SnapshotId=s-1&ClientToken=t").await;
    assert_eq!(copy(&app, "SnapshotId=s-1&ClientToken=t").await, first, "where another call would be refused");
    assert_eq!(refused(&app, "SnapshotId=s-1").await, unfinished());
    let mismatch = Fault::new(400, "IdempotentParameterMismatch", "The request is retried with updated parameters.");
    assert_eq!(refused(&app, "SnapshotId=s-2&ClientToken=t").await, mismatch);
    assert_eq!(there(&app).await.len(), 1);
    // DryRun is a parameter that nobody knows.
    copy(&app, "SnapshotId=s-2&DryRun=true").await;
}
