//! `ecs-mock checkpoint`: named states of a sandbox, and what differs between them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Subcommand};
use serde::Deserialize;
use serde_json::Value;
use ureq::http::Method;

use super::client::{Client, InSandbox, encoded, under};
use super::{Failure, output};
use crate::model::kind::Kind;
use crate::model::kinds::KINDS;

#[derive(Debug, Args)]
pub struct CheckpointArgs {
    #[command(subcommand)]
    verb: CheckpointVerb,
    #[command(flatten)]
    at: InSandbox,
}

#[derive(Debug, Subcommand)]
enum CheckpointVerb {
    /// Save the sandbox's state, clock and sequence of ids, in place of what has that name
    Save(Name),
    /// List the sandbox's checkpoints
    List,
    /// Put a checkpoint's state, clock and sequence of ids back
    Restore(Name),
    /// Tell what differs between two states: exit code 4 if anything does
    Diff {
        /// A checkpoint, or `now`
        #[arg(value_parser = NonEmptyStringValueParser::new())]
        from: String,
        /// A checkpoint, or `now`
        #[arg(default_value = "now", value_parser = NonEmptyStringValueParser::new())]
        to: String,
    },
    /// Delete a checkpoint
    Delete(Name),
}

#[derive(Debug, Args)]
struct Name {
    #[arg(value_parser = NonEmptyStringValueParser::new())]
    name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Checkpoint {
    name: String,
    creation_time: String,
    snapshot_count: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct List {
    checkpoints: Vec<Checkpoint>,
}

/// What differs of one kind; the entries are its own.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Changes {
    added: Vec<Value>,
    removed: Vec<Value>,
    changed: Vec<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Diff {
    #[serde(flatten)]
    of_snapshots: Changes,
    kinds: BTreeMap<String, Changes>,
}

impl Diff {
    /// Of each kind, in the order of the kinds.
    fn by_kind(&self) -> impl Iterator<Item = (&'static Kind, &Changes)> {
        KINDS.iter().enumerate().filter_map(|(number, kind)| {
            let changes = if number == 0 { Some(&self.of_snapshots) } else { self.kinds.get(kind.words) };
            Some((*kind, changes?))
        })
    }
}

pub fn run(args: &CheckpointArgs) -> Result<(), Failure> {
    let client = Client::new(&args.at.target)?;
    let sandbox = &args.at.sandbox;
    let path = |name: &str| under(sandbox, &format!("/checkpoints/{}", encoded(name)));
    match &args.verb {
        CheckpointVerb::Save(Name { name }) => {
            let text = client.call(&Method::PUT, &path(name))?;
            client.show(&text, |saved: &Checkpoint| {
                format!("sandbox {sandbox} is saved as {name}: {} snapshots", saved.snapshot_count)
            })
        }
        CheckpointVerb::List => {
            let text = client.call(&Method::GET, &under(sandbox, "/checkpoints"))?;
            client.show(&text, |list: &List| {
                let rows = list.checkpoints.iter().map(|checkpoint| {
                    let Checkpoint { name, creation_time, snapshot_count } = checkpoint;
                    [name.clone(), creation_time.clone(), snapshot_count.to_string()]
                });
                output::table(["NAME", "CREATED", "SNAPSHOTS"], rows)
            })
        }
        CheckpointVerb::Restore(Name { name }) => {
            client.call(&Method::POST, &format!("{}/restore", path(name)))?;
            client.done(&format!("sandbox {sandbox} is restored from {name}"))
        }
        CheckpointVerb::Diff { from, to } => {
            let query = format!("/diff?from={}&to={}", encoded(from), encoded(to));
            let text = client.call(&Method::GET, &under(sandbox, &query))?;
            let diff: Diff = client.read(&text)?;
            output::line(&if client.json { text } else { described(&diff) })?;
            let mut all = diff.by_kind();
            let is_empty = all.all(|(_, changes)| {
                changes.added.is_empty() && changes.removed.is_empty() && changes.changed.is_empty()
            });
            if is_empty { Ok(()) } else { Err(Failure::Different) }
        }
        CheckpointVerb::Delete(Name { name }) => {
            client.call(&Method::DELETE, &path(name))?;
            client.done(&format!("checkpoint {name} of sandbox {sandbox} is deleted"))
        }
    }
}

/// A line a resource, and one for each of its fields that changed.
fn described(diff: &Diff) -> String {
    let mut text = String::new();
    let (mut added, mut removed, mut changed) = (0, 0, 0);
    for (kind, changes) in diff.by_kind() {
        let text_of = |entry: &Value, field: &str| entry[field].as_str().unwrap_or_default().to_owned();
        let name_field = format!("{}Name", kind.word);
        for (sign, entries) in [('+', &changes.added), ('-', &changes.removed)] {
            for entry in entries {
                let line = format!("{sign} {}  {}", text_of(entry, kind.id_field), text_of(entry, &name_field));
                text += output::plain(&line).trim_end();
                text.push('\n');
            }
        }
        for entry in &changes.changed {
            let _ = writeln!(text, "~ {}", output::plain(&text_of(entry, kind.id_field)));
            for (field, sides) in entry["Fields"].as_object().into_iter().flatten() {
                let line = format!("    {field}: {} -> {}", sides["From"], sides["To"]);
                let _ = writeln!(text, "{}", output::plain(&line));
            }
        }
        added += changes.added.len();
        removed += changes.removed.len();
        changed += changes.changed.len();
    }
    let _ = write!(text, "{added} added, {removed} removed, {changed} changed");
    text
}
