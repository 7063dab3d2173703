//! Changes to single resources and to all that match a filter, between test cases.

use std::sync::Arc;

use super::changes::Changing;
use super::error::SandboxError;
use super::put::Counts;
use super::registry::Sandboxes;
use super::sandbox::Sandbox;
use super::source::ATTEMPTS;
use super::stage::finished_in;
use super::write::Write;
use crate::journal::effects::Effects;
use crate::model::document::Draft;
use crate::model::journal_entry::ChangeKind;
use crate::model::kind::{DocumentError, Entry, Resource};
use crate::model::time::Time;
use crate::store::derived::Dangling;
use crate::store::lists::{self, Scope};
use crate::store::{Reads, STEP, Table, derived, resources, states};

/// Which resources a change is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which<R: Resource> {
    Id(String),
    Matching(R::Filter),
}

/// What makes of a resource, at the sandbox's time, another one.
type Changed<R> = dyn Fn(&R, Time) -> Result<R, DocumentError> + Send + Sync;

/// What becomes of each.
enum Act<R> {
    Change(Box<Changed<R>>),
    Delete,
}

/// What is to be done once more than one transaction takes is asked for.
enum Outcome<T> {
    Done(T),
    TooMany,
}

impl Sandboxes {
    /// Adds the resource that the draft describes, made with the sandbox's time and ids.
    pub async fn add_one<R: Table>(self: &Arc<Self>, sandbox: &Arc<Sandbox>, draft: Draft) -> Result<R, SandboxError> {
        let added = self.write(sandbox, move |write| {
            Box::pin(async move {
                let entries = finished_in(write, vec![draft]).await?;
                let entry = entries.first().ok_or(SandboxError::Panicked)?;
                // What expired is there for nobody: the new one takes its place.
                if write.find::<R>(entry.key().id).await?.is_some() {
                    let value = entry.key().id.to_owned();
                    return Err(SandboxError::InUse { field: R::KIND.id_field, value });
                }
                write.put(&**entry).await?;
                let entry: &dyn std::any::Any = &**entry;
                entry.downcast_ref::<R>().cloned().ok_or(SandboxError::Panicked)
            })
        });
        added.await
    }

    /// Changes the resources that `which` names or matches, each by `change`, all or none. With them the last one.
    pub async fn modify<R: Table>(
        self: &Arc<Self>,
        sandbox: &Arc<Sandbox>,
        which: Which<R>,
        change: impl Fn(&R, Time) -> Result<R, DocumentError> + Send + Sync + 'static,
    ) -> Result<(Counts, Option<R>), SandboxError> {
        self.act(sandbox, which, Act::Change(Box::new(change))).await
    }

    /// Removes the resources that `which` names or matches.
    pub async fn remove_resources<R: Table>(
        self: &Arc<Self>,
        sandbox: &Arc<Sandbox>,
        which: Which<R>,
    ) -> Result<Counts, SandboxError> {
        Ok(self.act::<R>(sandbox, which, Act::Delete).await?.0)
    }

    async fn act<R: Table>(
        self: &Arc<Self>,
        sandbox: &Arc<Sandbox>,
        which: Which<R>,
        act: Act<R>,
    ) -> Result<(Counts, Option<R>), SandboxError> {
        let (which, act) = (Arc::new(which), Arc::new(act));
        let changing = self.changing(sandbox).await?;
        let few = {
            let (all, which, act) = (self.clone(), which.clone(), act.clone());
            self.changes.run(async move { all.act_at_once(changing, &which, &act).await })
        };
        if let Outcome::Done(done) = few.await? {
            return Ok(done);
        }
        for attempt in 0..=ATTEMPTS {
            let changing = if attempt == ATTEMPTS { Some(self.changing(sandbox).await?) } else { None };
            let (all, which, act, sandbox) = (self.clone(), which.clone(), act.clone(), sandbox.clone());
            let acted = self.changes.run(async move { all.act_beside(&sandbox, changing, &which, &act).await }).await?;
            if let Some(done) = acted {
                return Ok(done);
            }
        }
        Err(SandboxError::Busy)
    }

    /// In one transaction, if it is few.
    async fn act_at_once<R: Table>(
        self: &Arc<Self>,
        changing: Changing,
        which: &Which<R>,
        act: &Act<R>,
    ) -> Result<Outcome<(Counts, Option<R>)>, SandboxError> {
        let mut write = Write::begin(self, changing).await?;
        let acted = async {
            let ids = match which {
                Which::Id(id) => {
                    let missing = || SandboxError::NoSuchResource { kind: R::KIND, id: id.clone() };
                    write.find::<R>(id).await?.ok_or_else(missing)?;
                    vec![id.clone()]
                }
                Which::Matching(filter) => {
                    write.matching_ids::<R>(filter, i64::try_from(STEP + 1).unwrap_or(i64::MAX)).await?
                }
            };
            if ids.len() > STEP {
                return Ok(Outcome::TooMany);
            }
            let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
            let change = match act {
                Act::Delete => {
                    let removed = write.delete(R::KIND, &ids).await?;
                    return Ok(Outcome::Done((Counts { removed, ..Counts::default() }, None)));
                }
                Act::Change(change) => change,
            };
            let now = write.now();
            let before = write.entries(R::KIND, &ids).await?;
            let after = changed(&before, change, now)?;
            let entries: Vec<&dyn Entry> = after.iter().map(|entry| entry as &dyn Entry).collect();
            let counts = write.put_all(&entries).await?;
            Ok(Outcome::Done((counts, after.into_iter().last())))
        };
        match acted.await {
            Ok(Outcome::Done(done)) => write.commit().await.map(|()| Outcome::Done(done)),
            undone => {
                write.rollback().await;
                undone
            }
        }
    }

