# What the lists say of the resources of main.tf. An id stays the same over a change, so
# `depends_on` has each of them read after it.
data "alicloud_ecs_auto_snapshot_policies" "nightly" {
  ids        = [alicloud_ecs_auto_snapshot_policy.nightly.id]
  depends_on = [alicloud_ecs_auto_snapshot_policy.nightly]
}

data "alicloud_ecs_disks" "data" {
  ids        = [alicloud_ecs_disk_attachment.data.disk_id]
  depends_on = [alicloud_ecs_disk.data]
}

data "alicloud_ecs_snapshots" "data" {
  ids        = [alicloud_ecs_snapshot.data.id]
  depends_on = [alicloud_ecs_snapshot.data]
}

data "alicloud_ecs_snapshot_groups" "instance" {
  ids        = [alicloud_ecs_snapshot_group.instance.id]
  depends_on = [alicloud_ecs_snapshot_group.instance]
}

output "policy_names" {
  value = data.alicloud_ecs_auto_snapshot_policies.nightly.policies[*].name
}

output "disk_sizes" {
  value = data.alicloud_ecs_disks.data.disks[*].size
}

output "snapshot_names" {
  value = data.alicloud_ecs_snapshots.data.snapshots[*].snapshot_name
}

output "group_names" {
  value = data.alicloud_ecs_snapshot_groups.instance.groups[*].snapshot_group_name
}
