//! Reads what a timeline shows. However much there is: a page has so many lanes, a lane so many points, and what is more is
//! counted up to a bound.

use std::collections::HashMap;

use super::rows::{Bar, Due, Image, Lane, Point, Snapshots, Timeline};
use crate::model::disk;
use crate::model::snapshot::{Snapshot, Usage};
use crate::model::time::Time;
use crate::sandboxes::{Look, SandboxError, View};
use crate::store::Stored;

/// Lanes of a page.
const LANES: usize = 10;

/// Snapshots of a lane that are shown one by one.
const POINTS: i64 = 60;

/// Stretches of time that more of them are gathered into, and how many all lanes of a page count at most.
const BARS: i64 = 40;
const COUNTED: i64 = 40_000;

/// Images of a page.
const IMAGES: i64 = 200;

/// Points of a policy for a disk that are shown, and how far ahead, in seconds, unless somebody looks there.
const DUE: usize = 20;
const AHEAD: i64 = 7 * DAY;

const DAY: i64 = 86_400;

/// What somebody wants to see.
#[derive(Debug, Default)]
pub struct Asked {
    pub disk_id: Option<String>,
    pub from: Option<Time>,
    pub until: Option<Time>,
    /// Disks whose ids follow this one.
    pub after: String,
}

/// What is shown of it.
#[derive(Debug)]
pub struct Gathered {
    pub timeline: Timeline,
    /// The disk behind which the next page begins.
    pub next: Option<String>,
}

/// Reads it.
pub async fn gather(look: &mut Look, view: &View, asked: &Asked) -> Result<Gathered, SandboxError> {
    let now = look.now();
    let (disk_ids, next) = match &asked.disk_id {
        Some(disk_id) => (vec![disk_id.clone()], None),
        None => lanes(look, &asked.after).await?,
    };
    let ids: Vec<&str> = disk_ids.iter().map(String::as_str).collect();
    let mut disks = look.disks(&ids).await?;
    let extent = look.extent(&ids).await?;
    if let Some(disk_id) = asked.disk_id.as_ref().filter(|_| disks.is_empty() && extent.is_none()) {
        return Err(SandboxError::NoSuchResource { kind: &disk::KIND, id: disk_id.clone() });
    }
    let seen_from = asked.from.unwrap_or(now);
    let seen_until = asked.until.unwrap_or(seen_from.plus(AHEAD));
    let due = look.due_points(&view.settings, &ids, (seen_from, seen_until), DUE).await?;
    let first_due = due.iter().map(|point| point.time).min();
    let (from, until) = range(now, extent, first_due);
    let (from, until) = match (asked.from, asked.until) {
        (None, None) => (from, until),
        (Some(from), Some(until)) => (from, until),
        // Where the other end is not behind it, a day is shown.
        (Some(from), None) => (from, until.max(from.plus(DAY)).max(Time(from.0 + 1))),
        (None, Some(until)) => (from.min(until.plus(-DAY)).min(Time(until.0 - 1)), until),
    };

    let counts = look.counts(&ids, &[from, until], POINTS + 1).await?;
    let is_few = |number: usize| counts.get(number).and_then(|of_disk| of_disk.first()).is_none_or(|n| *n <= POINTS);
    let (few, many): (Vec<usize>, Vec<usize>) = (0..ids.len()).partition(|number| is_few(*number));
    let few: Vec<&str> = few.into_iter().map(|number| ids[number]).collect();
    let many: Vec<&str> = many.into_iter().map(|number| ids[number]).collect();
    let mut points = points(look, &few, from, until).await?;
    let mut bars = bars(look, &many, from, until).await?;

    let mut due_of: HashMap<&str, Vec<Due>> = HashMap::new();
    for point in due.iter().filter(|point| from <= point.time && point.time < until) {
        let auto_snapshot_policy_id = point.auto_snapshot_policy_id.clone();
        due_of.entry(&point.disk_id).or_default().push(Due { time: point.time, auto_snapshot_policy_id });
    }
    let lane = |disk_id: &&str| {
        let disk = disks.remove(*disk_id);
        let mut due = due_of.remove(*disk_id).unwrap_or_default();
        due.sort_by_key(|due| due.time);
        Lane {
            disk_id: (*disk_id).to_owned(),
            is_gone: disk.is_none(),
            name: disk.and_then(|disk| disk.disk_name),
            snapshots: match bars.remove(*disk_id) {
                Some(bars) => Snapshots::Gathered(bars),
                None => Snapshots::Each(points.remove(*disk_id).unwrap_or_default()),
            },
            due,
        }
    };
    let lanes = ids.iter().map(lane).collect();
    Ok(Gathered { timeline: Timeline { from, until, now, lanes }, next })
}

