//! Time, played forwards: one moment after the other, and at each the first thing first.

use super::calendar::{self, DAY, HOUR};
use super::ids;
use super::model::{Model, Ready, Snapshot, Tags};

/// What came of one point of a policy and a disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fired {
    pub time: i64,
    pub policy: String,
    pub disk: String,
    pub id: String,
    pub skipped: Option<&'static str>,
    pub removes: Vec<String>,
}

/// What happened while time was played.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Played {
    /// Snapshots and copies that policies made.
    pub made: usize,
    /// Those that policies had made, and that went.
    pub expired: usize,
    pub points: Vec<Fired>,
}

/// One point, for the time in which it is looked at.
pub struct Point {
    time: i64,
    policy: String,
    disk: String,
    id: String,
}

impl Model {
    /// Until a time, from where each pair of policy and disk has fired.
    pub fn play(&mut self, until: i64) -> Played {
        let mut played = Played::default();
        let mut time = self.beginning(until);
        while time <= until {
            self.at(time, until, &mut played);
            time = self.next(time);
        }
        self.now = until;
        played
    }

    /// As [`Model::play`], second by second.
    pub fn play_every_second(&mut self, until: i64) -> Played {
        let mut played = Played::default();
        for time in self.beginning(until)..=until {
            self.at(time, until, &mut played);
        }
        self.now = until;
        played
    }

    /// Nothing fires until then, and what was to be copied is not.
    pub fn skip(&mut self, until: i64) -> Played {
        for policy in self.policies.values_mut() {
            policy.pending.retain(|_, time| *time > until);
            policy.fires_from(until);
        }
        let mut played = Played::default();
        self.expire(until, &mut played);
        self.now = until;
        played
    }

    /// The first second at which anything can happen.
    fn beginning(&self, until: i64) -> i64 {
        let fired = self.policies.values().flat_map(|policy| policy.fired.values().copied());
        let pending = self.policies.values().flat_map(|policy| policy.pending.values().copied());
        fired.map(|time| time + 1).chain(pending).fold(self.now, i64::min).min(until)
    }

    /// The next moment after `time` at which anything can happen: a full hour, a snapshot that is ready or goes.
    fn next(&self, time: i64) -> i64 {
        let hour = (time.div_euclid(HOUR) + 1) * HOUR;
        let pending = self.policies.values().flat_map(|policy| policy.pending.values().copied());
        let expiries = self.snapshots.values().filter_map(|snapshot| snapshot.expires);
        pending.chain(expiries).filter(|other| *other > time).fold(hour, i64::min)
    }

    fn at(&mut self, time: i64, until: i64, played: &mut Played) {
        self.expire(time, played);
        self.copy_due(time, played);
        if time.rem_euclid(HOUR) == 0 {
            for point in self.points_at(time, until) {
                self.fire(point, played);
            }
        }
    }

    /// What a policy made and whose time is over is no more. Others only hide.
    fn expire(&mut self, time: i64, played: &mut Played) {
        let gone = self.snapshots.iter().filter(|(id, snapshot)| snapshot.policy.is_some() && !self.is_there(id, time));
        let gone: Vec<String> = gone.map(|(id, _)| id.clone()).collect();
        for id in gone {
            self.snapshots.remove(&id);
            played.expired += 1;
        }
    }

    pub fn points_at(&self, time: i64, until: i64) -> Vec<Point> {
        let local = time + self.settings.utc_offset * HOUR;
        let mut points = Vec::new();
        for (policy_id, policy) in &self.policies {
            let is_one = policy.hours.contains(&calendar::hour(local))
                && policy.weekdays.contains(&calendar::weekday(local))
                && !policy.is_over;
            for (disk, fired) in policy.fired.iter().filter(|_| is_one) {
                if *fired < time && time <= until {
                    let id = ids::of_point(self.seed, policy_id, disk, time, &policy.region);
                    points.push(Point { time, policy: policy_id.clone(), disk: disk.clone(), id });
                }
            }
        }
        points
    }

    fn fire(&mut self, point: Point, played: &mut Played) {
        let Point { time, policy, disk, id } = point;
        self.policies.get_mut(&policy).unwrap().fired.insert(disk.clone(), time);
        if self.snapshots.contains_key(&id) {
            return;
        }
        let mut removes = Vec::new();
        let skipped = self.skips(&disk, time).or_else(|| self.make_room(&disk, time, &mut removes, played));
        if skipped.is_none() {
            self.make(time, &policy, &disk, &id, played);
        }
        played.points.push(Fired { time, policy, disk, id, skipped, removes });
    }

