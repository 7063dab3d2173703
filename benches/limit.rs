//! How close a DescribeSnapshots request comes to what SQLite and HTTP cost by themselves, in CPU time of the server.
//!
//! `cargo bench --bench limit` fills two databases with the same rows, runs the server over each, and beside it the limit:
//! an actix-web handler that counts and reads the same page with SQLite's own interface on the worker's thread, and sends
//! the same bytes. It prints one table; `cargo bench --bench limit -- 1000 100000` chooses other sizes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::cast_precision_loss)]

use std::cell::RefCell;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use actix_web::web::{self, Data};
use actix_web::{App, HttpResponse, HttpServer};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use rusqlite::{Connection, params};

/// Requests of a shape that are measured, after a tenth as many that are not.
const REQUESTS: usize = 2_000;
/// Of shapes that cost the limit milliseconds.
const FEW_REQUESTS: usize = 60;
const START: i64 = 1_600_000_000;
const REGIONS: [&str; 4] = ["cn-hangzhou", "cn-beijing", "cn-shanghai", "cn-qingdao"];

/// What is asked for: as a client puts it, and as a condition of SQL.
struct Shape {
    name: &'static str,
    query: String,
    /// Tags, each as its conditions on `snapshot_tag`.
    tags: Vec<String>,
    condition: String,
    offset: i64,
    requests: usize,
}

fn shapes(size: i64) -> Vec<Shape> {
    let shape = |name, query: &str, condition: &str| Shape {
        name,
        query: query.to_owned(),
        tags: Vec::new(),
        condition: condition.to_owned(),
        offset: 0,
        requests: REQUESTS,
    };
    let tag = |key: &str, value: &str| format!("tag_key = '{key}' AND tag_value = '{value}'");
    let middle = size / 2 / 40 * 40;
    let ids: Vec<String> = (0..10).map(|number| format!("\"s-{:08}\"", number * (size / 40) * 4)).collect();
    let ids = ids.join(",");
    let ticket = middle / 40 * 4;
    let (from, until) = (START + middle * 20, START + middle * 20 + 3_600);
    let (from, until) = (from / 60 * 60, until / 60 * 60);
    let time = |seconds: i64| ecs_mock::model::time::Time(seconds).to_string();
    let disk = middle % disks(size);
    vec![
        shape(
            "by 10 ids",
            &format!("SnapshotIds={}", encoded(&format!("[{ids}]"))),
            &format!("snapshot.snapshot_id IN (SELECT value FROM json_each('[{ids}]'))"),
        ),
        shape("by disk", &format!("DiskId=d-{disk}"), &format!("source_disk_id = 'd-{disk}'")),
        shape(
            "by instance",
            &format!("InstanceId=i-{}", instance(disk)),
            &format!("instance_id = 'i-{}'", instance(disk)),
        ),
        Shape {
            tags: vec![tag("ticket", &ticket.to_string())],
            ..shape("by a selective tag", &format!("Tag.1.Key=ticket&Tag.1.Value={ticket}"), "TRUE")
        },
        Shape {
            tags: vec![tag("ticket", &ticket.to_string()), tag("env", "e1")],
            ..shape(
                "by two tags",
                &format!("Tag.1.Key=ticket&Tag.1.Value={ticket}&Tag.2.Key=env&Tag.2.Value=e1"),
                "TRUE",
            )
        },
        shape("by name", &format!("SnapshotName=n-{disk}"), &format!("snapshot_name = 'n-{disk}'")),
        shape(
            "by time window",
            &format!(
                "Filter.1.Key=CreationStartTime&Filter.1.Value={}&Filter.2.Key=CreationEndTime&Filter.2.Value={}",
                encoded(&time(from)),
                encoded(&time(until))
            ),
            &format!("reverse_time <= -{from} AND reverse_time >= -{until}"),
        ),
        Shape { requests: FEW_REQUESTS, ..shape("first page of a region", "", "TRUE") },
        Shape {
            requests: FEW_REQUESTS,
            ..shape(
                "by status",
                "Status=failed",
                "coalesce(pinned_status, CASE WHEN ready_time > 1 THEN 'progressing' ELSE outcome END) = 'failed'",
            )
        },
        Shape { requests: FEW_REQUESTS, ..shape("token page", "MaxResults=10", "TRUE") },
        Shape {
            requests: FEW_REQUESTS,
            offset: size / 5 - 10,
            ..shape("page far behind", &format!("PageNumber={}", size / 50), "TRUE")
        },
        Shape {
            requests: FEW_REQUESTS,
            tags: vec![tag("shard", "1")],
            ..shape("by a tag of a third", "Tag.1.Key=shard&Tag.1.Value=1", "TRUE")
        },
    ]
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

fn disks(size: i64) -> i64 {
    size / 20
}

/// Three disks of one region.
fn instance(disk: i64) -> i64 {
    disk / 12 * 4 + disk % 4
}

/// Rows into the sandbox `default` of a database that the server has made, and how long that took.
fn fill(database: &Path, size: i64) -> Duration {
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
                "INSERT INTO snapshot (row_id, state_id, snapshot_id, region_id, snapshot_name, description, creation_time, \
                 source_disk_id, source_disk_type, source_disk_size, source_storage_type, instance_id, encrypted, usage, \
                 snapshot_type, category, product_code, outcome, tags) \
                 VALUES (?, ?, ?, ?, ?, 'nightly copy', ?, ?, 'data', 40, 'disk', ?, 0, 'none', 'user', 'standard', '', \
                 ?, ?)",
            )
            .unwrap();
        let mut tag = transaction
            .prepare(
                "INSERT INTO snapshot_tag \
                 (state_id, tag_key, region_id, reverse_time, snapshot_id, tag_value, row_id) \
                 VALUES (?, ?, ?, ?, ?, ?, ?)",
            )
            .unwrap();
        for number in 0..size {
            let (row_id, disk) = (number + 1, number % disks(size));
            let region = REGIONS[usize::try_from(number % 4).unwrap()];
            let outcome = if number % 10 == 0 { "failed" } else { "accomplished" };
            let (id, name) = (format!("s-{number:08}"), format!("n-{disk}"));
            let (disk, instance) = (format!("d-{disk}"), format!("i-{}", instance(disk)));
            let ticket = number / 40 * 4 + number % 4;
            let time = START + number * 20;
            let (env, shard, ticket) = (format!("e{}", number % 7), (number % 3).to_string(), ticket.to_string());
            let tags = format!(r#"{{"env":"{env}","shard":"{shard}","ticket":"{ticket}"}}"#);
            snapshot.execute(params![row_id, state, id, region, name, time, disk, instance, outcome, tags]).unwrap();
            for (key, value) in [("env", env), ("shard", shard), ("ticket", ticket)] {
                tag.execute(params![state, key, region, -time, id, value, row_id]).unwrap();
            }
        }
    }
    transaction.commit().unwrap();
    started.elapsed()
}

