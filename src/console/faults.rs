//! `s/{sandbox}/faults`: what is planned to go wrong, and how often it has; planning and removing it.

use actix_web::HttpResponse;
use actix_web::http::{Method, StatusCode};
use actix_web::web::Path;
use askama::Template;
use serde_json::{Value, json};

use super::forms::Posted;
use super::page::{Failed, Frame, Visit};
use super::{filters, links};
use crate::actions::ACTIONS;
use crate::admin::problem::Problem;
use crate::admin::{body, faults, query};
use crate::model::params::Reading;
use crate::model::planned_fault::{Plan, PlannedFault, templates};
use crate::model::time::Time;

/// What the form can be filled in with, as the command line names it, and what it does.
const TEMPLATES: [(&str, &str); 3] = [
    ("throttle-next", "Throttle the next three calls"),
    ("lose-answer", "Lose the answer of the next call"),
    ("slow", "Answer slowly"),
];

#[derive(Template)]
#[template(path = "faults.html")]
struct FaultsPage {
    frame: Frame,
    here: String,
    rows: Vec<Row>,
    templates: Vec<Filling>,
    actions: Vec<&'static str>,
    form: Form,
}

/// A way to fill in the form.
struct Filling {
    link: String,
    name: &'static str,
    is_here: bool,
}

struct Row {
    name: String,
    action: String,
    /// What else the requests have to have, and when it is to end or begin.
    further: Vec<String>,
    times: Option<i64>,
    when: String,
    effect: String,
    matches: i64,
    hits: i64,
    is_spent: bool,
    remove: String,
}

/// What was filled in.
struct Form {
    name: String,
    action: String,
    times: String,
    when: String,
    effect: String,
    error: Option<Problem>,
}

/// Lists them, with a form that is filled in as the template says.
pub async fn list(visit: Visit, name: Path<String>) -> Result<HttpResponse, Failed> {
    let params = query::params(&visit.request, &["Template"])?;
    let mut reading = Reading::new(&params);
    let names = TEMPLATES.map(|(name, _)| name);
    let template = reading.one_of("Template", &names, "throttle-next, lose-answer or slow");
    reading.finish()?;
    let template = template.unwrap_or("throttle-next");
    let plan = match template {
        "slow" => templates::slow("*", 2_000),
        "lose-answer" => templates::lose_answer("CreateSnapshot"),
        _ => templates::throttle_next("*", 3),
    };
    page(&visit, &name, Form::of(&plan), Some(template)).await
}

async fn page(visit: &Visit, name: &str, form: Form, template: Option<&str>) -> Result<HttpResponse, Failed> {
    let (app, sandbox) = visit.sandbox(name)?;
    let planned = app.sandboxes.planned_faults(&sandbox).await?;
    let here = links::in_sandbox(name, &["faults"]);
    let now = app.clock.now();
    let status = form.error.as_ref().map_or(StatusCode::OK, actix_web::ResponseError::status_code);
    let to_template = |(word, name): (&str, &'static str)| Filling {
        link: links::with_query(&here, [("Template", word)]),
        name,
        is_here: template == Some(word),
    };
    let page = FaultsPage {
        frame: visit
            .frame("Faults")
            .within(name, "faults")
            .with_curl(visit.curl(&links::of_control_plane(name, &["faults"]))),
        rows: planned.iter().map(|fault| Row::of(fault, name, now)).collect(),
        templates: TEMPLATES.map(to_template).into(),
        actions: ACTIONS.iter().map(|action| action.name).collect(),
        form,
        here,
    };
    visit.show_as(status, &page)
}

