//! OpenSnapshotService: there is nothing to open.

use crate::support::{TestApp, golden};

#[actix_web::test]
async fn it_succeeds_as_often_as_it_is_called() {
    let app = TestApp::empty().await;
    for region in ["cn-hangzhou", "cn-hangzhou", "eu-west-1"] {
        let reply = app.act(&format!("OpenSnapshotService&RegionId={region}")).await;
        assert_eq!(reply.as_object().unwrap().keys().collect::<Vec<_>>(), ["RequestId"]);
    }
}

#[actix_web::test]
async fn the_region_must_be_named() {
    let app = TestApp::empty().await;
    let fault = app.refused("OpenSnapshotService&RegionId=").await;
    assert_eq!((fault.status, fault.code.as_str()), (400, "MissingParameter"));
    assert!(fault.message.contains("RegionId"), "{fault:?}");
}

#[actix_web::test]
async fn a_whole_reply() {
    golden("{}", "OpenSnapshotService&RegionId=cn-hangzhou").await;
}
