//! What the actions that make and change images have in common: only an account's own images are its to change, and some rules
//! of what they say.

use crate::actions::checks::is_name;
use crate::actions::faults::{Fault, Row};
use crate::model::image::Image;
use crate::model::image_filter::ImageFilter;
use crate::sandboxes::Write;
use crate::store::Stored;

pub static INVALID_IMAGE_ID: Row = Row::new(404, "InvalidImageId.NotFound", "The specified ImageId does not exist.");
pub static INVALID_DESCRIPTION: Row =
    Row::new(400, "InvalidDescription.Malformed", "The specified description is wrongly formed.");

/// The ImageOwnerAlias of an account's own images.
const SELF: &str = "self";

/// The image of this id, if it is in the region and the account's own.
pub async fn find(write: &mut Write, region_id: &str, image_id: &str) -> Result<Option<Stored<Image>>, Fault> {
    let found = write.find::<Image>(image_id).await?;
    Ok(found.filter(|found| found.resource.region_id == region_id && found.resource.image_owner_alias == SELF))
}

/// Whether another image than this one has the name: of an account's own images in a region, each has another.
pub async fn is_name_taken(
    write: &mut Write,
    region_id: &str,
    image_name: &str,
    image_id: Option<&str>,
) -> Result<bool, Fault> {
    let filter = ImageFilter {
        region_id: Some(region_id.to_owned()),
        image_name: Some(image_name.to_owned()),
        image_owner_alias: Some(SELF.to_owned()),
        ..ImageFilter::default()
    };
    let ids = write.matching_ids::<Image>(&filter, 2).await?;
    Ok(ids.iter().any(|id| Some(id.as_str()) != image_id))
}

/// Whether a text can be the name of an image, or of a family of images but for beginnings that are not theirs.
pub fn is_image_name(text: &str) -> bool {
    is_name(text, ":_.-")
}

/// Whether a text can be the name of a family of images.
pub fn is_family(text: &str) -> bool {
    is_image_name(text) && !["aliyun", "acs:"].iter().any(|prefix| text.starts_with(prefix))
}

/// The words of BootMode.
pub const BOOT_MODES: [&str; 3] = ["BIOS", "UEFI", "UEFI-Preferred"];

/// Whether machines of an architecture can start so: ARM ones have no BIOS.
pub fn can_boot(architecture: &str, boot_mode: &str) -> bool {
    architecture != "arm64" || boot_mode == "UEFI"
}
