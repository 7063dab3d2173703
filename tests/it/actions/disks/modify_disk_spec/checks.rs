//! What a disk cannot become, which of several reasons is told, and what a dry run says.

use super::{EXCEEDED, SEED};
use crate::support::TestApp;

const UNSUPPORTED: &str = "The specified disk category does not support provisioned iops.";
const LEVEL_AND_SIZE: &str = "The specified PerformanceLevel and disk size do not match.";
const NO_CHANGE: &str = "There is no change between the parameters transmitted and the current.";
const TOO_LOW: &str = "Specified new performance level is lower than the original performance level.";

#[actix_web::test]
async fn every_parameter_has_its_row() {
    let app = TestApp::seeded(SEED).await;
    let missing = "The input parameter \"DiskId\" that is mandatory for processing this request is not supplied.";
    let malformed = |name: &str| format!("The specified parameter \"{name}\" is not valid.");
    let category = "The specified parameter \"DiskCategory\" is not valid.";
    let level = "The specified parameter PerformanceLevel is not valid.";
    let conflict = "The specified performance control options are conflicts with disk category or performance level or \
                    ProvisionIOPS.";
    app.refuses_all(
        "ModifyDiskSpec",
        &[
            ("", 400, "MissingParameter", missing),
            ("DiskCategory=x", 400, "MissingParameter", missing),
            ("DiskId=d-1&DryRun=x", 400, "InvalidParameter", &malformed("DryRun")),
            ("DiskId=d-1&ProvisionedIops=x", 400, "InvalidParameter", &malformed("ProvisionedIops")),
            ("DiskId=d-1&ProvisionedIops=9223372036854775808", 400, "InvalidParameter", &malformed("ProvisionedIops")),
            (
                "DiskId=d-1&PerformanceControlOptions.IOPS=x",
                400,
                "InvalidParameter",
                &malformed("PerformanceControlOptions.IOPS"),
            ),
            (
                "DiskId=d-1&PerformanceControlOptions.Throughput=1.5",
                400,
                "InvalidParameter",
                &malformed("PerformanceControlOptions.Throughput"),
            ),
            ("DiskId=d-1&DiskCategory=cloud", 400, "InvalidDiskCategory.ValueNotSupported", category),
            (
                "DiskId=d-1&DiskCategory=cloud_regional_disk_auto",
                400,
                "InvalidDiskCategory.ValueNotSupported",
                category,
            ),
            ("DiskId=d-1&DiskCategory=CLOUD_SSD", 400, "InvalidDiskCategory.ValueNotSupported", category),
            ("DiskId=d-1&PerformanceLevel=PL4", 400, "InvalidPerformanceLevel.Malformed", level),
            ("DiskId=d-1&PerformanceLevel=pl1", 400, "InvalidPerformanceLevel.Malformed", level),
            ("DiskId=d-1&ProvisionedIops=-1", 400, "InvalidProvisionedIops.LimitExceed", EXCEEDED),
            (
                "DiskId=d-cluster&PerformanceControlOptions.Recover=All&PerformanceLevel=PL2",
                400,
                "InvalidPerformanceControlOptions.ModifyOperationUnsupported",
                conflict,
            ),
            (
                "DiskId=d-cluster&PerformanceControlOptions.IOPS=900&DiskCategory=cloud_auto",
                400,
                "InvalidPerformanceControlOptions.ModifyOperationUnsupported",
                conflict,
            ),
            (
                "DiskId=d-cluster&PerformanceControlOptions.Throughput=60&ProvisionedIops=0",
                400,
                "InvalidPerformanceControlOptions.ModifyOperationUnsupported",
                conflict,
            ),
            ("DiskId=d-unknown", 404, "InvalidDiskId.NotFound", "The specified disk does not exist."),
        ],
    )
    .await;
    app.refuses_in_order(
        "ModifyDiskSpec",
        "DiskId=d-1",
        &[
            ("DryRun=x", "InvalidParameter"),
            ("DiskCategory=x", "InvalidDiskCategory.ValueNotSupported"),
            ("PerformanceLevel=x", "InvalidPerformanceLevel.Malformed"),
            ("ProvisionedIops=-1", "InvalidProvisionedIops.LimitExceed"),
            (
                "PerformanceControlOptions.Recover=x&PerformanceLevel=PL1",
                "InvalidPerformanceControlOptions.ModifyOperationUnsupported",
            ),
            ("DiskId=d-unknown", "InvalidDiskId.NotFound"),
            ("DiskId=d-1", "NoChangeInDiskCategoryAndPerformanceLevel"),
        ],
    )
    .await;
}

