//! What pages of the console cost: CPU a request of each, beside that of the API's page of as many rows; and the timeline of a
//! disk with many snapshots. It ends badly if a page costs more than it may.
//!
//! `cargo bench --bench console` asks one client's requests one after the other; `-- 500` asks each page five hundred times a
//! turn.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::cast_precision_loss)]

mod support;

use std::fmt::Write as _;
use std::time::Instant;

use ecs_mock::model::time::Time;
use support::{Client, START, Server};

/// Turns, of which the median counts.
const TURNS: usize = 5;
/// Rows of a page.
const ROWS: i64 = 50;
/// Snapshots of the disk whose timeline is looked at, and how many disks there are beside it, with as many as are shown one by
/// one.
const SNAPSHOTS: i64 = 300;
const OTHERS: i64 = 9;
const SHOWN: i64 = 60;

/// Milliseconds of CPU that a page may cost above the API's, and a timeline altogether.
const ABOVE: f64 = 3.0;
const TIMELINE: f64 = 10.0;
/// Bytes of a page.
const BYTES: usize = 60_000;

const STATE: &str = "/_mock/v1/sandboxes/default/state";
const CONSOLE: &str = "/_mock/console/s/default";

/// What a request comes to.
struct Cost {
    /// Milliseconds of CPU of the whole server, and until the answer was there.
    cpu: f64,
    elapsed: f64,
    bytes: usize,
}

fn main() {
    let count = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(200);
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&folder.path().join("console.db"));
    let mut client = Client::new(server.address);
    while client.send("GET", "/_mock/health/ready", "") != 200 {}
    assert_eq!(client.put_lines(STATE, lines()).0, 200);

    let api = format!(
        "/?Action=DescribeSnapshots&Version=2014-05-26&RegionId=cn-hangzhou&Format=JSON&AccessKeyId=testid&PageSize={ROWS}"
    );
    let api = cost(&server, &mut client, &api, count);
    println!("median of {TURNS} turns of {count} requests; milliseconds");
    print("the API's page", &api);
    let mut is_over = false;
    for path in [
        "/snapshots",
        "/snapshots?Sort=oldest",
        "/snapshots?DiskId=d-long&Tag.1.Key=env",
        "/disks",
        "/snapshots/s-00000",
        "/requests",
        "/checkpoints",
        "/faults",
        "/time",
        "",
    ] {
        let page = cost(&server, &mut client, &format!("{CONSOLE}{path}"), count);
        print(&format!("{CONSOLE}{path}"), &page);
        is_over |= page.cpu > api.cpu + ABOVE || page.bytes > BYTES;
    }
    for path in ["/timeline?DiskId=d-long", "/timeline", "/timeline?DiskId=d-0"] {
        let page = cost(&server, &mut client, &format!("{CONSOLE}{path}"), count);
        print(&format!("{CONSOLE}{path}"), &page);
        is_over |= page.cpu > TIMELINE;
    }
    assert!(!is_over, "a page costs more than {ABOVE} ms above the API's, or {TIMELINE} ms, or {BYTES} bytes");
}

fn print(what: &str, Cost { cpu, elapsed, bytes }: &Cost) {
    println!("  {what:60}: {cpu:5.2} of CPU, {elapsed:5.2} until it is there, {bytes:6} bytes");
}

/// A disk with many snapshots, and others with few, one an hour, all of them tagged.
fn lines() -> impl Iterator<Item = String> {
    let disks = std::iter::once(("d-long".to_owned(), SNAPSHOTS));
    let disks = disks.chain((0..OTHERS).map(|number| (format!("d-{number}"), SHOWN)));
    let mut number = 0;
    disks.flat_map(move |(disk, snapshots)| {
        let mut lines = format!("{{\"Disk\":{{\"DiskId\":\"{disk}\",\"DiskName\":\"of {disk}\"}}}}\n");
        for age in 0..snapshots {
            let time = Time(START + age * 3_600 + number);
            let _ = writeln!(
                lines,
                r#"{{"Snapshot":{{"SnapshotId":"s-{number:05}","SnapshotName":"nightly {number}","CreationTime":"{time}","SourceDiskId":"{disk}","Tags":{{"env":"prod","owner":"team {number}"}}}}}}"#,
            );
            number += 1;
        }
        std::iter::once(lines)
    })
}

fn cost(server: &Server, client: &mut Client, path: &str, count: usize) -> Cost {
    let mut turns: Vec<(f64, f64)> = Vec::new();
    let bytes = client.get(path).len();
    for _ in 0..TURNS {
        let (cpu, begin) = (server.cpu(), Instant::now());
        for _ in 0..count {
            client.get(path);
        }
        let a_request = |seconds: f64| seconds * 1e3 / count as f64;
        turns.push((a_request(server.cpu() - cpu), a_request(begin.elapsed().as_secs_f64())));
    }
    let median = |of: fn(&(f64, f64)) -> f64| {
        let mut values: Vec<f64> = turns.iter().map(of).collect();
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    Cost { cpu: median(|turn| turn.0), elapsed: median(|turn| turn.1), bytes }
}
