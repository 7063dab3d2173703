//! The plans of sums, chains and places: each searches an index, and sums look at no table row.

use ecs_mock::model::snapshot_links::LinkFilter;
use ecs_mock::store::lists::Scope;
use ecs_mock::store::sums::Points;
use ecs_mock::store::{Reads, Session, places, snapshot_links, sums};

use crate::support::{NOW, TestApp};

const SCOPE: Scope = Scope { sandbox_id: 1, state_id: 1, now: NOW };

async fn session(app: &TestApp) -> Session {
    app.app().store.read(Reads::One).await.unwrap()
}

/// The steps that look for something, but for the sandbox and the values of JSON arrays.
fn searches(plan: &[String]) -> Vec<&str> {
    let is_table = |step: &&str| !step.contains("sandbox") && !step.contains("json_each");
    let steps = plan.iter().map(String::as_str).filter(is_table);
    steps.filter(|step| step.starts_with("SEARCH") || step.starts_with("SCAN")).collect()
}

#[actix_web::test]
async fn sums_need_nothing_but_the_index_of_the_region() {
    let app = TestApp::empty().await;
    let text = |text: &str| text.to_owned();
    let points =
        Points { region_id: text("cn-hangzhou"), category: text("standard"), start: NOW, end: NOW, period: 60 };
    let [usage, growth] = sums::explain(&mut session(&app).await, SCOPE, &points).await.unwrap();
    let index = "SEARCH snapshot USING COVERING INDEX snapshot_by_creation (state_id=? AND region_id=?";
    let whole = |end: &str| format!("{index}{end}");
    assert!(usage.contains(&whole(")")), "{usage:#?}");
    assert!(growth.contains(&whole(" AND reverse_time>?)")), "{growth:#?}");
}

#[actix_web::test]
async fn chains_are_counted_and_cut_in_the_order_of_their_index() {
    let app = TestApp::empty().await;
    let in_region = || LinkFilter { region_id: "cn-hangzhou".to_owned(), ..LinkFilter::default() };
    let ids = || Some(vec!["x".to_owned()]);
    let sums = "SEARCH snapshot USING COVERING INDEX snapshot_by_link (state_id=? AND region_id=?";
    let row = "SEARCH snapshot USING INDEX sqlite_autoindex_snapshot_1 (state_id=? AND id=?)";
    let newest = "SEARCH newest USING COVERING INDEX snapshot_by_link \
                  (state_id=? AND region_id=? AND snapshot_link_id=?)";
    let candidates = |index: &str| format!("SEARCH candidate USING INDEX {index}");
    for (filter, end, candidates) in [
        (in_region(), " AND snapshot_link_id>?)", None),
        (LinkFilter { snapshot_link_ids: ids(), ..in_region() }, " AND snapshot_link_id=?)", None),
        (
            LinkFilter { disk_ids: ids(), ..in_region() },
            " AND snapshot_link_id=?)",
            Some(candidates("snapshot_by_disk (state_id=? AND region_id=? AND source_disk_id=?)")),
        ),
        (
            LinkFilter { instance_id: Some("x".to_owned()), ..in_region() },
            " AND snapshot_link_id=?)",
            Some(candidates("snapshot_by_instance (state_id=? AND region_id=? AND instance_id=?)")),
        ),
    ] {
        let plan = snapshot_links::explain(&mut session(&app).await, SCOPE, &filter).await.unwrap();
        let steps = searches(&plan);
        let count = |expected: &str| steps.iter().filter(|step| **step == expected).count();
        assert_eq!(count(&format!("{sums}{end}")), 2, "one for the count, one for the page: {plan:#?}");
        assert_eq!(count(row), 1, "{plan:#?}");
        assert!(count(newest) >= 1, "{plan:#?}");
        if let Some(candidates) = candidates {
            assert_eq!(count(&candidates), 2, "{plan:#?}");
        }
        assert!(!steps.iter().any(|step| step.starts_with("SCAN snapshot")), "{plan:#?}");
        assert!(!plan.iter().any(|step| step.contains("GROUP BY")), "groups come from the index: {plan:#?}");
    }
}

#[actix_web::test]
async fn places_in_use_are_searched() {
    let app = TestApp::empty().await;
    let [regions, zones] = places::explain(&mut session(&app).await, SCOPE, "cn-hangzhou").await.unwrap();
    for kind in ecs_mock::model::kinds::KINDS {
        let table = kind.table;
        // Any index that has the region behind the state will do.
        let search = format!("SEARCH {table} USING COVERING INDEX ");
        let is_next = |step: &String| step.starts_with(&search) && step.ends_with(" (state_id=? AND region_id>?)");
        assert!(regions.iter().any(is_next), "{table}: {regions:#?}");
        assert!(!regions.iter().any(|step| step.starts_with(&format!("SCAN {table}"))), "{regions:#?}");
    }
    let steps = searches(&zones);
    assert!(!steps.iter().any(|step| step.starts_with("SCAN disk") || step.starts_with("SCAN instance")), "{zones:#?}");
    for table in ["disk", "instance"] {
        let region = format!("SEARCH {table} USING ");
        assert!(steps.iter().any(|step| step.starts_with(&region) && step.contains("region_id=?")), "{zones:#?}");
    }
}
