//! `ecs-mock verify`: whether there were the requests that were expected.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use clap::Args;
use serde::Deserialize;
use serde_json::{Value, json};
use ureq::http::Method;

use super::client::{Client, InSandbox, under};
use super::{Failure, given, output};

#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// The action of the API
    action: String,
    /// Parameters that the request had, such as DiskId=d-1; an empty value: that it did not have
    #[arg(value_name = "NAME=VALUE", value_parser = given::pair)]
    parameters: Vec<(String, String)>,
    /// So many requests, no more and no fewer
    #[arg(long, value_name = "COUNT", conflicts_with_all = ["at_least", "at_most"])]
    count: Option<u64>,
    /// So many requests or more; 1, if nothing is said
    #[arg(long, value_name = "COUNT", conflicts_with = "at_most")]
    at_least: Option<u64>,
    /// So many requests or fewer
    #[arg(long, value_name = "COUNT")]
    at_most: Option<u64>,
    /// The code that they were answered with; OK: with no error
    #[arg(long)]
    code: Option<String>,
    /// Only the entry of this number and those behind it count
    #[arg(long, value_name = "SEQUENCE")]
    since_sequence: Option<i64>,
    /// Wait so long for an answer that nothing to come can change
    #[arg(long, value_name = "SECONDS", default_value_t = 0, value_parser = clap::value_parser!(u64).range(0..=60))]
    wait: u64,
    #[command(flatten)]
    at: InSandbox,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Verdict {
    result: String,
    matching: u64,
    sequences: Vec<i64>,
    near_misses: Vec<NearMiss>,
    reason: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct NearMiss {
    sequence: i64,
    action: String,
    differences: Vec<Difference>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Difference {
    field: String,
    asked: Option<String>,
    got: Option<String>,
}

pub fn run(args: &VerifyArgs) -> Result<(), Failure> {
    let client = Client::new(&args.at.target)?;
    let text = client.send(&Method::POST, &under(&args.at.sandbox, "/requests/verify"), &question(args))?;
    let verdict: Verdict = client.read(&text)?;
    output::line(&if client.json { text } else { described(&verdict) })?;
    match verdict.result.as_str() {
        "yes" => Ok(()),
        "no" => Err(Failure::NotAsExpected),
        _ => Err(Failure::Unknown),
    }
}

fn question(args: &VerifyArgs) -> Value {
    // An empty value is one that is not there.
    let texts = args.parameters.iter().map(|(name, text)| (name, Some(text).filter(|text| !text.is_empty())));
    let parameters: BTreeMap<_, _> = texts.collect();
    given::object([
        ("Action", Some(json!(args.action))),
        ("Parameters", (!parameters.is_empty()).then(|| json!(parameters))),
        ("Count", args.count.map(Value::from)),
        ("AtLeast", args.at_least.map(Value::from)),
        ("AtMost", args.at_most.map(Value::from)),
        ("Code", args.code.as_ref().map(|code| json!(code))),
        ("SinceSequence", args.since_sequence.map(Value::from)),
        ("WaitSeconds", Some(json!(args.wait))),
    ])
}

/// The answer with its reason; below it the entries that match, or those that come nearest.
fn described(verdict: &Verdict) -> String {
    let Verdict { result, matching, sequences, near_misses, reason } = verdict;
    let why = reason.clone().unwrap_or_else(|| format!("{matching} match"));
    let mut text = format!("{result}: {}\n", output::plain(&why));
    if !sequences.is_empty() {
        let shown: Vec<_> = sequences.iter().map(ToString::to_string).collect();
        let more = if *matching > sequences.len() as u64 { " and more" } else { "" };
        // Into a text, this succeeds.
        let _ = writeln!(text, "matching: {}{more}", shown.join(" "));
    }
    for NearMiss { sequence, action, differences } in near_misses {
        let _ = writeln!(text, "near miss: {sequence} {}", output::plain(action));
        for Difference { field, asked, got } in differences {
            let shown =
                |value: &Option<String>| value.as_ref().map_or("nothing".to_owned(), |text| format!("{text:?}"));
            let line = format!("{field}: {} is asked for, it has {}", shown(asked), shown(got));
            let _ = writeln!(text, "    {}", output::plain(&line));
        }
    }
    text
}
