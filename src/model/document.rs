//! State documents: what seed files say. A document is written in the API's own words, and a reply of the real
//! DescribeSnapshots is one as it stands.
//!
//! Only what matters to a test needs saying. Seeding is not bound by the rules for callers: names that begin with `auto`,
//! system tags and any time are fine. An empty text is a field that was not given, as in replies of the real service.

mod entry;
mod fields;
mod lists;
mod schemas;

pub use entry::SnapshotEntry;

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use self::fields::Ignored;
use self::lists::Map;
use super::snapshot::Snapshot;
use super::time::Time;
use crate::ids::IdSequence;

/// The region of an entry that names none, in a document that names none.
pub const DEFAULT_REGION_ID: &str = "cn-hangzhou";

/// How a document is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Json,
    Yaml,
}

/// Why a text is not a state document, and where.
#[derive(Debug, PartialEq, Eq)]
pub struct DocumentError {
    /// The entry and the field, as in `Snapshots[3].Status`; empty where the text as a whole cannot be read.
    pub path: String,
    /// What is wrong, naming the value.
    pub reason: String,
}

impl std::error::Error for DocumentError {}

impl fmt::Display for DocumentError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            formatter.write_str(&self.reason)
        } else {
            write!(formatter, "{}: {}", self.path, self.reason)
        }
    }
}

/// A state document: what a seed file says, and what a sandbox's state is exported as.
#[derive(Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, default)]
pub struct Document {
    /// The region of all entries that name none.
    #[serde(deserialize_with = "fields::text", skip_serializing_if = "Option::is_none")]
    region_id: Option<String>,
    #[serde(deserialize_with = "lists::snapshots")]
    #[schema(schema_with = schemas::snapshots)]
    snapshots: Vec<Map<SnapshotEntry>>,

    // The envelope of a pasted reply says nothing about the state.
    #[serde(rename = "PageNumber", skip_serializing_if = "Ignored::always")]
    #[schema(value_type = Value)]
    _page_number: Ignored,
    #[serde(rename = "PageSize", skip_serializing_if = "Ignored::always")]
    #[schema(value_type = Value)]
    _page_size: Ignored,
    #[serde(rename = "TotalCount", skip_serializing_if = "Ignored::always")]
    #[schema(value_type = Value)]
    _total_count: Ignored,
    #[serde(rename = "RequestId", skip_serializing_if = "Ignored::always")]
    #[schema(value_type = Value)]
    _request_id: Ignored,
    #[serde(rename = "NextToken", skip_serializing_if = "Ignored::always")]
    #[schema(value_type = Value)]
    _next_token: Ignored,
}

/// An entry on its way to becoming a snapshot.
#[derive(Debug)]
pub struct Draft {
    /// Where it stands, to precede the name of a field: `Snapshots[3].`, `line 7: `, or nothing.
    pub place: String,
    pub entry: SnapshotEntry,
}

impl Draft {
    /// The snapshot that the entry describes, see [`Document::into_snapshots`].
    ///
    /// # Errors
    ///
    /// An entry that contradicts itself.
    pub fn into_snapshot(self, now: Time, ids: &mut IdSequence) -> Result<Snapshot, DocumentError> {
        let Self { place, entry } = self;
        let located = |error: DocumentError| DocumentError { path: place + &error.path, ..error };
        entry.into_snapshot(DEFAULT_REGION_ID, now, ids).map_err(located)
    }
}

/// Reads a document.
///
/// # Errors
///
/// [`DocumentError`] for a text that is not of this form: it names the entry, the field, the value and the reason.
/// Unknown fields are errors. `None` is a text that says nothing at all: comments, or null.
pub fn parse(text: &str, format: Format) -> Result<Option<Document>, DocumentError> {
    // Some editors begin a file with a mark.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let document: Option<Map<Document>> = match format {
        Format::Json => {
            let mut deserializer = serde_json::Deserializer::from_str(text);
            let document = serde_path_to_error::deserialize(&mut deserializer).map_err(located)?;
            deserializer.end().map_err(|error| DocumentError { path: String::new(), reason: error.to_string() })?;
            document
        }
        Format::Yaml => {
            let mut place = None;
            // What a text of any sensible size needs; the defaults go on guarding against aliases that multiply.
            let options = serde_saphyr::options! {
                with_snippet: false,
                budget: serde_saphyr::budget! {
                    max_events: 100_000_000,
                    max_nodes: 100_000_000,
                    max_total_scalar_bytes: 1_000_000_000,
                },
            };
            serde_saphyr::with_deserializer_from_str_with_options(text, options, |deserializer| {
                serde_path_to_error::deserialize(deserializer).map_err(|error| {
                    place = Some(error.path().clone());
                    error.into_inner()
                })
            })
            .map_err(|error| DocumentError {
                path: place.as_ref().map(described).unwrap_or_default(),
                reason: error.to_string(),
            })?
        }
    };
    Ok(document.map(|Map(document)| document))
}

