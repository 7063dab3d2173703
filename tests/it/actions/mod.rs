mod catalogue;
mod parameters;
mod resource_groups;
mod snapshots;
mod tags;
