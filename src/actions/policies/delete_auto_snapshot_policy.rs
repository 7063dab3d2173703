//! DeleteAutoSnapshotPolicy: takes a policy away, and off the disks that it has. The snapshots that it made stay.

use super::found;
use super::rows::{POLICY_ELSEWHERE, UNKNOWN_POLICY};
use crate::actions::action::{Action, Run};
use crate::actions::checks::Checks;
use crate::actions::faults::{Fault, Row, Unreachable, rows};
use crate::actions::output::{Done, Output};
use crate::model::auto_snapshot_policy;
use crate::model::params::Params;
use crate::sandboxes::Write;

pub static ACTION: Action = Action {
    name: "DeleteAutoSnapshotPolicy",
    run: Run::Write(|params, write| Box::pin(run(params, write))),
    has_dry_run: false,
    client_token_mismatch: None,
    ignored: &[],
    faults: ROWS,
    unreachable: UNREACHABLE,
};

rows! {
    [UNKNOWN_POLICY, POLICY_ELSEWHERE]
}

async fn run(params: &Params, write: &mut Write) -> Result<Box<dyn Output>, Fault> {
    let mut checks = Checks::new(params);
    let id = checks.reading().required("autoSnapshotPolicyId");
    let region_id = checks.reading().required("regionId");
    checks.so_far()?;

    found::policy(region_id, id, write).await?;
    write.delete(&auto_snapshot_policy::KIND, &[id]).await?;
    Ok(Box::new(Done {}))
}
