//! Columns that follow from rows of other kinds, tags, links and counts: after any changes they are what the rows say.

use std::collections::BTreeMap;

use actix_web::rt::System;
use ecs_mock::model::kind::Kind;
use ecs_mock::model::kinds::KINDS;
use ecs_mock::store::derived;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};
use sqlx::ConnectOptions as _;

use super::kind;
use crate::support::{NOW, TestApp, property};

/// How many ids of a kind there are: few, so that changes meet.
const IDS: u8 = 4;

#[derive(Debug, Clone)]
enum Step {
    Add(Value),
    Patch(usize, u8, Value),
    Delete(usize, u8),
    PatchMany(usize, Value),
    DeleteMany(usize),
    Merge(Vec<Value>),
    Replace(Vec<Value>),
    Save,
    Restore,
    Fork,
}

fn id(kind: &Kind, number: u8) -> String {
    format!("{}{number}", kind.id_prefix)
}

fn region() -> impl Strategy<Value = Value> {
    prop_oneof![4 => Just(json!("cn-hangzhou")), 1 => Just(json!("cn-beijing"))]
}

/// The id of a resource of a kind, or none.
fn reference(word: &'static str) -> impl Strategy<Value = Value> {
    prop_oneof![1 => Just(Value::Null), 3 => (0..IDS).prop_map(move |number| json!(id(kind(word), number)))]
}

/// Fields of a kind that others depend on, and tags.
fn fields(number: usize) -> BoxedStrategy<Value> {
    let tags = vec((select(vec!["a", "é \"q\"", "c"]), select(vec!["", "1", "\\"])), 0..3)
        .prop_map(|tags| tags.into_iter().collect::<BTreeMap<_, _>>());
    let own = match KINDS[number].word {
        "Snapshot" => (reference("Disk"), reference("Instance"), select(vec!["none", "image", "disk", "image_disk"]))
            .prop_map(|(disk, instance, usage)| json!({"SourceDiskId": disk, "InstanceId": instance, "Usage": usage}))
            .boxed(),
        "Disk" => (reference("Instance"), reference("Snapshot"), select(vec![json!(null), json!("z-1"), json!("z-2")]))
            .prop_map(|(instance, snapshot, zone)| {
                json!({"InstanceId": instance, "SourceSnapshotId": snapshot, "ZoneId": zone})
            })
            .boxed(),
        "Instance" => (select(vec!["z-3", "z-4"]), reference("Image"))
            .prop_map(|(zone, image)| json!({"ZoneId": zone, "ImageId": image}))
            .boxed(),
        "AutoSnapshotPolicy" => (vec(0..IDS, 0..3), vec(1..4_i32, 3))
            .prop_map(|(disks, places)| {
                let disks: Vec<String> = disks.into_iter().map(|number| id(kind("Disk"), number)).collect();
                let places: Value = disks.iter().zip(places).map(|(id, place)| (id.clone(), json!(place))).collect();
                json!({"DiskIds": disks, "Places": places})
            })
            .boxed(),
        "SnapshotGroup" => vec(reference("Snapshot"), 0..3)
            .prop_map(|ids| {
                let ids: Vec<Value> = ids.into_iter().filter(|id| !id.is_null()).collect();
                json!({"SnapshotIds": ids})
            })
            .boxed(),
        _ => vec(reference("Snapshot"), 0..3)
            .prop_map(|ids| {
                let mappings: Vec<Value> = ids.into_iter().map(|id| json!({"SnapshotId": id, "Type": "data"})).collect();
                json!({"DiskDeviceMappings": mappings})
            })
            .boxed(),
    };
    let expiration = select(vec![json!(null), json!("2030-01-01T00:00:00Z")]);
    (own, tags, expiration)
        .prop_map(move |(mut own, tags, expiration)| {
            own["Tags"] = json!(tags);
            if KINDS[number].word == "Snapshot" {
                own["ExpirationTime"] = expiration;
            }
            own
        })
        .boxed()
}

/// A patch: some of the fields.
fn patch(number: usize) -> impl Strategy<Value = Value> {
    (fields(number), region(), vec(any::<bool>(), 6)).prop_map(|(mut fields, region, keep)| {
        fields["RegionId"] = region;
        let fields = fields.as_object().unwrap().clone().into_iter().zip(keep);
        fields.filter(|(_, keep)| *keep).map(|(field, _)| field).collect()
    })
}

/// A document of one entry.
fn entry() -> impl Strategy<Value = Value> {
    (0..KINDS.len()).prop_flat_map(|number| {
        (fields(number), region(), 0..IDS, 0..3_i64).prop_map(move |(mut entry, region, own, age)| {
            entry[KINDS[number].id_field] = json!(id(KINDS[number], own));
            entry["RegionId"] = region;
            entry["CreationTime"] = json!(NOW.plus(-age).to_string());
            json!({KINDS[number].words: [entry]})
        })
    })
}

