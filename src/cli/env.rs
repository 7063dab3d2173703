//! `ecs-mock env`: what clients need to be pointed at a sandbox.

use std::path::PathBuf;

use clap::Args;
use serde_json::{Map, Value};
use ureq::http::Method;

use super::access_key::{self, List};
use super::client::{Client, ClientError, InSandbox, under};
use super::{Failure, output, secret};
use crate::connection::Connection;
use crate::model::access_key::AccessKey;
use crate::store::sandboxes::DEFAULT;

#[derive(Debug, Args)]
pub struct EnvArgs {
    /// Key to sign with [default: the sandbox's]
    #[arg(long, value_name = "ID")]
    access_key_id: Option<String>,
    /// Its secret [default: what the server says, else testsecret]
    #[arg(long, value_name = "SECRET")]
    access_key_secret: Option<String>,
    /// File that holds that secret, so that it is in no list of processes
    #[arg(long, value_name = "FILE")]
    access_key_secret_file: Option<PathBuf>,
    #[command(flatten)]
    at: InSandbox,
}

/// What to sign with.
struct Credentials {
    id: String,
    secret: String,
    security_token: Option<String>,
}

pub fn run(args: &EnvArgs) -> Result<(), Failure> {
    let (url, sandbox) = (&args.at.target.url, &args.at.sandbox);
    let Credentials { id, secret, security_token } = credentials(args)?;
    let connection = Connection {
        url,
        sandbox,
        access_key_id: &id,
        access_key_secret: &secret,
        security_token: security_token.as_deref(),
    };
    if args.at.target.json {
        let variables = connection.variables().into_iter();
        let object: Map<_, _> = variables.map(|(name, value)| (name.to_owned(), Value::from(value))).collect();
        return output::line(&Value::Object(object).to_string());
    }
    let text = connection.exports() + &comments(connection.host());
    output::line(&text)
}

/// The key that was asked for, or the first one of the sandbox that is permanent and active. What nobody says is as in the
/// documentation's examples.
fn credentials(args: &EnvArgs) -> Result<Credentials, Failure> {
    let example = AccessKey::of_examples();
    let (secret, file) = (args.access_key_secret.as_deref(), args.access_key_secret_file.as_deref());
    let secret = secret::given("access-key-secret", secret, file)?;
    let given = |id: String| Credentials {
        id,
        secret: secret.clone().unwrap_or_else(|| example.access_key_secret.clone()),
        security_token: None,
    };
    if let (Some(id), Some(_)) = (&args.access_key_id, &secret) {
        return Ok(given(id.clone()));
    }
    let sandbox = &args.at.sandbox;
    let client = Client::new(&args.at.target)?;
    let keys = match client.call(&Method::GET, &under(sandbox, "/access-keys?show-secrets=true")) {
        Ok(text) => client.read::<List>(&text)?.access_keys,
        // An environment can be made before a server starts.
        Err(ClientError::Unreachable { .. }) if sandbox == DEFAULT => {
            return Ok(given(args.access_key_id.clone().unwrap_or(example.access_key_id.clone())));
        }
        Err(error) => return Err(error.into()),
    };
    let is_wanted = |key: &&access_key::AccessKey| match &args.access_key_id {
        Some(id) => key.access_key_id == *id,
        None => key.status == "Active" && key.security_token.is_none(),
    };
    match (keys.iter().find(is_wanted).or(keys.first().filter(|_| args.access_key_id.is_none())), &args.access_key_id) {
        (Some(key), _) => Ok(Credentials {
            security_token: key.security_token.clone(),
            secret: secret.clone().or(key.access_key_secret.clone()).unwrap_or_default(),
            id: key.access_key_id.clone(),
        }),
        (None, Some(id)) => Ok(given(id.clone())),
        (None, None) => {
            Err(format!("the sandbox {sandbox} has no access key: make one with ecs-mock access-key create").into())
        }
    }
}

/// What no variable says to the clients that need it.
fn comments(host: &str) -> String {
    format!(
        "# Python, Node.js, Go, Java (Tea SDKs): endpoint {host} and protocol http in Config
# Python (aliyun-python-sdk-ecs): request.set_endpoint('{host}')
# Node.js (@alicloud/pop-core): endpoint 'http://{host}'
# Go (alibaba-cloud-sdk-go): client.Domain = \"{host}\" and request.Scheme = \"http\"
# Java (aliyun-java-sdk-ecs): request.setSysEndpoint(\"{host}\")
# aliyun CLI: add --insecure, which makes it speak plain http
# Terraform: protocol = \"HTTP\" and skip_region_validation = true in provider \"alicloud\"
# Clients that honour HTTP_PROXY: unset it, or list the host in NO_PROXY
"
    )
}
