//! `/_mock/v1/sandboxes/{sandbox}/<kinds>`: fine changes between test cases, in the words of state documents. One module for
//! every kind.

use actix_web::http::{Method, StatusCode};
use actix_web::web::{self, Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Map, Value, json};

use super::body::{self, Body};
use super::paths::Paths;
use super::problem::Problem;
use super::query;
use crate::app::Startup;
use crate::model::document::Draft;
use crate::model::filter::Filter as _;
use crate::model::kind::Resource;
use crate::model::paging::Paging;
use crate::model::params::{Params, Reading, Type};
use crate::sandboxes::{Counts, Which};
use crate::store::{Stored, Table};

/// The paths of a kind.
pub fn configure<R: Table>(paths: &mut Paths) {
    let (all, one) = self::paths::<R>();
    paths
        .add(&all, Method::GET, web::to(list::<R>))
        .add(&all, Method::POST, web::to(create::<R>))
        .add(&all, Method::PATCH, web::to(patch_matching::<R>))
        .add(&all, Method::DELETE, web::to(delete_matching::<R>))
        .add(&one, Method::GET, web::to(get::<R>))
        .add(&one, Method::PATCH, web::to(patch::<R>))
        .add(&one, Method::DELETE, web::to(delete::<R>));
}

fn paths<R: Resource>() -> (String, String) {
    let all = format!("/sandboxes/{{sandbox}}/{}", R::KIND.path);
    let one = format!("{all}/{{{}}}", R::KIND.table);
    (all, one)
}

/// Lists resources, with the filters and the paging of the kind's Describe action; RegionId may be left out.
async fn list<R: Table>(
    startup: Data<Startup>,
    request: HttpRequest,
    name: Path<String>,
) -> Result<HttpResponse, Problem> {
    let (app, sandbox) = super::in_sandbox(&startup, &name)?;
    let params = query::any(&request)?;
    let mut reading = Reading::new(&params);
    let filter = R::Filter::read(&mut reading);
    let paging = Paging::read(&mut reading);
    query::check_known(&reading)?;
    reading.finish()?;
    let start = paging.start(&filter)?;
    let view = app.sandboxes.view(&sandbox).await?;
    let listed = app.sandboxes.page::<R>(&view, &filter, &start, paging.limit()).await?;
    let rows: Vec<&R> = paging.cut(&listed.page.rows).iter().map(|row| &row.resource).collect();
    let mut page = json!({
        R::KIND.words: rows,
        "PageNumber": paging.page_number,
        "PageSize": paging.page_size,
        "TotalCount": listed.page.total_count,
    });
    if let Some(next_token) = paging.next_token(&listed.page.rows, &filter, Stored::position) {
        page["NextToken"] = Value::String(next_token);
    }
    body::ok(&page)
}

/// Adds a resource: an entry of a state document.
async fn create<R: Table>(startup: Data<Startup>, name: Path<String>, sent: Body) -> Result<HttpResponse, Problem> {
    let (app, sandbox) = super::in_sandbox(&startup, &name)?;
    let value: Value = sent.json().await?;
    body::respond(StatusCode::CREATED, &app.sandboxes.add_one::<R>(&sandbox, Draft::of::<R>(&value)?).await?)
}

/// Shows one resource.
async fn get<R: Table>(startup: Data<Startup>, path: Path<(String, String)>) -> Result<HttpResponse, Problem> {
    let (name, id) = path.into_inner();
    let (app, sandbox) = super::in_sandbox(&startup, &name)?;
    body::ok(&app.sandboxes.resource::<R>(&sandbox, &id).await?)
}

/// Changes one resource by a JSON merge patch: a given Status or Progress of a snapshot or an image is pinned, null unpins it
/// or unsets a field.
async fn patch<R: Table>(
    startup: Data<Startup>,
    path: Path<(String, String)>,
    sent: Body,
) -> Result<HttpResponse, Problem> {
    let (name, id) = path.into_inner();
    let (app, sandbox) = super::in_sandbox(&startup, &name)?;
    let changes: Value = sent.json().await?;
    let change = move |resource: &R, now| Draft::patched(resource, &changes, now);
    let (_, after) = app.sandboxes.modify(&sandbox, Which::Id(id), change).await?;
    body::ok(&after)
}

