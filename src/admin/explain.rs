//! `/_mock/v1/sandboxes/{sandbox}/explain` and `.../requests/{n}/explanation`: why a list of the cloud plane is what it is.

use std::fmt;
use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::de::{Deserializer, MapAccess, Visitor};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::{self, Body};
use super::problem::Problem;
use super::{query, requests};
use crate::actions::explain;
use crate::actions::explanation::{About, Explanation};
use crate::app::{App, Startup};
use crate::journal::kept::Kept;
use crate::model::journal_entry::{Happening, JournalEntry};
use crate::model::params::Params;
use crate::sandboxes::Sandbox;

/// A request to the cloud plane, and a resource that it lists or does not list.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Asked {
    /// The action, unless the request itself names it.
    action: Option<String>,
    /// The parameters of the request, in its order.
    #[schema(value_type = Option<HashMap<String, String>>)]
    parameters: Option<Pairs>,
    /// The request as a URL, or the query of one.
    url: Option<String>,
    /// The number of a request that the journal remembers, in the place of action and parameters.
    #[schema(minimum = 1)]
    sequence: Option<i64>,
    /// The id of the resource.
    id: Option<String>,
}

/// Names and texts, in their order.
#[derive(Debug, Serialize)]
pub struct Pairs(Vec<(String, String)>);

impl<'de> Deserialize<'de> for Pairs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Map;

        impl<'de> Visitor<'de> for Map {
            type Value = Pairs;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a map from the name of a parameter to its text")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }

        deserializer.deserialize_map(Map)
    }
}

/// The parameters of a URL, or of its query alone.
fn of_url(url: &str) -> Result<Vec<(String, String)>, Problem> {
    let url = url.split('#').next().unwrap_or(url);
    let query = match url.split_once('?') {
        Some((_, query)) => query,
        None if url.contains("://") => "",
        None => url,
    };
    let pairs = Query::<Vec<(String, String)>>::from_query(query);
    let pairs = pairs.map_err(|error| Problem::wrong("Url", format!("the query cannot be read: {error}")))?;
    Ok(pairs.into_inner())
}

/// Tells how each condition of a request narrows its list, and what keeps a resource from it. It speaks of the state as it is now.
#[utoipa::path(post, path = "/_mock/v1/sandboxes/{sandbox}/explain", tag = "requests", params(("sandbox" = String, Path,)),
    request_body = Asked, responses((status = 200, body = Explanation), (status = "4XX", body = Problem,
    content_type = "application/problem+json")))]
pub async fn explain(startup: Data<Startup>, name: Path<String>, sent: Body) -> Result<HttpResponse, Problem> {
    let (app, sandbox) = super::in_sandbox(&startup, &name)?;
    let Asked { action, parameters, url, sequence, id } = sent.json().await?;
    if let Some(sequence) = sequence {
        for (field, is_there) in
            [("Action", action.is_some()), ("Parameters", parameters.is_some()), ("Url", url.is_some())]
        {
            if is_there {
                return Err(Problem::wrong(field, "the request of the Sequence says what is asked for already"));
            }
        }
        return body::ok(&of_entry(app, &sandbox, &sequence.to_string(), id.as_deref()).await?);
    }
    let pairs = match (parameters, url) {
        (Some(_), Some(_)) => {
            return Err(Problem::wrong("Url", "Parameters say what is asked for already"));
        }
        (Some(Pairs(pairs)), None) => pairs,
        (None, Some(url)) => of_url(&url)?,
        (None, None) => Vec::new(),
    };
    let params = Params::new(pairs);
    let action = match (action, params.text("Action")) {
        (Some(action), Some(other)) if action != other => {
            return Err(Problem::wrong("Action", format!("the request itself names {other:?}")));
        }
        (Some(action), _) => action,
        (None, Some(action)) => action.to_owned(),
        (None, None) => return Err(Problem::wrong("Action", "expected the name of an action")),
    };
    let about = About { id: id.as_deref(), saw: None };
    body::ok(&explain::explain(&app.sandboxes, &sandbox, &action, &params, about).await?)
}

/// As [`explain`], of a request that the journal remembers.
#[utoipa::path(get, path = "/_mock/v1/sandboxes/{sandbox}/requests/{sequence}/explanation", tag = "requests",
    params(("sandbox" = String, Path,), ("sequence" = i64, Path, minimum = 1),
    ("id" = Option<String>, Query, description = "The id of a resource that it lists or does not list")),
    responses((status = 200, body = Explanation),
    (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn explain_request(
    startup: Data<Startup>,
    request: HttpRequest,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let params = query::params(&request, &["id"])?;
    let (name, sequence) = path.into_inner();
    let (app, sandbox) = super::in_sandbox(&startup, &name)?;
    body::ok(&of_entry(app, &sandbox, &sequence, params.text("id")).await?)
}

/// The explanation of the request of this number, in the state as it is now.
pub async fn of_entry(
    app: &App,
    sandbox: &Arc<Sandbox>,
    sequence: &str,
    id: Option<&str>,
) -> Result<Explanation, Problem> {
    let kept = app.sandboxes.journal_of(sandbox).await?;
    let entry = requests::find(&kept, sequence)?;
    let refused = |reason: &str| Problem::new(StatusCode::CONFLICT, format!("Sequence: {reason}")).about("Sequence");
    if entry.kind != Happening::Request {
        return Err(refused("the entry is not of a request to the cloud plane"));
    }
    if !entry.cut.is_empty() {
        return Err(refused(&format!("the journal has only the beginning of {}", entry.cut.join(", "))));
    }
    // Reading notes what was read, and the entry's own are those of the request.
    let params = Params::new(entry.parameters.params().pairs().to_vec());
    let about = About { id, saw: entry.saw.as_ref() };
    let explanation = explain::explain(&app.sandboxes, sandbox, &entry.action, &params, about).await?;
    if entry.saw.is_some() {
        return Ok(explanation);
    }
    // What the look itself made of policies that were due is a change, too.
    let kept = app.sandboxes.journal_of(sandbox).await?;
    Ok(Explanation { changed: has_changed(&kept, &entry), ..explanation })
}

/// Paths of the control plane whose changes are of a whole state or of its clock, and count no resources.
const OF_STATES: [&str; 4] = ["/state", "/reset", "/clock", "/checkpoints/"];

/// Whether the sandbox was changed after a request that was not answered with a list, as far as the journal tells: by a later entry
/// that changed a resource, or that put another state or another time in the place of what was. Where entries are missing, they may
/// have been such ones.
fn has_changed(kept: &Kept, entry: &JournalEntry) -> bool {
    let is_of_state = |later: &JournalEntry| {
        later.kind == Happening::Control && OF_STATES.iter().any(|path| later.action.starts_with(path))
    };
    let mut later = kept.entries.iter().filter(|later| later.sequence > entry.sequence);
    kept.complete_from() > entry.sequence + 1 || later.any(|later| later.changed > 0 || is_of_state(later))
}
