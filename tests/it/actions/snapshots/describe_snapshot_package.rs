//! DescribeSnapshotPackage: nothing can be bought, and the page says so.

use serde_json::json;

use crate::support::{Fault, TestApp, golden};

#[actix_web::test]
async fn every_page_is_empty() {
    let app = TestApp::spawn().await;
    for (query, number, size) in
        [("", 1, 10), ("&PageNumber=3", 3, 10), ("&PageSize=100&PageNumber=2", 2, 100), ("&PageSize=1", 1, 1)]
    {
        let mut reply = app.act(&format!("DescribeSnapshotPackage&RegionId=cn-hangzhou{query}")).await;
        reply.as_object_mut().unwrap().remove("RequestId");
        let packages = json!({"SnapshotPackage": []});
        let expected = json!({"PageNumber": number, "PageSize": size, "TotalCount": 0, "SnapshotPackages": packages});
        assert_eq!(reply, expected, "{query}");
    }
}

#[actix_web::test]
async fn what_is_missing_or_malformed_is_named() {
    let app = TestApp::empty().await;
    let message = "The input parameter \"RegionId\" that is mandatory for processing this request is not supplied.";
    assert_eq!(app.refused("DescribeSnapshotPackage").await, Fault::new(400, "MissingParameter", message));
    for (query, name) in
        [("PageSize=101", "PageSize"), ("PageSize=0", "PageSize"), ("PageNumber=0&PageSize=x", "PageNumber")]
    {
        let fault = app.refused(&format!("DescribeSnapshotPackage&RegionId=cn-hangzhou&{query}")).await;
        let message = format!("The specified parameter \"{name}\" is not valid.");
        assert_eq!(fault, Fault::new(400, "InvalidParameter", &message), "{query}");
    }
}

#[actix_web::test]
async fn a_whole_reply() {
    golden("{}", "DescribeSnapshotPackage&RegionId=cn-hangzhou").await;
}
