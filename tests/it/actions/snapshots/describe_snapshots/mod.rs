mod checks;
mod faults;
mod fields;
mod paging;
mod parameters;
mod properties;
mod samples;
