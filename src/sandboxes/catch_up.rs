//! What automatic snapshot policies have to make is made the moment somebody looks, as if it had been made in time.
//!
//! It is played forwards in memory, with the sandbox's lock held, and what is left of it is written: in one transaction if it
//! is little, and else into a state that then takes the place of the current one. So nobody sees half of it, and whoever
//! ends the process in between changes nothing: the next look does the same again.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::time::Instant;

use super::changes::Changing;
use super::error::SandboxError;
use super::put::Counts;
use super::registry::Sandboxes;
use super::sandbox::{Certainty, Current, Sandbox};
use super::write::Write;
use crate::journal::effects::{self, Effects};
use crate::model::auto_snapshot_policy::{self, AutoSnapshotPolicy};
use crate::model::disk::Disk;
use crate::model::instance::{Instance, InstanceStatus};
use crate::model::journal_entry::{ChangeKind, Happening, JournalEntry};
use crate::model::kind::Entry;
use crate::model::play::{Existing, Firing, Given, Left, Made, POINTS, Play, Tally, TooMuch};
use crate::model::snapshot::{self, Snapshot, Usage};
use crate::model::time::Time;
use crate::model::timetable::Timetable;
use crate::store::states::{self, State};
use crate::store::{Reads, STEP, Session, Stored, derived, policies, resources};

/// Snapshots that one transaction makes and takes out at most.
const AT_ONCE: usize = 1_000;

/// Seconds from which on somebody may want to know what a request waits for.
const LONG: u64 = 5;

/// Ids that one statement looks for.
const BATCH: usize = 1_000;

impl Sandboxes {
    /// What is known of a sandbox for sure, for whoever holds its lock, and its time.
    pub(super) async fn current(&self, sandbox: &Sandbox) -> Result<(Current, Time), SandboxError> {
        let mut current = sandbox.current();
        if current.certainty != Certainty::Known {
            current = self.known_anew(sandbox).await?;
        }
        Ok((current, current.clock.at(self.clock.now())))
    }

    /// Makes what policies have to make by now.
    pub async fn catch_up(self: &Arc<Self>, sandbox: &Arc<Sandbox>) -> Result<(), SandboxError> {
        if !sandbox.is_due_at(self.clock.now()) {
            return Ok(());
        }
        let changing = self.changing(sandbox).await?;
        let all = self.clone();
        self.changes.run(async move { all.catch_up_in(&changing).await.map(drop) }).await
    }

    /// As [`Sandboxes::catch_up`], for whoever holds the lock.
    pub(super) async fn catch_up_in(self: &Arc<Self>, changing: &Changing) -> Result<Tally, SandboxError> {
        let (current, now) = self.current(changing.sandbox()).await?;
        if !current.is_due(now) {
            return Ok(Tally::default());
        }
        let started = Instant::now();
        let state = state_of(changing.sandbox(), &current);
        let mut session = self.store.read(Reads::Several).await?;
        let given = given(&mut session, &state, now).await?;
        let expired = policies::expired(&mut session, state.state_id, now).await?;
        drop(session);
        // It may take a while, and others have work to do on this thread.
        let played = tokio::task::spawn_blocking(move || {
            let mut play = Play::new(given, now, Some(POINTS));
            play.run(None).map(|()| play.end())
        });
        let left = played.await.map_err(|_| SandboxError::Panicked)?;
        let mut left = left.map_err(|TooMuch| SandboxError::TooMuchDue)?;
        let has_given_way: HashSet<String> = left.removed.iter().cloned().collect();
        let expired = expired.into_iter().filter(|id| !has_given_way.contains(id));
        let given_way = left.removed.len();
        left.removed.extend(expired);
        left.tally.expired += (left.removed.len() - given_way) as u64;
        let tally = left.tally;
        let moment = self.clock.moment();
        let place =
            if self.journals.is_on() { Some(self.journals.place(&changing.sandbox().journal).await) } else { None };
        // They are no effects of the request that happens to look first.
        let (written, effects) = effects::apart(Box::pin(self.leave(changing, &state, left))).await;
        written?;
        if let Some(place) = place.filter(|_| effects.changed > 0) {
            let mut entry = JournalEntry::new(Happening::CatchUp, moment, now);
            effects.put_into(&mut entry);
            entry.status = 200;
            entry.duration_microseconds = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
            place.push(entry, false);
        }
        self.metrics.caught_up(tally.made);
        let (sandbox, seconds) = (changing.sandbox().name(), started.elapsed().as_secs());
        if seconds >= LONG {
            tracing::warn!(
                sandbox,
                seconds,
                ?tally,
                "it took long to make what policies had due; others waited for it"
            );
        } else {
            tracing::debug!(sandbox, ?tally, "policies have made what was due");
        }
        Ok(tally)
    }

