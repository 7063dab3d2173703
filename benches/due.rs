//! What it costs that policies make what is due: a jump of five years over fifty disks, a thousand snapshots at once, and how long
//! a writer in another sandbox waits meanwhile.
//!
//! `cargo bench --bench due` takes about a minute.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Instant;

use serde_json::{Value, json};
use support::{Client, Server};

const SANDBOXES: &str = "/_mock/v1/sandboxes";
const START: &str = "2030-01-01T00:00:00Z";

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&folder.path().join("due.db"));
    println!("| a jump | snapshots made | left | ms |");
    println!("|---|---|---|---|");
    let years = |years: i64| years * 365 * 86_400;
    let daily = json!([3]);
    let hourly: Value = (0..24).collect();
    jump(&server, "five years, 50 disks, daily, kept for 7 days", 50, &daily, 7, years(5));
    jump(&server, "five years, 50 disks, daily, kept for ever", 50, &daily, -1, years(5));
    jump(&server, "five years, 50 disks, hourly, kept for 7 days", 50, &hourly, 7, years(5));
    jump(&server, "a day, 1,000 disks, daily", 1_000, &daily, 7, 86_400);
    waits(&server);
}

/// A sandbox with a policy and so many disks, with a clock that stands still.
fn sandbox(address: SocketAddr, name: &str, disks: usize, time_points: &Value, days: i64) -> Client {
    let mut client = Client::new(address);
    let clock = json!({"Mode": "frozen", "Time": START});
    let made = json!({"Name": name, "From": "empty", "Clock": clock, "Settings": {"SnapshotSeconds": 0}});
    assert_eq!(client.send("POST", SANDBOXES, &made.to_string()), 201);
    let ids: Vec<String> = (0..disks).map(|number| format!("d-{number:05}")).collect();
    let disks: Vec<Value> = ids.iter().map(|id| json!({"DiskId": id, "Category": "cloud_essd"})).collect();
    let policy = json!({
        "TimePoints": time_points,
        "RepeatWeekdays": [1, 2, 3, 4, 5, 6, 7],
        "RetentionDays": days,
        "DiskIds": ids,
    });
    let state = json!({"Disks": disks, "AutoSnapshotPolicies": [policy]});
    assert_eq!(client.send("PUT", &format!("{SANDBOXES}/{name}/state"), &state.to_string()), 200);
    client
}

fn advance(client: &mut Client, name: &str, seconds: i64) {
    let advance = json!({"Seconds": seconds}).to_string();
    assert_eq!(client.send("POST", &format!("{SANDBOXES}/{name}/clock/advance"), &advance), 200);
}

fn left(client: &mut Client, name: &str) -> i64 {
    let reply = client.get(&format!("/?Action=DescribeSnapshots&RegionId=cn-hangzhou&Format=JSON&AccessKeyId={name}"));
    serde_json::from_slice::<Value>(&reply).unwrap()["TotalCount"].as_i64().unwrap()
}

fn jump(server: &Server, what: &str, disks: usize, time_points: &Value, days: i64, seconds: i64) {
    let mut times = Vec::new();
    let mut held = 0;
    for turn in 0..3 {
        let name = format!("jump-{}-{turn}", what.len() * 1_000 + disks);
        let name = format!("{name}-{}", days + 1);
        let mut client = sandbox(server.address, &name, disks, time_points, days);
        let started = Instant::now();
        advance(&mut client, &name, seconds);
        times.push(started.elapsed().as_secs_f64() * 1_000.0);
        held = left(&mut client, &name);
    }
    times.sort_by(f64::total_cmp);
    let made = i64::try_from(disks * time_points.as_array().unwrap().len()).unwrap() * seconds / 86_400;
    println!("| {what} | {made} | {held} | {:.0} |", times[1]);
}

/// A writer in one sandbox, while in another one a thousand snapshots are due again and again.
fn waits(server: &Server) {
    let name = "waits";
    let mut client = sandbox(server.address, name, 1_000, &json!([3]), 7);
    let mut writer = sandbox(server.address, "writer", 1, &json!([]), 7);
    let is_over = AtomicBool::new(false);
    let mut times = thread::scope(|threads| {
        let times = threads.spawn(|| {
            let mut times = Vec::new();
            while !is_over.load(Ordering::Relaxed) {
                let begun = Instant::now();
                let query = "/?Action=CreateSnapshot&DiskId=d-00000&Format=JSON&AccessKeyId=writer";
                let reply: Value = serde_json::from_slice(&writer.get(query)).unwrap();
                times.push(begun.elapsed().as_secs_f64() * 1_000.0);
                let id = reply["SnapshotId"].as_str().unwrap();
                writer.get(&format!("/?Action=DeleteSnapshot&SnapshotId={id}&AccessKeyId=writer"));
            }
            times
        });
        for _ in 0..60 {
            advance(&mut client, name, 86_400);
        }
        is_over.store(true, Ordering::Relaxed);
        times.join().unwrap()
    });
    times.sort_by(f64::total_cmp);
    let at = |percent: usize| times[(times.len() - 1) * percent / 100];
    println!();
    println!("| another sandbox's writer | median, ms | 99th percentile, ms | longest, ms |");
    println!("|---|---|---|---|");
    println!("| while 1,000 are due again and again | {:.1} | {:.1} | {:.1} |", at(50), at(99), at(100));
}
