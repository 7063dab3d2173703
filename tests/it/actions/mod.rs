mod catalogue;
mod disks;
mod images;
mod instances;
mod parameters;
mod regions;
mod shared;
mod snapshots;
