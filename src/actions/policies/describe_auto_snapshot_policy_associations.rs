//! DescribeAutoSnapshotPolicyAssociations: which disks a policy has, by their ids, or which policies a disk has, in the order in which
//! they were applied; a page at a time. The ones that a policy finds by tags are among them.
//!
//! Checks run in the order of the documentation's table of parameters, then come the region and what is asked for.

use serde::Serialize;

use crate::actions::action::{Action, ReadCall, Run};
use crate::actions::checks::Checks;
use crate::actions::faults::{Fault, INVALID_REGION_ID, Row, Unreachable, rows};
use crate::actions::output::Output;
use crate::actions::wrapped::wrapped;
use crate::journal::effects;
use crate::model::auto_snapshot_policy::AutoSnapshotPolicy;
use crate::model::auto_snapshot_policy_filter::AutoSnapshotPolicyFilter;
use crate::model::disk::Disk;
use crate::model::disk_filter::DiskFilter;
use crate::model::filter::Filter as _;
use crate::model::named::named;
use crate::model::paging::{Paging, Sizes};
use crate::model::policy_associations::{AssociationQuery, Of};
use crate::store::policy_associations::Association;

pub static ACTION: Action = Action {
    name: "DescribeAutoSnapshotPolicyAssociations",
    run: Run::Read(|call| Box::pin(run(call))),
    has_dry_run: false,
    client_token_mismatch: None,
    ignored: &[],
    faults: ROWS,
    unreachable: UNREACHABLE,
};

rows! {
    NEITHER = 403 "MissingParameter.AutoSnapshotPolicyIdOrDiskId"
        "The AutoSnapshotPolicyId and DiskId parameters cannot both be empty. Please specify one of them.";
    BOTH = 403 "ParameterConflict.AutoSnapshotPolicyIdAndDiskId"
        "The AutoSnapshotPolicyId and DiskId parameters cannot be specified at the same time. You may specify only one of them.";
    UNKNOWN_POLICY = 404 "InvalidAutoSnapshotPolicyId.NotFound" "Specified parameter AutoSnapshotPolicyId not found.";
    UNKNOWN_DISK = 404 "InvalidDiskId.NotFound" "The specified disk does not exist.";
    [INVALID_REGION_ID]
}

async fn run(call: &ReadCall<'_>) -> Result<Box<dyn Output>, Fault> {
    let mut checks = Checks::new(call.params);
    let policy_id = checks.reading().text("AutoSnapshotPolicyId");
    let disk_id = checks.reading().text("DiskId");
    checks.value(policy_id.is_some() || disk_id.is_some(), &NEITHER);
    checks.value(policy_id.is_none() || disk_id.is_none(), &BOTH);
    let paging = Paging::read_tokens(checks.reading(), Sizes::USUAL);
    let region_id = checks.reading().required("RegionId");
    checks.so_far()?;

    let of = match (policy_id, disk_id) {
        (Some(id), _) => Of::Policy(id.to_owned()),
        (None, Some(id)) => Of::Disk(id.to_owned()),
        (None, None) => return Err(Fault::from(&NEITHER)),
    };
    if !call.is_region_known(region_id).await? {
        return Err(Fault::from(&INVALID_REGION_ID));
    }
    let query = AssociationQuery { region_id: region_id.to_owned(), of };
    check_known(call, &query).await?;
    let start = paging.start(&query)?;
    let found = call.sandboxes.policy_associations(&call.view, &query, &start, paging.limit()).await?;
    let next_token = paging.next_token(&found, &query, |last| last.position(&query));
    let shown = paging.cut(&found);
    let others = shown.iter().map(|association| match &query.of {
        Of::Policy(_) => association.disk_id.as_str(),
        Of::Disk(_) => association.auto_snapshot_policy_id.as_str(),
    });
    effects::see(shown.len(), named(others));
    let items = shown.iter().map(AssociationItem::new).collect();
    Ok(Box::new(Reply { next_token, auto_snapshot_policy_associations: Associations { items } }))
}

/// Whether what is asked for is there, in the region.
async fn check_known(call: &ReadCall<'_>, query: &AssociationQuery) -> Result<(), Fault> {
    let region_id = Some(query.region_id.clone());
    let (is_known, row) = match &query.of {
        Of::Policy(id) => {
            let filter = AutoSnapshotPolicyFilter { region_id, ..AutoSnapshotPolicyFilter::default() };
            let filter = filter.by_ids(vec![id.clone()]);
            (call.sandboxes.exists::<AutoSnapshotPolicy>(&call.view, &filter).await?, &UNKNOWN_POLICY)
        }
        Of::Disk(id) => {
            let filter = DiskFilter { region_id, ..DiskFilter::default() }.by_ids(vec![id.clone()]);
            (call.sandboxes.exists::<Disk>(&call.view, &filter).await?, &UNKNOWN_DISK)
        }
    };
    if is_known { Ok(()) } else { Err(Fault::from(row)) }
}

wrapped!(Associations, "AutoSnapshotPolicyAssociation");

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Reply {
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
    auto_snapshot_policy_associations: Associations<AssociationItem>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct AssociationItem {
    auto_snapshot_policy_id: String,
    disk_id: String,
}

impl AssociationItem {
    fn new(association: &Association) -> Self {
        Self {
            auto_snapshot_policy_id: association.auto_snapshot_policy_id.clone(),
            disk_id: association.disk_id.clone(),
        }
    }
}
