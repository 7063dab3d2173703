//! The plans of journals: the batches of one are read in the order of their key.

use ecs_mock::store::{Reads, journals};

use crate::support::TestApp;

#[actix_web::test]
async fn batches_are_read_and_deleted_in_the_order_of_their_key() {
    let app = TestApp::empty().await;
    let mut session = app.app().store.read(Reads::One).await.unwrap();
    let plan = journals::explain_batches(&mut session).await.unwrap();
    let key = "SEARCH journal_batch USING INDEX sqlite_autoindex_journal_batch_1 (sandbox_id=? AND first_sequence<?)";
    let range = "SEARCH journal_batch USING COVERING INDEX sqlite_autoindex_journal_batch_1 (sandbox_id=? AND first_sequence<?)";
    let all = "SEARCH journal_batch USING INDEX sqlite_autoindex_journal_batch_1 (sandbox_id=?)";
    let searches: Vec<&str> = plan.iter().map(String::as_str).filter(|step| step.contains("journal_batch")).collect();
    // Numbers of entries are added up over the batches of one journal: a thousand at most, and few where it is busy.
    assert_eq!(searches, [key, range, all]);
    assert!(!plan.iter().any(|step| step.contains("TEMP B-TREE")), "{plan:?}");
}
