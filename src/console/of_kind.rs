//! The resources of a kind as pages see them: what is asked of the kind's own type is asked here, and the pages are written,
//! and compiled, once for all kinds.

use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use actix_web::http::StatusCode;
use serde_json::Value;

use super::fields;
use super::kinds::Shown;
use crate::admin::problem::Problem;
use crate::app::App;
use crate::model::document::Draft;
use crate::model::filter::Filter as _;
use crate::model::kind::{DocumentError, Entry, Kind};
use crate::model::kinds::each_kind;
use crate::model::paging::Paging;
use crate::model::params::{Params, Reading};
use crate::model::tags::Tag;
use crate::model::time::Time;
use crate::sandboxes::{Sandbox, SandboxError, View, Which};
use crate::store::Stored;

/// What comes of a question to the store.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, Problem>> + 'a>>;

/// A kind, in the words that all kinds have in common.
pub trait OfKind: Sync {
    fn kind(&self) -> &'static Kind;
    /// See [`Shown::COLUMNS`].
    fn columns(&self) -> &'static [&'static str];
    /// Reads the filter of the kind's Describe action, so that the reading knows its parameters.
    fn read(&self, reading: &mut Reading<'_>) -> Narrowed;
    /// A page of what matches.
    fn page<'a>(&'a self, app: &'a App, view: &'a View, asked: Asked<'a>) -> Answer<'a, Page>;
    /// The resource of this id, with its entry.
    fn find<'a>(&'a self, app: &'a App, sandbox: &'a Arc<Sandbox>, id: &'a str) -> Answer<'a, Seen>;
    /// Changes one, as [`Edit`] says; whether that made a difference.
    fn change<'a>(&'a self, app: &'a App, sandbox: &'a Arc<Sandbox>, id: &'a str, edit: Edit) -> Answer<'a, bool>;
    fn remove<'a>(&'a self, app: &'a App, sandbox: &'a Arc<Sandbox>, id: &'a str) -> Answer<'a, ()>;
    /// Adds one; its id.
    fn add<'a>(&'a self, app: &'a App, sandbox: &'a Arc<Sandbox>, entry: &'a Value) -> Answer<'a, String>;
}

/// What a filter says of how much there may be to look at.
pub struct Narrowed {
    pub region_id: Option<String>,
    pub has_ids: bool,
}

/// Which page of what is asked for.
pub struct Asked<'a> {
    pub params: &'a Params,
    /// The one region, in place of what the parameters say of it.
    pub region_id: Option<&'a str>,
    pub paging: &'a Paging,
    pub is_oldest_first: bool,
}

pub struct Page {
    pub rows: Vec<Seen>,
    pub total_count: i64,
}

/// A resource as it is shown.
pub struct Seen {
    pub id: String,
    pub region_id: String,
    pub creation_time: Time,
    /// What it has in each column.
    pub cells: Vec<Vec<String>>,
    pub progress: Option<u8>,
    pub tags: Vec<Tag>,
    /// Its entry, where one is looked at by itself.
    pub entry: Value,
}

/// What a form makes of an entry.
pub struct Edit {
    /// A JSON merge patch of the fields that the form has.
    pub patch: Value,
    /// The version of the entry that the form was filled in with; `None`: whatever it is.
    pub version: Option<String>,
}

/// All of them, in the order of documents.
pub fn all() -> &'static [&'static dyn OfKind] {
    macro_rules! table {
        ($($module:ident::$resource:ident),*) => {
            &[$(&Of::<crate::model::$module::$resource>(PhantomData)),*]
        };
    }
    each_kind!(table)
}

/// The kind of this type.
struct Of<R>(PhantomData<fn() -> R>);

