mod catalogue;
mod disks;
mod instances;
mod parameters;
mod regions;
mod shared;
mod snapshots;
