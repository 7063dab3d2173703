mod catalogue;
mod disks;
mod instances;
mod parameters;
mod snapshots;
