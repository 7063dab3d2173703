mod auto_snapshot_policy;
mod document;
mod ids;
mod play;
mod time;
mod timetable;
