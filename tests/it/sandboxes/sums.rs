//! What is read of a sandbox taken together is of the state that it points at, whatever its view says.

use ecs_mock::model::paging::Start;
use ecs_mock::model::snapshot_links::LinkFilter;
use ecs_mock::sandboxes::SandboxError;
use serde_json::{Value, json};

use crate::support::{NOW, TestApp};

#[actix_web::test]
async fn a_view_of_a_state_that_is_no_longer_the_current_one_is_made_anew() {
    let app = TestApp::seeded(
        "
        Snapshots:
          - {SnapshotId: s-1, SnapshotLinkId: sl-1, SourceDiskSize: 1, ExpirationTime: 2026-03-15T12:00:10Z}
          - {SnapshotId: s-2, SnapshotLinkId: sl-2, SourceDiskSize: 2}
        ",
    )
    .await;
    let sandboxes = &app.app().sandboxes;
    let frozen = json!({"Mode": "frozen", "Time": NOW.plus(10).to_string()});
    app.arrange("PUT", "/clock", frozen).await;
    app.arrange("PUT", "/checkpoints/later", Value::Null).await;
    app.arrange("PUT", "/clock", json!({"Mode": "real"})).await;
    let view = sandboxes.view(&sandboxes.by_name("default").unwrap()).await.unwrap();
    let seen = async || {
        let sum = sandboxes.usage(&view, "cn-hangzhou").await.unwrap();
        let filter = LinkFilter { region_id: "cn-hangzhou".to_owned(), ..LinkFilter::default() };
        let page = sandboxes.links(&view, &filter, &Start::Offset(0), 10).await.unwrap();
        (sum.count, sum.bytes >> 30, page.total_count, sandboxes.regions_in_use(&view).await.unwrap())
    };
    let region = vec!["cn-hangzhou".to_owned()];
    assert_eq!(seen().await, (2, 3, 2, region.clone()));
    // The state that the view knows is thrown away, and with it its clock.
    app.arrange("POST", "/checkpoints/later/restore", Value::Null).await;
    assert_eq!(seen().await, (1, 2, 1, region), "at the time of the state that was restored");
    app.arrange("POST", "/reset?to=empty", Value::Null).await;
    assert_eq!(seen().await, (0, 0, 0, Vec::new()));
}

#[actix_web::test]
async fn a_sandbox_that_is_gone_has_no_sums() {
    let app = TestApp::empty().await;
    app.sandbox("mine", json!("empty")).await;
    let sandboxes = &app.app().sandboxes;
    let view = sandboxes.view(&sandboxes.by_name("mine").unwrap()).await.unwrap();
    app.control("DELETE", "/sandboxes/mine", Value::Null).await;
    let usage = sandboxes.usage(&view, "cn-hangzhou").await;
    assert!(matches!(usage, Err(SandboxError::NoSuchSandbox(name)) if name == "mine"));
}
