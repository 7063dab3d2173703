mod attach_disk;
mod create_disk;
mod delete_disk;
mod describe_disks;
mod detach_disk;
mod life;
mod modify_disk_attribute;
mod modify_disk_charge_type;
mod modify_disk_spec;
mod re_init_disk;
mod reset_disk;
mod resize_disk;

use serde_json::Value;

use crate::support::TestApp;

/// The reply to `DescribeDisks` in a region with these further parameters, the same in both formats.
async fn described_in(app: &TestApp, region_id: &str, query: &str) -> Value {
    app.ask(&format!("DescribeDisks&RegionId={region_id}&{query}")).await
}

async fn described(app: &TestApp, query: &str) -> Value {
    described_in(app, "cn-hangzhou", query).await
}

/// The ids of all disks of cn-hangzhou that match, in order.
async fn ids(app: &TestApp, query: &str) -> Vec<String> {
    let reply = described(app, &format!("{query}&MaxResults=500")).await;
    let disks = reply["Disks"]["Disk"].as_array().unwrap();
    assert_eq!(reply["TotalCount"], disks.len(), "{query}: all on one page");
    disks.iter().map(|disk| disk["DiskId"].as_str().unwrap().to_owned()).collect()
}

/// A disk of cn-hangzhou as DescribeDisks shows it.
async fn shown(app: &TestApp, id: &str) -> Value {
    let mut reply = described(app, &format!("DiskIds=%5B%22{id}%22%5D")).await;
    assert_eq!(reply["TotalCount"], 1, "{id}");
    reply["Disks"]["Disk"][0].take()
}

/// A disk as the control plane has it.
async fn disk(app: &TestApp, id: &str) -> Value {
    app.entry(&format!("disks/{id}")).await
}

/// An instance as the control plane has it.
async fn instance(app: &TestApp, id: &str) -> Value {
    app.entry(&format!("instances/{id}")).await
}
