//! The plans of journals: the entries of one are read in the order of their key.

use ecs_mock::store::{Reads, journals};

use crate::support::TestApp;

#[actix_web::test]
async fn entries_are_read_and_deleted_in_the_order_of_their_key() {
    let app = TestApp::empty().await;
    let mut session = app.app().store.read(Reads::One).await.unwrap();
    let plan = journals::explain_entries(&mut session).await.unwrap();
    let range = "SEARCH journal_entry USING PRIMARY KEY (sandbox_id=? AND sequence<?)";
    let newest = "SEARCH journal_entry USING PRIMARY KEY (sandbox_id=?)";
    assert_eq!(plan, [range, range, "SCALAR SUBQUERY 1", newest]);
}
