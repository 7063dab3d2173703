# A disk, attached.
resource "alicloud_ecs_disk" "data" {
  zone_id     = "${var.region}-h"
  disk_name   = "tf-disk-${var.release}"
  description = "by terraform ${var.release}"
  category    = "cloud_essd"
  size        = 60
  tags        = { env = var.release }
}

resource "alicloud_ecs_disk_attachment" "data" {
  disk_id     = alicloud_ecs_disk.data.id
  instance_id = var.instance_id
}

# A snapshot of it. A disk that was never attached to an instance has nothing to take a snapshot of.
resource "alicloud_ecs_snapshot" "data" {
  disk_id        = alicloud_ecs_disk_attachment.data.disk_id
  snapshot_name  = "tf-snapshot-${var.release}"
  description    = "by terraform ${var.release}"
  retention_days = 20
  force          = true
  tags           = { env = var.release }
}

# The disk as it was, once more.
resource "alicloud_ecs_disk" "restored" {
  zone_id     = "${var.region}-h"
  disk_name   = "tf-restored-${var.release}"
  category    = "cloud_essd"
  snapshot_id = alicloud_ecs_snapshot.data.id
}

# An image of a system disk.
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

data "alicloud_ecs_snapshots" "of_the_disk" {
  snapshot_name = alicloud_ecs_snapshot.data.snapshot_name
}

output "snapshot_ids" {
  value = data.alicloud_ecs_snapshots.of_the_disk.snapshots[*].snapshot_id
}
