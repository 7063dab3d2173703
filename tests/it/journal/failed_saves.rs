//! A save that fails: what it was to write stays in memory, and is written once that works again.

use std::path::Path;
use std::time::Duration;

use ecs_mock::app::App;
use prometheus_client::encoding::text::encode;
use prometheus_client::registry::Registry;
use sqlx::Connection as _;

use super::{connect, entry, kept, numbers, open, push, rows, tamper};

/// Lets no entry into the table. The header of the journal, which is written before, has to be taken back then.
async fn refuse_entries(path: &Path) {
    let trigger = "CREATE TRIGGER refused BEFORE INSERT ON journal_batch WHEN NEW.first_sequence > 1 BEGIN SELECT RAISE(ABORT, 'no'); END";
    tamper(path, trigger).await;
}

async fn let_entries_in(path: &Path) {
    tamper(path, "DROP TRIGGER refused").await;
}

/// The numbers of the entries in the table, and the newest one that the header tells.
async fn written(path: &Path) -> (Vec<i64>, i64) {
    let mut connection = connect(path).await;
    let last = sqlx::query_scalar("SELECT last_sequence FROM journal").fetch_one(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    (rows(path).await, last)
}

/// How many write transactions were asked for.
fn transactions(app: &App) -> usize {
    let mut registry = Registry::default();
    registry.register("wait", "", app.store.waits().writer.clone());
    let mut text = String::new();
    encode(&mut text, &registry).unwrap();
    let count = text.lines().find_map(|line| line.strip_prefix("wait_count ")).unwrap();
    count.parse().unwrap()
}

#[actix_web::test]
async fn a_save_that_fails_writes_nothing_and_the_next_one_writes_all() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    let app = open(&path, u64::MAX).await;
    push(&app, entry(&[("Name", "first")])).await;
    app.sandboxes.journals().save().await.unwrap();
    assert_eq!(written(&path).await, (vec![1], 1));

    refuse_entries(&path).await;
    push(&app, entry(&[("Name", "second")])).await;
    assert!(app.sandboxes.journals().save().await.is_err());
    push(&app, entry(&[("Name", "third")])).await;
    assert!(app.sandboxes.journals().save().await.is_err());
    assert_eq!(written(&path).await, (vec![1], 1), "neither entries nor a header that tells of them");
    let found = kept(&app).await;
    assert_eq!((numbers(&found), found.complete_from()), (vec![1, 2, 3], 1), "nobody misses them meanwhile");

    let_entries_in(&path).await;
    app.sandboxes.journals().save().await.unwrap();
    assert_eq!(written(&path).await, (vec![1, 2, 3], 3));
    app.close().await.unwrap();
    let again = open(&path, u64::MAX).await;
    assert_eq!(kept(&again).await, found);
    again.close().await.unwrap();
}

#[actix_web::test]
async fn who_saves_goes_on_until_it_works() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    // What is not written cannot be dropped from memory, however little of it there is.
    let app = open(&path, 1).await;
    push(&app, entry(&[("Name", "first")])).await;
    app.sandboxes.journals().save().await.unwrap();
    refuse_entries(&path).await;
    push(&app, entry(&[("Name", "second")])).await;
    let before = transactions(&app);
    let journals = app.sandboxes.journals().clone();
    let saving = actix_web::rt::spawn(async move { journals.keep_saving().await });
    let all = async {
        // Nobody adds anything meanwhile: the second time is for the sake of the first alone.
        while transactions(&app) < before + 2 {
            tokio::task::yield_now().await;
        }
        assert_eq!(written(&path).await, (vec![1], 1));
        push(&app, entry(&[("Name", "third")])).await;
        let_entries_in(&path).await;
        while written(&path).await.1 < 3 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), all).await.expect("it is tried again");
    saving.abort();
    assert_eq!(written(&path).await, (vec![1, 2, 3], 3));
    let found = kept(&app).await;
    assert_eq!((numbers(&found), found.complete_from()), (vec![1, 2, 3], 1));
    app.close().await.unwrap();
    let again = open(&path, u64::MAX).await;
    assert_eq!(kept(&again).await, found);
    again.close().await.unwrap();
}
