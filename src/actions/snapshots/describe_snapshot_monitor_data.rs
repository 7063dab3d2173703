//! DescribeSnapshotMonitorData: how large the snapshots of a region were at points in time. At each it is what the snapshots of
//! the category that are there now, and were made by then, sum to; a failed one is of no size.
//!
//! There is a point at the end of each Period behind StartTime, up to EndTime, and none that lies ahead of the sandbox's time.
//! Both times are rounded up to whole minutes. A region without snapshots has sums of nothing: no row of the documentation is
//! about one that does not exist.

use serde::Serialize;

use crate::actions::action::{Action, ReadCall, Run};
use crate::actions::checks::Checks;
use crate::actions::faults::{Fault, Row, Unreachable, rows};
use crate::actions::output::Output;
use crate::actions::wrapped::wrapped;
use crate::model::params::{Reading, Reason, Refusal};
use crate::model::time::Time;
use crate::store::sums::Points;

pub static ACTION: Action = Action {
    name: "DescribeSnapshotMonitorData",
    run: Run::Read(|call| Box::pin(run(call))),
    has_dry_run: false,
    client_token_mismatch: None,
    ignored: &[],
    faults: ROWS,
    unreachable: UNREACHABLE,
};

rows! {
    MALFORMED_START = 400 "InvalidStartTime.Malformed" "The specified parameter \"StartTime\" is not valid.";
    MALFORMED_END = 400 "InvalidEndTime.Malformed" "The specified parameter \"EndTime\" is not valid.";
    INVALID_PERIOD = 400 "InvalidPeriod.ValueNotSupported" "The specified parameter \"Period\" is not valid.";
    TOO_EARLY = 400 "InvalidStartTime.TooEarly" "The specified parameter \"StartTime\" is too early.";
    TOO_MANY = 400 "InvalidParameter.TooManyDataQueried" "Too many data queried.";
    {
        "throttling" 400 "Throttling" "Request was denied due to request throttling.";
    }
}

/// Seconds.
const PERIODS: [i32; 3] = [60, 600, 3_600];
const DAYS_30: i64 = 30 * 86_400;
const MINUTE: i64 = 60;

const POINTS: i64 = 400;

async fn run(call: &ReadCall<'_>) -> Result<Box<dyn Output>, Fault> {
    let mut checks = Checks::of(Reading::new(call.params), row);
    let region_id = checks.reading().required("RegionId");
    checks.reading().required("StartTime");
    let start = checks.reading().parsed::<Time>("StartTime", "a time").map(to_minute);
    checks.value(start.is_none_or(|start| start >= call.view.now.plus(-DAYS_30)), &TOO_EARLY);
    checks.reading().required("EndTime");
    let end = checks.reading().parsed::<Time>("EndTime", "a time").map(to_minute);
    checks.value(start.zip(end).is_none_or(|(start, end)| start < end), &MALFORMED_END);
    let period = checks.reading().integer("Period", i32::MIN..=i32::MAX, "60, 600 or 3600").unwrap_or(PERIODS[0]);
    checks.value(PERIODS.contains(&period), &INVALID_PERIOD);
    let category = checks.reading().word_in_any_case("Category", &["standard", "flash", "archive"], "a category");
    checks.so_far()?;
    let (Some(start), Some(end)) = (start, end) else { return Err(Fault::from(&MALFORMED_START)) };
    let period = i64::from(period);
    if (end.0 - start.0) / period > POINTS {
        return Err(Fault::from(&TOO_MANY));
    }

    let category = category.unwrap_or_else(|| "standard".to_owned());
    let points = Points { region_id: region_id.to_owned(), category, start, end, period };
    let (grown, now) = call.sandboxes.growth(&call.view, &points).await?;
    let count = (end.min(now).0 - start.0) / period;
    let mut grown = grown.into_iter().peekable();
    let mut size: i64 = 0;
    let items = (1..=count).map(|number| {
        while let Some((_, bytes)) = grown.next_if(|(point, _)| *point <= number) {
            size = size.saturating_add(bytes);
        }
        DataPoint { time_stamp: start.plus(number * period), size }
    });
    Ok(Box::new(Reply { monitor_data: MonitorData { items: items.collect() } }))
}

fn row(refusal: &Refusal) -> Option<&'static Row> {
    match (refusal.parameter.as_str(), refusal.reason) {
        ("StartTime", Reason::Malformed) => Some(&MALFORMED_START),
        ("EndTime", Reason::Malformed) => Some(&MALFORMED_END),
        _ => None,
    }
}

/// The whole minute at this time, or the next one.
fn to_minute(time: Time) -> Time {
    time.plus((-time.0).rem_euclid(MINUTE))
}

wrapped!(MonitorData, "DataPoint");

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Reply {
    monitor_data: MonitorData<DataPoint>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct DataPoint {
    time_stamp: Time,
    /// Bytes.
    size: i64,
}
