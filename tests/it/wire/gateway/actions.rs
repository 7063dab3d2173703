//! Names of actions: those that are emulated, those that the API has beside them, and those that do not exist.

use ecs_mock::actions::{ACTIONS, known_name};

use crate::support::{Fault, TestApp};

#[actix_web::test]
async fn an_action_that_is_not_emulated_is_told_from_one_that_does_not_exist() {
    let app = TestApp::empty().await;
    for name in ["RunInstances", "DescribeVpcs", "DeleteSecurityGroup"] {
        let message = format!("The action {name} is not emulated by ecs-mock.");
        assert_eq!(app.refused(name).await, Fault::new(400, "UnsupportedAction.NotEmulated", &message));
    }
    for name in ["NoSuchAction", "runinstances", "RunInstances2", "RunInstances%0A", "%23"] {
        let message = "Specified api is not found, please check your url and method.";
        assert_eq!(app.refused(name).await, Fault::new(404, "InvalidAction.NotFound", message), "{name}");
    }
}

#[test]
fn every_emulated_action_is_one_of_the_api() {
    for action in ACTIONS {
        assert!(known_name(action.name).is_some(), "{}", action.name);
    }
    assert!(known_name("").is_none() && known_name("RunInstances\nStopInstances").is_none());
}
