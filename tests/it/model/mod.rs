mod auto_snapshot_policy;
mod clock;
mod document;
mod ids;
mod planned_fault;
mod play;
mod time;
mod timetable;
