//! What the gateway checks before an action runs: each row, their order, the three modes, and what people are told.

use ecs_mock::admin::guard::Access;
use ecs_mock::app::{Auth, Config};
use ecs_mock::seed::Source;
use serde_json::{Value, json};

use crate::support::{Fault, Process, Scheme, SignedRequest, Signer, TestApp, XmlTree};

const NOW: &str = "2026-03-15T12:00:00Z";
const SCHEMES: [Scheme; 2] = [Scheme::RpcV1, Scheme::Acs3];

async fn app(auth: Auth) -> TestApp {
    TestApp::configured(Source::None, |config| Config { auth, ..config }, Access::default()).await
}

fn signer(scheme: Scheme, nonce: &str) -> Signer {
    Signer::new(scheme, NOW, nonce)
}

/// What a test makes of a request before it is signed.
type Change = Box<dyn Fn(Signer) -> Signer>;

/// What came back: status, code or `OK`, message, and the headers that are this server's own.
struct Outcome {
    fault: Fault,
    head: String,
}

impl Outcome {
    fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")))
    }

    fn code(&self) -> &str {
        &self.fault.code
    }
}

async fn send(app: &TestApp, request: &SignedRequest) -> Outcome {
    let answer = app.raw(&request.bytes()).await;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let is_json = head.contains("application/json");
    let text = |name: &str| {
        if is_json {
            let json: Value = serde_json::from_str(body).unwrap();
            json[name].as_str().unwrap_or_default().to_owned()
        } else {
            XmlTree::parse(body).child(name).text.clone()
        }
    };
    let fault = match status {
        200 => Fault::new(200, "OK", ""),
        _ => Fault { status, code: text("Code"), message: text("Message") },
    };
    Outcome { fault, head: head.to_owned() }
}

#[actix_web::test]
async fn a_signed_request_passes_in_every_mode() {
    for auth in [Auth::Off, Auth::Warn, Auth::Enforce] {
        let app = app(auth).await;
        for scheme in SCHEMES {
            for method in ["GET", "POST"] {
                let signer = Signer { method, ..signer(scheme, &format!("{scheme:?} {method}")) };
                let signer = signer.with("Tag.1.Key", "a b*~!'()+/中&=").with("Tag.1.Value", "");
                let outcome = send(&app, &signer.sign()).await;
                assert_eq!(outcome.fault, Fault::new(200, "OK", ""), "{auth:?} {scheme:?} {method}");
                assert_eq!(outcome.header("x-ecs-mock-would-refuse"), None);
            }
            let form =
                [("RegionId".to_owned(), "cn-beijing".to_owned()), ("SnapshotName".to_owned(), "a b".to_owned())];
            let mut in_form = Signer { form: form.into(), ..signer(scheme, &format!("{scheme:?} form")) };
            in_form.parameters.clear();
            assert_eq!(send(&app, &in_form.sign()).await.code(), "OK", "{auth:?} {scheme:?}");
        }
    }
}

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
        ("x-acs-action", "RunInstances".to_owned(), "InvalidAction.NotFound"),
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

fn put(request: &mut SignedRequest, name: &str, value: &str) {
    request.headers.retain(|(other, _)| other != name);
    request.headers.push((name.to_owned(), value.to_owned()));
}

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

#[actix_web::test]
async fn freshness_is_told_by_the_real_clock_not_by_the_sandboxs() {
    let app = app(Auth::Enforce).await;
    let frozen = json!({"Mode": "frozen", "Time": "2001-01-01T00:00:00Z"});
    app.control("PUT", "/sandboxes/default/clock", frozen).await;
    assert_eq!(send(&app, &signer(Scheme::Acs3, "n").sign()).await.code(), "OK");
}

