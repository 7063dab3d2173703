//! `ecs-mock env`: what clients need to be pointed at a sandbox.

use std::fmt::Write as _;

use clap::Args;
use serde::Deserialize;
use serde_json::{Map, Value};
use ureq::http::Method;

use super::client::{Client, InSandbox, Target, under};
use super::{Failure, output};
use crate::store::sandboxes::DEFAULT;

#[derive(Debug, Args)]
pub struct EnvArgs {
    /// Key to sign with [default: the sandbox's]
    #[arg(long, value_name = "ID")]
    access_key_id: Option<String>,
    /// Its secret, which the server tells only once
    #[arg(long, value_name = "SECRET", default_value = "testsecret")]
    access_key_secret: String,
    #[command(flatten)]
    sandbox: InSandbox,
    #[command(flatten)]
    target: Target,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Sandbox {
    access_key_ids: Vec<String>,
}

pub fn run(args: &EnvArgs) -> Result<(), Failure> {
    let (url, sandbox, secret) = (&args.target.url, &args.sandbox.sandbox, &args.access_key_secret);
    let id = match &args.access_key_id {
        Some(id) => id.clone(),
        // Known without a server, so that an environment can be made before one starts.
        None if sandbox == DEFAULT => "testid".to_owned(),
        None => key_of(&args.target, sandbox)?,
    };
    let host = url.trim_start_matches("http://");
    let variables = [
        ("ALIBABA_CLOUD_ENDPOINT", host),
        ("ALIBABA_CLOUD_ENDPOINT_ECS", host),
        ("ECS_ENDPOINT", host),
        ("ALIBABA_CLOUD_ACCESS_KEY_ID", &id),
        ("ALIBABA_CLOUD_ACCESS_KEY_SECRET", secret),
        ("ALIYUN_ACCESS_KEY_ID", &id),
        ("ALIYUN_ACCESS_KEY_SECRET", secret),
        // Without it, Terraform asks the real cloud what kind of account this is.
        ("ALIBABA_CLOUD_ACCOUNT_TYPE", "Domestic"),
        ("ECS_MOCK_URL", url),
        ("ECS_MOCK_SANDBOX", sandbox),
    ];
    if args.target.json {
        let object: Map<_, _> =
            variables.iter().map(|(name, value)| ((*name).to_owned(), Value::from(*value))).collect();
        return output::line(&Value::Object(object).to_string());
    }
    let mut text = String::new();
    for (name, value) in variables {
        let _ = writeln!(text, "export {name}={}", quoted(value));
    }
    text += &comments(host);
    output::line(&text)
}

/// The first key of a sandbox.
fn key_of(target: &Target, sandbox: &str) -> Result<String, Failure> {
    let client = Client::new(target);
    let text = client.call(&Method::GET, &under(sandbox, ""))?;
    let key = client.read::<Sandbox>(&text)?.access_key_ids.into_iter().next();
    Ok(key.ok_or_else(|| format!("the sandbox {sandbox} has no access key: name one with --access-key-id"))?)
}

/// A word of a shell.
fn quoted(value: &str) -> String {
    format!("'{}'", value.replace('\'', r"'\''"))
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
