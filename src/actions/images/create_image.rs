//! CreateImage: an image of an instance, of snapshots of several disks, or of one of a system disk. If a request names more than
//! one of them, the first of these counts.
//!
//! Checks of parameters run in the order of the documentation's table of them, RegionId first. Then comes the region, then what
//! the image is made of (see `instance_disks` and `device_mappings`), then its name.

use serde::Serialize;

use super::device_mappings::{
    self, Asked as Mapping, DEVICE_IN_USE, ENCRYPTED, INVALID_CATEGORY, INVALID_DEVICE, INVALID_DISK_TYPE,
    INVALID_SIZE, NO_SYSTEM_DISK, NOT_LISTED, NOT_OF_SYSTEM_DISK, NOT_READY, SYSTEM_DISKS, TOO_OLD,
};
use super::instance_disks::{
    self, CREATING_SNAPSHOT, INCORRECT_INSTANCE_STATUS, INSTANCE_LOCKED, INVALID_DISK_CATEGORY,
    MISSING_SYSTEM_SNAPSHOT, QUOTA_EXCEED_CONCURRENT, QUOTA_EXCEED_SNAPSHOT,
};
use super::own_image::{BOOT_MODES, INVALID_DESCRIPTION, can_boot, is_family, is_image_name, is_name_taken};
use crate::actions::action::{Action, Run};
use crate::actions::checks::{Checks, is_description};
use crate::actions::faults::{
    DUPLICATE_TAG_KEY, Fault, INCORRECT_DISK_STATUS, INVALID_INSTANCE_ID, INVALID_REGION_ID, INVALID_RESOURCE_GROUP,
    INVALID_SNAPSHOT_ID, INVALID_TAG_COUNT, INVALID_TAG_KEY, INVALID_TAG_VALUE, Row, Unreachable, rows,
};
use crate::actions::output::Output;
use crate::model::image::{self, Image, ImageFeatures, ImageStatus, SecureBootOptions};
use crate::model::instance::Instance;
use crate::model::kind::Entry as _;
use crate::model::params::{Params, Reading, Reason, Refusal};
use crate::model::settings::Duration;
use crate::model::snapshot::{Snapshot, Status};
use crate::model::tags::Tag;
use crate::model::time::Time;
use crate::sandboxes::{SandboxError, Write};

pub static ACTION: Action = Action {
    name: "CreateImage",
    run: Run::Write(|params, write| Box::pin(run(params, write))),
    has_dry_run: true,
    client_token_mismatch: Some(&IDEMPOTENCE_PARAM_NOT_MATCH),
    // Nobody looks into the image.
    ignored: &["DetectionStrategy"],
    faults: ROWS,
    unreachable: UNREACHABLE,
};