impl Row {
    fn of(fault: &PlannedFault, sandbox: &str, now: Time) -> Self {
        let (when, effect) = written(&fault.plan);
        let further = match json!(*fault.plan) {
            Value::Object(mut plan) => {
                let matching = plan.remove("Match").unwrap_or_default();
                let of_match = matching.as_object().cloned().unwrap_or_default();
                let is_apart = |name: &str| ["Name", "Action", "Times", "When", "Effect"].contains(&name);
                let further = of_match.into_iter().chain(plan).filter(|(name, _)| !is_apart(name));
                further.map(|(name, value)| format!("{name}={}", plain(&value))).collect()
            }
            _ => Vec::new(),
        };
        Self {
            remove: links::in_sandbox(sandbox, &["faults", &fault.name, "delete"]),
            name: fault.name.clone(),
            action: fault.plan.matching.action.clone(),
            further,
            times: fault.plan.times,
            when,
            effect,
            matches: fault.matches,
            hits: fault.hits,
            is_spent: fault.is_spent(now),
        }
    }
}

/// A text without its quotes, and anything else as JSON.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// When and what, as JSON has them.
fn written(plan: &Plan) -> (String, String) {
    let when = json!(plan.when).as_str().unwrap_or_default().to_owned();
    (when, json!(plan.effect).to_string())
}

impl Form {
    fn of(plan: &Plan) -> Self {
        let (when, effect) = written(plan);
        Self {
            name: String::new(),
            action: plan.matching.action.clone(),
            times: plan.times.map(|times| times.to_string()).unwrap_or_default(),
            when,
            effect,
            error: None,
        }
    }

    /// What the control plane is told of it.
    fn plan(&self) -> Result<Plan, Problem> {
        let effect: Result<Value, _> = serde_json::from_str(&self.effect);
        let effect =
            effect.map_err(|error| Problem::bad_request(format!("Effect: not JSON: {error}")).about("Effect"))?;
        let mut plan = json!({"Match": {"Action": self.action}, "Effect": effect});
        for (field, text) in [("Name", &self.name), ("When", &self.when)] {
            if !text.is_empty() {
                plan[field] = json!(text);
            }
        }
        if !self.times.is_empty() {
            let times: Result<i64, _> = self.times.parse();
            let expected = "Times: expected a whole number from 1 on";
            plan["Times"] = json!(times.map_err(|_| Problem::bad_request(expected).about("Times"))?);
        }
        body::read(plan)
    }
}

/// Plans one, behind those that are planned already.
pub async fn plan(posted: Posted, name: Path<String>) -> Result<HttpResponse, Failed> {
    let (app, sandbox) = posted.visit.sandbox(&name)?;
    let field = |name: &str| posted.fields.text(name).unwrap_or_default().to_owned();
    let form = Form {
        name: field("Name"),
        action: field("Action"),
        times: field("Times"),
        when: field("When"),
        effect: field("Effect"),
        error: None,
    };
    let planning = Box::pin(async { faults::planned(app, &sandbox, form.plan()?).await });
    match posted.changing(app, &sandbox, (&Method::POST, "/faults"), planning).await {
        Ok(planned) => {
            let message = format!("{} is planned.", planned.name);
            Ok(posted.visit.lead(&links::in_sandbox(&name, &["faults"]), &message))
        }
        Err(problem) => page(&posted.visit, &name, Form { error: Some(problem), ..form }, None).await,
    }
}

/// Removes one.
pub async fn remove(posted: Posted, path: Path<(String, String)>) -> Result<HttpResponse, Failed> {
    let (name, fault) = path.into_inner();
    let (app, sandbox) = posted.visit.sandbox(&name)?;
    let removal = app.sandboxes.remove_planned_fault(&sandbox, &fault);
    posted.changing(app, &sandbox, (&Method::DELETE, "/faults/{name}"), removal).await?;
    Ok(posted.visit.lead(&links::in_sandbox(&name, &["faults"]), &format!("{fault} is removed.")))
}

/// Removes all.
pub async fn clear(posted: Posted, name: Path<String>) -> Result<HttpResponse, Failed> {
    let (app, sandbox) = posted.visit.sandbox(&name)?;
    let removal = app.sandboxes.clear_planned_faults(&sandbox);
    posted.changing(app, &sandbox, (&Method::DELETE, "/faults"), removal).await?;
    Ok(posted.visit.lead(&links::in_sandbox(&name, &["faults"]), "Nothing is planned any more."))
}
