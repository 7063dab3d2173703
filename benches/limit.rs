//! How close a DescribeSnapshots request comes to what SQLite and HTTP cost by themselves, in CPU time of the server.
//!
//! `cargo bench --bench limit` fills two databases with the same rows, runs the server over each, and beside it the limit:
//! an actix-web handler that counts and reads the same page with SQLite's own interface on the worker's thread, and sends
//! the same bytes. It prints one table, of answers that were given before (`again`) and of those that were not (`first`);
//! `cargo bench --bench limit -- 1000 100000` chooses other sizes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::cast_precision_loss)]

mod support;

use std::cell::RefCell;
use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

use actix_web::web::{self, Data};
use actix_web::{App, HttpResponse, HttpServer};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use rusqlite::Connection;

use support::{Client, START, Server, disks, fill, instance};

/// Requests of a shape that are measured, after a tenth as many that are not.
const REQUESTS: usize = 2_000;
/// Of shapes that cost the limit milliseconds.
const FEW_REQUESTS: usize = 60;

/// What is asked for: as a client puts it, and as a condition of SQL.
struct Shape {
    name: &'static str,
    query: String,
    /// Tags, each as its conditions on `tag`.
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
            &format!("snapshot.id IN (SELECT value FROM json_each('[{ids}]'))"),
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

/// This program, as the limit.
fn start_limit(database: &Path, folder: &Path) -> Server {
    let mut command = Command::new(std::env::current_exe().unwrap());
    Server::run(command.env("LIMIT_DATABASE", database).env("LIMIT_FOLDER", folder))
}

/// Microseconds of a server's CPU that a request to one of these paths takes, in turn.
fn cost(server: &Server, paths: &[String], requests: usize) -> f64 {
    let mut client = Client::new(server.address);
    let mut ask = |count: usize| (0..count).for_each(|number| drop(client.get(&paths[number % paths.len()])));
    ask(requests / 10 + paths.len());
    let before = server.cpu();
    ask(requests);
    (server.cpu() - before) * 1e6 / requests as f64
}

/// The limit: what [`start_limit`] runs.
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
                    "(SELECT * FROM tag WHERE state_id = {state} AND kind = 0 AND region_id = 'cn-hangzhou' AND \
                     {conditions}) AS tag_{number}"
                )
            });
            let tables: Vec<String> = tags.chain(["snapshot".to_owned()]).collect();
            let places = if shape.tags.is_empty() { "snapshot" } else { "tag_0" };
            let links = (0..shape.tags.len()).fold(String::new(), |links, number| {
                links
                    + &format!(
                        " AND tag_{number}.id = snapshot.id AND tag_{number}.id = {places}.id \
                         AND tag_{number}.reverse_time = {places}.reverse_time"
                    )
            });
            let from = format!(
                "FROM {} WHERE snapshot.state_id = {state} AND snapshot.region_id = 'cn-hangzhou' AND \
                 (snapshot.expiration_time IS NULL OR snapshot.expiration_time > 1) AND {}{links}",
                tables.join(" JOIN "),
                shape.condition
            );
            let page = format!(
                "SELECT snapshot.* {from} ORDER BY {places}.reverse_time, {places}.id LIMIT 10 OFFSET {}",
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
    println!(
        "{:<24} {:>9} {:>10} {:>10} {:>10} {:>7} {:>7}",
        "shape", "rows", "again", "first", "limit", "again/", "first/"
    );
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
        let costs = |server: &Server, requests: &dyn Fn(&Shape) -> usize| -> Vec<f64> {
            shapes.iter().map(|shape| cost(server, &paths(server, shape), requests(shape))).collect()
        };
        let again = costs(&server, &requests);
        // One process at a time has the database.
        drop(server);
        // Without a cache each answer is a first one.
        let server = Server::with(&database, &["--page-cache", "0"]);
        let few = |shape: &Shape| if size > 10_000 { shape.requests } else { REQUESTS };
        let first = costs(&server, &few);
        drop(server);
        let limit = start_limit(&database, folder.path());
        for (number, (shape, (again, first))) in shapes.iter().zip(again.into_iter().zip(first)).enumerate() {
            let requests = if size > 10_000 { shape.requests } else { REQUESTS };
            let limit = cost(&limit, &[format!("/{number}")], requests);
            println!(
                "{:<24} {size:>9} {again:>7.0} us {first:>7.0} us {limit:>7.0} us {:>7.2} {:>7.2}",
                shape.name,
                again / limit,
                first / limit
            );
        }
    }
}
