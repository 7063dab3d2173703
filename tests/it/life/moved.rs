//! An export, put into an empty sandbox whose clock says the same: every question is answered there as here.

use serde_json::{Value, json};

use super::Life;

/// What is asked, in each region.
const QUESTIONS: [&str; 23] = [
    "DescribeSnapshots&PageSize=100",
    "DescribeSnapshots&InstanceId=i-1",
    "DescribeSnapshots&Usage=image",
    "DescribeLockedSnapshots",
    "DescribeLockedSnapshots&LockStatus=expired",
    "DescribeSnapshotLinks&PageSize=100",
    "DescribeSnapshotsUsage",
    "DescribeDisks&PageSize=100",
    "DescribeDisks&Status=Available",
    "DescribeDisks&Portable=true",
    "DescribeDisks&EnableAutomatedSnapshotPolicy=true",
    "DescribeAutoSnapshotPolicyEx&PageSize=100",
    "DescribeInstances",
    "DescribeImages&PageSize=100",
    "DescribeImages&Status=Creating",
    "DescribeSnapshotGroups&MaxResults=100",
    "DescribeSnapshotGroups&Status.1=failed",
    "DescribeTags",
    "DescribeResourceByTags",
    "ListTagResources&ResourceType=snapshot&Tag.1.Key=env",
    "ListTagResources&ResourceType=disk&Tag.1.Key=env",
    "ListTagResources&ResourceType=snapshotgroup&Tag.1.Key=env",
    "DescribeZones",
];

impl Life {
    /// Panics unless an export says everything.
    pub async fn move_house(&self) {
        let of = |sandbox: &str, path: &str| format!("/sandboxes/{sandbox}{path}");
        let exported = self.app.control("GET", &of(&self.sandbox, "/state"), Value::Null).await;
        let now = self.app.control("GET", &of(&self.sandbox, "/clock"), Value::Null).await.json()["Now"].clone();
        let sandbox = json!({"Name": "moved", "From": "empty", "Clock": {"Mode": "frozen", "Time": now}});
        let made = self.app.control("POST", "/sandboxes", sandbox).await;
        assert_eq!(made.status, 201, "{}", made.body);
        let put = self.app.control("PUT", &of("moved", "/state"), exported.json()).await;
        assert_eq!(put.status, 200, "{}", put.body);
        for region in ["cn-hangzhou", "cn-beijing"] {
            for question in QUESTIONS {
                let query = format!("{question}&RegionId={region}");
                let mut here = self.ask(&query).await;
                let there = self.app.act(&format!("{query}&AccessKeyId=moved")).await;
                here["RequestId"] = there["RequestId"].clone();
                assert_eq!(there, here, "{query}");
            }
        }
        let again = self.app.control("GET", &of("moved", "/state"), Value::Null).await;
        assert_eq!(again.json(), exported.json(), "what was imported is exported again");
    }
}
