//! Which connection gives way when there are too many.

use std::sync::Arc;
use std::task::Context;

use ecs_mock::server::{Crowd, Place};
use futures_util::task::noop_waker;

fn waits(place: &mut Place) -> bool {
    place.wait(&Context::from_waker(&noop_waker()))
}

fn enter<const N: usize>(crowd: &Arc<Crowd>) -> [Place; N] {
    std::array::from_fn(|_| crowd.enter())
}

#[test]
fn as_many_as_there_is_room_for_may_wait() {
    let crowd = Arc::new(Crowd::new(3));
    let mut places = enter::<3>(&crowd);
    assert_eq!(places.each_mut().map(waits), [false; 3]);
    assert_eq!(places.each_mut().map(waits), [false; 3], "and go on waiting");
}

#[test]
fn one_too_many_sends_away_whoever_has_waited_longest() {
    let crowd = Arc::new(Crowd::new(3));
    let mut places = enter::<3>(&crowd);
    assert_eq!(places.each_mut().map(waits), [false; 3]);
    // The first has heard from its client since.
    places[0].end_wait();
    assert!(!waits(&mut places[0]));
    let mut newcomer = crowd.enter();
    assert_eq!(places.each_mut().map(waits), [false, true, false]);
    assert!(!waits(&mut newcomer));
}

/// Connections whose clients have spoken, and which are busy with that.
fn busy<const N: usize>(crowd: &Arc<Crowd>) -> [Place; N] {
    let mut places = enter(crowd);
    places.iter_mut().for_each(Place::end_wait);
    places
}

#[test]
fn when_all_are_busy_the_first_that_begins_to_wait_gives_way() {
    let crowd = Arc::new(Crowd::new(3));
    let mut places = busy::<5>(&crowd);
    // Two too many, and nobody comes in any more: those that begin to wait are told at once, and no more than are too many.
    assert_eq!(places.each_mut().map(waits), [true, true, false, false, false]);
}

#[test]
fn whoever_was_told_to_go_has_to_even_if_its_client_speaks_and_makes_room_once_only() {
    let crowd = Arc::new(Crowd::new(2));
    let mut places = busy::<3>(&crowd);
    assert_eq!(places.each_mut().map(waits), [true, false, false]);
    let [mut leaving, mut second, mut third] = places;
    leaving.end_wait();
    assert!(waits(&mut leaving));
    assert_eq!([waits(&mut second), waits(&mut third)], [false; 2]);
    drop(leaving);
    // Its place was given up already when it was told: a newcomer is again one too many.
    let mut newcomer = crowd.enter();
    assert_eq!([waits(&mut second), waits(&mut third), waits(&mut newcomer)], [true, false, false]);
}

#[test]
fn nobody_is_sent_away_by_coming_in_while_the_others_are_busy() {
    let crowd = Arc::new(Crowd::new(2));
    let [mut first, mut second] = busy(&crowd);
    let mut newcomer = crowd.enter();
    assert!(!waits(&mut newcomer));
    newcomer.end_wait();
    assert_eq!([waits(&mut first), waits(&mut second)], [true, false], "one of those whose answers are ready goes");
}
