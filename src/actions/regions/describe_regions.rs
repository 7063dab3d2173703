//! DescribeRegions: the public regions, and those in which something is, each with this server as its endpoint, so that clients
//! that look regions up do not leave it.

use serde::Serialize;

use crate::actions::action::{Action, ReadCall, Run};
use crate::actions::checks::Checks;
use crate::actions::faults::{Fault, INVALID_RESOURCE_TYPE, Row, Unreachable, rows};
use crate::actions::output::Output;
use crate::actions::wrapped::wrapped;
use crate::model::region::{self, Language, PUBLIC_REGIONS};

pub static ACTION: Action = Action {
    name: "DescribeRegions",
    run: Run::Read(|call| Box::pin(run(call))),
    has_dry_run: false,
    client_token_mismatch: None,
    ignored: &["InstanceChargeType"],
    faults: ROWS,
    unreachable: UNREACHABLE,
};

rows! {
    INVALID_ACCEPT_LANGUAGE = 404 "InvalidAcceptLanguage.NotFound"
        "Only Chinese (zh-CN), English (en-US), and Japanese (ja) are allowed.";
    [INVALID_RESOURCE_TYPE]
    {
        "account" 403 "Unauthorized.EmptyRegion" "The specified account has no access authority to any region.";
    }
}

/// Whatever is asked for can be had in every region.
const RESOURCE_TYPES: [&str; 4] = ["instance", "disk", "reservedinstance", "scu"];

async fn run(call: &ReadCall<'_>) -> Result<Box<dyn Output>, Fault> {
    let mut checks = Checks::new(call.params);
    let language = checks.text("AcceptLanguage", &INVALID_ACCEPT_LANGUAGE, |text| Language::accepted(text).is_some());
    checks.text("ResourceType", &INVALID_RESOURCE_TYPE, |text| RESOURCE_TYPES.contains(&text));
    checks.so_far()?;

    let language = language.and_then(Language::accepted).unwrap_or_default();
    let in_use = call.sandboxes.regions_in_use(&call.view).await?;
    let others = in_use.into_iter().filter(|region_id| region::public(region_id).is_none());
    let ids = PUBLIC_REGIONS.iter().map(|region| region.region_id.to_owned()).chain(others);
    let items = ids.map(|region_id| RegionItem {
        local_name: region::name(&region_id, language).to_owned(),
        region_endpoint: call.host.to_owned(),
        status: "available",
        region_id,
    });
    Ok(Box::new(Reply { regions: Regions { items: items.collect() } }))
}

wrapped!(Regions, "Region");

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Reply {
    regions: Regions<RegionItem>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct RegionItem {
    region_id: String,
    local_name: String,
    /// Host and port, without a scheme.
    region_endpoint: String,
    status: &'static str,
}
