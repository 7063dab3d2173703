//! Ends without order: what is known of a journal after them, and that no number comes again.

use std::path::Path;
use std::time::Duration;

use ecs_mock::app::App;
use ecs_mock::journal::RESERVE;
use ecs_mock::journal::question::{Asked, Bound};
use ecs_mock::journal::verification::{Answer, verify};
use ecs_mock::store::{Reads, journals};
use proptest::collection::vec;
use proptest::strategy::{Strategy as _, ValueTree as _};
use sqlx::Connection as _;

use super::expectations::counted;
use super::{connect, default_of, entry, kept, numbers, open, place, push};
use crate::support::property;

/// What a kill leaves: the database as it is.
async fn killed(app: &App, folder: &Path, name: &str) -> App {
    let left = folder.join(name);
    app.store.backup(&left).await.unwrap();
    open(&left, u64::MAX).await
}

/// Writes what is there, and lets time pass in which nobody adds anything.
async fn settle(app: &App) {
    app.sandboxes.journals().save().await.unwrap();
    app.sandboxes.journals().give_back(Duration::ZERO).await.unwrap();
}

#[actix_web::test]
async fn a_journal_that_is_idle_has_no_gap() {
    let folder = tempfile::tempdir().unwrap();
    let app = open(&folder.path().join("x.db"), u64::MAX).await;
    let unused = killed(&app, folder.path(), "unused.db").await;
    assert_eq!(kept(&unused).await.last_sequence, 0, "nobody has used it since the start");

    push(&app, entry(&[])).await;
    push(&app, entry(&[])).await;
    settle(&app).await;
    let idle = killed(&app, folder.path(), "idle.db").await;
    let found = kept(&idle).await;
    assert_eq!((numbers(&found), found.complete_from(), found.last_sequence), (vec![1, 2], 1, 2));
    let question = counted(Asked::default(), Bound::Exactly(2));
    assert_eq!(verify(&question, &found).result, Answer::Yes);
    assert_eq!(push(&idle, entry(&[])).await, 3);

    // Once it is used again, it may lose something again.
    let lost = push(&app, entry(&[])).await;
    let used = killed(&app, folder.path(), "used.db").await;
    let found = kept(&used).await;
    assert_eq!((numbers(&found), found.complete_from()), (vec![1, 2], 3 + RESERVE));
    assert!(push(&used, entry(&[])).await > lost);
    let verdict = verify(&question, &kept(&used).await);
    let reason = "3 match for sure, and up to 1000003 may: the server ended without order, so entries between 2 and 1000003 may be \
                  lost; exactly 2 should";
    assert_eq!((verdict.result, verdict.reason.as_deref()), (Answer::No, Some(reason)));
    for app in [app, unused, idle, used] {
        app.close().await.unwrap();
    }
}

#[actix_web::test]
async fn what_may_still_come_or_is_not_written_keeps_the_reserve() {
    let folder = tempfile::tempdir().unwrap();
    let app = open(&folder.path().join("x.db"), u64::MAX).await;
    let under_way = place(&app).await;
    settle(&app).await;
    let left = killed(&app, folder.path(), "under way.db").await;
    assert!(kept(&left).await.complete_from() > 1, "a request was under way");
    under_way.push(entry(&[]), false);
    drop(under_way);
    app.sandboxes.journals().give_back(Duration::ZERO).await.unwrap();
    let left = killed(&app, folder.path(), "unwritten.db").await;
    assert!(kept(&left).await.complete_from() > 1, "an entry is lost");
    app.sandboxes.journals().save().await.unwrap();
    app.sandboxes.journals().give_back(Duration::from_hours(1)).await.unwrap();
    let left = killed(&app, folder.path(), "recent.db").await;
    assert!(kept(&left).await.complete_from() > 1, "it was used a moment ago");
    app.close().await.unwrap();
}

#[actix_web::test]
async fn a_gap_stays_known_as_long_as_it_is_missed() {
    let folder = tempfile::tempdir().unwrap();
    let app = open(&folder.path().join("x.db"), u64::MAX).await;
    push(&app, entry(&[])).await;
    app.sandboxes.journals().save().await.unwrap();
    let again = killed(&app, folder.path(), "again.db").await;
    let first = push(&again, entry(&[])).await;
    assert_eq!(first, RESERVE + 1);
    // Another start, and an end in order, change nothing of that.
    again.close().await.unwrap();
    let again = open(&folder.path().join("again.db"), u64::MAX).await;
    let found = kept(&again).await;
    assert_eq!((numbers(&found), found.complete_from(), found.evicted), (vec![1, first], first, 0));
    // Nor do entries that push away what came before the gap.
    let add = place(&again).await;
    for _ in 0..ecs_mock::journal::ENTRIES {
        add.push(entry(&[]), false);
    }
    drop(add);
    let found = kept(&again).await;
    let missing = found.missing(1, found.entries[0].sequence).unwrap();
    assert_eq!((missing.count(), found.evicted), (first.unsigned_abs(), 2));

    again.sandboxes.empty_journal(&default_of(&again)).await.unwrap();
    let found = kept(&again).await;
    assert_eq!(found.complete_from(), found.last_sequence + 1, "nobody misses what was emptied");
    again.close().await.unwrap();
    app.close().await.unwrap();
}

