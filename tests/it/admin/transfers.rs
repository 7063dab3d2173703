//! How many uploads and exports there are at once, and that the others wait for their turn.

use std::pin::pin;
use std::sync::Arc;

use actix_web::web::{self, Data};
use actix_web::{App, test as web_test};
use ecs_mock::admin::guard::Access;
use ecs_mock::admin::routes;
use ecs_mock::app::{self, Config, Startup};
use ecs_mock::model::ids::Ids;
use ecs_mock::seed::Source;
use ecs_mock::server::Shares;
use reqwest::Method;
use serde_json::Value;

use crate::support::TestApp;

const STATE: &str = "/_mock/v1/sandboxes/default/state";

#[actix_web::test]
async fn each_waits_for_its_turn_and_others_for_none() {
    let configure = |config| Config { transfers: 2, ..config };
    let app = TestApp::configured(Source::None, configure, Access::default()).await;
    let spool = app.app().spool.clone();
    let mut held = vec![spool.turn().await.unwrap(), spool.turn().await.unwrap()];
    let line = "{\"Snapshot\":{\"SnapshotId\":\"s-1\"}}\n";
    for (method, content_type, body) in [
        (Method::PUT, "application/x-ndjson", line),
        (Method::POST, "application/json", "{}"),
        (Method::GET, "application/json", ""),
    ] {
        let request = app.request(method.clone(), STATE).header("content-type", content_type).body(body);
        let mut waiting = pin!(app.send(request));
        let others = async {
            for _ in 0..50 {
                app.control("POST", "/sandboxes/default/snapshots", serde_json::json!({})).await;
            }
        };
        tokio::select! {
            biased;
            reply = &mut waiting => panic!("{method}: it is not its turn: {}", reply.body),
            () = others => {}
        }
        held.pop();
        assert_eq!(waiting.await.status, 200, "{method}");
        held.push(spool.turn().await.unwrap());
    }
}

#[actix_web::test]
async fn whose_turn_does_not_come_is_told_so() {
    let folder = tempfile::tempdir().unwrap();
    let config = Config { transfers: 1, ..Config::new(folder.path().join("x.db"), Source::None) };
    let startup = Data::new(Startup::new(Arc::new(Ids::seeded(1))));
    startup.finish(app::App::open(config).await.unwrap());
    let service = App::new().app_data(startup.clone()).service(web::scope("/_mock/v1").configure(routes::configure));
    let service = web_test::init_service(service).await;
    let held = startup.app().unwrap().spool.turn().await.unwrap();
    // Half a minute goes by at once.
    tokio::time::pause();
    let reply = web_test::call_service(&service, web_test::TestRequest::get().uri(STATE).to_request()).await;
    tokio::time::resume();
    assert_eq!(reply.status(), 503);
    let problem: Value = web_test::read_body_json(reply).await;
    assert!(problem["detail"].as_str().unwrap().starts_with("1 uploads and exports are under way"), "{problem}");
    drop(held);
    let reply = web_test::call_service(&service, web_test::TestRequest::get().uri(STATE).to_request()).await;
    assert_eq!(reply.status(), 200);
}

#[test]
fn connections_and_temporary_files_share_the_descriptors() {
    /// What the database, the log and the runtime have.
    const OTHERS: u64 = 64;
    for descriptors in [100, 256, 1_024, 4_096, 10_000, 1_048_576] {
        let Shares { connections, transfers } = Shares::of(descriptors);
        // Each connection may have a temporary file, and each export that is written two files of the database.
        let all = u64::try_from(2 * connections + 2 * transfers).unwrap() + OTHERS;
        assert!(all <= descriptors, "{connections} connections and {transfers} transfers of {descriptors}");
        assert!(connections >= 3 * transfers && transfers > 0, "{descriptors}");
    }
    assert_eq!(Shares::of(100), Shares { connections: 14, transfers: 4 });
    assert_eq!(Shares::of(u64::MAX), Shares { connections: 10_000, transfers: 64 });
}