#[actix_web::test]
async fn a_mismatch_echoes_what_should_have_been_signed_and_never_the_secret() {
    let app = app(Auth::Enforce).await;
    for format in ["JSON", "XML"] {
        let wrong = Signer { secret: "wrong".to_owned(), ..signer(Scheme::RpcV1, "n") }.with("Format", format);
        let outcome = send(&app, &wrong.sign()).await;
        let expected = format!(
            "Specified signature is not matched with our calculation. server string to sign is:POST&%2F&AccessKeyId\
             %3Dtestid%26Action%3DDescribeSnapshots%26Format%3D{format}%26RegionId%3Dcn-hangzhou%26SignatureMethod\
             %3DHMAC-SHA1%26SignatureNonce%3Dn%26SignatureVersion%3D1.0%26Timestamp%3D2026-03-15T12%253A00%253A00Z\
             %26Version%3D2014-05-26"
        );
        assert_eq!(outcome.fault, Fault::new(400, "SignatureDoesNotMatch", &expected));

        let wrong = Signer { scheme: Scheme::Acs3, ..wrong };
        let outcome = send(&app, &wrong.sign()).await;
        let signed = "host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version";
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        let canonical = format!(
            "POST\n/\nFormat={format}&RegionId=cn-hangzhou\nhost:mock.example:4590\nx-acs-action:DescribeSnapshots\n\
             x-acs-content-sha256:{empty}\nx-acs-date:{NOW}\nx-acs-signature-nonce:n\nx-acs-version:2014-05-26\n\n\
             {signed}\n{empty}"
        );
        let message = outcome.fault.message;
        assert!(message.starts_with("Specified signature does not match our calculation. server StringToSign is ["));
        assert!(message.ends_with(&format!("] server CanonicalRequest is [{canonical}]")), "{message}");
        assert!(!message.contains("testsecret"));
    }
}

#[actix_web::test]
async fn warn_answers_and_tells_what_enforce_would_have_refused() {
    let app = app(Auth::Warn).await;
    for (wrong, code) in [
        (Signer { secret: "wrong".to_owned(), ..signer(Scheme::RpcV1, "1") }, "SignatureDoesNotMatch"),
        (Signer { access_key_id: "nobody".to_owned(), ..signer(Scheme::Acs3, "2") }, "InvalidAccessKeyId.NotFound"),
        (
            Signer { timestamp: "2020-01-01T00:00:00Z".to_owned(), ..signer(Scheme::Acs3, "3") },
            "InvalidTimeStamp.Expired",
        ),
        (signer(Scheme::Acs3, "4").with("SignatureType", "BEARERTOKEN"), "InvalidSignatureType"),
    ] {
        let outcome = send(&app, &wrong.sign()).await;
        assert_eq!((outcome.code(), outcome.header("x-ecs-mock-would-refuse")), ("OK", Some(code)));
    }
    let reply = app.get("Action=DescribeSnapshots&RegionId=cn-hangzhou").await;
    assert_eq!((reply.status, reply.header("x-ecs-mock-would-refuse")), (200, "MissingVersion"));
    let again = signer(Scheme::RpcV1, "5").sign();
    assert_eq!(send(&app, &again).await.header("x-ecs-mock-would-refuse"), None);
    assert_eq!(send(&app, &again).await.header("x-ecs-mock-would-refuse"), Some("SignatureNonceUsed"));
    // What no mode lets through is refused here as well.
    let nonsense = Signer { nonce: "6".to_owned(), ..signer(Scheme::RpcV1, "6") }.with("Version", "1");
    assert_eq!(send(&app, &nonsense.sign()).await.code(), "InvalidVersion");
}

