//! Whatever door tags are written through, everything that tells of them says what a naive model says.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::rt::System;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Value, json};
use sqlx::ConnectOptions as _;

use crate::support::{TestApp, property};

/// Words of types and kinds: the number of the kind, ResourceType, the path, the list of documents, the field of the id, the
/// prefix of ids, and the name in counts.
const KINDS: [(i64, &str, &str, &str, &str, &str, &str); 4] = [
    (2, "instance", "instances", "Instances", "InstanceId", "i-", "Instance"),
    (1, "disk", "disks", "Disks", "DiskId", "d-", "Disk"),
    (0, "snapshot", "snapshots", "Snapshots", "SnapshotId", "s-", "Snapshot"),
    (3, "image", "images", "Images", "ImageId", "m-", "Image"),
];

/// Ids of each kind, few, so that changes meet. The last one is in another region.
const IDS: usize = 4;

const KEYS: [&str; 5] = ["a", "A", "b", "é \"q\"", "c"];
const VALUES: [&str; 4] = ["", "1", "2", "\\"];

type Tags = BTreeMap<String, String>;

/// By number of the kind in [`KINDS`] and id.
type Model = BTreeMap<(usize, String), (String, Tags)>;

#[derive(Debug, Clone)]
enum Step {
    /// TagResources, or AddTags of one.
    Give {
        kind: usize,
        ids: Vec<usize>,
        tags: Tags,
        is_old: bool,
    },
    /// UntagResources by keys, or RemoveTags of one.
    Take {
        kind: usize,
        ids: Vec<usize>,
        keys: Vec<&'static str>,
        is_old: bool,
    },
    TakeAll {
        kind: usize,
        ids: Vec<usize>,
    },
    Create {
        disk: usize,
        tags: Tags,
    },
    Patch {
        kind: usize,
        id: usize,
        tags: BTreeMap<String, Option<String>>,
    },
    PatchMany {
        kind: usize,
        tags: BTreeMap<String, Option<String>>,
    },
    Merge {
        kind: usize,
        id: usize,
        tags: Tags,
    },
    Delete {
        kind: usize,
        id: usize,
    },
}

fn id(kind: usize, number: usize) -> String {
    format!("{}{number}", KINDS[kind].5)
}

fn region(number: usize) -> &'static str {
    if number + 1 == IDS { "cn-beijing" } else { "cn-hangzhou" }
}

fn tags() -> impl Strategy<Value = Tags> {
    vec((select(KEYS.to_vec()), select(VALUES.to_vec())), 1..4)
        .prop_map(|tags| tags.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect())
}

/// Tags of a document, which may have those of the service too.
fn any_tags() -> impl Strategy<Value = Tags> {
    (tags(), any::<bool>()).prop_map(|(mut tags, is_system)| {
        if is_system {
            tags.insert("acs:ecs:createFrom".to_owned(), "i-1".to_owned());
        }
        tags
    })
}

fn patch() -> impl Strategy<Value = BTreeMap<String, Option<String>>> {
    vec((select(KEYS.to_vec()), prop::option::of(select(VALUES.to_vec()))), 1..3)
        .prop_map(|tags| tags.into_iter().map(|(key, value)| (key.to_owned(), value.map(str::to_owned))).collect())
}

fn step() -> impl Strategy<Value = Step> {
    let kind = || 0..KINDS.len();
    let ids = || subsequence((0..IDS).collect::<Vec<_>>(), 1..=2);
    let keys = || subsequence(KEYS.to_vec(), 1..=3);
    prop_oneof![
        6 => (kind(), ids(), tags(), any::<bool>())
            .prop_map(|(kind, ids, tags, is_old)| Step::Give { kind, ids, tags, is_old }),
        3 => (kind(), ids(), keys(), any::<bool>())
            .prop_map(|(kind, ids, keys, is_old)| Step::Take { kind, ids, keys, is_old }),
        3 => (kind(), ids()).prop_map(|(kind, ids)| Step::TakeAll { kind, ids }),
        3 => (0..IDS, tags()).prop_map(|(disk, tags)| Step::Create { disk, tags }),
        3 => (kind(), 0..IDS, patch()).prop_map(|(kind, id, tags)| Step::Patch { kind, id, tags }),
        1 => (kind(), patch()).prop_map(|(kind, tags)| Step::PatchMany { kind, tags }),
        4 => (kind(), 0..IDS, any_tags()).prop_map(|(kind, id, tags)| Step::Merge { kind, id, tags }),
        1 => (kind(), 0..IDS).prop_map(|(kind, id)| Step::Delete { kind, id }),
    ]
}

