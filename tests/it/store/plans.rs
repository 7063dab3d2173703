//! The plan of each filter: which index it searches, and that pages need no sort.

use ecs_mock::model::paging::{Position, Start};
use ecs_mock::model::snapshot::{Snapshot, Status, Usage};
use ecs_mock::model::snapshot_filter::{SnapshotFilter, SnapshotTypeFilter};
use ecs_mock::model::tags::TagFilter;
use ecs_mock::store::{Reads, lists};

use sqlx::ConnectOptions as _;

use super::plan;
use crate::support::{NOW, TestApp};

/// How the rows of the page are found: the step of the plan that searches `snapshot` first.
async fn search(app: &TestApp, filter: &SnapshotFilter, start: &Start) -> String {
    let mut plan = plan::<Snapshot>(app, filter, start, true).await;
    // The next change by the clock alone is a place in two indexes.
    for (index, column) in [("snapshot_by_ready_time", "ready_time"), ("snapshot_by_expiration", "expiration_time")] {
        let step = format!("SEARCH snapshot USING COVERING INDEX {index} (state_id=? AND {column}>?)");
        assert!(plan.contains(&step), "{plan:#?}");
        plan.retain(|other| *other != step);
    }
    let of_snapshot = |step: &&String| step.starts_with("SEARCH snapshot USING") || step.starts_with("SCAN snapshot");
    let searches: Vec<&String> = plan.iter().filter(of_snapshot).collect();
    assert_eq!(searches.len(), 2, "one for the count, one for the page: {plan:#?}");
    assert!(!plan.iter().any(|step| step.starts_with("SCAN snapshot")), "{plan:#?}");
    // Where the count is remembered, the rows are found in the same way.
    let uncounted = self::plan::<Snapshot>(app, filter, start, false).await;
    assert_eq!(uncounted.iter().find(of_snapshot), Some(searches[1]), "{uncounted:#?}");
    searches[1].clone()
}

fn in_region() -> SnapshotFilter {
    SnapshotFilter { region_id: Some("cn-hangzhou".to_owned()), ..SnapshotFilter::default() }
}

#[actix_web::test]
async fn each_filter_searches_its_index() {
    let app = TestApp::empty().await;
    let x = Some("x".to_owned());
    let by_creation = "INDEX snapshot_by_creation (state_id=? AND region_id=?)";
    for (name, filter, expected) in [
        ("none", in_region(), by_creation),
        (
            "SnapshotIds",
            SnapshotFilter { snapshot_ids: Some(vec!["s-1".to_owned()]), ..in_region() },
            "INDEX sqlite_autoindex_snapshot_1 (state_id=? AND id=?)",
        ),
        (
            "DiskId",
            SnapshotFilter { disk_id: x.clone(), ..in_region() },
            "INDEX snapshot_by_disk (state_id=? AND region_id=? AND source_disk_id=?)",
        ),
        (
            "InstanceId",
            SnapshotFilter { instance_id: x.clone(), ..in_region() },
            "INDEX snapshot_by_instance (state_id=? AND region_id=? AND instance_id=?)",
        ),
        (
            "SnapshotLinkId",
            SnapshotFilter { snapshot_link_id: x.clone(), ..in_region() },
            "INDEX snapshot_by_link (state_id=? AND region_id=? AND snapshot_link_id=?)",
        ),
        (
            "SnapshotName",
            SnapshotFilter { snapshot_name: x.clone(), ..in_region() },
            "INDEX snapshot_by_name (state_id=? AND region_id=? AND snapshot_name=?)",
        ),
        (
            "KMSKeyId",
            SnapshotFilter { kms_key_id: x.clone(), ..in_region() },
            "INDEX snapshot_by_kms_key (state_id=? AND region_id=? AND kms_key_id=?)",
        ),
        (
            "ResourceGroupId",
            SnapshotFilter { resource_group_id: x.clone(), ..in_region() },
            "INDEX snapshot_by_resource_group (state_id=? AND region_id=? AND resource_group_id=?)",
        ),
        ("Encrypted", SnapshotFilter { encrypted: true, ..in_region() }, by_creation),
        ("Status", SnapshotFilter { status: Some(Status::Failed), ..in_region() }, by_creation),
        ("Usage", SnapshotFilter { usage: Some(Usage::Image), ..in_region() }, by_creation),
        (
            "SnapshotType",
            SnapshotFilter { snapshot_type: Some(SnapshotTypeFilter::Automatic), ..in_region() },
            by_creation,
        ),
        ("SourceDiskType", SnapshotFilter { source_disk_type: x.clone(), ..in_region() }, by_creation),
        ("Category", SnapshotFilter { category: x.clone(), ..in_region() }, by_creation),
        (
            "Filter.1",
            SnapshotFilter { created_from: Some(NOW), ..in_region() },
            "INDEX snapshot_by_creation (state_id=? AND region_id=? AND reverse_time<?)",
        ),
        (
            "Filter.2",
            SnapshotFilter { created_until: Some(NOW), ..in_region() },
            "INDEX snapshot_by_creation (state_id=? AND region_id=? AND reverse_time>?)",
        ),
    ] {
        let step = search(&app, &filter, &Start::Offset(0)).await;
        assert!(step.ends_with(expected), "{name}: {step}");
        // Ids lead to rows in an order of their own; every other index has the order of the page.
        let sorts = plan::<Snapshot>(&app, &filter, &Start::Offset(0), true)
            .await
            .iter()
            .any(|step| step.contains("TEMP B-TREE"));
        assert_eq!(sorts, name == "SnapshotIds", "{name}");
    }
}

