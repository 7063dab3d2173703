mod derived;
mod migration;
mod open;
mod plans;
mod plans_tags;
mod restore;
mod space;
