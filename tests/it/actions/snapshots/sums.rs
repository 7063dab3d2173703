//! Chains, usage and monitor data are sums over what DescribeSnapshots shows, whatever there is and whatever time it is.

use std::collections::BTreeMap;

use actix_web::rt::System;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use crate::support::{NOW, TestApp, property};

const CATEGORIES: [&str; 3] = ["standard", "Flash", "archive"];

/// A snapshot that is of one of three chains or of none, and becomes ready, fails or expires around now.
fn entry() -> impl Strategy<Value = Value> {
    let chain = select(vec![json!(null), json!("sl-a"), json!("sl-b"), json!("sl-c")]);
    let bytes = select(vec![json!(null), json!(0), json!(1), json!(5_000_000_000_i64)]);
    let age = 0..200_i64;
    let fate = (0..6_u8, -30..30_i64);
    (chain, bytes, 1..3_i32, select(CATEGORIES.to_vec()), age, fate).prop_map(
        |(chain, bytes, size, category, age, (fate, offset))| {
            let mut entry = json!({
                "SnapshotLinkId": chain,
                "FullSnapshotSizeInBytes": bytes,
                "SourceDiskSize": size,
                "Category": category,
                "CreationTime": NOW.plus(-age).to_string(),
            });
            let moment = json!(NOW.plus(offset).to_string());
            match fate {
                0 => entry["ExpirationTime"] = moment,
                1 => entry["ReadyTime"] = moment,
                2 => (entry["ReadyTime"], entry["Outcome"]) = (moment, json!("failed")),
                3 => entry["Status"] = json!("failed"),
                _ => {}
            }
            entry
        },
    )
}

/// What a snapshot of a reply counts for.
fn bytes(snapshot: &Value) -> i64 {
    let whole = snapshot["SourceDiskSize"].as_i64().unwrap() << 30;
    let bytes = snapshot["FullSnapshotSizeInBytes"].as_i64().unwrap_or(whole);
    if snapshot["Status"] == "failed" { 0 } else { bytes }
}

async fn agree(app: &TestApp) -> Result<(), TestCaseError> {
    let all = app.describe("PageSize=100").await["Snapshots"]["Snapshot"].as_array().unwrap().clone();
    let usage = app.act("DescribeSnapshotsUsage&RegionId=cn-hangzhou").await;
    prop_assert_eq!(usage["SnapshotCount"].as_u64(), u64::try_from(all.len()).ok());
    prop_assert_eq!(usage["SnapshotSize"].as_i64(), Some(all.iter().map(bytes).sum::<i64>()));

    let mut chains = BTreeMap::<&str, (i64, i64)>::new();
    for snapshot in &all {
        if let Some(chain) = snapshot["SnapshotLinkId"].as_str() {
            let sum = chains.entry(chain).or_default();
            *sum = (sum.0 + 1, sum.1 + bytes(snapshot));
        }
    }
    let reply = app.act("DescribeSnapshotLinks&RegionId=cn-hangzhou").await;
    let links = reply["SnapshotLinks"]["SnapshotLink"].as_array().unwrap();
    let said = links.iter().map(|link| {
        let number = |name: &str| link[name].as_i64().unwrap();
        (link["SnapshotLinkId"].as_str().unwrap(), (number("TotalCount"), number("TotalSize")))
    });
    prop_assert_eq!(said.collect::<BTreeMap<_, _>>(), chains);

    let (start, end) = (NOW.plus(-240), NOW.plus(60));
    for category in CATEGORIES {
        let query = format!("StartTime={start}&EndTime={end}&Category={category}");
        let reply = app.act(&format!("DescribeSnapshotMonitorData&RegionId=cn-hangzhou&{query}")).await;
        for point in reply["MonitorData"]["DataPoint"].as_array().unwrap() {
            let time = point["TimeStamp"].as_str().unwrap();
            let by_then = all.iter().filter(|snapshot| {
                snapshot["CreationTime"].as_str().unwrap() <= time && snapshot["Category"] == category
            });
            prop_assert_eq!(point["Size"].as_i64(), Some(by_then.map(bytes).sum::<i64>()), "{} at {}", category, time);
        }
    }
    Ok(())
}

#[test]
fn they_agree_with_the_list_at_any_time() {
    let system = System::new();
    let app = system.block_on(TestApp::empty());
    let outcome = property(12).run(&(vec(entry(), 0..40), vec(-35..35_i64, 3)), |(entries, times)| {
        system.block_on(async {
            app.clock.set(NOW);
            app.arrange("PUT", "/state", json!({ "Snapshots": entries })).await;
            for time in times {
                app.clock.set(NOW.plus(time));
                agree(&app).await?;
            }
            Ok(())
        })
    });
    outcome.unwrap();
}
