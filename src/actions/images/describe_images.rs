//! DescribeImages: the images of a region that meet all given conditions, newest first, a page at a time. Unless a request says
//! otherwise, those that are available.
//!
//! Checks run in three phases: presence (`MissingParameter`), format (`InvalidParameter`), values (the rows below). Within a
//! phase RegionId comes first, then the order of the documentation's table of parameters.

use super::shown;
use crate::actions::action::{Action, ReadCall, Run};
use crate::actions::checks::Checks;
use crate::actions::faults::{
    Fault, INVALID_REGION_ID, INVALID_TAG_COUNT, INVALID_TAG_KEY, INVALID_TAG_MISMATCH, INVALID_TAG_VALUE, Row,
    Unreachable, of_tag, rows,
};
use crate::actions::list::{Described, Implied, List};
use crate::actions::output::Output;
use crate::actions::wrapped::{PageInfo, Tags, listed, page, wrapped};
use crate::model::filter::Filter as _;
use crate::model::image::{DiskDeviceMapping, Image, ImageFeatures, ImageStatus, ImageUsage, SecureBootOptions};
use crate::model::image_filter::{ImageFilter, NETWORK_TYPE};
use crate::model::paging::{Paging, Sizes};
use crate::model::params::{Reading, Reason, Refusal};
use crate::model::time::Time;
use crate::store::Stored;

pub static ACTION: Action = Action {
    name: "DescribeImages",
    run: Run::List(|call| Box::pin(run(call)), &LIST),
    has_dry_run: true,
    client_token_mismatch: None,
    // Every image serves new instances and new system disks alike, and none expires.
    ignored: &["ActionType", "ShowExpired"],
    faults: ROWS,
    unreachable: UNREACHABLE,
};

static LIST: List<Image> = List {
    asked: |call| Box::pin(asked(call)),
    read: ImageFilter::read,
    paging: |reading| Paging::read_numbers(reading, Sizes::USUAL),
    implied: Some(Implied {
        name: "Status",
        asked: "Available",
        set: |filter| filter.statuses = vec![ImageStatus::Available],
    }),
    shown: shown::image,
};

impl Described for Image {
    const LIST: &'static List<Self> = &LIST;
}

rows! {
    INVALID_IMAGE_OWNER_ALIAS = 400 "InvalidImageOwnerAlias.ValueNotSupported"
        "The specified ImageOwnerAlias value is not supported.";
    // The misspelling is the documentation's.
    INVALID_PARAMTER = 400 "InvalidParamter" "Invalid Parameter.";
    INVALID_INSTANCE_TYPE = 400 "InvalidInstanceType.ValueNotSupported"
        "The specified instance type {} does not exist. You can use the DescribeInstanceTypes API to query the available instance types.";
    INVALID_NETWORK_TYPE = 400 "InvalidFilterValue.NetworkType" "The specified networkType value in the Filter is invalid.";
    IMAGE_OWNER_ID_UNSUPPORTED = 400 "InvalidOperation.ImageOwnerIdUnsupported"
        "The parameter \"ImageOwnerId\" is not supported in this context, it is only valid when querying shared images or community images.";
    PUBLIC_IMAGE_UNSUPPORTED = 400 "InvalidImageOwnerAlias.PublicImageUnsupported"
        "When querying images, the parameter ImageOwnerAlias should be others while specified parameter IsPublic is true.";
    INVALID_FILTER_KEY = 404 "InvalidFilterKey.NotFound" "The specified Filter Key is not found.";
    INVALID_FILTER_VALUE = 404 "InvalidFilterValue" "The specified Filter Value is not valid.";
    INVALID_USAGE = 404 "InvalidUsage" "The specified Usage is not valid.";
    INVALID_OS_TYPE = 404 "InvalidOSType" "The specified OSType is not valid.";
    INVALID_ARCHITECTURE = 404 "InvalidArchitecture" "The specified Architecture is not valid.";
    [INVALID_REGION_ID, INVALID_TAG_COUNT, INVALID_TAG_MISMATCH, INVALID_TAG_KEY, INVALID_TAG_VALUE]
    {
        "account" 403 "CurrentAccount.NotSupportPublicImage" "Public image is not supported for current account.";
        "internal" 500 "InternalError" "The request processing has failed due to some unknown error.";
    }
}

