mod derived;
mod migration;
mod open;
mod plans;
mod restore;
mod space;
