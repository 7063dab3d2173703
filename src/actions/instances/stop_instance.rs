//! StopInstance: a running instance is stopped, at once, and says whether it is still billed.
//!
//! An instance that cannot be stopped without being billed on is stopped all the same, whatever was asked for: so says the
//! newest text, though its table still has rows for that. Of a lock for security the page of such locks says that it stops
//! nobody from stopping; the action's own page has a row for it, which is answered.

use super::attached::are_disks_in_use;
use crate::actions::action::{Action, Run};
use crate::actions::checks::Checks;
use crate::actions::faults::{
    DRY_RUN_OPERATION, Fault, INCORRECT_INSTANCE_STATUS, INVALID_INSTANCE_ID, Row, Unreachable, rows,
};
use crate::actions::output::{Done, Output};
use crate::model::instance::{Instance, InstanceStatus};
use crate::model::params::Params;
use crate::sandboxes::Write;

pub static ACTION: Action = Action {
    name: "StopInstance",
    run: Run::Write(|params, write| Box::pin(run(params, write))),
    has_dry_run: true,
    client_token_mismatch: None,
    // Nothing is lost or kept by the way in which it is stopped.
    ignored: &["ConfirmStop", "ForceStop", "Hibernate"],
    faults: ROWS,
    unreachable: UNREACHABLE,
};

rows! {
    DISK_ERROR = 400 "DiskError" "IncorrectDiskStatus.";
    INSTANCE_LOCKED = 403 "InstanceLockedForSecurity"
        "The specified operation is denied as your instance is locked for security reasons.";
    [INCORRECT_INSTANCE_STATUS, INVALID_INSTANCE_ID, DRY_RUN_OPERATION]
    {
        "KMS" 400 "InvalidParameter.Encrypted.KmsNotEnable"
            "Failed to perform this operation because KMS is not activated.";
        "superseded" 403 "InstanceType.ParameterMismatch"
            "The input parameter ConfirmStop must be true when an instance have localstorage.";
        "arrears" 403 "InstanceExpiredOrInArrears"
            "The specified operation is denied as your prepay instance is expired (prepay mode) or in arrears (afterpay mode).";
        "superseded" 403 "InvalidInstanceId.NotSupport" "Classic network Instance does not support this operation.";
        "superseded" 403 "InvalidInstanceId.NotSupport" "Pre pay instance does not support this operation.";
        "superseded" 403 "InvalidInstanceId.NotSupport" "Local disk instance does not support this operation.";
        "superseded" 403 "InvalidInstanceId.NotSupport" "Spot instance does not support this operation.";
        "twin" 403 "IncorrectInstanceStatus" "{}";
        "KMS" 403 "InvalidParameter.KMSKeyId.CMKUnauthorized" "The CMK needs to be added ECS tag";
        "KMS" 403 "InvalidParameter.KMSKeyId.CMKNotEnabled" "The CMK needs to be enabled.";
        "KMS" 403 "InvalidParameter.KMSKeyId.KMSUnauthorized" "ECS service have no right to access your KMS.";
        "hibernation" 403 "HibernationConfigured.InstanceOperationForbidden"
            "The operation is not permitted due to limit of the hibernation configured instance.";
        "hibernation" 403 "HibernationConfigured.NotEnabled"
            "The instance hibernation configured option is not enabled.";
        "KMS" 403 "InvalidOperation.KMSKeyIdNotFound" "The specified KMSKeyId not found, {}.";
        "KMS" 403 "InvalidOperation.KMSServiceNotOpen" "KMS service is currently not open.";
        "products" 403 "OperationDenied.SystemInstanceNotSupport"
            "The system instance does not support the {} operation because {}.";
        "internal" 500 "InternalError"
            "The request processing has failed due to some unknown error, exception or failure.";
        "internal" 503 "LimitedOperation.ServiceUnavailable"
            "The service is currently unavailable. Please try again later.";
    }
}

/// How it may be stopped.
#[derive(Debug, PartialEq, Eq, strum::EnumString)]
enum StoppedMode {
    StopCharging,
    KeepCharging,
}

async fn run(params: &Params, write: &mut Write) -> Result<Box<dyn Output>, Fault> {
    let mut checks = Checks::new(params);
    checks.reading().boolean("DryRun");
    let instance_id = checks.reading().required("InstanceId");
    let mode = checks.reading().word::<StoppedMode>("StoppedMode", "StopCharging or KeepCharging");
    checks.so_far()?;

    let mut instance = write.find::<Instance>(instance_id).await?.ok_or(&INVALID_INSTANCE_ID)?.resource;
    if instance.is_locked_for_security() {
        return Err(Fault::from(&INSTANCE_LOCKED));
    }
    if instance.status != InstanceStatus::Running {
        return Err(Fault::from(&INCORRECT_INSTANCE_STATUS));
    }
    if !are_disks_in_use(instance_id, write).await? {
        return Err(Fault::from(&DISK_ERROR));
    }
    instance.stop(mode == Some(StoppedMode::StopCharging));
    write.put(&instance).await?;
    Ok(Box::new(Done {}))
}