/// The parameters that are checked, in the order in which they are.
const CHECKED: [&str; 17] = [
    "RegionId",
    "Architecture",
    "DryRun",
    "Filter",
    "ImageId",
    "ImageOwnerAlias",
    "ImageOwnerId",
    "InstanceType",
    "IsPublic",
    "IsSupportCloudinit",
    "IsSupportIoOptimized",
    "OSType",
    "PageNumber",
    "PageSize",
    "Status",
    "Tag",
    "Usable",
];

async fn run(call: &ReadCall<'_>) -> Result<Box<dyn Output>, Fault> {
    let (filter, paging) = (LIST.asked)(call).await?;
    let (rows, page_info) = page::<Image>(call, &filter, &paging).await?;
    // Without one, there is no list.
    let region_id = filter.region_id.unwrap_or_default();
    Ok(Box::new(Reply { images: Images(rows), region_id, page_info }))
}

/// Makes all checks.
async fn asked(call: &ReadCall<'_>) -> Result<(ImageFilter, Paging), Fault> {
    let mut checks = Checks::of(Reading::in_order(call.params, &CHECKED), row);
    let region_id = checks.reading().required("RegionId");
    checks.reading().boolean("DryRun");
    let filter = LIST.filter(checks.reading());
    let paging = (LIST.paging)(checks.reading());
    let alias = filter.image_owner_alias.as_deref();
    if checks.reading().text("ImageOwnerId").is_some() {
        checks.value(matches!(alias, None | Some("others")), &IMAGE_OWNER_ID_UNSUPPORTED);
    }
    if let Some(instance_type) = checks.reading().text("InstanceType") {
        checks.value_of(instance_type.starts_with("ecs."), &INVALID_INSTANCE_TYPE, instance_type);
    }
    checks.reading().text("IsPublic");
    checks.value(!filter.is_public || alias == Some("others"), &PUBLIC_IMAGE_UNSUPPORTED);
    checks.format()?;

    if !call.is_region_known(region_id).await? {
        return Err(Fault::from(&INVALID_REGION_ID));
    }
    checks.so_far()?;
    Ok((filter, paging))
}

/// The row for a filter's value that is not permitted.
fn row(refusal: &Refusal) -> Option<&'static Row> {
    Some(match (refusal.family(), refusal.reason) {
        (_, Reason::Missing | Reason::Malformed) => return None,
        ("Architecture", _) => &INVALID_ARCHITECTURE,
        ("Filter", Reason::NotPermitted) if refusal.parameter.ends_with("Key") => &INVALID_FILTER_KEY,
        ("Filter", _) if refusal.expected == NETWORK_TYPE => &INVALID_NETWORK_TYPE,
        ("Filter", _) => &INVALID_FILTER_VALUE,
        ("ImageOwnerAlias", _) => &INVALID_IMAGE_OWNER_ALIAS,
        ("OSType", _) => &INVALID_OS_TYPE,
        ("Tag", _) => of_tag(refusal),
        ("Usage", _) => &INVALID_USAGE,
        _ => &INVALID_PARAMTER,
    })
}

wrapped!(DiskDeviceMappings, "DiskDeviceMapping");
listed!(Images, "Image", Image, ImageItem);

#[derive(Debug, serde::Serialize)]
#[serde(rename_all = "PascalCase")]
struct Reply {
    images: Images,
    region_id: String,
    #[serde(flatten)]
    page_info: PageInfo,
}

