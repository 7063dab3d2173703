//! How requests arrive: what every client sends, and what is no request at all.

use ecs_mock::admin::guard::Access;
use ecs_mock::app::Config;
use ecs_mock::seed::Source;
use reqwest::Method;
use reqwest::header::{ACCEPT, CONTENT_TYPE};

use crate::support::{Fault, Reply, TestApp};

const FORM: &str = "application/x-www-form-urlencoded";

fn count(reply: &Reply) -> i64 {
    assert_eq!(reply.status, 200, "{}", reply.body);
    reply.json()["TotalCount"].as_i64().unwrap()
}

#[actix_web::test]
async fn parameters_come_from_query_and_form_body() {
    let app = TestApp::spawn().await;
    let all_in_query = app.request(Method::POST, "/?Action=DescribeSnapshots&Format=JSON&RegionId=cn-hangzhou");
    assert_eq!(count(&app.send(all_in_query.header(CONTENT_TYPE, FORM)).await), 36);
    let all_in_body = app
        .request(Method::POST, "/")
        .header(CONTENT_TYPE, FORM)
        .body("Action=DescribeSnapshots&Version=2014-05-26&Format=json&RegionId=cn-hangzhou&DiskId=d-diskid1");
    assert_eq!(count(&app.send(all_in_body).await), 1);
    let common_in_query = app
        .request(Method::POST, "/?Action=DescribeSnapshots&Version=2014-05-26&Format=JSON&Signature=x&SignatureType=")
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded; charset=UTF-8")
        .body("RegionId=cn-hangzhou&SnapshotName=%E8%BF%81%E7%A7%BB%E5%89%8D+%26+%3C%E5%A4%87%E4%BB%BD%3E+%22%E4%B8%80%22");
    assert_eq!(count(&app.send(common_in_query).await), 1);
    let without_content_type =
        app.request(Method::POST, "/?Format=JSON").body("Action=DescribeSnapshots&RegionId=cn-hangzhou");
    assert_eq!(count(&app.send(without_content_type).await), 36);
}

#[actix_web::test]
async fn of_query_and_body_the_query_counts() {
    let app = TestApp::spawn().await;
    let request = app
        .request(Method::POST, "/?Action=DescribeSnapshots&Format=JSON&RegionId=cn-hangzhou")
        .header(CONTENT_TYPE, FORM)
        .body("Action=Other&Format=XML&RegionId=cn-nowhere&regionid=cn-nowhere");
    assert_eq!(count(&app.send(request).await), 36);
}

#[actix_web::test]
async fn a_body_of_another_type_holds_no_parameters() {
    let app = TestApp::spawn().await;
    for content_type in ["application/json", "text/plain", "multipart/form-data; boundary=x"] {
        let request = app
            .request(Method::POST, "/?Action=DescribeSnapshots&Format=JSON")
            .header(CONTENT_TYPE, content_type)
            .body("RegionId=cn-hangzhou");
        assert_eq!(app.send(request).await.fault().code, "MissingParameter", "{content_type}");
    }
}

#[actix_web::test]
async fn action_and_version_may_be_headers() {
    let app = TestApp::spawn().await;
    let request = app
        .request(Method::POST, "/?RegionId=cn-hangzhou")
        .header("x-acs-action", "DescribeSnapshots")
        .header("x-acs-version", "2014-05-26")
        .header(ACCEPT, "application/json");
    assert_eq!(count(&app.send(request).await), 36);
    let request = app
        .request(Method::POST, "/?RegionId=cn-hangzhou&Format=JSON&Action=DescribeSnapshots&Version=2014-05-26")
        .header("x-acs-action", "Other")
        .header("x-acs-version", "1999-01-01");
    assert_eq!(count(&app.send(request).await), 36, "parameters come first");
}

#[actix_web::test]
async fn a_missing_or_unknown_action_and_a_wrong_version() {
    let app = TestApp::empty().await;
    let missing = "The input parameter \"Action\" that is mandatory for processing this request is not supplied.";
    for query in ["Format=JSON", "Format=JSON&Action=", "Format=JSON&Version=1"] {
        assert_eq!(app.get(query).await.fault(), Fault::new(400, "MissingParameter", missing), "{query}");
    }
    let unknown = "Specified api is not found, please check your url and method.";
    for action in ["DescribeNothing", "describesnapshots", "%0A"] {
        let fault = app.get(&format!("Format=JSON&Action={action}")).await.fault();
        assert_eq!(fault, Fault::new(404, "InvalidAction.NotFound", unknown), "{action}");
    }
    let version = "Specified parameter Version is not valid.";
    for query in ["Action=DescribeSnapshots&Version=2016-01-01", "Action=DescribeNothing&Version=2016-01-01"] {
        let fault = app.get(&format!("Format=JSON&{query}")).await.fault();
        assert_eq!(fault, Fault::new(400, "InvalidVersion", version), "{query}");
    }
}

