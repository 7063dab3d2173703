//! ModifyImageAttribute: another name, description or family, another status, other things that instances of an own image of a
//! region can do. What a request does not name, or leaves empty, stays as it is.
//!
//! Checks of parameters run in the order of the documentation's table of them, RegionId first. Then come those of the image: its
//! existence, whether it is made, its new status, its new name, what it can do.

use super::own_image::{
    self, BOOT_MODES, INVALID_DESCRIPTION, INVALID_IMAGE_ID, can_boot, is_family, is_image_name, is_name_taken,
};
use crate::actions::action::{Action, Run};
use crate::actions::checks::{Checks, is_description};
use crate::actions::faults::{Fault, INVALID_REGION_ID, MISSING_PARAMETER, Row, Unreachable, rows};
use crate::actions::output::{Done, Output};
use crate::model::image::{Image, ImageStatus, ImageUsage};
use crate::model::params::Params;
use crate::model::time::Time;
use crate::sandboxes::Write;

pub static ACTION: Action = Action {
    name: "ModifyImageAttribute",
    run: Run::Write(|params, write| Box::pin(run(params, write))),
    has_dry_run: true,
    client_token_mismatch: None,
    ignored: &[],
    faults: ROWS,
    unreachable: UNREACHABLE,
};

rows! {
    INVALID_IMAGE_NAME = 400 "InvalidImageName.Malformed"
        "Image names must be between 2 and 128 characters long, using either English or Chinese characters. The name must start with a letter or a Chinese character, and can include numbers, colons, underscores and hyphens.";
    DUPLICATED_IMAGE_NAME = 400 "InvalidImageName.Duplicated" "The specified Image name has already bean used.";
    INVALID_IMAGE_FAMILY = 400 "InvalidImageFamily.Malformed" "The specified parameter \"ImageFamily\" is malformed.";
    INVALID_BOOT_MODE = 400 "InvalidBootMode.NotSupport" "The specified parameter BootMode is not supported.";
    INVALID_LICENSE_TYPE = 400 "InvalidLicenseType.NotSupported" "The specified parameter LicenseType is not supported.";
    INVALID_BOOT_MODE_OF_ARCHITECTURE = 400 "InvalidBootMode.NotSupport"
        "The specified parameter BootMode is not supported for current image architecture.";
    INVALID_IMDS_SUPPORT = 400 "InvalidParameter.FeaturesImdsSupport"
        "The specified parameter Features.ImdsSupport is not supported.";
    NOT_AVAILABLE = 403 "ImageStatus.NotAvailable" "The specified image status is not available.";
    NOT_DEPRECATED = 403 "ImageStatus.NotDeprecated" "The specified image status is not deprecated.";
    // The misspelling is the documentation's.
    IMAGE_USING_BY_INSTANCE = 403 "OperationDeined.ImageUsingByInstance"
        "The boot mode of the image cannot be modified because it has associated instances.";
    IMDS_SUPPORT_NOT_MATCH = 403 "InvalidOperation.FeaturesImdsSupportNotMatch"
        "The specified parameter Features.ImdsSupport can not be set to v1 from v2.";
    IMAGE_IS_CREATING = 403 "InvalidStatus.ImageIsCreating"
        "The operation cannot be performed because the image is creating. Please wait until the creation is complete and try again.";
    [INVALID_DESCRIPTION, INVALID_IMAGE_ID, INVALID_REGION_ID, MISSING_PARAMETER]
    {
        "quota" 400 "ImageQuotaFull.ImageFamily"
            "The specified image family has exceeded max number of images for one image family.";
        "quota" 400 "ImageFamilyQuotaFull" "The specified region has exceeded max number of image family.";
        "sharing" 403 "ImageUseShared"
            "The specified image has been shared to others, please remove shared accounts first.";
    }
}

/// What is to be changed.
struct Asked<'a> {
    region_id: &'a str,
    image_id: &'a str,
    boot_mode: Option<&'a str>,
    description: Option<&'a str>,
    imds_support: Option<&'a str>,
    nvme_support: Option<&'a str>,
    image_family: Option<&'a str>,
    image_name: Option<&'a str>,
    license_type: Option<&'a str>,
    status: Option<&'a str>,
}

