//! Calls of actions, drawn from numbers: mostly such as could succeed, on what is there.

use serde_json::json;

use super::model::{DAY, Model, Snapshot};
use super::steps::Call;

const REGION: (&str, &str) = ("RegionId", "cn-hangzhou");

/// One of those that are there, or, rarely or if there is none, one that is not.
fn one<'a>(of: impl Iterator<Item = &'a String>, number: u32, unknown: &str) -> String {
    let of: Vec<&String> = of.collect();
    let place = number as usize % (of.len() * 16 + 1);
    if place == of.len() * 16 { unknown.to_owned() } else { of[place % of.len()].clone() }
}

/// Three numbers, and what follows from them whatever the action is.
pub struct Draw<'a> {
    model: &'a Model,
    a: u32,
    b: u32,
    c: u32,
    name: String,
    days: String,
    key: &'static str,
    value: &'static str,
}

impl<'a> Draw<'a> {
    pub fn new(model: &'a Model, a: u32, b: u32, c: u32) -> Self {
        Self {
            model,
            a,
            b,
            c,
            name: format!("name-{}", b % 5),
            days: (1 + c % 3).to_string(),
            key: ["env", "team", "k"][c as usize % 3],
            value: ["1", "2", ""][b as usize % 3],
        }
    }

    fn disk(&self, number: u32) -> String {
        one(self.model.disks.keys(), number, "d-unknown")
    }

    fn snapshot(&self, number: u32) -> String {
        one(self.model.visible().map(|(id, _)| id), number, "s-unknown")
    }

    /// Three times of four, one for which the call can be right.
    fn snapshot_with(&self, number: u32, is_right: impl Fn(&Snapshot) -> bool) -> String {
        let is_chosen = |snapshot: &Snapshot| number % 4 == 3 || is_right(snapshot);
        let chosen = self.model.visible().filter(|(_, snapshot)| is_chosen(snapshot)).map(|(id, _)| id);
        one(chosen, number / 4, "s-unknown")
    }

    fn image(&self, number: u32) -> String {
        one(self.model.images.keys(), number, "m-unknown")
    }

    fn group(&self, number: u32) -> String {
        one(self.model.visible_groups().map(|(id, _)| id), number, "ssg-unknown")
    }

    fn policy(&self, number: u32) -> String {
        one(self.model.policies.keys(), number, "sp-unknown")
    }

    fn instance(&self, number: u32) -> String {
        one(self.model.instances.keys(), number, "i-unknown")
    }

    /// A type of resources that can have tags, and two of them.
    fn typed(&self, number: u32) -> (&'static str, String, String) {
        match number % 4 {
            3 => ("snapshotpolicy", self.policy(self.a), self.policy(self.b)),
            0 => ("snapshot", self.snapshot(self.a), self.snapshot(self.b)),
            1 => ("disk", self.disk(self.a), self.disk(self.b)),
            2 => ("snapshotgroup", self.group(self.a), self.group(self.b)),
            _ => ("image", self.image(self.a), self.image(self.b)),
        }
    }

    pub fn on_snapshots(&self, kind: u32) -> Call {
        match kind {
            0..=19 => {
                let id = self.disk(self.a);
                let mut parameters = vec![
                    ("DiskId", id.as_str()),
                    ("SnapshotName", &self.name),
                    ("Tag.1.Key", self.key),
                    ("Tag.1.Value", self.value),
                ];
                if self.c.is_multiple_of(2) {
                    parameters.push(("RetentionDays", &self.days));
                }
                Call::new("CreateSnapshot", &parameters)
            }
            20..=23 => {
                let (id, region) =
                    (self.snapshot(self.a), if self.b.is_multiple_of(8) { "cn-hangzhou" } else { "cn-beijing" });
                Call::new(
                    "CopySnapshot",
                    &[
                        REGION,
                        ("SnapshotId", &id),
                        ("DestinationRegionId", region),
                        ("DestinationSnapshotName", &self.name),
                    ],
                )
            }
            24..=30 => Call::new(
                "DeleteSnapshot",
                &[
                    ("SnapshotId", &self.snapshot(self.a)),
                    ("Force", if self.b.is_multiple_of(2) { "true" } else { "false" }),
                ],
            ),
            31..=33 => {
                let id = self.snapshot(self.a);
                match self.b % 3 {
                    0 => Call::new("ModifySnapshotAttribute", &[("SnapshotId", &id), ("SnapshotName", &self.name)]),
                    1 => Call::new("ModifySnapshotAttribute", &[("SnapshotId", &id), ("Description", &self.name)]),
                    _ => Call::new("ModifySnapshotAttribute", &[("SnapshotId", &id), ("RetentionDays", &self.days)]),
                }
            }
            34..=35 => {
                let id = self.snapshot_with(self.a, |snapshot| {
                    self.model.now - snapshot.created >= 14 * DAY && snapshot.retention.is_none()
                });
                Call::new("ModifySnapshotCategory", &[("SnapshotId", &id), ("Category", "Archive")])
            }
            36..=39 => {
                let (id, hours) = (self.snapshot(self.a), ["0", "1", "24"][self.b as usize % 3]);
                Call::new(
                    "LockSnapshot",
                    &[
                        REGION,
                        ("SnapshotId", &id),
                        ("LockMode", "compliance"),
                        ("LockDuration", &self.days),
                        ("CoolOffPeriod", hours),
                    ],
                )
            }
            _ => {
                let id = self.snapshot_with(self.a, |snapshot| snapshot.lock.is_some());
                Call::new("UnlockSnapshot", &[REGION, ("SnapshotId", &id)])
            }
        }
    }

