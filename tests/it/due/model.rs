//! What a sandbox holds, in plain maps, as far as policies are about it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::calendar;

pub type Tags = BTreeMap<String, String>;

/// When something is ready.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ready {
    At(i64),
    Never,
}

/// How long something takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    Seconds(i64),
    Never,
}

impl Ready {
    pub const ALWAYS: Self = Self::At(i64::MIN);
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    pub region: String,
    pub disk: String,
    pub name: String,
    pub created: i64,
    /// `user`, `auto` or `timer`.
    pub kind: String,
    pub retention: Option<i64>,
    pub expires: Option<i64>,
    pub ready: Ready,
    pub fails: bool,
    /// Which policy made it.
    pub policy: Option<String>,
    pub source: Option<String>,
    pub encrypted: bool,
    pub tags: Tags,
    /// When its lock is over.
    pub locked_until: Option<i64>,
}

#[derive(Debug, Clone)]
pub struct Disk {
    pub region: String,
    pub category: String,
    pub never_attached: bool,
    pub instance: Option<String>,
    pub encrypted: bool,
    pub tags: Tags,
}

#[derive(Debug, Clone)]
pub struct Instance {
    pub region: String,
    pub status: String,
    pub tags: Tags,
}

#[derive(Debug, Clone)]
pub struct Policy {
    pub region: String,
    pub hours: BTreeSet<i64>,
    pub weekdays: BTreeSet<i64>,
    pub retention: i64,
    pub is_over: bool,
    pub copies: bool,
    pub target: Option<String>,
    pub copies_retention: i64,
    pub encrypts: bool,
    /// The tags of instances that it goes by.
    pub target_tags: Option<Tags>,
    /// The disks that it was applied to.
    pub applied: BTreeSet<String>,
    /// Of each of its disks the last point that fired, or from when on it fires.
    pub fired: BTreeMap<String, i64>,
    pub tags: Tags,
    /// Snapshots to be copied, and when.
    pub pending: BTreeMap<String, i64>,
}

#[derive(Debug, Clone)]
pub struct Settings {
    pub snapshot_seconds: Takes,
    /// `None`: as long as making one.
    pub copy_seconds: Option<Takes>,
    pub fail_next: i64,
    pub quota: i64,
    pub tags: String,
    pub utc_offset: i64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            snapshot_seconds: Takes::Seconds(2),
            copy_seconds: None,
            fail_next: 0,
            quota: 1_000,
            tags: "none".to_owned(),
            utc_offset: 8,
        }
    }
}

#[derive(Debug, Clone)]
pub struct Model {
    pub now: i64,
    /// What ids follow from.
    pub seed: i64,
    pub settings: Settings,
    pub disks: BTreeMap<String, Disk>,
    pub instances: BTreeMap<String, Instance>,
    /// The snapshots that each image is made of.
    pub images: BTreeMap<String, Vec<String>>,
    pub policies: BTreeMap<String, Policy>,
    pub snapshots: BTreeMap<String, Snapshot>,
}

impl Snapshot {
    pub fn status(&self, time: i64) -> &'static str {
        match self.ready {
            Ready::Never => "progressing",
            Ready::At(ready) if time < ready => "progressing",
            Ready::At(_) if self.fails => "failed",
            Ready::At(_) => "accomplished",
        }
    }

    pub fn is_automatic(&self) -> bool {
        self.kind != "user"
    }
}

impl Policy {
    /// Points up to then are over, whether or not they have fired.
    pub fn fires_from(&mut self, time: i64) {
        self.fired.values_mut().for_each(|fired| *fired = time.max(*fired));
    }

    /// What its points follow from.
    fn times(&self) -> (BTreeSet<i64>, BTreeSet<i64>, bool) {
        (self.hours.clone(), self.weekdays.clone(), self.is_over)
    }
}

impl Disk {
    pub fn is_essd(&self) -> bool {
        matches!(self.category.as_str(), "cloud_essd" | "cloud_auto" | "cloud_essd_entry" | "cloud_regional_disk_auto")
    }
}

pub fn tags(value: &Value) -> Tags {
    let tags = value.as_object().into_iter().flatten();
    tags.map(|(key, value)| (key.clone(), value.as_str().unwrap().to_owned())).collect()
}

pub fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

