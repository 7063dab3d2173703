//! `ecs-mock settings`: how the emulated service behaves in a sandbox.

use clap::Args;
use serde_json::{Map, Value};
use ureq::http::Method;

use super::client::{Client, InSandbox, under};
use super::{Failure, given, output};

#[derive(Debug, Args)]
pub struct SettingsArgs {
    /// Settings to change, such as SnapshotSeconds=0; a value that is empty or `null` brings the default back
    #[arg(value_name = "NAME=VALUE", value_parser = setting)]
    settings: Vec<(String, Value)>,
    #[command(flatten)]
    at: InSandbox,
}

pub fn run(args: &SettingsArgs) -> Result<(), Failure> {
    let client = Client::new(&args.at.target)?;
    let path = under(&args.at.sandbox, "/settings");
    let text = if args.settings.is_empty() {
        client.call(&Method::GET, &path)?
    } else {
        let changes: Map<String, Value> = args.settings.iter().cloned().collect();
        client.send(&Method::PATCH, &path, &Value::Object(changes))?
    };
    client.show(&text, |settings: &Map<String, Value>| {
        let rows = settings.iter().map(|(name, value)| {
            let value = value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned);
            [name.clone(), value]
        });
        output::table(["SETTING", "VALUE"], rows)
    })
}

/// A name and a value. What reads as a number, as `true`, `false` or `null` is that; anything else is a word, whose meaning is
/// the server's affair.
fn setting(text: &str) -> Result<(String, Value), String> {
    let (name, value) = given::pair(text)?;
    if value.is_empty() {
        return Ok((name, Value::Null));
    }
    let scalar = serde_json::from_str(&value).ok().filter(|value: &Value| !value.is_array() && !value.is_object());
    Ok((name, scalar.unwrap_or_else(|| Value::from(value))))
}
