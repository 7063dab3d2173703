//! The plans of what timelines ask for: each goes from place to place in an index, whatever there is.

use ecs_mock::store::lists::Scope;
use ecs_mock::store::{Reads, timelines};

use crate::support::{NOW, TestApp};

#[actix_web::test]
async fn each_statement_searches_its_index() {
    let app = TestApp::empty().await;
    let mut session = app.app().store.read(Reads::One).await.unwrap();
    let scope = Scope { sandbox_id: 1, state_id: 1, now: NOW };
    let [sources, extent, counts, snapshots, images, making] = timelines::explain(&mut session, scope).await.unwrap();
    let of_disk = "snapshot_by_disk (state_id=? AND region_id=? AND source_disk_id=?";
    let in_time = "source_disk_id=? AND reverse_time>? AND reverse_time<?)";
    for (name, plan, step) in [
        ("sources", &sources, "snapshot_by_disk (state_id=? AND region_id=? AND source_disk_id>?)"),
        ("sources", &sources, "SEARCH disk USING COVERING INDEX sqlite_autoindex_disk_1 (state_id=? AND id>?)"),
        ("sources", &sources, "SEARCH disk USING COVERING INDEX sqlite_autoindex_disk_1 (state_id=? AND id=?)"),
        ("sources", &sources, of_disk),
        ("extent", &extent, of_disk),
        ("counts", &counts, in_time),
        ("snapshots", &snapshots, in_time),
        ("images", &images, "link_by_linked (state_id=? AND linked_id=? AND kind=?)"),
        ("images", &images, "sqlite_autoindex_image_1 (state_id=? AND id=?)"),
        ("making", &making, "snapshot_by_ready_time (state_id=? AND ready_time>?)"),
    ] {
        assert!(plan.iter().any(|other| other.contains(step)), "{name}: {plan:#?}");
    }
    for plan in [sources, extent, counts, snapshots, images, making] {
        // Lists that are bound are tables, too, and are gone through.
        let is_scan = |step: &&String| step.starts_with("SCAN ") && !step.contains("VIRTUAL TABLE");
        let is_of_table =
            |step: &&String| ["snapshot", "disk", "image", "link"].iter().any(|table| step.contains(table));
        let scans: Vec<_> = plan.iter().filter(is_scan).filter(is_of_table).collect();
        assert!(scans.is_empty(), "{plan:#?}");
        assert!(!plan.iter().any(|step| step.contains("TEMP B-TREE")), "{plan:#?}");
    }
}
