//! Attempts at the same: what is asked again after it was answered badly.

use std::path::Path;

use ecs_mock::journal::{Journals, RESERVE};
use ecs_mock::model::journal_entry::{Instant, JournalEntry};
use ecs_mock::store::Store;
use ecs_mock::store::journals::Header;

use super::{entry, kept, open, place};

/// A request with this Name, this end, and this time in seconds.
fn request(name: &str, status: u16, seconds: i64) -> JournalEntry {
    let nonce = seconds.to_string();
    let mut entry = entry(&[("Name", name), ("SignatureNonce", &nonce), ("Timestamp", &nonce), ("Signature", &nonce)]);
    entry.time = Instant(entry.time.0 + seconds * 1_000);
    entry.status = status;
    entry
}

fn retried(name: &str, attempts: u32) -> JournalEntry {
    JournalEntry { retry_attempts: Some(attempts), ..request(name, 200, 0) }
}

/// The chain and the attempt of each.
async fn chains(entries: Vec<JournalEntry>) -> Vec<Option<(i64, u32)>> {
    let store = Store::open(Path::new(":memory:"), true).await.unwrap().store;
    let journals = Journals::new(store, u64::MAX);
    let journal = journals.add(&Header::new(77, RESERVE));
    let place = journals.place(&journal).await;
    for entry in entries {
        place.push(entry, false);
    }
    let kept = journals.kept(&journal).await.unwrap();
    kept.entries.iter().map(|entry| entry.chain.zip(entry.attempt)).collect()
}

#[actix_web::test]
async fn what_is_asked_again_after_a_bad_end_continues_its_chain() {
    let all = vec![
        request("a", 200, 0),
        request("a", 503, 1),
        request("b", 200, 2),
        request("a", 0, 3),
        request("a", 200, 4),
        request("a", 200, 5),
    ];
    assert_eq!(chains(all).await, [None, Some((2, 1)), None, Some((2, 2)), Some((2, 3)), None]);
}

#[actix_web::test]
async fn throttling_is_a_bad_end_and_other_errors_of_the_client_are_none() {
    let code = |code: &str, status| JournalEntry { code: Some(code.to_owned()), ..request("a", status, 0) };
    let all = vec![code("InvalidParameter", 400), code("Throttling.User", 400), request("a", 200, 1)];
    assert_eq!(chains(all).await, [None, Some((2, 1)), Some((2, 2))]);
}

#[actix_web::test]
async fn after_a_minute_it_is_another_question() {
    let within = vec![request("a", 500, 0), request("a", 200, 60)];
    assert_eq!(chains(within).await, [Some((1, 1)), Some((1, 2))]);
    let beyond = vec![request("a", 500, 0), request("a", 200, 61)];
    assert_eq!(chains(beyond).await, [Some((1, 1)), None]);
}

#[actix_web::test]
async fn the_key_the_action_and_the_token_make_the_question_and_the_signature_does_not() {
    let of = |key: &str, action: &str, token: &str, status| JournalEntry {
        access_key_id: key.into(),
        action: action.into(),
        status,
        ..entry(&[("ClientToken", token)])
    };
    let all = vec![
        of("k", "A", "1", 500),
        of("l", "A", "1", 200),
        of("k", "B", "1", 200),
        of("k", "A", "2", 200),
        of("k", "A", "1", 200),
    ];
    assert_eq!(chains(all).await, [Some((1, 1)), None, None, None, Some((1, 2))]);
}

#[actix_web::test]
async fn a_client_that_says_that_it_tries_again_continues_whatever_came_before() {
    let all = vec![request("a", 200, 0), retried("a", 1), retried("a", 2), retried("b", 1), retried("a", 0)];
    assert_eq!(chains(all).await, [None, Some((1, 2)), Some((1, 3)), Some((4, 1)), None]);
}

#[actix_web::test]
async fn a_restart_in_between_ends_no_chain_and_begins_none() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    let app = open(&path, u64::MAX).await;
    let add = place(&app).await;
    for entry in [request("a", 503, 0), request("a", 503, 1), request("b", 503, 1), request("b", 200, 2)] {
        add.push(entry, false);
    }
    // Its answer was cut short, which only its chain tells.
    add.push(request("c", 200, 2), true);
    drop(add);
    app.close().await.unwrap();

    let app = open(&path, u64::MAX).await;
    let add = place(&app).await;
    for entry in [request("a", 200, 60), request("b", 200, 60), request("c", 200, 60), request("a", 200, 60)] {
        add.push(entry, false);
    }
    let kept = kept(&app).await;
    let placed: Vec<_> = kept.entries[5..].iter().map(|entry| entry.chain.zip(entry.attempt)).collect();
    assert_eq!(placed, [Some((1, 3)), None, Some((5, 2)), None], "as without a restart");
    drop(add);
    app.close().await.unwrap();

    let app = open(&path, u64::MAX).await;
    let later = place(&app).await;
    later.push(request("a", 503, 200), false);
    later.push(request("c", 200, 201), false);
    let kept = super::kept(&app).await;
    let placed: Vec<_> = kept.entries[9..].iter().map(|entry| entry.chain.zip(entry.attempt)).collect();
    assert_eq!(placed, [Some((10, 1)), None], "a minute is a minute");
    drop(later);
    app.close().await.unwrap();
}
