//! Planned faults over REST: planning, listing, removing, and what is refused.

use serde_json::{Value, json};

use crate::support::TestApp;

const FAULTS: &str = "/sandboxes/default/faults";

async fn plan(app: &TestApp, plan: Value) -> crate::support::Reply {
    app.control("POST", FAULTS, plan).await
}

#[actix_web::test]
async fn they_are_planned_shown_and_removed() {
    let app = TestApp::empty().await;
    let sent = json!({"Name": "full.1", "Match": {"Action": "Create*", "RegionId": "cn-hangzhou", "AccessKeyId": "testid",
        "Parameters": {"Tag.1.Key": "a", "clientToken": null}}, "After": 1, "Times": 2, "Probability": 0.5, "Seed": 4,
        "TtlSeconds": 60, "When": "after", "Effect": {"Connection": "truncate", "DelayMs": {"Min": 1, "Max": 2}}});
    let planned = plan(&app, sent.clone()).await;
    assert_eq!((planned.status, planned.header("location")), (201, "/_mock/v1/sandboxes/default/faults/full.1"));
    let mut expected = sent;
    for (field, value) in [("Matches", json!(0)), ("Hits", json!(0)), ("Spent", json!(false))] {
        expected[field] = value;
    }
    expected["CreationTime"] = json!("2026-03-15T12:00:00Z");
    assert_eq!(planned.json(), expected);

    let short = json!({"Match": {"Action": "DeleteDisk"}, "Effect": {"Throttling": {}}});
    let first = plan(&app, short.clone()).await;
    assert_eq!(first.header("location"), "/_mock/v1/sandboxes/default/faults/fault-1");
    let shown = json!({"Name": "fault-1", "Match": {"Action": "DeleteDisk"}, "When": "before",
        "Effect": {"Throttling": {}}, "Matches": 0, "Hits": 0, "Spent": false, "CreationTime": "2026-03-15T12:00:00Z"});
    assert_eq!(first.json(), shown, "what was not said is not shown");
    assert_eq!(plan(&app, short.clone()).await.json()["Name"], "fault-2");

    let names = async || {
        let list = app.arrange("GET", "/faults", Value::Null).await;
        let names = list["Faults"].as_array().unwrap().iter().map(|fault| fault["Name"].as_str().unwrap().to_owned());
        names.collect::<Vec<_>>()
    };
    assert_eq!(names().await, ["full.1", "fault-1", "fault-2"], "in their order");
    assert_eq!(app.arrange("GET", "/faults/full.1", Value::Null).await, expected);
    app.arrange("DELETE", "/faults/fault-1", Value::Null).await;
    assert_eq!(names().await, ["full.1", "fault-2"]);
    for method in ["GET", "DELETE"] {
        let gone = app.control(method, &format!("{FAULTS}/fault-1"), Value::Null).await;
        assert_eq!(gone.status, 404, "{method}");
        assert!(gone.body.contains("fault-1"), "{}", gone.body);
    }
    assert_eq!(plan(&app, short).await.json()["Name"], "fault-1", "the first name that is free");
    assert_eq!(names().await, ["full.1", "fault-2", "fault-1"]);
    app.arrange("DELETE", "/faults", Value::Null).await;
    assert_eq!(app.arrange("GET", "/faults", Value::Null).await, json!({"Faults": []}));
}

#[actix_web::test]
async fn a_name_in_use_is_a_conflict_and_a_hundred_are_the_limit() {
    let app = TestApp::empty().await;
    let named = |name: String| json!({"Name": name, "Match": {"Action": "DeleteDisk"}, "Effect": {"Throttling": {}}});
    for number in 0..100 {
        assert_eq!(plan(&app, named(format!("f{number}"))).await.status, 201);
    }
    let twice = plan(&app, named("f7".to_owned())).await;
    assert_eq!((twice.status, &twice.json()["field"]), (409, &json!("Name")));
    let more = plan(&app, named("more".to_owned())).await;
    assert_eq!(more.status, 507, "{}", more.body);
    app.sandbox("other", json!("empty")).await;
    let elsewhere = app.control("POST", "/sandboxes/other/faults", named("f7".to_owned())).await;
    assert_eq!(elsewhere.status, 201, "a sandbox is a sandbox");
    for path in ["/sandboxes/nobody/faults", "/sandboxes/nobody/faults/f7"] {
        assert_eq!(app.control("GET", path, Value::Null).await.status, 404);
    }
}