/// The steps that look for tags, without those of the count, and the one that finds the rows.
async fn tag_search(app: &TestApp, filter: &SnapshotFilter) -> Vec<String> {
    let plan = plan::<Snapshot>(app, filter, &Start::Offset(0), false).await;
    assert!(!plan.iter().any(|step| step.contains("TEMP B-TREE")), "{plan:#?}");
    let searches = |step: &&String| step.starts_with("SEARCH tag_") || step.starts_with("SEARCH snapshot ");
    plan.iter().filter(searches).cloned().collect()
}

#[actix_web::test]
async fn tags_are_found_in_the_order_of_pages() {
    let app = TestApp::empty().await;
    let value = |value: Option<&str>| TagFilter { key: "k".to_owned(), value: value.map(str::to_owned) };
    let by_value = "SEARCH tag_0 USING COVERING INDEX tag_by_value \
                    (state_id=? AND kind=? AND tag_key=? AND tag_value=? AND region_id=?)";
    let by_key = "SEARCH tag_0 USING PRIMARY KEY (state_id=? AND kind=? AND tag_key=? AND region_id=?)";
    let row = "SEARCH snapshot USING INDEX sqlite_autoindex_snapshot_1 (state_id=? AND id=?)";
    let other = "SEARCH tag_1 USING COVERING INDEX tag_by_value \
                 (state_id=? AND kind=? AND tag_key=? AND tag_value=? AND region_id=? AND reverse_time=? AND id=?)";
    let filter = |tags: Vec<TagFilter>| SnapshotFilter { tags, ..in_region() };
    assert_eq!(tag_search(&app, &filter(vec![value(Some("v"))])).await, [by_value, row]);
    assert_eq!(tag_search(&app, &filter(vec![value(None)])).await, [by_key, row]);
    assert_eq!(tag_search(&app, &filter(vec![value(Some("v")), value(Some("w"))])).await, [by_value, row, other]);
    let with_status = SnapshotFilter { status: Some(Status::Failed), ..filter(vec![value(Some("v"))]) };
    assert_eq!(tag_search(&app, &with_status).await, [by_value, row]);

    // A count of tags alone needs no row.
    let counted = plan::<Snapshot>(&app, &filter(vec![value(Some("v"))]), &Start::Offset(0), true).await;
    let count = counted.iter().position(|step| step == by_value).unwrap();
    let rows: Vec<usize> = (0..counted.len()).filter(|number| counted[*number] == row).collect();
    assert!(rows.len() == 1 && rows[0] > count + 1, "{counted:#?}");

    let start = Start::After(Position { creation_time: NOW, id: "s-1".to_owned() });
    let plan = plan::<Snapshot>(&app, &filter(vec![value(Some("v"))]), &start, false).await;
    let place = by_value.replace("region_id=?)", "region_id=? AND (reverse_time,id)>(?,?))");
    assert!(plan.contains(&place), "{plan:#?}");
}

#[actix_web::test]
async fn a_search_starts_from_what_is_rarer() {
    let app = TestApp::empty().await;
    let tag = TagFilter { key: "k".to_owned(), value: Some("v".to_owned()) };
    let by_disk = SnapshotFilter { tags: vec![tag.clone(), tag], disk_id: Some("x".to_owned()), ..in_region() };
    let step = search(&app, &by_disk, &Start::Offset(0)).await;
    assert!(step.ends_with("INDEX snapshot_by_disk (state_id=? AND region_id=? AND source_disk_id=?)"), "{step}");
}

