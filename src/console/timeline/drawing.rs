//! A timeline as a picture: shapes with classes, which the style sheet draws, and links to what they stand for.

use super::super::links;
use super::layout::{Area, Label, LaneLayout, Layout, Scale, TALLEST, layout};
use super::rows::{Bar, Due, Image, Lane, Point, Snapshots, Timeline};
use crate::model::snapshot::Status;

/// The picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    pub height: i64,
    /// What says nothing by itself.
    pub backdrop: Vec<Shape>,
    pub marks: Vec<Mark>,
}

/// Something that leads to what it stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    pub class: &'static str,
    pub link: String,
    /// What it stands for, in words.
    pub title: String,
    pub shapes: Vec<Shape>,
}

/// A part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    Line(Line),
    Area(&'static str, Area),
    Circle(Circle),
    /// Commands of a path.
    Path(&'static str, String),
    Text(Label),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub class: &'static str,
    pub from: (i64, i64),
    pub to: (i64, i64),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Circle {
    pub x: i64,
    pub y: i64,
    pub radius: i64,
}

/// Draws it, with links into this sandbox.
#[must_use]
pub fn draw(timeline: &Timeline, sandbox: &str) -> Picture {
    let layout = layout(timeline);
    let mut marks = Vec::new();
    for (lane, place) in timeline.lanes.iter().zip(&layout.lanes) {
        marks.push(head(lane, place, sandbox));
        let pen = Pen { lane, place, sandbox, scale: Scale::of(timeline) };
        match &lane.snapshots {
            Snapshots::Each(points) => pen.points(points, &mut marks),
            Snapshots::Gathered(bars) => pen.bars(bars, &mut marks),
        }
        pen.due(&mut marks);
    }
    Picture { height: layout.height, backdrop: backdrop(&layout), marks }
}

fn backdrop(layout: &Layout) -> Vec<Shape> {
    let mut shapes = Vec::new();
    let line = |class, from, to| Shape::Line(Line { class, from, to });
    for lane in &layout.lanes {
        let (y, bottom) = (lane.line, lane.area.y + lane.area.height);
        shapes.push(line("lane", (super::layout::LEFT, y), (super::layout::RIGHT, y)));
        shapes.push(line("edge", (0, bottom), (lane.area.width, bottom)));
    }
    let places = layout.ticks.iter().map(|tick| ("tick", tick)).chain(layout.now.iter().map(|now| ("now", now)));
    for (class, place) in places {
        let top = place.label.as_ref().map_or(0, |label| label.area.y + label.area.height);
        shapes.push(line(class, (place.x, top), (place.x, layout.height)));
        shapes.extend(place.label.clone().map(Shape::Text));
    }
    shapes
}

/// The disk of a lane, which leads to its own timeline.
fn head(lane: &Lane, place: &LaneLayout, sandbox: &str) -> Mark {
    let state = if lane.is_gone { ", which is gone" } else { "" };
    Mark {
        class: "head",
        link: links::with_query(&links::in_sandbox(sandbox, &["timeline"]), [("DiskId", lane.disk_id.as_str())]),
        title: format!("The timeline of {}{state}", lane.disk_id),
        shapes: place.heads.iter().cloned().map(Shape::Text).collect(),
    }
}

/// Draws a lane.
struct Pen<'a> {
    lane: &'a Lane,
    place: &'a LaneLayout,
    sandbox: &'a str,
    scale: Scale,
}

impl Pen<'_> {
    fn points(&self, points: &[Point], marks: &mut Vec<Mark>) {
        let line = self.place.line;
        for ((point, place), retention) in points.iter().zip(&self.place.snapshots).zip(&self.place.retentions) {
            let source = points.iter().position(|other| Some(&other.snapshot_id) == point.copy_of.as_ref());
            let source = source.map(|number| self.place.snapshots[number].x);
            let mut shapes: Vec<Shape> = Vec::new();
            shapes.extend(source.map(|from| arc(from, place.x, line)));
            shapes.extend(retention.map(|area| Shape::Area("kept", area)));
            shapes.push(state(point, place.x, line));
            shapes.extend(place.label.clone().map(Shape::Text));
            marks.push(Mark {
                class: class(point.status),
                link: links::in_sandbox(self.sandbox, &["snapshots", &point.snapshot_id]),
                title: described(point),
                shapes,
            });
            marks.extend(point.images.iter().map(|image| self.image(image, point, place.x)));
        }
    }

    fn image(&self, image: &Image, point: &Point, from: i64) -> Mark {
        let (x, y) = (self.scale.x(image.time), self.place.images);
        let line = Line { class: "made", from: (from, self.place.line), to: (x, y) };
        Mark {
            class: "image",
            link: links::in_sandbox(self.sandbox, &["images", &image.image_id]),
            title: format!("Image {} of {}, made {}", image.image_id, point.snapshot_id, image.time),
            shapes: vec![Shape::Line(line), Shape::Area("", Area { x: x - 4, y: y - 4, width: 8, height: 8 })],
        }
    }

    fn bars(&self, bars: &[Bar], marks: &mut Vec<Mark>) {
        let most = bars.iter().map(|bar| bar.count).max().unwrap_or_default().max(1);
        for (bar, place) in bars.iter().zip(&self.place.snapshots) {
            let height = (TALLEST * bar.count / most).max(2);
            let width = (self.scale.x(bar.until) - place.x - 1).max(2);
            let area = Area { x: place.x, y: self.place.line - height, width, height };
            let mut shapes = vec![Shape::Area("", area)];
            shapes.extend(place.label.clone().map(Shape::Text));
            marks.push(Mark {
                class: "gathered",
                link: opened(self.sandbox, &self.lane.disk_id, bar),
                title: format!("{} snapshots from {} until {}", bar.counted(), bar.from, bar.until),
                shapes,
            });
        }
    }

    fn due(&self, marks: &mut Vec<Mark>) {
        for (due, place) in self.lane.due.iter().zip(&self.place.due) {
            let (x, y) = (place.x, self.place.line);
            let mut shapes = vec![Shape::Path("", format!("M{x} {}l5 5l-5 5l-5-5z", y - 5))];
            shapes.extend(place.label.clone().map(Shape::Text));
            marks.push(Mark {
                class: "due",
                link: policy(self.sandbox, due),
                title: format!("Due {} by {}", due.time, due.auto_snapshot_policy_id),
                shapes,
            });
        }
    }
}

