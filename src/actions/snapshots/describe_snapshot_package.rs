//! DescribeSnapshotPackage: the storage plans that were bought for the snapshots of a region. Nothing can be bought here, so
//! there are none, in any region; no row of the documentation is about one that does not exist.

use serde::Serialize;

use crate::actions::action::{Action, ReadCall, Run};
use crate::actions::checks::Checks;
use crate::actions::faults::{Fault, Row, Unreachable, rows};
use crate::actions::output::Output;
use crate::actions::wrapped::wrapped;
use crate::model::paging::{Paging, Sizes};

pub static ACTION: Action = Action {
    name: "DescribeSnapshotPackage",
    run: Run::Read(|call| Box::pin(async move { run(call) })),
    has_dry_run: false,
    client_token_mismatch: None,
    ignored: &[],
    faults: ROWS,
    unreachable: UNREACHABLE,
};

rows! {}

fn run(call: &ReadCall<'_>) -> Result<Box<dyn Output>, Fault> {
    let mut checks = Checks::new(call.params);
    checks.reading().required("RegionId");
    let paging = Paging::read_numbers(checks.reading(), Sizes::USUAL);
    checks.so_far()?;
    Ok(Box::new(Reply {
        page_number: paging.page_number,
        page_size: paging.page_size,
        total_count: 0,
        snapshot_packages: SnapshotPackages { items: Vec::new() },
    }))
}

wrapped!(SnapshotPackages, "SnapshotPackage");

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Reply {
    page_number: i32,
    page_size: i32,
    total_count: i32,
    snapshot_packages: SnapshotPackages<Package>,
}

/// A plan, if there were one.
#[derive(Debug, Serialize)]
enum Package {}
