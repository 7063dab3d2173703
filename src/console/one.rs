//! `s/{sandbox}/{kinds}/{id}`: one resource with all that it is and hangs on; changing, pinning, deleting and adding one.

use actix_web::HttpResponse;
use actix_web::http::{Method, StatusCode};
use actix_web::web::Path;
use askama::Template;
use serde_json::Value;

use super::fields::{self, Input, Way};
use super::forms::Posted;
use super::kinds::{self, Shown};
use super::page::{Failed, Frame, Visit};
use super::sections::has_section;
use super::{filters, links};
use crate::admin::problem::Problem;
use crate::model::document::Draft;
use crate::model::kind::Kind;
use crate::model::kinds::each_kind;
use crate::model::params::{Params, Reading};
use crate::sandboxes::{SandboxError, Which};

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
pub async fn show<R: Shown>(visit: Visit, path: Path<(String, String)>) -> Result<HttpResponse, Failed> {
    let (name, id) = path.into_inner();
    page::<R>(&visit, &name, &id, None).await
}

/// The page of a resource; with what was wrong with a form, where it was not accepted.
async fn page<R: Shown>(
    visit: &Visit,
    name: &str,
    id: &str,
    refused: Option<(Vec<(String, String)>, Problem)>,
) -> Result<HttpResponse, Failed> {
    let (app, sandbox) = visit.sandbox(name)?;
    let view = app.sandboxes.view(&sandbox).await?;
    let mut look = app.sandboxes.glance_at(&view).await?;
    let found = look.find::<R>(id).await.map_err(SandboxError::from)?;
    let row = found.ok_or_else(|| SandboxError::NoSuchResource { kind: R::KIND, id: id.to_owned() })?;
    let entry = serde_json::to_value(&row.resource).unwrap_or_default();
    let key = row.resource.key();
    let mut facts = facts(&entry, name);
    let now = look.now();
    // What time makes of a resource may be pinned; the status of others is where they are.
    let progress = R::progress(&row, now);
    for column in R::COLUMNS {
        // What other rows and the time add to the entry.
        let shown = (R::LIST.shown)(&row, column, now);
        match facts.iter_mut().find(|fact| fact.name == *column) {
            Some(fact) if *column == "Status" && progress.is_some() => {
                fact.values = vec![(format!("{}, pinned", shown.join(", ")), None)];
            }
            _ if shown.is_empty() => {}
            Some(fact) => fact.values = values(column, &shown, name),
            None => facts.push(Fact { name: (*column).to_owned(), values: values(column, &shown, name) }),
        }
    }
    facts.sort_by(|left, right| left.name.cmp(&right.name));
    let is_pinned = |input: &Input| progress.is_some() && ["Status", "Progress"].contains(&input.field.name.as_str());
    let pins = fields::inputs::<R>(&entry).into_iter().filter(is_pinned).collect();
    let (inputs, error) = match refused {
        Some((sent, problem)) => (fields::inputs_sent::<R>(&sent), Some(problem)),
        None => (fields::inputs::<R>(&entry), None),
    };
    let status = error.as_ref().map_or(StatusCode::OK, actix_web::ResponseError::status_code);
    let segments = [R::KIND.path, id];
    let requests =
        has_section("requests").then(|| links::with_query(&links::in_sandbox(name, &["requests"]), [("Id", id)]));
    visit.show_as(
        status,
        &OnePage {
            frame: visit
                .frame(kinds::name(R::KIND))
                .about(id)
                .within(name, R::KIND.path)
                .with_curl(visit.curl(&links::of_control_plane(name, &segments))),
            list: links::in_sandbox(name, &[R::KIND.path]),
            here: links::in_sandbox(name, &segments),
            tags: row.resource.tags().iter().map(|tag| tag_link::<R>(name, &tag.key, &tag.value)).collect(),
            users: users(name, R::KIND, id, key.region_id),
            progress,
            facts,
            requests,
            pins,
            form: EntryForm { inputs, error },
        },
    )
}

fn tag_link<R: Shown>(sandbox: &str, key: &str, value: &str) -> (String, String) {
    let query = [("Tag.1.Key", key), ("Tag.1.Value", value)];
    (format!("{key}={value}"), links::with_query(&links::in_sandbox(sandbox, &[R::KIND.path]), query))
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
    let mut lists = Vec::new();
    macro_rules! ask {
        ($($module:ident::$resource:ident),*) => {
            $({
                use crate::model::$module::{KIND, $resource};
                let mut reading = Reading::new(&none);
                (<$resource as crate::actions::list::Described>::LIST.read)(&mut reading);
                let asks = reading.asked().iter().any(|(name, ..)| *name == kind.id_field);
                if KIND != *kind && asks {
                    let query = [(kind.id_field, id), ("RegionId", region_id)];
                    let list = links::with_query(&links::in_sandbox(sandbox, &[KIND.path]), query);
                    lists.push((kinds::title(&KIND).to_owned(), list));
                }
            })*
        };
    }
    each_kind!(ask);
    lists
}

