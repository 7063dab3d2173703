//! However many come at once, numbers ascend without a gap, and what is kept is the newest, within the bounds.

use std::path::Path;
use std::sync::Arc;
use std::thread;

use ecs_mock::journal::{BYTES, ENTRIES, Journals, RESERVE};
use ecs_mock::store::Store;
use ecs_mock::store::journals::Header;
use proptest::collection::vec;

use super::{entry, kept, numbers, open, push};
use crate::support::property;

#[actix_web::test]
async fn the_newest_are_kept_within_the_bounds_whoever_comes_first() {
    let store = Store::open(Path::new(":memory:"), true).await.unwrap().store;
    property(12)
        .run(&vec(vec(0..9_000_usize, 0..400), 4), |threads| {
            let journals = Journals::new(store.clone(), u64::MAX);
            let journal = journals.add(&Header::new(77, RESERVE));
            let place = futures_util::FutureExt::now_or_never(journals.place(&journal)).unwrap();
            let pushed: usize = threads.iter().map(Vec::len).sum();
            let push = |sizes: &Vec<usize>| -> Vec<i64> {
                let pushed = sizes.iter().map(|size| {
                    let text = "x".repeat(size % 1_000);
                    let names: Vec<String> = (0..size / 1_000).map(|it| format!("P{it}")).collect();
                    let pairs: Vec<(&str, &str)> = names.iter().map(|name| (&**name, &*text)).collect();
                    place.push(entry(&pairs), false)
                });
                pushed.collect()
            };
            let push = &push;
            let given: Vec<Vec<i64>> = thread::scope(|scope| {
                let running: Vec<_> = threads.iter().map(|sizes| scope.spawn(move || push(sizes))).collect();
                running.into_iter().map(|thread| thread.join().unwrap()).collect()
            });
            for numbers in &given {
                assert!(numbers.is_sorted_by(|left, right| left < right), "in the order of one client's requests");
            }
            let kept = futures_util::FutureExt::now_or_never(journals.kept(&journal)).unwrap().unwrap();
            let last = i64::try_from(pushed).unwrap();
            assert_eq!(kept.last_sequence, last);
            assert_eq!(numbers(&kept), (kept.evicted + 1..=last).collect::<Vec<_>>(), "without a gap");
            assert_eq!(kept.complete_from(), kept.evicted + 1);
            assert_eq!(journals.evicted(), kept.evicted);
            assert!(kept.entries.len() <= ENTRIES && journals.bytes() <= BYTES);
            // One more would have been too much.
            assert!(kept.evicted == 0 || kept.entries.len() == ENTRIES || journals.bytes() > BYTES - 16 * 1_024);
            Ok(())
        })
        .unwrap();
}

#[actix_web::test]
async fn what_is_read_back_weighs_what_it_weighed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    let app = open(&path, u64::MAX).await;
    let secret = "y".repeat(500);
    for size in [0, 10, 1_024, 4_000] {
        let value = "x\u{1}\"é".repeat(size / 5);
        let pairs = [("Name", &*value), ("name", "twice"), ("Signature", &secret), ("Password", "")];
        super::push(&app, entry(&pairs)).await;
    }
    let (before, bytes) = (super::kept(&app).await, app.sandboxes.journals().bytes());
    app.close().await.unwrap();

    let app = open(&path, u64::MAX).await;
    assert_eq!(app.sandboxes.journals().bytes(), 0, "nothing is read before it is asked for");
    assert_eq!(super::kept(&app).await, before);
    assert_eq!(app.sandboxes.journals().bytes(), bytes);
}

#[actix_web::test]
async fn beyond_the_budget_those_that_were_not_used_for_longest_are_read_when_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let app = open(&folder.path().join("x.db"), 60_000).await;
    let journals = app.sandboxes.journals().clone();
    let large = "x".repeat(1_000);
    let pairs: Vec<(&str, &str)> = ["A", "B", "C", "D", "E"].map(|name| (name, &*large)).to_vec();
    let old = super::default_of(&app).journal.clone();
    let new = journals.add(&Header::new(77, RESERVE));
    for journal in [&old, &new] {
        let place = journals.place(journal).await;
        for _ in 0..7 {
            place.push(entry(&pairs), false);
        }
    }
    journals.relieve();
    let all = journals.bytes();
    assert!(all > 60_000, "what is not saved stays");
    journals.save().await.unwrap();
    journals.relieve();
    assert!(journals.bytes() <= 60_000 && journals.bytes() > 0, "the newer one stays");
    let bytes = journals.bytes();
    assert_eq!(journals.kept(&new).await.unwrap().entries.len(), 7);
    assert_eq!(journals.bytes(), bytes, "it was in memory");
    let kept = journals.kept(&old).await.unwrap();
    assert_eq!((numbers(&kept), kept.evicted, kept.complete_from()), ((1..=7).collect(), 0, 1));
    assert_eq!(journals.bytes(), all);

    // Whoever adds entries looks at those before.
    let place = journals.place(&old).await;
    journals.relieve();
    let bytes = journals.bytes();
    assert!(bytes < all);
    assert_eq!(journals.kept(&old).await.unwrap().entries.len(), 7);
    assert_eq!(journals.bytes(), bytes, "it was in memory");
    drop(place);
    let place = journals.place(&new).await;
    for _ in 0..7 {
        place.push(entry(&pairs), false);
    }
    assert_eq!(journals.bytes(), all);
    journals.relieve();
    assert_eq!(journals.bytes(), bytes, "the older one has gone this time");
    assert_eq!(journals.place(&old).await.push(entry(&[]), false), 8);
    assert_eq!(numbers(&journals.kept(&old).await.unwrap()), (1..=8).collect::<Vec<_>>());
    drop((old, new, Arc::new(journals)));
}

#[actix_web::test]
async fn of_what_only_the_store_has_no_more_goes_than_has_to() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    let app = open(&path, 1).await;
    for _ in 0..ENTRIES {
        push(&app, entry(&[])).await;
    }
    app.sandboxes.journals().save().await.unwrap();
    app.sandboxes.journals().relieve();
    assert_eq!(app.sandboxes.journals().bytes(), 0, "only the store has them");
    for _ in 0..3 {
        push(&app, entry(&[])).await;
    }
    app.sandboxes.journals().save().await.unwrap();
    let found = kept(&app).await;
    let newest: Vec<i64> = (4..=i64::try_from(ENTRIES).unwrap() + 3).collect();
    assert_eq!((numbers(&found), found.evicted, found.complete_from()), (newest.clone(), 3, 4));
    app.close().await.unwrap();
    let again = open(&path, 1).await;
    let found = kept(&again).await;
    assert_eq!((numbers(&found), found.evicted), (newest, 3));
    again.close().await.unwrap();
}
