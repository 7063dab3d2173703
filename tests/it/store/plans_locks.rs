//! The plans of lists of locks, and of what follows from images: which index each step searches, and that pages need no sort.

use ecs_mock::model::lock::LockStatus;
use ecs_mock::model::paging::{Position, Start};
use ecs_mock::model::snapshot::{self, Snapshot};
use ecs_mock::model::snapshot_filter::{LockFilter, SnapshotFilter};
use ecs_mock::store::{Reads, lookups};

use super::plan;
use crate::support::{NOW, TestApp};

fn with(lock: LockFilter) -> SnapshotFilter {
    SnapshotFilter { region_id: Some("cn-hangzhou".to_owned()), lock: Some(lock), ..SnapshotFilter::default() }
}

#[actix_web::test]
async fn locks_of_a_region_lie_in_the_order_of_pages() {
    let app = TestApp::empty().await;
    let statuses = [LockStatus::ComplianceCooloff, LockStatus::Compliance, LockStatus::Expired];
    for lock in statuses.map(LockFilter::Status).into_iter().chain([LockFilter::Any]) {
        let plan = plan::<Snapshot>(&app, &with(lock), &Start::Offset(0), true).await;
        assert!(
            !plan.iter().any(|step| step.contains("TEMP B-TREE") || step.starts_with("SCAN snapshot")),
            "{plan:#?}"
        );
        let of_locks = plan.iter().filter(|step| step.ends_with("INDEX snapshot_by_lock (state_id=? AND region_id=?)"));
        assert_eq!(of_locks.count(), 2, "one for the count, one for the page: {lock:?} {plan:#?}");
        // When the clock changes which of them match is a place in an index, too.
        for (index, column) in
            [("snapshot_by_cool_off", "cool_off_period_expired_time"), ("snapshot_by_lock_end", "lock_expired_time")]
        {
            let step = format!("SEARCH snapshot USING COVERING INDEX {index} (state_id=? AND {column}>?)");
            assert_eq!(plan.contains(&step), lock != LockFilter::Any, "{lock:?} {plan:#?}");
        }
    }
}

#[actix_web::test]
async fn a_token_is_a_place_among_locks_and_ids_are_found_by_their_key() {
    let app = TestApp::empty().await;
    let start = Start::After(Position { creation_time: NOW, id: "s-1".to_owned() });
    let by_token = plan::<Snapshot>(&app, &with(LockFilter::Any), &start, true).await;
    let place = "INDEX snapshot_by_lock (state_id=? AND region_id=? AND (reverse_time,id)>(?,?))";
    assert!(by_token.iter().any(|step| step.ends_with(place)), "{by_token:#?}");
    let named = SnapshotFilter { snapshot_ids: Some(vec!["s-1".to_owned()]), ..with(LockFilter::Any) };
    let by_ids = plan::<Snapshot>(&app, &named, &Start::Offset(0), true).await;
    let key = "INDEX sqlite_autoindex_snapshot_1 (state_id=? AND id=?)";
    assert_eq!(by_ids.iter().filter(|step| step.ends_with(key)).count(), 2, "{by_ids:#?}");
}

#[actix_web::test]
async fn tags_that_follow_an_expiry_are_found_by_their_whole_key() {
    let app = TestApp::empty().await;
    let mut session = app.app().store.read(Reads::One).await.unwrap();
    let plan = lookups::explain_expire_tags(&mut session, &snapshot::KIND).await.unwrap();
    let whole = "SEARCH tag USING PRIMARY KEY \
                 (state_id=? AND kind=? AND tag_key=? AND region_id=? AND reverse_time=? AND id=?)";
    assert!(plan.iter().any(|step| step == whole), "{plan:#?}");
    let row = "SEARCH row USING INDEX sqlite_autoindex_snapshot_1 (state_id=? AND id=?)";
    assert_eq!(plan.iter().filter(|step| *step == row).count(), 2, "{plan:#?}");
    assert!(!plan.iter().any(|step| step.starts_with("SCAN") && !step.contains("VIRTUAL TABLE")), "{plan:#?}");
}
