mod catalogue;
mod parameters;
mod snapshots;
