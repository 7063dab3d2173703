//! The dashboard and the alerts in `docs`: they ask for metrics, labels and codes that there are.

use std::collections::BTreeSet;

use ecs_mock::actions::ACTIONS;
use ecs_mock::actions::faults::SHARED;
use serde_json::Value;

use super::{FAMILIES, read};
use crate::support::TestApp;

const DASHBOARD: &str = include_str!("../../../../docs/grafana-dashboard.json");
const ALERTS: &str = include_str!("../../../../docs/alerts.yml");

/// All expressions below this value: what its fields `expr` say.
fn expressions(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value {
                    Value::String(text) if name == "expr" || name == "definition" => found.push(text.clone()),
                    value => expressions(value, found),
                }
            }
        }
        Value::Array(values) => values.iter().for_each(|value| expressions(value, found)),
        _ => {}
    }
}

fn of_dashboard() -> Vec<String> {
    let mut found = Vec::new();
    expressions(&serde_json::from_str(DASHBOARD).unwrap(), &mut found);
    found
}

fn of_alerts() -> Vec<String> {
    let mut found = Vec::new();
    expressions(&serde_saphyr::from_str(ALERTS).unwrap(), &mut found);
    found
}

/// The words of our own in an expression.
fn names(expression: &str) -> Vec<&str> {
    let words = expression.split(|sign: char| !sign.is_ascii_alphanumeric() && sign != '_');
    words.filter(|word| word.starts_with("ecs_mock_")).collect()
}

/// What stands between these two, each time.
fn between<'t>(text: &'t str, before: &str, after: char) -> Vec<&'t str> {
    text.split(before).skip(1).filter_map(|rest| Some(rest.split_once(after)?.0)).collect()
}

#[actix_web::test]
async fn every_metric_that_they_name_is_there() {
    let app = TestApp::spawn().await;
    app.describe("").await;
    app.app().metrics.fault_hit("Error");
    let there: BTreeSet<String> = read(&app).await.samples.into_keys().map(|(name, _)| name).collect();
    let (dashboard, alerts) = (of_dashboard(), of_alerts());
    assert!(dashboard.len() >= 20 && alerts.len() >= 6, "expressions are found");
    for expression in dashboard.iter().chain(&alerts) {
        for name in names(expression) {
            assert!(there.contains(name), "{expression}: there is no {name}");
        }
    }
    // Nothing that is measured is left out of the dashboard.
    let shown: BTreeSet<&str> = dashboard.iter().flat_map(|expression| names(expression)).collect();
    for (family, _, _) in FAMILIES {
        assert!(shown.iter().any(|name| name.starts_with(family)), "{family} is not shown");
    }
}

#[test]
fn every_label_and_code_that_they_ask_for_is_there() {
    let own = ACTIONS.iter().flat_map(|action| action.faults.iter().chain(SHARED)).map(|row| row.code);
    let codes: Vec<String> = own.map(str::to_owned).chain((100..600).map(|status| status.to_string())).collect();
    let of_prometheus = ["instance", "job", "le"];
    let labels: Vec<&str> =
        FAMILIES.iter().flat_map(|(_, _, labels)| labels.iter().copied()).chain(of_prometheus).collect();
    for expression in of_dashboard().iter().chain(&of_alerts()) {
        for selectors in between(expression, "{", '}') {
            for selector in selectors.split(',') {
                let name = selector.split(['=', '!']).next().unwrap();
                assert!(labels.contains(&name), "{expression}: no label {name}");
            }
        }
        for by in between(expression, "by (", ')') {
            assert!(by.split(", ").all(|label| labels.contains(&label)), "{expression}");
        }
        // Alternatives of a plain form, so that this needs to know no more of patterns than a dot and a plus.
        for pattern in between(expression, "code=~\"", '"').iter().flat_map(|pattern| pattern.split('|')) {
            let is_met = |code: &String| match pattern.split_once('.') {
                Some((start, "+")) => code.len() > start.len() && code.starts_with(start),
                Some(("[45]", ".")) => code.len() == 3 && code.starts_with(['4', '5']),
                Some((start, ".")) => code.len() == 3 && code.starts_with(start),
                _ => code == pattern,
            };
            assert!(codes.iter().any(is_met), "{expression}: nothing is answered with {pattern}");
        }
    }
    let alerts = of_alerts().join("\n");
    // Of the cloud plane, these are all of the server's own errors.
    for row in SHARED.iter().filter(|row| row.status >= 500) {
        assert!(alerts.contains(row.code), "{} is no server error of the alerts", row.code);
    }
}

#[test]
fn the_dashboard_takes_its_data_source_from_whoever_imports_it() {
    let dashboard: Value = serde_json::from_str(DASHBOARD).unwrap();
    let variable = &dashboard["templating"]["list"][0];
    assert_eq!((&variable["name"], &variable["type"]), (&"datasource".into(), &"datasource".into()));
    let mut ids = BTreeSet::new();
    for panel in dashboard["panels"].as_array().unwrap() {
        assert!(ids.insert(panel["id"].as_u64().unwrap()), "{}", panel["title"]);
        let targets = panel["targets"].as_array().unwrap();
        for part in targets.iter().chain([panel]) {
            assert_eq!(part["datasource"]["uid"], "${datasource}", "{}", panel["title"]);
        }
    }
}
