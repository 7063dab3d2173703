mod derived;
mod migration;
mod open;
mod plans;
mod plans_disks;
mod plans_sums;
mod restore;
mod space;
