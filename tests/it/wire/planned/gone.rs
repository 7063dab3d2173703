//! A sandbox that goes while its faults are planned or met.

use std::sync::Arc;

use ecs_mock::model::params::Params;
use ecs_mock::model::planned_fault::{Asked, Plan};
use ecs_mock::sandboxes::SandboxError;
use serde_json::json;

use crate::support::TestApp;

fn throttling() -> Plan {
    serde_json::from_value(json!({"Match": {"Action": "*"}, "Effect": {"Throttling": {}}})).unwrap()
}

fn asked() -> Asked {
    let params = Arc::new(Params::default());
    Asked { action: "DescribeRegions".to_owned(), access_key_id: "x".to_owned(), params }
}

/// Lets others go on until each waits for something.
async fn all_wait() {
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
}

/// Does something to the sandbox `x` whose turn to write comes when that is deleted, although it was there when it began.
async fn behind_a_deletion<T: Send + 'static, F>(work: impl FnOnce(TestApp) -> F) -> T
where
    F: Future<Output = (TestApp, T)>,
{
    let app = TestApp::empty().await;
    app.sandbox("x", json!("empty")).await;
    let all = app.app().sandboxes.clone();
    all.plan_fault(&all.by_name("x").unwrap(), throttling()).await.unwrap();
    let writer = app.app().store.write().await.unwrap();
    let deleting = tokio::spawn(async move { all.delete("x").await });
    all_wait().await;
    let goes_on = async {
        all_wait().await;
        writer.rollback().await;
    };
    let ((app, done), ()) = tokio::join!(work(app), goes_on);
    deleting.await.unwrap().unwrap();
    assert_eq!(app.control("GET", "/sandboxes/x/faults", serde_json::Value::Null).await.status, 404);
    done
}

#[actix_web::test]
async fn a_plan_for_it_is_refused_as_one_for_a_sandbox_that_never_was() {
    let planned = behind_a_deletion(async |app| {
        let all = app.app().sandboxes.clone();
        let sandbox = all.by_name("x").unwrap();
        (app, all.plan_fault(&sandbox, throttling()).await)
    });
    let error = planned.await.unwrap_err();
    assert!(matches!(&error, SandboxError::NoSuchSandbox(name) if name == "x"), "{error:?}");
}

#[actix_web::test]
async fn a_request_to_it_meets_nothing() {
    let met = behind_a_deletion(async |app| {
        let all = app.app().sandboxes.clone();
        let sandbox = all.by_name("x").unwrap();
        (app, all.meet_fault(&sandbox, asked).await)
    });
    assert_eq!(met.await.unwrap(), None);
}

#[actix_web::test]
async fn one_that_is_gone_already_is_no_different() {
    let app = TestApp::empty().await;
    app.sandbox("x", json!("empty")).await;
    let all = &app.app().sandboxes;
    let sandbox = all.by_name("x").unwrap();
    all.plan_fault(&sandbox, throttling()).await.unwrap();
    all.delete("x").await.unwrap();
    assert_eq!(all.meet_fault(&sandbox, asked).await.unwrap(), None);
    let error = all.clear_planned_faults(&sandbox).await.unwrap_err();
    assert!(matches!(error, SandboxError::NoSuchSandbox(_)), "{error:?}");
}
