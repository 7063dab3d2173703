//! Where things stand on a timeline: arithmetic over what is shown, in units of a picture that is [`WIDTH`] wide. No two labels
//! overlap: each has a row of its own or a stretch of one, and one that finds no room is left out.

use super::rows::{Bar, Lane, Point, Snapshots, Timeline};
use crate::model::time::Time;
use crate::model::visible::readable;

/// How wide the picture is: all of a window of 1,280 but its edges.
pub const WIDTH: i64 = 1_180;

/// Where the time runs, from the left to the right. What the lanes are stands before it.
pub const LEFT: i64 = 216;
pub const RIGHT: i64 = 1_164;

/// How high a line of text is.
const LINE: i64 = 15;

/// Rows of labels above the line of a lane at most.
const ROWS: usize = 4;

/// How far marks reach above and below the line of a lane, and bars of gathered snapshots above it.
const REACH: i64 = 7;
pub const TALLEST: i64 = 30;

/// Rows of retentions at most, and how high one is.
const RETENTION_ROWS: usize = 4;
const RETENTION: i64 = 5;

/// How far images stand below the line, or below the retentions.
const IMAGES: i64 = 12;

/// Around what is in a lane.
const EDGE: i64 = 6;

/// Between two labels beside each other.
const GAP: i64 = 4;

/// How wide the label of a snapshot is at most.
const WIDEST: i64 = 130;

/// Marks of the axis at most.
const TICKS: i64 = 7;

/// A rectangle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Area {
    pub x: i64,
    pub y: i64,
    pub width: i64,
    pub height: i64,
}

impl Area {
    /// Whether any point is in both.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        self.x < other.x + other.width
            && other.x < self.x + self.width
            && self.y < other.y + other.height
            && other.y < self.y + self.height
    }
}

/// A text that stays within its area.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    pub text: String,
    pub area: Area,
}

/// Where everything stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    pub height: i64,
    pub ticks: Vec<Place>,
    /// Where the sandbox's time is, if it is on the picture.
    pub now: Option<Place>,
    /// In the order of the timeline's.
    pub lanes: Vec<LaneLayout>,
}

/// Something at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub x: i64,
    pub label: Option<Label>,
}

/// Where things stand in a lane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LaneLayout {
    pub area: Area,
    /// The height of the line that things stand on.
    pub line: i64,
    /// Which disk it is.
    pub heads: Vec<Label>,
    /// In the order of the lane's snapshots, or of what they are gathered into.
    pub snapshots: Vec<Place>,
    /// Of each snapshot that is not kept for good, how long it is kept.
    pub retentions: Vec<Option<Area>>,
    /// In the order of the lane's points.
    pub due: Vec<Place>,
    /// The height at which images stand.
    pub images: i64,
}

impl Layout {
    /// All labels.
    pub fn labels(&self) -> impl Iterator<Item = &Label> {
        let of_axis = self.ticks.iter().chain(&self.now).filter_map(|place| place.label.as_ref());
        of_axis.chain(self.lanes.iter().flat_map(LaneLayout::labels))
    }
}

impl LaneLayout {
    fn labels(&self) -> impl Iterator<Item = &Label> {
        let places = self.snapshots.iter().chain(&self.due);
        self.heads.iter().chain(places.filter_map(|place| place.label.as_ref()))
    }
}

/// Where a time is.
#[derive(Debug, Clone, Copy)]
pub struct Scale {
    from: Time,
    until: Time,
}

impl Scale {
    #[must_use]
    pub fn of(timeline: &Timeline) -> Self {
        Self { from: timeline.from, until: timeline.until }
    }

    /// At the edge, for what is not on the picture.
    #[must_use]
    pub fn x(&self, time: Time) -> i64 {
        let span = i128::from(self.until.0) - i128::from(self.from.0);
        let passed = i128::from(time.0) - i128::from(self.from.0);
        let x = passed * i128::from(RIGHT - LEFT) / span.max(1);
        LEFT + i64::try_from(x.clamp(0, i128::from(RIGHT - LEFT))).unwrap_or_default()
    }

    fn shows(&self, time: Time) -> bool {
        self.from <= time && time < self.until
    }
}

/// Rows of labels, each at most so full that none of its labels overlap.
#[derive(Debug)]
struct Shelf {
    rows: Vec<Vec<(i64, i64)>>,
    limit: usize,
}

impl Shelf {
    fn new(limit: usize) -> Self {
        Self { rows: Vec::new(), limit }
    }