/// What is refused, in which field, and a part of the reason.
#[actix_web::test]
async fn what_cannot_be_meant_is_refused_with_field_and_reason() {
    let app = TestApp::empty().await;
    let effect = |effect: Value| json!({"Match": {"Action": "DeleteSnapshot"}, "Effect": effect});
    let with = |field: &str, value: Value| {
        let mut plan = effect(json!({"Throttling": {}}));
        plan[field] = value;
        plan
    };
    let matching = |matching: Value| json!({"Match": matching, "Effect": {"Throttling": {}}});
    let long = "x".repeat(256 * 1024 + 1);
    let hundred_and_one: Value = (0..=100).map(|number| (format!("P{number}"), json!("x"))).collect();
    for (plan_sent, field, reason) in [
        (with("Name", json!("")), "Name", "1 to 64 letters"),
        (with("Name", json!("a b")), "Name", "a b"),
        (with("Name", json!("..")), "Name", ".."),
        (with("Name", json!("x".repeat(65))), "Name", "1 to 64"),
        (with("After", json!(-1)), "After", "0 or more"),
        (with("Times", json!(0)), "Times", "1 or more"),
        (with("TtlSeconds", json!(0)), "TtlSeconds", "1 or more"),
        (with("Probability", json!(0.5)), "Seed", "Probability needs it"),
        (with("Probability", json!(1.5)), "Probability", "0 to 1"),
        (with("When", json!("during")), "When", "during"),
        (with("Count", json!(3)), "Count", "unknown field"),
        (with("Matches", json!(3)), "Matches", "unknown field"),
        (matching(json!({"Action": "DescribeSnapshot"})), "Match.Action", "is DescribeSnapshots meant?"),
        (matching(json!({"Action": "describeDisks"})), "Match.Action", "is DescribeDisks meant?"),
        (
            matching(json!({"Action": "Descrive*"})),
            "Match.Action",
            "\"Descrive*\" is the beginning of no action: is Describe* meant?",
        ),
        (matching(json!({"Action": "CreateSnapshoot*"})), "Match.Action", "is CreateSnapshot* meant?"),
        (matching(json!({"Action": "Zzzzzzzzzzzz*"})), "Match.Action", "is the beginning of no action"),
        (matching(json!({"Action": "x".repeat(1_025)})), "Match.Action", "1025 bytes"),
        (matching(json!({"Action": "*", "AccessKeyId": "x".repeat(1_025)})), "Match.AccessKeyId", "1025 bytes"),
        (matching(json!({"Action": "*", "RegionId": "x".repeat(1_025)})), "Match.RegionId", "1025 bytes"),
        (matching(json!({"Action": "*", "RegionId": ""})), "Match.RegionId", "null among Parameters"),
        (matching(json!({"Action": "*", "RegionId": "cn-hangzou"})), "Match.RegionId", "is cn-hangzhou meant?"),
        (
            matching(json!({"Action": "*", "Parameters": {"regionid": "cn-hangzou"}})),
            "Match.Parameters.regionid",
            "is cn-hangzhou meant?",
        ),
        (
            matching(json!({"Action": "*", "RegionId": "cn-hangzhou", "Parameters": {"RegionId": null}})),
            "Match.Parameters.RegionId",
            "Match.RegionId says it already",
        ),
        (
            matching(json!({"Action": "DeleteSnapshot", "Parameters": {"SnapshotId": ""}})),
            "Match.Parameters.SnapshotId",
            "null",
        ),
        (
            matching(json!({"Action": "DeleteSnapshot", "Parameters": {"SnapshotId": "x".repeat(1_025)}})),
            "Match.Parameters.SnapshotId",
            "1025 bytes",
        ),
        (
            matching(json!({"Action": "DescribeVpcs", "Parameters": {"x".repeat(1_025): "x"}})),
            "Match.Parameters",
            "1025",
        ),
        (
            matching(json!({"Action": "DeleteSnapshot", "Parameters": {"SnapshotId": "a", "snapshotid": "b"}})),
            "Match.Parameters.snapshotid",
            "it is there twice",
        ),
        (
            matching(json!({"Action": "AttachDisk", "Parameters": {"password": "hush"}})),
            "Match.Parameters.password",
            "only null can be asked for",
        ),
        (
            matching(json!({"Action": "RunInstances", "Parameters": {"UserData": "hush"}})),
            "Match.Parameters.UserData",
            "only null can be asked for",
        ),
        (matching(json!({"Action": "DescribeVpcs", "Parameters": hundred_and_one})), "Match.Parameters", "100 at most"),
        (matching(json!({"Action": "De*Disk"})), "Match.Action", "De*Disk"),
        (matching(json!({"RegionId": "x"})), "Match", "missing field `Action`"),
        (matching(json!({"Action": "DeleteDisk", "Region": "x"})), "Match.Region", "unknown field"),
        (
            matching(json!({"Action": "DeleteSnapshot", "Parameters": {"SnapshotIds": "x"}})),
            "Match.Parameters.SnapshotIds",
            "is SnapshotId meant?",
        ),
        (
            matching(json!({"Action": "DescribeDisks", "Parameters": {"Tag.x.Key": "x"}})),
            "Match.Parameters.Tag.x.Key",
            "is Tag.N.Key meant?",
        ),
        (effect(json!({})), "Effect", "one of Code"),
        (effect(json!({"Throttling": {}, "Connection": "reset"})), "Effect", "Throttling and Connection"),
        (effect(json!({"Code": "IncorrectVersion", "Reply": {"Body": {}}})), "Effect", "Code and Reply"),
        (effect(json!({"Code": "InvalidSnapshotId.NotFond"})), "Effect.Code", "is InvalidSnapshotId.NotFound meant?"),
        (effect(json!({"Code": "InvalidSnapshotId.NotFound", "Status": 500})), "Effect.Status", "404"),
        (effect(json!({"Code": "InvalidSnapshotId.NotFound", "Message": "x"})), "Effect.Message", "is not found"),
        (effect(json!({"Code": "X", "Message": "x", "Status": 200})), "Effect.Status", "400 to 599"),
        (effect(json!({"Code": "a b", "Message": "x", "Status": 400})), "Effect.Code", "letters"),
        (effect(json!({"DelayMs": 5, "Status": 400})), "Effect.Status", "only a Code"),
        (effect(json!({"Connection": "reset", "Message": "x"})), "Effect.Message", "only a Code"),
        (
            effect(json!({"Throttling": {"Code": "Throtling.User"}})),
            "Effect.Throttling.Code",
            "\"Throtling.User\" is no code that the action answers: is Throttling.User meant?",
        ),
        (
            effect(json!({"Quota": {"Limit": 1, "WindowSeconds": 1, "Code": "Throtling"}})),
            "Effect.Quota.Code",
            "\"Throtling\" is no code that the action answers: is Throttling meant?",
        ),
        (effect(json!({"Code": "Nonsense"})), "Effect.Code", "with both Status and Message, a Code may be any"),
        (effect(json!({"Code": "X", "Status": 400, "Message": "x".repeat(4_097)})), "Effect.Message", "4097 bytes"),
        (effect(json!({"Throttling": {"RetryAfterMs": -1}})), "Effect.Throttling.RetryAfterMs", "0 or more"),
        (effect(json!({"Throttling": {"Times": 1}})), "Effect.Throttling.Times", "unknown field"),
        (effect(json!({"Quota": {"Limit": -1, "WindowSeconds": 1}})), "Effect.Quota.Limit", "0 or more"),
        (effect(json!({"Quota": {"Limit": 1, "WindowSeconds": 0}})), "Effect.Quota.WindowSeconds", "1 or more"),
        (effect(json!({"Connection": "slow"})), "Effect.Connection", "slow"),
        (effect(json!({"DelayMs": 600_001})), "Effect.DelayMs", "600000"),
        (effect(json!({"DelayMs": -1})), "Effect.DelayMs", "600000"),
        (effect(json!({"DelayMs": "soon"})), "Effect.DelayMs", "milliseconds"),
        (effect(json!({"DelayMs": {"Min": 5, "Max": 4}})), "Effect.DelayMs.Max", "5 to 600000"),
        (effect(json!({"DelayMs": {"Median": 0, "Sigma": 1, "Max": 4}})), "Effect.DelayMs.Median", "1 to"),
        (effect(json!({"DelayMs": {"Median": 5, "Sigma": -1, "Max": 9}})), "Effect.DelayMs.Sigma", "0 to 10"),
        (effect(json!({"Reply": {"Body": 5}})), "Effect.Reply.Body", "an object or a text"),
        (effect(json!({"Reply": {"Body": long}})), "Effect.Reply.Body", "262144"),
        (effect(json!({"Reply": {"Body": {"a b": 1}}})), "Effect.Reply.Body.a b", "element"),
        (effect(json!({"Reply": {"Body": {"a": [[1]]}}})), "Effect.Reply.Body.a", "list in a list"),
        (effect(json!({"Reply": {"Body": {"a": [{"1": 1}]}}})), "Effect.Reply.Body.a.1", "element"),
        (effect(json!({"Reply": {"Body": {}, "Status": 204}})), "Effect.Reply.Status", "204"),
        (effect(json!({"Reply": {"Body": {}, "Status": 600}})), "Effect.Reply.Status", "600"),
    ] {
        let refused = plan(&app, plan_sent).await;
        assert_eq!(refused.status, 400, "{field}: {}", refused.body);
        let problem = refused.json();
        assert_eq!(problem["field"], field, "{problem}");
        assert!(problem["reason"].as_str().unwrap().contains(reason), "{reason} in {problem}");
    }
    assert_eq!(app.arrange("GET", "/faults", Value::Null).await, json!({"Faults": []}));
}

