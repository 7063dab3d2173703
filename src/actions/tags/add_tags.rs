//! AddTags: gives tags to one resource. The older way of TagResources.
//!
//! The documentation's table has four rows; for what they do not say, it answers with those of TagResources.

use super::asked;
use super::changes::{self, Named};
use super::rows::{INVALID_RESOURCE_ID, KEY_DUPLICATION, QUOTA};
use crate::actions::action::{Action, Run};
use crate::actions::checks::Checks;
use crate::actions::faults::{
    DUPLICATE_TAG_KEY, Fault, INVALID_REGION_ID, INVALID_RESOURCE_TYPE, INVALID_TAG_COUNT, INVALID_TAG_KEY,
    INVALID_TAG_MISMATCH, INVALID_TAG_VALUE, Row, Unreachable, rows,
};
use crate::actions::output::{Done, Output};
use crate::model::params::Params;
use crate::model::resource_types::Family;
use crate::model::tags::Tag;
use crate::sandboxes::Write;

pub static ACTION: Action = Action {
    name: "AddTags",
    run: Run::Write(|params, write| Box::pin(run(params, write))),
    has_dry_run: false,
    client_token_mismatch: None,
    ignored: &[],
    faults: ROWS,
    unreachable: UNREACHABLE,
};

rows! {
    [
        INVALID_REGION_ID, INVALID_RESOURCE_TYPE, INVALID_TAG_MISMATCH, INVALID_TAG_COUNT, INVALID_RESOURCE_ID,
        INVALID_TAG_KEY, INVALID_TAG_VALUE, DUPLICATE_TAG_KEY, KEY_DUPLICATION, QUOTA
    ]
}

fn read(params: &Params) -> Result<(Named<'_>, Vec<Tag>), Fault> {
    let mut checks = Checks::new(params);
    let region_id = checks.reading().required("RegionId");
    let resource_id = checks.reading().required("ResourceId");
    let resource_type = asked::resource_type(&mut checks, Family::OlderTags, &INVALID_RESOURCE_TYPE);
    let tags = asked::tags(&mut checks, &INVALID_TAG_COUNT);
    if tags.is_empty() {
        asked::refuse_missing(&mut checks, "Tag");
    }
    checks.so_far()?;
    let resource_type = resource_type.ok_or(&INVALID_RESOURCE_TYPE)?;
    Ok((Named { region_id, resource_type, ids: vec![resource_id] }, tags))
}

async fn run(params: &Params, write: &mut Write) -> Result<Box<dyn Output>, Fault> {
    let (named, tags) = read(params)?;
    changes::change(write, &named, &INVALID_REGION_ID, |own| changes::give(own, &tags)).await?;
    Ok(Box::new(Done {}))
}
