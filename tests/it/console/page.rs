//! What all pages have in common.

use ecs_mock::admin::guard::Access;
use ecs_mock::seed::Source;
use reqwest::Method;

use super::{led, open, page, text};
use crate::support::TestApp;

const PAGES: [&str; 18] = [
    "/sandboxes",
    "/login",
    "/s/default",
    "/s/default/snapshots",
    "/s/default/disks",
    "/s/default/instances",
    "/s/default/images",
    "/s/default/snapshot-groups",
    "/s/default/auto-snapshot-policies",
    "/s/default/add/snapshots",
    "/s/default/add/auto-snapshot-policies",
    "/s/default/requests",
    "/s/default/faults",
    "/server",
    "/s/default/time",
    "/s/default/timeline",
    "/s/default/checkpoints",
    "/s/default/diff?from=now",
];

#[actix_web::test]
async fn every_page_has_its_heading_and_keeps_to_itself() {
    let app = TestApp::spawn().await;
    for path in PAGES {
        let reply = open(&app, path).await;
        assert_eq!(reply.status, 200, "{path}: {}", reply.body);
        let policy = reply.header("content-security-policy");
        for part in [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data:",
            "connect-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        ] {
            assert!(policy.split(';').any(|other| other.trim() == part), "{path}: {policy}");
        }
        assert_eq!(reply.header("x-content-type-options"), "nosniff");
        assert_eq!(reply.header("referrer-policy"), "same-origin");
        assert_eq!(reply.header("cache-control"), "no-store");
        assert_eq!(reply.header("content-type"), "text/html; charset=utf-8");
        let body = reply.body;
        assert_eq!(body.matches("<h1>").count(), 1, "{path}");
        assert!(!body.contains("style=") && !body.contains("<style") && !body.contains("onclick"), "{path}");
        assert_eq!(body.matches("<script").count(), body.matches("<script src=\"/_mock/console/assets/").count());
        assert!(body.contains("class=\"skip\" href=\"#main\"") && body.contains("<main id=\"main\""), "{path}");
        assert_eq!(body.matches("<table").count(), body.matches("<caption>").count(), "{path}");
        // Each field has a label: by its id, or around it.
        for id in body.split("<label for=\"").skip(1).map(|rest| rest.split('"').next().unwrap()) {
            assert_eq!(body.matches(&format!("id=\"{id}\"")).count(), 1, "{path}: {id}");
        }
        assert!(text(&body, "title").contains("ecs-mock"), "{path}");
    }
}

#[actix_web::test]
async fn a_page_shows_the_lines_that_get_the_same_from_the_control_plane() {
    let app = TestApp::spawn().await;
    let body = page(&app, "/s/default/snapshots?RegionId=cn-hangzhou&Sort=oldest").await;
    let line = format!(
        "curl -s &#39;http://{}/_mock/v1/sandboxes/default/snapshots?RegionId=cn-hangzhou&#38;PageSize=50&#39;",
        app.address
    );
    assert!(body.contains(&line), "{body}");
    let access = Access { token: Some("s3cret".to_owned()), address: None };
    let app = TestApp::configured(Source::None, |config| config, access).await;
    let request = app.request(Method::GET, "/_mock/console/sandboxes").header("authorization", "Bearer s3cret");
    let body = app.send(request).await.body;
    assert!(body.contains("-H &#34;Authorization: Bearer $ECS_MOCK_ADMIN_TOKEN&#34;"), "{body}");
    assert!(!body.contains("s3cret"), "the token is on no page");
}

#[actix_web::test]
async fn assets_are_kept_for_ever_under_the_hash_of_what_they_are() {
    let app = TestApp::empty().await;
    let body = page(&app, "/sandboxes").await;
    let assets = body.split("/_mock/console").filter(|rest| rest.starts_with("/assets/"));
    let assets: Vec<&str> = assets.map(|rest| rest.split('"').next().unwrap()).collect();
    assert_eq!(assets.len(), 5, "{assets:?}");
    for path in assets {
        let reply = open(&app, path).await;
        assert_eq!(reply.status, 200, "{path}");
        assert_eq!(reply.header("cache-control"), "public, max-age=31536000, immutable");
        assert!(!reply.body.is_empty());
        let hash = path.split('/').nth(2).unwrap();
        assert_eq!(open(&app, &path.replace(hash, "0000000000000000")).await.status, 404, "{path}");
    }
    for script in body.split("<script src=\"/_mock/console").skip(1).map(|rest| rest.split('"').next().unwrap()) {
        assert_eq!(open(&app, script).await.header("content-type"), "text/javascript; charset=utf-8");
    }
}

#[actix_web::test]
async fn what_is_not_there_is_a_page_that_says_so() {
    let app = TestApp::spawn().await;
    for path in ["/nothing", "/s/nobody", "/s/nobody/snapshots", "/s/default/snapshots/s-none", "/assets/0/x.js"] {
        let reply = open(&app, path).await;
        assert_eq!(reply.status, 404, "{path}");
        assert_eq!(text(&reply.body, "h1"), "Not Found", "{path}");
        assert!(reply.header("content-security-policy").contains("default-src 'none'"), "{path}");
    }
    let reply = open(&app, "/s/default/snapshots?Statu=failed").await;
    assert_eq!((reply.status, text(&reply.body, "code").as_str()), (400, "Statu"));
    let reply = open(&app, "/s/default/snapshots?Status=fail").await;
    assert_eq!((reply.status, text(&reply.body, "code").as_str()), (400, "Status"));
}

#[actix_web::test]
async fn a_visitor_of_the_address_is_led_to_the_console() {
    let app = TestApp::empty().await;
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let visit = |path: &str| client.get(format!("http://{}{path}", app.address)).header("accept", "text/html,*/*");
    let reply = app.send(visit("/")).await;
    assert_eq!((reply.status, reply.header("location")), (303, "/_mock/console/"));
    // Whoever names an action, or wants no page, calls the API.
    assert_eq!(app.send(visit("/?Action=DescribeRegions")).await.status, 200);
    assert_eq!(app.send(client.get(format!("http://{}/", app.address))).await.status, 400);
    for path in ["/_mock/console", "/_mock/console/"] {
        assert_eq!(led(&app.send(client.get(format!("http://{}{path}", app.address))).await), "/sandboxes");
    }
}

#[actix_web::test]
async fn where_the_control_plane_has_an_address_of_its_own_the_welcome_page_names_it() {
    let access = Access { token: None, address: Some("127.0.0.1:1".parse().unwrap()) };
    let app = TestApp::configured(Source::None, |config| config, access).await;
    let reply = app.send(app.request(Method::GET, "/").header("accept", "text/html")).await;
    assert_eq!(reply.status, 200);
    assert!(reply.body.contains("href=\"http://127.0.0.1:1/_mock/console/\""), "{}", reply.body);
    assert_eq!(open(&app, "/sandboxes").await.status, 404);
}