fn encoded(text: &str) -> String {
    crate::support::percent_encoded(text)
}

fn as_parameters(tags: &Tags) -> String {
    let pairs = tags.iter().enumerate().map(|(number, (key, value))| {
        format!("Tag.{n}.Key={}&Tag.{n}.Value={}", encoded(key), encoded(value), n = number + 1)
    });
    pairs.collect::<Vec<_>>().join("&")
}

fn is_clash(left: &str, right: &str) -> bool {
    left != right && left.to_lowercase() == right.to_lowercase()
}

/// What tags a resource has afterwards; `None` if that is refused.
fn given(own: &Tags, tags: &Tags) -> Option<Tags> {
    let mut own = own.clone();
    for (key, value) in tags {
        if !own.contains_key(key) && own.keys().chain(tags.keys()).any(|other| is_clash(other, key)) {
            return None;
        }
        own.insert(key.clone(), value.clone());
    }
    tags.keys().all(|key| tags.keys().all(|other| !is_clash(other, key))).then_some(own)
}

fn patched(own: &mut Tags, patch: &BTreeMap<String, Option<String>>) {
    for (key, value) in patch {
        match value {
            Some(value) => own.insert(key.clone(), value.clone()),
            None => own.remove(key),
        };
    }
}

/// The resources of these ids, all in cn-hangzhou; `None` if one of them is not there.
fn named(model: &Model, kind: usize, ids: &[usize]) -> Option<Vec<(usize, String)>> {
    let keys: Vec<(usize, String)> = ids.iter().map(|number| (kind, id(kind, *number))).collect();
    let is_there = |key: &(usize, String)| model.get(key).is_some_and(|(region, _)| region == "cn-hangzhou");
    keys.iter().all(is_there).then_some(keys)
}

/// The query of a step on the cloud plane, and what the model is afterwards; `None`: the step is refused.
fn asked(model: &Model, step: &Step) -> Option<(String, Option<Model>)> {
    let with_ids = |action: &str, kind: usize, ids: &[usize]| {
        let ids: Vec<String> =
            ids.iter().enumerate().map(|(n, number)| format!("ResourceId.{}={}", n + 1, id(kind, *number))).collect();
        format!("{action}&RegionId=cn-hangzhou&ResourceType={}&{}", KINDS[kind].1, ids.join("&"))
    };
    let with_one = |action: &str, kind: usize, one: usize| {
        format!("{action}&RegionId=cn-hangzhou&ResourceType={}&ResourceId={}", KINDS[kind].1, id(kind, one))
    };
    let change = |kind: usize, ids: &[usize], change: &dyn Fn(&Tags) -> Option<Tags>| {
        let mut after = model.clone();
        for key in named(model, kind, ids)? {
            let (_, own) = after.get_mut(&key)?;
            *own = change(own)?;
        }
        Some(after)
    };
    let without = |own: &Tags, is_named: &dyn Fn(&str) -> bool| {
        let mut own = own.clone();
        own.retain(|key, _| key.starts_with("acs:") || !is_named(key));
        Some(own)
    };
    Some(match step {
        Step::Give { kind, ids, tags, is_old } => {
            let ids = if *is_old { &ids[..1] } else { ids };
            let base = if *is_old { with_one("AddTags", *kind, ids[0]) } else { with_ids("TagResources", *kind, ids) };
            (format!("{base}&{}", as_parameters(tags)), change(*kind, ids, &|own| given(own, tags)))
        }
        Step::Take { kind, ids, keys, is_old } => {
            let ids = if *is_old { &ids[..1] } else { ids };
            let after = change(*kind, ids, &|own| without(own, &|key| keys.contains(&key)));
            let base =
                if *is_old { with_one("RemoveTags", *kind, ids[0]) } else { with_ids("UntagResources", *kind, ids) };
            let named = keys.iter().enumerate().map(|(n, key)| {
                let n = n + 1;
                if *is_old { format!("Tag.{n}.Key={}", encoded(key)) } else { format!("TagKey.{n}={}", encoded(key)) }
            });
            (format!("{base}&{}", named.collect::<Vec<_>>().join("&")), after)
        }
        Step::TakeAll { kind, ids } => {
            let after = change(*kind, ids, &|own| without(own, &|_| true));
            (format!("{}&All=true", with_ids("UntagResources", *kind, ids)), after)
        }
        _ => return None,
    })
}

