//! ListTagResources: the tags of resources of one type and region, as pairs of resource and tag: newest resource first, then by
//! id, then by key, 50 to a page.
//!
//! The resources are those of some ids, those that have all of some tags, or both; of each, all tags are told. The tag
//! `acs:rm:rgId` stands for a resource group: then each of its resources is told with its group, tagged or not. `TagFilter.N`
//! asks for tags in words with stars (`env*`, `*env*`); of several values under a key any will do, and all are asked for in the
//! way of the first.

use serde::Serialize;

use super::asked;
use super::conditions;
use super::rows::{
    INVALID_REGION, INVALID_RESOURCE_ID, INVALID_TAG_FILTER, ONE_OR_THE_OTHER, TAGS_AND_FILTERS, TOO_MANY_TAGS,
    TOO_MANY_VALUES, VALUE_WITHOUT_KEY,
};
use crate::actions::action::{Action, ReadCall, Run};
use crate::actions::checks::Checks;
use crate::actions::faults::{
    DUPLICATE_TAG_KEY, Fault, INVALID_RESOURCE_TYPE, INVALID_TAG_KEY, INVALID_TAG_VALUE, Row, Unreachable, rows,
};
use crate::actions::output::Output;
use crate::actions::wrapped::wrapped;
use crate::journal::effects;
use crate::model::named::named;
use crate::model::params::{Params, Reading, Reason, Refusal};
use crate::model::resource_types::{Family, ResourceType};
use crate::model::tag_query::{TagPlace, TagQuery};

pub static ACTION: Action = Action {
    name: "ListTagResources",
    run: Run::Read(|call| Box::pin(run(call))),
    has_dry_run: false,
    client_token_mismatch: None,
    ignored: &[],
    faults: ROWS,
    unreachable: UNREACHABLE,
};

rows! {
    TOO_MANY_RESOURCES = 400 "NumberExceed.ResourceIds" "The ResourceIds parameter's number is exceed , Valid : 50.";
    NOTHING_ASKED = 403 "BothEmpty.TagsAndResources"
        "The specified Tags and ResourcesIds are not allow to both empty.";
    INVALID_NEXT_TOKEN = 403 "Invalid.NextToken" "The specified NextToken is not valid.";
    MISSING_RESOURCE_TYPE = 404 "MissingParameter.ResourceType" "The parameter - ResourceType should not be null.";
    MISSING_REGION_ID = 404 "MissingParameter.RegionId" "The parameter - RegionId should not be null.";
    [
        ONE_OR_THE_OTHER, TOO_MANY_TAGS, TAGS_AND_FILTERS, VALUE_WITHOUT_KEY, TOO_MANY_VALUES, INVALID_TAG_FILTER,
        DUPLICATE_TAG_KEY, INVALID_TAG_KEY, INVALID_TAG_VALUE, INVALID_REGION, INVALID_RESOURCE_ID, INVALID_RESOURCE_TYPE
    ]
    {
        "default" 400 "InvalidDefaultResourceGroup.NotSupported"
            "The specified parameter Tag is not support for default resource group.";
        "giving" 400 "OperationDenied.QuotaExceed" "The quota of tags on resource is beyond permitted range.";
        "twin" 400 "InvalidTag.Mismatch" "The specified Tag.n.Key and Tag.n.Value are not match.";
        "twin" 400 "InvalidTagCount" "The specified tags are beyond the permitted range.";
        "scope" 400 "Invalid.Scope" "The specified scope is invalid.";
        "owners" 403 "PermissionDenied.TagOwnerBid"
            "The specified operator not have permission to set TagOwnerBid value.";
        "owners" 403 "PermissionDenied.TagOwnerUid"
            "The specified operator not have permission to set TagOwnerUid value.";
        "scope" 403 "PermissionDenied.Scope" "The specified operator not have permission to set Scope value.";
        "support" 403 "InvalidResourceId.NotSupported" "The specified ResourceId does not support tagging.";
        "permission" 403 "NoPermission.Tag" "The operator is not permission for the tag.";
        "permission" 403 "PermissionDenied.TagsFuzzyQuery"
            "The specified operator has not permission to query fuzzy tags.";
        "parameter" 403 "InvalidFilter.Malformed" "The specified Filter is not valid.";
        "twin" 404 "InvalidRegionId.NotFound" "%s";
        "alternatives" 404 "MissingParameter.ResourceIds" "The parameter - ResourceIds.N should not be null.";
        "owners" 404 "MissingParameter.TagOwnerUid" "The parameter - TagOwnerUid should not be null.";
        "owners" 404 "MissingParameter.TagOwnerBid" "The parameter - TagOwnerBid should not be null.";
        "alternatives" 404 "MissingParameter.Tags" "The parameter - Tags should not be null.";
        "twin" 404 "InvalidRegionId.NotFound" "The specified RegionId does not exist.";
        "internal" 500 "ServiceUnavailable" "The service is unavailable, please try again later.";
        "internal" 500 "InternalError"
            "The process of creating snapshot has failed due to some unknown error.";
    }
}

