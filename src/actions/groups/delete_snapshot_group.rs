//! DeleteSnapshotGroup: takes a group away, and those of its snapshots that nothing keeps.
//!
//! A snapshot that an image or a disk is made from, or that is locked, stays without the group: this action has no Force. No source
//! says how the reply tells that; here it is the code and the text that DeleteSnapshot would answer. So the one row of the table that
//! can be read, about images, is the answer to no request. That of a group which is not there is the one of ModifySnapshotGroup.

use serde::Serialize;

use super::rows::INVALID_SNAPSHOT_GROUP;
use crate::actions::action::{Action, Run};
use crate::actions::checks::Checks;
use crate::actions::faults::{Fault, Row, Unreachable, rows};
use crate::actions::output::Output;
use crate::actions::snapshots::deletion;
use crate::actions::wrapped::wrapped;
use crate::model::params::Params;
use crate::model::snapshot;
use crate::model::snapshot_group::{self, SnapshotGroup};
use crate::sandboxes::Write;

pub static ACTION: Action = Action {
    name: "DeleteSnapshotGroup",
    run: Run::Write(|params, write| Box::pin(run(params, write))),
    has_dry_run: false,
    client_token_mismatch: None,
    ignored: &[],
    faults: ROWS,
    unreachable: UNREACHABLE,
};

rows! {
    [INVALID_SNAPSHOT_GROUP]
    {
        "told" 403 "SnapshotCreatedImage" "The snapshot has been used to create user defined image(s).";
    }
}

wrapped!(OperationProgressSet, "OperationProgress");
wrapped!(RelatedItemSet, "RelatedItem");

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Reply {
    operation_progress_set: OperationProgressSet<OperationProgress>,
}

/// What became of a snapshot.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct OperationProgress {
    operation_status: &'static str,
    /// Empty for one that is gone, as the next.
    error_code: &'static str,
    error_msg: &'static str,
    related_item_set: RelatedItemSet<RelatedItem>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct RelatedItem {
    name: &'static str,
    value: String,
}

impl OperationProgress {
    fn new(snapshot_id: &str, kept: Option<&'static Row>) -> Self {
        let item = RelatedItem { name: "SnapshotId", value: snapshot_id.to_owned() };
        Self {
            operation_status: if kept.is_some() { "Failed" } else { "Success" },
            error_code: kept.map_or("", |row| row.code),
            error_msg: kept.map_or("", |row| row.message),
            related_item_set: RelatedItemSet { items: vec![item] },
        }
    }
}

async fn run(params: &Params, write: &mut Write) -> Result<Box<dyn Output>, Fault> {
    let mut checks = Checks::new(params);
    let region_id = checks.reading().required("RegionId");
    let snapshot_group_id = checks.reading().required("SnapshotGroupId");
    checks.so_far()?;

    let found = write.find::<SnapshotGroup>(snapshot_group_id).await?;
    let group = found.filter(|group| group.resource.region_id == region_id).ok_or(&INVALID_SNAPSHOT_GROUP)?;
    let now = write.now();
    let (mut gone, mut progress) = (Vec::new(), Vec::new());
    for member in group.derived.members(now) {
        let snapshot_id = member.resource.snapshot_id.as_str();
        let kept = deletion::kept(member, false, now);
        if kept.is_none() {
            gone.push(snapshot_id);
        }
        progress.push(OperationProgress::new(snapshot_id, kept));
    }
    // The group first, so that it need not let go of each snapshot.
    write.delete(&snapshot_group::KIND, &[snapshot_group_id]).await?;
    write.delete(&snapshot::KIND, &gone).await?;
    Ok(Box::new(Reply { operation_progress_set: OperationProgressSet { items: progress } }))
}
