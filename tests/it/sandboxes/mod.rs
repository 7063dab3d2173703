mod changes;
mod lifetime;
mod pages;
