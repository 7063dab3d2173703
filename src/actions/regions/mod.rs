//! Actions on regions and zones, and what can be had there.

pub mod describe_available_resource;
pub mod describe_regions;
pub mod describe_zones;

use crate::actions::action::ReadCall;
use crate::actions::faults::Fault;
use crate::model::region::ZONES;

/// The zones of a region, by id: those that every region has, and those that something is in.
async fn zones(call: &ReadCall<'_>, region_id: &str) -> Result<Vec<String>, Fault> {
    let mut zones = call.sandboxes.zones_in_use(&call.view, region_id).await?;
    zones.extend(ZONES.iter().map(|letter| format!("{region_id}-{letter}")));
    zones.sort();
    zones.dedup();
    Ok(zones)
}
