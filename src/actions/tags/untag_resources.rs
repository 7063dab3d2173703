//! UntagResources: takes tags from resources of one type and region, all of them or none: those of some keys, or all. A key
//! that a resource does not have is no fault.

use super::asked;
use super::changes::{self, Named};
use super::rows::{INVALID_REGION, INVALID_RESOURCE_ID};
use crate::actions::action::{Action, Run};
use crate::actions::checks::Checks;
use crate::actions::faults::{
    DUPLICATE_TAG_KEY, Fault, INVALID_RESOURCE_TYPE, INVALID_TAG_KEY, Row, Unreachable, rows,
};
use crate::actions::output::{Done, Output};
use crate::model::params::{Params, Reading, Reason, Refusal};
use crate::model::resource_types::Family;
use crate::sandboxes::Write;

pub static ACTION: Action = Action {
    name: "UntagResources",
    run: Run::Write(|params, write| Box::pin(run(params, write))),
    has_dry_run: false,
    client_token_mismatch: None,
    ignored: &[],
    faults: ROWS,
    unreachable: UNREACHABLE,
};

// Some of these texts are those of TagResources but for the full stop.
rows! {
    TOO_MANY_RESOURCES = 400 "NumberExceed.ResourceIds" "The ResourceIds parameter's number is exceed , Valid : 50";
    TOO_MANY_TAGS = 400 "NumberExceed.Tags" "The Tags parameter's number is exceed , Valid : 20";
    CONFLICT = 403 "Param.Conflict" "The specified all is true, but the specified TagKey.N is not empty.";
    MISSING_RESOURCE_IDS = 404 "MissingParameter.ResourceIds" "The parameter - ResourceIds.N should not be null";
    MISSING_RESOURCE_TYPE = 404 "MissingParameter.ResourceType" "The parameter - ResourceType should not be null";
    MISSING_TAGS = 404 "MissingParameter.Tags" "The parameter - Tags should not be null";
    MISSING_REGION_ID = 404 "MissingParameter.RegionId" "The parameter - RegionId should not be null";
    [DUPLICATE_TAG_KEY, INVALID_TAG_KEY, INVALID_REGION, INVALID_RESOURCE_ID, INVALID_RESOURCE_TYPE]
    {
        "values" 400 "InvalidTagValue.Malformed" "The specified Tag.n.Value is not valid.";
        "giving" 400 "OperationDenied.QuotaExceed" "The quota of tags on resource is beyond permitted range.";
        "values" 400 "InvalidTag.Mismatch" "The specified Tag.n.Key and Tag.n.Value are not match.";
        "twin" 400 "InvalidTagCount" "The specified tags are beyond the permitted range.";
        "scope" 400 "Invalid.Scope" "The specified scope is invalid.";
        "owners" 403 "PermissionDenied.TagOwnerBid"
            "The specified operator not have permission to set TagOwnerBid value.";
        "owners" 403 "PermissionDenied.TagOwnerUid"
            "The specified operator not have permission to set TagOwnerUid value.";
        "scope" 403 "PermissionDenied.Scope" "The specified operator not have permission to set Scope value.";
        "support" 403 "InvalidResourceId.NotSupported" "The specified ResourceId does not support tagging.";
        "permission" 403 "NoPermissionKey.Scope" "%s";
        "permission" 403 "NoPermission.Tag" "The operator is not permission for the tag.";
        "twin" 404 "InvalidRegionId.NotFound" "%s";
        "owners" 404 "MissingParameter.TagOwnerUid" "The parameter - TagOwnerUid should not be null";
        "owners" 404 "MissingParameter.TagOwnerBid" "The parameter - TagOwnerBid should not be null";
        "twin" 404 "InvalidRegionId.NotFound" "The specified RegionId does not exist.";
    }
}

fn row(refusal: &Refusal) -> Option<&'static Row> {
    match (refusal.reason, refusal.parameter.as_str()) {
        (Reason::Missing, "RegionId") => Some(&MISSING_REGION_ID),
        (Reason::Missing, "ResourceId.N") => Some(&MISSING_RESOURCE_IDS),
        (Reason::Missing, "ResourceType") => Some(&MISSING_RESOURCE_TYPE),
        (Reason::Missing, _) => Some(&MISSING_TAGS),
        _ => None,
    }
}

/// What to take the tags from, and the keys; `None`: all.
fn read(params: &Params) -> Result<(Named<'_>, Option<Vec<&str>>), Fault> {
    let mut checks = Checks::of(Reading::new(params), row);
    let is_all = checks.reading().boolean("All").unwrap_or(false);
    let region_id = checks.reading().required("RegionId");
    let ids = asked::resource_ids(&mut checks, &TOO_MANY_RESOURCES);
    if ids.is_empty() {
        asked::refuse_missing(&mut checks, "ResourceId.N");
    }
    let resource_type = asked::resource_type(&mut checks, Family::Tags, &INVALID_RESOURCE_TYPE);
    let keys = asked::tag_keys(&mut checks, &TOO_MANY_TAGS, &INVALID_TAG_KEY, &DUPLICATE_TAG_KEY);
    if keys.is_empty() && !is_all {
        asked::refuse_missing(&mut checks, "TagKey.N");
    }
    checks.value(keys.is_empty() || !is_all, &CONFLICT);
    checks.so_far()?;
    let resource_type = resource_type.ok_or(&INVALID_RESOURCE_TYPE)?;
    Ok((Named { region_id, resource_type, ids }, (!is_all).then_some(keys)))
}

async fn run(params: &Params, write: &mut Write) -> Result<Box<dyn Output>, Fault> {
    let (named, keys) = read(params)?;
    let is_named = |key: &str| keys.as_ref().is_none_or(|keys| keys.contains(&key));
    let change = changes::change(write, &named, &INVALID_REGION, |own| {
        changes::take(own, |tag| is_named(&tag.key));
        Ok(())
    });
    change.await?;
    Ok(Box::new(Done {}))
}
