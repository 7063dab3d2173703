//! Seeding: once, in order, all or nothing, and never into a sandbox that lives.

use std::path::Path;
use std::sync::Arc;

use ecs_mock::app::{App, AppError, Config};
use ecs_mock::clock::Clock;
use ecs_mock::model::ids::Ids;
use ecs_mock::model::paging::Start;
use ecs_mock::model::snapshot::Snapshot;
use ecs_mock::model::snapshot_filter::SnapshotFilter;
use ecs_mock::sandboxes::Which;
use ecs_mock::seed::Source;

use crate::support::NOW;

async fn open(folder: &Path, seed: Source) -> Result<App, AppError> {
    let database = folder.join("x.db");
    let (clock, ids) = (Clock::frozen(NOW), Arc::new(Ids::seeded(1)));
    App::open(Config { clock, ids, ..Config::new(database, seed) }).await
}

async fn ids(app: &App) -> Vec<String> {
    let filter = SnapshotFilter { region_id: Some("cn-hangzhou".to_owned()), ..SnapshotFilter::default() };
    let view = app.sandboxes.view(&app.sandboxes.by_name("default").unwrap()).await.unwrap();
    let page = app.sandboxes.page::<Snapshot>(&view, &filter, &Start::Offset(0), 1_000).await.unwrap().page;
    page.rows.iter().map(|row| row.resource.snapshot_id.clone()).collect()
}

fn write(path: &Path, text: &str) {
    std::fs::write(path, text).unwrap();
}

