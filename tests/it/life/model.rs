//! The model: what a sandbox holds, in plain maps, and what each action does to it.

use std::collections::BTreeMap;

use serde_json::Value;

use super::steps::Call;

pub type Tags = BTreeMap<String, String>;

/// When something is ready: at a time, in seconds from where the clock began, or never.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ready {
    At(i64),
    Never,
}

#[derive(Debug, Clone)]
pub struct Disk {
    pub size: i64,
    pub is_system: bool,
    pub instance: Option<String>,
    pub source: Option<String>,
    pub name: String,
    pub group: String,
    pub tags: Tags,
}

#[derive(Debug, Clone)]
pub struct Snapshot {
    pub region: String,
    pub disk: String,
    pub size: i64,
    pub is_system: bool,
    pub created: i64,
    pub ready: Ready,
    pub fails: bool,
    pub retention: Option<i64>,
    pub name: String,
    pub description: String,
    pub category: String,
    pub source: Option<String>,
    /// Until when the cool-off and the lock run.
    pub lock: Option<(i64, i64)>,
    pub group: String,
    pub tags: Tags,
}

#[derive(Debug, Clone)]
pub struct Image {
    pub name: String,
    pub ready: Ready,
    pub snapshots: Vec<String>,
    pub group: String,
    pub tags: Tags,
}

#[derive(Debug, Clone)]
pub struct Model {
    pub now: i64,
    pub snapshot_seconds: Option<i64>,
    pub image_seconds: Option<i64>,
    pub fail_next: i64,
    pub disks: BTreeMap<String, Disk>,
    pub snapshots: BTreeMap<String, Snapshot>,
    pub images: BTreeMap<String, Image>,
    /// Whether each runs.
    pub instances: BTreeMap<String, bool>,
}

const DAY: i64 = 24 * 60 * 60;

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

impl Snapshot {
    pub fn status(&self, now: i64) -> &'static str {
        match self.ready {
            Ready::Never => "progressing",
            Ready::At(ready) if now < ready => "progressing",
            Ready::At(_) if self.fails => "failed",
            Ready::At(_) => "accomplished",
        }
    }

    pub fn is_locked(&self, now: i64) -> bool {
        self.lock.is_some_and(|(_, until)| now < until)
    }
}

impl Model {
    pub fn of(document: &Value) -> Self {
        let entries = |kind: &str| document[kind].as_array().unwrap().clone();
        let disk = |entry: &Value| Disk {
            size: entry["Size"].as_i64().unwrap(),
            is_system: entry["Type"] == "system",
            instance: text(&entry["InstanceId"]),
            source: None,
            name: String::new(),
            group: String::new(),
            tags: Tags::new(),
        };
        Self {
            now: 0,
            snapshot_seconds: Some(2),
            image_seconds: Some(0),
            fail_next: 0,
            disks: entries("Disks").iter().map(|entry| (text(&entry["DiskId"]).unwrap(), disk(entry))).collect(),
            snapshots: BTreeMap::new(),
            images: BTreeMap::new(),
            instances: entries("Instances")
                .iter()
                .map(|entry| (text(&entry["InstanceId"]).unwrap(), entry["Status"] != "Stopped"))
                .collect(),
        }
    }

    pub fn set(&mut self, settings: &Value) {
        for (name, value) in settings.as_object().unwrap() {
            match name.as_str() {
                "SnapshotSeconds" => self.snapshot_seconds = value.as_i64(),
                "ImageSeconds" => self.image_seconds = value.as_i64(),
                "FailNextSnapshots" => self.fail_next = value.as_i64().unwrap(),
                other => panic!("the model does not know the setting {other}"),
            }
        }
    }

    fn ready_after(&self, seconds: Option<i64>) -> Ready {
        seconds.map_or(Ready::Never, |seconds| Ready::At(self.now + seconds))
    }

    pub fn is_used_by_image(&self, id: &str) -> bool {
        self.images.values().any(|image| image.snapshots.iter().any(|other| other == id))
    }

    pub fn is_used_by_disk(&self, id: &str) -> bool {
        self.disks.values().any(|disk| disk.source.as_deref() == Some(id))
    }

    /// The snapshots that are there: those whose time is over stay while an image uses them.
    pub fn visible(&self) -> impl Iterator<Item = (&String, &Snapshot)> {
        self.snapshots.iter().filter(|(id, snapshot)| {
            let is_over = snapshot.retention.is_some_and(|days| snapshot.created + days * DAY <= self.now);
            !is_over || self.is_used_by_image(id)
        })
    }

    fn snapshot(&mut self, id: &str) -> &mut Snapshot {
        assert!(self.visible().any(|(other, _)| other == id), "{id} is not there");
        self.snapshots.get_mut(id).unwrap()
    }

