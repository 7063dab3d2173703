//! An image as it is stored, and which images a request asks for.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::fields::{self, resource};
use super::id_filter::id_filter;
use super::kind::{Bodies, By, Column, DocumentError, Entry, Kind, NothingDerived, Resource, Touch, grouped, keyed};
use super::lists;
use super::schemas;
use super::tags::Tag;
use super::time::Time;

/// Whether an image can be used (DescribeImages, Status).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum ImageStatus {
    Creating,
    Waiting,
    Available,
    UnAvailable,
    CreateFailed,
    Deprecated,
}

/// A disk that an instance made from the image has (DescribeImages, DiskDeviceMappings).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, default)]
pub struct DiskDeviceMapping {
    #[serde(deserialize_with = "fields::optional_text", skip_serializing_if = "Option::is_none")]
    pub snapshot_id: Option<String>,
    /// GiB.
    #[serde(deserialize_with = "fields::integer", skip_serializing_if = "Option::is_none")]
    pub size: Option<i32>,
    /// `system` or `data`.
    #[serde(rename = "Type", deserialize_with = "fields::disk_type", skip_serializing_if = "String::is_empty")]
    pub disk_type: String,
    #[serde(deserialize_with = "fields::optional_text", skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    #[serde(deserialize_with = "fields::unless_empty", skip_serializing_if = "Option::is_none")]
    pub encrypted: Option<bool>,
    #[serde(deserialize_with = "fields::optional_text", skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    #[serde(deserialize_with = "fields::optional_text", skip_serializing_if = "Option::is_none")]
    pub progress: Option<String>,
    #[serde(deserialize_with = "fields::integer", skip_serializing_if = "Option::is_none")]
    pub remain_time: Option<i32>,
    #[serde(
        rename = "ImportOSSBucket",
        deserialize_with = "fields::optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub import_oss_bucket: Option<String>,
    #[serde(
        rename = "ImportOSSObject",
        deserialize_with = "fields::optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub import_oss_object: Option<String>,
}

resource! {
    /// One image.
    pub struct Image {
        pub image_id: String,
        pub region_id: String,
        pub image_name: String,
        pub image_family: Option<String>,
        pub image_version: Option<String>,
        pub description: String,
        pub creation_time: Time,
        /// A status that no clock changes; `Available` if it is left out.
        #[serde(
            rename = "Status",
            deserialize_with = "fields::unless_empty",
            skip_serializing_if = "Option::is_none"
        )]
        #[schema(schema_with = schemas::image_status)]
        pub pinned_status: Option<ImageStatus>,
        /// A percentage that no clock changes.
        #[serde(
            rename = "Progress",
            deserialize_with = "fields::percentage",
            serialize_with = "fields::with_percent_sign",
            skip_serializing_if = "Option::is_none"
        )]
        #[schema(schema_with = schemas::percentage)]
        pub pinned_progress: Option<u8>,
        /// Creating until then.
        pub ready_time: Option<Time>,
        #[serde_with(skip_apply)]
        #[serde(deserialize_with = "fields::text")]
        #[schema(value_type = Option<String>)]
        pub image_owner_alias: String,
        pub image_owner_id: Option<i64>,
        #[serde_with(skip_apply)]
        #[serde(deserialize_with = "fields::text")]
        #[schema(value_type = Option<String>)]
        pub architecture: String,
        #[serde(rename = "OSType")]
        pub os_type: Option<String>,
        #[serde(rename = "OSName")]
        pub os_name: Option<String>,
        #[serde(rename = "OSNameEn")]
        pub os_name_en: Option<String>,
        pub platform: Option<String>,
        pub boot_mode: Option<String>,
        /// GiB; that of its largest mapping, if it is left out.
        pub size: Option<i32>,
        #[serde(deserialize_with = "lists::disk_device_mappings", skip_serializing_if = "Vec::is_empty")]
        #[schema(schema_with = schemas::disk_device_mappings)]
        pub disk_device_mappings: Vec<DiskDeviceMapping>,
        /// Snapshots that it is made of: each becomes a mapping.
        #[serde(alias = "SnapshotId", deserialize_with = "lists::texts", skip_serializing_if = "Vec::is_empty")]
        #[schema(schema_with = schemas::texts)]
        pub snapshot_ids: Vec<String>,
        #[serde_with(skip_apply)]
        #[serde(deserialize_with = "fields::or_true")]
        #[schema(schema_with = schemas::boolean)]
        pub usable: bool,
        pub is_public: bool,
        pub is_copied: bool,
        pub is_subscribed: bool,
        pub is_self_shared: Option<String>,
        pub is_support_cloudinit: Option<bool>,
        pub is_support_io_optimized: Option<bool>,
        pub license_type: Option<String>,
        pub login_as_non_root_supported: Option<bool>,
        pub product_code: String,
        pub supplier_name: Option<String>,
        pub resource_group_id: Option<String>,
        /// Of the key; nothing of this kind goes by time alone.
        #[serde_with(skip_apply)]
        #[serde(skip)]
        pub expiration_time: Option<Time>,
        pub tags: Vec<Tag>,
    }
}

