//! What the journal costs: CPU a request and requests a second with it and without it, on one sandbox and on a hundred, the
//! writing to the disk included.
//!
//! `cargo bench --bench journal` asks two servers in turns, so that whatever else the machine does meets both. The request is
//! the cheapest that there is, a page that is kept, so that the share is as large as it can be; `-- 5` watches for five seconds
//! a turn.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::cast_precision_loss)]

mod support;

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use support::{Client, Row, Server};

/// Clients, which keep their connections.
const CLIENTS: usize = 8;
/// Turns of each server, of which the median counts.
const TURNS: usize = 5;
/// How long after the last request what was remembered is written.
const WRITTEN: Duration = Duration::from_millis(1_500);
/// Snapshots of each sandbox.
const SIZE: i64 = 40;
const SANDBOXES: &str = "/_mock/v1/sandboxes";

/// What a turn came to.
#[derive(Clone, Copy)]
struct Turn {
    requests_a_second: f64,
    /// Microseconds of CPU a request, of threads that answer.
    answering: f64,
    /// Of all others, among them those that write to the disk.
    beside: f64,
}

impl Turn {
    fn cpu(&self) -> f64 {
        self.answering + self.beside
    }
}

fn main() {
    let seconds = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(3);
    let folder = tempfile::tempdir().unwrap();
    let with = start(&folder.path().join("with.db"), &[]);
    let without = start(&folder.path().join("without.db"), &["--journal-memory", "0"]);
    for sandboxes in [1, 100] {
        // The first turn warms up.
        let mut turns: Vec<(Turn, Turn)> =
            (0..=TURNS).map(|_| (watch(&with, sandboxes, seconds), watch(&without, sandboxes, seconds))).collect();
        turns.remove(0);
        let (on, off): (Vec<Turn>, Vec<Turn>) = turns.into_iter().unzip();
        report(sandboxes, &on, &off);
    }
}

fn start(database: &Path, arguments: &[&str]) -> Server {
    let server = Server::with(database, arguments);
    let mut client = Client::new(server.address);
    while client.send("GET", "/_mock/health/ready", "") != 200 {}
    for number in 0..100 {
        let new = format!(r#"{{"Name": "{}", "From": "empty"}}"#, name(number));
        assert_eq!(client.send("POST", SANDBOXES, &new), 201);
        let lines = (0..SIZE).map(|number| Row::new(number, SIZE).line());
        assert_eq!(client.put_lines(&format!("{SANDBOXES}/{}/state", name(number)), lines).0, 200);
    }
    server
}

/// A sandbox, whose access key has its name.
fn name(number: usize) -> String {
    format!("sandbox-{number}")
}

/// Asks as fast as the clients can, and waits until what is remembered is written.
fn watch(server: &Server, sandboxes: usize, seconds: u64) -> Turn {
    let (answering, beside) = server.cpu_by_work();
    let until = Instant::now() + Duration::from_secs(seconds);
    let requests: usize = thread::scope(|threads| {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|client| {
                threads.spawn(move || {
                    let (mut connection, mut count) = (Client::new(server.address), 0);
                    while Instant::now() < until {
                        let sandbox = name((client + count * CLIENTS) % sandboxes);
                        connection.get(&format!(
                            "/?Action=DescribeSnapshots&Version=2014-05-26&RegionId=cn-hangzhou&Format=JSON&AccessKeyId={sandbox}"
                        ));
                        count += 1;
                    }
                    count
                })
            })
            .collect();
        clients.into_iter().map(|client| client.join().unwrap()).sum()
    });
    thread::sleep(WRITTEN);
    let (answering_after, beside_after) = server.cpu_by_work();
    let a_request = |cpu: f64| cpu * 1e6 / requests as f64;
    Turn {
        requests_a_second: requests as f64 / seconds as f64,
        answering: a_request(answering_after - answering),
        beside: a_request(beside_after - beside),
    }
}

fn report(sandboxes: usize, on: &[Turn], off: &[Turn]) {
    println!("{CLIENTS} clients on {sandboxes} sandboxes, median of {TURNS} turns:");
    for (what, turns) in [("journal on", on), ("journal off", off)] {
        println!(
            "  {what:11}: {:6.0} requests/s, {:5.1} us of CPU a request: {:5.1} answering, {:4.1} beside",
            median(turns, |turn| turn.requests_a_second),
            median(turns, Turn::cpu),
            median(turns, |turn| turn.answering),
            median(turns, |turn| turn.beside),
        );
    }
    let more = |of: fn(&Turn) -> f64| median(on, of) - median(off, of);
    println!(
        "  that is {:.1} us more to answer, and {:.1} % of all CPU with the disk",
        more(|turn| turn.answering),
        more(Turn::cpu) / median(on, Turn::cpu) * 100.0
    );
}

fn median(turns: &[Turn], of: impl Fn(&Turn) -> f64) -> f64 {
    let mut values: Vec<f64> = turns.iter().map(of).collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
