//! A change to what a sandbox holds: the only way to make one, on both planes.

use std::pin::Pin;
use std::sync::Arc;

use super::changes::Changing;
use super::due::{self, Touched};
use super::error::SandboxError;
use super::registry::Sandboxes;
use super::sandbox::{Certainty, Current, Sandbox, Taking};
use super::source::Unpointed;
use crate::journal::effects::{self, Effects};
use crate::model::clock::SandboxClock;
use crate::model::ids::IdSequence;
use crate::model::kind::{By, Entry, Kind};
use crate::model::kinds::KINDS;
use crate::model::region;
use crate::model::settings::Settings;
use crate::model::time::Time;
use crate::store::client_tokens::{self, Answered};
use crate::store::lists::{self, Range, Scope};
use crate::store::sandboxes::{self, Pointer};
use crate::store::states::{self, State};
use crate::store::{self, Stored, Table, Writer, derived, policies, resources};

/// A change under way: the sandbox's lock, the transaction, and what becomes of the sandbox at its end. Dropped without a
/// commit, it changes nothing.
#[derive(Debug)]
pub struct Write {
    pub(super) all: Arc<Sandboxes>,
    changing: Changing,
    pub(super) writer: Writer,
    before: Current,
    pub(super) state: State,
    now: Time,
    taking: Taking,
    pub(super) is_changed: bool,
    /// What of it automatic snapshot policies go by.
    pub(super) touched: Touched,
    pub(super) effects: Effects,
    /// Whether the sequence of ids becomes that of the state.
    is_restart: bool,
    /// The state that takes the place of the one that the sandbox pointed at before.
    replacement: Option<Unpointed>,
}

/// A change to what a sandbox holds, under way.
pub type Writing<'a, T, E> = Pin<Box<dyn Future<Output = Result<T, E>> + Send + 'a>>;

impl Sandboxes {
    /// Makes a change to what a sandbox holds: all of it if `change` succeeds, nothing if not.
    pub async fn write<T, E, F>(self: &Arc<Self>, sandbox: &Arc<Sandbox>, change: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<SandboxError> + Send + 'static,
        F: for<'a> FnOnce(&'a mut Write) -> Writing<'a, T, E> + Send + 'static,
    {
        let changing = self.changing(sandbox).await?;
        let all = self.clone();
        let written = self.changes.run(async move {
            let mut write = Write::begin(&all, changing).await?;
            match change(&mut write).await {
                Ok(done) => {
                    write.commit().await?;
                    Ok(done)
                }
                Err(error) => {
                    write.rollback().await;
                    Err(error)
                }
            }
        });
        written.await
    }
}

impl Write {
    /// Begins it, once it is its turn. What policies have to make by then is made first.
    pub async fn begin(all: &Arc<Sandboxes>, changing: Changing) -> Result<Self, SandboxError> {
        all.catch_up_in(&changing).await?;
        let (before, now) = all.current(changing.sandbox()).await?;
        Self::begin_at(all, changing, before, before.complete_until(now)).await
    }

    /// As [`Write::begin`], for a change to which it does not matter what is due.
    pub(super) async fn begin_as_it_is(all: &Arc<Sandboxes>, changing: Changing) -> Result<Self, SandboxError> {
        let (before, now) = all.current(changing.sandbox()).await?;
        Self::begin_at(all, changing, before, now).await
    }

    async fn begin_at(
        all: &Arc<Sandboxes>,
        changing: Changing,
        before: Current,
        now: Time,
    ) -> Result<Self, SandboxError> {
        let sandbox = changing.sandbox();
        let Current { pointer, clock, settings, next_due, .. } = before;
        let state = State { state_id: pointer.state_id, ids: *sandbox.sequence(), clock, settings, next_due };
        let taking = Taking::new(sandbox);
        let writer = all.store.write().await?;
        Ok(Self {
            all: all.clone(),
            changing,
            writer,
            before,
            state,
            now,
            taking,
            is_changed: false,
            touched: Touched::default(),
            effects: Effects::default(),
            is_restart: false,
            replacement: None,
        })
    }

    #[must_use]
    pub fn sandbox(&self) -> &Arc<Sandbox> {
        self.changing.sandbox()
    }

    /// The sandbox's time, the same throughout the change.
    #[must_use]
    pub fn now(&self) -> Time {
        self.now
    }

    #[must_use]
    pub fn settings(&self) -> Settings {
        self.state.settings
    }

    pub fn set_settings(&mut self, settings: Settings) {
        self.is_changed |= settings != self.state.settings;
        self.state.settings = settings;
    }

    #[must_use]
    pub fn clock(&self) -> SandboxClock {
        self.state.clock
    }

    pub fn set_clock(&mut self, clock: SandboxClock) {
        self.is_changed |= clock != self.state.clock;
        self.state.clock = clock;
    }

    fn scope(&self) -> Scope {
        Scope { sandbox_id: self.sandbox().row.sandbox_id, state_id: self.state.state_id, now: self.now }
    }

