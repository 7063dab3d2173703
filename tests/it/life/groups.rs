//! Groups of snapshots: what actions do to them in the model, and what is shown of them.

use serde_json::{Value, json};

use super::Life;
use super::effects::made;
use super::model::{Model, SnapshotGroup, Tags};
use super::seen::{by_id, said};
use super::steps::Call;

/// Disks of categories that no group is made of.
const OLD: [&str; 2] = ["d-3", "d-4"];

impl Model {
    /// Whether the action is one on groups.
    pub fn apply_to_groups(&mut self, call: &Call, answer: &Value, snapshots: &[String]) -> bool {
        match call.action {
            "CreateSnapshotGroup" => {
                let group = self.made_group(call, snapshots);
                let before = self.groups.insert(made(answer, "SnapshotGroupId"), group);
                assert!(before.is_none(), "an id is given once");
            }
            "ModifySnapshotGroup" => {
                let group = self.group(&call.text("SnapshotGroupId"));
                if call.has("Name") {
                    group.name = call.text("Name");
                }
                if call.has("Description") {
                    group.description = call.text("Description");
                }
            }
            "DeleteSnapshotGroup" => {
                let id = call.text("SnapshotGroupId");
                let group = self.group(&id).clone();
                let is_kept = |id: &String| {
                    let is_locked = self.snapshots[id].is_locked(self.now);
                    is_locked || self.is_used_by_image(id) || self.is_used_by_disk(id)
                };
                let told: Vec<(String, bool)> = self.members(&group).map(|(id, _)| (id.clone(), is_kept(id))).collect();
                let progress = answer["OperationProgressSet"]["OperationProgress"].as_array().unwrap();
                let answered: Vec<(String, bool)> = progress
                    .iter()
                    .map(|of| {
                        let id = of["RelatedItemSet"]["RelatedItem"][0]["Value"].as_str().unwrap();
                        (id.to_owned(), of["OperationStatus"] == "Failed")
                    })
                    .collect();
                assert_eq!(answered, told, "{id}");
                self.groups.remove(&id);
                for (id, _) in told.iter().filter(|(_, is_kept)| !is_kept) {
                    self.remove_snapshot(id);
                }
            }
            _ => return false,
        }
        true
    }

    /// A group of these new snapshots, one of each disk.
    fn made_group(&mut self, call: &Call, snapshots: &[String]) -> SnapshotGroup {
        let named = [call.text("DiskId.1"), call.text("DiskId.2")];
        let instance = call.has("InstanceId").then(|| call.text("InstanceId"));
        let is_of_it = |id: &String| match &instance {
            Some(instance) => self.disks[id].instance.as_ref() == Some(instance) && *id != call.text("ExcludeDiskId.1"),
            None => named.contains(id),
        };
        let disks: Vec<String> = self.disks.keys().filter(|id| is_of_it(id)).cloned().collect();
        assert!(!disks.is_empty() && disks.len() == snapshots.len(), "a snapshot of each disk: {disks:?}");
        let first = self.disks[&disks[0]].instance.clone();
        let is_shared = disks.iter().all(|id| self.disks[id].instance == first);
        for (disk, snapshot) in disks.iter().zip(snapshots) {
            assert!(!OLD.contains(&disk.as_str()), "{disk} is of an old kind");
            let mut made = self.made_of(disk, call);
            (made.name, made.description) = (String::new(), String::new());
            let created_from = made.instance.clone().map(|id| ("acs:ecs:createFrom".to_owned(), id));
            made.tags = created_from.into_iter().collect();
            assert!(self.snapshots.insert(snapshot.clone(), made).is_none(), "an id is given once");
        }
        SnapshotGroup {
            name: call.text("Name"),
            description: call.text("Description"),
            instance: first.filter(|_| is_shared),
            snapshots: snapshots.to_vec(),
            group: String::new(),
            tags: call.tags(),
        }
    }

    /// The instance that a group is of: its own, or the one that its snapshots share now.
    fn instance_of(&self, group: &SnapshotGroup) -> Option<String> {
        let mut instances = self.members(group).map(|(_, snapshot)| match self.disks.get(&snapshot.disk) {
            Some(disk) => disk.instance.clone(),
            None => snapshot.instance.clone(),
        });
        let first = instances.next().flatten();
        let is_shared = instances.all(|other| other == first);
        group.instance.clone().or_else(|| first.filter(|_| is_shared))
    }
}

fn tags(resource: &Value) -> Tags {
    let tags = resource["Tags"]["Tag"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    tags.iter().map(|tag| (text(&tag["Key"]), text(&tag["Value"]))).collect()
}

impl Life {
    /// The snapshots of a new group, in the order of their disks.
    pub async fn members(&self, answer: &Value) -> Vec<String> {
        let id = answer["SnapshotGroupId"].as_str().unwrap();
        let query = format!("DescribeSnapshotGroups&RegionId=cn-hangzhou&SnapshotGroupId.1={id}");
        let groups = self.ask(&query).await;
        let mut members =
            groups["SnapshotGroups"]["SnapshotGroup"][0]["Snapshots"]["Snapshot"].as_array().unwrap().clone();
        members.sort_by_key(|member| member["SourceDiskId"].as_str().unwrap().to_owned());
        members.iter().map(|member| member["SnapshotId"].as_str().unwrap().to_owned()).collect()
    }

    pub async fn compare_groups(&self) {
        let seen = self.ask("DescribeSnapshotGroups&RegionId=cn-hangzhou&MaxResults=100").await;
        let shown = by_id(&seen["SnapshotGroups"]["SnapshotGroup"], "SnapshotGroupId");
        let ids: Vec<&String> = self.model.visible_groups().map(|(id, _)| id).collect();
        assert_eq!(shown.keys().collect::<Vec<_>>(), ids);
        for (id, group) in self.model.visible_groups() {
            let shown = &shown[id];
            let statuses: Vec<&str> =
                self.model.members(group).map(|(_, snapshot)| snapshot.status(self.model.now)).collect();
            let worst = ["failed", "progressing", "accomplished"].into_iter().find(|status| statuses.contains(status));
            let instance = self.model.instance_of(group).unwrap_or_default();
            let expected = json!([worst, group.name, group.description, instance, group.group]);
            let fields = ["Status", "Name", "Description", "InstanceId", "ResourceGroupId"];
            let fields: Vec<Value> = fields.iter().map(|field| said(shown, field)).collect();
            assert_eq!(Value::from(fields), expected, "{id}");
            assert_eq!(tags(shown), group.tags, "{id}");
            let members = shown["Snapshots"]["Snapshot"].as_array().unwrap();
            assert_eq!(members.len(), self.model.members(group).count(), "{id}");
            for ((id, snapshot), shown) in self.model.members(group).zip(members) {
                let fields = json!([shown["SnapshotId"], shown["SourceDiskId"]]);
                assert_eq!(fields, json!([id, snapshot.disk]), "by id");
                assert_eq!(tags(shown), snapshot.tags, "{id}");
            }
        }
    }
}
