//! What a person sees who opens the server's address in a browser.

use actix_web::HttpResponse;

const PAGE: &str = "<!doctype html>
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
</ul>
";

pub fn page() -> HttpResponse {
    HttpResponse::Ok().content_type("text/html; charset=utf-8").body(PAGE)
}
