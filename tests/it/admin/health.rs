//! Liveness, readiness, and what else is asked under `/_mock`.

use std::net::TcpListener;
use std::sync::Arc;

use actix_web::web::Data;
use ecs_mock::admin::guard::Access;
use ecs_mock::app::Startup;
use ecs_mock::model::ids::Ids;
use ecs_mock::server::{self, ConnectionLimits};
use reqwest::Method;
use serde_json::json;

use crate::support::{Reply, TestApp};

#[actix_web::test]
async fn a_server_that_is_ready_says_so() {
    let app = TestApp::empty().await;
    for (path, status) in [("live", "live"), ("ready", "ready")] {
        let reply = app.send(app.request(Method::GET, &format!("/_mock/health/{path}"))).await;
        assert_eq!((reply.status, reply.json()), (200, json!({"status": status})));
    }
}

#[actix_web::test]
async fn a_server_that_still_starts_lives_but_is_not_ready() {
    let startup = Data::new(Startup::new(Arc::new(Ids::seeded(1))));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let limits = ConnectionLimits::of_process();
    let server = server::run(vec![listener], &startup, Access::default(), limits, std::future::pending()).unwrap();
    actix_web::rt::spawn(server);
    let get = async |path: &str| Reply::read(reqwest::get(format!("http://{address}{path}")).await.unwrap()).await;

    assert_eq!(get("/_mock/health/live").await.status, 200);
    let ready = get("/_mock/health/ready").await;
    assert_eq!((ready.status, ready.header("content-type")), (503, "application/problem+json"));
    assert_eq!(ready.json()["detail"], "migrations and seeds are not done yet");
    let call = get("/?Action=DescribeSnapshots&RegionId=cn-hangzhou&Format=JSON").await;
    assert_eq!((call.status, call.fault().code.as_str()), (503, "ServiceUnavailable"));
}

#[actix_web::test]
async fn a_database_file_that_is_gone_is_noticed_before_anything_is_written() {
    let app = TestApp::empty().await;
    app.arrange("PUT", "/state", json!({"Snapshots": [{"SnapshotId": "s-1"}], "Disks": [{"DiskId": "d-1"}]})).await;
    let path = app.app().store.path().to_path_buf();
    let aside = path.with_extension("aside");
    let ready = async || app.send(app.request(Method::GET, "/_mock/health/ready")).await;
    let add = async |id: &str| {
        let body = json!({"SnapshotId": id});
        app.control("POST", "/sandboxes/default/snapshots", body).await
    };
    let gone = "the database file is no longer the one that was opened: put it back, or restart the server";

    for (number, replacement) in [None, Some("another file")].into_iter().enumerate() {
        std::fs::rename(&path, &aside).unwrap();
        if let Some(text) = replacement {
            std::fs::write(&path, text).unwrap();
        }
        let id = format!("s-new-{number}");
        for reply in [ready().await, add(&id).await, ready().await] {
            assert_eq!((reply.status, reply.json()["detail"].as_str()), (503, Some(gone)), "{replacement:?}");
        }
        let fault = app.refused("CreateSnapshot&DiskId=d-1").await;
        assert_eq!((fault.status, fault.code.as_str()), (503, "ServiceUnavailable"));
        let ids = app.ids("").await;
        assert!(ids.contains(&"s-1".to_owned()) && !ids.contains(&id), "reading goes on: {ids:?}");

        std::fs::rename(&aside, &path).unwrap();
        assert_eq!(ready().await.status, 200);
        assert_eq!(add(&id).await.status, 201);
    }
}

#[actix_web::test]
async fn what_the_control_plane_does_not_have_is_a_problem_document() {
    let app = TestApp::empty().await;
    for (method, path, status, title) in [
        (Method::GET, "/_mock", 404, "Not Found"),
        (Method::GET, "/_mock/nothing", 404, "Not Found"),
        (Method::POST, "/_mock/health/live", 405, "Method Not Allowed"),
    ] {
        let reply = app.send(app.request(method, path)).await;
        assert_eq!((reply.status, reply.header("content-type")), (status, "application/problem+json"), "{path}");
        let problem = reply.json();
        assert_eq!((&problem["status"], &problem["title"]), (&json!(status), &json!(title)));
    }
}
