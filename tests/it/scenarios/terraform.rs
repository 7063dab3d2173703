//! Terraform's provider alicloud 1.289: a disk, its attachment, a snapshot, an image and a second disk, from `apply` over a change
//! of every variable to `destroy`, as recorded on the wire. Where the recorded life would be refused by the documented rules, it
//! waits and chooses as a user must: the snapshot comes after the attachment, the disk grows before it gets a higher performance
//! level, and the image is made of a system disk's snapshot.

use serde_json::{Value, json};

use super::{Manner, Program, text};

const REGION: (&str, &str) = ("RegionId", "cn-hangzhou");

const DOCUMENT: &str = "
RegionId: cn-hangzhou
Instances: [{InstanceId: i-instanceid1, ZoneId: cn-hangzhou-g}]
Disks: [{DiskId: d-system, Category: cloud_essd, Type: system, Size: 40, InstanceId: i-instanceid1, Device: /dev/xvda}]
Snapshots: [{SnapshotId: s-system, SourceDiskId: d-system, SourceDiskType: system, SourceDiskSize: 40}]
";

fn ids(id: &str) -> String {
    format!("[\"{id}\"]")
}

/// What the provider reads of a disk, whose types it does not check.
async fn read_disk(terraform: &Program, id: &str) -> Value {
    let disk = terraform.disk(&[("DiskIds", &ids(id)), REGION]).await;
    for (field, is_right) in [
        ("DeleteAutoSnapshot", disk["DeleteAutoSnapshot"].is_boolean()),
        ("DeleteWithInstance", disk["DeleteWithInstance"].is_boolean()),
        ("EnableAutoSnapshot", disk["EnableAutoSnapshot"].is_boolean()),
        ("Encrypted", disk["Encrypted"].is_boolean()),
        ("DiskChargeType", disk["DiskChargeType"] == "PostPaid"),
        ("OperationLocks", disk["OperationLocks"].is_object()),
        ("Status", disk["Status"].is_string()),
        ("Size", disk["Size"].is_number()),
    ] {
        assert!(is_right, "{field} of {disk}");
    }
    disk
}

/// What the provider reads of an image.
async fn read_image(terraform: &Program, id: &str) -> Value {
    let query = [("ImageId", id), REGION, ("Status", "ALL")];
    super::only(terraform.call_with("DescribeImages", &query, &[]).await["Images"]["Image"].take())
}

fn tags(resource: &Value) -> Value {
    let mut tags: Vec<Value> = resource["Tags"]["Tag"].as_array().unwrap().clone();
    tags.sort_by_key(|tag| tag["TagKey"].to_string());
    tags.iter().map(|tag| json!([tag["TagKey"], tag["TagValue"]])).collect()
}

