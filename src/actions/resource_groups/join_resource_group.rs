//! JoinResourceGroup: moves a resource to another resource group.
//!
//! Any group whose id begins with `rg-` is there. A ResourceType that is left out is that of the resource which has the id.

use crate::actions::action::{Action, Run};
use crate::actions::checks::{Checks, is_resource_group_id};
use crate::actions::faults::{Fault, INVALID_RESOURCE_GROUP, INVALID_RESOURCE_TYPE, Row, Unreachable, rows};
use crate::actions::output::{Done, Output};
use crate::model::params::{Params, Reading, Reason, Refusal};
use crate::model::resource_types::{self, Family, ResourceType};
use crate::sandboxes::Write;

pub static ACTION: Action = Action {
    name: "JoinResourceGroup",
    run: Run::Write(|params, write| Box::pin(run(params, write))),
    has_dry_run: false,
    client_token_mismatch: None,
    ignored: &[],
    faults: ROWS,
    unreachable: UNREACHABLE,
};

rows! {
    MISSING_RESOURCE_ID = 403 "MissingParameter"
        "The input parameter \"ResourceId\" that is mandatory for processing this request is not supplied.";
    MISSING_RESOURCE_GROUP_ID = 403 "MissingParameter"
        "The input parameter \"ResourceGroupId\" that is mandatory for processing this request is not supplied.";
    MISSING_REGION_ID = 403 "MissingParameter"
        "The input parameter \"RegionId\" that is mandatory for processing this request is not supplied.";
    DUPLICATE = 403 "InvalidResourceGroup.Duplicate" "The ResourceId provided has a ResourceGroup in our records.";
    REGION_WITHOUT_GROUPS = 403 "InvalidRegionId.ResourceGroup"
        "The specified region does not support resource group yet.";
    INVALID_RESOURCE_ID = 404 "InvalidResourceId.NotFound" "The ResourceId provided does not exist in our records.";
    [INVALID_RESOURCE_TYPE, INVALID_RESOURCE_GROUP]
    {
        "transfers" 400 "EntityExists.AssociatedTransferTasks"
            "An associated transfer task is in progress. Try again later.";
        "groups" 403 "InvalidStatus.ResourceGroup"
            "You cannot perform an operation on a resource group that is being created or deleted.";
    }
}

/// What is to be moved where.
struct Asked<'a> {
    region_id: &'a str,
    resource_group_id: &'a str,
    resource_id: &'a str,
    resource_type: Option<&'static ResourceType>,
}

fn row(refusal: &Refusal) -> Option<&'static Row> {
    match (refusal.reason, refusal.parameter.as_str()) {
        (Reason::Missing, "ResourceId") => Some(&MISSING_RESOURCE_ID),
        (Reason::Missing, "ResourceGroupId") => Some(&MISSING_RESOURCE_GROUP_ID),
        (Reason::Missing, "RegionId") => Some(&MISSING_REGION_ID),
        _ => None,
    }
}

fn read(params: &Params) -> Result<Asked<'_>, Fault> {
    let mut checks = Checks::of(Reading::new(params), row);
    let region_id = checks.reading().required("RegionId");
    let resource_group_id = checks.reading().required("ResourceGroupId");
    checks.value(is_resource_group_id(resource_group_id), &INVALID_RESOURCE_GROUP);
    let resource_id = checks.reading().required("ResourceId");
    let word = checks.reading().text("ResourceType");
    let resource_type = word.and_then(|word| resource_types::find(Family::Groups, word));
    checks.value(word.is_none() || resource_type.is_some(), &INVALID_RESOURCE_TYPE);
    checks.so_far()?;
    Ok(Asked { region_id, resource_group_id, resource_id, resource_type })
}

async fn run(params: &Params, write: &mut Write) -> Result<Box<dyn Output>, Fault> {
    let asked = read(params)?;
    // A region that nobody knows has no resource groups either.
    if !write.is_region_known(asked.region_id).await? {
        return Err(Fault::from(&REGION_WITHOUT_GROUPS));
    }
    for kind in resource_types::kinds(Family::Groups, asked.resource_type) {
        let found = write.found(kind, Some(asked.region_id), &[asked.resource_id]).await?;
        let Some(mut entry) = found.into_iter().next() else { continue };
        let Some(group) = entry.resource_group_mut() else { continue };
        if group.as_deref() == Some(asked.resource_group_id) {
            return Err(Fault::from(&DUPLICATE));
        }
        *group = Some(asked.resource_group_id.to_owned());
        entry.note_change(write.now());
        write.put(&*entry).await?;
        return Ok(Box::new(Done {}));
    }
    Err(Fault::from(&INVALID_RESOURCE_ID))
}
