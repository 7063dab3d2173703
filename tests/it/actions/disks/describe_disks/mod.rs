mod checks;
mod fields;
mod paging;
mod parameters;
mod properties;
