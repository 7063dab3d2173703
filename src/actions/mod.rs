//! The actions of the API, one file each. An action turns parameters into data or a fault; it knows neither HTTP nor SQL.

pub mod action;
pub mod dispatch;
pub mod faults;
pub mod output;

mod checks;
mod names;
mod resource_groups;
mod snapshots;
mod tags;
mod wrapped;

pub use action::Action;
pub use names::is_name;

/// All actions.
pub static ACTIONS: &[&Action] = &[
    &snapshots::create_snapshot::ACTION,
    &snapshots::delete_snapshot::ACTION,
    &snapshots::describe_snapshots::ACTION,
    &snapshots::modify_snapshot_attribute::ACTION,
    &tags::add_tags::ACTION,
    &tags::describe_resource_by_tags::ACTION,
    &tags::describe_tags::ACTION,
    &tags::list_tag_resources::ACTION,
    &tags::remove_tags::ACTION,
    &tags::tag_resources::ACTION,
    &tags::untag_resources::ACTION,
    &resource_groups::join_resource_group::ACTION,
];

/// The action of this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Action> {
    ACTIONS.iter().copied().find(|action| action.name == name)
}
