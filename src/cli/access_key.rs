//! `ecs-mock access-key`: what requests to a sandbox are signed with.

use std::path::PathBuf;

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Subcommand, ValueEnum};
use serde::Deserialize;
use serde_json::{Value, json};
use ureq::http::Method;

use super::client::{Client, InSandbox, encoded, under};
use super::secret::{self, SecretError};
use super::{Failure, given, output};

#[derive(Debug, Args)]
pub struct AccessKeyArgs {
    #[command(subcommand)]
    verb: AccessKeyVerb,
    #[command(flatten)]
    at: InSandbox,
}

#[derive(Debug, Subcommand)]
enum AccessKeyVerb {
    /// Give the sandbox one more key and print it
    Create {
        /// [default: a random one]
        #[arg(value_parser = NonEmptyStringValueParser::new())]
        id: Option<String>,
        #[command(flatten)]
        properties: Properties,
    },
    /// List the sandbox's keys
    List {
        /// Secrets and security tokens too
        #[arg(long)]
        show_secrets: bool,
    },
    /// Change a key; what is not given stays
    Update {
        #[arg(value_parser = NonEmptyStringValueParser::new())]
        id: String,
        #[command(flatten)]
        properties: Properties,
    },
    /// Take a key away
    Delete {
        #[arg(value_parser = NonEmptyStringValueParser::new())]
        id: String,
    },
}

/// What a key is.
#[derive(Debug, Args)]
struct Properties {
    /// [default of a new key: a random one]
    #[arg(long = "secret", value_name = "SECRET")]
    secret: Option<String>,
    /// File that holds it, so that it is in no list of processes
    #[arg(long, value_name = "FILE")]
    secret_file: Option<PathBuf>,
    /// Whether requests signed with it are accepted
    #[arg(long, value_name = "STATUS")]
    status: Option<Status>,
    /// Makes the key a temporary one: requests must carry this token
    #[arg(long, value_name = "TOKEN")]
    security_token: Option<String>,
    /// File that holds that token
    #[arg(long, value_name = "FILE")]
    security_token_file: Option<PathBuf>,
    /// When the token ends, such as 2030-01-01T00:00:00Z [default: never]
    #[arg(long, value_name = "TIME")]
    expiration: Option<String>,
    /// Actions that it permits, such as ecs:Describe*; may be given several times [default: all]
    #[arg(long = "allow", value_name = "PATTERN")]
    allowed: Vec<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Status {
    Active,
    Inactive,
}

/// A key, as the server shows it.
#[allow(clippy::struct_field_names, reason = "the names that the server uses")]
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AccessKey {
    pub access_key_id: String,
    pub access_key_secret: Option<String>,
    pub status: String,
    pub security_token: Option<String>,
    expiration: Option<String>,
    allowed_actions: Option<Vec<String>>,
}

/// The keys of a sandbox.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct List {
    pub access_keys: Vec<AccessKey>,
}

pub fn run(args: &AccessKeyArgs) -> Result<(), Failure> {
    let client = Client::new(&args.at.target)?;
    let sandbox = &args.at.sandbox;
    let keys = |rest: &str| under(sandbox, &format!("/access-keys{rest}"));
    match &args.verb {
        AccessKeyVerb::Create { id, properties } => {
            let text = client.send(&Method::POST, &keys(""), &wanted(id.as_deref(), properties)?)?;
            client.show(&text, described)
        }
        AccessKeyVerb::List { show_secrets } => {
            let text = client.call(&Method::GET, &keys(&format!("?show-secrets={show_secrets}")))?;
            client.show(&text, |list: &List| {
                let heading = ["ACCESS KEY", "SECRET", "STATUS", "SECURITY TOKEN", "EXPIRES", "ALLOWED"];
                output::table(heading, list.access_keys.iter().map(row))
            })
        }
        AccessKeyVerb::Update { id, properties } => {
            let text = client.send(&Method::PATCH, &keys(&format!("/{}", encoded(id))), &wanted(None, properties)?)?;
            client.show(&text, described)
        }
        AccessKeyVerb::Delete { id } => {
            client.call(&Method::DELETE, &keys(&format!("/{}", encoded(id))))?;
            client.done(&format!("access key {id} of sandbox {sandbox} is deleted"))
        }
    }
}

/// The body of the request for a key; what is not given is left to the server.
fn wanted(id: Option<&str>, properties: &Properties) -> Result<Value, SecretError> {
    let Properties { secret, secret_file, status, security_token, security_token_file, expiration, allowed } =
        properties;
    let secret = secret::given("secret", secret.as_deref(), secret_file.as_deref())?;
    let token = secret::given("security-token", security_token.as_deref(), security_token_file.as_deref())?;
    let status = status.map(|status| match status {
        Status::Active => "Active",
        Status::Inactive => "Inactive",
    });
    Ok(given::object([
        ("AccessKeyId", id.map(Value::from)),
        ("AccessKeySecret", secret.map(Value::from)),
        ("Status", status.map(Value::from)),
        ("SecurityToken", token.map(Value::from)),
        ("Expiration", expiration.as_ref().map(|time| json!(time))),
        ("AllowedActions", (!allowed.is_empty()).then(|| json!(allowed))),
    ]))
}

fn described(key: &AccessKey) -> String {
    let names = ["AccessKeyId", "AccessKeySecret", "Status", "SecurityToken", "Expiration", "AllowedActions"];
    let lines = names.iter().zip(row(key)).map(|(name, value)| format!("{name:<16} {}", output::plain(&value)));
    lines.collect::<Vec<_>>().join("\n")
}

fn row(key: &AccessKey) -> [String; 6] {
    let shown = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
    [
        key.access_key_id.clone(),
        shown(&key.access_key_secret),
        key.status.clone(),
        shown(&key.security_token),
        shown(&key.expiration),
        key.allowed_actions.as_ref().map_or_else(|| "all".to_owned(), |patterns| patterns.join(",")),
    ]
}
