//! The actions of the API, one file each. An action turns parameters into data or a fault; it knows neither HTTP nor SQL.

pub mod action;
pub mod dispatch;
pub mod explain;
pub mod explanation;
pub mod faults;
pub mod known;
pub mod list;
pub mod output;

mod checks;
mod disks;
mod groups;
mod images;
mod instances;
mod names;
mod policies;
mod regions;
mod resource_groups;
mod snapshots;
mod tags;
mod wrapped;

pub use action::Action;
pub use names::known_name;

/// All actions.
pub static ACTIONS: &[&Action] = &[
    &disks::attach_disk::ACTION,
    &disks::create_disk::ACTION,
    &disks::delete_disk::ACTION,
    &disks::describe_disks::ACTION,
    &disks::detach_disk::ACTION,
    &disks::modify_disk_attribute::ACTION,
    &disks::modify_disk_charge_type::ACTION,
    &disks::modify_disk_spec::ACTION,
    &disks::re_init_disk::ACTION,
    &disks::reset_disk::ACTION,
    &disks::resize_disk::ACTION,
    &groups::create_snapshot_group::ACTION,
    &groups::delete_snapshot_group::ACTION,
    &groups::describe_snapshot_groups::ACTION,
    &groups::modify_snapshot_group::ACTION,
    &images::create_image::ACTION,
    &images::delete_image::ACTION,
    &images::describe_images::ACTION,
    &images::modify_image_attribute::ACTION,
    &instances::describe_instances::ACTION,
    &instances::start_instance::ACTION,
    &instances::stop_instance::ACTION,
    &policies::apply_auto_snapshot_policy::ACTION,
    &policies::cancel_auto_snapshot_policy::ACTION,
    &policies::create_auto_snapshot_policy::ACTION,
    &policies::delete_auto_snapshot_policy::ACTION,
    &policies::describe_auto_snapshot_policy_associations::ACTION,
    &policies::describe_auto_snapshot_policy_ex::ACTION,
    &policies::modify_auto_snapshot_policy_ex::ACTION,
    &regions::describe_available_resource::ACTION,
    &regions::describe_regions::ACTION,
    &regions::describe_zones::ACTION,
    &resource_groups::join_resource_group::ACTION,
    &snapshots::copy_snapshot::ACTION,
    &snapshots::create_snapshot::ACTION,
    &snapshots::delete_snapshot::ACTION,
    &snapshots::describe_locked_snapshots::ACTION,
    &snapshots::describe_snapshot_links::ACTION,
    &snapshots::describe_snapshot_monitor_data::ACTION,
    &snapshots::describe_snapshot_package::ACTION,
    &snapshots::describe_snapshots::ACTION,
    &snapshots::describe_snapshots_usage::ACTION,
    &snapshots::lock_snapshot::ACTION,
    &snapshots::modify_snapshot_attribute::ACTION,
    &snapshots::modify_snapshot_category::ACTION,
    &snapshots::open_snapshot_service::ACTION,
    &snapshots::unlock_snapshot::ACTION,
    &tags::add_tags::ACTION,
    &tags::describe_resource_by_tags::ACTION,
    &tags::describe_tags::ACTION,
    &tags::list_tag_resources::ACTION,
    &tags::remove_tags::ACTION,
    &tags::tag_resources::ACTION,
    &tags::untag_resources::ACTION,
];

/// A name that some clients spell in another way than the documentation.
const OTHER_SPELLING: (&str, &str) = ("DescribeAutoSnapshotPolicyEX", "DescribeAutoSnapshotPolicyEx");

/// The name of an action as the documentation spells it.
#[must_use]
pub fn spelling(name: &str) -> &str {
    if name == OTHER_SPELLING.0 { OTHER_SPELLING.1 } else { name }
}

/// The action of this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Action> {
    let name = spelling(name);
    ACTIONS.iter().copied().find(|action| action.name == name)
}
