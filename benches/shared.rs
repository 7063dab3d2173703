//! What a large shared environment does to those who work in it: seeding, forks and resets, memory, starting, and readers
//! beside writers.
//!
//! `cargo bench --bench shared` works with a million snapshots of three tags; `cargo bench --bench shared -- 100000` with
//! fewer.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::cast_precision_loss)]

mod support;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use support::{Client, Row, Server, disks, fill};

const READERS: usize = 4;
/// Each in a sandbox of its own.
const WRITERS: usize = 20;
/// How long readers are watched, without writers and with them.
const WATCH: Duration = Duration::from_secs(10);
const SANDBOXES: &str = "/_mock/v1/sandboxes";

fn main() {
    let size = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(1_000_000);
    let folder = tempfile::tempdir().unwrap();
    let filled = fill(&folder.path().join("sqlite.db"), size).as_secs_f64();
    println!("{size} snapshots of three tags by SQLite alone, one transaction: {filled:.1} s");
    let database = folder.path().join("shared.db");
    seed(&database, size, filled);
    let server = start(&database, "on that database");
    fork(&server);
    mix(&server, size);
    change_many(&server, size / 10);
}

fn start(database: &Path, what: &str) -> Server {
    let started = Instant::now();
    let server = Server::start(database);
    let mut client = Client::new(server.address);
    while client.send("GET", "/_mock/health/ready", "") != 200 {}
    println!("ready {what}: {:.0} ms, {} MB resident", milliseconds(started.elapsed()), server.memory().0);
    server
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}

