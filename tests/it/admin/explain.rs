//! The ways to ask for an explanation: parameters, a URL, and a request that the journal remembers.

use serde_json::{Value, json};

use crate::support::{NOW, TestApp};

const STATE: &str = "
Snapshots:
  - {SnapshotId: s-1, SnapshotName: a b}
  - {SnapshotId: s-2}
";

async fn explained(app: &TestApp, asked: Value) -> Value {
    app.arrange("POST", "/explain", asked).await
}

/// The path of the explanation of a request that the header asks for, without what comes before the sandbox.
async fn explanation_of(app: &TestApp, query: &str) -> String {
    let request = app.request(reqwest::Method::GET, &format!("/?{query}")).header("x-ecs-mock-explain", "1");
    let reply = app.send(request).await;
    reply.header("x-ecs-mock-explanation").strip_prefix("/_mock/v1/sandboxes/default").unwrap().to_owned()
}

#[actix_web::test]
async fn parameters_and_urls_ask_the_same() {
    let app = TestApp::seeded(STATE).await;
    // A map in JSON has an order, though not every program keeps it.
    let asked = r#"{"Action": "DescribeSnapshots", "Id": "s-2",
        "Parameters": {"SnapshotName": "a b", "RegionId": "cn-hangzhou"}}"#;
    let request = app.request(reqwest::Method::POST, "/_mock/v1/sandboxes/default/explain").body(asked);
    let expected = app.send(request).await.json();
    let names: Vec<&Value> =
        expected["Conditions"].as_array().unwrap().iter().map(|condition| &condition["Name"]).collect();
    assert_eq!(names, ["SnapshotName", "RegionId"], "in the order in which they were sent");
    let query = "Action=DescribeSnapshots&SnapshotName=a+b&RegionId=cn-hangzhou";
    for url in
        [query.to_owned(), format!("?{query}"), format!("http://127.0.0.1:4590/?{query}#x"), format!("/?{query}")]
    {
        assert_eq!(explained(&app, json!({"Url": url, "Id": "s-2"})).await, expected, "{url}");
    }
    let path = explanation_of(&app, query).await;
    assert_eq!(app.arrange("GET", &format!("{path}?id=s-2"), Value::Null).await, expected);
    let sequence: i64 = path.split('/').nth(2).unwrap().parse().unwrap();
    assert_eq!(explained(&app, json!({"Sequence": sequence, "Id": "s-2"})).await, expected);
    assert_eq!(app.arrange("GET", &path, Value::Null).await.get("Row"), None);
}

#[actix_web::test]
async fn what_cannot_be_read_names_its_field() {
    let app = TestApp::seeded(STATE).await;
    let list = app.get("Action=DescribeSnapshots&RegionId=cn-hangzhou&AccessKeyId=testid").await;
    assert_eq!(list.status, 200);
    app.arrange("POST", "/snapshots", json!({"SnapshotId": "s-3"})).await;
    let long = "x".repeat(2_000);
    app.get(&format!("Action=DescribeSnapshots&RegionId=cn-hangzhou&SnapshotName={long}&AccessKeyId=testid")).await;
    app.get("Action=DeleteSnapshot&SnapshotId=s-3&AccessKeyId=testid").await;
    for (asked, status, field) in [
        (json!({}), 400, "Action"),
        (json!({"Url": "RegionId=cn-hangzhou"}), 400, "Action"),
        (json!({"Action": "DescribeDisks", "Url": "Action=DescribeSnapshots&RegionId=cn-hangzhou"}), 400, "Action"),
        (json!({"Url": "Action=DescribeDisks", "Parameters": {}}), 400, "Url"),
        (json!({"Url": "Action=%zz"}), 400, "Action"),
        (json!({"Action": "DescribeDisks", "Parameters": {"RegionId": 1}}), 400, "Parameters.RegionId"),
        (json!({"Action": "DescribeDisks", "Parameters": []}), 400, "Parameters"),
        (json!({"Sequence": 1, "Action": "DescribeDisks"}), 400, "Action"),
        (json!({"Sequence": "one"}), 400, "Sequence"),
        (json!({"Sequence": 2}), 409, "Sequence"),
        (json!({"Sequence": 3}), 409, "Sequence"),
        (json!({"Sequence": 4}), 400, "Action"),
    ] {
        let problem = app.control("POST", "/sandboxes/default/explain", asked.clone()).await;
        assert_eq!(problem.status, status, "{asked}: {}", problem.body);
        assert_eq!(problem.json()["field"], field, "{asked}: {}", problem.body);
    }
    for (path, status) in [
        ("/sandboxes/default/requests/99/explanation", 404),
        ("/sandboxes/default/requests/x/explanation", 404),
        ("/sandboxes/default/requests/1/explanation?other=1", 400),
        ("/sandboxes/nobody/requests/1/explanation", 404),
    ] {
        assert_eq!(app.control("GET", path, Value::Null).await.status, status, "{path}");
    }
}

