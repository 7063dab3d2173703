//! States and parts of them, brought in from outside: documents and streams.

use std::collections::HashSet;
use std::sync::Arc;

use super::changes::Changing;
use super::comparison;
use super::error::SandboxError;
use super::put::Counts;
use super::registry::Sandboxes;
use super::sandbox::{Sandbox, Taking};
use super::source::Unpointed;
use super::write::Write;
use crate::model::document::Draft;
use crate::model::ids::IdSequence;
use crate::model::kind::Entry;
use crate::model::kinds::KINDS;
use crate::model::settings::SettingsPatch;
use crate::model::time::Time;
use crate::store::derived::Dangling;
use crate::store::{Reads, derived, resources, states};

/// The entries of a state document, a batch at a time, from wherever they come.
pub trait Entries {
    type Error: From<SandboxError>;

    /// The next entries, at least one, and no more than one transaction takes; `None` at the end. Each commit writes the same
    /// pages of the indexes again, so that smaller batches would cost more in all; larger ones would hold the writers of
    /// other sandboxes up for longer.
    fn next(&mut self) -> impl Future<Output = Result<Option<Vec<Draft>>, Self::Error>>;

    /// What they said of the settings, once they have come to the end.
    fn settings(&self) -> SettingsPatch;
}

/// Entries that were brought in, in a state of their own.
struct Staged {
    state: Unpointed,
    /// Numbers of the sandbox's sequence that were taken for them.
    taking: Taking,
}

/// What becomes of the resources that the sandbox holds, but for those whose ids came in.
#[derive(Debug, Clone, Copy)]
enum Others {
    Go,
    Stay,
}

/// Why a merge is undone.
enum Undone {
    /// Nobody wanted more than to know what it would do.
    DryRun(Counts),
    Failed(SandboxError),
}

impl From<SandboxError> for Undone {
    fn from(error: SandboxError) -> Self {
        Self::Failed(error)
    }
}

impl Sandboxes {
    /// Makes the entries all that the sandbox holds. `is_dry_run`: only tells what that would do.
    pub async fn replace<E: Entries>(
        self: &Arc<Self>,
        sandbox: &Arc<Sandbox>,
        mut entries: E,
        is_dry_run: bool,
    ) -> Result<Counts, E::Error> {
        let staged = self.stage(sandbox, Vec::new(), &mut entries).await?;
        Ok(self.take_in(sandbox, staged, Others::Go, entries.settings(), is_dry_run).await?)
    }

    /// Puts the entries in place of those of the same ids, and adds the others.
    pub async fn merge<E: Entries>(
        self: &Arc<Self>,
        sandbox: &Arc<Sandbox>,
        mut entries: E,
        is_dry_run: bool,
    ) -> Result<Counts, E::Error> {
        let first = entries.next().await?.unwrap_or_default();
        let Some(second) = entries.next().await? else {
            return Ok(self.merge_few(sandbox, first, entries.settings(), is_dry_run).await?);
        };
        let staged = self.stage(sandbox, vec![first, second], &mut entries).await?;
        Ok(self.take_in(sandbox, staged, Others::Stay, entries.settings(), is_dry_run).await?)
    }

    /// In one transaction.
    async fn merge_few(
        self: &Arc<Self>,
        sandbox: &Arc<Sandbox>,
        drafts: Vec<Draft>,
        settings: SettingsPatch,
        is_dry_run: bool,
    ) -> Result<Counts, SandboxError> {
        let merged = self.write(sandbox, move |write| {
            Box::pin(async move {
                let entries = finished_in(write, drafts).await?;
                check_twice(&entries)?;
                let entries: Vec<&dyn Entry> = entries.iter().map(|entry| &**entry).collect();
                write.set_settings(write.settings().patched(&settings));
                let counts = write.put_all(&entries).await.map_err(|error| placed(error, &entries))?;
                if is_dry_run { Err(Undone::DryRun(counts)) } else { Ok(counts) }
            })
        });
        match merged.await {
            Ok(counts) | Err(Undone::DryRun(counts)) => Ok(counts),
            Err(Undone::Failed(error)) => Err(error),
        }
    }

