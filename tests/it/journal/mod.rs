mod expectations;
mod har;
mod near_misses;
mod properties;
mod verification;