fn step() -> impl Strategy<Value = Step> {
    let of_kind = || 0..KINDS.len();
    let patch = || of_kind().prop_flat_map(|number| patch(number).prop_map(move |patch| (number, patch)));
    prop_oneof![
        10 => entry().prop_map(Step::Add),
        6 => (patch(), 0..IDS).prop_map(|((number, patch), id)| Step::Patch(number, id, patch)),
        3 => (of_kind(), 0..IDS).prop_map(|(number, id)| Step::Delete(number, id)),
        1 => patch().prop_map(|(number, patch)| Step::PatchMany(number, patch)),
        1 => of_kind().prop_map(Step::DeleteMany),
        2 => vec(entry(), 1..8).prop_map(Step::Merge),
        1 => vec(entry(), 1..8).prop_map(Step::Replace),
        1 => Just(Step::Save),
        1 => Just(Step::Restore),
        1 => Just(Step::Fork),
    ]
}

/// One document of several, of each id the last.
fn together(documents: &[Value]) -> Value {
    let mut all = json!({});
    for kind in KINDS {
        let entries = documents.iter().filter_map(|document| document[kind.words].as_array()).flatten();
        let by_id: BTreeMap<&str, &Value> =
            entries.map(|entry| (entry[kind.id_field].as_str().unwrap(), entry)).collect();
        all[kind.words] = by_id.into_values().cloned().collect();
    }
    all
}

async fn take(app: &TestApp, step: &Step) -> Result<(), TestCaseError> {
    let all = |number: &usize| format!("/{}", KINDS[*number].path);
    let one = |number: &usize, own: &u8| format!("{}/{}", all(number), id(KINDS[*number], *own));
    let some = |number: &usize| format!("{}?RegionId=cn-hangzhou", all(number));
    let (method, path, body) = match step {
        Step::Add(document) => {
            let number = KINDS.iter().position(|kind| document.get(kind.words).is_some()).unwrap();
            ("POST", all(&number), document[KINDS[number].words][0].clone())
        }
        Step::Patch(number, own, patch) => ("PATCH", one(number, own), patch.clone()),
        Step::Delete(number, own) => ("DELETE", one(number, own), Value::Null),
        Step::PatchMany(number, patch) => ("PATCH", some(number), patch.clone()),
        Step::DeleteMany(number) => ("DELETE", some(number), Value::Null),
        Step::Merge(documents) => ("POST", "/state".to_owned(), together(documents)),
        Step::Replace(documents) => ("PUT", "/state".to_owned(), together(documents)),
        Step::Save => ("PUT", "/checkpoints/c".to_owned(), Value::Null),
        Step::Restore => ("POST", "/checkpoints/c/restore".to_owned(), Value::Null),
        Step::Fork => {
            app.control("DELETE", "/sandboxes/fork", Value::Null).await;
            app.sandbox("fork", json!({"Sandbox": "a"})).await;
            return everything_follows(app, "fork").await;
        }
    };
    // Some of these are refused, since what they name is not there, or is there already: that is fine too.
    let reply = app.control(method, &format!("/sandboxes/a{path}"), body).await;
    prop_assert!(reply.status < 500, "{:?}: {}", step, reply.body);
    Ok(())
}

/// Nothing changes when it is worked out anew, and nothing names an instance that is not there in its region.
async fn everything_follows(app: &TestApp, sandbox: &str) -> Result<(), TestCaseError> {
    let sandbox = app.app().sandboxes.by_name(sandbox).unwrap();
    let state_id = app.app().sandboxes.view(&sandbox).await.unwrap().pointer.state_id;
    let mut writer = app.app().store.write().await.unwrap();
    let changed = derived::recompute_state(&mut writer, state_id).await.unwrap();
    prop_assert_eq!(changed, 0);
    for kind in KINDS {
        // Also where the state as a whole would not be looked at.
        let changed = derived::recompute(&mut writer, kind, state_id, None).await.unwrap();
        prop_assert_eq!(changed, 0, "{:?}", kind);
    }
    let dangling = derived::dangling(&mut writer, state_id, 1).await.unwrap();
    prop_assert!(dangling.is_empty(), "{:?}", dangling);
    writer.rollback().await;
    Ok(())
}

