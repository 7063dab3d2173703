//! What a DescribeSnapshots request costs, from the parsed HTTP request to the answer's bytes, at two sizes of state.
//!
//! `cargo bench` prints a time for each shape and size; the flatter a shape, the less it cares how much state there is.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fmt::Write as _;
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;

use actix_web::body::to_bytes;
use actix_web::dev::Service;
use actix_web::rt::System;
use actix_web::web::{self, Data};
use actix_web::{App as ActixApp, test};
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use ecs_mock::app::{App, Config, Startup};
use ecs_mock::clock::Clock;
use ecs_mock::ids::Ids;
use ecs_mock::model::time::Time;
use ecs_mock::seed::Source;
use ecs_mock::wire;

const SIZES: [usize; 2] = [1_000, 100_000];

/// `size` snapshots in one region: 20 to a disk, three tags each, one made every minute.
fn document(size: usize) -> String {
    let mut text = String::from("{\"Snapshots\":[");
    for number in 0..size {
        let comma = if number == 0 { "" } else { "," };
        let (disk, ticket, shard) = (number / 20, number / 10, number % 3);
        let time = Time(1_600_000_000 + 60 * i64::try_from(number).unwrap());
        write!(
            text,
            "{comma}{{\"SnapshotId\":\"s-{number:07}\",\"SourceDiskId\":\"d-{disk}\",\"CreationTime\":\"{time}\",\
             \"Tags\":{{\"ticket\":\"{ticket}\",\"shard\":\"{shard}\",\"env\":\"test\"}}}}"
        )
        .unwrap();
    }
    text + "]}"
}

async fn open(folder: &Path, size: usize) -> App {
    let seed = folder.join("seed.json");
    std::fs::write(&seed, document(size)).unwrap();
    let (clock, ids) = (Clock::frozen(Time(1_773_576_000)), Arc::new(Ids::seeded(1)));
    let config = Config::new(folder.join("bench.db"), Source::Path(seed));
    App::open(Config { clock, ids, ..config }).await.unwrap()
}

fn shapes(size: usize) -> [(&'static str, String); 5] {
    let ids: Vec<String> = (0..10).map(|number| format!("%22s-{:07}%22", number * size / 10)).collect();
    [
        ("by 10 ids", format!("SnapshotIds=%5B{}%5D", ids.join("%2C"))),
        ("by disk", format!("DiskId=d-{}", size / 40)),
        ("by tag", format!("Tag.1.Key=ticket&Tag.1.Value={}", size / 20)),
        ("first page", String::new()),
        ("deep page", format!("PageNumber={}", size / 20)),
    ]
}

fn describe_snapshots(criterion: &mut Criterion) {
    let system = System::new();
    for size in SIZES {
        let folder = tempfile::tempdir().unwrap();
        let startup = Data::new(Startup::new(Arc::new(Ids::seeded(1))));
        startup.finish(system.block_on(open(folder.path(), size)));
        let app = ActixApp::new().app_data(startup).default_service(web::to(wire::answer));
        let service = system.block_on(test::init_service(app));
        for (name, query) in shapes(size) {
            let uri = format!("/?Action=DescribeSnapshots&RegionId=cn-hangzhou&Format=JSON&{query}");
            let request = async || {
                let response = service.call(test::TestRequest::get().uri(&uri).to_request()).await.unwrap();
                assert!(response.status().is_success());
                to_bytes(response.into_body()).await.unwrap()
            };
            criterion.benchmark_group("DescribeSnapshots").bench_function(BenchmarkId::new(name, size), |bencher| {
                bencher.iter(|| black_box(system.block_on(request())));
            });
        }
    }
}

criterion_group!(benches, describe_snapshots);
criterion_main!(benches);
