//! What both planes share: the store, the clock, the ids. Opened once.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use clap::ValueEnum;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::task::JoinHandle;

use crate::actions::known::Known;
use crate::clock::Clock;
use crate::metrics::Metrics;
use crate::model::access_key::AccessKey;
use crate::model::ids::Ids;
use crate::nonces::Nonces;
use crate::sandboxes::{Limits, Options, SandboxError, Sandboxes};
use crate::seed::{self, SeedError, Seeded, Source};
use crate::spool::Spool;
use crate::store::{self, OpenError, Store, states};

/// Bytes of [`Config::page_cache`], unless somebody says otherwise.
pub const PAGE_CACHE: u64 = 32 * 1024 * 1024;

/// Bytes of [`Config::journal_memory`], unless somebody says otherwise.
pub const JOURNAL_MEMORY: u64 = 64 * 1024 * 1024;

/// [`Config::auto_sandbox_ttl`], unless somebody says otherwise: seven days.
pub const AUTO_SANDBOX_TTL: i64 = 7 * 24 * 60 * 60;

/// [`Config::upload_patience`], unless somebody says otherwise.
pub const UPLOAD_PATIENCE: Duration = Duration::from_mins(30);

/// [`Config::max_temporary`], unless somebody says otherwise.
pub const MAX_TEMPORARY: u64 = 4 * 1024 * 1024 * 1024;

/// [`Config::transfers`] at most: each has some megabytes of entries in memory.
pub const TRANSFERS: usize = 64;

/// How often somebody looks whether the database file is to become shorter. Most of what is free at one moment is filled again
/// soon, and giving it back meanwhile would be done in vain.
const SPACE_LOOK: Duration = Duration::from_secs(30);

/// How to open an [`App`].
#[derive(Debug)]
pub struct Config {
    /// A path, or `:memory:`.
    pub database: PathBuf,
    pub seed: Source,
    pub clock: Clock,
    pub ids: Arc<Ids>,
    pub limits: Limits,
    /// Bytes of pages that are kept to be answered again.
    pub page_cache: u64,
    /// Bytes that entries of journals take in memory at most; with 0 there are no journals.
    pub journal_memory: u64,
    /// How long an upload of a state may take in all.
    pub upload_patience: Duration,
    /// Bytes that temporary files of uploads and exports take together at most.
    pub max_temporary: u64,
    /// Uploads and exports of states at once; others wait for their turn.
    pub transfers: usize,
    /// Whether a database of an older schema is copied before it is migrated.
    pub copies: bool,
    pub is_auto_sandbox: bool,
    /// How many seconds a sandbox that was made for an unknown key stays without being used; `None`: for ever.
    pub auto_sandbox_ttl: Option<i64>,
    /// Names under which the cloud plane may be reached, beside those that are local; `*.` before a name is all below it.
    pub allowed_hosts: Vec<String>,
    pub auth: Auth,
    /// A key that the sandbox `default` must have; `None`: that of the documentation's examples, from its first start on.
    pub access_key: Option<AccessKey>,
    pub backups: Option<PathBuf>,
}

/// What becomes of requests whose signature, key or permission is not in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Auth {
    /// Nobody looks: the key id tells the sandbox, and that is all.
    #[default]
    Off,
    /// They are answered as with `off`, but marked, in the log and in a header.
    Warn,
    /// They are refused.
    Enforce,
}

impl Config {
    /// With the real clock and random ids, and without anything that is optional.
    #[must_use]
    pub fn new(database: PathBuf, seed: Source) -> Self {
        Self {
            database,
            seed,
            clock: Clock::Real,
            ids: Arc::new(Ids::random()),
            limits: Limits::default(),
            page_cache: PAGE_CACHE,
            journal_memory: JOURNAL_MEMORY,
            upload_patience: UPLOAD_PATIENCE,
            max_temporary: MAX_TEMPORARY,
            transfers: TRANSFERS,
            copies: true,
            is_auto_sandbox: false,
            auto_sandbox_ttl: Some(AUTO_SANDBOX_TTL),
            allowed_hosts: Vec::new(),
            auth: Auth::Off,
            access_key: None,
            backups: None,
        }
    }
}

