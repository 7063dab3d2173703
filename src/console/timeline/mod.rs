//! `s/{sandbox}/timeline`: disks, also those that are gone, and their snapshots in time, as a picture and as a table.

mod gathering;

pub mod drawing;
pub mod layout;
pub mod rows;

use actix_web::HttpResponse;
use actix_web::web::Path;
use askama::Template;

use self::drawing::{Picture, Shape, draw};
use self::gathering::{Asked, gather};
use self::layout::WIDTH;
use self::rows::{Lane, Point, Snapshots, Timeline};
use super::page::{Failed, Frame, Visit};
use super::{filters, links};
use crate::admin::problem::Problem;
use crate::admin::query;
use crate::model::params::Reading;
use crate::model::time::Time;

/// What is expected of a bound of the time.
const TIME: &str = "a time in UTC such as 2026-01-31T12:00:00Z";

#[derive(Template)]
#[template(path = "timeline.html")]
struct TimelinePage {
    frame: Frame,
    disk_id: String,
    /// The bounds of the time, where somebody has named them.
    bounds: (String, String),
    from: Time,
    until: Time,
    now: Time,
    width: i64,
    picture: Picture,
    /// Ways to other times.
    ways: Vec<(&'static str, String)>,
    caption: String,
    rows: Vec<Row>,
    next: Option<String>,
    is_empty: bool,
}

/// Something on the timeline, in words.
struct Row {
    id: String,
    link: String,
    disk_id: String,
    disk_link: String,
    time: Time,
    what: String,
    kept_until: Option<Time>,
    /// What is made of it or what it is made of.
    others: Vec<(String, String)>,
}

/// Shows it.
pub(super) async fn show(visit: Visit, name: Path<String>) -> Result<HttpResponse, Failed> {
    let (app, sandbox) = visit.sandbox(&name)?;
    let params = query::params(&visit.request, &["DiskId", "from", "until", "after"])?;
    let mut reading = Reading::new(&params);
    let (from, until) = (reading.parsed::<Time>("from", TIME), reading.parsed::<Time>("until", TIME));
    let disk_id = reading.owned("DiskId");
    let after = reading.owned("after").unwrap_or_default();
    reading.finish()?;
    if from.zip(until).is_some_and(|(from, until)| until <= from) {
        let problem = Problem::bad_request("until: expected a time behind that of from");
        return Err(problem.about("until").into());
    }
    let view = app.sandboxes.view(&sandbox).await?;
    let mut look = app.sandboxes.glance_at(&view).await?;
    let asked = Asked { disk_id, from, until, after };
    let gathered = gather(&mut look, &view, &asked).await?;
    drop(look);
    let timeline = gathered.timeline;
    let here = links::in_sandbox(&name, &["timeline"]);
    let disk = asked.disk_id.as_deref();
    let bound = |time: Option<Time>| time.map(|time| time.to_string()).unwrap_or_default();
    let bounds = (bound(from), bound(until));
    let next = gathered.next.map(|next| {
        let query = [("from", bounds.0.as_str()), ("until", bounds.1.as_str()), ("after", next.as_str())];
        links::with_query(&here, query.into_iter().filter(|(_, value)| !value.is_empty()))
    });
    let frame = visit.frame("Timeline").within(&name, "timeline");
    let frame = match disk {
        Some(disk_id) => frame.about(disk_id),
        None => frame,
    };
    let of_disk = disk.map(|disk_id| ("DiskId", disk_id));
    let snapshots = links::with_query(&links::of_control_plane(&name, &["snapshots"]), of_disk);
    let rows: Vec<Row> = timeline.lanes.iter().flat_map(|lane| rows(lane, &name)).collect();
    visit.show(&TimelinePage {
        frame: frame
            .with_curl(visit.curl(&snapshots))
            .with_curl(visit.curl(&links::of_control_plane(&name, &["schedule"]))),
        ways: ways(&timeline, &here, disk, &asked.after),
        disk_id: asked.disk_id.clone().unwrap_or_default(),
        bounds,
        from: timeline.from,
        until: timeline.until,
        now: timeline.now,
        width: WIDTH,
        picture: draw(&timeline, &name),
        caption: format!("From {} until {}, by disk and time", timeline.from, timeline.until),
        is_empty: timeline.lanes.is_empty(),
        rows,
        next,
    })
}

/// Ways to what is before, behind, nearer and farther.
fn ways(timeline: &Timeline, here: &str, disk: Option<&str>, after: &str) -> Vec<(&'static str, String)> {
    let span = timeline.until.0.saturating_sub(timeline.from.0);
    let (half, quarter) = (span / 2, span / 4);
    let ways =
        [("Earlier", -half, -half), ("Later", half, half), ("Nearer", quarter, -quarter), ("Farther", -half, half)];
    let way = |(name, from, until): (&'static str, i64, i64)| {
        let (from, until) = (timeline.from.plus(from), timeline.until.plus(until));
        // At the ends of time there may be no way on.
        if until <= from || (from, until) == (timeline.from, timeline.until) {
            return None;
        }
        let (from, until) = (from.to_string(), until.to_string());
        let kept = [("DiskId", disk.unwrap_or_default()), ("after", after)].into_iter();
        let kept = kept.filter(|(_, value)| !value.is_empty());
        Some((name, links::with_query(here, kept.chain([("from", from.as_str()), ("until", until.as_str())]))))
    };
    let all = links::with_query(here, disk.map(|disk_id| ("DiskId", disk_id)));
    ways.into_iter().filter_map(way).chain([("All of it", all)]).collect()
}

/// All that a lane shows, in the order of time.
fn rows(lane: &Lane, sandbox: &str) -> Vec<Row> {
    let disk_link = if lane.is_gone {
        links::with_query(&links::in_sandbox(sandbox, &["snapshots"]), [("DiskId", lane.disk_id.as_str())])
    } else {
        links::in_sandbox(sandbox, &["disks", &lane.disk_id])
    };
    let row = |id: &str, link, time, what| Row {
        id: id.to_owned(),
        link,
        disk_id: lane.disk_id.clone(),
        disk_link: disk_link.clone(),
        time,
        what,
        kept_until: None,
        others: Vec::new(),
    };
    let point = |point: &Point| {
        let link = links::in_sandbox(sandbox, &["snapshots", &point.snapshot_id]);
        let status: &str = point.status.into();
        let name = point.name.as_ref().map(|name| format!("{name}, ")).unwrap_or_default();
        let what = format!("Snapshot, {name}{status} {}%, {}", point.progress, point.region_id);
        let images = point.images.iter().map(|image| {
            (format!("image {}", image.image_id), links::in_sandbox(sandbox, &["images", &image.image_id]))
        });
        let source = point
            .copy_of
            .iter()
            .map(|source| (format!("a copy of {source}"), links::in_sandbox(sandbox, &["snapshots", source])));
        let others = source.chain(images).collect();
        Row { kept_until: point.kept_until, others, ..row(&point.snapshot_id, link, point.time, what) }
    };
    let mut rows: Vec<Row> = match &lane.snapshots {
        Snapshots::Each(points) => points.iter().map(point).collect(),
        Snapshots::Gathered(bars) => {
            let bar = |bar: &rows::Bar| {
                let what = format!("{} snapshots until {}", bar.counted(), bar.until);
                row(&bar.from.to_string(), drawing::opened(sandbox, &lane.disk_id, bar), bar.from, what)
            };
            bars.iter().map(bar).collect()
        }
    };
    rows.extend(lane.due.iter().map(|due| {
        let link = drawing::policy(sandbox, due);
        row(&due.auto_snapshot_policy_id, link, due.time, "Due".to_owned())
    }));
    rows
}