    /// Where the sandbox pointed when the change began.
    pub(super) fn pointer(&self) -> Pointer {
        self.before.pointer
    }

    /// The resource of this id, unless it is expired.
    pub async fn find<R: Table>(&mut self, id: &str) -> Result<Option<Stored<R>>, SandboxError> {
        let scope = self.scope();
        Ok(resources::find::<R>(&mut self.writer, scope, id).await?)
    }

    /// As [`Write::find`], of one that is in this region.
    pub async fn find_in<R: Table>(&mut self, region_id: &str, id: &str) -> Result<Option<R>, SandboxError> {
        let found = self.find::<R>(id).await?.map(|found| found.resource);
        Ok(found.filter(|found| found.key().region_id == region_id))
    }

    /// Whether a region is known: it is a public one, or a resource is there.
    pub async fn is_region_known(&mut self, region_id: &str) -> Result<bool, SandboxError> {
        let scope = self.scope();
        Ok(region::public(region_id).is_some() || resources::is_region_used(&mut self.writer, scope, region_id).await?)
    }

    /// How many resources match.
    pub async fn count<R: Table>(&mut self, filter: &R::Filter) -> Result<i64, SandboxError> {
        let scope = self.scope();
        Ok(lists::count::<R>(&mut self.writer, scope, filter).await?)
    }

    /// The ids of at most `limit` resources that match.
    pub async fn matching_ids<R: Table>(
        &mut self,
        filter: &R::Filter,
        limit: i64,
    ) -> Result<Vec<String>, SandboxError> {
        let scope = self.scope();
        Ok(lists::matching_ids::<R>(&mut self.writer, scope, filter, limit).await?)
    }

    /// At most `limit` resources that match, in the order of pages.
    pub async fn matching<R: Table>(&mut self, filter: &R::Filter, limit: i64) -> Result<Vec<Stored<R>>, SandboxError> {
        let (scope, range) = (self.scope(), Range { after: None, skip: 0, limit, from_end: false });
        Ok(lists::rows::<R>(&mut self.writer, scope, filter, &range).await?.rows)
    }

    /// The ids of the resources of that kind, in whatever region, that name this one.
    pub async fn naming(&mut self, kind: &'static Kind, by: By, id: &str) -> Result<Vec<String>, SandboxError> {
        Ok(derived::naming(&mut self.writer, kind, by, self.state.state_id, id, None).await?)
    }

    /// Those of a kind that have these ids.
    pub(super) async fn entries(
        &mut self,
        kind: &'static Kind,
        ids: &[&str],
    ) -> Result<Vec<Box<dyn Entry>>, SandboxError> {
        Ok(resources::by_ids(&mut self.writer, kind, self.state.state_id, ids).await?)
    }

    /// Those of a kind that have these ids and are not expired, in a region or in all.
    pub async fn found(
        &mut self,
        kind: &'static Kind,
        region_id: Option<&str>,
        ids: &[&str],
    ) -> Result<Vec<Box<dyn Entry>>, SandboxError> {
        let scope = self.scope();
        let mut found = resources::found(&mut self.writer, kind, scope, ids).await?;
        found.retain(|entry| region_id.is_none_or(|region_id| entry.key().region_id == region_id));
        Ok(found)
    }

    /// An id for a resource of a kind that is made in a region: the next of the sequence that no resource has.
    pub async fn new_id(&mut self, kind: &'static Kind, region_id: &str) -> Result<String, SandboxError> {
        loop {
            let id = self.take(|ids| ids.resource_id(kind.id_prefix, region::letters(region_id)));
            if self.entries(kind, &[&id]).await?.is_empty() {
                return Ok(id);
            }
        }
    }

    /// The id of a task that works on a resource in a region: the next of the sequence. Nothing is kept of tasks.
    pub fn new_task_id(&mut self, region_id: &str) -> String {
        self.take(|ids| ids.resource_id("t-", region::letters(region_id)))
    }

    /// The id of an order.
    pub fn new_order_id(&mut self) -> String {
        // An order is there even if nothing else changes: the next one has another id.
        self.is_changed = true;
        self.take(IdSequence::order_id)
    }

    /// Takes from the sequence of ids, which is given back if the change does not last.
    pub(super) fn take<T>(&mut self, take: impl FnOnce(&mut IdSequence) -> T) -> T {
        self.taking.take(take)
    }

    /// The answer to the request that had this token before, until `now` in real time.
    pub async fn answered(&mut self, action: &str, client_token: &str) -> Result<Option<Answered>, SandboxError> {
        let (sandbox_id, now) = (self.sandbox().row.sandbox_id, self.all.clock.now());
        Ok(client_tokens::find(&mut self.writer, sandbox_id, action, client_token, now).await?)
    }

    /// Keeps an answer for the next request with this token.
    pub async fn keep_answer(
        &mut self,
        action: &str,
        client_token: &str,
        answered: &Answered,
    ) -> Result<(), SandboxError> {
        /// In seconds.
        const LIFETIME: i64 = 24 * 60 * 60;
        let (sandbox_id, now) = (self.sandbox().row.sandbox_id, self.all.clock.now());
        let expiration = now.plus(LIFETIME);
        client_tokens::insert(&mut self.writer, sandbox_id, action, client_token, answered, now, expiration).await?;
        self.is_changed = true;
        Ok(())
    }

