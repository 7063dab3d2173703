//! The server: how it is, what it runs with, and backups.

use ecs_mock::admin::guard::Access;
use ecs_mock::app::Config;
use ecs_mock::seed::Source;

use super::{led, open, page, post, rows, text};
use crate::support::TestApp;

fn value(page: &str, table: &str, name: &str) -> String {
    let table = page.split(&format!("<caption>{table}")).nth(1).unwrap_or_else(|| panic!("no {table}: {page}"));
    let row = table.split(&format!("<tr data-id=\"{name}\">")).nth(1).unwrap_or_else(|| panic!("no {name}: {page}"));
    text(row, "td")
}

#[actix_web::test]
async fn it_shows_how_it_is_and_what_it_runs_with() {
    let limited = |config| Config { journal_memory: 3 * 1024 * 1024, ..config };
    let app = TestApp::configured(Source::None, limited, Access::default()).await;
    app.sandbox("other", serde_json::json!("empty")).await;
    let body = page(&app, "/server").await;
    assert_eq!(text(&body, "h1"), "Server");
    assert!(body.contains("It lives, and is ready."), "{body}");
    assert_eq!(value(&body, "What there is", "Version"), env!("CARGO_PKG_VERSION"));
    assert_eq!(value(&body, "What there is", "Sandboxes"), "2");
    assert_eq!(value(&body, "What there is", "Time"), "2026-03-15T12:00:00Z");
    let newest = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations")).unwrap().count();
    assert_eq!(value(&body, "What there is", "Version of the schema"), newest.to_string());
    assert!(value(&body, "What there is", "Version of SQLite").starts_with("3."), "{body}");
    assert!(value(&body, "What there is", "Size of the database").ends_with(" MiB"), "{body}");
    assert_eq!(value(&body, "What there may be at most", "Memory of journals"), "3.0 MiB");
    assert_eq!(value(&body, "What there may be at most", "Sandboxes"), "10000");
    assert_eq!(value(&body, "What there may be at most", "Resources of a kind in a sandbox"), "none");
    for path in ["/_mock/health/ready", "/_mock/metrics", "/_mock/v1/backup"] {
        assert!(body.contains(&format!("http://{}{path}&#39;", app.address)), "{path}: {body}");
    }
    assert!(page(&app, "/sandboxes").await.contains("href=\"/_mock/console/server\""));
}

#[actix_web::test]
async fn backups_are_made_and_listed_where_there_is_a_folder_for_them() {
    let app = TestApp::empty().await;
    assert!(page(&app, "/server").await.contains("without <code>--backups</code>"));
    let reply = post(&app, "/server/backup", &[]).await;
    assert_eq!((reply.status, text(&reply.body, "h1").as_str()), (409, "Conflict"));

    let folder = tempfile::tempdir().unwrap();
    let backups = folder.path().join("new");
    let configured = |config| Config { backups: Some(backups.clone()), ..config };
    let app = TestApp::configured(Source::None, configured, Access::default()).await;
    assert!(page(&app, "/server").await.contains("Make a backup"));
    assert_eq!(led(&post(&app, "/server/backup", &[]).await), "/server");
    app.clock.run(60);
    assert_eq!(led(&post(&app, "/server/backup", &[]).await), "/server");
    std::fs::write(backups.join("notes.txt"), "none of ours").unwrap();
    let body = page(&app, "/server").await;
    let files: Vec<String> = rows(&body).into_iter().filter(|name| name.starts_with("ecs-mock-")).collect();
    assert_eq!(files.len(), 2, "{body}");
    assert!(files[0].starts_with("ecs-mock-2026-03-15T120100Z-"), "the newest first: {files:?}");
    assert!(backups.join(&files[1]).is_file() && !body.contains("notes.txt"));

    // What is no folder is told, and the page is there.
    std::fs::remove_dir_all(&backups).unwrap();
    std::fs::write(&backups, "").unwrap();
    let reply = open(&app, "/server").await;
    assert_eq!(reply.status, 200);
    assert!(reply.body.contains("The folder cannot be read"), "{}", reply.body);
}
