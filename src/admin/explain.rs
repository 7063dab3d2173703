//! `/_mock/v1/sandboxes/{sandbox}/explain`: why a list of the cloud plane is what it is.

use std::fmt;

use actix_web::web::{Data, Path, Payload, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::de::{Deserializer, MapAccess, Visitor};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body;
use super::problem::Problem;
use crate::actions::explain;
use crate::actions::explanation::Explanation;
use crate::app::Startup;
use crate::model::params::Params;

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
    /// Its id.
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
    let pairs = pairs.map_err(|error| Problem::bad_request(format!("Url: the query cannot be read: {error}")));
    Ok(pairs.map_err(|problem| problem.about("Url"))?.into_inner())
}

/// Tells how each condition of a request narrows its list, and what keeps a resource from it. It speaks of the state as it is now.
#[utoipa::path(post, path = "/_mock/v1/sandboxes/{sandbox}/explain", tag = "journal", params(("sandbox" = String, Path,)),
    request_body = Asked, responses((status = 200, body = Explanation), (status = "4XX", body = Problem,
    content_type = "application/problem+json")))]
pub async fn explain(
    startup: Data<Startup>,
    request: HttpRequest,
    name: Path<String>,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let (app, sandbox) = super::in_sandbox(&startup, &name)?;
    let Asked { action, parameters, url, id } = body::json(&request, payload).await?;
    let pairs = match (parameters, url) {
        (Some(_), Some(_)) => {
            return Err(Problem::bad_request("Url: Parameters say what is asked for already").about("Url"));
        }
        (Some(Pairs(pairs)), None) => pairs,
        (None, Some(url)) => of_url(&url)?,
        (None, None) => Vec::new(),
    };
    let params = Params::new(pairs);
    let action = match (action, params.text("Action")) {
        (Some(action), Some(other)) if action != other => {
            return Err(Problem::bad_request(format!("Action: the request itself names {other:?}")).about("Action"));
        }
        (Some(action), _) => action,
        (None, Some(action)) => action.to_owned(),
        (None, None) => return Err(Problem::bad_request("Action: expected the name of an action").about("Action")),
    };
    let explanation = explain::explain(&app.sandboxes, &sandbox, &action, &params, id.as_deref()).await?;
    body::ok(&explanation)
}