fn numbers(value: &Value) -> BTreeSet<i64> {
    value.as_array().unwrap().iter().map(|number| number.as_i64().unwrap()).collect()
}

fn duration(value: &Value) -> Takes {
    value.as_i64().map_or(Takes::Never, Takes::Seconds)
}

impl Model {
    pub fn of(document: &Value, now: i64, seed: i64) -> Self {
        let mut model = Self {
            now,
            seed,
            settings: Settings::default(),
            disks: BTreeMap::new(),
            instances: BTreeMap::new(),
            images: BTreeMap::new(),
            policies: BTreeMap::new(),
            snapshots: BTreeMap::new(),
        };
        for kind in ["Instances", "Disks", "Snapshots", "Images", "AutoSnapshotPolicies"] {
            for entry in document[kind].as_array().into_iter().flatten() {
                model.put(kind, entry);
            }
        }
        model.set(&document["Settings"]);
        model
    }

    /// An entry that was not there.
    pub fn put(&mut self, kind: &str, entry: &Value) {
        let region = text(&entry["RegionId"]).unwrap_or_else(|| "cn-hangzhou".to_owned());
        let id = |field: &str| text(&entry[field]).unwrap();
        match kind {
            "Instances" => {
                let status = text(&entry["Status"]).unwrap_or_else(|| "Running".to_owned());
                let instance = Instance { region, status, tags: tags(&entry["Tags"]) };
                self.instances.insert(id("InstanceId"), instance);
            }
            "Disks" => {
                let disk = Disk {
                    region,
                    category: text(&entry["Category"]).unwrap_or_else(|| "cloud".to_owned()),
                    never_attached: entry["NeverAttached"] == true,
                    instance: text(&entry["InstanceId"]),
                    encrypted: entry["Encrypted"] == true,
                    tags: tags(&entry["Tags"]),
                };
                self.disks.insert(id("DiskId"), disk);
            }
            "Snapshots" => {
                let snapshot = Snapshot {
                    region,
                    disk: id("SourceDiskId"),
                    name: String::new(),
                    created: calendar::time(&id("CreationTime")),
                    kind: id("SnapshotType"),
                    retention: None,
                    expires: entry["ExpirationTime"].as_str().map(calendar::time),
                    ready: Ready::ALWAYS,
                    fails: false,
                    policy: None,
                    source: None,
                    encrypted: false,
                    tags: tags(&entry["Tags"]),
                    locked_until: None,
                };
                self.snapshots.insert(id("SnapshotId"), snapshot);
            }
            "Images" => {
                let snapshots = entry["SnapshotIds"].as_array().unwrap().iter().map(|id| text(id).unwrap());
                self.images.insert(id("ImageId"), snapshots.collect());
            }
            "AutoSnapshotPolicies" => {
                let policy = Policy {
                    region,
                    hours: BTreeSet::new(),
                    weekdays: BTreeSet::new(),
                    retention: -1,
                    is_over: false,
                    copies: false,
                    target: None,
                    copies_retention: -1,
                    encrypts: false,
                    target_tags: None,
                    applied: BTreeSet::new(),
                    fired: BTreeMap::new(),
                    tags: Tags::new(),
                    pending: BTreeMap::new(),
                };
                self.policies.insert(id("AutoSnapshotPolicyId"), policy);
                self.change_policy(&id("AutoSnapshotPolicyId"), entry);
            }
            other => panic!("the model does not know {other}"),
        }
        self.associate();
    }

