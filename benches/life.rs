//! What a snapshot's life costs: made and deleted by one client, by twenty and by two hundred, each in a sandbox of its own, and
//! the polls of those who wait for one.
//!
//! `cargo bench --bench life` takes about a minute; `cargo bench --bench life -- 2` watches each for two seconds.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::cast_precision_loss)]

mod support;

use std::net::SocketAddr;
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use support::{Client, Server};

const SANDBOXES: &str = "/_mock/v1/sandboxes";

fn main() {
    let seconds = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(10);
    let watch = Duration::from_secs(seconds);
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&folder.path().join("life.db"));
    println!(
        "| clients, each in a sandbox of its own | pairs a second | CPU a pair, µs | median, ms | 99th percentile, ms |"
    );
    println!("|---|---|---|---|---|");
    for clients in [1, 20, 200] {
        pairs(&server, clients, watch);
    }
    polls(&server, watch);
}

/// A sandbox with a disk that takes snapshots.
fn sandbox(address: SocketAddr, name: &str, settings: &str) -> Client {
    let mut client = Client::new(address);
    let made = format!(r#"{{"Name": "{name}", "From": "empty", "Settings": {settings}}}"#);
    assert_eq!(client.send("POST", SANDBOXES, &made), 201);
    let disk = r#"{"DiskId": "d-1", "RegionId": "cn-hangzhou", "Category": "cloud_essd"}"#;
    assert_eq!(client.send("POST", &format!("{SANDBOXES}/{name}/disks"), disk), 201);
    client
}

/// CreateSnapshot and DeleteSnapshot, one after the other.
fn pairs(server: &Server, clients: usize, watch: Duration) {
    let address = server.address;
    let barrier = Barrier::new(clients + 1);
    let (times, cpu, taken) = thread::scope(|threads| {
        let clients: Vec<_> = (0..clients)
            .map(|number| {
                let barrier = &barrier;
                threads.spawn(move || {
                    let name = format!("pairs-{clients}-{number}");
                    let mut client = sandbox(address, &name, r#"{"SnapshotSeconds": 0}"#);
                    barrier.wait();
                    let (started, mut times) = (Instant::now(), Vec::new());
                    while started.elapsed() < watch {
                        let begun = Instant::now();
                        let snapshot_id = create(&mut client, &name);
                        let query = format!("Action=DeleteSnapshot&SnapshotId={snapshot_id}&AccessKeyId={name}");
                        client.get(&format!("/?{query}"));
                        times.push(begun.elapsed().as_secs_f64() * 1_000.0);
                    }
                    times
                })
            })
            .collect();
        barrier.wait();
        let (before, started) = (server.cpu(), Instant::now());
        let times: Vec<f64> = clients.into_iter().flat_map(|client| client.join().unwrap()).collect();
        (times, server.cpu() - before, started.elapsed().as_secs_f64())
    });
    let (median, last) = spread(times.clone());
    let (rate, cpu) = (times.len() as f64 / taken, cpu * 1e6 / times.len() as f64);
    println!("| {clients} | {rate:.0} | {cpu:.0} | {median:.1} | {last:.1} |");
}

/// Makes a snapshot and gives its id.
fn create(client: &mut Client, access_key_id: &str) -> String {
    let query = format!("Action=CreateSnapshot&DiskId=d-1&Format=JSON&AccessKeyId={access_key_id}");
    let reply: serde_json::Value = serde_json::from_slice(&client.get(&format!("/?{query}"))).unwrap();
    reply["SnapshotId"].as_str().unwrap().to_owned()
}

/// DescribeSnapshots of one snapshot in the making, as a waiter asks.
fn polls(server: &Server, watch: Duration) {
    let mut client = sandbox(server.address, "polls", r#"{"SnapshotSeconds": 100000}"#);
    let snapshot_id = create(&mut client, "polls");
    let query = format!("RegionId=cn-hangzhou&SnapshotIds=%5B%22{snapshot_id}%22%5D&Format=JSON&AccessKeyId=polls");
    let path = format!("/?Action=DescribeSnapshots&{query}");
    client.get(&path);
    let (before, started, mut count) = (server.cpu(), Instant::now(), 0_u32);
    while started.elapsed() < watch {
        client.get(&path);
        count += 1;
    }
    let cpu = (server.cpu() - before) * 1e6 / f64::from(count);
    let rate = f64::from(count) / started.elapsed().as_secs_f64();
    println!("a poll of a snapshot in the making: {cpu:.0} µs of CPU, {rate:.0} a second by one client");
}

/// The median and the 99th percentile.
fn spread(mut times: Vec<f64>) -> (f64, f64) {
    times.sort_by(f64::total_cmp);
    let at = |percent: usize| times[(times.len() - 1) * percent / 100];
    (at(50), at(99))
}