impl Default for Image {
    fn default() -> Self {
        Self {
            image_id: String::new(),
            region_id: String::new(),
            image_name: String::new(),
            image_family: None,
            image_version: None,
            description: String::new(),
            creation_time: Time::UNSAID,
            pinned_status: None,
            pinned_progress: None,
            ready_time: None,
            image_owner_alias: "self".to_owned(),
            image_owner_id: None,
            architecture: "x86_64".to_owned(),
            os_type: None,
            os_name: None,
            os_name_en: None,
            platform: None,
            boot_mode: None,
            size: None,
            disk_device_mappings: Vec::new(),
            snapshot_ids: Vec::new(),
            usable: true,
            is_public: false,
            is_copied: false,
            is_subscribed: false,
            is_self_shared: None,
            is_support_cloudinit: None,
            is_support_io_optimized: None,
            license_type: None,
            login_as_non_root_supported: None,
            product_code: String::new(),
            supplier_name: None,
            resource_group_id: None,
            expiration_time: None,
            tags: Vec::new(),
        }
    }
}

pub static KIND: Kind = Kind {
    number: 3,
    word: "Image",
    words: "Images",
    path: "images",
    table: "image",
    id_field: "ImageId",
    id_prefix: "m-",
    columns: &["ready_time"],
    derived: &[],
    requires: &[],
    // A snapshot is used by the images made from it.
    touches: &[Touch { table: "snapshot", by: By::Link }],
    ignored: &["DetectionOptions", "Features", "SecureBootOptions", "Usage"],
    bodies: Bodies::of::<Image>(),
};

id_filter! {
    /// Which images a request asks for.
    ImageFilter, image_ids, "ImageIds"
}

impl Resource for Image {
    const KIND: &'static Kind = &KIND;
    type Filter = ImageFilter;
    type Derived = NothingDerived;
}

impl Entry for Image {
    keyed!(image_id);
    grouped!();

    fn complete(&mut self) -> Result<(), DocumentError> {
        if self.image_owner_alias.is_empty() {
            "self".clone_into(&mut self.image_owner_alias);
        }
        if self.architecture.is_empty() {
            "x86_64".clone_into(&mut self.architecture);
        }
        let mut mappings = std::mem::take(&mut self.disk_device_mappings);
        for snapshot_id in self.snapshot_ids.drain(..) {
            if !mappings.iter().any(|mapping| mapping.snapshot_id.as_ref() == Some(&snapshot_id)) {
                mappings.push(DiskDeviceMapping { snapshot_id: Some(snapshot_id), ..DiskDeviceMapping::default() });
            }
        }
        // An instance has one system disk, and it comes first.
        for (number, mapping) in mappings.iter_mut().enumerate() {
            if mapping.disk_type.is_empty() {
                let default = if number == 0 { "system" } else { "data" };
                default.clone_into(&mut mapping.disk_type);
            }
        }
        self.disk_device_mappings = mappings;
        if self.size.is_none() {
            self.size = self.disk_device_mappings.iter().filter_map(|mapping| mapping.size).max();
        }
        Ok(())
    }

    fn columns(&self) -> Vec<Column> {
        vec![self.ready_time.into()]
    }

    fn links(&self) -> Vec<&str> {
        let mut ids: Vec<&str> =
            self.disk_device_mappings.iter().filter_map(|mapping| mapping.snapshot_id.as_deref()).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }
}
