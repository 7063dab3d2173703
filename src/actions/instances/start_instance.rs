//! StartInstance: a stopped instance runs, at once.
//!
//! After the parameters come those checks that look at the instance, from what can never be to what may be a moment later: its
//! existence, its lock, its status, its disks.

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
    name: "StartInstance",
    run: Run::Write(|params, write| Box::pin(run(params, write))),
    has_dry_run: true,
    client_token_mismatch: None,
    // No local disk fails here, so none is to be replaced.
    ignored: &["InitLocalDisk"],
    faults: ROWS,
    unreachable: UNREACHABLE,
};

rows! {
    INSTANCE_LOCKED = 403 "InstanceLockedForSecurity"
        "The specified operation is denied as your instance is locked for security reasons.";
    DISK_ERROR = 403 "DiskError" "IncorrectDiskStatus.";
    INSTANCE_NOT_READY = 403 "InstanceNotReady" "The specified instance is not ready for use.";
    [INCORRECT_INSTANCE_STATUS, INVALID_INSTANCE_ID, DRY_RUN_OPERATION]
    {
        "stock" 400 "LackResource" "There's no enough resource on the specified capacity reservation.";
        "hosts" 400 "InvalidDedicatedHost.NotEnoughResource"
            "The specified dedicated host has not enough resource due to host affinity.";
        "hosts" 400 "InvalidDedicatedHost.NotEnoughResource"
            "There's no available dedicated host to perform the operation.";
        // A document may have an instance without all of its disks, and that is no reason not to start it.
        "partial" 400 "InvalidInstance.NotFoundSystemDisk" "The specified instance does not have system disk.";
        "stock" 400 "Invalid.PrivatePoolOptions.NoStock" "The PrivatePool has been used up.";
        "KMS" 403 "InvalidParameter.KMSKeyId.NotFound" "The specified KMSKeyId does not exist.";
        "balance" 403 "InsufficientBalance" "Your account does not have enough balance.";
        "arrears" 403 "InstanceExpired"
            "The postPaid instance has been expired.Please ensure your account have enough balance.";
        "arrears" 403 "InstanceExpired" "The prePaid instance has been expired.";
        "arrears" 403 "DiskInArrears" "The specified operation is denied as your disk has expired.";
        "stock" 403 "OperationDenied.NoStock"
            "The requested resource is sold out in the specified zone; try other types of resources or other regions and zones.";
        "prices" 403 "OperationDenied.SpotPriceLowerThanPublicPrice" "The spot instance price is lower than public price.";
        "twin" 403 "IncorrectInstanceStatus" "{}";
        "KMS" 403 "InvalidParameter.KMSKeyId.CMKUnauthorized" "The CMK needs to be added ECS tag.";
        "KMS" 403 "InvalidParameter.KMSKeyId.CMKNotEnabled" "The CMK needs to be enabled.";
        "KMS" 403 "InvalidParameter.KMSKeyId.KMSUnauthorized" "ECS service have no right to access your KMS.";
        "quota" 403 "QuotaExceed.ElasticQuota"
            "No additional quota is available for the specified ECS instance type.";
        "quota" 403 "QuotaExceed.ElasticQuota"
            "The number of the specified ECS instances has exceeded the quota of the specified instance type.";
        "quota" 403 "QuotaExceed.ElasticQuota"
            "The number of vCPUs assigned to the ECS instances has exceeded the quota in the zone.";
        "quota" 403 "QuotaExceed.ElasticQuota"
            "The number of the specified ECS instances has exceeded the quota of the specified instance type, or the number of vCPUs assigned to the ECS instances has exceeded the quota in the zone.";
        "hosts" 403 "OperationDenied.HostRepairing"
            "The specified operation is denied as the host of ECS instance is being repaired.";
        "stock" 404 "InvalidCapacityReservationId.NotFound" "The specified capacity reservation does not exist.";
        "internal" 500 "InternalError"
            "The request processing has failed due to some unknown error, exception or failure.";
    }
}

async fn run(params: &Params, write: &mut Write) -> Result<Box<dyn Output>, Fault> {
    let mut checks = Checks::new(params);
    checks.reading().boolean("DryRun");
    let instance_id = checks.reading().required("InstanceId");
    checks.so_far()?;

    let mut instance = write.find::<Instance>(instance_id).await?.ok_or(&INVALID_INSTANCE_ID)?.resource;
    if instance.is_locked_for_security() {
        return Err(Fault::from(&INSTANCE_LOCKED));
    }
    match instance.status {
        InstanceStatus::Stopped => {}
        InstanceStatus::Pending => return Err(Fault::from(&INSTANCE_NOT_READY)),
        InstanceStatus::Running | InstanceStatus::Starting | InstanceStatus::Stopping => {
            return Err(Fault::from(&INCORRECT_INSTANCE_STATUS));
        }
    }
    if !are_disks_in_use(instance_id, write).await? {
        return Err(Fault::from(&DISK_ERROR));
    }
    instance.start(write.now());
    write.put(&instance).await?;
    Ok(Box::new(Done {}))
}
