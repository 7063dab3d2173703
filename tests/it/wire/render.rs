//! How answers look: format, headers, envelopes, and the page for people.

use ecs_mock::admin::guard::Access;
use ecs_mock::seed::Source;
use reqwest::Method;
use reqwest::header::ACCEPT;

use crate::support::{Fault, TestApp};

const JSON: &str = "application/json;charset=utf-8";
const XML: &str = "text/xml;charset=utf-8";

#[actix_web::test]
async fn the_format_is_that_of_the_parameter_then_of_accept_then_xml() {
    let app = TestApp::spawn().await;
    for (format, accept, expected) in [
        ("", "", XML),
        ("&Format=XML", "", XML),
        ("&Format=xml", "application/json", XML),
        ("&Format=JSON", "", JSON),
        ("&format=Json", "text/xml", JSON),
        ("&Format=None", "", XML),
        ("&Format=None", "application/json", JSON),
        ("&Format=", "application/json", JSON),
        ("", "application/json", JSON),
        ("", "APPLICATION/JSON", JSON),
        ("", "text/xml", XML),
        ("", "application/xml, application/json;q=0.1", XML),
        ("", "application/json, text/xml", JSON),
        ("", "*/*", XML),
    ] {
        // A success, a fault of an action, and a fault before there is an action.
        for start in ["Action=DescribeSnapshots&RegionId=cn-hangzhou", "Action=DescribeSnapshots", "a=b"] {
            let request = app.request(Method::GET, &format!("/?{start}{format}"));
            let reply = app.send(if accept.is_empty() { request } else { request.header(ACCEPT, accept) }).await;
            assert_eq!(reply.header("content-type"), expected, "{start}{format} with {accept}");
        }
    }
}

#[actix_web::test]
async fn a_fault_in_the_parameters_keeps_the_format_they_ask_for() {
    let app = TestApp::empty().await;
    let reply = app.get("Action=DescribeSnapshots&Format=JSON&a=%FF").await;
    assert_eq!((reply.status, reply.header("content-type")), (400, JSON));
}

#[actix_web::test]
async fn request_ids_are_upper_case_uuids_in_body_and_header() {
    let app = TestApp::spawn().await;
    let mut seen = Vec::new();
    for query in ["Action=DescribeSnapshots&RegionId=cn-hangzhou", "Action=DescribeSnapshots", "Action=x"] {
        let json = app.get(&format!("{query}&Format=JSON")).await;
        let xml = app.get(query).await;
        for (id, header) in [
            (json.json()["RequestId"].as_str().unwrap().to_owned(), json.header("x-acs-request-id")),
            (xml.xml().child("RequestId").text.clone(), xml.header("x-acs-request-id")),
        ] {
            assert_eq!(id, header);
            assert!(uuid::Uuid::parse_str(&id).is_ok() && id.len() == 36 && id == id.to_uppercase(), "{id}");
            assert!(!seen.contains(&id), "{id} is new");
            seen.push(id);
        }
    }
}

#[actix_web::test]
async fn a_fault_has_the_envelope_of_the_gateway() {
    let app = TestApp::empty().await;
    let reply = app.get("Action=DescribeSnapshots&Format=JSON").await;
    let id = reply.header("x-acs-request-id").to_owned();
    let host = app.address.to_string();
    let recommend = format!("https://api.aliyun.com/troubleshoot?q=MissingParameter&product=Ecs&requestId={id}");
    let message = "The input parameter \"RegionId\" that is mandatory for processing this request is not supplied.";
    let expected = serde_json::json!({
        "RequestId": id, "HostId": host, "Code": "MissingParameter", "Message": message, "Recommend": recommend,
    });
    assert_eq!(reply.json(), expected);

    let xml = app.get("Action=DescribeSnapshots").await.xml();
    assert_eq!(xml.name, "Error");
    assert_eq!(xml.child("HostId").text, host);
    assert_eq!(xml.child("Message").text, message);
}

#[actix_web::test]
async fn a_success_has_no_field_that_clients_take_for_an_error() {
    let app = TestApp::spawn().await;
    let reply = app.describe("").await;
    for name in ["Code", "Message", "Success"] {
        assert!(reply.get(name).is_none(), "{name}");
    }
}

#[actix_web::test]
async fn replies_are_the_same_byte_for_byte_but_for_the_request_id() {
    let app = TestApp::spawn().await;
    let query = "Action=DescribeSnapshots&RegionId=cn-beijing&Format=JSON";
    let without_id = async || {
        let reply = app.get(query).await;
        reply.body.replace(reply.header("x-acs-request-id"), "")
    };
    assert_eq!(without_id().await, without_id().await);
}

#[actix_web::test]
async fn a_person_with_a_browser_is_led_to_the_console_and_where_that_is_elsewhere_told_what_this_is() {
    let app = TestApp::spawn().await;
    let browse = async |app: &TestApp, path: &str| {
        app.send(app.request(Method::GET, path).header(ACCEPT, "text/html,*/*;q=0.8")).await
    };
    let led = browse(&app, "/").await;
    assert_eq!((led.status, led.header("location")), (303, "/_mock/console/"));
    let called = browse(&app, "/?Action=DescribeSnapshots&RegionId=cn-hangzhou").await;
    assert_eq!(called.header("content-type"), XML, "a call is a call, from a browser too");

    let access = Access { token: None, address: Some("127.0.0.1:1".parse().unwrap()) };
    let app = TestApp::configured(Source::None, |config| config, access).await;
    let page = browse(&app, "/").await;
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    let links: Vec<&str> = page.body.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    let (console, links) = links.split_last().unwrap();
    assert_eq!((*console, links.len()), ("http://127.0.0.1:1/_mock/console/", 3));
    for link in links {
        assert_eq!(browse(&app, &link.replace("&amp;", "&")).await.status, 200, "{link}");
    }
}

#[actix_web::test]
async fn trouble_with_the_store_is_an_internal_error_that_says_nothing_of_it() {
    let app = TestApp::spawn().await;
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(app.app().store.path());
    let mut connection = sqlx::ConnectOptions::connect(&options).await.unwrap();
    sqlx::raw_sql("DROP TABLE snapshot").execute(&mut connection).await.unwrap();
    let fault = app.fault("RegionId=cn-hangzhou").await;
    let message = "The request processing has failed due to some unknown error.";
    assert_eq!(fault, Fault::new(500, "InternalError", message));
}
