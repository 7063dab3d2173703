//! Tags given to resources and taken from them: of all resources that a request names, or of none.

use super::asked::is_clash;
use super::rows::{INVALID_RESOURCE_ID, KEY_DUPLICATION, QUOTA};
use crate::actions::faults::{Fault, Row};
use crate::model::kind::Entry;
use crate::model::resource_types::ResourceType;
use crate::model::tags::{Tag, is_system};
use crate::sandboxes::Write;

/// Tags of a resource at most, beside those of the service.
const OF_A_RESOURCE: usize = 20;

/// The resources of a type that are to be changed, all of a region.
#[derive(Debug)]
pub struct Named<'a> {
    pub region_id: &'a str,
    pub resource_type: &'static ResourceType,
    pub ids: Vec<&'a str>,
}

/// Changes each of these resources by `change`, or answers `region` or the row for a resource that is not there.
pub async fn change(
    write: &mut Write,
    named: &Named<'_>,
    region: &'static Row,
    change: impl Fn(&mut Vec<Tag>) -> Result<(), Fault> + Send + Sync,
) -> Result<(), Fault> {
    if !write.is_region_known(named.region_id).await? {
        return Err(Fault::from(region));
    }
    let kind = named.resource_type.kind.ok_or(&INVALID_RESOURCE_ID)?;
    let mut found = write.found(kind, Some(named.region_id), &named.ids).await?;
    if found.len() < named.ids.len() {
        return Err(Fault::from(&INVALID_RESOURCE_ID));
    }
    let now = write.now();
    for entry in &mut found {
        let before = entry.tags().to_vec();
        change(entry.tags_mut())?;
        if entry.tags() != before {
            entry.note_change(now);
        }
    }
    let changed: Vec<&dyn Entry> = found.iter().map(|entry| &**entry).collect();
    write.put_all(&changed).await?;
    Ok(())
}

/// Gives tags to a resource; a key that it has gets another value.
pub fn give(own: &mut Vec<Tag>, tags: &[Tag]) -> Result<(), Fault> {
    let before = countable(own);
    for tag in tags {
        match own.binary_search_by(|other| other.key.cmp(&tag.key)) {
            Ok(place) => own[place].value.clone_from(&tag.value),
            Err(_) if own.iter().any(|other| is_clash(&other.key, &tag.key)) => {
                return Err(Fault::from(&KEY_DUPLICATION));
            }
            Err(place) => own.insert(place, tag.clone()),
        }
    }
    // A document may have given it more, whose values can still be changed.
    if countable(own) > OF_A_RESOURCE.max(before) {
        return Err(Fault::from(&QUOTA));
    }
    Ok(())
}

/// Takes tags from a resource, but for those of the service.
pub fn take(own: &mut Vec<Tag>, is_named: impl Fn(&Tag) -> bool) {
    own.retain(|tag| is_system(&tag.key) || !is_named(tag));
}

fn countable(tags: &[Tag]) -> usize {
    tags.iter().filter(|tag| !is_system(&tag.key)).count()
}
