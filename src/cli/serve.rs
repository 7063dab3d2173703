//! `ecs-mock serve`: from flags to a running server, and to its orderly end.

use std::io::{self, IsTerminal as _};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use actix_web::web::Data;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tracing_appender::non_blocking::{ErrorCounter, NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::EnvFilter;

use super::secret::{self, SecretError};
use super::{LogFormat, ServeArgs};
use crate::admin::guard::Access;
use crate::app::{App, AppError, Config, Startup};
use crate::clock::Clock;
use crate::model::access_key::AccessKey;
use crate::model::ids::Ids;
use crate::sandboxes::Limits;
use crate::seed::Source;
use crate::server::ConnectionLimits;
use crate::{server, store};

/// Why the server ends with an error.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    #[error("cannot listen on {address}: {error}: {remedy}")]
    Listen { address: String, error: io::Error, remedy: &'static str },
    #[error(
        "the control plane on {0} would be open to the network: give it an --admin-token, or an --admin-listen on \
         loopback"
    )]
    Open(SocketAddr),
    #[error(transparent)]
    Secret(#[from] SecretError),
    #[error(transparent)]
    App(#[from] AppError),
    #[error("the server failed: {0}")]
    Server(#[from] io::Error),
    #[error("the database could not be closed in order: {0}: nothing is lost, the next start takes care of it")]
    Close(#[from] store::Error),
}

pub fn run(args: ServeArgs) -> Result<(), super::Failure> {
    let log = start_logging(&args.log, args.log_format);
    actix_web::rt::System::new().block_on(async {
        let reporting = actix_web::rt::spawn(report_dropped(log.dropped.clone()));
        let served = serve(args).await;
        reporting.abort();
        Ok(served?)
    })
}

/// Lines that wait for whoever reads the log; those that find no room are dropped and counted.
const LOG_LINES: usize = 10_000;

/// What the HTTP layer calls an error is a client's: one that breaks off, or sends what is no HTTP. Its requests have lines of
/// their own.
const OF_HTTP_LAYER: &str = "actix_http::h1=off";

/// How often dropped lines are looked for.
const REPORTING: Duration = Duration::from_secs(5);

/// The log, which is written by a thread of its own: nobody waits for whoever reads it, or does not.
struct Log {
    dropped: ErrorCounter,
    /// Dropped, it writes what still waits, if somebody reads it.
    _writing: WorkerGuard,
}

fn start_logging(filter: &str, format: LogFormat) -> Log {
    let (writer, writing) =
        NonBlockingBuilder::default().lossy(true).buffered_lines_limit(LOG_LINES).finish(io::stdout());
    let log = Log { dropped: writer.error_counter(), _writing: writing };
    let logging = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(format!("{OF_HTTP_LAYER},{filter}")))
        .with_ansi(io::stdout().is_terminal())
        .with_target(false)
        .with_writer(writer);
    match format {
        LogFormat::Text => logging.init(),
        LogFormat::Json => logging.json().flatten_event(true).init(),
    }
    log
}

/// Says how many lines of the log were dropped, once there is room for that.
async fn report_dropped(dropped: ErrorCounter) {
    let mut reported = 0;
    loop {
        tokio::time::sleep(REPORTING).await;
        let lines = dropped.dropped_lines();
        if lines > reported {
            tracing::warn!(lines, "so many lines of the log were dropped, since nobody read them in time");
            reported = lines;
        }
    }
}

async fn serve(args: ServeArgs) -> Result<(), ServeError> {
    // Whoever sees it listen may tell it to stop.
    let (stop, stopped) = watch::channel(false);
    actix_web::rt::spawn(stop_on_signal(stop)?);
    let (listener, address) = listen(&args.listen)?;
    let admin = args.admin_listen.as_deref().map(listen).transpose()?;
    let control_plane = admin.as_ref().map_or(address, |(_, address)| *address);
    let admin_token = secret::given("admin-token", args.admin_token.as_deref(), args.admin_token_file.as_deref())?;
    let access_key_secret =
        secret::given("access-key-secret", args.access_key_secret.as_deref(), args.access_key_secret_file.as_deref())?;
    if !control_plane.ip().is_loopback() && admin_token.is_none() {
        return Err(ServeError::Open(control_plane));
    }
    let access_key_id = args.access_key_id.filter(|id| !id.is_empty());
    let access = Access { token: admin_token, address: admin.as_ref().map(|(_, address)| *address) };
    let listeners = std::iter::once(listener).chain(admin.map(|(listener, _)| listener)).collect();

    let ids = Arc::new(Ids::random());
    let startup = Data::new(Startup::new(ids.clone()));
    // Listening before the app is open lets a health check see a long start.
    let limits = ConnectionLimits::of_process();
    let server = server::run(listeners, &startup, access, limits, requested(stopped.clone()))?;
    let handle = server.handle();
    let running = actix_web::rt::spawn(server);

    let seed = args.seed.unwrap_or(Source::Default);
    let config = Config {
        database: args.database,
        seed,
        clock: Clock::Real,
        ids,
        limits: Limits {
            sandboxes: args.max_sandboxes,
            checkpoints: args.max_checkpoints,
            resources: args.max_snapshots,
        },
        page_cache: args.page_cache * 1024 * 1024,
        journal_memory: args.journal_memory * 1024 * 1024,
        upload_patience: Duration::from_secs(args.upload_seconds),
        max_temporary: args.max_temporary * 1024 * 1024,
        transfers: server::transfers(),
        copies: !args.no_copy,
        is_auto_sandbox: args.auto_sandbox,
        auto_sandbox_ttl: Some(args.auto_sandbox_ttl).filter(|seconds| *seconds > 0),
        auth: args.auth,
        allowed_hosts: args.allowed_hosts,
        access_key: access_key_id.zip(access_key_secret).map(|(id, secret)| AccessKey::new(id, secret)),
        backups: args.backups,
    };
    let opened = tokio::select! {
        opened = App::open(config) => opened,
        () = requested(stopped) => {
            // What was begun is rolled back.
            running.await.map_err(io::Error::other)??;
            return Ok(());
        }
    };
    match opened {
        Ok(app) => startup.finish(app),
        Err(error) => {
            handle.stop(false).await;
            return Err(error.into());
        }
    }
    if control_plane != address {
        tracing::info!("the control plane listens on http://{control_plane}");
    }
    tracing::info!("listening on http://{address}");

    running.await.map_err(io::Error::other)??;
    // The workers are gone, and with them every other holder of the app.
    if let Some(app) = Arc::into_inner(startup.into_inner()).and_then(Startup::into_app) {
        app.close().await?;
    } else {
        tracing::warn!("requests were cut off; the next start puts the log into the database");
    }
    tracing::info!("stopped");
    Ok(())
}

fn listen(address: &str) -> Result<(TcpListener, SocketAddr), ServeError> {
    let failed = |error: io::Error| ServeError::Listen {
        address: address.to_owned(),
        remedy: match error.kind() {
            io::ErrorKind::AddrInUse => "stop what uses it, or give another --listen",
            io::ErrorKind::PermissionDenied => "ports under 1024 need privileges: give another --listen",
            _ => "give an address of this machine as --listen",
        },
        error,
    };
    let listener = TcpListener::bind(address).and_then(server::queue).map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    Ok((listener, address))
}

/// Says so when the process is asked to stop, by SIGTERM or SIGINT.
fn stop_on_signal(stop: watch::Sender<bool>) -> io::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        let name = tokio::select! {
            _ = terminate.recv() => "SIGTERM",
            _ = interrupt.recv() => "SIGINT",
        };
        tracing::info!("{name}: stopping");
        stop.send_replace(true);
    })
}

/// Resolves once the stop was requested.
async fn requested(mut stopped: watch::Receiver<bool>) {
    // Without a sender nobody can request it any more, and it resolves too.
    let _ = stopped.wait_for(|is_requested| *is_requested).await;
}
