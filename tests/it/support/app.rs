//! A real server on a port of its own, over a database of its own, with a frozen clock and seeded ids.

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use actix_web::web::Data;
use ecs_mock::admin::guard::Access;
use ecs_mock::app::{App, Config, Startup};
use ecs_mock::clock::Clock;
use ecs_mock::model::ids::Ids;
use ecs_mock::model::time::Time;
use ecs_mock::seed::Source;
use ecs_mock::server::{self, ConnectionLimits};
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::contract::contract;
use super::reply::{Fault, Reply};

/// Where the clock of every test stands: 2026-03-15T12:00:00Z.
pub const NOW: Time = Time(1_773_576_000);

pub struct TestApp {
    pub address: SocketAddr,
    pub clock: Clock,
    startup: Data<Startup>,
    client: reqwest::Client,
    _folder: TempDir,
}

impl TestApp {
    /// Over the repository's seed.
    pub async fn spawn() -> Self {
        Self::from_source(Source::Path(Path::new(env!("CARGO_MANIFEST_DIR")).join("seed"))).await
    }

    /// Over this state document, in YAML.
    pub async fn seeded(document: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("seed.yaml");
        std::fs::write(&path, document).unwrap();
        Self::from_source(Source::Path(path)).await
    }

    /// Without a seed.
    pub async fn empty() -> Self {
        Self::from_source(Source::None).await
    }

    async fn from_source(seed: Source) -> Self {
        Self::configured(seed, |config| config, Access::default()).await
    }

    /// With other settings than those of a test.
    pub async fn configured(seed: Source, configure: impl FnOnce(Config) -> Config, access: Access) -> Self {
        Self::limited(seed, configure, access, ConnectionLimits::of_process()).await
    }

    /// Without a seed, with these limits of connections.
    pub async fn crowded(limits: ConnectionLimits) -> Self {
        Self::limited(Source::None, |config| config, Access::default(), limits).await
    }

    async fn limited(
        seed: Source,
        configure: impl FnOnce(Config) -> Config,
        access: Access,
        limits: ConnectionLimits,
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Clock::frozen(NOW);
        let ids = Arc::new(Ids::seeded(1));
        let startup = Data::new(Startup::new(ids.clone()));
        let database: PathBuf = folder.path().join("test.db");
        let config = Config { clock: clock.clone(), ids, ..Config::new(database, seed) };
        let app = App::open(configure(config)).await.unwrap();
        startup.finish(app);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let server = server::run(vec![listener], &startup, access, limits, std::future::pending()).unwrap();
        actix_web::rt::spawn(server);
        // Where an answer leads to is for tests to see.
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { address, clock, startup, client, _folder: folder }
    }

    pub fn app(&self) -> &App {
        self.startup.app().unwrap()
    }

    /// A GET with this query, percent-encoded already. What is answered to it in JSON keeps the contract.
    pub async fn get(&self, query: &str) -> Reply {
        let reply = self.send(self.client.get(format!("http://{}/?{query}", self.address))).await;
        let action = query.strip_prefix("Action=").and_then(|query| query.split('&').next());
        if let Some(action) = action.filter(|_| reply.status == 200 && reply.body.starts_with('{')) {
            contract(action).check_reply(action, &reply.json());
        }
        reply
    }

    pub async fn send(&self, request: reqwest::RequestBuilder) -> Reply {
        Reply::read(request.send().await.unwrap()).await
    }

    pub fn request(&self, method: reqwest::Method, path_and_query: &str) -> reqwest::RequestBuilder {
        self.client.request(method, format!("http://{}{path_and_query}", self.address))
    }

    /// A call of the control plane below `/_mock/v1`, with a body in JSON unless it is null.
    pub async fn control(&self, method: &str, path: &str, body: Value) -> Reply {
        let request = self.request(method.parse().unwrap(), &format!("/_mock/v1{path}"));
        let request = match body {
            Value::Null => request,
            body => request.header("content-type", "application/json").body(body.to_string()),
        };
        self.send(request).await
    }

    /// Makes a sandbox whose access key is its name.
    pub async fn sandbox(&self, name: &str, from: Value) {
        let reply = self.control("POST", "/sandboxes", serde_json::json!({"Name": name, "From": from})).await;
        assert_eq!(reply.status, 201, "{}", reply.body);
    }

    /// The ids of a sandbox's snapshots in cn-hangzhou, over the cloud plane.
    pub async fn ids_of(&self, access_key_id: &str) -> Vec<String> {
        let query = "Action=DescribeSnapshots&RegionId=cn-hangzhou&Format=JSON&PageSize=100";
        ids(&self.get(&format!("{query}&AccessKeyId={access_key_id}")).await.json())
    }

