//! The command line: verbs and flags. Those of the server, and those that say which server a verb talks to, are environment
//! variables too. Exit codes: 0, 1 for an error, 2 for wrong usage, 4 for states that differ and for a verification
//! whose answer is no, 5 for a server that is not ready in time, 6 for a verification whose answer nobody knows.

mod access_key;
mod checkpoint;
mod client;
mod clock;
mod env;
mod explain;
mod fault;
mod given;
mod healthcheck;
mod output;
mod requests;
mod restore;
mod sandbox;
mod schedule;
mod secret;
mod seed;
mod serve;
mod settings;
mod state;
mod verify;
mod wait;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::builder::TypedValueParser as _;
use clap::{ArgGroup, Args, Parser, Subcommand, ValueEnum};
use tracing_subscriber::EnvFilter;

use crate::app::{AUTO_SANDBOX_TTL, Auth};
use crate::seed::Source;

/// A persistent, stateful stand-in for the snapshot part of the Alibaba Cloud ECS API.
///
/// Without a verb it serves.
#[derive(Debug, Parser)]
#[command(name = "ecs-mock", version, args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    verb: Option<Verb>,
    #[command(flatten)]
    serve: ServeArgs,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Run the server (what happens without a verb)
    Serve(ServeArgs),
    /// Ask a running server whether it is ready: exit code 0 if so, else 1
    Healthcheck(HealthcheckArgs),
    /// Wait until a running server is ready: exit code 5 if it takes too long
    Wait(wait::WaitArgs),
    /// Bring files into a sandbox, all or nothing
    Seed(seed::SeedArgs),
    /// Write down what a sandbox holds
    Export(state::ExportArgs),
    /// Start over: state, clock and sequence of ids
    Reset(state::ResetArgs),
    /// Make, list and delete sandboxes
    Sandbox(sandbox::SandboxArgs),
    /// Make, list, change and delete the keys that requests to a sandbox are signed with
    AccessKey(access_key::AccessKeyArgs),
    /// Name states of a sandbox, put them back, and compare them
    Checkpoint(checkpoint::CheckpointArgs),
    /// Show and set what time it is in a sandbox
    Clock(clock::ClockArgs),
    /// Show what automatic snapshot policies are going to make in a sandbox
    Schedule(schedule::ScheduleArgs),
    /// Tell why a list of the cloud plane is what it is, and why something is not on it
    Explain(explain::ExplainArgs),
    /// Show and set how the service behaves in a sandbox
    Settings(settings::SettingsArgs),
    /// Plan what goes wrong in a sandbox, list and remove what is planned
    Fault(fault::FaultArgs),
    /// Show the requests to a sandbox, and what else has changed it
    Requests(requests::RequestsArgs),
    /// Tell whether there were the requests that were expected: exit code 4 if not, 6 if nobody knows
    Verify(verify::VerifyArgs),
    /// Put a backup in the place of a database that no server uses
    Restore(restore::RestoreArgs),
    /// Print what points clients at a sandbox, for `eval "$(ecs-mock env)"`
    Env(env::EnvArgs),
}

