//! The order of the checks, in both schemes.

use ecs_mock::app::Auth;
use serde_json::json;

use super::{NOW, SCHEMES, app, put, send, signer};
use crate::support::{Scheme, SignedRequest, Signer};

/// What a request is told that lacks everything, and then, one after the other, after each step of mending it.
#[actix_web::test]
async fn the_checks_have_a_fixed_order_in_version_1() {
    let app = app(Auth::Enforce).await;
    let inactive = json!({"AccessKeyId": "off", "AccessKeySecret": "x", "Status": "Inactive", "SecurityToken": "t"});
    app.control("POST", "/sandboxes/default/access-keys", inactive).await;
    let mut request = SignedRequest { method: "PUT".to_owned(), query: vec![], headers: vec![], body: String::new() };
    request.headers.push(("host".to_owned(), "x".to_owned()));
    request.query.push(("Format".to_owned(), "JSON".to_owned()));
    let mut told = Vec::new();
    let mend = |request: &mut SignedRequest, name: &str, value: &str| {
        request.query.retain(|(other, _)| other != name);
        request.query.push((name.to_owned(), value.to_owned()));
    };
    told.push(send(&app, &request).await.fault.code);
    request.method = "GET".to_owned();
    told.push(send(&app, &request).await.fault.code);
    for (name, value) in [
        ("Action", "NoSuchAction"),
        ("Version", "2014-01-01"),
        ("AccessKeyId", "nobody"),
        ("SignatureMethod", "HMAC-SHA256"),
        ("SignatureVersion", "2.0"),
        ("SignatureNonce", "n"),
        ("Timestamp", "2026-03-15T12:00Z"),
        ("Signature", "x"),
        ("SignatureMethod", "HMAC-SHA1"),
        ("SignatureVersion", "1.0"),
        ("Version", "2014-05-26"),
        ("Action", "DescribeSnapshots"),
        ("Timestamp", "2026-03-15T11:00:00Z"),
        ("Timestamp", NOW),
        ("AccessKeyId", "off"),
    ] {
        mend(&mut request, name, value);
        told.push(send(&app, &request).await.fault.code);
    }
    app.control("PATCH", "/sandboxes/default/access-keys/off", json!({"Status": "Active"})).await;
    told.push(send(&app, &request).await.fault.code);
    mend(&mut request, "SecurityToken", "t");
    told.push(send(&app, &request).await.fault.code);
    assert_eq!(
        told,
        [
            "UnsupportedHTTPMethod",
            "MissingParameter",
            "MissingVersion",
            "MissingAccessKeyId",
            "MissingSignatureMethod",
            "MissingSignatureVersion",
            "MissingSignatureNonce",
            "MissingTimestamp",
            "MissingSignature",
            "InvalidSignatureMethod",
            "InvalidSignatureVersion",
            "InvalidVersion",
            "InvalidAction.NotFound",
            "InvalidTimeStamp.Format",
            "InvalidTimeStamp.Expired",
            "InvalidAccessKeyId.NotFound",
            "InvalidAccessKeyId.Inactive",
            "MissingSecurityToken",
            "SignatureDoesNotMatch",
        ]
    );

    // From here on the signature is right.
    let limited = json!({"AllowedActions": ["ecs:Create*"]});
    app.control("PATCH", "/sandboxes/default/access-keys/off", limited).await;
    let signer = Signer {
        access_key_id: "off".to_owned(),
        secret: "x".to_owned(),
        security_token: Some("t".to_owned()),
        ..signer(Scheme::RpcV1, "n")
    };
    let signer = signer.with("DryRun", "true").with("PageSize", "x");
    assert_eq!(send(&app, &signer.sign()).await.code(), "Forbidden.RAM");
    assert_eq!(send(&app, &signer.sign()).await.code(), "SignatureNonceUsed");
    app.control("PATCH", "/sandboxes/default/access-keys/off", json!({"AllowedActions": null})).await;
    let signer = Signer { nonce: "n2".to_owned(), ..signer };
    assert_eq!(send(&app, &signer.sign()).await.code(), "InvalidParameter");
    let signer = Signer { nonce: "n3".to_owned(), ..signer }.with("PageSize", "10");
    assert_eq!(send(&app, &signer.sign()).await.code(), "DryRunOperation");
}

#[actix_web::test]
async fn the_checks_have_a_fixed_order_in_version_3() {
    let app = app(Auth::Enforce).await;
    let right = signer(Scheme::Acs3, "n").sign();
    let authorization = right.headers.iter().find(|(name, _)| name == "authorization").unwrap().1.clone();
    // What is wrong here is mended from the front.
    let wrongs: [(&str, String, &str); 11] = [
        ("x-acs-action", String::new(), "MissingParameter"),
        ("x-acs-version", String::new(), "MissingVersion"),
        ("authorization", authorization.replace("Credential=testid,", ""), "MissingAccessKeyId"),
        ("x-acs-signature-nonce", String::new(), "MissingSignatureNonce"),
        ("x-acs-date", String::new(), "MissingTimestamp"),
        ("authorization", authorization.split(",Signature=").next().unwrap().to_owned(), "MissingSignature"),
        ("authorization", authorization.replace("SHA256", "SM3"), "InvalidSignatureMethod"),
        ("authorization", authorization.replace("SignedHeaders=", "Signed="), "IncompleteSignature"),
        ("x-acs-version", "2014-05-25".to_owned(), "InvalidVersion"),
        ("x-acs-action", "RunNothing".to_owned(), "InvalidAction.NotFound"),
        ("x-acs-date", "2026-03-15T12:00:00.000Z".to_owned(), "InvalidTimeStamp.Format"),
    ];
    for first in 0..wrongs.len() {
        let mut request = right.clone();
        // The first wrong of a header wins over later ones.
        for (name, value, _) in wrongs[first..].iter().rev() {
            if value.is_empty() {
                request.headers.retain(|(other, _)| other != name);
            } else {
                put(&mut request, name, value);
            }
        }
        let outcome = send(&app, &request).await;
        assert_eq!(outcome.code(), wrongs[first].2, "{request:?}");
    }
    assert_eq!(send(&app, &right).await.code(), "OK");
}

#[actix_web::test]
async fn an_action_that_is_not_emulated_and_what_is_planned_come_behind_all_checks() {
    let app = app(Auth::Enforce).await;
    let fault = json!({"Match": {"Action": "*"}, "Times": 1, "Effect": {"Throttling": {}}});
    let planned = app.control("POST", "/sandboxes/default/faults", fault).await;
    assert_eq!(planned.status, 201, "{}", planned.body);
    for scheme in SCHEMES {
        let wrong = Signer { secret: "wrong".to_owned(), ..signer(scheme, "n") }.with("Action", "RunInstances");
        assert_eq!(send(&app, &wrong.sign()).await.code(), "SignatureDoesNotMatch", "{scheme:?}");
    }
    let right = |nonce: &str| signer(Scheme::RpcV1, nonce).with("Action", "RunInstances").sign();
    let met = send(&app, &right("n1")).await;
    assert_eq!((met.code(), met.header("x-ecs-mock-fault")), ("Throttling.User", Some("fault-1")));
    let refused = send(&app, &right("n2")).await;
    assert_eq!((refused.code(), refused.header("x-ecs-mock-fault")), ("UnsupportedAction.NotEmulated", None));
}
