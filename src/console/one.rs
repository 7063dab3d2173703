//! `s/{sandbox}/{kinds}/{id}`: one resource with all that it is and hangs on; changing, pinning, deleting and adding one.

use actix_web::HttpResponse;
use actix_web::http::{Method, StatusCode};
use actix_web::web::Path;
use askama::Template;
use serde_json::Value;

use super::fields::{self, Input, Way};
use super::forms::Posted;
use super::of_kind::{self, Edit, OfKind};
use super::page::{Failed, Frame, Visit};
use super::sections::has_section;
use super::{filters, kinds, links};
use crate::admin::problem::Problem;
use crate::model::kind::Kind;
use crate::model::params::{Params, Reading};

/// The field of a form that says which entry it was filled in with.
const VERSION: &str = "form-version";

#[derive(Template)]
#[template(path = "one.html")]
struct OnePage {
    frame: Frame,
    list: String,
    /// Where forms go.
    here: String,
    facts: Vec<Fact>,
    tags: Vec<(String, String)>,
    /// Lists of what hangs on it.
    users: Vec<(String, String)>,
    /// The requests that touched it.
    requests: Option<String>,
    /// What may be pinned, if its kind has that.
    pins: Vec<Input>,
    progress: Option<u8>,
    /// Which entry the forms were filled in with.
    version: String,
    form: EntryForm,
}

/// A field, and what it holds: text, or names of others.
struct Fact {
    name: String,
    values: Vec<(String, Option<String>)>,
}

/// The fields of an entry, to be filled in.
struct EntryForm {
    inputs: Vec<Input>,
    error: Option<Problem>,
}

#[derive(Template)]
#[template(path = "add.html")]
struct AddPage {
    frame: Frame,
    list: String,
    form: EntryForm,
}

/// Shows one.
pub async fn show(of: &dyn OfKind, visit: Visit, path: Path<(String, String)>) -> Result<HttpResponse, Failed> {
    let (name, id) = path.into_inner();
    page(of, &visit, &name, &id, None).await
}

/// The page of a resource; with what was wrong with a form, where it was not accepted.
async fn page(
    of: &dyn OfKind,
    visit: &Visit,
    name: &str,
    id: &str,
    refused: Option<(Vec<(String, String)>, Problem)>,
) -> Result<HttpResponse, Failed> {
    let (app, sandbox) = visit.sandbox(name)?;
    let kind = of.kind();
    let seen = of.find(app, &sandbox, id).await?;
    let (entry, progress) = (&seen.entry, seen.progress);
    let mut facts = facts(entry, name);
    // What other rows and the time add to the entry.
    for (column, shown) in of.columns().iter().zip(&seen.cells) {
        match facts.iter_mut().find(|fact| fact.name == *column) {
            // What time makes of a resource may be pinned; the status of others is where they are.
            Some(fact) if *column == "Status" && progress.is_some() => {
                fact.values = vec![(format!("{}, pinned", shown.join(", ")), None)];
            }
            _ if shown.is_empty() => {}
            Some(fact) => fact.values = values(column, shown, name),
            None => facts.push(Fact { name: (*column).to_owned(), values: values(column, shown, name) }),
        }
    }
    facts.sort_by(|left, right| left.name.cmp(&right.name));
    let is_pinned = |input: &Input| progress.is_some() && ["Status", "Progress"].contains(&input.field.name.as_str());
    let (sent, error) = refused.unzip();
    let sent = sent.unwrap_or_default();
    let inputs = fields::inputs_sent(kind, entry, &sent);
    let pins = fields::inputs_sent(kind, entry, &sent).into_iter().filter(is_pinned).collect();
    let status = error.as_ref().map_or(StatusCode::OK, actix_web::ResponseError::status_code);
    let segments = [kind.path, id];
    let requests =
        has_section("requests").then(|| links::with_query(&links::in_sandbox(name, &["requests"]), [("Id", id)]));
    visit.show_as(
        status,
        &OnePage {
            frame: visit
                .frame(kinds::name(kind))
                .about(id)
                .within(name, kind.path)
                .with_curl(visit.curl(&links::of_control_plane(name, &segments))),
            list: links::in_sandbox(name, &[kind.path]),
            here: links::in_sandbox(name, &segments),
            tags: seen.tags.iter().map(|tag| tag_link(kind, name, &tag.key, &tag.value)).collect(),
            users: users(name, kind, id, &seen.region_id),
            progress,
            version: fields::version(kind, entry),
            facts,
            requests,
            pins,
            form: EntryForm { inputs, error },
        },
    )
}

fn tag_link(kind: &Kind, sandbox: &str, key: &str, value: &str) -> (String, String) {
    let query = [("Tag.1.Key", key), ("Tag.1.Value", value)];
    (format!("{key}={value}"), links::with_query(&links::in_sandbox(sandbox, &[kind.path]), query))
}

/// The fields of an entry but for its tags.
fn facts(entry: &Value, sandbox: &str) -> Vec<Fact> {
    let Some(entry) = entry.as_object() else { return Vec::new() };
    let fact = |(name, value): (&String, &Value)| {
        let texts: Vec<String> = match value {
            Value::Array(items) if items.iter().all(Value::is_string) => {
                items.iter().filter_map(Value::as_str).map(str::to_owned).collect()
            }
            Value::String(text) => vec![text.clone()],
            other => vec![other.to_string()],
        };
        Fact { values: values(name, &texts, sandbox), name: name.clone() }
    };
    entry.iter().filter(|(name, _)| *name != "Tags").map(fact).collect()
}

