//! `s/{sandbox}/checkpoints`: named states of a sandbox: saving, restoring, deleting, and the way to what differs between them.

use actix_web::HttpResponse;
use actix_web::http::{Method, StatusCode};
use actix_web::web::Path;
use askama::Template;

use super::forms::Posted;
use super::page::{Failed, Frame, Visit};
use super::{filters, kinds, links};
use crate::admin::problem::Problem;
use crate::admin::query;
use crate::model::kinds::KINDS;
use crate::model::params::Reading;
use crate::model::time::Time;

/// Checkpoints of a page.
const PAGE: usize = 50;

#[derive(Template)]
#[template(path = "checkpoints.html")]
struct CheckpointsPage {
    frame: Frame,
    here: String,
    differences: String,
    kinds: Vec<&'static str>,
    rows: Vec<Row>,
    caption: String,
    previous: Option<String>,
    next: Option<String>,
    form: Form,
}

struct Row {
    name: String,
    /// Where its forms go, without what they do.
    link: String,
    creation_time: Time,
    counts: Vec<i64>,
    differences: String,
}

/// What was filled in, where it was not accepted.
#[derive(Default)]
struct Form {
    error: Option<Problem>,
    name: String,
}

/// Lists them, by name.
pub async fn list(visit: Visit, name: Path<String>) -> Result<HttpResponse, Failed> {
    page(&visit, &name, Form::default()).await
}

async fn page(visit: &Visit, name: &str, form: Form) -> Result<HttpResponse, Failed> {
    let (app, sandbox) = visit.sandbox(name)?;
    let params = query::params(&visit.request, &["PageNumber"])?;
    let mut reading = Reading::new(&params);
    let number = reading.integer("PageNumber", 1..=i32::MAX, "a number from 1").unwrap_or(1);
    reading.finish()?;
    let number = usize::try_from(number).unwrap_or(1);
    let all = app.sandboxes.checkpoints(&sandbox).await?;
    let here = links::in_sandbox(name, &["checkpoints"]);
    let differences = links::in_sandbox(name, &["diff"]);
    let total = all.len();
    let skipped = (number - 1).saturating_mul(PAGE);
    let row = |(checkpoint, counts): (crate::store::checkpoints::Checkpoint, Vec<i64>)| Row {
        link: links::in_sandbox(name, &["checkpoints", &checkpoint.name]),
        differences: links::with_query(&differences, [("from", checkpoint.name.as_str()), ("to", "now")]),
        creation_time: checkpoint.creation_time,
        name: checkpoint.name,
        counts,
    };
    let rows: Vec<Row> = all.into_iter().skip(skipped).take(PAGE).map(row).collect();
    let to_page = |number: usize| links::with_query(&here, [("PageNumber", number.to_string().as_str())]);
    let status = form.error.as_ref().map_or(StatusCode::OK, actix_web::ResponseError::status_code);
    visit.show_as(
        status,
        &CheckpointsPage {
            frame: visit
                .frame("Checkpoints")
                .within(name, "checkpoints")
                .with_curl(visit.curl(&links::of_control_plane(name, &["checkpoints"]))),
            differences,
            kinds: KINDS.iter().map(|kind| kinds::title(kind)).collect(),
            caption: if rows.is_empty() {
                format!("None of {total}")
            } else {
                format!("{} to {} of {total}, by name", skipped + 1, skipped + rows.len())
            },
            previous: (number > 1).then(|| to_page(number - 1)),
            next: (skipped.saturating_add(PAGE) < total).then(|| to_page(number + 1)),
            here,
            rows,
            form,
        },
    )
}

/// Saves what the sandbox holds under a name, in place of what had that name.
pub async fn save(posted: Posted, name: Path<String>) -> Result<HttpResponse, Failed> {
    let (app, sandbox) = posted.visit.sandbox(&name)?;
    let checkpoint = posted.fields.text("Name").unwrap_or_default();
    let saving = Box::pin(app.sandboxes.save(&sandbox, checkpoint));
    match posted.changing(app, &sandbox, (&Method::PUT, "/checkpoints/{checkpoint}"), saving).await {
        Ok(saved) => {
            let message = format!("The checkpoint {} is saved.", saved.name);
            Ok(posted.visit.lead(&links::in_sandbox(&name, &["checkpoints"]), &message))
        }
        Err(error) => {
            let form = Form { error: Some(error.into()), name: checkpoint.to_owned() };
            page(&posted.visit, &name, form).await
        }
    }
}

/// Puts the state of one back.
pub async fn restore(posted: Posted, path: Path<(String, String)>) -> Result<HttpResponse, Failed> {
    let (name, checkpoint) = path.into_inner();
    let (app, sandbox) = posted.visit.sandbox(&name)?;
    let restoring = Box::pin(app.sandboxes.restore(&sandbox, &checkpoint));
    let action = (&Method::POST, "/checkpoints/{checkpoint}/restore");
    posted.changing(app, &sandbox, action, restoring).await?;
    let message = format!("All is as it was at the checkpoint {checkpoint}.");
    Ok(posted.visit.lead(&links::in_sandbox(&name, &["checkpoints"]), &message))
}

/// Deletes one.
pub async fn delete(posted: Posted, path: Path<(String, String)>) -> Result<HttpResponse, Failed> {
    let (name, checkpoint) = path.into_inner();
    let (app, sandbox) = posted.visit.sandbox(&name)?;
    let forgetting = app.sandboxes.forget(&sandbox, &checkpoint);
    posted.changing(app, &sandbox, (&Method::DELETE, "/checkpoints/{checkpoint}"), forgetting).await?;
    let message = format!("The checkpoint {checkpoint} is deleted.");
    Ok(posted.visit.lead(&links::in_sandbox(&name, &["checkpoints"]), &message))
}
