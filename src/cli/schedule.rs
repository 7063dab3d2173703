//! `ecs-mock schedule`: what automatic snapshot policies are going to make in a sandbox.

use std::fmt::Write as _;

use clap::Args;
use serde::Deserialize;
use ureq::http::Method;

use super::Failure;
use super::client::{Client, InSandbox, under};
use crate::model::time::Time;

#[derive(Debug, Args)]
pub struct ScheduleArgs {
    /// How far ahead, such as 2026-03-15T12:00:00Z; a week, if it is left out
    #[arg(long, value_name = "TIME")]
    until: Option<Time>,
    /// Points at most
    #[arg(long, value_name = "COUNT", default_value_t = 100, value_parser = clap::value_parser!(u16).range(1..=1_000))]
    limit: u16,
    #[command(flatten)]
    at: InSandbox,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Schedule {
    until: Time,
    due: Vec<Due>,
    truncated: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Due {
    time: Time,
    auto_snapshot_policy_id: String,
    disk_id: String,
    region_id: String,
    snapshot_id: String,
    skipped: Option<String>,
}

pub fn run(args: &ScheduleArgs) -> Result<(), Failure> {
    let client = Client::new(&args.at.target)?;
    let until = args.until.map(|time| format!("&until={time}")).unwrap_or_default();
    let path = under(&args.at.sandbox, &format!("/schedule?limit={}{until}", args.limit));
    let text = client.call(&Method::GET, &path)?;
    client.show(&text, |schedule: &Schedule| {
        let mut text = String::new();
        for due in &schedule.due {
            let Due { time, auto_snapshot_policy_id, disk_id, region_id, snapshot_id, skipped } = due;
            let makes = skipped.as_deref().map_or(snapshot_id.clone(), |why| format!("skipped ({why})"));
            // Into a text, this succeeds.
            let _ = writeln!(text, "{time}  {auto_snapshot_policy_id}  {disk_id}  {region_id}  {makes}");
        }
        match (schedule.truncated, text.is_empty()) {
            (true, _) => text.push_str("and more"),
            (false, true) => text = format!("nothing is due until {}", schedule.until),
            (false, false) => text.truncate(text.trim_end().len()),
        }
        text
    })
}
