//! An image as it is stored, and what follows from it at a given time.

use serde::Deserialize;

use super::fields::{self, resource};
use super::image_filter::ImageFilter;
pub use super::image_words::{DiskDeviceMapping, ImageFeatures, ImageStatus, ImageUsage, SecureBootOptions};
use super::kind::{Bodies, By, Column, DocumentError, Entry, Kind, Resource, Touch, grouped, keyed};
use super::lists;
use super::schemas;
use super::tags::Tag;
use super::time::Time;

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
        #[serde(deserialize_with = "lists::map_or_default", skip_serializing_if = "ImageFeatures::is_empty")]
        #[schema(schema_with = schemas::image_features)]
        pub features: ImageFeatures,
        #[serde(deserialize_with = "lists::map_or_default", skip_serializing_if = "SecureBootOptions::is_empty")]
        #[schema(schema_with = schemas::secure_boot_options)]
        pub secure_boot_options: SecureBootOptions,
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
        /// Part of the key of every kind; this one never expires.
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
            features: ImageFeatures::default(),
            secure_boot_options: SecureBootOptions::default(),
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
    columns: &[
        "image_name",
        "image_family",
        "image_owner_alias",
        "image_owner_id",
        "architecture",
        "os_type",
        "usage",
        "is_public",
        "is_support_cloudinit",
        "is_support_io_optimized",
        "resource_group_id",
        "pinned_status",
        "ready_time",
        "usable",
    ],
    derived: &["usage"],
    requires: &[],
    // A snapshot is used by the images made from it.
    touches: &[Touch { table: "snapshot", by: By::Link }],
    ignored: &["DetectionOptions", "Usage"],
    bodies: Bodies::of::<Image>(),
};

/// What other rows add to an image.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ImageDerived {
    pub usage: ImageUsage,
}

impl Resource for Image {
    const KIND: &'static Kind = &KIND;
    type Filter = ImageFilter;
    type Derived = ImageDerived;
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
        let os_type = self.os_type().to_ascii_lowercase();
        vec![
            self.image_name.as_str().into(),
            self.image_family.as_deref().into(),
            self.image_owner_alias.as_str().into(),
            self.image_owner_id.map_or(Column::Null, Column::Integer),
            self.architecture.as_str().into(),
            Column::Text(os_type),
            <&str>::from(ImageUsage::None).into(),
            self.is_public.into(),
            self.is_support_cloudinit.unwrap_or(false).into(),
            self.is_support_io_optimized.unwrap_or(false).into(),
            self.resource_group_id.as_deref().into(),
            self.pinned_status.map(<&str>::from).into(),
            self.ready_time.into(),
            self.usable.into(),
        ]
    }

    fn links(&self) -> Vec<&str> {
        let mut ids: Vec<&str> =
            self.disk_device_mappings.iter().filter_map(|mapping| mapping.snapshot_id.as_deref()).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }
}

impl Image {
    /// The status at `now`. The store's SQL says the same for filters.
    #[must_use]
    pub fn status(&self, now: Time) -> ImageStatus {
        match (self.pinned_status, self.ready_time) {
            (Some(status), _) => status,
            (None, Some(ready)) if now < ready => ImageStatus::Creating,
            (None, _) => ImageStatus::Available,
        }
    }

    /// Whether instances can be made of it at `now`: one that is not there yet, or whose making failed, is of no use whatever
    /// its entry says; one that is deprecated still is.
    #[must_use]
    pub fn is_usable(&self, now: Time) -> bool {
        self.usable && matches!(self.status(now), ImageStatus::Available | ImageStatus::Deprecated)
    }

    /// The progress at `now`, 0 to 100 percent: the share of the time from creation to readiness that has passed, 100 once it
    /// is made.
    #[must_use]
    pub fn progress(&self, now: Time) -> u8 {
        if let Some(progress) = self.pinned_progress {
            return progress;
        }
        match (self.status(now), self.ready_time) {
            (ImageStatus::Creating, Some(ready)) => {
                let total = i128::from(ready.0) - i128::from(self.creation_time.0);
                let elapsed = i128::from(now.0) - i128::from(self.creation_time.0);
                let percent = if total > 0 { elapsed * 100 / total } else { 99 };
                u8::try_from(percent.clamp(0, 99)).unwrap_or(0)
            }
            (ImageStatus::Creating | ImageStatus::Waiting | ImageStatus::CreateFailed, _) => 0,
            _ => 100,
        }
    }

    /// Seconds until it is made, as far as 32 bits count; `None` unless it is in the making and has a known end.
    #[must_use]
    pub fn remain_time(&self, now: Time) -> Option<i32> {
        let ready = self.ready_time.filter(|_| self.status(now) == ImageStatus::Creating)?;
        (now < ready).then(|| i32::try_from(ready.0.saturating_sub(now.0)).unwrap_or(i32::MAX))
    }

    /// What its entry says, or what its platform tells.
    #[must_use]
    pub fn os_type(&self) -> &str {
        let is_windows = self.platform.as_deref().is_some_and(|platform| {
            platform.get(..7).is_some_and(|beginning| beginning.eq_ignore_ascii_case("windows"))
        });
        self.os_type.as_deref().unwrap_or(if is_windows { "windows" } else { "linux" })
    }
}
