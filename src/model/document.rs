//! State documents: what seed files say. A document is written in the API's own words, and a reply of the real
//! DescribeSnapshots is one as it stands.
//!
//! Only what matters to a test needs saying. Seeding is not bound by the rules for callers: names that begin with `auto`,
//! system tags and any time are fine. An empty text is a field that was not given, as in replies of the real service.

mod fields;

use std::fmt;

use serde::Deserialize;
use serde::de::IgnoredAny;

use self::fields::Map;
use super::snapshot::{Snapshot, SnapshotType, Status, Tag, Usage};
use super::time::Time;
use crate::ids::Ids;

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

impl fmt::Display for DocumentError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            formatter.write_str(&self.reason)
        } else {
            write!(formatter, "{}: {}", self.path, self.reason)
        }
    }
}

/// A state document: its entries, as written.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, default)]
pub struct Document {
    /// The region of all entries that name none.
    #[serde(deserialize_with = "fields::text")]
    region_id: Option<String>,
    #[serde(deserialize_with = "fields::snapshots")]
    snapshots: Vec<Map<SnapshotEntry>>,

    // The envelope of a pasted reply says nothing about the state.
    #[serde(rename = "PageNumber")]
    _page_number: IgnoredAny,
    #[serde(rename = "PageSize")]
    _page_size: IgnoredAny,
    #[serde(rename = "TotalCount")]
    _total_count: IgnoredAny,
    #[serde(rename = "RequestId")]
    _request_id: IgnoredAny,
    #[serde(rename = "NextToken")]
    _next_token: IgnoredAny,
}

/// One snapshot of a document. Every field may be left out.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, default)]
struct SnapshotEntry {
    #[serde(deserialize_with = "fields::text")]
    snapshot_id: Option<String>,
    #[serde(deserialize_with = "fields::text")]
    region_id: Option<String>,
    #[serde(deserialize_with = "fields::text")]
    snapshot_name: Option<String>,
    #[serde(deserialize_with = "fields::text")]
    description: Option<String>,
    creation_time: Option<Time>,
    last_modified_time: Option<Time>,
    status: Option<Status>,
    #[serde(deserialize_with = "fields::percentage")]
    progress: Option<u8>,
    /// Worked out anew from ReadyTime.
    #[serde(rename = "RemainTime")]
    _remain_time: IgnoredAny,
    #[serde(deserialize_with = "fields::text")]
    source_disk_id: Option<String>,
    #[serde(deserialize_with = "fields::source_disk_type")]
    source_disk_type: Option<String>,
    #[serde(deserialize_with = "fields::integer")]
    source_disk_size: Option<i64>,
    #[serde(deserialize_with = "fields::text")]
    source_storage_type: Option<String>,
    #[serde(deserialize_with = "fields::text")]
    instance_id: Option<String>,
    encrypted: Option<bool>,
    #[serde(rename = "KMSKeyId", deserialize_with = "fields::text")]
    kms_key_id: Option<String>,
    usage: Option<Usage>,
    snapshot_type: Option<SnapshotType>,
    #[serde(deserialize_with = "fields::category")]
    category: Option<String>,
    #[serde(deserialize_with = "fields::text")]
    product_code: Option<String>,
    #[serde(deserialize_with = "fields::text")]
    resource_group_id: Option<String>,
    #[serde(deserialize_with = "fields::integer")]
    retention_days: Option<i64>,
    #[serde(deserialize_with = "fields::text")]
    snapshot_link_id: Option<String>,
    #[serde(rename = "SnapshotSN", deserialize_with = "fields::text")]
    snapshot_sn: Option<String>,
    instant_access: Option<bool>,
    #[serde(deserialize_with = "fields::integer")]
    instant_access_retention_days: Option<i64>,
    #[serde(deserialize_with = "fields::text")]
    source_snapshot_id: Option<String>,
    #[serde(deserialize_with = "fields::text")]
    source_region_id: Option<String>,
    #[serde(deserialize_with = "fields::long")]
    full_snapshot_size_in_bytes: Option<i64>,
    available: Option<bool>,
    /// Progressing until then, `Outcome` from then on.
    ready_time: Option<Time>,
    outcome: Option<Outcome>,
    /// Gone from then on.
    expiration_time: Option<Time>,
    #[serde(deserialize_with = "fields::tags")]
    tags: Vec<Tag>,
}

/// How making a snapshot ends.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Outcome {
    Accomplished,
    Failed,
}

