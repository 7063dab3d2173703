//! A snapshot as it is stored, what follows from it at a given time, and which snapshots a request asks for.

use serde::Deserialize;

use super::fields::{self, resource};
use super::kind::{Bodies, Column, DocumentError, Entry, Kind, Resource, grouped, keyed};
use super::lists;
use super::lock::{Lock, LockStatus};
use super::schemas;
use super::snapshot_filter::SnapshotFilter;
pub use super::snapshot_words::{Outcome, SnapshotType, Status, Usage};
use super::tags::Tag;
use super::time::Time;

resource! {
    /// One snapshot. `None` is a field that the reply leaves out or works out, see the field.
    pub struct Snapshot {
        pub snapshot_id: String,
        pub region_id: String,
        pub snapshot_name: Option<String>,
        pub description: String,
        pub creation_time: Time,
        /// `None`: the creation time.
        pub last_modified_time: Option<Time>,
        /// A status that no clock changes.
        #[serde(
            rename = "Status",
            deserialize_with = "fields::unless_empty",
            skip_serializing_if = "Option::is_none"
        )]
        #[schema(schema_with = schemas::status)]
        pub pinned_status: Option<Status>,
        /// A percentage that no clock changes.
        #[serde(
            rename = "Progress",
            deserialize_with = "fields::percentage",
            serialize_with = "fields::with_percent_sign",
            skip_serializing_if = "Option::is_none"
        )]
        #[schema(schema_with = schemas::percentage)]
        pub pinned_progress: Option<u8>,
        /// As the SnapshotId with `d-` for `s-`, if it is left out.
        pub source_disk_id: String,
        /// `system` or `data`, in the spelling it was given.
        #[serde_with(skip_apply)]
        #[serde(deserialize_with = "fields::disk_type")]
        #[schema(value_type = Option<String>, pattern = "^([sS][yY][sS][tT][eE][mM]|[dD][aA][tT][aA])?$")]
        pub source_disk_type: String,
        /// GiB.
        #[serde(deserialize_with = "fields::integer_or::<_, 40>")]
        #[schema(schema_with = schemas::integer)]
        pub source_disk_size: i32,
        #[serde_with(skip_apply)]
        #[serde(deserialize_with = "fields::text")]
        #[schema(value_type = Option<String>)]
        pub source_storage_type: String,
        /// The instance that the source disk was attached to, for a disk that is gone. A filter only: replies do not show
        /// it.
        pub instance_id: Option<String>,
        pub encrypted: bool,
        #[serde(rename = "KMSKeyId")]
        pub kms_key_id: Option<String>,
        /// What it is used for beside the images and disks of the same state.
        #[serde(deserialize_with = "fields::or_default")]
        #[schema(schema_with = schemas::usage)]
        pub usage: Usage,
        #[serde(deserialize_with = "fields::or_default")]
        #[schema(schema_with = schemas::snapshot_type)]
        pub snapshot_type: SnapshotType,
        /// `standard`, `flash` or `archive`, in the spelling it was given.
        #[serde_with(skip_apply)]
        #[serde(deserialize_with = "fields::category")]
        #[schema(
            value_type = Option<String>,
            pattern = "^([sS][tT][aA][nN][dD][aA][rR][dD]|[fF][lL][aA][sS][hH]|[aA][rR][cC][hH][iI][vV][eE])?$"
        )]
        pub category: String,
        pub product_code: String,
        pub resource_group_id: Option<String>,
        pub retention_days: Option<i32>,
        pub snapshot_link_id: Option<String>,
        #[serde(rename = "SnapshotSN")]
        pub snapshot_sn: Option<String>,
        pub instant_access: Option<bool>,
        pub instant_access_retention_days: Option<i32>,
        pub source_snapshot_id: Option<String>,
        pub source_region_id: Option<String>,
        pub full_snapshot_size_in_bytes: Option<i64>,
        /// `None`: once it is accomplished.
        pub available: Option<bool>,
        /// Progressing until then, `Outcome` from then on.
        pub ready_time: Option<Time>,
        #[serde(deserialize_with = "fields::unless_empty", skip_serializing_if = "Option::is_none")]
        #[schema(schema_with = schemas::outcome)]
        pub outcome: Option<Outcome>,
        /// Gone from then on, unless an image is made of it: then it is gone once that image is, too.
        pub expiration_time: Option<Time>,
        /// The automatic snapshot policy that made it. Nobody sees it any more once it has expired, and then it is taken out.
        pub auto_snapshot_policy_id: Option<String>,
        /// Keeps it from being deleted for a time.
        #[serde(deserialize_with = "lists::map", skip_serializing_if = "Option::is_none")]
        #[schema(schema_with = schemas::lock)]
        pub lock: Option<Lock>,
        /// A map from key to value; read also as a list of TagKey and TagValue, or as replies wrap it.
        pub tags: Vec<Tag>,
    }
}