/// The page of the policy that fires.
#[must_use]
pub fn policy(sandbox: &str, due: &Due) -> String {
    links::in_sandbox(sandbox, &["auto-snapshot-policies", &due.auto_snapshot_policy_id])
}

/// Where the snapshots of a bar are seen: on a timeline of its time; of a second, which has no parts, in the list.
#[must_use]
pub fn opened(sandbox: &str, disk_id: &str, bar: &Bar) -> String {
    let (from, until) = (bar.from.to_string(), bar.until.to_string());
    if bar.until.0.saturating_sub(bar.from.0) > 1 {
        let query = [("DiskId", disk_id), ("from", from.as_str()), ("until", until.as_str())];
        return links::with_query(&links::in_sandbox(sandbox, &["timeline"]), query);
    }
    let query = [
        ("DiskId", disk_id),
        ("Filter.1.Key", "CreationStartTime"),
        ("Filter.1.Value", from.as_str()),
        ("Filter.2.Key", "CreationEndTime"),
        ("Filter.2.Value", from.as_str()),
    ];
    links::with_query(&links::in_sandbox(sandbox, &["snapshots"]), query)
}

/// From the source of a copy to the copy.
fn arc(from: i64, to: i64, y: i64) -> Shape {
    let (middle, height) = (i64::midpoint(from, to), y + 18);
    Shape::Path("copied", format!("M{from} {y}Q{middle} {height} {to} {y}"))
}

/// Each status has a shape of its own.
fn state(point: &Point, x: i64, y: i64) -> Shape {
    match point.status {
        Status::Failed => Shape::Path("", format!("M{} {}l10 10m0-10l-10 10", x - 5, y - 5)),
        Status::Progressing | Status::Accomplished => Shape::Circle(Circle { x, y, radius: 5 }),
    }
}

fn class(status: Status) -> &'static str {
    match status {
        Status::Failed => "failed",
        Status::Progressing => "progressing",
        Status::Accomplished => "accomplished",
    }
}

/// A snapshot in words.
fn described(point: &Point) -> String {
    let status: &str = point.status.into();
    let name = point.name.as_ref().map(|name| format!(" {name}")).unwrap_or_default();
    let progress = if point.status == Status::Progressing { format!(" {}%", point.progress) } else { String::new() };
    let kept = point.kept_until.map_or_else(|| "kept for good".to_owned(), |until| format!("kept until {until}"));
    let copy = point.copy_of.as_ref().map(|source| format!(", a copy of {source}")).unwrap_or_default();
    format!("{}{name}: {status}{progress}, made {}, {kept}{copy}", point.snapshot_id, point.time)
}