#[actix_web::test]
async fn what_is_unusual_is_accepted() {
    let app = TestApp::empty().await;
    for sent in [
        // Of an action whose parameters nobody knows, any may be there; and so it may in any case, with any number.
        json!({"Match": {"Action": "DescribeVpcs", "Parameters": {"Whatever": "x"}}, "Effect": {"Code": "InternalError"}}),
        json!({"Match": {"Action": "DescribeDisks", "Parameters": {"tag.17.key": "x", "SignatureNonce": "n"}},
            "Effect": {"Code": "InvalidParameter"}}),
        json!({"Match": {"Action": "*"}, "Effect": {"Code": "InvalidDiskId.NotFound"}}),
        // What nobody knows yet may be made later. Of a secret, that it is not there can be asked.
        json!({"Match": {"Action": "*", "AccessKeyId": "nobody", "RegionId": "moon-1"}, "Effect": {"DelayMs": 1}}),
        json!({"Match": {"Action": "AttachDisk", "Parameters": {"Password": null}}, "Effect": {"DelayMs": 1}}),
        json!({"Match": {"Action": "*"}, "Effect": {"Code": "Throttling.User"}}),
        json!({"Match": {"Action": "*"}, "Effect": {"Throttling": {"Code": "Throttling"}}}),
        json!({"Match": {"Action": "*"}, "Effect": {"Code": "X", "Status": 400, "Message": "x".repeat(4_096)}}),
        json!({"Match": {"Action": "DeleteDisk"}, "Effect": {"Code": "No.Such-code_1", "Status": 499, "Message": ""}}),
        json!({"Match": {"Action": "DeleteDisk"}, "Effect": {"Code": "MissingParameter",
            "Message": "The input parameter \"X\" that is mandatory for processing this request is not supplied."}}),
        json!({"Match": {"Action": "DeleteDisk"}, "Effect": {"Reply": {"Body": "x".repeat(256 * 1024)}}}),
        json!({"Match": {"Action": "DeleteDisk"}, "Effect": {"Reply": {"Status": 599, "Body": {"a": [{"b": null}, 1]}}}}),
        json!({"Match": {"Action": "DeleteDisk"}, "Effect": {"DelayMs": {"Median": 1, "Sigma": 0, "Max": 600_000}}}),
        json!({"Match": {"Action": "DeleteDisk"}, "After": 0, "Times": 1, "Probability": 1, "Seed": 0, "TtlSeconds": 1,
            "Effect": {"Quota": {"Limit": 0, "WindowSeconds": 1, "Code": "InternalError", "RetryAfterMs": 0}}}),
    ] {
        let planned = plan(&app, sent.clone()).await;
        assert_eq!(planned.status, 201, "{sent}: {}", planned.body);
    }
}

