//! The two replies that the documentation prints, as golden files: the seed reproduces both, with newer fields beside
//! theirs.

use serde_json::Value;

use crate::support::{TestApp, XmlTree, golden};

#[actix_web::test]
async fn the_xml_sample_is_what_cn_hangzhou_begins_with() {
    let app = TestApp::spawn().await;
    let reply = app.get("Action=DescribeSnapshots&RegionId=cn-hangzhou&PageSize=2").await;
    assert_eq!((reply.status, reply.header("content-type")), (200, "text/xml;charset=utf-8"));
    let sample = XmlTree::parse(include_str!("sample.xml").trim());
    assert_holds(&reply.xml(), &sample);
}

/// Panics unless `tree` has all that `sample` has, as often.
fn assert_holds(tree: &XmlTree, sample: &XmlTree) {
    assert_eq!((&tree.name, &tree.text), (&sample.name, &sample.text));
    for name in sample.children.iter().map(|child| &child.name) {
        let of = |tree: &XmlTree| tree.children.iter().filter(|child| child.name == *name).cloned().collect::<Vec<_>>();
        let (ours, theirs) = (of(tree), of(sample));
        assert_eq!(ours.len(), theirs.len(), "{name}");
        ours.iter().zip(&theirs).for_each(|(ours, theirs)| assert_holds(ours, theirs));
    }
}

#[actix_web::test]
async fn the_json_sample_is_what_cn_qingdao_begins_with() {
    let app = TestApp::spawn().await;
    let reply = app.get("Action=DescribeSnapshots&RegionId=cn-qingdao&PageSize=2&Format=JSON").await;
    assert_eq!((reply.status, reply.header("content-type")), (200, "application/json;charset=utf-8"));
    let mut merged = reply.json();
    let sample: Value = serde_json::from_str(include_str!("sample.json")).unwrap();
    merge(&mut merged, &sample);
    assert_eq!(reply.json(), merged, "laying the sample over the reply changes nothing");
}

fn merge(reply: &mut Value, sample: &Value) {
    match (reply, sample) {
        (Value::Object(reply), Value::Object(sample)) => {
            for (name, value) in sample {
                merge(reply.entry(name.clone()).or_insert(Value::Null), value);
            }
        }
        (Value::Array(reply), Value::Array(sample)) => {
            assert_eq!(reply.len(), sample.len());
            reply.iter_mut().zip(sample).for_each(|(reply, sample)| merge(reply, sample));
        }
        (reply, sample) => *reply = sample.clone(),
    }
}

#[actix_web::test]
async fn a_whole_reply() {
    let document = "Snapshots:
           - {SnapshotId: s-1, SnapshotName: first, Tags: {a: b, c: ''}, KMSKeyId: k, RetentionDays: 7, SnapshotLinkId: sl-1}
           - {SnapshotId: s-2, ReadyTime: 2026-03-15T12:01:00Z}";
    golden(document, "DescribeSnapshots&RegionId=cn-hangzhou&MaxResults=10").await;
}
