//! What it costs to explain a list of a million snapshots: with conditions that an index helps with, and with such that none does.
//!
//! `cargo bench --bench explain` takes about two minutes.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::time::Instant;

use serde_json::json;
use support::{Client, Server, fill};

const SIZE: i64 = 1_000_000;
const PATH: &str = "/_mock/v1/sandboxes/default/explain";

/// What is asked for, beside RegionId.
const REQUESTS: [(&str, &str); 13] = [
    ("the region alone", ""),
    ("a disk and a name", "&DiskId=d-0&SnapshotName=n-0"),
    ("a tag that many have, and one that few have", "&Tag.1.Key=env&Tag.1.Value=e1&Tag.2.Key=ticket&Tag.2.Value=40"),
    ("a status", "&Status=failed"),
    ("a category that none has", "&Category=archive"),
    ("five without an index", "&Status=failed&Category=archive&Usage=image&SnapshotType=auto&Encrypted=true"),
    ("five that all meet", "&Status=accomplished&Category=standard&Usage=none&SnapshotType=user&SourceDiskType=data"),
    (
        "ten",
        "&Status=failed&Category=archive&Usage=image&SnapshotType=auto&Encrypted=true&DiskId=d-0&SnapshotName=n-4\
        &InstanceId=i-0&Tag.1.Key=env&Tag.1.Value=e1&SourceDiskType=system",
    ),
    (
        "eleven, of which some have an index that none or too many are in",
        "&KMSKeyId=k-1&ResourceGroupId=rg-1&Encrypted=true&Category=standard&SnapshotType=user&SourceDiskType=data\
        &Status=accomplished&Usage=none&Tag.1.Key=env&Tag.1.Value=e1&Tag.2.Key=shard&Tag.2.Value=1&Tag.3.Key=ticket",
    ),
    (
        "eight, three of them tags that many have",
        "&Tag.1.Key=shard&Tag.1.Value=1&Tag.2.Key=env&Tag.2.Value=e1&Tag.3.Key=ticket&Category=standard\
        &SnapshotType=user&SourceDiskType=data&Status=accomplished&Usage=none",
    ),
    (
        "the same, with the tags at the end",
        "&Category=standard&SnapshotType=user&SourceDiskType=data&Status=accomplished&Usage=none&Tag.1.Key=ticket\
        &Tag.2.Key=shard&Tag.2.Value=1&Tag.3.Key=env&Tag.3.Value=e1",
    ),
    (
        "three keys of tags that all have, and a status",
        "&Tag.1.Key=env&Tag.2.Key=shard&Tag.3.Key=ticket&Status=accomplished",
    ),
    (
        "three keys of tags that all have, and a rare status",
        "&Tag.1.Key=env&Tag.2.Key=shard&Tag.3.Key=ticket&Status=failed",
    ),
];

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("explain.db");
    fill(&database, SIZE);
    let server = Server::start(&database);
    let mut client = Client::new(server.address);
    println!("| beside the region, of {SIZE} snapshots | region first, ms (of CPU) | region last, ms (of CPU) |");
    println!("|---|---|---|");
    for (what, query) in REQUESTS {
        let first = format!("RegionId=cn-hangzhou{query}");
        let last = format!("{}&RegionId=cn-hangzhou", query.trim_start_matches('&'));
        println!("| {what} | {} | {} |", best(&server, &mut client, &first), best(&server, &mut client, &last));
    }
}

/// Of five explanations with the oldest snapshot of the region, which is on the last page: the shortest time, and that of the
/// processors.
fn best(server: &Server, client: &mut Client, query: &str) -> String {
    let asked = json!({"Action": "DescribeSnapshots", "Url": query, "Id": "s-00000000"}).to_string();
    let times = (0..5).map(|_| {
        let (started, cpu) = (Instant::now(), server.cpu());
        assert_eq!(client.send("POST", PATH, &asked), 200);
        (started.elapsed().as_secs_f64() * 1_000.0, (server.cpu() - cpu) * 1_000.0)
    });
    let (time, cpu) =
        times.fold((f64::MAX, f64::MAX), |(time, cpu), (other, of_other)| (time.min(other), cpu.min(of_other)));
    format!("{time:.0} ({cpu:.0})")
}
