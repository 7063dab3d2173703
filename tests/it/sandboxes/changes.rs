//! A change is begun when it is its turn, and from then on it ends, whoever listens.

use std::future::ready;
use std::sync::Arc;
use std::time::Duration;

use ecs_mock::app::{App, Config};
use ecs_mock::clock::Clock;
use ecs_mock::model::ids::Ids;
use ecs_mock::model::kind::{DocumentError, Entry};
use ecs_mock::model::paging::Start;
use ecs_mock::model::snapshot::Snapshot;
use ecs_mock::model::snapshot_filter::SnapshotFilter;
use ecs_mock::sandboxes::{Sandbox, SandboxError, Which, Write};
use ecs_mock::seed::Source;
use futures_util::FutureExt as _;
use tempfile::TempDir;
use tokio::sync::Notify;

use crate::support::NOW;

async fn open() -> (TempDir, App) {
    let folder = tempfile::tempdir().unwrap();
    let config = Config::new(folder.path().join("x.db"), Source::None);
    let config = Config { clock: Clock::frozen(NOW), ids: Arc::new(Ids::seeded(1)), ..config };
    (folder, App::open(config).await.unwrap())
}

fn default_of(app: &App) -> Arc<Sandbox> {
    app.sandboxes.by_name("default").unwrap()
}

fn snapshot(id: &str) -> Snapshot {
    Snapshot {
        snapshot_id: id.to_owned(),
        region_id: "cn-hangzhou".to_owned(),
        creation_time: NOW,
        ..Snapshot::default()
    }
}

async fn is_there(app: &App, id: &str) -> bool {
    app.sandboxes.resource::<Snapshot>(&default_of(app), id).await.is_ok()
}

/// A change that adds a snapshot, says that it has begun, and goes on when it is told to.
async fn slow(app: &App, id: &'static str, has_begun: Arc<Notify>, goes_on: Arc<Notify>) -> Result<(), SandboxError> {
    let sandbox = default_of(app);
    let change = app.sandboxes.write(&sandbox, move |write: &mut Write| {
        Box::pin(async move {
            write.put(&snapshot(id)).await?;
            has_begun.notify_one();
            goes_on.notified().await;
            Ok(())
        })
    });
    change.await
}

