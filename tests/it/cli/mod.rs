mod remote;
mod scripts;
mod serve;
mod usage;
