//! Each row that the gateway answers, with its status and text.

use ecs_mock::app::Auth;
use serde_json::json;

use super::{NOW, SCHEMES, app, put, send, signer};
use crate::support::{Fault, Scheme, Signer};

/// What a test makes of a request before it is signed.
type Change = Box<dyn Fn(Signer) -> Signer>;

#[actix_web::test]
async fn each_row_has_its_status_and_text_in_both_formats() {
    let app = app(Auth::Enforce).await;
    for (id, more) in [
        ("off", json!({"Status": "Inactive"})),
        ("sts", json!({"SecurityToken": "token-1", "Expiration": "2026-03-15T12:00:01Z"})),
        ("ended", json!({"SecurityToken": "token-2", "Expiration": NOW})),
        ("poor", json!({"AllowedActions": ["ecs:CreateSnapshot", "oss:*"]})),
    ] {
        let mut key = json!({"AccessKeyId": id, "AccessKeySecret": "x"});
        json_patch::merge(&mut key, &more);
        let reply = app.control("POST", "/sandboxes/default/access-keys", key).await;
        assert_eq!(reply.status, 201, "{}", reply.body);
    }
    let text = str::to_owned;
    let key = |id: &'static str, token: Option<&'static str>| {
        move |signer: Signer| Signer {
            access_key_id: text(id),
            secret: text("x"),
            security_token: token.map(text),
            ..signer
        }
    };
    let cases: Vec<(Change, Fault)> = vec![
        (
            Box::new(move |signer| Signer { timestamp: text("2026-03-15 12:00:00"), ..signer }),
            Fault::new(400, "InvalidTimeStamp.Format", "Specified time stamp or date value is not well formatted."),
        ),
        (
            Box::new(move |signer| Signer { timestamp: text("2026-03-15T11:44:59Z"), ..signer }),
            Fault::new(400, "InvalidTimeStamp.Expired", "Specified time stamp or date value is expired."),
        ),
        (
            Box::new(move |signer| Signer { timestamp: text("2026-03-15T12:15:01Z"), ..signer }),
            Fault::new(400, "InvalidTimeStamp.Expired", "Specified time stamp or date value is expired."),
        ),
        (
            Box::new(key("nobody", None)),
            Fault::new(404, "InvalidAccessKeyId.NotFound", "Specified access key is not found."),
        ),
        (
            Box::new(key("off", None)),
            Fault::new(400, "InvalidAccessKeyId.Inactive", "Specified access key is disabled."),
        ),
        (
            Box::new(key("sts", None)),
            Fault::new(400, "MissingSecurityToken", "SecurityToken is mandatory for this action."),
        ),
        (
            Box::new(key("sts", Some("nonsense"))),
            Fault::new(400, "InvalidSecurityToken.Malformed", "Specified SecurityToken is malformed."),
        ),
        (
            Box::new(key("sts", Some("token-2"))),
            Fault::new(
                400,
                "InvalidSecurityToken.MismatchWithAccessKey",
                "Specified SecurityToken mismatch with the AccessKey.",
            ),
        ),
        (
            Box::new(key("poor", Some("token-1"))),
            Fault::new(
                400,
                "InvalidSecurityToken.MismatchWithAccessKey",
                "Specified SecurityToken mismatch with the AccessKey.",
            ),
        ),
        (
            Box::new(key("ended", Some("token-2"))),
            Fault::new(400, "InvalidSecurityToken.Expired", "Specified SecurityToken is expired."),
        ),
        (
            Box::new(key("poor", None)),
            Fault::new(
                403,
                "Forbidden.RAM",
                "User not authorized to operate on the specified resource, or this API doesn't support RAM.",
            ),
        ),
        (Box::new(key("sts", Some("token-1"))), Fault::new(200, "OK", "")),
        (
            Box::new(move |signer| Signer { timestamp: text("2026-03-15T11:45:00Z"), ..signer }),
            Fault::new(200, "OK", ""),
        ),
        (
            Box::new(move |signer| Signer { timestamp: text("2026-03-15T12:15:00Z"), ..signer }),
            Fault::new(200, "OK", ""),
        ),
    ];
    for scheme in SCHEMES {
        for format in ["JSON", "XML"] {
            for (index, (change, expected)) in cases.iter().enumerate() {
                let signer = change(signer(scheme, &format!("{scheme:?} {format} {index}"))).with("Format", format);
                let outcome = send(&app, &signer.sign()).await;
                assert_eq!(outcome.fault, *expected, "{scheme:?} {format} {index}");
            }
        }
    }
}