/// The rows over REST, and how long others wait meanwhile.
fn seed(database: &Path, size: i64, filled: f64) {
    let server = start(database, "on a new database");
    let address = server.address;
    let mut client = Client::new(address);
    assert_eq!(client.send("POST", SANDBOXES, r#"{"Name": "other", "From": "empty"}"#), 201);
    create(&mut client, "other", "s-read");
    let lines = (0..size).map(|number| Row::new(number, size).line());
    let taken = beside(address, "the same over REST, as ndjson", || {
        let (status, body) = client.put_lines(&format!("{SANDBOXES}/default/state"), lines);
        assert_eq!(status, 200, "{}", String::from_utf8_lossy(&body));
    });
    println!("that is {:.2} times SQLite alone", taken / filled);
    println!("resident then: {} MB, at most {} MB", server.memory().0, server.memory().1);
}

/// A request, or more, whose times it adds.
type Watched = Box<dyn FnMut(&mut Vec<f64>) + Send>;

/// How long it takes, in seconds, and what those wait who read and write in another sandbox meanwhile.
fn beside(address: SocketAddr, what: &str, act: impl FnOnce()) -> f64 {
    let is_over = AtomicBool::new(false);
    let until_over = |mut act: Watched| {
        let mut times = Vec::new();
        while !is_over.load(Ordering::Relaxed) {
            act(&mut times);
            thread::sleep(Duration::from_millis(5));
        }
        times
    };
    let (taken, reads, writes) = thread::scope(|threads| {
        let reads = threads.spawn(|| {
            let mut client = Client::new(address);
            until_over(Box::new(move |times| times.push(timed(|| drop(client.get(&describe("other", "")))))))
        });
        let writes = threads.spawn(|| {
            let mut client = Client::new(address);
            let path = format!("{SANDBOXES}/other/snapshots/s-write");
            until_over(Box::new(move |times| {
                times.push(timed(|| create(&mut client, "other", "s-write")));
                times.push(timed(|| assert_eq!(client.send("DELETE", &path, ""), 204)));
            }))
        });
        let started = Instant::now();
        act();
        is_over.store(true, Ordering::Relaxed);
        (started.elapsed().as_secs_f64(), reads.join().unwrap(), writes.join().unwrap())
    });
    println!("{what}: {taken:.1} s; another sandbox's reads {}, writes {}", spread(&reads), spread(&writes));
    taken
}

/// Changes by filter, of a state of so many.
fn change_many(server: &Server, size: i64) {
    let mut client = Client::new(server.address);
    assert_eq!(client.send("POST", SANDBOXES, r#"{"Name": "many", "From": "empty"}"#), 201);
    let lines = (0..size).map(|number| Row::new(number, size).line());
    assert_eq!(client.put_lines(&format!("{SANDBOXES}/many/state"), lines).0, 200);
    let third = format!("{SANDBOXES}/many/snapshots?Tag.1.Key=shard&Tag.1.Value=1");
    beside(server.address, &format!("a third of {size} changed by a filter"), || {
        assert_eq!(client.send("PATCH", &third, r#"{"Description": "changed"}"#), 200);
    });
    beside(server.address, "the same deleted", || assert_eq!(client.send("DELETE", &third, ""), 200));
    beside(server.address, "the others replaced by none", || {
        assert_eq!(client.send("POST", &format!("{SANDBOXES}/many/reset?to=empty"), ""), 204);
        thread::sleep(Duration::from_secs(3));
    });
}

fn fork(server: &Server) {
    let mut client = Client::new(server.address);
    assert_eq!(client.send("POST", SANDBOXES, r#"{"Name": "thousand", "From": "empty"}"#), 201);
    let lines = (0..1_000).map(|number| Row::new(number, 1_000).line());
    assert_eq!(client.put_lines(&format!("{SANDBOXES}/thousand/state"), lines).0, 200);
    assert_eq!(client.send("PUT", &format!("{SANDBOXES}/thousand/checkpoints/full"), ""), 201);
    let forks: Vec<f64> = (0..20)
        .map(|number| {
            let fork = format!(r#"{{"Name": "fork-{number}", "From": {{"Sandbox": "thousand"}}}}"#);
            timed(|| assert_eq!(client.send("POST", SANDBOXES, &fork), 201))
        })
        .collect();
    println!("a fork of 1,000 snapshots: {}", spread(&forks));
    let reset = format!("{SANDBOXES}/thousand/reset?to=full");
    let resets: Vec<f64> = (0..20).map(|_| timed(|| assert_eq!(client.send("POST", &reset, ""), 204))).collect();
    println!("a reset to 1,000 snapshots: {}", spread(&resets));
}

/// Readers of the large sandbox, alone and beside writers in others.
fn mix(server: &Server, size: i64) {
    let mut client = Client::new(server.address);
    for writer in 0..WRITERS {
        let new = format!(r#"{{"Name": "writer-{writer}", "From": "empty"}}"#);
        assert_eq!(client.send("POST", SANDBOXES, &new), 201);
    }
    let alone = read(server, size);
    let (is_over, written) = (AtomicBool::new(false), AtomicU64::new(0));
    let beside = thread::scope(|threads| {
        for writer in 0..WRITERS {
            let (is_over, written) = (&is_over, &written);
            threads.spawn(move || write(server, &format!("writer-{writer}"), is_over, written));
        }
        let beside = read(server, size);
        is_over.store(true, Ordering::Relaxed);
        beside
    });
    let writes = written.load(Ordering::Relaxed) as f64 / WATCH.as_secs_f64();
    println!("{READERS} readers alone: {:.0} pages/s, {}", rate(&alone), spread(&alone));
    println!("{READERS} readers beside {WRITERS} writers: {:.0} pages/s, {}", rate(&beside), spread(&beside));
    println!("p99 beside writers: {:.1} times that without", percentile(&beside, 99) / percentile(&alone, 99));
    println!("writers: {writes:.0} changes/s, each answered as it should be");
    println!("resident then: {} MB, at most {} MB", server.memory().0, server.memory().1);
}

/// How long pages of many shapes take.
fn read(server: &Server, size: i64) -> Vec<f64> {
    let until = Instant::now() + WATCH;
    thread::scope(|threads| {
        let readers: Vec<_> = (0..READERS)
            .map(|reader| {
                threads.spawn(move || {
                    let (mut client, mut times) = (Client::new(server.address), Vec::new());
                    let mut number = i64::try_from(reader).unwrap() * 7_919;
                    while Instant::now() < until {
                        number += 1_237;
                        let filter = match number % 5 {
                            0 => format!("DiskId=d-{}", number % disks(size)),
                            1 => format!("Tag.1.Key=ticket&Tag.1.Value={}", number % (size / 10)),
                            2 => format!("SnapshotName=n-{}", number % disks(size)),
                            3 => format!("SnapshotIds=%5B%22s-{:08}%22%5D", number % size),
                            _ => "Tag.1.Key=shard&Tag.1.Value=1".to_owned(),
                        };
                        times.push(timed(|| drop(client.get(&describe("default", &filter)))));
                    }
                    times
                })
            })
            .collect();
        readers.into_iter().flat_map(|reader| reader.join().unwrap()).collect()
    })
}

/// Creates a snapshot, tags it, and deletes it.
fn write(server: &Server, sandbox: &str, is_over: &AtomicBool, written: &AtomicU64) {
    let mut client = Client::new(server.address);
    for number in 0.. {
        if is_over.load(Ordering::Relaxed) {
            return;
        }
        let id = format!("s-{number}");
        let path = format!("{SANDBOXES}/{sandbox}/snapshots/{id}");
        create(&mut client, sandbox, &id);
        assert_eq!(client.send("PATCH", &path, r#"{"Tags": {"env": "test", "ticket": "7"}}"#), 200);
        assert_eq!(client.send("DELETE", &path, ""), 204);
        written.fetch_add(3, Ordering::Relaxed);
    }
}

fn create(client: &mut Client, sandbox: &str, id: &str) {
    let entry = format!(r#"{{"SnapshotId": "{id}", "SourceDiskId": "d-1", "Tags": {{"env": "test"}}}}"#);
    assert_eq!(client.send("POST", &format!("{SANDBOXES}/{sandbox}/snapshots"), &entry), 201);
}

/// A page of a sandbox, whose name is its access key's.
fn describe(sandbox: &str, filter: &str) -> String {
    let key = if sandbox == "default" { String::new() } else { format!("&AccessKeyId={sandbox}") };
    format!("/?Action=DescribeSnapshots&Version=2014-05-26&RegionId=cn-hangzhou&Format=JSON{key}&{filter}")
}

/// Milliseconds.
fn timed(act: impl FnOnce()) -> f64 {
    let started = Instant::now();
    act();
    milliseconds(started.elapsed())
}

fn rate(times: &[f64]) -> f64 {
    times.len() as f64 / WATCH.as_secs_f64()
}

fn percentile(times: &[f64], percent: usize) -> f64 {
    let mut times = times.to_vec();
    times.sort_by(f64::total_cmp);
    times[(times.len() * percent / 100).min(times.len() - 1)]
}

fn spread(times: &[f64]) -> String {
    let of = |percent| percentile(times, percent);
    format!("p50 {:.1} ms, p99 {:.1} ms, at most {:.1} ms", of(50), of(99), of(100))
}
