//! What holds for any state and any request: the conditions that are told to keep a resource from the list are the smallest set
//! that does, the counts are those of lists, and nothing that almost matches is passed over.

use std::collections::BTreeSet;

use actix_web::rt::System;
use ecs_mock::model::filter::Filter as _;
use ecs_mock::model::kind::Kind;
use ecs_mock::model::paging::Start;
use ecs_mock::model::params::{Params, Reading};
use ecs_mock::model::{auto_snapshot_policy, disk, image, instance, snapshot, snapshot_group};
use ecs_mock::store::{Reads, Table, lists};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::{TestApp, property};

/// Names of parameters, and the values that they have together.
type Asked = Vec<(&'static [&'static str], &'static [&'static [&'static str]])>;

type Pairs = Vec<(String, String)>;

/// Of some kind: its action, the values that fields of resources have, and what requests ask for.
struct Play {
    action: &'static str,
    kind: &'static Kind,
    fields: Vec<(&'static str, Value)>,
    asked: Asked,
    /// What the action asks for if the request does not.
    implied: Option<(&'static str, &'static str)>,
}

const TAG_1: &[&str] = &["Tag.1.Key", "Tag.1.Value"];
const TAG_2: &[&str] = &["Tag.2.Key"];
const CREATED: &[&str] = &["Filter.1.Key", "Filter.1.Value"];
const TIMES: &[&[&str]] = &[&["CreationStartTime", "2026-03-02T00:00Z"], &["CreationEndTime", "2026-03-01T00:00:00Z"]];
const TAGS: &[&[&str]] = &[&["k", "1"], &["k", "2"], &["K", "1"]];
const KEYS: &[&[&str]] = &[&["l"], &["k"]];
const NAMES: &[&[&str]] = &[&["a"], &["A"], &["a "]];

fn common(name: &'static str) -> Vec<(&'static str, Value)> {
    vec![
        ("RegionId", json!(["cn-hangzhou", "cn-hangzhou", "cn-beijing"])),
        ("CreationTime", json!(["2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z"])),
        (name, json!(["a", "A", "b"])),
        ("ResourceGroupId", json!(["rg-1"])),
        ("Tags", json!([{"k": "1"}, {"k": "2", "l": ""}, {"K": "1"}])),
    ]
}

fn snapshots() -> Play {
    let mut fields = common("SnapshotName");
    fields.extend([
        ("SourceDiskId", json!(["d-1", "d-2"])),
        ("Status", json!(["failed", "progressing"])),
        ("Category", json!(["flash", "Standard"])),
        ("Encrypted", json!([true])),
        ("SnapshotType", json!(["auto"])),
        ("Usage", json!(["image"])),
    ]);
    let asked: Asked = vec![
        (&["SnapshotName"], NAMES),
        (&["DiskId"], &[&["d-1"], &["s-1"]]),
        (&["Status"], &[&["failed"], &["all"], &["accomplished"]]),
        (&["Category"], &[&["standard"], &["Flash"]]),
        (&["Encrypted"], &[&["true"], &["false"]]),
        (&["SnapshotType"], &[&["user"], &["auto"], &["all"]]),
        (&["Usage"], &[&["none"], &["image"]]),
        (&["SnapshotIds"], &[&[r#"["x-0","x-1","x-2"]"#], &["[]"]]),
        (TAG_1, TAGS),
        (TAG_2, KEYS),
        (CREATED, TIMES),
    ];
    Play { action: "DescribeSnapshots", kind: &snapshot::KIND, fields, asked, implied: None }
}

fn disks() -> Play {
    let mut fields = common("DiskName");
    fields.extend([
        ("Type", json!(["system", "DATA"])),
        ("Category", json!(["cloud_essd"])),
        ("MultiAttach", json!(["Enabled", "LegacyShared", "Disabled"])),
        ("Portable", json!([true, false])),
        ("OperationLocks", json!([[{"LockReason": "security"}]])),
    ]);
    let asked: Asked = vec![
        (&["DiskName"], NAMES),
        (&["DiskType"], &[&["system"], &["data"], &["all"]]),
        (&["Category"], &[&["cloud"], &["cloud_essd"], &["all"]]),
        (&["MultiAttach", "EnableShared"], &[&["Enabled", "true"], &["Disabled", "false"], &["LegacyShared", ""]]),
        (&["Portable"], &[&["true"], &["FALSE"]]),
        (&["LockReason"], &[&["security"], &["financial"]]),
        (&["EnableAutomatedSnapshotPolicy"], &[&["true"], &["false"]]),
        (&["DiskIds"], &[&[r#"["x-0","x-3"]"#]]),
        (TAG_1, TAGS),
        (TAG_2, KEYS),
        (CREATED, TIMES),
    ];
    Play { action: "DescribeDisks", kind: &disk::KIND, fields, asked, implied: None }
}

fn images() -> Play {
    let mut fields = common("ImageName");
    fields.extend([
        ("Status", json!(["Deprecated", "Creating"])),
        ("Architecture", json!(["arm64"])),
        ("Platform", json!(["Windows"])),
        ("Usable", json!([false])),
        ("IsSupportCloudinit", json!([true])),
        ("SnapshotIds", json!([["s-1"], ["s-1", "s-2"]])),
    ]);
    let asked: Asked = vec![
        (&["ImageName"], &[&["a"], &["*"], &["A*"]]),
        (&["Status"], &[&["Available"], &["Available,Deprecated"], &["ALL"]]),
        (&["Architecture"], &[&["x86_64"]]),
        (&["InstanceType"], &[&["ecs.g8y.large"], &["ecs.g6.large"]]),
        (&["OSType"], &[&["linux"], &["windows"]]),
        (&["Usable"], &[&["true"], &["false"]]),
        (&["IsSupportCloudinit"], &[&["true"], &["false"]]),
        (&["SnapshotId"], &[&["s-1"], &["s-2"]]),
        (&["ImageId"], &[&["x-0,x-1"], &["x-9"]]),
        (&["ImageIds"], &[&[r#"["x-1","x-2"]"#]]),
        (TAG_1, TAGS),
        (&["Filter.2.Key", "Filter.2.Value"], &[&["NetworkType", "vpc"]]),
        (CREATED, TIMES),
    ];
    let implied = Some(("Status", "Available"));
    Play { action: "DescribeImages", kind: &image::KIND, fields, asked, implied }
}

fn instances() -> Play {
    let mut fields = common("InstanceName");
    fields.extend([
        ("Status", json!(["Stopped"])),
        ("InstanceType", json!(["ecs.g6.large"])),
        ("InstanceChargeType", json!(["PrePaid"])),
        ("IoOptimized", json!([false])),
        ("OperationLocks", json!([[{"LockReason": "security"}]])),
        ("ExpiredTime", json!(["2026-04-01T00:00Z"])),
    ]);
    let asked: Asked = vec![
        (&["InstanceName"], &[&["a"], &["*"], &["A*"]]),
        (&["Status"], &[&["Running"], &["Stopped"]]),
        (&["InstanceTypeFamily"], &[&["ecs.g6"]]),
        (&["InstanceChargeType"], &[&["PostPaid"], &["PrePaid"]]),
        (&["IoOptimized"], &[&["true"], &["false"]]),
        (&["LockReason"], &[&["security"]]),
        (&["Ipv6Address.1"], &[&["::1"], &[""], &[""]]),
        (&["InstanceIds"], &[&[r#"["x-0","x-1"]"#]]),
        (TAG_1, TAGS),
        (&["Filter.3.Key", "Filter.3.Value"], &[&["ExpiredEndTime", "2026-05-01T00:00Z"]]),
        (CREATED, TIMES),
    ];
    Play { action: "DescribeInstances", kind: &instance::KIND, fields, asked, implied: None }
}

fn groups() -> Play {
    let mut fields = common("Name");
    fields.push(("SnapshotIds", json!([["s-1"], ["s-2"], ["s-1", "s-2"]])));
    fields.retain(|(name, _)| *name != "RegionId");
    let asked: Asked = vec![
        (&["Name"], NAMES),
        (&["ResourceGroupId"], &[&["rg-1"], &["rg-2"]]),
        (&["Status.1", "Status.3"], &[&["failed", ""], &["accomplished", "failed"]]),
        (&["SnapshotGroupId.1", "SnapshotGroupId.2"], &[&["x-0", "x-3"], &["x-1", ""]]),
        (TAG_1, TAGS),
        (TAG_2, &[&["l"]]),
    ];
    Play { action: "DescribeSnapshotGroups", kind: &snapshot_group::KIND, fields, asked, implied: None }
}

fn policies() -> Play {
    let mut fields = common("AutoSnapshotPolicyName");
    fields.push(("TimePoints", json!([[1], [2]])));
    let asked: Asked = vec![
        (&["AutoSnapshotPolicyName"], NAMES),
        (&["AutoSnapshotPolicyId"], &[&["x-0"], &["x-9"], &[""]]),
        (&["AutoSnapshotPolicyIds"], &[&[r#"["x-0","x-1"]"#]]),
        (&["ResourceGroupId"], &[&["rg-1"], &["rg-2"]]),
        (TAG_1, TAGS),
        (TAG_2, KEYS),
        (CREATED, TIMES),
    ];
    Play { action: "DescribeAutoSnapshotPolicyEx", kind: &auto_snapshot_policy::KIND, fields, asked, implied: None }
}

impl Play {
    /// Resources `x-0` and so on, each with a value of each field or none.
    fn state(&self, chosen: &[Vec<u8>]) -> Value {
        let entries = chosen.iter().enumerate().map(|(number, chosen)| {
            let mut entry = json!({self.kind.id_field: format!("x-{number}")});
            for ((field, values), byte) in self.fields.iter().zip(chosen) {
                let values = values.as_array().unwrap();
                if let Some(value) = values.get(usize::from(*byte) % (values.len() + 1)) {
                    entry[*field] = value.clone();
                }
            }
            if self.kind.number == snapshot_group::KIND.number && entry.get("SnapshotIds").is_none() {
                entry["SnapshotIds"] = json!(["s-1"]);
            }
            entry
        });
        let mut state = json!({self.kind.words: entries.collect::<Vec<_>>()});
        if self.kind.number == snapshot_group::KIND.number {
            state["Snapshots"] = json!([{"SnapshotId": "s-1"}, {"SnapshotId": "s-2", "Status": "failed"}]);
        }
        state
    }

    /// The parameters of a request, some of which ask for something.
    fn request(&self, chosen: &[u8], turn: usize) -> Pairs {
        let mut pairs = Vec::new();
        for ((names, values), byte) in self.asked.iter().zip(chosen) {
            if let Some(values) = values.get(usize::from(*byte) % (3 * values.len())) {
                let named = names.iter().zip(*values);
                pairs.extend(named.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
            }
        }
        pairs.insert(turn % (pairs.len() + 1), ("RegionId".to_owned(), "cn-hangzhou".to_owned()));
        pairs
    }

    /// The parameters with what is implied, as a request would ask for it.
    fn complete(&self, request: &Pairs) -> Pairs {
        let implied = self.implied.filter(|(name, _)| !request.iter().any(|(other, _)| other == name));
        let implied = implied.map(|(name, value)| (name.to_owned(), value.to_owned()));
        request.iter().cloned().chain(implied).collect()
    }
}

/// Without the parameters of these conditions.
fn without(request: &Pairs, conditions: &[&str]) -> Pairs {
    let is_of = |name: &str, condition: &str| {
        name.strip_prefix(condition).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    let stays = |(name, _): &&(String, String)| !conditions.iter().any(|condition| is_of(name, condition));
    request.iter().filter(stays).cloned().collect()
}

/// The ids of what these parameters ask for, in the order of pages.
async fn listed<R: Table>(app: &TestApp, pairs: &Pairs) -> Vec<String> {
    let params = Params::new(pairs.clone());
    let filter = R::Filter::read(&mut Reading::new(&params));
    let sandboxes = &app.app().sandboxes;
    let view = sandboxes.view(&sandboxes.by_name("default").unwrap()).await.unwrap();
    let mut session = app.app().store.read(Reads::One).await.unwrap();
    let page = lists::list::<R>(&mut session, view.scope(), &filter, &Start::Offset(0), 1_000).await.unwrap();
    page.rows.iter().map(|row| row.resource.key().id.to_owned()).collect()
}

fn names(row: &Value) -> Vec<&str> {
    row["Failed"].as_array().unwrap().iter().map(|failed| failed["Name"].as_str().unwrap()).collect()
}

/// Panics unless what is told of this request is what lists say.
async fn check<R: Table>(app: &TestApp, play: &Play, request: &Pairs, size: usize) {
    let all = play.complete(request);
    let query: Vec<String> =
        request.iter().map(|(name, value)| format!("{name}={}", value.replace(' ', "%20"))).collect();
    let asked = |id: Option<String>| json!({"Action": play.action, "Url": query.join("&"), "Id": id});
    let explanation = app.arrange("POST", "/explain", asked(None)).await;
    let reply = app.get(&format!("Action={}&Format=JSON&{}", play.action, query.join("&").replace('"', "%22"))).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    let list = listed::<R>(app, &all).await;
    if let Some(total) = reply.json().get("TotalCount") {
        assert_eq!(explanation["Matching"], *total, "{request:?}");
    }
    assert_eq!(explanation["Matching"], list.len(), "{request:?}");
    assert_eq!(explanation["Total"], size);
    let told: Vec<(&str, &Value)> = explanation["Conditions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|condition| (condition["Name"].as_str().unwrap(), condition))
        .collect();
    for (number, (name, condition)) in told.iter().enumerate() {
        let others: Vec<&str> = told.iter().map(|(name, _)| *name).collect();
        let rest: Vec<&str> = others.iter().copied().filter(|other| other != name && *other != "RegionId").collect();
        assert_eq!(condition["Alone"], listed::<R>(app, &without(&all, &rest)).await.len(), "{name} of {request:?}");
        let left = listed::<R>(app, &without(&all, &others[number + 1..])).await;
        assert_eq!(condition["Left"], left.len(), "{name} of {request:?}");
    }
    let mut near = BTreeSet::new();
    for id in (0..size).map(|number| format!("x-{number}")) {
        let row = app.arrange("POST", "/explain", asked(Some(id.clone()))).await["Row"].clone();
        let failed = names(&row);
        assert_eq!(row["Listed"], list.contains(&id), "{id}: {request:?}");
        assert_eq!(row["Listed"], failed.is_empty(), "{id}: {request:?}");
        // Each set of them, as a number whose bits say which.
        for set in 0..1_usize << failed.len() {
            let gone: Vec<&str> =
                failed.iter().enumerate().filter(|(number, _)| set >> number & 1 == 1).map(|(_, name)| *name).collect();
            let is_listed = listed::<R>(app, &without(&all, &gone)).await.contains(&id);
            assert_eq!(is_listed, gone.len() == failed.len(), "{id} without {gone:?}: {request:?}");
        }
        if failed.len() == 1 {
            near.insert(id);
        }
    }
    let newest: Vec<String> = listed::<R>(app, &Vec::new()).await.into_iter().filter(|id| near.contains(id)).collect();
    let nearest = explanation["Nearest"].as_array().unwrap();
    let nearest: Vec<&str> = nearest.iter().map(|row| row["Id"].as_str().unwrap()).collect();
    assert_eq!(nearest, newest.iter().take(3).collect::<Vec<_>>(), "{request:?}");
}

fn holds<R: Table>(play: &Play) {
    let system = System::new();
    let app = system.block_on(TestApp::empty());
    let rows = vec(vec(any::<u8>(), play.fields.len()), 0..8);
    let requests = vec(vec(any::<u8>(), play.asked.len()), 3);
    let outcome = property(10).run(&(rows, requests), |(rows, requests)| {
        system.block_on(async {
            app.arrange("PUT", "/state", play.state(&rows)).await;
            for (turn, request) in requests.iter().enumerate() {
                check::<R>(&app, play, &play.request(request, turn), rows.len()).await;
            }
            Ok(())
        })
    });
    outcome.unwrap();
}

#[test]
fn the_smallest_set_hides_a_snapshot() {
    holds::<snapshot::Snapshot>(&snapshots());
}

#[test]
fn the_smallest_set_hides_a_disk() {
    holds::<disk::Disk>(&disks());
}

#[test]
fn the_smallest_set_hides_an_image() {
    holds::<image::Image>(&images());
}

#[test]
fn the_smallest_set_hides_an_instance() {
    holds::<instance::Instance>(&instances());
}

#[test]
fn the_smallest_set_hides_a_group() {
    holds::<snapshot_group::SnapshotGroup>(&groups());
}

#[test]
fn the_smallest_set_hides_a_policy() {
    holds::<auto_snapshot_policy::AutoSnapshotPolicy>(&policies());
}
