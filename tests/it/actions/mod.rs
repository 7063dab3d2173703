mod catalogue;
mod images;
mod instances;
mod parameters;
mod snapshots;
