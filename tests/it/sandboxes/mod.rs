mod changes;
mod expired;
mod lifetime;
mod pages;
mod retention;
mod stage;
mod sums;