    /// The first row with room for something so wide around this place, and where it begins there.
    fn place(&mut self, center: i64, width: i64) -> Option<(usize, i64)> {
        let x = (center - width / 2).min(RIGHT - width).max(LEFT);
        let (from, until) = (x, x + width);
        let is_free = |row: &Vec<(i64, i64)>| row.iter().all(|(begin, end)| until + GAP <= *begin || end + GAP <= from);
        let number = self.rows.iter().position(is_free).unwrap_or(self.rows.len());
        if number == self.limit {
            return None;
        }
        if number == self.rows.len() {
            self.rows.push(Vec::new());
        }
        self.rows[number].push((from, until));
        Some((number, x))
    }
}

/// A label before it is known how high its row is.
struct Placed {
    text: String,
    row: usize,
    x: i64,
    width: i64,
}

/// Works out where everything stands.
#[must_use]
pub fn layout(timeline: &Timeline) -> Layout {
    let scale = Scale::of(timeline);
    let now = scale.shows(timeline.now).then(|| {
        let (x, text) = (scale.x(timeline.now), format!("now {}", timeline.now));
        let width = width(&text);
        let area = Area { x: (x - width / 2).min(RIGHT - width).max(LEFT), y: LINE, width, height: LINE };
        Place { x, label: Some(Label { text, area }) }
    });
    let mut top = 2 * LINE + EDGE;
    let mut lanes = Vec::new();
    for lane in &timeline.lanes {
        let lane = of_lane(lane, scale, top);
        top += lane.area.height;
        lanes.push(lane);
    }
    Layout { height: top + EDGE, ticks: ticks(scale), now, lanes }
}

fn of_lane(lane: &Lane, scale: Scale, top: i64) -> LaneLayout {
    let mut shelf = Shelf::new(ROWS);
    let (places, above) = match &lane.snapshots {
        Snapshots::Each(points) => (points_placed(points, scale, &mut shelf), REACH),
        Snapshots::Gathered(bars) => (bars_placed(bars, scale, &mut shelf), TALLEST),
    };
    let due = lane.due.iter().map(|due| {
        let (x, text) = (scale.x(due.time), due.time.to_string());
        (x, placed(&mut shelf, x, &text["yyyy-MM-ddT".len().."yyyy-MM-ddTHH:mm".len()]))
    });
    let due: Vec<(i64, Option<Placed>)> = due.collect();
    let (retentions, retention_rows) = match &lane.snapshots {
        Snapshots::Each(points) => retentions(points, scale),
        Snapshots::Gathered(_) => (Vec::new(), 0),
    };
    let has_images = matches!(&lane.snapshots, Snapshots::Each(points)
        if points.iter().any(|point| !point.images.is_empty()));
    let height = |rows: usize, each: i64| i64::try_from(rows).unwrap_or_default() * each;
    let base = top + EDGE + height(shelf.rows.len(), LINE) + above;
    let images = base + REACH + height(retention_rows, RETENTION) + IMAGES;
    let below = if has_images { images + REACH } else { base + REACH + height(retention_rows, RETENTION) };
    let bottom = (below + EDGE).max(top + 2 * LINE + 2 * EDGE);
    let label = |placed: Placed| {
        let y = base - above - height(placed.row + 1, LINE);
        Label { text: placed.text, area: Area { x: placed.x, y, width: placed.width, height: LINE } }
    };
    let place = |(x, placed): (i64, Option<Placed>)| Place { x, label: placed.map(label) };
    let retention = |retention: Option<Stretch>| {
        let (x, end, row) = retention?;
        Some(Area { x, y: base + REACH + height(row, RETENTION), width: (end - x).max(1), height: RETENTION - 2 })
    };
    LaneLayout {
        area: Area { x: 0, y: top, width: WIDTH, height: bottom - top },
        line: base,
        heads: heads(lane, top + EDGE),
        snapshots: places.into_iter().map(place).collect(),
        retentions: retentions.into_iter().map(retention).collect(),
        due: due.into_iter().map(place).collect(),
        images,
    }
}

fn heads(lane: &Lane, top: i64) -> Vec<Label> {
    let second = if lane.is_gone { Some("gone") } else { lane.name.as_deref() };
    let texts = [Some(lane.disk_id.as_str()), second].into_iter().flatten();
    let label = |(text, y): (&str, i64)| {
        let text = shortened(text, LEFT - 2 * GAP);
        let width = width(&text);
        Label { text, area: Area { x: GAP, y, width, height: LINE } }
    };
    texts.zip([top, top + LINE]).map(label).collect()
}

fn placed(shelf: &mut Shelf, x: i64, text: &str) -> Option<Placed> {
    let text = shortened(text, WIDEST);
    let width = width(&text);
    let (row, x) = shelf.place(x, width)?;
    Some(Placed { text, row, x, width })
}

