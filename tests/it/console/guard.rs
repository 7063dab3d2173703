//! Who may see and change what.

use ecs_mock::admin::guard::Access;
use ecs_mock::seed::Source;
use reqwest::Method;

use super::{open, page};
use crate::support::TestApp;

const PATH: &str = "/_mock/console/sandboxes";

#[actix_web::test]
async fn without_a_token_only_loopback_names_are_answered() {
    let app = TestApp::empty().await;
    for (host, status) in
        [("localhost:4590", 200), ("[::1]", 200), ("evil.example", 403), ("192.168.0.1", 403), ("", 403)]
    {
        let request = format!("GET {PATH} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        let answer = app.raw(request.as_bytes()).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{host}: {answer}");
    }
}

#[actix_web::test]
async fn a_link_from_another_site_opens_a_page_and_nothing_else_of_it_gets_through() {
    let app = TestApp::spawn().await;
    let opened = [("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")];
    for site in ["cross-site", "same-site"] {
        for (method, path, headers, status) in [
            (Method::GET, PATH, &opened[..], 200),
            (Method::GET, "/_mock/console/s/default/snapshots", &opened[..], 200),
            (Method::GET, PATH, &[("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "iframe")][..], 403),
            (Method::GET, PATH, &[("sec-fetch-mode", "no-cors"), ("sec-fetch-dest", "image")][..], 403),
            (Method::GET, PATH, &[("sec-fetch-mode", "cors"), ("sec-fetch-dest", "empty")][..], 403),
            (Method::GET, PATH, &[][..], 403),
            (Method::POST, PATH, &opened[..], 403),
            (Method::GET, "/_mock/v1/sandboxes", &opened[..], 403),
            (Method::GET, "/_mock/health/live", &opened[..], 403),
        ] {
            let request = app.request(method.clone(), path).header("sec-fetch-site", site);
            let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
            assert_eq!(app.send(request).await.status, status, "{method} {path} {headers:?}");
        }
    }
}

#[actix_web::test]
async fn a_form_comes_with_our_origin_and_no_other() {
    let app = TestApp::empty().await;
    let ours = format!("http://{}", app.address);
    let other_port = format!("http://{}:1", app.address.ip());
    for (origin, status) in [
        (Some(ours.as_str()), 303),
        (None, 403),
        (Some("null"), 403),
        (Some("http://evil.example"), 403),
        (Some(other_port.as_str()), 403),
    ] {
        let request = app.request(Method::POST, PATH).header("content-type", "application/x-www-form-urlencoded");
        let request = origin.into_iter().fold(request, |request, origin| request.header("origin", origin));
        let name = format!("s{}", origin.map_or(0, str::len));
        let reply = app.send(request.body(format!("Name={name}"))).await;
        assert_eq!(reply.status, status, "{origin:?}: {}", reply.body);
        let made = app.control("GET", &format!("/sandboxes/{name}"), serde_json::Value::Null).await.status;
        assert_eq!(made, if status == 303 { 200 } else { 404 }, "{origin:?}");
    }
}

#[actix_web::test]
async fn with_a_token_strangers_are_led_to_the_login() {
    let access = Access { token: Some("s3cret".to_owned()), address: None };
    let app = TestApp::configured(Source::None, |config| config, access).await;
    let reply = open(&app, "/s/default/snapshots?Status=failed").await;
    let login = "/_mock/console/login?next=%2F_mock%2Fconsole%2Fs%2Fdefault%2Fsnapshots%3FStatus%3Dfailed";
    assert_eq!((reply.status, reply.header("location")), (303, login));
    assert_eq!(open(&app, "/assets/0/none.js").await.status, 404, "assets are nobody's secret");
    page(&app, "/login").await;
    let post = |path: &str| {
        let request = app.request(Method::POST, &format!("/_mock/console{path}"));
        request.header("origin", format!("http://{}", app.address)).body("Name=x")
    };
    assert_eq!(app.send(post("/sandboxes")).await.status, 401);
    assert_eq!(app.send(post("/sandboxes").header("authorization", "Bearer wrong")).await.status, 401);
    assert_eq!(app.send(post("/sandboxes").header("authorization", "Bearer s3cret")).await.status, 303);
    // The token makes up for the name of the host.
    let request = format!("GET {PATH} HTTP/1.1\r\nHost: qa.example\r\nAuthorization: Bearer s3cret\r\n");
    let answer = app.raw(format!("{request}Connection: close\r\n\r\n").as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
}
