//! What automatic snapshot policies say of their disks, and when the next of them is due.

use std::collections::HashMap;

use crate::model::auto_snapshot_policy::{self, AutoSnapshotPolicy};
use crate::model::kind::Kind;
use crate::model::settings::Settings;
use crate::model::time::Time;
use crate::model::timetable::Timetable;
use crate::model::{disk, instance};
use crate::store::states::State;
use crate::store::{self, Session, derived, policies, resources};

/// What a change touches of what policies go by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Touched {
    pub policies: bool,
    /// Instances with their tags, and disks at them.
    pub places: bool,
}

impl Touched {
    pub fn note(&mut self, kind: &Kind) {
        self.policies |= *kind == auto_snapshot_policy::KIND;
        self.places |= *kind == disk::KIND || *kind == instance::KIND;
    }
}

/// Brings the policies of a state up to date: which disks those have that go by tags, and from when on each fires for a disk
/// that nothing is said of. With `are_other_hours`, their hours are those of another offset from UTC than before, and what
/// has passed is no point of them. Says when the first of them is due.
///
/// # Errors
///
/// [`store::Error`] when the disk fails.
pub async fn settle(
    session: &mut Session,
    state: &State,
    now: Time,
    are_other_hours: bool,
) -> Result<Option<Time>, store::Error> {
    let all = policies::all(session, state.state_id).await?;
    let mut places = Places::of(&all);
    let mut next_due: Option<Time> = None;
    for before in all {
        let mut after = before.clone();
        if after.is_by_tags() {
            let disk_ids = policies::disks_by_tags(session, state.state_id, &after).await?;
            for disk_id in before.disk_ids.iter().filter(|disk_id| disk_ids.binary_search(disk_id).is_err()) {
                after.cancel(disk_id);
            }
            for disk_id in disk_ids.iter().filter(|disk_id| !before.has(disk_id)) {
                after.apply(disk_id, places.next(disk_id), now);
            }
        }
        let fired_until = &mut after.fired_until;
        for disk_id in &after.disk_ids {
            if !fired_until.of_disks.contains_key(disk_id) {
                fired_until.of_disks.insert(disk_id.clone(), fired_until.of_all.unwrap_or(now));
            }
        }
        // A disk that comes later has not been there before.
        fired_until.of_all = None;
        if are_other_hours {
            after.skip_until(now);
        }
        if after != before {
            resources::update(session, state.state_id, &before, &after).await?;
            let kind = &auto_snapshot_policy::KIND;
            derived::follow_changes(session, kind, state.state_id, &[(&before, &after)]).await?;
        }
        next_due = next_due.into_iter().chain(first_due(&after, &state.settings)).min();
    }
    Ok(next_due)
}

/// When a policy has something to make for the next time.
fn first_due(policy: &AutoSnapshotPolicy, settings: &Settings) -> Option<Time> {
    let timetable = Timetable::new(policy, settings);
    // Points follow from times alone, so of all disks the one counts that has fired least.
    let points = policy.fired_until.of_disks.values().min().and_then(|fired_until| timetable.next_after(*fired_until));
    points.into_iter().chain(policy.pending_copies.values().copied()).min()
}

/// How many policies each disk has.
struct Places(HashMap<String, i32>);

impl Places {
    fn of(all: &[AutoSnapshotPolicy]) -> Self {
        let mut places = HashMap::new();
        for policy in all {
            for disk_id in &policy.disk_ids {
                let place = places.entry(disk_id.clone()).or_insert(0);
                *place = policy.place(disk_id).max(*place);
            }
        }
        Self(places)
    }

    /// The place of one more policy.
    fn next(&mut self, disk_id: &str) -> i32 {
        let place = self.0.entry(disk_id.to_owned()).or_insert(0);
        *place += 1;
        *place
    }
}