/// Labels first for those that are not as they should be, then for the newest.
fn points_placed(points: &[Point], scale: Scale, shelf: &mut Shelf) -> Vec<(i64, Option<Placed>)> {
    use crate::model::snapshot::Status::Accomplished;
    let mut all: Vec<(i64, Option<Placed>)> = points.iter().map(|point| (scale.x(point.time), None)).collect();
    let mut order: Vec<usize> = (0..points.len()).rev().collect();
    order.sort_by_key(|number| points[*number].status == Accomplished);
    for number in order {
        let text = points[number].name.as_deref().unwrap_or(&points[number].snapshot_id);
        all[number].1 = placed(shelf, all[number].0, text);
    }
    all
}

fn bars_placed(bars: &[Bar], scale: Scale, shelf: &mut Shelf) -> Vec<(i64, Option<Placed>)> {
    let placed = |bar: &Bar| {
        let (x, end) = (scale.x(bar.from), scale.x(bar.until));
        (x, placed(shelf, i64::midpoint(x, end), &bar.counted()))
    };
    bars.iter().map(placed).collect()
}

/// Where something begins and ends, and its row.
type Stretch = (i64, i64, usize);

/// From where to where each snapshot is kept, and in which row; and how many rows that makes. Where all rows are full, some
/// lie over each other.
fn retentions(points: &[Point], scale: Scale) -> (Vec<Option<Stretch>>, usize) {
    let mut ends: Vec<i64> = Vec::new();
    let of_point = |point: &Point| {
        let (x, end) = (scale.x(point.time), scale.x(point.kept_until?));
        let free = ends.iter().position(|before| before + 1 < x);
        let row = free.unwrap_or_else(|| {
            let fullest = ends.iter().enumerate().min_by_key(|(_, end)| **end).map_or(0, |(row, _)| row);
            if ends.len() < RETENTION_ROWS { ends.len() } else { fullest }
        });
        if row == ends.len() {
            ends.push(end);
        } else {
            ends[row] = ends[row].max(end);
        }
        Some((x, end, row))
    };
    let all = points.iter().map(of_point).collect();
    (all, ends.len())
}

/// Steps between marks of the axis, in seconds: as people divide time.
const STEPS: [i64; 21] = [
    1, 5, 15, 30, 60, 300, 900, 1_800, 3_600, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800, 1_209_600, 2_592_000,
    7_776_000, 15_552_000, 31_536_000, 63_072_000,
];

fn ticks(scale: Scale) -> Vec<Place> {
    const DAY: i64 = 86_400;
    let span = scale.until.0.saturating_sub(scale.from.0).max(1);
    let mut step = STEPS.into_iter().find(|step| span / step <= TICKS).unwrap_or(STEPS[STEPS.len() - 1]);
    while span / step > TICKS {
        step = step.saturating_mul(2);
    }
    let shown = match step {
        DAY.. => 0.."yyyy-MM-dd".len(),
        60.. => "yyyy-".len().."yyyy-MM-ddTHH:mm".len(),
        _ => "yyyy-MM-ddT".len().."yyyy-MM-ddTHH:mm:ss".len(),
    };
    let mut shelf = Shelf::new(1);
    let first = scale.from.0.div_euclid(step) * step;
    let times = std::iter::successors(Some(first), |time| time.checked_add(step));
    let times = times.take_while(|time| *time < scale.until.0).map(Time).filter(|time| scale.shows(*time));
    let tick = |time: Time| {
        let (x, text) = (scale.x(time), time.to_string());
        let label = placed(&mut shelf, x, &text[shown.clone()].replace('T', " "));
        let area = |placed: &Placed| Area { x: placed.x, y: 0, width: placed.width, height: LINE };
        Place { x, label: label.map(|placed| Label { area: area(&placed), text: placed.text }) }
    };
    times.map(tick).collect()
}

/// How wide a text is at most, in letters of one width that are 11 high. What does not keep to it is cut off.
#[must_use]
pub fn width(text: &str) -> i64 {
    (text.chars().map(tenths).sum::<i64>() + 9) / 10
}

fn tenths(character: char) -> i64 {
    match character {
        ..='\u{7f}' => 67,
        '\u{1f000}'.. => 140,
        _ => 110,
    }
}

/// A text with nothing hidden in it, as much of it as is not wider than this.
#[must_use]
pub fn shortened(text: &str, limit: i64) -> String {
    const ELLIPSIS: char = '…';
    // Of a long one, the end is not even looked at.
    let begin: String = text.chars().take(200).collect();
    let text = readable(&begin);
    if width(&text) <= limit {
        return text;
    }
    let mut left = 10 * limit - tenths(ELLIPSIS);
    let fits = |character: &char| {
        left -= tenths(*character);
        left >= 0
    };
    text.chars().take_while(fits).chain([ELLIPSIS]).collect()
}