#[derive(Debug, Args)]
#[command(group(ArgGroup::new("secret").multiple(true)))]
struct ServeArgs {
    /// Address to listen on; port 0 takes a free one
    #[arg(long, env = "ECS_MOCK_LISTEN", value_name = "HOST:PORT", default_value = DEFAULT_LISTEN, value_parser = address)]
    listen: String,
    /// SQLite file, made where there is none; `:memory:` keeps nothing
    #[arg(long, env = "ECS_MOCK_DATABASE", value_name = "FILE", default_value = "ecs-mock.db")]
    database: PathBuf,
    /// State document, or a folder of them, that the first start is seeded from; `none` for nothing [default: seed]
    #[arg(long, env = "ECS_MOCK_SEED", value_name = "FILE|FOLDER|none", value_parser = clap::builder::StringValueParser::new().map(|text| source(&text)))]
    seed: Option<Source>,
    /// What the control plane wants to see as `Authorization: Bearer`; needed to listen on anything but loopback
    #[arg(long, env = "ECS_MOCK_ADMIN_TOKEN", value_name = "TOKEN", hide_env_values = true)]
    admin_token: Option<String>,
    /// File that holds the admin token, which is then in no list of processes
    #[arg(long, env = "ECS_MOCK_ADMIN_TOKEN_FILE", value_name = "FILE")]
    admin_token_file: Option<PathBuf>,
    /// An address of its own for the control plane
    #[arg(long, env = "ECS_MOCK_ADMIN_LISTEN", value_name = "HOST:PORT", value_parser = address)]
    admin_listen: Option<String>,
    /// Folder that backups are written to
    #[arg(long, env = "ECS_MOCK_BACKUPS", value_name = "FOLDER")]
    backups: Option<PathBuf>,
    /// Give every access key that nobody registered a sandbox of its own, made from the seed at its first request
    #[arg(long, env = "ECS_MOCK_AUTO_SANDBOX")]
    auto_sandbox: bool,
    /// How long such a sandbox stays without being used; 0: for ever
    #[arg(long, env = "ECS_MOCK_AUTO_SANDBOX_TTL", value_name = "SECONDS", default_value_t = AUTO_SANDBOX_TTL, value_parser = clap::value_parser!(i64).range(0..=i64::from(i32::MAX)))]
    auto_sandbox_ttl: i64,
    /// What becomes of requests whose key, signature or permission is not in order
    #[arg(long, env = "ECS_MOCK_AUTH", value_name = "MODE", default_value = "off")]
    auth: Auth,
    /// A key that the sandbox `default` must have [default: testid, from the first start on]
    #[arg(long, env = "ECS_MOCK_ACCESS_KEY_ID", value_name = "ID", requires = "secret")]
    access_key_id: Option<String>,
    /// The secret of that key [default: testsecret]
    #[arg(
        long,
        env = "ECS_MOCK_ACCESS_KEY_SECRET",
        value_name = "SECRET",
        requires = "access_key_id",
        group = "secret",
        hide_env_values = true
    )]
    access_key_secret: Option<String>,
    /// File that holds that secret
    #[arg(
        long,
        env = "ECS_MOCK_ACCESS_KEY_SECRET_FILE",
        value_name = "FILE",
        requires = "access_key_id",
        group = "secret"
    )]
    access_key_secret_file: Option<PathBuf>,
    /// Name under which the cloud plane may be reached, `*.` before it for all below it; may be given several times
    #[arg(long = "allowed-host", env = "ECS_MOCK_ALLOWED_HOST", value_name = "NAME", value_delimiter = ',', value_parser = host)]
    allowed_hosts: Vec<String>,
    /// Sandboxes at most
    #[arg(long, env = "ECS_MOCK_MAX_SANDBOXES", value_name = "COUNT", default_value_t = 10_000)]
    max_sandboxes: usize,
    /// Checkpoints of one sandbox at most
    #[arg(long, env = "ECS_MOCK_MAX_CHECKPOINTS", value_name = "COUNT", default_value_t = 1_000, value_parser = clap::value_parser!(i64).range(0..))]
    max_checkpoints: i64,
    /// Snapshots of one sandbox at most, and as many of each other kind [default: no limit]
    #[arg(long, env = "ECS_MOCK_MAX_SNAPSHOTS", value_name = "COUNT", value_parser = clap::value_parser!(i64).range(0..))]
    max_snapshots: Option<i64>,
    /// Memory for pages that are asked for again and again, in MiB; 0 keeps none
    #[arg(long, env = "ECS_MOCK_PAGE_CACHE", value_name = "MIB", default_value_t = 32, value_parser = clap::value_parser!(u64).range(0..=65_536))]
    page_cache: u64,
    /// Memory for the journals of sandboxes, in MiB; what is beyond it is read from the database when it is asked for; 0 keeps no
    /// journals
    #[arg(long, env = "ECS_MOCK_JOURNAL_MEMORY", value_name = "MIB", default_value_t = 64, value_parser = clap::value_parser!(u64).range(0..=65_536))]
    journal_memory: u64,
    /// How long an upload of a state may take
    #[arg(long, env = "ECS_MOCK_UPLOAD_SECONDS", value_name = "SECONDS", default_value_t = 1_800, value_parser = clap::value_parser!(u64).range(1..=604_800))]
    upload_seconds: u64,
    /// Room on the disk for temporary files of uploads and exports under way, in MiB
    #[arg(long, env = "ECS_MOCK_MAX_TEMPORARY", value_name = "MIB", default_value_t = 4_096, value_parser = clap::value_parser!(u64).range(1..=1_048_576))]
    max_temporary: u64,
    /// Keep no copy of a database of an older version, which is else copied to FILE.v4 before it is migrated
    #[arg(long, env = "ECS_MOCK_NO_COPY")]
    no_copy: bool,
    /// What to log: a level, or a filter such as `warn,ecs_mock=debug`
    #[arg(long, env = "ECS_MOCK_LOG", value_name = "FILTER", default_value = "warn,ecs_mock=info", value_parser = filter)]
    log: String,
    /// How to log
    #[arg(long, env = "ECS_MOCK_LOG_FORMAT", value_name = "FORMAT", default_value = "text")]
    log_format: LogFormat,
}