    pub fn on_groups(&self, kind: u32) -> Call {
        let id = self.group(self.a);
        match kind {
            100..=104 => {
                let (first, second) = (self.disk(self.a / 3), self.disk(self.b / 3));
                let instance = self.instance(self.b);
                let mut parameters =
                    vec![REGION, ("Name", self.name.as_str()), ("Tag.1.Key", self.key), ("Tag.1.Value", self.value)];
                match self.a % 3 {
                    0 => parameters.push(("InstanceId", &instance)),
                    1 => parameters.extend([("InstanceId", instance.as_str()), ("ExcludeDiskId.1", &second)]),
                    _ => parameters.extend([("DiskId.1", first.as_str()), ("DiskId.2", &second)]),
                }
                Call::new("CreateSnapshotGroup", &parameters)
            }
            105 => {
                let field = if self.b.is_multiple_of(2) { "Name" } else { "Description" };
                Call::new("ModifySnapshotGroup", &[REGION, ("SnapshotGroupId", &id), (field, &self.name)])
            }
            _ => Call::new("DeleteSnapshotGroup", &[REGION, ("SnapshotGroupId", &id)]),
        }
    }

    pub fn on_tags_and_groups(&self, kind: u32) -> Call {
        match kind {
            42..=45 => {
                let (kind, first, second) = self.typed(self.c / 3);
                let mut parameters = vec![
                    REGION,
                    ("ResourceType", kind),
                    ("ResourceId.1", &first),
                    ("Tag.1.Key", self.key),
                    ("Tag.1.Value", self.value),
                ];
                if first != second {
                    parameters.push(("ResourceId.2", &second));
                }
                Call::new("TagResources", &parameters)
            }
            46..=48 => {
                let (kind, first, _) = self.typed(self.c / 3);
                Call::new(
                    "UntagResources",
                    &[REGION, ("ResourceType", kind), ("ResourceId.1", &first), ("TagKey.1", self.key)],
                )
            }
            49 => {
                let (kind, first, _) = self.typed(self.c / 3);
                let tag = [
                    REGION,
                    ("ResourceType", kind),
                    ("ResourceId", &first),
                    ("Tag.1.Key", self.key),
                    ("Tag.1.Value", self.value),
                ];
                Call::new("AddTags", &tag)
            }
            50 => {
                let (kind, first, _) = self.typed(self.c / 3);
                Call::new(
                    "RemoveTags",
                    &[REGION, ("ResourceType", kind), ("ResourceId", &first), ("Tag.1.Key", self.key)],
                )
            }
            _ => {
                let (kind, first, _) = self.typed(self.c / 3);
                let group = format!("rg-{}", self.b % 3);
                Call::new(
                    "JoinResourceGroup",
                    &[REGION, ("ResourceType", kind), ("ResourceId", &first), ("ResourceGroupId", &group)],
                )
            }
        }
    }

