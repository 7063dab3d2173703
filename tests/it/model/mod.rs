mod document;
mod ids;
mod time;
mod timetable;