#[derive(Debug, Args)]
struct HealthcheckArgs {
    /// Address that the server listens on
    #[arg(long, env = "ECS_MOCK_LISTEN", value_name = "HOST:PORT", default_value = DEFAULT_LISTEN, value_parser = address)]
    listen: String,
}

/// Why a verb does not end with 0.
#[derive(Debug)]
enum Failure {
    /// Something went wrong; fits in one line.
    Error(Box<dyn std::error::Error>),
    /// Two states differ, as the verb has printed.
    Different,
    /// What was expected is not so, as the verb has printed.
    NotAsExpected,
    /// Nobody knows whether what was expected is so, as the verb has printed.
    Unknown,
    /// The server was not ready in time; fits in one line.
    NotReady(String),
}

impl<E: Into<Box<dyn std::error::Error>>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Error(error.into())
    }
}

const DEFAULT_LISTEN: &str = "127.0.0.1:4590";

#[derive(Debug, Clone, Copy, ValueEnum)]
enum LogFormat {
    Text,
    Json,
}

/// Reads the command line and runs the verb.
#[must_use]
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let result = match cli.verb {
        None => serve::run(cli.serve),
        Some(Verb::Serve(args)) => serve::run(args),
        Some(Verb::Healthcheck(args)) => healthcheck::run(&args),
        Some(Verb::Wait(args)) => wait::run(&args),
        Some(Verb::Seed(args)) => seed::run(&args),
        Some(Verb::Export(args)) => state::export(&args),
        Some(Verb::Reset(args)) => state::reset(&args),
        Some(Verb::Sandbox(args)) => sandbox::run(&args),
        Some(Verb::AccessKey(args)) => access_key::run(&args),
        Some(Verb::Checkpoint(args)) => checkpoint::run(&args),
        Some(Verb::Clock(args)) => clock::run(&args),
        Some(Verb::Schedule(args)) => schedule::run(&args),
        Some(Verb::Explain(args)) => explain::run(&args),
        Some(Verb::Settings(args)) => settings::run(&args),
        Some(Verb::Fault(args)) => fault::run(&args),
        Some(Verb::Requests(args)) => requests::run(&args),
        Some(Verb::Verify(args)) => verify::run(&args),
        Some(Verb::Restore(args)) => restore::run(&args),
        Some(Verb::Env(args)) => env::run(&args),
    };
    let (code, message) = match result {
        Ok(()) => return ExitCode::SUCCESS,
        Err(Failure::Error(error)) => (1, error.to_string()),
        Err(Failure::Different | Failure::NotAsExpected) => return ExitCode::from(4),
        Err(Failure::Unknown) => return ExitCode::from(6),
        Err(Failure::NotReady(message)) => (5, message),
    };
    eprintln!("ecs-mock: {}", output::plain(&message));
    ExitCode::from(code)
}

fn address(text: &str) -> Result<String, String> {
    match text.rsplit_once(':') {
        Some((host, port)) if !host.is_empty() && port.parse::<u16>().is_ok() => Ok(text.to_owned()),
        _ => Err("a host and a port such as 127.0.0.1:4590 are needed".to_owned()),
    }
}

fn host(text: &str) -> Result<String, String> {
    let name = text.strip_prefix("*.").unwrap_or(text);
    let is_name = |name: &str| !name.starts_with('.') && !name.contains([':', '/', '*', ' ']);
    if is_name(name) {
        Ok(text.to_owned())
    } else {
        Err("a name without a port is needed, or *. before one".to_owned())
    }
}

fn source(text: &str) -> Source {
    match text {
        "" => Source::Default,
        "none" => Source::None,
        path => Source::Path(PathBuf::from(path)),
    }
}

fn filter(text: &str) -> Result<String, String> {
    EnvFilter::try_new(text).map(|_| text.to_owned()).map_err(|error| error.to_string())
}