    /// Whether the next snapshot ends failed, which counts.
    fn takes_failure(&mut self) -> bool {
        let fails = self.fail_next > 0 && self.snapshot_seconds.is_some();
        self.fail_next -= i64::from(fails);
        fails
    }

    fn made_of(&mut self, disk_id: &str, call: &Call) -> Snapshot {
        let disk = self.disks[disk_id].clone();
        Snapshot {
            region: "cn-hangzhou".to_owned(),
            disk: disk_id.to_owned(),
            size: disk.size,
            is_system: disk.is_system,
            created: self.now,
            ready: self.ready_after(self.snapshot_seconds),
            fails: self.takes_failure(),
            retention: call.number("RetentionDays"),
            name: call.text("SnapshotName"),
            description: call.text("Description"),
            category: "standard".to_owned(),
            source: None,
            lock: None,
            group: String::new(),
            tags: call.tags(),
        }
    }

    /// What a call did that was not refused. `mappings`: the snapshots of the image that it made.
    pub fn apply(&mut self, call: &Call, answer: &Value, mappings: &[String]) {
        let now = self.now;
        let made = |field: &str| answer[field].as_str().unwrap_or_else(|| panic!("{field} in {answer}")).to_owned();
        match call.action {
            "CreateSnapshot" => {
                let snapshot = self.made_of(&call.text("DiskId"), call);
                let before = self.snapshots.insert(made("SnapshotId"), snapshot);
                assert!(before.is_none(), "an id is given once");
            }
            "CopySnapshot" => {
                let source = self.snapshot(&call.text("SnapshotId")).clone();
                assert_eq!(source.status(now), "accomplished");
                let fails = self.takes_failure();
                let copy = Snapshot {
                    region: call.text("DestinationRegionId"),
                    created: now,
                    ready: self.ready_after(self.snapshot_seconds),
                    fails,
                    retention: call.number("RetentionDays"),
                    name: call.text("DestinationSnapshotName"),
                    description: call.text("DestinationSnapshotDescription"),
                    source: Some(call.text("SnapshotId")),
                    lock: None,
                    group: String::new(),
                    tags: call.tags(),
                    ..source
                };
                self.snapshots.insert(made("SnapshotId"), copy);
            }
            "DeleteSnapshot" => {
                let id = call.text("SnapshotId");
                assert!(!self.snapshot(&id).is_locked(now), "{id} is locked");
                assert!(!self.is_used_by_image(&id), "{id} is used by an image");
                assert!(call.text("Force") == "true" || !self.is_used_by_disk(&id), "{id} is used by a disk");
                self.snapshots.remove(&id);
            }
            "ModifySnapshotAttribute" => {
                let snapshot = self.snapshot(&call.text("SnapshotId"));
                assert_eq!(snapshot.status(now), "accomplished");
                if let Some(days) = call.number("RetentionDays") {
                    assert!(snapshot.retention.is_none_or(|before| days >= before), "retention only grows");
                    snapshot.retention = Some(days);
                }
                if call.has("SnapshotName") {
                    snapshot.name = call.text("SnapshotName");
                }
                if call.has("Description") {
                    snapshot.description = call.text("Description");
                }
            }
            "ModifySnapshotCategory" => {
                let snapshot = self.snapshot(&call.text("SnapshotId"));
                assert!(snapshot.status(now) == "accomplished" && now - snapshot.created >= 14 * DAY);
                snapshot.category = "archive".to_owned();
                if let Some(days) = call.number("RetentionDays") {
                    snapshot.retention = Some(days);
                }
            }
            "LockSnapshot" => {
                let snapshot = self.snapshot(&call.text("SnapshotId"));
                // The duration counts from when it is ready.
                let ready = match snapshot.ready {
                    Ready::At(ready) => ready.max(now),
                    Ready::Never => now,
                };
                let (hours, days) = (call.number("CoolOffPeriod").unwrap(), call.number("LockDuration").unwrap());
                snapshot.lock = Some((now + hours * 3_600, ready + days * DAY));
            }
            "UnlockSnapshot" => {
                let snapshot = self.snapshot(&call.text("SnapshotId"));
                assert!(snapshot.lock.is_some_and(|(cool_off, _)| now < cool_off), "only while it cools off");
                snapshot.lock = None;
            }
            "TagResources" | "AddTags" => {
                let tags = call.tags();
                self.tags(call, |of| of.extend(tags.clone()));
            }
            "UntagResources" | "RemoveTags" => {
                let keys: Vec<String> = call.keys();
                self.tags(call, |of| of.retain(|key, _| !keys.contains(key)));
            }
            "JoinResourceGroup" => {
                let (id, group) = (call.text("ResourceId"), call.text("ResourceGroupId"));
                match call.text("ResourceType").as_str() {
                    "snapshot" => self.snapshot(&id).group = group,
                    "disk" => self.disks.get_mut(&id).unwrap().group = group,
                    _ => self.images.get_mut(&id).unwrap().group = group,
                }
            }
            "CreateDisk" => {
                let source = call.has("SnapshotId").then(|| call.text("SnapshotId"));
                let least = source.as_ref().map_or(0, |id| self.snapshot(id).size);
                let disk = Disk {
                    size: call.number("Size").unwrap_or(0).max(least),
                    is_system: false,
                    instance: None,
                    source,
                    name: call.text("DiskName"),
                    group: String::new(),
                    tags: call.tags(),
                };
                self.disks.insert(made("DiskId"), disk);
            }
            "AttachDisk" => {
                let disk = self.disks.get_mut(&call.text("DiskId")).unwrap();
                assert!(disk.instance.is_none() && self.instances.contains_key(&call.text("InstanceId")));
                disk.instance = Some(call.text("InstanceId"));
            }
            "DetachDisk" => {
                let disk = self.disks.get_mut(&call.text("DiskId")).unwrap();
                assert_eq!(disk.instance.take(), Some(call.text("InstanceId")));
            }
            "DeleteDisk" => {
                let id = call.text("DiskId");
                assert!(self.disks.remove(&id).unwrap().instance.is_none(), "{id} is attached");
                let is_busy =
                    |other: &Snapshot| other.disk == id && other.source.is_none() && other.status(now) == "progressing";
                assert!(!self.visible().any(|(_, other)| is_busy(other)), "{id} is in use");
            }
            "ModifyDiskAttribute" => {
                self.disks.get_mut(&call.text("DiskId")).unwrap().name = call.text("DiskName");
            }
            "ResizeDisk" => {
                let disk = self.disks.get_mut(&call.text("DiskId")).unwrap();
                let size = call.number("NewSize").unwrap();
                assert!(size >= disk.size, "a disk only grows");
                disk.size = size;
            }
            "ResetDisk" => {
                let snapshot = self.snapshot(&call.text("SnapshotId")).clone();
                assert!(snapshot.disk == call.text("DiskId") && snapshot.source.is_none());
                assert_eq!(snapshot.status(now), "accomplished");
                let disk = &self.disks[&call.text("DiskId")];
                assert!(disk.instance.as_ref().is_none_or(|instance| !self.instances[instance]), "its instance runs");
            }
            "ReInitDisk" => {
                let disk = &self.disks[&call.text("DiskId")];
                assert!(disk.instance.as_ref().is_none_or(|instance| !self.instances[instance]), "its instance runs");
            }
            "StartInstance" => {
                assert_eq!(self.instances.insert(call.text("InstanceId"), true), Some(false));
            }
            "StopInstance" => {
                self.instances.insert(call.text("InstanceId"), false).unwrap();
            }
            "CreateImage" => {
                if call.has("InstanceId") {
                    let instance = Some(call.text("InstanceId"));
                    let of: Vec<String> = self
                        .disks
                        .iter()
                        .filter(|(_, disk)| disk.instance == instance)
                        .map(|(id, _)| id.clone())
                        .collect();
                    assert_eq!(mappings.len(), of.len(), "a snapshot of each disk");
                } else {
                    assert_eq!(mappings, [call.text("SnapshotId")]);
                    let snapshot = self.snapshot(&mappings[0]);
                    assert!(snapshot.is_system && snapshot.status(now) == "accomplished");
                }
                let image = Image {
                    name: call.text("ImageName"),
                    ready: self.ready_after(self.image_seconds),
                    snapshots: mappings.to_vec(),
                    group: String::new(),
                    tags: call.tags(),
                };
                self.images.insert(made("ImageId"), image);
            }
            "ModifyImageAttribute" => {
                self.images.get_mut(&call.text("ImageId")).unwrap().name = call.text("ImageName");
            }
            "DeleteImage" => {
                self.images.remove(&call.text("ImageId")).unwrap();
            }
            other => panic!("the model does not know {other}"),
        }
    }

    /// Changes the tags of the resources that a call names.
    fn tags(&mut self, call: &Call, change: impl Fn(&mut Tags)) {
        for id in call.resources() {
            match call.text("ResourceType").as_str() {
                "snapshot" => change(&mut self.snapshot(&id).tags),
                "disk" => change(&mut self.disks.get_mut(&id).unwrap().tags),
                _ => change(&mut self.images.get_mut(&id).unwrap().tags),
            }
        }
    }
}
