//! What the gateway checks before an action runs: the three modes, and what tests of it have in common.

mod actions;
mod faults;
mod mismatch;
mod order;

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

fn put(request: &mut SignedRequest, name: &str, value: &str) {
    request.headers.retain(|(other, _)| other != name);
    request.headers.push((name.to_owned(), value.to_owned()));
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

#[actix_web::test]
async fn freshness_is_told_by_the_real_clock_not_by_the_sandboxs() {
    let app = app(Auth::Enforce).await;
    let frozen = json!({"Mode": "frozen", "Time": "2001-01-01T00:00:00Z"});
    app.control("PUT", "/sandboxes/default/clock", frozen).await;
    assert_eq!(send(&app, &signer(Scheme::Acs3, "n").sign()).await.code(), "OK");
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
