//! An entry on its way to becoming a resource: read from a document, a stream or a request, or patched.

use serde_json::{Map, Value};

use crate::model::ids::IdSequence;
use crate::model::kind::{DocumentError, Entry, Resource};
use crate::model::lists::Described;
use crate::model::region;
use crate::model::time::Time;

/// The region of an entry that names none, in a document that names none.
pub const DEFAULT_REGION_ID: &str = "cn-hangzhou";

/// An entry, perhaps without an id, a region or a creation time.
#[derive(Debug)]
pub struct Draft {
    /// Where it stands, to precede the name of a field: `Snapshots[3].`, `line 7: `, or nothing.
    place: String,
    entry: Box<dyn Entry>,
}

impl Draft {
    #[must_use]
    pub fn new(place: String, entry: Box<dyn Entry>) -> Self {
        Self { place, entry }
    }

    #[must_use]
    pub fn place(&self) -> &str {
        &self.place
    }

    #[must_use]
    pub fn entry(&self) -> &dyn Entry {
        &*self.entry
    }

    /// The id that somebody chose.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        Some(self.entry.key().id).filter(|id| !id.is_empty())
    }

    /// Puts it into this region, if it names none itself.
    pub fn in_region(&mut self, region_id: Option<&str>) {
        let own = self.entry.key_mut().region_id;
        if let Some(region_id) = region_id.filter(|_| own.is_empty()) {
            region_id.clone_into(own);
        }
    }

    /// Gives it the next id of a sequence.
    pub fn take_id(&mut self, ids: &mut IdSequence) {
        self.in_region(Some(DEFAULT_REGION_ID));
        let prefix = self.entry.kind().id_prefix;
        let KeyOf { id, region_id } = KeyOf::new(&mut *self.entry);
        *id = ids.resource_id(prefix, region::letters(region_id));
    }

    /// Takes its id away, which turned out to be another one's.
    pub fn lose_id(&mut self) {
        self.entry.key_mut().id.clear();
    }

    /// The resource that the entry describes, every field that it leaves out filled in: times with `now`, an id from `ids`.
    ///
    /// # Errors
    ///
    /// An entry that contradicts itself.
    pub fn finish(mut self, now: Time, ids: &mut IdSequence) -> Result<Box<dyn Entry>, DocumentError> {
        self.in_region(Some(DEFAULT_REGION_ID));
        if self.id().is_none() {
            self.take_id(ids);
        }
        let Self { place, mut entry } = self;
        let creation_time = entry.key_mut().creation_time;
        if creation_time.is_unsaid() {
            *creation_time = now;
        }
        entry.complete().map_err(|error| DocumentError { path: place + &error.path, ..error })?;
        Ok(entry)
    }
}

struct KeyOf<'a> {
    id: &'a mut String,
    region_id: &'a str,
}

impl<'a> KeyOf<'a> {
    fn new(entry: &'a mut dyn Entry) -> Self {
        let key = entry.key_mut();
        Self { id: key.id, region_id: key.region_id }
    }
}

/// Reads one entry of a kind from a JSON value.
///
/// # Errors
///
/// [`DocumentError`], naming the field.
pub fn parse_entry<R: Resource>(value: &Value) -> Result<R, DocumentError> {
    let Described(entry) = serde_path_to_error::deserialize::<_, Described<R>>(value).map_err(located)?;
    Ok(entry)
}

/// What comes of laying a JSON merge patch over an entry.
fn merged<R: Resource>(mut value: Value, patch: &Value) -> Result<R, DocumentError> {
    if !patch.is_object() {
        return Err(DocumentError::field("", "a merge patch is a map of fields"));
    }
    json_patch::merge(&mut value, patch);
    parse_entry(&value)
}

impl Draft {
    /// An entry of a kind from a JSON value, in no place that would have to be named.
    ///
    /// # Errors
    ///
    /// [`DocumentError`], naming the field.
    pub fn of<R: Resource>(value: &Value) -> Result<Self, DocumentError> {
        Ok(Self::new(String::new(), Box::new(parse_entry::<R>(value)?)))
    }

    /// Looks at a JSON merge patch that no resource is there for: a mistake in it is one nevertheless.
    ///
    /// # Errors
    ///
    /// [`DocumentError`] for what is not an entry.
    pub fn check_patch<R: Resource>(patch: &Value) -> Result<(), DocumentError> {
        merged::<R>(Value::Object(Map::new()), patch).map(drop)
    }

    /// A resource after a JSON merge patch (RFC 7396) in the words of its entry: a given Status or Progress is pinned, null
    /// unpins it.
    ///
    /// # Errors
    ///
    /// [`DocumentError`] for what is not an entry then, or has another id.
    pub fn patched<R: Resource>(resource: &R, patch: &Value, now: Time) -> Result<R, DocumentError> {
        let value = serde_json::to_value(resource).map_err(|error| DocumentError::field("", error.to_string()))?;
        let mut after = merged::<R>(value, patch)?;
        let before = resource.key();
        let key = after.key_mut();
        let default = |text: &mut String, default: &str| {
            if text.is_empty() {
                default.clone_into(text);
            }
        };
        default(key.region_id, before.region_id);
        default(key.id, "");
        if key.creation_time.is_unsaid() {
            *key.creation_time = now;
        }
        if key.id != before.id {
            return Err(DocumentError::field(R::KIND.id_field, "an id cannot be changed"));
        }
        after.complete()?;
        Ok(after)
    }
}

pub fn located(error: serde_path_to_error::Error<serde_json::Error>) -> DocumentError {
    DocumentError { path: described(error.path()), reason: error.into_inner().to_string() }
}

/// A path as text; the document itself has none.
pub fn described(path: &serde_path_to_error::Path) -> String {
    if path.iter().next().is_none() { String::new() } else { path.to_string() }
}
