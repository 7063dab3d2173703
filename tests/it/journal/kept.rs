//! What stays across restarts, resets, restores, forks and deletions.

use ecs_mock::journal::ENTRIES;
use serde_json::{Value, json};

use super::{default_of, entry, kept, open, place, push, rows, tamper};
use crate::support::TestApp;

#[actix_web::test]
async fn an_orderly_end_loses_nothing_and_numbers_go_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    let app = open(&path, u64::MAX).await;
    for _ in 0..ENTRIES + 3 {
        push(&app, entry(&[("Name", "x")])).await;
    }
    let before = kept(&app).await;
    assert_eq!((before.evicted, before.complete_from(), before.last_sequence), (3, 4, 1_003));
    app.close().await.unwrap();

    let app = open(&path, u64::MAX).await;
    assert_eq!(kept(&app).await, before);
    assert_eq!(push(&app, entry(&[])).await, 1_004);
    assert_eq!(kept(&app).await.evicted, 4);
}

#[actix_web::test]
async fn the_database_has_what_is_kept_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    let app = open(&path, u64::MAX).await;
    let add = place(&app).await;
    for _ in 0..10 {
        add.push(entry(&[]), false);
    }
    app.sandboxes.journals().save().await.unwrap();
    assert_eq!(rows(&path).await, (1..=10).collect::<Vec<_>>());
    for _ in 0..ENTRIES + 10 {
        add.push(entry(&[]), false);
    }
    app.sandboxes.journals().save().await.unwrap();
    assert_eq!(rows(&path).await, (21..=1_020).collect::<Vec<_>>());

    app.sandboxes.empty_journal(&default_of(&app)).await.unwrap();
    assert_eq!(rows(&path).await, [0; 0], "at once");
    app.sandboxes.journals().save().await.unwrap();
    assert_eq!(rows(&path).await, [0; 0], "nothing brings them back");
    assert_eq!(add.push(entry(&[]), false), 1_021);
    drop(add);
    app.close().await.unwrap();
    assert_eq!(rows(&path).await, [1_021]);
}

#[actix_web::test]
async fn what_a_write_left_whose_end_nobody_knows_is_written_anew() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    let app = open(&path, u64::MAX).await;
    let add = place(&app).await;
    add.push(entry(&[("Name", "1")]), false);
    app.sandboxes.journals().save().await.unwrap();
    // As if these two had been committed, and the word of it had been lost.
    tamper(
        &path,
        "INSERT INTO journal_batch SELECT sandbox_id, first_sequence + 1, 1, compression, body FROM journal_batch;
         INSERT INTO journal_batch SELECT sandbox_id, 3, 1, compression, body FROM journal_batch WHERE first_sequence = 1",
    )
    .await;
    for name in ["2", "3"] {
        add.push(entry(&[("Name", name)]), false);
    }
    let before = kept(&app).await;
    drop(add);
    app.close().await.unwrap();
    assert_eq!(rows(&path).await, [1, 2, 3]);
    let app = open(&path, u64::MAX).await;
    assert_eq!(kept(&app).await, before);
}

#[actix_web::test]
async fn what_can_be_read_no_more_counts_as_evicted() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    let app = open(&path, u64::MAX).await;
    for _ in 0..20 {
        push(&app, entry(&[("Name", "x")])).await;
    }
    app.close().await.unwrap();
    tamper(&path, "UPDATE journal_batch SET body = CAST(substr(body, 1, 40) AS BLOB) WHERE compression = 'lz4'").await;

    let app = open(&path, u64::MAX).await;
    let found = kept(&app).await;
    assert_eq!((found.entries.len(), found.evicted, found.last_sequence), (0, 20, 20));
    assert_eq!(push(&app, entry(&[])).await, 21);
}

async fn requests(app: &TestApp, sandbox: &str) -> Vec<(i64, String)> {
    let list = app.control("GET", &format!("/sandboxes/{sandbox}/requests"), Value::Null).await.json();
    let list = list["Requests"].as_array().unwrap().iter();
    list.map(|entry| (entry["Sequence"].as_i64().unwrap(), entry["Action"].as_str().unwrap().to_owned())).collect()
}

fn named(entries: &[(i64, &str)]) -> Vec<(i64, String)> {
    entries.iter().map(|(sequence, action)| (*sequence, (*action).to_owned())).collect()
}

#[actix_web::test]
async fn resets_empty_a_journal_restores_and_replaced_states_keep_it() {
    let app = TestApp::empty().await;
    app.act("DescribeRegions").await;
    app.arrange("PUT", "/checkpoints/before", Value::Null).await;
    app.arrange("PUT", "/state", json!({})).await;
    app.arrange("POST", "/checkpoints/before/restore", Value::Null).await;
    let all = [
        (1, "DescribeRegions"),
        (2, "/checkpoints/{checkpoint}"),
        (3, "/state"),
        (4, "/checkpoints/{checkpoint}/restore"),
    ];
    assert_eq!(requests(&app, "default").await, named(&all));
    app.arrange("POST", "/reset?to=empty", Value::Null).await;
    assert_eq!(requests(&app, "default").await, named(&[(5, "/reset")]));
    let list = app.arrange("GET", "/requests", Value::Null).await;
    assert_eq!((&list["Evicted"], &list["LastSequence"]), (&json!(0), &json!(5)));
    app.arrange("POST", "/reset?to=before", Value::Null).await;
    assert_eq!(requests(&app, "default").await, named(&[(6, "/reset")]), "to a checkpoint, too");
}

#[actix_web::test]
async fn a_fork_begins_with_none_and_no_sandbox_sees_the_entries_of_another() {
    let app = TestApp::empty().await;
    app.act("DescribeRegions").await;
    app.sandbox("fork", json!({"Sandbox": "default"})).await;
    assert_eq!(requests(&app, "fork").await, []);
    app.act("DescribeDisks&RegionId=cn-hangzhou&AccessKeyId=fork").await;
    assert_eq!(requests(&app, "fork").await, named(&[(1, "DescribeDisks")]));
    assert_eq!(requests(&app, "default").await, named(&[(1, "DescribeRegions")]));

    assert_eq!(app.control("DELETE", "/sandboxes/fork", Value::Null).await.status, 204);
    assert_eq!(app.control("GET", "/sandboxes/fork/requests", Value::Null).await.status, 404);
    app.sandbox("fork", json!("empty")).await;
    assert_eq!(requests(&app, "fork").await, []);
}
