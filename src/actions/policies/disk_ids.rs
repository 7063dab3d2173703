//! The diskIds of the actions that put disks under policies and take them out.

use super::rows::INVALID_DISK_IDS;
use crate::actions::checks::Checks;
use crate::actions::faults::Row;
use crate::model::params::{Reason, Refusal};

/// The row for ids that are no JSON array of at most 100.
pub fn row(refusal: &Refusal) -> Option<&'static Row> {
    let is_about_ids = refusal.parameter == "diskIds" && refusal.reason != Reason::Missing;
    is_about_ids.then_some(&INVALID_DISK_IDS)
}

/// The ids, of which there must be one.
pub fn read(checks: &mut Checks<'_>) -> Vec<String> {
    checks.reading().required("diskIds");
    let disk_ids = checks.reading().ids("diskIds").unwrap_or_default();
    checks.value(!disk_ids.is_empty(), &INVALID_DISK_IDS);
    disk_ids
}
