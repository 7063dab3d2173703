mod catalogue;
mod disks;
mod parameters;
mod regions;
mod shared;
mod snapshots;
