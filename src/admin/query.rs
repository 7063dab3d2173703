//! Query strings of the control plane: the parameters that a path knows, and no others.

use std::borrow::Cow;

use actix_web::HttpRequest;
use actix_web::web::Query;

use super::problem::Problem;
use crate::model::params::Params;

/// The parameters that filter snapshots, without their numbers: DescribeSnapshots documents them.
pub const FILTERS: [&str; 17] = [
    "RegionId",
    "SnapshotIds",
    "DiskId",
    "InstanceId",
    "SnapshotLinkId",
    "SnapshotName",
    "KMSKeyId",
    "ResourceGroupId",
    "Encrypted",
    "Status",
    "Usage",
    "SnapshotType",
    "SourceDiskType",
    "Category",
    "Filter.N.Key",
    "Filter.N.Value",
    "Tag.N.Key",
];

/// The parameters of a request, all of which must be among `known`. A misspelt filter must not match everything.
pub fn params(request: &HttpRequest, known: &[&[&str]]) -> Result<Params, Problem> {
    let pairs = Query::<Vec<(String, String)>>::from_query(request.query_string())
        .map_err(|error| Problem::bad_request(format!("the query cannot be read: {error}")))?
        .into_inner();
    for (name, _) in &pairs {
        let pattern = pattern(name);
        let is_known = known.iter().any(|known| known.iter().any(|known| known.eq_ignore_ascii_case(&pattern)))
            || (pattern.eq_ignore_ascii_case("Tag.N.Value") && known.contains(&&FILTERS[..]));
        if !is_known {
            return Err(Problem::bad_request(format!("{name}: there is no such parameter here")).about(name.clone()));
        }
    }
    Ok(Params::new(pairs))
}

/// `Tag.N.Key` for `Tag.3.Key`.
fn pattern(name: &str) -> Cow<'_, str> {
    let parts: Vec<&str> = name.split('.').collect();
    match parts[..] {
        [family, number, field] if number.bytes().all(|byte| byte.is_ascii_digit()) => {
            Cow::Owned(format!("{family}.N.{field}"))
        }
        _ => Cow::Borrowed(name),
    }
}