#[actix_web::test]
async fn what_is_wrong_with_a_disk_has_its_row() {
    let app = TestApp::seeded(SEED).await;
    let category = "The current disk category of the resource does not support this operation.";
    let denied = "The type of the disk does not support the operation.";
    let disk_status = "The current disk status does not support this operation.";
    let not_ready = "This specified disk is not ready, status needs to be either In_use or Available.";
    let instance =
        "The specified instance status is not supported for this operation, expect status is Running or Stopped.";
    app.refuses_all(
        "ModifyDiskSpec&DiskCategory=cloud_auto",
        &[
            ("DiskId=d-local", 403, "OperationDenied", denied),
            ("DiskId=d-elastic", 403, "OperationDenied", denied),
            ("DiskId=d-cloud", 403, "InvalidDiskCategory.ValueNotSupported", category),
            ("DiskId=d-regional", 403, "InvalidDiskCategory.ValueNotSupported", category),
            (
                "DiskId=d-shared",
                403,
                "InvalidOperation.MultiAttachDisk",
                "Multi attach disk does not support this operation.",
            ),
            ("DiskId=d-attaching", 403, "IncorrectDiskStatus", disk_status),
            ("DiskId=d-detaching", 403, "IncorrectDiskStatus", disk_status),
            ("DiskId=d-creating", 403, "InvalidStatus.DiskNotReady", not_ready),
            ("DiskId=d-reiniting", 403, "InvalidStatus.DiskNotReady", not_ready),
            ("DiskId=d-pending", 400, "InvalidOperation.InstanceStatusUnsupported", instance),
            ("DiskId=d-starting", 400, "InvalidOperation.InstanceStatusUnsupported", instance),
            ("DiskId=d-stopping", 400, "InvalidOperation.InstanceStatusUnsupported", instance),
            (
                "DiskId=d-off",
                403,
                "InvalidDisk.DetachedSystemDisk",
                "The specified resource is/has a detached system disk d-off , not support current operation.",
            ),
            (
                "DiskId=d-busy",
                403,
                "DiskCreatingSnapshot",
                "The operation is denied due to a snapshot of the specified disk is not completed yet.",
            ),
            (
                "DiskId=d-flash",
                403,
                "DiskHasFlashSnapshot",
                "The specified disk with flash snapshots do not support modify disk category.",
            ),
            (
                "DiskId=d-cluster",
                400,
                "OperationDenied.DiskInDedicatedBlockStorageCluster",
                "The disk in dedicated block storage cluster is not allowed to do this operation.",
            ),
            (
                "DiskId=d-controlled",
                403,
                "InvalidStatus.DiskUnderPerformanceControl",
                "The specified disk is under performance control, any modifications to the category or performance level of \
                 the specified disk are unsupported..",
            ),
        ],
    )
    .await;
}