fn read(params: &Params) -> Result<Asked<'_>, Fault> {
    let mut checks = Checks::new(params);
    let asked = Asked {
        region_id: checks.reading().required("RegionId"),
        boot_mode: checks.text("BootMode", &INVALID_BOOT_MODE, |text| BOOT_MODES.contains(&text)),
        description: checks.text("Description", &INVALID_DESCRIPTION, is_description),
        imds_support: checks.text("Features.ImdsSupport", &INVALID_IMDS_SUPPORT, |text| ["v1", "v2"].contains(&text)),
        nvme_support: checks.reading().one_of(
            "Features.NvmeSupport",
            &["supported", "unsupported"],
            "supported or unsupported",
        ),
        image_family: checks.text("ImageFamily", &INVALID_IMAGE_FAMILY, is_family),
        image_id: checks.reading().required("ImageId"),
        image_name: checks.text("ImageName", &INVALID_IMAGE_NAME, is_image_name),
        license_type: checks
            .text("LicenseType", &INVALID_LICENSE_TYPE, |text| ["Auto", "Aliyun", "BYOL"].contains(&text)),
        status: checks.reading().one_of("Status", &["Deprecated", "Available"], "Deprecated or Available"),
    };
    checks.reading().boolean("DryRun");
    checks.so_far()?;
    Ok(asked)
}

async fn run(params: &Params, write: &mut Write) -> Result<Box<dyn Output>, Fault> {
    let asked = read(params)?;
    if !write.is_region_known(asked.region_id).await? {
        return Err(Fault::from(&INVALID_REGION_ID));
    }
    let found = own_image::find(write, asked.region_id, asked.image_id).await?.ok_or(&INVALID_IMAGE_ID)?;
    let (mut image, now) = (found.resource, write.now());
    if image.status(now) == ImageStatus::Creating {
        return Err(Fault::from(&IMAGE_IS_CREATING));
    }
    set_status(&mut image, asked.status, now)?;
    if let Some(image_name) = asked.image_name {
        if is_name_taken(write, asked.region_id, image_name, Some(asked.image_id)).await? {
            return Err(Fault::from(&DUPLICATED_IMAGE_NAME));
        }
        image_name.clone_into(&mut image.image_name);
    }
    if let Some(boot_mode) = asked.boot_mode {
        set_boot_mode(&mut image, found.derived.usage, boot_mode)?;
    }
    if let Some(imds_support) = asked.imds_support {
        if imds_support == "v1" && image.features.imds_support.as_deref() == Some("v2") {
            return Err(Fault::from(&IMDS_SUPPORT_NOT_MATCH));
        }
        image.features.imds_support = Some(imds_support.to_owned());
    }
    for (field, asked) in [
        (&mut image.features.nvme_support, asked.nvme_support),
        (&mut image.image_family, asked.image_family),
        (&mut image.license_type, asked.license_type),
    ] {
        if let Some(asked) = asked {
            *field = Some(asked.to_owned());
        }
    }
    if let Some(description) = asked.description {
        description.clone_into(&mut image.description);
    }
    write.put(&image).await?;
    Ok(Box::new(Done {}))
}

fn set_status(image: &mut Image, status: Option<&str>, now: Time) -> Result<(), Fault> {
    match (status, image.status(now)) {
        (None, _) => {}
        (Some("Deprecated"), ImageStatus::Available) => image.pinned_status = Some(ImageStatus::Deprecated),
        (Some("Deprecated"), _) => return Err(Fault::from(&NOT_AVAILABLE)),
        (Some(_), ImageStatus::Deprecated) => {
            image.pinned_status = None;
            // An entry may say Deprecated beside a time at which it is ready that is still to come. It was made all the same.
            if image.status(now) != ImageStatus::Available {
                image.pinned_status = Some(ImageStatus::Available);
            }
        }
        (Some(_), _) => return Err(Fault::from(&NOT_DEPRECATED)),
    }
    Ok(())
}

fn set_boot_mode(image: &mut Image, usage: ImageUsage, boot_mode: &str) -> Result<(), Fault> {
    if !can_boot(&image.architecture, boot_mode) {
        return Err(Fault::from(&INVALID_BOOT_MODE_OF_ARCHITECTURE));
    }
    if usage == ImageUsage::Instance && image.boot_mode.as_deref() != Some(boot_mode) {
        return Err(Fault::from(&IMAGE_USING_BY_INSTANCE));
    }
    image.boot_mode = Some(boot_mode.to_owned());
    Ok(())
}
