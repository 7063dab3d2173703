mod fault;
mod remote;
mod requests;
mod scripts;
mod serve;
mod settings;
mod usage;
mod verify;