/// Deletes one resource, whatever others use it.
async fn delete<R: Table>(startup: Data<Startup>, path: Path<(String, String)>) -> Result<HttpResponse, Problem> {
    let (name, id) = path.into_inner();
    let (app, sandbox) = super::in_sandbox(&startup, &name)?;
    app.sandboxes.remove_resources::<R>(&sandbox, Which::Id(id)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Changes all resources that match the filters, of which there must be one, by a JSON merge patch.
async fn patch_matching<R: Table>(
    startup: Data<Startup>,
    request: HttpRequest,
    name: Path<String>,
    sent: Body,
) -> Result<HttpResponse, Problem> {
    let (app, sandbox) = super::in_sandbox(&startup, &name)?;
    let which = matching::<R>(&query::any(&request)?)?;
    let patch: Value = sent.json().await?;
    let change = {
        let patch = patch.clone();
        move |resource: &R, now| Draft::patched(resource, &patch, now)
    };
    let (counts, _) = app.sandboxes.modify(&sandbox, which, change).await?;
    if counts == Counts::default() {
        Draft::check_patch::<R>(&patch)?;
    }
    body::ok(&counts)
}

/// Deletes all resources that match the filters, of which there must be one.
async fn delete_matching<R: Table>(
    startup: Data<Startup>,
    request: HttpRequest,
    name: Path<String>,
) -> Result<HttpResponse, Problem> {
    let (app, sandbox) = super::in_sandbox(&startup, &name)?;
    let which = matching::<R>(&query::any(&request)?)?;
    body::ok(&app.sandboxes.remove_resources::<R>(&sandbox, which).await?)
}

/// A filter that filters.
fn matching<R: Table>(params: &Params) -> Result<Which<R>, Problem> {
    let mut reading = Reading::new(params);
    let filter = R::Filter::read(&mut reading);
    query::check_known(&reading)?;
    reading.finish()?;
    if filter == R::Filter::default() {
        let detail = format!("a change to many {}s needs a filter that says which; reset empties", R::KIND.table);
        return Err(Problem::bad_request(detail));
    }
    Ok(Which::Matching(filter))
}

/// The description of the paths of a kind, by path.
pub fn description<R: Table>() -> Map<String, Value> {
    let (all, one) = paths::<R>();
    let (word, words, tag) = (R::KIND.word, R::KIND.words, R::KIND.path);
    let entry = json!({"$ref": format!("#/components/schemas/{word}")});
    let counts = json!({"$ref": "#/components/schemas/Counts"});
    let sandbox = path_parameter("sandbox");
    let id = path_parameter(R::KIND.table);
    let none = Params::default();
    let mut reading = Reading::new(&none);
    R::Filter::read(&mut reading);
    let filters: Vec<Value> = reading.asked().iter().flat_map(|asked| parameters(*asked)).collect();
    let mut reading = Reading::new(&none);
    Paging::read(&mut reading);
    let paging: Vec<Value> = reading.asked().iter().flat_map(|asked| parameters(*asked)).collect();
    let with = |more: &[&[Value]]| -> Value {
        std::iter::once(sandbox.clone()).chain(more.iter().flat_map(|more| more.iter().cloned())).collect()
    };
    let page = json!({
        "type": "object",
        "properties": {
            words: {"type": "array", "items": entry},
            "PageNumber": {"type": "integer"},
            "PageSize": {"type": "integer"},
            "TotalCount": {"type": "integer"},
            "NextToken": {"type": "string"},
        },
        "required": [words, "PageNumber", "PageSize", "TotalCount"],
    });
    let patch = json!({"required": true, "content": {"application/merge-patch+json": {"schema": entry}}});
    let body = json!({"required": true, "content": {"application/json": {"schema": entry}}});
    let operation = |name: &str, summary: &str, parameters: Value, body: Option<&Value>, ok: (&str, Option<&Value>)| {
        let mut operation = json!({
            "tags": [tag],
            "operationId": format!("{name}_{tag}").replace('-', "_"),
            "summary": summary,
            "parameters": parameters,
            "responses": {
                ok.0: {"description": ""},
                "4XX": {"description": "", "content": {
                    "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}},
                "507": {"description": "The limit is reached", "content": {
                    "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}},
            },
        });
        if let Some(schema) = ok.1 {
            operation["responses"][ok.0]["content"] = json!({"application/json": {"schema": schema}});
        }
        if let Some(body) = body {
            operation["requestBody"] = body.clone();
        }
        operation
    };
    let of_all = json!({
        "get": operation("list", "Lists them, with the filters and the paging of the kind's Describe action; RegionId may \
            be left out.", with(&[&filters, &paging]), None, ("200", Some(&page))),
        "post": operation("create", "Adds one: an entry of a state document.", with(&[]), Some(&body),
            ("201", Some(&entry))),
        "patch": operation("patch_matching", "Changes all that match the filters, of which there must be one, by a JSON \
            merge patch.", with(&[&filters]), Some(&patch), ("200", Some(&counts))),
        "delete": operation("delete_matching", "Deletes all that match the filters, of which there must be one.",
            with(&[&filters]), None, ("200", Some(&counts))),
    });
    let of_one = json!({
        "get": operation("get", "Shows one.", json!([sandbox, id]), None, ("200", Some(&entry))),
        "patch": operation("patch", "Changes one by a JSON merge patch: a given Status or Progress of a snapshot or an \
            image is pinned, null unpins it or unsets a field.", json!([sandbox, id]), Some(&patch),
            ("200", Some(&entry))),
        "delete": operation("delete", "Deletes one, whatever others use it.", json!([sandbox, id]), None, ("204", None)),
    });
    Map::from_iter([(format!("/_mock/v1{all}"), of_all), (format!("/_mock/v1{one}"), of_one)])
}

fn path_parameter(name: &str) -> Value {
    json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}})
}

/// A parameter of a query; of a list, the first one, or the two that creation times have.
fn parameters((name, kind, expected): (&'static str, Type, &'static str)) -> Vec<Value> {
    let kind = match kind {
        Type::Text => "string",
        Type::Boolean => "boolean",
        Type::Integer => "integer",
    };
    let first: Vec<&str> = name.split('.').map(|part| if part == "N" { "1" } else { part }).collect();
    let described = json!({"name": first.join("."), "in": "query", "description": expected, "schema": {"type": kind}});
    vec![described]
}
