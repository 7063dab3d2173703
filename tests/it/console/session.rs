//! Logging in and out, and what a session is good for.

use ecs_mock::admin::guard::Access;
use ecs_mock::seed::Source;
use reqwest::Method;

use super::{led, urlencoded};
use crate::support::{Reply, TestApp};

const TOKEN: &str = "s3cret";

async fn spawn(token: &str) -> TestApp {
    let access = Access { token: Some(token.to_owned()), address: None };
    TestApp::configured(Source::None, |config| config, access).await
}

async fn send(app: &TestApp, method: Method, path: &str, cookie: &str, fields: &[(&str, &str)]) -> Reply {
    let request = app.request(method.clone(), &format!("/_mock/console{path}")).header("cookie", cookie);
    let request = match method {
        Method::POST => request
            .header("origin", format!("http://{}", app.address))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(urlencoded(fields)),
        _ => request,
    };
    app.send(request).await
}

/// Logs in, and says the name and value of the cookie.
async fn log_in(app: &TestApp) -> String {
    let reply = send(app, Method::POST, "/login", "", &[("token", TOKEN), ("next", "/_mock/console/s/default")]).await;
    assert_eq!(led(&reply), "/s/default");
    reply.header("set-cookie").split(';').next().unwrap().to_owned()
}

fn form_token(page: &str) -> &str {
    page.split("name=\"form-token\" value=\"").nth(1).unwrap().split('"').next().unwrap()
}

#[actix_web::test]
async fn a_login_sets_a_cookie_that_is_not_the_token() {
    let app = spawn(TOKEN).await;
    let reply = send(&app, Method::POST, "/login", "", &[("token", TOKEN)]).await;
    assert_eq!(led(&reply), "");
    let cookie = reply.header("set-cookie");
    for attribute in ["HttpOnly", "SameSite=Lax", "Path=/_mock/console", "Max-Age=604800"] {
        assert!(cookie.split("; ").any(|part| part == attribute), "{cookie}");
    }
    assert!(!cookie.contains(TOKEN) && !cookie.contains("Secure"), "{cookie}");
    let request = app.request(Method::POST, "/_mock/console/login").header("x-forwarded-proto", "https");
    let request = request.header("origin", format!("http://{}", app.address));
    let reply = app.send(request.body(format!("token={TOKEN}"))).await;
    assert!(reply.header("set-cookie").ends_with("; Secure"), "{}", reply.header("set-cookie"));
}

#[actix_web::test]
async fn a_wrong_token_is_told_and_sets_nothing() {
    let app = spawn(TOKEN).await;
    for token in ["", "s3cre", "s3crets", "S3CRET"] {
        let reply = send(&app, Method::POST, "/login", "", &[("token", token)]).await;
        assert_eq!(reply.status, 401, "{token}");
        assert!(reply.body.contains("not the admin token") && reply.header("set-cookie").is_empty(), "{token}");
    }
}

#[actix_web::test]
async fn a_login_leads_to_pages_of_the_console_only() {
    let app = spawn(TOKEN).await;
    for (next, target) in [
        ("/_mock/console/s/default?x=1", "/_mock/console/s/default?x=1"),
        ("http://evil.example/", "/_mock/console"),
        ("//evil.example/", "/_mock/console"),
        ("/_mock/consolex", "/_mock/console"),
        ("/_mock/console/\r\nSet-Cookie: x=y", "/_mock/console"),
        ("/\\evil.example", "/_mock/console"),
        ("/_mock/console/../../?Action=DeleteSnapshot&SnapshotId=s-1", "/_mock/console"),
        ("/_mock/console/s/%2E%2e/%2e./?Action=DeleteSnapshot", "/_mock/console"),
        ("/_mock/console/./sandboxes", "/_mock/console"),
        ("/_mock/console/s/a/snapshots/s..1?x=../..", "/_mock/console/s/a/snapshots/s..1?x=../.."),
        ("", "/_mock/console"),
    ] {
        let reply = send(&app, Method::POST, "/login", "", &[("token", TOKEN), ("next", next)]).await;
        assert_eq!((reply.status, reply.header("location")), (303, target), "{next}");
    }
}

