//! `ecs-mock explain`: why a list of the cloud plane is what it is, and why something is not on it.

use std::fmt::Write as _;

use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use serde::Deserialize;
use serde_json::{Value, json};
use ureq::http::Method;

use super::client::{Client, InSandbox, encoded, under};
use super::{Failure, given, output};

#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// An action that lists resources, such as DescribeSnapshots
    #[arg(value_parser = NonEmptyStringValueParser::new(), required_unless_present_any = ["request", "sequence"])]
    action: Option<String>,
    /// Its parameters, such as RegionId=cn-hangzhou
    #[arg(value_name = "NAME=VALUE", value_parser = given::pair)]
    parameters: Vec<(String, String)>,
    /// The request as a URL, or the query of one, in the place of action and parameters
    #[arg(long, value_name = "URL", conflicts_with_all = ["action", "parameters"])]
    request: Option<String>,
    /// The number of a request that the journal remembers, in the place of action and parameters
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i64).range(1..), conflicts_with_all = ["action", "parameters", "request"])]
    sequence: Option<i64>,
    /// A resource that the action lists or does not list
    #[arg(long, value_name = "ID", value_parser = NonEmptyStringValueParser::new())]
    id: Option<String>,
    #[command(flatten)]
    at: InSandbox,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Explanation {
    action: String,
    total: Count,
    matching: Count,
    conditions: Vec<Condition>,
    row: Option<Row>,
    nearest: Vec<Row>,
    changed: bool,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Count {
    Exactly(i64),
    AtLeast {
        #[serde(rename = "AtLeast")]
        at_least: i64,
    },
}

impl Count {
    fn text(&self) -> String {
        match self {
            Self::Exactly(count) => count.to_string(),
            Self::AtLeast { at_least } => format!("{at_least}+"),
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Condition {
    name: String,
    asked: String,
    alone: Count,
    left: Count,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Row {
    id: String,
    listed: bool,
    page: Option<i64>,
    failed: Vec<Failed>,
    #[serde(default)]
    elsewhere: Elsewhere,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Failed {
    name: String,
    asked: String,
    has: String,
    hint: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase")]
struct Elsewhere {
    sandbox: Option<String>,
    region_id: Option<String>,
    expired_at: Option<String>,
    deleted_by: Option<i64>,
    #[serde(default)]
    may_be_deleted_by: Vec<i64>,
}

pub fn run(args: &ExplainArgs) -> Result<(), Failure> {
    let client = Client::new(&args.at.target)?;
    // A query keeps the order of the parameters.
    let pairs = args.parameters.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value)));
    let query = args.action.as_ref().map(|_| pairs.collect::<Vec<_>>().join("&"));
    let asked = given::object([
        ("Action", args.action.as_ref().map(|action| json!(action))),
        ("Url", args.request.clone().or(query).map(Value::from)),
        ("Sequence", args.sequence.map(Value::from)),
        ("Id", args.id.as_ref().map(|id| json!(id))),
    ]);
    let text = client.send(&Method::POST, &under(&args.at.sandbox, "/explain"), &asked)?;
    client.show(&text, described)
}

/// How the list narrows, then why the resource is or is not on it, then those that almost are.
fn described(explanation: &Explanation) -> String {
    let Explanation { action, total, matching, conditions, row, nearest, changed } = explanation;
    let rows = conditions.iter().map(|condition| {
        let Condition { name, asked, alone, left } = condition;
        [name.clone(), asked.clone(), alone.text(), left.text()]
    });
    let mut text = output::table(["CONDITION", "ASKED", "ALONE", "LEFT"], rows);
    // Into a text, these succeed.
    let _ = writeln!(text, "{action} lists {} of {}", matching.text(), total.text());
    if *changed {
        text.push_str("the sandbox has changed since the request\n");
    }
    if let Some(row) = row {
        text.push('\n');
        push_row(&mut text, row);
    }
    if !nearest.is_empty() {
        text.push_str("\nall conditions but one are met by\n");
        for row in nearest {
            push_row(&mut text, row);
        }
    }
    text
}

fn push_row(text: &mut String, row: &Row) {
    let Row { id, listed, page, failed, elsewhere } = row;
    let id = output::plain(id);
    let _ = match (listed, page) {
        (true, Some(page)) => writeln!(text, "{id} is listed, on page {page}"),
        (true, None) => writeln!(text, "{id} is listed"),
        (false, _) => writeln!(text, "{id} is not listed"),
    };
    for Failed { name, asked, has, hint } in failed {
        if name == "Id" && hint.as_deref() == Some("type") {
            let _ = writeln!(text, "  {}", output::plain(&format!("it is the id of another kind: {has}")));
            continue;
        }
        let has = if has.is_empty() { "none".to_owned() } else { format!("\"{has}\"") };
        let hint = match hint.as_deref() {
            Some("space") => " (they differ in spaces)",
            Some("case") => " (they differ in case)",
            Some("type") => " (that is another type of thing)",
            _ => "",
        };
        let line = format!("  {name}: asked for \"{asked}\", has {has}{hint}");
        let _ = writeln!(text, "{}", output::plain(&line));
    }
    let places = [
        elsewhere.region_id.as_ref().map(|region_id| format!("it is in the region {region_id}")),
        elsewhere.sandbox.as_ref().map(|sandbox| format!("the sandbox {sandbox} has one of this id")),
        elsewhere.expired_at.as_ref().map(|time| format!("it expired at {time}")),
        elsewhere.deleted_by.map(|sequence| format!("the entry {sequence} of the journal took it out")),
        elsewhere.may_be_deleted_by.first().map(|sequence| {
            format!("the entry {sequence} of the journal changed more than it names, and may have taken it out")
        }),
    ];
    let is_nowhere = !listed && failed.is_empty() && places.iter().all(Option::is_none);
    for place in places.into_iter().flatten() {
        let _ = writeln!(text, "  {}", output::plain(&place));
    }
    if is_nowhere {
        text.push_str("  it is nowhere\n");
    }
}
