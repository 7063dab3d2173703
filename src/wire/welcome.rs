//! What a person gets who opens the server's address in a browser: the console, or a page that says where that is.

use std::net::SocketAddr;

use actix_web::http::header::LOCATION;
use actix_web::{HttpRequest, HttpResponse};

use super::request::sent_host;

/// Where the console is.
pub const CONSOLE: &str = "/_mock/console/";

/// The only address at which there is a console, for servers that have one beside this one.
#[derive(Debug, Clone, Copy)]
pub struct ConsoleAt(pub Option<SocketAddr>);

const BEGINNING: &str = "<!doctype html>
<html lang=\"en\">
<meta charset=\"utf-8\">
<title>ecs-mock</title>
<h1>ecs-mock</h1>
<p>This is a stand-in for the snapshot part of the Alibaba Cloud ECS API (RPC style, version 2014-05-26).
It is made for SDKs and tools rather than for browsers: point their endpoint at this address, over plain HTTP.</p>
<ul>
<li><a href=\"/?Action=DescribeSnapshots&amp;RegionId=cn-hangzhou&amp;PageSize=2\">DescribeSnapshots in cn-hangzhou</a>, as XML</li>
<li><a href=\"/?Action=DescribeSnapshots&amp;RegionId=cn-qingdao&amp;PageSize=2&amp;Format=JSON\">DescribeSnapshots in cn-qingdao</a>, as JSON</li>
<li><a href=\"/_mock/health/ready\">Is the server ready?</a></li>
";

/// Leads a visitor to the console, unless it has an address of its own.
#[must_use]
pub fn answer(request: &HttpRequest) -> HttpResponse {
    match request.app_data::<ConsoleAt>().and_then(|console| console.0) {
        None => HttpResponse::SeeOther().insert_header((LOCATION, CONSOLE)).finish(),
        Some(address) => {
            let address = reachable(address, request);
            HttpResponse::Ok().content_type("text/html; charset=utf-8").body(format!(
                "{BEGINNING}<li>The console has an address of its own: \
                 <a href=\"http://{address}{CONSOLE}\">http://{address}{CONSOLE}</a></li>\n</ul>\n"
            ))
        }
    }
}

/// The address; where it is every one of the machine's, the one that this visitor has come to, with its port.
fn reachable(address: SocketAddr, request: &HttpRequest) -> String {
    let host = sent_host(request).filter(|_| address.ip().is_unspecified());
    let name = host.map(|host| host.rsplit_once(':').filter(|_| !host.ends_with(']')).map_or(host, |(name, _)| name));
    // The name becomes a part of the page, so what is no name and no address is not taken into it.
    let is_plain = |name: &&str| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.:[]".contains(&byte));
    name.filter(is_plain).map_or_else(|| address.to_string(), |name| format!("{name}:{}", address.port()))
}
