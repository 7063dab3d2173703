//! The conditions of filters of disks, and their derived columns.

use super::tables::Table;
use crate::model::disk::Disk;

impl Table for Disk {
    /// The zone: its own if it names one, else that of its instance, else the region's zone h.
    const DERIVED: &'static [&'static str] = &["coalesce(json_extract(row.body, '$.ZoneId'), \
         (SELECT zone_id FROM instance WHERE instance.state_id = row.state_id AND instance.id = row.instance_id \
          AND instance.region_id = row.region_id), row.region_id || '-h')"];
}
