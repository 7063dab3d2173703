//! What a call does to the model that was not refused.

use serde_json::Value;

use super::calendar::{self, DAY};
use super::model::{Model, Snapshot, Tags, tags, text};

impl Model {
    /// A call of the control plane. What is due by it is played.
    pub fn control(&mut self, method: &str, path: &str, body: &Value) {
        let mut parts = path.trim_start_matches('/').split('/');
        let (kind, id) = (parts.next().unwrap(), parts.next().unwrap_or_default());
        match (method, kind) {
            (_, "settings") => self.set(body),
            ("POST", "auto-snapshot-policies") => self.put("AutoSnapshotPolicies", body),
            ("POST", "disks") => self.put("Disks", body),
            ("POST", "instances") => self.put("Instances", body),
            ("POST", "images") => self.put("Images", body),
            ("POST", "snapshots") => self.put("Snapshots", body),
            ("PATCH", "auto-snapshot-policies") => self.change_policy(id, body),
            // Tags are merged.
            ("PATCH", "disks") => self.disks.get_mut(id).unwrap().tags.extend(tags(&body["Tags"])),
            ("PATCH", "instances") => {
                let instance = self.instances.get_mut(id).unwrap();
                if let Some(status) = text(&body["Status"]) {
                    instance.status = status;
                }
                instance.tags.extend(tags(&body["Tags"]));
            }
            ("PATCH", "snapshots") => {
                let days = body["Lock"]["LockDuration"].as_i64().unwrap();
                self.snapshots.get_mut(id).unwrap().locked_until = Some(self.now + days * DAY);
            }
            ("DELETE", "auto-snapshot-policies") => drop(self.policies.remove(id)),
            ("DELETE", "disks") => drop(self.disks.remove(id)),
            ("DELETE", "images") => drop(self.images.remove(id)),
            ("DELETE", "instances") => {
                self.instances.remove(id);
                let attached = self.disks.values_mut().filter(|disk| disk.instance.as_deref() == Some(id));
                attached.for_each(|disk| disk.instance = None);
            }
            other => panic!("the model does not know {other:?}"),
        }
        self.associate();
        if !body["FiredUntil"].is_null() {
            self.play(self.now);
        }
    }

    /// A call of the cloud plane, and what it answered.
    pub fn act(&mut self, action: &str, parameters: &[(&'static str, String)], answer: &Value) {
        let said = |name: &str| parameters.iter().find(|(other, _)| *other == name).map(|(_, value)| value.clone());
        let id = |name: &str| said(name).unwrap();
        match action {
            "CreateSnapshot" => {
                let snapshot = self.manual(&id("DiskId"), id("RetentionDays").parse().unwrap());
                self.snapshots.insert(text(&answer["SnapshotId"]).unwrap(), snapshot);
            }
            "DeleteSnapshot" => drop(self.snapshots.remove(&id("SnapshotId"))),
            "ModifySnapshotAttribute" => {
                let snapshot = self.snapshots.get_mut(&id("SnapshotId")).unwrap();
                let days: i64 = id("RetentionDays").parse().unwrap();
                snapshot.retention = Some(days);
                snapshot.expires = Some(snapshot.created + days * DAY);
            }
            "DeleteDisk" => {
                let disk_id = id("DiskId");
                let region = self.disks.remove(&disk_id).unwrap().region;
                let goes = |(id, snapshot): &(&String, &Snapshot)| {
                    let is_locked = snapshot.locked_until.is_some_and(|until| self.now < until);
                    (&snapshot.disk, &snapshot.region) == (&disk_id, &region)
                        && snapshot.is_automatic()
                        && self.is_there(id, self.now)
                        && !is_locked
                        && !self.is_used_by_image(id)
                };
                let gone: Vec<String> = self.snapshots.iter().filter(goes).map(|(id, _)| id.clone()).collect();
                self.snapshots.retain(|id, _| !gone.contains(id));
            }
            "AttachDisk" => {
                let disk = self.disks.get_mut(&id("DiskId")).unwrap();
                disk.instance = said("InstanceId");
                disk.never_attached = false;
            }
            "DetachDisk" => self.disks.get_mut(&id("DiskId")).unwrap().instance = None,
            "TagResources" => {
                let instance = self.instances.get_mut(&id("ResourceId.1")).unwrap();
                instance.tags.insert(id("Tag.1.Key"), id("Tag.1.Value"));
            }
            "UntagResources" => {
                self.instances.get_mut(&id("ResourceId.1")).unwrap().tags.remove(&id("TagKey.1"));
            }
            other => panic!("the model does not know {other}"),
        }
        self.associate();
    }

    /// A snapshot that somebody makes now.
    fn manual(&mut self, disk_id: &str, days: i64) -> Snapshot {
        let takes = self.settings.snapshot_seconds;
        let (ready, fails) = self.begin(self.now, takes);
        let disk = &self.disks[disk_id];
        Snapshot {
            region: disk.region.clone(),
            disk: disk_id.to_owned(),
            name: String::new(),
            created: self.now,
            kind: "user".to_owned(),
            retention: Some(days),
            expires: Some(self.now + days * DAY),
            ready,
            fails,
            policy: None,
            source: None,
            encrypted: disk.encrypted,
            tags: Tags::new(),
            locked_until: None,
        }
    }

    /// How far a clock goes that goes to what is due next; `None`: nothing is.
    pub fn next_due(&self) -> Option<i64> {
        /// Whatever fires at all fires within two weeks.
        const FAR: i64 = 15 * DAY;
        let copy = self.policies.values().flat_map(|policy| policy.pending.values().copied()).min();
        let from = self.policies.values().flat_map(|policy| policy.fired.values().copied()).min();
        let last = self.policies.values().flat_map(|policy| policy.fired.values().copied()).max();
        let hour = |time: i64| (time.div_euclid(calendar::HOUR) + 1) * calendar::HOUR;
        let point = from.zip(last).and_then(|(from, last)| {
            let mut time = hour(from);
            while time <= last + FAR {
                if !self.points_at(time, i64::MAX).is_empty() {
                    return Some(time);
                }
                time = hour(time);
            }
            None
        });
        copy.into_iter().chain(point).min()
    }
}