/// An image as the reply shows it. `None` leaves a field out.
#[derive(Debug, serde::Serialize)]
#[serde(rename_all = "PascalCase")]
#[allow(clippy::struct_excessive_bools, reason = "the reply has as many")]
struct ImageItem<'a> {
    image_id: &'a str,
    image_name: &'a str,
    image_family: &'a str,
    image_version: &'a str,
    description: &'a str,
    creation_time: Time,
    status: ImageStatus,
    /// With its percent sign.
    progress: String,
    usable: bool,
    usage: ImageUsage,
    image_owner_alias: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    image_owner_id: Option<i64>,
    architecture: &'a str,
    #[serde(rename = "OSType")]
    os_type: &'a str,
    #[serde(rename = "OSName")]
    os_name: &'a str,
    #[serde(rename = "OSNameEn")]
    os_name_en: &'a str,
    platform: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    boot_mode: Option<&'a str>,
    /// GiB.
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<i32>,
    disk_device_mappings: DiskDeviceMappings<MappingItem<'a>>,
    is_public: bool,
    is_copied: bool,
    is_subscribed: bool,
    is_self_shared: &'a str,
    is_support_cloudinit: bool,
    is_support_io_optimized: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    license_type: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    login_as_non_root_supported: Option<bool>,
    product_code: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    supplier_name: Option<&'a str>,
    resource_group_id: &'a str,
    features: &'a ImageFeatures,
    #[serde(skip_serializing_if = "SecureBootOptions::is_empty")]
    secure_boot_options: &'a SecureBootOptions,
    tags: Tags<'a>,
}

#[derive(Debug, serde::Serialize)]
#[serde(rename_all = "PascalCase")]
struct MappingItem<'a> {
    snapshot_id: &'a str,
    /// GiB, as a text.
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<String>,
    r#type: &'a str,
    device: &'a str,
    format: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    encrypted: Option<bool>,
    progress: String,
    /// Seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    remain_time: Option<i32>,
    #[serde(rename = "ImportOSSBucket")]
    import_oss_bucket: &'a str,
    #[serde(rename = "ImportOSSObject")]
    import_oss_object: &'a str,
}

impl<'a> MappingItem<'a> {
    fn new(mapping: &'a DiskDeviceMapping, image: &Image, now: Time) -> Self {
        let progress = || format!("{}%", image.progress(now));
        Self {
            snapshot_id: mapping.snapshot_id.as_deref().unwrap_or_default(),
            size: mapping.size.map(|size| size.to_string()),
            r#type: &mapping.disk_type,
            device: mapping.device.as_deref().unwrap_or_default(),
            format: mapping.format.as_deref().unwrap_or_default(),
            encrypted: mapping.encrypted,
            progress: mapping.progress.clone().unwrap_or_else(progress),
            remain_time: mapping.remain_time.or_else(|| image.remain_time(now)),
            import_oss_bucket: mapping.import_oss_bucket.as_deref().unwrap_or_default(),
            import_oss_object: mapping.import_oss_object.as_deref().unwrap_or_default(),
        }
    }
}

impl<'a> ImageItem<'a> {
    fn new(Stored { resource: image, derived }: &'a Stored<Image>, now: Time) -> Self {
        let mappings = image.disk_device_mappings.iter().map(|mapping| MappingItem::new(mapping, image, now));
        Self {
            status: image.status(now),
            progress: format!("{}%", image.progress(now)),
            usable: image.is_usable(now),
            usage: derived.usage,
            image_id: &image.image_id,
            image_name: &image.image_name,
            image_family: image.image_family.as_deref().unwrap_or_default(),
            image_version: image.image_version.as_deref().unwrap_or_default(),
            description: &image.description,
            creation_time: image.creation_time,
            image_owner_alias: &image.image_owner_alias,
            image_owner_id: image.image_owner_id,
            architecture: &image.architecture,
            os_type: image.os_type(),
            os_name: image.os_name.as_deref().unwrap_or_default(),
            os_name_en: image.os_name_en.as_deref().unwrap_or_default(),
            platform: image.platform.as_deref().unwrap_or_default(),
            boot_mode: image.boot_mode.as_deref(),
            size: image.size,
            disk_device_mappings: DiskDeviceMappings { items: mappings.collect() },
            is_public: image.is_public,
            is_copied: image.is_copied,
            is_subscribed: image.is_subscribed,
            is_self_shared: image.is_self_shared.as_deref().unwrap_or_default(),
            is_support_cloudinit: image.is_support_cloudinit.unwrap_or(false),
            is_support_io_optimized: image.is_support_io_optimized.unwrap_or(false),
            license_type: image.license_type.as_deref(),
            login_as_non_root_supported: image.login_as_non_root_supported,
            product_code: &image.product_code,
            supplier_name: image.supplier_name.as_deref(),
            resource_group_id: image.resource_group_id.as_deref().unwrap_or_default(),
            features: &image.features,
            secure_boot_options: &image.secure_boot_options,
            tags: Tags::new(&image.tags),
        }
    }
}