#[actix_web::test]
async fn a_token_is_a_place_in_the_index() {
    let app = TestApp::empty().await;
    let start = Start::After(Position { creation_time: NOW, id: "s-1".to_owned() });
    let step = search(&app, &in_region(), &start).await;
    assert!(
        step.ends_with("INDEX snapshot_by_creation (state_id=? AND region_id=? AND (reverse_time,id)>(?,?))"),
        "{step}"
    );
}

/// A connection of our own to the database.
async fn connection(app: &TestApp) -> sqlx::SqliteConnection {
    sqlx::sqlite::SqliteConnectOptions::new().filename(app.app().store.path()).connect().await.unwrap()
}

#[actix_web::test]
async fn plans_do_not_depend_on_bound_values() {
    let app = TestApp::empty().await;
    let mut connection = connection(&app).await;
    let options: Vec<String> = sqlx::query_scalar("SELECT compile_options FROM pragma_compile_options")
        .fetch_all(&mut connection)
        .await
        .unwrap();
    assert!(options.iter().any(|option| option == "ENABLE_QPSG"), "see .cargo/config.toml: {options:?}");
}

#[actix_web::test]
async fn of_several_tags_the_rarest_is_searched_first() {
    use std::fmt::Write as _;
    let mut document = "Snapshots:\n".to_owned();
    for number in 0..30 {
        writeln!(document, "  - {{SnapshotId: s-{number}, Tags: {{a: every, b: n{number}}}}}").unwrap();
    }
    let app = TestApp::seeded(&document).await;
    let ids = app.ids("Tag.1.Key=a&Tag.1.Value=every&Tag.2.Key=b&Tag.2.Value=n7").await;
    assert_eq!(ids, ["s-7"]);
    let tag = |key: &str, value: &str| TagFilter { key: key.to_owned(), value: Some(value.to_owned()) };
    let filter = SnapshotFilter { tags: vec![tag("a", "every"), tag("b", "n7")], ..in_region() };
    let view = app.app().sandboxes.view(&app.app().sandboxes.by_name("default").unwrap()).await.unwrap();
    let mut connection = app.app().store.read(Reads::One).await.unwrap();
    let ordered = lists::with_rarest_tag_first::<Snapshot>(&mut connection, view.scope(), &filter).await.unwrap();
    assert_eq!(ordered.tags, [tag("b", "n7"), tag("a", "every")]);
    drop(connection);
    // The planner starts from the one that comes first.
    let plan = plan::<Snapshot>(&app, &ordered, &Start::Offset(0), true).await;
    let first = plan.iter().find(|step| step.starts_with("SEARCH tag_")).unwrap();
    assert!(first.starts_with("SEARCH tag_0 "), "{plan:#?}");
}

/// The statements that stand whole in a source text.
fn statements(text: &str) -> Vec<&str> {
    let mut literals = text.split('"').skip(1).step_by(2);
    let mut found = Vec::new();
    for literal in &mut literals {
        let verb = literal.split_whitespace().next().unwrap_or_default();
        if matches!(verb, "SELECT" | "DELETE" | "UPDATE" | "INSERT") {
            found.push(literal);
        }
    }
    found
}

#[actix_web::test]
async fn no_statement_scans_the_large_tables() {
    let app = TestApp::empty().await;
    let mut connection = connection(&app).await;
    let mut checked = 0;
    for (path, text) in crate::house::files("src/store") {
        // A migration reads everything, once.
        for statement in statements(&text).into_iter().filter(|_| !path.ends_with("upgrade.rs")) {
            let explain = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {statement}"));
            // Pieces of statements are put together elsewhere; those are explained above.
            let Ok(steps) = sqlx::query(explain).fetch_all(&mut connection).await else { continue };
            let steps: Vec<String> = steps.iter().map(|step| sqlx::Row::get(step, "detail")).collect();
            let scans = |step: &String| step.starts_with("SCAN snapshot") || step.starts_with("SCAN original");
            assert!(!steps.iter().any(scans), "{path}: {statement}: {steps:#?}");
            checked += 1;
        }
    }
    assert!(checked >= 25, "only {checked} statements were found");
}

