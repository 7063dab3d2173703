mod changes;
mod pages;
