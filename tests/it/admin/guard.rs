//! Who may use the control plane.

use ecs_mock::admin::guard::Access;
use ecs_mock::seed::Source;
use reqwest::Method;

use crate::support::TestApp;

const PATH: &str = "/_mock/v1/sandboxes";

#[actix_web::test]
async fn without_a_token_only_loopback_names_are_answered() {
    let app = TestApp::empty().await;
    for (host, status) in [
        ("localhost", 200),
        ("LOCALHOST:4590", 200),
        ("127.0.0.1:4590", 200),
        ("127.9.9.9", 200),
        ("[::1]:4590", 200),
        ("evil.example", 403),
        ("localhost.evil.example", 403),
        ("127.0.0.1.evil.example:4590", 403),
        ("192.168.0.1", 403),
        ("", 403),
    ] {
        let request = format!("GET {PATH} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        let answer = app.raw(request.as_bytes()).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{host}: {answer}");
    }
}

#[actix_web::test]
async fn with_a_token_it_is_what_counts() {
    let access = Access { token: Some("s3cret".to_owned()), address: None };
    let app = TestApp::configured(Source::None, |config| config, access).await;
    for (value, status) in [
        (None, 401),
        (Some("Bearer s3cret"), 200),
        (Some("Bearer s3cre"), 401),
        (Some("Bearer s3crets"), 401),
        (Some("s3cret"), 401),
        (Some("Basic s3cret"), 401),
    ] {
        let request = app.request(Method::GET, PATH).header("host", "ecs-mock.test:4590");
        let request = value.into_iter().fold(request, |request, value| request.header("authorization", value));
        let reply = app.send(request).await;
        assert_eq!(reply.status, status, "{value:?}");
        if status == 401 {
            assert_eq!(reply.header("www-authenticate"), "Bearer");
            assert_eq!(reply.header("content-type"), "application/problem+json");
        }
    }
    assert_eq!(app.send(app.request(Method::GET, "/_mock/health/ready")).await.status, 200, "health needs no token");
    assert_eq!(app.ids("").await, [""; 0], "nor does the cloud plane");
}

#[actix_web::test]
async fn pages_of_other_sites_are_kept_out_with_and_without_a_token() {
    for token in [None, Some("s3cret".to_owned())] {
        let app = TestApp::configured(Source::None, |config| config, Access { token, address: None }).await;
        for (name, value) in [
            ("origin", "http://evil.example"),
            ("origin", "null"),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
        ] {
            let request = app.request(Method::POST, PATH).header(name, value).header("authorization", "Bearer s3cret");
            assert_eq!(app.send(request.body("{\"Name\":\"x\"}")).await.status, 403, "{name}: {value}");
            let health = app.request(Method::GET, "/_mock/health/live").header(name, value);
            assert_eq!(app.send(health).await.status, 403, "{name}: {value}");
        }
    }
}

#[actix_web::test]
async fn with_an_address_of_its_own_it_answers_nowhere_else() {
    let elsewhere = Access { token: None, address: Some("127.0.0.1:1".parse().unwrap()) };
    let app = TestApp::configured(Source::None, |config| config, elsewhere).await;
    assert_eq!(app.send(app.request(Method::GET, PATH)).await.status, 404);
    assert_eq!(app.send(app.request(Method::GET, "/_mock/health/ready")).await.status, 200);
}