#[actix_web::test]
async fn what_a_disk_cannot_become_has_its_row() {
    let app = TestApp::seeded(SEED).await;
    let mismatch = "The specified parameter PerformanceLevel should be null when DiskCategory is not cloud_essd.";
    let entry = "The specified disk category is not supported.";
    let downgrade = "Downgrade operation for prepay resource is not supported.";
    let category = "The specified parameter \"DiskCategory\" is not valid.";
    app.refuses_all(
        "ModifyDiskSpec",
        &[
            ("DiskId=d-ssd&PerformanceLevel=PL1", 400, "InvalidPerformanceLevelParam.Mismatch", mismatch),
            (
                "DiskId=d-1&DiskCategory=cloud_auto&PerformanceLevel=PL1",
                400,
                "InvalidPerformanceLevelParam.Mismatch",
                mismatch,
            ),
            ("DiskId=d-1&ProvisionedIops=0", 400, "ProvisionedIopsForDiskCategoryUnsupported", UNSUPPORTED),
            (
                "DiskId=d-auto&DiskCategory=cloud_essd&ProvisionedIops=0",
                400,
                "ProvisionedIopsForDiskCategoryUnsupported",
                UNSUPPORTED,
            ),
            ("DiskId=d-entry&DiskCategory=cloud_ssd", 403, "InvalidDiskCategory.NotSupported", entry),
            ("DiskId=d-entry&DiskCategory=cloud_efficiency", 403, "InvalidDiskCategory.NotSupported", entry),
            ("DiskId=d-prepaid&DiskCategory=cloud_auto", 403, "Downgrade.NotSupported", downgrade),
            ("DiskId=d-prepaid&DiskCategory=cloud_efficiency", 403, "Downgrade.NotSupported", downgrade),
            // Subscription disks get no lower level at all, others not the lowest.
            ("DiskId=d-prepaid&PerformanceLevel=PL1", 403, "InvalidPerformanceLevel.TooLow", TOO_LOW),
            ("DiskId=d-1&PerformanceLevel=PL0", 403, "InvalidPerformanceLevel.TooLow", TOO_LOW),
            ("DiskId=d-pl3&PerformanceLevel=PL0", 403, "InvalidPerformanceLevel.TooLow", TOO_LOW),
            // Too small for the level, or for the category, or too large.
            ("DiskId=d-pl0&PerformanceLevel=PL1", 403, "OperationDenied.PerformanceLevelNotMatch", LEVEL_AND_SIZE),
            ("DiskId=d-1&PerformanceLevel=PL3", 403, "OperationDenied.PerformanceLevelNotMatch", LEVEL_AND_SIZE),
            ("DiskId=d-auto&DiskCategory=cloud_essd", 403, "OperationDenied.PerformanceLevelNotMatch", LEVEL_AND_SIZE),
            ("DiskId=d-auto&DiskCategory=cloud_essd_entry", 400, "InvalidDiskCategory.ValueNotSupported", category),
            ("DiskId=d-huge&DiskCategory=cloud_ssd", 400, "InvalidDiskCategory.ValueNotSupported", category),
            // What is there already.
            ("DiskId=d-1", 403, "NoChangeInDiskCategoryAndPerformanceLevel", NO_CHANGE),
            ("DiskId=d-1&DiskCategory=cloud_essd", 403, "NoChangeInDiskCategoryAndPerformanceLevel", NO_CHANGE),
            ("DiskId=d-1&PerformanceLevel=PL1", 403, "NoChangeInDiskCategoryAndPerformanceLevel", NO_CHANGE),
            ("DiskId=d-ssd&DiskCategory=cloud_ssd", 403, "NoChangeInDiskCategoryAndPerformanceLevel", NO_CHANGE),
            (
                "DiskId=d-auto&DiskCategory=cloud_auto&ProvisionedIops=100",
                403,
                "NoChangeInDiskCategoryAndPerformanceLevel",
                NO_CHANGE,
            ),
        ],
    )
    .await;
}

#[actix_web::test]
async fn a_dry_run_changes_nothing() {
    let app = TestApp::seeded(SEED).await;
    let passed = "Request validation has been passed with DryRun flag set.";
    app.refuses_all(
        "ModifyDiskSpec&DryRun=true",
        &[
            ("DiskId=d-1&PerformanceLevel=PL2", 400, "DryRunOperation", passed),
            ("DiskId=d-prepaid&PerformanceLevel=PL1", 403, "InvalidPerformanceLevel.TooLow", TOO_LOW),
        ],
    )
    .await;
}