    /// Takes out what policies made and what expired by now, and says how many that are. Nobody sees them any more, but
    /// exports would tell whether somebody looked while they were there.
    pub(super) async fn take_out_expired(
        self: &Arc<Self>,
        changing: &Changing,
        now: Time,
    ) -> Result<u64, SandboxError> {
        let (current, _) = self.current(changing.sandbox()).await?;
        let state = state_of(changing.sandbox(), &current);
        let mut session = self.store.read(Reads::One).await?;
        let removed = policies::expired(&mut session, state.state_id, now).await?;
        drop(session);
        let count = removed.len() as u64;
        if count > 0 {
            let settings = state.settings;
            let left = Left { made: Made::default(), removed, policies: Vec::new(), settings, tally: Tally::default() };
            self.leave(changing, &state, left).await?;
        }
        Ok(count)
    }

    /// Writes what is left of a play, all of it at one moment.
    async fn leave(self: &Arc<Self>, changing: &Changing, state: &State, left: Left) -> Result<(), SandboxError> {
        if left.made.len() + left.removed.len() > AT_ONCE {
            return self.take_in_beside(changing, state, left).await;
        }
        let mut write = Write::begin_as_it_is(self, changing.clone()).await?;
        match write.take_in(left).await {
            Ok(()) => write.commit().await,
            Err(error) => {
                write.rollback().await;
                Err(error)
            }
        }
    }

    /// Writes what is left of a long play into a copy of the state, which takes its place.
    async fn take_in_beside(
        self: &Arc<Self>,
        changing: &Changing,
        state: &State,
        left: Left,
    ) -> Result<(), SandboxError> {
        let copy = self.new_state(state).await?;
        let state_id = copy.state.state_id;
        states::copy(&self.store, state.state_id, state_id).await?;
        let mut effects = Effects::default();
        for batch in left.removed.chunks(STEP) {
            let ids: Vec<&str> = batch.iter().map(String::as_str).collect();
            let mut writer = self.store.write().await?;
            let gone = resources::by_ids(&mut writer, &snapshot::KIND, state_id, &ids).await?;
            let gone: Vec<&dyn Entry> = gone.iter().map(|entry| &**entry).collect();
            resources::delete(&mut writer, &snapshot::KIND, state_id, &ids).await?;
            derived::follow(&mut writer, &snapshot::KIND, state_id, &gone).await?;
            writer.commit().await?;
            let ids = gone.iter().map(|entry| entry.key().id);
            effects.change_all(snapshot::KIND.word, gone.len(), ids, ChangeKind::Removed);
        }
        // Only groups name snapshots, and of automatic ones there are few.
        if !left.removed.is_empty() && self.let_go(state_id, &mut effects).await? {
            self.derive(state_id).await?;
        }
        for first in (0..left.made.len()).step_by(STEP) {
            let batch = left.made.snapshots(first..(first + STEP).min(left.made.len()));
            let mut writer = self.store.write().await?;
            let new = new_ones(&mut writer, state_id, &batch).await?;
            resources::insert(&mut writer, &snapshot::KIND, state_id, &new).await?;
            derived::follow(&mut writer, &snapshot::KIND, state_id, &new).await?;
            writer.commit().await?;
            let ids = new.iter().map(|entry| entry.key().id);
            effects.change_all(snapshot::KIND.word, new.len(), ids, ChangeKind::Added);
        }
        let mut writer = self.store.write().await?;
        for after in &left.policies {
            let id = after.auto_snapshot_policy_id.as_str();
            for before in resources::by_ids(&mut writer, &auto_snapshot_policy::KIND, state_id, &[id]).await? {
                if !before.is_same(after) {
                    effects.change(auto_snapshot_policy::KIND.word, id, ChangeKind::Changed);
                }
                resources::update(&mut writer, state_id, &*before, after).await?;
            }
        }
        writer.commit().await?;
        let mut write = Write::begin_as_it_is(self, changing.clone()).await?;
        write.effects.add(effects);
        write.set_settings(left.settings);
        write.move_to(copy);
        write.commit().await
    }

