//! `ecs-mock fault`: what is planned to go wrong in a sandbox.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Subcommand};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use ureq::http::Method;

use super::client::{Client, InSandbox, encoded, under};
use super::{Failure, output};
use crate::model::planned_fault::templates;

#[derive(Debug, Args)]
pub struct FaultArgs {
    #[command(subcommand)]
    verb: FaultVerb,
    #[command(flatten)]
    at: InSandbox,
}

#[derive(Debug, Subcommand)]
enum FaultVerb {
    /// Plan a fault, behind those that are planned already
    Add {
        #[command(subcommand)]
        plan: Planned,
        /// What it is called; the server finds a name, if it is left out
        #[arg(long, global = true, value_parser = NonEmptyStringValueParser::new())]
        name: Option<String>,
    },
    /// List what is planned, in order, and how often requests have met it
    List,
    /// Remove what is planned
    Remove {
        #[arg(required_unless_present = "all", value_parser = NonEmptyStringValueParser::new())]
        names: Vec<String>,
        /// All that is planned
        #[arg(long, conflicts_with = "names")]
        all: bool,
    },
}

#[derive(Debug, Subcommand)]
enum Planned {
    /// Deny the next calls, as a service does that is called too often
    ThrottleNext {
        /// How many
        #[arg(value_parser = clap::value_parser!(i64).range(1..))]
        times: i64,
        /// Calls of this action only, or of those that begin so, such as `Describe*`
        #[arg(long, default_value = "*")]
        action: String,
    },
    /// Carry the next call of an action out, and reset the connection before its answer is sent
    LoseAnswer {
        #[arg(long)]
        action: String,
    },
    /// Answer late
    Slow {
        /// By how many milliseconds
        #[arg(value_parser = clap::value_parser!(i64).range(0..))]
        milliseconds: i64,
        /// Calls of this action only, or of those that begin so, such as `Describe*`
        #[arg(long, default_value = "*")]
        action: String,
    },
    /// Any fault, as JSON: its Match and its Effect, and what else it has
    Of {
        /// The JSON itself
        text: String,
    },
    /// As `of`, with the JSON from a file
    From {
        /// `-` for standard input
        file: PathBuf,
    },
}

impl Planned {
    fn plan(&self) -> Result<Value, Failure> {
        Ok(match self {
            Self::ThrottleNext { times, action } => json!(templates::throttle_next(action, *times)),
            Self::LoseAnswer { action } => json!(templates::lose_answer(action)),
            Self::Slow { milliseconds, action } => json!(templates::slow(action, *milliseconds)),
            Self::Of { text } => parsed("the fault", text)?,
            Self::From { file } if file.as_os_str() == "-" => {
                let mut text = String::new();
                let read = std::io::stdin().read_to_string(&mut text);
                read.map_err(|error| format!("standard input: {error}"))?;
                parsed("standard input", &text)?
            }
            Self::From { file } => read(file)?,
        })
    }
}

fn read(file: &Path) -> Result<Value, Failure> {
    let shown = file.display().to_string();
    let text = std::fs::read_to_string(file).map_err(|error| format!("{shown}: {error}"))?;
    parsed(&shown, &text)
}

fn parsed(from: &str, text: &str) -> Result<Value, Failure> {
    let parsed: Map<String, Value> = serde_json::from_str(text).map_err(|error| format!("{from}: {error}"))?;
    Ok(Value::Object(parsed))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Fault {
    name: String,
    #[serde(rename = "Match")]
    matching: Value,
    times: Option<i64>,
    when: String,
    effect: Value,
    matches: i64,
    hits: i64,
    spent: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct List {
    faults: Vec<Fault>,
}

impl Fault {
    fn row(&self) -> [String; 7] {
        let hits = self.times.map_or_else(|| self.hits.to_string(), |times| format!("{} of {times}", self.hits));
        let action = self.matching["Action"].as_str().unwrap_or_default().to_owned();
        let spent = if self.spent { "yes" } else { "no" };
        let (when, effect) = (self.when.clone(), self.effect.to_string());
        [self.name.clone(), action, when, self.matches.to_string(), hits, spent.to_owned(), effect]
    }
}

pub fn run(args: &FaultArgs) -> Result<(), Failure> {
    let client = Client::new(&args.at.target)?;
    let sandbox = &args.at.sandbox;
    let path = under(sandbox, "/faults");
    match &args.verb {
        FaultVerb::Add { plan, name } => {
            let mut plan = plan.plan()?;
            if let Some(name) = name {
                plan["Name"] = json!(name);
            }
            let text = client.send(&Method::POST, &path, &plan)?;
            client.show(&text, |fault: &Fault| format!("{} is planned in sandbox {sandbox}", fault.name))
        }
        FaultVerb::List => {
            let text = client.call(&Method::GET, &path)?;
            client.show(&text, |list: &List| {
                let heading = ["NAME", "ACTION", "WHEN", "MATCHES", "HITS", "SPENT", "EFFECT"];
                output::table(heading, list.faults.iter().map(Fault::row))
            })
        }
        FaultVerb::Remove { all: true, .. } => {
            client.call(&Method::DELETE, &path)?;
            client.done(&format!("nothing is planned in sandbox {sandbox} any more"))
        }
        FaultVerb::Remove { names, .. } => {
            for name in names {
                client.call(&Method::DELETE, &format!("{path}/{}", encoded(name)))?;
            }
            client.done(&format!("{} of sandbox {sandbox} removed", names.join(", ")))
        }
    }
}
