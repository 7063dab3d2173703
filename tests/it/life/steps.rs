//! What can happen next, drawn from numbers: mostly what could succeed, on what is there.

use serde_json::{Value, json};

use super::calls::Draw;
use super::model::{DAY, Model, Tags};
use crate::support::percent_encoded;

/// All actions of the model; each is carried out at least once.
pub const ACTIONS: [&str; 33] = [
    "AddTags",
    "ApplyAutoSnapshotPolicy",
    "AttachDisk",
    "CancelAutoSnapshotPolicy",
    "CopySnapshot",
    "CreateAutoSnapshotPolicy",
    "CreateDisk",
    "CreateImage",
    "CreateSnapshot",
    "CreateSnapshotGroup",
    "DeleteAutoSnapshotPolicy",
    "DeleteDisk",
    "DeleteImage",
    "DeleteSnapshot",
    "DeleteSnapshotGroup",
    "DetachDisk",
    "JoinResourceGroup",
    "LockSnapshot",
    "ModifyAutoSnapshotPolicyEx",
    "ModifyDiskAttribute",
    "ModifyImageAttribute",
    "ModifySnapshotAttribute",
    "ModifySnapshotCategory",
    "ModifySnapshotGroup",
    "ReInitDisk",
    "RemoveTags",
    "ResetDisk",
    "ResizeDisk",
    "StartInstance",
    "StopInstance",
    "TagResources",
    "UnlockSnapshot",
    "UntagResources",
];

#[derive(Debug)]
pub enum Step {
    Call(Call),
    /// The last call with a ClientToken once more.
    Repeat,
    Advance(i64),
    Set(Value),
    Save,
    Restore,
    Fork,
}

/// A call of an action, with its parameters.
#[derive(Debug, Clone)]
pub struct Call {
    pub action: &'static str,
    pub query: String,
    parameters: Vec<(String, String)>,
    pub has_client_token: bool,
}

impl Call {
    pub fn new(action: &'static str, parameters: &[(&str, &str)]) -> Self {
        let pairs = parameters.iter().map(|(name, value)| format!("&{name}={}", percent_encoded(value)));
        let query = std::iter::once(action.to_owned()).chain(pairs).collect();
        let parameters = parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let has_client_token = ecs_mock::actions::find(action).unwrap().client_token_mismatch.is_some();
        Self { action, query, parameters, has_client_token }
    }

    pub fn has(&self, name: &str) -> bool {
        self.parameters.iter().any(|(other, _)| other == name)
    }

    /// An absent one is empty.
    pub fn text(&self, name: &str) -> String {
        self.parameters.iter().find(|(other, _)| other == name).map(|(_, value)| value.clone()).unwrap_or_default()
    }

    pub fn number(&self, name: &str) -> Option<i64> {
        self.text(name).parse().ok()
    }

    /// `Tag.1` and `Tag.2`.
    pub fn tags(&self) -> Tags {
        let tag = |n: usize| (self.text(&format!("Tag.{n}.Key")), self.text(&format!("Tag.{n}.Value")));
        [tag(1), tag(2)].into_iter().filter(|(key, _)| !key.is_empty()).collect()
    }

    /// The keys of tags to be taken away.
    pub fn keys(&self) -> Vec<String> {
        ["TagKey.1", "TagKey.2", "Tag.1.Key"].iter().map(|name| self.text(name)).filter(|key| !key.is_empty()).collect()
    }

    /// The disks that a call on a policy names.
    pub fn disks(&self) -> Vec<String> {
        serde_json::from_str(&self.text("diskIds")).unwrap()
    }

    /// The resources that a call on tags names.
    pub fn resources(&self) -> Vec<String> {
        ["ResourceId", "ResourceId.1", "ResourceId.2"]
            .iter()
            .map(|name| self.text(name))
            .filter(|id| !id.is_empty())
            .collect()
    }
}

/// What the numbers say is to happen.
pub fn step(model: &Model, (kind, a, b, c): (u32, u32, u32, u32)) -> Step {
    let draw = Draw::new(model, a, b, c);
    match kind {
        0..=41 => Step::Call(draw.on_snapshots(kind)),
        42..=52 => Step::Call(draw.on_tags_and_groups(kind)),
        53..=74 => Step::Call(draw.on_disks(kind)),
        75..=85 => Step::Call(draw.on_instances_and_images(kind)),
        86 => Step::Repeat,
        87..=92 => Step::Advance([1, 30, 3_600, DAY, 20 * DAY, 20 * DAY][a as usize % 6]),
        93..=95 => Step::Set(match a % 6 {
            0 => json!({"SnapshotSeconds": "never"}),
            1 => json!({"SnapshotSeconds": 60}),
            2 => json!({"FailNextSnapshots": b % 3}),
            3 => json!({"ImageSeconds": c % 3}),
            _ => json!({"SnapshotSeconds": 0}),
        }),
        96 => Step::Save,
        97..=98 => Step::Restore,
        99 => Step::Fork,
        100..=109 => Step::Call(draw.on_policies(kind)),
        110..=117 => Step::Call(draw.on_groups(kind - 10)),
        // Few of these succeed, so they are drawn more often.
        118 => Step::Call(draw.on_disks(74)),
        119 => Step::Call(draw.on_tags_and_groups(52)),
        120..=122 => Step::Call(draw.on_snapshots(41)),
        // Images are few: where there is none, one is made, and what there is gets another name.
        _ if model.images.is_empty() => Step::Call(draw.on_instances_and_images(80)),
        _ => Step::Call(draw.on_instances_and_images(85)),
    }
}
