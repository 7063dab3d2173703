//! CreateSnapshotGroup: one snapshot of each disk, or none of any.

mod checks;
mod disks;
mod effects;

use serde_json::Value;

use super::shown;
use crate::support::TestApp;

/// The group that a call makes in cn-hangzhou, as DescribeSnapshotGroups shows it.
async fn create(app: &TestApp, query: &str) -> Value {
    let reply = app.act(&format!("CreateSnapshotGroup&RegionId=cn-hangzhou&{query}")).await;
    assert_eq!(reply.as_object().unwrap().keys().collect::<Vec<_>>(), ["RequestId", "SnapshotGroupId"], "{query}");
    let id = reply["SnapshotGroupId"].as_str().unwrap();
    let mut groups = shown(app, &format!("SnapshotGroupId.1={id}")).await;
    assert_eq!(groups.len(), 1, "{query}");
    groups.remove(0)
}

/// An instance with a system disk and two data disks, one alone, and one that is attached to nothing.
const SEED: &str = "
Instances: [{InstanceId: i-1}, {InstanceId: i-2}, {InstanceId: i-empty}]
Disks:
  - {DiskId: d-2, Category: cloud_essd, InstanceId: i-1}
  - {DiskId: d-1, Category: cloud_essd, InstanceId: i-1, Type: system, Encrypted: true, Size: 20}
  - {DiskId: d-3, Category: cloud_auto, InstanceId: i-1}
  - {DiskId: d-4, Category: cloud_essd_entry, InstanceId: i-2, Tags: {of: disk}}
  - {DiskId: d-5, Category: cloud_essd}
";