#[actix_web::test]
async fn a_session_is_good_on_every_server_of_the_token_until_it_ends() {
    let app = spawn(TOKEN).await;
    let cookie = log_in(&app).await;
    assert_eq!(send(&app, Method::GET, "/sandboxes", &cookie, &[]).await.status, 200);
    // Nothing of it is kept: it is as good on a server that has never seen a login.
    assert_eq!(send(&spawn(TOKEN).await, Method::GET, "/sandboxes", &cookie, &[]).await.status, 200);
    assert_eq!(send(&spawn("other").await, Method::GET, "/sandboxes", &cookie, &[]).await.status, 303);
    app.clock.run(7 * 24 * 60 * 60 - 1);
    assert_eq!(send(&app, Method::GET, "/sandboxes", &cookie, &[]).await.status, 200);
    app.clock.run(1);
    assert_eq!(send(&app, Method::GET, "/sandboxes", &cookie, &[]).await.status, 303);
}

#[actix_web::test]
async fn a_changed_cookie_is_no_session() {
    let app = spawn(TOKEN).await;
    let cookie = log_in(&app).await;
    let (name, value) = cookie.split_once('=').unwrap();
    let (until, mac) = value.split_once('.').unwrap();
    let later = until.parse::<i64>().unwrap() + 1;
    for value in [
        format!("{later}.{mac}"),
        format!("0{until}.{mac}"),
        format!("{until}.{}", &mac[1..]),
        format!("{until}."),
        until.to_owned(),
        String::new(),
    ] {
        let reply = send(&app, Method::GET, "/sandboxes", &format!("{name}={value}"), &[]).await;
        assert_eq!(reply.status, 303, "{value}");
    }
}

#[actix_web::test]
async fn forms_need_the_token_that_the_session_was_shown() {
    let app = spawn(TOKEN).await;
    let cookie = log_in(&app).await;
    let page = send(&app, Method::GET, "/sandboxes", &cookie, &[]).await.body;
    let token = form_token(&page).to_owned();
    app.clock.run(60);
    let other = log_in(&app).await;
    assert_ne!(cookie, other);
    for (cookie, fields, status) in [
        (&cookie, vec![("Name", "a"), ("form-token", token.as_str())], 303),
        (&cookie, vec![("Name", "b")], 403),
        (&cookie, vec![("Name", "b"), ("form-token", "")], 403),
        (&cookie, vec![("Name", "b"), ("form-token", "AAAA")], 403),
        (&other, vec![("Name", "b"), ("form-token", token.as_str())], 403),
    ] {
        let reply = send(&app, Method::POST, "/sandboxes", cookie, &fields).await;
        assert_eq!(reply.status, status, "{fields:?}: {}", reply.body);
    }
    assert_eq!(app.app().sandboxes.list(None, 10).len(), 2, "default and a");
}

#[actix_web::test]
async fn whoever_has_a_session_may_log_in_again() {
    let app = spawn(TOKEN).await;
    let cookie = log_in(&app).await;
    let fields = [("token", TOKEN), ("next", "/_mock/console/server")];
    assert_eq!(led(&send(&app, Method::POST, "/login", &cookie, &fields).await), "/server");
    assert_eq!(send(&app, Method::GET, "/login", &cookie, &[]).await.status, 200);
}

#[actix_web::test]
async fn a_part_of_a_page_is_not_replaced_by_the_login() {
    let app = spawn(TOKEN).await;
    let path = "/_mock/console/s/default/faults";
    assert_eq!(app.send(app.request(Method::GET, path).header("hx-request", "true")).await.status, 401);
    assert_eq!(app.send(app.request(Method::GET, path)).await.status, 303);
}

#[actix_web::test]
async fn a_stranger_sends_no_more_than_a_login() {
    let app = spawn(TOKEN).await;
    let long = "x".repeat(16 * 1024);
    assert_eq!(send(&app, Method::POST, "/login", "", &[("token", &long)]).await.status, 413);
    assert_eq!(send(&app, Method::POST, "/login", "", &[("token", &long[..8_000])]).await.status, 401);
}

#[actix_web::test]
async fn logging_out_takes_the_cookie_away() {
    let app = spawn(TOKEN).await;
    let cookie = log_in(&app).await;
    let page = send(&app, Method::GET, "/sandboxes", &cookie, &[]).await.body;
    let reply = send(&app, Method::POST, "/logout", &cookie, &[("form-token", form_token(&page))]).await;
    assert_eq!(led(&reply), "/login");
    let name = cookie.split('=').next().unwrap();
    let cookies: Vec<_> = reply.headers("set-cookie");
    assert!(cookies.iter().any(|cookie| cookie.starts_with(&format!("{name}=;")) && cookie.contains("Max-Age=0")));
}
