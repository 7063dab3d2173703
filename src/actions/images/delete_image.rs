//! DeleteImage: takes an own image of a region away. The snapshots that it is made of stay.
//!
//! The documentation says of an unknown id that it is ignored, and has a row for it: a setting of the sandbox decides.

use super::own_image::{self, INVALID_IMAGE_ID};
use crate::actions::action::{Action, Run};
use crate::actions::checks::Checks;
use crate::actions::faults::{Fault, INVALID_REGION_ID, Row, Unreachable, rows};
use crate::actions::output::{Done, Output};
use crate::model::image::{self, ImageUsage};
use crate::model::params::Params;
use crate::model::settings::UnknownOnDelete;
use crate::sandboxes::Write;

pub static ACTION: Action = Action {
    name: "DeleteImage",
    run: Run::Write(|params, write| Box::pin(run(params, write))),
    has_dry_run: true,
    client_token_mismatch: None,
    ignored: &[],
    faults: ROWS,
    unreachable: UNREACHABLE,
};

rows! {
    IMAGE_USING_BY_INSTANCE = 403 "ImageUsingByInstance"
        "The specified image has been used to create instances. You can use the DescribeInstances API to query these instances, or you can use the force parameter to proceed.";
    IMAGE_IS_PUBLIC = 403 "ImageIsPublic" "You can not delete public image, please modify it to private.";
    [INVALID_IMAGE_ID, INVALID_REGION_ID]
    {
        "sharing" 403 "ImageUseShared"
            "The specified image has been shared to others. You can use the DescribeImageSharePermission API to query the users who have been shared.";
        "copies" 403 "OperationDenied.ImageCopying" "The image is being copied. Please use the CancelCopyImage API.";
        "imports" 403 "ImageIsImporting" "The specified Image is importing.";
        "exports" 403 "ImageIsExporting"
            "The specified image is currently being exported. You can use the DescribeTasks API to check the status of related tasks and cancel them if needed.";
    }
}

async fn run(params: &Params, write: &mut Write) -> Result<Box<dyn Output>, Fault> {
    let mut checks = Checks::new(params);
    let region_id = checks.reading().required("RegionId");
    checks.reading().boolean("DryRun");
    let is_forced = checks.reading().boolean("Force").unwrap_or(false);
    let image_id = checks.reading().required("ImageId");
    checks.so_far()?;

    if !write.is_region_known(region_id).await? {
        return Err(Fault::from(&INVALID_REGION_ID));
    }
    let Some(found) = own_image::find(write, region_id, image_id).await? else {
        return match write.settings().unknown_on_delete {
            UnknownOnDelete::Error => Err(Fault::from(&INVALID_IMAGE_ID)),
            UnknownOnDelete::Ignore => Ok(Box::new(Done {})),
        };
    };
    if found.resource.is_public {
        return Err(Fault::from(&IMAGE_IS_PUBLIC));
    }
    if found.derived.usage == ImageUsage::Instance && !is_forced {
        return Err(Fault::from(&IMAGE_USING_BY_INSTANCE));
    }
    write.delete(&image::KIND, &[image_id]).await?;
    Ok(Box::new(Done {}))
}