#[actix_web::test]
async fn other_methods_and_other_paths() {
    let app = TestApp::empty().await;
    for method in [Method::PUT, Method::DELETE, Method::PATCH, Method::OPTIONS] {
        let reply = app.send(app.request(method, "/?Action=DescribeSnapshots&Format=JSON")).await;
        assert_eq!(reply.fault(), Fault::new(405, "UnsupportedHTTPMethod", "This http method is not supported."));
    }
    let head = app.send(app.request(Method::HEAD, "/?Action=DescribeSnapshots")).await;
    assert_eq!((head.status, head.body.as_str()), (405, ""));
    for path in ["/snapshots", "//", "/index.html", "/_mocking"] {
        let reply = app.send(app.request(Method::GET, &format!("{path}?Action=DescribeSnapshots&Format=JSON"))).await;
        assert_eq!((reply.status, reply.fault().code.as_str()), (404, "InvalidAction.NotFound"), "{path}");
    }
}

#[actix_web::test]
async fn a_broken_encoding_names_its_parameter() {
    let app = TestApp::empty().await;
    for (parameter, name) in [
        ("SnapshotName=%", "SnapshotName"),
        ("SnapshotName=%1", "SnapshotName"),
        ("SnapshotName=%GG", "SnapshotName"),
        ("SnapshotName=100%25%", "SnapshotName"),
        ("SnapshotName=%FF", "SnapshotName"),
        ("SnapshotName=%C3%28", "SnapshotName"),
        ("Snapshot%ZZ=1", "Snapshot%ZZ"),
    ] {
        let query = format!("/?Action=DescribeSnapshots&RegionId=cn-hangzhou&Format=JSON&{parameter}");
        let request = format!("GET {query} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        let answer = app.raw(request.as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 400 "), "{parameter}: {answer}");
        assert!(answer.contains(&format!("The specified parameter \\\"{name}\\\" is not valid.")), "{answer}");
        let in_body = app
            .request(Method::POST, "/?Action=DescribeSnapshots&RegionId=cn-hangzhou&Format=JSON")
            .header(CONTENT_TYPE, FORM)
            .body(parameter);
        assert_eq!(app.send(in_body).await.fault().code, "InvalidParameter", "{parameter}");
    }
}

#[actix_web::test]
async fn too_much_is_refused() {
    let app = TestApp::spawn().await;
    let send = async |body: String| {
        let path = "/?Action=DescribeSnapshots&RegionId=cn-hangzhou&Format=JSON";
        app.send(app.request(Method::POST, path).header(CONTENT_TYPE, FORM).body(body)).await
    };
    // Three parameters are in the query.
    let parameters = |count: usize| "p=x&".repeat(count);
    assert_eq!(count(&send(parameters(997)).await), 36);
    let fault = send(parameters(998)).await.fault();
    let message = "The number of parameters exceeds the limit of 1000.";
    assert_eq!(fault, Fault::new(400, "InvalidParameter", message));

    let body = format!("p={}&", "x".repeat(32_765)).repeat(32);
    assert_eq!(body.len(), 1_048_576);
    assert_eq!(count(&send(body.clone()).await), 36);
    let fault = send(body + "x").await.fault();
    let message = "The request body exceeds the limit of 1048576 bytes.";
    assert_eq!(fault, Fault::new(413, "RequestEntityTooLarge", message));

    let parameter = |name: usize, value: usize| format!("{}={}", "p".repeat(name), "%78".repeat(value));
    assert_eq!(count(&send(parameter(256, 65_536)).await), 36);
    let message = "The length of a parameter exceeds the limit of 256 bytes for its name or 65536 bytes for its value.";
    for longer in [parameter(257, 1), parameter(1, 65_537)] {
        assert_eq!(send(longer).await.fault(), Fault::new(400, "InvalidParameter", message));
    }
}

#[actix_web::test]
async fn a_fault_of_the_gateway_is_in_the_format_that_the_body_asks_for() {
    let app = TestApp::empty().await;
    for body in
        ["Action=DescribeSnapshots&Version=1&Format=JSON", "Format=JSON", "Format=JSON&a=%FF", "Format=JS%4FN&a=%"]
    {
        let reply = app.send(app.request(Method::POST, "/").header(CONTENT_TYPE, FORM).body(body)).await;
        assert_eq!((reply.status, reply.header("content-type")), (400, "application/json;charset=utf-8"), "{body}");
    }
    for (query, content_type) in [
        ("Format=JS%4FN&a=%FF", "application/json;charset=utf-8"),
        ("Format=bogus&Format=JSON&a=%FF", "text/xml;charset=utf-8"),
        ("Format=bogus&Format=JSON", "text/xml;charset=utf-8"),
    ] {
        assert_eq!(app.get(query).await.header("content-type"), content_type, "{query}");
    }
}

#[actix_web::test]
async fn a_name_that_no_format_can_carry_is_escaped() {
    let app = TestApp::empty().await;
    for name in ["%00", "%1B", "%EF%BF%BF", "%3Ca%3E"] {
        let reply = app.get(&format!("Action=DescribeSnapshots&{name}=%FF")).await;
        assert_eq!(reply.status, 400);
        let message = reply.xml().child("Message").text.clone();
        assert!(message.chars().all(|character| !character.is_control() && character != '\u{ffff}'), "{message:?}");
    }
}