#[actix_web::test]
async fn a_change_ends_though_nobody_waits_for_it() {
    let (_folder, app) = open().await;
    let (has_begun, goes_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let before = app.sandboxes.view(&default_of(&app)).await.unwrap().pointer;
    tokio::select! {
        _ = slow(&app, "s-1", has_begun.clone(), goes_on.clone()) => panic!("it waits to be told"),
        () = has_begun.notified() => {}
    }
    // Its caller is gone now, as a request is whose client has hung up.
    goes_on.notify_one();
    let sandbox = default_of(&app);
    let next = app.sandboxes.write(&sandbox, |_| Box::pin(ready(Ok::<_, SandboxError>(()))));
    next.await.unwrap();
    assert!(is_there(&app, "s-1").await);
    let after = app.sandboxes.view(&default_of(&app)).await.unwrap().pointer;
    assert_ne!(after, before, "memory has moved with the database");
}

#[actix_web::test]
async fn a_change_whose_caller_goes_while_it_waits_for_its_turn_is_not_begun() {
    let (_folder, app) = open().await;
    let turn = app.sandboxes.changing(&default_of(&app)).await.unwrap();
    let sandbox = default_of(&app);
    let mut waiting = Box::pin(
        app.sandboxes
            .write(&sandbox, |write: &mut Write| Box::pin(async move { write.put(&snapshot("s-1")).await.map(drop) })),
    );
    assert!(waiting.as_mut().now_or_never().is_none(), "it waits");
    drop(waiting);
    drop(turn);
    let next = app.sandboxes.write(&sandbox, |_| Box::pin(ready(Ok::<_, SandboxError>(()))));
    next.await.unwrap();
    assert!(!is_there(&app, "s-1").await);
}

#[actix_web::test]
async fn a_panic_breaks_off_its_change_and_no_other() {
    let (_folder, app) = open().await;
    let sandbox = default_of(&app);
    let broken = app.sandboxes.write(&sandbox, |write: &mut Write| {
        Box::pin(async move {
            write.put(&snapshot("s-1")).await?;
            panic!("as a mistake of ours would");
            #[allow(unreachable_code, reason = "it has a type")]
            Ok::<(), SandboxError>(())
        })
    });
    assert!(matches!(broken.await, Err(SandboxError::Panicked)));
    assert!(!is_there(&app, "s-1").await, "nothing is half done");
    let next = app
        .sandboxes
        .write(&sandbox, |write: &mut Write| Box::pin(async move { write.put(&snapshot("s-2")).await.map(drop) }));
    next.await.unwrap();
    assert!(is_there(&app, "s-2").await, "the lock is free, and the writer is whole");
}

#[actix_web::test]
async fn closing_waits_for_changes_under_way() {
    let (folder, app) = open().await;
    let (has_begun, goes_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    tokio::select! {
        _ = slow(&app, "s-1", has_begun.clone(), goes_on.clone()) => panic!("it waits to be told"),
        () = has_begun.notified() => {}
    }
    let mut closing = Box::pin(app.close());
    let early = tokio::time::timeout(Duration::from_millis(50), &mut closing).await;
    assert!(early.is_err(), "the change is not at its end");
    goes_on.notify_one();
    closing.await.unwrap();
    let app = App::open(Config::new(folder.path().join("x.db"), Source::None)).await.unwrap();
    assert!(is_there(&app, "s-1").await);
}

#[actix_web::test]
async fn a_change_that_changes_nothing_writes_nothing_and_makes_no_version() {
    let (_folder, app) = open().await;
    let sandbox = default_of(&app);
    let put = async || {
        let put = app
            .sandboxes
            .write(&sandbox, |write: &mut Write| Box::pin(async move { write.put(&snapshot("s-1")).await.map(drop) }));
        put.await.unwrap();
        app.sandboxes.view(&sandbox).await.unwrap().pointer
    };
    let first = put().await;
    assert_eq!(put().await, first);
    let patched = app.sandboxes.modify::<Snapshot>(&sandbox, Which::Id("s-1".to_owned()), |same, _| Ok(same.clone()));
    assert_eq!(patched.await.unwrap().0.unchanged, 1);
    assert_eq!(app.sandboxes.view(&sandbox).await.unwrap().pointer, first);
}

#[actix_web::test]
async fn many_are_changed_beside_the_current_state_and_all_at_once() {
    let (_folder, app) = open().await;
    let sandbox = default_of(&app);
    let fill = app.sandboxes.write(&sandbox, |write: &mut Write| {
        Box::pin(async move {
            let all: Vec<Snapshot> = (0..1_200).map(|number| snapshot(&format!("s-{number}"))).collect();
            let all: Vec<&dyn Entry> = all.iter().map(|one| one as &dyn Entry).collect();
            write.put_all(&all).await.map(drop)
        })
    });
    fill.await.unwrap();
    let in_region = SnapshotFilter { region_id: Some("cn-hangzhou".to_owned()), ..SnapshotFilter::default() };
    let rename = |name: &'static str| {
        let change = move |one: &Snapshot, _| Ok(Snapshot { snapshot_name: Some(name.to_owned()), ..one.clone() });
        app.sandboxes.modify::<Snapshot>(&sandbox, Which::Matching(in_region.clone()), change)
    };
    assert_eq!(rename("a").await.unwrap().0.changed, 1_200);
    // One that is refused at the last of them changes none.
    let refusing = |one: &Snapshot, _| {
        if one.snapshot_id == "s-999" { Err(DocumentError::field("X", "no")) } else { Ok(Snapshot::default()) }
    };
    let refused = app.sandboxes.modify::<Snapshot>(&sandbox, Which::Matching(in_region.clone()), refusing);
    assert!(refused.await.is_err());
    // Somebody else is quicker each time, until others have to wait.
    let (renamed, added) = tokio::join!(rename("b"), async {
        for number in 0..20 {
            let id = format!("s-new-{number}");
            let add = app.sandboxes.write(&sandbox, move |write: &mut Write| {
                Box::pin(async move { write.put(&snapshot(&id)).await.map(drop) })
            });
            add.await.unwrap();
        }
    });
    assert!(renamed.unwrap().0.changed >= 1_200);
    let () = added;
    let named = SnapshotFilter { snapshot_name: Some("b".to_owned()), ..in_region.clone() };
    let count = async |filter: SnapshotFilter| {
        let view = app.sandboxes.view(&sandbox).await.unwrap();
        app.sandboxes.page::<Snapshot>(&view, &filter, &Start::Offset(0), 1).await.unwrap().page.total_count
    };
    assert!(count(named).await >= 1_200);
    assert_eq!(count(in_region.clone()).await, 1_220, "what was added meanwhile is there");
    let removed = app.sandboxes.remove_resources::<Snapshot>(&sandbox, Which::Matching(in_region.clone()));
    assert_eq!(removed.await.unwrap().removed, 1_220);
    assert_eq!(count(in_region).await, 0);
}
