# A policy that takes snapshots by itself, and the disk that it takes them of.
resource "alicloud_ecs_auto_snapshot_policy" "nightly" {
  auto_snapshot_policy_name = "tf-policy-${var.release}"
  repeat_weekdays           = ["1", "2", "3"]
  time_points               = ["1", "22", "23"]
  retention_days            = -1

  # Copies of what it takes in other regions. Without any, the rest of this is left out.
  enable_cross_region_copy        = length(var.copy_regions) > 0
  target_copy_regions             = length(var.copy_regions) > 0 ? var.copy_regions : null
  copied_snapshots_retention_days = length(var.copy_regions) > 0 ? 7 : null

  tags = { env = var.release }
}

resource "alicloud_ecs_disk" "data" {
  zone_id           = "${var.region}-h"
  disk_name         = "tf-disk-${var.release}"
  description       = "by terraform ${var.release}"
  category          = "cloud_essd"
  size              = var.disk_size
  performance_level = var.performance_level

  # The server's own default. Left out, the provider takes it for false, and each plan shows that as a change.
  delete_auto_snapshot = true

  tags = { env = var.release }
}

resource "alicloud_ecs_disk_attachment" "data" {
  disk_id     = alicloud_ecs_disk.data.id
  instance_id = var.instance_id
}

# It needs no instance: a policy may be applied to a disk before the disk is attached.
resource "alicloud_ecs_auto_snapshot_policy_attachment" "data" {
  auto_snapshot_policy_id = alicloud_ecs_auto_snapshot_policy.nightly.id
  disk_id                 = alicloud_ecs_disk.data.id
}

# A snapshot of the disk. One that was never attached to an instance has nothing to take a snapshot of, so this refers to
# the attachment, and Terraform waits for that.
resource "alicloud_ecs_snapshot" "data" {
  disk_id        = alicloud_ecs_disk_attachment.data.disk_id
  snapshot_name  = "tf-snapshot-${var.release}"
  description    = "by terraform ${var.release}"
  retention_days = var.retention_days
  force          = true
  tags           = { env = var.release }
}

# The same at once of several disks of an instance, which waits for the attachment for the same reason.
resource "alicloud_ecs_snapshot_group" "instance" {
  snapshot_group_name = "tf-group-${var.release}"
  description         = "by terraform ${var.release}"
  instance_id         = var.instance_id
  disk_id             = [alicloud_ecs_disk_attachment.data.disk_id]
  tags                = { env = var.release }
}

# The disk as it was, once more.
resource "alicloud_ecs_disk" "restored" {
  zone_id     = "${var.region}-h"
  disk_name   = "tf-restored-${var.release}"
  category    = "cloud_essd"
  snapshot_id = alicloud_ecs_snapshot.data.id

  delete_auto_snapshot = true
}

# An image of a system disk; one of a data disk alone is refused.
resource "alicloud_ecs_snapshot" "system" {
  disk_id       = var.system_disk_id
  snapshot_name = "tf-system-${var.release}"
}

resource "alicloud_image" "system" {
  image_name  = "tf-image-${var.release}"
  description = "by terraform ${var.release}"
  snapshot_id = alicloud_ecs_snapshot.system.id
  tags        = { env = var.release }
}
