//! One resource: what is shown of it, and what forms make of it.

use serde_json::{Value, json};

use super::{led, open, page, post, text};
use crate::support::TestApp;

async fn seeded() -> TestApp {
    TestApp::seeded(
        "{Snapshots: [{SnapshotId: s-1, SnapshotName: nightly, SourceDiskId: d-1, Tags: {env: prod}}],
          Disks: [{DiskId: d-1}], Images: [{ImageId: m-1, SnapshotIds: [s-1]}]}",
    )
    .await
}

#[actix_web::test]
async fn it_shows_what_it_is_and_what_it_hangs_on() {
    let app = seeded().await;
    let body = page(&app, "/s/default/snapshots/s-1").await;
    assert_eq!(text(&body, "h1"), "Snapshot s-1");
    for (field, value) in [("SnapshotName", "nightly"), ("Usage", "image"), ("Status", "accomplished")] {
        let row = body.split(&format!("<tr data-id=\"{field}\">")).nth(1).unwrap_or_else(|| panic!("no {field}"));
        assert_eq!(text(row, "td"), value, "{field}");
    }
    for link in [
        "/_mock/console/s/default/disks/d-1",
        "/_mock/console/s/default/images?SnapshotId=s-1&#38;RegionId=cn-hangzhou",
        "/_mock/console/s/default/snapshots?Tag.1.Key=env&#38;Tag.1.Value=prod",
    ] {
        assert!(body.contains(&format!("href=\"{link}\"")), "{link}: {body}");
    }
    let disk = page(&app, "/s/default/disks/d-1").await;
    assert!(disk.contains("/_mock/console/s/default/snapshots?DiskId=d-1&#38;RegionId=cn-hangzhou"), "{disk}");
}

#[actix_web::test]
async fn a_form_changes_the_fields_that_it_has_and_no_others() {
    let app = seeded().await;
    let before = app.entry("snapshots/s-1").await;
    let fields =
        [("SnapshotName", "weekly"), ("RetentionDays", "7"), ("Encrypted", "true"), ("Tags", "{\"a\": \"b\"}")];
    let reply = post(&app, "/s/default/snapshots/s-1", &fields).await;
    assert_eq!(led(&reply), "/s/default/snapshots/s-1");
    let mut expected = before.clone();
    json_patch(&mut expected, &json!({"SnapshotName": "weekly", "RetentionDays": 7, "Encrypted": true}));
    expected["Tags"] = json!({"a": "b"});
    assert_eq!(app.entry("snapshots/s-1").await, expected);
    // An empty field is one that it does not have.
    post(&app, "/s/default/snapshots/s-1", &[("RetentionDays", ""), ("Tags", "")]).await;
    let after = app.entry("snapshots/s-1").await;
    assert!(after["RetentionDays"].is_null() && after["Tags"].is_null(), "{after}");
}

fn json_patch(value: &mut Value, patch: &Value) {
    for (name, field) in patch.as_object().unwrap() {
        value[name] = field.clone();
    }
}

/// The fields of the form for editing, as the page has them.
fn sent_back(page: &str) -> Vec<(String, String)> {
    let form = page.split("id=\"edit\"").nth(1).unwrap().split("</form>").next().unwrap();
    let decoded = |text: &str| {
        let signs = [("&#34;", "\""), ("&#39;", "'"), ("&#60;", "<"), ("&#62;", ">"), ("&#38;", "&")];
        signs.iter().fold(text.to_owned(), |text, (written, sign)| text.replace(written, sign))
    };
    let attribute = |tag: &str, name: &str| Some(decoded(tag.split(&format!(" {name}=\"")).nth(1)?.split('"').next()?));
    let mut fields = Vec::new();
    for tag in form.split('<') {
        let Some(name) = attribute(tag, "name") else { continue };
        let value = match () {
            () if tag.starts_with("textarea") => decoded(tag.split_once('>').unwrap().1),
            () if tag.starts_with("select") => {
                let options =
                    form.split(&format!("name=\"{name}\"")).nth(1).unwrap().split("</select>").next().unwrap();
                let selected = options.split("<option").find(|option| option.contains(" selected")).unwrap();
                attribute(selected, "value")
                    .unwrap_or_else(|| decoded(selected.split_once('>').unwrap().1.split('<').next().unwrap()))
            }
            () => attribute(tag, "value").unwrap_or_default(),
        };
        fields.push((name, value));
    }
    fields
}

