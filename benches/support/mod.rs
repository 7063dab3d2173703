//! What the benchmarks of a running server share: rows, the server in a process of its own, and a client.
#![allow(dead_code, reason = "not every benchmark needs everything")]

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use ecs_mock::model::time::Time;
use rusqlite::{Connection, params};

/// When the first snapshot was made; each is 20 seconds younger than the one before.
pub const START: i64 = 1_600_000_000;
const REGIONS: [&str; 4] = ["cn-hangzhou", "cn-beijing", "cn-shanghai", "cn-qingdao"];

/// One of `size` snapshots with three tags each, in four regions: twenty of a disk, sixty of an instance, ten of a ticket, a
/// third of a shard; each tenth failed.
pub struct Row {
    pub snapshot_id: String,
    pub region_id: &'static str,
    pub snapshot_name: String,
    pub creation_time: i64,
    pub source_disk_id: String,
    pub instance_id: String,
    pub is_failed: bool,
    pub tags: [(&'static str, String); 3],
}

impl Row {
    pub fn new(number: i64, size: i64) -> Self {
        let disk = number % disks(size);
        let ticket = number / 40 * 4 + number % 4;
        Self {
            snapshot_id: format!("s-{number:08}"),
            region_id: REGIONS[usize::try_from(number % 4).unwrap()],
            snapshot_name: format!("n-{disk}"),
            creation_time: START + number * 20,
            source_disk_id: format!("d-{disk}"),
            instance_id: format!("i-{}", instance(disk)),
            is_failed: number % 10 == 0,
            tags: [
                ("env", format!("e{}", number % 7)),
                ("shard", (number % 3).to_string()),
                ("ticket", ticket.to_string()),
            ],
        }
    }

    fn tags(&self) -> String {
        let [(env, e), (shard, s), (ticket, t)] = &self.tags;
        format!(r#"{{"{env}":"{e}","{shard}":"{s}","{ticket}":"{t}"}}"#)
    }

    /// As the body of a row.
    fn body(&self) -> String {
        let status = if self.is_failed { r#","Status":"failed""# } else { "" };
        format!(
            r#"{{"SnapshotName":"{}","Description":"nightly copy"{status},"SourceDiskId":"{}","SourceDiskType":"data","InstanceId":"{}","Tags":{}}}"#,
            self.snapshot_name,
            self.source_disk_id,
            self.instance_id,
            self.tags(),
        )
    }

    /// As a line of a state document.
    pub fn line(&self) -> String {
        let status = if self.is_failed { r#","Status":"failed""# } else { "" };
        format!(
            r#"{{"Snapshot":{{"SnapshotId":"{}","RegionId":"{}","SnapshotName":"{}","Description":"nightly copy","CreationTime":"{}","SourceDiskId":"{}","SourceDiskType":"data","InstanceId":"{}"{status},"Tags":{}}}}}"#,
            self.snapshot_id,
            self.region_id,
            self.snapshot_name,
            Time(self.creation_time),
            self.source_disk_id,
            self.instance_id,
            self.tags(),
        ) + "\n"
    }
}

pub fn disks(size: i64) -> i64 {
    size / 20
}

/// Three disks of one region.
pub fn instance(disk: i64) -> i64 {
    disk / 12 * 4 + disk % 4
}

/// The rows into the sandbox `default` of a new database, by prepared statements in one transaction, and how long that took.
pub fn fill(database: &Path, size: i64) -> Duration {
    drop(Server::start(database));
    let mut connection = Connection::open(database).unwrap();
    connection.execute_batch("PRAGMA synchronous = NORMAL").unwrap();
    let started = Instant::now();
    let transaction = connection.transaction().unwrap();
    let state: i64 =
        transaction.query_row("SELECT state_id FROM sandbox WHERE name = 'default'", [], |row| row.get(0)).unwrap();
    {
        let mut snapshot = transaction
            .prepare(
                "INSERT INTO snapshot (state_id, id, region_id, reverse_time, snapshot_name, source_disk_id, instance_id, \
                 encrypted, usage, is_automatic, source_disk_type, category, pinned_status, outcome, bytes, body) \
                 VALUES (?, ?, ?, ?, ?, ?, ?, 0, 'none', 0, 'data', 'standard', ?, 'accomplished', 42949672960, ?)",
            )
            .unwrap();
        let mut tag = transaction
            .prepare(
                "INSERT INTO tag (state_id, kind, tag_key, region_id, reverse_time, id, tag_value) \
                 VALUES (?, 0, ?, ?, ?, ?, ?)",
            )
            .unwrap();
        for number in 0..size {
            let row = Row::new(number, size);
            let (id, region, time) = (&row.snapshot_id, row.region_id, row.creation_time);
            let pinned = row.is_failed.then_some("failed");
            let (name, disk, instance) = (&row.snapshot_name, &row.source_disk_id, &row.instance_id);
            snapshot.execute(params![state, id, region, -time, name, disk, instance, pinned, row.body()]).unwrap();
            for (key, value) in &row.tags {
                tag.execute(params![state, key, region, -time, id, value]).unwrap();
            }
        }
        let count = "INSERT INTO resource_count (state_id, kind, count, tags) VALUES (?, 0, ?, ?)";
        transaction.execute(count, params![state, size, 3 * size]).unwrap();
    }
    transaction.commit().unwrap();
    started.elapsed()
}

/// How the names of threads begin that answer requests.
const ANSWERING: &str = "actix-";

/// A server in a process of its own.
pub struct Server {
    child: Child,
    pub address: SocketAddr,
}

impl Server {
    /// The program, over this database.
    pub fn start(database: &Path) -> Self {
        Self::with(database, &[])
    }

    /// As [`Server::start`], with more arguments.
    pub fn with(database: &Path, arguments: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ecs-mock"));
        command.args(["--listen", "127.0.0.1:0", "--seed", "none", "--log", "warn,ecs_mock::cli=info", "--database"]);
        Self::run(command.arg(database).args(arguments).env_clear())
    }

    /// Whatever program says where it listens.
    pub fn run(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = lines.find_map(|line| {
            let line = line.unwrap();
            line.split_once("listening on http://").map(|(_, address)| address.parse().unwrap())
        });
        // Whatever it says later must not block it.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, address: address.expect("the server ended early") }
    }

    /// Seconds of CPU that all its threads have used.
    pub fn cpu(&self) -> f64 {
        let (answering, beside) = self.cpu_by_work();
        answering + beside
    }

    /// Seconds of CPU of the threads that answer requests, and of all others.
    pub fn cpu_by_work(&self) -> (f64, f64) {
        let tasks = fs::read_dir(format!("/proc/{}/task", self.child.id())).unwrap();
        let threads = tasks.filter_map(|task| {
            let task = task.ok()?.path();
            let times = fs::read_to_string(task.join("schedstat")).ok()?;
            let is_answering = fs::read_to_string(task.join("comm")).ok()?.starts_with(ANSWERING);
            Some((is_answering, times.split(' ').next()?.parse::<f64>().ok()? / 1e9))
        });
        threads.fold((0.0, 0.0), |(answering, beside), (is_answering, seconds)| {
            if is_answering { (answering + seconds, beside) } else { (answering, beside + seconds) }
        })
    }

    /// Megabytes: what is resident now, and the most that ever was.
    pub fn memory(&self) -> (i64, i64) {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let of = |name: &str| -> i64 {
            let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
            line.split_whitespace().next().unwrap().parse::<i64>().unwrap() / 1_000
        };
        (of("VmRSS:"), of("VmHWM:"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }
}

/// One connection that is kept, unless the server closes it.
pub struct Client {
    stream: BufReader<TcpStream>,
    address: SocketAddr,
}

impl Client {
    pub fn new(address: SocketAddr) -> Self {
        Self { stream: Self::connect(address), address }
    }

    fn connect(address: SocketAddr) -> BufReader<TcpStream> {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        BufReader::new(stream)
    }

    /// The body of a reply that must be 200.
    pub fn get(&mut self, path: &str) -> Vec<u8> {
        let (status, body) = self.request(&format!("GET {path}"), "", "");
        assert_eq!(status, 200, "{path}: {}", String::from_utf8_lossy(&body));
        body
    }

    /// The status of a reply to a request with a body in JSON.
    pub fn send(&mut self, method: &str, path: &str, body: &str) -> u16 {
        self.request(&format!("{method} {path}"), "Content-Type: application/json\r\n", body).0
    }

    /// A request: method and path, headers of whole lines, and body; and its reply.
    pub fn request(&mut self, line: &str, headers: &str, body: &str) -> (u16, Vec<u8>) {
        let length = if body.is_empty() { String::new() } else { format!("Content-Length: {}\r\n", body.len()) };
        let request = format!("{line} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}{length}\r\n{body}");
        self.stream.get_mut().write_all(request.as_bytes()).unwrap();
        self.reply()
    }

    /// Makes these lines all that a sandbox holds.
    pub fn put_lines(&mut self, path: &str, lines: impl Iterator<Item = String>) -> (u16, Vec<u8>) {
        let mut stream = std::io::BufWriter::with_capacity(64 * 1_024, self.stream.get_mut());
        write!(stream, "PUT {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-ndjson\r\n").unwrap();
        write!(stream, "Transfer-Encoding: chunked\r\n\r\n").unwrap();
        for line in lines {
            write!(stream, "{:x}\r\n{line}\r\n", line.len()).unwrap();
        }
        write!(stream, "0\r\n\r\n").unwrap();
        stream.flush().unwrap();
        drop(stream);
        self.reply()
    }

    fn reply(&mut self) -> (u16, Vec<u8>) {
        let (mut line, mut length, mut status, mut is_closed) = (String::new(), 0, 0, false);
        loop {
            line.clear();
            self.stream.read_line(&mut line).unwrap();
            if let Some(version) = line.strip_prefix("HTTP/1.1 ") {
                status = version[..3].parse().unwrap();
            }
            line.make_ascii_lowercase();
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            is_closed |= line.trim_end() == "connection: close";
            if line.trim().is_empty() {
                break;
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).unwrap();
        if is_closed {
            self.stream = Self::connect(self.address);
        }
        (status, body)
    }
}