/// `tag`, `link` and `resource_count` have what the rows say, and nothing else; a snapshot goes when its entry and the images
/// say, and a group with its snapshots.
async fn lookups_follow(app: &TestApp) -> Result<(), TestCaseError> {
    let of_kinds =
        |sql: &dyn Fn(&Kind) -> String| KINDS.iter().map(|kind| sql(kind)).collect::<Vec<_>>().join(" UNION ALL ");
    let tags_held = of_kinds(&|kind| {
        format!(
            "SELECT state_id, {}, key, region_id, reverse_time, {table}.id, value, expiration_time
             FROM {table}, json_each(body, '$.Tags')",
            kind.number,
            table = kind.table
        )
    });
    let tags = "SELECT state_id, kind, tag_key, region_id, reverse_time, id, tag_value, expiration_time FROM tag";
    let links_held = "SELECT state_id, 1, id, json_extract(body, '$.SourceSnapshotId') FROM disk
         WHERE json_extract(body, '$.SourceSnapshotId') IS NOT NULL
         UNION SELECT state_id, 2, id, json_extract(body, '$.ImageId') FROM instance
         WHERE json_extract(body, '$.ImageId') IS NOT NULL
         UNION SELECT state_id, 3, image.id, json_extract(value, '$.SnapshotId')
         FROM image, json_each(body, '$.DiskDeviceMappings') WHERE json_extract(value, '$.SnapshotId') IS NOT NULL
         UNION SELECT state_id, 5, policy.id, value FROM auto_snapshot_policy AS policy, json_each(body, '$.DiskIds')
         UNION SELECT state_id, 4, snapshot_group.id, value FROM snapshot_group, json_each(body, '$.SnapshotIds')";
    let links = "SELECT state_id, kind, id, linked_id FROM link";
    // Of what bodies say: links and derived columns are not asked.
    let expirations_held = "SELECT state_id, id, CASE WHEN (state_id, id) NOT IN (
             SELECT state_id, json_extract(value, '$.SnapshotId') FROM image, json_each(body, '$.DiskDeviceMappings')
             WHERE json_extract(value, '$.SnapshotId') IS NOT NULL
         ) THEN stated_expiration_time END FROM snapshot";
    let expirations = "SELECT state_id, id, expiration_time FROM snapshot";
    // A group goes with the last of its snapshots; without any it has gone before all time.
    let groups_held = format!(
        "WITH gone (state_id, id, time) AS ({expirations_held})
         SELECT state_id, id, (
             SELECT CASE WHEN count(*) = count(time) THEN coalesce(max(time), -62167219201) END
             FROM json_each(body, '$.SnapshotIds') AS member
             JOIN gone ON gone.state_id = snapshot_group.state_id AND gone.id = member.value
         ) FROM snapshot_group"
    );
    let groups = "SELECT state_id, id, expiration_time FROM snapshot_group";
    let counted =
        of_kinds(&|kind| format!("SELECT state_id, {}, count(*) FROM {} GROUP BY state_id", kind.number, kind.table));
    let counts = "SELECT state_id, kind, count FROM resource_count WHERE count <> 0";
    let counted_tags = "SELECT state_id, kind, count(*) FROM tag GROUP BY state_id, kind";
    let tag_counts = "SELECT state_id, kind, tags FROM resource_count WHERE tags <> 0";
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(app.app().store.path());
    let mut connection = options.connect().await.unwrap();
    for (these, those) in [
        (tags_held.as_str(), tags),
        (links_held, links),
        (expirations_held, expirations),
        (&groups_held, groups),
        (&counted, counts),
        (counted_tags, tag_counts),
    ] {
        for (these, those) in [(these, those), (those, these)] {
            let missing = format!("SELECT count(*) FROM (SELECT * FROM ({these}) EXCEPT SELECT * FROM ({those}))");
            let missing = sqlx::query_scalar(sqlx::AssertSqlSafe(missing));
            let missing: i64 = missing.fetch_one(&mut connection).await.unwrap();
            prop_assert_eq!(missing, 0, "in {} but not in {}", these, those);
        }
    }
    Ok(())
}

#[test]
fn after_any_changes_everything_is_as_if_it_were_worked_out_anew() {
    let system = System::new();
    let app = system.block_on(TestApp::empty());
    let outcome = property(25).run(&vec(step(), 15..60), |steps| {
        system.block_on(async {
            app.control("DELETE", "/sandboxes/a", Value::Null).await;
            app.sandbox("a", json!("empty")).await;
            let instances: Vec<Value> =
                (0..3).map(|number| json!({"InstanceId": id(kind("Instance"), number)})).collect();
            let disks: Vec<Value> = (0..2).map(|number| json!({"DiskId": id(kind("Disk"), number)})).collect();
            app.control("PUT", "/sandboxes/a/state", json!({"Instances": instances, "Disks": disks})).await;
            for step in &steps {
                take(&app, step).await?;
                everything_follows(&app, "a").await?;
            }
            lookups_follow(&app).await
        })
    });
    outcome.unwrap();
}
