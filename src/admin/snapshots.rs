//! `/_mock/v1/sandboxes/{sandbox}/snapshots`: fine changes between test cases, in the words of state documents.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::body;
use super::problem::Problem;
use super::query::{self, FILTERS};
use crate::app::Startup;
use crate::model::document::{self, Draft, SnapshotEntry};
use crate::model::filter::SnapshotFilter;
use crate::model::paging::Paging;
use crate::model::params::Params;
use crate::model::snapshot::Snapshot;
use crate::sandboxes::{Counts, SandboxError, Which};
use crate::store::Reads;

/// The filters, for the description; [`SnapshotFilter`] reads them.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query, rename_all = "PascalCase")]
#[allow(dead_code, reason = "a description")]
pub struct Filters {
    region_id: Option<String>,
    /// A JSON array of ids in a text, 100 at most.
    snapshot_ids: Option<String>,
    disk_id: Option<String>,
    instance_id: Option<String>,
    snapshot_link_id: Option<String>,
    snapshot_name: Option<String>,
    #[param(rename = "KMSKeyId")]
    kms_key_id: Option<String>,
    resource_group_id: Option<String>,
    /// `true` filters; `false` does not.
    encrypted: Option<bool>,
    /// `progressing`, `accomplished`, `failed` or `all`.
    status: Option<String>,
    /// `image`, `disk`, `image_disk` or `none`.
    usage: Option<String>,
    /// `auto`, `user` or `all`.
    snapshot_type: Option<String>,
    /// `System` or `Data`, in any case.
    source_disk_type: Option<String>,
    /// `standard`, `flash` or `archive`, in any case.
    category: Option<String>,
    /// `CreationStartTime` or `CreationEndTime`; with `Filter.1.Value`, and so for `Filter.2`.
    #[param(rename = "Filter.1.Key")]
    filter_key: Option<String>,
    #[param(rename = "Filter.1.Value")]
    filter_value: Option<String>,
    /// A tag that must be there; numbers up to 20. With `Tag.1.Value`, it must have that value.
    #[param(rename = "Tag.1.Key")]
    tag_key: Option<String>,
    #[param(rename = "Tag.1.Value")]
    tag_value: Option<String>,
}

/// The paging, for the description; [`Paging`] reads it.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query, rename_all = "PascalCase")]
#[allow(dead_code, reason = "a description")]
pub struct Pages {
    /// From 1.
    page_number: Option<i32>,
    /// 1 to 100.
    page_size: Option<i32>,
    /// Brought into 10 to 100; the answer then carries a NextToken until the last page.
    max_results: Option<i32>,
    next_token: Option<String>,
}

const PAGING: [&str; 4] = ["PageNumber", "PageSize", "MaxResults", "NextToken"];

/// A page of snapshots, as entries of a state document.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
pub struct SnapshotList {
    snapshots: Vec<SnapshotEntry>,
    page_number: i32,
    page_size: i32,
    total_count: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

/// Lists snapshots, with the filters and the paging of DescribeSnapshots; RegionId may be left out.
#[utoipa::path(get, path = "/_mock/v1/sandboxes/{sandbox}/snapshots", tag = "snapshots",
    params(("sandbox" = String, Path,), Filters, Pages),
    responses((status = 200, body = SnapshotList),
    (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn list(startup: Data<Startup>, request: HttpRequest, name: Path<String>) -> Result<HttpResponse, Problem> {
    let (app, sandbox) = super::in_sandbox(&startup, &name)?;
    let params = query::params(&request, &[&FILTERS, &PAGING])?;
    let (filter, paging) = (SnapshotFilter::read(&params)?, Paging::read(&params)?);
    let start = paging.start(&filter)?;
    let mut connection = app.store.read(Reads::One).await.map_err(SandboxError::from)?;
    let scope = sandbox.scope(app.clock.now());
    let page = sandbox.page(&mut connection, scope, &filter, &start, paging.limit()).await;
    let page = page.map_err(SandboxError::from)?;
    let mut rows = page.snapshots;
    let next_token = paging.cut(&mut rows, &filter, Snapshot::position);
    body::ok(&SnapshotList {
        snapshots: rows.iter().map(SnapshotEntry::from).collect(),
        page_number: paging.page_number,
        page_size: paging.page_size,
        total_count: page.total_count,
        next_token,
    })
}

/// Adds a snapshot: an entry of a state document.
#[utoipa::path(post, path = "/_mock/v1/sandboxes/{sandbox}/snapshots", tag = "snapshots",
    params(("sandbox" = String, Path,)), request_body = SnapshotEntry, responses((status = 201, body = SnapshotEntry),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 507, body = Problem, content_type = "application/problem+json")))]
