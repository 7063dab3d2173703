//! `ecs-mock requests`: the requests to a sandbox, and what else has changed it, a line an entry.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::thread;
use std::time::Duration;

use clap::Args;
use serde::Deserialize;
use serde_json::value::RawValue;
use ureq::http::Method;

use super::client::{Client, ClientError, InSandbox, encoded, under};
use super::{Failure, output};
use crate::model::common_parameters::is_of_every_request;

/// Entries that are asked for at once.
const PAGE: usize = 1_000;

/// Between a stream that broke off and the next.
const PAUSE: Duration = Duration::from_secs(1);

/// Parameters, and changes, on a line.
const PARAMETERS: usize = 6;
const CHANGES: usize = 3;

/// Characters of a value on a line.
const VALUE: usize = 40;

#[derive(Debug, Args)]
pub struct RequestsArgs {
    /// Only those with these parameters, such as DiskId=d-1; without a value: any
    #[arg(value_name = "NAME[=VALUE]", value_parser = parameter)]
    parameters: Vec<(String, Option<String>)>,
    /// Go on with those that come, until somebody ends it
    #[arg(short, long)]
    follow: bool,
    /// Only those of this action
    #[arg(long)]
    action: Option<String>,
    /// Only those that were answered with this code; OK: with no error
    #[arg(long)]
    code: Option<String>,
    /// Only the entry of this number and those behind it
    #[arg(long, value_name = "SEQUENCE", value_parser = clap::value_parser!(i64).range(0..))]
    since_sequence: Option<i64>,
    #[command(flatten)]
    at: InSandbox,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    requests: Vec<Box<RawValue>>,
    last_sequence: i64,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Entry {
    sequence: i64,
    kind: String,
    time: String,
    method: String,
    action: String,
    parameters: BTreeMap<String, String>,
    status: u16,
    code: Option<String>,
    changed: u64,
    changes: Vec<Change>,
    fault: Option<String>,
    attempt: Option<u32>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Change {
    id: String,
    change: String,
}

pub fn run(args: &RequestsArgs) -> Result<(), Failure> {
    let client = Client::new(&args.at.target)?;
    let path = under(&args.at.sandbox, "/requests");
    let query = query(args);
    let (mut next, mut last) = (String::new(), 0);
    loop {
        let page: Page = client.read(&client.call(&Method::GET, &format!("{path}?{query}{next}"))?)?;
        for raw in &page.requests {
            show(&client, &client.read(raw.get())?, raw.get())?;
        }
        // What comes while pages are read is on a later one, or behind the last number that the last one knows.
        last = page.last_sequence.max(last);
        match page.next_token {
            Some(token) => next = format!("&NextToken={}", encoded(&token)),
            None if args.follow => return follow(args, &client, &format!("{path}/stream"), last),
            None => return Ok(()),
        }
    }
}

fn query(args: &RequestsArgs) -> String {
    let mut query = format!("MaxResults={PAGE}");
    let since = args.since_sequence.map(|sequence| sequence.to_string());
    let known = [("Action", &args.action), ("Code", &args.code), ("SinceSequence", &since)];
    for (name, value) in known {
        if let Some(value) = value {
            // Into a text, this succeeds.
            let _ = write!(query, "&{name}={}", encoded(value));
        }
    }
    for (number, (name, value)) in (1..).zip(&args.parameters) {
        let _ = write!(query, "&Parameter.{number}.Key={}", encoded(name));
        if let Some(value) = value {
            let _ = write!(query, "&Parameter.{number}.Value={}", encoded(value));
        }
    }
    query
}

/// Shows what comes behind this entry, for as long as the sandbox is there.
fn follow(args: &RequestsArgs, client: &Client, path: &str, mut last: i64) -> Result<(), Failure> {
    loop {
        match client.events(path, last) {
            Ok(events) => {
                for event in events {
                    let entry: Entry = client.read(&event)?;
                    last = entry.sequence;
                    if is_wanted(args, &entry) {
                        show(client, &entry, &event)?;
                    }
                }
            }
            // It was there before, so it may come back.
            Err(ClientError::Unreachable { .. }) => {}
            Err(error) => return Err(error.into()),
        }
        thread::sleep(PAUSE);
    }
}

/// As the server chooses the entries of a list.
fn is_wanted(args: &RequestsArgs, entry: &Entry) -> bool {
    let is_code = |code: &str| match &entry.code {
        Some(other) => other == code,
        None => code == "OK" && (200..300).contains(&entry.status),
    };
    args.action.as_ref().is_none_or(|action| *action == entry.action)
        && args.code.as_deref().is_none_or(is_code)
        && args.since_sequence.is_none_or(|since| entry.sequence >= since)
        && args.parameters.iter().all(|(name, value)| {
            let mut sent = entry.parameters.iter().filter(|(other, _)| other.eq_ignore_ascii_case(name));
            sent.any(|(_, sent)| value.as_ref().is_none_or(|value| value == sent))
        })
}

fn show(client: &Client, entry: &Entry, raw: &str) -> Result<(), Failure> {
    output::line(&if client.json { raw.to_owned() } else { output::plain(&described(entry)) })
}

/// Number, time, action, answer, parameters and changes.
fn described(entry: &Entry) -> String {
    let Entry { sequence, kind, time, method, action, parameters, status, changed, changes, .. } = entry;
    let what = match kind.as_str() {
        "request" => action.clone(),
        "control" => format!("{kind} {method} {action}"),
        _ => kind.clone(),
    };
    let answer = match (&entry.code, status) {
        (Some(code), _) => format!("  {status} {code}"),
        (None, 0) if kind == "request" => "  no answer".to_owned(),
        (None, 0) => String::new(),
        (None, _) => format!("  {status}"),
    };
    // What every request has says nothing about what is wanted, and the action is on the line already. ClientToken and owner stay.
    let own: Vec<_> = parameters
        .iter()
        .filter(|(name, _)| !is_of_every_request(name))
        .map(|(name, value)| format!("{name}={}", beginning(value)))
        .collect();
    let own = listed(&own, PARAMETERS, own.len() as u64);
    let signed: Vec<_> = changes.iter().map(|change| format!("{}{}", sign(&change.change), change.id)).collect();
    let changes = listed(&signed, CHANGES, *changed);
    let fault = entry.fault.as_ref().map(|fault| format!("  fault {fault}")).unwrap_or_default();
    let attempt = entry.attempt.filter(|attempt| *attempt > 1).map(|attempt| format!("  attempt {attempt}"));
    let attempt = attempt.unwrap_or_default();
    format!("{sequence}  {time}  {what}{answer}{own}{changes}{fault}{attempt}")
}

/// The first of some words, of which there are `all`.
fn listed(words: &[String], most: usize, all: u64) -> String {
    let shown = &words[..words.len().min(most)];
    let more = all.saturating_sub(shown.len() as u64);
    match (shown.is_empty(), more) {
        (true, _) => String::new(),
        (false, 0) => format!("  {}", shown.join(" ")),
        (false, more) => format!("  {} and {more} more", shown.join(" ")),
    }
}

fn sign(change: &str) -> char {
    match change {
        "added" => '+',
        "removed" => '-',
        _ => '~',
    }
}

fn beginning(value: &str) -> String {
    match value.char_indices().nth(VALUE) {
        Some((end, _)) => format!("{}...", &value[..end]),
        None => value.to_owned(),
    }
}

/// A name, and a value if there is one.
fn parameter(text: &str) -> Result<(String, Option<String>), String> {
    match text.split_once('=') {
        Some(("", _)) => Err("a name is needed before the =".to_owned()),
        Some((name, value)) => Ok((name.to_owned(), Some(value.to_owned()))),
        None => Ok((text.to_owned(), None)),
    }
}
