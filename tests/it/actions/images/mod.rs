mod create_image;
mod delete_image;
mod describe_images;
mod modify_image_attribute;

use serde_json::Value;

use crate::support::TestApp;

/// The images of cn-hangzhou that match, as DescribeImages shows them.
async fn images(app: &TestApp, query: &str) -> Vec<Value> {
    let reply = app.act(&format!("DescribeImages&RegionId=cn-hangzhou&PageSize=100&{query}")).await;
    let images = reply["Images"]["Image"].as_array().unwrap().clone();
    assert_eq!(reply["TotalCount"], images.len(), "{query}: all on one page");
    images
}

/// Their ids.
async fn ids(app: &TestApp, query: &str) -> Vec<String> {
    let images = images(app, query).await;
    images.iter().map(|image| image["ImageId"].as_str().unwrap().to_owned()).collect()
}

/// The image of this id, in whatever status.
async fn shown(app: &TestApp, id: &str) -> Value {
    let mut found = images(app, &format!("ImageId={id}&Status=ALL")).await;
    assert_eq!(found.len(), 1, "{id}");
    found.remove(0)
}
