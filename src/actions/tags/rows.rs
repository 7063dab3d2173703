//! Rows that several actions on tags have in common.

use crate::actions::faults::Row;

pub static INVALID_RESOURCE_ID: Row =
    Row::new(404, "InvalidResourceId.NotFound", "The specified ResourceIds are not found in our records.");
pub static INVALID_REGION: Row =
    Row::new(404, "InvalidRegionId.NotFound", "The RegionId provided does not exist in our records.");
pub static QUOTA: Row =
    Row::new(400, "OperationDenied.QuotaExceed", "The quota of tags on resource is beyond permitted range.");
pub static KEY_DUPLICATION: Row =
    Row::new(403, "TagKey.Duplication", "The TagKey has duplication with others, case-insensitive.");
pub static TOO_MANY_TAGS: Row =
    Row::new(400, "NumberExceed.Tags", "The Tags parameter's number is exceed , Valid : 20.");

// Those of the conditions of ListTagResources.

pub static ONE_OR_THE_OTHER: Row =
    Row::new(400, "InvalidTag.NotSupported", "You can only specify Tag for either resource tag or resource group.");
pub static TAGS_AND_FILTERS: Row =
    Row::new(400, "InvalidTags.MalFormed", "The tags must be empty, when the tagFilters is not empty.");
/// The documentation's prose has the code, and no table has the row.
pub static VALUE_WITHOUT_KEY: Row =
    Row::new(400, "InvalidParameter.TagValue", "The specified parameter TagValue is not valid.");
pub static TOO_MANY_VALUES: Row = Row::new(
    403,
    "NumberExceed.TagValues",
    "The number of the specified TagValues is beyond permitted range, the max is 5.",
);
pub static INVALID_TAG_FILTER: Row =
    Row::new(403, "InvalidTagFilter.Malformed", "The specified TagFilter is not valid.");
