//! What a timeline asks of one moment of a sandbox: its disks, those that are gone too, their snapshots, and what is to come.

use std::collections::HashMap;

use super::look::Look;
use crate::model::disk::Disk;
use crate::model::settings::Settings;
use crate::model::snapshot::Snapshot;
use crate::model::time::Time;
use crate::model::timetable::Timetable;
use crate::store::timelines::{self, ImageOf, Of, Source};
use crate::store::{self, Stored, Table, policies, resources};

/// A moment at which a policy fires for a disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DuePoint {
    pub time: Time,
    pub auto_snapshot_policy_id: String,
    pub disk_id: String,
}

impl Look {
    fn of<'a>(&'a mut self, disk_ids: &'a [&'a str]) -> (&'a mut store::Session, Of<'a>) {
        (&mut self.session, Of { scope: self.scope, regions: &self.regions, disk_ids })
    }

    /// At most `limit` disks that are there or that snapshots are of, those whose ids follow `after`, by id.
    pub async fn sources(&mut self, after: &str, limit: i64) -> Result<Vec<Source>, store::Error> {
        timelines::sources(&mut self.session, self.scope, &self.regions, after, limit).await
    }

    /// Of these disks, those that are there, by id.
    pub async fn disks(&mut self, disk_ids: &[&str]) -> Result<HashMap<String, Disk>, store::Error> {
        let disks = resources::of_ids::<Disk>(&mut self.session, self.scope.state_id, disk_ids).await?;
        Ok(disks.into_iter().map(|stored| (stored.resource.disk_id.clone(), stored.resource)).collect())
    }

    /// When the first and the last snapshot of these disks was made.
    pub async fn extent(&mut self, disk_ids: &[&str]) -> Result<Option<(Time, Time)>, store::Error> {
        let (session, of) = self.of(disk_ids);
        timelines::extent(session, of).await
    }

    /// How many snapshots each of these disks has from each of these times, which ascend, to the next, up to `limit` in one.
    pub async fn counts(
        &mut self,
        disk_ids: &[&str],
        bounds: &[Time],
        limit: i64,
    ) -> Result<Vec<Vec<i64>>, store::Error> {
        let (session, of) = self.of(disk_ids);
        timelines::counts(session, of, bounds, limit).await
    }

    /// The snapshots of these disks from a time until before another, at most so many.
    pub async fn snapshots_of(
        &mut self,
        disk_ids: &[&str],
        from: Time,
        until: Time,
        limit: i64,
    ) -> Result<Vec<Stored<Snapshot>>, store::Error> {
        let (session, of) = self.of(disk_ids);
        timelines::snapshots(session, of, from, until, limit).await
    }

    /// The images that are made of these snapshots, at most so many.
    pub async fn images_of(&mut self, snapshot_ids: &[&str], limit: i64) -> Result<Vec<ImageOf>, store::Error> {
        timelines::images(&mut self.session, self.scope, snapshot_ids, limit).await
    }

    /// What the clock makes ready next, of a kind that has such times, at most so many.
    pub async fn in_the_making<R: Table>(&mut self, limit: i64) -> Result<Vec<Stored<R>>, store::Error> {
        timelines::in_the_making(&mut self.session, self.scope, limit).await
    }

    /// When policies fire for these disks from now or a later time on until then, the first `limit` points of each policy for
    /// each disk.
    pub async fn due_points(
        &mut self,
        settings: &Settings,
        disk_ids: &[&str],
        (from, until): (Time, Time),
        limit: usize,
    ) -> Result<Vec<DuePoint>, store::Error> {
        let mut points = Vec::new();
        for policy in policies::all(&mut self.session, self.scope.state_id).await? {
            let timetable = Timetable::new(&policy, settings);
            for disk_id in disk_ids.iter().filter(|disk_id| policy.has(disk_id)) {
                let fired_until = policy.fired_until.of_disks.get(*disk_id).copied();
                let since = fired_until.unwrap_or(self.scope.now).max(self.scope.now).max(from.plus(-1));
                let times = std::iter::successors(timetable.next_after(since), |time| timetable.next_after(*time));
                points.extend(times.take(limit).take_while(|time| *time <= until).map(|time| DuePoint {
                    time,
                    auto_snapshot_policy_id: policy.auto_snapshot_policy_id.clone(),
                    disk_id: (*disk_id).to_owned(),
                }));
            }
        }
        Ok(points)
    }
}