#[actix_web::test]
async fn an_action_that_cannot_be_explained_is_told_with_those_that_can() {
    let app = TestApp::seeded(STATE).await;
    let others = "The actions that can be explained are DescribeDisks, DescribeSnapshotGroups, DescribeImages, \
        DescribeInstances, DescribeAutoSnapshotPolicyEx, DescribeLockedSnapshots, DescribeSnapshots";
    let known =
        |action: &str| format!("Action: {action} is no list of the resources of one kind that conditions narrow");
    for (action, why) in [
        ("DescribeRegions", known("DescribeRegions")),
        ("DescribeTags", known("DescribeTags")),
        ("CreateSnapshot", known("CreateSnapshot")),
        ("DescribeNothing", "Action: there is no action \"DescribeNothing\" here".to_owned()),
    ] {
        let path = explanation_of(&app, &format!("Action={action}&RegionId=cn-hangzhou")).await;
        for problem in [
            app.control("POST", "/sandboxes/default/explain", json!({"Action": action})).await,
            app.control("GET", &format!("/sandboxes/default{path}"), Value::Null).await,
        ] {
            assert_eq!((problem.status, &problem.json()["field"]), (400, &json!("Action")), "{}", problem.body);
            assert_eq!(problem.json()["detail"], format!("{why}. {others}"));
        }
    }
}

#[actix_web::test]
async fn what_has_changed_since_is_told() {
    let app = TestApp::seeded(STATE).await;
    let query = "Action=DescribeSnapshots&RegionId=cn-hangzhou&AccessKeyId=testid";
    let changes: [(&str, &str, Value); 4] = [
        ("POST", "/snapshots", json!({"SnapshotId": "s-3"})),
        ("PATCH", "/snapshots/s-3", json!({"SnapshotName": "new"})),
        ("PUT", "/clock", json!({"Mode": "frozen", "Time": NOW.plus(60).to_string()})),
        ("PUT", "/state", json!({"Snapshots": []})),
    ];
    for (method, change, body) in changes {
        let path = explanation_of(&app, query).await;
        app.get(query).await;
        assert_eq!(app.arrange("GET", &path, Value::Null).await["Changed"], false, "who looks changes nothing");
        app.arrange(method, change, body).await;
        assert_eq!(app.arrange("GET", &path, Value::Null).await["Changed"], true, "{method} {change}");
    }
}