/// Texts, each with the page of what it names.
fn values(field: &str, texts: &[impl AsRef<str>], sandbox: &str) -> Vec<(String, Option<String>)> {
    let link = |text: &str| kinds::named_by(field).map(|kind| links::in_sandbox(sandbox, &[kind.path, text]));
    texts.iter().map(|text| (text.as_ref().to_owned(), link(text.as_ref()))).collect()
}

/// The lists that can be narrowed to what names this resource.
fn users(sandbox: &str, kind: &Kind, id: &str, region_id: &str) -> Vec<(String, String)> {
    let none = Params::default();
    let names_it = |other: &&&dyn OfKind| {
        let mut reading = Reading::new(&none);
        other.read(&mut reading);
        other.kind() != kind && reading.asked().iter().any(|(name, ..)| *name == kind.id_field)
    };
    let list = |other: &&dyn OfKind| {
        let query = [(kind.id_field, id), ("RegionId", region_id)];
        let list = links::with_query(&links::in_sandbox(sandbox, &[other.kind().path]), query);
        (kinds::title(other.kind()).to_owned(), list)
    };
    of_kind::all().iter().filter(names_it).map(list).collect()
}

/// Changes one: each field that the form has and that differs. An empty one is one that the resource does not have.
pub async fn change(of: &dyn OfKind, posted: Posted, path: Path<(String, String)>) -> Result<HttpResponse, Failed> {
    let (name, id) = path.into_inner();
    let (app, sandbox) = posted.visit.sandbox(&name)?;
    let kind = of.kind();
    let sent = posted.sent();
    let change = async {
        let version = posted.fields.text(VERSION).map(str::to_owned);
        of.change(app, &sandbox, &id, Edit { patch: fields::patch(kind, &sent)?, version }).await
    };
    let action = format!("/{}/{{id}}", kind.path);
    match posted.changing(app, &sandbox, (&Method::PATCH, &action), change).await {
        Ok(is_changed) => {
            let message = if is_changed { "Changed." } else { "Nothing has changed: it was so before." };
            Ok(posted.visit.lead(&links::in_sandbox(&name, &[kind.path, &id]), message))
        }
        Err(problem) => page(of, &posted.visit, &name, &id, Some((sent, problem))).await,
    }
}

/// Deletes one, whatever others use it.
pub async fn delete(of: &dyn OfKind, posted: Posted, path: Path<(String, String)>) -> Result<HttpResponse, Failed> {
    let (name, id) = path.into_inner();
    let (app, sandbox) = posted.visit.sandbox(&name)?;
    let kind = of.kind();
    let action = format!("/{}/{{id}}", kind.path);
    let removal = of.remove(app, &sandbox, &id);
    posted.changing(app, &sandbox, (&Method::DELETE, &action), removal).await?;
    Ok(posted.visit.lead(&links::in_sandbox(&name, &[kind.path]), &format!("Deleted {id}.")))
}

/// Asks for a new one.
pub fn new(of: &dyn OfKind, visit: &Visit, name: &str) -> Result<HttpResponse, Failed> {
    visit.sandbox(name)?;
    let inputs = fields::inputs(of.kind(), &Value::Null);
    asked(of.kind(), visit, name, EntryForm { inputs, error: None })
}

fn asked(kind: &Kind, visit: &Visit, name: &str, form: EntryForm) -> Result<HttpResponse, Failed> {
    let status = form.error.as_ref().map_or(StatusCode::OK, actix_web::ResponseError::status_code);
    let title = format!("Add one: {}", kinds::name(kind).to_lowercase());
    let list = links::in_sandbox(name, &[kind.path]);
    let curl = visit.curl(&links::of_control_plane(name, &[kind.path]));
    let curl = format!("{curl} -X POST -H 'Content-Type: application/json' -d '{{}}'");
    let frame = visit.frame(title).within(name, kind.path).with_curl(curl);
    visit.show_as(status, &AddPage { frame, list, form })
}

/// Adds one: an entry with the fields that are filled in.
pub async fn add(of: &dyn OfKind, posted: Posted, name: Path<String>) -> Result<HttpResponse, Failed> {
    let (app, sandbox) = posted.visit.sandbox(&name)?;
    let kind = of.kind();
    let filled: Vec<(String, String)> =
        posted.filled().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let adding = async {
        let entry = fields::patch(kind, &filled)?;
        of.add(app, &sandbox, &entry).await
    };
    let action = format!("/{}", kind.path);
    match posted.changing(app, &sandbox, (&Method::POST, &action), adding).await {
        Ok(id) => Ok(posted.visit.lead(&links::in_sandbox(&name, &[kind.path, &id]), "Added.")),
        Err(problem) => {
            let form = EntryForm { inputs: fields::inputs_sent(kind, &Value::Null, &filled), error: Some(problem) };
            asked(kind, &posted.visit, &name, form)
        }
    }
}