/// A server in a process of its own.
struct Server {
    child: Child,
    address: SocketAddr,
}

impl Server {
    fn start(database: &Path) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ecs-mock"));
        command.args(["--listen", "127.0.0.1:0", "--seed", "none", "--log", "warn,ecs_mock::cli=info", "--database"]);
        Self::run(command.arg(database).env_clear())
    }

    /// This program, as the limit.
    fn limit(database: &Path, folder: &Path) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        Self::run(command.env("LIMIT_DATABASE", database).env("LIMIT_FOLDER", folder))
    }

    fn run(command: &mut Command) -> Self {
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
    fn cpu(&self) -> f64 {
        let tasks = fs::read_dir(format!("/proc/{}/task", self.child.id())).unwrap();
        let nanoseconds = tasks.filter_map(|task| {
            let times = fs::read_to_string(task.ok()?.path().join("schedstat")).ok()?;
            times.split(' ').next()?.parse::<f64>().ok()
        });
        nanoseconds.sum::<f64>() / 1e9
    }

    /// Microseconds of its CPU that a request to one of these paths takes, in turn.
    fn cost(&self, paths: &[String], requests: usize) -> f64 {
        let mut client = Client::new(self.address);
        let mut ask = |count: usize| (0..count).for_each(|number| drop(client.get(&paths[number % paths.len()])));
        ask(requests / 10 + paths.len());
        let before = self.cpu();
        ask(requests);
        (self.cpu() - before) * 1e6 / requests as f64
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }
}

/// One connection that is kept.
struct Client(BufReader<TcpStream>);

impl Client {
    fn new(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        Self(BufReader::new(stream))
    }

    fn get(&mut self, path: &str) -> Vec<u8> {
        write!(self.0.get_mut(), "GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n").unwrap();
        let (mut line, mut length, mut head) = (String::new(), 0, String::new());
        loop {
            line.clear();
            self.0.read_line(&mut line).unwrap();
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            if line.trim().is_empty() {
                break;
            }
            head.push_str(&line);
        }
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).unwrap();
        assert!(head.starts_with("HTTP/1.1 200"), "{head}{}", String::from_utf8_lossy(&body));
        body
    }
}

