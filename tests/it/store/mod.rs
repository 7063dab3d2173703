mod derived;
mod migration;
mod migration_retention;
mod open;
mod plans;
mod plans_locks;
mod restore;
mod space;