    /// The points that fire until then, at most so many, and the sandbox's time.
    pub async fn schedule(
        self: &Arc<Self>,
        sandbox: &Arc<Sandbox>,
        until: impl FnOnce(Time) -> Time,
        limit: usize,
    ) -> Result<Schedule, SandboxError> {
        let view = self.view(sandbox).await?;
        let until = until(view.now);
        let mut schedule = Schedule { now: view.now, until, due: Vec::new(), is_truncated: false };
        if view.next_due.is_none_or(|due| due > until) {
            return Ok(schedule);
        }
        let (mut session, state_id) = self.reading(sandbox).await?;
        let given = given(&mut session, &State { state_id, ..view.state() }, until).await?;
        drop(session);
        let played = tokio::task::spawn_blocking(move || {
            let mut play = Play::new(given, until, None);
            let mut see = |firing| {
                schedule.is_truncated = schedule.due.len() >= limit;
                if !schedule.is_truncated {
                    schedule.due.push(firing);
                }
                !schedule.is_truncated
            };
            play.run(Some(&mut see)).map(|()| schedule)
        });
        played.await.map_err(|_| SandboxError::Panicked)?.map_err(|TooMuch| SandboxError::TooMuchDue)
    }
}

fn state_of(sandbox: &Sandbox, current: &Current) -> State {
    let Current { pointer, clock, settings, next_due, .. } = *current;
    State { state_id: pointer.state_id, ids: *sandbox.sequence(), clock, settings, next_due }
}

/// What is to come.
#[derive(Debug)]
pub struct Schedule {
    pub now: Time,
    pub until: Time,
    pub due: Vec<Firing>,
    /// Whether there is more.
    pub is_truncated: bool,
}

impl Write {
    /// Writes what is left of a play.
    async fn take_in(&mut self, left: Left) -> Result<(), SandboxError> {
        let removed: Vec<&str> = left.removed.iter().map(String::as_str).collect();
        self.delete(&snapshot::KIND, &removed).await?;
        let made = left.made.snapshots(0..left.made.len());
        let new = new_ones(&mut self.writer, self.state.state_id, &made).await?;
        if !new.is_empty() {
            self.add_new(&snapshot::KIND, &new).await?;
        }
        let policies: Vec<&dyn Entry> = left.policies.iter().map(|policy| policy as &dyn Entry).collect();
        self.put_kind(&auto_snapshot_policy::KIND, &policies, &mut Counts::default()).await?;
        self.set_settings(left.settings);
        Ok(())
    }
}

/// Those whose ids nobody has.
async fn new_ones<'m>(
    session: &mut Session,
    state_id: i64,
    made: &'m [Snapshot],
) -> Result<Vec<&'m dyn Entry>, SandboxError> {
    let ids: Vec<&str> = made.iter().map(|snapshot| snapshot.snapshot_id.as_str()).collect();
    let there = resources::by_ids(session, &snapshot::KIND, state_id, &ids).await?;
    let there: HashSet<&str> = there.iter().map(|entry| entry.key().id).collect();
    let new = made.iter().filter(|snapshot| !there.contains(snapshot.snapshot_id.as_str()));
    Ok(new.map(|snapshot| snapshot as &dyn Entry).collect())
}

