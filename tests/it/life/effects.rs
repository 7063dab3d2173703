//! What each action does to the model. A call that was not refused must have been allowed by what the model knows.

use serde_json::Value;

use super::model::{DAY, Disk, Image, Model, Policy, Ready, Snapshot, Tags};
use super::steps::Call;

/// The id of what a call made.
pub fn made(answer: &Value, field: &str) -> String {
    answer[field].as_str().unwrap_or_else(|| panic!("{field} in {answer}")).to_owned()
}

/// Each of the functions by family says whether the action is of its family.
impl Model {
    /// What a call did that was not refused. `made`: the snapshots of the image that it made, or of the group, those in the order
    /// of their disks.
    pub fn apply(&mut self, call: &Call, answer: &Value, made: &[String]) {
        let is_known = self.apply_to_snapshots(call, answer)
            || self.apply_to_groups(call, answer, made)
            || self.apply_to_tags_and_groups(call)
            || self.apply_to_disks(call, answer)
            || self.apply_to_policies(call, answer)
            || self.apply_to_instances_and_images(call, answer, made);
        assert!(is_known, "the model does not know {}", call.action);
    }

    fn apply_to_snapshots(&mut self, call: &Call, answer: &Value) -> bool {
        let now = self.now;
        match call.action {
            "CreateSnapshot" => {
                let snapshot = self.made_of(&call.text("DiskId"), call);
                let before = self.snapshots.insert(made(answer, "SnapshotId"), snapshot);
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
                self.snapshots.insert(made(answer, "SnapshotId"), copy);
            }
            "DeleteSnapshot" => {
                let id = call.text("SnapshotId");
                assert!(!self.snapshot(&id).is_locked(now), "{id} is locked");
                assert!(!self.is_used_by_image(&id), "{id} is used by an image");
                assert!(call.text("Force") == "true" || !self.is_used_by_disk(&id), "{id} is used by a disk");
                self.remove_snapshot(&id);
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
                "archive".clone_into(&mut snapshot.category);
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
            _ => return false,
        }
        true
    }

    fn apply_to_tags_and_groups(&mut self, call: &Call) -> bool {
        match call.action {
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
                    "snapshotgroup" => self.group(&id).group = group,
                    "snapshotpolicy" => self.policies.get_mut(&id).unwrap().group = group,
                    _ => self.images.get_mut(&id).unwrap().group = group,
                }
            }
            _ => return false,
        }
        true
    }

    /// Changes the tags of the resources that a call names.
    fn tags(&mut self, call: &Call, change: impl Fn(&mut Tags)) {
        for id in call.resources() {
            match call.text("ResourceType").as_str() {
                "snapshot" => change(&mut self.snapshot(&id).tags),
                "disk" => change(&mut self.disks.get_mut(&id).unwrap().tags),
                "snapshotgroup" => change(&mut self.group(&id).tags),
                "snapshotpolicy" => change(&mut self.policies.get_mut(&id).unwrap().tags),
                _ => change(&mut self.images.get_mut(&id).unwrap().tags),
            }
        }
    }

    fn apply_to_disks(&mut self, call: &Call, answer: &Value) -> bool {
        let now = self.now;
        match call.action {
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
                self.disks.insert(made(answer, "DiskId"), disk);
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
                for policy in self.policies.values_mut() {
                    policy.disks.remove(&id);
                }
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
            _ => return false,
        }
        true
    }

    fn apply_to_policies(&mut self, call: &Call, answer: &Value) -> bool {
        let id = call.text("autoSnapshotPolicyId");
        match call.action {
            "CreateAutoSnapshotPolicy" => {
                let policy = Policy {
                    name: call.text("autoSnapshotPolicyName"),
                    retention: call.number("retentionDays").unwrap(),
                    disks: std::collections::BTreeMap::new(),
                    group: String::new(),
                    tags: call.tags(),
                };
                self.policies.insert(made(answer, "AutoSnapshotPolicyId"), policy);
            }
            "ModifyAutoSnapshotPolicyEx" => {
                let policy = self.policies.get_mut(&id).unwrap();
                if call.has("autoSnapshotPolicyName") {
                    policy.name = call.text("autoSnapshotPolicyName");
                }
                policy.retention = call.number("retentionDays").unwrap_or(policy.retention);
            }
            "DeleteAutoSnapshotPolicy" => drop(self.policies.remove(&id).unwrap()),
            "ApplyAutoSnapshotPolicy" => {
                for disk in call.disks() {
                    assert!(self.disks.contains_key(&disk), "{disk} is not there");
                    // Behind the last of those that it has.
                    let places = self.policies.values().filter_map(|policy| policy.disks.get(&disk));
                    let last = places.max().copied().unwrap_or(0);
                    self.policies.get_mut(&id).unwrap().disks.entry(disk).or_insert(last + 1);
                }
            }
            "CancelAutoSnapshotPolicy" => {
                for disk in call.disks() {
                    assert!(self.disks.contains_key(&disk), "{disk} is not there");
                    let of_disk: Vec<String> = self.policies_of(&disk).into_iter().cloned().collect();
                    assert!(call.has("autoSnapshotPolicyId") || of_disk.len() < 2, "{disk} has several");
                    for policy in of_disk.iter().filter(|policy| id.is_empty() || **policy == id) {
                        self.policies.get_mut(policy).unwrap().disks.remove(&disk);
                    }
                }
            }
            _ => return false,
        }
        true
    }

    fn apply_to_instances_and_images(&mut self, call: &Call, answer: &Value, mappings: &[String]) -> bool {
        let now = self.now;
        match call.action {
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
                self.images.insert(made(answer, "ImageId"), image);
            }
            "ModifyImageAttribute" => {
                self.images.get_mut(&call.text("ImageId")).unwrap().name = call.text("ImageName");
            }
            "DeleteImage" => {
                self.images.remove(&call.text("ImageId")).unwrap();
            }
            _ => return false,
        }
        true
    }
}
