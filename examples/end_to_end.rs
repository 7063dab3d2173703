//! End-to-end tests against ecs-mock, in Rust: each test case makes a sandbox of its own, seeds it, calls the API with the
//! sandbox's access key, and changes state between calls. Run in parallel, as always, by
//!
//!     cargo test --example end_to_end
//!
//! With `ECS_MOCK_URL` set they use the server that is there; otherwise they start one in this process.

fn main() {
    println!("The tests are the example: cargo test --example end_to_end");
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::net::TcpListener;
    use std::path::PathBuf;
    use std::sync::OnceLock;
    use std::sync::mpsc::channel;

    use actix_web::web::Data;
    use ecs_mock::admin::guard::Access;
    use ecs_mock::app::{App, Config, Startup};
    use ecs_mock::seed::Source;
    use ecs_mock::server::{self, ConnectionLimits};
    use serde_json::{Value, json};

    /// The address of the server that all tests share.
    fn url() -> &'static str {
        static URL: OnceLock<String> = OnceLock::new();
        URL.get_or_init(|| std::env::var("ECS_MOCK_URL").unwrap_or_else(|_| start_server()))
    }

    fn start_server() -> String {
        let (sender, receiver) = channel();
        std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let config = Config::new(PathBuf::from(":memory:"), Source::Default);
                let startup = Data::new(Startup::new(config.ids.clone()));
                startup.finish(App::open(config).await.unwrap());
                let listener = TcpListener::bind("127.0.0.1:0").unwrap();
                sender.send(format!("http://{}", listener.local_addr().unwrap())).unwrap();
                let (limits, forever) = (ConnectionLimits::of_process(), std::future::pending());
                server::run(vec![listener], &startup, Access::default(), limits, forever).unwrap().await.unwrap();
            });
        });
        receiver.recv().unwrap()
    }

    /// A sandbox that lives as long as its test case.
    struct Sandbox(&'static str);

    impl Sandbox {
        fn new(name: &'static str) -> Self {
            let sandbox = Self(name);
            // What an interrupted run has left.
            let _ = ureq::delete(sandbox.path("")).call();
            let body = json!({"Name": name, "From": "empty"}).to_string();
            ureq::post(format!("{}/_mock/v1/sandboxes", url())).content_type("application/json").send(&body).unwrap();
            sandbox
        }

        fn path(&self, path: &str) -> String {
            format!("{}/_mock/v1/sandboxes/{}{path}", url(), self.0)
        }

        fn put(&self, path: &str, body: &Value) {
            ureq::put(self.path(path)).content_type("application/json").send(&body.to_string()).unwrap();
        }

        fn post(&self, path: &str, body: &Value) {
            ureq::post(self.path(path)).content_type("application/json").send(&body.to_string()).unwrap();
        }

        fn patch(&self, path: &str, body: &Value) {
            ureq::patch(self.path(path)).content_type("application/json").send(&body.to_string()).unwrap();
        }

        fn get(&self, path: &str) -> Value {
            let text = ureq::get(self.path(path)).call().unwrap().body_mut().read_to_string().unwrap();
            serde_json::from_str(&text).unwrap()
        }

        /// Calls DescribeSnapshots as the account that this sandbox is.
        fn describe_snapshots(&self, query: &str) -> Vec<Value> {
            let call = "Action=DescribeSnapshots&RegionId=cn-hangzhou&Format=JSON";
            let response = ureq::get(format!("{}/?{call}&AccessKeyId={}&{query}", url(), self.0)).call();
            let text = response.unwrap().body_mut().read_to_string().unwrap();
            let mut reply: Value = serde_json::from_str(&text).unwrap();
            reply["Snapshots"]["Snapshot"].as_array_mut().map(std::mem::take).unwrap()
        }
    }

    impl Drop for Sandbox {
        fn drop(&mut self) {
            let _ = ureq::delete(self.path("")).call();
        }
    }

    #[test]
    fn a_test_sees_what_it_seeded_and_nothing_else() {
        let sandbox = Sandbox::new("rust-seeding");
        sandbox.put(
            "/state",
            &json!({"Snapshots": [
                {"SnapshotId": "s-1", "Tags": {"env": "test"}},
                {"SnapshotId": "s-2"},
            ]}),
        );
        assert_eq!(sandbox.describe_snapshots("").len(), 2);
        let tagged = sandbox.describe_snapshots("Tag.1.Key=env&Tag.1.Value=test");
        assert_eq!(tagged[0]["SnapshotId"], "s-1");
    }

    #[test]
    fn a_snapshot_fails_while_a_program_waits_for_it() {
        let sandbox = Sandbox::new("rust-failure");
        sandbox.post("/snapshots", &json!({"SnapshotId": "s-1", "Status": "progressing", "Progress": "37%"}));
        assert_eq!(sandbox.describe_snapshots("")[0]["Progress"], "37%");
        sandbox.patch("/snapshots/s-1", &json!({"Status": "failed"}));
        assert_eq!(sandbox.describe_snapshots("Status=failed").len(), 1);
    }

    #[test]
    fn time_passes_when_the_test_says_so() {
        let sandbox = Sandbox::new("rust-clock");
        sandbox.put("/clock", &json!({"Mode": "frozen", "Time": "2030-01-01T00:00:00Z"}));
        sandbox.post("/snapshots", &json!({"SnapshotId": "s-1", "ReadyTime": "2030-01-01T00:01:40Z"}));
        let mut seen = Vec::new();
        for _ in 0..3 {
            seen.push(sandbox.describe_snapshots("")[0]["Progress"].clone());
            sandbox.post("/clock/advance", &json!({"Seconds": 50}));
        }
        assert_eq!(seen, ["0%", "50%", "100%"]);
    }

    #[test]
    fn a_diff_is_an_assertion() {
        let sandbox = Sandbox::new("rust-diff");
        sandbox.put("/state", &json!({"Snapshots": [{"SnapshotId": "s-1"}, {"SnapshotId": "s-2"}]}));
        sandbox.put("/checkpoints/before", &json!(null));
        sandbox.patch("/snapshots/s-2", &json!({"SnapshotName": "renamed"}));
        let mut diff = sandbox.get("/diff?from=before");
        // Of disks, instances, images and groups of snapshots.
        diff.as_object_mut().unwrap().remove("Kinds");
        let fields = json!({"SnapshotName": {"From": null, "To": "renamed"}});
        let changed = json!([{"SnapshotId": "s-2", "Fields": fields}]);
        assert_eq!(diff, json!({"Added": [], "Removed": [], "Changed": changed}));
        sandbox.post("/checkpoints/before/restore", &json!(null));
        assert!(sandbox.describe_snapshots("SnapshotName=renamed").is_empty());
    }
}