    /// Makes the sandbox hold what was staged.
    async fn take_in(
        self: &Arc<Self>,
        sandbox: &Arc<Sandbox>,
        staged: Staged,
        others: Others,
        settings: SettingsPatch,
        is_dry_run: bool,
    ) -> Result<Counts, SandboxError> {
        let changing = self.changing(sandbox).await?;
        let all = self.clone();
        self.changes
            .run(async move {
                let Staged { state, mut taking } = staged;
                let result = all.point_to(changing, state, others, &settings, is_dry_run).await;
                if result.is_ok() && !is_dry_run {
                    taking.keep();
                }
                result
            })
            .await
    }

    async fn point_to(
        self: &Arc<Self>,
        changing: Changing,
        staged: Unpointed,
        others: Others,
        settings: &SettingsPatch,
        is_dry_run: bool,
    ) -> Result<Counts, SandboxError> {
        let current = changing.sandbox().current().pointer.state_id;
        let state_id = staged.state.state_id;
        let sent = resources::counts(&mut self.store.read(Reads::One).await?, state_id).await?;
        let (counts, effects) = match others {
            Others::Go => comparison::count(&mut self.store.read_long().await?, current, state_id).await?,
            Others::Stay => {
                let counted = comparison::count_merge(&mut self.store.read_long().await?, current, state_id).await?;
                states::copy(&self.store, current, state_id).await?;
                counted
            }
        };
        if let Err(error) = self.derive(state_id).await {
            return Err(self.placed(error, state_id, &sent).await?);
        }
        let mut write = Write::begin(self, changing).await?;
        match others {
            Others::Go => write.replace_with(staged).await?,
            Others::Stay => write.grow_to(staged).await?,
        }
        write.set_settings(write.settings().patched(settings));
        write.effects.add(effects);
        if is_dry_run {
            write.rollback().await;
        } else {
            write.commit().await?;
        }
        Ok(counts)
    }

    /// Fills a new state with the entries. Nobody waits for it: who sends them may take their time.
    async fn stage<E: Entries>(
        self: &Arc<Self>,
        sandbox: &Arc<Sandbox>,
        first: Vec<Vec<Draft>>,
        entries: &mut E,
    ) -> Result<Staged, E::Error> {
        let view = self.view(sandbox).await?;
        let like = view.state();
        let all = self.clone();
        let state = self.changes.run(async move { all.new_state(&like).await }).await?;
        let mut staged = Staged { state, taking: Taking::new(sandbox) };
        for batch in first {
            self.add(&mut staged, batch, view.pointer.state_id, view.now).await?;
        }
        while let Some(batch) = entries.next().await? {
            self.add(&mut staged, batch, view.pointer.state_id, view.now).await?;
        }
        Ok(staged)
    }

    /// Adds a batch to what is staged.
    async fn add(
        self: &Arc<Self>,
        staged: &mut Staged,
        drafts: Vec<Draft>,
        current: i64,
        now: Time,
    ) -> Result<(), SandboxError> {
        let state_id = staged.state.state.state_id;
        let entries = self.finished(&mut staged.taking, drafts, now, [current, state_id]).await?;
        let all = self.clone();
        self.changes
            .run(async move {
                let mut writer = all.store.write().await?;
                let entries: Vec<&dyn Entry> = entries.iter().map(|entry| &**entry).collect();
                let refused = match resources::insert_new(&mut writer, state_id, &entries).await? {
                    Some(twice) => Some(duplicate(twice)),
                    // More than a sandbox may hold is refused as it comes, and not when all of it is there.
                    None => resources::above(&mut writer, state_id, all.options.limits.resources)
                        .await?
                        .map(|(kind, limit)| SandboxError::TooManyResources { kind, limit }),
                };
                match refused {
                    None => Ok(writer.commit().await?),
                    Some(error) => {
                        writer.rollback().await;
                        Err(error)
                    }
                }
            })
            .await
    }

