mod faults;
mod parameters;
mod properties;