#[actix_web::test]
async fn a_form_that_is_sent_back_as_it_is_changes_nothing() {
    let app = TestApp::seeded(
        "{Snapshots: [{SnapshotId: s-1, SourceDiskId: d-1, Tags: {env: prod, \"a b\": \"<&>\"}, Lock: {LockMode: compliance,
            LockDuration: 3}}],
          Instances: [{InstanceId: i-1, Cpu: 2}], Disks: [{DiskId: d-1, InstanceId: i-1}],
          Images: [{ImageId: m-1, SnapshotIds: [s-1]}], SnapshotGroups: [{SnapshotGroupId: ssg-1, SnapshotIds: [s-1]}],
          AutoSnapshotPolicies: [{AutoSnapshotPolicyId: sp-1, TimePoints: [1], RepeatWeekdays: [1, 3], DiskIds: [d-1]}]}",
    )
    .await;
    for path in [
        "snapshots/s-1",
        "disks/d-1",
        "instances/i-1",
        "images/m-1",
        "snapshot-groups/ssg-1",
        "auto-snapshot-policies/sp-1",
    ] {
        let before = app.entry(path).await;
        let fields = sent_back(&page(&app, &format!("/s/default/{path}")).await);
        assert!(fields.len() > 5, "{fields:?}");
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let reply = post(&app, &format!("/s/default/{path}"), &fields).await;
        assert_eq!(led(&reply), format!("/s/default/{path}"), "{}", reply.body);
        assert!(
            reply.header("set-cookie").starts_with("ecs-mock-message=Nothing%20has%20changed"),
            "{path}: {fields:?}"
        );
        assert_eq!(app.entry(path).await, before);
    }
}

#[actix_web::test]
async fn of_two_who_edit_the_same_the_second_is_told() {
    let app = seeded().await;
    let version = |page: &str| {
        let forms = page.split("name=\"form-version\" value=\"").skip(1);
        let versions: Vec<String> = forms.map(|rest| rest.split('"').next().unwrap().to_owned()).collect();
        assert_eq!(versions.len(), 2, "one to pin, one to edit: {page}");
        assert_eq!(versions[0], versions[1]);
        versions[0].clone()
    };
    let shown = version(&page(&app, "/s/default/snapshots/s-1").await);
    let first = [("form-version", shown.as_str()), ("SnapshotName", "theirs"), ("Description", "")];
    assert_eq!(led(&post(&app, "/s/default/snapshots/s-1", &first).await), "/s/default/snapshots/s-1");
    let second = [("form-version", shown.as_str()), ("SnapshotName", "nightly"), ("Description", "mine")];
    let refused = post(&app, "/s/default/snapshots/s-1", &second).await;
    assert_eq!(refused.status, 412, "{}", refused.body);
    let alert = refused.body.split("role=\"alert\"").nth(1).unwrap().split("</p>").next().unwrap();
    assert!(alert.contains("somebody else has changed it"), "{alert}");
    assert!(refused.body.contains("<bdi>theirs</bdi>") && refused.body.contains("value=\"mine\""), "{}", refused.body);
    assert_eq!(app.entry("snapshots/s-1").await["SnapshotName"], "theirs");
    assert!(app.entry("snapshots/s-1").await["Description"].is_null());
    // Who has read that, and sends it again, means it. A tag is a field like others, and what the form lacks is none.
    let again = [("form-version", version(&refused.body)), ("Description", "mine".to_owned())];
    let again = again.each_ref().map(|(name, value)| (*name, value.as_str()));
    led(&post(&app, "/s/default/snapshots/s-1", &again).await);
    assert_eq!(app.entry("snapshots/s-1").await["Description"], "mine");
    let shown = version(&page(&app, "/s/default/snapshots/s-1").await);
    app.arrange("PATCH", "/snapshots/s-1", json!({"Tags": {"env": "test"}})).await;
    let pin = [("form-version", shown.as_str()), ("Status", "failed")];
    assert_eq!(post(&app, "/s/default/snapshots/s-1", &pin).await.status, 412);
}

#[actix_web::test]
async fn a_status_is_pinned_and_let_go() {
    let app = seeded().await;
    post(&app, "/s/default/snapshots/s-1", &[("Status", "failed"), ("Progress", "37")]).await;
    assert_eq!(app.describe("SnapshotIds=[\"s-1\"]").await["Snapshots"]["Snapshot"][0]["Status"], "failed");
    let body = page(&app, "/s/default/snapshots/s-1").await;
    let row = body.split("<tr data-id=\"Status\">").nth(1).unwrap();
    assert_eq!(text(row, "td"), "failed, pinned");
    post(&app, "/s/default/snapshots/s-1", &[("Status", ""), ("Progress", "")]).await;
    assert_eq!(app.describe("SnapshotIds=[\"s-1\"]").await["Snapshots"]["Snapshot"][0]["Status"], "accomplished");
    // Time makes nothing of a disk that could be pinned.
    let disk = page(&app, "/s/default/disks/d-1").await;
    assert!(!disk.contains("id=\"pin\"") && !disk.contains("pinned"), "{disk}");
}