rows! {
    INVALID_IMAGE_NAME = 400 "InvalidImageName.Malformed" "The specified Image name is wrongly formed.";
    DUPLICATED_IMAGE_NAME = 400 "InvalidImageName.Duplicated" "The specified image name is already in use.";
    INVALID_IMAGE_VERSION = 400 "InvalidImageVersion.Malformed" "The specified ImageVersion is wrongly formed.";
    MISSING_SOURCE = 400 "MissingParameter"
        "The input parameter SnapshotId or InstanceId or DiskDeviceMapping that is mandatory for processing this request is not supplied.";
    INVALID_ARCHITECTURE = 400 "InvalidArchitecture.Malformed" "The specified Architecture is wrongly formed.";
    INVALID_PLATFORM = 400 "InvalidPlatform.Malformed" "The specified Platform is wrongly formed.";
    INVALID_IMAGE_FAMILY = 400 "InvalidImageFamily.Malformed" "The format of the specified image family is invalid.";
    IDEMPOTENCE_PARAM_NOT_MATCH = 400 "IdempotenceParamNotMatch"
        "Request uses a client token in a previous request but is not identical to that request.";
    INVALID_BOOT_MODE = 400 "InvalidBootMode.NotSupport"
        "The specified parameter BootMode is not supported for current image architecture.";
    [
        INVALID_DESCRIPTION, INCORRECT_INSTANCE_STATUS, INSTANCE_LOCKED, INVALID_DEVICE, INVALID_SIZE, DEVICE_IN_USE,
        NO_SYSTEM_DISK, SYSTEM_DISKS, INVALID_DISK_CATEGORY, ENCRYPTED, INVALID_DISK_TYPE, NOT_READY, TOO_OLD,
        QUOTA_EXCEED_SNAPSHOT, NOT_OF_SYSTEM_DISK, NOT_LISTED, INCORRECT_DISK_STATUS, MISSING_SYSTEM_SNAPSHOT,
        CREATING_SNAPSHOT, INVALID_CATEGORY, QUOTA_EXCEED_CONCURRENT, INVALID_SNAPSHOT_ID, INVALID_INSTANCE_ID,
        INVALID_RESOURCE_GROUP, INVALID_REGION_ID, DUPLICATE_TAG_KEY, INVALID_TAG_COUNT, INVALID_TAG_KEY,
        INVALID_TAG_VALUE
    ]
    {
        "twin" 400 "InvalidImageName.Malformed"
            "Image names must be between 2 and 128 characters long, using either English or Chinese characters. The name must start with a letter or a Chinese character, and can include numbers, colons, underscores and hyphens.";
        "twin" 400 "InvalidImageName.Duplicated" "The specified Image name has already bean used.";
        "twin" 400 "InvalidParameter.AllEmpty" "%s";
        "twin" 400 "InvalidOperation.DiskCategoryUnsupported" "The current category of the disk does not support this operation.";
        "sharing" 400 "OperationDenied" "Shared snapshots do not support creating images.";
        "attached" 403 "IncorrectDiskStatus.NeverAttached" "The specified disk has never been attached to instance.";
        "products" 403 "OperationDenied" "The specified snapshot is not allowed to create image.";
        "quota" 403 "QuotaExceed.Image" "The Image Quota exceeds.";
        "twin" 403 "InvalidParamter.Conflict" "The specified same token is trying to make requests with different parameters.";
        "balance" 403 "InvalidAccountStatus.NotEnoughBalance" "Your account does not have enough balance.";
        "account" 403 "InvalidAccountStatus.SnapshotServiceUnavailable" "Snapshot service has not been opened yet.";
        "twin" 403 "OperationDenied.InvalidSnapshotCategory" "%s";
        "transfer" 403 "IncorrectDiskStatus.Transferring"
            "The specified device is transferring, you can retry after the process is finished.";
        "twin" 403 "QuotaExceed.Tags" "%s";
        "twin" 403 "TooManySnapshot.Unfinished"
            "There are too many snapshots being created, please wait for them to be created done.";
        "twin" 403 "SnapshotNotReady" "The specified snapshot is not ready.";
        "internal" 403 "IncorrectInstanceStatus.NeedRestart"
            "The instance needs to be restarted after adding a disk in a shutdown status.";
        "twin" 404 "InvalidInstanceId.NotFound" "The specified instance %s does not exist.";
        "internal" 500 "InternalError" "The process of creating snapshot has failed due to some unknown error.";
        "internal" 500 "InternalError"
            "The request processing has failed due to some unknown error, exception or failure.";
        "internal" 403 "IncorrectDiskStatus.Invalid" "Device status is invalid, please restart instance and try again.";
        "twin" 403 "InvalidSystemSnapshot.Missing" "? s";
        "KMS" 403 "InvalidParameter.KMSKeyId.KMSUnauthorized" "ECS service have no right to access your KMS.";
    }
}