#[actix_web::test]
async fn a_folder_is_read_whole_but_for_what_is_no_document() {
    let folder = tempfile::tempdir().unwrap();
    let seed = folder.path().join("seed");
    std::fs::create_dir(&seed).unwrap();
    write(&seed.join("b.json"), r#"{"Snapshots": [{"SnapshotId": "s-b"}]}"#);
    write(&seed.join("a.yaml"), "Snapshots: [{SnapshotId: s-a}]");
    write(&seed.join("c.YML"), "Snapshots: [{SnapshotId: s-c}]");
    std::fs::create_dir(seed.join("folder.yaml")).unwrap();
    write(&seed.join("README.md"), "not a document");
    write(&seed.join(".hidden.yaml"), "not read: [");
    std::fs::create_dir(seed.join("below")).unwrap();
    write(&seed.join("below/d.yaml"), "Snapshots: [{SnapshotId: s-d}]");
    let app = open(folder.path(), Source::Path(seed)).await.unwrap();
    assert_eq!(ids(&app).await, ["s-a", "s-b", "s-c"]);
}

#[actix_web::test]
async fn one_wrong_entry_and_nothing_is_seeded() {
    let folder = tempfile::tempdir().unwrap();
    let seed = folder.path().join("seed");
    std::fs::create_dir(&seed).unwrap();
    write(&seed.join("1.yaml"), "Snapshots: [{SnapshotId: s-1}]");
    write(&seed.join("2.yaml"), "Snapshots: [{SnapshotId: s-2}, {SnapshotId: s-3, Status: done}]");
    let error = open(folder.path(), Source::Path(seed.clone())).await.unwrap_err().to_string();
    for part in ["2.yaml", "Snapshots[1].Status", "done", "progressing"] {
        assert!(error.contains(part), "{error} has no {part}");
    }
    // The next start is still the first one.
    write(&seed.join("2.yaml"), "Snapshots: [{SnapshotId: s-2}]");
    let app = open(folder.path(), Source::Path(seed)).await.unwrap();
    assert_eq!(ids(&app).await, ["s-1", "s-2"]);
}

#[actix_web::test]
async fn an_id_is_there_once_across_files_and_regions() {
    let folder = tempfile::tempdir().unwrap();
    let seed = folder.path().join("seed");
    std::fs::create_dir(&seed).unwrap();
    write(&seed.join("1.yaml"), "Snapshots: [{SnapshotId: s-1}]");
    write(&seed.join("2.yaml"), "Snapshots: [{SnapshotId: s-1, RegionId: cn-beijing}]");
    let error = open(folder.path(), Source::Path(seed)).await.unwrap_err().to_string();
    for part in ["1.yaml", "2.yaml", "Snapshots[0].SnapshotId", "s-1", "twice"] {
        assert!(error.contains(part), "{error} has no {part}");
    }
}

#[actix_web::test]
async fn files_that_changed_are_read_anew_and_touch_no_sandbox() {
    let folder = tempfile::tempdir().unwrap();
    let seed = folder.path().join("seed.yaml");
    write(&seed, "Snapshots: [{SnapshotId: s-1}, {SnapshotId: s-2}]");
    let app = open(folder.path(), Source::Path(seed.clone())).await.unwrap();
    assert_eq!(ids(&app).await, ["s-1", "s-2"]);
    let sandbox = app.sandboxes.by_name("default").unwrap();
    app.sandboxes.remove_resources::<Snapshot>(&sandbox, Which::Id("s-1".to_owned())).await.unwrap();
    app.close().await.unwrap();

    write(&seed, "Snapshots: [{SnapshotId: s-9}]");
    for _ in 0..2 {
        let app = open(folder.path(), Source::Path(seed.clone())).await.unwrap();
        assert_eq!(ids(&app).await, ["s-2"], "the sandbox is as it was left");
        app.close().await.unwrap();
    }
    // The new seed is there, and the old one goes in the background: what stays is the sandbox's row and the seed's.
    let app = open(folder.path(), Source::Path(seed)).await.unwrap();
    let purged = async {
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(app.store.path());
        let mut connection = sqlx::ConnectOptions::connect(&options).await.unwrap();
        let rows = "SELECT count(*) FROM snapshot";
        while sqlx::query_scalar::<_, i64>(rows).fetch_one(&mut connection).await.unwrap() != 2 {}
    };
    tokio::time::timeout(std::time::Duration::from_mins(1), purged).await.expect("the old seed is purged");
}

#[actix_web::test]
async fn a_seed_that_is_not_there_or_not_readable_is_named() {
    let folder = tempfile::tempdir().unwrap();
    for (name, remedy) in [("missing.yaml", "--seed"), ("missing-folder", "--seed"), ("seed.toml", "rename")] {
        write(&folder.path().join("seed.toml"), "");
        let error = open(folder.path(), Source::Path(folder.path().join(name))).await.unwrap_err().to_string();
        assert!(error.contains(name) && error.contains(remedy), "{error}");
    }
}

#[actix_web::test]
async fn ten_thousand_snapshots_with_tags_are_seeded_and_copied_whole() {
    let folder = tempfile::tempdir().unwrap();
    let seed = folder.path().join("seed.json");
    let entries: Vec<String> = (0..10_050)
        .map(|number| format!(r#"{{"SnapshotId":"s-{number:05}","Tags":{{"n":"{number}","half":"{}"}}}}"#, number % 2))
        .collect();
    write(&seed, &format!(r#"{{"Snapshots":[{}]}}"#, entries.join(",")));
    let app = open(folder.path(), Source::Path(seed)).await.unwrap();
    let sandbox = app.sandboxes.by_name("default").unwrap();
    let view = app.sandboxes.view(&sandbox).await.unwrap();
    let tagged = |key: &str, value: &str| SnapshotFilter {
        region_id: Some("cn-hangzhou".to_owned()),
        tags: vec![ecs_mock::model::tags::TagFilter { key: key.to_owned(), value: Some(value.to_owned()) }],
        ..SnapshotFilter::default()
    };
    let list = async |filter: SnapshotFilter, start: Start| {
        app.sandboxes.page::<Snapshot>(&view, &filter, &start, 100).await.unwrap().page
    };
    let page = list(tagged("half", "1"), Start::Offset(5_000)).await;
    assert_eq!((page.total_count, page.rows.len()), (5_025, 25));
    let page = list(tagged("n", "10049"), Start::Offset(0)).await;
    assert_eq!(page.rows[0].resource.snapshot_id, "s-10049");
    assert_eq!(page.rows[0].resource.tags.len(), 2);
}

#[actix_web::test]
async fn a_start_where_no_seed_is_keeps_the_one_in_the_database() {
    let folder = tempfile::tempdir().unwrap();
    let seed = folder.path().join("mine.yaml");
    write(&seed, "Snapshots: [{SnapshotId: s-1}]");
    open(folder.path(), Source::Path(seed)).await.unwrap().close().await.unwrap();
    let run = |arguments: &[&str]| {
        let server = crate::support::Process::start(folder.path(), &[&["--database", "x.db"], arguments].concat());
        let said = server.start.clone();
        let new = r#"{"Name": "new"}"#;
        let url = format!("http://{}/_mock/v1/sandboxes", server.address);
        let _ = ureq::delete(format!("{url}/new")).call();
        ureq::post(&url).content_type("application/json").send(new).unwrap();
        let body = server.get("/?Action=DescribeSnapshots&RegionId=cn-hangzhou&AccessKeyId=new");
        (said, body.contains("s-1"))
    };
    let (said, has_seed) = run(&[]);
    assert!(said.contains("no folder seed here") && said.contains("nothing to do"), "{said}");
    assert!(has_seed);
    let (_, has_seed) = run(&["--seed", "none"]);
    assert!(!has_seed, "none is none");
}

#[actix_web::test]
async fn what_is_wrong_with_a_seed_is_said_though_what_was_filled_cannot_be_deleted() {
    let folder = tempfile::tempdir().unwrap();
    open(folder.path(), Source::None).await.unwrap().close().await.unwrap();
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(folder.path().join("x.db"));
    let mut connection = sqlx::ConnectOptions::connect(&options).await.unwrap();
    let stuck = "CREATE TRIGGER stuck BEFORE DELETE ON state BEGIN SELECT raise(ABORT, 'the state is stuck'); END";
    sqlx::raw_sql(stuck).execute(&mut connection).await.unwrap();
    drop(connection);
    let seed = folder.path().join("wrong.yaml");
    write(&seed, "Snapshots: [{Status: done}]");
    let error = open(folder.path(), Source::Path(seed)).await.unwrap_err().to_string();
    for part in ["wrong.yaml", "Snapshots[0].Status"] {
        assert!(error.contains(part), "{error} has no {part}");
    }
}

#[actix_web::test]
async fn a_second_document_in_a_file_is_pointed_at() {
    let folder = tempfile::tempdir().unwrap();
    let seed = folder.path().join("two.yaml");
    write(&seed, "Snapshots: [{SnapshotId: s-1}]\n---\nSnapshots: [{SnapshotId: s-2}]\n");
    let error = open(folder.path(), Source::Path(seed.clone())).await.unwrap_err().to_string();
    for part in ["two.yaml", "another document", "line 3", "---", "a file of its own"] {
        assert!(error.contains(part), "{error} has no {part}");
    }
    assert!(!error.contains("from_"), "{error} speaks of a library");
    // The marks of one document are fine.
    write(&seed, "---\nSnapshots: [{SnapshotId: s-1}]\n...\n");
    assert_eq!(ids(&open(folder.path(), Source::Path(seed)).await.unwrap()).await, ["s-1"]);
}
