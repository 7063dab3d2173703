//! DescribeResourceByTags: the resources of a region that have all of some tags, type by type, newest first and then by id.
//! Without Tag.N it is those that have any.
//!
//! The documentation has no table of its faults: they are those of DescribeTags.

use serde::Serialize;

use super::asked;
use super::describe_tags::SIZES;
use crate::actions::action::{Action, ReadCall, Run};
use crate::actions::checks::Checks;
use crate::actions::faults::{
    Fault, INVALID_REGION_ID, INVALID_RESOURCE_TYPE, INVALID_TAG_COUNT, Row, Unreachable, rows,
};
use crate::actions::output::Output;
use crate::actions::wrapped::wrapped;
use crate::journal::effects;
use crate::model::named::named;
use crate::model::paging::Paging;
use crate::model::resource_types::{self, Family};
use crate::model::tag_query::TagQuery;

pub static ACTION: Action = Action {
    name: "DescribeResourceByTags",
    run: Run::Read(|call| Box::pin(run(call))),
    has_dry_run: false,
    client_token_mismatch: None,
    ignored: &[],
    faults: ROWS,
    unreachable: UNREACHABLE,
};

rows! {
    INVALID_TAG_KEY = 400 "InvalidTagKey.Malformed" "The parameter Tag.n.Key is illegal.";
    [INVALID_REGION_ID, INVALID_RESOURCE_TYPE, INVALID_TAG_COUNT]
}

async fn run(call: &ReadCall<'_>) -> Result<Box<dyn Output>, Fault> {
    let mut checks = Checks::new(call.params);
    let paging = Paging::read_numbers(checks.reading(), SIZES);
    let region_id = checks.reading().required("RegionId");
    let only = asked::optional_resource_type(&mut checks, Family::OlderTags, &INVALID_RESOURCE_TYPE);
    let tags = asked::tag_filters(&mut checks, &INVALID_TAG_COUNT, &INVALID_TAG_KEY);
    checks.so_far()?;
    if !call.is_region_known(region_id).await? {
        return Err(Fault::from(&INVALID_REGION_ID));
    }
    let kinds = resource_types::kinds(Family::OlderTags, only);
    let query = TagQuery { region_id: region_id.to_owned(), tags, ..TagQuery::default() };
    let found = call.sandboxes.tagged_resources(&call.view, &kinds, &query, paging.skip(), paging.limit()).await?;
    let (total_count, resources) = found;
    effects::see(resources.len(), named(resources.iter().map(|(_, resource_id)| resource_id.as_str())));
    let items = resources.into_iter().map(|(kind, resource_id)| ResourceItem {
        resource_id,
        resource_type: resource_types::word(kind),
        region_id: region_id.to_owned(),
    });
    Ok(Box::new(Reply {
        resources: Resources { items: items.collect() },
        page_number: paging.page_number,
        page_size: paging.page_size,
        total_count,
    }))
}

wrapped!(Resources, "Resource");

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Reply {
    resources: Resources<ResourceItem>,
    page_number: i32,
    page_size: i32,
    total_count: i64,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct ResourceItem {
    resource_id: String,
    resource_type: &'static str,
    region_id: String,
}
