//! ModifySnapshotGroup: another name and another description for a group. What a request does not say stays as it is; an empty
//! description takes it away, as ModifySnapshotAttribute has it.
//!
//! The table has no row for a request that says neither: it changes nothing.

use super::rows::{INVALID_DESCRIPTION, INVALID_NAME, INVALID_REGION_ID, INVALID_SNAPSHOT_GROUP};
use crate::actions::action::{Action, Run};
use crate::actions::checks::{Checks, is_description, is_name};
use crate::actions::faults::{Fault, Row, Unreachable, rows};
use crate::actions::output::{Done, Output};
use crate::model::params::Params;
use crate::model::snapshot_group::SnapshotGroup;
use crate::sandboxes::Write;

pub static ACTION: Action = Action {
    name: "ModifySnapshotGroup",
    run: Run::Write(|params, write| Box::pin(run(params, write))),
    has_dry_run: false,
    client_token_mismatch: None,
    ignored: &[],
    faults: ROWS,
    unreachable: UNREACHABLE,
};

rows! {
    [INVALID_NAME, INVALID_DESCRIPTION, INVALID_REGION_ID, INVALID_SNAPSHOT_GROUP]
}

async fn run(params: &Params, write: &mut Write) -> Result<Box<dyn Output>, Fault> {
    let mut checks = Checks::new(params);
    checks.text("Description", &INVALID_DESCRIPTION, is_description);
    let name = checks.text("Name", &INVALID_NAME, |text| is_name(text, ":_.-"));
    let region_id = checks.reading().required("RegionId");
    let snapshot_group_id = checks.reading().required("SnapshotGroupId");
    checks.so_far()?;

    if !write.is_region_known(region_id).await? {
        return Err(Fault::from(&INVALID_REGION_ID));
    }
    let found = write.find_in::<SnapshotGroup>(region_id, snapshot_group_id).await?;
    let mut group = found.ok_or(&INVALID_SNAPSHOT_GROUP)?;
    // Said to be empty, a description is taken away.
    if let Some(description) = params.raw("Description") {
        description.clone_into(&mut group.description);
    }
    if let Some(name) = name {
        group.name = Some(name.to_owned());
    }
    write.put(&group).await?;
    Ok(Box::new(Done {}))
}
