//! What both planes share: the store, the clock, the ids. Opened once.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use tokio::sync::mpsc::unbounded_channel;
use tokio::task::JoinHandle;

use crate::clock::Clock;
use crate::ids::Ids;
use crate::sandboxes::{Limits, Sandboxes};
use crate::seed::{self, SeedError, Seeded, Source};
use crate::store::{self, OpenError, Reads, Store, states};

/// How to open an [`App`].
#[derive(Debug)]
pub struct Config {
    /// A path, or `:memory:`.
    pub database: PathBuf,
    pub seed: Source,
    pub clock: Clock,
    pub ids: Arc<Ids>,
    pub limits: Limits,
    pub is_auto_sandbox: bool,
    pub backups: Option<PathBuf>,
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
            is_auto_sandbox: false,
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
    pub sandboxes: Sandboxes,
    /// Whether an access key that nobody registered gets a sandbox of its own.
    pub is_auto_sandbox: bool,
    /// The folder for backups.
    pub backups: Option<PathBuf>,
    /// Deletes the rows of states that nothing points at any more.
    purging: JoinHandle<()>,
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
}

impl App {
    /// Opens the database, migrates it, and loads the seed.
    ///
    /// # Errors
    ///
    /// [`AppError`]; the database is then as it was, but for migrations.
    pub async fn open(config: Config) -> Result<Self, AppError> {
        let Config { database, seed, clock, ids, limits, is_auto_sandbox, backups } = config;
        let opened = Store::open(&database).await?;
        let store = opened.store;
        tracing::info!(path = %store.path().display(), migrated = %list(&opened.migrated), "database");
        let failed = |error| OpenError::from_sqlite(store.path(), error);
        let seeded = match seed::load(&store, &seed, &clock, &ids).await {
            Err(SeedError::Store(error)) => return Err(failed(error).into()),
            seeded => seeded?,
        };
        let source = describe(&seed);
        match seeded {
            Seeded::Loaded { snapshots, first_start: true } => {
                tracing::info!(from = %source, snapshots, "seeded");
            }
            Seeded::Loaded { snapshots, first_start: false } => {
                tracing::info!(from = %source, snapshots, "the seed is another one now: no sandbox is touched");
            }
            Seeded::Unchanged => tracing::info!(from = %source, "the seed is as it was: nothing to do"),
        }
        let (purge, mut queue) = unbounded_channel();
        let unused = async { states::unused(&mut *store.read(Reads::One).await?).await };
        for state_id in unused.await.map_err(failed)? {
            // The receiver is at hand.
            let _ = purge.send(state_id);
        }
        let sandboxes = Sandboxes::open(store.clone(), clock.clone(), ids, limits, purge).await.map_err(failed)?;
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
        Ok(Self { store, clock, sandboxes, is_auto_sandbox, backups, purging: tokio::spawn(purging) })
    }

    /// Closes the database in order.
    ///
    /// # Errors
    ///
    /// When the store fails; nothing is lost.
    pub async fn close(self) -> Result<(), store::Error> {
        self.sandboxes.note_use().await?;
        self.purging.abort();
        // However it ended, it holds the store no longer.
        let _ = self.purging.await;
        self.store.close().await
    }
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