/// The opened application.
#[derive(Debug)]
pub struct App {
    pub store: Store,
    /// The real time.
    pub clock: Clock,
    pub sandboxes: Arc<Sandboxes>,
    /// What is counted of all this.
    pub metrics: Arc<Metrics>,
    pub nonces: Arc<Nonces>,
    pub auth: Auth,
    /// How sandboxes are kept.
    pub options: Options,
    /// Names under which the cloud plane may be reached, beside those that are local.
    pub allowed_hosts: Vec<String>,
    /// Whether an access key that nobody registered gets a sandbox of its own.
    pub is_auto_sandbox: bool,
    /// The folder for backups.
    pub backups: Option<PathBuf>,
    /// What may be planned to go wrong is looked up here.
    pub catalogue: Known,
    /// How long an upload of a state may take in all.
    pub upload_patience: Duration,
    /// Uploads and exports under way.
    pub spool: Arc<Spool>,
    /// What goes on beside requests: rows of states that nothing points at any more are deleted, nonces and journals are written, the
    /// write-ahead log is moved into the database file, which becomes shorter where much of it is free, uses of sandboxes are
    /// noted and those removed whose time is over, and so is what expired long ago.
    tasks: [JoinHandle<()>; 7],
}

/// A server that listens already, while its [`App`] is perhaps still being opened.
#[derive(Debug)]
pub struct Startup {
    ids: Arc<Ids>,
    app: OnceLock<App>,
}

impl Startup {
    /// A server without an app yet. Request ids come from `ids` from the first request on.
    #[must_use]
    pub fn new(ids: Arc<Ids>) -> Self {
        Self { ids, app: OnceLock::new() }
    }

    /// From here on the server is ready.
    pub fn finish(&self, app: App) {
        // There is one start, so there is nothing that this could replace.
        let _ = self.app.set(app);
    }

    /// The app, once migrations and seeds are done.
    #[must_use]
    pub fn app(&self) -> Option<&App> {
        self.app.get()
    }

    /// A new request id.
    #[must_use]
    pub fn request_id(&self) -> String {
        self.ids.request_id()
    }

    /// Takes the app out, to close it.
    #[must_use]
    pub fn into_app(self) -> Option<App> {
        self.app.into_inner()
    }
}

/// Why an [`App`] cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(transparent)]
    Seed(#[from] SeedError),
    #[error("the access key {access_key_id} cannot be that of the sandbox default: {error}: name another one")]
    AccessKey { access_key_id: String, error: SandboxError },
}

impl App {
    /// Opens the database, migrates it, and loads the seed.
    ///
    /// # Errors
    ///
    /// [`AppError`]; the database is then as it was, but for migrations.
    pub async fn open(config: Config) -> Result<Self, AppError> {
        let Config { database, seed, clock, ids, is_auto_sandbox, auth, access_key, backups, .. } = config;
        let opened = Store::open(&database, config.copies).await?;
        let store = opened.store;
        tracing::info!(path = %store.path().display(), migrated = %list(&opened.migrated), "database");
        let failed = |error| OpenError::from_sqlite(store.path(), error);
        let first_key = access_key.clone().unwrap_or_else(AccessKey::of_examples);
        let seeded = match seed::load(&store, &seed, &clock, &ids, &first_key).await {
            Err(SeedError::Store(error)) => return Err(failed(error).into()),
            seeded => seeded?,
        };
        let source = describe(&seed);
        match seeded {
            Seeded::Loaded { resources, first_start: true } => {
                tracing::info!(from = %source, resources, "seeded");
            }
            Seeded::Loaded { resources, first_start: false } => {
                tracing::info!(from = %source, resources, "the seed is another one now: no sandbox is touched");
            }
            Seeded::Unchanged => tracing::info!(from = %source, "the seed is as it was: nothing to do"),
        }
        let (purge, queue) = unbounded_channel();
        let Config { limits, page_cache, journal_memory, auto_sandbox_ttl, .. } = config;
        let options = Options { limits, page_cache, journal_memory, auto_sandbox_ttl };
        let metrics = Arc::new(Metrics::new(store.waits()));
        let opening = Sandboxes::open(store.clone(), clock.clone(), ids, options, metrics.clone(), purge);
        let sandboxes = opening.await.map_err(failed)?;
        let sandboxes = Arc::new(sandboxes);
        if let Some(key) = access_key {
            let access_key_id = key.access_key_id.clone();
            sandboxes.set_default_key(key).await.map_err(|error| AppError::AccessKey { access_key_id, error })?;
        }
        let nonces = Arc::new(Nonces::open(&store, &clock).await.map_err(failed)?);
        let tasks = begin_tasks(&store, &sandboxes, &nonces, queue);
        let (upload_patience, allowed_hosts) = (config.upload_patience, config.allowed_hosts);
        let spool = Arc::new(Spool::new(store.folder(), config.max_temporary, config.transfers));
        Ok(Self {
            store,
            clock,
            sandboxes,
            metrics,
            nonces,
            auth,
            options,
            allowed_hosts,
            is_auto_sandbox,
            backups,
            catalogue: Known,
            upload_patience,
            spool,
            tasks,
        })
    }