#[actix_web::test]
async fn apply_plan_change_and_destroy() {
    let mut terraform = Program::over(DOCUMENT, Manner::Form).await;

    // Apply: the disk.
    let made = terraform
        .call(
            "CreateDisk",
            &[
                ("ClientToken", "TF-CreateDisk-1795533346-c6ffc37e-2c35-4a05-94ca-926de9debce6"),
                ("Description", "by terraform one"),
                ("DiskCategory", "cloud_essd"),
                ("DiskName", "tf-disk-one"),
                ("PerformanceLevel", "PL1"),
                REGION,
                ("Size", "60"),
                ("Tag.1.Key", "gone"),
                ("Tag.1.Value", "x"),
                ("Tag.2.Key", "env"),
                ("Tag.2.Value", "one"),
                ("ZoneId", "cn-hangzhou-g"),
            ],
        )
        .await;
    let disk_id = text(&made, "DiskId");
    let disk = disk_id.as_str();
    terraform.wait(10);
    assert_eq!(read_disk(&terraform, disk).await["Status"], "Available");
    terraform.call("ModifyDiskAttribute", &[("DeleteAutoSnapshot", "true"), ("DiskId", disk), REGION]).await;
    let attached =
        [("Bootable", "false"), ("DeleteWithInstance", "false"), ("DiskId", disk), ("InstanceId", "i-instanceid1")];
    terraform.call("AttachDisk", &attached).await;
    let read = read_disk(&terraform, disk).await;
    assert_eq!(json!([read["Status"], read["InstanceId"]]), json!(["In_use", "i-instanceid1"]));
    assert!(read["Device"].as_str().unwrap().starts_with("/dev/xvd"), "{read}");

    // The snapshot, which is waited for.
    let made = terraform
        .call(
            "CreateSnapshot",
            &[
                ("ClientToken", "TF-CreateSnapshot-1795533359-4ab2c36f-edd7-4f48-be4c-c05486848f9"),
                ("Description", "by terraform one"),
                ("DiskId", disk),
                ("RetentionDays", "20"),
                ("SnapshotName", "tf-snap-one"),
                ("Tag.1.Key", "env"),
                ("Tag.1.Value", "one"),
                ("Tag.2.Key", "gone"),
                ("Tag.2.Value", "x"),
            ],
        )
        .await;
    let snapshot_id = text(&made, "SnapshotId");
    let snapshot = snapshot_id.as_str();
    terraform.wait(5);
    assert_eq!(terraform.snapshot(snapshot).await["Status"], "accomplished");

    // A disk and an image of it.
    let made = terraform
        .call(
            "CreateDisk",
            &[
                ("ClientToken", "TF-CreateDisk-1795533367-585e4f6e-e73c-47cd-a608-be6e2f6a5253"),
                ("DiskCategory", "cloud_essd"),
                ("DiskName", "tf-restored"),
                REGION,
                ("SnapshotId", snapshot),
                ("ZoneId", "cn-hangzhou-g"),
            ],
        )
        .await;
    let restored_id = text(&made, "DiskId");
    let restored = restored_id.as_str();
    let made = terraform
        .call(
            "CreateImage",
            &[
                ("Architecture", "x86_64"),
                ("ClientToken", "TF-CreateImage-1795533367-192c5bb7-94ed-4bd5-97d5-661d023ec17f"),
                ("Description", "by terraform one"),
                ("ImageName", "tf-image-one"),
                REGION,
                ("SnapshotId", "s-system"),
                ("Tag.1.Key", "env"),
                ("Tag.1.Value", "one"),
            ],
        )
        .await;
    let image_id = text(&made, "ImageId");
    let image = image_id.as_str();
    terraform.wait(10);

    // Plan: everything is as it was asked for.
    let read = read_disk(&terraform, disk).await;
    assert_eq!(
        json!([
            read["DiskName"],
            read["Description"],
            read["Category"],
            read["PerformanceLevel"],
            read["Size"],
            read["ZoneId"]
        ]),
        json!(["tf-disk-one", "by terraform one", "cloud_essd", "PL1", 60, "cn-hangzhou-g"]),
    );
    assert_eq!(tags(&read), json!([["env", "one"], ["gone", "x"]]));
    let read = read_disk(&terraform, restored).await;
    assert_eq!(json!([read["Status"], read["SourceSnapshotId"], read["Size"]]), json!(["Available", snapshot, 60]));
    let read = terraform.snapshot(snapshot).await;
    assert_eq!(
        json!([
            read["SnapshotName"],
            read["Description"],
            read["RetentionDays"],
            read["SourceDiskId"],
            read["Category"]
        ]),
        json!(["tf-snap-one", "by terraform one", 20, disk, "standard"]),
    );
    assert_eq!(json!([read["Usage"], tags(&read)]), json!(["disk", [["env", "one"], ["gone", "x"]]]));
    let read = read_image(&terraform, image).await;
    assert_eq!(
        json!([
            read["Usable"],
            read["Status"],
            read["ImageName"],
            read["Description"],
            read["Architecture"],
            tags(&read)
        ]),
        json!([true, "Available", "tf-image-one", "by terraform one", "x86_64", [["env", "one"]]]),
    );
    assert_eq!(read["DiskDeviceMappings"]["DiskDeviceMapping"][0]["SnapshotId"], "s-system");

    // Apply with every variable changed: the disk.
    let described = [("Description", "by terraform two"), ("DiskId", disk), ("DiskName", "tf-disk-two"), REGION];
    terraform.call("ModifyDiskAttribute", &described).await;
    let token = "TF-ResizeDisk-1795533398-a654f165-6234-4bb0-bb9e-d8a2a925bb3b";
    terraform.call("ResizeDisk", &[("ClientToken", token), ("DiskId", disk), ("NewSize", "500")]).await;
    terraform.call("ModifyDiskSpec", &[("DiskId", disk), ("PerformanceLevel", "PL2")]).await;
    terraform.wait(10);
    retag(&terraform, "disk", disk, &["env", "gone"]).await;
    let read = read_disk(&terraform, disk).await;
    assert_eq!(
        json!([
            read["Status"],
            read["DiskName"],
            read["Description"],
            read["Size"],
            read["PerformanceLevel"],
            tags(&read)
        ]),
        json!(["In_use", "tf-disk-two", "by terraform two", 500, "PL2", [["env", "two"], ["new", "y"]]]),
    );

    // The snapshot.
    let modified = [
        ("Description", "by terraform two"),
        ("RetentionDays", "30"),
        ("SnapshotId", snapshot),
        ("SnapshotName", "tf-snap-two"),
    ];
    terraform.call("ModifySnapshotAttribute", &modified).await;
    terraform.wait(5);
    let joined = [REGION, ("ResourceGroupId", "rg-1"), ("ResourceId", snapshot), ("ResourceType", "snapshot")];
    terraform.call("JoinResourceGroup", &joined).await;
    retag(&terraform, "snapshot", snapshot, &["gone", "env"]).await;
    let read = terraform.snapshot(snapshot).await;
    assert_eq!(
        json!([read["SnapshotName"], read["Description"], read["RetentionDays"], read["ResourceGroupId"], tags(&read)]),
        json!(["tf-snap-two", "by terraform two", 30, "rg-1", [["env", "two"], ["new", "y"]]]),
    );

    // The image, part of which goes in the query.
    let modified = [
        ("Description", "by terraform two"),
        ("Features.NvmeSupport", "unsupported"),
        ("ImageName", "tf-image-two"),
        REGION,
    ];
    terraform.call_with("ModifyImageAttribute", &[("ImageId", image)], &modified).await;
    retag(&terraform, "image", image, &["env"]).await;
    let read = read_image(&terraform, image).await;
    assert_eq!(
        json!([read["ImageName"], read["Description"], read["Features"]["NvmeSupport"], tags(&read)]),
        json!(["tf-image-two", "by terraform two", "unsupported", [["env", "two"], ["new", "y"]]]),
    );

    // Destroy.
    let all = [("ImageId", image), REGION, ("Status", "Creating,Waiting,Available,UnAvailable,CreateFailed")];
    assert_eq!(terraform.call_with("DescribeImages", &all, &[]).await["TotalCount"], 1);
    terraform.call("DeleteDisk", &[("DiskId", restored)]).await;
    terraform.call_with("DeleteImage", &[("ImageId", image)], &[("Force", "false"), REGION]).await;
    let gone = [("ImageId", image), REGION, ("Status", "ALL")];
    assert_eq!(terraform.call_with("DescribeImages", &gone, &[]).await["TotalCount"], 0);
    terraform.call("DeleteSnapshot", &[("Force", "true"), ("SnapshotId", snapshot)]).await;
    let detached = [("DeleteWithInstance", "false"), ("DiskId", disk), ("InstanceId", "i-instanceid1")];
    terraform.call("DetachDisk", &detached).await;
    assert_eq!(read_disk(&terraform, disk).await["Status"], "Available");
    terraform.call("DeleteDisk", &[("DiskId", disk)]).await;
    let left = terraform.call("DescribeDisks", &[("DiskIds", &ids(disk)), REGION]).await;
    assert_eq!(left["TotalCount"], 0);
}