impl<R: Shown> OfKind for Of<R> {
    fn kind(&self) -> &'static Kind {
        R::KIND
    }

    fn columns(&self) -> &'static [&'static str] {
        R::COLUMNS
    }

    fn read(&self, reading: &mut Reading<'_>) -> Narrowed {
        let filter = (R::LIST.read)(reading);
        Narrowed { region_id: filter.region_id().map(str::to_owned), has_ids: filter.ids().is_some() }
    }

    fn page<'a>(&'a self, app: &'a App, view: &'a View, asked: Asked<'a>) -> Answer<'a, Page> {
        let Asked { params, region_id, paging, is_oldest_first } = asked;
        Box::pin(async move {
            let in_region = region_id.map(|region_id| in_region(params, region_id));
            let filter = (R::LIST.read)(&mut Reading::new(in_region.as_ref().unwrap_or(params)));
            let listed = if is_oldest_first {
                let size = i64::from(paging.page_size);
                app.sandboxes.page_of_oldest::<R>(view, &filter, paging.skip(), size).await?
            } else {
                app.sandboxes.page::<R>(view, &filter, &paging.start(&filter)?, paging.limit()).await?
            };
            let rows = paging.cut(&listed.page.rows).iter().map(|row| seen(row, listed.now)).collect();
            Ok(Page { rows, total_count: listed.page.total_count })
        })
    }

    fn find<'a>(&'a self, app: &'a App, sandbox: &'a Arc<Sandbox>, id: &'a str) -> Answer<'a, Seen> {
        Box::pin(async move {
            let view = app.sandboxes.view(sandbox).await?;
            let mut look = app.sandboxes.glance_at(&view).await?;
            let found = look.find::<R>(id).await.map_err(SandboxError::from)?;
            let row = found.ok_or_else(|| SandboxError::NoSuchResource { kind: R::KIND, id: id.to_owned() })?;
            let entry = written(&row.resource);
            Ok(Seen { entry, ..seen(&row, look.now()) })
        })
    }

    fn change<'a>(&'a self, app: &'a App, sandbox: &'a Arc<Sandbox>, id: &'a str, edit: Edit) -> Answer<'a, bool> {
        Box::pin(async move {
            let is_outdated = Arc::new(AtomicBool::new(false));
            let change = {
                let is_outdated = is_outdated.clone();
                move |resource: &R, now| Draft::patched(resource, &edit.of(resource, &is_outdated)?, now)
            };
            let changed = app.sandboxes.modify(sandbox, Which::Id(id.to_owned()), change).await;
            let (counts, _) = changed.map_err(|error| refused(error, &is_outdated))?;
            Ok(counts.changed > 0)
        })
    }

    fn remove<'a>(&'a self, app: &'a App, sandbox: &'a Arc<Sandbox>, id: &'a str) -> Answer<'a, ()> {
        Box::pin(async move {
            app.sandboxes.remove_resources::<R>(sandbox, Which::Id(id.to_owned())).await?;
            Ok(())
        })
    }

    fn add<'a>(&'a self, app: &'a App, sandbox: &'a Arc<Sandbox>, entry: &'a Value) -> Answer<'a, String> {
        Box::pin(async move {
            let added = app.sandboxes.add_one::<R>(sandbox, Draft::of::<R>(entry)?).await?;
            Ok(added.key().id.to_owned())
        })
    }
}

impl Edit {
    /// The patch of an entry, unless it is another one by now than the one that the form was filled in with.
    fn of(&self, resource: &dyn Entry, is_outdated: &AtomicBool) -> Result<Value, DocumentError> {
        let entry = written(resource);
        let now = fields::version(resource.kind(), &entry);
        if self.version.as_ref().is_some_and(|version| *version != now) {
            is_outdated.store(true, Ordering::Relaxed);
            let reason = "somebody else has changed it since this form was shown: the fields above are those that it has \
                now, and who sends the form again changes it nevertheless";
            return Err(DocumentError::field("", reason));
        }
        Ok(fields::differing(&entry, self.patch.clone()))
    }
}

fn refused(error: SandboxError, is_outdated: &AtomicBool) -> Problem {
    if is_outdated.load(Ordering::Relaxed) {
        return Problem::new(StatusCode::PRECONDITION_FAILED, error.to_string());
    }
    error.into()
}

fn seen<R: Shown>(row: &Stored<R>, now: Time) -> Seen {
    let cell = |column: &&str| (R::LIST.shown)(row, column, now).into_iter().map(String::from).collect();
    let cells = R::COLUMNS.iter().map(cell).collect();
    let key = row.resource.key();
    Seen {
        id: key.id.to_owned(),
        region_id: key.region_id.to_owned(),
        creation_time: key.creation_time,
        cells,
        progress: R::progress(row, now),
        tags: row.resource.tags().to_vec(),
        entry: Value::Null,
    }
}

/// The entry of a state document.
fn written(resource: &dyn Entry) -> Value {
    serde_json::to_value(resource).unwrap_or_default()
}

/// The same parameters, in a region.
fn in_region(params: &Params, region_id: &str) -> Params {
    let pairs = params.pairs().iter().filter(|(name, _)| !name.eq_ignore_ascii_case("RegionId")).cloned();
    Params::new(pairs.chain([("RegionId".into(), region_id.into())]))
}