    /// The fields of a policy that an entry or a merge patch names.
    pub fn change_policy(&mut self, id: &str, fields: &Value) {
        let now = self.now;
        let policy = self.policies.get_mut(id).unwrap();
        let before = policy.times();
        for (name, value) in fields.as_object().unwrap() {
            match name.as_str() {
                "TimePoints" => policy.hours = numbers(value),
                "RepeatWeekdays" => policy.weekdays = numbers(value),
                "RetentionDays" => policy.retention = value.as_i64().unwrap(),
                "Status" => policy.is_over = value == "Expire",
                "EnableCrossRegionCopy" => policy.copies = value == true,
                "TargetCopyRegions" => policy.target = text(&value[0]),
                "CopiedSnapshotsRetentionDays" => policy.copies_retention = value.as_i64().unwrap(),
                "CopyEncryptionConfiguration" => policy.encrypts = value["Encrypted"] == true,
                // Maps are merged.
                "TargetTags" => policy.target_tags.get_or_insert_default().extend(tags(value)),
                "DiskIds" => {
                    policy.applied = value.as_array().unwrap().iter().map(|id| text(id).unwrap()).collect();
                }
                "Tags" => policy.tags.extend(tags(value)),
                "AutoSnapshotPolicyId" | "RegionId" | "AssociationType" | "FiredUntil" => {}
                other => panic!("the model does not know {other} of a policy"),
            }
        }
        if policy.times() != before {
            // Points of other times are none of the time that has passed.
            policy.fires_from(now);
        }
        self.associate();
        let fired = &mut self.policies.get_mut(id).unwrap().fired;
        match &fields["FiredUntil"] {
            Value::String(time) => fired.values_mut().for_each(|until| *until = calendar::time(time)),
            Value::Object(times) => {
                for (disk, time) in times {
                    if let Some(until) = fired.get_mut(disk) {
                        *until = calendar::time(time.as_str().unwrap());
                    }
                }
            }
            _ => {}
        }
    }

    /// Pairs of policy and disk come to be and go as what they follow from does.
    pub fn associate(&mut self) {
        let Self { policies, disks, instances, now, .. } = self;
        for policy in policies.values_mut() {
            let is_target = |disk: &Disk, target: &Tags| {
                let instance = disk.instance.as_ref().and_then(|id| instances.get(id));
                instance.is_some_and(|instance| {
                    instance.region == policy.region
                        && target.iter().all(|(key, value)| instance.tags.get(key) == Some(value))
                })
            };
            policy.applied.retain(|id| disks.contains_key(id));
            let of_region = disks.iter().filter(|(_, disk)| disk.region == policy.region);
            let matching = of_region.filter(|(id, disk)| match &policy.target_tags {
                Some(target) => is_target(disk, target),
                None => policy.applied.contains(*id),
            });
            let matching: BTreeSet<String> = matching.map(|(id, _)| id.clone()).collect();
            policy.fired.retain(|id, _| matching.contains(id));
            for id in matching {
                policy.fired.entry(id).or_insert(*now);
            }
        }
    }

    /// The settings that a merge patch names.
    pub fn set(&mut self, patch: &Value) {
        for (name, value) in patch.as_object().into_iter().flatten() {
            let settings = &mut self.settings;
            match name.as_str() {
                "SnapshotSeconds" => settings.snapshot_seconds = duration(value),
                "CopySeconds" if value.is_null() => settings.copy_seconds = None,
                "CopySeconds" => settings.copy_seconds = Some(duration(value)),
                "FailNextSnapshots" => settings.fail_next = value.as_i64().unwrap(),
                "AutomaticSnapshotsPerDisk" => settings.quota = value.as_i64().unwrap(),
                "AutomaticSnapshotTags" => settings.tags = text(value).unwrap(),
                "PolicyUtcOffsetHours" => {
                    let before = std::mem::replace(&mut settings.utc_offset, value.as_i64().unwrap());
                    let policies = self.policies.values_mut().filter(|_| before != settings.utc_offset);
                    policies.for_each(|policy| policy.fires_from(self.now));
                }
                other => panic!("the model does not know the setting {other}"),
            }
        }
    }

    pub fn is_used_by_image(&self, id: &str) -> bool {
        self.images.values().any(|snapshots| snapshots.iter().any(|other| other == id))
    }

    /// Whether a snapshot is there at a time: one whose time is over stays while an image uses it.
    pub fn is_there(&self, id: &str, time: i64) -> bool {
        let Some(snapshot) = self.snapshots.get(id) else { return false };
        snapshot.expires.is_none_or(|expires| time < expires) || self.is_used_by_image(id)
    }

    /// When something is ready that begins at a time and takes so long, and whether it fails, which counts.
    pub fn begin(&mut self, time: i64, takes: Takes) -> (Ready, bool) {
        let Takes::Seconds(seconds) = takes else { return (Ready::Never, false) };
        let fails = self.settings.fail_next > 0;
        self.settings.fail_next -= i64::from(fails);
        // What is made at once was never in the making, however far the clock is set back.
        let is_at_once = seconds == 0 && !fails;
        (if is_at_once { Ready::ALWAYS } else { Ready::At(time + seconds) }, fails)
    }
}
