//! `ecs-mock clock`: what time it is in a sandbox.

use clap::{Args, Subcommand};
use serde::Deserialize;
use serde_json::json;
use ureq::http::Method;

use super::Failure;
use super::client::{Client, InSandbox, under};
use crate::model::clock::SandboxClock;
use crate::model::time::Time;

#[derive(Debug, Args)]
pub struct ClockArgs {
    #[command(subcommand)]
    verb: ClockVerb,
    #[command(flatten)]
    at: InSandbox,
}

#[derive(Debug, Subcommand)]
enum ClockVerb {
    /// Show the clock and its time
    Show,
    /// Set the clock
    Set {
        #[command(subcommand)]
        mode: Mode,
        #[command(flatten)]
        passing: Passing,
    },
    /// Move the clock, whatever its mode
    Advance {
        /// How far; back, if it is negative
        #[arg(allow_negative_numbers = true, required_unless_present = "to_next_due")]
        seconds: Option<i64>,
        /// To the moment at which an automatic snapshot policy has something to make for the next time
        #[arg(long, conflicts_with = "seconds")]
        to_next_due: bool,
        #[command(flatten)]
        passing: Passing,
    },
}

/// What becomes of the time between.
#[derive(Debug, Clone, Copy, Args)]
struct Passing {
    /// Let what automatic snapshot policies have to make in the time between never be made
    #[arg(long)]
    no_catch_up: bool,
}

#[derive(Debug, Clone, Copy, Subcommand)]
enum Mode {
    /// The real time
    Real,
    /// Stand still
    Frozen {
        /// Where, such as 2026-03-15T12:00:00Z; where it is, if it is left out
        time: Option<Time>,
    },
    /// Ahead of the real time, or behind it
    Offset {
        /// How far ahead; behind, if it is negative
        #[arg(allow_negative_numbers = true)]
        seconds: i64,
    },
    /// Faster or slower than the real time, from where it is
    Scaled {
        /// Seconds of the sandbox for one real second
        rate: f64,
    },
}

impl From<Mode> for SandboxClock {
    fn from(mode: Mode) -> Self {
        match mode {
            Mode::Real => Self::Real,
            Mode::Frozen { time } => Self::Frozen { time },
            Mode::Offset { seconds } => Self::Offset { seconds },
            Mode::Scaled { rate } => Self::Scaled { rate, time: None, since: None },
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Clock {
    mode: String,
    seconds: Option<i64>,
    rate: Option<f64>,
    now: Time,
    caught_up: Option<CaughtUp>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct CaughtUp {
    made: u64,
    expired: u64,
}

pub fn run(args: &ClockArgs) -> Result<(), Failure> {
    let client = Client::new(&args.at.target)?;
    let path = under(&args.at.sandbox, "/clock");
    let text = match args.verb {
        ClockVerb::Show => client.call(&Method::GET, &path)?,
        ClockVerb::Set { mode, passing } => {
            let mut clock = json!(SandboxClock::from(mode));
            clock["CatchUp"] = json!(!passing.no_catch_up);
            client.send(&Method::PUT, &path, &clock)?
        }
        ClockVerb::Advance { seconds, to_next_due, passing } => {
            let mut advance = json!({ "ToNextDue": to_next_due, "CatchUp": !passing.no_catch_up });
            if let Some(seconds) = seconds {
                advance["Seconds"] = json!(seconds);
            }
            client.send(&Method::POST, &format!("{path}/advance"), &advance)?
        }
    };
    client.show(&text, |clock: &Clock| {
        let by = match (clock.seconds, clock.rate) {
            (Some(seconds), _) => format!(" {seconds} seconds"),
            (_, Some(rate)) => format!(" {rate} seconds a second"),
            _ => String::new(),
        };
        let caught_up = match &clock.caught_up {
            Some(CaughtUp { made, expired }) if made + expired > 0 => format!(": {made} made, {expired} expired"),
            _ => String::new(),
        };
        format!("{} ({}{by}){caught_up}", clock.now, clock.mode)
    })
}