    /// The reply in JSON to a call of the cloud plane that must succeed. The query begins with the action's name.
    pub async fn act(&self, query: &str) -> Value {
        let reply = self.get(&format!("Action={query}&Format=JSON")).await;
        assert_eq!(reply.status, 200, "{query}: {}", reply.body);
        reply.json()
    }

    /// The reply to a call of the cloud plane that must succeed, the same in both formats. The query begins with the action's
    /// name.
    pub async fn ask(&self, query: &str) -> Value {
        let (json, xml) = self.both(query).await;
        assert_eq!((json.status, xml.status), (200, 200), "{query}: {}", json.body);
        let action = query.split('&').next().unwrap();
        xml.assert_says_the_same(&format!("{action}Response"), &json);
        json.json()
    }

    /// The fault that a call of the cloud plane is answered with, the same in both formats.
    pub async fn refused(&self, query: &str) -> Fault {
        let (json, xml) = self.both(query).await;
        xml.assert_says_the_same("Error", &json);
        assert_eq!(json.status, xml.status);
        json.fault()
    }

    async fn both(&self, query: &str) -> (Reply, Reply) {
        let query = format!("Action={query}");
        (self.get(&format!("{query}&Format=JSON")).await, self.get(&format!("{query}&Format=XML")).await)
    }

    /// Panics unless each of these queries of an action is answered with its row: status, code and text. What the sandbox
    /// holds is as it was afterwards.
    pub async fn refuses_all(&self, action: &str, rows: &[(&str, u16, &str, &str)]) {
        let before = self.arrange("GET", "/state", Value::Null).await;
        for (query, status, code, message) in rows {
            let fault = self.refused(&format!("{action}&{query}")).await;
            assert_eq!(fault, Fault::new(*status, code, message), "{action} {query}");
        }
        assert_eq!(self.arrange("GET", "/state", Value::Null).await, before, "{action} changed something");
    }

    /// Panics unless each of these queries of an action, with all that follow it, is answered with its code: an earlier one
    /// comes first. `rest` is what each of them needs beside.
    pub async fn refuses_in_order(&self, action: &str, rest: &str, wrong: &[(&str, &str)]) {
        for (number, (query, code)) in wrong.iter().enumerate() {
            for (other, _) in &wrong[number..] {
                // Of two of a name the first counts.
                let all = format!("{action}&{query}&{other}&{rest}");
                assert_eq!(self.refused(&all).await.code, *code, "{all}");
            }
        }
    }

    /// A call of the control plane to the sandbox `default` that must succeed, and what it said.
    pub async fn arrange(&self, method: &str, path: &str, body: Value) -> Value {
        let reply = self.control(method, &format!("/sandboxes/default{path}"), body).await;
        assert!(reply.status < 300, "{method} {path}: {}", reply.body);
        if reply.body.is_empty() { Value::Null } else { reply.json() }
    }

    /// These bytes as a request, and what came back.
    pub async fn raw(&self, request: &[u8]) -> String {
        let mut stream = tokio::net::TcpStream::connect(self.address).await.unwrap();
        // A server that refuses early may close before it has read everything.
        let _ = stream.write_all(request).await;
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// The reply to `DescribeSnapshots` in cn-hangzhou with these further parameters, the same in both formats.
    pub async fn describe(&self, query: &str) -> Value {
        self.describe_in("cn-hangzhou", query).await
    }

    pub async fn describe_in(&self, region_id: &str, query: &str) -> Value {
        self.ask(&format!("DescribeSnapshots&RegionId={region_id}&{query}")).await
    }

    /// The ids of all snapshots that match, in order.
    pub async fn ids(&self, query: &str) -> Vec<String> {
        let reply = self.describe(query).await;
        let ids = ids(&reply);
        assert_eq!(reply["TotalCount"], ids.len(), "{query}: all on one page");
        ids
    }

    /// The fault that `DescribeSnapshots` answers, the same in both formats.
    pub async fn fault(&self, query: &str) -> Fault {
        self.refused(&format!("DescribeSnapshots&{query}")).await
    }

    /// A resource of the sandbox `default` as the control plane has it: `snapshots/s-1`.
    pub async fn entry(&self, path: &str) -> Value {
        self.arrange("GET", &format!("/{path}"), Value::Null).await
    }
}

/// The ids on the page of a reply.
pub fn ids(reply: &Value) -> Vec<String> {
    let snapshots = reply["Snapshots"]["Snapshot"].as_array().unwrap();
    snapshots.iter().map(|snapshot| snapshot["SnapshotId"].as_str().unwrap().to_owned()).collect()
}
