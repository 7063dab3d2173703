//! `s/{sandbox}/diff`: what differs between two states of a sandbox, a page at a time.

use actix_web::HttpResponse;
use actix_web::web::Path;
use askama::Template;
use serde_json::Value;

use super::page::{Failed, Frame, Visit};
use super::{filters, kinds, links};
use crate::admin::checkpoints::differing;
use crate::admin::query;
use crate::model::kind::Entry;
use crate::model::kinds::KINDS;
use crate::model::params::{Reading, Type};
use crate::sandboxes::{Change, DiffPage, DiffPlace};

/// Resources of a page.
const PAGE: usize = 50;

/// Names of checkpoints that the form suggests.
const SUGGESTED: usize = 100;

/// Characters of a value that are shown.
const SHOWN: usize = 300;

/// The name of the current state.
const NOW: &str = "now";

#[derive(Template)]
#[template(path = "differences.html")]
struct DifferencesPage {
    frame: Frame,
    from: String,
    to: String,
    names: Vec<String>,
    rows: Vec<Row>,
    /// Whether two states were named.
    is_compared: bool,
    is_first: bool,
    next: Option<String>,
}

/// A resource that differs.
struct Row {
    id: String,
    kind: &'static str,
    link: Option<String>,
    what: &'static str,
    fields: Vec<Field>,
}

/// A field, with what it held before and after; nothing where it was not there.
struct Field {
    name: String,
    from: String,
    to: String,
}

/// Compares.
pub async fn show(visit: Visit, name: Path<String>) -> Result<HttpResponse, Failed> {
    let (app, sandbox) = visit.sandbox(&name)?;
    let params = query::any(&visit.request)?;
    let mut reading = Reading::new(&params);
    let (from, to) = (reading.owned("from"), reading.owned("to").unwrap_or_else(|| NOW.to_owned()));
    let words: Vec<&str> = KINDS.iter().map(|kind| kind.path).collect();
    let kind = reading.one_of("kind", &words, "the path of a kind, as in snapshots");
    reading.ask("after", Type::Text, "an id");
    query::check_known(&reading)?;
    reading.finish()?;
    // An id may begin and end as it likes.
    let after = params.raw("after").unwrap_or_default().to_owned();
    let start = kind.and_then(|kind| KINDS.iter().position(|other| other.path == kind)).unwrap_or_default();
    let is_first = kind.is_none() && after.is_empty();
    let (mut rows, mut next) = (Vec::new(), None);
    if let Some(from) = &from {
        let start = DiffPlace { kind: start, after };
        let page: DiffPage = app.sandboxes.diff_page(&sandbox, (from, &to), start, PAGE).await?;
        let changes = page.changes.iter();
        rows = changes.map(|change| row(change, &name, to == NOW)).collect::<Result<_, Failed>>()?;
        next = page.next.map(|next| {
            let kind = KINDS.get(next.kind).map_or("", |kind| kind.path);
            let query = [("from", from.as_str()), ("to", &to), ("kind", kind), ("after", &next.after)];
            links::with_query(&links::in_sandbox(&name, &["diff"]), query)
        });
    }
    let asked = from.iter().map(|from| ("from", from.as_str())).chain([("to", to.as_str())]);
    let curl = visit.curl(&links::with_query(&links::of_control_plane(&name, &["diff"]), asked));
    let checkpoints = app.sandboxes.checkpoints(&sandbox).await?.into_iter().take(SUGGESTED);
    visit.show(&DifferencesPage {
        frame: visit.frame("Differences").within(&name, "diff").with_curl(curl),
        names: [NOW.to_owned()].into_iter().chain(checkpoints.map(|(checkpoint, _)| checkpoint.name)).collect(),
        is_compared: from.is_some(),
        from: from.unwrap_or_default(),
        to,
        rows,
        is_first,
        next,
    })
}

fn row(change: &Change, sandbox: &str, is_now: bool) -> Result<Row, Failed> {
    let (what, entry, fields) = match change {
        Change::Added(entry) => ("added", entry, fields(&**entry, |to| (String::new(), to))),
        Change::Removed(entry) => ("removed", entry, fields(&**entry, |from| (from, String::new()))),
        Change::Changed(before, after) => {
            let differing = differing(&**before, &**after)?.into_iter();
            let fields = differing.map(|(name, field)| Field { name, from: text(&field.from), to: text(&field.to) });
            ("changed", after, fields.collect())
        }
    };
    let (kind, id) = (entry.kind(), entry.key().id);
    // What is removed has no page.
    let link = (is_now && what != "removed").then(|| links::in_sandbox(sandbox, &[kind.path, id]));
    Ok(Row { id: id.to_owned(), kind: kinds::name(kind), link, what, fields })
}

/// All fields of an entry, on the side that it is on.
fn fields(entry: &dyn Entry, side: impl Fn(String) -> (String, String)) -> Vec<Field> {
    let Ok(Value::Object(all)) = serde_json::to_value(entry) else { return Vec::new() };
    let field = |(name, value): (String, Value)| {
        let (from, to) = side(text(&value));
        Field { name, from, to }
    };
    all.into_iter().map(field).collect()
}

/// A value as people read it, the beginning of it if it is long.
fn text(value: &Value) -> String {
    let whole = match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let mut characters = whole.chars();
    let begin: String = characters.by_ref().take(SHOWN).collect();
    if characters.next().is_some() { format!("{begin}…") } else { begin }
}
