//! One entry of a state document: a snapshot in the API's words.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::fields::{self, Ignored};
use super::{DocumentError, lists, schemas};
use crate::ids::IdSequence;
use crate::model::snapshot::{Snapshot, SnapshotType, Status, Tag, Usage};
use crate::model::time::Time;

/// One snapshot of a document. Every field may be left out.
#[derive(Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, default)]
pub struct SnapshotEntry {
    #[serde(deserialize_with = "fields::text", skip_serializing_if = "Option::is_none")]
    snapshot_id: Option<String>,
    #[serde(deserialize_with = "fields::text", skip_serializing_if = "Option::is_none")]
    region_id: Option<String>,
    #[serde(deserialize_with = "fields::text", skip_serializing_if = "Option::is_none")]
    snapshot_name: Option<String>,
    #[serde(deserialize_with = "fields::text", skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(deserialize_with = "fields::unless_empty", skip_serializing_if = "Option::is_none")]
    creation_time: Option<Time>,
    #[serde(deserialize_with = "fields::unless_empty", skip_serializing_if = "Option::is_none")]
    last_modified_time: Option<Time>,
    #[serde(deserialize_with = "fields::unless_empty", skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schemas::status)]
    status: Option<Status>,
    #[serde(
        deserialize_with = "fields::percentage",
        serialize_with = "fields::with_percent_sign",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(schema_with = schemas::percentage)]
    progress: Option<u8>,
    /// Worked out anew from ReadyTime.
    #[serde(rename = "RemainTime", skip_serializing_if = "Ignored::always")]
    #[schema(value_type = serde_json::Value)]
    _remain_time: Ignored,
    #[serde(deserialize_with = "fields::text", skip_serializing_if = "Option::is_none")]
    source_disk_id: Option<String>,
    #[serde(deserialize_with = "fields::source_disk_type", skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^([sS][yY][sS][tT][eE][mM]|[dD][aA][tT][aA])?$")]
    source_disk_type: Option<String>,
    #[serde(deserialize_with = "fields::integer", skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schemas::integer)]
    source_disk_size: Option<i64>,
    #[serde(deserialize_with = "fields::text", skip_serializing_if = "Option::is_none")]
    source_storage_type: Option<String>,
    #[serde(deserialize_with = "fields::text", skip_serializing_if = "Option::is_none")]
    instance_id: Option<String>,
    #[serde(deserialize_with = "fields::unless_empty", skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schemas::boolean)]
    encrypted: Option<bool>,
    #[serde(rename = "KMSKeyId", deserialize_with = "fields::text", skip_serializing_if = "Option::is_none")]
    kms_key_id: Option<String>,
    #[serde(deserialize_with = "fields::unless_empty", skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schemas::usage)]
    usage: Option<Usage>,
    #[serde(deserialize_with = "fields::unless_empty", skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schemas::snapshot_type)]
    snapshot_type: Option<SnapshotType>,
    #[serde(deserialize_with = "fields::category", skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^([sS][tT][aA][nN][dD][aA][rR][dD]|[fF][lL][aA][sS][hH]|[aA][rR][cC][hH][iI][vV][eE])?$")]
    category: Option<String>,
    #[serde(deserialize_with = "fields::text", skip_serializing_if = "Option::is_none")]
    product_code: Option<String>,
    #[serde(deserialize_with = "fields::text", skip_serializing_if = "Option::is_none")]
    resource_group_id: Option<String>,
    #[serde(deserialize_with = "fields::integer", skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schemas::integer)]
    retention_days: Option<i64>,
    #[serde(deserialize_with = "fields::text", skip_serializing_if = "Option::is_none")]
    snapshot_link_id: Option<String>,
    #[serde(rename = "SnapshotSN", deserialize_with = "fields::text", skip_serializing_if = "Option::is_none")]
    snapshot_sn: Option<String>,
    #[serde(deserialize_with = "fields::unless_empty", skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schemas::boolean)]
    instant_access: Option<bool>,
    #[serde(deserialize_with = "fields::integer", skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schemas::integer)]
    instant_access_retention_days: Option<i64>,
    #[serde(deserialize_with = "fields::text", skip_serializing_if = "Option::is_none")]
    source_snapshot_id: Option<String>,
    #[serde(deserialize_with = "fields::text", skip_serializing_if = "Option::is_none")]
    source_region_id: Option<String>,
    #[serde(deserialize_with = "fields::long", skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schemas::long)]
    full_snapshot_size_in_bytes: Option<i64>,
    #[serde(deserialize_with = "fields::unless_empty", skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schemas::boolean)]
    available: Option<bool>,
    /// Progressing until then, `Outcome` from then on.
    #[serde(deserialize_with = "fields::unless_empty", skip_serializing_if = "Option::is_none")]
    ready_time: Option<Time>,
    #[serde(deserialize_with = "fields::unless_empty", skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schemas::outcome)]
    outcome: Option<Outcome>,
    /// Gone from then on.
    #[serde(deserialize_with = "fields::unless_empty", skip_serializing_if = "Option::is_none")]
    expiration_time: Option<Time>,
    /// A map from key to value; read also as a list of TagKey and TagValue, or as replies wrap it.
    #[serde(
        deserialize_with = "lists::tags",
        serialize_with = "lists::tags_as_map",
        skip_serializing_if = "Vec::is_empty"
    )]
    #[schema(schema_with = schemas::tags)]
    tags: Vec<Tag>,
}

