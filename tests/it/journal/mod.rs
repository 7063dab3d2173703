mod entries;
mod har;
mod near_misses;
mod properties;
mod verification;