/// The limit: what [`Server::limit`] runs.
fn serve_limit(database: &str, folder: &str) {
    struct Query {
        count: String,
        page: String,
        reply: Vec<u8>,
    }
    thread_local! {
        static CONNECTION: RefCell<Option<Connection>> = const { RefCell::new(None) };
    }
    let database = database.to_owned();
    let size = fs::read_to_string(Path::new(folder).join("size")).unwrap().parse().unwrap();
    let queries: Vec<Query> = shapes(size)
        .into_iter()
        .enumerate()
        .map(|(number, shape)| {
            let state = "(SELECT state_id FROM sandbox WHERE name = 'default')";
            let tags = shape.tags.iter().enumerate().map(|(number, conditions)| {
                format!(
                    "(SELECT * FROM snapshot_tag WHERE state_id = {state} AND region_id = 'cn-hangzhou' AND {conditions}) \
                     AS tag_{number}"
                )
            });
            let tables: Vec<String> = tags.chain(["snapshot".to_owned()]).collect();
            let places = if shape.tags.is_empty() { "snapshot" } else { "tag_0" };
            let links: String = (0..shape.tags.len())
                .map(|number| {
                    format!(
                        " AND snapshot.row_id = tag_{number}.row_id AND tag_{number}.snapshot_id = {places}.snapshot_id \
                         AND tag_{number}.reverse_time = {places}.reverse_time"
                    )
                })
                .collect();
            let from = format!(
                "FROM {} WHERE snapshot.state_id = {state} AND snapshot.region_id = 'cn-hangzhou' AND \
                 (snapshot.expiration_time IS NULL OR snapshot.expiration_time > 1) AND {}{links}",
                tables.join(" JOIN "),
                shape.condition
            );
            let page = format!(
                "SELECT snapshot.* {from} ORDER BY {places}.reverse_time, {places}.snapshot_id LIMIT 10 OFFSET {}",
                shape.offset
            );
            let reply = fs::read(Path::new(folder).join(number.to_string())).unwrap();
            Query { count: format!("SELECT count(*) {from}"), page, reply }
        })
        .collect();
    let queries = Data::new(queries);
    let database = Data::new(database);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    println!("listening on http://{}", listener.local_addr().unwrap());
    let answer = async |queries: Data<Vec<Query>>, database: Data<String>, number: web::Path<usize>| {
        let query = &queries[*number];
        CONNECTION.with_borrow_mut(|connection| {
            let connection = connection.get_or_insert_with(|| Connection::open(database.as_str()).unwrap());
            let count: i64 = connection.prepare_cached(&query.count).unwrap().query_row([], |row| row.get(0)).unwrap();
            let mut statement = connection.prepare_cached(&query.page).unwrap();
            let columns = statement.column_count();
            let mut rows = statement.query([]).unwrap();
            let mut bytes = count;
            while let Some(row) = rows.next().unwrap() {
                for column in 0..columns {
                    let value = row.get_ref(column).unwrap();
                    bytes += value.as_str().map_or(8, |text| i64::try_from(text.len()).unwrap());
                }
            }
            std::hint::black_box(bytes);
        });
        HttpResponse::Ok().content_type("application/json;charset=utf-8").body(query.reply.clone())
    };
    let server = HttpServer::new(move || {
        App::new().app_data(queries.clone()).app_data(database.clone()).route("/{shape}", web::get().to(answer))
    });
    actix_web::rt::System::new().block_on(server.listen(listener).unwrap().run()).unwrap();
}

/// What the client asks of the server for a shape: one path, or the pages of the list in turn.
fn paths(server: &Server, shape: &Shape) -> Vec<String> {
    let path = format!("/?Action=DescribeSnapshots&RegionId=cn-hangzhou&Format=JSON&{}", shape.query);
    if shape.name == "token page" {
        let first = String::from_utf8(Client::new(server.address).get(&path)).unwrap();
        let token = first.split("\"NextToken\":\"").nth(1).unwrap().split('"').next().unwrap();
        return vec![format!("{path}&NextToken={token}")];
    }
    match shape.query.strip_prefix("PageNumber=") {
        Some(page) => {
            let page: i64 = page.parse().unwrap();
            (page - 7..=page).rev().map(|page| path.replace(&shape.query, &format!("PageNumber={page}"))).collect()
        }
        None => vec![path],
    }
}

fn main() {
    if let (Ok(database), Ok(folder)) = (std::env::var("LIMIT_DATABASE"), std::env::var("LIMIT_FOLDER")) {
        return serve_limit(&database, &folder);
    }
    let sizes: Vec<i64> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    let sizes = if sizes.is_empty() { vec![1_000, 1_000_000] } else { sizes };
    println!("{:<24} {:>9} {:>10} {:>10} {:>7}", "shape", "rows", "ours", "limit", "ratio");
    for size in sizes {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("bench.db");
        let filled = fill(&database, size);
        println!("# {size} rows with 3 tags each by INSERT in one transaction: {:.1} s", filled.as_secs_f64());
        let shapes = shapes(size);
        let server = Server::start(&database);
        for (number, shape) in shapes.iter().enumerate() {
            let body = Client::new(server.address).get(&paths(&server, shape)[0]);
            fs::write(folder.path().join(number.to_string()), body).unwrap();
        }
        fs::write(folder.path().join("size"), size.to_string()).unwrap();
        let requests =
            |shape: &Shape| if shape.name.contains("third") && size > 10_000 { FEW_REQUESTS } else { REQUESTS };
        let cost = |shape: &Shape| server.cost(&paths(&server, shape), requests(shape));
        let costs: Vec<f64> = shapes.iter().map(cost).collect();
        // One process at a time has the database.
        drop(server);
        let limit = Server::limit(&database, folder.path());
        for (number, (shape, ours)) in shapes.iter().zip(costs).enumerate() {
            let requests = if size > 10_000 { shape.requests } else { REQUESTS };
            let limit = limit.cost(&[format!("/{number}")], requests);
            println!("{:<24} {size:>9} {ours:>7.0} us {limit:>7.0} us {:>7.2}", shape.name, ours / limit);
        }
    }
}
