mod serve;
mod usage;
