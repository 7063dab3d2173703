//! The ids that an upload takes from the sandbox's sequence: those of one that comes to nothing are given to the next.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

use ecs_mock::app::{App, Config};
use ecs_mock::clock::Clock;
use ecs_mock::model::document::Draft;
use ecs_mock::model::ids::Ids;
use ecs_mock::model::settings::SettingsPatch;
use ecs_mock::model::snapshot::Snapshot;
use ecs_mock::sandboxes::{Entries, Sandbox, SandboxError, Which};
use ecs_mock::seed::Source;
use serde_json::json;
use tempfile::TempDir;
use tokio::sync::Notify;

use crate::support::NOW;

/// A client that sends these batches, says so, and then is silent.
struct Silent {
    batches: VecDeque<Vec<Draft>>,
    has_sent_all: Arc<Notify>,
}

impl Entries for Silent {
    type Error = SandboxError;

    async fn next(&mut self) -> Result<Option<Vec<Draft>>, SandboxError> {
        if let Some(batch) = self.batches.pop_front() {
            return Ok(Some(batch));
        }
        self.has_sent_all.notify_one();
        std::future::pending().await
    }

    fn settings(&self) -> SettingsPatch {
        SettingsPatch::default()
    }
}

/// A client that breaks off behind its second batch, which comes once somebody else has an id.
struct Between<'a> {
    app: &'a App,
    sandbox: &'a Arc<Sandbox>,
    sent: usize,
    theirs: String,
}

impl Entries for &mut Between<'_> {
    type Error = SandboxError;

    async fn next(&mut self) -> Result<Option<Vec<Draft>>, SandboxError> {
        self.sent += 1;
        if self.sent > 2 {
            return Err(SandboxError::Busy);
        }
        if self.sent == 2 {
            self.theirs = add(self.app, self.sandbox).await;
        }
        Ok(Some(vec![draft()]))
    }

    fn settings(&self) -> SettingsPatch {
        SettingsPatch::default()
    }
}

async fn open() -> (TempDir, App, Arc<Sandbox>) {
    let folder = tempfile::tempdir().unwrap();
    let config = Config::new(folder.path().join("x.db"), Source::None);
    let app = App::open(Config { clock: Clock::frozen(NOW), ids: Arc::new(Ids::seeded(1)), ..config }).await.unwrap();
    let sandbox = app.sandboxes.by_name("default").unwrap();
    (folder, app, sandbox)
}

fn draft() -> Draft {
    Draft::of::<Snapshot>(&json!({})).unwrap()
}

/// The id of a new snapshot.
async fn add(app: &App, sandbox: &Arc<Sandbox>) -> String {
    app.sandboxes.add_one::<Snapshot>(sandbox, draft()).await.unwrap().snapshot_id
}

/// Three entries without ids in two batches, whose client goes away once `meanwhile` is over.
async fn cut_off(app: &App, sandbox: &Arc<Sandbox>, meanwhile: impl Future<Output = ()>) {
    let has_sent_all = Arc::new(Notify::new());
    let batches = VecDeque::from([vec![draft(), draft()], vec![draft()]]);
    let client = Silent { batches, has_sent_all: has_sent_all.clone() };
    tokio::select! {
        _ = app.sandboxes.replace(sandbox, client, false) => panic!("the client does not come to an end"),
        () = async { has_sent_all.notified().await; meanwhile.await } => {}
    }
}

#[actix_web::test]
async fn an_upload_that_is_cut_off_gives_its_ids_back() {
    let (_folder, app, sandbox) = open().await;
    let (_other_folder, other, others) = open().await;
    cut_off(&app, &sandbox, async {}).await;
    for number in 0..2 {
        assert_eq!(add(&app, &sandbox).await, add(&other, &others).await, "{number}");
    }
}

#[actix_web::test]
async fn ids_that_others_took_meanwhile_stay_theirs() {
    let (_folder, app, sandbox) = open().await;
    let mut seen = HashSet::new();
    Box::pin(cut_off(&app, &sandbox, async { seen.extend([add(&app, &sandbox).await]) })).await;
    // Gone from the sandbox, so that nothing but the sequence knows of it.
    let first = seen.iter().next().unwrap().clone();
    app.sandboxes.remove_resources::<Snapshot>(&sandbox, Which::Id(first)).await.unwrap();
    for number in 0..5 {
        assert!(seen.insert(add(&app, &sandbox).await), "{number}");
    }
}

#[actix_web::test]
async fn an_upload_takes_no_ids_back_that_others_took_between_its_own() {
    let (_folder, app, sandbox) = open().await;
    let mut between = Between { app: &app, sandbox: &sandbox, sent: 0, theirs: String::new() };
    assert!(app.sandboxes.replace(&sandbox, &mut between, false).await.is_err());
    let theirs = between.theirs;
    app.sandboxes.remove_resources::<Snapshot>(&sandbox, Which::Id(theirs.clone())).await.unwrap();
    for number in 0..5 {
        assert_ne!(add(&app, &sandbox).await, theirs, "{number}");
    }
}
