//! DeleteImage: what keeps an image, what does not, and what is told of one that is not there.

use serde_json::{Value, json};

use super::{ids, shown};
use crate::support::{Fault, TestApp, golden};

const SEED: &str = "
    Images:
      - {ImageId: m-1, Tags: {a: b}}
      - {ImageId: m-2}
      - {ImageId: m-used}
      - {ImageId: m-public, IsPublic: true}
      - {ImageId: m-system, ImageOwnerAlias: system}
      - {ImageId: m-elsewhere, RegionId: cn-beijing}
    Instances:
      - {InstanceId: i-1, ImageId: m-used}
      - {InstanceId: i-2, ImageId: m-used}
    ";

async fn delete(app: &TestApp, query: &str) -> Value {
    app.act(&format!("DeleteImage&RegionId=cn-hangzhou&{query}")).await
}

async fn refused(app: &TestApp, query: &str) -> Fault {
    app.refused(&format!("DeleteImage&RegionId=cn-hangzhou&{query}")).await
}

fn unknown() -> Fault {
    Fault::new(404, "InvalidImageId.NotFound", "The specified ImageId does not exist.")
}

#[actix_web::test]
async fn an_own_image_of_the_region_is_gone() {
    let app = TestApp::seeded(SEED).await;
    let reply = delete(&app, "ImageId=m-1&Force=false").await;
    assert_eq!(reply.as_object().unwrap().keys().collect::<Vec<_>>(), ["RequestId"]);
    assert_eq!(ids(&app, "Tag.1.Key=a").await, [""; 0]);
    for id in ["m-1", "m-unknown", "m-elsewhere", "m-system", "M-2"] {
        assert_eq!(refused(&app, &format!("ImageId={id}&Force=true")).await, unknown(), "{id}");
    }
    app.act("DeleteImage&RegionId=cn-beijing&ImageId=m-elsewhere").await;
    assert_eq!(ids(&app, "").await, ["m-2", "m-public", "m-system", "m-used"]);
}

#[actix_web::test]
async fn one_that_instances_are_made_of_goes_only_by_force() {
    let app = TestApp::seeded(SEED).await;
    let message = "The specified image has been used to create instances. You can use the DescribeInstances API to query these \
                   instances, or you can use the force parameter to proceed.";
    let used = Fault::new(403, "ImageUsingByInstance", message);
    assert_eq!(shown(&app, "m-used").await["Usage"], "instance");
    for force in ["", "&Force=false", "&Force="] {
        assert_eq!(refused(&app, &format!("ImageId=m-used{force}")).await, used, "{force}");
    }
    app.arrange("DELETE", "/instances/i-1", Value::Null).await;
    assert_eq!(refused(&app, "ImageId=m-used").await, used, "another instance is left");
    delete(&app, "ImageId=m-used&Force=True").await;
    let instance = app.entry("instances/i-2").await;
    assert_eq!(instance["ImageId"], "m-used", "the instance still says what it is made of");
    app.arrange("POST", "/images", json!({"ImageId": "m-used"})).await;
    assert_eq!(shown(&app, "m-used").await["Usage"], "instance");
    app.arrange("PATCH", "/instances/i-2", json!({"ImageId": "m-2"})).await;
    assert_eq!(
        (&shown(&app, "m-used").await["Usage"], &shown(&app, "m-2").await["Usage"]),
        (&json!("none"), &json!("instance"))
    );
    delete(&app, "ImageId=m-used").await;
}

#[actix_web::test]
async fn a_published_one_stays() {
    let app = TestApp::seeded(SEED).await;
    let message = "You can not delete public image, please modify it to private.";
    for force in ["", "&Force=true"] {
        assert_eq!(refused(&app, &format!("ImageId=m-public{force}")).await, Fault::new(403, "ImageIsPublic", message));
    }
    app.arrange("PATCH", "/images/m-public", json!({"IsPublic": false})).await;
    delete(&app, "ImageId=m-public").await;
}

#[actix_web::test]
async fn one_in_the_making_goes_too() {
    let app = TestApp::seeded("Snapshots: [{SnapshotId: s-1}]").await;
    app.arrange("PATCH", "/settings", json!({"ImageSeconds": 100})).await;
    let made = app.act("CreateImage&RegionId=cn-hangzhou&SnapshotId=s-1").await["ImageId"].as_str().unwrap().to_owned();
    delete(&app, &format!("ImageId={made}")).await;
    assert_eq!(ids(&app, "Status=ALL").await, [""; 0]);
}

#[actix_web::test]
async fn an_unknown_id_is_an_error_unless_a_setting_says_otherwise() {
    let app = TestApp::seeded(SEED).await;
    app.arrange("PATCH", "/settings", json!({"UnknownOnDelete": "ignore"})).await;
    for id in ["m-unknown", "m-elsewhere"] {
        assert_eq!(delete(&app, &format!("ImageId={id}")).await.as_object().unwrap().len(), 1, "{id}");
    }
    app.arrange("PATCH", "/settings", json!({"UnknownOnDelete": null})).await;
    assert_eq!(refused(&app, "ImageId=m-unknown").await, unknown());
}

#[actix_web::test]
async fn parameters_that_are_missing_or_malformed_are_named() {
    let app = TestApp::seeded(SEED).await;
    let missing = |name: &str| {
        let message =
            format!("The input parameter \"{name}\" that is mandatory for processing this request is not supplied.");
        Fault::new(400, "MissingParameter", &message)
    };
    assert_eq!(app.refused("DeleteImage&ImageId=m-1").await, missing("RegionId"));
    assert_eq!(app.refused("DeleteImage&Force=x").await, missing("RegionId"));
    assert_eq!(refused(&app, "ImageId=").await, missing("ImageId"));
    for name in ["DryRun", "Force"] {
        let message = format!("The specified parameter \"{name}\" is not valid.");
        let fault = refused(&app, &format!("ImageId=m-unknown&{name}=1")).await;
        assert_eq!(fault, Fault::new(400, "InvalidParameter", &message), "before it is looked for");
    }
    let fault = app.refused("DeleteImage&RegionId=cn-nowhere&ImageId=m-1").await;
    assert_eq!(fault, Fault::new(404, "InvalidRegionId.NotFound", "The specified RegionId does not exist."));
}

#[actix_web::test]
async fn a_call_that_is_tried_deletes_nothing() {
    let app = TestApp::seeded(SEED).await;
    assert_eq!(refused(&app, "ImageId=m-1&DryRun=true").await.code, "DryRunOperation");
    assert_eq!(refused(&app, "ImageId=m-used&DryRun=true").await.code, "ImageUsingByInstance");
    shown(&app, "m-1").await;
}

#[actix_web::test]
async fn a_whole_reply() {
    golden("Images: [{ImageId: m-1}]", "DeleteImage&RegionId=cn-hangzhou&ImageId=m-1").await;
}