/// Takes the tags of the first variables away, and gives those of the second.
async fn retag(terraform: &Program, kind: &str, id: &str, gone: &[&str]) {
    let names: Vec<String> = (1..=gone.len()).map(|n| format!("TagKey.{n}")).collect();
    let mut parameters = vec![REGION, ("ResourceId.1", id), ("ResourceType", kind)];
    parameters.extend(names.iter().zip(gone).map(|(name, key)| (name.as_str(), *key)));
    terraform.call("UntagResources", &parameters).await;
    let tags = [("Tag.1.Key", "env"), ("Tag.1.Value", "two"), ("Tag.2.Key", "new"), ("Tag.2.Value", "y")];
    let mut parameters = vec![REGION, ("ResourceId.1", id), ("ResourceType", kind)];
    parameters.extend(tags);
    terraform.call("TagResources", &parameters).await;
}

/// The groups that the provider reads to find its own by the id.
async fn read_group(terraform: &Program, id: &str) -> Option<Value> {
    let page = terraform.call("DescribeSnapshotGroups", &[("MaxResults", "50"), REGION]).await;
    let groups = page["SnapshotGroups"]["SnapshotGroup"].as_array().unwrap().clone();
    groups.into_iter().find(|group| group["SnapshotGroupId"] == id)
}