    /// Why a disk is passed over that is not full.
    fn skips(&self, disk_id: &str, time: i64) -> Option<&'static str> {
        let disk = &self.disks[disk_id];
        let own = self.of_disk(disk_id, time);
        let progressing = own.iter().filter(|id| self.snapshots[*id].status(time) == "progressing").count();
        let instance = disk.instance.as_ref().map(|id| self.instances[id].status.as_str());
        if disk.never_attached {
            Some("NeverAttached")
        } else if progressing >= if disk.is_essd() { 10 } else { 1 } {
            Some("CreatingSnapshot")
        } else if matches!(instance, Some("Starting" | "Stopping")) {
            Some("InstanceStatus")
        } else {
            None
        }
    }

    /// The snapshots of a disk in its region that are there.
    fn of_disk(&self, disk_id: &str, time: i64) -> Vec<String> {
        let region = &self.disks[disk_id].region;
        let own = self.snapshots.iter().filter(|(_, snapshot)| snapshot.disk == disk_id && &snapshot.region == region);
        own.map(|(id, _)| id.clone()).filter(|id| self.is_there(id, time)).collect()
    }

    /// Takes the oldest away, if that makes room.
    fn make_room(
        &mut self,
        disk_id: &str,
        time: i64,
        removes: &mut Vec<String>,
        played: &mut Played,
    ) -> Option<&'static str> {
        let mut automatic = self.of_disk(disk_id, time);
        automatic.retain(|id| self.snapshots[id].is_automatic());
        let too_many = i64::try_from(automatic.len()).unwrap() + 1 - self.settings.quota;
        if too_many <= 0 {
            return None;
        }
        let is_free = |id: &String| {
            let is_locked = self.snapshots[id].locked_until.is_some_and(|until| time < until);
            !is_locked && !self.is_used_by_image(id)
        };
        let mut free: Vec<String> = automatic.into_iter().filter(is_free).collect();
        free.sort_by_key(|id| (self.snapshots[id].created, id.clone()));
        if self.settings.quota == 0 || i64::try_from(free.len()).unwrap() < too_many {
            return Some("Quota");
        }
        for oldest in free.drain(..usize::try_from(too_many).unwrap()) {
            let gone = self.snapshots.remove(&oldest).unwrap();
            played.expired += usize::from(gone.policy.is_some());
            removes.push(oldest);
        }
        None
    }

    fn make(&mut self, time: i64, policy_id: &str, disk_id: &str, id: &str, played: &mut Played) {
        let takes = self.settings.snapshot_seconds;
        let (ready, fails) = self.begin(time, takes);
        let (disk, policy) = (&self.disks[disk_id], &self.policies[policy_id]);
        let date = calendar::compact_date(time + self.settings.utc_offset * HOUR);
        let retention = Some(policy.retention).filter(|days| *days != -1);
        let snapshot = Snapshot {
            region: disk.region.clone(),
            disk: disk_id.to_owned(),
            name: format!("auto2.0_{date}_{policy_id}"),
            created: time,
            kind: "timer".to_owned(),
            retention,
            expires: retention.map(|days| time + days * DAY),
            ready,
            fails,
            policy: Some(policy_id.to_owned()),
            source: None,
            encrypted: disk.encrypted,
            tags: self.tags_of(policy_id, disk_id),
            locked_until: None,
        };
        self.snapshots.insert(id.to_owned(), snapshot);
        played.made += 1;
        let policy = self.policies.get_mut(policy_id).unwrap();
        if fails || !policy.copies || policy.target.is_none() {
            return;
        }
        match ready {
            Ready::ALWAYS => self.copy(time, policy_id, id, played),
            Ready::At(ready) => drop(policy.pending.insert(id.to_owned(), ready)),
            Ready::Never => {}
        }
    }

    fn tags_of(&self, policy_id: &str, disk_id: &str) -> Tags {
        match self.settings.tags.as_str() {
            "policy" => self.policies[policy_id].tags.clone(),
            "disk" => self.disks.get(disk_id).map(|disk| disk.tags.clone()).unwrap_or_default(),
            _ => Tags::new(),
        }
    }

    fn copy_due(&mut self, time: i64, played: &mut Played) {
        let mut due = Vec::new();
        for (policy_id, policy) in &self.policies {
            let ready = policy.pending.iter().filter(|(_, ready)| **ready <= time);
            due.extend(ready.map(|(id, _)| (id.clone(), policy_id.clone())));
        }
        due.sort();
        for (id, policy_id) in due {
            self.copy(time, &policy_id, &id, played);
        }
    }

    fn copy(&mut self, time: i64, policy_id: &str, id: &str, played: &mut Played) {
        let policy = self.policies.get_mut(policy_id).unwrap();
        policy.pending.remove(id);
        let Some(region) = policy.target.clone().filter(|_| policy.copies) else { return };
        let (days, encrypts) = (policy.copies_retention, policy.encrypts);
        let Some(source) = self.snapshots.get(id).cloned() else { return };
        let copy_id = ids::of_copy(id, &region);
        if !self.is_there(id, time) || source.status(time) != "accomplished" || self.snapshots.contains_key(&copy_id) {
            return;
        }
        let takes = self.settings.copy_seconds.unwrap_or(self.settings.snapshot_seconds);
        let (ready, fails) = self.begin(time, takes);
        let retention = Some(days).filter(|days| *days != -1);
        let copy = Snapshot {
            region,
            created: time,
            kind: "timer".to_owned(),
            retention,
            expires: retention.map(|days| time + days * DAY),
            ready,
            fails,
            policy: Some(policy_id.to_owned()),
            source: Some(id.to_owned()),
            encrypted: source.encrypted || encrypts,
            tags: self.tags_of(policy_id, &source.disk),
            locked_until: None,
            ..source
        };
        self.snapshots.insert(copy_id, copy);
        played.made += 1;
    }
}