/// How making a snapshot ends.
#[derive(Debug, Clone, Copy, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Outcome {
    Accomplished,
    Failed,
}

impl SnapshotEntry {
    /// The entry, in this region if it names none itself.
    pub(super) fn in_region(self, region_id: Option<&str>) -> Self {
        Self { region_id: self.region_id.or_else(|| region_id.map(ToOwned::to_owned)), ..self }
    }

    /// Whether nobody chose an id for it.
    #[must_use]
    pub fn is_without_id(&self) -> bool {
        self.snapshot_id.is_none()
    }

    /// The id, if there is one.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.snapshot_id.as_deref()
    }

    /// Gives it the next id of a sequence.
    pub fn take_id(&mut self, ids: &mut IdSequence) {
        let region_id = self.region_id.as_deref().unwrap_or(super::DEFAULT_REGION_ID);
        self.snapshot_id = Some(ids.resource_id("s-", region_id));
    }

    /// The snapshot that the entry describes, see [`super::Document::into_snapshots`].
    ///
    /// # Errors
    ///
    /// An entry that contradicts itself.
    pub fn into_snapshot(
        self,
        document_region_id: &str,
        now: Time,
        ids: &mut IdSequence,
    ) -> Result<Snapshot, DocumentError> {
        if self.outcome.is_some() && self.ready_time.is_none() {
            return Err(DocumentError {
                path: "Outcome".to_owned(),
                reason: "says how the snapshot ends at its ReadyTime, which is not given; for a fixed end give Status"
                    .to_owned(),
            });
        }
        let region_id = self.region_id.unwrap_or_else(|| document_region_id.to_owned());
        let is_unfinished = self.progress.is_some_and(|percent| percent < 100) && self.ready_time.is_none();
        let snapshot_id = self.snapshot_id.unwrap_or_else(|| ids.resource_id("s-", &region_id));
        // The same entry has the same disk each time it is loaded.
        let disk_id = || format!("d-{}", snapshot_id.strip_prefix("s-").unwrap_or(&snapshot_id));
        Ok(Snapshot {
            snapshot_name: self.snapshot_name,
            description: self.description.unwrap_or_default(),
            creation_time: self.creation_time.unwrap_or(now),
            last_modified_time: self.last_modified_time,
            source_disk_id: self.source_disk_id.unwrap_or_else(disk_id),
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
            snapshot_id,
            region_id,
        })
    }
}

impl From<&Snapshot> for SnapshotEntry {
    /// The entry that describes exactly this snapshot: what follows from the rest is left out.
    fn from(snapshot: &Snapshot) -> Self {
        let given = |text: &String| (!text.is_empty()).then(|| text.clone());
        Self {
            snapshot_id: Some(snapshot.snapshot_id.clone()),
            region_id: Some(snapshot.region_id.clone()),
            snapshot_name: snapshot.snapshot_name.clone(),
            description: given(&snapshot.description),
            creation_time: Some(snapshot.creation_time),
            last_modified_time: snapshot.last_modified_time,
            status: snapshot.pinned_status,
            progress: snapshot.pinned_progress,
            source_disk_id: Some(snapshot.source_disk_id.clone()),
            source_disk_type: Some(snapshot.source_disk_type.clone()),
            source_disk_size: Some(snapshot.source_disk_size),
            source_storage_type: Some(snapshot.source_storage_type.clone()),
            instance_id: snapshot.instance_id.clone(),
            encrypted: Some(snapshot.encrypted),
            kms_key_id: snapshot.kms_key_id.clone(),
            usage: Some(snapshot.usage),
            snapshot_type: Some(snapshot.snapshot_type),
            category: Some(snapshot.category.clone()),
            product_code: given(&snapshot.product_code),
            resource_group_id: snapshot.resource_group_id.clone(),
            retention_days: snapshot.retention_days,
            snapshot_link_id: snapshot.snapshot_link_id.clone(),
            snapshot_sn: snapshot.snapshot_sn.clone(),
            instant_access: snapshot.instant_access,
            instant_access_retention_days: snapshot.instant_access_retention_days,
            source_snapshot_id: snapshot.source_snapshot_id.clone(),
            source_region_id: snapshot.source_region_id.clone(),
            full_snapshot_size_in_bytes: snapshot.full_snapshot_size_in_bytes,
            available: snapshot.available,
            ready_time: snapshot.ready_time,
            outcome: snapshot.ready_time.map(|_| match snapshot.outcome {
                Status::Failed => Outcome::Failed,
                _ => Outcome::Accomplished,
            }),
            expiration_time: snapshot.expiration_time,
            tags: snapshot.tags.clone(),
            _remain_time: Ignored::default(),
        }
    }
}
