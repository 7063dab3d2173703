//! Parameters as the journal shows them.

use std::sync::Arc;

use ecs_mock::model::params::Params;
use ecs_mock::model::sent::Sent;
use proptest::collection::vec;
use serde_json::json;

use crate::support::property;

fn sent(pairs: &[(&str, &str)]) -> (Sent, Vec<String>) {
    let (sent, cut) = Sent::new(&Arc::new(Params::new(pairs.iter().copied())));
    (sent, cut.into_iter().map(String::from).collect())
}

#[test]
fn secrets_are_masked_in_whatever_case_their_names_come() {
    let pairs = ["Signature", "securitytoken", "PASSWORD", "UserData", "Authorization", "Name"].map(|name| (name, "x"));
    let shown = json!(sent(&pairs).0);
    let masked = json!({"Signature": "***", "securitytoken": "***", "PASSWORD": "***", "UserData": "***",
        "Authorization": "***", "Name": "x"});
    assert_eq!(shown, masked);
}

#[test]
fn whatever_ends_as_a_password_or_a_secret_does_is_one() {
    let secret = ["Password", "NewPassword", "vncpassword", "AccessKeySecret", "ClientSECRET", "Secret", "BearerToken"];
    let plain = ["PasswordInherit", "ClientToken", "SecretName", "KeyPairName", "assword", "é"];
    for name in secret {
        assert_eq!(json!(sent(&[(name, "x")]).0), json!({name: "***"}));
    }
    for name in plain {
        assert_eq!(json!(sent(&[(name, "x")]).0), json!({name: "x"}));
    }
}

#[test]
fn of_two_of_a_name_the_first_is_shown() {
    assert_eq!(json!(sent(&[("Name", "1"), ("name", "2")]).0), json!({"Name": "1"}));
}

#[test]
fn a_value_of_more_than_a_kibibyte_is_cut_and_named() {
    let fits = "x".repeat(1_024);
    assert_eq!(sent(&[("Name", &fits)]).1, [""; 0]);
    let (shown, cut) = sent(&[("Id", "1"), ("Name", &format!("{fits}x"))]);
    assert_eq!((shown.get("name"), shown.get("Id"), cut), (Some(&*fits), Some("1"), vec!["Name".to_owned()]));
}

#[test]
fn whatever_is_sent_what_is_shown_has_eight_kibibytes_and_tells_what_is_cut() {
    let text = "[\u{0}-\u{20}\"\\\\a-cé]{0,1500}";
    property(200)
        .run(&vec(("[a-z\u{1}\"]{0,200}", text), 0..60), |pairs| {
            let count = pairs.len();
            let params = Arc::new(Params::new(pairs.clone()));
            let (shown, cut) = Sent::new(&params);
            let bytes = json!(shown).to_string().len() + json!(cut).to_string().len();
            assert!(bytes <= 8 * 1_024 + 32, "{bytes}");
            for (name, value) in &pairs {
                let first = params.raw(name).unwrap();
                let is_cut = cut.iter().any(|cut| cut == name || cut == "*");
                let is_secret = value != first || ecs_mock::model::sent::is_secret(name);
                assert!(is_cut || is_secret || shown.get(name) == Some(first), "{name:?} of {count}");
            }
            Ok(())
        })
        .unwrap();
}
