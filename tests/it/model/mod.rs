mod document;
mod ids;
mod time;
