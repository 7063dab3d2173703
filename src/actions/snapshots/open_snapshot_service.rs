//! OpenSnapshotService: an account that may take snapshots. Those of sandboxes always may, so there is nothing to do; the API
//! documents no error of its own.

use crate::actions::action::{Action, ReadCall, Run};
use crate::actions::checks::Checks;
use crate::actions::faults::Fault;
use crate::actions::output::{Done, Output};

pub static ACTION: Action = Action {
    name: "OpenSnapshotService",
    run: Run::Read(|call| Box::pin(std::future::ready(run(call)))),
    has_dry_run: false,
    client_token_mismatch: None,
    ignored: &[],
    faults: &[],
    unreachable: &[],
};

fn run(call: &ReadCall<'_>) -> Result<Box<dyn Output>, Fault> {
    let mut checks = Checks::new(call.params);
    checks.reading().required("RegionId");
    checks.so_far()?;
    Ok(Box::new(Done {}))
}
