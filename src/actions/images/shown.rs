//! What an image has where a request asks for something.

use std::borrow::Cow;

use crate::actions::list::{Shown, optional, text, value};
use crate::model::image::Image;
use crate::model::kind::Entry as _;
use crate::model::time::Time;
use crate::store::Stored;

pub fn image<'r>(row: &'r Stored<Image>, name: &str, now: Time) -> Shown<'r> {
    let Stored { resource: image, derived } = row;
    match name {
        // Which types of instances can be made of it follows from that.
        "Architecture" | "InstanceType" => text(&image.architecture),
        "CreationStartTime" | "CreationEndTime" => value(image.creation_time),
        "ImageFamily" => optional(image.image_family.as_deref()),
        "ImageId" | "ImageIds" => text(&image.image_id),
        "ImageName" => optional(Some(&image.image_name)),
        "ImageOwnerAlias" => text(&image.image_owner_alias),
        "ImageOwnerId" => image.image_owner_id.map(value).unwrap_or_default(),
        "IsPublic" => value(image.is_public),
        "IsSupportCloudinit" => value(image.is_support_cloudinit.unwrap_or(false)),
        "IsSupportIoOptimized" => value(image.is_support_io_optimized.unwrap_or(false)),
        "OSType" => text(image.os_type()),
        "RegionId" => text(&image.region_id),
        "ResourceGroupId" => optional(image.resource_group_id.as_deref()),
        "SnapshotId" => image.links().into_iter().map(Cow::Borrowed).collect(),
        "Status" => text(image.status(now).into()),
        "Usable" => value(image.is_usable(now)),
        "Usage" => text(derived.usage.into()),
        _ => Shown::new(),
    }
}
