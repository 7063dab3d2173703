//! Every parameter of the contract makes a difference, or is listed as one that does not.

use std::collections::BTreeSet;

use ecs_mock::actions::ACTIONS;

use crate::support::{TestApp, contract};

/// The parameters of the contract that the action does not look at.
async fn ignored(app: &TestApp, action: &str) -> BTreeSet<String> {
    let mut ignored = BTreeSet::new();
    for name in contract(action).parameters.keys() {
        let sent: Vec<&str> = name.split('.').map(|part| if part == "N" { "1" } else { part }).collect();
        let sent = sent.join(".");
        // Whatever the action answers: it has read its parameters by then.
        let reply = app.get(&format!("Action={action}&Format=JSON&{sent}=1")).await;
        assert!(reply.status < 500, "{action} {name}: {}", reply.body);
        if reply.header("x-ecs-mock-ignored") == sent {
            ignored.insert(name.clone());
        }
    }
    ignored
}

#[actix_web::test]
async fn each_is_read_or_deliberately_ignored() {
    let app = TestApp::empty().await;
    for action in ACTIONS {
        let listed: BTreeSet<String> = action.ignored.iter().map(|name| (*name).to_owned()).collect();
        assert_eq!(ignored(&app, action.name).await, listed, "{}", action.name);
    }
}

#[actix_web::test]
async fn what_an_action_does_not_know_is_told() {
    let app = TestApp::empty().await;
    let query = "Action=DescribeSnapshots&Format=JSON&RegionId=cn-hangzhou";
    let reply = app.get(&format!("{query}&SnapshotNmae=x&OwnerId=1&Tag.1.Kee=y&AccessKeyId=testid")).await;
    assert_eq!(reply.header("x-ecs-mock-ignored"), "SnapshotNmae,Tag.1.Kee");
    let reply = app.get(&format!("{query}&SnapshotName=x&SnapshotName=y")).await;
    assert_eq!(reply.header("x-ecs-mock-ignored"), "SnapshotName", "of two, the first one counts");
    assert_eq!(app.get(query).await.headers.get("x-ecs-mock-ignored"), None);
}
