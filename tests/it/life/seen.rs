//! What the API shows, compared with the model.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::Life;
use super::model::{Ready, Snapshot, Tags};

const GIB: i64 = 1 << 30;

const REGIONS: [&str; 2] = ["cn-hangzhou", "cn-beijing"];

fn tags(resource: &Value) -> Tags {
    let tags = resource["Tags"]["Tag"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    tags.iter().map(|tag| (text(&tag["TagKey"]), text(&tag["TagValue"]))).collect()
}

/// A field that may be left out: then it is empty.
pub fn said(resource: &Value, field: &str) -> Value {
    match &resource[field] {
        Value::Null => json!(""),
        value => value.clone(),
    }
}

pub fn by_id(list: &Value, id: &str) -> BTreeMap<String, Value> {
    let list = list.as_array().unwrap();
    list.iter().map(|item| (item[id].as_str().unwrap().to_owned(), item.clone())).collect()
}

impl Life {
    /// Panics unless everything that can be described is as the model says.
    pub async fn compare(&self) {
        for region in REGIONS {
            let snapshots = self.ask(&format!("DescribeSnapshots&RegionId={region}&PageSize=100")).await;
            self.compare_snapshots(region, &snapshots);
            self.compare_links(region, &snapshots).await;
        }
        self.compare_disks().await;
        self.compare_policies().await;
        self.compare_images().await;
        self.compare_groups().await;
        self.compare_tags().await;
    }

    fn compare_snapshots(&self, region: &str, seen: &Value) {
        let of_region = || self.model.visible().filter(|(_, snapshot)| snapshot.region == region);
        assert_eq!(seen["TotalCount"], of_region().count(), "{region}: {seen}");
        let shown = by_id(&seen["Snapshots"]["Snapshot"], "SnapshotId");
        let ids: Vec<&String> = of_region().map(|(id, _)| id).collect();
        assert_eq!(shown.keys().collect::<Vec<_>>(), ids, "{region}");
        for (id, snapshot) in of_region() {
            let shown = &shown[id];
            let retention = snapshot.retention.map_or(Value::Null, Value::from);
            let expected = json!([
                snapshot.status(self.model.now),
                self.usage(id),
                snapshot.name,
                snapshot.description,
                snapshot.disk,
                snapshot.size,
                if snapshot.is_system { "system" } else { "data" },
                snapshot.category,
                snapshot.group,
            ]);
            let fields = [
                "Status",
                "Usage",
                "SnapshotName",
                "Description",
                "SourceDiskId",
                "SourceDiskSize",
                "SourceDiskType",
                "Category",
                "ResourceGroupId",
            ];
            let fields: Vec<Value> = fields.iter().map(|field| said(shown, field)).collect();
            assert_eq!(Value::from(fields), expected, "{id}");
            assert_eq!((shown["RetentionDays"].clone(), tags(shown)), (retention, snapshot.tags.clone()), "{id}");
            assert_eq!(shown["SourceSnapshotId"].as_str().map(str::to_owned), snapshot.source, "{id}");
            self.compare_progress(snapshot, shown);
        }
    }

    fn usage(&self, id: &str) -> &'static str {
        match (self.model.is_used_by_image(id), self.model.is_used_by_disk(id)) {
            (true, true) => "image_disk",
            (true, false) => "image",
            (false, true) => "disk",
            (false, false) => "none",
        }
    }

    fn compare_progress(&self, snapshot: &Snapshot, shown: &Value) {
        let now = self.model.now;
        let progress = match snapshot.ready {
            Ready::At(ready) if now < ready => Some(100 * (now - snapshot.created) / (ready - snapshot.created)),
            Ready::At(_) if !snapshot.fails => Some(100),
            _ => None,
        };
        if let Some(percent) = progress {
            assert_eq!(shown["Progress"], format!("{percent}%"));
        }
        let remaining = match snapshot.ready {
            Ready::At(ready) if now < ready => json!(ready - now),
            _ => Value::Null,
        };
        if snapshot.ready != Ready::Never {
            assert_eq!(shown["RemainTime"], remaining);
        }
    }

    /// The chains of the snapshots that are shown, and their sums.
    async fn compare_links(&self, region: &str, snapshots: &Value) {
        let mut chains = BTreeMap::<String, (i64, i64)>::new();
        let mut all = (0, 0);
        for shown in snapshots["Snapshots"]["Snapshot"].as_array().unwrap() {
            let size = shown["SourceDiskSize"].as_i64().unwrap() * GIB;
            let bytes = if shown["Status"] == "failed" { 0 } else { size };
            let chain = chains.entry(shown["SnapshotLinkId"].as_str().unwrap().to_owned()).or_default();
            *chain = (chain.0 + 1, chain.1 + bytes);
            all = (all.0 + 1, all.1 + bytes);
        }
        let links = self.ask(&format!("DescribeSnapshotLinks&RegionId={region}&PageSize=100")).await;
        let shown: BTreeMap<String, (i64, i64)> = by_id(&links["SnapshotLinks"]["SnapshotLink"], "SnapshotLinkId")
            .into_iter()
            .map(|(id, link)| (id, (link["TotalCount"].as_i64().unwrap(), link["TotalSize"].as_i64().unwrap())))
            .collect();
        assert_eq!(links["TotalCount"], chains.len());
        assert_eq!(shown, chains, "{region}");
        let usage = self.ask(&format!("DescribeSnapshotsUsage&RegionId={region}")).await;
        assert_eq!(json!([usage["SnapshotCount"], usage["SnapshotSize"]]), json!([all.0, all.1]), "{region}");
    }

    async fn compare_disks(&self) {
        let seen = self.ask("DescribeDisks&RegionId=cn-hangzhou&PageSize=100").await;
        assert_eq!(seen["TotalCount"], self.model.disks.len());
        let shown = by_id(&seen["Disks"]["Disk"], "DiskId");
        assert!(shown.keys().eq(self.model.disks.keys()), "{:?}", shown.keys());
        for (id, disk) in &self.model.disks {
            let shown = &shown[id];
            let status = if disk.instance.is_some() { "In_use" } else { "Available" };
            let policies = self.model.policies_of(id);
            assert_eq!(shown["EnableAutomatedSnapshotPolicy"], !policies.is_empty(), "{id}");
            let policy = policies.first();
            let expected = json!([status, disk.size, disk.instance, disk.source, disk.name, disk.group, policy]);
            let fields = [
                "Status",
                "Size",
                "InstanceId",
                "SourceSnapshotId",
                "DiskName",
                "ResourceGroupId",
                "AutoSnapshotPolicyId",
            ];
            let fields: Vec<Value> = fields.iter().map(|field| said(shown, field)).collect();
            let expected: Vec<Value> = expected
                .as_array()
                .unwrap()
                .iter()
                .map(|value| if value.is_null() { json!("") } else { value.clone() })
                .collect();
            assert_eq!(fields, expected, "{id}");
            assert_eq!(tags(shown), disk.tags, "{id}");
        }
    }

    async fn compare_policies(&self) {
        let seen = self.ask("DescribeAutoSnapshotPolicyEx&RegionId=cn-hangzhou&PageSize=100").await;
        let shown = by_id(&seen["AutoSnapshotPolicies"]["AutoSnapshotPolicy"], "AutoSnapshotPolicyId");
        assert!(shown.keys().eq(self.model.policies.keys()), "{:?}", shown.keys());
        let associated = async |query: &str, field: &str| {
            let query = format!("DescribeAutoSnapshotPolicyAssociations&RegionId=cn-hangzhou&MaxResults=100&{query}");
            let reply = self.ask(&query).await;
            let pairs = reply["AutoSnapshotPolicyAssociations"]["AutoSnapshotPolicyAssociation"].as_array().unwrap();
            pairs.iter().map(|pair| pair[field].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        for (id, policy) in &self.model.policies {
            let shown = &shown[id];
            let fields = ["AutoSnapshotPolicyName", "RetentionDays", "ResourceGroupId", "DiskNums"];
            let fields: Vec<Value> = fields.iter().map(|field| shown[field].clone()).collect();
            let expected = json!([policy.name, policy.retention, policy.group, policy.disks.len()]);
            assert_eq!((json!(fields), tags(shown)), (expected, policy.tags.clone()), "{id}");
        }
        // Of one policy and of one disk, so that it does not take too long.
        if let Some((id, policy)) = self.model.policies.iter().max_by_key(|(_, policy)| policy.disks.len()) {
            let disks = associated(&format!("AutoSnapshotPolicyId={id}"), "DiskId").await;
            assert!(disks.iter().eq(policy.disks.keys()), "{id}: {disks:?}");
        }
        if let Some(disk) = self.model.disks.keys().find(|disk| self.model.policies_of(disk).len() > 1) {
            let policies = associated(&format!("DiskId={disk}"), "AutoSnapshotPolicyId").await;
            assert!(policies.iter().eq(self.model.policies_of(disk)), "{disk}: {policies:?}");
        }
    }

    async fn compare_images(&self) {
        let seen = self.ask("DescribeImages&RegionId=cn-hangzhou&Status=ALL&ImageOwnerAlias=self&PageSize=100").await;
        assert_eq!(seen["TotalCount"], self.model.images.len());
        let shown = by_id(&seen["Images"]["Image"], "ImageId");
        assert!(shown.keys().eq(self.model.images.keys()), "{:?}", shown.keys());
        for (id, image) in &self.model.images {
            let shown = &shown[id];
            let is_ready = matches!(image.ready, Ready::At(ready) if ready <= self.model.now);
            let status = if is_ready { "Available" } else { "Creating" };
            let mappings = shown["DiskDeviceMappings"]["DiskDeviceMapping"].as_array().unwrap();
            let mappings: Vec<&str> = mappings.iter().map(|mapping| mapping["SnapshotId"].as_str().unwrap()).collect();
            assert_eq!(mappings, image.snapshots, "{id}");
            let expected = json!([status, image.name, image.group]);
            assert_eq!(json!([shown["Status"], shown["ImageName"], said(shown, "ResourceGroupId")]), expected, "{id}");
            assert_eq!(tags(shown), image.tags, "{id}");
        }
    }

    /// The tags of each kind, as the list of tags has them.
    async fn compare_tags(&self) {
        type Listed = BTreeSet<(String, String, String)>;
        let list = |id: &String, tags: &Tags| {
            let id = id.clone();
            tags.iter().map(|(key, value)| (id.clone(), key.clone(), value.clone())).collect::<Vec<_>>()
        };
        let model = &self.model;
        let of_hangzhou = model.visible().filter(|(_, snapshot)| snapshot.region == "cn-hangzhou");
        let snapshots: Listed = of_hangzhou.flat_map(|(id, snapshot)| list(id, &snapshot.tags)).collect();
        let disks: Listed = model.disks.iter().flat_map(|(id, disk)| list(id, &disk.tags)).collect();
        let images: Listed = model.images.iter().flat_map(|(id, image)| list(id, &image.tags)).collect();
        let groups: Listed = model.visible_groups().flat_map(|(id, group)| list(id, &group.tags)).collect();
        let policies: Listed = model.policies.iter().flat_map(|(id, policy)| list(id, &policy.tags)).collect();
        let of_kinds = [
            ("snapshot", snapshots),
            ("disk", disks),
            ("image", images),
            ("snapshotgroup", groups),
            ("snapshotpolicy", policies),
        ];
        for (kind, expected) in of_kinds {
            let mut seen = Listed::new();
            for key in ["env", "team", "k", "acs:ecs:createFrom"] {
                let mut token = String::new();
                loop {
                    let query = format!("ListTagResources&RegionId=cn-hangzhou&ResourceType={kind}&Tag.1.Key={key}");
                    let page = self.ask(&format!("{query}&NextToken={token}")).await;
                    for tag in page["TagResources"]["TagResource"].as_array().unwrap() {
                        let text = |field: &str| tag[field].as_str().unwrap().to_owned();
                        seen.insert((text("ResourceId"), text("TagKey"), text("TagValue")));
                    }
                    page["NextToken"].as_str().unwrap_or_default().clone_into(&mut token);
                    if token.is_empty() {
                        break;
                    }
                }
            }
            assert_eq!(seen, expected, "{kind}");
        }
    }
}