#[actix_web::test]
async fn a_group_of_snapshots_from_apply_to_destroy() {
    let mut terraform = Program::over(DOCUMENT, Manner::Form).await;
    let made = terraform
        .call(
            "CreateSnapshotGroup",
            &[
                ("Description", "by terraform one"),
                ("DiskId.1", "d-system"),
                ("InstanceId", "i-instanceid1"),
                ("InstantAccess", "true"),
                ("InstantAccessRetentionDays", "3"),
                ("Name", "tf-group-one"),
                REGION,
                ("Tag.1.Key", "env"),
                ("Tag.1.Value", "one"),
            ],
        )
        .await;
    let id = text(&made, "SnapshotGroupId");
    terraform.wait(5);
    let expected = |name: &str, description: &str, tags: Value| json!(["accomplished", name, description, "i-instanceid1", {"Tag": tags}]);
    let read = async |terraform: &Program| {
        let group = read_group(terraform, &id).await.unwrap();
        json!([group["Status"], group["Name"], group["Description"], group["InstanceId"], group["Tags"]])
    };
    let tags = json!([{"Key": "env", "Value": "one"}]);
    assert_eq!(read(&terraform).await, expected("tf-group-one", "by terraform one", tags));
    let own = [("SnapshotGroupId", id.as_str()), REGION];
    let change = [&own[..], &[("Description", "by terraform two"), ("Name", "tf-group-two")]].concat();
    terraform.call("ModifySnapshotGroup", &change).await;
    retag(&terraform, "snapshotgroup", &id, &["env"]).await;
    let tags = json!([{"Key": "env", "Value": "two"}, {"Key": "new", "Value": "y"}]);
    assert_eq!(read(&terraform).await, expected("tf-group-two", "by terraform two", tags));
    terraform.call("DeleteSnapshotGroup", &own).await;
    assert_eq!(read_group(&terraform, &id).await, None, "which the provider takes for gone");
    assert_eq!(terraform.refused("DeleteSnapshotGroup", &own).await.code, "InvalidSnapshotGroup.NotFound");
    assert_eq!(terraform.app.ids("").await, ["s-system"]);
}

#[actix_web::test]
async fn what_is_gone_is_gone_for_the_provider_too() {
    let terraform = Program::over(DOCUMENT, Manner::Form).await;
    // On delete it takes any 404 for done, on detach these codes.
    assert_eq!(terraform.refused("DeleteSnapshot", &[("SnapshotId", "s-gone")]).await.status, 404);
    assert_eq!(terraform.refused("DeleteDisk", &[("DiskId", "d-gone")]).await.code, "InvalidDiskId.NotFound");
    let detach = |disk| [("DeleteWithInstance", "false"), ("DiskId", disk), ("InstanceId", "i-instanceid1")];
    assert_eq!(terraform.refused("DetachDisk", &detach("d-gone")).await.code, "InvalidDiskId.NotFound");
    let made = [("DiskCategory", "cloud_essd"), REGION, ("Size", "20"), ("ZoneId", "cn-hangzhou-g")];
    let disk = text(&terraform.call("CreateDisk", &made).await, "DiskId");
    assert_eq!(terraform.refused("DetachDisk", &detach(&disk)).await.code, "InvalidDisk.AlreadyDetached");
}

#[actix_web::test]
async fn data_sources_read_all_pages() {
    let terraform = Program::over(DOCUMENT, Manner::Form).await;
    let disks = terraform.call("DescribeDisks", &[("PageNumber", "1"), ("PageSize", "100"), REGION]).await;
    assert_eq!(disks["Disks"]["Disk"][0]["DiskId"], "d-system");
    let paging = [("MaxResults", "50"), ("PageNumber", "1"), ("PageSize", "50"), REGION, ("SnapshotType", "all")];
    let snapshots = terraform.call("DescribeSnapshots", &paging).await;
    assert_eq!(snapshots["TotalCount"], 1);
    // Those of the older SDK send everything in the query.
    let older = Program { manner: Manner::Query, ..terraform };
    let paging = [("PageNumber", "1"), ("PageSize", "100"), REGION];
    let images = [&[("ImageOwnerAlias", "self"), ("Status", "Available")], &paging[..]].concat();
    assert_eq!(older.call("DescribeImages", &images).await["TotalCount"], 0);
    assert_eq!(older.call("DescribeInstances", &paging).await["TotalCount"], 1);
    let regions = older.call("DescribeRegions", &[]).await;
    assert!(regions["Regions"]["Region"].as_array().unwrap().iter().any(|region| region["RegionId"] == "cn-hangzhou"));
    let zones = older
        .call(
            "DescribeAvailableResource",
            &[
                ("DestinationResource", "Zone"),
                ("InstanceChargeType", "PostPaid"),
                ("IoOptimized", "optimized"),
                REGION,
                ("SpotStrategy", "NoSpot"),
            ],
        )
        .await;
    let zones = zones["AvailableZones"]["AvailableZone"].as_array().unwrap().clone();
    assert!(zones.iter().any(|zone| zone["ZoneId"] == "cn-hangzhou-g" && zone["Status"] == "Available"), "{zones:?}");
}
