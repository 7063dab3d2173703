mod catalogue;
mod disks;
mod parameters;
mod snapshots;
