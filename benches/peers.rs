//! The same question to ecs-mock and to emulators of EC2: the ten snapshots that carry a tag, among 1,000 and 10,000.
//!
//! `cargo bench --bench peers` installs moto and MiniStack from PyPI into `target/tmp`, which takes Python 3, fills each
//! through its own interface, and prints how many answers a second each gives to several clients. These share the machine with
//! it; what they take of its cores themselves is printed too.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::cast_precision_loss)]

mod support;

use std::fs;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::thread;
use std::time::{Duration, Instant};

use support::{Client, Row, Server};

const PACKAGES: [&str; 2] = ["moto[ec2,server]==5.2.5", "ministack==1.5.33"];
const CLIENTS: usize = 4;
const WATCH: Duration = Duration::from_secs(5);
/// What an emulator of EC2 finds the service in.
const EC2: &str = "Content-Type: application/x-www-form-urlencoded\r\nAuthorization: AWS4-HMAC-SHA256 \
                   Credential=test/20260101/us-east-1/ec2/aws4_request, SignedHeaders=host, Signature=0\r\n";

fn main() {
    let programs = install();
    let sizes: Vec<i64> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    let sizes = if sizes.is_empty() { vec![1_000, 10_000] } else { sizes };
    println!("{:>9}  {:<10} {:>10} {:>14} {:>18}", "snapshots", "", "answers/s", "clients' share", "times that of it");
    for size in sizes {
        let ours = ecs_mock(size);
        println!("{size:>9}  {:<10} {:>10.1} {:>12.0} %", "ecs-mock", ours.answers, ours.share);
        for name in ["ministack", "moto"] {
            let theirs = peer(&programs, name, size);
            let factor = ours.answers / theirs.answers;
            println!("{size:>9}  {name:<10} {:>10.2} {:>12.0} % {factor:>18.0}", theirs.answers, theirs.share);
        }
    }
}

/// What clients get.
struct Rate {
    /// A second.
    answers: f64,
    /// Per cent of the machine's cores that the clients themselves took.
    share: f64,
}

/// Where the peers' programs are.
fn install() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("peers");
    let run = |command: &mut Command| assert!(command.status().unwrap().success(), "{command:?}");
    let programs = folder.join("bin");
    if !programs.join("pip").exists() {
        run(Command::new("python3").args(["-m", "venv"]).arg(&folder));
    }
    run(Command::new(programs.join("pip")).args(["install", "--quiet", "--no-cache-dir"]).args(PACKAGES));
    programs
}

fn ecs_mock(size: i64) -> Rate {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&folder.path().join("peers.db"));
    // All in one region, as at the peers.
    let lines = (0..size).map(|number| Row { region_id: "cn-hangzhou", ..Row::new(number, size) }.line());
    let (status, _) = Client::new(server.address).put_lines("/_mock/v1/sandboxes/default/state", lines);
    assert_eq!(status, 200);
    let path = format!(
        "/?Action=DescribeSnapshots&Version=2014-05-26&RegionId=cn-hangzhou&Tag.1.Key=ticket&Tag.1.Value={}",
        ticket(size)
    );
    rate(server.address, &format!("GET {path}"), "", "", "<SnapshotId>")
}

/// That of ten snapshots in the middle.
fn ticket(size: i64) -> String {
    Row::new(size / 80 * 40, size).tags[2].1.clone()
}

/// The process of a peer.
struct Peer(Child);

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn peer(programs: &Path, name: &str, size: i64) -> Rate {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut command = match name {
        "moto" => Command::new(programs.join("moto_server")),
        _ => Command::new(programs.join(name)),
    };
    if name == "moto" {
        command.args(["--host", "127.0.0.1", "--port", &port.to_string()]);
    }
    let log = fs::File::create(Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.log"))).unwrap();
    command.env("GATEWAY_PORT", port.to_string()).stdout(log.try_clone().unwrap()).stderr(log);
    let _peer = Peer(command.spawn().unwrap());
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    while TcpStream::connect(address).is_err() {
        thread::sleep(Duration::from_millis(50));
    }
    let mut client = Client::new(address);
    let mut call = |parameters: &str| {
        let (status, body) = client.request("POST /", EC2, &format!("Version=2016-11-15&Action={parameters}"));
        let body = String::from_utf8(body).unwrap();
        assert_eq!(status, 200, "{body}");
        body
    };
    let volume = call("CreateVolume&AvailabilityZone=us-east-1a&Size=1");
    let volume = volume.split("<volumeId>").nth(1).unwrap().split('<').next().unwrap();
    for number in 0..size {
        let tags = Row::new(number, size).tags;
        let tags = (1..).zip(&tags).map(|(place, (key, value))| {
            format!("&TagSpecification.1.Tag.{place}.Key={key}&TagSpecification.1.Tag.{place}.Value={value}")
        });
        let tags: Vec<String> = tags.collect();
        call(&format!("CreateSnapshot&VolumeId={volume}&TagSpecification.1.ResourceType=snapshot{}", tags.concat()));
    }
    let question = format!(
        "Version=2016-11-15&Action=DescribeSnapshots&Filter.1.Name=tag%3Aticket&Filter.1.Value.1={}",
        ticket(size)
    );
    rate(address, "POST /", EC2, &question, "<snapshotId>")
}

/// Answers a second to clients that ask the same all the time, or to one if it has to wait for long; each must name ten
/// snapshots.
fn rate(address: SocketAddr, line: &str, headers: &str, body: &str, name: &str) -> Rate {
    let ask = |client: &mut Client| {
        let (status, reply) = client.request(line, headers, body);
        let reply = String::from_utf8(reply).unwrap();
        assert_eq!((status, reply.matches(name).count()), (200, 10), "{reply}");
    };
    let first = Instant::now();
    ask(&mut Client::new(address));
    if first.elapsed() > WATCH {
        return Rate { answers: 1.0 / first.elapsed().as_secs_f64(), share: 0.0 };
    }
    let (started, cpu) = (Instant::now(), own_cpu());
    let answers: usize = thread::scope(|threads| {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|_| {
                threads.spawn(|| {
                    let (mut client, mut answers) = (Client::new(address), 0);
                    while started.elapsed() < WATCH {
                        ask(&mut client);
                        answers += 1;
                    }
                    answers
                })
            })
            .collect();
        clients.into_iter().map(|client| client.join().unwrap()).sum()
    });
    let elapsed = started.elapsed().as_secs_f64();
    let cores = thread::available_parallelism().unwrap().get() as f64;
    Rate { answers: answers as f64 / elapsed, share: 100.0 * (own_cpu() - cpu) / (elapsed * cores) }
}

/// Seconds of CPU that this process has used.
fn own_cpu() -> f64 {
    let status = fs::read_to_string("/proc/self/stat").unwrap();
    // In hundredths of a second, the 14th and the 15th value; the second, in brackets, may hold anything.
    let values = status.rsplit(')').next().unwrap().split_whitespace().skip(11).take(2);
    values.map(|ticks| ticks.parse::<f64>().unwrap()).sum::<f64>() / 100.0
}
