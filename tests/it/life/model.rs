//! The model: what a sandbox holds, in plain maps.

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
    /// That the disk was attached to.
    pub instance: Option<String>,
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

/// One whose time never comes.
#[derive(Debug, Clone)]
pub struct Policy {
    pub name: String,
    pub retention: i64,
    /// Its disks, each with the place that it has among the policies of the disk.
    pub disks: BTreeMap<String, usize>,
    pub group: String,
    pub tags: Tags,
}

#[derive(Debug, Clone)]
pub struct SnapshotGroup {
    pub name: String,
    pub description: String,
    /// That all of its disks were attached to.
    pub instance: Option<String>,
    /// Those that are there still, be their time over or not.
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
    pub groups: BTreeMap<String, SnapshotGroup>,
    pub policies: BTreeMap<String, Policy>,
    /// Whether each runs.
    pub instances: BTreeMap<String, bool>,
}

/// In seconds.
pub const DAY: i64 = 24 * 60 * 60;

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
            groups: BTreeMap::new(),
            policies: BTreeMap::new(),
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

    /// The policies of a disk, in the order in which they were applied.
    pub fn policies_of(&self, disk: &str) -> Vec<&String> {
        let of_disk = self.policies.iter().filter_map(|(id, policy)| Some((policy.disks.get(disk)?, id)));
        let mut of_disk: Vec<(&usize, &String)> = of_disk.collect();
        of_disk.sort();
        of_disk.into_iter().map(|(_, id)| id).collect()
    }

    pub fn ready_after(&self, seconds: Option<i64>) -> Ready {
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

    /// The snapshots of a group that are there, by id.
    pub fn members<'m>(&'m self, group: &'m SnapshotGroup) -> impl Iterator<Item = (&'m String, &'m Snapshot)> {
        self.visible().filter(|(id, _)| group.snapshots.contains(id))
    }

    /// The groups that are there: those of which a snapshot is.
    pub fn visible_groups(&self) -> impl Iterator<Item = (&String, &SnapshotGroup)> {
        self.groups.iter().filter(|(_, group)| self.members(group).next().is_some())
    }

    pub fn group(&mut self, id: &str) -> &mut SnapshotGroup {
        assert!(self.visible_groups().any(|(other, _)| other == id), "{id} is not there");
        self.groups.get_mut(id).unwrap()
    }

    /// Takes a snapshot away, also from its groups.
    pub fn remove_snapshot(&mut self, id: &str) {
        self.snapshots.remove(id);
        for group in self.groups.values_mut() {
            group.snapshots.retain(|other| other != id);
        }
    }

    pub fn snapshot(&mut self, id: &str) -> &mut Snapshot {
        assert!(self.visible().any(|(other, _)| other == id), "{id} is not there");
        self.snapshots.get_mut(id).unwrap()
    }

    /// Whether the next snapshot ends failed, which counts.
    pub fn takes_failure(&mut self) -> bool {
        let fails = self.fail_next > 0 && self.snapshot_seconds.is_some();
        self.fail_next -= i64::from(fails);
        fails
    }

    pub fn made_of(&mut self, disk_id: &str, call: &Call) -> Snapshot {
        let disk = self.disks[disk_id].clone();
        Snapshot {
            region: "cn-hangzhou".to_owned(),
            disk: disk_id.to_owned(),
            instance: disk.instance.clone(),
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
}
