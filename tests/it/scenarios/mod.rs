//! Programs that are used with the real service, replayed: their calls in their order, with exactly the parameters that they send
//! and in the way that they send them, and what they read of the answers.

mod bosh;
mod csi;
mod packer;
mod terraform;
mod terraform_policies;
mod velero;

use reqwest::Method;
use serde_json::Value;

use crate::support::{Fault, NOW, Reply, TestApp, contract, percent_encoded};

/// How a program's SDK puts a call into a request.
#[derive(Debug, Clone, Copy)]
enum Manner {
    /// Everything in the query of a POST.
    Query,
    /// The action's own parameters in a form, the rest in the query.
    Form,
    /// The action's name in a header, its parameters in the query.
    Headers,
}

/// A program at work.
struct Program {
    app: TestApp,
    manner: Manner,
    /// Seconds since it began.
    elapsed: i64,
}

impl Program {
    /// In a sandbox that holds what this state document says.
    async fn over(document: &str, manner: Manner) -> Self {
        Self { app: TestApp::seeded(document).await, manner, elapsed: 0 }
    }

    async fn send(&self, action: &str, query: &[(&str, &str)], own: &[(&str, &str)]) -> Reply {
        let encoded = |pairs: &[(&str, &str)]| {
            let pairs = pairs.iter().map(|(name, value)| format!("{name}={}", percent_encoded(value)));
            pairs.collect::<Vec<_>>().join("&")
        };
        let common = [
            ("AccessKeyId", "testid"),
            ("Format", "json"),
            ("SignatureMethod", "HMAC-SHA1"),
            ("SignatureVersion", "1.0"),
            ("Version", "2014-05-26"),
        ];
        let (query, own) = (encoded(query), encoded(own));
        let request = match self.manner {
            Manner::Query => {
                let path = format!("/?Action={action}&{}&{query}&{own}", encoded(&common));
                self.app.request(Method::POST, &path)
            }
            Manner::Form => {
                let path = format!("/?Action={action}&{}&{query}", encoded(&common));
                let request = self.app.request(Method::POST, &path);
                request.header("content-type", "application/x-www-form-urlencoded").body(own)
            }
            Manner::Headers => {
                let request = self.app.request(Method::POST, &format!("/?{query}&{own}"));
                let request = request.header("x-acs-action", action).header("x-acs-version", "2014-05-26");
                request.header("accept", "application/json").header("x-acs-accesskey-id", "testid")
            }
        };
        let reply = self.app.send(request).await;
        assert_eq!(reply.headers.get("x-ecs-mock-ignored"), None, "{action}: what it sends makes a difference");
        reply
    }

    /// The answer to a call that must succeed.
    async fn call(&self, action: &str, parameters: &[(&str, &str)]) -> Value {
        self.call_with(action, &[], parameters).await
    }

    /// As [`Program::call`], with some of the parameters in the query in any case.
    async fn call_with(&self, action: &str, query: &[(&str, &str)], parameters: &[(&str, &str)]) -> Value {
        let reply = self.send(action, query, parameters).await;
        assert_eq!(reply.status, 200, "{action} {query:?} {parameters:?}: {}", reply.body);
        let answer = reply.json();
        contract(action).check_reply(action, &answer);
        assert!(answer.get("Code").is_none(), "a Code is taken for an error");
        answer
    }

    /// The fault that a call is answered with.
    async fn refused(&self, action: &str, parameters: &[(&str, &str)]) -> Fault {
        let reply = self.send(action, &[], parameters).await;
        assert!(reply.status >= 400, "{action} {parameters:?}: {}", reply.body);
        reply.fault()
    }

    /// Lets time pass.
    fn wait(&mut self, seconds: i64) {
        self.elapsed += seconds;
        self.app.clock.set(NOW.plus(self.elapsed));
    }

    /// The only disk that this describes.
    async fn disk(&self, parameters: &[(&str, &str)]) -> Value {
        only(self.call("DescribeDisks", parameters).await["Disks"]["Disk"].take())
    }

    /// The only snapshot of this id, in cn-hangzhou.
    async fn snapshot(&self, id: &str) -> Value {
        let ids = format!("[\"{id}\"]");
        let mut reply = self.call("DescribeSnapshots", &[("RegionId", "cn-hangzhou"), ("SnapshotIds", &ids)]).await;
        only(reply["Snapshots"]["Snapshot"].take())
    }
}

fn only(list: Value) -> Value {
    match list {
        Value::Array(mut items) if items.len() == 1 => items.remove(0),
        other => panic!("one was expected: {other}"),
    }
}

/// A text field of an answer.
fn text(answer: &Value, field: &str) -> String {
    answer[field].as_str().unwrap_or_else(|| panic!("{field} in {answer}")).to_owned()
}