impl Default for Snapshot {
    /// What an entry that says nothing describes, but for its key.
    fn default() -> Self {
        Self {
            snapshot_id: String::new(),
            region_id: String::new(),
            snapshot_name: None,
            description: String::new(),
            creation_time: Time::UNSAID,
            last_modified_time: None,
            pinned_status: None,
            pinned_progress: None,
            source_disk_id: String::new(),
            source_disk_type: "system".to_owned(),
            source_disk_size: 40,
            source_storage_type: "disk".to_owned(),
            instance_id: None,
            encrypted: false,
            kms_key_id: None,
            usage: Usage::None,
            snapshot_type: SnapshotType::User,
            category: "standard".to_owned(),
            product_code: String::new(),
            resource_group_id: None,
            retention_days: None,
            snapshot_link_id: None,
            snapshot_sn: None,
            instant_access: None,
            instant_access_retention_days: None,
            source_snapshot_id: None,
            source_region_id: None,
            full_snapshot_size_in_bytes: None,
            available: None,
            ready_time: None,
            outcome: None,
            expiration_time: None,
            auto_snapshot_policy_id: None,
            lock: None,
            tags: Vec::new(),
        }
    }
}

pub static KIND: Kind = Kind {
    number: 0,
    word: "Snapshot",
    words: "Snapshots",
    path: "snapshots",
    table: "snapshot",
    id_field: "SnapshotId",
    id_prefix: "s-",
    columns: &[
        "snapshot_name",
        "source_disk_id",
        "instance_id",
        "encrypted",
        "kms_key_id",
        "usage",
        "is_automatic",
        "source_disk_type",
        "category",
        "resource_group_id",
        "snapshot_link_id",
        "pinned_status",
        "ready_time",
        "outcome",
        "bytes",
        "stated_expiration_time",
        "cool_off_period_expired_time",
        "lock_expired_time",
    ],
    derived: &["usage", "instance_id", "expiration_time"],
    requires: &[],
    touches: &[],
    ignored: &["RemainTime"],
    bodies: Bodies::of::<Snapshot>(),
};

/// What other rows add to a snapshot.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct SnapshotDerived {
    pub usage: Usage,
    /// The instance that the source disk is attached to now.
    pub instance_id: Option<String>,
    /// When it goes: what the entry states, and `None` while an image is made of it.
    #[serde(deserialize_with = "fields::seconds")]
    pub expiration_time: Option<Time>,
}

impl Resource for Snapshot {
    const KIND: &'static Kind = &KIND;
    type Filter = SnapshotFilter;
    type Derived = SnapshotDerived;
}

impl Entry for Snapshot {
    keyed!(snapshot_id);
    grouped!();

    fn note_change(&mut self, now: Time) {
        self.last_modified_time = Some(now);
    }

    fn complete(&mut self) -> Result<(), DocumentError> {
        if self.ready_time.is_some() {
            self.outcome.get_or_insert(Outcome::Accomplished);
        } else if self.outcome.is_some() {
            let reason = "says how the snapshot ends at its ReadyTime, which is not given; for a fixed end give Status";
            return Err(DocumentError::field("Outcome", reason));
        }
        if let Some(lock) = &mut self.lock {
            lock.complete(self.creation_time)?;
        }
        let default = |text: &mut String, default: &str| {
            if text.is_empty() {
                default.clone_into(text);
            }
        };
        default(&mut self.source_disk_type, "system");
        default(&mut self.source_storage_type, "disk");
        default(&mut self.category, "standard");
        // The same entry has the same disk each time it is loaded.
        let disk_id = format!("d-{}", self.snapshot_id.strip_prefix("s-").unwrap_or(&self.snapshot_id));
        default(&mut self.source_disk_id, &disk_id);
        // A snapshot that is 37% done and says no more is one in the making.
        if self.ready_time.is_none() && self.pinned_progress.is_some_and(|percent| percent < 100) {
            self.pinned_status.get_or_insert(Status::Progressing);
        }
        Ok(())
    }

    fn columns(&self) -> Vec<Column> {
        let is_automatic = self.snapshot_type != SnapshotType::User;
        let outcome: &str = self.outcome.unwrap_or(Outcome::Accomplished).into();
        vec![
            self.snapshot_name.as_deref().into(),
            self.source_disk_id.as_str().into(),
            self.instance_id.as_deref().into(),
            self.encrypted.into(),
            self.kms_key_id.as_deref().into(),
            <&str>::from(self.usage).into(),
            is_automatic.into(),
            Column::Text(self.source_disk_type.to_ascii_lowercase()),
            Column::Text(self.category.to_ascii_lowercase()),
            self.resource_group_id.as_deref().into(),
            self.snapshot_link_id.as_deref().into(),
            self.pinned_status.map(<&str>::from).into(),
            self.ready_time.into(),
            outcome.into(),
            Column::Integer(self.bytes()),
            self.expiration_time.into(),
            self.lock.as_ref().map(Lock::cool_off_period_expired_time).into(),
            self.lock.as_ref().map(Lock::expired_time).into(),
        ]
    }
}