/// Changes one: each field that the form has and that differs. An empty one is one that the resource does not have.
pub async fn change<R: Shown>(posted: Posted, path: Path<(String, String)>) -> Result<HttpResponse, Failed> {
    let (name, id) = path.into_inner();
    let (app, sandbox) = posted.visit.sandbox(&name)?;
    let sent = posted.fields.pairs();
    let change = async {
        let wanted = fields::patch::<R>(sent).map_err(Problem::from)?;
        let change = move |resource: &R, now| {
            let entry = serde_json::to_value(resource).unwrap_or_default();
            Draft::patched(resource, &fields::differing(&entry, wanted.clone()), now)
        };
        let changed = app.sandboxes.modify(&sandbox, Which::Id(id.clone()), change).await;
        changed.map_err(Problem::from)
    };
    let action = format!("/{}/{{id}}", R::KIND.path);
    match posted.changing(app, &sandbox, (&Method::PATCH, &action), change).await {
        Ok((counts, _)) => {
            let message = if counts.changed > 0 { "Changed." } else { "Nothing has changed: it was so before." };
            Ok(posted.visit.lead(&links::in_sandbox(&name, &[R::KIND.path, &id]), message))
        }
        Err(problem) => page::<R>(&posted.visit, &name, &id, Some((sent.to_vec(), problem))).await,
    }
}

/// Deletes one, whatever others use it.
pub async fn delete<R: Shown>(posted: Posted, path: Path<(String, String)>) -> Result<HttpResponse, Failed> {
    let (name, id) = path.into_inner();
    let (app, sandbox) = posted.visit.sandbox(&name)?;
    let action = format!("/{}/{{id}}", R::KIND.path);
    let removal = app.sandboxes.remove_resources::<R>(&sandbox, Which::Id(id.clone()));
    posted.changing(app, &sandbox, (&Method::DELETE, &action), removal).await?;
    Ok(posted.visit.lead(&links::in_sandbox(&name, &[R::KIND.path]), &format!("Deleted {id}.")))
}

/// Asks for a new one.
pub async fn new<R: Shown>(visit: Visit, name: Path<String>) -> Result<HttpResponse, Failed> {
    visit.sandbox(&name)?;
    asked::<R>(&visit, &name, EntryForm { inputs: fields::inputs::<R>(&Value::Null), error: None })
}

fn asked<R: Shown>(visit: &Visit, name: &str, form: EntryForm) -> Result<HttpResponse, Failed> {
    let status = form.error.as_ref().map_or(StatusCode::OK, actix_web::ResponseError::status_code);
    let title = format!("Add one: {}", kinds::name(R::KIND).to_lowercase());
    let list = links::in_sandbox(name, &[R::KIND.path]);
    let curl = visit.curl(&links::of_control_plane(name, &[R::KIND.path]));
    let curl = format!("{curl} -X POST -H 'Content-Type: application/json' -d '{{}}'");
    let frame = visit.frame(title).within(name, R::KIND.path).with_curl(curl);
    visit.show_as(status, &AddPage { frame, list, form })
}

/// Adds one: an entry with the fields that are filled in.
pub async fn add<R: Shown>(posted: Posted, name: Path<String>) -> Result<HttpResponse, Failed> {
    let (app, sandbox) = posted.visit.sandbox(&name)?;
    let filled: Vec<(String, String)> =
        posted.filled().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let adding = async {
        let entry = fields::patch::<R>(&filled).map_err(Problem::from)?;
        let draft = Draft::of::<R>(&entry).map_err(Problem::from)?;
        app.sandboxes.add_one::<R>(&sandbox, draft).await.map_err(Problem::from)
    };
    let action = format!("/{}", R::KIND.path);
    match posted.changing(app, &sandbox, (&Method::POST, &action), adding).await {
        Ok(added) => {
            let id = added.key().id.to_owned();
            Ok(posted.visit.lead(&links::in_sandbox(&name, &[R::KIND.path, &id]), "Added."))
        }
        Err(problem) => {
            let form = EntryForm { inputs: fields::inputs_sent::<R>(&filled), error: Some(problem) };
            asked::<R>(&posted.visit, &name, form)
        }
    }
}
