//! Planned faults: filling in the form, planning, seeing them hit, removing them.

use serde_json::{Value, json};

use super::{led, open, page, post, rows, text};
use crate::support::TestApp;

/// What the form is filled in with: Action, Times, When, Effect.
fn filled(page: &str) -> [String; 4] {
    let value = |field: &str| {
        let rest =
            page.split(&format!("name=\"{field}\" value=\"")).nth(1).unwrap_or_else(|| panic!("{field}: {page}"));
        rest.split('"').next().unwrap().to_owned()
    };
    let when = page.split("\" selected>").next().unwrap().rsplit('"').next().unwrap().to_owned();
    let effect = text(page, "textarea").replace("&#34;", "\"");
    [value("Action"), value("Times"), when, effect]
}

#[actix_web::test]
async fn a_template_fills_the_form_in_and_the_form_plans_it() {
    let app = TestApp::empty().await;
    for (query, expected) in [
        ("", ["*", "3", "before", "{\"Throttling\":{}}"]),
        ("?Template=throttle-next", ["*", "3", "before", "{\"Throttling\":{}}"]),
        ("?Template=lose-answer", ["CreateSnapshot", "1", "after", "{\"Connection\":\"reset\"}"]),
        ("?Template=slow", ["*", "", "before", "{\"DelayMs\":2000}"]),
    ] {
        let body = page(&app, &format!("/s/default/faults{query}")).await;
        let form = filled(&body);
        assert_eq!(form, expected, "{query}");
        let [action, times, when, effect] = &form;
        let fields =
            [("Action", action), ("Times", times), ("When", when), ("Effect", effect), ("Name", &String::new())];
        let fields = fields.map(|(name, value)| (name, value.as_str()));
        assert_eq!(led(&post(&app, "/s/default/faults", &fields).await), "/s/default/faults");
        let planned = app.arrange("GET", "/faults", Value::Null).await;
        let planned = planned["Faults"].as_array().unwrap().last().unwrap().clone();
        assert_eq!(planned["Match"], json!({"Action": action}));
        assert_eq!(planned["Times"], serde_json::from_str(times).unwrap_or(Value::Null));
        assert_eq!((&planned["When"], planned["Effect"].to_string()), (&json!(when), effect.clone()));
    }
    assert_eq!(open(&app, "/s/default/faults?Template=other").await.status, 400);
    let body = page(&app, "/s/default/faults").await;
    assert_eq!(rows(&body), ["fault-1", "fault-2", "fault-3", "fault-4"]);
    assert_eq!(rows(&page(&app, "/s/default/requests?Action=/faults").await).len(), 4, "the journal tells of it");
}

#[actix_web::test]
async fn they_are_seen_to_hit_and_are_removed() {
    let app = TestApp::empty().await;
    let plan = |name| {
        json!({"Name": name, "Match": {"Action": "DescribeRegions", "RegionId": "cn-beijing"}, "Times": 1,
        "After": 1, "Effect": {"Throttling": {}}})
    };
    app.arrange("POST", "/faults", plan("busy")).await;
    app.arrange("POST", "/faults", plan("second")).await;
    let cells = async || {
        let body = page(&app, "/s/default/faults").await;
        let row = body.split("<tr data-id=\"busy\">").nth(1).unwrap().split("</tr>").next().unwrap().to_owned();
        row.split("<td").skip(1).map(|rest| text(&format!("<td{rest}"), "td")).collect::<Vec<_>>()
    };
    let effect = "{&#34;Throttling&#34;:{}}";
    let further = "RegionId=cn-beijing After=1";
    assert_eq!(cells().await, ["DescribeRegions", further, "before", effect, "1", "0", "0", "no", "Remove"]);
    app.act("DescribeRegions&RegionId=cn-beijing").await;
    assert_eq!(app.get("Action=DescribeRegions&RegionId=cn-beijing&Format=JSON").await.fault().code, "Throttling.User");
    assert_eq!(cells().await[4..], ["1", "2", "1", "yes", "Remove"]);

    assert_eq!(led(&post(&app, "/s/default/faults/busy/delete", &[]).await), "/s/default/faults");
    assert_eq!(rows(&page(&app, "/s/default/faults").await), ["second"]);
    assert_eq!(post(&app, "/s/default/faults/busy/delete", &[]).await.status, 404);
    assert_eq!(led(&post(&app, "/s/default/faults/delete", &[]).await), "/s/default/faults");
    assert_eq!(app.arrange("GET", "/faults", Value::Null).await, json!({"Faults": []}));
    assert!(!page(&app, "/s/default/faults").await.contains("Remove all"));
}

#[actix_web::test]
async fn what_cannot_be_planned_is_told_beside_what_was_filled_in() {
    let app = TestApp::empty().await;
    app.arrange("POST", "/faults", json!({"Name": "a", "Match": {"Action": "*"}, "Effect": {"DelayMs": 0}})).await;
    let valid = [("Action", "DescribeDisks"), ("Times", "1"), ("When", "before"), ("Effect", "{\"DelayMs\": 1}")];
    for (field, value, status, said) in [
        ("Action", "DescribeDisk", 400, "is DescribeDisks meant?"),
        ("Times", "many", 400, "Times: "),
        ("Times", "0", 400, "Times: "),
        ("When", "between", 400, "When: "),
        ("Effect", "soon", 400, "Effect: not JSON"),
        ("Effect", "{\"Dealy\": 1}", 400, "Dealy"),
        ("Effect", "", 400, "Effect: "),
        ("Name", "a", 409, "a"),
    ] {
        let mut fields: Vec<_> = valid.into_iter().filter(|(name, _)| *name != field).collect();
        fields.push((field, value));
        let reply = post(&app, "/s/default/faults", &fields).await;
        assert_eq!(reply.status, status, "{field}={value}: {}", reply.body);
        let alert = reply.body.split("role=\"alert\"").nth(1).unwrap().split("</p>").next().unwrap();
        assert!(alert.contains(said), "{field}={value}: {alert}");
        let action = if field == "Action" { value } else { "DescribeDisks" };
        assert_eq!(filled(&reply.body)[0], action, "{field}={value}");
    }
    assert_eq!(rows(&page(&app, "/s/default/faults").await), ["a"]);
}
