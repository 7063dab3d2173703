mod document;
mod time;