#[actix_web::test]
async fn the_entry_that_took_a_resource_out_is_named() {
    let app = TestApp::seeded(STATE).await;
    app.get("Action=DeleteSnapshot&SnapshotId=s-1&AccessKeyId=testid").await;
    app.arrange("DELETE", "/snapshots/s-2", Value::Null).await;
    let requests = app.arrange("GET", "/requests", Value::Null).await;
    let (first, second) = (&requests["Requests"][0], &requests["Requests"][1]);
    assert_eq!((&first["Action"], &second["Kind"]), (&json!("DeleteSnapshot"), &json!("control")));
    for (id, entry) in [("s-1", first), ("s-2", second)] {
        let asked = json!({"Url": "Action=DescribeSnapshots&RegionId=cn-hangzhou", "Id": id});
        let expected = json!({"Id": id, "Listed": false, "Failed": [], "Elsewhere": {"DeletedBy": entry["Sequence"]}});
        assert_eq!(explained(&app, asked).await["Row"], expected);
    }
    app.arrange("POST", "/snapshots", json!({"SnapshotId": "s-1"})).await;
    let asked = json!({"Url": "Action=DescribeSnapshots&RegionId=cn-hangzhou", "Id": "s-1"});
    assert_eq!(explained(&app, asked).await["Row"]["Listed"], true, "it is there again");
}

#[actix_web::test]
async fn an_entry_that_names_only_some_of_what_it_took_out_is_named_as_what_may_have_done_it() {
    let app = TestApp::empty().await;
    let snapshots = |first: i32| -> Value {
        (first..first + 30)
            .map(|number| json!({"SnapshotId": format!("s-{number:02}"), "RegionId": "cn-hangzhou"}))
            .collect()
    };
    let elsewhere = async |id: &str| {
        let asked = json!({"Url": "Action=DescribeSnapshots&RegionId=cn-hangzhou", "Id": id});
        explained(&app, asked).await["Row"]["Elsewhere"].clone()
    };
    app.arrange("POST", "/snapshots", json!({"SnapshotId": "s-99", "RegionId": "cn-hangzhou"})).await;
    app.arrange("POST", "/state", json!({"Snapshots": snapshots(0)})).await;
    app.arrange("POST", "/state", json!({"Disks": (0..30).map(|it| json!({"DiskId": format!("d-{it}"), "RegionId": "cn-hangzhou"})).collect::<Value>()}))
        .await;
    app.arrange("DELETE", "/disks?RegionId=cn-hangzhou", Value::Null).await;
    app.arrange("DELETE", "/snapshots?RegionId=cn-hangzhou", Value::Null).await;
    assert_eq!(elsewhere("s-00").await, json!({"DeletedBy": 5}), "it is named");
    assert_eq!(
        elsewhere("s-29").await,
        json!({"MayBeDeletedBy": [5]}),
        "disks are no snapshots, and what merges takes none out"
    );
    app.arrange("POST", "/state", json!({"Snapshots": snapshots(30)})).await;
    app.arrange("PUT", "/state", json!({})).await;
    assert_eq!(elsewhere("s-59").await, json!({"MayBeDeletedBy": [7, 5]}));
    assert_eq!(elsewhere("s-00").await, json!({"DeletedBy": 5}));
    // What was there at its last mention was not taken out before.
    app.arrange("POST", "/state", json!({"Snapshots": snapshots(60)})).await;
    app.arrange("PATCH", "/snapshots/s-85", json!({"SnapshotName": "x"})).await;
    app.arrange("PUT", "/state", json!({})).await;
    assert_eq!(elsewhere("s-85").await, json!({"MayBeDeletedBy": [10]}));
}

#[actix_web::test]
async fn what_policies_have_due_is_made_first() {
    let app = TestApp::empty().await;
    let state = json!({
        "Disks": [{"DiskId": "d-1"}],
        "AutoSnapshotPolicies": [{"AutoSnapshotPolicyId": "sp-1", "TimePoints": [0], "RepeatWeekdays": [1, 2, 3, 4, 5, 6, 7],
            "DiskIds": ["d-1"]}],
    });
    app.arrange("PUT", "/state", state).await;
    app.clock.set(NOW.plus(2 * 86_400));
    let asked = json!({"Url": "Action=DescribeSnapshots&RegionId=cn-hangzhou"});
    assert_eq!(explained(&app, asked).await["Matching"], 2);
}