#[actix_web::test]
async fn a_region_that_a_resource_is_in_is_known_however_near_it_is_to_a_public_one() {
    let app = TestApp::empty().await;
    let sent = json!({"Match": {"Action": "*", "RegionId": "cn-hangzhou2"}, "Effect": {"DelayMs": 1}});
    let refused = plan(&app, sent.clone()).await;
    assert_eq!((refused.status, &refused.json()["field"]), (400, &json!("Match.RegionId")));
    let snapshots = json!({"Snapshots": [{"SnapshotId": "s-1", "RegionId": "cn-hangzhou2"}]});
    app.arrange("PUT", "/state", snapshots).await;
    assert_eq!(plan(&app, sent).await.status, 201);
}

#[actix_web::test]
async fn all_that_is_planned_in_a_sandbox_has_two_mebibytes() {
    let app = TestApp::empty().await;
    let sent =
        |length: usize| json!({"Match": {"Action": "DeleteDisk"}, "Effect": {"Reply": {"Body": "x".repeat(length)}}});
    for _ in 0..7 {
        assert_eq!(plan(&app, sent(256 * 1024)).await.status, 201);
    }
    let refused = plan(&app, sent(256 * 1024)).await;
    assert_eq!(refused.status, 507, "{}", refused.body);
    assert!(refused.json()["detail"].as_str().unwrap().contains("2097152"), "{}", refused.body);
    assert_eq!(plan(&app, sent(250 * 1024)).await.status, 201, "what is shorter has room");
}