/// The statements of a file of the store, each with its plan.
pub(super) async fn plans_of(app: &TestApp, file: &str) -> Vec<(String, Vec<String>)> {
    let mut connection = connection(app).await;
    let files = crate::house::files("src/store");
    let (_, text) = files.iter().find(|(path, _)| path == file).unwrap();
    let mut plans = Vec::new();
    for statement in statements(text) {
        let explain = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {statement}"));
        let steps = sqlx::query(explain).fetch_all(&mut connection).await.unwrap();
        plans.push((statement.to_owned(), steps.iter().map(|step| sqlx::Row::get(step, "detail")).collect()));
    }
    plans
}

#[actix_web::test]
async fn how_much_there_is_takes_one_statement_for_all_and_no_look_at_rows() {
    let app = TestApp::empty().await;
    let counts = "SEARCH resource_count USING PRIMARY KEY (state_id=?)";
    for (file, words, searches) in [
        (
            "src/store/checkpoints.rs",
            "json_group_array",
            vec!["SEARCH checkpoint USING PRIMARY KEY (sandbox_id=?)", counts],
        ),
        ("src/store/checkpoints.rs", "SELECT count(*)", vec!["SEARCH checkpoint USING PRIMARY KEY (sandbox_id=?)"]),
        (
            "src/store/sandboxes.rs",
            "json_group_array",
            vec!["SEARCH sandbox USING INTEGER PRIMARY KEY (rowid=?)", counts],
        ),
    ] {
        let plans = plans_of(&app, file).await;
        let (_, plan) = plans.iter().find(|(statement, _)| statement.contains(words)).unwrap();
        for search in searches {
            assert!(plan.iter().any(|step| step == search), "{file}: {words}: {plan:#?}");
        }
        assert!(!plan.iter().any(|step| step.starts_with("SCAN") && !step.contains("json_each")), "{file}: {plan:#?}");
        assert!(!plan.iter().any(|step| step.contains(" tag ")), "{file}: {plan:#?}");
    }
}

#[actix_web::test]
async fn what_expired_long_ago_is_found_by_its_expiry() {
    let app = TestApp::empty().await;
    let mut session = app.app().store.read(Reads::One).await.unwrap();
    for kind in ecs_mock::model::kinds::KINDS {
        let search = format!("INDEX {0}_by_expiration (state_id=? AND expiration_time<?)", kind.table);
        for plan in ecs_mock::store::resources::explain_expired(&mut session, kind).await.unwrap() {
            assert!(plan.iter().any(|step| step.starts_with("SEARCH") && step.ends_with(&search)), "{plan:#?}");
        }
    }
}

#[actix_web::test]
async fn the_statistics_know_every_index_of_every_kind() {
    let app = TestApp::empty().await;
    let mut connection = connection(&app).await;
    let mut tables: Vec<&str> = ecs_mock::model::kinds::KINDS.iter().map(|kind| kind.table).collect();
    tables.extend(["tag", "link"]);
    for table in tables {
        let unknown: Vec<String> = sqlx::query_scalar(
            "SELECT name FROM pragma_index_list(?1)
             WHERE name NOT IN (SELECT idx FROM sqlite_stat1 WHERE tbl = ?1) AND name NOT LIKE 'sqlite_autoindex_tag_%'
               AND name NOT LIKE 'sqlite_autoindex_link_%'",
        )
        .bind(table)
        .fetch_all(&mut connection)
        .await
        .unwrap();
        assert_eq!(unknown, [""; 0], "{table}: see statistics.sql");
        let known: i64 = sqlx::query_scalar("SELECT count(*) FROM sqlite_stat1 WHERE tbl = ?")
            .bind(table)
            .fetch_one(&mut connection)
            .await
            .unwrap();
        assert!(known > 1, "{table}");
    }
}

#[actix_web::test]
async fn tags_are_deleted_by_their_whole_key() {
    let app = TestApp::empty().await;
    let mut session = app.app().store.read(Reads::One).await.unwrap();
    for kind in ecs_mock::model::kinds::KINDS {
        let plan = ecs_mock::store::lookups::explain_delete_tags(&mut session, kind).await.unwrap();
        // Less than that would look at all tags of the second in which many were made.
        let whole = "SEARCH tag USING PRIMARY KEY \
                     (state_id=? AND kind=? AND tag_key=? AND region_id=? AND reverse_time=? AND id=?)";
        assert!(plan.iter().any(|step| step == whole), "{kind:?}: {plan:#?}");
    }
}
