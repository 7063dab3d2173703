//! The actions of the API, one file each. An action turns parameters into data or a fault; it knows neither HTTP nor SQL.

pub mod action;
pub mod dispatch;
pub mod faults;
pub mod output;

mod checks;
mod images;
mod instances;
mod names;
mod snapshots;
mod wrapped;

pub use action::Action;
pub use names::is_name;

/// All actions.
pub static ACTIONS: &[&Action] = &[
    &images::create_image::ACTION,
    &images::delete_image::ACTION,
    &images::describe_images::ACTION,
    &images::modify_image_attribute::ACTION,
    &instances::describe_instances::ACTION,
    &snapshots::create_snapshot::ACTION,
    &snapshots::delete_snapshot::ACTION,
    &snapshots::describe_snapshots::ACTION,
    &snapshots::modify_snapshot_attribute::ACTION,
];

/// The action of this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Action> {
    ACTIONS.iter().copied().find(|action| action.name == name)
}
