//! DescribeTags: the different tags of a region, by key and value, with how many resources of each type have them.
//!
//! A tag has one key, so of several Tag.N any will do. With a ResourceId it is the tags of that resource alone, with a
//! ResourceType those of its resources; types that are not asked for count nothing.

use serde::ser::{Serialize, Serializer};

use super::asked;
use crate::actions::action::{Action, ReadCall, Run};
use crate::actions::checks::Checks;
use crate::actions::faults::{
    Fault, INVALID_REGION_ID, INVALID_RESOURCE_TYPE, INVALID_TAG_COUNT, Row, Unreachable, rows,
};
use crate::actions::output::Output;
use crate::actions::wrapped::wrapped;
use crate::model::paging::{Paging, Sizes};
use crate::model::resource_types::{self, Family};
use crate::model::tag_query::{PairQuery, TagCount};

pub static ACTION: Action = Action {
    name: "DescribeTags",
    run: Run::Read(|call| Box::pin(run(call))),
    has_dry_run: false,
    client_token_mismatch: None,
    ignored: &["Category"],
    faults: ROWS,
    unreachable: UNREACHABLE,
};

rows! {
    INVALID_TAG_KEY = 400 "InvalidTagKey.Malformed" "The parameter Tag.n.Key is illegal.";
    [INVALID_REGION_ID, INVALID_RESOURCE_TYPE, INVALID_TAG_COUNT]
}

/// The pages of the older actions on tags.
pub const SIZES: Sizes = Sizes { page_size: 50, ..Sizes::USUAL };

async fn run(call: &ReadCall<'_>) -> Result<Box<dyn Output>, Fault> {
    let mut checks = Checks::new(call.params);
    let paging = Paging::read_numbers(checks.reading(), SIZES);
    let region_id = checks.reading().required("RegionId");
    let id = checks.reading().owned("ResourceId");
    let only = asked::optional_resource_type(&mut checks, Family::OlderTags, &INVALID_RESOURCE_TYPE);
    let tags = asked::tag_filters(&mut checks, &INVALID_TAG_COUNT, &INVALID_TAG_KEY);
    checks.so_far()?;
    if !call.is_region_known(region_id).await? {
        return Err(Fault::from(&INVALID_REGION_ID));
    }
    let kinds = resource_types::kinds(Family::OlderTags, only);
    let query = PairQuery { region_id: region_id.to_owned(), kinds, id, tags };
    let (total_count, tags) = call.sandboxes.tag_counts(&call.view, &query, paging.skip(), paging.limit()).await?;
    Ok(Box::new(Reply {
        tags: Tags { items: tags.into_iter().map(TagItem::from).collect() },
        page_number: paging.page_number,
        page_size: paging.page_size,
        total_count,
    }))
}

wrapped!(Tags, "Tag");

#[derive(Debug, serde::Serialize)]
#[serde(rename_all = "PascalCase")]
struct Reply {
    tags: Tags<TagItem>,
    page_number: i32,
    page_size: i32,
    total_count: i64,
}

#[derive(Debug, serde::Serialize)]
#[serde(rename_all = "PascalCase")]
struct TagItem {
    tag_key: String,
    tag_value: String,
    resource_type_count: ResourceTypeCount,
}

impl From<TagCount> for TagItem {
    fn from(TagCount { tag, counts }: TagCount) -> Self {
        Self { tag_key: tag.key, tag_value: tag.value, resource_type_count: ResourceTypeCount { by_kind: counts } }
    }
}

/// How many resources of each type there are: of all types, also those that no sandbox has any of.
#[derive(Debug)]
struct ResourceTypeCount {
    by_kind: Vec<(i64, i64)>,
}

impl Serialize for ResourceTypeCount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let types = resource_types::of_family(Family::OlderTags);
        serializer.collect_map(types.filter_map(|resource_type| {
            let of_type = |(number, _): &&(i64, i64)| resource_type.kind.is_some_and(|kind| kind.number == *number);
            let count = self.by_kind.iter().find(of_type).map_or(0, |(_, count)| *count);
            Some((resource_type.count?, count))
        }))
    }
}
