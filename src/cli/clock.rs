//! `ecs-mock clock`: what time it is in a sandbox.

use clap::{Args, Subcommand};
use serde::Deserialize;
use serde_json::json;
use ureq::http::Method;

use super::Failure;
use super::client::{Client, InSandbox, Target, under};
use crate::model::clock::SandboxClock;
use crate::model::time::Time;

#[derive(Debug, Args)]
pub struct ClockArgs {
    #[command(subcommand)]
    verb: ClockVerb,
    #[command(flatten)]
    sandbox: InSandbox,
    #[command(flatten)]
    target: Target,
}

#[derive(Debug, Subcommand)]
enum ClockVerb {
    /// Show the clock and its time
    Show,
    /// Set the clock
    Set {
        #[command(subcommand)]
        mode: Mode,
    },
    /// Move the clock, whatever its mode
    Advance {
        /// How far; back, if it is negative
        #[arg(allow_negative_numbers = true)]
        seconds: i64,
    },
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
}

pub fn run(args: &ClockArgs) -> Result<(), Failure> {
    let client = Client::new(&args.target)?;
    let path = under(&args.sandbox.sandbox, "/clock");
    let text = match args.verb {
        ClockVerb::Show => client.call(&Method::GET, &path)?,
        ClockVerb::Set { mode } => client.send(&Method::PUT, &path, &json!(SandboxClock::from(mode)))?,
        ClockVerb::Advance { seconds } => {
            client.send(&Method::POST, &format!("{path}/advance"), &json!({ "Seconds": seconds }))?
        }
    };
    client.show(&args.target, &text, |clock: &Clock| {
        let by = match (clock.seconds, clock.rate) {
            (Some(seconds), _) => format!(" {seconds} seconds"),
            (_, Some(rate)) => format!(" {rate} seconds a second"),
            _ => String::new(),
        };
        format!("{} ({}{by})", clock.now, clock.mode)
    })
}