/// Pairs on a page.
const PAGE: usize = 50;

/// What is asked for.
struct Asked<'a> {
    next_token: Option<&'a str>,
    resource_type: &'static ResourceType,
    query: TagQuery,
}

fn row(refusal: &Refusal) -> Option<&'static Row> {
    match (refusal.reason, refusal.parameter.as_str()) {
        (Reason::Missing, "RegionId") => Some(&MISSING_REGION_ID),
        (Reason::Missing, _) => Some(&MISSING_RESOURCE_TYPE),
        _ => None,
    }
}

fn read(params: &Params) -> Result<Asked<'_>, Fault> {
    let mut checks = Checks::of(Reading::new(params), row);
    let next_token = checks.reading().text("NextToken");
    let region_id = checks.reading().required("RegionId").to_owned();
    let ids = asked::resource_ids(&mut checks, &TOO_MANY_RESOURCES);
    let ids = (!ids.is_empty()).then(|| ids.into_iter().map(str::to_owned).collect());
    let resource_type = asked::resource_type(&mut checks, Family::Tags, &INVALID_RESOURCE_TYPE);
    let query = conditions::read(&mut checks, TagQuery { region_id, ids, ..TagQuery::default() });
    checks.value(query.is_some(), &NOTHING_ASKED);
    checks.so_far()?;
    let resource_type = resource_type.ok_or(&INVALID_RESOURCE_TYPE)?;
    Ok(Asked { next_token, resource_type, query: query.ok_or(&NOTHING_ASKED)? })
}

async fn run(call: &ReadCall<'_>) -> Result<Box<dyn Output>, Fault> {
    let Asked { next_token, resource_type, query } = read(call.params)?;
    if !call.is_region_known(&query.region_id).await? {
        return Err(Fault::from(&INVALID_REGION));
    }
    let Some(kind) = resource_type.kind else {
        // There is no resource of this type, and so no page that a token could have come with.
        return match (&query.ids, next_token) {
            (_, Some(_)) => Err(Fault::from(&INVALID_NEXT_TOKEN)),
            (Some(_), None) => Err(Fault::from(&INVALID_RESOURCE_ID)),
            (None, None) => Ok(Box::new(Reply { next_token: None, tag_resources: TagResources { items: Vec::new() } })),
        };
    };
    let place = match next_token {
        Some(token) => Some(TagPlace::read(token, kind, &query).ok_or(&INVALID_NEXT_TOKEN)?),
        None => None,
    };
    let limit = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    let pairs = call.sandboxes.tag_pairs(&call.view, kind, &query, place.as_ref(), limit).await?;
    let pairs = pairs.ok_or(&INVALID_RESOURCE_ID)?;
    let last = pairs.get(PAGE - 1).filter(|_| pairs.len() > PAGE);
    let next_token = last.map(|last| TagPlace::of(last).token(kind, &query));
    let mut shown: Vec<&str> = pairs.iter().take(PAGE).map(|pair| pair.id.as_str()).collect();
    // The tags of a resource stand side by side.
    shown.dedup();
    effects::see(shown.len(), named(shown.into_iter()));
    let items = pairs.into_iter().take(PAGE).map(|pair| TagResourceItem {
        resource_id: pair.id,
        resource_type: resource_type.word,
        tag_key: pair.tag.key,
        tag_value: pair.tag.value,
    });
    Ok(Box::new(Reply { next_token, tag_resources: TagResources { items: items.collect() } }))
}

wrapped!(TagResources, "TagResource");

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Reply {
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
    tag_resources: TagResources<TagResourceItem>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct TagResourceItem {
    resource_id: String,
    resource_type: &'static str,
    tag_key: String,
    tag_value: String,
}