    /// The resources that the drafts describe. An id that nobody chose is the next of the sequence that none of the states
    /// has, and no other draft.
    async fn finished(
        &self,
        taking: &mut Taking,
        mut drafts: Vec<Draft>,
        now: Time,
        states: [i64; 2],
    ) -> Result<Vec<Box<dyn Entry>>, SandboxError> {
        let mut taken = chosen(&drafts);
        loop {
            let open: Vec<usize> = (0..drafts.len()).filter(|number| drafts[*number].id().is_none()).collect();
            if open.is_empty() {
                break;
            }
            for number in &open {
                taking.take(|ids| drafts[*number].take_id(ids));
            }
            let mut session = self.store.read(Reads::Several).await?;
            for number in open {
                let (kind, id) = (drafts[number].entry().kind(), drafts[number].id().unwrap_or_default().to_owned());
                let mut is_taken = taken.contains(&(kind.number, id.clone()));
                for state_id in states {
                    is_taken |= !resources::by_ids(&mut session, kind, state_id, &[&id]).await?.is_empty();
                }
                if is_taken {
                    drafts[number].lose_id();
                } else {
                    taken.insert((kind.number, id));
                }
            }
        }
        taking.take(|ids| finish(drafts, now, ids))
    }

    /// An error about one of the entries that were sent, of which a state has so many of each kind, and behind them others.
    async fn placed(&self, error: SandboxError, state_id: i64, sent: &[i64]) -> Result<SandboxError, SandboxError> {
        let SandboxError::Dangling(dangling) = &error else { return Ok(error) };
        let Dangling { kind, id, .. } = &**dangling;
        let place = resources::place(&mut self.store.read(Reads::One).await?, kind, state_id, id).await?;
        let is_sent = KINDS.iter().zip(sent).any(|(other, count)| other == kind && place < *count);
        Ok(if is_sent { error.at(place) } else { error })
    }

    /// Works out what the rows of a state that was filled add to each other, and whether what they name is there.
    pub(super) async fn derive(&self, state_id: i64) -> Result<(), SandboxError> {
        let dangling = derived::dangling(&mut self.store.read(Reads::Several).await?, state_id, 1).await?;
        if let Some(dangling) = dangling.into_iter().next() {
            return Err(dangling.into());
        }
        let mut writer = self.store.write().await?;
        derived::recompute_state(&mut writer, state_id).await?;
        Ok(writer.commit().await?)
    }
}

/// The resources that the drafts describe, with ids that the sandbox does not have.
pub(super) async fn finished_in(
    write: &mut Write,
    mut drafts: Vec<Draft>,
) -> Result<Vec<Box<dyn Entry>>, SandboxError> {
    let mut taken = chosen(&drafts);
    for draft in &mut drafts {
        let kind = draft.entry().kind();
        while draft.id().is_none() {
            write.take(|ids| draft.take_id(ids));
            let id = draft.id().unwrap_or_default().to_owned();
            if taken.contains(&(kind.number, id.clone())) || !write.entries(kind, &[&id]).await?.is_empty() {
                draft.lose_id();
            } else {
                taken.insert((kind.number, id));
            }
        }
    }
    let now = write.now();
    write.take(|ids| finish(drafts, now, ids))
}

/// The ids that somebody chose, each with the number of its kind.
fn chosen(drafts: &[Draft]) -> HashSet<(i64, String)> {
    drafts.iter().filter_map(|draft| Some((draft.entry().kind().number, draft.id()?.to_owned()))).collect()
}

fn finish(drafts: Vec<Draft>, now: Time, ids: &mut IdSequence) -> Result<Vec<Box<dyn Entry>>, SandboxError> {
    let entries = drafts.into_iter().map(|draft| draft.finish(now, ids));
    Ok(entries.collect::<Result<_, _>>()?)
}

/// An error about one of the entries of a document.
fn placed(error: SandboxError, entries: &[&dyn Entry]) -> SandboxError {
    let SandboxError::Dangling(dangling) = &error else { return error };
    let Dangling { kind, id, .. } = &**dangling;
    let place = entries.iter().filter(|entry| entry.kind() == *kind).position(|entry| entry.key().id == id);
    match place {
        Some(place) => error.at(place),
        None => error,
    }
}

fn check_twice(entries: &[Box<dyn Entry>]) -> Result<(), SandboxError> {
    let mut seen = HashSet::new();
    match entries.iter().find(|entry| !seen.insert((entry.kind().number, entry.key().id))) {
        None => Ok(()),
        Some(twice) => Err(duplicate(&**twice)),
    }
}

fn duplicate(entry: &dyn Entry) -> SandboxError {
    SandboxError::Duplicate { field: entry.kind().id_field, value: entry.key().id.to_owned() }
}
