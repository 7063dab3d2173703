//! `ecs-mock sandbox`: making, listing and deleting sandboxes.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Subcommand};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use ureq::http::Method;

use super::client::{Client, ClientError, Target, encoded, under};
use super::secret::{self, SecretError};
use super::{Failure, given, output};

#[derive(Debug, Args)]
pub struct SandboxArgs {
    #[command(subcommand)]
    verb: SandboxVerb,
    #[command(flatten)]
    target: Target,
}

#[derive(Debug, Subcommand)]
enum SandboxVerb {
    /// Make a sandbox and print the key that reaches it
    Create(CreateArgs),
    /// List all sandboxes
    List,
    /// Delete a sandbox with all that belongs to it
    Delete {
        #[arg(value_parser = NonEmptyStringValueParser::new())]
        name: String,
    },
}

#[derive(Debug, Args)]
struct CreateArgs {
    /// 1 to 64 letters, digits, dots, underscores and hyphens
    name: String,
    /// What requests to it are signed with [default: its name]
    #[arg(long, value_name = "ID")]
    access_key_id: Option<String>,
    /// [default: a random one]
    #[arg(long, value_name = "SECRET")]
    access_key_secret: Option<String>,
    /// File that holds that secret, so that it is in no list of processes
    #[arg(long, value_name = "FILE")]
    access_key_secret_file: Option<PathBuf>,
    /// What it holds at first: nothing, the seed, what another sandbox holds, or held at a checkpoint [default: seed]
    #[arg(long, value_name = "empty|seed|SANDBOX|SANDBOX@CHECKPOINT")]
    from: Option<String>,
    /// Removed when it was not used for so long [default: never]
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(1..))]
    ttl_seconds: Option<u32>,
    /// What the ids of its resources follow from, so that they are the same each time [default: chance]
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u64).range(..=9_007_199_254_740_991))]
    id_seed: Option<u64>,
    /// Anything to know it by; may be given several times
    #[arg(long = "label", value_name = "KEY=VALUE", value_parser = given::pair)]
    labels: Vec<(String, String)>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Created {
    name: String,
    access_key_id: String,
    access_key_secret: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Listed {
    name: String,
    access_key_ids: Vec<String>,
    snapshot_count: u64,
    checkpoint_count: u64,
    last_used_time: String,
    ttl_seconds: Option<u64>,
    labels: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct List {
    sandboxes: Vec<Listed>,
}

/// A page of the list, as it was sent.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    sandboxes: Vec<Box<RawValue>>,
    #[serde(skip_serializing)]
    next_token: Option<String>,
}

const SANDBOXES: &str = "/_mock/v1/sandboxes";

pub fn run(args: &SandboxArgs) -> Result<(), Failure> {
    let client = Client::new(&args.target)?;
    match &args.verb {
        SandboxVerb::Create(create) => {
            let text = client.send(&Method::POST, SANDBOXES, &wanted(create)?)?;
            client.show(&text, |created: &Created| {
                let Created { name, access_key_id, access_key_secret } = created;
                format!(
                    "Name             {name}\nAccessKeyId      {access_key_id}\nAccessKeySecret  {access_key_secret}"
                )
            })
        }
        SandboxVerb::List => {
            let text = serde_json::to_string(&all(&client)?)?;
            client.show(&text, |list: &List| {
                let heading = ["NAME", "ACCESS KEYS", "SNAPSHOTS", "CHECKPOINTS", "LAST USED", "TTL", "LABELS"];
                output::table(heading, list.sandboxes.iter().map(row))
            })
        }
        SandboxVerb::Delete { name } => {
            client.call(&Method::DELETE, &under(name, ""))?;
            client.done(&format!("sandbox {name} is deleted"))
        }
    }
}

/// All pages of the list as one.
fn all(client: &Client) -> Result<Page, ClientError> {
    let mut all = Page { sandboxes: Vec::new(), next_token: None };
    loop {
        let query = all.next_token.take().map_or_else(String::new, |token| format!("?NextToken={}", encoded(&token)));
        let text = client.call(&Method::GET, &format!("{SANDBOXES}{query}"))?;
        let page: Page = client.read(&text)?;
        all.sandboxes.extend(page.sandboxes);
        all.next_token = page.next_token;
        if all.next_token.is_none() {
            return Ok(all);
        }
    }
}

fn row(sandbox: &Listed) -> [String; 7] {
    let labels: Vec<String> = sandbox.labels.iter().map(|(key, value)| format!("{key}={value}")).collect();
    [
        sandbox.name.clone(),
        sandbox.access_key_ids.join(","),
        sandbox.snapshot_count.to_string(),
        sandbox.checkpoint_count.to_string(),
        sandbox.last_used_time.clone(),
        sandbox.ttl_seconds.map_or_else(|| "-".to_owned(), |seconds| format!("{seconds}s")),
        labels.join(","),
    ]
}

/// The body of the request for a sandbox; what is not given is left to the server.
fn wanted(create: &CreateArgs) -> Result<Value, SecretError> {
    let (secret, file) = (create.access_key_secret.as_deref(), create.access_key_secret_file.as_deref());
    let secret = secret::given("access-key-secret", secret, file)?;
    let labels: BTreeMap<_, _> = create.labels.iter().cloned().collect();
    Ok(given::object([
        ("Name", Some(json!(create.name))),
        ("Labels", Some(json!(labels))),
        ("AccessKeyId", create.access_key_id.as_ref().map(|id| json!(id))),
        ("AccessKeySecret", secret.map(Value::from)),
        ("TtlSeconds", create.ttl_seconds.map(Value::from)),
        ("IdSeed", create.id_seed.map(Value::from)),
        ("From", create.from.as_deref().map(origin)),
    ]))
}

fn origin(from: &str) -> Value {
    match from.split_once('@') {
        _ if ["empty", "seed"].contains(&from) => json!(from),
        Some((sandbox, checkpoint)) => json!({ "Sandbox": sandbox, "Checkpoint": checkpoint }),
        None => json!({ "Sandbox": from }),
    }
}