#[actix_web::test]
async fn whenever_it_ends_no_number_comes_again_and_no_loss_goes_unseen() {
    let strategy = vec((0..4_u8, 0..4_u8), 1..24);
    let mut runner = property(6);
    for _ in 0..6 {
        let folder = tempfile::tempdir().unwrap();
        let turns = strategy.new_tree(&mut runner).unwrap().current();
        Box::pin(ending(folder.path(), &turns)).await;
    }
}

/// Adds, writes, gives back and is killed, several at a time.
async fn ending(folder: &Path, turns: &[(u8, u8)]) {
    let app = open(&folder.join("x.db"), u64::MAX).await;
    let journals = app.sandboxes.journals();
    let given = std::sync::Mutex::new(Vec::new());
    let turn = async |turn: u8, name: String| match turn {
        0 => {
            let number = push(&app, entry(&[])).await;
            given.lock().unwrap().push(number);
        }
        1 => journals.save().await.unwrap(),
        2 => journals.give_back(Duration::ZERO).await.unwrap(),
        _ => {
            let before = given.lock().unwrap().clone();
            let left = killed(&app, folder, &name).await;
            let found = kept(&left).await;
            let written = numbers(&found);
            let is_known = |number: &i64| written.contains(number) || found.complete_from() > *number;
            assert!(before.iter().all(is_known), "{before:?} {found:?}");
            let next = push(&left, entry(&[])).await;
            assert!(before.iter().all(|number| *number < next), "{before:?} {next}");
            left.close().await.unwrap();
        }
    };
    for (number, (one, other)) in turns.iter().enumerate() {
        let names = ["a", "b", "c"].map(|it| format!("{number}{it}"));
        let [a, b, c] = names;
        tokio::join!(turn(*one, a), turn(0, b), turn(*other, c));
    }
    app.close().await.unwrap();
}

#[actix_web::test]
async fn journals_of_before_are_missed_no_less_than_they_were() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    let app = open(&path, u64::MAX).await;
    for _ in 0..3 {
        push(&app, entry(&[])).await;
    }
    app.close().await.unwrap();
    for (complete_from, begins_at) in [(1, 2), (3, 1)] {
        let mut connection = connect(&path).await;
        for sql in [
            "ALTER TABLE journal RENAME COLUMN begins_at TO complete_from".to_owned(),
            "CREATE TABLE journal_entry (sandbox_id INTEGER, sequence INTEGER, body TEXT);
             INSERT INTO journal_entry SELECT sandbox_id, value ->> '$[0].Sequence', value -> '$[0]'
                 FROM journal_batch, json_each(CAST(body AS TEXT));
             DROP TABLE journal_batch;
             DELETE FROM journal_entry WHERE sequence = 1"
                .to_owned(),
            format!("UPDATE journal SET complete_from = {complete_from}, kept = 2"),
            include_str!("../../../migrations/V17__journal_begins.sql").to_owned(),
            include_str!("../../../migrations/V19__journal_batch.sql").to_owned(),
        ] {
            sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
        }
        connection.close().await.unwrap();
        let app = open(&path, u64::MAX).await;
        let found = kept(&app).await;
        assert_eq!((numbers(&found), found.begins_at), (vec![2, 3], begins_at));
        app.close().await.unwrap();
    }
}

#[actix_web::test]
async fn what_comes_while_others_are_written_is_written_next() {
    let folder = tempfile::tempdir().unwrap();
    let app = open(&folder.path().join("x.db"), u64::MAX).await;
    let journals = app.sandboxes.journals().clone();
    let saving = actix_web::rt::spawn(async move { journals.keep_saving().await });
    let written = async || {
        let mut session = app.store.read(Reads::One).await.unwrap();
        let headers = journals::list(&mut session).await.unwrap();
        headers.iter().map(|header| header.last_sequence).max().unwrap()
    };
    let all = async {
        let mut last = 0;
        for _ in 0..3 {
            let before = written().await;
            // Some come before the next batch, some while it is written, and some after it.
            while written().await == before {
                push(&app, entry(&[])).await;
            }
            last = push(&app, entry(&[])).await;
        }
        while written().await < last {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), all).await.expect("all are written");
    saving.abort();
    app.close().await.unwrap();
}
