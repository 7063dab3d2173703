//! The words that tags and resource groups call kinds of resources by (ResourceType).
//!
//! Many of them are of resources that no sandbox has: the word is known, and an id of it is never found.

use super::kind::Kind;
use super::{auto_snapshot_policy, disk, image, instance, snapshot, snapshot_group};

/// A word of ResourceType.
#[derive(Debug)]
pub struct ResourceType {
    pub word: &'static str,
    /// `None`: no sandbox has any.
    pub kind: Option<&'static Kind>,
    /// Its name in the counts of DescribeTags. The older actions on tags know the words that have one.
    pub count: Option<&'static str>,
    /// Whether it can be moved to another resource group.
    has_groups: bool,
}

/// Actions that know the same words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// TagResources, UntagResources, ListTagResources.
    Tags,
    /// AddTags, RemoveTags, DescribeTags, DescribeResourceByTags.
    OlderTags,
    /// JoinResourceGroup.
    Groups,
}

const fn of(
    word: &'static str,
    kind: Option<&'static Kind>,
    count: Option<&'static str>,
    has_groups: bool,
) -> ResourceType {
    ResourceType { word, kind, count, has_groups }
}

/// All of them. The documentation's lists lack snapshotgroup, and that of JoinResourceGroup snapshotpolicy, which Terraform sends.
pub static RESOURCE_TYPES: &[ResourceType] = &[
    of("instance", Some(&instance::KIND), Some("Instance"), true),
    of("disk", Some(&disk::KIND), Some("Disk"), true),
    of("snapshot", Some(&snapshot::KIND), Some("Snapshot"), true),
    of("image", Some(&image::KIND), Some("Image"), true),
    of("snapshotpolicy", Some(&auto_snapshot_policy::KIND), Some("SnapshotPolicy"), true),
    of("snapshotgroup", Some(&snapshot_group::KIND), None, true),
    of("securitygroup", None, Some("Securitygroup"), true),
    of("volume", None, Some("Volume"), false),
    of("eni", None, Some("Eni"), true),
    of("ddh", None, Some("Ddh"), true),
    of("ddhcluster", None, None, true),
    of("keypair", None, Some("KeyPair"), true),
    of("launchtemplate", None, Some("LaunchTemplate"), true),
    of("reservedinstance", None, Some("ReservedInstance"), false),
    of("elasticityassurance", None, None, false),
    of("capacityreservation", None, None, false),
    of("command", None, None, true),
    of("invocation", None, None, false),
    of("activation", None, None, true),
    of("managedinstance", None, None, true),
];

/// The type that some actions know by this word. Clients write it in lower case, which replies do too; any case will do, as
/// actions of the same names say it of other products.
#[must_use]
pub fn find(family: Family, word: &str) -> Option<&'static ResourceType> {
    of_family(family).find(|other| other.word.eq_ignore_ascii_case(word))
}

/// All types that some actions know.
pub fn of_family(family: Family) -> impl Iterator<Item = &'static ResourceType> {
    RESOURCE_TYPES.iter().filter(move |other| other.is_of(family))
}

/// The kinds that some actions know, or the one of this type.
#[must_use]
pub fn kinds(family: Family, only: Option<&'static ResourceType>) -> Vec<&'static Kind> {
    match only {
        Some(one) => one.kind.into_iter().collect(),
        None => of_family(family).filter_map(|other| other.kind).collect(),
    }
}

/// The word of a kind; of one that has none, that of its table.
#[must_use]
pub fn word(kind: &'static Kind) -> &'static str {
    RESOURCE_TYPES.iter().find(|other| other.kind == Some(kind)).map_or(kind.table, |other| other.word)
}

impl ResourceType {
    fn is_of(&self, family: Family) -> bool {
        match family {
            Family::Tags => true,
            Family::OlderTags => self.count.is_some(),
            Family::Groups => self.has_groups,
        }
    }
}
