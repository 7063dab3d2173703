//! DescribeSnapshotsUsage: how many snapshots a region has, and how large they are together. A failed one counts, and is of no
//! size; one that expired does not count.

use serde::Serialize;

use crate::actions::action::{Action, ReadCall, Run};
use crate::actions::checks::Checks;
use crate::actions::faults::{Fault, Row, Unreachable, rows};
use crate::actions::output::Output;

pub static ACTION: Action = Action {
    name: "DescribeSnapshotsUsage",
    run: Run::Read(|call| Box::pin(run(call))),
    has_dry_run: false,
    client_token_mismatch: None,
    ignored: &[],
    faults: ROWS,
    unreachable: UNREACHABLE,
};

rows! {
    UNKNOWN_REGION = 403 "InvalidParam.RegionId" "The specified region is not exist.";
}

async fn run(call: &ReadCall<'_>) -> Result<Box<dyn Output>, Fault> {
    let mut checks = Checks::new(call.params);
    let region_id = checks.reading().required("RegionId");
    checks.so_far()?;
    if !call.is_region_known(region_id).await? {
        return Err(Fault::from(&UNKNOWN_REGION));
    }
    let sum = call.sandboxes.usage(&call.view, region_id).await?;
    Ok(Box::new(Reply { snapshot_count: sum.count, snapshot_size: sum.bytes }))
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Reply {
    snapshot_count: i64,
    /// Bytes.
    snapshot_size: i64,
}