#[actix_web::test]
async fn a_body_that_is_announced_as_too_long_is_refused_before_it_comes() {
    let app = TestApp::empty().await;
    let head = "POST /?Format=JSON HTTP/1.1\r\nHost: x\r\nContent-Length: 2000000\r\nConnection: close\r\n\r\n";
    let answer = app.raw(head.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 413 ") && answer.contains("RequestEntityTooLarge"), "{answer}");
}

#[actix_web::test]
async fn a_body_that_breaks_off_is_refused() {
    let app = TestApp::empty().await;
    let head = "POST /?Action=DescribeSnapshots&Format=JSON HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
    let answer = app.raw(format!("{head}5\r\nhello\r\nzz\r\n").as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    assert!(answer.contains("\"Code\":\"InvalidParameter.Format\""), "{answer}");
}

#[actix_web::test]
async fn what_is_not_http_is_refused_and_the_next_request_is_answered() {
    let app = TestApp::spawn().await;
    for request in [
        &b"nonsense\r\n\r\n"[..],
        b"GET /?a=\"b\" c HTTP/1.1\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nzz\r\n",
        &[&b"GET /?a="[..], &vec![b'a'; 70_000], b" HTTP/1.1\r\nHost: x\r\n\r\n"].concat(),
    ] {
        let answer = app.raw(request).await;
        let start = String::from_utf8_lossy(&request[..request.len().min(40)]).into_owned();
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{start}: {answer}");
    }
    assert_eq!(app.ids("DiskId=d-diskid1").await, ["s-snapshotid1"]);
}

#[actix_web::test]
async fn pages_of_other_sites_are_kept_out() {
    let app = TestApp::spawn().await;
    let own = format!("http://{}", app.address);
    let request = |headers: &[(&str, &str)]| {
        let query = "/?Action=DescribeSnapshots&RegionId=cn-hangzhou&Format=JSON";
        headers.iter().fold(app.request(Method::POST, query), |request, (name, value)| request.header(*name, *value))
    };
    for headers in [
        &[("origin", "http://evil.example")][..],
        &[("origin", "null")],
        &[("origin", "http://127.0.0.1:1")],
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "cross-site"), ("origin", own.as_str())],
    ] {
        let fault = app.send(request(headers)).await.fault();
        assert_eq!((fault.status, fault.code.as_str()), (403, "Forbidden.Origin"), "{headers:?}");
    }
    for headers in
        [&[][..], &[("origin", own.as_str())], &[("sec-fetch-site", "same-origin")], &[("sec-fetch-site", "none")]]
    {
        assert_eq!(count(&app.send(request(headers)).await), 36, "{headers:?}");
    }
}

#[actix_web::test]
async fn a_name_that_somebody_else_could_own_needs_to_be_allowed() {
    let allowed = ["mock.example", "*.aliyuncs.com"].map(str::to_owned).to_vec();
    let configure = |config| Config { allowed_hosts: allowed, ..config };
    let strict = TestApp::empty().await;
    let lenient = TestApp::configured(Source::None, configure, Access::default()).await;
    let status = async |app: &TestApp, host: &str| {
        let query = "/?Action=DescribeSnapshots&RegionId=cn-hangzhou&Format=JSON";
        let headers = format!("Host: {host}\r\nOrigin: http://{host}\r\nConnection: close");
        app.raw(format!("GET {query} HTTP/1.1\r\n{headers}\r\n\r\n").as_bytes()).await
    };
    for host in [
        "127.0.0.1:4590",
        "192.168.0.7",
        "[fd00::1]:4590",
        "ecs-mock:4590",
        "localhost",
        "LOCALHOST.:80",
        "a.localhost",
        "host.docker.internal:4590",
        "build-7.local",
        "ecs-mock.qa.svc.cluster.local:4590",
    ] {
        assert!(status(&strict, host).await.starts_with("HTTP/1.1 200 "), "{host}");
    }
    for (host, is_allowed) in [
        ("mock.example:4590", true),
        ("MOCK.example", true),
        ("ecs.cn-hangzhou.aliyuncs.com", true),
        ("aliyuncs.com", false),
        ("evilaliyuncs.com", false),
        ("a.mock.example", false),
        ("evil.com", false),
        ("evil.com.", false),
        ("localhost.evil.com", false),
        ("127.0.0.1.evil.com:4590", false),
        ("evil.com:127.0.0.1", false),
    ] {
        let answer = status(&strict, host).await;
        assert!(answer.starts_with("HTTP/1.1 403 "), "{host}: {answer}");
        assert!(answer.contains("\"Code\":\"Forbidden.Host\"") && answer.contains("--allowed-host"), "{answer}");
        let expected = if is_allowed { "HTTP/1.1 200 " } else { "HTTP/1.1 403 " };
        assert!(status(&lenient, host).await.starts_with(expected), "{host}");
    }
    let old = strict.raw(b"GET /?Action=DescribeSnapshots&RegionId=cn-hangzhou HTTP/1.0\r\n\r\n").await;
    assert!(old.starts_with("HTTP/1.0 200 "), "{old}");
}
