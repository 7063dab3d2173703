mod catalogue;
mod parameters;
mod regions;
mod shared;
mod snapshots;
