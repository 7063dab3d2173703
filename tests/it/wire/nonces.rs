//! Nonces: remembered as long as they matter, within bounds, and across restarts.

use std::path::Path;

use ecs_mock::clock::Clock;
use ecs_mock::model::time::Time;
use ecs_mock::nonces::Nonces;
use ecs_mock::store::{Reads, Store, nonces};

const NOW: Time = Time(1_000_000);

#[test]
fn each_key_has_nonces_of_its_own() {
    let used = Nonces::new(10);
    assert!(used.is_first_use("a", "1", NOW, NOW.plus(900)));
    assert!(!used.is_first_use("a", "1", NOW, NOW.plus(900)));
    assert!(used.is_first_use("b", "1", NOW, NOW.plus(900)));
    assert!(used.is_first_use("a", "2", NOW, NOW.plus(900)));
    assert!(!used.is_first_use("a", "1", NOW, NOW.plus(60)), "whatever the timestamp that comes with it");
}

#[test]
fn a_nonce_is_forgotten_when_its_request_is_too_old_anyway() {
    let used = Nonces::new(10);
    assert!(used.is_first_use("a", "1", NOW, NOW.plus(900)));
    assert!(!used.is_first_use("a", "1", NOW.plus(900), NOW.plus(1_800)));
    assert!(used.is_first_use("a", "1", NOW.plus(960), NOW.plus(1_800)));
}

#[test]
fn beyond_the_bound_those_that_expire_first_are_forgotten() {
    let used = Nonces::new(3);
    for (nonce, expiration) in [("late", 900), ("early", 120), ("later", 1_000)] {
        assert!(used.is_first_use("a", nonce, NOW, NOW.plus(expiration)));
    }
    assert!(used.is_first_use("a", "one too many", NOW, NOW.plus(900)));
    assert!(!used.is_first_use("a", "late", NOW, NOW.plus(900)));
    assert!(!used.is_first_use("a", "later", NOW, NOW.plus(900)));
    assert!(used.is_first_use("a", "early", NOW, NOW.plus(900)));
}

async fn stored(store: &Store) -> usize {
    let mut connection = store.read(Reads::One).await.unwrap();
    nonces::list(&mut connection, Time(0), 100).await.unwrap().len()
}

#[actix_web::test]
async fn they_are_kept_in_the_store_as_long_as_they_matter() {
    let store = Store::open(Path::new(":memory:"), true).await.unwrap().store;
    let clock = Clock::frozen(NOW);
    let used = Nonces::open(&store, &clock).await.unwrap();
    assert!(used.is_first_use("a", "1", NOW, NOW.plus(900)));
    assert_eq!(stored(&store).await, 0, "not before they are saved");
    used.save(&store).await.unwrap();
    used.save(&store).await.unwrap();
    assert_eq!(stored(&store).await, 1);

    let again = Nonces::open(&store, &clock).await.unwrap();
    assert!(!again.is_first_use("a", "1", NOW, NOW.plus(900)), "used before the restart");

    let later = NOW.plus(1_000);
    clock.set(later);
    let much_later = Nonces::open(&store, &clock).await.unwrap();
    assert!(much_later.is_first_use("a", "1", later, later.plus(900)));
    much_later.save(&store).await.unwrap();
    assert_eq!(stored(&store).await, 1, "the old one is deleted");
}