#[actix_web::test]
async fn what_is_refused_is_told_beside_what_was_filled_in() {
    let app = seeded().await;
    let before = app.entry("snapshots/s-1").await;
    for (field, value) in [("RetentionDays", "soon"), ("CreationTime", "today"), ("Tags", "{"), ("SnapshotId", "s-2")] {
        let reply = post(&app, "/s/default/snapshots/s-1", &[(field, value), ("Description", "kept")]).await;
        assert_eq!(reply.status, 400, "{field}");
        let alert = reply.body.split("role=\"alert\"").nth(1).unwrap().split("</p>").next().unwrap();
        assert!(alert.contains(field), "{field}: {alert}");
        assert!(reply.body.contains("value=\"kept\""), "{field}: what was typed is still there");
    }
    assert_eq!(app.entry("snapshots/s-1").await, before);
}

#[actix_web::test]
async fn a_pin_that_is_refused_leaves_the_other_form_as_the_entry_is() {
    let app = seeded().await;
    let pinned = [("Status", "failed"), ("Progress", "abc")];
    let refused = post(&app, "/s/default/snapshots/s-1", &pinned).await;
    assert_eq!(refused.status, 400, "{}", refused.body);
    for field in [
        "id=\"e-SnapshotName\" name=\"SnapshotName\" value=\"nightly\"",
        "id=\"pin-Progress\" name=\"Progress\" value=\"abc\"",
    ] {
        assert!(refused.body.contains(field), "{field}: {}", refused.body);
    }
}

#[actix_web::test]
async fn ends_of_lines_that_a_field_cannot_show_stay_where_nobody_changes_it() {
    let app = TestApp::seeded("{Snapshots: [{SnapshotId: s-1, Description: \"one\\ntwo\"}]}").await;
    post(&app, "/s/default/snapshots/s-1", &[("Description", "onetwo"), ("SnapshotName", "new")]).await;
    let entry = app.entry("snapshots/s-1").await;
    assert_eq!((&entry["Description"], &entry["SnapshotName"]), (&json!("one\ntwo"), &json!("new")));
    post(&app, "/s/default/snapshots/s-1", &[("Description", "onethree")]).await;
    assert_eq!(app.entry("snapshots/s-1").await["Description"], json!("onethree"));
}

#[actix_web::test]
async fn one_is_deleted_and_one_is_added() {
    let app = seeded().await;
    assert_eq!(led(&post(&app, "/s/default/images/m-1/delete", &[]).await), "/s/default/images");
    assert_eq!(open(&app, "/s/default/images/m-1").await.status, 404);
    assert_eq!(post(&app, "/s/default/images/m-1/delete", &[]).await.status, 404);
    let fields = [("ImageId", "m-2"), ("ImageName", "new"), ("SnapshotIds", "[\"s-1\"]"), ("Status", "")];
    assert_eq!(led(&post(&app, "/s/default/images", &fields).await), "/s/default/images/m-2");
    assert_eq!(app.entry("images/m-2").await["DiskDeviceMappings"][0]["SnapshotId"], "s-1");
    // An id that nobody chose.
    let led_to = led(&post(&app, "/s/default/snapshots", &[("SnapshotName", "mine")]).await);
    assert!(led_to.starts_with("/s/default/snapshots/s-"), "{led_to}");
    let reply = post(&app, "/s/default/images", &fields).await;
    assert_eq!(reply.status, 409);
    assert!(reply.body.contains("value=\"m-2\""));
}

#[actix_web::test]
async fn changes_stand_in_the_journal_as_those_of_the_control_plane() {
    let app = seeded().await;
    post(&app, "/s/default/snapshots/s-1", &[("Description", "new")]).await;
    post(&app, "/s/default/snapshots/s-1", &[("RetentionDays", "soon")]).await;
    post(&app, "/s/default/images/m-1/delete", &[]).await;
    post(&app, "/s/default/snapshots", &[("SnapshotId", "s-9")]).await;
    let requests = app.arrange("GET", "/requests", Value::Null).await;
    let entries: Vec<(&str, &str, &str)> = requests["Requests"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| {
            let text = |name: &str| entry[name].as_str().unwrap();
            (text("Method"), text("Action"), entry["Changes"][0]["Id"].as_str().unwrap())
        })
        .collect();
    assert_eq!(
        entries,
        [("PATCH", "/snapshots/{id}", "s-1"), ("DELETE", "/images/{id}", "m-1"), ("POST", "/snapshots", "s-9")]
    );
}
