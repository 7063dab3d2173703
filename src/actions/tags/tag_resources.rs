//! TagResources: gives tags to resources of one type and region, all of them or none. A key that a resource has already gets
//! the other value.

use super::asked;
use super::changes::{self, Named};
use super::rows::{INVALID_REGION, INVALID_RESOURCE_ID, KEY_DUPLICATION, QUOTA, TOO_MANY_TAGS};
use crate::actions::action::{Action, Run};
use crate::actions::checks::Checks;
use crate::actions::faults::{
    DUPLICATE_TAG_KEY, Fault, INVALID_RESOURCE_TYPE, INVALID_TAG_KEY, INVALID_TAG_MISMATCH, INVALID_TAG_VALUE, Row,
    Unreachable, rows,
};
use crate::actions::output::{Done, Output};
use crate::model::params::{Params, Reading, Reason, Refusal};
use crate::model::resource_types::Family;
use crate::model::tags::Tag;
use crate::sandboxes::Write;

pub static ACTION: Action = Action {
    name: "TagResources",
    run: Run::Write(|params, write| Box::pin(run(params, write))),
    has_dry_run: false,
    client_token_mismatch: None,
    ignored: &[],
    faults: ROWS,
    unreachable: UNREACHABLE,
};

rows! {
    TOO_MANY_RESOURCES = 400 "NumberExceed.ResourceIds" "The ResourceIds parameter's number is exceed , Valid : 50.";
    MISSING_RESOURCE_IDS = 404 "MissingParameter.ResourceIds" "The parameter - ResourceIds.N should not be null.";
    MISSING_RESOURCE_TYPE = 404 "MissingParameter.ResourceType" "The parameter - ResourceType should not be null.";
    MISSING_TAGS = 404 "MissingParameter.Tags" "The parameter - Tags should not be null.";
    MISSING_REGION_ID = 404 "MissingParameter.RegionId" "The parameter - RegionId should not be null.";
    [
        DUPLICATE_TAG_KEY, INVALID_TAG_KEY, INVALID_TAG_VALUE, INVALID_TAG_MISMATCH, QUOTA, KEY_DUPLICATION, INVALID_REGION,
        INVALID_RESOURCE_ID, INVALID_RESOURCE_TYPE, TOO_MANY_TAGS
    ]
    {
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
        "twin" 403 "QuotaExceed.Tags" "%s";
        "twin" 404 "InvalidRegionId.NotFound" "%s";
        "owners" 404 "MissingParameter.TagOwnerUid" "The parameter - TagOwnerUid should not be null.";
        "owners" 404 "MissingParameter.TagOwnerBid" "The parameter - TagOwnerBid should not be null.";
        "twin" 404 "InvalidRegionId.NotFound" "The specified RegionId does not exist.";
        "internal" 500 "ServiceUnavailable" "The service is unavailable, please try again later.";
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

fn read(params: &Params) -> Result<(Named<'_>, Vec<Tag>), Fault> {
    let mut checks = Checks::of(Reading::new(params), row);
    let region_id = checks.reading().required("RegionId");
    let ids = asked::resource_ids(&mut checks, &TOO_MANY_RESOURCES);
    if ids.is_empty() {
        asked::refuse_missing(&mut checks, "ResourceId.N");
    }
    let resource_type = asked::resource_type(&mut checks, Family::Tags, &INVALID_RESOURCE_TYPE);
    let tags = asked::tags(&mut checks, &TOO_MANY_TAGS);
    if tags.is_empty() {
        asked::refuse_missing(&mut checks, "Tag.N");
    }
    checks.so_far()?;
    let resource_type = resource_type.ok_or(&INVALID_RESOURCE_TYPE)?;
    Ok((Named { region_id, resource_type, ids }, tags))
}

async fn run(params: &Params, write: &mut Write) -> Result<Box<dyn Output>, Fault> {
    let (named, tags) = read(params)?;
    changes::change(write, &named, &INVALID_REGION, |own| changes::give(own, &tags)).await?;
    Ok(Box::new(Done {}))
}