#[actix_web::test]
async fn what_is_missing_is_named() {
    let app = app(Auth::Enforce).await;
    for name in
        ["Version", "AccessKeyId", "SignatureMethod", "SignatureVersion", "SignatureNonce", "Timestamp", "Signature"]
    {
        for format in ["JSON", "XML"] {
            let mut request = signer(Scheme::RpcV1, "n").with("Format", format).sign();
            request.set(name, "");
            let expected = Fault::new(400, &format!("Missing{name}"), &format!("{name} is mandatory for this action."));
            assert_eq!(send(&app, &request).await.fault, expected);
        }
    }
}

#[actix_web::test]
async fn what_is_not_supported_is_refused_as_such() {
    let app = app(Auth::Enforce).await;
    for (name, value, expected) in [
        (
            "SignatureMethod",
            "HMAC-SHA256",
            Fault::new(400, "InvalidSignatureMethod", "Specified signature method is not valid."),
        ),
        (
            "SignatureVersion",
            "2.0",
            Fault::new(400, "InvalidSignatureVersion", "Specified parameter SignatureVersion is not valid."),
        ),
        (
            "SignatureType",
            "BEARERTOKEN",
            Fault::new(400, "InvalidSignatureType", "Specified parameter SignatureType is not valid."),
        ),
    ] {
        let request = signer(Scheme::RpcV1, "n").with("Format", "JSON").with(name, value).sign();
        assert_eq!(send(&app, &request).await.fault, expected);
    }
    let empty_type = signer(Scheme::RpcV1, "n").with("SignatureType", "").sign();
    assert_eq!(send(&app, &empty_type).await.code(), "OK", "some clients send it empty");

    let mut bearer = signer(Scheme::Acs3, "n").sign();
    bearer.headers.retain(|(name, _)| name != "authorization");
    put(&mut bearer, "x-acs-bearer-token", "bt-1");
    assert_eq!(send(&app, &bearer).await.code(), "InvalidSignatureType");

    for algorithm in ["ACS3-HMAC-SM3", "ACS3-RSA-SHA256"] {
        let mut request = signer(Scheme::Acs3, "n").sign();
        let (_, fields) =
            request.headers.iter().find(|(name, _)| name == "authorization").unwrap().1.split_once(' ').unwrap();
        let other = format!("{algorithm} {fields}");
        put(&mut request, "authorization", &other);
        assert_eq!(send(&app, &request).await.code(), "InvalidSignatureMethod", "{algorithm}");
    }
    let mut incomplete = signer(Scheme::Acs3, "n").sign();
    put(&mut incomplete, "authorization", "ACS3-HMAC-SHA256 Credential=testid,Signature=0");
    let expected =
        Fault::new(400, "IncompleteSignature", "The request signature does not conform to Aliyun standards.");
    assert_eq!(send(&app, &incomplete).await.fault, expected);
}

#[actix_web::test]
async fn a_nonce_is_used_once_by_each_key() {
    let app = app(Auth::Enforce).await;
    app.control("POST", "/sandboxes/default/access-keys", json!({"AccessKeyId": "b", "AccessKeySecret": "x"})).await;
    for scheme in SCHEMES {
        let first = signer(scheme, &format!("{scheme:?}")).with("Format", "JSON");
        let wrong = Signer { secret: "wrong".to_owned(), ..first.clone() };
        assert_eq!(send(&app, &wrong.sign()).await.code(), "SignatureDoesNotMatch");
        assert_eq!(send(&app, &first.sign()).await.code(), "OK", "what was refused has used nothing");
        let expected = Fault::new(400, "SignatureNonceUsed", "Specified signature nonce was used already.");
        assert_eq!(send(&app, &first.sign()).await.fault, expected);
        let later = Signer { timestamp: "2026-03-15T12:00:01Z".to_owned(), ..first.clone() };
        assert_eq!(send(&app, &later.sign()).await.fault, expected);
        let other = Signer { access_key_id: "b".to_owned(), secret: "x".to_owned(), ..first };
        assert_eq!(send(&app, &other.sign()).await.code(), "OK");
    }
}
