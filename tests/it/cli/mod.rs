mod explain;
mod remote;
mod scripts;
mod serve;
mod settings;
mod usage;
