//! The plans of planned faults: those of a sandbox come in their order, and a match finds its counts by their key.

use super::plans::plans_of;
use crate::support::TestApp;

#[actix_web::test]
async fn a_list_is_read_in_its_order_and_a_match_writes_by_key() {
    let app = TestApp::empty().await;
    let plans = plans_of(&app, "src/store/planned_faults.rs").await;
    let plan = |words: &str| &plans.iter().find(|(statement, _)| statement.contains(words)).unwrap().1;
    let counts = "SEARCH planned_fault_count USING PRIMARY KEY (sandbox_id=? AND name=?)";
    assert_eq!(
        *plan("WHERE sandbox_id = ? ORDER BY place"),
        ["SEARCH planned_fault USING INDEX sqlite_autoindex_planned_fault_1 (sandbox_id=?)", counts]
    );
    assert_eq!(*plan("UPDATE planned_fault_count"), [counts]);
}