/// The words of Platform, beside those of Windows.
const PLATFORMS: [&str; 20] = [
    "Aliyun",
    "Aliyun Linux",
    "Anolis",
    "CentOS",
    "CentOS Stream",
    "Ubuntu",
    "CoreOS",
    "Fedora CoreOS",
    "SUSE",
    "Debian",
    "OpenSUSE",
    "FreeBSD",
    "RedHat",
    "Kylin",
    "UOS",
    "Fedora",
    "AlmaLinux",
    "Rocky Linux",
    "Gentoo",
    "Customized Linux",
];

/// The platform of an image that nobody says anything about.
const OTHERS: &str = "Others Linux";

fn is_platform(text: &str) -> bool {
    PLATFORMS.contains(&text) || text == OTHERS || text.starts_with("Windows")
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Reply {
    image_id: String,
}

/// What a request asks for.
struct Asked<'a> {
    region_id: &'a str,
    instance_id: Option<&'a str>,
    mappings: Vec<Mapping<'a>>,
    snapshot_id: Option<&'a str>,
    image_name: Option<&'a str>,
    platform: Option<&'a str>,
    architecture: Option<&'a str>,
    /// What of it nobody has to look at again.
    image: Image,
}

fn read(params: &Params) -> Result<Asked<'_>, Fault> {
    let mut checks = Checks::of(Reading::new(params), row);
    let region_id = checks.reading().required("RegionId");
    let architecture =
        checks.text("Architecture", &INVALID_ARCHITECTURE, |text| ["i386", "x86_64", "arm64"].contains(&text));
    let boot_mode = checks.text("BootMode", &INVALID_BOOT_MODE, |text| {
        BOOT_MODES.contains(&text) && can_boot(architecture.unwrap_or_default(), text)
    });
    checks.client_token();
    let description = checks.text("Description", &INVALID_DESCRIPTION, is_description);
    let mappings = device_mappings::read(&mut checks);
    checks.reading().boolean("DryRun");
    let imds_support = checks.reading().one_of("Features.ImdsSupport", &["v1", "v2"], "v1 or v2");
    let image_family = checks.text("ImageFamily", &INVALID_IMAGE_FAMILY, is_family);
    let image_name = checks.text("ImageName", &INVALID_IMAGE_NAME, is_image_name);
    let image_version = checks.text("ImageVersion", &INVALID_IMAGE_VERSION, is_version);
    let instance_id = checks.reading().text("InstanceId");
    let platform = checks.text("Platform", &INVALID_PLATFORM, is_platform);
    let resource_group_id = checks.resource_group_id();
    let words = ["supported", "unsupported"];
    let secure_boot =
        checks.reading().one_of("SecureBootOptions.SecureBootSupport", &words, "supported or unsupported");
    let snapshot_id = checks.reading().text("SnapshotId");
    if instance_id.is_none() && mappings.is_empty() && snapshot_id.is_none() {
        checks.reading().refuse(Refusal::new(SOURCE, Reason::Missing, "what the image is made of"));
    }
    let tags: Vec<Tag> = checks.tags();
    checks.so_far()?;
    let owned = |text: Option<&str>| text.map(str::to_owned);
    let image = Image {
        region_id: region_id.to_owned(),
        description: description.unwrap_or_default().to_owned(),
        boot_mode: owned(boot_mode),
        features: ImageFeatures { imds_support: owned(imds_support), ..ImageFeatures::default() },
        image_family: owned(image_family),
        image_version: owned(image_version),
        resource_group_id: owned(resource_group_id),
        secure_boot_options: SecureBootOptions { secure_boot_support: owned(secure_boot) },
        is_support_cloudinit: Some(true),
        is_support_io_optimized: Some(true),
        tags,
        ..Image::default()
    };
    Ok(Asked { region_id, instance_id, mappings, snapshot_id, image_name, platform, architecture, image })
}

/// Stands for the three parameters of which one must be there.
const SOURCE: &str = "SnapshotId or InstanceId or DiskDeviceMapping";

fn row(refusal: &Refusal) -> Option<&'static Row> {
    (refusal.parameter == SOURCE).then_some(&MISSING_SOURCE)
}