    /// Makes the state, which is the current one with more in it, the current one.
    pub(super) async fn grow_to(&mut self, state: Unpointed) -> Result<(), SandboxError> {
        self.check_size(&state).await?;
        self.move_to(state);
        Ok(())
    }

    /// Makes the sandbox hold what the state holds; clock, settings and sequence of ids stay.
    pub(super) async fn replace_with(&mut self, state: Unpointed) -> Result<(), SandboxError> {
        self.grow_to(state).await?;
        self.forget_answers().await
    }

    /// Makes the state, which is the current one with some changes, the current one.
    pub(super) fn move_to(&mut self, state: Unpointed) {
        self.state.state_id = state.state.state_id;
        self.replacement = Some(state);
        self.is_changed = true;
    }

    /// Makes the sandbox that what the state is, with its clock, its settings and its sequence of ids.
    pub(super) async fn start_over(&mut self, state: Unpointed) -> Result<(), SandboxError> {
        self.state = state.state;
        self.replacement = Some(state);
        (self.is_changed, self.is_restart) = (true, true);
        self.forget_answers().await
    }

    async fn forget_answers(&mut self) -> Result<(), SandboxError> {
        let sandbox_id = self.sandbox().row.sandbox_id;
        Ok(client_tokens::forget(&mut self.writer, sandbox_id).await?)
    }

    async fn check_size(&mut self, state: &Unpointed) -> Result<(), SandboxError> {
        let Some(limit) = self.all.options.limits.resources else { return Ok(()) };
        let counts = resources::counts(&mut self.writer, state.state.state_id).await?;
        match KINDS.iter().zip(counts).find(|(_, count)| *count > limit) {
            Some((kind, _)) => Err(SandboxError::TooManyResources { kind, limit }),
            None => Ok(()),
        }
    }

    /// Makes the change last. The one place where database and memory move together.
    pub async fn commit(mut self) -> Result<(), SandboxError> {
        if !self.is_changed {
            self.rollback().await;
            return Ok(());
        }
        let sandbox = self.changing.sandbox().clone();
        if !self.is_restart {
            self.state.ids = *sandbox.sequence();
        }
        let written = match self.settle().await {
            Ok(()) => self.write_sandbox().await,
            Err(error) => Err(error),
        };
        let pointer = match written {
            Ok(pointer) => pointer,
            Err(error) => {
                self.rollback().await;
                return Err(error.into());
            }
        };
        // If nobody knows what becomes of the commit, nobody may take them again.
        self.taking.keep();
        sandbox.set_certainty(Certainty::Moving);
        let Self { all, changing, writer, before, state, replacement, is_restart, effects, .. } = self;
        if let Err(error) = writer.commit().await {
            sandbox.set_certainty(Certainty::Unknown);
            // Where this fails too, whoever comes next tries again.
            let _ = all.known_anew(&sandbox).await;
            return Err(error.into());
        }
        sandbox.set_current(Current::known(pointer, &state));
        effects::add(effects);
        if is_restart {
            *sandbox.sequence() = state.ids;
        }
        if let Some(replacement) = replacement {
            replacement.keep();
            all.purge([before.pointer.state_id]);
        }
        drop(changing);
        Ok(())
    }

    /// Brings what policies say of their disks up to date, and when the next of them is due, if the change touches that.
    async fn settle(&mut self) -> Result<(), store::Error> {
        let Self { writer, state, before, touched, replacement, .. } = self;
        let has_other_hours =
            state.settings.policy_utc_offset_hours != before.settings.policy_utc_offset_hours && replacement.is_none();
        // A state that takes the place of another may have another clock.
        let now = state.clock.at(self.all.clock.now());
        let is_needed = touched.policies || has_other_hours || replacement.is_some();
        if is_needed || (touched.places && policies::is_any_by_tags(writer, state.state_id).await?) {
            state.next_due = due::settle(writer, state, now, has_other_hours).await?;
        }
        Ok(())
    }

    /// Writes what the sandbox and its state are but for rows, and says where the sandbox points then.
    async fn write_sandbox(&mut self) -> Result<Pointer, store::Error> {
        let has_moved = self.taking.has_any()
            || self.replacement.is_some()
            || self.state.clock != self.before.clock
            || self.state.next_due != self.before.next_due
            || self.state.settings != self.before.settings;
        if has_moved {
            states::update(&mut self.writer, &self.state).await?;
        }
        let sandbox_id = self.sandbox().row.sandbox_id;
        sandboxes::point(&mut self.writer, sandbox_id, self.state.state_id).await
    }

    /// Gives the change up.
    pub async fn rollback(self) {
        let Self { writer, taking, .. } = self;
        // Before the lock is free.
        drop(taking);
        writer.rollback().await;
    }
}
