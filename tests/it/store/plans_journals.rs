//! The plans of journals: the entries of one are read in the order of their key.

use ecs_mock::store::{Reads, journals};

use crate::support::TestApp;

#[actix_web::test]
async fn entries_are_read_in_the_order_of_their_key() {
    let app = TestApp::empty().await;
    let mut session = app.app().store.read(Reads::One).await.unwrap();
    let plan = journals::explain_entries(&mut session).await.unwrap();
    assert_eq!(plan, ["SEARCH journal_entry USING PRIMARY KEY (sandbox_id=? AND sequence>?)"]);
}