pub async fn create(
    startup: Data<Startup>,
    request: HttpRequest,
    name: Path<String>,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let (app, sandbox) = super::in_sandbox(&startup, &name)?;
    let value: Value = body::json(&request, payload).await?;
    let draft = Draft { place: String::new(), entry: document::parse_entry(&value)? };
    body::respond(StatusCode::CREATED, &SnapshotEntry::from(&app.sandboxes.add(&sandbox, draft).await?))
}

/// Shows one snapshot.
#[utoipa::path(get, path = "/_mock/v1/sandboxes/{sandbox}/snapshots/{snapshot}", tag = "snapshots",
    params(("sandbox" = String, Path,), ("snapshot" = String, Path,)), responses((status = 200, body = SnapshotEntry),
    (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn get(startup: Data<Startup>, path: Path<(String, String)>) -> Result<HttpResponse, Problem> {
    let (name, id) = path.into_inner();
    let (app, sandbox) = super::in_sandbox(&startup, &name)?;
    body::ok(&SnapshotEntry::from(&app.sandboxes.snapshot(&sandbox, &id).await?))
}

/// Changes one snapshot by a JSON merge patch: a given Status or Progress is pinned, null unpins it or unsets a field.
#[utoipa::path(patch, path = "/_mock/v1/sandboxes/{sandbox}/snapshots/{snapshot}", tag = "snapshots",
    params(("sandbox" = String, Path,), ("snapshot" = String, Path,)),
    request_body(content = SnapshotEntry, content_type = "application/merge-patch+json"),
    responses((status = 200, body = SnapshotEntry),
    (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn patch(
    startup: Data<Startup>,
    request: HttpRequest,
    path: Path<(String, String)>,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let (name, id) = path.into_inner();
    let (app, sandbox) = super::in_sandbox(&startup, &name)?;
    let changes: Value = body::json(&request, payload).await?;
    let (_, after) = app.sandboxes.modify(&sandbox, &Which::Id(id), patched(&changes)).await?;
    body::ok(&after.as_ref().map(SnapshotEntry::from))
}

/// Deletes one snapshot.
#[utoipa::path(delete, path = "/_mock/v1/sandboxes/{sandbox}/snapshots/{snapshot}", tag = "snapshots",
    params(("sandbox" = String, Path,), ("snapshot" = String, Path,)), responses((status = 204),
    (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn delete(startup: Data<Startup>, path: Path<(String, String)>) -> Result<HttpResponse, Problem> {
    let (name, id) = path.into_inner();
    let (app, sandbox) = super::in_sandbox(&startup, &name)?;
    app.sandboxes.remove_snapshots(&sandbox, &Which::Id(id)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Changes all snapshots that match the filters of DescribeSnapshots, of which there must be one, by a JSON merge patch.
#[utoipa::path(patch, path = "/_mock/v1/sandboxes/{sandbox}/snapshots", tag = "snapshots",
    params(("sandbox" = String, Path,), Filters),
    request_body(content = SnapshotEntry, content_type = "application/merge-patch+json"),
    responses((status = 200, body = Counts),
    (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn patch_matching(
    startup: Data<Startup>,
    request: HttpRequest,
    name: Path<String>,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let (app, sandbox) = super::in_sandbox(&startup, &name)?;
    let which = matching(&query::params(&request, &[&FILTERS])?)?;
    let patch: Value = body::json(&request, payload).await?;
    let (counts, _) = app.sandboxes.modify(&sandbox, &which, patched(&patch)).await?;
    body::ok(&counts)
}

/// Deletes all snapshots that match the filters of DescribeSnapshots, of which there must be one.
#[utoipa::path(delete, path = "/_mock/v1/sandboxes/{sandbox}/snapshots", tag = "snapshots",
    params(("sandbox" = String, Path,), Filters),
    responses((status = 200, body = Counts),
    (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn delete_matching(
    startup: Data<Startup>,
    request: HttpRequest,
    name: Path<String>,
) -> Result<HttpResponse, Problem> {
    let (app, sandbox) = super::in_sandbox(&startup, &name)?;
    let which = matching(&query::params(&request, &[&FILTERS])?)?;
    body::ok(&app.sandboxes.remove_snapshots(&sandbox, &which).await?)
}

/// A filter that filters.
fn matching(params: &Params) -> Result<Which, Problem> {
    let filter = SnapshotFilter::read(params)?;
    if filter == SnapshotFilter::default() {
        return Err(Problem::bad_request("a change to many snapshots needs a filter that says which; reset empties"));
    }
    Ok(Which::Matching(Box::new(filter)))
}

fn patched(patch: &Value) -> impl Fn(&Snapshot, crate::model::time::Time) -> Result<Snapshot, Problem> + '_ {
    |snapshot, now| Ok(document::patched(snapshot, patch, now)?)
}
