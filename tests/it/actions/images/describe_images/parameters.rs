//! Every parameter: which images it lets through, and how they are shown.

use serde_json::{Value, json};

use super::super::{ids, shown};
use crate::support::{TestApp, golden};

const SEED: &str = "
    Snapshots: [{SnapshotId: s-1}, {SnapshotId: s-2}]
    Instances: [{InstanceId: i-1, ImageId: m-a}]
    Images:
      - {ImageId: m-a, ImageName: web-1, ImageFamily: web, CreationTime: '2026-01-01T00:00:00Z', SnapshotId: s-1,
         IsSupportCloudinit: true, ResourceGroupId: rg-1, Tags: {env: one}}
      - {ImageId: m-b, ImageName: web-2, ImageFamily: web, CreationTime: '2026-01-02T00:00:00Z', Architecture: arm64,
         SnapshotIds: [s-1, s-2], IsSupportIoOptimized: true, IsSupportCloudinit: false, Tags: {env: two}}
      - {ImageId: m-c, ImageName: 'web[1]?', CreationTime: '2026-01-03T00:00:00Z', Platform: Windows Server 2022, Usable: false}
      - {ImageId: m-d, ImageName: Web-1, CreationTime: '2026-01-04T00:00:00Z', ImageOwnerAlias: others, ImageOwnerId: 1234567890123,
         IsPublic: true, OSType: linux, Architecture: i386}
      - {ImageId: m-e, ImageOwnerAlias: system, CreationTime: '2026-01-05T00:00:00Z', Status: Deprecated}
      - {ImageId: m-f, CreationTime: '2026-01-06T00:00:00Z', Status: Creating}
      - {ImageId: m-g, CreationTime: '2026-01-07T00:00:00Z', Status: CreateFailed}
      - {ImageId: m-h, CreationTime: '2026-01-08T00:00:00Z', RegionId: cn-beijing}
    ";

#[actix_web::test]
async fn each_lets_through_what_it_says() {
    let app = TestApp::seeded(SEED).await;
    for (query, expected) in [
        ("", "d c b a"),
        ("Status=", "d c b a"),
        ("Status=Available", "d c b a"),
        ("Status=ALL", "g f e d c b a"),
        ("Status=all", "g f e d c b a"),
        ("Status=Creating", "f"),
        ("Status=Deprecated,CreateFailed", "g e"),
        ("Status=Waiting,Creating,CreateFailed,Available", "g f d c b a"),
        ("Status=UnAvailable", ""),
        ("ImageId=m-a", "a"),
        ("ImageId=m-a,m-c,m-f,m-h,m-unknown", "c a"),
        ("ImageId=m-a,+m-c,m-a", "c a"),
        ("ImageId=m-unknown", ""),
        ("ImageName=web-1", "a"),
        ("ImageName=web-*", "b a"),
        ("ImageName=*-1", "d a"),
        ("ImageName=w*1*", "c a"),
        ("ImageName=web[1]?", "c"),
        ("ImageName=web[1]*", "c"),
        ("ImageName=web?1*", ""),
        ("ImageName=*", "d c b a"),
        ("ImageName=web", ""),
        ("ImageFamily=web", "b a"),
        ("ImageFamily=we*", ""),
        ("ImageOwnerAlias=self", "c b a"),
        ("ImageOwnerAlias=others", "d"),
        ("ImageOwnerAlias=system&Status=ALL", "e"),
        ("ImageOwnerAlias=marketplace", ""),
        ("ImageOwnerId=1234567890123", "d"),
        ("ImageOwnerId=1234567890123&ImageOwnerAlias=others", "d"),
        ("ImageOwnerId=1", ""),
        ("IsPublic=true&ImageOwnerAlias=others", "d"),
        ("IsPublic=false", "d c b a"),
        ("Architecture=x86_64", "c a"),
        ("Architecture=arm64", "b"),
        ("Architecture=i386", "d"),
        ("OSType=linux", "d b a"),
        ("OSType=windows", "c"),
        ("InstanceType=ecs.g7.large", "d c a"),
        ("InstanceType=ecs.g6r.large", "b"),
        ("InstanceType=ecs.c8y.xlarge", "b"),
        ("InstanceType=ecs.t5-lc1m1.small", "d c a"),
        ("SnapshotId=s-1", "b a"),
        ("SnapshotId=s-2", "b"),
        ("SnapshotId=s-unknown", ""),
        ("Usage=instance", "a"),
        ("Usage=none", "d c b"),
        ("IsSupportCloudinit=true", "a"),
        ("IsSupportCloudinit=false", "d c b"),
        ("IsSupportIoOptimized=true", "b"),
        ("IsSupportIoOptimized=FALSE", "d c a"),
        ("ResourceGroupId=rg-1", "a"),
        ("ResourceGroupId=rg-2", ""),
        ("Usable=true", "d b a"),
        ("Usable=true&Status=ALL", "e d b a"),
        ("Usable=false&Status=ALL", "g f c"),
        ("Tag.1.Key=env", "b a"),
        ("Tag.1.Key=env&Tag.1.Value=two", "b"),
        ("Tag.1.Key=env&Tag.2.Key=other", ""),
        ("Filter.1.Key=CreationStartTime&Filter.1.Value=2026-01-03T00:00Z", "d c"),
        ("Filter.7.Key=CreationEndTime&Filter.7.Value=2026-01-03T00:00:00Z", "c b a"),
        (
            "Filter.1.Key=CreationStartTime&Filter.1.Value=2026-01-02T00:00Z&Filter.2.Key=CreationEndTime\
             &Filter.2.Value=2026-01-03T00:00Z&Filter.3.Key=NetworkType&Filter.3.Value=vpc",
            "c b",
        ),
        ("Filter.1.Key=NetworkType&Filter.1.Value=classic", "d c b a"),
        ("Filter.1.Key=&Filter.1.Value=", "d c b a"),
        ("ImageFamily=web&Architecture=arm64&SnapshotId=s-1&Usage=none&ImageOwnerAlias=self", "b"),
        ("ActionType=ChangeOS&ShowExpired=true", "d c b a"),
    ] {
        let ids = ids(&app, query).await;
        let letters: Vec<&str> = ids.iter().map(|id| id.strip_prefix("m-").unwrap()).collect();
        assert_eq!(letters.join(" "), expected, "{query}");
        // The control plane has the same filters, but no default status and no rows of faults.
        if !query.contains("ActionType") {
            let path = format!("/images?RegionId=cn-hangzhou&PageSize=100&{query}");
            let entries = app.arrange("GET", &path, Value::Null).await["Images"].as_array().unwrap().clone();
            let letters: Vec<&str> = entries.iter().map(|entry| &entry["ImageId"].as_str().unwrap()[2..]).collect();
            if query.contains("Status=") && !query.ends_with("Status=") {
                assert_eq!(letters.join(" "), expected, "{query}");
            } else {
                let available: Vec<&str> = letters.into_iter().filter(|letter| !"efg".contains(letter)).collect();
                assert_eq!(available.join(" "), expected, "{query}");
            }
        }
    }
    let all = app.arrange("GET", "/images?PageSize=100", Value::Null).await;
    assert_eq!(all["TotalCount"], 8, "the control plane shows those in the making too");
}