    /// Waits for the changes under way and closes the database in order.
    ///
    /// # Errors
    ///
    /// When the store fails; nothing is lost.
    pub async fn close(self) -> Result<(), store::Error> {
        for task in self.tasks {
            task.abort();
            // However it ended, it holds the store no longer.
            let _ = task.await;
        }
        self.sandboxes.close().await?;
        self.nonces.save(&self.store).await?;
        self.store.close().await
    }
}

/// Begins what goes on beside requests. States that come through `queue` are deleted.
fn begin_tasks(
    store: &Store,
    sandboxes: &Arc<Sandboxes>,
    nonces: &Arc<Nonces>,
    mut queue: UnboundedReceiver<i64>,
) -> [JoinHandle<()>; 7] {
    let saving = {
        let (store, nonces) = (store.clone(), nonces.clone());
        async move { nonces.keep_saving(&store).await }
    };
    let purging = {
        let store = store.clone();
        async move {
            while let Some(state_id) = queue.recv().await {
                if let Err(error) = states::purge(&store, state_id).await {
                    tracing::error!(%error, "an unused state could not be deleted; the next start tries again");
                }
            }
        }
    };
    let moving = {
        let store = store.clone();
        async move {
            loop {
                if let Err(error) = store.move_log().await {
                    tracing::error!(%error, "the write-ahead log could not be moved; the next write tries again");
                }
            }
        }
    };
    let giving_back = {
        let store = store.clone();
        async move {
            loop {
                tokio::time::sleep(SPACE_LOOK).await;
                if let Err(error) = store.give_back_space().await {
                    tracing::error!(%error, "free space could not be given back to the disk; the next look tries again");
                }
            }
        }
    };
    let sweeping = {
        let sandboxes = sandboxes.clone();
        async move { sandboxes.keep_sweeping().await }
    };
    let removing = {
        let sandboxes = sandboxes.clone();
        async move { sandboxes.keep_removing_expired().await }
    };
    let journals = sandboxes.journals().clone();
    [
        tokio::spawn(purging),
        tokio::spawn(saving),
        tokio::spawn(moving),
        tokio::spawn(giving_back),
        tokio::spawn(sweeping),
        tokio::spawn(removing),
        tokio::spawn(async move { journals.keep_saving().await }),
    ]
}

fn list(migrated: &[String]) -> String {
    if migrated.is_empty() { "nothing, up to date".to_owned() } else { migrated.join(", ") }
}

fn describe(seed: &Source) -> String {
    match seed {
        Source::None => "none".to_owned(),
        Source::Default if Path::new(seed::DEFAULT_FOLDER).exists() => seed::DEFAULT_FOLDER.to_owned(),
        Source::Default => format!("no folder {} here", seed::DEFAULT_FOLDER),
        Source::Path(path) => path.display().to_string(),
    }
}
