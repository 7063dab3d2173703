//! The conditions of filters of images, and their derived columns.

use super::sql::{Sql, json_array};
use super::tables::{Table, push_name};
use crate::model::image::Image;
use crate::model::image_filter::ImageFilter;
use crate::model::kind::Resource as _;
use crate::model::time::Time;

impl Table for Image {
    /// The usage: whether there are instances (kind 2) that are made of it.
    const DERIVED: &'static [&'static str] = &["CASE WHEN EXISTS ( \
             SELECT 1 FROM link WHERE link.state_id = row.state_id AND link.linked_id = row.id AND link.kind = 2 \
         ) THEN 'instance' ELSE 'none' END"];

    fn push_conditions(filter: &ImageFilter, statement: &mut Sql, now: Time) {
        let equalities: [(&'static str, Option<&str>); 6] = [
            (" AND image_family = ", filter.image_family.as_deref()),
            (" AND image_owner_alias = ", filter.image_owner_alias.as_deref()),
            (" AND architecture = ", filter.architecture.as_deref()),
            (" AND os_type = ", filter.os_type.as_deref()),
            (" AND usage = ", filter.usage.map(<&str>::from)),
            (" AND resource_group_id = ", filter.resource_group_id.as_deref()),
        ];
        for (condition, value) in equalities {
            if let Some(value) = value {
                statement.push(condition).bind(value);
            }
        }
        if let Some(image_name) = &filter.image_name {
            push_name(statement, "image_name", image_name);
        }
        if let Some(image_owner_id) = filter.image_owner_id {
            statement.push(" AND image_owner_id = ").bind(image_owner_id);
        }
        if let Some(snapshot_id) = &filter.snapshot_id {
            statement.push(" AND image.id IN (SELECT link.id FROM link WHERE link.state_id = image.state_id AND ");
            statement.push("link.linked_id = ").bind(snapshot_id.as_str()).push(" AND link.kind = ");
            statement.bind(Image::KIND.number).push(")");
        }
        let flags: [(&'static str, Option<bool>); 3] = [
            (" AND is_public = ", filter.is_public.then_some(true)),
            (" AND is_support_cloudinit = ", filter.is_support_cloudinit),
            (" AND is_support_io_optimized = ", filter.is_support_io_optimized),
        ];
        for (condition, flag) in flags {
            if let Some(flag) = flag {
                statement.push(condition).bind(i64::from(flag));
            }
        }
        match filter.is_of_arm() {
            Some(true) => statement.push(" AND architecture = 'arm64'"),
            Some(false) => statement.push(" AND architecture <> 'arm64'"),
            None => statement,
        };
        if !filter.statuses.is_empty() {
            let statuses = filter.statuses.iter().map(|status| <&str>::from(*status));
            statement.push(" AND ");
            push_status(statement, now);
            statement.push(" IN (SELECT value FROM json_each(").bind(json_array(statuses)).push("))");
        }
        if let Some(usable) = filter.usable {
            statement.push(if usable { " AND (" } else { " AND NOT (" }).push("usable = 1 AND ");
            push_status(statement, now);
            statement.push(" IN ('Available', 'Deprecated'))");
        }
    }
}

/// Pushes the status at `now`, as [`Image::status`] says it.
fn push_status(statement: &mut Sql, now: Time) {
    statement.push("coalesce(pinned_status, CASE WHEN ready_time > ").bind(now);
    statement.push(" THEN 'Creating' ELSE 'Available' END)");
}
