//! What is known of all actions.

use std::collections::{BTreeMap, BTreeSet};

use ecs_mock::actions::ACTIONS;
use ecs_mock::actions::known::Known;
use ecs_mock::model::planned_fault::Catalogue as _;
use serde_json::Value;

#[test]
fn the_names_of_parameters_are_those_of_the_contract() {
    let contract: BTreeMap<String, Value> = serde_json::from_str(include_str!("../support/contract.json")).unwrap();
    let of_every_action: BTreeSet<&str> = Known.parameters("CreateSnapshot").unwrap().into_iter().collect();
    for (action, contract) in &contract {
        let known: BTreeSet<&str> =
            Known.parameters(action).unwrap_or_else(|| panic!("{action}")).into_iter().collect();
        let documented: BTreeSet<&str> =
            contract["Parameters"].as_object().unwrap().keys().map(String::as_str).collect();
        assert!(known.is_superset(&documented), "{action}: {known:?} lacks some of {documented:?}");
        for name in known.difference(&documented) {
            assert!(of_every_action.contains(name), "{action} has no {name}");
        }
    }
    for action in ACTIONS {
        assert!(contract.contains_key(action.name), "{}", action.name);
    }
    let of_all = Known.parameters("OpenSnapshotService").unwrap();
    for name in ["Action", "Format", "SignatureNonce", "OwnerId", "ResourceOwnerAccount"] {
        assert!(of_all.contains(&name), "{name}");
    }
    assert_eq!(Known.parameters("DescribeVpcs"), None, "nobody knows those of an action without a contract");
}

#[test]
fn any_action_may_be_throttled_in_both_ways() {
    for action in ["DescribeDisks", "CreateSnapshot", "DescribeVpcs"] {
        let rows = Known.rows(action);
        for code in ["Throttling", "Throttling.User"] {
            assert!(rows.iter().any(|row| row.code == code), "{action} {code}");
        }
    }
}

#[test]
fn rows_are_an_actions_own_and_then_those_of_all() {
    for action in ACTIONS {
        let rows = Known.rows(action.name);
        let own = action.faults.len() + action.unreachable.len();
        assert_eq!(rows.len(), own + Known.rows("DescribeVpcs").len(), "{}", action.name);
        for (row, expected) in rows.iter().zip(action.faults) {
            assert_eq!((row.status, row.code, row.message), (expected.status, expected.code, expected.message));
        }
    }
}
