//! The kinds of resources that there are. A new kind has its row here, and nothing else knows how many there are.

use super::kind::Kind;

/// Calls a macro with the modules and types of all kinds, for what has to be written out for each.
macro_rules! each_kind {
    ($visit:ident $(, $argument:ident)?) => {
        $visit! {
            $([$argument])?
            snapshot::Snapshot,
            disk::Disk,
            instance::Instance,
            image::Image,
            snapshot_group::SnapshotGroup,
            auto_snapshot_policy::AutoSnapshotPolicy
        }
    };
}
pub(crate) use each_kind;

macro_rules! table {
    ($($module:ident::$resource:ident),*) => {
        /// All kinds, in the order of documents.
        pub static KINDS: &[&Kind] = &[$(&super::$module::KIND),*];
    };
}
each_kind!(table);