/// The disks of a page, and behind which one the next begins.
async fn lanes(look: &mut Look, after: &str) -> Result<(Vec<String>, Option<String>), SandboxError> {
    let limit = i64::try_from(LANES).unwrap_or(i64::MAX);
    let mut sources = look.sources(after, limit.saturating_add(1)).await?;
    let has_more = sources.len() > LANES;
    sources.truncate(LANES);
    let next = sources.last().filter(|_| has_more).map(|last| last.disk_id.clone());
    let shown = sources.into_iter().filter(|source| source.is_shown);
    Ok((shown.map(|source| source.disk_id).collect(), next))
}

/// All that was, now, and what comes next, with something before and behind.
fn range(now: Time, extent: Option<(Time, Time)>, first_due: Option<Time>) -> (Time, Time) {
    let (first, last) = extent.unwrap_or((now.plus(-DAY), now));
    let (first, last) = (first.min(now), last.max(now));
    let span = last.0 - first.0;
    let to_due = first_due.map_or(0, |due| due.0 - now.0);
    let until = last.plus(span / 20 + 60).max(now.plus(to_due + to_due / 10));
    let from = first.plus(-(span / 40) - 60);
    // At the ends of time there is nothing before, or nothing behind.
    (from.min(Time(Time::LAST - 1)), until.max(Time(Time::FIRST + 1)))
}

async fn points(
    look: &mut Look,
    disk_ids: &[&str],
    from: Time,
    until: Time,
) -> Result<HashMap<String, Vec<Point>>, SandboxError> {
    let mut of_disks: HashMap<String, Vec<Point>> = HashMap::new();
    if disk_ids.is_empty() {
        return Ok(of_disks);
    }
    let limit = POINTS * i64::try_from(disk_ids.len()).unwrap_or(i64::MAX);
    let mut snapshots = look.snapshots_of(disk_ids, from, until, limit).await?;
    snapshots.sort_by(|left, right| {
        let (left, right) = (&left.resource, &right.resource);
        left.creation_time.cmp(&right.creation_time).then_with(|| left.snapshot_id.cmp(&right.snapshot_id))
    });
    let is_used = |stored: &&Stored<Snapshot>| matches!(stored.derived.usage, Usage::Image | Usage::ImageDisk);
    let used = snapshots.iter().filter(is_used).map(|stored| stored.resource.snapshot_id.as_str());
    let used: Vec<&str> = used.collect();
    let mut images_of: HashMap<String, Vec<Image>> = HashMap::new();
    if !used.is_empty() {
        for image in look.images_of(&used, IMAGES).await? {
            let images = images_of.entry(image.snapshot_id).or_default();
            images.push(Image { image_id: image.image_id, time: image.creation_time });
        }
    }
    let now = look.now();
    for stored in snapshots {
        let (status, progress) = (stored.resource.status(now), stored.resource.progress(now));
        let Snapshot { snapshot_id, region_id, snapshot_name, creation_time, source_disk_id, .. } = stored.resource;
        let images = images_of.remove(&snapshot_id).unwrap_or_default();
        of_disks.entry(source_disk_id).or_default().push(Point {
            snapshot_id,
            region_id,
            name: snapshot_name.filter(|name| !name.is_empty()),
            time: creation_time,
            status,
            progress,
            kept_until: stored.derived.expiration_time,
            copy_of: stored.resource.source_snapshot_id,
            images,
        });
    }
    Ok(of_disks)
}

async fn bars(
    look: &mut Look,
    disk_ids: &[&str],
    from: Time,
    until: Time,
) -> Result<HashMap<String, Vec<Bar>>, SandboxError> {
    if disk_ids.is_empty() {
        return Ok(HashMap::new());
    }
    let span = until.0 - from.0;
    let stretches = BARS.min(span).max(1);
    let part = |number: i64| i128::from(span) * i128::from(number) / i128::from(stretches);
    let bounds: Vec<Time> =
        (0..=stretches).map(|number| from.plus(i64::try_from(part(number)).unwrap_or(i64::MAX))).collect();
    let limit = COUNTED / stretches / i64::try_from(disk_ids.len()).unwrap_or(i64::MAX);
    let counts = look.counts(disk_ids, &bounds, limit).await?;
    let of_disk = |(disk_id, counts): (&&str, Vec<i64>)| {
        let bars = bounds.windows(2).zip(counts).filter(|(_, count)| *count > 0);
        let bar = |(pair, count): (&[Time], i64)| Bar { from: pair[0], until: pair[1], count, is_more: count == limit };
        ((*disk_id).to_owned(), bars.map(bar).collect())
    };
    Ok(disk_ids.iter().zip(counts).map(of_disk).collect())
}