#[actix_web::test]
async fn a_key_reaches_its_own_sandbox_and_an_unknown_one_makes_none_when_enforced() {
    let enforce = |config| Config { auth: Auth::Enforce, is_auto_sandbox: true, ..config };
    let app = TestApp::configured(Source::None, enforce, Access::default()).await;
    let made = app.control("POST", "/sandboxes", json!({"Name": "mine", "AccessKeySecret": "x"})).await;
    assert_eq!(made.status, 201);
    app.control("POST", "/sandboxes/mine/snapshots", json!({"SnapshotId": "s-1"})).await;
    let mine = Signer { access_key_id: "mine".to_owned(), secret: "x".to_owned(), ..signer(Scheme::Acs3, "1") };
    let answer = app.raw(&mine.with("Format", "JSON").sign().bytes()).await;
    assert!(answer.contains("\"s-1\""), "{answer}");
    let nobody = Signer { access_key_id: "nobody".to_owned(), ..signer(Scheme::Acs3, "2") };
    assert_eq!(send(&app, &nobody.sign()).await.code(), "InvalidAccessKeyId.NotFound");
    assert_eq!(app.control("GET", "/sandboxes/nobody", Value::Null).await.status, 404);
}

/// A client that signs by itself and makes one mistake, and how that is named.
#[actix_web::test]
async fn well_known_mistakes_are_named() {
    let app = app(Auth::Enforce).await;
    let hmac_of = |signer: &Signer| signer.sign().query.iter().find(|(name, _)| name == "Signature").unwrap().1.clone();
    let diagnose = async |right: Signer, signature: String| {
        let mut request = right.sign();
        if right.scheme == Scheme::RpcV1 {
            request.set("Signature", &signature);
        } else {
            put(&mut request, "authorization", &signature);
        }
        let outcome = send(&app, &request).await;
        assert_eq!(outcome.code(), "SignatureDoesNotMatch");
        outcome.header("x-ecs-mock-diagnosis").unwrap_or_default().to_owned()
    };
    let authorization_of =
        |signer: &Signer| signer.sign().headers.iter().find(|(name, _)| name == "authorization").unwrap().1.clone();

    let v1 = signer(Scheme::RpcV1, "n").with("SnapshotName", "a b*~!'()/c");
    let by_get = hmac_of(&Signer { method: "GET", ..v1.clone() });
    assert_eq!(diagnose(v1.clone(), by_get).await, "GET was signed, but POST was sent");
    let get = Signer { method: "GET", ..v1.clone() };
    assert_eq!(diagnose(get, hmac_of(&v1)).await, "POST was signed, but GET was sent");
    let form = [("Tag.1.Key".to_owned(), "k".to_owned())];
    let with_form = Signer { form: form.into(), ..v1.clone() };
    assert_eq!(diagnose(with_form, hmac_of(&v1)).await, "the body was not signed");
    // A secret that ends in & and a key without one make the same mistake seen from the other side.
    for (mistake, expected) in [
        ("plus", "a space was signed as +: percent-encode it as %20"),
        ("form", "values were signed as a form encodes them: a space is %20, * is %2A and ~ stays"),
        ("component", "the characters !'()* were signed as they are: percent-encode them"),
        ("path", "a / in a value was signed as it is: percent-encode it as %2F"),
        ("key", "the key was the secret alone: it is the secret with an & behind it"),
        ("slash", "another path was signed: it is /, which V1 writes as %2F"),
    ] {
        assert_eq!(diagnose(v1.clone(), mistaken_v1(&v1, mistake)).await, expected);
    }
    assert_eq!(diagnose(v1.clone(), "nonsense".to_owned()).await, "", "none of them");

    let v3 = Signer { scheme: Scheme::Acs3, ..v1 };
    let by_get = authorization_of(&Signer { method: "GET", ..v3.clone() });
    assert_eq!(diagnose(v3.clone(), by_get).await, "GET was signed, but POST was sent");
    for host in ["mock.example", "http://mock.example:4590", "localhost:4590", "ecs.cn-hangzhou.aliyuncs.com"] {
        let rebuilt = Signer { headers: [("host".to_owned(), host.to_owned())].into(), ..v3.clone() };
        let expected = "another Host was signed than the one that was sent: sign the header as it is sent";
        assert_eq!(diagnose(v3.clone(), authorization_of(&rebuilt)).await, expected, "{host}");
    }
    let suffixed = Signer { secret: "testsecret&".to_owned(), ..v3.clone() };
    let expected = "the key was the secret with an & behind it: with ACS3 it is the secret alone";
    assert_eq!(diagnose(v3.clone(), authorization_of(&suffixed)).await, expected);
    let lying = [("x-acs-content-sha256".to_owned(), "0".repeat(64)), ("host".to_owned(), "x".to_owned())];
    let lying = Signer { headers: lying.into(), ..v3 };
    let expected = "x-acs-content-sha256 is not the SHA-256 of the body, in lower-case hexadecimal";
    assert_eq!(diagnose(lying.clone(), authorization_of(&lying)).await, expected);
}

