//! RemoveTags: takes tags from one resource. The older way of UntagResources.
//!
//! A key takes its tag away; with a value that is not empty, only the tag of that value. Without any Tag.N, which are not
//! mandatory, nothing is taken. For what the documentation's table does not say, it answers with rows of UntagResources.

use super::asked;
use super::changes::{self, Named};
use super::rows::INVALID_RESOURCE_ID;
use crate::actions::action::{Action, Run};
use crate::actions::checks::Checks;
use crate::actions::faults::{
    Fault, INVALID_REGION_ID, INVALID_RESOURCE_TYPE, INVALID_TAG_COUNT, INVALID_TAG_KEY, Row, Unreachable, rows,
};
use crate::actions::output::{Done, Output};
use crate::model::params::Params;
use crate::model::resource_types::Family;
use crate::model::tags::{Tag, TagFilter, is_system};
use crate::sandboxes::Write;

pub static ACTION: Action = Action {
    name: "RemoveTags",
    run: Run::Write(|params, write| Box::pin(run(params, write))),
    has_dry_run: false,
    client_token_mismatch: None,
    ignored: &[],
    faults: ROWS,
    unreachable: UNREACHABLE,
};

rows! {
    [INVALID_REGION_ID, INVALID_RESOURCE_TYPE, INVALID_TAG_COUNT, INVALID_RESOURCE_ID, INVALID_TAG_KEY]
    {
        "twin" 400 "InvalidResourceType.NotFound" "The specified ResourceType does not exist.";
    }
}

fn read(params: &Params) -> Result<(Named<'_>, Vec<TagFilter>), Fault> {
    let mut checks = Checks::new(params);
    let region_id = checks.reading().required("RegionId");
    let resource_id = checks.reading().required("ResourceId");
    let resource_type = asked::resource_type(&mut checks, Family::OlderTags, &INVALID_RESOURCE_TYPE);
    let tags = asked::tag_filters(&mut checks, &INVALID_TAG_COUNT, &INVALID_TAG_KEY);
    checks.value(tags.iter().all(|tag| !is_system(&tag.key)), &INVALID_TAG_KEY);
    checks.so_far()?;
    let resource_type = resource_type.ok_or(&INVALID_RESOURCE_TYPE)?;
    Ok((Named { region_id, resource_type, ids: vec![resource_id] }, tags))
}

async fn run(params: &Params, write: &mut Write) -> Result<Box<dyn Output>, Fault> {
    let (named, tags) = read(params)?;
    let is_named = |own: &Tag| {
        tags.iter().any(|tag| {
            tag.key == own.key && tag.value.as_ref().is_none_or(|value| value.is_empty() || *value == own.value)
        })
    };
    let change = changes::change(write, &named, &INVALID_REGION_ID, |own| {
        changes::take(own, is_named);
        Ok(())
    });
    change.await?;
    Ok(Box::new(Done {}))
}
