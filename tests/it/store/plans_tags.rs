//! The plans of what is asked of tags beside the lists of kinds: each search has its index.

use ecs_mock::model::kind::Kind;
use ecs_mock::model::kinds::KINDS;
use ecs_mock::model::tag_query::{PairQuery, TagPattern, TagPlace, TagQuery, Wording};
use ecs_mock::model::tags::TagFilter;
use ecs_mock::model::{disk, snapshot};
use ecs_mock::store::lists::Scope;
use ecs_mock::store::{Reads, tag_counts, tags};

use crate::support::{NOW, TestApp};

const SCOPE: Scope = Scope { sandbox_id: 1, state_id: 1, now: NOW };

/// The steps that look for rows: those of pairs, of the count, of resources.
async fn plans(app: &TestApp, kind: &'static Kind, query: &TagQuery, after: Option<&TagPlace>) -> [Vec<String>; 3] {
    let mut session = app.app().store.read(Reads::One).await.unwrap();
    let plans = tags::explain(&mut session, SCOPE, kind, query, after).await.unwrap();
    for plan in &plans {
        let scans = |step: &String| step.starts_with("SCAN") && !is_of_the_row(step);
        assert!(!plan.iter().any(scans), "{plan:#?}");
    }
    plans
}

/// A tag, or a text, of a value that is at hand.
fn is_of_the_row(step: &str) -> bool {
    ["SCAN item", "SCAN own", "SCAN json_each", "SCAN asked", "SCAN CONSTANT ROW"]
        .iter()
        .any(|own| step.starts_with(own))
}

fn in_region() -> TagQuery {
    TagQuery { region_id: "cn-hangzhou".to_owned(), ..TagQuery::default() }
}

fn tag(key: &str, value: Option<&str>) -> TagFilter {
    TagFilter { key: key.to_owned(), value: value.map(str::to_owned) }
}

/// Whether the rows have to be sorted by more than the last term.
fn is_sorted(plan: &[String]) -> bool {
    plan.iter().any(|step| step == "USE TEMP B-TREE FOR ORDER BY")
}

#[actix_web::test]
async fn tags_to_the_letter_are_found_in_the_order_of_pages() {
    let app = TestApp::empty().await;
    for kind in KINDS {
        let row = format!("SEARCH {0} USING INDEX sqlite_autoindex_{0}_1 (state_id=? AND id=?)", kind.table);
        for (value, search) in [
            (
                Some("v"),
                "SEARCH tag_0 USING COVERING INDEX tag_by_value \
                 (state_id=? AND kind=? AND tag_key=? AND tag_value=? AND region_id=?",
            ),
            (None, "SEARCH tag_0 USING PRIMARY KEY (state_id=? AND kind=? AND tag_key=? AND region_id=?"),
        ] {
            let query = TagQuery { tags: vec![tag("k", value), tag("l", Some("w"))], ..in_region() };
            for plan in plans(&app, kind, &query, None).await {
                assert_eq!(plan[..2], [format!("{search})"), row.clone()], "{plan:#?}");
                assert!(!is_sorted(&plan), "{plan:#?}");
            }
            let place = TagPlace { creation_time: NOW, id: "x".to_owned(), key: "k".to_owned() };
            let [pairs, ..] = plans(&app, kind, &query, Some(&place)).await;
            assert_eq!(pairs[0], format!("{search} AND (reverse_time,id)>(?,?))"), "{pairs:#?}");
        }
    }
}

#[actix_web::test]
async fn ids_words_and_groups_have_an_index_each() {
    let app = TestApp::empty().await;
    let by_id = |table: &str| format!("SEARCH {table} USING INDEX sqlite_autoindex_{table}_1 (state_id=? AND id=?)");
    let ids = TagQuery { ids: Some(vec!["x".to_owned()]), tags: vec![tag("k", None)], ..in_region() };
    for kind in KINDS {
        for plan in plans(&app, kind, &ids, None).await {
            assert!(plan.contains(&by_id(kind.table)), "{plan:#?}");
        }
    }
    let word = |key: Wording| TagQuery { patterns: vec![TagPattern { key, values: Vec::new() }], ..in_region() };
    for (query, search) in [
        (word(Wording::Prefix("k".to_owned())), "(state_id=? AND kind=? AND tag_key>?)"),
        (word(Wording::Infix("k".to_owned())), "(state_id=? AND kind=?)"),
    ] {
        for plan in plans(&app, &snapshot::KIND, &query, None).await {
            assert!(plan.contains(&by_id("snapshot")), "{plan:#?}");
            let of_tags = |step: &String| step.starts_with("SEARCH tag USING") && step.ends_with(search);
            assert!(plan.iter().any(of_tags), "{plan:#?}");
        }
    }
    let group = TagQuery { resource_group_id: Some("rg-1".to_owned()), ..in_region() };
    for (kind, search) in [
        (&snapshot::KIND, "INDEX snapshot_by_resource_group (state_id=? AND region_id=? AND resource_group_id=?)"),
        (&disk::KIND, "INDEX disk_by_creation (state_id=? AND region_id=?)"),
    ] {
        let [pairs, count, resources] = plans(&app, kind, &group, None).await;
        for plan in [&pairs, &count, &resources] {
            assert!(plan.iter().any(|step| step.ends_with(search)), "{plan:#?}");
        }
        assert!(!is_sorted(&pairs), "{pairs:#?}");
    }
}

#[actix_web::test]
async fn tags_are_counted_as_they_lie_in_their_index() {
    let app = TestApp::empty().await;
    let all = PairQuery { region_id: "cn-hangzhou".to_owned(), kinds: KINDS.to_vec(), ..PairQuery::default() };
    let some = PairQuery { tags: vec![tag("k", None), tag("l", Some("v"))], ..all.clone() };
    let of_one = PairQuery { id: Some("x".to_owned()), ..some.clone() };
    let mut session = app.app().store.read(Reads::One).await.unwrap();
    for (query, search) in [
        (&all, "tag USING COVERING INDEX tag_by_value (state_id=? AND kind=?)"),
        (&some, "tag USING COVERING INDEX tag_by_value (state_id=? AND kind=? AND tag_key=?)"),
    ] {
        for plan in tag_counts::explain(&mut session, SCOPE, query).await.unwrap() {
            let searches = plan.iter().filter(|step| **step == format!("SEARCH {search}"));
            assert_eq!(searches.count(), KINDS.len(), "{plan:#?}");
        }
    }
    for plan in tag_counts::explain(&mut session, SCOPE, &of_one).await.unwrap() {
        for kind in KINDS {
            let search = format!("SEARCH {0} USING INDEX sqlite_autoindex_{0}_1 (state_id=? AND id=?)", kind.table);
            assert!(plan.contains(&search), "{plan:#?}");
        }
    }
}