/// Reads one entry of a stream, `{"Snapshot": {...}}`, in JSON.
///
/// # Errors
///
/// [`DocumentError`], naming the field.
pub fn parse_line(text: &str) -> Result<SnapshotEntry, DocumentError> {
    #[derive(Default, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Line {
        #[serde(rename = "Snapshot")]
        snapshot: Map<SnapshotEntry>,
    }
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let Map(line) = serde_path_to_error::deserialize::<_, Map<Line>>(&mut deserializer).map_err(located)?;
    deserializer.end().map_err(|error| DocumentError { path: String::new(), reason: error.to_string() })?;
    Ok(line.snapshot.0)
}

/// Reads one entry from a JSON value.
///
/// # Errors
///
/// [`DocumentError`], naming the field.
pub fn parse_entry(value: &Value) -> Result<SnapshotEntry, DocumentError> {
    let Map(entry) = serde_path_to_error::deserialize::<_, Map<SnapshotEntry>>(value).map_err(located)?;
    Ok(entry)
}

/// A snapshot after a JSON merge patch (RFC 7396) in the words of its entry: a given Status or Progress is pinned, null
/// unpins it.
///
/// # Errors
///
/// [`DocumentError`] for what is not an entry then, or has another id.
pub fn patched(snapshot: &Snapshot, patch: &Value, now: Time) -> Result<Snapshot, DocumentError> {
    if !patch.is_object() {
        return Err(DocumentError { path: String::new(), reason: "a merge patch is a map of fields".to_owned() });
    }
    let mut value = serde_json::to_value(SnapshotEntry::from(snapshot))
        .map_err(|error| DocumentError { path: String::new(), reason: error.to_string() })?;
    json_patch::merge(&mut value, patch);
    let mut ids = IdSequence { seed: 0, next: 0 };
    let after = parse_entry(&value)?.into_snapshot(&snapshot.region_id, now, &mut ids)?;
    if after.snapshot_id != snapshot.snapshot_id {
        return Err(DocumentError { path: "SnapshotId".to_owned(), reason: "an id cannot be changed".to_owned() });
    }
    Ok(after)
}

fn located(error: serde_path_to_error::Error<serde_json::Error>) -> DocumentError {
    DocumentError { path: described(error.path()), reason: error.into_inner().to_string() }
}

/// A path as text; the document itself has none.
fn described(path: &serde_path_to_error::Path) -> String {
    if path.iter().next().is_none() { String::new() } else { path.to_string() }
}

impl Document {
    /// A document of these entries.
    #[must_use]
    pub fn of(snapshots: &[Snapshot]) -> Self {
        let snapshots = snapshots.iter().map(|snapshot| Map(snapshot.into())).collect();
        Self { snapshots, ..Self::default() }
    }

    /// The entries, each with its place and its region.
    #[must_use]
    pub fn into_drafts(self) -> Vec<Draft> {
        let region_id = self.region_id.as_deref();
        let entries = self.snapshots.into_iter().enumerate();
        let draft = |(index, Map(entry)): (usize, Map<SnapshotEntry>)| Draft {
            place: format!("Snapshots[{index}]."),
            entry: entry.in_region(region_id),
        };
        entries.map(draft).collect()
    }

    /// The snapshots that the document describes, every field that it leaves out filled in: times with `now`, ids from
    /// `ids`. A given Status or Progress is pinned: no clock changes it.
    ///
    /// # Errors
    ///
    /// Entries that contradict themselves.
    pub fn into_snapshots(self, now: Time, ids: &mut IdSequence) -> Result<Vec<Snapshot>, DocumentError> {
        self.into_drafts().into_iter().map(|draft| draft.into_snapshot(now, ids)).collect()
    }

    /// The entries as the lines of a stream that says the same, see [`parse_line`].
    ///
    /// # Errors
    ///
    /// None that are known; writing JSON could fail.
    pub fn into_lines(self) -> Result<String, serde_json::Error> {
        #[derive(Serialize)]
        struct Line {
            #[serde(rename = "Snapshot")]
            snapshot: SnapshotEntry,
        }
        let mut lines = String::new();
        for Map(entry) in self.snapshots {
            lines += &serde_json::to_string(&Line { snapshot: entry.in_region(self.region_id.as_deref()) })?;
            lines.push('\n');
        }
        Ok(lines)
    }
}
