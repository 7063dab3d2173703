mod auto_snapshot_policy;
mod document;
mod ids;
mod time;
mod timetable;
