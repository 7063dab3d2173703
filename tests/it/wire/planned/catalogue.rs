//! Every row of every action can be made to happen, whether or not anything in a sandbox leads to it.

use ecs_mock::actions::faults::{Row, SHARED};
use ecs_mock::actions::{ACTIONS, Action};
use serde_json::json;

use super::plan;
use crate::support::{Fault, TestApp};

/// A fault for each row, met once in each format and in their order.
async fn makes_all(app: &TestApp, action: &Action, rows: &[&Row]) {
    for row in rows {
        let effect = match row.message.contains("{}") {
            true => json!({"Code": row.code, "Status": row.status}),
            false => json!({"Code": row.code, "Message": row.message}),
        };
        plan(app, json!({"Action": action.name}), effect, json!({"Times": 2})).await;
    }
    for row in rows {
        let fault = app.refused(action.name).await;
        assert_eq!(fault.code, row.code, "{} {}", action.name, row.message);
        if row.message.contains("{}") {
            assert_eq!(fault.status, row.status, "{} {}", action.name, row.code);
            assert!(!fault.message.contains("{}") && !fault.message.is_empty(), "{}", fault.message);
        } else {
            // Another row may say the same with another status; then Status says which one is meant.
            let same = |other: &&Row| (other.code, other.message) == (row.code, row.message);
            let of_action = action.faults.iter().copied().chain(action.unreachable.iter().map(|other| &other.row));
            let first = of_action.chain(SHARED.iter().copied()).find(same).unwrap();
            assert_eq!(fault, Fault::new(first.status, row.code, row.message), "{}", action.name);
        }
    }
    app.arrange("DELETE", "/faults", serde_json::Value::Null).await;
}

#[actix_web::test]
async fn any_row_of_any_action_can_be_made() {
    let app = TestApp::empty().await;
    for action in ACTIONS {
        let rows: Vec<&Row> =
            action.faults.iter().copied().chain(action.unreachable.iter().map(|other| &other.row)).collect();
        for some in rows.chunks(100) {
            makes_all(&app, action, some).await;
        }
    }
    makes_all(&app, ACTIONS[0], SHARED).await;
}

#[actix_web::test]
async fn a_status_or_a_text_chooses_among_the_rows_of_a_code() {
    let app = TestApp::empty().await;
    // Twice the same code with other texts or statuses, in the table of one action.
    let mut chosen = 0;
    for action in ACTIONS {
        let rows: Vec<&Row> =
            action.faults.iter().copied().chain(action.unreachable.iter().map(|other| &other.row)).collect();
        for row in &rows {
            let others = || rows.iter().filter(|other| other.code == row.code);
            if others().any(|other| other.status != row.status) {
                plan(&app, json!({"Action": action.name}), json!({"Code": row.code, "Status": row.status}), json!({}))
                    .await;
                let first = others().find(|other| other.status == row.status).unwrap();
                let fault = app.refused(action.name).await;
                assert_eq!((fault.status, fault.code.as_str()), (row.status, row.code));
                assert!(first.message.contains("{}") || fault.message == first.message, "{}", fault.message);
                app.arrange("DELETE", "/faults", serde_json::Value::Null).await;
                chosen += 1;
            }
        }
    }
    assert!(chosen > 5, "{chosen}");
}

#[actix_web::test]
async fn what_a_row_leaves_open_is_filled_or_left_out() {
    let app = TestApp::empty().await;
    let missing = json!({"Code": "MissingParameter"});
    let action = "DescribeDisks";
    for (matching, query, message) in [
        (
            json!({"Action": action}),
            "",
            "The input parameter that is mandatory for processing this request is not supplied.",
        ),
        (
            json!({"Action": action, "Parameters": {"DiskIds": "x"}}),
            "&DiskIds=x",
            "The input parameter \"DiskIds\" that is mandatory for processing this request is not supplied.",
        ),
        (
            json!({"Action": action, "RegionId": "cn-hangzhou"}),
            "&RegionId=cn-hangzhou",
            "The input parameter \"RegionId\" that is mandatory for processing this request is not supplied.",
        ),
    ] {
        plan(&app, matching, missing.clone(), json!({})).await;
        let fault = app.refused(&format!("{action}{query}")).await;
        assert_eq!(fault, Fault::new(400, "MissingParameter", message));
        app.arrange("DELETE", "/faults", serde_json::Value::Null).await;
    }
    let not_emulated = json!({"Code": "UnsupportedAction.NotEmulated"});
    plan(&app, json!({"Action": "DescribeDisks"}), not_emulated, json!({})).await;
    let message = "The action DescribeDisks is not emulated by ecs-mock.";
    assert_eq!(app.refused("DescribeDisks").await.message, message);
}

#[actix_web::test]
async fn of_a_pattern_each_action_answers_as_its_own_table_has_it() {
    let app = TestApp::empty().await;
    // The same code, of which two actions have two texts.
    let texts = |code: &str| {
        let rows = ACTIONS.iter().flat_map(|action| {
            let unreachable = action.unreachable.iter().map(|other| &other.row);
            let rows = action.faults.iter().copied().chain(unreachable);
            rows.filter(|row| row.code == code).map(|row| (action.name, row.message)).take(1).collect::<Vec<_>>()
        });
        rows.collect::<Vec<_>>()
    };
    let codes = ACTIONS.iter().flat_map(|action| action.faults).map(|row| row.code);
    let has_two = |code: &&str| {
        let texts = texts(code);
        texts.iter().any(|(_, text)| *text != texts[0].1) && texts.iter().all(|(_, text)| !text.contains("{}"))
    };
    let code = codes.into_iter().find(has_two).unwrap();
    plan(&app, json!({"Action": "*"}), json!({"Code": code}), json!({})).await;
    for (action, text) in texts(code) {
        assert_eq!(app.refused(action).await.message, text, "{action} {code}");
    }
    // An action that has no such row answers one of the others'.
    let message = app.refused("RunInstances").await.message;
    assert!(texts(code).iter().any(|(_, text)| *text == message), "{message}");
}