async fn take(app: &TestApp, model: &mut Model, step: &Step) -> Result<(), TestCaseError> {
    if let Some((query, after)) = asked(model, step) {
        let reply = app.get(&format!("Action={query}&Format=JSON")).await;
        prop_assert_eq!(reply.status == 200, after.is_some(), "{}: {}", query, reply.body);
        prop_assert!(reply.status < 500, "{}: {}", query, reply.body);
        if let Some(after) = after {
            *model = after;
        }
        return Ok(());
    }
    match step {
        Step::Create { disk, tags } => {
            let disk_id = id(1, *disk);
            let reply =
                app.get(&format!("Action=CreateSnapshot&DiskId={disk_id}&{}&Format=JSON", as_parameters(tags))).await;
            let region = model.get(&(1, disk_id)).map(|(region, _)| region.clone());
            // A disk takes so many at once; that is another test's.
            if let Some(region) = region.filter(|_| reply.status == 200) {
                let snapshot_id = reply.json()["SnapshotId"].as_str().unwrap().to_owned();
                model.insert((2, snapshot_id), (region, tags.clone()));
            }
        }
        Step::Patch { kind, id: number, tags } => {
            let key = (*kind, id(*kind, *number));
            let path = format!("/sandboxes/default/{}/{}", KINDS[*kind].2, key.1);
            let reply = app.control("PATCH", &path, json!({"Tags": tags})).await;
            prop_assert_eq!(reply.status == 200, model.contains_key(&key), "{}", reply.body);
            if let Some((_, own)) = model.get_mut(&key) {
                patched(own, tags);
            }
        }
        Step::PatchMany { kind, tags } => {
            let path = format!("/{}?RegionId=cn-hangzhou", KINDS[*kind].2);
            app.arrange("PATCH", &path, json!({"Tags": tags})).await;
            for ((of_kind, _), (region, own)) in model.iter_mut() {
                if of_kind == kind && region == "cn-hangzhou" {
                    patched(own, tags);
                }
            }
        }
        Step::Merge { kind, id: number, tags } => {
            let (id, region) = (id(*kind, *number), region(*number));
            let mut entry = json!({"RegionId": region, "Tags": tags});
            entry[KINDS[*kind].4] = json!(id);
            app.arrange("POST", "/state", json!({KINDS[*kind].3: [entry]})).await;
            model.insert((*kind, id), (region.to_owned(), tags.clone()));
        }
        Step::Delete { kind, id: number } => {
            let key = (*kind, id(*kind, *number));
            app.control("DELETE", &format!("/sandboxes/default/{}/{}", KINDS[*kind].2, key.1), Value::Null).await;
            model.remove(&key);
        }
        _ => unreachable!("a step of the cloud plane"),
    }
    Ok(())
}

/// All pages of ListTagResources, as (id, key, value).
async fn listed(app: &TestApp, query: &str) -> BTreeSet<(String, String, String)> {
    let (mut pairs, mut count, mut token) = (BTreeSet::new(), 0, String::new());
    loop {
        let reply = app.act(&format!("ListTagResources&RegionId=cn-hangzhou&{query}&NextToken={token}")).await;
        for pair in reply["TagResources"]["TagResource"].as_array().unwrap() {
            let text = |name: &str| pair[name].as_str().unwrap().to_owned();
            pairs.insert((text("ResourceId"), text("TagKey"), text("TagValue")));
            count += 1;
        }
        assert_eq!(pairs.len(), count, "no pair twice");
        let Some(next) = reply["NextToken"].as_str() else { return pairs };
        next.clone_into(&mut token);
    }
}