    pub fn on_disks(&self, kind: u32) -> Call {
        match kind {
            53..=57 => {
                let (id, size) = (self.snapshot(self.a), (20 + self.b % 60).to_string());
                let mut parameters =
                    vec![REGION, ("ZoneId", "cn-hangzhou-h"), ("DiskCategory", "cloud_essd"), ("DiskName", &self.name)];
                if self.c.is_multiple_of(4) {
                    parameters.push(("Size", &size));
                } else {
                    parameters.push(("SnapshotId", &id));
                }
                Call::new("CreateDisk", &parameters)
            }
            58..=61 => {
                Call::new("AttachDisk", &[("DiskId", &self.disk(self.a)), ("InstanceId", &self.instance(self.b))])
            }
            62..=64 => {
                let id = self.disk(self.a);
                let of = self
                    .model
                    .disks
                    .get(&id)
                    .and_then(|disk| disk.instance.clone())
                    .unwrap_or_else(|| self.instance(self.b));
                Call::new("DetachDisk", &[("DiskId", &id), ("InstanceId", &of)])
            }
            65..=67 => Call::new("DeleteDisk", &[("DiskId", &self.disk(self.a))]),
            68 => Call::new("ModifyDiskAttribute", &[REGION, ("DiskId", &self.disk(self.a)), ("DiskName", &self.name)]),
            69..=70 => Call::new(
                "ResizeDisk",
                &[("DiskId", &self.disk(self.a)), ("NewSize", &(60 + self.b % 100).to_string())],
            ),
            71..=73 => {
                // Mostly of the disk that the snapshot is of.
                let id = self.snapshot(self.a);
                let of = self
                    .model
                    .snapshots
                    .get(&id)
                    .filter(|_| !self.b.is_multiple_of(8))
                    .map_or_else(|| self.disk(self.c), |snapshot| snapshot.disk.clone());
                Call::new("ResetDisk", &[("DiskId", &of), ("SnapshotId", &id)])
            }
            _ => Call::new("ReInitDisk", &[("DiskId", &self.disk(self.a))]),
        }
    }

    pub fn on_policies(&self, kind: u32) -> Call {
        const REGION: (&str, &str) = ("regionId", "cn-hangzhou");
        const ONE: &str = "[\"1\"]";
        let id = self.policy(self.a);
        let (first, second) = (self.disk(self.b), self.disk(self.c));
        let disks = if self.a.is_multiple_of(2) { json!([first]) } else { json!([first, second]) }.to_string();
        match kind {
            100..=101 => Call::new(
                "CreateAutoSnapshotPolicy",
                &[
                    REGION,
                    ("timePoints", ONE),
                    ("repeatWeekdays", ONE),
                    ("autoSnapshotPolicyName", &self.name),
                    ("retentionDays", &self.days),
                    ("Tag.1.Key", self.key),
                    ("Tag.1.Value", self.value),
                ],
            ),
            102..=104 => {
                Call::new("ApplyAutoSnapshotPolicy", &[REGION, ("autoSnapshotPolicyId", &id), ("diskIds", &disks)])
            }
            105 => Call::new(
                "ModifyAutoSnapshotPolicyEx",
                &[REGION, ("autoSnapshotPolicyId", &id), ("autoSnapshotPolicyName", &self.name)],
            ),
            106 => Call::new(
                "ModifyAutoSnapshotPolicyEx",
                &[REGION, ("autoSnapshotPolicyId", &id), ("retentionDays", &self.days), ("timePoints", ONE)],
            ),
            107 => Call::new("CancelAutoSnapshotPolicy", &[REGION, ("diskIds", &disks)]),
            108 => Call::new("CancelAutoSnapshotPolicy", &[REGION, ("autoSnapshotPolicyId", &id), ("diskIds", &disks)]),
            _ => Call::new("DeleteAutoSnapshotPolicy", &[REGION, ("autoSnapshotPolicyId", &id)]),
        }
    }

    pub fn on_instances_and_images(&self, kind: u32) -> Call {
        // What could be done to images begins with one.
        let kind = if kind > 82 && self.model.images.is_empty() { 82 } else { kind };
        match kind {
            75..=76 => Call::new("StartInstance", &[("InstanceId", &self.instance(self.a))]),
            77..=79 => Call::new("StopInstance", &[("InstanceId", &self.instance(self.a))]),
            80..=82 => {
                let image_name = format!("image-{}", self.c % 50);
                let is_right =
                    |snapshot: &Snapshot| snapshot.is_system && snapshot.status(self.model.now) == "accomplished";
                let id = self.snapshot_with(self.a, is_right);
                Call::new(
                    "CreateImage",
                    &[
                        REGION,
                        ("SnapshotId", &id),
                        ("ImageName", &image_name),
                        ("Tag.1.Key", self.key),
                        ("Tag.1.Value", self.value),
                    ],
                )
            }
            83..=84 => Call::new(
                "DeleteImage",
                &[
                    REGION,
                    ("ImageId", &self.image(self.a)),
                    ("Force", if self.b.is_multiple_of(2) { "true" } else { "false" }),
                ],
            ),
            _ => Call::new(
                "ModifyImageAttribute",
                &[REGION, ("ImageId", &self.image(self.a)), ("ImageName", &format!("image-{}", self.b % 50))],
            ),
        }
    }
}
