mod migration;
mod open;
mod plans;