/// Reads a document.
///
/// # Errors
///
/// [`DocumentError`] for a text that is not of this form: it names the entry, the field, the value and the reason.
/// Unknown fields are errors.
pub fn parse(text: &str, format: Format) -> Result<Document, DocumentError> {
    let Map(document) = match format {
        Format::Json => {
            let mut deserializer = serde_json::Deserializer::from_str(text);
            let document = serde_path_to_error::deserialize(&mut deserializer).map_err(located)?;
            deserializer.end().map_err(|error| DocumentError { path: String::new(), reason: error.to_string() })?;
            document
        }
        Format::Yaml => {
            let mut place = None;
            let options = serde_saphyr::options! { with_snippet: false, budget: None };
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
    Ok(document)
}

fn located(error: serde_path_to_error::Error<serde_json::Error>) -> DocumentError {
    DocumentError { path: described(error.path()), reason: error.into_inner().to_string() }
}

/// A path as text; the document itself has none.
fn described(path: &serde_path_to_error::Path) -> String {
    if path.iter().next().is_none() { String::new() } else { path.to_string() }
}

impl Document {
    /// The snapshots that the document describes, every field that it leaves out filled in: times with `now`, ids from
    /// `ids`. A given Status or Progress is pinned: no clock changes it.
    ///
    /// # Errors
    ///
    /// Entries that contradict themselves.
    pub fn into_snapshots(self, now: Time, ids: &Ids) -> Result<Vec<Snapshot>, DocumentError> {
        let region_id = self.region_id.unwrap_or_else(|| DEFAULT_REGION_ID.to_owned());
        let entries = self.snapshots.into_iter().enumerate();
        entries.map(|(index, Map(entry))| entry.into_snapshot(index, &region_id, now, ids)).collect()
    }
}

impl SnapshotEntry {
    fn into_snapshot(
        self,
        index: usize,
        document_region_id: &str,
        now: Time,
        ids: &Ids,
    ) -> Result<Snapshot, DocumentError> {
        if self.outcome.is_some() && self.ready_time.is_none() {
            return Err(DocumentError {
                path: format!("Snapshots[{index}].Outcome"),
                reason: "says how the snapshot ends at its ReadyTime, which is not given; for a fixed end give Status"
                    .to_owned(),
            });
        }
        let region_id = self.region_id.unwrap_or_else(|| document_region_id.to_owned());
        let is_unfinished = self.progress.is_some_and(|percent| percent < 100) && self.ready_time.is_none();
        Ok(Snapshot {
            snapshot_id: self.snapshot_id.unwrap_or_else(|| ids.resource_id("s-", &region_id)),
            snapshot_name: self.snapshot_name,
            description: self.description.unwrap_or_default(),
            creation_time: self.creation_time.unwrap_or(now),
            last_modified_time: self.last_modified_time,
            source_disk_id: self.source_disk_id.unwrap_or_else(|| ids.resource_id("d-", &region_id)),
            source_disk_type: self.source_disk_type.unwrap_or_else(|| "system".to_owned()),
            source_disk_size: self.source_disk_size.unwrap_or(40),
            source_storage_type: self.source_storage_type.unwrap_or_else(|| "disk".to_owned()),
            instance_id: self.instance_id,
            encrypted: self.encrypted.unwrap_or(false),
            kms_key_id: self.kms_key_id,
            usage: self.usage.unwrap_or(Usage::None),
            snapshot_type: self.snapshot_type.unwrap_or(SnapshotType::User),
            category: self.category.unwrap_or_else(|| "standard".to_owned()),
            product_code: self.product_code.unwrap_or_default(),
            resource_group_id: self.resource_group_id,
            retention_days: self.retention_days,
            snapshot_link_id: self.snapshot_link_id,
            snapshot_sn: self.snapshot_sn,
            instant_access: self.instant_access,
            instant_access_retention_days: self.instant_access_retention_days,
            source_snapshot_id: self.source_snapshot_id,
            source_region_id: self.source_region_id,
            full_snapshot_size_in_bytes: self.full_snapshot_size_in_bytes,
            available: self.available,
            ready_time: self.ready_time,
            outcome: match self.outcome {
                Some(Outcome::Failed) => Status::Failed,
                Some(Outcome::Accomplished) | None => Status::Accomplished,
            },
            // A snapshot that is 37% done and says no more is one in the making.
            pinned_status: self.status.or(is_unfinished.then_some(Status::Progressing)),
            pinned_progress: self.progress,
            expiration_time: self.expiration_time,
            tags: self.tags,
            region_id,
        })
    }
}