impl Snapshot {
    /// The status at `now`. The store's SQL says the same for filters.
    #[must_use]
    pub fn status(&self, now: Time) -> Status {
        match (self.pinned_status, self.ready_time, self.outcome) {
            (Some(status), ..) => status,
            (None, Some(ready), _) if now < ready => Status::Progressing,
            (None, _, Some(Outcome::Failed)) => Status::Failed,
            (None, ..) => Status::Accomplished,
        }
    }

    /// The progress at `now`, 0 to 100 percent: the share of the time from creation to readiness that has passed,
    /// 100 only when accomplished. A failed snapshot keeps the last value it had.
    #[must_use]
    pub fn progress(&self, now: Time) -> u8 {
        if let Some(progress) = self.pinned_progress {
            return progress;
        }
        match (self.status(now), self.ready_time) {
            (Status::Accomplished, _) => 100,
            (_, None) => 0,
            (_, Some(ready)) => {
                let total = i128::from(ready.0) - i128::from(self.creation_time.0);
                let elapsed = i128::from(now.0) - i128::from(self.creation_time.0);
                let percent = if total > 0 { elapsed * 100 / total } else { 99 };
                u8::try_from(percent.clamp(0, 99)).unwrap_or(0)
            }
        }
    }

    /// Seconds until the snapshot is ready, as far as 32 bits count, which is what clients read; `None` unless it is
    /// progressing towards a known time.
    #[must_use]
    pub fn remain_time(&self, now: Time) -> Option<i64> {
        let ready = self.ready_time.filter(|_| self.status(now) == Status::Progressing)?;
        (now < ready).then(|| ready.0.saturating_sub(now.0).min(i64::from(i32::MAX)))
    }

    /// How large it is if it did not fail: as large as it says, else as its disk. The sums that actions answer add exactly
    /// these.
    #[must_use]
    pub fn bytes(&self) -> i64 {
        const GIB: i64 = 1 << 30;
        self.full_snapshot_size_in_bytes.unwrap_or_else(|| i64::from(self.source_disk_size) * GIB)
    }

    /// Whether its category is this one, given in lower case.
    #[must_use]
    pub fn is_of_category(&self, category: &str) -> bool {
        self.category.eq_ignore_ascii_case(category)
    }

    /// Keeps it for so many days from its creation.
    pub fn retain(&mut self, days: i32) {
        self.retention_days = Some(days);
        self.expiration_time = Some(self.retained_until(days));
    }

    /// Keeps it for good.
    pub fn retain_for_good(&mut self) {
        self.retention_days = None;
        self.expiration_time = None;
    }

    fn retained_until(&self, days: i32) -> Time {
        const DAY: i64 = 86_400;
        self.creation_time.plus(i64::from(days) * DAY)
    }

    /// The end of its retention; `None`: it is kept for good. An entry of a document may state days without a time at which it
    /// goes; to whoever asks how long it is kept, those days count.
    #[must_use]
    pub fn retention_end(&self) -> Option<Time> {
        self.expiration_time.or_else(|| self.retention_days.map(|days| self.retained_until(days)))
    }

    /// Its lock, unless that is over at `now`.
    #[must_use]
    pub fn lock_at(&self, now: Time) -> Option<&Lock> {
        self.lock.as_ref().filter(|lock| lock.status(now) != LockStatus::Expired)
    }

    /// Whether its lock at `now` is to last longer than so many days from its creation.
    #[must_use]
    pub fn is_locked_beyond(&self, days: i32, now: Time) -> bool {
        self.lock_at(now).is_some_and(|lock| lock.expired_time() > self.retained_until(days))
    }

    /// Whether it was made before 2013-07-15, and serves its disk only while that is attached (ResetDisk, ReInitDisk).
    #[must_use]
    pub fn is_of_the_old_kind(&self) -> bool {
        const FIRST_OF_THE_NEW: Time = Time(1_373_846_400);
        self.creation_time < FIRST_OF_THE_NEW
    }

    /// Whether a disk can be made from it at `now`.
    #[must_use]
    pub fn is_available(&self, now: Time) -> bool {
        match self.status(now) {
            // Whatever was said of it while it was being made.
            Status::Failed => false,
            status => self.available.unwrap_or(status == Status::Accomplished),
        }
    }
}
