//! Actions on images.

pub mod create_image;
pub mod delete_image;
pub mod describe_images;
pub mod modify_image_attribute;

mod device_mappings;
mod instance_disks;
mod own_image;
mod shown;
