mod derived;
mod migration;
mod open;
mod plans;
mod plans_disks;
mod restore;
mod space;
