//! `ecs-mock wait`: until the server is ready.

use std::thread;
use std::time::{Duration, Instant};

use clap::Args;
use ureq::http::Method;

use super::client::{Client, READY, Target};
use super::{Failure, output};

/// Between two questions.
const PAUSE: Duration = Duration::from_millis(100);

/// How long one question may take.
const PATIENCE: Duration = Duration::from_secs(3);

#[derive(Debug, Args)]
pub struct WaitArgs {
    /// Give up after so long, with exit code 5; 0 asks once
    #[arg(long, value_name = "SECONDS", default_value = "60", value_parser = seconds)]
    timeout: Duration,
    #[command(flatten)]
    target: Target,
}

pub fn run(args: &WaitArgs) -> Result<(), Failure> {
    // A time beyond the clock's end never comes.
    let deadline = Instant::now().checked_add(args.timeout);
    let left = || deadline.map_or(Duration::MAX, |deadline| deadline.saturating_duration_since(Instant::now()));
    loop {
        // However little time is left, a server that is ready has the time to say so.
        let client = Client::at(&args.target.url, Some(left().clamp(PAUSE, PATIENCE)));
        match client.call(&Method::GET, READY) {
            Ok(text) if args.target.json => return output::line(&text),
            Ok(_) => return output::line("ready"),
            Err(error) if left().is_zero() => {
                let seconds = args.timeout.as_secs_f64();
                return Err(Failure::NotReady(format!("not ready after {seconds} seconds: {error}")));
            }
            Err(_) => thread::sleep(PAUSE.min(left())),
        }
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "a number of seconds is needed".to_owned())?;
    Duration::try_from_secs_f64(seconds).map_err(|error| error.to_string())
}