    /// In a copy of the state, which takes its place if nobody changed the sandbox meanwhile; `None` if somebody did.
    async fn act_beside<R: Table>(
        self: &Arc<Self>,
        sandbox: &Arc<Sandbox>,
        changing: Option<Changing>,
        which: &Which<R>,
        act: &Act<R>,
    ) -> Result<Option<(Counts, Option<R>)>, SandboxError> {
        let Which::Matching(filter) = which else { return Ok(None) };
        let view = self.view(sandbox).await?;
        let copy = self.new_state(&view.state()).await?;
        let state_id = copy.state.state_id;
        states::copy(&self.store, view.pointer.state_id, state_id).await?;
        let scope = Scope { state_id, ..view.scope() };
        let ids = {
            let mut session = self.store.read(Reads::One).await?;
            lists::matching_ids::<R>(&mut session, scope, filter, i64::MAX).await?
        };
        let (mut counts, mut effects, mut last) = (Counts::default(), Effects::default(), None);
        for batch in ids.chunks(STEP) {
            let batch: Vec<&str> = batch.iter().map(String::as_str).collect();
            let mut writer = self.store.write().await?;
            match act {
                Act::Delete => {
                    let removed = resources::delete(&mut writer, R::KIND, state_id, &batch).await?;
                    counts.removed += i64::try_from(removed).unwrap_or(i64::MAX);
                    effects.change_all(R::KIND.word, batch.len(), batch.iter().copied(), ChangeKind::Removed);
                }
                Act::Change(change) => {
                    let before = resources::by_ids(&mut writer, R::KIND, state_id, &batch).await?;
                    let after = match changed(&before, change, scope.now) {
                        Ok(after) => after,
                        Err(error) => {
                            writer.rollback().await;
                            return Err(error);
                        }
                    };
                    for (before, after) in before.iter().zip(&after) {
                        if before.is_same(after) {
                            counts.unchanged += 1;
                        } else {
                            counts.changed += 1;
                            effects.change(R::KIND.word, after.key().id, ChangeKind::Changed);
                            resources::update(&mut writer, state_id, &**before, after).await?;
                        }
                    }
                    last = after.into_iter().last();
                }
            }
            writer.commit().await?;
        }
        if matches!(act, Act::Delete) {
            self.let_go(state_id, &mut effects).await?;
            let mut writer = self.store.write().await?;
            derived::recompute_touched(&mut writer, R::KIND, state_id).await?;
            writer.commit().await?;
        }
        self.derive(state_id).await?;
        let changing = match changing {
            Some(changing) => changing,
            None => self.changing(sandbox).await?,
        };
        let mut write = Write::begin(self, changing).await?;
        if write.pointer() != view.pointer {
            write.rollback().await;
            return Ok(None);
        }
        write.effects.add(effects);
        write.move_to(copy);
        write.commit().await?;
        Ok(Some((counts, last)))
    }

    /// What names a resource that is gone lets go of it, which `effects` gathers. Whether there was any.
    pub(super) async fn let_go(&self, state_id: i64, effects: &mut Effects) -> Result<bool, SandboxError> {
        let mut has_let_go = false;
        loop {
            let mut writer = self.store.write().await?;
            let dangling = derived::dangling(&mut writer, state_id, STEP).await?;
            if dangling.is_empty() {
                writer.rollback().await;
                return Ok(has_let_go);
            }
            has_let_go = true;
            for Dangling { kind, id, value, .. } in &dangling {
                for before in resources::by_ids(&mut writer, kind, state_id, &[id]).await? {
                    let mut after = before.duplicate();
                    after.let_go(value);
                    resources::update(&mut writer, state_id, &*before, &*after).await?;
                    effects.change(kind.word, id, ChangeKind::Changed);
                }
            }
            writer.commit().await?;
        }
    }
}

fn changed<R: Resource>(before: &[Box<dyn Entry>], change: &Changed<R>, now: Time) -> Result<Vec<R>, SandboxError> {
    let own = before.iter().filter_map(|entry| {
        let entry: &dyn std::any::Any = &**entry;
        entry.downcast_ref::<R>()
    });
    let changed = own.map(|before| {
        let mut after = change(before, now)?;
        after.succeed(before, now);
        Ok(after)
    });
    Ok(changed.collect::<Result<Vec<_>, DocumentError>>()?)
}
