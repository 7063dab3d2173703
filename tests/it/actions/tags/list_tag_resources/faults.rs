//! Every row that the action can answer.

use super::SEED;
use crate::actions::tags::{THERE, TYPES, assert_refused, many_tags};
use crate::support::{Fault, TestApp};

const RIGHT: &str = "ListTagResources&RegionId=cn-hangzhou&ResourceType=snapshot";

#[actix_web::test]
async fn rows_of_what_is_asked() {
    let app = TestApp::seeded(SEED).await;
    let long = "x".repeat(129);
    let long_key = format!("Tag.1.Key={long}");
    let long_value = format!("Tag.1.Key=k&Tag.1.Value={long}");
    let long_filter = format!("TagFilter.1.TagKey={long}");
    let long_filter_value = format!("TagFilter.1.TagKey=k&TagFilter.1.TagValues.1={long}");
    let (many, group) = (many_tags(21), "Tag.1.Key=acs:rm:rgId");
    let with_tag = format!("{group}&Tag.1.Value=rg-1&Tag.2.Key=env");
    let rows: [(&[&str], u16, &str, &str); 10] = [
        (
            &[&with_tag],
            400,
            "InvalidTag.NotSupported",
            "You can only specify Tag for either resource tag or resource group.",
        ),
        (
            &["ResourceId.51=s-1", "ResourceId.0=s-1"],
            400,
            "NumberExceed.ResourceIds",
            "The ResourceIds parameter's number is exceed , Valid : 50.",
        ),
        (&[&many, "Tag.21.Key=x"], 400, "NumberExceed.Tags", "The Tags parameter's number is exceed , Valid : 20."),
        (&["Tag.1.Key=a&Tag.2.Key=a"], 400, "Duplicate.TagKey", "The Tag.N.Key contain duplicate key."),
        (
            &["Tag.1.Key=", &long_key, &long_filter],
            400,
            "InvalidTagKey.Malformed",
            "The specified Tag.n.Key is not valid.",
        ),
        (
            &[&long_value, &long_filter_value, group],
            400,
            "InvalidTagValue.Malformed",
            "The specified Tag.n.Value is not valid.",
        ),
        (
            &["Tag.1.Key=a&TagFilter.1.TagKey=b"],
            400,
            "InvalidTags.MalFormed",
            "The tags must be empty, when the tagFilters is not empty.",
        ),
        (
            &["Tag.1.Value=test", "Tag.1.Key=env&Tag.2.Value=x"],
            400,
            "InvalidParameter.TagValue",
            "The specified parameter TagValue is not valid.",
        ),
        (
            &["x=1", "ResourceId.1=", "TagFilter.1.TagKey=", "TagFilter.1.TagValues.1="],
            403,
            "BothEmpty.TagsAndResources",
            "The specified Tags and ResourcesIds are not allow to both empty.",
        ),
        (
            &["TagFilter.1.TagKey=env&TagFilter.1.TagValues.6=x", "TagFilter.1.TagKey=env&TagFilter.1.TagValues.0=x"],
            403,
            "NumberExceed.TagValues",
            "The number of the specified TagValues is beyond permitted range, the max is 5.",
        ),
    ];
    for (queries, status, code, message) in rows {
        assert_refused(&app, RIGHT, queries, status, code, message).await;
    }
}

#[actix_web::test]
async fn words_that_are_none() {
    let app = TestApp::seeded(SEED).await;
    let queries = [
        "TagFilter.6.TagKey=env",
        "TagFilter.0.TagKey=env",
        "TagFilter.1.TagValues.1=x",
        "TagFilter.1.TagKey=*",
        "TagFilter.1.TagKey=**",
        "TagFilter.1.TagKey=*env",
        "TagFilter.1.TagKey=e*v",
        "TagFilter.1.TagKey=env*&TagFilter.1.TagValues.1=x",
        "TagFilter.1.TagKey=env&TagFilter.1.TagValues.1=*x",
        "TagFilter.1.TagKey=env&TagFilter.1.TagValues.1=x&TagFilter.1.TagValues.2=*",
    ];
    let text = "The specified TagFilter is not valid.";
    assert_refused(&app, RIGHT, &queries, 403, "InvalidTagFilter.Malformed", text).await;
}

#[actix_web::test]
async fn rows_of_what_is_missing_or_not_there() {
    let app = TestApp::seeded(SEED).await;
    let fault = |code: &str, message: &str| Fault::new(404, code, message);
    for (query, expected) in [
        (
            "ResourceType=snapshot&Tag.1.Key=a",
            fault("MissingParameter.RegionId", "The parameter - RegionId should not be null."),
        ),
        (
            "RegionId=cn-hangzhou&Tag.1.Key=",
            fault("MissingParameter.ResourceType", "The parameter - ResourceType should not be null."),
        ),
        (
            "RegionId=cn-nowhere&ResourceType=snapshot&Tag.1.Key=a",
            fault("InvalidRegionId.NotFound", "The RegionId provided does not exist in our records."),
        ),
        (
            "RegionId=cn-hangzhou&ResourceType=snaps&Tag.1.Key=a",
            fault("InvalidResourceType.NotFound", "The ResourceType provided does not exist in our records."),
        ),
    ] {
        assert_eq!(app.refused(&format!("ListTagResources&{query}")).await, expected, "{query}");
    }
    let text = "The specified ResourceIds are not found in our records.";
    let queries = [
        "ResourceId.1=s-unknown",
        "ResourceId.1=s-1&ResourceId.2=s-unknown",
        "ResourceId.1=s-far",
        "ResourceId.1=s-gone",
        "ResourceId.1=d-1",
        "ResourceId.1=s-far&Tag.1.Key=env",
    ];
    assert_refused(&app, RIGHT, &queries, 404, "InvalidResourceId.NotFound", text).await;
    for word in TYPES.iter().filter(|word| THERE.iter().all(|(there, _)| there != *word)) {
        let base = format!("ListTagResources&RegionId=cn-hangzhou&ResourceType={word}");
        assert_refused(&app, &base, &["ResourceId.1=x-1"], 404, "InvalidResourceId.NotFound", text).await;
        let reply = app.act(&format!("{base}&Tag.1.Key=env")).await;
        assert_eq!(reply["TagResources"]["TagResource"].as_array().unwrap().len(), 0, "{word}");
        let text = "The specified NextToken is not valid.";
        assert_refused(&app, &base, &["Tag.1.Key=env&NextToken=x"], 403, "Invalid.NextToken", text).await;
    }
}
