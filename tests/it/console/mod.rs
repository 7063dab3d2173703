//! The console: its pages and forms on a real server, as a browser without scripts uses them.

mod checkpoints;
mod faults;
mod guard;
mod hostile;
mod list;
mod one;
mod page;
mod request;
mod requests;
mod sandboxes;
mod server;
mod session;
mod time;
mod timeline;
mod transfer;

use reqwest::Method;

use crate::support::{Reply, TestApp};

/// A page.
async fn open(app: &TestApp, path: &str) -> Reply {
    app.send(app.request(Method::GET, &format!("/_mock/console{path}"))).await
}

/// A page that is there.
async fn page(app: &TestApp, path: &str) -> String {
    let reply = open(app, path).await;
    assert_eq!(reply.status, 200, "{path}: {}", reply.body);
    reply.body
}

/// A form, as one of our pages sends it.
async fn post(app: &TestApp, path: &str, fields: &[(&str, &str)]) -> Reply {
    let request = app.request(Method::POST, &format!("/_mock/console{path}"));
    let request = request.header("origin", format!("http://{}", app.address));
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    app.send(request.body(urlencoded(fields))).await
}

fn urlencoded(fields: &[(&str, &str)]) -> String {
    let encoded = crate::support::percent_encoded;
    let fields = fields.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value)));
    fields.collect::<Vec<_>>().join("&")
}

/// Where an answer leads to, below the console.
fn led(reply: &Reply) -> String {
    assert_eq!(reply.status, 303, "{}", reply.body);
    reply.header("location").trim_start_matches("/_mock/console").to_owned()
}

/// The ids of the rows on a page.
fn rows(page: &str) -> Vec<String> {
    let rows = page.split("data-id=\"").skip(1);
    rows.map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

/// The text of the first element of this name.
fn text(page: &str, element: &str) -> String {
    let begin = page.find(&format!("<{element}")).unwrap_or_else(|| panic!("no {element}: {page}"));
    let inner = page[begin..].split_once('>').unwrap().1.split(&format!("</{element}>")).next().unwrap();
    let mut text = String::new();
    let mut is_tag = false;
    for character in inner.chars() {
        match character {
            '<' => is_tag = true,
            '>' => is_tag = false,
            other if !is_tag => text.push(other),
            _ => {}
        }
    }
    text.trim().to_owned()
}