/// Letters, digits and the signs of numbers of versions; no source says more.
fn is_version(text: &str) -> bool {
    let is_of_version = |character: char| character.is_ascii_alphanumeric() || "._-".contains(character);
    text.len() <= 128 && text.chars().all(is_of_version)
}

async fn run(params: &Params, write: &mut Write) -> Result<Box<dyn Output>, Fault> {
    let asked = read(params)?;
    let region_id = asked.region_id;
    if !write.is_region_known(region_id).await? {
        return Err(Fault::from(&INVALID_REGION_ID));
    }
    let image_id = write.new_id(&image::KIND, region_id).await?;
    let mut image = Image { image_id: image_id.clone(), ..asked.image };
    let (mut source, mut snapshots) = (None, Vec::new());
    image.disk_device_mappings = if let Some(instance_id) = asked.instance_id {
        let instance = instance_disks::instance(write, region_id, instance_id).await?;
        let (mappings, made) = instance_disks::snapshots(write, &instance, &image_id).await?;
        snapshots = made;
        source = write.find::<Image>(&instance.image_id).await?.map(|found| found.resource);
        of_instance(&mut image, &instance);
        mappings
    } else if asked.mappings.is_empty() {
        device_mappings::of_snapshot(write, region_id, asked.snapshot_id.unwrap_or_default()).await?
    } else {
        device_mappings::of_request(write, region_id, &asked.mappings).await?
    };
    if let Some(image_name) = asked.image_name
        && is_name_taken(write, region_id, image_name, None).await?
    {
        return Err(Fault::from(&DUPLICATED_IMAGE_NAME));
    }
    image.image_name = asked.image_name.unwrap_or(&image_id).to_owned();
    of_source(&mut image, source.as_ref(), asked.platform, asked.architecture);
    start(&mut image, &snapshots, write);
    image.complete().map_err(SandboxError::from)?;
    write.put(&image).await?;
    Ok(Box::new(Reply { image_id }))
}

/// What an image has of the instance that it is made of.
fn of_instance(image: &mut Image, instance: &Instance) {
    let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    image.os_type = text(&instance.os_type);
    image.os_name = text(&instance.os_name);
    image.os_name_en.clone_from(&instance.os_name_en);
}

/// What it has of the image that its instance is made of, where the request says nothing else.
fn of_source(image: &mut Image, source: Option<&Image>, platform: Option<&str>, architecture: Option<&str>) {
    let of_source = source.and_then(|source| source.platform.as_deref());
    let is_windows = image.os_type.as_deref() == Some("windows");
    let default = if is_windows { None } else { Some(OTHERS) };
    image.platform = platform.or(of_source).or(default).map(str::to_owned);
    let of_source = source.map(|source| source.architecture.as_str());
    architecture.or(of_source).unwrap_or("x86_64").clone_into(&mut image.architecture);
    if let Some(source) = source {
        image.boot_mode = image.boot_mode.take().or_else(|| source.boot_mode.clone());
        image.features.imds_support =
            image.features.imds_support.take().or_else(|| source.features.imds_support.clone());
    }
    image.features.imds_support.get_or_insert_with(|| "v1".to_owned());
    image.features.nvme_support.get_or_insert_with(|| "unsupported".to_owned());
}

/// Begins to make it once the snapshots that it is made of are there.
fn start(image: &mut Image, snapshots: &[Snapshot], write: &Write) {
    let now = write.now();
    image.creation_time = now;
    let never = snapshots.iter().any(|snapshot| snapshot.pinned_status == Some(Status::Progressing));
    let from: Time = snapshots.iter().filter_map(|snapshot| snapshot.ready_time).max().unwrap_or(now);
    match write.settings().image_seconds {
        Duration::Seconds(seconds) if !never => {
            image.ready_time = Some(from.plus(i64::from(seconds))).filter(|ready| *ready > now);
        }
        _ => image.pinned_status = Some(ImageStatus::Creating),
    }
}