/// The signature in version 1 of a client with this mistake.
fn mistaken_v1(signer: &Signer, mistake: &str) -> String {
    use base64::Engine as _;
    use hmac::{KeyInit as _, Mac as _};
    let encode = |text: &str| {
        let right = crate::support::percent_encoded(text);
        match mistake {
            "plus" => right.replace("%20", "+"),
            "form" => right.replace("%20", "+").replace("%2A", "*").replace('~', "%7E"),
            "component" => [("%21", "!"), ("%27", "'"), ("%28", "("), ("%29", ")"), ("%2A", "*")]
                .iter()
                .fold(right, |text, (encoded, bare)| text.replace(encoded, bare)),
            "path" => right.replace("%2F", "/"),
            _ => right,
        }
    };
    let mut pairs = signer.sign().query;
    pairs.retain(|(name, _)| name != "Signature");
    pairs.sort();
    let canonical: Vec<String> =
        pairs.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
    let path = if mistake == "slash" { "/" } else { "%2F" };
    let text = format!("{}&{path}&{}", signer.method, encode(&canonical.join("&")));
    let key = if mistake == "key" { signer.secret.clone() } else { format!("{}&", signer.secret) };
    let mut mac = hmac::Hmac::<sha1::Sha1>::new_from_slice(key.as_bytes()).unwrap();
    mac.update(text.as_bytes());
    base64::prelude::BASE64_STANDARD.encode(mac.finalize().into_bytes())
}

#[test]
fn nonces_survive_a_restart_and_secrets_stay_out_of_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let start = || {
        let arguments = ["--auth", "enforce", "--seed", "none", "--log", "trace,sqlx=info", "--access-key-id", "AK"];
        Process::start(folder.path(), &[&arguments[..], &["--access-key-secret", "hush-hush"]].concat())
    };
    let now = ecs_mock::clock::Clock::Real.now().to_string();
    let signer = Signer::new(Scheme::RpcV1, &now, "once").with("Format", "JSON");
    let signer = Signer { method: "GET", access_key_id: "AK".to_owned(), secret: "hush-hush".to_owned(), ..signer };
    let ask = |server: &Process, signer: &Signer| {
        let query: Vec<String> = signer
            .sign()
            .query
            .iter()
            .map(|(name, value)| format!("{name}={}", crate::support::percent_encoded(value)))
            .collect();
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).proxy(None).build().into();
        let mut response = agent.get(format!("http://{}/?{}", server.address, query.join("&"))).call().unwrap();
        response.body_mut().read_to_string().unwrap()
    };
    let server = start();
    assert!(ask(&server, &signer).contains("TotalCount"));
    let wrong = Signer { secret: "other".to_owned(), nonce: "2".to_owned(), ..signer.clone() };
    assert!(ask(&server, &wrong).contains("SignatureDoesNotMatch"));
    let unknown = Signer { access_key_id: "testid".to_owned(), ..wrong };
    assert!(ask(&server, &unknown).contains("InvalidAccessKeyId.NotFound"), "the configured key is there instead");
    server.signal("-TERM");
    let (status, said) = server.end();
    assert!(status.success() && said.contains("SignatureDoesNotMatch"), "{said}");
    assert!(!said.contains("hush-hush"), "{said}");

    let server = start();
    assert!(ask(&server, &signer).contains("SignatureNonceUsed"));
}