async fn everything_says_the_same(app: &TestApp, model: &Model) -> Result<(), TestCaseError> {
    let here: Vec<(usize, &String, &Tags)> = model
        .iter()
        .filter(|(_, (region, _))| region == "cn-hangzhou")
        .map(|((kind, id), (_, tags))| (*kind, id, tags))
        .collect();

    // The table.
    let sandboxes = &app.app().sandboxes;
    let state_id = sandboxes.view(&sandboxes.by_name("default").unwrap()).await.unwrap().pointer.state_id;
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(app.app().store.path());
    let mut connection = options.connect().await.unwrap();
    let rows: Vec<(i64, String, String, String, String)> =
        sqlx::query_as("SELECT kind, id, region_id, tag_key, tag_value FROM tag WHERE state_id = ?")
            .bind(state_id)
            .fetch_all(&mut connection)
            .await
            .unwrap();
    let rows: BTreeSet<_> = rows.into_iter().collect();
    let expected: BTreeSet<_> = model
        .iter()
        .flat_map(|((kind, id), (region, tags))| {
            let row = move |(key, value): (&String, &String)| {
                (KINDS[*kind].0, id.clone(), region.clone(), key.clone(), value.clone())
            };
            tags.iter().map(row)
        })
        .collect();
    prop_assert_eq!(rows, expected);

    for (kind, (_, word, ..)) in KINDS.iter().enumerate() {
        for key in KEYS {
            for value in [None].into_iter().chain(VALUES.map(Some)) {
                let has = |tags: &Tags| tags.get(key).is_some_and(|own| value.is_none_or(|value| value == own));
                let with_value = value.map(|value| format!("&Tag.1.Value={}", encoded(value)));
                let query = format!("Tag.1.Key={}{}", encoded(key), with_value.unwrap_or_default());
                let found = here.iter().filter(|(other, _, tags)| *other == kind && has(tags));
                let expected: BTreeSet<(String, String, String)> = found
                    .clone()
                    .flat_map(|(_, id, tags)| {
                        tags.iter().map(|(key, value)| ((*id).clone(), key.clone(), value.clone()))
                    })
                    .collect();
                prop_assert_eq!(&listed(app, &format!("ResourceType={word}&{query}")).await, &expected, "{}", query);
                if *word == "snapshot" {
                    let ids: BTreeSet<String> = app.ids(&format!("{query}&PageSize=100")).await.into_iter().collect();
                    prop_assert_eq!(ids, found.map(|(_, id, _)| (*id).clone()).collect::<BTreeSet<_>>(), "{}", query);
                }
            }
        }
    }

    // Each tag with its counts, and each resource that has any.
    let mut counts = BTreeMap::<(&String, &String), BTreeMap<&str, i64>>::new();
    for (kind, _, tags) in &here {
        for (key, value) in *tags {
            *counts.entry((key, value)).or_default().entry(KINDS[*kind].6).or_default() += 1;
        }
    }
    let reply = app.act("DescribeTags&RegionId=cn-hangzhou&PageSize=100").await;
    let told: Vec<Value> = reply["Tags"]["Tag"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tag| {
            let mut counts = tag["ResourceTypeCount"].as_object().unwrap().clone();
            counts.retain(|_, count| *count != 0);
            json!([tag["TagKey"], tag["TagValue"], counts])
        })
        .collect();
    let expected: Vec<Value> = counts.iter().map(|((key, value), counts)| json!([key, value, counts])).collect();
    prop_assert_eq!(&reply["TotalCount"], expected.len());
    prop_assert_eq!(told, expected);

    let reply = app.act("DescribeResourceByTags&RegionId=cn-hangzhou&PageSize=100").await;
    let told: Vec<(&str, &str)> = reply["Resources"]["Resource"]
        .as_array()
        .unwrap()
        .iter()
        .map(|resource| (resource["ResourceType"].as_str().unwrap(), resource["ResourceId"].as_str().unwrap()))
        .collect();
    let tagged = here.iter().filter(|(.., tags)| !tags.is_empty());
    let expected: Vec<(&str, &str)> = tagged.map(|(kind, id, _)| (KINDS[*kind].1, id.as_str())).collect();
    prop_assert_eq!(told, expected, "all of one time, so by type and id");
    Ok(())
}

#[test]
fn every_door_and_every_question_agree_with_a_naive_model() {
    let system = System::new();
    let app = system.block_on(TestApp::empty());
    let outcome = property(20).run(&vec(step(), 10..40), |steps| {
        system.block_on(async {
            let mut document = json!({});
            let mut model = Model::new();
            for (kind, (_, _, _, list, field, ..)) in KINDS.iter().enumerate() {
                for number in [0, 1, IDS - 1] {
                    document[list] = document[list].as_array().cloned().unwrap_or_default().into();
                    let entry = json!({*field: id(kind, number), "RegionId": region(number)});
                    document[list].as_array_mut().unwrap().push(entry);
                    model.insert((kind, id(kind, number)), (region(number).to_owned(), Tags::new()));
                }
            }
            app.arrange("PUT", "/state", document).await;
            for step in &steps {
                take(&app, &mut model, step).await?;
            }
            everything_says_the_same(&app, &model).await
        })
    });
    outcome.unwrap();
}
