//! `ecs-mock checkpoint`: named states of a sandbox, and what differs between them.

use std::fmt::Write as _;

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Subcommand};
use serde::Deserialize;
use serde_json::{Map, Value};
use ureq::http::Method;

use super::client::{self, Client, InSandbox, Target, encoded, under};
use super::{Failure, output};

#[derive(Debug, Args)]
pub struct CheckpointArgs {
    #[command(subcommand)]
    verb: CheckpointVerb,
    #[command(flatten)]
    sandbox: InSandbox,
    #[command(flatten)]
    target: Target,
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

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Entry {
    snapshot_id: String,
    snapshot_name: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Changed {
    snapshot_id: String,
    fields: Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Diff {
    added: Vec<Entry>,
    removed: Vec<Entry>,
    changed: Vec<Changed>,
}

pub fn run(args: &CheckpointArgs) -> Result<(), Failure> {
    let (client, target) = (Client::new(&args.target), &args.target);
    let sandbox = &args.sandbox.sandbox;
    let path = |name: &str| under(sandbox, &format!("/checkpoints/{}", encoded(name)));
    match &args.verb {
        CheckpointVerb::Save(Name { name }) => {
            let text = client.call(&Method::PUT, &path(name))?;
            client.show(target, &text, |saved: &Checkpoint| {
                format!("sandbox {sandbox} is saved as {name}: {} snapshots", saved.snapshot_count)
            })
        }
        CheckpointVerb::List => {
            let text = client.call(&Method::GET, &under(sandbox, "/checkpoints"))?;
            client.show(target, &text, |list: &List| {
                let rows = list.checkpoints.iter().map(|checkpoint| {
                    let Checkpoint { name, creation_time, snapshot_count } = checkpoint;
                    [name.clone(), creation_time.clone(), snapshot_count.to_string()]
                });
                output::table(["NAME", "CREATED", "SNAPSHOTS"], rows)
            })
        }
        CheckpointVerb::Restore(Name { name }) => {
            client.call(&Method::POST, &format!("{}/restore", path(name)))?;
            client::done(target, &format!("sandbox {sandbox} is restored from {name}"))
        }
        CheckpointVerb::Diff { from, to } => {
            let query = format!("/diff?from={}&to={}", encoded(from), encoded(to));
            let text = client.call(&Method::GET, &under(sandbox, &query))?;
            let diff: Diff = client.read(&text)?;
            output::line(&if target.json { text } else { described(&diff) })?;
            let is_empty = diff.added.is_empty() && diff.removed.is_empty() && diff.changed.is_empty();
            if is_empty { Ok(()) } else { Err(Failure::Different) }
        }
        CheckpointVerb::Delete(Name { name }) => {
            client.call(&Method::DELETE, &path(name))?;
            client::done(target, &format!("checkpoint {name} of sandbox {sandbox} is deleted"))
        }
    }
}

/// A line a snapshot, and one for each of its fields that changed.
fn described(diff: &Diff) -> String {
    let mut text = String::new();
    for (sign, entries) in [('+', &diff.added), ('-', &diff.removed)] {
        for Entry { snapshot_id, snapshot_name } in entries {
            let line = format!("{sign} {snapshot_id}  {}", snapshot_name.as_deref().unwrap_or_default());
            text += output::plain(&line).trim_end();
            text.push('\n');
        }
    }
    for Changed { snapshot_id, fields } in &diff.changed {
        let _ = writeln!(text, "~ {}", output::plain(snapshot_id));
        for (field, sides) in fields {
            let line = format!("    {field}: {} -> {}", sides["From"], sides["To"]);
            let _ = writeln!(text, "{}", output::plain(&line));
        }
    }
    let Diff { added, removed, changed } = diff;
    let _ = write!(text, "{} added, {} removed, {} changed", added.len(), removed.len(), changed.len());
    text
}