#[actix_web::test]
async fn pages_are_numbered() {
    let app = TestApp::seeded(SEED).await;
    let page = async |query: &str| {
        let reply = app.act(&format!("DescribeImages&RegionId=cn-hangzhou&{query}")).await;
        assert!(reply.get("NextToken").is_none(), "there is none in its contract");
        let images = reply["Images"]["Image"].as_array().unwrap().iter();
        let ids: Vec<&str> = images.map(|image| image["ImageId"].as_str().unwrap()).collect();
        (ids.join(" "), json!([reply["RegionId"], reply["PageNumber"], reply["PageSize"], reply["TotalCount"]]))
    };
    for (query, ids, numbers) in [
        ("", "m-d m-c m-b m-a", json!(["cn-hangzhou", 1, 10, 4])),
        ("PageSize=3", "m-d m-c m-b", json!(["cn-hangzhou", 1, 3, 4])),
        ("PageSize=3&PageNumber=2", "m-a", json!(["cn-hangzhou", 2, 3, 4])),
        ("PageSize=3&PageNumber=3", "", json!(["cn-hangzhou", 3, 3, 4])),
    ] {
        assert_eq!(page(query).await, (ids.to_owned(), numbers), "{query}");
    }
}

#[actix_web::test]
async fn what_an_entry_says_is_shown() {
    let app = TestApp::empty().await;
    let reply: Value = serde_json::from_str(include_str!("../../../admin/replies/images.json")).unwrap();
    let pasted = &reply["Images"]["Image"][0];
    app.arrange("POST", "/state", reply.clone()).await;
    let shown = shown(&app, "m-pasted").await;
    for (name, value) in pasted.as_object().unwrap() {
        match name.as_str() {
            // Nothing was detected, it has no instance, and times have seconds.
            "DetectionOptions" => assert!(shown.get(name).is_none()),
            "Usage" => assert_eq!(shown[name], "none"),
            "CreationTime" => assert_eq!(shown[name], "2026-01-02T03:04:00Z"),
            _ => assert_eq!(shown[name], *value, "{name}"),
        }
    }
}

#[actix_web::test]
async fn a_call_that_is_tried_shows_nothing() {
    let app = TestApp::seeded(SEED).await;
    let fault = app.refused("DescribeImages&RegionId=cn-hangzhou&DryRun=true").await;
    assert_eq!((fault.status, fault.code.as_str()), (400, "DryRunOperation"));
    assert_eq!(ids(&app, "DryRun=false").await.len(), 4);
}

#[actix_web::test]
async fn a_whole_reply() {
    golden(SEED, "DescribeImages&RegionId=cn-hangzhou&ImageId=m-a,m-b").await;
}
