mod changes;
mod expired;
mod lifetime;
mod pages;
mod stage;
mod sums;
