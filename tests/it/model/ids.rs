//! Ids follow from their seed, and stay what they are: tests of others name them.

use ecs_mock::model::ids::{IdSequence, Ids};

#[test]
fn ids_of_resources_follow_from_seed_and_number() {
    let mut sequence = IdSequence { seed: 1, next: 1 };
    assert_eq!(sequence.resource_id("s-", "bp1"), "s-bp1oomlzjqrbtgn5lapr");
    assert_eq!(sequence.resource_id("d-", "2ze"), "d-2zewsq6cd3rj9w0davzt");
    assert_eq!(sequence.resource_id("s-", ""), "s-395ggtcde5mr9x42nxeh");
    assert_eq!(sequence, IdSequence { seed: 1, next: 4 });
    let mut sequence = IdSequence { seed: -5, next: 1_000_000 };
    assert_eq!(sequence.resource_id("m-", "rj9"), "m-rj9sqfzhlqlxmfvgry4q");
}

#[test]
fn ids_of_orders_are_numbers_of_15_digits_that_follow_from_the_same_sequence() {
    let (mut sequence, mut other) = (IdSequence { seed: 1, next: 1 }, IdSequence { seed: 1, next: 1 });
    for number in 2..1_000 {
        let order_id = sequence.order_id();
        let is_number = order_id.bytes().all(|byte| byte.is_ascii_digit());
        assert!(order_id.len() == 15 && is_number && !order_id.starts_with('0'), "{order_id}");
        assert_eq!(order_id, other.order_id());
        assert_eq!(sequence.next, number);
    }
    assert_eq!(IdSequence { seed: 1, next: 1 }.order_id(), "209291968718013");
}

#[test]
fn ids_of_requests_seeds_and_secrets_come_from_one_source_in_order() {
    let ids = Ids::seeded(1);
    assert_eq!(ids.request_id(), "611830D3-641A-48F9-8A69-0DCC25D1F4B0");
    assert_eq!(ids.seed(), 7_894_741_264_938_617_306);
    assert_eq!(ids.secret(), "76r9iysdzp4i5dj7e2txsf56d57whe");
}
