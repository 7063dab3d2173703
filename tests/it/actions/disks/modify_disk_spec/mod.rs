//! ModifyDiskSpec: which disks become of which category, level and speed.

mod checks;
mod effects;

const SEED: &str = "
Instances:
  - {InstanceId: i-running}
  - {InstanceId: i-stopped, Status: Stopped}
  - {InstanceId: i-far, Status: Stopped, RegionId: us-west-1}
  - {InstanceId: i-pending, Status: Pending}
  - {InstanceId: i-starting, Status: Starting}
  - {InstanceId: i-stopping, Status: Stopping}
Disks:
  - {DiskId: d-1, Category: cloud_essd, Size: 500}
  - {DiskId: d-ssd, Category: cloud_ssd, InstanceId: i-running}
  - {DiskId: d-stopped, Category: cloud_efficiency, InstanceId: i-far, RegionId: us-west-1}
  - {DiskId: d-auto, Category: cloud_auto, Size: 5, ProvisionedIops: 100, BurstingEnabled: true}
  - {DiskId: d-entry, Category: cloud_essd_entry, Size: 20}
  - {DiskId: d-pl0, Category: cloud_essd, PerformanceLevel: PL0, Size: 10}
  - {DiskId: d-pl3, Category: cloud_essd, PerformanceLevel: PL3, Size: 2000}
  - {DiskId: d-prepaid, Category: cloud_essd, PerformanceLevel: PL2, Size: 500, DiskChargeType: PrePaid}
  - {DiskId: d-huge, Category: cloud_auto, Size: 40000}
  - {DiskId: d-cloud, Status: Creating}
  - {DiskId: d-regional, Category: cloud_regional_disk_auto}
  - {DiskId: d-local, Category: local_ssd_pro}
  - {DiskId: d-elastic, Category: elastic_ephemeral_disk_premium}
  - {DiskId: d-shared, Category: cloud_essd, MultiAttach: Enabled, Status: Creating}
  - {DiskId: d-attaching, Category: cloud_essd, InstanceId: i-pending, Status: Attaching}
  - {DiskId: d-detaching, Category: cloud_essd, Status: Detaching}
  - {DiskId: d-creating, Category: cloud_essd, Status: Creating}
  - {DiskId: d-reiniting, Category: cloud_essd, Status: ReIniting}
  - {DiskId: d-pending, Category: cloud_essd, InstanceId: i-pending}
  - {DiskId: d-starting, Category: cloud_essd, InstanceId: i-starting}
  - {DiskId: d-stopping, Category: cloud_essd, InstanceId: i-stopping}
  - {DiskId: d-off, Category: cloud_essd, Type: system}
  - {DiskId: d-busy, Category: cloud_ssd}
  - {DiskId: d-flash, Category: cloud_essd, Size: 500}
  - {DiskId: d-cluster, Category: cloud_essd, PerformanceLevel: PL0, Size: 100, StorageClusterId: dbsc-1}
  - {DiskId: d-controlled, Category: cloud_essd, StorageClusterId: dbsc-1, PerformanceControlIops: 900}
Snapshots:
  - {SnapshotId: s-1, SourceDiskId: d-busy, Status: progressing}
  - {SnapshotId: s-2, SourceDiskId: d-flash, Category: flash}
";

const EXCEEDED: &str = "The provisioned iops exceeds the limit.";
