mod open;
mod plans;
