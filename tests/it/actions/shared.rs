//! Checks that all actions share, made of each of them after the contract: a parameter that must be there, one that is of its
//! type, a region that is known. The answer is the shared row that names the parameter, or a row of the action's own.

use ecs_mock::actions::faults::{INVALID_PARAMETER, MISSING_PARAMETER, Row};
use ecs_mock::actions::{ACTIONS, Action};

use crate::support::{Fault, TestApp, contract};

/// Parameters that the documentation calls required, although the service takes calls without them.
const NOT_REQUIRED: [(&str, &str); 4] = [
    // A tag may have no value.
    ("TagResources", "Tag.N.Value"),
    // They have a default.
    ("CreateAutoSnapshotPolicy", "retentionDays"),
    ("CopySnapshot", "DestinationSnapshotDescription"),
    ("CopySnapshot", "DestinationSnapshotName"),
];

/// Parameters of which one or another must be there too, for checks behind that one.
const ALSO_GIVEN: [(&str, &str); 9] = [
    ("AddTags", "Tag.1.Key"),
    ("CreateDisk", "Size"),
    ("CreateDisk", "ZoneId"),
    ("CreateImage", "SnapshotId"),
    ("CreateSnapshotGroup", "DiskId.1"),
    ("DescribeAutoSnapshotPolicyAssociations", "DiskId"),
    ("ListTagResources", "Tag.1.Key"),
    ("ModifyDiskAttribute", "DiskId"),
    ("UntagResources", "TagKey.1"),
];

/// A value of each required parameter that its format permits. None of them is of anything that is there.
fn plausible(name: &str, kind: &str) -> &'static str {
    match (name.to_ascii_lowercase().as_str(), kind) {
        ("regionid", _) => "cn-hangzhou",
        ("destinationregionid", _) => "cn-beijing",
        ("starttime", _) => "2026-03-15T11:00:00Z",
        ("endtime", _) => "2026-03-15T12:00:00Z",
        ("destinationresource", _) => "Zone",
        ("zoneid", _) => "cn-hangzhou-h",
        ("size", _) => "40",
        ("resourcetype", _) => "snapshot",
        ("lockmode", _) => "compliance",
        ("diskids" | "timepoints" | "repeatweekdays", _) => "%5B%221%22%5D",
        (_, "int32" | "int64") => "1",
        (_, "bool") => "true",
        _ => "x-1",
    }
}

/// The names of the action's required parameters, the first of each list.
fn required(action: &Action) -> Vec<String> {
    let is_so = |name: &&String| !NOT_REQUIRED.contains(&(action.name, name.as_str()));
    contract(action.name).required.iter().filter(is_so).map(|name| name.replace(".N", ".1")).collect()
}

/// A call with all required parameters, but for these others.
fn query(action: &Action, others: &[(&str, Option<&str>)]) -> String {
    let is_other = |name: &String| others.iter().any(|(other, _)| other.eq_ignore_ascii_case(name));
    let also = ALSO_GIVEN.iter().filter(|(of, _)| *of == action.name).map(|(_, name)| (*name).to_owned());
    let required = required(action).into_iter().chain(also).filter(|name| !is_other(name)).map(|name| {
        let value = plausible(&name, &contract(action.name).parameters[&name.replace(".1", ".N")]);
        format!("{name}={value}")
    });
    let given = others.iter().filter_map(|(name, value)| value.map(|value| format!("{name}={value}")));
    let parts: Vec<String> = std::iter::once(action.name.to_owned()).chain(required).chain(given).collect();
    parts.join("&")
}

/// The fault that a call is answered with, if with one.
async fn answer(app: &TestApp, query: &str) -> Option<Fault> {
    let reply = app.get(&format!("Action={query}&Format=JSON")).await;
    assert!(reply.status < 500, "{query}: {}", reply.body);
    (reply.status != 200).then(|| reply.fault())
}

fn is_of(row: &Row, fault: &Fault) -> bool {
    let is_message = match row.message.split_once("{}") {
        Some((start, end)) => fault.message.starts_with(start) && fault.message.ends_with(end),
        None => fault.message == row.message,
    };
    row.status == fault.status && row.code == fault.code && is_message
}

/// Panics unless the call is answered with the shared row that names the parameter, or with a row of the action's own that a
/// call without this mistake is not answered with.
async fn assert_refused(app: &TestApp, action: &Action, call: &str, row: &'static Row, name: &str) {
    let fault = answer(app, call).await.unwrap_or_else(|| panic!("{call} is accepted"));
    let shared = row.about(name);
    if fault == Fault::new(shared.status, &shared.code, &shared.message) {
        return;
    }
    assert!(action.faults.iter().any(|row| is_of(row, &fault)), "{call}: {fault:?} is no row of {}", action.name);
    let without_mistake = answer(app, &query(action, &[])).await;
    assert_ne!(without_mistake, Some(fault), "{call}: nobody has looked at {name}");
}

#[actix_web::test]
async fn a_required_parameter_is_missed() {
    let app = TestApp::empty().await;
    let mut checked = 0;
    for action in ACTIONS {
        for name in required(action) {
            for value in [None, Some("")] {
                let call = query(action, &[(&name, value)]);
                assert_refused(&app, action, &call, &MISSING_PARAMETER, &name).await;
                checked += 1;
            }
        }
    }
    assert!(checked >= ACTIONS.len(), "only {checked}");
}

#[actix_web::test]
async fn a_parameter_that_is_not_of_its_type_is_named() {
    let app = TestApp::empty().await;
    let mut checked = 0;
    for action in ACTIONS {
        for (name, kind) in &contract(action.name).parameters {
            let malformed: &[&str] = match kind.as_str() {
                "bool" => &["x", "1"],
                "int32" => &["x", "1.5", "2147483648"],
                "int64" => &["x", "1.5", "9223372036854775808"],
                _ => continue,
            };
            if action.ignored.contains(&name.as_str()) {
                continue;
            }
            let name = name.replace(".N", ".1");
            for value in malformed {
                let call = query(action, &[(&name, Some(value))]);
                assert_refused(&app, action, &call, &INVALID_PARAMETER, &name).await;
                checked += 1;
            }
        }
    }
    assert!(checked >= ACTIONS.len(), "only {checked}");
}

/// The rows of an action that are about a region which is not there.
fn region_rows(action: &Action) -> Vec<&'static Row> {
    let is_about = |row: &&&'static Row| row.code.contains("Region") || row.message.to_lowercase().contains("regionid");
    action.faults.iter().filter(is_about).copied().collect()
}

#[actix_web::test]
async fn a_region_that_is_not_there_is_refused_where_a_row_says_so() {
    let app = TestApp::empty().await;
    let mut checked = 0;
    for action in ACTIONS {
        let name = required(action).into_iter().find(|name| name.eq_ignore_ascii_case("RegionId"));
        let (Some(name), rows) = (name, region_rows(action)) else { continue };
        if rows.is_empty() {
            continue;
        }
        let call = query(action, &[(&name, Some("xx-nowhere"))]);
        let fault = answer(&app, &call).await.unwrap_or_else(|| panic!("{call} is accepted"));
        assert!(rows.iter().any(|row| is_of(row, &fault)), "{call}: {fault:?}");
        checked += 1;
    }
    assert!(checked > 0);
}