/// What a play of a state as far as `until` begins with.
async fn given(session: &mut Session, state: &State, until: Time) -> Result<Given, SandboxError> {
    let state_id = state.state_id;
    let policies = policies::all(session, state_id).await?;
    let (mut disk_ids, mut since) = (HashSet::new(), BTreeMap::new());
    for policy in &policies {
        let timetable = Timetable::new(policy, &state.settings);
        let fired_until = policy.fired_until.of_disks.iter();
        let due = fired_until.filter(|(_, time)| timetable.next_after(**time).is_some_and(|point| point <= until));
        for (disk_id, time) in due {
            disk_ids.insert(disk_id.clone());
            let since = since.entry(policy.region_id.as_str()).or_insert(*time);
            *since = (*since).min(*time);
        }
    }
    let mut snapshots = sources(session, state_id, &policies).await?;
    let fired: Vec<String> = disk_ids.iter().cloned().collect();
    disk_ids.extend(snapshots.iter().map(|source| source.resource.source_disk_id.clone()));
    let disk_ids: Vec<&str> = disk_ids.iter().map(String::as_str).collect();
    let mut disks: Vec<Disk> = Vec::new();
    for batch in disk_ids.chunks(BATCH) {
        let found = resources::of_ids::<Disk>(session, state_id, batch).await?;
        disks.extend(found.into_iter().map(|stored| stored.resource));
    }
    let fired: HashSet<&str> = fired.iter().map(String::as_str).collect();
    for (region_id, since) in since {
        let of_region = disks.iter().filter(|disk| disk.region_id == region_id);
        let of_region: Vec<&str> =
            of_region.map(|disk| disk.disk_id.as_str()).filter(|id| fired.contains(id)).collect();
        for batch in of_region.chunks(BATCH) {
            snapshots.extend(policies::snapshots_of_disks(session, state_id, region_id, batch, since).await?);
        }
    }
    snapshots.sort_by(|left, right| left.resource.snapshot_id.cmp(&right.resource.snapshot_id));
    snapshots.dedup_by(|left, right| left.resource.snapshot_id == right.resource.snapshot_id);
    let moving_instances = moving_instances(session, state_id, &disks).await?;
    Ok(Given {
        settings: state.settings,
        id_seed: state.ids.seed,
        policies,
        disks,
        moving_instances,
        snapshots: snapshots.into_iter().map(existing).collect(),
    })
}

/// The snapshots that are to be copied.
async fn sources(
    session: &mut Session,
    state_id: i64,
    policies: &[AutoSnapshotPolicy],
) -> Result<Vec<Stored<Snapshot>>, SandboxError> {
    let ids: Vec<&str> = policies.iter().flat_map(|policy| policy.pending_copies.keys()).map(String::as_str).collect();
    let mut sources = Vec::new();
    for batch in ids.chunks(BATCH) {
        sources.extend(resources::of_ids::<Snapshot>(session, state_id, batch).await?);
    }
    Ok(sources)
}

fn existing(stored: Stored<Snapshot>) -> Existing {
    Existing {
        expiration_time: stored.derived.expiration_time,
        is_used_by_image: matches!(stored.derived.usage, Usage::Image | Usage::ImageDisk),
        snapshot: stored.resource,
    }
}

async fn moving_instances(
    session: &mut Session,
    state_id: i64,
    disks: &[Disk],
) -> Result<HashSet<String>, SandboxError> {
    let ids: HashSet<&str> = disks.iter().filter_map(|disk| disk.instance_id.as_deref()).collect();
    let ids: Vec<&str> = ids.into_iter().collect();
    let mut moving = HashSet::new();
    for batch in ids.chunks(BATCH) {
        let found = resources::of_ids::<Instance>(session, state_id, batch).await?;
        let is_moving =
            |instance: &Instance| matches!(instance.status, InstanceStatus::Starting | InstanceStatus::Stopping);
        let found = found.into_iter().map(|stored| stored.resource).filter(is_moving);
        moving.extend(found.map(|instance| instance.instance_id));
    }
    Ok(moving)
}
